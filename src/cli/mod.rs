//! Stub.
pub mod journal;
pub mod simulate;

pub mod user;
