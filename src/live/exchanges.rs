//! How the requests to each device ended, counted.
//!
//! Takes: the end of each exchange, from the one task that asks the device.
//! Gives: counts since the start, and how long an answer takes of late.
//! Never: a lock or an allocation per exchange.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::engine::poll::Failure;

/// The counts of one device as they are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exchanged {
    /// Answers with what was asked for.
    pub answers: u64,
    /// Answers that refuse.
    pub exceptions: u64,
    /// Requests that nobody answered in time.
    pub timeouts: u64,
    /// Requests after which something came that is no answer.
    pub malformed: u64,
    /// Answers in a row with what was asked for, up to the last request.
    pub good_in_a_row: u64,
    /// How the last one ended.
    pub last: Option<Ending>,
    /// From the sending of a request to its answer, smoothed over about eight of them; nothing before the first.
    pub round_trip: Option<Duration>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With what was asked for.
    Answered,
    /// The device refused.
    Refused,
    /// Nobody answered, or a gateway said that nobody does.
    Silent,
    /// Something came that is no answer.
    Malformed,
}

impl Ending {
    fn of(number: u64) -> Option<Ending> {
        let all = [Ending::Answered, Ending::Refused, Ending::Silent, Ending::Malformed];
        all.into_iter().find(|ending| *ending as u64 + 1 == number)
    }
}

/// The counters of one device.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    answers: AtomicU64,
    exceptions: AtomicU64,
    timeouts: AtomicU64,
    malformed: AtomicU64,
    in_a_row: AtomicU64,
    /// An [`Ending`] by its number, plus one; 0 before the first.
    last: AtomicU64,
    /// In microseconds, plus one; 0 before the first answer.
    round_trip: AtomicU64,
}

impl Exchanges {
    /// Counts one. A lost link says nothing about the device behind it and is not counted.
    pub(super) fn count(&self, failure: Option<&Failure>, took: Duration) {
        let ending = match failure {
            None => Ending::Answered,
            // These two come from a gateway, in the name of a device that does not answer it.
            Some(Failure::Timeout | Failure::Exception(0x0A | 0x0B)) => Ending::Silent,
            Some(Failure::Exception(_)) => Ending::Refused,
            Some(Failure::Malformed(_)) => Ending::Malformed,
            Some(Failure::Link(_)) => return,
        };
        self.last.store(ending as u64 + 1, Ordering::Relaxed);
        let in_a_row = if failure.is_none() { self.in_a_row.load(Ordering::Relaxed) + 1 } else { 0 };
        // One task counts for one device, so nobody writes in between.
        self.in_a_row.store(in_a_row, Ordering::Relaxed);
        let counter = match failure {
            None => &self.answers,
            Some(Failure::Exception(_)) => &self.exceptions,
            Some(Failure::Timeout) => &self.timeouts,
            Some(Failure::Malformed(_)) => &self.malformed,
            Some(Failure::Link(_)) => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if matches!(failure, None | Some(Failure::Exception(_))) {
            let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 8);
            let smoothed = match self.round_trip.load(Ordering::Relaxed).checked_sub(1) {
                Some(before) => (before * 7).saturating_add(took) / 8,
                None => took,
            };
            // One task counts for one device, so nobody writes in between.
            self.round_trip.store(smoothed + 1, Ordering::Relaxed);
        }
    }

    /// As they are now.
    pub(super) fn read(&self) -> Exchanged {
        Exchanged {
            answers: self.answers.load(Ordering::Relaxed),
            exceptions: self.exceptions.load(Ordering::Relaxed),
            timeouts: self.timeouts.load(Ordering::Relaxed),
            malformed: self.malformed.load(Ordering::Relaxed),
            good_in_a_row: self.in_a_row.load(Ordering::Relaxed),
            last: Ending::of(self.last.load(Ordering::Relaxed)),
            round_trip: self.round_trip.load(Ordering::Relaxed).checked_sub(1).map(Duration::from_micros),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_its_counter_and_only_answers_have_a_round_trip() {
        let counted = Exchanges::default();
        assert_eq!(counted.read(), Exchanged::default());
        let second = Duration::from_secs(1);
        counted.count(Some(&Failure::Timeout), second);
        counted.count(Some(&Failure::Malformed(String::new())), second);
        counted.count(Some(&Failure::Link(String::new())), second);
        let last = Some(Ending::Malformed);
        assert_eq!(counted.read(), Exchanged { timeouts: 1, malformed: 1, last, ..Exchanged::default() });
        counted.count(None, Duration::from_millis(80));
        counted.count(Some(&Failure::Exception(2)), Duration::from_millis(160));
        let round_trip = Some(Duration::from_millis(90));
        let expected = Exchanged {
            answers: 1,
            exceptions: 1,
            timeouts: 1,
            malformed: 1,
            last: Some(Ending::Refused),
            round_trip,
            ..Exchanged::default()
        };
        assert_eq!(counted.read(), expected);
        counted.count(None, Duration::from_millis(90));
        counted.count(None, Duration::from_millis(90));
        assert_eq!((counted.read().good_in_a_row, counted.read().last), (2, Some(Ending::Answered)));
        counted.count(Some(&Failure::Exception(0x0B)), second);
        assert_eq!((counted.read().good_in_a_row, counted.read().last), (0, Some(Ending::Silent)));
    }
}
