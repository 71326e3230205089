//! How long the disk will last.
//!
//! Takes: the room that is left, whenever somebody looks.
//! Gives: days until none is left, at the rate of the last day.
//! Never: a figure from a few minutes, or one where nothing shrinks.

use std::collections::VecDeque;
use std::time::Duration;

use crate::engine::base::Mono;

/// Between two looks that are kept.
const EVERY: Duration = Duration::from_secs(600);
/// Looks kept: a day of them.
const KEPT: usize = 145;
/// Over less than this nothing is said: logs and databases come in steps.
const LEAST: Duration = Duration::from_secs(6 * 3_600);
const DAY_S: f64 = 86_400.0;

/// The room that was left, over a day.
#[derive(Debug, Default)]
pub(super) struct Growth {
    looks: VecDeque<(Mono, u64)>,
}

impl Growth {
    /// So many bytes are left at this moment.
    pub(super) fn note(&mut self, at: Mono, left: u64) {
        if self.looks.back().is_some_and(|(last, _)| at.since(*last) < EVERY) {
            return;
        }
        if self.looks.len() == KEPT {
            self.looks.pop_front();
        }
        self.looks.push_back((at, left));
    }

    /// Days until nothing is left, at the rate of what is known; none where that is too little, or nothing shrinks.
    #[expect(clippy::cast_precision_loss, reason = "bytes of a disk, as a rate")]
    pub(super) fn days_left(&self) -> Option<f64> {
        let ((first, before), (last, now)) = (self.looks.front()?, self.looks.back()?);
        let over = last.since(*first);
        let used = before.checked_sub(*now).filter(|used| *used > 0 && over >= LEAST)?;
        Some(*now as f64 / (used as f64 / over.as_secs_f64()) / DAY_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(hours: u64, left: impl Fn(u64) -> u64) -> Option<f64> {
        let mut growth = Growth::default();
        for second in (0..=hours * 3_600).step_by(10) {
            growth.note(Mono(second * 1_000_000), left(second));
        }
        growth.days_left()
    }

    #[test]
    fn days_are_told_from_hours_and_only_where_room_shrinks() {
        assert_eq!(over(5, |second| 10_000_000 - second), None, "five hours say nothing");
        assert_eq!(over(48, |_| 10_000_000), None, "nothing shrinks");
        assert_eq!(over(48, |second| 10_000_000 + second), None);
        let days = over(12, |second| 86_400 * 11 - second).expect("it shrinks by a byte a second");
        assert!((days - 10.5).abs() < 1e-9, "{days}");
        // Of two days the last counts: the rate doubled.
        let days = over(48, |s| 86_400 * 10 - if s < 86_400 { s } else { 2 * s - 86_400 }).expect("it shrinks");
        assert!((days - 3.5).abs() < 0.01, "{days}");
    }
}
