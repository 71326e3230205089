//! The event memory of a profile: `[memory]`.
//!
//! Takes: the table, and the device's points and alarms, which its codes may name.
//! Gives: the [`Memory`].
//! Never: a memory that runs over the end of its table; a code that means two things.

use toml::de::DeValue;

use super::encoding::{self, TABLES};
use super::remembered;
use crate::config::category;
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::base::Text;
use crate::engine::profile::{AlarmSpec, CodeSpec, Memory, Order, PointSpec, Sequence, Stamp, Table};

const SEQUENCES: [(&str, Sequence); 2] =
    [("newest-first", Sequence::NewestFirst), ("oldest-first", Sequence::OldestFirst)];

/// Reads `[memory]`, if there is one.
pub fn read(root: &Fields<'_>, points: &[PointSpec], alarms: &[AlarmSpec]) -> Option<Memory> {
    let node = root.get("memory")?;
    let fields = node.fields(&remembered::MEMORY)?;
    let number = |key: &str, bounds: std::ops::RangeInclusive<i64>| {
        fields.get(key).and_then(|node| node.integer(bounds)).and_then(|number| u16::try_from(number).ok())
    };
    let (points, rules) = (points.iter().map(|point| &point.key), alarms.iter().map(|alarm| &alarm.key));
    if points.chain(rules).any(|key| key == Memory::SEGMENT) {
        let message = format!("a point or alarm is called \"{}\" as well", Memory::SEGMENT);
        root.problems().error(root.spot_of("memory"), message, "the gateway itself speaks of the memory by that name");
    }
    let codes = codes(&fields.entries("codes"), alarms, root.problems());
    let memory = Memory {
        table: table(&fields)?,
        counter: number("counter", 0..=65535),
        first: number("first", 0..=65535)?,
        stride: number("stride", 1..=16)?,
        entries: number("entries", 1..=1000)?,
        order: fields.get("order").and_then(|node| node.word(&SEQUENCES))?,
        code: number("code", 0..=15)?,
        time: stamp(&fields, number("time", 0..=14)),
        codes,
    };
    check(&memory, &fields);
    Some(memory)
}

fn table(fields: &Fields<'_>) -> Option<Table> {
    let node = fields.get("table")?;
    let table = node.word(&TABLES)?;
    if table.is_bits() {
        node.error("a memory is words", "table = \"holding\" or \"input\"");
    }
    Some(table)
}

fn stamp(fields: &Fields<'_>, offset: Option<u16>) -> Option<Stamp> {
    for key in
        ["time-order", "epoch"].into_iter().filter(|key| fields.get("time").is_none() && fields.get(key).is_some())
    {
        let message = format!("\"{key}\" means nothing for entries without a time");
        fields.problems().error(fields.spot_of(key), message, "add \"time\"");
    }
    let order = fields.get("time-order").and_then(|node| node.word(&encoding::ORDERS)).unwrap_or(Order::Abcd);
    Some(Stamp { offset: offset?, order, epoch: fields.get("epoch").and_then(epoch) })
}

/// Days from 1970-01-01 to the date.
fn epoch(node: Node<'_>) -> Option<i32> {
    let text = node.text()?;
    let date: Option<jiff::civil::Date> = text.parse().ok();
    // Between two dates jiff counts days and nothing larger.
    let days = date.map(|date| (date - jiff::civil::date(1970, 1, 1)).get_days());
    if days.is_none() {
        node.error(format!("\"{text}\" is no date"), "write year-month-day: \"1970-01-01\"");
    }
    days
}

fn check(memory: &Memory, fields: &Fields<'_>) {
    let error = |key: &str, message: String, hint: &str| fields.problems().error(fields.spot_of(key), message, hint);
    let stride = memory.stride;
    if u32::from(memory.first) + u32::from(stride) * u32::from(memory.entries) > 65536 {
        error("entries", "the memory runs over the end of the table".to_owned(), "");
    }
    if memory.code >= stride {
        error("code", format!("\"code\" lies beyond an entry of {stride} words"), "they count from 0");
    }
    if memory.time.is_some_and(|stamp| stamp.offset + 1 >= stride) {
        error(
            "time",
            format!("\"time\" lies beyond an entry of {stride} words"),
            "it takes two, and they count from 0",
        );
    }
    if memory.time.is_some_and(|stamp| [stamp.offset, stamp.offset + 1].contains(&memory.code)) {
        error("code", "\"code\" and \"time\" lie on each other".to_owned(), "");
    }
    let words = memory.first..memory.first.saturating_add(memory.words());
    if memory.counter.is_some_and(|counter| words.contains(&counter)) {
        error("counter", "\"counter\" lies among the entries".to_owned(), "");
    }
}

fn codes(entries: &[(Name<'_>, Node<'_>)], alarms: &[AlarmSpec], problems: &Problems) -> Vec<CodeSpec> {
    let mut list: Vec<CodeSpec> = Vec::new();
    for (name, node) in entries {
        check_segment(name.text, name.spot.clone(), problems);
        let Some(spec) = node.fields(&remembered::CODE).and_then(|fields| code(name.text, &fields, alarms)) else {
            continue;
        };
        let (first, last) = spec.codes;
        if let Some(other) = list.iter().find(|other| other.codes.0 <= last && first <= other.codes.1) {
            node.error(format!("\"{}\" and \"{}\" have a code in common", other.key, spec.key), "");
        }
        list.push(spec);
    }
    list
}

fn code(key: &str, fields: &Fields<'_>, alarms: &[AlarmSpec]) -> Option<CodeSpec> {
    let name = fields.get("name").and_then(Node::both_languages);
    let category = fields.get("category").and_then(category::read);
    for key in
        ["active", "alarms"].into_iter().filter(|key| fields.get("category").is_none() && fields.get(key).is_some())
    {
        let message = format!("\"{key}\" means nothing for what is only history");
        fields.problems().error(fields.spot_of(key), message, "add \"category\"");
    }
    let named = fields.list("alarms").into_iter().filter_map(|node| alarm(node, alarms)).collect();
    Some(CodeSpec {
        key: key.to_owned(),
        codes: numbers(fields.get("code")?)?,
        name: name.unwrap_or_else(|| Text::same(key)),
        category,
        active: fields.get("active").and_then(Node::boolean).unwrap_or(true),
        alarms: named,
    })
}

fn numbers(node: Node<'_>) -> Option<(u16, u16)> {
    let number = |node: Node<'_>| node.integer(0..=65535).and_then(|number| u16::try_from(number).ok());
    if !matches!(node.value(), DeValue::Array(_)) {
        return number(node).map(|code| (code, code));
    }
    let (first, last) = node.pair()?;
    let (first, last) = (number(first)?, number(last)?);
    if first > last {
        node.error(format!("there is no code from {first} to {last}"), "write [first, last]");
        return None;
    }
    Some((first, last))
}

fn alarm(node: Node<'_>, alarms: &[AlarmSpec]) -> Option<u32> {
    let name = node.text()?;
    let found = alarms.iter().position(|alarm| alarm.key == name);
    if found.is_none() {
        let hint = did_you_mean(name, alarms.iter().map(|alarm| alarm.key.as_str()));
        node.error(format!("unknown alarm \"{name}\""), hint);
    }
    found.and_then(|at| u32::try_from(at).ok())
}
