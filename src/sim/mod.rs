//! A simulated site: devices built from their profiles, behind real Modbus servers, with faults and stories.
//!
//! Takes: a checked site, resting values, a scenario; requests from sockets, lines or simulated time.
//! Gives: [`World`] (pure, in simulated time) and [`SimulatedSite`] (the same behind TCP ports and pseudo-terminals).
//! Never: a fixed port, an address beyond loopback; no panic on whatever bytes come in.

mod device;
pub mod encode;
pub mod exchange;
pub mod fault;
pub mod identity;
pub mod image;
mod impossible;
pub mod named;
pub mod pdu;
pub mod reaction;
pub mod rehearsal;
pub mod resting;
pub mod scenario;
pub mod server;
pub mod shipped;
pub mod story;
pub mod trouble;
pub mod world;

pub use encode::Setting;
pub use exchange::Exchange;
pub use fault::Fault;
pub use impossible::Impossible;
pub use reaction::Reaction;
pub use resting::Resting;
pub use scenario::Scenario;
pub use server::{Control, Options, Running, SimulatedSite, Told};
pub use trouble::Trouble;
pub use world::World;

#[cfg(test)]
mod tests;
