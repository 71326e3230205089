//! Single points and fields of arrays: where a value is and what its bits mean.
//!
//! Takes: the entries of `[points]` or of an array's `fields`.
//! Gives: [`Points`]: the rows, and what alarm conditions may say about each.
//! Never: an encoding that the decoder could not follow.

use std::sync::Arc;

use super::point_rows::Points;
use super::proviso::{self, Said};
use super::rates;
use super::shared::SharedStates;
use super::{PACES, encoding, keys};
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::expression::{self, Slot, SlotKind};
use crate::config::problem::Problems;
use crate::engine::base::Text;
use crate::engine::profile::{Encoding, Kind, Order, Pace, PointSpec, Table};

/// Reads the rows; what an array's rows inherit is its table and the sight of the device's single points.
pub fn read<'a>(
    entries: &[(Name<'a>, Node<'a>)],
    inherited: Option<(Table, &mut Points<'a>)>,
    shared: &SharedStates<'_>,
    problems: &Problems,
) -> Points<'a> {
    let mut points = Points {
        list: Vec::new(),
        slots: Vec::new(),
        nodes: Vec::new(),
        decided: Vec::new(),
        settings: Vec::new(),
        class_alarms: Vec::new(),
    };
    let (table, single) = inherited.map_or((None, None), |(table, single)| (Some(table), Some(single)));
    let (mut said, mut rated) = (Vec::new(), Vec::new());
    for (name, node) in entries {
        let before = problems.errors();
        check_segment(name.text, name.spot.clone(), problems);
        if expression::is_number(name.text) || ["in", "and", "or", "not"].contains(&name.text) {
            let message =
                format!("\"{}\" cannot be a point's name: conditions would not know it from a word", name.text);
            problems.error(name.spot.clone(), message, "");
        }
        let grows = rates::is_rated(*node);
        let section = match table {
            _ if grows => &keys::RATED,
            Some(_) => &keys::FIELD,
            None => &keys::POINT,
        };
        let fields = node.fields(section);
        rated.extend(fields.as_ref().filter(|_| grows).and_then(|fields| rates::read(points.list.len(), fields)));
        let spec = fields
            .as_ref()
            .map(|fields| if grows { shown(name.text, fields) } else { point(name.text, fields, table, shared) });
        let kind = match &spec {
            Some(spec) if problems.errors() == before => slot_kind(&spec.encoding),
            _ => SlotKind::Faulty,
        };
        points.slots.push(Slot { key: name.text.to_owned(), kind });
        // A faulty row keeps its slot, so that the conditions after it still resolve; the profile is refused anyway.
        let spec = spec.unwrap_or_else(|| placeholder(name.text));
        let row = fields.filter(|_| !grows).map_or_else(Said::default, |fields| Said::of(&fields, &spec));
        points.decided.push(row.is_decided());
        said.push(row);
        points.list.push(spec);
        points.nodes.push(*node);
    }
    proviso::resolve(&mut points, &said, single);
    rates::resolve(&mut points, &rated);
    points
}

fn slot_kind(encoding: &Encoding) -> SlotKind {
    match (&encoding.states, encoding.kind) {
        (Some(states), _) => SlotKind::State(states.iter().map(|state| state.key.clone()).collect()),
        (None, Kind::Bit) => SlotKind::Bit,
        (None, Kind::Text(_)) => SlotKind::Text,
        (None, _) => SlotKind::Number,
    }
}

fn placeholder(key: &str) -> PointSpec {
    let encoding = Encoding {
        table: Table::Holding,
        address: 0,
        kind: Kind::U16,
        order: Order::Abcd,
        bits: None,
        scale: 1.0,
        offset: 0.0,
        valid: None,
        absent: Vec::new(),
        states: None,
    };
    PointSpec {
        key: key.to_owned(),
        name: Arc::new(Text::same(key)),
        encoding: Arc::new(encoding),
        pace: Pace::Normal,
        unit: "".into(),
        deadband: 0.0,
        proviso: None,
    }
}

fn point(key: &str, fields: &Fields<'_>, inherited: Option<Table>, shared: &SharedStates<'_>) -> PointSpec {
    let mut spec = shown(key, fields);
    spec.pace = fields.get("poll").and_then(|node| node.word(&PACES)).unwrap_or(Pace::Normal);
    encoding::read(Arc::make_mut(&mut spec.encoding), fields, inherited, shared);
    spec
}

/// How a point is shown: its name, unit and dead-band.
fn shown(key: &str, fields: &Fields<'_>) -> PointSpec {
    let mut spec = placeholder(key);
    if let Some(name) = fields.get("name").and_then(Node::both_languages) {
        spec.name = Arc::new(name);
    }
    if let Some(node) = fields.get("unit")
        && let Some(unit) = node.text()
    {
        if unit.chars().count() > 12 {
            node.error(format!("the unit \"{unit}\" is too long"), "up to 12 characters");
        }
        spec.unit = unit.into();
    }
    if let Some(node) = fields.get("deadband")
        && let Some(deadband) = node.number()
    {
        if deadband < 0.0 {
            node.error("a dead-band cannot be negative", "");
        }
        spec.deadband = deadband;
    }
    spec
}
