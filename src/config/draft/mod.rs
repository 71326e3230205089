//! A list of registers, as manuals and spreadsheets have it, on its way to a `profile.toml`.
//!
//! Takes: the bytes of a CSV file with a flexible head, or the answers to questions, one row at a time.
//! Gives: a [`Draft`] and its text as a profile; problems stand at the row of the list that caused them.
//! Never: judges what a profile may say: the text goes through the reader of profiles like everybody's.

mod columns;
mod quoted;
mod row;
mod text;

use std::collections::BTreeMap;

pub use columns::{COLUMNS, Column};
pub use quoted::quoted;
pub use row::Row;

use super::problem::{Problem, Problems, Spot, did_you_mean};
use super::{profile, rows};
use crate::engine::profile::Profile;

/// What the device is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Maker.
    pub vendor: String,
    /// Model or family.
    pub model: String,
    /// Kind of equipment.
    pub class: String,
    /// Document the rows were taken from.
    pub source: String,
    /// Unit id the maker ships.
    pub unit: Option<u8>,
}

/// A profile that is being made.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What the device is.
    pub device: Device,
    /// Its points, in the order of the list.
    pub rows: Vec<Row>,
}

impl Draft {
    /// Its text.
    pub fn text(&self) -> String {
        text::profile(self).0
    }

    /// The profile that its text means, or everything that is wrong; what is wrong in a row stands at the row's own
    /// place.
    pub fn check(&self, id: &str) -> Result<Profile, Vec<Problem>> {
        let (text, lines) = text::profile(self);
        let moved = |problem: Problem| match lines.get(&problem.spot.line) {
            Some(spot) => Problem { spot: spot.clone(), ..problem },
            None => problem,
        };
        match profile::parse(id, &format!("{id}/{}", profile::FILE), text.as_bytes()) {
            Ok((profile, _)) => Ok(profile),
            Err(problems) => {
                let mut problems: Vec<Problem> = problems.into_iter().map(moved).collect();
                problems.sort();
                problems.dedup();
                Err(problems)
            }
        }
    }
}

/// Reads a list of registers; `name` is how problems call the file. With `one_based`, addresses count from 1 and may name
/// their table, as 40001 does.
pub fn read(name: &str, bytes: &[u8], one_based: bool) -> Result<Vec<Row>, Vec<Problem>> {
    let problems = Problems::default();
    let mut list = Vec::new();
    if let Some(source) = rows::source(name, bytes, &problems) {
        let delimiter = delimiter(source.text());
        let mut records = rows::read(&source, delimiter);
        match records.next() {
            None => problems.error(Spot::file(name), "the list is empty", "its first line names the columns"),
            Some(head) => {
                let columns = columns::find(&head, &problems);
                // Without its columns, every row would be wrong.
                if !problems.has_errors() {
                    list = records.filter_map(|record| row(&record, &columns, one_based, &problems)).collect();
                    twice(&list, &problems);
                    if list.is_empty() && !problems.has_errors() {
                        problems.error(Spot::file(name), "the list has no rows", "one row for each register");
                    }
                }
            }
        }
    }
    if problems.has_errors() { Err(problems.sorted()) } else { Ok(list) }
}

/// What separates the values of the first line: spreadsheets write commas, semicolons or tabs.
fn delimiter(text: &str) -> char {
    let head = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
    let count = |delimiter: char| head.matches(delimiter).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',')
}

fn row(record: &rows::Row<'_>, columns: &BTreeMap<Column, usize>, one_based: bool, problems: &Problems) -> Option<Row> {
    let cell = |column: Column| {
        let at = *columns.get(&column)?;
        let text = record.record.get(at).filter(|text| !text.is_empty())?;
        Some((text.to_owned(), record.spot(at)))
    };
    let cells: BTreeMap<Column, (String, Spot)> =
        columns.keys().filter_map(|column| Some((*column, cell(*column)?))).collect();
    let spot = Spot { column: 0, ..record.spot(0) };
    if cells.is_empty() { None } else { Row::read(&cells, &spot, one_based, problems) }
}

/// Two points of one name would be one.
fn twice(list: &[Row], problems: &Problems) {
    let mut seen: BTreeMap<&str, &Spot> = BTreeMap::new();
    for row in list {
        if let Some(first) = seen.insert(&row.key, &row.spot) {
            let message = format!("a point is called \"{}\" already", row.key);
            problems.error(row.spot.clone(), message, format!("first at {first}; give each its own \"name\""));
        }
    }
}

/// The id of a point from what people call it: small letters, digits and `-`. Empty when nothing of it can be kept.
pub fn key_from(name: &str) -> String {
    let mut key = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' | '_' | '.' => key.push(letter),
            _ if key.is_empty() || key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    key.trim_end_matches('-').to_owned()
}

/// The word of a list that is meant, or the hint for it.
fn known(text: &str, words: &[(&str, &'static str)]) -> Result<&'static str, String> {
    let lower = text.to_lowercase();
    match words.iter().find(|(word, _)| *word == lower) {
        Some((_, meant)) => Ok(meant),
        None => {
            Err(did_you_mean(text, words.iter().map(|(_, meant)| *meant).collect::<std::collections::BTreeSet<_>>()))
        }
    }
}

#[cfg(test)]
mod tests;
