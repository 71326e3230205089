//! The buses as `GET health` lists them.
//!
//! Takes: links, what the buses report once a second, what is counted beside the work, the plan of each.
//! Gives: how each is reached, how much of it is used, and whether its oldest reads are within their bounds.
//! Never: a bound for a bus that does not work; a rate before it was measured.

use serde_json::{Map, Value, json};

use crate::edge::web::Web;
use crate::edge::web::summary::Summary;
use crate::engine::poll::{self, BusPlan};
use crate::engine::site::{Bus, Endpoint, Line, Parity, Port};
use crate::live::BusVitals;

impl Web {
    /// What is planned for each bus, and how old its points may become by it.
    fn plans(&self) -> &[BusPlan] {
        let site = &self.services.site;
        self.plans.get_or_init(|| (0u32..).zip(&site.buses).map(|(bus, _)| poll::plan(site, bus)).collect())
    }

    /// Every bus, in the order of the site.
    pub(crate) fn buses_document(&self, summary: &Summary) -> Vec<Value> {
        let vitals = &self.services.vitals;
        let (links, reports, now) = (vitals.bus_links(), vitals.buses(), self.now());
        let (noise, uses, meters) = (vitals.noise(), vitals.uses(), &vitals.meters().buses);
        let bus = |(index, bus): (usize, &Bus)| {
            let (link, report, used) = (links.get(index), reports.get(index), uses.get(index).copied().flatten());
            let heard = report.and_then(|report| report.heard);
            let mine = || summary.devices.iter().filter(|device| bus.devices.contains(&device.index));
            let answering = mine().filter(|device| device.up == Some(true)).count();
            let mut document = json!({
                "id": bus.id, "name": bus.name,
                "reached": reached(&bus.endpoint),
                "up": link.and_then(|link| link.up),
                "reason": link.map(|link| link.reason.clone()),
                "since": link.map(|link| self.when.rfc3339(link.since)),
                "report_age_s": heard.map(|heard| now.mono.since(heard).as_secs_f64()),
                "noise_bytes": noise.get(index),
                "busy": used.map(|used| used.busy),
                "requests_per_s": used.map(|used| used.requests_per_s),
                "lost_requests": meters.get(index).map(|meters| meters.lost.count()),
                "devices": { "total": bus.devices.len(), "answering": answering },
            });
            let up = link.is_some_and(|link| link.up == Some(true));
            if let (Some(report), Some(plan)) = (report.filter(|_| up), self.plans().get(index)) {
                let silent = mine().filter(|device| device.up == Some(false)).count();
                let (oldest, held) = oldest(report, plan, silent);
                document["oldest"] = Value::Object(oldest);
                document["within_bounds"] = json!(held);
            }
            document
        };
        self.services.site.buses.iter().enumerate().map(bus).collect()
    }
}

/// The oldest read of each pace with its bound while so many devices are silent, and whether all of them hold; nothing
/// where nothing was read.
fn oldest(report: &BusVitals, plan: &BusPlan, silent: usize) -> (Map<String, Value>, Option<bool>) {
    let mut held = None;
    let one = |(pace, age): (&crate::engine::profile::Pace, &std::time::Duration)| {
        let worst = plan.ages.get(pace)?;
        let bound = match silent.checked_sub(1) {
            None => worst.all_answer,
            Some(place) => *worst.dead.get(place).or(worst.dead.last()).unwrap_or(&worst.all_answer),
        };
        held = Some(held.unwrap_or(true) && *age <= bound);
        let document = json!({ "age_s": age.as_secs_f64(), "bound_s": bound.as_secs_f64() });
        Some((pace.as_str().to_owned(), document))
    };
    let ages = report.oldest.iter().filter_map(one).collect();
    (ages, held)
}

/// How a bus is reached, with the settings of its line.
fn reached(endpoint: &Endpoint) -> Value {
    let line = |kind: &str, line: &Line| {
        let parity = match line.parity {
            Parity::None => "none",
            Parity::Even => "even",
            Parity::Odd => "odd",
        };
        json!({ "kind": kind, "at": line.path, "baud": line.baud, "parity": parity, "stop_bits": line.stop_bits })
    };
    match endpoint {
        Endpoint::Tcp(address) => json!({ "kind": "tcp", "at": address }),
        Endpoint::RtuTcp(address) => json!({ "kind": "rtu-tcp", "at": address }),
        Endpoint::Serial(settings) => line("serial", settings),
        Endpoint::Text(Port::Tcp(address)) => json!({ "kind": "text-tcp", "at": address }),
        Endpoint::Text(Port::Serial(settings)) => line("text-serial", settings),
        Endpoint::Gbt26875(listen) => {
            json!({ "kind": if listen.udp { "gbt26875-udp" } else { "gbt26875-tcp" }, "at": listen.address })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::engine::poll::WorstAge;
    use crate::engine::profile::Pace;

    #[test]
    fn the_bound_is_that_of_as_many_silent_devices_as_there_are() {
        let seconds = Duration::from_secs;
        let worst = WorstAge { all_answer: seconds(1), dead: vec![seconds(2), seconds(3)] };
        let ages = BTreeMap::from([(Pace::Fire, worst)]);
        let plan = BusPlan { bus: 0, requests: Vec::new(), load: 0.0, ages, unnoticed: Duration::ZERO };
        let check = |age: u64, silent: usize, held: Option<bool>| {
            let oldest_read = if age == 0 { BTreeMap::new() } else { BTreeMap::from([(Pace::Fire, seconds(age))]) };
            let report = BusVitals { oldest: oldest_read, heard: None };
            assert_eq!(oldest(&report, &plan, silent).1, held, "{age} {silent}");
        };
        check(1, 0, Some(true));
        check(2, 0, Some(false));
        check(2, 1, Some(true));
        check(3, 9, Some(true));
        check(4, 9, Some(false));
        check(0, 0, None);
    }
}
