//! What the field really was, and when: the only thing the judge believes.

use std::collections::BTreeMap;

use tocsin::engine::base::Mono;
use tocsin::engine::profile::Table;
use tocsin::engine::site::Site;
use tocsin::sim::World;

/// Points that are looked at; each says yes by 1.
const POINTS: [&str; 15] = [
    "start-1/start-auto",
    "start-1/start-manual",
    "start-1/spray",
    "gas-1/aborted",
    "gas-1/released",
    "smoke-1/selector-auto",
    "smoke-1/selector-manual",
    "smoke-1/running",
    "smoke-2/running",
    "smoke-3/running",
    "vents-1/vent-1.open",
    "vents-1/vent-2.open",
    "start-1/d1",
    "start-1/d2",
    "start-1/d3",
];

/// The history of the field.
#[derive(Debug)]
pub struct Truth {
    places: Vec<(u32, Table, u16)>,
    past: Vec<Vec<(Mono, bool)>>,
    /// What the plan did to detectors that say more than a bit, by point.
    told: BTreeMap<String, Vec<(Mono, bool)>>,
}

impl Truth {
    pub fn new(site: &Site) -> Truth {
        let place = |id: &&str| {
            let point = site.points.iter().find(|point| point.id.as_str() == *id).expect("a point of the site");
            (point.device, point.encoding.table, point.encoding.address)
        };
        Truth {
            places: POINTS.iter().map(place).collect(),
            past: vec![vec![(Mono(0), false)]; POINTS.len()],
            told: BTreeMap::new(),
        }
    }

    /// Looks at the field.
    pub fn look(&mut self, world: &World, now: Mono) {
        for ((device, table, address), past) in self.places.iter().zip(&mut self.past) {
            let on = world.read(*device, *table, *address, 1).is_some_and(|cells| cells[0] == 1);
            if past.last().is_some_and(|(_, was)| *was != on) {
                past.push((now, on));
            }
        }
    }

    /// The plan changes a detector.
    pub fn tell(&mut self, point: &str, on: bool, now: Mono) {
        self.told.entry(point.to_owned()).or_default().push((now, on));
    }

    fn history(&self, point: &str) -> &[(Mono, bool)] {
        match POINTS.iter().position(|known| *known == point) {
            Some(at) => &self.past[at],
            None => self.told.get(point).map_or(&[], Vec::as_slice),
        }
    }

    /// Whether a point was so at some moment of a time.
    pub fn was(&self, point: &str, is: bool, from: Mono, to: Mono) -> bool {
        let past = self.history(point);
        let ends = past.iter().skip(1).map(|(at, _)| *at).chain([Mono(u64::MAX)]);
        past.iter().zip(ends).any(|((begins, on), ends)| *on == is && *begins <= to && ends >= from)
    }

    /// Detectors of a device that were in alarm at some moment of a time.
    pub fn alarmed(&self, device: &str, from: Mono, to: Mono) -> Vec<String> {
        let of = |point: &&str| point.strip_prefix(device).is_some_and(|rest| rest.starts_with("/d"));
        let bits = POINTS.iter().copied().filter(of).map(str::to_owned);
        let told =
            self.told.keys().filter(|point| point.strip_prefix(device).is_some_and(|rest| rest.starts_with('/')));
        bits.chain(told.cloned()).filter(|point| self.was(point, true, from, to)).collect()
    }
}

/// So long before.
pub fn before(at: Mono, seconds: u64) -> Mono {
    Mono(at.0.saturating_sub(seconds * 1_000_000))
}
