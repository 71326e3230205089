//! Looking for facts in the journal, as any edge may ask for it.
//!
//! Takes: a [`Sieve`]: what somebody looks for.
//! Gives: [`Search`], implemented by the edge that keeps an index; which facts there are, and what was passed over.
//! Never: the facts themselves; those are read from the journal, which alone is what happened.

use std::time::Duration;

use crate::engine::base::{Category, EventId, Wall};
use crate::engine::report::Sort;

/// What is looked for: every part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sieve {
    /// Decided at this time or later.
    pub from: Option<Wall>,
    /// Decided before this time.
    pub to: Option<Wall>,
    /// One of these sorts; any where it is empty.
    pub sorts: Vec<Sort>,
    /// One of these kinds; any where it is empty.
    pub kinds: Vec<String>,
    /// Speaks of an alarm of this category.
    pub category: Option<Category>,
    /// Speaks of this device.
    pub device: Option<String>,
    /// Speaks of this point.
    pub point: Option<String>,
    /// In this building.
    pub building: Option<String>,
    /// On this floor.
    pub floor: Option<String>,
    /// Done by this person.
    pub person: Option<String>,
    /// Every part of this that stands between blanks is in its words, in whichever language.
    pub text: String,
}

/// Which part of the journal is looked through, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Only facts before this one; the newest come first.
    pub before: u64,
    /// At most so many are given.
    pub limit: usize,
    /// At most so many are looked at.
    pub looked_at: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The sequence numbers, newest first.
    pub seqs: Vec<u64>,
    /// Where to go on: everything from here on was looked at. None where the beginning was reached.
    pub back_to: Option<u64>,
    /// Facts of the time asked for that were passed over on the way.
    pub hidden: u64,
    /// How many of those began a fire.
    pub hidden_fires: u64,
    /// The last fact that could be found; later ones are not in the index yet.
    pub upto: u64,
}

/// Finds facts. Every call waits for the disk; callers ask from a thread that may.
pub trait Search: Send + Sync {
    /// Waits until everything up to `seq` can be found, at most so long. Gives how far it came.
    fn reach(&self, seq: u64, within: Duration) -> u64;

    /// What passes the sieve in a stretch.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn find(&self, sieve: &Sieve, stretch: Stretch) -> Result<Found, String>;

    /// Everything that happened to something: what speaks of it, what was done at its point while it lasted, and what
    /// became of that; in order, at most `limit`.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn story(&self, of: EventId, limit: usize) -> Result<Vec<u64>, String>;

    /// What speaks of something itself, in order.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn about(&self, of: EventId) -> Result<Vec<u64>, String>;
}

impl Sieve {
    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        *self == Sieve::default()
    }
}
