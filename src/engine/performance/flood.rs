//! Floods: more alarms than a person can take (ISA-18.2).
//!
//! Takes: the times of alarms, in order.
//! Gives: the floods there were, and whether one lasts.
//! Never: an end while five or more came within ten minutes.

use std::collections::VecDeque;

use crate::engine::base::Wall;

/// Within which time alarms are counted, in microseconds.
pub const WITHIN_US: i64 = 600_000_000;
/// More than so many begin a flood.
pub const BEGINS_ABOVE: usize = 10;
/// Fewer than so many end it.
pub const ENDS_BELOW: usize = 5;

/// One flood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// When it began.
    pub from: Wall,
    /// When it ended; none while it lasts.
    pub to: Option<Wall>,
}

/// The floods in a sequence of alarms.
#[derive(Clone, Debug, Default)]
pub struct Floods {
    lately: VecDeque<Wall>,
    list: Vec<Flood>,
}

impl Floods {
    /// An alarm came. One that is told with an earlier time than the last, after the clock was set back, counts as now.
    pub fn alarm(&mut self, at: Wall) {
        let at = self.lately.back().map_or(at, |last| at.max(*last));
        self.pass(at);
        self.lately.push_back(at);
        if self.lately.len() > BEGINS_ABOVE && !self.lasts() {
            self.list.push(Flood { from: at, to: None });
        }
    }

    /// Time passes.
    pub fn pass(&mut self, now: Wall) {
        while let Some(gone) = self.lately.front().map(|first| Wall(first.0 + WITHIN_US)).filter(|gone| *gone <= now) {
            self.lately.pop_front();
            if self.lately.len() < ENDS_BELOW
                && let Some(flood) = self.list.last_mut().filter(|flood| flood.to.is_none())
            {
                flood.to = Some(gone);
            }
        }
    }

    /// Whether one lasts.
    pub fn lasts(&self) -> bool {
        self.list.last().is_some_and(|flood| flood.to.is_none())
    }

    /// Alarms of the last ten minutes.
    pub fn lately(&self) -> usize {
        self.lately.len()
    }

    /// Every flood, in order.
    pub fn list(&self) -> &[Flood] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Wall {
        Wall(seconds * 1_000_000)
    }

    #[test]
    fn a_flood_begins_above_ten_and_ends_below_five() {
        let mut floods = Floods::default();
        (0..10).for_each(|number| floods.alarm(at(number)));
        assert!(!floods.lasts());
        floods.alarm(at(10));
        assert_eq!((floods.lasts(), floods.lately()), (true, 11));
        // The first to the sixth have left by 605 s, the seventh leaves at 606: five, then four are left.
        floods.pass(at(605));
        assert_eq!((floods.lasts(), floods.lately()), (true, 5));
        floods.pass(at(606));
        assert_eq!((floods.lasts(), floods.lately()), (false, 4));
        assert_eq!(floods.list(), [Flood { from: at(10), to: Some(at(606)) }]);
    }

    #[test]
    fn a_clock_that_was_set_back_begins_no_flood_in_the_past() {
        let mut floods = Floods::default();
        (0..11).for_each(|_| floods.alarm(at(100)));
        floods.alarm(at(3));
        assert_eq!(floods.list(), [Flood { from: at(100), to: None }]);
        assert_eq!(floods.lately(), 12);
    }
}
