//! Stub.
pub mod journal;
pub mod profile_check;
pub mod simulate;

pub mod user;
