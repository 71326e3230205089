//! Comma-separated values as spreadsheets read them.
//!
//! Takes: tables, row by row.
//! Gives: UTF-8 with a byte order mark, lines that end in CR LF, times in RFC 3339 with the offset, units in the header.
//! Never: a text that a spreadsheet would take for a formula; a decimal comma.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Manner, Sheets, title};
use crate::engine::report::{Cell, Head};
use crate::live::document::timestamp;

/// By it a spreadsheet knows that what follows is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes tables as CSV. A second table follows after an empty line and its name.
pub struct CsvSheets<W: Write> {
    out: W,
    manner: Manner,
    begun: bool,
    columns: usize,
}

impl<W: Write> CsvSheets<W> {
    /// Writes to `out`, the byte order mark first.
    ///
    /// # Errors
    /// `out` refuses.
    pub fn new(mut out: W, manner: Manner) -> io::Result<CsvSheets<W>> {
        out.write_all(BYTE_ORDER_MARK)?;
        Ok(CsvSheets { out, manner, begun: false, columns: 0 })
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let text = neutral(text);
        if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
            write!(self.out, "\"{}\"", text.replace('"', "\"\""))
        } else {
            self.out.write_all(text.as_bytes())
        }
    }

    fn cell(&mut self, cell: &Cell) -> io::Result<()> {
        match cell {
            Cell::Empty => Ok(()),
            Cell::Text(text) => {
                let text = text.get(self.manner.language).to_owned();
                self.text(&text)
            }
            Cell::Same(text) => self.text(text),
            Cell::Number(number) | Cell::Share(number) if number.is_finite() => write!(self.out, "{number}"),
            Cell::Number(_) | Cell::Share(_) => Ok(()),
            Cell::Count(count) => write!(self.out, "{count}"),
            Cell::Time(at) => self.out.write_all(timestamp(*at, &self.manner.zone).as_bytes()),
            Cell::Lapse(lapse) => write!(self.out, "{}", lapse.as_secs_f64()),
        }
    }
}

impl<W: Write> Sheets for CsvSheets<W> {
    fn begin(&mut self, head: &Head) -> io::Result<()> {
        if self.begun {
            self.out.write_all(b"\r\n")?;
            let name = head.title.get(self.manner.language).to_owned();
            self.text(&name)?;
            self.out.write_all(b"\r\n")?;
        }
        self.begun = true;
        self.columns = head.columns.len();
        for (at, column) in head.columns.iter().enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            self.text(&title(column, self.manner.language))?;
        }
        self.out.write_all(b"\r\n")
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for at in 0..self.columns {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            self.cell(cells.get(at).unwrap_or(&Cell::Empty))?;
        }
        self.out.write_all(b"\r\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What a spreadsheet would take for a formula begins with an apostrophe instead; the full-width forms count as well.
fn neutral(text: &str) -> Cow<'_, str> {
    const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}
