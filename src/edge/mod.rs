//! The only asynchronous code: one noun per other side.
//!
//! Takes: effects and shared views ([`crate::live`]).
//! Gives: inputs.
//! Never: imports another edge; what two edges share lies in `live` or in the engine. Only the clock, the opening of
//! lines, the writing of tables and what every connection to a broker needs are shared.

pub mod broker;
pub mod clock;
pub mod export;
pub mod gbt26875;
pub mod influx;
pub mod journal;
pub mod line;
pub mod modbus;
pub mod mqtt;
pub mod panel;
pub mod search;
pub mod sounder;
pub mod sparkplug;
pub mod systemd;
pub mod trace;
pub mod trends;
pub mod web;
