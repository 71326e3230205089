//! Tables for a terminal.
//!
//! Takes: rows of texts; the first is the head.
//! Gives: lines with aligned columns; Chinese characters count two places, as terminals draw them.
//! Never: a line that is cut.

/// A table under construction.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Starts with the head.
    pub fn new(head: &[&str]) -> Table {
        Table { rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there is nothing below the head.
    pub fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The lines, each begun with `indent`. A column of numbers, with or without a unit, is set flush right.
    pub fn print(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &'_ Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let widths: Vec<usize> =
            (0..columns).map(|at| self.rows.iter().map(|row| places(&cell(row, at))).max().unwrap_or(0)).collect();
        let numeric: Vec<bool> = (0..columns)
            .map(|at| {
                self.rows
                    .iter()
                    .skip(1)
                    .all(|row| cell(row, at).trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()))
            })
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = indent.to_owned();
            for (at, width) in widths.iter().enumerate() {
                let cell = cell(row, at);
                let blank = " ".repeat(width - places(&cell));
                let gap = if at + 1 < columns { "  " } else { "" };
                let (before, after) = if numeric[at] { (blank.as_str(), "") } else { ("", blank.as_str()) };
                line.extend([before, &cell, after, gap]);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Places on a terminal: East Asian wide characters take two (Unicode annex 11, the blocks that occur in names).
fn places(text: &str) -> usize {
    let wide = |c: char| matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3FFFD);
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_also_in_chinese() {
        let mut table = Table::new(&["point", "name", "unit id"]);
        table.row(["oil".into(), "油压".into(), "1".into()]);
        table.row(["mode".into(), "Mode".into(), "10".into()]);
        assert_eq!(table.print("  "), "  point  name  unit id\n  oil    油压        1\n  mode   Mode       10\n");
    }
}
