//! Devices that report to us: what they say, and what they are owed for it.
//!
//! Takes: frames and broken frames, each with the connection it came by, and the passing of time.
//! Gives: frames to send back ([`Outgoing`]), and reports for the engine through
//! [`Listener`](crate::engine::panel::Listener).
//! Never: confirms what it did not pass on, passes on twice what was resent, or takes a device's word that a whole site
//! was reset when only one of its systems was.

mod hearing;
mod meaning;
pub mod server;
mod station;
mod stations;
#[cfg(test)]
mod tests;

pub use stations::{Outgoing, Settings, Stations, Step};
