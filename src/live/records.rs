//! What the stores answer to readers of any edge.
//!
//! Takes: questions about the past.
//! Gives: [`Records`] and [`History`], implemented over the journal and the trend store by `daemon`.
//! Never: blocks an async task by itself; callers ask from a thread that may wait.

use std::time::Duration;

use crate::engine::alarm::Fact;
use crate::engine::base::{EventId, PointId, Wall};

/// Reads the journal.
pub trait Records: Send + Sync {
    /// Durable facts with a sequence number greater than `after`, in order, at most `limit`. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String>;

    /// The last durable fact and its hash in the chain, in hexadecimal; zeros while there is none. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn head(&self) -> Result<(EventId, String), String>;
}

/// Reads the trend store.
pub trait History: Send + Sync {
    /// At most about `pixels` spans that together cover what was stored between `from` and `to`. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn envelope(&self, point: &PointId, from: Wall, to: Wall, pixels: usize) -> Result<Vec<Span>, String>;

    /// Every sample with `from <= at < to`, in order; the caller bounds how many that may be. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn samples(&self, point: &PointId, from: Wall, to: Wall) -> Result<Vec<Sample>, String>;

    /// What held just before `at`; none before the first sample. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn held(&self, point: &PointId, at: Wall) -> Result<Option<Sample>, String>;

    /// The first `limit` samples and gaps with `from <= at < to`, and those of the same millisecond as the last. Fewer
    /// than `limit` are all there are. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn first(&self, point: &PointId, from: Wall, to: Wall, limit: usize) -> Result<Vec<Sample>, String>;

    /// What is stored of each whole step of UTC that touches `from <= at < to`: a minute, 15 minutes, an hour or a day.
    /// The caller bounds how many there may be. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: no such step, or what the disk said.
    fn rollups(&self, point: &PointId, from: Wall, to: Wall, step: Duration) -> Result<Vec<Rollup>, String>;

    /// Runs of equal value and quality, after a look at `limit` marks; and from where to go on, if those did not reach to
    /// the end. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn segments(
        &self,
        point: &PointId,
        from: Wall,
        to: Wall,
        limit: usize,
    ) -> Result<(Vec<Segment>, Option<Wall>), String>;
}

/// A stretch of time in which a point said one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Where it begins.
    pub from: Wall,
    /// Where it ends.
    pub to: Wall,
    /// What held; none is unknown.
    pub value: Option<f64>,
    /// `good`, or why it is unknown.
    pub quality: &'static str,
}

/// One step of a roll-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rollup {
    /// Where it begins.
    pub at: Wall,
    /// The least value that held during it, in the point's unit.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// The mean of what held, weighted by how long it held: a value that is recorded when it changes weighs as much as
    /// one that is recorded each second. The time in which nothing was known does not weigh.
    pub mean: Option<f64>,
    /// What the first sample in it said; where there is none, what held from before.
    pub first: Option<f64>,
    /// What held at its end.
    pub last: Option<f64>,
    /// How many samples fell into it; 0 where a value merely went on holding.
    pub count: u64,
    /// How long nothing was known. What was before the first sample of all is not counted.
    pub bad: Duration,
    /// How long the point was in alarm.
    pub alarm: Duration,
}

/// A point over a stretch of time: one column of an envelope. A short spike survives at any zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins; it ends where the next one begins.
    pub at: Wall,
    /// The least value that held during it, in the point's unit.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// What held at its end; none when that was unknown, or nothing was known yet.
    pub last: Option<f64>,
    /// How many samples fell into it; 0 also for a value that merely went on holding.
    pub count: u64,
    /// Part of it, or all of it, was unknown: a gap, never a line.
    pub unknown: bool,
}

/// One sample of a point, which holds until the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When.
    pub at: Wall,
    /// The value, in the point's unit; `None` is unknown.
    pub value: Option<f64>,
    /// `good`, or why it is unknown.
    pub quality: &'static str,
}
