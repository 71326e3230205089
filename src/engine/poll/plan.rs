//! What a bus is asked for, and how old its points may become by it: what `tocsin check` prints.
//!
//! Takes: a site and which of its buses.
//! Gives: [`BusPlan`]: every request with its estimated time on the wire, the load, and the worst ages.
//! Never: a measurement. Times of devices are assumptions until a bus has run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::coalesce::{self, SHARE_OF_THE_SILENT, Span};
use super::cost::Cost;
use super::schedule::{LONGEST_PAUSE, SOON};
use crate::engine::base::DeviceId;
use crate::engine::profile::{Pace, Table};
use crate::engine::site::{Device, Site};

/// One request that will be sent again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRequest {
    /// Which device.
    pub device: DeviceId,
    /// Its Modbus unit id.
    pub unit: u8,
    /// Which table.
    pub table: Table,
    /// First address.
    pub start: u16,
    /// How many addresses.
    pub count: u16,
    /// The pace of its points.
    pub pace: Pace,
    /// How often it is sent.
    pub period: Duration,
    /// How many points it carries.
    pub points: usize,
    /// Estimated time on the wire, with the gaps before and after it.
    pub wire: Duration,
}

/// How old a good point of one pace may be at worst, while no command is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorstAge {
    /// While every device answers.
    pub all_answer: Duration,
    /// While one, two, … all but one of the devices do not answer; empty on a bus of one device. For the fire lane this is
    /// the moment in which so many die at once, and each takes a time-out and its rest from the others; once they were
    /// found dead, all of them together cost as much as one. For the other paces it is the time after that.
    pub dead: Vec<Duration>,
}

/// The plan of one bus.
#[derive(Clone, Debug, PartialEq)]
pub struct BusPlan {
    /// Index of the bus in the site.
    pub bus: u32,
    /// Every request, device by device in the order of the site, the most urgent pace first.
    pub requests: Vec<PlannedRequest>,
    /// Share of the bus's time that the requests take; above 1 their periods cannot be kept. The worst ages hold all the
    /// same.
    pub load: f64,
    /// Worst ages of the paces that exist on the bus.
    pub ages: BTreeMap<Pace, WorstAge>,
    /// How long one device that was dead and answers again may go unnoticed.
    pub unnoticed: Duration,
}

impl fmt::Display for PlannedRequest {
    /// `holding 416 x 1 fire`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} x {} {}", self.table.as_str(), self.start, self.count, self.pace.as_str())
    }
}

/// Plans bus number `bus` of a site; one that does not exist has an empty plan.
pub fn plan(site: &Site, bus: u32) -> BusPlan {
    let mut plan = BusPlan { bus, requests: Vec::new(), load: 0.0, ages: BTreeMap::new(), unnoticed: Duration::ZERO };
    let Some(model) = site.buses.get(bus as usize) else {
        return plan;
    };
    let cost = Cost::of(site, model);
    // What one unanswered request of the slowest device costs.
    let mut lost = Duration::ZERO;
    let mut devices = Vec::new();
    for &number in &model.devices {
        let first = plan.requests.len();
        let spans = coalesce::spans(site, model, &cost, number, None);
        for span in spans.into_iter().chain(coalesce::memory_spans(site, model, &cost, number)) {
            let device = &site.devices[number as usize];
            lost = lost.max(device.profile.link.reply_within + coalesce::quarantine(model, device));
            plan.requests.push(planned(device, &cost, &span));
        }
        if plan.requests.len() > first {
            devices.push(first..plan.requests.len());
        }
    }
    plan.load = plan.requests.iter().map(|request| request.wire.as_secs_f64() / request.period.as_secs_f64()).sum();
    let devices: Vec<&[PlannedRequest]> = devices.into_iter().map(|range| &plan.requests[range]).collect();
    for pace in Pace::ALL {
        let age = |dead: usize| Field::of(&devices, dead, lost).age(pace);
        if let Some(all_answer) = age(0) {
            let dead = (1..devices.len()).filter_map(age).collect();
            plan.ages.insert(pace, WorstAge { all_answer, dead });
        }
    }
    // Probes are spaced by their pauses, and by what keeps all the dead within their share.
    plan.unnoticed = if plan.requests.is_empty() { lost } else { LONGEST_PAUSE.max(coalesce::spacing(lost)) + lost };
    plan
}

/// What shares the bus with a request that is due.
struct Field {
    /// Time on the wire and period of every request of the fire lane.
    fire: Vec<(Duration, Duration)>,
    /// The same of all others, with their pace.
    rest: Vec<(Pace, Duration, Duration)>,
    /// How many devices are dead.
    dead: u32,
    /// What one request costs that is not answered.
    lost: Duration,
}

impl Field {
    /// The worst field in which so many devices are dead: those whose requests take least are.
    fn of(devices: &[&[PlannedRequest]], dead: usize, lost: Duration) -> Field {
        let lane = |wanted: &dyn Fn(Pace) -> bool| -> Vec<PlannedRequest> {
            let own = |device: &&[PlannedRequest]| -> Vec<PlannedRequest> {
                device.iter().filter(|request| wanted(request.pace)).cloned().collect()
            };
            let mut lanes: Vec<Vec<PlannedRequest>> = devices.iter().map(own).collect();
            lanes.sort_by_key(|lane| (lane.iter().map(|request| request.wire).sum::<Duration>(), lane.len()));
            lanes.into_iter().skip(dead).flatten().collect()
        };
        let fire = lane(&|pace| pace == Pace::Fire);
        let rest = lane(&|pace| pace != Pace::Fire);
        Field {
            fire: fire.iter().map(|request| (request.wire, request.period)).collect(),
            rest: rest.iter().map(|request| (request.pace, request.wire, request.period)).collect(),
            dead: u32::try_from(dead).unwrap_or(u32::MAX),
            lost,
        }
    }

    /// How old a point of this pace can be just before its next reply, if there is any: a period, and the longest that
    /// its request can have to wait and take.
    fn age(&self, pace: Pace) -> Option<Duration> {
        let fire: Duration = self.fire.iter().map(|(wire, _)| *wire).sum();
        let longest = self.rest.iter().map(|(_, wire, _)| *wire).max().unwrap_or_default();
        if pace == Pace::Fire {
            // Whoever is due longest goes first, so that each of the others goes ahead of it once; and one of the rest is
            // on the wire, or has its turn in this sweep. This holds also where the lane fills the bus. What is lost on one
            // that dies is followed by all who were heard since.
            let period = self.fire.iter().map(|(_, period)| *period).max()?;
            let sweep = fire + longest;
            return Some(period + sweep + (self.lost + sweep).saturating_mul(self.dead));
        }
        let own = self.rest.iter().filter(|(own, ..)| *own == pace);
        let period = own.map(|(.., period)| *period).max()?;
        let rest: Duration = self.rest.iter().map(|(_, wire, _)| *wire).sum();
        // However full the fire lane is, each sweep of it leaves one turn to what is late.
        let turns = u32::try_from(self.rest.len()).unwrap_or(u32::MAX);
        let squeezed = self.with_probes(SOON.min(period) + rest + fire.saturating_mul(turns.saturating_add(1)));
        Some(period + self.beside_fire(rest, squeezed).unwrap_or(squeezed))
    }

    /// How long this much of the rest lane takes while the fire lane takes its turns, if that is shorter than `most`.
    fn beside_fire(&self, rest: Duration, most: Duration) -> Option<Duration> {
        let mut lasts = self.with_probes(rest);
        loop {
            let turns = |period: Duration| count(lasts, period).saturating_add(1);
            let fire: Duration = self.fire.iter().map(|(wire, period)| wire.saturating_mul(turns(*period))).sum();
            let longer = self.with_probes(rest + fire);
            if longer >= most {
                return None;
            }
            if longer <= lasts {
                return Some(lasts);
            }
            lasts = longer;
        }
    }

    /// What takes so long takes longer where the dead are probed within their share of the time.
    fn with_probes(&self, lasts: Duration) -> Duration {
        if self.dead == 0 {
            return lasts;
        }
        let probe = self.lost;
        let spacing = probe * SHARE_OF_THE_SILENT;
        let mut total = lasts + probe;
        loop {
            let longer = lasts + probe.saturating_mul(count(total, spacing).saturating_add(1));
            if longer <= total {
                return total;
            }
            total = longer;
        }
    }
}

/// How many whole times one fits into the other.
fn count(lasts: Duration, period: Duration) -> u32 {
    u32::try_from(lasts.as_micros() / period.as_micros().max(1)).unwrap_or(u32::MAX)
}

fn planned(device: &Device, cost: &Cost, span: &Span) -> PlannedRequest {
    PlannedRequest {
        device: device.id.clone(),
        unit: device.unit,
        table: span.table,
        start: span.start,
        count: span.count,
        pace: span.pace,
        period: span.period,
        points: span.points.len(),
        wire: device.profile.link.pause + cost.exchange(None, span.table, span.count),
    }
}
