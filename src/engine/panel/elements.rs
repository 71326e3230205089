//! Finds what a device speaks of in the site, and names what the site does not list.
//!
//! Takes: a site's rules, and a [`Statement`].
//! Gives: the point segment, the rule if there is one, and what people read.
//! Never: a segment that an id may not have, or that belongs to something else of the device.

use std::collections::BTreeMap;

use super::Statement;
use crate::engine::base::{Category, PointId, Text};
use crate::engine::profile::{ArraySpec, Profile};
use crate::engine::site::{Device, Site};

/// Segments that the engine itself uses below a device.
const TAKEN: [&str; 2] = ["link", "record"];
/// What a device says of itself without naming one of its alarms.
const ITSELF: &str = "panel";

/// The rules of the devices of one bus, by the point they belong to.
#[derive(Clone, Debug)]
pub(super) struct Elements {
    rules: BTreeMap<PointId, Vec<(Category, u32)>>,
}

impl Elements {
    /// Finds every rule of `devices`.
    pub fn new(site: &Site, devices: &[u32]) -> Elements {
        let mut rules: BTreeMap<PointId, Vec<(Category, u32)>> = BTreeMap::new();
        let devices = devices.iter().filter_map(|device| site.devices.get(*device as usize));
        for index in devices.flat_map(|device| device.rules.clone()) {
            if let Some(rule) = site.rules.get(index as usize) {
                rules.entry(rule.condition.point.clone()).or_default().push((rule.condition.category, index));
            }
        }
        Elements { rules }
    }

    /// The rule of this category of this point.
    pub fn rule(&self, device: &Device, segment: &str, category: Category) -> Option<u32> {
        let rules = self.rules.get(&PointId::of(&device.id, segment))?;
        rules.iter().find(|(found, _)| *found == category).map(|(_, rule)| *rule)
    }

    /// The point segment of what `statement` speaks of.
    pub fn segment(&self, device: &Device, statement: &Statement) -> String {
        let profile = &device.profile;
        let (number, index) = (statement.loop_number, statement.index);
        let of_itself = (number, index) == (0, 0);
        let array = |key: &str| profile.arrays.iter().find(|array| array.key == key);
        match statement.array.as_deref() {
            Some(key) => match array(key) {
                Some(array) if is_within(array, number, index) => element(array, number, index),
                Some(_) => safe(&format!("{key}-l{number}-p{index}")),
                None if of_itself => safe(key),
                None => safe(&format!("{key}-l{number}-p{index}")),
            },
            None if of_itself => self.of_itself(device, statement.category),
            None => {
                let fitting = || profile.arrays.iter().filter(|array| is_within(array, number, index));
                let named = || fitting().map(|array| element(array, number, index));
                let is_known = |name: &String| self.rules.contains_key(&PointId::of(&device.id, name));
                named().find(is_known).or_else(|| named().next()).unwrap_or_else(|| format!("l{number}-p{index}"))
            }
        }
    }

    /// The only alarm of the device itself that this category can mean.
    fn of_itself(&self, device: &Device, category: Category) -> String {
        let mut fitting = device.profile.alarms.iter().filter(|alarm| alarm.category == category);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => only.key.clone(),
            _ => ITSELF.to_owned(),
        }
    }

    /// What people read of a condition that the site does not list: the element first, what happened second.
    pub fn name(&self, site: &Site, device: &Device, segment: &str, statement: &Statement) -> Text {
        let listed = self.rules.get(&PointId::of(&device.id, segment)).and_then(|rules| rules.first());
        let listed = listed.and_then(|(_, rule)| site.rules.get(*rule as usize)).map(|rule| &rule.place.text);
        let (number, index) = (statement.loop_number, statement.index);
        let subject = match (listed.filter(|text| **text != Text::default()), statement.place.as_deref()) {
            (Some(text), _) => text.clone(),
            (None, Some(place)) if (number, index) == (0, 0) => Text::same(place),
            (None, Some(place)) => Text::new(
                &format!("{place}（{number}回路{index}号）"),
                &format!("{place} (loop {number} point {index})"),
            ),
            (None, None) if (number, index) == (0, 0) => device.name.clone(),
            (None, None) => Text::new(
                &format!("{} {number}回路{index}号", device.name.zh),
                &format!("{} loop {number} point {index}", device.name.en),
            ),
        };
        let kind = statement.kind.as_ref().map_or(String::new(), |kind| format!("{kind} "));
        let what = category_of(&device.profile, segment, statement);
        Text::new(&format!("{} {kind}{}", subject.zh, what.zh), &format!("{} {kind}{}", subject.en, what.en))
    }
}

/// The alarm's own name where the profile has one of this key, the category's elsewhere.
fn category_of(profile: &Profile, segment: &str, statement: &Statement) -> Text {
    let named = profile.alarms.iter().find(|alarm| alarm.key == segment && alarm.category == statement.category);
    named.map_or_else(|| statement.category.text(), |alarm| alarm.name.clone())
}

fn is_within(array: &ArraySpec, number: u16, index: u16) -> bool {
    (array.loops.0..=array.loops.1).contains(&number) && (array.indices.0..=array.indices.1).contains(&index)
}

fn element(array: &ArraySpec, number: u16, index: u16) -> String {
    array.naming.replace("{loop}", &number.to_string()).replace("{index}", &index.to_string())
}

/// A segment made of any words.
fn safe(words: &str) -> String {
    let near = |c: char| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c.to_ascii_lowercase() } else { '-' };
    let segment: String = words.chars().take(60).map(near).collect();
    if segment.is_empty() {
        ITSELF.to_owned()
    } else if TAKEN.contains(&segment.as_str()) {
        format!("{ITSELF}-{segment}")
    } else {
        segment
    }
}
