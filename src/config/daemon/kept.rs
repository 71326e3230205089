//! `[trends]`: how long trends are kept.
//!
//! Takes: the table, read as numbers of days.
//! Gives: a checked [`Kept`].
//! Never: a coarse roll-up that goes before a finer one: nothing would tell of the time between.

use std::time::Duration;

use serde::Deserialize;

use super::Places;
use super::keys::TRENDS;
use crate::config::problem::Problems;

const DAY: Duration = Duration::from_secs(86_400);
/// A century.
pub(super) const MOST: i64 = 36_500;

/// How long each kind of trend is kept, from every sample to roll-ups of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Every sample.
    pub raw: Duration,
    /// Roll-ups of a minute.
    pub minute: Duration,
    /// Roll-ups of fifteen minutes.
    pub quarter: Duration,
    /// Roll-ups of an hour.
    pub hour: Duration,
    /// Roll-ups of a day.
    pub day: Duration,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RawKept {
    raw_days: Option<i64>,
    minute_days: Option<i64>,
    quarter_days: Option<i64>,
    hour_days: Option<i64>,
    day_days: Option<i64>,
}

/// Checks the table.
pub(super) fn settle(raw: &RawKept, places: &Places<'_>, problems: &Problems) -> Kept {
    let given = [raw.raw_days, raw.minute_days, raw.quarter_days, raw.hour_days, raw.day_days];
    let mut finer: Option<(&str, i64)> = None;
    let mut days = TRENDS.keys.iter().zip(given).map(|(key, given)| {
        let days = given.or_else(|| key.default.parse().ok()).unwrap_or(MOST);
        let wrong =
            |message: String, hint: &str| problems.error(places.spot(&format!("trends.{}", key.name)), message, hint);
        if !(1..=MOST).contains(&days) {
            wrong("out of range".to_owned(), "allowed: 1 to 36500");
        } else if let Some((name, kept)) = finer
            && days < kept
        {
            wrong(format!("{days} days are less than the {kept} of \"{name}\""), "coarser roll-ups stay longer");
        }
        finer = Some((key.name, days));
        DAY * u32::try_from(days).unwrap_or(1)
    });
    let mut next = || days.next().unwrap_or(DAY);
    Kept { raw: next(), minute: next(), quarter: next(), hour: next(), day: next() }
}
