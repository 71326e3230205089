//! The stretch of time that a report is asked for.
//!
//! Takes: a day, a month, or two times, as people write them; the site's zone; what time it is.
//! Gives: from and to, in whole days of the site where days were written.
//! Never: a stretch that runs backwards.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::engine::base::{Text, Wall};
use crate::engine::report::Name;

/// What was written; empty texts count as nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked<'a> {
    /// One day: `2026-11-22`.
    pub date: Option<&'a str>,
    /// One month: `2026-11`.
    pub month: Option<&'a str>,
    /// From when: RFC 3339 with an offset, or the beginning of a day.
    pub from: Option<&'a str>,
    /// Until when, not included: RFC 3339 with an offset, or the end of a day.
    pub to: Option<&'a str>,
}

/// What is wrong with it: in which field, and what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// `date`, `month`, `from` or `to`.
    pub field: &'static str,
    /// What should stand there.
    pub expected: Text,
}

impl Asked<'_> {
    /// From and to, the latter not included. Without anything: of a daily log the day so far, of the figures of ISA-18.2
    /// thirty days, of the others the month so far.
    ///
    /// # Errors
    /// What cannot be read, contradicts itself or runs backwards.
    pub fn period(&self, name: Name, now: Wall, zone: &TimeZone) -> Result<(Wall, Wall), Wrong> {
        fn filled(text: Option<&str>) -> Option<&str> {
            text.map(str::trim).filter(|text| !text.is_empty())
        }
        let (date, month) = (filled(self.date), filled(self.month));
        let (from, to) = (filled(self.from), filled(self.to));
        let today = Timestamp::from_microsecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date();
        let month_day = |month: &str| format!("{month}-01").parse::<Date>();
        match (date, month, from.or(to)) {
            (Some(date), None, None) => {
                let day: Date = date.parse().map_err(|_| wrong_day("date"))?;
                days(day, day.checked_add(1.day()), zone).ok_or_else(|| wrong_day("date"))
            }
            (None, Some(month), None) => {
                let wrong =
                    || Wrong { field: "month", expected: Text::new("月份，如 2026-11", "a month: 2026-11") };
                let first = month_day(month).map_err(|_| wrong())?;
                days(first, first.checked_add(1.month()), zone).ok_or_else(wrong)
            }
            (None, None, _) => {
                let to = to.map_or(Ok(now), |text| instant("to", text, 1, zone))?;
                let first = match name {
                    Name::Daily => days(today, Ok(today), zone).map(|(from, _)| from),
                    Name::Performance => None,
                    _ => days(today.first_of_month(), Ok(today), zone).map(|(from, _)| from),
                };
                let first = first.filter(|first| *first < to).unwrap_or(Wall(to.0.saturating_sub(THIRTY_DAYS_US)));
                let from = from.map_or(Ok(first), |text| instant("from", text, 0, zone))?;
                if from >= to {
                    return Err(Wrong {
                        field: "to", expected: Text::new("须晚于 from", "must be later than `from`")
                    });
                }
                Ok((from, to))
            }
            _ => Err(Wrong {
                field: "date",
                expected: Text::new("date、month、from/to 只能用一种", "one of date, month and from/to"),
            }),
        }
    }
}

const THIRTY_DAYS_US: i64 = 30 * 24 * 3600 * 1_000_000;

fn wrong_day(field: &'static str) -> Wrong {
    Wrong { field, expected: Text::new("日期，如 2026-11-22", "a day: 2026-11-22") }
}

fn days(first: Date, next: Result<Date, jiff::Error>, zone: &TimeZone) -> Option<(Wall, Wall)> {
    let begins = |day: Date| day.to_zoned(zone.clone()).ok().map(|day| Wall(day.timestamp().as_microsecond()));
    Some((begins(first)?, begins(next.ok()?)?))
}

/// A time, or a day from its beginning (`ahead` 0) or to its end (1).
fn instant(field: &'static str, text: &str, ahead: i8, zone: &TimeZone) -> Result<Wall, Wrong> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Wall(at.as_microsecond()));
    }
    let expected = Text::new(
        "时间须为 RFC 3339 含时区，如 2026-03-01T08:00:00+08:00，或日期 2026-03-01",
        "not a time; write RFC 3339 with an offset: 2026-03-01T08:00:00+08:00, or a day: 2026-03-01",
    );
    let day = text.parse::<Date>().ok().and_then(|day| days(day, day.checked_add(1.day()), zone));
    day.map(|(begins, ends)| if ahead == 0 { begins } else { ends }).ok_or(Wrong { field, expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::document::timestamp;

    const NOW: Wall = Wall(1_795_328_000_000_000);

    fn check(asked: &Asked<'_>, name: Name, expected: Result<(&str, &str), &str>) {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let period = asked.period(name, NOW, &zone);
        let period =
            period.map(|(from, to)| (timestamp(from, &zone), timestamp(to, &zone))).map_err(|wrong| wrong.field);
        let expected = expected.map(|(from, to)| (format!("{from}.000+08:00"), format!("{to}.000+08:00")));
        assert_eq!(period, expected);
    }

    #[test]
    fn days_and_months_are_those_of_the_site() {
        let nothing = Asked::default();
        check(&nothing, Name::Daily, Ok(("2026-11-22T00:00:00", "2026-11-22T14:13:20")));
        check(&nothing, Name::Faults, Ok(("2026-11-01T00:00:00", "2026-11-22T14:13:20")));
        check(&nothing, Name::Performance, Ok(("2026-10-23T14:13:20", "2026-11-22T14:13:20")));
        let day = Asked { date: Some("2026-12-31"), ..nothing.clone() };
        check(&day, Name::Daily, Ok(("2026-12-31T00:00:00", "2027-01-01T00:00:00")));
        let month = Asked { month: Some("2026-02"), date: Some(" "), ..nothing.clone() };
        check(&month, Name::Faults, Ok(("2026-02-01T00:00:00", "2026-03-01T00:00:00")));
        let both = Asked { from: Some("2026-11-01"), to: Some("2026-11-03"), ..nothing.clone() };
        check(&both, Name::Faults, Ok(("2026-11-01T00:00:00", "2026-11-04T00:00:00")));
        let times = Asked { from: Some("2026-11-01T00:00:00Z"), to: Some("2026-11-01T08:30:00+08:00"), ..nothing };
        check(&times, Name::Faults, Ok(("2026-11-01T08:00:00", "2026-11-01T08:30:00")));
    }

    #[test]
    fn what_is_no_stretch_is_refused_by_its_field() {
        let nothing = Asked::default();
        check(&Asked { date: Some("today"), ..nothing.clone() }, Name::Daily, Err("date"));
        check(&Asked { month: Some("2026-13"), ..nothing.clone() }, Name::Faults, Err("month"));
        check(&Asked { from: Some("yesterday"), ..nothing.clone() }, Name::Faults, Err("from"));
        check(&Asked { from: Some("2026-11-03"), to: Some("2026-11-01"), ..nothing.clone() }, Name::Faults, Err("to"));
        check(&Asked { month: Some("2026-11"), from: Some("2026-11-01"), ..nothing }, Name::Faults, Err("date"));
    }
}
