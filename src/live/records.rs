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

/// A point over a stretch of time that ends where the next one begins. A short spike survives at any zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub at: Wall,
    /// The least value that held during it, in the point's unit.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// What held at its end; none when that was unknown.
    pub last: Option<f64>,
    /// How many samples fell into it.
    pub count: u64,
    /// Whether the point was unknown for a part of it: a gap, never a line.
    pub unknown: bool,
}
