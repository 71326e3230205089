//! Time as data: two clocks that never mix.
//!
//! Takes: readings that `edge::clock` made.
//! Gives: [`Mono`], [`Wall`], [`Now`] and [`Deadline`], with the little arithmetic the engine needs.
//! Never: reads a clock. A machine that asks what time it is cannot be replayed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Monotonic time in microseconds since the process started. Timers run on it; it never steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mono(pub u64);

/// Wall-clock time in microseconds since 1970-01-01T00:00:00Z. Records carry it; it may step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wall(pub i64);

/// One instant on both clocks, taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// For timers and ages.
    pub mono: Mono,
    /// For records and people.
    pub wall: Wall,
}

impl Mono {
    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Mono) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// This instant plus `lapse`, saturating.
    pub fn after(self, lapse: Duration) -> Mono {
        Mono(self.0.saturating_add(micros(lapse)))
    }

    /// This instant minus `lapse`, not before the beginning.
    pub fn before(self, lapse: Duration) -> Mono {
        Mono(self.0.saturating_sub(micros(lapse)))
    }
}

impl Wall {
    /// This instant plus `lapse`, saturating.
    pub fn after(self, lapse: Duration) -> Wall {
        Wall(self.0.saturating_add(i64::try_from(micros(lapse)).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Wall) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn micros(lapse: Duration) -> u64 {
    u64::try_from(lapse.as_micros()).unwrap_or(u64::MAX)
}

/// A moment that must survive a restart: it is kept as a start and a length, and runs on monotonic time while the
/// process lives (design §2, *Restart*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Wall time at which it began to run.
    pub from: Wall,
    /// Its length in microseconds.
    pub lasts_us: u64,
}

impl Deadline {
    /// A deadline `lapse` from `now`.
    pub fn starting(now: Now, lapse: Duration) -> Deadline {
        Deadline { from: now.wall, lasts_us: micros(lapse) }
    }

    /// The wall time a person is shown.
    pub fn due(self) -> Wall {
        self.from.after(Duration::from_micros(self.lasts_us))
    }

    /// The monotonic instant at which it falls due, as computed after a restart. A wall clock that was set back does
    /// not lengthen it beyond its own length; with an untrusted clock it is due at once.
    pub fn resumed(self, now: Now, clock_trusted: bool) -> Mono {
        if !clock_trusted {
            return now.mono;
        }
        let left = self.due().0.saturating_sub(now.wall.0).clamp(0, i64::try_from(self.lasts_us).unwrap_or(i64::MAX));
        now.mono.after(Duration::from_micros(u64::try_from(left).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn now(mono_s: u64, wall_s: i64) -> Now {
        Now { mono: Mono(mono_s * 1_000_000), wall: Wall(wall_s * 1_000_000) }
    }

    #[test]
    fn a_deadline_never_grows_when_the_wall_clock_is_set_back() {
        let deadline = Deadline::starting(now(0, 1_000), Duration::from_secs(180));
        let check = |at: Now, trusted: bool, seconds: u64| {
            assert_eq!(deadline.resumed(at, trusted), at.mono.after(Duration::from_secs(seconds)));
        };
        check(now(5, 1_060), true, 120);
        check(now(5, 1_500), true, 0);
        check(now(5, 0), true, 180);
        check(now(5, 1_060), false, 0);
    }
}
