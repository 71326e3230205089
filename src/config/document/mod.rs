//! Walks a TOML document by hand, because serde stops at the first error of a file and this must not.
//!
//! Takes: the text of a file and tables of known keys ([`Section`]).
//! Gives: [`Source`], [`Node`] and [`Fields`]: typed reads that report what is wrong and go on.
//! Never: an unknown key in silence. The key tables are also what the written reference is [`printed`] from.

mod duration;
mod node;
pub mod printed;

use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

pub use duration::{parse_duration, spell_duration};
pub use node::{Node, check_segment};

use super::problem::{Problems, Spot, did_you_mean};

/// The text of a file, with the starts of its lines.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    text: String,
    starts: Vec<usize>,
}

impl Source {
    /// Wraps a text; `name` is how problems call the file.
    pub fn new(name: &str, text: String) -> Source {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { name: Arc::from(name), text, starts }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset.
    pub fn spot(&self, offset: usize) -> Spot {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let before = self.text.get(self.starts[line - 1]..offset).unwrap_or_default();
        Spot { file: Arc::clone(&self.name), line, column: before.chars().count() + 1 }
    }

    /// Parses it as TOML. Syntax errors are reported, all of them, and nothing is returned then: what could be
    /// recovered would only give misleading follow-ups.
    pub fn parse(&self, problems: &Problems) -> Option<Spanned<DeTable<'_>>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in &errors {
            let spot = self.spot(error.span().map_or(0, |span| span.start));
            problems.error(spot, format!("not valid TOML: {}", error.message()), "");
        }
        errors.is_empty().then_some(table)
    }

    /// The fields of the whole document.
    pub fn root<'a>(
        &'a self,
        table: &'a Spanned<DeTable<'a>>,
        section: &'static Section,
        problems: &'a Problems,
    ) -> Fields<'a> {
        Fields::new(self, problems, table.get_ref(), 0, section)
    }
}

/// One known key of a table, as the reader checks it and the written reference prints it.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it takes, in words.
    pub takes: &'static str,
    /// Default, `required`, or empty for "none".
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

impl Key {
    /// Whether it must be there.
    pub fn is_required(&self) -> bool {
        self.default == REQUIRED
    }
}

/// A key, on one line of its table: name, takes, default, meaning.
pub const fn key(name: &'static str, takes: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, takes, default, meaning }
}

/// The [`Key::default`] of a key that must be there.
pub const REQUIRED: &str = "required";

/// The known keys of one kind of table.
#[derive(Debug)]
pub struct Section {
    /// The table as it is written: `[[device]]`.
    pub title: &'static str,
    /// What one is called in a sentence: `a device`.
    pub noun: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// The values of a table whose keys have been checked against a [`Section`].
pub struct Fields<'a> {
    source: &'a Source,
    problems: &'a Problems,
    table: &'a DeTable<'a>,
    start: usize,
}

/// A key with its place.
#[derive(Clone)]
pub struct Name<'a> {
    /// The key.
    pub text: &'a str,
    /// Where it stands.
    pub spot: Spot,
}

impl<'a> Fields<'a> {
    fn new(
        source: &'a Source,
        problems: &'a Problems,
        table: &'a DeTable<'a>,
        start: usize,
        section: &'static Section,
    ) -> Fields<'a> {
        Fields::with(source, problems, table, start, (section, &[]))
    }

    /// A table that knows further keys beside those of its section.
    fn with(
        source: &'a Source,
        problems: &'a Problems,
        table: &'a DeTable<'a>,
        start: usize,
        (section, further): (&'static Section, &[&str]),
    ) -> Fields<'a> {
        for key in table.keys() {
            let name: &str = key.get_ref();
            let mut known = section.keys.iter().map(|known| known.name).chain(further.iter().copied());
            if !known.any(|known| known == name) {
                let spot = source.spot(key.span().start);
                let known = section.keys.iter().map(|known| known.name).chain(further.iter().copied());
                let hint = did_you_mean(name, known);
                problems.error(spot, format!("unknown key \"{name}\" in {}", section.noun), hint);
            }
        }
        for key in section.keys.iter().filter(|key| key.is_required()) {
            if !table.contains_key(key.name) {
                let message = format!("{} needs \"{}\"", section.noun, key.name);
                problems.error(source.spot(start), message, format!("it takes {}", key.takes));
            }
        }
        Fields { source, problems, table, start }
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.table.get(key)?;
        Some(Node::of(self.source, self.problems, value))
    }

    /// Where it reports to.
    pub fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Where the key itself stands; the table when it is not there.
    pub fn spot_of(&self, key: &str) -> Spot {
        self.table.get_key_value(key).map_or_else(|| self.spot(), |(key, _)| self.source.spot(key.span().start))
    }

    /// Where the table begins.
    pub fn spot(&self) -> Spot {
        self.source.spot(self.start)
    }

    /// The elements of a list of tables, or nothing.
    pub fn list(&self, key: &str) -> Vec<Node<'a>> {
        self.get(key).and_then(|node| node.list()).unwrap_or_default()
    }

    /// The named entries of a table, in the order of the file, or nothing.
    pub fn entries(&self, key: &str) -> Vec<(Name<'a>, Node<'a>)> {
        self.get(key).and_then(|node| node.entries()).unwrap_or_default()
    }
}
