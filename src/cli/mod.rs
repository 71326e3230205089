//! Stub.
pub mod journal;
pub mod simulate;
