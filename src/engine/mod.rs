//! The pure core: inputs and time in, decided facts and effects out.
//!
//! Takes: [`Input`]s, each with the [`base::Now`] at which it came.
//! Gives: [`Effect`]s.
//! Never: tokio, a clock, I/O, randomness, logging, or an iteration order that differs between two runs.

pub mod alarm;
pub mod base;
pub mod event;
mod input;
pub mod point;
pub mod poll;
pub mod profile;
pub mod site;

pub use input::{Act, Done, Effect, Input, Part, Refusal};
