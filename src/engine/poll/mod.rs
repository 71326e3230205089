//! One bus: what to ask next and when, and what the answers mean.
//!
//! Takes: the site's model of one bus; replies and failures, each with the time they came.
//! Gives: [`Next`] (a request, or how long there is nothing to do) and [`Report`]s of what changed.
//! Never: touches the wire, sleeps, or reads a clock; never clears on one read, on silence or on a restart.

mod answer;
mod bus;
mod coalesce;
mod command;
mod cost;
mod derivation;
mod exchange;
mod health;
mod heartbeat;
mod identity;
mod interview;
mod lane;
mod making;
mod plan;
mod proof;
mod recall;
mod refused;
mod replan;
mod report;
mod schedule;
mod study;

pub use bus::{Bus, Next};
pub use command::{Command, CommandFailure, CommandNews, Progress};
pub use exchange::{Failure, Reply, Request, verify};
pub use interview::{Finding, Interview};
pub use plan::{BusPlan, PlannedRequest, WorstAge, plan};
pub use report::{Edge, Link, LinkOf, Record, Report, Said, StatusEdge};
pub use study::{Standing, Studied, Study};

#[cfg(test)]
mod tests;
