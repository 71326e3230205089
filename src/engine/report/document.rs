//! A report as tables.
//!
//! Takes: what the folds of this room found.
//! Gives: [`Document`], which is printed, exported and sent as it is.
//! Never: a row that is cut off in silence: what does not fit is counted.

use super::{Cell, Column, Head, Name};
use crate::engine::base::{EventId, Text, Wall};

/// Rows of one table of a report; a flood of a day fits.
pub const ROWS: usize = 20_000;

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Which.
    pub name: Name,
    /// Its title.
    pub title: Text,
    /// From when.
    pub from: Wall,
    /// Until when; what happened at this instant itself is not in it.
    pub to: Wall,
    /// Its tables, the summary first.
    pub tables: Vec<Table>,
}

/// What a report says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the site is called; empty where that is not known.
    pub site: Text,
    /// When the report was made.
    pub made: Wall,
    /// The last record of the journal that it was made from.
    pub last: EventId,
    /// That record's hash, in hexadecimal: a later look at the journal shows whether it still holds what was reported.
    pub head: String,
}

impl Document {
    /// Where it comes from, as a table that stands before the others.
    pub fn about(&self, source: &Source) -> Table {
        let columns = vec![Column::new("field", "项目", "field", 20), Column::new("value", "内容", "value", 70)];
        let mut table = Table::new("about", "报表", "About", columns);
        table.figure("报表", "report", Cell::Text(self.title.clone()));
        table.figure("单位", "site", Cell::Text(source.site.clone()));
        table.figure("自", "from", Cell::Time(self.from));
        table.figure("至", "to", Cell::Time(self.to));
        table.figure("制表时间", "made at", Cell::Time(source.made));
        table.figure("最后记录号", "last record", Cell::same(&source.last.to_string()));
        table.figure("记录链摘要", "hash of the journal", Cell::same(&source.head));
        table
    }
}

/// A table of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What stands above.
    pub head: Head,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// How many later rows had no room.
    pub left_out: u64,
}

impl Table {
    /// An empty table.
    pub fn new(key: &'static str, zh: &str, en: &str, columns: Vec<Column>) -> Table {
        Table { head: Head { key, title: Text::new(zh, en), columns }, rows: Vec::new(), left_out: 0 }
    }

    /// Two columns: what, and how much.
    pub fn summary() -> Table {
        let columns = vec![Column::new("figure", "项目", "figure", 36), Column::new("value", "数值", "value", 24)];
        Table::new("summary", "概况", "Summary", columns)
    }

    /// Adds a row, or counts it where there is no more room.
    pub fn push(&mut self, row: Vec<Cell>) {
        if self.rows.len() < ROWS { self.rows.push(row) } else { self.left_out += 1 }
    }

    /// Adds a row of a summary.
    pub fn figure(&mut self, zh: &str, en: &str, value: Cell) {
        self.push(vec![Cell::Text(Text::new(zh, en)), value]);
    }
}
