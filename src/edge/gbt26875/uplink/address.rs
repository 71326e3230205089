//! Where a point of the site is for the centre.
//!
//! Takes: the site.
//! Gives: [`Addresses`]: system and component of every point, and what is known of each component.
//! Never: one address for elements of two devices (of the first 255), or of two arrays.
//!
//! A device is a system of type 1 (fire alarm system) whose address is its place in the site, from 1 on. An element's
//! zone and point are its loop and address in the point list; zone has the place of the array, from 0 on, in its high
//! byte. Everything of a device that is no element is its component 0/0.

use std::collections::BTreeMap;

use crate::edge::gbt26875::v2011::{ComponentAt, System};
use crate::engine::base::PointId;
use crate::engine::site::Site;

/// Type of every system: fire alarm system.
const FIRE_ALARM: u8 = 1;

/// The addresses of one site.
#[derive(Debug)]
pub(super) struct Addresses {
    devices: BTreeMap<String, u32>,
    components: BTreeMap<ComponentAt, String>,
}

impl Addresses {
    /// Finds every component that has a rule.
    pub fn new(site: &Site) -> Addresses {
        let numbered = (0u32..).zip(&site.devices);
        let devices = numbered.map(|(number, device)| (device.id.to_string(), number)).collect();
        let mut addresses = Addresses { devices, components: BTreeMap::new() };
        for rule in &site.rules {
            let Some(at) = addresses.component(site, &rule.condition.point) else { continue };
            let device = site.devices.get(rule.device as usize);
            let name = match device {
                Some(device) if (at.zone, at.point) == (0, 0) => &device.name.zh,
                _ if rule.place.text.zh.is_empty() => &rule.name.zh,
                _ => &rule.place.text.zh,
            };
            addresses.components.entry(at).or_insert_with(|| name.clone());
        }
        addresses
    }

    /// The component of a point; nothing for the gateway's own.
    pub fn component(&self, site: &Site, point: &PointId) -> Option<ComponentAt> {
        let number = *self.devices.get(point.device())?;
        let device = site.devices.get(number as usize)?;
        let system = system_of(number);
        let element = device.profile.arrays.iter().zip(0u16..).find_map(|(array, place)| {
            // What its class finds belongs to the element: `l2-d17.dirty`.
            let of = point.point();
            let (zone, index) = array.numbers(of).or_else(|| array.numbers(of.split_once('.')?.0))?;
            Some((zone.wrapping_add(place << 8), index))
        });
        let (zone, point) = element.or_else(|| unlisted(point.point())).unwrap_or((0, 0));
        Some(ComponentAt { system, zone, point })
    }

    /// The system of a device, by its id.
    pub fn system(&self, device: &str) -> Option<System> {
        self.devices.get(device).map(|number| system_of(*number))
    }

    /// What a component is called, when the site has it.
    pub fn name(&self, at: ComponentAt) -> Option<&str> {
        self.components.get(&at).map(String::as_str)
    }

    /// The devices of a system, by index; of address 0 all.
    pub fn devices(&self, system: System) -> Vec<u32> {
        let is = |number: &u32| system.kind == FIRE_ALARM && (system.address == 0 || system_of(*number) == system);
        self.devices.values().copied().filter(is).collect()
    }
}

/// A device's system; beyond the 255 that the standard can tell apart, the last is shared.
fn system_of(number: u32) -> System {
    System { kind: FIRE_ALARM, address: u8::try_from(number.saturating_add(1)).unwrap_or(u8::MAX) }
}

/// Numbers of an element that a panel named and the site does not list: `l3-p5`.
fn unlisted(segment: &str) -> Option<(u16, u16)> {
    let (zone, point) = segment.strip_prefix('l')?.split_once("-p")?;
    Some((zone.parse().ok()?, point.parse().ok()?))
}
