//! The one place that reads a clock.
//!
//! Takes: nothing.
//! Gives: [`Now`], both clocks taken together, and whether the wall clock stepped against the monotonic one.
//! Never: sleeps or decides anything.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::engine::base::{Mono, Now, Wall};

/// Reads the clocks; copies share their origin.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
    /// Wall time at the origin, in microseconds: what the wall clock would say had it never been stepped.
    origin_wall: i64,
}

impl Clock {
    /// A clock whose monotonic time begins now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads clocks")]
    pub fn start() -> Clock {
        Clock { origin: Instant::now(), origin_wall: wall_now() }
    }

    /// Both clocks, now.
    pub fn now(&self) -> Now {
        Now { mono: self.mono(), wall: Wall(wall_now()) }
    }

    /// The instant of a monotonic time of this clock: what a timer of the runtime waits for.
    pub fn instant(&self, at: Mono) -> Instant {
        self.origin + std::time::Duration::from_micros(at.0)
    }

    /// How far the wall clock has been moved against the monotonic clock since start, in microseconds.
    pub fn moved_us(&self) -> i64 {
        let now = self.now();
        let expected = self.origin_wall.saturating_add(i64::try_from(now.mono.0).unwrap_or(i64::MAX));
        now.wall.0.saturating_sub(expected)
    }

    fn mono(&self) -> Mono {
        Mono(u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads clocks")]
fn wall_now() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        // A clock set before 1970 is wrong, but still a clock.
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    }
}
