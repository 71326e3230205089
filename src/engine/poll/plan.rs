//! What a bus is asked for, and how old its points may become by it: what `tocsin check` prints.
//!
//! Takes: a site and which of its buses.
//! Gives: [`BusPlan`]: every request with its estimated time on the wire, the load, and worst ages per pace.
//! Never: a measurement. Times of devices are assumptions until a bus has run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::coalesce::{self, Span};
use super::schedule::LONGEST_PAUSE;
use crate::engine::base::DeviceId;
use crate::engine::profile::{Pace, Table};
use crate::engine::site::{Bus, Device, Endpoint, Line, Parity, Site};

/// How long a device on a serial line is assumed to think before it answers.
const TURNAROUND: Duration = Duration::from_millis(20);
/// How long an exchange over TCP is assumed to take.
const TCP_EXCHANGE: Duration = Duration::from_millis(5);

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

/// How old a good point of one pace may be at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorstAge {
    /// While every device answers.
    pub all_answer: Duration,
    /// While one device does not, and has just cost its time-out and quarantine.
    pub one_dead: Duration,
}

/// The plan of one bus.
#[derive(Clone, Debug, PartialEq)]
pub struct BusPlan {
    /// Index of the bus in the site.
    pub bus: u32,
    /// Every request, device by device in the order of the site, the most urgent pace first.
    pub requests: Vec<PlannedRequest>,
    /// Share of the bus's time that the requests take; above 1 their periods cannot be kept, and ages are lower bounds.
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
    // What one unanswered request of the slowest device costs.
    let mut lost = Duration::ZERO;
    for &number in &model.devices {
        for span in coalesce::spans(site, model, number) {
            let device = &site.devices[number as usize];
            lost = lost.max(device.profile.link.reply_within + coalesce::quarantine(model, device));
            plan.requests.push(planned(model, device, &span));
        }
    }
    let load = |wanted: &dyn Fn(Pace) -> bool| -> f64 {
        let share = |request: &PlannedRequest| request.wire.as_secs_f64() / request.period.as_secs_f64();
        plan.requests.iter().filter(|request| wanted(request.pace)).map(share).sum()
    };
    let fire_load = load(&|pace| pace == Pace::Fire);
    plan.load = load(&|_| true);
    plan.ages = ages(&plan.requests, fire_load, lost);
    // Probes are spaced by their pauses, and by what keeps all the dead within their share.
    plan.unnoticed = if plan.requests.is_empty() { lost } else { LONGEST_PAUSE.max(coalesce::spacing(lost)) + lost };
    plan
}

fn ages(requests: &[PlannedRequest], fire_load: f64, lost: Duration) -> BTreeMap<Pace, WorstAge> {
    let total = |fire: bool| -> Duration {
        requests.iter().filter(|request| (request.pace == Pace::Fire) == fire).map(|request| request.wire).sum()
    };
    let (fire, rest) = (total(true), total(false));
    let longest = requests.iter().filter(|request| request.pace != Pace::Fire).map(|request| request.wire).max();
    // While the rest has its turn, the fire lane goes on taking its share of the time.
    let stretched = fire + rest.div_f64((1.0 - fire_load).max(0.05));
    let mut ages = BTreeMap::new();
    for request in requests {
        // Nothing on the wire is interrupted: a fire read may have to wait for the longest of the others.
        let ahead = if request.pace == Pace::Fire { fire + longest.unwrap_or_default() } else { stretched };
        let age = request.period + ahead;
        let worst = WorstAge { all_answer: age, one_dead: age + lost };
        let entry = ages.entry(request.pace).or_insert(worst);
        if worst.all_answer > entry.all_answer {
            *entry = worst;
        }
    }
    ages
}

fn planned(bus: &Bus, device: &Device, span: &Span) -> PlannedRequest {
    PlannedRequest {
        device: device.id.clone(),
        unit: device.unit,
        table: span.table,
        start: span.start,
        count: span.count,
        pace: span.pace,
        period: span.period,
        points: span.points.len(),
        wire: device.profile.link.pause
            + match &bus.endpoint {
                Endpoint::Serial(line) => on_the_line(line, span.table, span.count),
                _ => TCP_EXCHANGE,
            },
    }
}

/// Modbus over Serial Line 1.02: 8 bytes out, 5 and the data back, 3.5 characters of silence around each frame.
fn on_the_line(line: &Line, table: Table, count: u16) -> Duration {
    let bits = if line.parity != Parity::None || line.stop_bits == 2 { 11.0 } else { 10.0 };
    let character = bits / f64::from(line.baud.max(1));
    let gap = if line.baud > 19_200 { 0.001_75 } else { 3.5 * character };
    let data = if table.is_bits() { count.div_ceil(8) } else { count.saturating_mul(2) };
    let characters = f64::from(8 + 5 + u32::from(data));
    Duration::from_secs_f64(characters * character + 2.0 * gap) + TURNAROUND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_on_the_line_agrees_with_the_arithmetic_of_the_standard() {
        let check = |baud, parity, stop_bits, table, count, milliseconds: f64| {
            let line = Line { path: String::new(), baud, parity, stop_bits };
            let wire = on_the_line(&line, table, count).as_secs_f64() * 1000.0;
            assert!((wire - milliseconds).abs() < 0.1, "{baud} {parity:?} {count}: {wire}");
        };
        // 15 characters of 11 bits at 9600 are 17.2 ms, two gaps 8.0 ms, turnaround 20 ms.
        check(9600, Parity::Even, 1, Table::Holding, 1, 45.2);
        check(9600, Parity::None, 2, Table::Holding, 1, 45.2);
        check(9600, Parity::None, 1, Table::Holding, 1, 42.9);
        check(9600, Parity::Even, 1, Table::Holding, 125, 329.4);
        check(115_200, Parity::Even, 1, Table::Holding, 125, 48.6);
        check(9600, Parity::Even, 1, Table::Coil, 16, 45.2);
    }
}
