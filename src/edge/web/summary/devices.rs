//! How far each device, and each bus, can be believed.
//!
//! Takes: readings, links, and what buses and the engine said last.
//! Gives: one [`DeviceView`] for each device; the age of the oldest word.
//! Never: a device that answers on a bus that says nothing; a rate that waits for its window as a point that cannot be read.

use std::time::Duration;

use super::{DeviceView, Sources};
use crate::engine::base::{Mono, Reading, Reason, Text};
use crate::engine::site::{Device, Point};
use crate::live::BusVitals;

/// A bus that said nothing for this long says nothing.
pub(super) const SILENT: Duration = Duration::from_secs(3);

/// Every device, in the order of the site.
pub(super) fn devices(sources: &Sources<'_>) -> Vec<DeviceView> {
    let site = sources.site;
    let view = |(index, device): (usize, &Device)| {
        // A device is no better than its bus.
        let lost = sources.bus_links.get(device.bus as usize).filter(|bus| bus.up == Some(false));
        let link = lost.or(sources.links.get(index));
        let range = device.points.start as usize..device.points.end as usize;
        let readings = sources.readings.get(range.clone()).unwrap_or_default();
        let absent = readings.iter().filter(|reading| reading.known == Err(Reason::Absent)).count();
        let silent = sources.buses.get(device.bus as usize).is_none_or(|bus| is_silent(bus, sources.now.mono));
        let up = if device.refused.is_some() { Some(false) } else { link.and_then(|link| link.up) };
        let unknown = readings.iter().filter(|reading| reading.known.is_err()).count() - absent;
        // Nothing of it was read since its link came back.
        let unread = !readings.is_empty() && unknown + absent == readings.len();
        let gathered = if unknown > 0 { gathered(site.points.get(range).unwrap_or_default(), readings) } else { 0 };
        DeviceView {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            up: if (silent || unread) && up == Some(true) { None } else { up },
            reason: match &device.refused {
                Some(refused) => Text::same(refused),
                None => link.map(|link| link.reason.clone()).unwrap_or_default(),
            },
            since: link.map_or(sources.now.wall, |link| link.since),
            unknown: unknown - gathered,
            gathered,
            absent,
            points: (device.points.end - device.points.start) as usize,
        }
    };
    site.devices.iter().enumerate().map(view).collect()
}

/// Rates of one device that are not known yet although their counter is read: they need a window of its readings. Nothing
/// is wrong with them, and nothing can be done but to wait.
fn gathered(points: &[Point], readings: &[Reading]) -> usize {
    let waits = |(point, reading): (&Point, &Reading)| {
        let is_read = || {
            let mut all = points.iter().zip(readings);
            all.any(|(other, held)| !other.is_rate() && other.encoding == point.encoding && held.known.is_ok())
        };
        point.is_rate() && reading.known == Err(Reason::NeverRead) && is_read()
    };
    points.iter().zip(readings).filter(|pair| waits(*pair)).count()
}

/// Whether nothing was heard of a bus lately.
pub(super) fn is_silent(bus: &BusVitals, now: Mono) -> bool {
    bus.heard.is_none_or(|heard| now.since(heard) > SILENT)
}

/// Age of the oldest word of a bus or of the engine; none when one of them never said anything.
pub(super) fn feed_age(sources: &Sources<'_>) -> Option<Duration> {
    let heard = sources.buses.iter().map(|bus| bus.heard).chain([sources.engine]).collect::<Option<Vec<Mono>>>()?;
    heard.into_iter().min().map(|oldest| sources.now.mono.since(oldest))
}
