//! Which registers are asked for together.
//!
//! Takes: the points of one device, what exchanges cost on its bus, and what its profile forbids.
//! Gives: [`Span`]s, each with the points it carries; and the two parts of one that was refused.
//! Never: touches a forbidden address, crosses the border of a limited region, or splits a point.
//!
//! A gap between two points is read along when that takes less of the line than another request would: at 9600 baud and
//! 20 ms of thinking some 19 registers, over TCP as many as a request can carry (peers §2.4). What is bridged and refused
//! costs its neighbours nothing: the range is split ([`halves`]).

use std::ops::Range;
use std::time::Duration;

use super::cost::Cost;
use crate::engine::profile::{Link, Pace, Region, Table};
use crate::engine::site::{Bus, Device, Endpoint, Site};

/// A device is asked something at least this often, so that its death is noticed and announced well inside 100 s
/// (FA-12) also where everything on it is slow.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// An event memory is read whole so often, also where its counter stands still: it may count no further.
pub(super) const MEMORY_AGAIN: Duration = Duration::from_secs(600);

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

impl Span {
    fn end(&self) -> u32 {
        u32::from(self.start) + u32::from(self.count)
    }

    fn covers(&self, address: u16, width: u16) -> bool {
        self.start <= address && u32::from(address) + u32::from(width) <= self.end()
    }
}

/// The requests of one device, most urgent pace first; within a pace by table and address. `turnaround` is what was
/// measured of it, if anything was.
pub(super) fn spans(site: &Site, bus: &Bus, cost: &Cost, device: u32, turnaround: Option<Duration>) -> Vec<Span> {
    let Some(model) = site.devices.get(device as usize).filter(|model| model.refused.is_none()) else {
        return Vec::new();
    };
    let Range { start, end } = model.points;
    let mut order: Vec<u32> = (start..end).collect();
    let place = |point: &u32| {
        let point = &site.points[*point as usize];
        (point.pace, point.encoding.table, point.encoding.address, point.encoding.width())
    };
    order.sort_by_key(place);
    let mut spans: Vec<Span> = Vec::new();
    let rules = Rules { link: &model.profile.link, cost, turnaround };
    for point in order {
        let (pace, table, address, width) = place(&point);
        // What lies inside a range that is read more often comes with it, for nothing.
        let mut faster = spans.iter_mut().filter(|span| span.pace < pace && span.table == table);
        if let Some(span) = faster.find(|span| span.covers(address, width)) {
            span.points.push(point);
            continue;
        }
        let last = spans.last_mut().filter(|span| span.pace == pace && span.table == table);
        match last.and_then(|span| rules.join(span, address, width).map(|count| (span, count))) {
            Some((span, count)) => {
                span.count = count;
                span.points.push(point);
            }
            None => {
                let period = period(bus, pace);
                spans.push(Span { device, pace, table, start: address, count: width, points: vec![point], period });
            }
        }
    }
    for span in &mut spans {
        span.points.sort_by_key(|point| (site.points[*point as usize].encoding.address, *point));
    }
    if let Some(cheapest) = cheapest(&spans)
        && spans.iter().all(|span| span.period > LONGEST_SILENCE)
    {
        spans[cheapest].period = LONGEST_SILENCE;
    }
    spans
}

/// The requests that bring the event memory of one device: its counter, if it has one, then the entries, whole ones each.
pub(super) fn memory_spans(site: &Site, bus: &Bus, cost: &Cost, device: u32) -> Vec<Span> {
    let Some(model) = site.devices.get(device as usize).filter(|model| model.refused.is_none()) else {
        return Vec::new();
    };
    let Some(memory) = &model.profile.memory else { return Vec::new() };
    let pace = Pace::Slow;
    let span = |start: u16, count: u16, period: Duration| {
        let (table, points) = (memory.table, Vec::new());
        Span { device, pace, table, start, count, points, period }
    };
    let rules = Rules { link: &model.profile.link, cost, turnaround: None };
    let often = period(bus, pace);
    let whole = if memory.counter.is_some() { often.max(MEMORY_AGAIN) } else { often };
    let mut spans: Vec<Span> = memory.counter.map(|counter| span(counter, 1, often)).into_iter().collect();
    let counters = spans.len();
    for number in 0..memory.entries {
        // The profile's own check has proven that every entry lies within 0..=65535.
        let first = memory.first.saturating_add(number.saturating_mul(memory.stride));
        let last = spans.get_mut(counters..).and_then(<[Span]>::last_mut);
        match last.and_then(|span| rules.join(span, first, memory.stride).map(|count| (span, count))) {
            Some((span, count)) => span.count = count,
            None => spans.push(span(first, memory.stride, whole)),
        }
    }
    spans
}

struct Rules<'a> {
    link: &'a Link,
    cost: &'a Cost,
    turnaround: Option<Duration>,
}

impl Rules<'_> {
    /// How many addresses the span has with this point in it; nothing when they are better or only asked apart.
    fn join(&self, span: &Span, address: u16, width: u16) -> Option<u16> {
        let (first, next) = (u32::from(span.start), span.end());
        let end = (u32::from(address) + u32::from(width)).max(next);
        let count = u16::try_from(end - first).ok()?;
        let lasts = |count| self.link.pause + self.cost.exchange(self.turnaround, span.table, count);
        if count > self.most(span.table, first, end)? {
            return None;
        }
        let together = lasts(count);
        if u32::from(address) > next {
            let gap = (next, u32::from(address));
            let forbidden = self.link.forbidden.iter().any(|region| overlaps(region, span.table, gap));
            if !self.link.bridge || forbidden || together > lasts(span.count) + lasts(width) {
                return None;
            }
        }
        (span.pace == Pace::Fire || self.cost.fits(together)).then_some(count)
    }

    /// The most that one request from `first` to before `end` may ask for; nothing when it would cross a border.
    fn most(&self, table: Table, first: u32, end: u32) -> Option<u16> {
        let own = if table.is_bits() { self.link.max_bits } else { self.link.max_registers };
        let mut most = own.clamp(1, table.limit());
        for (region, cap) in self.link.limits.iter().filter(|(region, _)| overlaps(region, table, (first, end))) {
            if first < u32::from(region.first) || end > u32::from(region.last) + 1 {
                return None;
            }
            most = most.min(*cap);
        }
        Some(most)
    }
}

/// Whether a region has any of the addresses from `range.0` to before `range.1`.
fn overlaps(region: &Region, table: Table, range: (u32, u32)) -> bool {
    region.table == table && range.0 <= u32::from(region.last) && u32::from(region.first) < range.1
}

/// A range that was refused as two: apart at the gap nearest to its middle, so that what is bridged elsewhere stays so;
/// without gaps in the middle. Nothing when it cannot be read in smaller parts.
pub(super) fn halves(site: &Site, span: &Span) -> Option<[Span; 2]> {
    let extent = |point: &u32| {
        let encoding = &site.points[*point as usize].encoding;
        (u32::from(encoding.address), u32::from(encoding.address) + u32::from(encoding.width()))
    };
    let mut points = span.points.clone();
    points.sort_by_key(|point| (extent(point), *point));
    let (mut gaps, mut seams, mut reach) = (Vec::new(), Vec::new(), 0);
    for place in 0..points.len() {
        let own = extent(&points[place]);
        if place > 0 && own != extent(&points[place - 1]) {
            seams.push(place);
            if own.0 > reach {
                gaps.push(place);
            }
        }
        reach = reach.max(own.1);
    }
    let middle = points.len() / 2;
    let cut = *[gaps, seams].iter().find(|cuts| !cuts.is_empty())?.iter().min_by_key(|cut| cut.abs_diff(middle))?;
    let part = |points: &[u32]| {
        let first = points.iter().map(|point| extent(point).0).min()?;
        let end = points.iter().map(|point| extent(point).1).max()?;
        let (start, count) = (u16::try_from(first).ok()?, u16::try_from(end - first).ok()?);
        Some(Span { start, count, points: points.to_vec(), ..span.clone() })
    };
    Some([part(&points[..cut])?, part(&points[cut..])?])
}

/// The request that costs least: what a dead device is probed with.
pub(super) fn cheapest<'a>(spans: impl IntoIterator<Item = &'a Span>) -> Option<usize> {
    let cost = |span: &Span| if span.table.is_bits() { span.count.div_ceil(16) } else { span.count };
    let costs = spans.into_iter().map(cost).enumerate();
    costs.min_by_key(|(place, cost)| (*cost, *place)).map(|(place, _)| place)
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
pub(super) const SHARE_OF_THE_SILENT: u32 = 25;

/// How long no other probe may follow one that cost this much.
pub(super) fn spacing(cost: Duration) -> Duration {
    cost * (SHARE_OF_THE_SILENT - 1)
}
