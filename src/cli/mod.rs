//! Stub.
pub mod journal;
