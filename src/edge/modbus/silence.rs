//! When silence means that a connection is hung.
//!
//! Takes: how each exchange on a connection of Modbus TCP ended, with its unit.
//! Gives: at a time-out, whether the connection is to be made anew.
//! Never: lets units that say nothing cost the others behind their gateway the connection.
//!
//! A connection that hangs and a unit that is dead look alike in one time-out. What tells them apart is who is silent.
//! Three time-outs in a row, with not one frame between them, are needed in any case; then a connection counts as hung
//!
//! - at once when one unit alone is asked on it: nobody else loses anything by a new one;
//! - at once when whoever answered when last asked has failed now: they hardly died in the same moment;
//! - after [`SILENT_FOR`] when nobody was known to answer, as on one that hangs from its beginning, or when so many of
//!   them failed that the rest need not be waited for.
//!
//! So a gateway whose first ten units are dead keeps its connection while they are found out, and a unit that died long
//! ago and is only probed says nothing about it.

use std::time::Duration;

use tokio::time::Instant;

/// So many time-outs in a row without one frame between them, and a connection may count as hung.
pub const SILENT_LIMIT: u32 = 3;
/// Where units behind the connection are not known to answer, it counts as hung when it was silent for this long.
const SILENT_FOR: Duration = Duration::from_secs(10);

/// What is known of one connection.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// Units asked.
    asked: Units,
    /// Units that answered when they were asked last.
    living: Units,
    /// Frames counted when a request went unanswered last.
    frames: u64,
    run: Run,
}

/// Time-outs in a row with no frame between them.
#[derive(Debug, Default)]
struct Run {
    timeouts: u32,
    /// Those of them of units that answered before.
    of_living: u32,
    missing: Units,
    /// When the request was sent that the first of them was for.
    begun: Option<Instant>,
}

impl Silence {
    /// A request was answered by its unit.
    pub(super) fn answered(&mut self, unit: u8) {
        self.heard();
        self.asked.insert(unit);
        self.living.insert(unit);
    }

    /// Some frame came, whoever sent it.
    pub(super) fn heard(&mut self) {
        let run = std::mem::take(&mut self.run);
        self.living.remove_all(&run.missing);
    }

    /// A request that was sent at `sent` went unanswered until `now`, `frames` frames having come on this connection so
    /// far. Says whether it is hung.
    pub(super) fn timed_out(&mut self, unit: u8, frames: u64, sent: Instant, now: Instant) -> bool {
        if std::mem::replace(&mut self.frames, frames) != frames {
            self.heard();
        }
        self.asked.insert(unit);
        let run = &mut self.run;
        run.timeouts += 1;
        run.of_living += u32::from(self.living.contains(unit));
        run.missing.insert(unit);
        let lasted = now - *run.begun.get_or_insert(sent);
        let alone = self.asked.count() == 1;
        let witnessed = run.of_living >= SILENT_LIMIT;
        let all = witnessed && self.living.is_within(&run.missing);
        let long = lasted >= SILENT_FOR && (witnessed || self.living.count() == 0);
        run.timeouts >= SILENT_LIMIT && (alone || all || long)
    }

    /// Time-outs in a row.
    pub(super) fn timeouts(&self) -> u32 {
        self.run.timeouts
    }
}

/// A set of unit ids.
#[derive(Debug, Default)]
struct Units([u64; 4]);

impl Units {
    fn insert(&mut self, unit: u8) {
        self.0[usize::from(unit >> 6)] |= 1 << (unit & 63);
    }

    fn contains(&self, unit: u8) -> bool {
        self.0[usize::from(unit >> 6)] & (1 << (unit & 63)) != 0
    }

    fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    fn remove_all(&mut self, others: &Units) {
        self.0.iter_mut().zip(others.0).for_each(|(word, other)| *word &= !other);
    }

    fn is_within(&self, others: &Units) -> bool {
        self.0.iter().zip(others.0).all(|(word, other)| word & !other == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection on which each time-out takes half a second.
    struct Connection {
        silence: Silence,
        now: Instant,
        frames: u64,
    }

    impl Connection {
        fn new() -> Connection {
            Connection { silence: Silence::default(), now: Instant::now(), frames: 0 }
        }

        fn answers(&mut self, units: impl IntoIterator<Item = u8>) {
            for unit in units {
                self.frames += 1;
                self.silence.answered(unit);
            }
        }

        /// How many of these time-outs it takes until it counts as hung; none when it never does.
        fn hung_after(&mut self, units: impl IntoIterator<Item = u8>) -> Option<usize> {
            let mut taken = 0;
            units.into_iter().find_map(|unit| {
                let sent = self.now;
                (self.now, taken) = (sent + Duration::from_millis(500), taken + 1);
                self.silence.timed_out(unit, self.frames, sent, self.now).then_some(taken)
            })
        }
    }

    #[test]
    fn one_unit_alone_is_asked_three_times() {
        assert_eq!(Connection::new().hung_after([7; 9]), Some(3));
        let mut worked = Connection::new();
        worked.answers([7; 5]);
        assert_eq!(worked.hung_after([7; 9]), Some(3));
        assert_eq!(worked.silence.timeouts(), 3);
    }

    #[test]
    fn all_who_answered_failing_together_are_enough() {
        let mut gateway = Connection::new();
        gateway.answers([1, 2, 3, 4]);
        assert_eq!(gateway.hung_after([1, 2, 3, 4, 1]), Some(4));
    }

    #[test]
    fn dead_units_that_come_first_cost_nobody_the_connection() {
        let mut gateway = Connection::new();
        assert_eq!(gateway.hung_after(1..=10), None);
        gateway.answers(11..=20);
        assert_eq!(gateway.hung_after(1..=10), None);
        gateway.answers(11..=20);
        // Nor those that are only probed, however long nobody else is asked.
        assert_eq!(gateway.hung_after([1; 60]), None);
    }

    #[test]
    fn where_nobody_ever_answered_it_takes_ten_seconds() {
        assert_eq!(Connection::new().hung_after((1..=20).cycle()), Some(20));
    }

    #[test]
    fn where_many_answered_not_all_of_them_are_waited_for() {
        let mut gateway = Connection::new();
        gateway.answers(1..=200);
        assert_eq!(gateway.hung_after(1..=200), Some(20));
    }

    #[test]
    fn who_died_before_is_not_waited_for() {
        let mut gateway = Connection::new();
        gateway.answers([1, 2, 3]);
        assert_eq!(gateway.hung_after([2]), None);
        gateway.answers([1, 3]);
        assert_eq!(gateway.hung_after([1, 3, 1, 3]), Some(3));
    }

    #[test]
    fn any_frame_says_that_somebody_is_there() {
        let mut gateway = Connection::new();
        gateway.answers([1]);
        assert_eq!(gateway.hung_after([1, 1]), None);
        gateway.frames += 1;
        assert_eq!(gateway.hung_after([1, 1]), None);
        gateway.silence.heard();
        assert_eq!(gateway.hung_after([1, 1, 1]), Some(3));
    }
}
