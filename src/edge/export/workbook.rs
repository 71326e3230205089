//! Workbooks of Office Open XML.
//!
//! Takes: tables, row by row.
//! Gives: a worksheet for each table with a frozen header, typed numbers and times, and sensible widths; a table with more
//! rows than a worksheet holds goes on in the next one.
//! Never: a formula; a whole table in memory: rows go to temporary files as they come.

use std::io::{self, Seek, Write};

use jiff::Timestamp;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{Manner, Sheets, title};
use crate::engine::report::{Cell, Head};

/// Rows of one worksheet, the header included.
const ROWS: u32 = 1_048_576;
/// Characters of one cell; what is longer is cut, and says so.
const LONGEST: usize = 32_000;
/// Characters of the name of a worksheet.
const NAME: usize = 31;

/// Writes tables as a workbook, which reaches its output when it is finished.
pub struct XlsxSheets<W: Write> {
    out: W,
    manner: Manner,
    book: Workbook,
    head: Option<Head>,
    row: u32,
    sheets: usize,
    part: u32,
    styles: Styles,
}

struct Styles {
    header: Format,
    time: Format,
    share: Format,
    words: Format,
}

impl<W: Write> XlsxSheets<W> {
    /// Writes to `out` when it is finished.
    ///
    /// # Errors
    /// None at present; temporary files are made with the first table.
    pub fn new(out: W, manner: Manner) -> io::Result<XlsxSheets<W>> {
        let styles = Styles {
            header: Format::new().set_bold().set_text_wrap(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000"),
            share: Format::new().set_num_format("0.0%"),
            words: Format::new().set_text_wrap(),
        };
        Ok(XlsxSheets { out, manner, book: Workbook::new(), head: None, row: 0, sheets: 0, part: 0, styles })
    }

    fn next_sheet(&mut self, head: &Head) -> io::Result<()> {
        (self.sheets, self.part, self.row) = (self.sheets + 1, self.part + 1, 1);
        let name = sheet_name(head.title.get(self.manner.language), self.sheets, self.part);
        let zone = self.manner.zone.iana_name().unwrap_or("UTC").to_owned();
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(io_error)?;
        sheet.set_name(name).map_err(io_error)?;
        sheet.set_freeze_panes(1, 0).map_err(io_error)?;
        for (at, column) in (0_u16..).zip(&head.columns) {
            sheet.set_column_width(at, f64::from(column.width) + 2.0).map_err(io_error)?;
        }
        for (at, column) in (0_u16..).zip(&head.columns) {
            let mut name = title(column, self.manner.language);
            if column.key.as_ref() == "at" || column.key.ends_with("_at") {
                // Spreadsheets know no offsets.
                name = format!("{name} ({zone})");
            }
            sheet.write_string_with_format(0, at, name, &self.styles.header).map_err(io_error)?;
        }
        Ok(())
    }

    fn write(&mut self, row: u32, cells: &[Cell]) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        for (at, cell) in (0_u16..).zip(cells) {
            put(sheet, (row, at), cell, &self.styles, &self.manner)?;
        }
        Ok(())
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    cell: &Cell,
    styles: &Styles,
    manner: &Manner,
) -> Result<(), XlsxError> {
    let words = |text: &str| match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{} …", &text[..cut]),
        None => text.to_owned(),
    };
    match cell {
        Cell::Text(text) => {
            sheet.write_string_with_format(row, at, words(text.get(manner.language)), &styles.words)?;
        }
        Cell::Same(text) => {
            sheet.write_string_with_format(row, at, words(text), &styles.words)?;
        }
        Cell::Number(number) if number.is_finite() => {
            sheet.write_number(row, at, *number)?;
        }
        Cell::Share(share) if share.is_finite() => {
            sheet.write_number_with_format(row, at, *share, &styles.share)?;
        }
        Cell::Empty | Cell::Number(_) | Cell::Share(_) => {}
        Cell::Count(count) => {
            sheet.write_number(row, at, *count as f64)?;
        }
        Cell::Lapse(lapse) => {
            sheet.write_number(row, at, lapse.as_secs_f64())?;
        }
        Cell::Time(wall) => {
            let instant = Timestamp::from_microsecond(wall.0).unwrap_or(Timestamp::UNIX_EPOCH);
            let local = instant.to_zoned(manner.zone.clone()).datetime();
            sheet.write_datetime_with_format(row, at, local, &styles.time)?;
        }
    }
    Ok(())
}

impl<W: Write> Sheets for XlsxSheets<W> {
    fn begin(&mut self, head: &Head) -> io::Result<()> {
        self.part = 0;
        self.next_sheet(head)?;
        self.head = Some(head.clone());
        Ok(())
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let Some(head) = self.head.take() else { return Err(io::Error::other("a row before its table")) };
        if self.row == ROWS {
            self.next_sheet(&head)?;
        }
        let written = self.write(self.row, &cells[..cells.len().min(head.columns.len())]);
        self.head = Some(head);
        self.row += 1;
        written.map_err(io_error)
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file).map_err(io_error)?;
        file.rewind()?;
        io::copy(&mut file, &mut self.out)?;
        self.out.flush()
    }
}

/// A name that every spreadsheet takes, and that no other worksheet has.
fn sheet_name(title: &str, number: usize, part: u32) -> String {
    let neutral: String = title
        .chars()
        .map(|letter| if letter.is_control() || "[]:*?/\\'".contains(letter) { ' ' } else { letter })
        .collect();
    let tail = if part > 1 { format!(" ({part})") } else { String::new() };
    let head = format!("{number} {}", neutral.trim());
    let room = NAME - tail.chars().count();
    format!("{}{tail}", head.chars().take(room).collect::<String>())
}

fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
