//! A time zone as data: which offset held from when on.
//!
//! Takes: changes of the offset that `config` has looked up in the system's data.
//! Gives: [`Zone`]: minute of the day and day of the week of any instant.
//! Never: reads the system's zone data, so that a replay elsewhere says the same.

use super::Wall;

/// A time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// From each of these instants on, so many seconds east of UTC, in order. Before the first, and without any, UTC.
    pub changes: Vec<(Wall, i32)>,
}

const SECONDS_A_DAY: i64 = 24 * 3600;

impl Zone {
    /// Seconds east of UTC at this instant.
    pub fn offset(&self, at: Wall) -> i32 {
        let after = self.changes.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).map_or(0, |last| self.changes[last].1)
    }

    /// Minutes after midnight (0 to 1439), and the day of the week (0 is Monday), of this instant.
    pub fn minute_and_day(&self, at: Wall) -> (u16, u8) {
        let local = at.0.div_euclid(1_000_000) + i64::from(self.offset(at));
        let minute = local.rem_euclid(SECONDS_A_DAY) / 60;
        // 1970-01-01 was a Thursday.
        let day = (local.div_euclid(SECONDS_A_DAY) + 3).rem_euclid(7);
        (u16::try_from(minute).unwrap_or(0), u8::try_from(day).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_and_days_follow_the_offset_of_their_instant() {
        let at = |seconds: i64| Wall(seconds * 1_000_000);
        let shanghai = Zone { changes: vec![(at(0), 8 * 3600)] };
        let check = |zone: &Zone, seconds, expected| assert_eq!(zone.minute_and_day(at(seconds)), expected);
        // 2026-01-01T00:00:00Z, a Thursday.
        check(&Zone::default(), 1_767_225_600, (0, 3));
        check(&shanghai, 1_767_225_600, (480, 3));
        check(&shanghai, 1_767_225_600 + 16 * 3600, (0, 4));
        check(&shanghai, 1_767_225_600 - 1, (479, 3));
        check(&shanghai, -1, (1439, 2));
        let summer = Zone { changes: vec![(at(0), 3600), (at(100 * 3600), 7200)] };
        check(&summer, 100 * 3600 - 60, (60 * 4 + 59, 0));
        check(&summer, 100 * 3600, (60 * 6, 0));
    }
}
