//! The only asynchronous code: one noun per other side.
//!
//! Takes: effects and shared views ([`crate::live`]).
//! Gives: inputs.
//! Never: imports another edge; what two edges share lies in `live` or in the engine.

pub mod clock;
pub mod gbt26875;
pub mod influx;
pub mod journal;
pub mod modbus;
pub mod mqtt;
pub mod systemd;
pub mod trends;
pub mod web;
