//! What leaves a bus: changes and link transitions, never a steady state.
//!
//! Takes: nothing.
//! Gives: [`Report`] and its parts.
//! Never: drops an [`Edge`]. Edges queue in order and never merge; values may overwrite each other downstream.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::command::CommandNews;
use crate::engine::base::{Category, Now, Reading, Text, Truth};
use crate::engine::profile::{Entry, Pace};

/// Everything one step of a bus had to say.
/// As it is written into the trace it holds what the engine looks at: neither values nor ages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Conditions whose truth changed, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<Edge>,
    /// Points whose reading changed by more than their dead-band, or whose quality changed.
    #[serde(skip)]
    pub values: Vec<(u32, Reading)>,
    /// Links that came or went, in order. Always handled before the edges of the same report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What devices said by themselves, or noted in their memories, in order. Handled after the edges of the same report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
    /// Statuses whose truth changed, in order. Handled before the edges of the same report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<StatusEdge>,
    /// What became of commands, in order. Handled after the edges of the same report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandNews>,
    /// Once a second: the age of the oldest verified read of each pace, over the devices that answer.
    #[serde(skip)]
    pub alive: Option<BTreeMap<Pace, Duration>>,
}

/// A condition's truth changed, or was reported anew because the engine asked for confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// A status changed, or was reported anew because the engine asked for confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEdge {
    /// Index of the status in the site.
    pub status: u32,
    /// `False` only after two agreeing verified reads; `Unknown` when an input it needs is unknown.
    pub truth: Truth,
    /// When the reply that decided it was verified; for `Unknown` by silence, when that was known.
    pub at: Now,
}

/// A link came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkOf {
    /// The whole bus: line gone, connection refused.
    Bus(u32),
    /// One device on a bus that works.
    Device(u32),
    /// One rule whose inputs cannot be read although its device answers (exception, bad value).
    Rule(u32),
}

/// One thing that a device said by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Index of the device in the site.
    pub device: u32,
    /// When it was received whole.
    pub at: Now,
    /// The device's own time, as it wrote it; nothing when it gave none.
    pub device_time: Option<String>,
    /// Its own words: the decoded text of a printed record; for a frame, what it says in one line.
    pub words: String,
    /// Said before, and only said anew because the engine called in doubt what it knew: it brings back what was known,
    /// and begins or ends nothing.
    pub again: bool,
    /// What it means.
    pub said: Said,
}

/// What a record means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// A condition that the site lists.
    Listed {
        /// Index of the rule in the site.
        rule: u32,
        /// Whether it holds now.
        active: bool,
    },
    /// A condition that the site does not list: raised all the same, under a name made of what the device said.
    Unlisted {
        /// Point segment: the element's name by the profile's pattern, or one made of its numbers.
        segment: String,
        /// What it is.
        category: Category,
        /// Whether it holds now.
        active: bool,
        /// What people read.
        name: Text,
        /// The place, in the device's own words.
        place: Text,
    },
    /// The device was reset by hand: all it holds is over.
    Reset,
    /// A person did something at the device: `silence`, `self-test`, … as its protocol calls it.
    Operation {
        /// What.
        name: Text,
    },
    /// All that the device's event memory holds, read whole while its link was up; in the order in which it happened, as
    /// far as the memory tells. What of it is news, whoever knows what was read before decides.
    Remembered {
        /// Its entries.
        entries: Vec<Entry>,
    },
    /// The event memory cannot be read although its device answers.
    Forgotten {
        /// Why.
        reason: Text,
    },
    /// Not understood: kept, shown and announced, never dropped.
    Unread,
}

impl Report {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
            && self.values.is_empty()
            && self.links.is_empty()
            && self.records.is_empty()
            && self.statuses.is_empty()
            && self.commands.is_empty()
            && self.alive.is_none()
    }

    /// Whether the engine learns nothing from it but that its bus is alive.
    pub fn is_quiet(&self) -> bool {
        self.edges.is_empty()
            && self.links.is_empty()
            && self.records.is_empty()
            && self.statuses.is_empty()
            && self.commands.is_empty()
    }

    /// Appends what came later.
    pub fn append(&mut self, mut later: Report) {
        self.edges.append(&mut later.edges);
        self.values.append(&mut later.values);
        self.links.append(&mut later.links);
        self.records.append(&mut later.records);
        self.statuses.append(&mut later.statuses);
        self.commands.append(&mut later.commands);
        self.alive = later.alive.or(self.alive.take());
    }
}
