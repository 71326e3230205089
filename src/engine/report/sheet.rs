//! Tables as data: what every report and every export is made of, whatever it is written as.
//!
//! Takes: nothing.
//! Gives: [`Head`], [`Column`] and [`Cell`].
//! Never: a formatted number or time; how a cell looks is up to whoever writes it.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::base::{Text, Wall};

/// What stands above the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Its name for programs, kebab-case.
    pub key: &'static str,
    /// Its name for people.
    pub title: Text,
    /// Its columns, from the left.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name for programs: a word of ours, or the id of a point.
    pub key: Arc<str>,
    /// Its name for people.
    pub name: Text,
    /// The unit of its numbers; empty where there is none.
    pub unit: Arc<str>,
    /// How wide it is on paper, in characters.
    pub width: u8,
}

/// What stands in a table at one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing: unknown, or not applicable.
    Empty,
    /// Words in the language of whoever reads.
    Text(Text),
    /// An id, or words that people wrote: the same in every language.
    Same(Arc<str>),
    /// A number.
    Number(f64),
    /// A number of things.
    Count(u64),
    /// A part of a whole, 0 to 1.
    Share(f64),
    /// An instant.
    Time(Wall),
    /// How long something took.
    Lapse(Duration),
}

impl Column {
    /// A column without a unit.
    pub fn new(key: &str, zh: &str, en: &str, width: u8) -> Column {
        Column { key: key.into(), name: Text::new(zh, en), unit: "".into(), width }
    }

    /// A column of times, in seconds where they are written as numbers.
    pub fn lapse(key: &str, zh: &str, en: &str) -> Column {
        Column { unit: "s".into(), ..Column::new(key, zh, en, 12) }
    }
}

impl Cell {
    /// Words that are the same in every language; empty ones are nothing.
    pub fn same(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Same(text.into()) }
    }

    /// An instant, where there is one.
    pub fn time(at: Option<Wall>) -> Cell {
        at.map_or(Cell::Empty, Cell::Time)
    }

    /// How long something took, where it is known.
    pub fn lapse(lapse: Option<Duration>) -> Cell {
        lapse.map_or(Cell::Empty, Cell::Lapse)
    }
}
