//! Times as people and programs read them, in the site's time zone.
//!
//! Takes: wall times of facts.
//! Gives: RFC 3339 with offset for programs; clock, date and age for people.
//! Never: reads a clock.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::engine::base::{Language, Wall};
use crate::live::document;

/// Writes times of one site.
#[derive(Clone, Debug)]
pub struct When {
    zone: TimeZone,
}

impl When {
    /// For people of `zone`.
    pub fn new(zone: TimeZone) -> When {
        When { zone }
    }

    fn zoned(&self, at: Wall) -> Zoned {
        Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.zone.clone())
    }

    /// The zone itself, for documents.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// RFC 3339 with the site's offset.
    pub fn rfc3339(&self, at: Wall) -> String {
        document::timestamp(at, &self.zone)
    }

    /// `14:32:07`
    pub fn clock(&self, at: Wall) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// `11-22 14:32:07`, or the clock alone when it was on the same day as `now`.
    pub fn day_clock(&self, at: Wall, now: Wall) -> String {
        let (then, today) = (self.zoned(at), self.zoned(now));
        let form = match (then.date() == today.date(), then.year() == today.year()) {
            (true, _) => "%H:%M:%S",
            (false, true) => "%m-%d %H:%M:%S",
            (false, false) => "%Y-%m-%d %H:%M",
        };
        then.strftime(form).to_string()
    }

    /// `2026-11-22`
    pub fn date(&self, at: Wall) -> String {
        self.zoned(at).strftime("%Y-%m-%d").to_string()
    }

    /// The beginning of a day such as `2026-11-22`.
    pub fn day(&self, text: &str) -> Option<Wall> {
        let day = text.parse::<jiff::civil::Date>().ok()?.to_zoned(self.zone.clone()).ok()?;
        Some(Wall(day.timestamp().as_microsecond()))
    }

    /// Reads RFC 3339 with an offset, a day such as `2026-11-22` (its beginning, or with `ends` its end), or a day with a
    /// time of the site such as `2026-11-22T18:30`.
    pub fn instant(&self, text: &str, ends: bool) -> Option<Wall> {
        let of_site =
            |at: jiff::civil::DateTime| Some(Wall(at.to_zoned(self.zone.clone()).ok()?.timestamp().as_microsecond()));
        if let Some(at) = When::parse(text) {
            return Some(at);
        }
        match (text.parse::<jiff::civil::Date>(), text.contains(['T', ' '])) {
            (Ok(day), false) if ends => of_site(day.tomorrow().ok()?.at(0, 0, 0, 0)),
            (Ok(day), false) => of_site(day.at(0, 0, 0, 0)),
            _ => of_site(text.parse().ok()?),
        }
    }

    /// Reads RFC 3339 with an offset.
    pub fn parse(text: &str) -> Option<Wall> {
        text.parse::<Timestamp>().ok().map(|at| Wall(at.as_microsecond()))
    }
}

/// An age in the largest two units that matter: `0:39`, `12 min`, `4 h`, `3 d`.
pub fn age(lapse: Duration, language: Language) -> String {
    let seconds = lapse.as_secs();
    let (minute, hour, day) = match language {
        Language::Zh => ("分", "小时", "天"),
        Language::En => ("min", "h", "d"),
    };
    match seconds {
        0..600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        600..7_200 => format!("{} {minute}", seconds / 60),
        7_200..172_800 => format!("{} {hour}", seconds / 3_600),
        _ => format!("{} {day}", seconds / 86_400),
    }
}

/// A short age of data: `0.4 s`, `12 s`, then as [`age`].
pub fn data_age(lapse: Duration, language: Language) -> String {
    let second = match language {
        Language::Zh => "秒",
        Language::En => "s",
    };
    match lapse.as_millis() {
        0..10_000 => format!("{:.1} {second}", lapse.as_secs_f64()),
        10_000..120_000 => format!("{} {second}", lapse.as_secs()),
        _ => age(lapse, language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_carry_the_offset_of_the_site() {
        let when = When::new(TimeZone::get("Asia/Shanghai").unwrap());
        let at = Wall(1_795_328_000_120_000);
        assert_eq!(when.rfc3339(at), "2026-11-22T14:13:20.120+08:00");
        assert_eq!(When::parse(&when.rfc3339(at)), Some(at));
        assert_eq!(When::parse("2026-11-22 14:13"), None);
        let typed = |text, ends| when.instant(text, ends).map(|at| when.rfc3339(at));
        assert_eq!(typed("2026-11-22", false).as_deref(), Some("2026-11-22T00:00:00.000+08:00"));
        assert_eq!(typed("2026-11-22", true).as_deref(), Some("2026-11-23T00:00:00.000+08:00"));
        assert_eq!(typed("2026-11-22T14:13", true).as_deref(), Some("2026-11-22T14:13:00.000+08:00"));
        assert_eq!(typed("2026-11-22T06:13:00Z", true).as_deref(), Some("2026-11-22T14:13:00.000+08:00"));
        assert_eq!((typed("yesterday", false), typed("2026-13-01", false)), (None, None));
        assert_eq!(when.day_clock(at, Wall(at.0 + 86_400_000_000)), "11-22 14:13:20");
    }

    #[test]
    fn ages_change_their_unit() {
        let check = |seconds, zh: &str, en: &str| {
            assert_eq!(age(Duration::from_secs(seconds), Language::Zh), zh);
            assert_eq!(age(Duration::from_secs(seconds), Language::En), en);
        };
        check(39, "0:39", "0:39");
        check(720, "12 分", "12 min");
        check(4 * 3_600, "4 小时", "4 h");
        check(3 * 86_400, "3 天", "3 d");
    }
}
