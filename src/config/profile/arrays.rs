//! Regular arrays of points: the detectors and modules of a panel's loops.
//!
//! Takes: the entries of `[arrays]`.
//! Gives: [`ArraySpec`]s whose every element lies within the table.
//! Never: an element name that another element, point or alarm has.

use std::collections::BTreeMap;

use super::encoding::TABLES;
use super::point_rows::Points;
use super::points;
use super::shared::SharedStates;
use super::statuses::{self, Words};
use super::{affine, alarms, commands, keys};
use crate::config::class;
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::problem::Problems;
use crate::engine::base::is_segment;
use crate::engine::profile::{Affine, AlarmSpec, ArraySpec, CommandSpec, Table};

/// What the device has besides its arrays.
pub struct Own<'a, 'b> {
    /// The classes, and its own.
    pub words: Words<'b>,
    /// Its single points; those that decide about elements are read as often as the elements.
    pub points: &'b mut Points<'a>,
    /// Rules over them.
    pub alarms: &'b [AlarmSpec],
    /// What it can be commanded.
    pub commands: &'b [CommandSpec],
}

/// Reads the arrays of a device.
pub fn read<'a>(
    entries: &[(Name<'a>, Node<'a>)],
    own: &mut Own<'a, '_>,
    shared: &SharedStates<'_>,
    problems: &Problems,
) -> Vec<ArraySpec> {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    taken.extend(own.points.list.iter().map(|point| (point.key.clone(), format!("the point \"{}\"", point.key))));
    taken.extend(own.alarms.iter().map(|rule| (rule.key.clone(), format!("the alarm \"{}\"", rule.key))));
    let named = own.commands.iter().filter(|command| command.on.is_none());
    taken.extend(named.map(|command| (command.verb.clone(), format!("the command \"{}\"", command.verb))));
    let mut list = Vec::new();
    for (name, node) in entries {
        check_segment(name.text, name.spot.clone(), problems);
        let before = problems.errors();
        let Some(fields) = node.fields(&keys::ARRAY) else { continue };
        let Some(array) = array(name.text, &fields, own, shared, problems) else { continue };
        if problems.errors() == before {
            check_names(&array, &fields, &mut taken);
            check_addresses(&array, &fields);
        }
        list.push(array);
    }
    list
}

fn array<'a>(
    key: &str,
    fields: &Fields<'a>,
    own: &mut Own<'a, '_>,
    shared: &SharedStates<'_>,
    problems: &Problems,
) -> Option<ArraySpec> {
    let naming = fields.get("element").and_then(naming).unwrap_or_default();
    let table = fields.get("table").and_then(|node| node.word(&TABLES));
    let loops = fields.get("loop").map_or(Some((1, 1)), range).unwrap_or((1, 1));
    let indices = fields.get("index").and_then(range).unwrap_or((1, 1));
    let address = fields.get("address").and_then(|node| formula(node, problems));
    // The table only matters for what the fields may be; a wrong one has been reported.
    let inherited = (table.unwrap_or(Table::Holding), &mut *own.points);
    let mut rows = points::read(&fields.entries("fields"), Some(inherited), shared, problems);
    let class = fields.get("class").and_then(|node| class::known(node, own.words.classes));
    rows.settings = Words { class, ..own.words }.settings();
    rows.class_alarms = Words { class: None, ..own.words }.alarms();
    if let (Some(node), true) = (fields.get("fields"), rows.list.is_empty()) {
        node.error("an array needs at least one field", "");
    }
    let rules = alarms::read(&fields.entries("alarms"), &rows, alarms::Home::Element, problems);
    let commands = commands::read(&fields.entries("commands"), &rows, Some(table.unwrap_or(Table::Holding)), problems);
    // An element is what its device type says, so they may be statuses of any class.
    let statuses = statuses::read(&fields.entries("status"), &rows, Words { class: None, ..own.words }, problems);
    let without = statuses::without(fields, Words { class: None, ..own.words }, &rules);
    Some(ArraySpec {
        key: key.to_owned(),
        naming,
        address: address?,
        loops,
        indices,
        fields: rows.list,
        alarms: rules,
        commands,
        class: class.map(|at| own.words.classes.list[at as usize].id.clone()),
        statuses,
        without,
    })
}

pub(super) fn naming(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    let example = text.replace("{loop}", "1").replace("{index}", "1");
    if !is_segment(&example) {
        let hint = "a-z 0-9 _ . - with {loop} and {index}: \"l{loop}-d{index}\"";
        node.error(format!("\"{text}\" cannot name elements"), hint);
        return None;
    }
    Some(text.to_owned())
}

pub(super) fn range(node: Node<'_>) -> Option<(u16, u16)> {
    let (first, last) = node.pair()?;
    let (first, last) = (first.integer(0..=65535)?, last.integer(0..=65535)?);
    if first > last {
        node.error(format!("the range {first} to {last} is empty"), "write [first, last]");
        return None;
    }
    u16::try_from(first).ok().zip(u16::try_from(last).ok())
}

fn formula(node: Node<'_>, problems: &Problems) -> Option<Affine> {
    match affine::parse(node.text()?) {
        Ok(affine) => Some(affine),
        Err(affine::Finding(offset, message)) => {
            let hint = "numbers, loop, index, + - * and parentheses: \"(loop-1)*400 + (index-1)\"";
            problems.error(node.spot_within(offset), message, hint);
            None
        }
    }
}

pub(super) fn check_names(array: &ArraySpec, fields: &Fields<'_>, taken: &mut BTreeMap<String, String>) {
    let Some(node) = fields.get("element") else { return };
    for (lacks, range, word) in [
        (!array.naming.contains("{loop}"), array.loops, "{loop}"),
        (!array.naming.contains("{index}"), array.indices, "{index}"),
    ] {
        if lacks && range.0 != range.1 {
            node.error(format!("the elements would share a name: \"{}\" lacks {word}", array.naming), "");
            return;
        }
    }
    for (number_of_loop, index) in elements(array) {
        let name = array.naming.replace("{loop}", &number_of_loop.to_string()).replace("{index}", &index.to_string());
        let owner = format!("loop {number_of_loop} index {index} of \"{}\"", array.key);
        if let Some(other) = taken.insert(name.clone(), owner.clone()) {
            node.error(format!("\"{name}\" would name both {owner} and {other}"), "");
            return;
        }
    }
}

fn check_addresses(array: &ArraySpec, fields: &Fields<'_>) {
    let Some(node) = fields.get("address") else { return };
    let affine = array.address;
    let base = |number_of_loop: u16, index: u16| {
        i64::from(affine.constant)
            + i64::from(affine.per_loop) * i64::from(number_of_loop)
            + i64::from(affine.per_index) * i64::from(index)
    };
    // Affine over a rectangle: the extremes lie in its corners.
    let corners: Vec<(u16, u16, i64)> = [array.loops.0, array.loops.1]
        .into_iter()
        .flat_map(|number| [array.indices.0, array.indices.1].map(|index| (number, index, base(number, index))))
        .collect();
    for (number_of_loop, index, base) in &corners {
        for field in &array.fields {
            let first = base + i64::from(field.encoding.address);
            if *base < 0 || first + i64::from(field.encoding.width()) > 65536 {
                let message = format!(
                    "\"{}\" of loop {number_of_loop} index {index} would be at {first}, outside of 0 to 65535",
                    field.key
                );
                node.error(message, "");
                return;
            }
        }
    }
    commands::check_range(&array.commands, &corners, node);
}

fn elements(array: &ArraySpec) -> impl Iterator<Item = (u16, u16)> {
    let indices = array.indices;
    (array.loops.0..=array.loops.1).flat_map(move |l| (indices.0..=indices.1).map(move |index| (l, index)))
}
