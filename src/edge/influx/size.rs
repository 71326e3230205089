//! How many lines go into one request.
//!
//! Takes: how requests of which size ended.
//! Gives: the size of the next one.
//! Never: none at all, or for ever less than the server takes.

use std::time::Duration;

use tokio::time::Instant;

/// A request is not made smaller than this because its answer took too long.
const SLOW_LEAST: usize = 100;

/// The sizes that work at the moment.
pub struct Size {
    most: usize,
    /// What the server takes at once, and until when that is remembered.
    room: usize,
    room_until: Option<Instant>,
    /// What it gets done within our time limit.
    pace: usize,
    remembered: Duration,
}

impl Size {
    /// Up to `most` lines; that the server took fewer is remembered for `remembered`.
    pub fn new(most: usize, remembered: Duration) -> Size {
        Size { most, room: most, room_until: None, pace: most, remembered }
    }

    /// Lines of the next request, at least one.
    pub fn at(&mut self, now: Instant) -> usize {
        if self.room_until.is_some_and(|until| until <= now) {
            self.room = (self.room * 2).min(self.most);
            self.room_until = (self.room < self.most).then(|| now + self.remembered);
        }
        self.room.min(self.pace)
    }

    /// The server has a request of `lines` that took less than half of our time limit, if `quick`.
    pub fn stored(&mut self, lines: usize, quick: bool) {
        if quick && lines >= self.pace {
            self.pace = (self.pace * 2).min(self.most);
        }
    }

    /// A request of `lines` was larger than the server takes.
    pub fn too_large(&mut self, lines: usize, now: Instant) {
        self.room = (lines / 2).max(1);
        self.room_until = Some(now + self.remembered);
    }

    /// A request of `lines` was not answered in time.
    pub fn silent(&mut self, lines: usize) {
        self.pace = self.pace.min((lines / 2).max(SLOW_LEAST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn what_is_too_large_is_remembered_for_a_while() {
        let (mut size, start) = (Size::new(1_000, MINUTE), Instant::now());
        size.too_large(1_000, start);
        size.too_large(500, start);
        assert_eq!(size.at(start + MINUTE / 2), 250);
        assert_eq!(size.at(start + MINUTE), 500);
        assert_eq!(size.at(start + MINUTE * 3 / 2), 500);
        assert_eq!(size.at(start + MINUTE * 2), 1_000);
        size.too_large(1, start);
        assert_eq!(size.at(start), 1, "one line always goes");
    }

    #[test]
    fn what_takes_too_long_gets_smaller_and_grows_again_once_it_does_not() {
        let (mut size, now) = (Size::new(1_000, MINUTE), Instant::now());
        size.silent(1_000);
        size.silent(3);
        assert_eq!(size.at(now), 100, "a silence over a few lines is no sign of their number");
        size.stored(100, false);
        size.stored(3, true);
        assert_eq!(size.at(now), 100);
        for expected in [200, 400, 800, 1_000, 1_000] {
            size.stored(1_000, true);
            assert_eq!(size.at(now), expected);
        }
    }
}
