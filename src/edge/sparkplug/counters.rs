//! What this edge did since the start, counted.
//!
//! Takes: what was said, heard and refused.
//! Gives: the figures, readable by anybody at any time.
//! Never: anything but counting.

use std::sync::atomic::{AtomicU64, Ordering};

use super::topics::Word;

/// What this edge did since the start.
#[derive(Debug, Default)]
pub struct Counters {
    births: AtomicU64,
    deaths: AtomicU64,
    data: AtomicU64,
    metrics: AtomicU64,
    overwritten: AtomicU64,
    commands: AtomicU64,
    refused: AtomicU64,
}

impl Counters {
    /// A message with so many metrics was handed to the client.
    pub(super) fn said(&self, word: Word, metrics: usize) {
        let counted = match word {
            Word::Birth => &self.births,
            Word::Death => &self.deaths,
            Word::Data | Word::Command => &self.data,
        };
        counted.fetch_add(1, Ordering::Relaxed);
        self.metrics.fetch_add(metrics as u64, Ordering::Relaxed);
    }

    /// So many readings were overtaken by newer ones before they could be said.
    pub(super) fn overtook(&self, readings: u64) {
        self.overwritten.fetch_add(readings, Ordering::Relaxed);
    }

    /// A command message came.
    pub(super) fn commanded(&self) {
        self.commands.fetch_add(1, Ordering::Relaxed);
    }

    /// A command was not obeyed.
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Births said, of the node and of devices.
    pub fn births(&self) -> u64 {
        self.births.load(Ordering::Relaxed)
    }

    /// Deaths said; what the broker says for us is not among them.
    pub fn deaths(&self) -> u64 {
        self.deaths.load(Ordering::Relaxed)
    }

    /// Messages that said what changed.
    pub fn data(&self) -> u64 {
        self.data.load(Ordering::Relaxed)
    }

    /// Metrics in all of them.
    pub fn metrics(&self) -> u64 {
        self.metrics.load(Ordering::Relaxed)
    }

    /// Readings that were overtaken before they could be said: the only thing this edge ever leaves out.
    pub fn overwritten(&self) -> u64 {
        self.overwritten.load(Ordering::Relaxed)
    }

    /// Command messages that came, to the node and to devices.
    pub fn commands(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    /// Commands that were not obeyed.
    pub fn refusals(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
