//! One row of a list of registers.
//!
//! Takes: its cells as they stand in the list.
//! Gives: a [`Row`] in the words of profiles.
//! Never: a table or a bit that is guessed; what a list leaves open is asked for.

use std::collections::BTreeMap;

use super::quoted::quoted;
use super::{Column, key_from, known};
use crate::config::problem::{Problems, Spot};
use crate::engine::base::Category;

/// One point.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its id.
    pub key: String,
    /// Chinese text.
    pub zh: String,
    /// English text.
    pub en: String,
    /// Modbus table, as profiles spell it.
    pub table: &'static str,
    /// Address from 0.
    pub address: u16,
    /// Type, as profiles spell it.
    pub kind: String,
    /// Whatever else is said, key and TOML text.
    pub rest: Vec<(&'static str, String)>,
    /// Its states: code, key, Chinese, English.
    pub states: Vec<(u32, String, String, String)>,
    /// Category of the alarm that it is when it is set.
    pub alarm: Option<Category>,
    /// Where it stands in the list.
    pub spot: Spot,
}

const TABLES: [(&str, &str); 24] = [
    ("holding", "holding"),
    ("holding register", "holding"),
    ("holding_register", "holding"),
    ("hr", "holding"),
    ("3", "holding"),
    ("03", "holding"),
    ("4x", "holding"),
    ("input", "input"),
    ("input register", "input"),
    ("input_register", "input"),
    ("ir", "input"),
    ("4", "input"),
    ("04", "input"),
    ("3x", "input"),
    ("coil", "coil"),
    ("coils", "coil"),
    ("1", "coil"),
    ("01", "coil"),
    ("0x", "coil"),
    ("discrete", "discrete"),
    ("discrete input", "discrete"),
    ("2", "discrete"),
    ("02", "discrete"),
    ("1x", "discrete"),
];

const KINDS: [(&str, &str); 31] = [
    ("uint8", "u8"),
    ("int8", "i8"),
    ("byte", "u8"),
    ("uint16", "u16"),
    ("word", "u16"),
    ("ushort", "u16"),
    ("unsigned", "u16"),
    ("uint", "u16"),
    ("int16", "i16"),
    ("short", "i16"),
    ("int", "i16"),
    ("integer", "i16"),
    ("signed", "i16"),
    ("uint32", "u32"),
    ("dword", "u32"),
    ("udint", "u32"),
    ("ulong", "u32"),
    ("int32", "i32"),
    ("dint", "i32"),
    ("long", "i32"),
    ("uint64", "u64"),
    ("int64", "i64"),
    ("float", "f32"),
    ("float32", "f32"),
    ("real", "f32"),
    ("single", "f32"),
    ("double", "f64"),
    ("float64", "f64"),
    ("bool", "bit"),
    ("boolean", "bit"),
    ("bcd", "bcd16"),
];

type Cells = BTreeMap<Column, (String, Spot)>;

impl Row {
    /// Reads a row; what is wrong is told at its cell. `spot` is the row's own place.
    pub fn read(cells: &Cells, spot: &Spot, one_based: bool, problems: &Problems) -> Option<Row> {
        let before = problems.errors();
        let text = |column: Column| cells.get(&column).map(|(text, _)| text.as_str());
        let place = place(cells, spot, one_based, problems);
        let kind = kind(cells, place.as_ref().is_some_and(|place| place.bit.is_some()), &place);
        let (zh, en) = names(cells);
        let name = text(Column::Name).or(text(Column::En)).unwrap_or_default();
        let place = place?;
        let key = Some(key_from(name)).filter(|key| !key.is_empty() && !key.bytes().all(|byte| byte.is_ascii_digit()));
        let key = key.unwrap_or_else(|| match place.bit {
            Some(bit) => format!("{}-{}.{bit}", place.table, place.address),
            None => format!("{}-{}", place.table, place.address),
        });
        let alarm = alarm(cells, problems);
        let row = Row {
            key,
            zh,
            en,
            table: place.table,
            address: place.address,
            kind,
            rest: rest(cells, place.bit, alarm, problems),
            states: states(cells, problems),
            alarm,
            spot: spot.clone(),
        };
        (problems.errors() == before).then_some(row)
    }
}

/// Where a value is.
struct Place {
    table: &'static str,
    address: u16,
    bit: Option<u8>,
}

fn place(cells: &Cells, spot: &Spot, one_based: bool, problems: &Problems) -> Option<Place> {
    let Some((text, address_spot)) = cells.get(&Column::Address) else {
        problems.error(spot.clone(), "which address?", "");
        return None;
    };
    let given = match cells.get(&Column::Table) {
        Some((text, spot)) => match known(text, &TABLES) {
            Ok(table) => Some(table),
            Err(hint) => {
                problems.error(spot.clone(), format!("no table is called \"{text}\""), hint);
                return None;
            }
        },
        None => None,
    };
    // 40001.3 is bit 3 of 40001.
    let (number, bit) = match text.split_once('.') {
        Some((number, bit)) => (number, Some(bit)),
        None => (text.as_str(), None),
    };
    let bit = match bit.map(str::parse::<u8>) {
        Some(Ok(bit)) if bit < 16 => Some(bit),
        None => cells.get(&Column::Bit).and_then(|(text, _)| text.parse().ok()),
        Some(_) => {
            problems.error(address_spot.clone(), format!("\"{text}\": no word has such a bit"), "0 to 15");
            return None;
        }
    };
    match addressed(number, given, one_based) {
        Ok((table, address)) => Some(Place { table, address, bit }),
        Err((message, hint)) => {
            problems.error(address_spot.clone(), format!("\"{text}\": {message}"), hint);
            None
        }
    }
}

/// Table and address from 0 of an address as a list writes it.
fn addressed(
    text: &str,
    given: Option<&'static str>,
    one_based: bool,
) -> Result<(&'static str, u16), (String, String)> {
    let wrong = |message: &str, hint: &str| Err((message.to_owned(), hint.to_owned()));
    let parsed = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => text.parse::<u32>().ok(),
    };
    let Some(number) = parsed else { return wrong("is no address", "a number, or 0x and a hexadecimal one") };
    let named = match (text.len(), text.as_bytes()) {
        (5 | 6, [b'0', ..]) if !text.starts_with("0x") => Some("coil"),
        (5 | 6, [b'1', ..]) => Some("discrete"),
        (5 | 6, [b'3', ..]) => Some("input"),
        (5 | 6, [b'4', ..]) => Some("holding"),
        _ => None,
    };
    if !one_based {
        let Some(table) = given else {
            let hint = if named.is_some() {
                "with --one-based, 40001 is read as holding 0"
            } else {
                "add the column \"table\""
            };
            return wrong("which table?", hint);
        };
        return u16::try_from(number).map(|address| (table, address)).or(wrong("is out of range", "0 to 65535"));
    }
    let base = if text.len() == 6 { 100_000 } else { 10_000 };
    let (table, from_one) = match (named, given) {
        (Some(named), given) if given.is_none_or(|given| given == named) => (named, number % base),
        (_, Some(given)) => (given, number),
        (_, None) => return wrong("which table?", "write 40001 for holding, 30001 input, 10001 discrete, 00001 coil"),
    };
    match from_one.checked_sub(1).and_then(|address| u16::try_from(address).ok()) {
        Some(address) => Ok((table, address)),
        None => wrong("is out of range", "addresses count from 1 here, up to 65536"),
    }
}

fn kind(cells: &Cells, has_bit: bool, place: &Option<Place>) -> String {
    let bits = place.as_ref().is_some_and(|place| ["coil", "discrete"].contains(&place.table));
    match cells.get(&Column::Kind) {
        // What is no other name of a type is one, or the reader of profiles says what it is not.
        Some((text, _)) => known(text, &KINDS).map_or_else(|_| text.to_lowercase(), str::to_owned),
        None if bits || has_bit => "bit".to_owned(),
        None => "u16".to_owned(),
    }
}

/// Both texts; one stands in for the other, and the name for both.
fn names(cells: &Cells) -> (String, String) {
    let text = |column: Column| cells.get(&column).map(|(text, _)| text.clone());
    let (zh, en, name) = (text(Column::Zh), text(Column::En), text(Column::Name));
    let any = name.or(en.clone()).or(zh.clone()).unwrap_or_default();
    (zh.unwrap_or_else(|| any.clone()), en.unwrap_or(any))
}

fn alarm(cells: &Cells, problems: &Problems) -> Option<Category> {
    let (text, spot) = cells.get(&Column::Alarm)?;
    let words = Category::ALL.into_iter().filter(|category| !matches!(category, Category::LinkFault | Category::Own));
    let found = words.clone().find(|category| category.as_str() == text.to_lowercase());
    if found.is_none() {
        let hint = crate::config::problem::did_you_mean(text, words.map(Category::as_str));
        problems.error(spot.clone(), format!("no category is called \"{text}\""), hint);
    }
    found
}

fn rest(cells: &Cells, bit: Option<u8>, alarm: Option<Category>, problems: &Problems) -> Vec<(&'static str, String)> {
    let mut rest = Vec::new();
    let number = |column: Column| {
        let (text, spot) = cells.get(&column)?;
        let parsed = text.parse::<f64>().ok().filter(|number| number.is_finite());
        if parsed.is_none() {
            problems.error(spot.clone(), format!("{} \"{text}\" is no number", column.as_str()), "");
        }
        parsed.map(|number| number.to_string())
    };
    if let Some((order, _)) = cells.get(&Column::Order) {
        rest.push(("order", quoted(&order.to_uppercase())));
    }
    rest.extend(bit.map(|bit| ("bit", bit.to_string())));
    rest.extend(bits(cells, problems).map(|bits| ("bits", bits)));
    rest.extend(number(Column::Scale).map(|scale| ("scale", scale)));
    rest.extend(number(Column::Offset).map(|offset| ("offset", offset)));
    if let Some((unit, _)) = cells.get(&Column::Unit) {
        rest.push(("unit", quoted(unit)));
    }
    match (number(Column::Least), number(Column::Greatest)) {
        (Some(least), Some(greatest)) => rest.push(("valid", format!("[{least}, {greatest}]"))),
        (None, None) => {}
        (least, _) => {
            let column = if least.is_some() { Column::Least } else { Column::Greatest };
            let spot = cells.get(&column).map(|(_, spot)| spot.clone());
            spot.into_iter().for_each(|spot| problems.error(spot, "one end of a range alone", "give min and max"));
        }
    }
    rest.extend(absent(cells, problems).map(|absent| ("absent", absent)));
    match cells.get(&Column::Poll) {
        Some((poll, _)) => rest.push(("poll", quoted(&poll.to_lowercase()))),
        None => rest
            .extend(alarm.map(|alarm| ("poll", if alarm.is_immediate() { "\"fire\"" } else { "\"fast\"" }.to_owned()))),
    }
    rest
}

/// `4..7`, `4-7` or `4` as [lowest, how many].
fn bits(cells: &Cells, problems: &Problems) -> Option<String> {
    let (text, spot) = cells.get(&Column::Bits)?;
    let (first, last) = text.split_once("..").or(text.split_once('-')).unwrap_or((text, text));
    match (first.trim().parse::<u8>(), last.trim().parse::<u8>()) {
        (Ok(first), Ok(last)) if first <= last && last < 64 => Some(format!("[{first}, {}]", last - first + 1)),
        _ => {
            problems.error(spot.clone(), format!("\"{text}\" are no bits"), "write the lowest and the highest: 4..7");
            None
        }
    }
}

/// `0xFFFF|32768` as a list.
fn absent(cells: &Cells, problems: &Problems) -> Option<String> {
    let (text, spot) = cells.get(&Column::Absent)?;
    let whole = |part: &str| match part.strip_prefix("0x").or(part.strip_prefix("0X")) {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Some(format!("0x{digits}"))
        }
        Some(_) => None,
        None => part.parse::<i64>().ok().map(|number| number.to_string()),
    };
    let parts: Option<Vec<String>> = text.split(['|', ';']).map(|part| whole(part.trim())).collect();
    if parts.is_none() {
        problems.error(spot.clone(), format!("\"{text}\" is no pattern"), "write 0xFFFF, or several: 0xFFFF|0x8000");
    }
    parts.map(|parts| format!("[{}]", parts.join(", ")))
}

/// `0=Stopped/停止|1=Running/运行`.
fn states(cells: &Cells, problems: &Problems) -> Vec<(u32, String, String, String)> {
    let Some((text, spot)) = cells.get(&Column::States) else { return Vec::new() };
    let state = |part: &str| {
        let (code, name) = part.split_once(['=', ':'])?;
        let code = match code.trim().strip_prefix("0x") {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => code.trim().parse().ok()?,
        };
        let (first, second) = name.split_once('/').unwrap_or((name, name));
        let (first, second) = (first.trim(), second.trim());
        if first.is_empty() || second.is_empty() {
            return None;
        }
        let (en, zh) = if first.is_ascii() { (first, second) } else { (second, first) };
        let key = Some(key_from(en)).filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()));
        Some((code, key.unwrap_or_else(|| format!("code-{code}")), zh.to_owned(), en.to_owned()))
    };
    let parts: Option<Vec<_>> = text.split(['|', ';']).map(|part| state(part.trim())).collect();
    if parts.is_none() {
        problems.error(spot.clone(), format!("\"{text}\" are no states"), "write 0=Stopped/停止|1=Running/运行");
    }
    parts.unwrap_or_default()
}
