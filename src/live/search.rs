//! Looking for facts in the journal, as any edge may ask for it.
//!
//! Takes: a [`Sieve`]: what somebody looks for.
//! Gives: [`Search`], implemented by the edge that keeps an index; which facts there are, and what was passed over.
//! Never: the facts themselves; those are read from the journal, which alone is what happened.

use std::time::Duration;

use crate::engine::base::{Category, EventId, Wall};
use crate::engine::report::{Lasting, Sort};

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

/// Which facts of the journal tell a stretch of time, or an incident: these and no others have to be read, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Facts up to `after` that tell what was open then, and what the ones behind speak of.
    pub before: Vec<u64>,
    /// Then every fact after this one
    pub after: u64,
    /// and up to this one,
    pub upto: u64,
    /// then these,
    pub later: Vec<u64>,
    /// and everything after this one, which the index does not know yet. Without an index that is the whole journal.
    pub known: u64,
}

/// Things that last, of a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Things {
    /// Of these kinds.
    pub lasting: Vec<Lasting>,
    /// At these places.
    pub at: Where,
    /// Not over before this time.
    pub from: Wall,
    /// Begun before this time.
    pub to: Wall,
    /// At most so many, the newest ones.
    pub limit: usize,
}

/// Where a thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// Wherever.
    Anywhere,
    /// At one of these points.
    Points(Vec<String>),
    /// A fault of the link to one of these devices.
    LinksOf(Vec<String>),
}

/// The facts that tell some things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Their numbers, in order.
    pub seqs: Vec<u64>,
    /// How many things they leave out, because there would have been too many facts.
    pub left_out: u64,
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

    /// Which facts have to be read for what happened from `from` to `to`, and for what was open then.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn excerpt(&self, from: Wall, to: Wall) -> Result<Excerpt, String>;

    /// Which facts have to be read for the incident that began with fact `seq`.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn incident(&self, seq: u64) -> Result<Excerpt, String>;

    /// Things that last, the newest first by the facts that began them, and how many more there are.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn things(&self, wanted: &Things) -> Result<(Vec<u64>, u64), String>;

    /// The facts that tell these things: each with its beginning, its first `each` steps and its end. Whole things only, in
    /// the order in which they are given, as far as `most` facts reach.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn told(&self, of: &[u64], each: usize, most: usize) -> Result<Told, String>;
}

impl Sieve {
    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        *self == Sieve::default()
    }
}
