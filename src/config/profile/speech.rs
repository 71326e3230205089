//! Profiles of devices that report by themselves: panels that print text, and GB/T 26875.3.
//!
//! Takes: `protocol`, `[text]`, and the alarms and arrays of such a profile.
//! Gives: the whole [`Profile`]; its alarms hold when the device says so.
//! Never: an address or a register, which such a device does not have; a pattern that could not be compiled.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{arrays, patterns, spoken};
use crate::config::category;
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::problem::Problems;
use crate::engine::base::Text;
use crate::engine::profile::{Affine, AlarmSpec, ArraySpec, Expression, Grammar, Profile, Speech, TextEncoding};

/// Words of `protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Modbus,
    Text,
    Gbt26875,
}

const PROTOCOLS: [(&str, Protocol); 3] =
    [("modbus", Protocol::Modbus), ("text", Protocol::Text), ("gbt26875", Protocol::Gbt26875)];

const ENCODINGS: [(&str, TextEncoding); 2] = [("gb18030", TextEncoding::Gb18030), ("ascii", TextEncoding::Ascii)];

/// Keys of a profile that speak of registers.
const OF_REGISTERS: [&str; 8] = ["unit", "link", "states", "points", "commands", "memory", "status", "without"];
/// Point segments that the engine uses below such a device.
const TAKEN: [&str; 3] = ["link", "record", "panel"];

/// The profile of a device that reports by itself; nothing when it is asked by Modbus. `head` is what every profile has.
pub fn profile(head: &Profile, root: &Fields<'_>, problems: &Problems) -> Option<Profile> {
    let protocol = root.get("protocol").map_or(Some(Protocol::Modbus), |node| node.word(&PROTOCOLS));
    let protocol = protocol.unwrap_or(Protocol::Modbus);
    if let Some(node) = root.get("text").filter(|_| protocol != Protocol::Text) {
        node.error("[text] is for panels that print text", "add protocol = \"text\", or leave it out");
    }
    if protocol == Protocol::Modbus {
        return None;
    }
    for key in OF_REGISTERS.into_iter().filter(|key| root.get(key).is_some()) {
        let message = format!("\"{key}\" is for devices that are asked; this one reports by itself");
        problems.error(root.spot_of(key), message, "leave it out");
    }
    let alarms = alarms(&root.entries("alarms"), problems);
    let arrays = arrays(&root.entries("arrays"), &alarms, problems);
    let profile = Profile { alarms, arrays, ..head.clone() };
    let speech = if protocol == Protocol::Text { Speech::Text(grammar(root, &profile)) } else { Speech::Gbt26875 };
    Some(Profile { speech, ..profile })
}

fn grammar(root: &Fields<'_>, profile: &Profile) -> Grammar {
    let fields = match root.get("text") {
        Some(node) => node.fields(&spoken::TEXT),
        None => {
            root.problems().error(root.spot(), "a panel that prints text needs [text]", "add [text] with its patterns");
            None
        }
    };
    let fields = fields.as_ref();
    let get = |key: &str| fields.and_then(|fields| fields.get(key));
    let sequences =
        |key: &str| get(key).and_then(Node::list).unwrap_or_default().into_iter().filter_map(bytes).collect();
    let duration = |key: &str, least: Duration, most: Duration| get(key).and_then(|node| node.duration(least..=most));
    Grammar {
        encoding: get("encoding").and_then(|node| node.word(&ENCODINGS)).unwrap_or(TextEncoding::Gb18030),
        begins: sequences("begins"),
        ends: sequences("ends"),
        ignore: sequences("ignore"),
        pause: duration("pause", Duration::from_millis(20), Duration::from_secs(60))
            .unwrap_or(Duration::from_millis(500)),
        longest: get("longest")
            .and_then(|node| node.integer(16..=4096))
            .and_then(|longest| usize::try_from(longest).ok())
            .unwrap_or(512),
        heartbeat: duration("heartbeat", Duration::from_secs(1), Duration::from_secs(7 * 24 * 3600)),
        patterns: fields.map_or_else(Vec::new, |fields| patterns::read(fields, profile)),
    }
}

/// `"0A 0A"`: bytes as hexadecimal numbers.
fn bytes(node: Node<'_>) -> Option<Vec<u8>> {
    let text = node.text()?;
    let parse = |pair: &str| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2);
    let bytes: Option<Vec<u8>> = text.split_ascii_whitespace().map(parse).collect();
    match bytes {
        Some(bytes) if bytes.len() <= 8 => Some(bytes),
        _ => {
            node.error(format!("\"{text}\" is no sequence of bytes"), "one to eight, hexadecimal: \"1B 36\"");
            None
        }
    }
}

fn alarms(entries: &[(Name<'_>, Node<'_>)], problems: &Problems) -> Vec<AlarmSpec> {
    let mut list: Vec<AlarmSpec> = Vec::new();
    for (name, node) in entries {
        check_segment(name.text, name.spot.clone(), problems);
        if TAKEN.contains(&name.text) {
            let message = format!("\"{}\" is a name the gateway itself uses below such a device", name.text);
            problems.error(name.spot.clone(), message, "choose another");
        }
        list.extend(node.fields(&spoken::ALARM).and_then(|fields| alarm(name.text, &fields)));
    }
    list
}

fn alarm(key: &str, fields: &Fields<'_>) -> Option<AlarmSpec> {
    let name = fields.get("name").and_then(Node::both_languages);
    let category = fields.get("category").and_then(category::read)?;
    Some(AlarmSpec {
        follows: Vec::new(),
        by_class: false,
        advice: crate::engine::base::Text::default(),
        key: key.to_owned(),
        on: None,
        name: name.unwrap_or_else(|| Text::same(key)),
        category,
        level: None,
        latches: category.rules().latches,
        delay: Duration::ZERO,
        when: Expression::Reported,
    })
}

fn arrays(entries: &[(Name<'_>, Node<'_>)], device: &[AlarmSpec], problems: &Problems) -> Vec<ArraySpec> {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    taken.extend(device.iter().map(|alarm| (alarm.key.clone(), format!("the alarm \"{}\"", alarm.key))));
    taken
        .extend(TAKEN.iter().map(|name| ((*name).to_owned(), "what the gateway itself says of the device".to_owned())));
    let mut list = Vec::new();
    for (name, node) in entries {
        check_segment(name.text, name.spot.clone(), problems);
        let before = problems.errors();
        let Some(fields) = node.fields(&spoken::ARRAY) else { continue };
        let array = array(name.text, &fields, problems);
        if problems.errors() == before {
            arrays::check_names(&array, &fields, &mut taken);
        }
        list.push(array);
    }
    list
}

fn array(key: &str, fields: &Fields<'_>, problems: &Problems) -> ArraySpec {
    let rules = fields.entries("alarms");
    let alarms = alarms(&rules, problems);
    for (number, alarm) in alarms.iter().enumerate() {
        if let Some(other) = alarms[..number].iter().find(|other| other.category == alarm.category)
            && let Some((name, _)) = rules.iter().find(|(name, _)| name.text == alarm.key)
        {
            let category = alarm.category.as_str();
            let message = format!("\"{}\" is the same condition as \"{}\" ({category})", alarm.key, other.key);
            problems.error(name.spot.clone(), message, "an element has one alarm of a category");
        }
    }
    ArraySpec {
        class: None,
        statuses: Vec::new(),
        without: Vec::new(),
        key: key.to_owned(),
        naming: fields.get("element").and_then(arrays::naming).unwrap_or_default(),
        address: Affine { constant: 0, per_loop: 0, per_index: 0 },
        loops: fields.get("loop").map_or(Some((1, 1)), arrays::range).unwrap_or((1, 1)),
        indices: fields.get("index").and_then(arrays::range).unwrap_or((1, 1)),
        fields: Vec::new(),
        alarms,
        commands: Vec::new(),
    }
}
