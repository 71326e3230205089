//! Tables as JSON.
//!
//! Takes: tables, row by row.
//! Gives: one object; each table is a list under its key, each row an object under the keys of its columns.
//! Never: one language without the other; a number that is none.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::{Manner, Sheets};
use crate::engine::report::{Cell, Head};
use crate::live::document::timestamp;

/// Writes tables as JSON. Texts come in both languages.
pub struct JsonSheets<W: Write> {
    out: W,
    manner: Manner,
    keys: Vec<String>,
    tables: usize,
    rows: usize,
}

impl<W: Write> JsonSheets<W> {
    /// Writes to `out`.
    pub fn new(out: W, manner: Manner) -> JsonSheets<W> {
        JsonSheets { out, manner, keys: Vec::new(), tables: 0, rows: 0 }
    }

    fn cell(&self, cell: &Cell) -> Json {
        match cell {
            Cell::Empty => Json::Null,
            Cell::Text(text) => json!(text),
            Cell::Same(text) => json!(text),
            // A number that is not finite becomes null.
            Cell::Number(number) | Cell::Share(number) => json!(number),
            Cell::Count(count) => json!(count),
            Cell::Time(at) => json!(timestamp(*at, &self.manner.zone)),
            Cell::Lapse(lapse) => json!(lapse.as_secs_f64()),
        }
    }
}

impl<W: Write> Sheets for JsonSheets<W> {
    fn begin(&mut self, head: &Head) -> io::Result<()> {
        self.out.write_all(if self.tables == 0 { b"{" } else { b"\n]," })?;
        (self.tables, self.rows) = (self.tables + 1, 0);
        self.keys = head.columns.iter().map(|column| Json::from(&*column.key).to_string()).collect();
        write!(self.out, "{}:[", Json::from(head.key))
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.out.write_all(if self.rows == 0 { b"\n{" } else { b",\n{" })?;
        self.rows += 1;
        for (at, key) in self.keys.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let value = self.cell(cells.get(at).unwrap_or(&Cell::Empty));
            write!(self.out, "{comma}{key}:{value}")?;
        }
        self.out.write_all(b"}")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(if self.tables == 0 { b"{}\n" } else { b"\n]}\n" })?;
        self.out.flush()
    }
}
