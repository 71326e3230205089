//! How much of a wire is used.
//!
//! Takes: once a second, how long the wire was busy so far and how many requests went over it.
//! Gives: both as rates over the last ten seconds.
//! Never: a rate over less than a second.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::engine::base::Mono;

/// So many reports are looked back: they come once a second.
const KEPT: usize = 11;

/// The use of one wire of late.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Share of the time in which a request was under way, 0 to 1.
    pub busy: f64,
    /// Requests a second.
    pub requests_per_s: f64,
}

/// What was counted on one wire, oldest first.
#[derive(Debug, Default)]
pub(super) struct Uses(Mutex<VecDeque<(Mono, Duration, u64)>>);

impl Uses {
    /// So long was it busy, and so many requests went over it, since the start.
    pub(super) fn note(&self, at: Mono, busy: Duration, requests: u64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((at, busy, requests));
    }

    /// Of late; nothing before two reports.
    pub(super) fn read(&self) -> Option<Use> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ((from, busy_from, sent_from), (to, busy_to, sent_to)) = (kept.front()?, kept.back()?);
        let lapse = to.since(*from).as_secs_f64();
        if lapse < 1.0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "requests of ten seconds")]
        let requests = sent_to.saturating_sub(*sent_from) as f64;
        let busy = busy_to.saturating_sub(*busy_from).as_secs_f64();
        Some(Use { busy: (busy / lapse).min(1.0), requests_per_s: requests / lapse })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_last_ten_seconds() {
        let uses = Uses::default();
        assert_eq!(uses.read(), None);
        for second in 0..60_u64 {
            // Idle for half a minute, then busy for a quarter of the time.
            let worked = second.saturating_sub(30);
            uses.note(Mono(second * 1_000_000), Duration::from_millis(250 * worked), 5 * worked);
        }
        assert_eq!(uses.read(), Some(Use { busy: 0.25, requests_per_s: 5.0 }));
    }
}
