//! Whether another master talks on a line.
//!
//! Takes: how many of its frames the wire has heard, and when.
//! Gives: when it is time to announce it, and when it is over.
//! Never: takes one odd frame for a master: it must be heard several times within a minute.

use std::collections::VecDeque;
use std::time::Duration;

use crate::engine::base::Mono;

/// So many frames within [`TOGETHER`] are another master.
const MANY: usize = 3;
/// Frames further apart than this do not belong together.
const TOGETHER: Duration = Duration::from_secs(60);
/// One that was silent for so long is gone.
const GONE: Duration = Duration::from_secs(600);

/// What was heard of others on one line.
#[derive(Debug)]
pub(super) struct Strangers {
    /// When the last frames were heard, at most [`MANY`].
    heard: VecDeque<Mono>,
    /// When one was heard last, or listening began.
    last: Mono,
    /// What was said last; nothing yet after a start, when a fault of an earlier one may still stand.
    told: Option<bool>,
}

impl Strangers {
    /// Listening begins.
    pub(super) fn new(now: Mono) -> Strangers {
        Strangers { heard: VecDeque::with_capacity(MANY), last: now, told: None }
    }

    /// `frames` more were heard; gives what has changed: another master talks, or none does any more.
    pub(super) fn note(&mut self, frames: u32, now: Mono) -> Option<bool> {
        for _ in 0..frames.min(MANY as u32) {
            if self.heard.len() == MANY {
                self.heard.pop_front();
            }
            self.heard.push_back(now);
            self.last = now;
        }
        let together = self.heard.front().is_some_and(|first| now.since(*first) <= TOGETHER);
        let talk = if self.heard.len() == MANY && together {
            true
        } else if now.since(self.last) >= GONE {
            false
        } else {
            return None;
        };
        (self.told.replace(talk) != Some(talk)).then_some(talk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_frames_within_a_minute_are_announced_once_and_end_after_ten_quiet_minutes() {
        let mut strangers = Strangers::new(Mono(0));
        let mut at = |second: u64, frames: u32| strangers.note(frames, Mono(second * 1_000_000));
        assert_eq!([at(0, 0), at(1, 1), at(2, 1)], [None; 3]);
        assert_eq!([at(70, 1), at(140, 1)], [None; 2], "three, and never within a minute");
        assert_eq!(at(141, 1), None);
        assert_eq!(at(142, 1), Some(true));
        assert_eq!([at(143, 5), at(300, 1), at(899, 0)], [None; 3]);
        assert_eq!(at(900, 0), Some(false));
        assert_eq!([at(901, 0), at(5_000, 0)], [None; 2]);
        assert_eq!(at(5_001, 4), Some(true), "again");
    }

    #[test]
    fn a_fault_of_an_earlier_start_ends_when_nobody_is_heard() {
        let mut strangers = Strangers::new(Mono(0));
        assert_eq!(strangers.note(0, Mono(599_000_000)), None);
        assert_eq!(strangers.note(0, Mono(600_000_000)), Some(false));
    }
}
