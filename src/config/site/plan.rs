//! `[[patrol]]` and `[[maintenance]]`: what people look at and do, where, when and who.
//!
//! Takes: the tables, and a site whose devices are read.
//! Gives: checked [`Plan`]s.
//! Never: a plan without an item or a time, or one that is never due.

use std::collections::BTreeSet;
use std::time::Duration;

use super::places::{Named, Places};
use super::{Once, keys, time_of_day};
use crate::config::document::{Fields, Node};
use crate::config::problem::did_you_mean;
use crate::engine::base::{DeviceId, PointId, Role, Text};
use crate::engine::site::{DayOfMonth, Item, Plan, PlanKind, Site};

const ROLES: [(&str, Role); 4] = [
    ("operator", Role::Operator),
    ("supervisor", Role::Supervisor),
    ("engineer", Role::Engineer),
    ("manager", Role::Manager),
];
const DAYS: [(&str, u8); 7] = [("mon", 0), ("tue", 1), ("wed", 2), ("thu", 3), ("fri", 4), ("sat", 5), ("sun", 6)];
/// What is due but once an hour, or but once a year, is recorded within these.
const WITHIN: std::ops::RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(60 * 24 * 3600);

/// Reads every plan of one kind.
pub fn read<'a>(kind: PlanKind, nodes: impl IntoIterator<Item = Node<'a>>, places: &Places, site: &Site) -> Vec<Plan> {
    let mut once = Once::new(kind.as_str());
    let section = match kind {
        PlanKind::Patrol => &keys::PATROL,
        PlanKind::Maintenance => &keys::MAINTENANCE,
    };
    let mut plans = Vec::new();
    for node in nodes {
        let Some(fields) = node.fields(section) else { continue };
        let Some(id) = fields.get("id") else { continue };
        let Some(text) = id.segment() else { continue };
        once.see(text, id.spot(), id.problems());
        let named = |key: &str| fields.get(key).and_then(Named::of);
        let mut place = places.resolve(named("building"), named("floor"), named("zone"), node.problems());
        place.text = fields.get("place").and_then(Node::both_languages).unwrap_or_default();
        let (default_role, default_within) = match kind {
            PlanKind::Patrol => (Role::Operator, Duration::from_secs(2 * 3600)),
            PlanKind::Maintenance => (Role::Engineer, Duration::from_secs(7 * 24 * 3600)),
        };
        plans.push(Plan {
            kind,
            id: text.to_owned(),
            name: fields.get("name").and_then(Node::both_languages).unwrap_or_else(|| Text::same(text)),
            place,
            items: items(&fields),
            times: times(&fields),
            days: days(&fields),
            dates: dates(&fields),
            within: fields.get("within").and_then(|node| node.duration(WITHIN)).unwrap_or(default_within),
            role: fields.get("role").and_then(|node| node.word(&ROLES)).unwrap_or(default_role),
            devices: fields.list("devices").into_iter().filter_map(|node| device(node, site)).collect(),
            figures: fields.list("figures").into_iter().filter_map(|node| point(node, site)).collect(),
        });
    }
    plans
}

fn items(fields: &Fields<'_>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let nodes = fields.list("items");
    if let (Some(node), true) = (fields.get("items"), nodes.is_empty()) {
        node.error("there is nothing to look at", "write { id = \"lamps\", name = { zh = \"…\", en = \"…\" } }");
    }
    for node in nodes {
        let Some(held) = node.fields(&keys::ITEM) else { continue };
        let Some(id) = held.get("id") else { continue };
        let Some(text) = id.segment() else { continue };
        if items.iter().any(|item| item.id == text) {
            id.error(format!("item \"{text}\" is listed twice"), "");
        }
        let name = held.get("name").and_then(Node::both_languages).unwrap_or_else(|| Text::same(text));
        items.push(Item { id: text.to_owned(), name });
    }
    items
}

fn times(fields: &Fields<'_>) -> Vec<u16> {
    let times: BTreeSet<u16> = fields.list("at").into_iter().filter_map(time_of_day).collect();
    if let (Some(node), true) = (fields.get("at"), fields.list("at").is_empty()) {
        node.error("there is no time", "write [\"08:30\", \"20:30\"]");
    }
    times.into_iter().collect()
}

fn days(fields: &Fields<'_>) -> u8 {
    let words = fields.list("days");
    if words.is_empty() {
        return 0x7F;
    }
    words.into_iter().filter_map(|node| node.word(&DAYS)).fold(0, |held, day| held | 1 << day)
}

fn dates(fields: &Fields<'_>) -> Vec<DayOfMonth> {
    if let (Some(node), Some(_)) = (fields.get("dates"), fields.get("days")) {
        node.error("\"dates\" beside \"days\"", "say on which days of the week, or on which of the month");
    }
    fields.list("dates").into_iter().filter_map(date).collect()
}

/// `"15"` of every month, or `"07-15"` once a year.
fn date(node: Node<'_>) -> Option<DayOfMonth> {
    let text = node.text()?;
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 2);
    let read = match text.split_once('-') {
        Some((month, day)) => number(month).zip(number(day)).map(|(month, day)| (Some(month), day)),
        None => number(text).map(|day| (None, day)),
    };
    let longest = |month: Option<u8>| match month {
        Some(2) => 29,
        Some(4 | 6 | 9 | 11) => 30,
        Some(1..=12) => 31,
        // Every month has it, so that none is left out in silence.
        None => 28,
        Some(_) => 0,
    };
    match read {
        Some((month, day)) if (1..=longest(month)).contains(&day) => Some(DayOfMonth { month, day }),
        _ => {
            let hint = "write \"15\" (01 to 28, every month) or \"07-15\" (once a year)";
            node.error(format!("\"{text}\" is no day of the month"), hint);
            None
        }
    }
}

fn device(node: Node<'_>, site: &Site) -> Option<DeviceId> {
    let text = node.text()?;
    if let Some(device) = site.devices.iter().find(|device| device.id.as_str() == text) {
        return Some(device.id.clone());
    }
    let hint = did_you_mean(text, site.devices.iter().map(|device| device.id.as_str()));
    node.error(format!("unknown device \"{text}\""), hint);
    None
}

fn point(node: Node<'_>, site: &Site) -> Option<PointId> {
    let text = node.text()?;
    if let Some(point) = site.points.iter().find(|point| point.id.as_str() == text) {
        return Some(point.id.clone());
    }
    let refused = |device: &str| site.devices.iter().any(|held| held.id.as_str() == device && held.refused.is_some());
    // What a refused device would bring is missing because of it; its own fault says so.
    if refused(text.split('/').next().unwrap_or_default()) {
        return None;
    }
    let hint = did_you_mean(text, site.points.iter().map(|point| point.id.as_str()));
    node.error(format!("unknown point \"{text}\""), hint);
    None
}
