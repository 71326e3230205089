//! `tocsin probe read`: what a range of addresses says, and which addresses of it do not exist.
//!
//! Takes: a range, a conversation.
//! Gives: every cell as hexadecimal, unsigned, signed, bits and text; refused addresses by name.
//! Never: a whole range called refused because of one address: it is split until the refusal is exact.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::endpoint::EndpointArgs;
use super::progress::Progress;
use super::session::{Answer, Patience, Question, Session, exception};
use super::{Conduct, RecordArg, TableArg};
use crate::cli::table::Table;
use crate::engine::profile;

/// What to read.
#[derive(Clone, Debug, Args)]
pub struct ReadArgs {
    /// Where the device is.
    #[command(flatten)]
    pub at: EndpointArgs,
    /// Modbus unit id
    #[arg(long, value_name = "N")]
    pub unit: u8,
    /// Which table
    #[arg(long, value_enum, default_value = "holding")]
    pub table: TableArg,
    /// First address, as sent on the wire, from 0
    #[arg(long, value_name = "A")]
    pub start: u16,
    /// How many addresses
    #[arg(long, value_name = "C", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub count: u32,
    /// Most addresses in one request; the specification's limit when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub at_once: Option<u16>,
    /// Where it is written to.
    #[command(flatten)]
    pub record: RecordArg,
    /// How it is done.
    #[command(flatten)]
    pub conduct: Conduct,
}

/// What one address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A word, or a bit as 0 or 1.
    Value(u16),
    /// The device refuses it.
    Refused(u8),
    /// Nothing came when it was asked for.
    Silent,
}

/// So many ranges in a row without an answer, and the device counts as gone.
const GONE: u32 = 3;

/// Reads and prints. Gives the exit code: 0 when an address answers, 1 when none does.
///
/// # Errors
/// What ends it: the endpoint is gone, the output cannot be written.
pub async fn run(
    args: &ReadArgs,
    session: &mut Session,
    out: &mut impl Write,
    err: &mut dyn Write,
) -> anyhow::Result<u8> {
    let mut progress = Progress::new(err, args.conduct.manner(), args.count as usize);
    let table = args.table.table();
    let at_once = args.at_once.unwrap_or(u16::MAX);
    let span = Span { unit: args.unit, table, start: args.start, count: args.count, at_once };
    let cells = cells(session, span, args.conduct.patience(), &mut progress).await?;
    progress.clear()?;
    if args.conduct.json {
        writeln!(out, "{}", as_json(args, session.stopped(), &cells))?;
    } else {
        out.write_all(text(table, &cells).as_bytes())?;
        let answered = cells.values().filter(|cell| matches!(cell, Cell::Value(_))).count();
        let stopped = if session.stopped() { "stopped: " } else { "" };
        writeln!(out, "{stopped}{answered} of {} addresses of unit {} answer", args.count, args.unit)?;
    }
    Ok(u8::from(!cells.values().any(|cell| matches!(cell, Cell::Value(_)))))
}

/// Addresses to read, in as many requests as it takes.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Modbus unit id.
    pub unit: u8,
    /// Which table.
    pub table: profile::Table,
    /// First address.
    pub start: u16,
    /// How many; what lies beyond the table is left out.
    pub count: u32,
    /// Most addresses in one request.
    pub at_once: u16,
}

/// Reads them; what was not reached because somebody said stop, or the device is gone, is missing.
///
/// # Errors
/// The endpoint is gone, or the progress cannot be written.
pub async fn cells(
    session: &mut Session,
    span: Span,
    patience: Patience,
    progress: &mut Progress<'_>,
) -> anyhow::Result<BTreeMap<u16, Cell>> {
    let Span { unit, table, .. } = span;
    let (mut cells, mut silent) = (BTreeMap::new(), 0);
    let mut waiting = pieces(span.start, span.count, span.at_once.min(table.limit()));
    waiting.reverse();
    while let Some((start, count)) = waiting.pop() {
        progress.at(cells.len(), &format!("at address {start}"))?;
        let question = Question { unit, table, start, count };
        let Some(exchange) = session.ask(question, patience).await.map_err(anyhow::Error::msg)? else { break };
        let addresses = (0..count).filter_map(|offset| start.checked_add(offset));
        silent = if matches!(exchange.answer, Answer::Silent | Answer::Garbled(_)) { silent + 1 } else { 0 };
        match exchange.answer {
            Answer::Data(words) => cells.extend(addresses.zip(words.into_iter().map(Cell::Value))),
            // Exception 1 refuses the function itself, so every address.
            Answer::Refused(code) if code != 1 && count > 1 => {
                let half = count / 2;
                waiting.push((start.saturating_add(half), count - half));
                waiting.push((start, half));
            }
            Answer::Refused(code) => cells.extend(addresses.map(|address| (address, Cell::Refused(code)))),
            Answer::Silent | Answer::Garbled(_) => cells.extend(addresses.map(|address| (address, Cell::Silent))),
        }
        if silent == GONE && !waiting.is_empty() {
            progress.say(&format!("unit {unit} leaves {GONE} requests in a row unanswered: given up"))?;
            break;
        }
    }
    Ok(cells)
}

/// Ranges of at most `most` addresses, none beyond the table.
fn pieces(start: u16, count: u32, most: u16) -> Vec<(u16, u16)> {
    let end = (u32::from(start) + count).min(65_536);
    (u32::from(start)..end)
        .step_by(usize::from(most))
        .filter_map(|at| Some((u16::try_from(at).ok()?, u16::try_from((end - at).min(u32::from(most))).ok()?)))
        .collect()
}

/// The cells in order, runs of the same refusal as one line.
fn text(table: profile::Table, cells: &BTreeMap<u16, Cell>) -> String {
    let head: &[&str] =
        if table.is_bits() { &["address", "bit"] } else { &["address", "hex", "unsigned", "signed", "bits", "text"] };
    let mut shown = Table::new(head);
    let mut refused: Vec<(u16, u16, &Cell)> = Vec::new();
    for (address, cell) in cells {
        match (cell, refused.last_mut()) {
            (Cell::Value(word), _) if table.is_bits() => shown.row([address.to_string(), word.to_string()]),
            (Cell::Value(word), _) => shown.row(row(*address, *word)),
            (_, Some((_, last, same))) if *same == cell && last.checked_add(1) == Some(*address) => *last = *address,
            _ => refused.push((*address, *address, cell)),
        }
    }
    let mut text = if shown.is_empty() { String::new() } else { shown.print("") };
    for (first, last, cell) in refused {
        let place = if first == last { first.to_string() } else { format!("{first} to {last}") };
        text.push_str(&format!("{} {place}: {}\n", table.as_str(), why(cell)));
    }
    text
}

fn why(cell: &Cell) -> String {
    match cell {
        Cell::Refused(code) => format!("refused, exception {code} ({})", exception(*code)),
        _ => "no answer".to_owned(),
    }
}

fn row(address: u16, word: u16) -> [String; 6] {
    let bits = format!("{word:016b}");
    let nibbles: Vec<&str> = [0, 4, 8, 12].map(|at| &bits[at..at + 4]).into();
    let shown = |byte: u8| if (0x20..0x7F).contains(&byte) { char::from(byte) } else { '.' };
    let [high, low] = word.to_be_bytes();
    [
        address.to_string(),
        format!("0x{word:04X}"),
        word.to_string(),
        word.cast_signed().to_string(),
        nibbles.join(" "),
        [shown(high), shown(low)].iter().collect(),
    ]
}

fn as_json(args: &ReadArgs, stopped: bool, cells: &BTreeMap<u16, Cell>) -> Value {
    let values: Vec<Value> = cells
        .iter()
        .map(|(address, cell)| match cell {
            Cell::Value(word) => json!({ "address": address, "value": word }),
            Cell::Refused(code) => json!({ "address": address, "exception": code }),
            Cell::Silent => json!({ "address": address, "silent": true }),
        })
        .collect();
    json!({
        "unit": args.unit, "table": args.table.table().as_str(), "start": args.start, "count": args.count,
        "stopped": stopped, "cells": values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_by_the_limit_and_ends_with_the_table() {
        assert_eq!(pieces(100, 300, 125), [(100, 125), (225, 125), (350, 50)]);
        assert_eq!(pieces(65_530, 100, 125), [(65_530, 6)]);
        assert_eq!(pieces(0, 65_536, 2000).len(), 33);
    }

    #[test]
    fn a_word_is_shown_in_every_way_and_refusals_are_gathered() {
        let mut cells = BTreeMap::from([(100, Cell::Value(0x4142)), (101, Cell::Value(0xFFFE))]);
        cells.extend((102..105).map(|address| (address, Cell::Refused(2))));
        cells.insert(200, Cell::Refused(2));
        assert_eq!(
            text(profile::Table::Holding, &cells),
            "address     hex  unsigned  signed                 bits  text\n    \
                 100  0x4142     16706   16706  0100 0001 0100 0010  AB\n    \
                 101  0xFFFE     65534      -2  1111 1111 1111 1110  ..\n\
             holding 102 to 104: refused, exception 2 (illegal data address)\n\
             holding 200: refused, exception 2 (illegal data address)\n"
        );
    }
}
