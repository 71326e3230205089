//! Days of the calendar, by arithmetic alone.
//!
//! Takes: instants and a [`Zone`].
//! Gives: [`Date`]; the local day of an instant, and the instant of a time on a local day.
//! Never: reads the system's calendar or zone data.

use super::{Wall, Zone};

const SECONDS_A_DAY: i64 = 24 * 3600;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Year.
    pub year: i64,
    /// 1 is January.
    pub month: u8,
    /// From 1.
    pub day: u8,
}

impl Date {
    /// The date so many days after 1970-01-01 (the algorithm of H. Hinnant, `civil_from_days`).
    pub fn of_day(day: i64) -> Date {
        let shifted = day + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let fifth = (5 * of_year + 2) / 153;
        let month = if fifth < 10 { fifth + 3 } else { fifth - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |number: i64| u8::try_from(number).unwrap_or(0);
        Date { year, month: small(month), day: small(of_year - (153 * fifth + 2) / 5 + 1) }
    }
}

impl Zone {
    /// The local day of an instant, counted from 1970-01-01.
    pub fn day(&self, at: Wall) -> i64 {
        (at.0.div_euclid(1_000_000) + i64::from(self.offset(at))).div_euclid(SECONDS_A_DAY)
    }

    /// The instant of a minute of a local day. A time that a change of the clocks skips is taken an hour later.
    pub fn instant(&self, day: i64, minute: u16) -> Wall {
        let local = day * SECONDS_A_DAY + i64::from(minute) * 60;
        let with = |offset: i32| Wall((local - i64::from(offset)) * 1_000_000);
        // The offset of the first guess may be that of the other side of a change; the second one is right.
        let guess = with(self.offset(with(0)));
        with(self.offset(guess))
    }

    /// `2026-01-01 08:30`
    pub fn spelt(&self, at: Wall) -> String {
        let Date { year, month, day } = Date::of_day(self.day(at));
        let (minute, _) = self.minute_and_day(at);
        format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree_over_leap_years_and_centuries() {
        let check = |day, year, month, of_month| {
            assert_eq!(Date::of_day(day), Date { year, month, day: of_month });
        };
        check(0, 1970, 1, 1);
        check(-1, 1969, 12, 31);
        check(11_016, 2000, 2, 29);
        check(11_017, 2000, 3, 1);
        check(20_454, 2026, 1, 1);
        check(20_818, 2026, 12, 31);
        check(47_540, 2100, 2, 28);
        check(47_541, 2100, 3, 1);
    }

    #[test]
    fn a_time_on_a_local_day_is_found_on_both_sides_of_a_change() {
        let at = |seconds: i64| Wall(seconds * 1_000_000);
        let shanghai = Zone { changes: vec![(at(0), 8 * 3600)] };
        assert_eq!(shanghai.spelt(at(1_767_225_600)), "2026-01-01 08:00");
        assert_eq!(shanghai.instant(20_454, 8 * 60), at(1_767_225_600));
        assert_eq!(shanghai.day(at(1_767_225_600 - 8 * 3600 - 1)), 20_453);
        // The clocks go forward at 01:00 UTC of 2026-03-29 (day 20541).
        let change = 20_541 * SECONDS_A_DAY + 3600;
        let berlin = Zone { changes: vec![(at(0), 3600), (at(change), 7200)] };
        for (minute, spelt) in [(60, "2026-03-29 01:00"), (240, "2026-03-29 04:00"), (1439, "2026-03-29 23:59")] {
            assert_eq!(berlin.spelt(berlin.instant(20_541, minute)), spelt);
        }
        assert_eq!(berlin.spelt(berlin.instant(20_541, 150)), "2026-03-29 03:30");
    }
}
