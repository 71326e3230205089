//! The public form of the figures of ISA-18.2: one JSON for HTTP and the command line.
//!
//! Takes: [`Figures`] and the time zone of the site.
//! Gives: the document of `GET performance`.
//! Never: a time without an offset; a ratio above 1.

use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::document::timestamp;
use crate::engine::performance::Figures;

/// The document of `GET performance` and of `tocsin report performance --json`. Shares are 0 to 1.
pub fn performance_document(figures: &Figures, zone: &TimeZone) -> Json {
    let seconds = |micros: u64| micros as f64 / 1e6;
    let counted = |alarms: u64| json!({ "alarms": alarms, "share": figures.share(alarms) });
    let priorities: serde_json::Map<String, Json> =
        figures.priorities.iter().map(|(priority, alarms)| (priority.to_string(), counted(*alarms))).collect();
    let worst: Vec<Json> = figures
        .worst
        .iter()
        .map(|actor| {
            json!({
                "condition": actor.condition.to_string(), "name": actor.name, "alarms": actor.alarms,
                "share": figures.share(actor.alarms),
            })
        })
        .collect();
    json!({
        "from": timestamp(figures.from, zone),
        "to": timestamp(figures.to, zone),
        "alarms": figures.alarms,
        "per_ten_minutes": figures.per_ten_minutes(),
        "per_day": figures.per_day(),
        "windows": {
            "all": figures.windows.all, "above_ten": figures.windows.above_ten, "share": figures.window_share(),
            "peak": figures.windows.peak, "peak_at": figures.windows.peak_at.map(|at| timestamp(at, zone)),
        },
        "floods": {
            "count": figures.floods.count, "seconds": seconds(figures.floods.lasted_us), "share": figures.flood_share(),
            "longest_seconds": seconds(figures.floods.longest_us), "lasts": figures.floods.lasts,
        },
        "worst": worst,
        "priorities": priorities,
        "acknowledged": {
            "count": figures.acknowledged.count,
            "median_seconds": figures.acknowledged.median_us.map(seconds),
            "p95_seconds": figures.acknowledged.p95_us.map(seconds),
        },
        "standing": figures.standing,
        "stale": figures.stale,
        "chattered": figures.chattered,
        "chattering": figures.chattering,
        "folded": figures.folded,
        "inhibited": figures.inhibited,
    })
}
