//! Which registers are asked for together.
//!
//! Takes: the points of one device, and the most its profile lets one request ask for.
//! Gives: [`Span`]s: exactly contiguous ranges, each with the points it carries.
//! Never: bridges a gap (a forbidden register would cost the whole range its answer) and never splits a point.

use std::ops::Range;
use std::time::Duration;

use crate::engine::profile::{Pace, Table};
use crate::engine::site::{Bus, Device, Endpoint, Site};

/// A device is asked something at least this often, so that its death is noticed and announced well inside 100 s
/// (FA-12) also where everything on it is slow.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// One range that is read again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Index of the device in the site.
    pub device: u32,
    pub pace: Pace,
    pub table: Table,
    pub start: u16,
    pub count: u16,
    /// Points it carries, by index in the site, in the order of their addresses.
    pub points: Vec<u32>,
    pub period: Duration,
}

/// The requests of one device, most urgent pace first; within a pace by table and address.
pub(super) fn spans(site: &Site, bus: &Bus, device: u32) -> Vec<Span> {
    let Some(model) = site.devices.get(device as usize).filter(|model| model.refused.is_none()) else {
        return Vec::new();
    };
    let Range { start, end } = model.points;
    let mut order: Vec<u32> = (start..end).collect();
    let key = |point: &u32| {
        let point = &site.points[*point as usize];
        (point.pace, point.encoding.table, point.encoding.address, point.encoding.width())
    };
    order.sort_by_key(key);
    let mut spans: Vec<Span> = Vec::new();
    for point in order {
        let (pace, table, address, width) = key(&point);
        let joined = spans.last_mut().filter(|span| span.pace == pace && span.table == table).is_some_and(|span| {
            let (first, next) = (u32::from(span.start), u32::from(span.start) + u32::from(span.count));
            let ends = (u32::from(address) + u32::from(width)).max(next);
            let fits = u32::from(address) <= next && ends - first <= u32::from(limit(model, table));
            if fits {
                // The limit is at most 2000.
                span.count = u16::try_from(ends - first).unwrap_or(span.count);
                span.points.push(point);
            }
            fits
        });
        if !joined {
            let period = period(bus, pace);
            spans.push(Span { device, pace, table, start: address, count: width, points: vec![point], period });
        }
    }
    if let Some(cheapest) = cheapest(&spans)
        && spans.iter().all(|span| span.period > LONGEST_SILENCE)
    {
        spans[cheapest].period = LONGEST_SILENCE;
    }
    spans
}

/// The request that costs least: what a dead device is probed with.
pub(super) fn cheapest(spans: &[Span]) -> Option<usize> {
    let cost = |span: &Span| if span.table.is_bits() { span.count.div_ceil(16) } else { span.count };
    (0..spans.len()).min_by_key(|number| cost(&spans[*number]))
}

/// How often a pace is read on this bus.
pub(super) fn period(bus: &Bus, pace: Pace) -> Duration {
    let usual = match pace {
        Pace::Fire | Pace::Fast => Duration::from_secs(1),
        Pace::Normal => Duration::from_secs(5),
        Pace::Slow => Duration::from_secs(60),
    };
    bus.periods.get(&pace).copied().unwrap_or(usual).max(Duration::from_millis(1))
}

/// How long the bus must rest after a time-out of this device.
pub(super) fn quarantine(bus: &Bus, device: &Device) -> Duration {
    match bus.endpoint {
        // A late answer is told by its number, or, without one, by the connection that is made anew.
        Endpoint::Tcp(_) | Endpoint::RtuTcp(_) | Endpoint::Text(_) | Endpoint::Gbt26875(_) => Duration::ZERO,
        Endpoint::Serial(_) => device.profile.link.max_response,
    }
}

/// All silent devices together may take one part in this many of the bus's time (4 %, design §5).
const SHARE_OF_THE_SILENT: u32 = 25;

/// How long no other probe may follow one that cost this much.
pub(super) fn spacing(cost: Duration) -> Duration {
    cost * (SHARE_OF_THE_SILENT - 1)
}

fn limit(device: &Device, table: Table) -> u16 {
    let link = &device.profile.link;
    let own = if table.is_bits() { link.max_bits } else { link.max_registers };
    own.clamp(1, table.limit())
}
