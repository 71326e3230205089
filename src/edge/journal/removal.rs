//! When the writer takes out the next little of what no longer counts.
//!
//! Takes: how long the last step took, and who waits for the end.
//! Gives: when the next one is due, and how large it is.
//! Never: more than half of the writer's time, or a step that facts would wait for long.

use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::staging::Left;

/// Rows of the first step.
const ROWS: u64 = 256;
/// Rows of any.
const FEWEST: u64 = 16;
const MOST: u64 = 4_096;
/// A step that took longer is halved, one that took less than a quarter of it is doubled: facts wait behind it.
const LONG: Duration = Duration::from_millis(40);
/// The shortest rest between two steps.
const REST: Duration = Duration::from_millis(5);
/// After a failure: the disk is full or does not answer, and facts come first.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// The writer's plan for it.
pub(super) struct Removal {
    due: Option<Instant>,
    rows: u64,
    waiting: Vec<SyncSender<()>>,
}

impl Removal {
    /// Something may be left of an earlier life.
    pub(super) fn begin(now: Instant) -> Removal {
        Removal { due: Some(now), rows: ROWS, waiting: Vec::new() }
    }

    /// There is something to take out from now on.
    pub(super) fn wake(&mut self, now: Instant) {
        self.due = Some(now);
    }

    /// `end` is told once nothing is left.
    pub(super) fn tell(&mut self, end: SyncSender<()>, now: Instant) {
        self.waiting.push(end);
        self.due.get_or_insert(now);
    }

    /// How long until the next step; nothing while none is needed.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        self.due.map(|due| due.saturating_duration_since(now))
    }

    /// Rows of the next step, once it is due.
    pub(super) fn due(&self, now: Instant) -> Option<u64> {
        self.due.is_some_and(|due| due <= now).then_some(self.rows)
    }

    /// A step was made.
    pub(super) fn made(&mut self, left: Left, took: Duration, now: Instant) {
        if !left.anything {
            self.due = None;
            for end in self.waiting.drain(..) {
                // Whoever waited may have given up.
                let _ = end.try_send(());
            }
            return;
        }
        if took > LONG {
            self.rows = (self.rows / 2).max(FEWEST);
        } else if took < LONG / 4 {
            self.rows = (self.rows * 2).min(MOST);
        }
        self.due = Some(now + took.max(REST));
    }

    /// A step failed; nothing of it was done.
    pub(super) fn failed(&mut self, now: Instant) {
        self.due = Some(now + AFTER_FAILURE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_never_takes_long_and_half_of_the_time_is_left_to_facts() {
        #[expect(clippy::disallowed_methods, reason = "any instant serves")]
        let now = Instant::now();
        let mut removal = Removal::begin(now);
        let some = Left { facts: 9, anything: true };
        assert_eq!(removal.due(now), Some(ROWS));
        removal.made(some, Duration::from_millis(1), now);
        assert_eq!((removal.due(now), removal.wait(now)), (None, Some(REST)));
        assert_eq!(removal.due(now + REST), Some(2 * ROWS));
        for _ in 0..20 {
            removal.made(some, Duration::from_secs(1), now);
        }
        assert_eq!(removal.wait(now), Some(Duration::from_secs(1)));
        assert_eq!(removal.due(now + Duration::from_secs(1)), Some(FEWEST));
        let (end, ended) = std::sync::mpsc::sync_channel(1);
        removal.tell(end, now);
        removal.failed(now);
        assert_eq!((removal.due(now), ended.try_recv().is_err()), (None, true));
        removal.made(Left { facts: 0, anything: false }, REST, now);
        assert_eq!((removal.wait(now), ended.try_recv()), (None, Ok(())));
    }
}
