//! One bus: what to ask next and when, and what the answers mean.
//!
//! Takes: the site's model of one bus; replies and failures, each with the time they came.
//! Gives: [`Next`] (a request, or how long there is nothing to do) and [`Report`]s of what changed.
//! Never: touches the wire, sleeps, or reads a clock; never clears on one read, on silence or on a restart.

mod exchange;
mod report;

pub use exchange::{Failure, Reply, Request, verify};
pub use report::{Edge, Link, LinkOf, Report};
