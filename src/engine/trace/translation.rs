//! Inputs of one site, told to the engine of another.
//!
//! Takes: the names that the inputs were written with; the site they are told to.
//! Gives: the same inputs by that site's numbers; what it does not know is left out and named.
//! Never: a guess: what has another name is another thing.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use super::Names;
use crate::engine::Input;
use crate::engine::poll::{LinkOf, Report, Said};
use crate::engine::site::Site;

/// From the numbers of the one to those of the other.
#[derive(Clone, Debug, Default)]
pub struct Translation {
    buses: Vec<Option<u32>>,
    devices: Vec<Option<u32>>,
    rules: Vec<Option<u32>>,
    statuses: Vec<Option<u32>>,
    /// What the inputs name and the site does not have.
    unknown: BTreeSet<String>,
    names: Names,
}

fn numbers<T: Ord + Hash>(from: &[T], to: &[T]) -> Vec<Option<u32>> {
    let known: BTreeMap<&T, u32> = to.iter().zip(0u32..).collect();
    from.iter().map(|name| known.get(name).copied()).collect()
}

fn at(numbers: &[Option<u32>], number: u32) -> Option<u32> {
    numbers.get(number as usize).copied().flatten()
}

impl Translation {
    /// From `names` to `site`.
    pub fn new(names: &Names, site: &Site) -> Translation {
        let own = Names::of(site);
        Translation {
            buses: numbers(&names.buses, &own.buses),
            devices: numbers(&names.devices, &own.devices),
            rules: numbers(&names.rules, &own.rules),
            statuses: numbers(&names.statuses, &own.statuses),
            unknown: BTreeSet::new(),
            names: names.clone(),
        }
    }

    /// What inputs named so far and the site does not have.
    pub fn unknown(&self) -> &BTreeSet<String> {
        &self.unknown
    }

    /// The number of a bus.
    pub fn bus(&self, bus: u32) -> Option<u32> {
        at(&self.buses, bus)
    }

    /// An input by the site's own numbers; nothing where its bus is not there.
    pub fn input(&mut self, input: Input) -> Option<Input> {
        let Input::Report { bus, report } = input else { return Some(input) };
        let Some(number) = self.bus(bus) else {
            self.unknown.extend(self.names.buses.get(bus as usize).map(|name| format!("bus {name}")));
            return None;
        };
        Some(Input::Report { bus: number, report: self.report(report) })
    }

    /// A report by the site's own numbers.
    pub fn report(&mut self, report: Report) -> Report {
        let Report { edges, links, records, statuses, commands, .. } = report;
        let mut told = Report { commands, ..Report::default() };
        for edge in edges {
            match self.rule(edge.rule) {
                Some(rule) => told.edges.push(crate::engine::poll::Edge { rule, ..edge }),
                None => self.missing_rule(edge.rule),
            }
        }
        for edge in statuses {
            match at(&self.statuses, edge.status) {
                Some(status) => told.statuses.push(crate::engine::poll::StatusEdge { status, ..edge }),
                None => {
                    let name = self.names.statuses.get(edge.status as usize);
                    self.unknown.extend(name.map(|name| format!("status {name}")));
                }
            }
        }
        for link in links {
            let of = match link.of {
                LinkOf::Bus(bus) => self.bus(bus).map(LinkOf::Bus),
                LinkOf::Device(device) => self.device(device).map(LinkOf::Device),
                LinkOf::Rule(rule) => self.rule(rule).map(LinkOf::Rule),
            };
            told.links.extend(of.map(|of| crate::engine::poll::Link { of, ..link }));
        }
        for mut record in records {
            let Some(device) = self.device(record.device) else {
                let name = self.names.devices.get(record.device as usize);
                self.unknown.extend(name.map(|name| format!("device {name}")));
                continue;
            };
            if let Said::Listed { rule, .. } = &mut record.said {
                let Some(known) = at(&self.rules, *rule) else {
                    let rule = *rule;
                    self.missing_rule(rule);
                    continue;
                };
                *rule = known;
            }
            record.device = device;
            told.records.push(record);
        }
        told
    }

    fn rule(&self, rule: u32) -> Option<u32> {
        at(&self.rules, rule)
    }

    fn device(&self, device: u32) -> Option<u32> {
        at(&self.devices, device)
    }

    fn missing_rule(&mut self, rule: u32) {
        let name = self.names.rules.get(rule as usize);
        self.unknown.extend(name.map(|condition| format!("condition {condition}")));
    }
}
