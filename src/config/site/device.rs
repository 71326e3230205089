//! Devices of the site, each with its profile and its point list.
//!
//! Takes: the `[[device]]` tables, the buses, places and profiles.
//! Gives: the devices in a [`Site`], expanded to points and rules.
//! Never: lets a wrong device take more than itself with it: its problems are kept apart, and it stays in the site as
//! refused, without points and rules, so that its absence is a fault and not a silence.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeValue;

use super::list::{self, Panel};
use super::{Once, Parts, keys, places::Named, places::Places, said};
use crate::config::address;
use crate::config::document::{Fields, Node};
use crate::config::problem::{Problem, Problems, Severity, Spot, did_you_mean};
use crate::config::profile;
use crate::engine::base::{DeviceId, Text};
use crate::engine::class::Classes;
use crate::engine::profile::Profile;
use crate::engine::site::{Bus, Device, Endpoint, ExpandError, ListedPoint, Overrides, Site, expand_as};

/// Reads devices one after the other.
pub struct Devices<'a> {
    folder: &'a Path,
    profile_folders: &'a [PathBuf],
    places: &'a Places,
    classes: &'a Classes,
    parts: &'a mut Parts,
    /// Everything found in devices, their profiles and their lists.
    pub problems: Problems,
    profiles: BTreeMap<String, Result<Arc<Profile>, String>>,
    ids: Once,
    units: Once,
    addresses: Once,
    panels: Once,
    /// Devices that name the panel which governs them, and where.
    governed: Vec<(u32, String, Spot)>,
    /// Devices that say what supplies them.
    supplied: Vec<(u32, String, Spot)>,
}

struct Entry {
    device: Device,
    said: Overrides,
    listed: Vec<ListedPoint>,
}

impl<'a> Devices<'a> {
    /// Starts with nothing read.
    pub fn new(
        folder: &'a Path,
        profile_folders: &'a [PathBuf],
        places: &'a Places,
        classes: &'a Classes,
        parts: &'a mut Parts,
    ) -> Devices<'a> {
        Devices {
            folder,
            profile_folders,
            places,
            classes,
            parts,
            problems: Problems::default(),
            profiles: BTreeMap::new(),
            ids: Once::new("device"),
            units: Once::new("unit"),
            addresses: Once::new("address"),
            panels: Once::new("the one panel of text bus"),
            governed: Vec::new(),
            supplied: Vec::new(),
        }
    }

    /// Finds the panels that govern devices, once every device is read.
    pub fn find_panels(&self, site: &mut Site) {
        for (device, panel, spot) in &self.governed {
            let found = site.devices.iter().position(|held| held.id.as_str() == panel);
            match found.and_then(|at| u32::try_from(at).ok()) {
                Some(at) => {
                    site.panels.insert(*device, at);
                }
                None => {
                    let hint = did_you_mean(panel, site.devices.iter().map(|held| held.id.as_str()));
                    self.problems.error(spot.clone(), format!("unknown device \"{panel}\""), hint);
                    // Without its panel nobody can say whether it may be started.
                    if let Some(held) = site.devices.get_mut(*device as usize) {
                        held.control = false;
                    }
                }
            }
        }
    }

    /// Finds what supplies devices, once every device is read.
    pub fn find_supplies(&self, site: &mut Site) {
        for (device, supply, spot) in &self.supplied {
            let found = site.devices.iter().position(|held| held.id.as_str() == supply);
            match found.and_then(|at| u32::try_from(at).ok()) {
                Some(at) if at == *device => {
                    self.problems.error(spot.clone(), format!("\"{supply}\" cannot supply itself"), "leave it out");
                }
                Some(at) => site.supplies.entry(*device).or_default().push(at),
                None => {
                    let hint = did_you_mean(supply, site.devices.iter().map(|held| held.id.as_str()));
                    self.problems.error(spot.clone(), format!("unknown device \"{supply}\""), hint);
                }
            }
        }
    }

    /// Reads one `[[device]]` into the site.
    pub fn read(&mut self, node: Node<'_>, site: &mut Site) {
        let own = Problems::default();
        let mut entry = self.entry(node.reporting(&own), site, &own);
        let mut taken: Vec<&str> = site.devices.iter().map(|device| device.id.as_str()).collect();
        taken.push("gateway");
        let id = entry.device.id.as_str();
        if taken.contains(&id) {
            // Reported already; under another id it can still be shown as refused.
            let free = (2..).map(|n| format!("{id}-{n}")).find(|name| !taken.contains(&name.as_str()));
            entry.device.id = DeviceId::new(&free.unwrap_or_default());
        }
        if !own.has_errors() && entry.device.refused.is_none() {
            let device = entry.device.clone();
            // List and conditions have been checked against the same profile; this keeps a difference from vanishing.
            match expand_as(site, device, &entry.listed, &entry.said).err().as_deref() {
                None => {}
                Some([ExpandError::NoSetting { class }, ..]) => {
                    own.error(node.spot(), format!("its profile reads a setting that \"{class}\" does not have"), "");
                }
                Some(_) => own.error(node.spot(), "its point list does not fit its profile", ""),
            }
        }
        let own = own.sorted();
        let first = own.iter().find(|problem| problem.severity == Severity::Error).map(Problem::to_string);
        if let Some(reason) = entry.device.refused.take().or(first) {
            site.devices.push(Device { refused: Some(reason), ..entry.device });
        }
        self.problems.extend(own);
    }

    fn entry(&mut self, node: Node<'_>, site: &Site, own: &Problems) -> Entry {
        let number = site.devices.len() + 1;
        let Some(fields) = node.fields(&keys::DEVICE) else {
            return Entry { device: nameless(number), said: Overrides::default(), listed: Vec::new() };
        };
        let mut device = nameless(number);
        if let Some(id) = fields.get("id") {
            device.id = self.id(id).unwrap_or(device.id);
        }
        device.name = Text::same(device.id.as_str());
        if let Some(name) = fields.get("name").and_then(Node::both_languages) {
            device.name = name;
        }
        let named = |key: &str| fields.get(key).and_then(Named::of);
        device.place = self.places.resolve(named("building"), named("floor"), named("zone"), own);
        device.place.text = fields.get("place").and_then(Node::both_languages).unwrap_or_default();
        device.control = fields.get("control").and_then(Node::boolean).unwrap_or(false);
        if let Some((node, panel)) = fields.get("panel").and_then(|node| Some((node, node.text()?))) {
            self.governed.push((u32::try_from(site.devices.len()).unwrap_or(u32::MAX), panel.to_owned(), node.spot()));
        }
        for supply in fields.list("supplied-by") {
            let Some(id) = supply.text() else { continue };
            self.supplied.push((u32::try_from(site.devices.len()).unwrap_or(u32::MAX), id.to_owned(), supply.spot()));
        }
        let bus = bus(&fields, site);
        device.bus = bus.unwrap_or(0);
        match fields.get("profile").map(|node| self.profile(node)) {
            Some(Some(Ok(profile))) => device.profile = profile,
            Some(Some(Err(reason))) => device.refused = Some(reason),
            _ => {}
        }
        let known = device.refused.is_none() && !device.profile.id.is_empty();
        let held = bus.and_then(|at| site.buses.get(at as usize));
        if let Some(held) = held.filter(|_| known) {
            self.speaks(&fields, &device, held);
        }
        if let Some(held) = held.filter(|bus| bus.endpoint.protocol() == "gbt26875") {
            device.address = self.address(&fields, node, held).unwrap_or(0);
        } else {
            if let Some(extra) = fields.get("address").filter(|_| bus.is_some()) {
                extra.error("\"address\" is for devices that speak gbt26875", "a Modbus device has a \"unit\"");
            }
            self.unit(&fields, node, &mut device, bus.zip(Some(site)), known);
        }
        let listed = if known { self.listed(&fields, &device, own) } else { Vec::new() };
        let said = if known { said::read(&fields, &device.profile, self.classes) } else { Overrides::default() };
        Entry { device, said, listed }
    }

    fn id(&mut self, node: Node<'_>) -> Option<DeviceId> {
        let text = node.text()?;
        if text == "gateway" {
            node.error("\"gateway\" is the gateway itself", "choose another id");
        }
        self.ids.see(text, node.spot(), node.problems());
        if node.segment().is_some() {
            return Some(DeviceId::new(text));
        }
        // Refused, but still to be shown: under the nearest id there can be.
        let near = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        Some(DeviceId::new(&text.chars().map(near).collect::<String>()))
    }

    /// The profile, the reason why its users are refused, or nothing when that has been said of the device.
    fn profile(&mut self, node: Node<'_>) -> Option<Result<Arc<Profile>, String>> {
        let id = node.text()?;
        if let Some(known) = self.profiles.get(id) {
            return Some(known.clone());
        }
        let Some(folder) = profile::find(id, self.profile_folders) else {
            let all = profile::list(self.profile_folders);
            let hint = if all.is_empty() {
                let folders: Vec<String> = self.profile_folders.iter().map(|path| path.display().to_string()).collect();
                format!("there are no profiles in {}", folders.join(", "))
            } else {
                did_you_mean(id, all.iter().map(|(id, _)| id.as_str()))
            };
            node.error(format!("unknown profile \"{id}\""), hint);
            return None;
        };
        let (id, label) = profile::label(&folder);
        let bytes = fs::read(folder.join(profile::FILE)).unwrap_or_default();
        self.parts.add(&format!("device-profiles/{id}/{}", profile::FILE), &bytes);
        let read = match profile::parse_with(&id, &label, &bytes, self.classes) {
            Ok((profile, warnings)) => {
                self.problems.extend(warnings);
                Ok(Arc::new(profile))
            }
            Err(problems) => {
                let first = problems.iter().find(|problem| problem.severity == Severity::Error);
                let reason = first.map_or_else(|| format!("profile {id} is refused"), Problem::to_string);
                self.problems.extend(problems);
                Err(reason)
            }
        };
        self.profiles.insert(id, read.clone());
        Some(read)
    }

    /// The address under which a device reports by GB/T 26875.3.
    fn address(&mut self, fields: &Fields<'_>, node: Node<'_>, bus: &Bus) -> Option<u64> {
        if let Some(extra) = fields.get("unit") {
            extra.error("a device that speaks gbt26875 has no \"unit\"", "it has an \"address\"");
        }
        let Some(given) = fields.get("address") else {
            node.error("a device that reports needs \"address\"", "the source address of its frames");
            return None;
        };
        let address = if matches!(given.value(), DeValue::String(_)) {
            let text = given.text()?;
            let address = address::parse(text);
            if address.is_none() {
                given.error(
                    format!("\"{text}\" is not a source address"),
                    "a number, or six bytes as they come: \"79 03 00 00 00 00\"",
                );
            }
            address?
        } else {
            u64::try_from(given.integer(0..=(1 << 48) - 1)?).ok()?
        };
        self.addresses.see(&format!("{address} on bus \"{}\"", bus.id), given.spot(), given.problems());
        Some(address)
    }

    /// Whether what the device speaks is what is spoken on its bus.
    fn speaks(&mut self, fields: &Fields<'_>, device: &Device, bus: &Bus) {
        let (speaks, spoken) = (device.profile.speech.as_str(), bus.endpoint.protocol());
        let Some(node) = fields.get("bus") else { return };
        if speaks != spoken {
            let message = format!(
                "\"{}\" speaks {speaks} (profile \"{}\"), and bus \"{}\" is for {spoken}",
                device.id, device.profile.id, bus.id
            );
            node.error(message, format!("a bus with protocol = \"{speaks}\""));
        } else if spoken == "text" {
            // Nothing in a stream of text says whose it is.
            self.panels.see(bus.id.as_str(), node.spot(), node.problems());
        }
    }

    fn unit(
        &mut self,
        fields: &Fields<'_>,
        node: Node<'_>,
        device: &mut Device,
        bus: Option<(u32, &Site)>,
        known: bool,
    ) {
        if device.reports() {
            if let Some(extra) = fields.get("unit") {
                extra.error("a device that reports by itself has no unit", "leave it out");
            }
            return;
        }
        let (unit, spot) = match fields.get("unit") {
            Some(node) => (node.integer(0..=255), node),
            None => (device.profile.unit.map(i64::from), node),
        };
        let Some(unit) = unit else {
            if fields.get("unit").is_none() && known {
                node.error("a device needs \"unit\": its profile has no default", "unit = 1 to 247");
            }
            return;
        };
        let Some((number, bus)) = bus.and_then(|(at, site)| site.buses.get(at as usize).map(|bus| (at, bus))) else {
            return;
        };
        match (unit, &bus.endpoint) {
            (1..=247, _) | (255, Endpoint::Tcp(_) | Endpoint::RtuTcp(_)) => {}
            (0, _) => spot.error("unit 0 is the broadcast address; nobody answers it", "1 to 247"),
            (255, _) => spot.error("unit 255 is for TCP only", "1 to 247"),
            _ => spot.error(format!("unit {unit} is reserved"), "1 to 247, on TCP also 255"),
        }
        device.unit = u8::try_from(unit).unwrap_or(0);
        device.bus = number;
        self.units.see(&format!("{unit} on bus \"{}\"", bus.id), spot.spot(), spot.problems());
    }

    fn listed(&mut self, fields: &Fields<'_>, device: &Device, own: &Problems) -> Vec<ListedPoint> {
        let Some(node) = fields.get("points") else {
            if !device.profile.arrays.is_empty() {
                let lacks = if device.reports() {
                    "its alarms come without places"
                } else {
                    "none of its detectors is watched"
                };
                let message = format!("\"{}\" has no point list: {lacks}", device.id);
                own.warning(fields.spot(), message, "points = \"panel.csv\"");
            }
            return Vec::new();
        };
        let Some(name) = node.text() else { return Vec::new() };
        if device.profile.arrays.is_empty() {
            let message = format!("profile \"{}\" has no arrays, so there is nothing to list", device.profile.id);
            node.error(message, "leave \"points\" out");
            return Vec::new();
        }
        match fs::read(self.folder.join(name)) {
            Ok(bytes) => {
                self.parts.add(name, &bytes);
                let building = device.place.building.as_deref();
                let panel = Panel { profile: &device.profile, places: Some(self.places), building };
                list::read(name, &bytes, &panel, own)
            }
            Err(error) => {
                let near: Vec<String> = super::files(self.folder, "csv");
                let hint = did_you_mean(name, near.iter().map(String::as_str));
                node.error(format!("the point list \"{name}\" cannot be read: {error}"), hint);
                Vec::new()
            }
        }
    }
}

fn bus(fields: &Fields<'_>, site: &Site) -> Option<u32> {
    let node = fields.get("bus")?;
    let id = node.text()?;
    let found = site.buses.iter().position(|bus| bus.id.as_str() == id);
    if found.is_none() {
        let hint = did_you_mean(id, site.buses.iter().map(|bus| bus.id.as_str()));
        node.error(format!("unknown bus \"{id}\""), hint);
    }
    found.and_then(|at| u32::try_from(at).ok())
}

/// A device of which nothing is known yet.
fn nameless(number: usize) -> Device {
    let id = format!("device-{number}");
    Device {
        statuses: 0..0,
        id: DeviceId::new(&id),
        name: Text::same(&id),
        bus: 0,
        unit: 0,
        profile: Arc::new(Profile::new("", "unknown")),
        place: crate::engine::site::Place::default(),
        control: false,
        refused: None,
        address: 0,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
    }
}
