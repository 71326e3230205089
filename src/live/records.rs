//! What the stores answer to readers of any edge.
//!
//! Takes: questions about the past.
//! Gives: [`Records`] and [`History`], implemented over the journal and the trend store by `daemon`.
//! Never: blocks an async task by itself; callers ask from a thread that may wait.

use crate::engine::alarm::Fact;
use crate::engine::base::{PointId, Wall};

/// Reads the journal.
pub trait Records: Send + Sync {
    /// Durable facts with a sequence number greater than `after`, in order, at most `limit`. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String>;
}

/// Reads the trend store.
pub trait History: Send + Sync {
    /// At most about `pixels` spans that together cover what was stored between `from` and `to`. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn envelope(&self, point: &PointId, from: Wall, to: Wall, pixels: usize) -> Result<Vec<Span>, String>;
}

/// The extremes of a point over a stretch of time. A short spike survives at any zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First instant covered.
    pub from: Wall,
    /// Last instant covered.
    pub to: Wall,
    /// Least, mean and greatest known value; none when nothing was known.
    pub known: Option<Extremes>,
    /// Whether the point was unknown for a part of it: a gap, never a line.
    pub unknown: bool,
}

/// Least, mean and greatest, in the point's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// Least.
    pub min: f64,
    /// Mean of the samples.
    pub mean: f64,
    /// Greatest.
    pub max: f64,
}
