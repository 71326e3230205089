//! The encoding of one point: what its bits mean.
//!
//! Takes: the fields of a point or of an array's field.
//! Gives: the [`Encoding`], every contradiction told at its key.
//! Never: a key that says nothing about its type; `order` on one bit is a mistake, not a habit.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::keys;
use super::shared::SharedStates;
use crate::config::document::{Fields, Node, check_segment};
use crate::config::expression;
use crate::engine::base::Text;
use crate::engine::profile::{Bytes, Characters, Encoding, Kind, Order, State, Table, TextEncoding};

/// Words of `table`.
pub(super) const TABLES: [(&str, Table); 4] =
    [("coil", Table::Coil), ("discrete", Table::Discrete), ("input", Table::Input), ("holding", Table::Holding)];

/// What `type` says: most name a raw pattern, a byte is a part of a word, a text needs more keys.
#[derive(Clone, Copy)]
enum Type {
    Plain(Kind),
    Byte(&'static str, Kind),
    Text,
}

const TYPES: [(&str, Type); 14] = [
    ("bit", Type::Plain(Kind::Bit)),
    ("u8", Type::Byte("u8", Kind::U16)),
    ("i8", Type::Byte("i8", Kind::I16)),
    ("u16", Type::Plain(Kind::U16)),
    ("i16", Type::Plain(Kind::I16)),
    ("u32", Type::Plain(Kind::U32)),
    ("i32", Type::Plain(Kind::I32)),
    ("u64", Type::Plain(Kind::U64)),
    ("i64", Type::Plain(Kind::I64)),
    ("f32", Type::Plain(Kind::F32)),
    ("f64", Type::Plain(Kind::F64)),
    ("bcd16", Type::Plain(Kind::Bcd16)),
    ("bcd32", Type::Plain(Kind::Bcd32)),
    ("text", Type::Text),
];

/// Orders of two or four registers.
pub(super) const ORDERS: [(&str, Order); 4] =
    [("ABCD", Order::Abcd), ("CDAB", Order::Cdab), ("BADC", Order::Badc), ("DCBA", Order::Dcba)];
/// Orders of the bytes within each register.
const ORDERS_OF_BYTES: [(&str, Order); 2] = [("AB", Order::Abcd), ("BA", Order::Badc)];

const SETS: [(&str, TextEncoding); 2] = [("ascii", TextEncoding::Ascii), ("gb18030", TextEncoding::Gb18030)];
const BYTES: [(&str, Bytes); 3] = [("both", Bytes::Both), ("high", Bytes::High), ("low", Bytes::Low)];
const BYTE: [(&str, (u8, u8)); 2] = [("high", (8, 8)), ("low", (0, 8))];

/// Keys that only a number has.
const OF_NUMBERS: [&str; 5] = ["scale", "offset", "unit", "valid", "deadband"];
/// Keys that only a text has.
const OF_TEXTS: [&str; 3] = ["registers", "encoding", "bytes"];

/// Reads what the fields say about the encoding; in an array `inherited` is its table.
pub(super) fn read(encoding: &mut Encoding, fields: &Fields<'_>, inherited: Option<Table>, shared: &SharedStates<'_>) {
    let table = inherited.or_else(|| fields.get("table").and_then(|node| node.word(&TABLES)));
    let given = fields.get("type").and_then(|node| node.word(&TYPES));
    let kind = given.map(|given| kind(given, fields));
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
    // Without these nothing below can be judged; their own errors have been reported.
    let (Some(table), Some(given), Some(kind)) = (table, given, kind) else { return };
    (encoding.table, encoding.kind) = (table, kind);
    if table.is_bits() && kind != Kind::Bit {
        let message = format!("the table \"{}\" holds bits, not {}", table.as_str(), kind.as_str());
        let hint = "type = \"bit\", or table = \"input\" or \"holding\"";
        fields.get("type").into_iter().for_each(|node| node.error(message.clone(), hint));
    }
    one_bit(encoding, fields);
    part_of_word(encoding, given, fields);
    order(encoding, fields);
    if let Some(node) = fields.get("states") {
        encoding.states = shared.resolve(node).and_then(|table| states(table, encoding));
        refuse(fields, &OF_NUMBERS, "a point with states");
    } else if let Kind::Bit | Kind::Text(_) = kind {
        refuse(fields, &OF_NUMBERS, if kind == Kind::Bit { "a bit" } else { "a text" });
    } else {
        number(encoding, fields);
    }
    match kind {
        Kind::Bit => refuse(fields, &["absent"], "a bit"),
        Kind::Text(_) => refuse(fields, &["absent"], "a text"),
        _ => absent(encoding, fields),
    }
    if !matches!(kind, Kind::Text(_)) {
        refuse(fields, &OF_TEXTS, kind.as_str());
    }
}

/// Keys that mean nothing here.
fn refuse(fields: &Fields<'_>, keys: &[&str], what: &str) {
    for key in keys {
        if let Some(extra) = fields.get(key) {
            extra.error(format!("\"{key}\" means nothing for {what}"), "");
        }
    }
}

fn kind(given: Type, fields: &Fields<'_>) -> Kind {
    match given {
        Type::Plain(kind) | Type::Byte(_, kind) => kind,
        Type::Text => {
            let registers = match fields.get("registers") {
                Some(node) => node.integer(1..=125).and_then(|many| u16::try_from(many).ok()),
                None => {
                    let message = "how many registers does the text take?";
                    fields.get("type").into_iter().for_each(|node| node.error(message, "add registers = 1 to 125"));
                    None
                }
            };
            Kind::Text(Characters {
                registers: registers.unwrap_or(1),
                set: fields.get("encoding").and_then(|node| node.word(&SETS)).unwrap_or(TextEncoding::Ascii),
                bytes: fields.get("bytes").and_then(|node| node.word(&BYTES)).unwrap_or_default(),
            })
        }
    }
}

fn one_bit(encoding: &mut Encoding, fields: &Fields<'_>) {
    let kind = encoding.kind;
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
}

fn part_of_word(encoding: &mut Encoding, given: Type, fields: &Fields<'_>) {
    match (given, fields.get("byte")) {
        (Type::Byte(..), Some(node)) => encoding.bits = Some(node.word(&BYTE).unwrap_or((0, 8))),
        (Type::Byte(word, _), None) => fields.get("type").into_iter().for_each(|node| {
            node.error(format!("which byte of the word is the {word}?"), "add byte = \"high\" or \"low\"");
        }),
        (_, Some(node)) => node.error("\"byte\" is for type = \"u8\" or \"i8\"", ""),
        (_, None) => {}
    }
    let Some(node) = fields.get("bits") else { return };
    let kind = encoding.kind;
    if let Type::Byte(word, _) = given {
        return node
            .error(format!("\"bits\" means nothing for {word}"), "use type = \"u16\" with bits = [lowest, how many]");
    }
    let width: i64 = match kind {
        Kind::U16 | Kind::U32 | Kind::U64 => i64::from(kind.width()) * 16,
        Kind::Bit => return node.error("\"bits\" means nothing for a bit", "use \"bit\""),
        _ if kind.is_signed() => {
            let message = format!("a part of an {} has no sign", kind.as_str());
            return node.error(message, "type = \"u16\", \"u32\" or \"u64\"");
        }
        _ => return node.error(format!("\"bits\" means nothing for {}", kind.as_str()), ""),
    };
    let Some((lowest, count)) = node.pair() else { return };
    let (Some(low), Some(many)) = (lowest.integer(0..=width - 1), count.integer(1..=width)) else { return };
    if low + many > width {
        node.error(format!("{many} bits from bit {low} reach beyond the {width} of a {}", kind.as_str()), "");
    }
    encoding.bits = u8::try_from(low).ok().zip(u8::try_from(many).ok());
}

fn order(encoding: &mut Encoding, fields: &Fields<'_>) {
    let Some(node) = fields.get("order") else { return };
    let of_bytes = match encoding.kind {
        Kind::Text(Characters { bytes: Bytes::Both, .. }) => true,
        Kind::Text(_) => {
            return node.error("\"order\" means nothing where one byte of a register carries a character", "");
        }
        _ if encoding.table.is_bits() => return node.error("\"order\" means nothing for one bit", ""),
        kind => kind.width() == 1,
    };
    let given = node.text().unwrap_or_default();
    if of_bytes && ORDERS.iter().any(|(word, _)| *word == given) {
        return node.error(format!("\"{given}\" is for values of two or four registers"), "write AB or BA");
    }
    let order = if of_bytes { node.word(&ORDERS_OF_BYTES) } else { node.word(&ORDERS) };
    encoding.order = order.unwrap_or_default();
}

/// Number of bits that the type and `bits` leave, 1 to 64.
fn size(encoding: &Encoding) -> u32 {
    match (encoding.bits, encoding.kind) {
        (Some((_, count)), _) => u32::from(count).clamp(1, 64),
        (None, Kind::Bit) => 1,
        (None, kind) => 16 * u32::from(kind.width().min(4)),
    }
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
    let most = (1i128 << size(encoding)) - 1;
    // A signed value may be named as the manual prints it, -1 for 0xFFFF.
    let least = if encoding.kind.is_signed() { -(most / 2) - 1 } else { 0 };
    for node in fields.list("absent") {
        let Some(value) = node.whole(least..=most) else { continue };
        let pattern = u64::try_from(value & most).unwrap_or(0);
        if encoding.states.iter().flat_map(|states| states.iter()).any(|state| u64::from(state.code) == pattern) {
            node.error(format!("{value} is the code of a state already"), "");
        }
        encoding.absent.push(pattern);
    }
}

fn states(node: Node<'_>, encoding: &Encoding) -> Option<Arc<[State]>> {
    if !matches!(encoding.kind, Kind::U16 | Kind::U32) {
        node.error(format!("type {} has no states", encoding.kind.as_str()), "type = \"u16\", with \"bits\" if needed");
    }
    let most = (1i64 << size(encoding).min(32)) - 1;
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
