//! The six bytes in which the standard writes a time.
//!
//! Takes: six bytes, or a wall time and the zone of the site.
//! Gives: [`Stamp`], its spelling, and the wall time it names, where it names one.
//! Never: a wall time for digits that are none: a device whose clock was never set writes zeros.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::engine::base::Wall;

/// A local time to the second, one plain binary byte for each part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// 0 to 99, since 2000.
    pub year: u8,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Stamp {
    /// From the bytes of the wire: second first, year last. Whatever they hold.
    pub fn from_bytes([second, minute, hour, day, month, year]: [u8; 6]) -> Stamp {
        Stamp { year, month, day, hour, minute, second }
    }

    /// The bytes of the wire.
    pub fn bytes(self) -> [u8; 6] {
        [self.second, self.minute, self.hour, self.day, self.month, self.year]
    }

    /// The local time at `at`; zeros outside the century the standard can write.
    pub fn of(at: Wall, zone: &TimeZone) -> Stamp {
        let local = Timestamp::from_microsecond(at.0).map(|at| at.to_zoned(zone.clone())).ok();
        let part = |part: i8| u8::try_from(part).unwrap_or(0);
        let within = |local: &Zoned| u8::try_from(local.year() - 2000).ok().filter(|year| *year < 100);
        local.and_then(|local| Some((within(&local)?, local))).map_or_else(Stamp::default, |(year, local)| Stamp {
            year,
            month: part(local.month()),
            day: part(local.day()),
            hour: part(local.hour()),
            minute: part(local.minute()),
            second: part(local.second()),
        })
    }

    /// The wall time it names in `zone`; nothing when its digits are no time.
    pub fn wall(self, zone: &TimeZone) -> Option<Wall> {
        let signed = |part: u8| i8::try_from(part).ok();
        let year = i16::from(self.year).checked_add(2000).filter(|_| self.year < 100)?;
        let date = DateTime::new(
            year,
            signed(self.month)?,
            signed(self.day)?,
            signed(self.hour)?,
            signed(self.minute)?,
            signed(self.second)?,
            0,
        );
        let zoned = date.ok()?.to_zoned(zone.clone()).ok()?;
        Some(Wall(zoned.timestamp().as_microsecond()))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stamp { year, month, day, hour, minute, second } = self;
        write!(f, "20{year:02}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_what_its_zone_says_and_zeros_are_none() {
        let zone = TimeZone::get("Asia/Shanghai").expect("the zone of the tests");
        let stamp = Stamp::from_bytes([0x20, 0x3A, 0x09, 0x1A, 0x09, 0x0C]);
        assert_eq!(stamp.to_string(), "2012-09-26 09:58:32");
        // 2012-09-26T01:58:32Z
        assert_eq!(stamp.wall(&zone), Some(Wall(1_348_624_712_000_000)));
        assert_eq!(Stamp::of(Wall(1_348_624_712_900_000), &zone), stamp);
        assert_eq!(Stamp::default().wall(&zone), None);
        assert_eq!(Stamp::from_bytes([255; 6]).wall(&zone), None);
        assert_eq!(Stamp::of(Wall(i64::MAX), &zone), Stamp::default());
        assert_eq!(Stamp::of(Wall(0), &zone), Stamp::default(), "the standard begins with 2000");
    }
}
