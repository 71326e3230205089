//! What the figures of ISA-18.2 say of a stretch of time.
//!
//! Takes: nothing; [`super::Performance`] fills them.
//! Gives: [`Figures`], counts and ratios; times in microseconds.
//! Never: a judgement. Whether a figure is good is the site's affair; the benchmarks stand beside them in the report.

use std::collections::BTreeMap;

use crate::engine::base::{Text, Wall};
use crate::engine::site::Condition;

/// The figures from [`Figures::from`] to [`Figures::to`].
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Where the window begins.
    pub from: Wall,
    /// Where it ends; not included.
    pub to: Wall,
    /// Alarms that were announced: each time a row was raised, came back, or was told again.
    pub alarms: u64,
    /// Of all 10-minute windows, counted from its beginning.
    pub windows: Windows,
    /// Floods that touch it.
    pub floods: FloodFigures,
    /// The ten conditions that were announced most often, the most frequent first.
    pub worst: Vec<Actor>,
    /// By priority, 1 the most urgent: how many were announced.
    pub priorities: BTreeMap<u8, u64>,
    /// From being announced to being acknowledged.
    pub acknowledged: Acknowledged,
    /// Rows that stand at its end, and those of them that have stood for more than a day.
    pub standing: u64,
    /// See [`Figures::standing`].
    pub stale: u64,
    /// Conditions that were marked as chattering within it, and those that are at its end.
    pub chattered: u64,
    /// See [`Figures::chattered`].
    pub chattering: u64,
    /// Rows that folded under their cause when they came, and made no sound.
    pub folded: u64,
    /// Rows that were isolated, disabled or under test when they came, and made no sound.
    pub inhibited: u64,
}

/// 10-minute windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    /// How many there are; the last may be shorter.
    pub all: u64,
    /// In how many more than ten alarms came.
    pub above_ten: u64,
    /// The most that came in one.
    pub peak: u64,
    /// Where that one begins.
    pub peak_at: Option<Wall>,
}

/// Floods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FloodFigures {
    /// How many.
    pub count: u64,
    /// How much of the window they took.
    pub lasted_us: u64,
    /// The longest of them, as far as it lies within the window.
    pub longest_us: u64,
    /// Whether one lasts at its end.
    pub lasts: bool,
}

/// A condition that is announced often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Which.
    pub condition: Condition,
    /// What people read.
    pub name: Text,
    /// How often.
    pub alarms: u64,
}

/// Times to acknowledge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// Of how many.
    pub count: u64,
    /// Half of them took no longer.
    pub median_us: Option<u64>,
    /// Nineteen of twenty took no longer.
    pub p95_us: Option<u64>,
}

impl Figures {
    /// Its length in hours.
    pub fn hours(&self) -> f64 {
        self.to.since(self.from).as_secs_f64() / 3600.0
    }

    /// Alarms in ten minutes, on average.
    pub fn per_ten_minutes(&self) -> f64 {
        ratio(self.alarms as f64, self.hours() * 6.0)
    }

    /// Alarms in a day, on average.
    pub fn per_day(&self) -> f64 {
        ratio(self.alarms as f64, self.hours() / 24.0)
    }

    /// Share of the time that floods took, 0 to 1.
    pub fn flood_share(&self) -> f64 {
        ratio(self.floods.lasted_us as f64, self.to.since(self.from).as_micros() as f64)
    }

    /// Share of the 10-minute windows with more than ten alarms, 0 to 1.
    pub fn window_share(&self) -> f64 {
        ratio(self.windows.above_ten as f64, self.windows.all as f64)
    }

    /// A share of all alarms, 0 to 1.
    pub fn share(&self, alarms: u64) -> f64 {
        ratio(alarms as f64, self.alarms as f64)
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
