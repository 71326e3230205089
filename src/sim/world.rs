//! The simulated field without sockets: devices and a story, driven by a time that is an argument.
//!
//! Takes: a site, resting values, a story; requests with the time they are sent.
//! Gives: what every device answers: [`World::respond`] for the servers, [`World::answer`] for simulated time.
//! Never: a clock, a socket or chance: the same calls give the same answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::base::Text;
use crate::engine::profile::{Encoding, Table};
use crate::engine::site::{Endpoint, Site};
use crate::sim::encode::{self, Misfit, Pattern, Setting};
use crate::sim::fault::{Answer, Fault};
use crate::sim::image::Image;
use crate::sim::pdu;
use crate::sim::resting::Resting;
use crate::sim::scenario::{Change, Scenario};
use crate::sim::story::Story;

/// The exception of a gateway whose target device failed to respond (Modbus Application Protocol 1.1b3, 7).
const NO_SUCH_TARGET: u8 = 0x0B;

/// A whole simulated field.
#[derive(Clone, Debug)]
pub struct World {
    site: Arc<Site>,
    devices: Vec<Device>,
    /// Buses whose line is cut, or whose port refuses.
    cut: Vec<bool>,
    story: Story,
    /// The numbers that were last set, before any wandering: where ramps begin.
    numbers: BTreeMap<u32, f64>,
}

#[derive(Clone, Debug)]
struct Device {
    bus: u32,
    unit: u8,
    image: Image,
    fault: Fault,
}

/// Something a person or a scenario asked for does not exist, or cannot be.
#[derive(Clone, Debug, PartialEq)]
pub enum Impossible {
    /// The site has no such point.
    NoPoint(String),
    /// The site has no such device.
    NoDevice(String),
    /// The site has no such bus.
    NoBus(String),
    /// The point cannot say that.
    Misfit(String, Misfit),
}

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Impossible::NoPoint(id) => write!(f, "the site has no point \"{id}\""),
            Impossible::NoDevice(id) => write!(f, "the site has no device \"{id}\""),
            Impossible::NoBus(id) => write!(f, "the site has no bus \"{id}\""),
            Impossible::Misfit(id, misfit) => write!(f, "{id}: {misfit}"),
        }
    }
}

impl World {
    /// The field of `site` at rest, about to live through `scenario`. `seed` decides how measurements wander.
    pub fn new(site: Arc<Site>, resting: &Resting, scenario: Scenario, seed: u64) -> World {
        let devices = site
            .devices
            .iter()
            .map(|device| Device {
                bus: device.bus,
                unit: device.unit,
                image: Image::of(&device.profile, site.points_of(device).iter().map(|point| &point.encoding)),
                fault: Fault::None,
            })
            .collect();
        let cut = vec![false; site.buses.len()];
        let rest = scenario.rest.clone();
        let mut world = World { site, devices, cut, story: Story::new(scenario, seed), numbers: BTreeMap::new() };
        for slot in 0..world.site.points.len() {
            let slot = u32::try_from(slot).unwrap_or(u32::MAX);
            let raw = resting.raw(slot);
            world.put(slot, &raw);
        }
        for (slot, raw) in rest {
            world.put(slot, &raw);
        }
        world.advance(Duration::ZERO);
        world
    }

    /// The site it simulates.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// Lets the story go on until `at`, counted from its beginning; time never runs back.
    pub fn advance(&mut self, at: Duration) {
        while let Some(change) = self.story.next_change(at, &self.numbers) {
            self.apply(change);
        }
    }

    /// When the story next does something that is not a mere ramp.
    pub fn next_due(&self) -> Option<Duration> {
        self.story.next_due()
    }

    /// What the story has told since it was last asked, with the moment of each sentence.
    pub fn told(&mut self) -> Vec<(Duration, Text)> {
        self.story.told()
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Put(slot, raw) => self.put(slot, &raw),
            Change::Drift(slot, number) => {
                // A drifting number that the registers cannot hold stays where it was.
                if let Some(encoding) = self.encoding(slot)
                    && let Ok(raw) = encode::raw(encoding, &Setting::Number(number))
                {
                    self.write(slot, &raw);
                }
            }
            Change::Settle(slot, number) => {
                self.numbers.insert(slot, number);
            }
            Change::Fault(device, fault) => self.set_fault(device, fault),
            Change::Cut(bus, cut) => self.set_cut(bus, cut),
        }
    }

    fn encoding(&self, slot: u32) -> Option<&Encoding> {
        self.site.points.get(slot as usize).map(|point| &point.encoding)
    }

    /// Makes the registers of a point hold this, and ends what the story was doing with it.
    fn put(&mut self, slot: u32, raw: &Pattern) {
        self.story.release(slot);
        match self.encoding(slot).and_then(|encoding| encode::number(encoding, raw)) {
            Some(number) => self.numbers.insert(slot, number),
            None => self.numbers.remove(&slot),
        };
        self.write(slot, raw);
    }

    fn write(&mut self, slot: u32, raw: &Pattern) {
        let site = Arc::clone(&self.site);
        let Some(point) = site.points.get(slot as usize) else { return };
        let Some(device) = self.devices.get_mut(point.device as usize) else { return };
        for cell in encode::cells(&point.encoding, raw) {
            device.image.put(point.encoding.table, cell);
        }
    }

    /// Makes the point `id` say `setting`.
    pub fn set(&mut self, id: &str, setting: &Setting) -> Result<(), Impossible> {
        let slot = point(&self.site, id).ok_or_else(|| Impossible::NoPoint(id.to_owned()))?;
        let encoding = &self.site.points[slot as usize].encoding;
        let raw = encode::raw(encoding, setting).map_err(|misfit| Impossible::Misfit(id.to_owned(), misfit))?;
        self.put(slot, &raw);
        Ok(())
    }

    /// Makes the device `id` misbehave.
    pub fn fault(&mut self, id: &str, fault: Fault) -> Result<(), Impossible> {
        let device = device(&self.site, id).ok_or_else(|| Impossible::NoDevice(id.to_owned()))?;
        self.set_fault(device, fault);
        Ok(())
    }

    /// Cuts the bus `id` (a line that carries nothing, a port that refuses), or mends it.
    pub fn cut(&mut self, id: &str, cut: bool) -> Result<(), Impossible> {
        let bus = bus(&self.site, id).ok_or_else(|| Impossible::NoBus(id.to_owned()))?;
        self.set_cut(bus, cut);
        Ok(())
    }

    /// Whether a bus is cut, by index in the site.
    pub fn is_cut(&self, bus: u32) -> bool {
        self.cut.get(bus as usize).copied().unwrap_or(false)
    }

    fn set_fault(&mut self, device: u32, fault: Fault) {
        if let Some(device) = self.devices.get_mut(device as usize) {
            device.fault = fault;
        }
    }

    fn set_cut(&mut self, bus: u32, cut: bool) {
        if let Some(state) = self.cut.get_mut(bus as usize) {
            *state = cut;
        }
    }

    /// The registers of one device as they stand, by index in the site: for tests and for looking inside.
    pub fn read(&self, device: u32, table: Table, start: u16, count: u16) -> Option<&[u16]> {
        self.devices.get(device as usize)?.image.read(table, start, count)
    }

    /// What comes back on `bus` for a request to `unit`. A serial line stays silent for a unit it does not have and
    /// for broadcasts; a TCP gateway says that its target failed to respond.
    pub fn respond(&mut self, bus: u32, unit: u8, request: &[u8]) -> Option<Answer> {
        if self.is_cut(bus) {
            return None;
        }
        let serial = self.site.buses.get(bus as usize).is_some_and(|bus| matches!(bus.endpoint, Endpoint::Serial(_)));
        if serial && unit == 0 {
            for device in self.devices.iter_mut().filter(|device| device.bus == bus) {
                pdu::answer(&mut device.image, request);
            }
            return None;
        }
        match self.devices.iter_mut().find(|device| device.bus == bus && device.unit == unit) {
            Some(device) if device.fault == Fault::Silent => None,
            Some(device) => {
                let answer = pdu::answer(&mut device.image, request);
                device.fault.distort(unit, answer)
            }
            None if serial => None,
            None => Fault::None.distort(unit, pdu::exception(request, NO_SUCH_TARGET)),
        }
    }
}

/// The point's index in the site.
pub fn point(site: &Site, id: &str) -> Option<u32> {
    position(site.points.iter().map(|point| point.id.as_str()), id)
}

/// The device's index in the site.
pub fn device(site: &Site, id: &str) -> Option<u32> {
    position(site.devices.iter().map(|device| device.id.as_str()), id)
}

/// The bus's index in the site.
pub fn bus(site: &Site, id: &str) -> Option<u32> {
    position(site.buses.iter().map(|bus| bus.id.as_str()), id)
}

fn position<'a>(mut ids: impl Iterator<Item = &'a str>, id: &str) -> Option<u32> {
    ids.position(|known| known == id).and_then(|at| u32::try_from(at).ok())
}
