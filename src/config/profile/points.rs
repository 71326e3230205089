//! Single points and fields of arrays: where a value is and what its bits mean.
//!
//! Takes: the entries of `[points]` or of an array's `fields`.
//! Gives: [`Points`]: the rows, and what alarm conditions may say about each.
//! Never: an encoding that the decoder could not follow.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::shared::SharedStates;
use super::{PACES, keys};
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::expression::{self, Slot, SlotKind};
use crate::config::problem::Problems;
use crate::engine::base::Text;
use crate::engine::profile::{Encoding, Kind, Order, Pace, PointSpec, State, Table};

/// Words of `table`.
pub(super) const TABLES: [(&str, Table); 4] =
    [("coil", Table::Coil), ("discrete", Table::Discrete), ("input", Table::Input), ("holding", Table::Holding)];

const KINDS: [(&str, Kind); 6] = [
    ("bit", Kind::Bit),
    ("u16", Kind::U16),
    ("i16", Kind::I16),
    ("u32", Kind::U32),
    ("i32", Kind::I32),
    ("f32", Kind::F32),
];

const ORDERS: [(&str, Order); 4] =
    [("ABCD", Order::Abcd), ("CDAB", Order::Cdab), ("BADC", Order::Badc), ("DCBA", Order::Dcba)];

/// What was read: the rows, the slots conditions may name (same order), and where each row stands.
pub struct Points<'a> {
    /// The rows.
    pub list: Vec<PointSpec>,
    /// What each is to a condition.
    pub slots: Vec<Slot>,
    /// Where each stands, to report what is found later.
    pub nodes: Vec<Node<'a>>,
}

/// Reads the rows; in an array `inherited` is its table.
pub fn read<'a>(
    entries: &[(Name<'a>, Node<'a>)],
    inherited: Option<Table>,
    shared: &SharedStates<'_>,
    problems: &Problems,
) -> Points<'a> {
    let mut points = Points { list: Vec::new(), slots: Vec::new(), nodes: Vec::new() };
    for (name, node) in entries {
        let before = problems.errors();
        check_segment(name.text, name.spot.clone(), problems);
        if expression::is_number(name.text) || ["in", "and", "or", "not"].contains(&name.text) {
            let message =
                format!("\"{}\" cannot be a point's name: conditions would not know it from a word", name.text);
            problems.error(name.spot.clone(), message, "");
        }
        let section = if inherited.is_some() { &keys::FIELD } else { &keys::POINT };
        let spec = node.fields(section).map(|fields| point(name.text, &fields, inherited, shared));
        let kind = match &spec {
            Some(spec) if problems.errors() == before => slot_kind(&spec.encoding),
            _ => SlotKind::Faulty,
        };
        points.slots.push(Slot { key: name.text.to_owned(), kind });
        // A faulty row keeps its slot, so that the conditions after it still resolve; the profile is refused anyway.
        points.list.push(spec.unwrap_or_else(|| placeholder(name.text)));
        points.nodes.push(*node);
    }
    points
}

fn slot_kind(encoding: &Encoding) -> SlotKind {
    match (&encoding.states, encoding.kind) {
        (Some(states), _) => SlotKind::State(states.iter().map(|state| state.key.clone()).collect()),
        (None, Kind::Bit) => SlotKind::Bit,
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
        name: Text::same(key),
        encoding,
        pace: Pace::Normal,
        unit: String::new(),
        deadband: 0.0,
    }
}

fn point(key: &str, fields: &Fields<'_>, inherited: Option<Table>, shared: &SharedStates<'_>) -> PointSpec {
    let mut spec = placeholder(key);
    if let Some(name) = fields.get("name").and_then(Node::both_languages) {
        spec.name = name;
    }
    spec.pace = fields.get("poll").and_then(|node| node.word(&PACES)).unwrap_or(Pace::Normal);
    if let Some(node) = fields.get("unit")
        && let Some(unit) = node.text()
    {
        if unit.chars().count() > 12 {
            node.error(format!("the unit \"{unit}\" is too long"), "up to 12 characters");
        }
        spec.unit = unit.to_owned();
    }
    if let Some(node) = fields.get("deadband")
        && let Some(deadband) = node.number()
    {
        if deadband < 0.0 {
            node.error("a dead-band cannot be negative", "");
        }
        spec.deadband = deadband;
    }
    encoding(&mut spec.encoding, fields, inherited, shared);
    spec
}

fn encoding(encoding: &mut Encoding, fields: &Fields<'_>, inherited: Option<Table>, shared: &SharedStates<'_>) {
    let table = inherited.or_else(|| fields.get("table").and_then(|node| node.word(&TABLES)));
    let kind = fields.get("type").and_then(|node| node.word(&KINDS));
    if let Some(node) = fields.get("address")
        && let Some(address) = node.integer(0..=65535).and_then(|address| u16::try_from(address).ok())
    {
        encoding.address = address;
        if let Some(kind) = kind
            && u32::from(address) + u32::from(kind.width()) > 65536
        {
            node.error(format!("type {} at {address} runs over the end of the table", kind.as_str()), "");
        }
    }
    // Without both of these nothing below can be judged; their own errors have been reported.
    let (Some(table), Some(kind)) = (table, kind) else { return };
    (encoding.table, encoding.kind) = (table, kind);
    part_of_word(encoding, fields);
    if let Some(node) = fields.get("order") {
        if kind.width() != 2 {
            node.error(format!("\"order\" means nothing for {}", kind.as_str()), "it is for u32, i32 and f32");
        }
        encoding.order = node.word(&ORDERS).unwrap_or_default();
    }
    if let Some(node) = fields.get("states") {
        encoding.states = shared.resolve(node).and_then(|table| states(table, encoding));
        for key in ["scale", "offset", "unit", "valid", "deadband"] {
            if let Some(extra) = fields.get(key) {
                extra.error(format!("\"{key}\" means nothing for a point with states"), "");
            }
        }
    } else if kind == Kind::Bit {
        for key in ["scale", "offset", "unit", "valid", "deadband", "absent"] {
            if let Some(extra) = fields.get(key) {
                extra.error(format!("\"{key}\" means nothing for a bit"), "");
            }
        }
    } else {
        number(encoding, fields);
    }
    if kind != Kind::Bit {
        absent(encoding, fields);
    }
}

fn part_of_word(encoding: &mut Encoding, fields: &Fields<'_>) {
    let kind = encoding.kind;
    if encoding.table.is_bits() && kind != Kind::Bit {
        let message = format!("the table \"{}\" holds bits, not {}", encoding.table.as_str(), kind.as_str());
        let hint = "type = \"bit\", or table = \"input\" or \"holding\"";
        fields.get("type").into_iter().for_each(|node| node.error(message.clone(), hint));
    }
    match (fields.get("bit"), kind == Kind::Bit && !encoding.table.is_bits()) {
        (Some(node), true) => {
            let bit = node.integer(0..=15).and_then(|bit| u8::try_from(bit).ok()).unwrap_or(0);
            encoding.bits = Some((bit, 1));
        }
        (Some(node), false) if kind == Kind::Bit => {
            node.error("every address of this table is one bit already", "leave \"bit\" out");
        }
        (Some(node), false) => {
            node.error("\"bit\" is for type = \"bit\"", "for a part of a word write bits = [lowest, how many]")
        }
        (None, true) => fields.get("type").into_iter().for_each(|node| {
            node.error("which bit of the word?", "add bit = 0 to 15");
        }),
        (None, false) => {}
    }
    let Some(node) = fields.get("bits") else { return };
    let width: i64 = match kind {
        Kind::U16 => 16,
        Kind::U32 => 32,
        Kind::Bit => return node.error("\"bits\" means nothing for a bit", "use \"bit\""),
        _ => return node.error(format!("a part of an {} has no sign", kind.as_str()), "type = \"u16\" or \"u32\""),
    };
    let Some((lowest, count)) = node.pair() else { return };
    let (Some(low), Some(many)) = (lowest.integer(0..=width - 1), count.integer(1..=width)) else { return };
    if low + many > width {
        node.error(format!("{many} bits from bit {low} reach beyond the {width} of a {}", kind.as_str()), "");
    }
    encoding.bits = u8::try_from(low).ok().zip(u8::try_from(many).ok());
}

/// Largest raw pattern that the type and `bits` leave.
fn largest(encoding: &Encoding) -> i64 {
    let bits = match (encoding.bits, encoding.kind) {
        (Some((_, count)), _) => u32::from(count).min(32),
        (None, Kind::Bit) => 1,
        (None, kind) => 16 * u32::from(kind.width()),
    };
    (1i64 << bits) - 1
}

fn number(encoding: &mut Encoding, fields: &Fields<'_>) {
    if let Some(node) = fields.get("scale")
        && let Some(scale) = node.number()
    {
        if scale == 0.0 {
            node.error("a scale of 0 makes every value 0", "");
        }
        encoding.scale = scale;
    }
    encoding.offset = fields.get("offset").and_then(Node::number).unwrap_or(0.0);
    let Some(node) = fields.get("valid") else { return };
    let Some((least, most)) = node.pair() else { return };
    let (Some(least), Some(most)) = (least.number(), most.number()) else { return };
    if least > most {
        node.error(format!("the range {least} to {most} is empty"), "write [least, most]");
    }
    encoding.valid = Some((least, most));
}

fn absent(encoding: &mut Encoding, fields: &Fields<'_>) {
    let most = largest(encoding);
    // A signed value may be named as the manual prints it, -1 for 0xFFFF.
    let signed = matches!(encoding.kind, Kind::I16 | Kind::I32);
    let least = if signed { -(most / 2) - 1 } else { 0 };
    for node in fields.list("absent") {
        let Some(value) = node.integer(least..=most) else { continue };
        let pattern = u32::try_from(value & most).unwrap_or(0);
        if encoding.states.iter().flat_map(|states| states.iter()).any(|state| state.code == pattern) {
            node.error(format!("{value} is the code of a state already"), "");
        }
        encoding.absent.push(pattern);
    }
}

fn states(node: Node<'_>, encoding: &Encoding) -> Option<Arc<[State]>> {
    if !matches!(encoding.kind, Kind::U16 | Kind::U32) {
        node.error(format!("type {} has no states", encoding.kind.as_str()), "type = \"u16\", with \"bits\" if needed");
    }
    let most = largest(encoding);
    let mut codes: BTreeMap<u32, String> = BTreeMap::new();
    let mut list = Vec::new();
    let entries = node.entries()?;
    if entries.is_empty() {
        node.error("there are no states", "write { key = { code = 0, zh = \"…\", en = \"…\" } }");
    }
    if entries.len() > usize::from(u16::MAX) {
        node.error("more states than a point can have", "");
    }
    for (key, value) in entries {
        check_segment(key.text, key.spot.clone(), node.problems());
        if expression::is_number(key.text) {
            let message = format!("\"{}\" cannot be a state's key: conditions would take it for a number", key.text);
            node.problems().error(key.spot.clone(), message, "");
        }
        let Some(fields) = value.fields(&keys::STATE) else { continue };
        let text = |language: &str| fields.get(language).and_then(Node::text);
        let (zh, en) = (text("zh").unwrap_or_default(), text("en").unwrap_or_default());
        let Some(code_node) = fields.get("code") else { continue };
        let Some(code) = code_node.integer(0..=most).and_then(|code| u32::try_from(code).ok()) else { continue };
        if let Some(other) = codes.insert(code, key.text.to_owned()) {
            code_node.error(format!("code {code} is \"{other}\" already"), "every state has its own code");
        }
        list.push(State { code, key: key.text.to_owned(), name: Text::new(zh, en) });
    }
    Some(list.into())
}
