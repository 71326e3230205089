//! The file of a drawing, as problems speak of it.
//!
//! Takes: its name, and where problems go.
//! Gives: places in it, and what is wrong with the whole of it.
//! Never: reads it.

use roxmltree::Document;

use crate::config::problem::{Problems, Spot};

/// A file and where its problems go.
pub struct File<'a> {
    /// How problems call it.
    pub name: &'a str,
    /// Where they go.
    pub problems: &'a Problems,
}

impl File<'_> {
    /// Something is wrong with the file as a whole.
    pub fn whole(&self, message: impl Into<String>, hint: &str) {
        self.problems.error(Spot::file(self.name), message, hint);
    }

    /// Where a byte of it stands.
    pub fn spot(&self, document: &Document<'_>, at: usize) -> Spot {
        let place = document.text_pos_at(at);
        Spot { line: place.row as usize, column: place.col as usize, ..Spot::file(self.name) }
    }
}
