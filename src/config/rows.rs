//! The rows of a CSV file, each value with its place.
//!
//! Takes: the bytes of a file.
//! Gives: [`Row`]s.
//! Never: an opinion on what the columns mean.

use super::document::Source;
use super::problem::{Problems, Spot};

/// The text of a CSV file; `name` is how problems call it. Nothing, and a problem, when it is no text.
pub fn source(name: &str, bytes: &[u8], problems: &Problems) -> Option<Source> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Source::new(name, text.to_owned())),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            let spot = Spot { line, ..Spot::file(name) };
            problems.error(spot, "is not UTF-8 text", "in a spreadsheet save it as \"CSV UTF-8\"");
            None
        }
    }
}

/// Its records, comments and blank lines left out. `delimiter` is an ASCII character.
pub fn read(source: &Source, delimiter: char) -> impl Iterator<Item = Row<'_>> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(source.text().as_bytes());
    reader.into_records().map_while(Result::ok).map(move |record| Row { source, delimiter, record })
}

/// One record.
pub struct Row<'a> {
    source: &'a Source,
    delimiter: char,
    /// Its values.
    pub record: csv::StringRecord,
}

impl Row<'_> {
    /// The line it begins in.
    pub fn line(&self) -> usize {
        self.source.spot(self.start()).line
    }

    /// Where the record begins. The reader says where it began to look, which is before comments and blank lines.
    fn start(&self) -> usize {
        let text = self.source.text();
        let looked = self.record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let mut at = looked.min(text.len());
        while let Some(end) = text.get(at..).and_then(|rest| rest.find('\n')) {
            let line = &text[at..at + end];
            if !line.starts_with('#') && !line.trim_end_matches('\r').is_empty() {
                break;
            }
            at += end + 1;
        }
        at
    }

    /// Where a value stands: its column is found by following the quotes.
    pub fn spot(&self, column: usize) -> Spot {
        let (text, at) = (self.source.text(), self.start());
        let (mut quoted, mut seen) = (false, 0);
        for (offset, found) in text.get(at..).unwrap_or_default().char_indices() {
            if seen == column && !found.is_whitespace() {
                return self.source.spot(at + offset);
            }
            match found {
                '"' => quoted = !quoted,
                _ if found == self.delimiter && !quoted => {
                    seen += 1;
                    if seen == column && text[at + offset + 1..].starts_with([self.delimiter, '\r', '\n']) {
                        return self.source.spot(at + offset + 1);
                    }
                }
                '\n' if !quoted => return Spot { column: 0, ..self.source.spot(at) },
                _ => {}
            }
        }
        Spot { column: 0, ..self.source.spot(at) }
    }
}
