//! A cell as people read it.
//!
//! Takes: a cell, a language and a zone.
//! Gives: a short text: clock and day, minutes and seconds, percent.
//! Never: more digits than a person needs; files for programs have them.

use std::time::Duration;

use jiff::Timestamp;

use super::Manner;
use crate::engine::base::{Language, Wall};
use crate::engine::report::Cell;

/// The text of a cell; empty where there is nothing.
pub fn human(cell: &Cell, manner: &Manner) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.get(manner.language).to_owned(),
        Cell::Same(text) => text.to_string(),
        Cell::Number(number) => format!("{number:.2}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        Cell::Count(count) => count.to_string(),
        Cell::Share(share) => format!("{:.1} %", share * 100.0),
        Cell::Time(at) => day_and_clock(*at, manner),
        Cell::Lapse(lapse) => duration(*lapse, manner.language),
    }
}

fn day_and_clock(at: Wall, manner: &Manner) -> String {
    let at = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(manner.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `0.4 s`, `12:07` (minutes and seconds), `3:05:00` (hours), `2 d 3:05`.
fn duration(lapse: Duration, language: Language) -> String {
    let (second, day) = match language {
        Language::Zh => ("秒", "天"),
        Language::En => ("s", "d"),
    };
    let seconds = lapse.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..60 => format!("{:.1} {second}", lapse.as_secs_f64()),
        60..3_600 => format!("{minutes}:{:02}", seconds % 60),
        3_600..86_400 => format!("{hours}:{:02}:{:02}", minutes % 60, seconds % 60),
        _ => format!("{days} {day} {}:{:02}", hours % 24, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_short_texts() {
        let manner = Manner { language: Language::En, zone: jiff::tz::TimeZone::UTC };
        let check = |cell: Cell, expected: &str| assert_eq!(human(&cell, &manner), expected);
        check(Cell::Lapse(Duration::from_millis(400)), "0.4 s");
        check(Cell::Lapse(Duration::from_secs(727)), "12:07");
        check(Cell::Lapse(Duration::from_secs(11_100)), "3:05:00");
        check(Cell::Lapse(Duration::from_secs(183_900)), "2 d 3:05");
        check(Cell::Number(2.5), "2.5");
        check(Cell::Number(120.0), "120");
        check(Cell::Share(0.0833), "8.3 %");
        check(Cell::Time(Wall(0)), "1970-01-01 00:00:00");
    }
}
