//! The whole numbers by which the table speaks of words and sorts.
//!
//! Takes: a text, a sort of fact, a sort of thing.
//! Gives: its number.
//! Never: a new one; whoever takes facts in numbers the words.

use rusqlite::{Connection, OptionalExtension};

use super::fold::folded;
use crate::engine::report::{Lasting, Sort};

/// The number of a text; one that nothing has, where no fact says it.
pub fn number(reader: &Connection, text: &str) -> rusqlite::Result<i64> {
    let found = reader.query_row("SELECT id FROM word WHERE text = ?1", [folded(text)], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(-1))
}

/// The number of a sort in the table.
pub fn sort_number(sort: Sort) -> i64 {
    Sort::ALL.iter().zip(0..).find(|(one, _)| **one == sort).map_or(-1, |(_, number)| number)
}

/// The number of a sort of thing in the table.
pub fn lasting_number(lasting: Lasting) -> i64 {
    Lasting::ALL.iter().zip(0..).find(|(one, _)| **one == lasting).map_or(-1, |(_, number)| number)
}
