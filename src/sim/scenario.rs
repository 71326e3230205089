//! Stories a simulated field lives through, as TOML files.
//!
//! Takes: the text of a scenario and the site it plays at.
//! Gives: a checked [`Scenario`]: every point found, every value already a raw pattern.
//! Never: a story that fails half-way; what it names wrongly is refused with file, line, column and the nearest word.

use std::time::Duration;

use toml::de::DeValue;

use crate::config::document::{Fields, Key, Node, REQUIRED, Section, Source};
use crate::config::problem::{Problem, Problems, Spot, did_you_mean};
use crate::engine::base::Text;
use crate::engine::site::Site;
use crate::sim::encode::{self, Misfit, Setting};
use crate::sim::fault::{Fault, MODES};
use crate::sim::world;

/// A checked story.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// What people call it.
    pub name: Text,
    /// How the field stands before it begins, where that differs from `resting.toml`: point and raw pattern.
    pub rest: Vec<(u32, u32)>,
    /// What happens, in the order of the file.
    pub steps: Vec<Step>,
}

/// What happens at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// When, counted from the beginning.
    pub at: Duration,
    /// Again and again.
    pub repeat: Option<Repeat>,
    /// What the people who watch are told.
    pub say: Option<Text>,
    /// What changes at once.
    pub changes: Vec<Change>,
    /// What changes slowly.
    pub ramps: Vec<Ramp>,
    /// What never stands still.
    pub wanders: Vec<Wander>,
}

/// How often a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Time from one turn to the next.
    pub every: Duration,
    /// How many turns in all; `None` is for ever.
    pub times: Option<u32>,
}

/// One change of the field. Points, devices and buses are indices into the site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// A point says this raw pattern, and rests there.
    Put(u32, u32),
    /// A point says this number for the moment, in its unit.
    Drift(u32, f64),
    /// Where a point stands when nothing makes it wander, in its unit; its registers stay.
    Settle(u32, f64),
    /// A device misbehaves, or no longer.
    Fault(u32, Fault),
    /// A bus is cut, or mended.
    Cut(u32, bool),
}

/// A number that moves evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Which point.
    pub point: u32,
    /// Where it ends, in the point's unit.
    pub to: f64,
    /// How long it takes.
    pub over: Duration,
}

/// A number that trembles around where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wander {
    /// Which point.
    pub point: u32,
    /// How far to either side, in the point's unit.
    pub by: f64,
    /// How often it changes.
    pub every: Duration,
}

const fn key(name: &'static str, takes: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, takes, default, meaning }
}

const POINT: Key = key("point", "text", REQUIRED, "`device/point`");

/// The whole file.
pub static SCENARIO: Section = Section {
    title: "scenario",
    noun: "a scenario",
    keys: &[
        key("name", "{ zh, en }", REQUIRED, "what people call it"),
        key("rest", "{ \"device/point\" = value }", "", "how the field stands before it begins"),
        key("step", "list of tables", REQUIRED, "what happens"),
    ],
};

/// One step.
pub static STEP: Section = Section {
    title: "[[step]]",
    noun: "a step",
    keys: &[
        key("at", "duration", REQUIRED, "when, counted from the beginning"),
        key("repeat", "{ every, times }", "", "again and again"),
        key("say", "{ zh, en }", "", "what the people who watch are told"),
        key("set", "{ \"device/point\" = value }", "", "points that change at once"),
        key("ramp", "{ point, to, over } or a list", "", "numbers that move evenly"),
        key("wander", "{ point, by, every } or a list", "", "numbers that tremble around where they stand"),
        key("fault", "{ device, mode, by, code } or a list", "", "devices that misbehave, or no longer (`none`)"),
        key("cut", "bus id or a list", "", "lines that break, ports that refuse"),
        key("mend", "bus id or a list", "", "lines and ports that work again"),
    ],
};

static REPEAT: Section = Section {
    title: "repeat",
    noun: "a repetition",
    keys: &[
        key("every", "duration", REQUIRED, "time from one turn to the next"),
        key("times", "whole number", "", "how many turns in all; for ever when left out"),
    ],
};

static RAMP: Section = Section {
    title: "ramp",
    noun: "a ramp",
    keys: &[
        POINT,
        key("to", "number", REQUIRED, "where it ends"),
        key("over", "duration", REQUIRED, "how long it takes"),
    ],
};

static WANDER: Section = Section {
    title: "wander",
    noun: "a wander",
    keys: &[
        POINT,
        key("by", "number", REQUIRED, "how far to either side"),
        key("every", "duration", REQUIRED, "how often it changes"),
    ],
};

static FAULT: Section = Section {
    title: "fault",
    noun: "a fault",
    keys: &[
        key("device", "device id", REQUIRED, "who misbehaves"),
        key("mode", "word", REQUIRED, "how"),
        key("by", "duration", "500ms", "`late`: by how much"),
        key("code", "whole number", "4", "`exception`: which"),
    ],
};

static SPECIAL: Section = Section {
    title: "value",
    noun: "a value",
    keys: &[
        key("unknown", "\"absent\"", "", "the device says that it has no such value"),
        key("raw", "whole number", "", "a raw pattern, whatever it means"),
    ],
};

const DAY: Duration = Duration::from_secs(24 * 3600);
const INSTANT: Duration = Duration::from_millis(100);

impl Scenario {
    /// Reads and checks a scenario that plays at `site`; `file` is how problems call it. Every problem comes at once.
    pub fn parse(file: &str, text: &str, site: &Site) -> Result<Scenario, Vec<Problem>> {
        let problems = Problems::default();
        let source = Source::new(file, text.to_owned());
        let mut scenario = Scenario::default();
        if let Some(table) = source.parse(&problems) {
            let root = source.root(&table, &SCENARIO, &problems);
            scenario.name = root.get("name").and_then(Node::both_languages).unwrap_or_default();
            scenario.rest = settings(root.get("rest"), site);
            scenario.steps = root.list("step").into_iter().filter_map(|node| step(node, site)).collect();
        }
        if problems.has_errors() { Err(problems.sorted()) } else { Ok(scenario) }
    }
}

fn step(node: Node<'_>, site: &Site) -> Option<Step> {
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
    if encode::number(encoding, 0).is_none() {
        place.error(format!("{} is no number", site.points[point as usize].id), "");
        return None;
    }
    let by = fields.get("by")?.number()?;
    Some(Wander { point, by, every: fields.get("every")?.duration(INSTANT..=DAY)? })
}

fn fault(node: Node<'_>, site: &Site) -> Option<Change> {
    let fields = node.fields(&FAULT)?;
    let place = fields.get("device")?;
    let id = place.text()?;
    let device = world::device(site, id).or_else(|| {
        let known = site.devices.iter().map(|device| device.id.as_str());
        place.error(format!("the site has no device \"{id}\""), did_you_mean(id, known));
        None
    })?;
    let place = fields.get("mode")?;
    let mode = place.text()?;
    let number = match mode {
        "late" => fields.get("by").and_then(|node| node.duration(Duration::ZERO..=DAY)).map(|by| by.as_millis() as u64),
        "exception" => {
            fields.get("code").and_then(|node| node.integer(1..=255)).and_then(|code| u64::try_from(code).ok())
        }
        _ => None,
    };
    let fault = Fault::named(mode, number).or_else(|| {
        place.error(format!("no fault is called \"{mode}\""), did_you_mean(mode, MODES));
        None
    })?;
    Some(Change::Fault(device, fault))
}

fn bus(node: Node<'_>, site: &Site) -> Option<u32> {
    let id = node.text()?;
    world::bus(site, id).or_else(|| {
        let known = site.buses.iter().map(|bus| bus.id.as_str());
        node.error(format!("the site has no bus \"{id}\""), did_you_mean(id, known));
        None
    })
}

/// Points and what they shall say, in the order of the file.
fn settings(node: Option<Node<'_>>, site: &Site) -> Vec<(u32, u32)> {
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
    world::point(site, id).or_else(|| {
        let device = id.split_once('/').map_or(id, |(device, _)| device);
        let hint = match world::device(site, device) {
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
                    let raw = raw.integer(0..=i64::from(u32::MAX))?;
                    u32::try_from(raw).ok().map(Setting::Raw)
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

fn fits(node: Node<'_>, point: u32, setting: &Setting, site: &Site) -> Option<u32> {
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
