//! Reads the tables of a scenario file.
//!
//! Takes: nodes of the document and the site.
//! Gives: steps and values, every point found, every value a raw pattern.
//! Never: stops at the first problem; it is reported and reading goes on.

use std::time::Duration;

use encoding_rs::GB18030;
use toml::de::DeValue;

use super::keys::{FAULT, NOTE, PRINT, RAMP, REPEAT, SPECIAL, STEP, WANDER};
use super::{Change, Ramp, Repeat, Step, Wander};
use crate::config::document::{Fields, Node};
use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::engine::profile::{Speech, TextEncoding};
use crate::engine::site::{Device, Site};
use crate::sim::encode::{self, Misfit, Pattern, Setting};
use crate::sim::fault::{Fault, MODES};
use crate::sim::named;
use crate::sim::trouble::{TROUBLES, Trouble};

const DAY: Duration = Duration::from_secs(24 * 3600);
pub(super) const INSTANT: Duration = Duration::from_millis(100);

/// One step.
pub(super) fn step(node: Node<'_>, site: &Site) -> Option<Step> {
    let fields = node.fields(&STEP)?;
    let puts = settings(fields.get("set"), site).into_iter().map(|(point, raw)| Change::Put(point, raw));
    let mut step = Step {
        at: fields.get("at").and_then(|node| node.duration(Duration::ZERO..=DAY)).unwrap_or_default(),
        repeat: fields.get("repeat").and_then(repeat),
        say: fields.get("say").and_then(Node::both_languages),
        changes: puts.collect(),
        ramps: each(&fields, "ramp").into_iter().filter_map(|node| ramp(node, site)).collect(),
        wanders: each(&fields, "wander").into_iter().filter_map(|node| wander(node, site)).collect(),
    };
    step.changes.extend(each(&fields, "fault").into_iter().filter_map(|node| fault(node, site)));
    step.changes.extend(each(&fields, "note").into_iter().filter_map(|node| note(node, site)));
    step.changes.extend(each(&fields, "print").into_iter().filter_map(|node| print(node, site)));
    for (key, cut) in [("cut", true), ("mend", false)] {
        let buses = each(&fields, key).into_iter().filter_map(|node| bus(node, site));
        step.changes.extend(buses.map(|bus| Change::Cut(bus, cut)));
    }
    Some(step)
}

/// A value, or each of a list of them.
fn each<'a>(fields: &Fields<'a>, key: &str) -> Vec<Node<'a>> {
    match fields.get(key) {
        Some(node) if matches!(node.value(), DeValue::Array(_)) => node.list().unwrap_or_default(),
        node => node.into_iter().collect(),
    }
}

fn repeat(node: Node<'_>) -> Option<Repeat> {
    let fields = node.fields(&REPEAT)?;
    let every = fields.get("every")?.duration(INSTANT..=DAY)?;
    let times = match fields.get("times") {
        Some(node) => Some(u32::try_from(node.integer(1..=1_000_000)?).ok()?),
        None => None,
    };
    Some(Repeat { every, times })
}

fn ramp(node: Node<'_>, site: &Site) -> Option<Ramp> {
    let fields = node.fields(&RAMP)?;
    let place = fields.get("point")?;
    let point = point(place.text()?, site, &place.spot(), place.problems())?;
    let target = fields.get("to")?;
    let to = target.number()?;
    fits(target, point, &Setting::Number(to), site)?;
    Some(Ramp { point, to, over: fields.get("over")?.duration(Duration::ZERO..=DAY)? })
}

fn wander(node: Node<'_>, site: &Site) -> Option<Wander> {
    let fields = node.fields(&WANDER)?;
    let place = fields.get("point")?;
    let point = point(place.text()?, site, &place.spot(), place.problems())?;
    let encoding = &site.points[point as usize].encoding;
    if encode::number(encoding, &Pattern::default()).is_none() {
        place.error(format!("{} is no number", site.points[point as usize].id), "");
        return None;
    }
    let by = fields.get("by")?.number()?;
    Some(Wander { point, by, every: fields.get("every")?.duration(INSTANT..=DAY)? })
}

fn fault(node: Node<'_>, site: &Site) -> Option<Change> {
    let fields = node.fields(&FAULT)?;
    let place = fields.get("mode")?;
    let mode = place.text()?;
    let number = match mode {
        "late" | "restart" | "closes-idle" | "foreign-master" => {
            fields.get("by").and_then(|node| node.duration(Duration::ZERO..=DAY)).map(|by| by.as_millis() as u64)
        }
        "exception" => {
            fields.get("code").and_then(|node| node.integer(1..=255)).and_then(|code| u64::try_from(code).ok())
        }
        _ => None,
    };
    let unknown = |known: &[&str]| {
        place.error(format!("no fault is called \"{mode}\""), did_you_mean(mode, known.iter().copied()));
        None
    };
    match (fields.get("device"), fields.get("bus")) {
        (Some(whose), None) => {
            let device = device(whose, site)?;
            Fault::named(mode, number).map(|fault| Change::Fault(device, fault)).or_else(|| unknown(&MODES))
        }
        (None, Some(whose)) => {
            let bus = bus(whose, site)?;
            let Some(trouble) = Trouble::named(mode, number) else { return unknown(&TROUBLES) };
            if !trouble.befalls(named::is_line(site, bus)) {
                let kind = if named::is_line(site, bus) { "a line" } else { "a port" };
                place.error(format!("\"{mode}\" cannot befall {kind}"), "");
                return None;
            }
            Some(Change::Trouble(bus, trouble))
        }
        _ => {
            node.error("expected one of `device` and `bus`", "");
            None
        }
    }
}

/// What a device notes in its event memory.
fn note(node: Node<'_>, site: &Site) -> Option<Change> {
    let fields = node.fields(&NOTE)?;
    let whose = fields.get("device")?;
    let number = device(whose, site)?;
    let held = site.devices.get(number as usize)?;
    let Some(memory) = &held.profile.memory else {
        whose.error(format!("\"{}\" has no event memory: its profile has no [memory]", held.id), "");
        return None;
    };
    let node = fields.get("code")?;
    let key = node.text()?;
    let Some(code) = memory.codes.iter().find(|code| code.key == key) else {
        let hint = did_you_mean(key, memory.codes.iter().map(|code| code.key.as_str()));
        node.error(format!("the memory of {} has no code \"{key}\"", held.id), hint);
        return None;
    };
    Some(Change::Note(number, code.codes.0))
}

/// What a panel prints, in the character set of its profile.
fn print(node: Node<'_>, site: &Site) -> Option<Change> {
    let fields = node.fields(&PRINT)?;
    let whose = fields.get("device")?;
    let panel = site.devices.get(device(whose, site)? as usize)?;
    printed(whose, panel, fields.get("text")?)
}

/// What `panel` prints; `whose` is where it is named, `node` the text.
pub(super) fn printed(whose: Node<'_>, panel: &Device, node: Node<'_>) -> Option<Change> {
    let Speech::Text(grammar) = &panel.profile.speech else {
        whose.error(format!("\"{}\" prints nothing: its profile does not speak text", panel.id), "");
        return None;
    };
    let DeValue::String(text) = node.value() else {
        node.error("expected a text", "\"\\u001b611/22/26  07:00\\n…\"");
        return None;
    };
    let bytes = match grammar.encoding {
        TextEncoding::Gb18030 => GB18030.encode(text).0.into_owned(),
        TextEncoding::Ascii => text.as_bytes().to_vec(),
    };
    Some(Change::Print(panel.bus, bytes))
}

fn device(node: Node<'_>, site: &Site) -> Option<u32> {
    let id = node.text()?;
    named::device(site, id).or_else(|| {
        let known = site.devices.iter().map(|device| device.id.as_str());
        node.error(format!("the site has no device \"{id}\""), did_you_mean(id, known));
        None
    })
}

fn bus(node: Node<'_>, site: &Site) -> Option<u32> {
    let id = node.text()?;
    named::bus(site, id).or_else(|| {
        let known = site.buses.iter().map(|bus| bus.id.as_str());
        node.error(format!("the site has no bus \"{id}\""), did_you_mean(id, known));
        None
    })
}

/// Points and what they shall say, in the order of the file.
pub(super) fn settings(node: Option<Node<'_>>, site: &Site) -> Vec<(u32, Pattern)> {
    let mut found = Vec::new();
    for (name, node) in node.and_then(Node::entries).unwrap_or_default() {
        // The key's place is told where the point is wrong, the value's where the value is.
        let Some(point) = point(name.text, site, &name.spot, node.problems()) else { continue };
        let Some(setting) = setting(node) else { continue };
        found.extend(fits(node, point, &setting, site).map(|raw| (point, raw)));
    }
    found
}

fn point(id: &str, site: &Site, spot: &Spot, problems: &Problems) -> Option<u32> {
    named::point(site, id).or_else(|| {
        let device = id.split_once('/').map_or(id, |(device, _)| device);
        let hint = match named::device(site, device) {
            Some(device) => {
                let points = site.points_of(&site.devices[device as usize]);
                did_you_mean(id, points.iter().map(|point| point.id.as_str()))
            }
            None => did_you_mean(device, site.devices.iter().map(|device| device.id.as_str())),
        };
        problems.error(spot.clone(), format!("the site has no point \"{id}\""), hint);
        None
    })
}

/// What a value in a file says, whatever the point.
pub(crate) fn setting(node: Node<'_>) -> Option<Setting> {
    match node.value() {
        DeValue::Boolean(set) => Some(Setting::Bit(*set)),
        DeValue::String(_) => node.text().map(|key| Setting::State(key.to_owned())),
        DeValue::Table(table) => {
            let fields = node.fields(&SPECIAL)?;
            match (fields.get("unknown"), fields.get("raw")) {
                (Some(unknown), None) => {
                    unknown.word(&[("absent", Setting::Absent)].map(|(word, _)| (word, ()))).map(|()| Setting::Absent)
                }
                (None, Some(raw)) => {
                    let raw = raw.whole(0..=i128::from(u64::MAX))?;
                    u64::try_from(raw).ok().map(Setting::Raw)
                }
                // An unknown key has been told already.
                (None, None) if !table.is_empty() => None,
                _ => {
                    node.error(
                        "expected one of `unknown` and `raw`",
                        "write { unknown = \"absent\" } or { raw = 0xFFFF }",
                    );
                    None
                }
            }
        }
        _ => node.number().map(Setting::Number),
    }
}

pub(super) fn fits(node: Node<'_>, point: u32, setting: &Setting, site: &Site) -> Option<Pattern> {
    let point = &site.points[point as usize];
    match encode::raw(&point.encoding, setting) {
        Ok(raw) => Some(raw),
        Err(Misfit::NoState(key, known)) => {
            let message = format!("{} has no state \"{key}\"", point.id);
            node.error(message, did_you_mean(&key, known.iter().map(String::as_str)));
            None
        }
        Err(misfit) => {
            node.error(format!("{}: {misfit}", point.id), "");
            None
        }
    }
}
