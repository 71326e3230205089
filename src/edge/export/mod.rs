//! Tables written for other programs: CSV, XLSX and JSON.
//!
//! Takes: tables, row by row.
//! Gives: [`Sheets`], one writer for each [`Format`]; [`Replacing`], a file that is whole or not there.
//! Never: a whole table in memory; a cell that a spreadsheet would run as a formula.

mod comma;
mod file;
mod human;
mod json;
#[cfg(test)]
mod tests;
mod trend;
mod trend_shown;
#[cfg(test)]
mod trend_tests;
mod workbook;

use std::io::{self, Write};

use jiff::tz::TimeZone;

pub use comma::CsvSheets;
pub use file::Replacing;
pub use human::human;
pub use json::JsonSheets;
pub use trend::{Layout, Samples, TrendExport, Trended, is_like};
pub use trend_shown::{Drawn, shown};
pub use workbook::XlsxSheets;

use crate::engine::base::{Language, Text};
use crate::engine::report::{Cell, Column, Document, Head, Source};

/// What a table can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// A workbook of Office Open XML.
    Xlsx,
    /// One JSON object, its rows objects of their own.
    Json,
}

/// Whose words and which clock.
#[derive(Clone, Debug)]
pub struct Manner {
    /// The language of headers and words.
    pub language: Language,
    /// The zone of times.
    pub zone: TimeZone,
}

/// Writes tables one after the other.
pub trait Sheets {
    /// Begins the next table.
    ///
    /// # Errors
    /// What it is written to refuses.
    fn begin(&mut self, head: &Head) -> io::Result<()>;

    /// Writes the next row of it; cells beyond the last column are left out.
    ///
    /// # Errors
    /// What it is written to refuses.
    fn row(&mut self, cells: &[Cell]) -> io::Result<()>;

    /// Ends the last table and everything.
    ///
    /// # Errors
    /// What it is written to refuses.
    fn finish(&mut self) -> io::Result<()>;
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 3] = [Format::Csv, Format::Xlsx, Format::Json];

    /// Its word, which is also the ending of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Json => "json",
        }
    }

    /// Reads the word.
    pub fn named(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Json => "application/json",
        }
    }

    /// A writer to `out`. A workbook is kept in files of its own and reaches `out` when it is finished.
    ///
    /// # Errors
    /// `out` refuses, or the disk of temporary files does.
    pub fn writer<'out>(self, out: impl Write + 'out, manner: Manner) -> io::Result<Box<dyn Sheets + 'out>> {
        Ok(match self {
            Format::Csv => Box::new(CsvSheets::new(out, manner)?),
            Format::Xlsx => Box::new(XlsxSheets::new(out, manner)?),
            Format::Json => Box::new(JsonSheets::new(out, manner)),
        })
    }
}

/// Writes a whole report, where it comes from first.
///
/// # Errors
/// What it is written to refuses.
pub fn document(sheets: &mut dyn Sheets, document: &Document, source: &Source) -> io::Result<()> {
    let about = document.about(source);
    for table in std::iter::once(&about).chain(&document.tables) {
        sheets.begin(&table.head)?;
        for row in &table.rows {
            sheets.row(row)?;
        }
        if table.left_out > 0 {
            sheets.row(&[Cell::Text(Text::new(
                &format!("另有{}行未列出", table.left_out),
                &format!("{} more rows are left out", table.left_out),
            ))])?;
        }
    }
    sheets.finish()
}

/// The name of a column with its unit.
pub fn title(column: &Column, language: Language) -> String {
    let name = column.name.get(language);
    if column.unit.is_empty() { name.to_owned() } else { format!("{name} ({})", column.unit) }
}
