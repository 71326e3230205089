//! What a command writes: where, and which bits.
//!
//! Takes: the `write` and `pulse` of a command.
//! Gives: [`WriteSpec`] and [`Pulse`].
//! Never: more than one request can carry; bits outside of the mask.

use std::time::Duration;

use toml::de::DeValue;

use super::keys;
use crate::config::document::{Fields, Node};
use crate::config::problem::did_you_mean;
use crate::engine::profile::{Pulse, Table, Write, WriteSpec};

/// Words of `table`. The other two tables of Modbus cannot be written.
const TABLES: [(&str, Table); 2] = [("coil", Table::Coil), ("holding", Table::Holding)];
/// Fields a clock may have.
const CLOCK: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "weekday"];
/// Most registers and coils of one request (Modbus Application Protocol 1.1b3, functions 16 and 15).
const MOST: (usize, usize) = (123, 1968);

/// How a holding register is written, where the device does not take the usual function.
#[derive(Clone, Copy, PartialEq)]
enum Function {
    Multiple,
    Mask,
}

const FUNCTIONS: [(&str, Function); 2] = [("multiple", Function::Multiple), ("mask-write", Function::Mask)];

/// Reads one `write`; in an array `inherited` is its table and the address counts from the element's first.
pub fn read(node: Node<'_>, inherited: Option<Table>) -> Option<WriteSpec> {
    let fields = node.fields(&keys::WRITE)?;
    let address = fields
        .get("address")
        .map_or(inherited.map(|_| 0), |node| node.integer(0..=65535).and_then(|address| u16::try_from(address).ok()));
    let Some(address) = address else {
        if fields.get("address").is_none() {
            node.error("a write needs \"address\"", "the address as sent on the wire, from 0");
        }
        return None;
    };
    let function = match fields.get("function") {
        Some(node) => Some(node.word(&FUNCTIONS)?),
        None => None,
    };
    let kinds: Vec<&str> =
        ["value", "values", "mask", "clock"].into_iter().filter(|key| fields.get(key).is_some()).collect();
    let written = match kinds[..] {
        ["mask"] => masked(&fields, address, function),
        ["clock"] => fields.get("clock").and_then(clock).map(|fields| WriteSpec::Clock { address, fields }),
        [_] => plain(&fields, address, table(&fields, inherited, node)?, function),
        [] => {
            node.error("what is written?", "add value = …, values = […], mask = … with bits = …, or clock = […]");
            None
        }
        [first, second, ..] => {
            node.error(format!("\"{first}\" and \"{second}\" exclude each other"), "");
            None
        }
    }?;
    if let (Some(node), false) = (fields.get("bits"), kinds == ["mask"]) {
        node.error("\"bits\" goes with \"mask\"", "");
    }
    if let (Some(node), true, Some(Table::Coil)) = (
        fields.get("table"),
        matches!(kinds[..], ["mask" | "clock"]),
        fields.get("table").and_then(|n| n.word(&TABLES)),
    ) {
        node.error(format!("\"{}\" is for holding registers", kinds[0]), "table = \"holding\", or leave it out");
    }
    let (first, count) = written.covers();
    if inherited.is_none() && u32::from(first) + u32::from(count) > 65536 {
        node.error(format!("{count} from {first} run over the end of the table"), "");
    }
    Some(written)
}

fn table(fields: &Fields<'_>, inherited: Option<Table>, node: Node<'_>) -> Option<Table> {
    match fields.get("table") {
        Some(node) => {
            if let DeValue::String(text) = node.value()
                && ["input", "discrete"].contains(&text.as_ref())
            {
                node.error(format!("the table \"{text}\" can only be read"), "table = \"coil\" or \"holding\"");
                return None;
            }
            node.word(&TABLES)
        }
        None => {
            let table = inherited.filter(|table| matches!(table, Table::Coil | Table::Holding));
            if table.is_none() {
                node.error("where is it written?", "add table = \"coil\" or \"holding\"");
            }
            table
        }
    }
}

fn plain(fields: &Fields<'_>, address: u16, table: Table, function: Option<Function>) -> Option<WriteSpec> {
    if let (Some(node), Some(Function::Mask)) = (fields.get("function"), function) {
        node.error("\"mask-write\" goes with \"mask\"", "");
    }
    let several = function == Some(Function::Multiple);
    let write = match (table, fields.get("values")) {
        (Table::Coil, None) => {
            let value = fields.get("value")?.boolean()?;
            if several { Write::Coils(vec![value]) } else { Write::Coil(value) }
        }
        (Table::Coil, Some(node)) => Write::Coils(list(node, MOST.1, Node::boolean)?),
        (_, None) => {
            let word = fields.get("value").and_then(word)?;
            if several { Write::Registers(vec![word]) } else { Write::Register(word) }
        }
        (_, Some(node)) => Write::Registers(list(node, MOST.0, word)?),
    };
    Some(WriteSpec::Plain { table, address, write })
}

/// A register as a person writes it; -1 is 0xFFFF.
fn word(node: Node<'_>) -> Option<u16> {
    node.integer(-32768..=65535).and_then(|number| u16::try_from(number & 0xFFFF).ok())
}

fn list<'a, T>(node: Node<'a>, most: usize, one: impl Fn(Node<'a>) -> Option<T>) -> Option<Vec<T>> {
    let items = node.list()?;
    if items.is_empty() || items.len() > most {
        node.error(format!("one request carries 1 to {most} values, not {}", items.len()), "");
        return None;
    }
    let read: Vec<Option<T>> = items.into_iter().map(one).collect();
    read.into_iter().collect()
}

fn masked(fields: &Fields<'_>, address: u16, function: Option<Function>) -> Option<WriteSpec> {
    let mask = fields.get("mask").and_then(word)?;
    let Some(node) = fields.get("bits") else {
        fields.get("mask")?.error("what do the bits of the mask become?", "add bits = 0x…");
        return None;
    };
    let bits = node.integer(0..=65535).and_then(|bits| u16::try_from(bits).ok())?;
    if mask == 0 {
        fields.get("mask")?.error("a mask of 0 changes nothing", "");
    }
    if bits & !mask != 0 {
        node.error(format!("the bits {bits:#06x} lie outside of the mask {mask:#06x}"), "");
    }
    match function {
        Some(Function::Mask) => {
            let write = Write::Mask { and: !mask, or: bits };
            Some(WriteSpec::Plain { table: Table::Holding, address, write })
        }
        Some(Function::Multiple) => {
            fields.get("function")?.error("\"multiple\" goes with \"value\" or \"values\"", "");
            None
        }
        None => Some(WriteSpec::Modify { address, mask, bits }),
    }
}

fn clock(node: Node<'_>) -> Option<Vec<String>> {
    let mut fields: Vec<String> = Vec::new();
    for item in node.list()? {
        let text = item.text()?;
        if !CLOCK.contains(&text) {
            item.error(format!("a clock has no \"{text}\""), did_you_mean(text, CLOCK));
            return None;
        }
        if fields.iter().any(|field| field == text) {
            item.error(format!("\"{text}\" is given twice"), "");
        }
        fields.push(text.to_owned());
    }
    if fields.is_empty() {
        node.error("a clock needs at least one field", format!("known: {}", CLOCK.join(", ")));
        return None;
    }
    Some(fields)
}

/// Reads the second half of a pulse: at the same place as `first`, with what ends it.
pub fn pulse(node: Node<'_>, first: &WriteSpec) -> Option<Pulse> {
    let fields = node.fields(&keys::PULSE)?;
    let bounds = Duration::from_millis(50)..=Duration::from_secs(60);
    let after = fields.get("after").and_then(|node| node.duration(bounds));
    let wanted = match first {
        WriteSpec::Plain { write: Write::Coil(_) | Write::Register(_), .. } => "value",
        WriteSpec::Plain { write: Write::Coils(_) | Write::Registers(_), .. } => "values",
        WriteSpec::Plain { write: Write::Mask { .. }, .. } | WriteSpec::Modify { .. } => "bits",
        WriteSpec::Clock { .. } => {
            node.error("a clock is not set for a moment", "leave \"pulse\" out");
            return None;
        }
    };
    for key in ["value", "values", "bits"].into_iter().filter(|key| *key != wanted) {
        if let Some(extra) = fields.get(key) {
            extra.error(format!("\"{key}\" does not end what this command writes"), format!("use \"{wanted}\""));
        }
    }
    let Some(given) = fields.get(wanted) else {
        node.error("what ends the pulse?", format!("add {wanted} = …"));
        return None;
    };
    let end = end(given, first)?;
    if end == *first {
        given.error("the pulse would end with what it began with", "");
    }
    Some(Pulse { after: after?, end })
}

fn end(given: Node<'_>, first: &WriteSpec) -> Option<WriteSpec> {
    let same_length = |found: usize, wanted: usize| {
        if found != wanted {
            given.error(format!("the pulse begins with {wanted} values and ends with {found}"), "");
        }
        found == wanted
    };
    let bits = |mask: u16| {
        let bits = given.integer(0..=65535).and_then(|bits| u16::try_from(bits).ok())?;
        if bits & !mask != 0 {
            given.error(format!("the bits {bits:#06x} lie outside of the mask {mask:#06x}"), "");
        }
        Some(bits)
    };
    Some(match first {
        WriteSpec::Plain { table, address, write } => {
            let write = match write {
                Write::Coil(_) => Write::Coil(given.boolean()?),
                Write::Register(_) => Write::Register(word(given)?),
                Write::Coils(begin) => {
                    Write::Coils(list(given, MOST.1, Node::boolean).filter(|end| same_length(end.len(), begin.len()))?)
                }
                Write::Registers(begin) => {
                    Write::Registers(list(given, MOST.0, word).filter(|end| same_length(end.len(), begin.len()))?)
                }
                Write::Mask { and, .. } => Write::Mask { and: *and, or: bits(!*and)? },
            };
            WriteSpec::Plain { table: *table, address: *address, write }
        }
        WriteSpec::Modify { address, mask, .. } => {
            WriteSpec::Modify { address: *address, mask: *mask, bits: bits(*mask)? }
        }
        WriteSpec::Clock { .. } => return None,
    })
}
