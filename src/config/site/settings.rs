//! `[site.times]` and how many people are on duty.
//!
//! Takes: the `[site]` table.
//! Gives: the site's [`Settings`].
//! Never: a time beyond the bounds that the standards leave.

use std::time::Duration;

use super::keys;
use crate::config::document::Fields;
use crate::engine::site::Settings;

/// Reads what the site says; the rest stays as it is.
pub fn read(site: &Fields<'_>, settings: &mut Settings) {
    let people = site.get("on-duty").and_then(|node| node.integer(0..=50));
    settings.on_duty = people.and_then(|people| u8::try_from(people).ok()).unwrap_or(settings.on_duty);
    let Some(times) = site.get("times").and_then(|node| node.fields(&keys::TIMES)) else { return };
    let seconds = |key: &str, least: u64, most: u64, default: Duration| {
        let bounds = Duration::from_secs(least)..=Duration::from_secs(most);
        times.get(key).and_then(|node| node.duration(bounds)).unwrap_or(default)
    };
    let (minute, hour, day) = (60, 3600, 24 * 3600);
    settings.resound_after = seconds("resound-after", minute, 300, settings.resound_after);
    settings.false_alarm_watch = seconds("false-alarm-watch", hour, 7 * day, settings.false_alarm_watch);
    settings.clock_off = seconds("clock-off", 10, hour, settings.clock_off);
    settings.chatter_within = seconds("chatter-within", 10, 10 * minute, settings.chatter_within);
    settings.chatter_still = seconds("chatter-still", minute, hour, settings.chatter_still);
    let often = times.get("chatter-times").and_then(|node| node.integer(2..=20));
    settings.chatter_times = often.and_then(|often| u32::try_from(often).ok()).unwrap_or(settings.chatter_times);
    settings.reset_window = seconds("reset-window", 1, minute, settings.reset_window);
    settings.standing_fault = seconds("standing-fault", 10 * minute, 30 * day, settings.standing_fault);
    settings.take_over = seconds("take-over", minute, 2 * hour, settings.take_over);
}
