//! `[journal]`: how long records are kept, and how much of what the engine was told.
//!
//! Takes: the table.
//! Gives: checked figures.
//! Never: less than a year of records.

use std::time::Duration;

use serde::Deserialize;

use super::Places;
use crate::config::problem::Problems;

/// MiB of the trace at the most; with less than the least its segments would be mostly beginnings.
pub(super) const MOST_TRACE: i64 = 65_536;
const LEAST_TRACE: i64 = 8;
const TRACE: i64 = 64;

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RawJournal {
    keep: Option<String>,
    trace_mib: Option<i64>,
}

/// How long records stay, for ever without a time; and how many bytes the trace may have, 0 for none.
pub(super) fn settle(raw: RawJournal, places: &Places<'_>, problems: &Problems) -> (Option<Duration>, u64) {
    let mib = raw.trace_mib.unwrap_or(TRACE);
    if mib != 0 && !(LEAST_TRACE..=MOST_TRACE).contains(&mib) {
        problems.error(places.spot("journal.trace-mib"), format!("{mib} is out of range"), "allowed: 0, or 8 to 65536");
    }
    (raw.keep.and_then(|text| keep(&text, places, problems)), u64::try_from(mib).unwrap_or(0) << 20)
}

/// A year of records lies open before it is sealed (RC-01).
fn keep(text: &str, places: &Places<'_>, problems: &Problems) -> Option<Duration> {
    let years = text.strip_suffix('y').and_then(|years| years.trim().parse::<u64>().ok());
    let years = years.filter(|years| (1..=100).contains(years));
    if years.is_none() {
        problems.error(places.spot("journal.keep"), format!("\"{text}\" is no time that can be"), "1y to 100y");
    }
    years.map(|years| Duration::from_secs(years * 366 * 86_400))
}
