//! A device that reports by itself: what is heard, what is printed, and whatever bytes may come.

mod listening;
mod printing;
mod random;
