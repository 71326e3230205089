//! What leaves a bus: changes and link transitions, never a steady state.
//!
//! Takes: nothing.
//! Gives: [`Report`] and its parts.
//! Never: drops an [`Edge`]. Edges queue in order and never merge; values may overwrite each other downstream.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::base::{Now, Reading, Text, Truth};
use crate::engine::profile::Pace;

/// Everything one step of a bus had to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Conditions whose truth changed, in order.
    pub edges: Vec<Edge>,
    /// Points whose reading changed by more than their dead-band, or whose quality changed.
    pub values: Vec<(u32, Reading)>,
    /// Links that came or went, in order. Always handled before the edges of the same report.
    pub links: Vec<Link>,
    /// Once a second: the age of the oldest verified read of each pace, over the devices that answer.
    pub alive: Option<BTreeMap<Pace, Duration>>,
}

/// A condition's truth changed, or was reported anew because the engine asked for confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Index of the rule in the site.
    pub rule: u32,
    /// `False` only after two agreeing verified reads; `Unknown` when an input it needs is unknown.
    pub truth: Truth,
    /// When the reply that decided it was verified; for a rule with a delay, when the delay had passed; for `Unknown`
    /// by silence, when that was known.
    pub at: Now,
    /// Poll sweep of the bus: edges of one sweep have no order among themselves (ties).
    pub sweep: u64,
}

/// A link came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose link.
    pub of: LinkOf,
    /// Whether it answers now.
    pub up: bool,
    /// Why not; empty when it is up.
    pub reason: Text,
    /// When it was known.
    pub at: Now,
}

/// Whose link it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkOf {
    /// The whole bus: line gone, connection refused.
    Bus(u32),
    /// One device on a bus that works.
    Device(u32),
    /// One rule whose inputs cannot be read although its device answers (exception, bad value).
    Rule(u32),
}

impl Report {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty() && self.values.is_empty() && self.links.is_empty() && self.alive.is_none()
    }

    /// Appends what came later.
    pub fn append(&mut self, mut later: Report) {
        self.edges.append(&mut later.edges);
        self.values.append(&mut later.values);
        self.links.append(&mut later.links);
        self.alive = later.alive.or(self.alive.take());
    }
}
