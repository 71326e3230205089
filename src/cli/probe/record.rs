//! What a device said, kept as a case of a profile.
//!
//! Takes: the exchanges of a conversation.
//! Gives: a file as in `device-profiles/<id>/cases/`: each request with its answer as a comment, the registers as
//! `[given]`.
//! Never: a file that was there before.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::session::{Answer, Exchange, exception};
use crate::engine::profile::Table;

/// Registers by table and address.
pub type Registers = BTreeMap<(Table, u16), u16>;

/// The text of the file. `story` is its first line.
pub fn text(story: &str, said: &[Exchange]) -> String {
    let mut text = format!("# {story}\n# What was asked and answered:\n");
    let mut registers = Registers::new();
    for Exchange { question, answer, .. } in said {
        let table = question.table;
        let last = question.start.saturating_add(question.count.saturating_sub(1));
        // Writing to a String cannot fail.
        let _ = write!(text, "#   unit {} {} {}", question.unit, table.as_str(), question.start);
        let _ = if last > question.start { write!(text, " to {last}: ") } else { write!(text, ": ") };
        match answer {
            Answer::Data(cells) => {
                let shown: Vec<String> = cells
                    .iter()
                    .map(|cell| if table.is_bits() { cell.to_string() } else { format!("{cell:04X}") })
                    .collect();
                let _ = writeln!(text, "{}", shown.join(" "));
                let addresses = (0..question.count).filter_map(|offset| question.start.checked_add(offset));
                registers.extend(addresses.map(|address| (table, address)).zip(cells.iter().copied()));
            }
            Answer::Refused(code) => {
                let _ = writeln!(text, "exception {code} ({})", exception(*code));
            }
            Answer::Silent => text.push_str("no answer\n"),
            Answer::Garbled(reason) => {
                let _ = writeln!(text, "{reason}");
            }
        }
    }
    text.push_str(&given(&registers));
    text
}

/// The registers as `[given.<table>]`.
pub fn given(registers: &Registers) -> String {
    let mut text = String::new();
    let mut present = None;
    for ((table, address), word) in registers {
        if present != Some(*table) {
            let _ = write!(text, "\n[given.{}]\n", table.as_str());
            present = Some(*table);
        }
        let _ = match table.is_bits() {
            true => writeln!(text, "{address} = {word}"),
            false => writeln!(text, "{address} = 0x{word:04X}"),
        };
    }
    if registers.is_empty() {
        text.push_str("\nreply = \"none\"\n");
    }
    text
}

/// Writes a file that must not exist yet; says why when it cannot.
pub fn create(path: &Path, text: &str) -> Result<(), String> {
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    made.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{}: is there already; it is not overwritten", path.display()),
        _ => format!("{}: cannot be written: {error}", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::session::Question;
    use super::*;
    use crate::config::cases::{self, Given};

    #[test]
    fn what_was_said_is_a_case_that_the_reader_takes() {
        let exchange = |table, start, count, answer| Exchange {
            question: Question { unit: 7, table, start, count },
            answer,
            took: Duration::ZERO,
        };
        let said = [
            exchange(Table::Holding, 100, 3, Answer::Refused(2)),
            exchange(Table::Holding, 100, 1, Answer::Data(vec![0x4248])),
            exchange(Table::Coil, 3, 2, Answer::Data(vec![1, 0])),
            exchange(Table::Input, 0, 1, Answer::Silent),
        ];
        let text = text("recorded from unit 7", &said);
        assert!(text.contains("#   unit 7 holding 100 to 102: exception 2 (illegal data address)\n"), "{text}");
        let case = cases::parse("record", "cases/record.toml", &text).unwrap_or_else(|problems| panic!("{problems:?}"));
        let registers = [((Table::Holding, 100), 0x4248), ((Table::Coil, 3), 1), ((Table::Coil, 4), 0)].into();
        assert_eq!((case.story.as_str(), case.given), ("recorded from unit 7", Given::Registers(registers)));
        let silent = super::text("nothing", &said[3..]);
        assert_eq!(cases::parse("x", "cases/x.toml", &silent).expect("a case").given, Given::Silence);
    }
}
