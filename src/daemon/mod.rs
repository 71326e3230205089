//! The running gateway: tasks, bounded channels, supervision, shutdown.
//!
//! Takes: checked settings and a checked site.
//! Gives: a gateway that runs until it is told to stop.
//! Never: decides anything about an alarm; that is the engine's.

pub mod accepted;
mod certificates;
mod episodes;
mod field;
mod growth;
mod heart;
mod measures;
mod notes;
mod printer;
mod reserve;
mod retiring;
mod run;
mod sampler;
mod stations;
mod stores;
mod supervise;
mod trail;
mod unwritten;
mod watch;

pub use field::{Field, Trend, run_bus};
pub use heart::{Heart, Inlets, Outlets, timed};
pub use retiring::{Approved, Retiring, Rule};
pub use run::{Plan, run};
pub use supervise::supervise;
pub use trail::Trail;
