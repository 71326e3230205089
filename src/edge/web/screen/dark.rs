//! What of the site nobody can see: a building as a whole, or floors of it.
//!
//! Takes: the site, and how far each device can be believed.
//! Gives: the `dark` part of `health`; sections of the site hatch what it names, and nothing else.
//! Never: a whole building for one silent device: it is dark where its fire panel says nothing, or nothing in it does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::edge::web::summary::DeviceView;
use crate::engine::base::{Category, DeviceId};
use crate::engine::site::{Place, Site};

/// Devices of this class are what a building is watched by.
const PANEL: &str = "panel";

/// What is dark.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Dark<'s> {
    /// Ids of buildings, in the order of the site.
    buildings: Vec<&'s str>,
    /// Building and floor, with the devices that would tell of it; none in a building that is dark as a whole.
    floors: BTreeMap<(&'s str, &'s str), BTreeSet<&'s DeviceId>>,
}

/// Finds what is dark. A device is silent that does not answer, was not read yet, or is on a bus that says nothing.
pub fn dark<'s>(site: &'s Site, views: &[DeviceView]) -> Dark<'s> {
    let is_silent = |device: usize| views.get(device).is_none_or(|view| view.up != Some(true));
    if (0..site.devices.len()).all(|device| !is_silent(device)) {
        return Dark::default();
    }
    let panels = panels(site);
    let is_dark = |building: &str| {
        let is_in = |device: &usize| site.devices[*device].place.building.as_deref() == Some(building);
        let mut inside = (0..site.devices.len()).filter(is_in).peekable();
        panels.get(building).is_some_and(|panel| is_silent(*panel))
            || (inside.peek().is_some() && inside.all(is_silent))
    };
    let buildings: Vec<&str> = site.buildings.iter().map(|one| one.id.as_str()).filter(|id| is_dark(id)).collect();
    let mut floors: BTreeMap<(&str, &str), BTreeSet<&DeviceId>> = BTreeMap::new();
    for device in (0..site.devices.len()).filter(|device| is_silent(*device)).map(|device| &site.devices[device]) {
        let rules = site.rules.get(device.rules.start as usize..device.rules.end as usize).unwrap_or_default();
        for place in rules.iter().map(|rule| &rule.place).chain([&device.place]) {
            if let Place { building: Some(building), floor: Some(floor), .. } = place
                && !buildings.contains(&building.as_str())
            {
                floors.entry((building, floor)).or_default().insert(&device.id);
            }
        }
    }
    Dark { buildings, floors }
}

impl Dark<'_> {
    /// As `health` has it.
    pub fn document(&self) -> Value {
        let floor = |((building, floor), devices): (&(&str, &str), &BTreeSet<&DeviceId>)| json!({ "building": building, "floor": floor, "devices": devices });
        json!({ "buildings": self.buildings, "floors": self.floors.iter().map(floor).collect::<Vec<_>>() })
    }
}

/// The fire panel of each building: the panel that watches most of it for fire, the first of the site among equals.
fn panels(site: &Site) -> BTreeMap<&str, usize> {
    let mut counts: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for rule in site.rules.iter().filter(|rule| rule.condition.category == Category::Fire) {
        let is_panel = site.devices.get(rule.device as usize).is_some_and(|device| device.profile.class == PANEL);
        if let (true, Some(building)) = (is_panel, &rule.place.building) {
            *counts.entry((building, rule.device as usize)).or_default() += 1;
        }
    }
    let mut most: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((building, panel), count) in counts {
        let held = most.entry(building).or_insert((panel, count));
        if count > held.1 {
            *held = (panel, count);
        }
    }
    most.into_iter().map(|(building, (panel, _))| (building, panel)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::base::{Text, Wall};

    /// The sample site, with these devices silent.
    fn silent(ids: &[&str]) -> (Vec<String>, Vec<String>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (site, _) = crate::config::load(&root.join("config/site"), &[root.join("device-profiles")]).unwrap();
        let view = |(index, device): (u32, &crate::engine::site::Device)| DeviceView {
            index,
            up: if ids.contains(&device.id.as_str()) { Some(false) } else { Some(true) },
            reason: Text::default(),
            since: Wall(0),
            unknown: 0,
            gathered: 0,
            absent: 0,
            points: 1,
        };
        let views: Vec<DeviceView> = (0..).zip(&site.devices).map(view).collect();
        let found = dark(&site, &views);
        let floor = |((building, floor), devices): (&(&str, &str), &BTreeSet<&DeviceId>)| {
            let devices: Vec<&str> = devices.iter().map(|id| id.as_str()).collect();
            format!("{building}-{floor} {}", devices.join(" "))
        };
        (found.buildings.iter().map(|id| (*id).to_owned()).collect(), found.floors.iter().map(floor).collect())
    }

    fn all_in(building: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (site, _) = crate::config::load(&root.join("config/site"), &[root.join("device-profiles")]).unwrap();
        let inside = site.devices.iter().filter(|device| device.place.building.as_deref() == Some(building));
        inside.map(|device| device.id.as_str().to_owned()).collect()
    }

    #[test]
    fn nothing_is_dark_while_everybody_answers() {
        assert_eq!(silent(&[]), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_silent_generator_leaves_its_building_and_darkens_its_floor() {
        let (buildings, floors) = silent(&["gen-1"]);
        assert_eq!((buildings, floors), (Vec::new(), vec!["3-B1 gen-1".to_owned()]));
    }

    #[test]
    fn contacts_of_a_panel_are_not_the_panel() {
        assert_eq!(silent(&["contacts-1"]), (Vec::new(), vec!["1-1 contacts-1".to_owned()]));
    }

    #[test]
    fn a_silent_panel_darkens_what_it_watches_and_no_more() {
        let (buildings, floors) = silent(&["panel-3", "gen-1"]);
        assert_eq!(buildings, ["3"]);
        assert_eq!(floors, Vec::<String>::new(), "its floors are told by the building");
    }

    #[test]
    fn a_device_that_spreads_over_floors_darkens_each_of_them() {
        let (buildings, floors) = silent(&["dampers-1"]);
        assert_eq!(buildings, Vec::<String>::new());
        assert!(floors.len() > 1 && floors.iter().all(|floor| floor.ends_with(" dampers-1")), "{floors:?}");
    }

    #[test]
    fn a_building_in_which_everything_is_silent_is_dark_without_its_panel() {
        let all = all_in("2");
        let rest: Vec<&str> = all.iter().map(String::as_str).filter(|id| *id != "panel-2").collect();
        assert_eq!(silent(&rest).0, Vec::<String>::new(), "the panel still tells of fire");
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(silent(&all).0, ["2"]);
    }
}
