//! The last requests to each device that were not answered as they should be.
//!
//! Takes: how a request failed, from the one task that asks the device.
//! Gives: the last of them, newest first; those that failed alike are one entry and a count.
//! Never: work for a request that was answered; never more than [`KEPT`] entries for a device.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::engine::base::Wall;
use crate::engine::poll::{Failure, Request};

/// So many entries are kept of a device.
pub const KEPT: usize = 20;

/// What was asked, as it stood on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Modbus unit id.
    pub unit: u8,
    /// Modbus function.
    pub function: u8,
    /// First address.
    pub start: u16,
    /// How many addresses.
    pub count: u16,
}

impl Asked {
    /// Of a request.
    pub fn of(request: &Request) -> Asked {
        Asked { unit: request.unit, function: request.function(), start: request.start, count: request.count }
    }
}

/// Requests that failed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What was asked.
    pub asked: Asked,
    /// How it failed.
    pub failure: Failure,
    /// How often.
    pub times: u64,
    /// When for the first time.
    pub first: Wall,
    /// When last.
    pub last: Wall,
}

/// The troubles of one device, oldest first.
#[derive(Debug, Default)]
pub(super) struct Troubles(Mutex<VecDeque<Trouble>>);

impl Troubles {
    /// One more. A lost link says nothing about the device behind it and is not noted.
    pub(super) fn note(&self, asked: Asked, failure: &Failure, at: Wall) {
        if matches!(failure, Failure::Link(_)) {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = kept.iter().position(|held| held.asked == asked && held.failure == *failure);
        let known = alike.and_then(|place| kept.remove(place));
        if kept.len() == KEPT {
            kept.pop_front();
        }
        let (times, first) = known.map_or((0, at), |known| (known.times, known.first));
        kept.push_back(Trouble { asked, failure: failure.clone(), times: times + 1, first, last: at });
    }

    /// Newest first.
    pub(super) fn read(&self) -> Vec<Trouble> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_alike_is_counted_and_the_oldest_goes_first() {
        let troubles = Troubles::default();
        let asked = |start: u16| Asked { unit: 1, function: 3, start, count: 2 };
        for second in 0..5 {
            troubles.note(asked(0), &Failure::Timeout, Wall(second));
            troubles.note(asked(0), &Failure::Exception(2), Wall(second));
            troubles.note(asked(0), &Failure::Link("gone".into()), Wall(second));
        }
        let read = troubles.read();
        assert_eq!(read.len(), 2);
        let expected =
            Trouble { asked: asked(0), failure: Failure::Exception(2), times: 5, first: Wall(0), last: Wall(4) };
        assert_eq!(read[0], expected);
        for start in 1..=20 {
            troubles.note(asked(start), &Failure::Timeout, Wall(9));
        }
        let read = troubles.read();
        assert_eq!((read.len(), read[0].asked.start, read[KEPT - 1].asked.start), (KEPT, 20, 1));
    }
}
