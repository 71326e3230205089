//! Times of day in conditions: `time(08:00-18:00, mon-fri)`.
//!
//! Takes: a call of `time`.
//! Gives: a [`Window`].
//! Never: an hour or a day that does not exist.

use super::syntax::{Call, Word};
use crate::config::expression::Finding;
use crate::config::problem::did_you_mean;
use crate::engine::site::Window;

/// Days as they are written; Monday is bit 0.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const HINT: &str = "write: time(08:00-18:00, mon-fri)";

/// Reads it.
pub fn parse(call: &Call<'_>) -> Result<Window, Finding> {
    if let Some((key, _)) = call.named.first() {
        return Err(Finding::new(key.offset, format!("\"{}\" means nothing for a time", key.text), HINT));
    }
    let Some(((hours, _), days)) = call.given.split_first() else {
        return Err(Finding::new(call.name.offset, "which time?", HINT));
    };
    let wrong = || Finding::new(hours.offset, format!("\"{}\" is not a time of day", hours.text), HINT);
    let (from, to) = hours.text.split_once('-').ok_or_else(wrong)?;
    let (from, to) = (minute(from).ok_or_else(wrong)?, minute(to).ok_or_else(wrong)?);
    if from == to || from == 24 * 60 {
        return Err(Finding::new(
            hours.offset,
            format!("\"{}\" is no time at all", hours.text),
            "the whole day is 00:00-24:00",
        ));
    }
    let mut held = 0;
    for (word, _) in days {
        held |= span(*word)?;
    }
    Ok(Window { from, to, days: if days.is_empty() { 0x7F } else { held } })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u16>().ok()).flatten();
    let at = number(hour)? * 60 + number(minute).filter(|minute| *minute < 60)?;
    (at <= 24 * 60).then_some(at)
}

fn span(word: Word<'_>) -> Result<u8, Finding> {
    let day = |name: &str| {
        DAYS.iter()
            .position(|day| *day == name)
            .ok_or_else(|| Finding::new(word.offset, format!("unknown day \"{name}\""), did_you_mean(name, DAYS)))
    };
    let (first, last) = word.text.split_once('-').unwrap_or((word.text, word.text));
    let (first, last) = (day(first)?, day(last)?);
    let days = if first <= last { last - first } else { last + 7 - first };
    Ok((0..=days).fold(0, |held, step| held | 1 << ((first + step) % 7)))
}
