//! `tocsin probe show`: one place read in every way a manual may mean it, so that the right one can be seen.
//!
//! Takes: an address, perhaps a type, perhaps the value that stands on the device's own display.
//! Gives: four orders of the bytes and one address before and after, side by side, with marks for what is plausible; the
//! row for `profile.toml` when one reading stands out.
//! Never: a decoder of its own: each reading is a row of a profile, read by `config` and decoded by `engine::point`.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use serde_json::{Value as Json, json};

use super::endpoint::EndpointArgs;
use super::progress::{Manner, Progress};
use super::read::{Cell, Span, cells};
use super::session::Session;
use super::{Conduct, RecordArg, WordTableArg};
use crate::cli::table::Table;
use crate::config::problem::did_you_mean;
use crate::config::profile;
use crate::engine::base::Value;
use crate::engine::point::{Raw, decode};

/// What to show.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// Where the device is.
    #[command(flatten)]
    pub at: EndpointArgs,
    /// Modbus unit id
    #[arg(long, value_name = "N")]
    pub unit: u8,
    /// Which table
    #[arg(long, value_enum, default_value = "holding")]
    pub table: WordTableArg,
    /// Address in question, as sent on the wire, from 0
    #[arg(long, value_name = "A")]
    pub address: u16,
    /// Only this type of value, as in profile.toml: f32, u32, …
    #[arg(long, value_name = "TYPE")]
    pub kind: Option<String>,
    /// What the device's own display says: the nearest reading is starred, also at scales of ten
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub expect: Option<f64>,
    /// Where it is written to.
    #[command(flatten)]
    pub record: RecordArg,
    /// How it is done.
    #[command(flatten)]
    pub conduct: Conduct,
}

/// Types of numbers, and how many registers each takes; those that are seldom meant are shown only when asked for.
const KINDS: [(&str, u16); 10] = [
    ("u16", 1),
    ("i16", 1),
    ("u32", 2),
    ("i32", 2),
    ("f32", 2),
    ("f64", 4),
    ("u64", 4),
    ("i64", 4),
    ("bcd16", 1),
    ("bcd32", 2),
];
/// How many of them are shown when none is asked for.
const USUAL: usize = 6;
/// Orders of two and four registers, as columns; one register has but the first and the third.
const ORDERS: [&str; 4] = ["ABCD", "CDAB", "BADC", "DCBA"];
const ORDERS_OF_ONE: [&str; 2] = ["AB", "BA"];
/// What a measurement is usually within; a 0 proves nothing.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 1e-4..=1e7;
/// Factors a device may have multiplied its value by, the plain one first.
const SCALES: [f64; 6] = [1.0, 0.1, 0.01, 0.001, 10.0, 100.0];
/// How far a reading may lie beside what is expected, as a part of it.
const NEAR: f64 = 0.02;
/// What speaks against a reading beside the distance: a scale, another address, another order than the usual one.
const UNUSUAL: [f64; 3] = [0.02, 0.01, 0.001];

/// One way to read the registers.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Type.
    pub kind: &'static str,
    /// First address.
    pub address: u16,
    /// Order of the bytes.
    pub order: &'static str,
    /// What it says; nothing when it is no number.
    pub value: Option<f64>,
    /// The scale by which it comes nearest to what is expected, when it comes near.
    pub scale: Option<f64>,
}

impl Candidate {
    fn is_usual(&self) -> bool {
        self.order == ORDERS[0] || self.order == ORDERS_OF_ONE[0]
    }

    fn plausible(&self) -> bool {
        self.value.is_some_and(|value| PLAUSIBLE.contains(&value.abs()))
    }

    /// How far it is from what is expected, as a part of it; what is unusual counts a little.
    fn distance(&self, asked: u16, expect: f64) -> f64 {
        let (Some(value), Some(scale)) = (self.value, self.scale) else { return f64::INFINITY };
        let unusual = [scale != 1.0, self.address != asked, !self.is_usual()];
        let against: f64 = UNUSUAL.iter().zip(unusual).filter(|(_, holds)| *holds).map(|(against, _)| against).sum();
        apart(value * scale, expect) + against
    }

    /// As a row of `[points]`.
    fn row(&self, table: &str) -> String {
        let Candidate { kind, address, order, .. } = self;
        let order = if self.is_usual() { String::new() } else { format!(", order = \"{order}\"") };
        let scale = self.scale.filter(|scale| *scale != 1.0);
        let scale = scale.map_or_else(String::new, |scale| format!(", scale = {scale}"));
        format!("{{ table = \"{table}\", address = {address}, type = \"{kind}\"{order}{scale}")
    }
}

fn apart(value: f64, expect: f64) -> f64 {
    (value - expect).abs() / expect.abs().max(1e-9)
}

/// Checks the arguments; gives the types to show.
pub fn kinds(args: &ShowArgs) -> Result<Vec<(&'static str, u16)>, Vec<String>> {
    let Some(wanted) = &args.kind else { return Ok(KINDS[..USUAL].to_vec()) };
    match KINDS.iter().find(|(kind, _)| kind == wanted) {
        Some(kind) => Ok(vec![*kind]),
        None => {
            let hint = did_you_mean(wanted, KINDS.iter().map(|(kind, _)| *kind));
            Err(vec![format!("--kind {wanted}: no such type; {hint}")])
        }
    }
}

/// Reads and prints. Gives the exit code: 0 when the address answers, 1 when it does not.
///
/// # Errors
/// What ends it: the endpoint is gone, the output cannot be written.
pub async fn run(
    args: &ShowArgs,
    kinds: &[(&'static str, u16)],
    session: &mut Session,
    out: &mut impl Write,
    err: &mut dyn Write,
) -> anyhow::Result<u8> {
    let table = args.table.table();
    let widest = kinds.iter().map(|(_, width)| *width).max().unwrap_or(1);
    let start = args.address.saturating_sub(1);
    let count = u32::from(args.address - start) + u32::from(widest) + 1;
    let span = Span { unit: args.unit, table, start, count, at_once: u16::MAX };
    let mut progress = Progress::new(err, Manner::Silent, 1);
    let cells = cells(session, span, args.conduct.patience(), &mut progress).await?;
    let words: BTreeMap<u16, u16> = cells
        .iter()
        .filter_map(|(address, cell)| if let Cell::Value(word) = cell { Some((*address, *word)) } else { None })
        .collect();
    let candidates = candidates(table.as_str(), args.address, &words, kinds, args.expect);
    let best = best(&candidates, args.address, args.expect);
    if args.conduct.json {
        writeln!(out, "{}", as_json(args, &words, &candidates, best))?;
    } else {
        out.write_all(text(args, &cells, &candidates, best).as_bytes())?;
    }
    Ok(u8::from(!words.contains_key(&args.address)))
}

/// Every reading of the words at one address before, at it, and one after.
fn candidates(
    table: &str,
    address: u16,
    words: &BTreeMap<u16, u16>,
    kinds: &[(&'static str, u16)],
    expect: Option<f64>,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (kind, width) in kinds {
        for at in
            (address.saturating_sub(1)..=address.saturating_add(1)).filter(|at| at.checked_add(width - 1).is_some())
        {
            let raw: Vec<u16> = (0..*width).filter_map(|offset| words.get(&(at + offset)).copied()).collect();
            if raw.len() < usize::from(*width) {
                continue;
            }
            let orders: &[&'static str] = if *width == 1 { &ORDERS_OF_ONE } else { &ORDERS };
            for order in orders {
                let mut candidate = Candidate { kind, address: at, order, value: None, scale: None };
                candidate.value = read(&candidate.row(table), &raw);
                candidate.scale = expect.and_then(|expect| near(candidate.value?, expect));
                candidates.push(candidate);
            }
        }
    }
    candidates
}

/// What a row of a profile reads in these registers.
fn read(row: &str, raw: &[u16]) -> Option<f64> {
    let text = format!(
        "vendor = \"-\"\nmodel = \"-\"\nclass = \"module\"\nsource = \"-\"\nverified = \"manual-only\"\n\
         [points]\nvalue = {row}, name = {{ zh = \"-\", en = \"-\" }} }}\n"
    );
    let (profile, _) = profile::parse("probe", "probe", text.as_bytes()).ok()?;
    match decode(&profile.points.first()?.encoding, Raw::Words(raw)) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    }
}

/// The scale by which a value is what is expected, within a few percent.
fn near(value: f64, expect: f64) -> Option<f64> {
    SCALES.into_iter().find(|scale| apart(value * scale, expect) <= NEAR)
}

/// The reading that stands out: the nearest to what is expected.
fn best(candidates: &[Candidate], asked: u16, expect: Option<f64>) -> Option<usize> {
    let expect = expect?;
    let near = candidates.iter().enumerate().filter(|(_, candidate)| candidate.scale.is_some());
    near.min_by(|(_, a), (_, b)| a.distance(asked, expect).total_cmp(&b.distance(asked, expect))).map(|(at, _)| at)
}

fn text(args: &ShowArgs, cells: &BTreeMap<u16, Cell>, candidates: &[Candidate], best: Option<usize>) -> String {
    let table = args.table.table().as_str();
    let said: Vec<String> = cells
        .values()
        .map(|cell| match cell {
            Cell::Value(word) => format!("{word:04X}"),
            Cell::Refused(code) => format!("(exception {code})"),
            Cell::Silent => "(no answer)".to_owned(),
        })
        .collect();
    let first = cells.keys().next().copied().unwrap_or(args.address);
    let mut text = format!("unit {}, {table} from {first}: {}\n\n", args.unit, said.join(" "));
    let mut shown = Table::new(&["type", "address", "ABCD", "CDAB", "BADC", "DCBA"]);
    let mut at = 0;
    while let Some(candidate) = candidates.get(at) {
        let same = |other: &&Candidate| (other.kind, other.address) == (candidate.kind, candidate.address);
        let many = candidates[at..].iter().take_while(same).count();
        let mut cells = vec![candidate.kind.to_owned(), candidate.address.to_string()];
        for (index, reading) in candidates.iter().enumerate().skip(at).take(many) {
            cells.push(mark(reading, best == Some(index)));
            // The two orders of one register stand below those that swap bytes likewise.
            if many == ORDERS_OF_ONE.len() {
                cells.push(String::new());
            }
        }
        shown.row(cells);
        at += many;
    }
    if shown.is_empty() {
        text.push_str("nothing can be read there\n");
        return text;
    }
    text.push_str(&shown.print(""));
    text.push_str("\n+ plausible as a measurement");
    match (args.expect, best.map(|best| &candidates[best])) {
        (Some(expect), Some(best)) => {
            let row = best.row(table);
            text.push_str(&format!(
                ", * nearest to {expect}\nin profile.toml: {row}, name = {{ zh = \"…\", en = \"…\" }} }}\n"
            ));
        }
        (Some(expect), None) => text.push_str(&format!("; nothing here is near {expect}, at any scale of ten\n")),
        (None, _) => text.push_str("; --expect NUMBER stars what is nearest to the device's own display\n"),
    }
    text
}

fn mark(candidate: &Candidate, best: bool) -> String {
    let sign = if best {
        " *"
    } else if candidate.plausible() {
        " +"
    } else {
        ""
    };
    let scale = candidate.scale.filter(|scale| best && *scale != 1.0);
    let scale = scale.map_or_else(String::new, |scale| format!(" x {scale}"));
    format!("{}{scale}{sign}", candidate.value.map_or_else(|| "-".to_owned(), spell))
}

/// A number with the digits that single precision has.
fn spell(value: f64) -> String {
    if value == 0.0 || (1e-4..1e10).contains(&value.abs()) {
        if value.fract() == 0.0 { format!("{value}") } else { format!("{}", value as f32) }
    } else {
        format!("{value:.3e}")
    }
}

fn as_json(args: &ShowArgs, words: &BTreeMap<u16, u16>, candidates: &[Candidate], best: Option<usize>) -> Json {
    let readings: Vec<Json> = candidates
        .iter()
        .enumerate()
        .map(|(at, candidate)| {
            json!({
                "type": candidate.kind, "address": candidate.address, "order": candidate.order,
                "value": candidate.value, "plausible": candidate.plausible(),
                "scale": candidate.scale, "nearest": best == Some(at),
            })
        })
        .collect();
    json!({ "unit": args.unit, "table": args.table.table().as_str(), "words": words, "readings": readings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(start: u16, list: &[u16]) -> BTreeMap<u16, u16> {
        (start..).zip(list.iter().copied()).collect()
    }

    #[test]
    fn the_reading_that_the_display_says_is_found_whatever_the_order_and_one_address_beside() {
        let check = |list: &[u16], expect: f64, wanted: (&str, u16, &str, f64)| {
            let all = candidates("holding", 100, &words(99, list), &KINDS[..USUAL], Some(expect));
            let found =
                &all[best(&all, 100, Some(expect)).unwrap_or_else(|| panic!("{list:?}: nothing is near {expect}"))];
            assert_eq!((found.kind, found.address, found.order, found.scale.unwrap_or(0.0)), wanted, "{list:?}");
        };
        // 50.0 as a float is 4248 0000.
        check(&[0, 0x4248, 0x0000, 0], 50.0, ("f32", 100, "ABCD", 1.0));
        check(&[0, 0x0000, 0x4248, 0], 50.0, ("f32", 100, "CDAB", 1.0));
        check(&[0, 0x4842, 0x0000, 0], 50.0, ("f32", 100, "BADC", 1.0));
        check(&[0, 0x0000, 0x4842, 0], 50.0, ("f32", 100, "DCBA", 1.0));
        check(&[0x4248, 0x0000, 0xFFFF, 0], 50.1, ("f32", 99, "ABCD", 1.0));
        check(&[0, 2301, 0, 0], 230.0, ("u16", 100, "AB", 0.1));
        check(&[0, 0xFD08, 0, 0], 230.0, ("u16", 100, "BA", 0.1));
        check(&[0, 0, 0xFFFB, 0], -5.0, ("i16", 101, "AB", 1.0));
    }

    #[test]
    fn what_no_device_measures_is_not_plausible() {
        let check = |kind, list: &[u16], expected: bool| {
            let all = candidates("input", 0, &words(0, list), &[(kind, 2)], None);
            let at_zero = all.iter().find(|found| found.address == 0 && found.order == "ABCD");
            assert_eq!(at_zero.expect("it was read").plausible(), expected, "{kind} {list:x?}");
        };
        check("f32", &[0x4248, 0], true);
        check("f32", &[0, 1], false);
        check("f32", &[0x7FC0, 0], false);
        check("f32", &[0x7F00, 0], false);
        check("u32", &[0x4248, 0], false);
        check("u32", &[0, 50], true);
    }

    #[test]
    fn nothing_is_starred_when_nothing_is_near() {
        let all = candidates("holding", 0, &words(0, &[7, 7, 7]), &KINDS, Some(50.0));
        assert_eq!(best(&all, 0, Some(50.0)), None);
    }
}
