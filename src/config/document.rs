//! Walks a TOML document by hand, because serde stops at the first error of a file and this must not.
//!
//! Takes: the text of a file and tables of known keys ([`Section`]).
//! Gives: [`Source`], [`Node`] and [`Fields`]: typed reads that report what is wrong and go on.
//! Never: an unknown key in silence. The key tables are also what the written reference is printed from.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problems, Spot, did_you_mean};
use crate::engine::base::{Text, is_segment};

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

/// A value with its place.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    source: &'a Source,
    problems: &'a Problems,
    span: (usize, usize),
    value: &'a DeValue<'a>,
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
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !section.keys.iter().any(|known| known.name == name) {
                let spot = source.spot(key.span().start);
                let hint = did_you_mean(name, section.keys.iter().map(|known| known.name));
                problems.error(spot, format!("unknown key \"{name}\" in {}", section.noun), hint);
            }
        }
        for key in section.keys.iter().filter(|key| key.is_required()) {
            if !table.contains_key(key.name) {
                let message = format!("{} needs \"{}\"", section.noun, key.name);
                problems.error(source.spot(start), message, format!("{} = {}", key.name, key.takes));
            }
        }
        Fields { source, problems, table, start }
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.table.get(key)?;
        Some(Node::of(self.source, self.problems, value))
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

impl<'a> Node<'a> {
    fn of(source: &'a Source, problems: &'a Problems, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        let Range { start, end } = value.span();
        Node { source, problems, span: (start, end), value: value.get_ref() }
    }

    /// The same value, reporting to another collector.
    pub fn reporting<'b>(self, problems: &'b Problems) -> Node<'b>
    where
        'a: 'b,
    {
        Node { problems, ..self }
    }

    /// Where it stands.
    pub fn spot(&self) -> Spot {
        self.source.spot(self.span.0)
    }

    /// The value itself, where what it may be depends on what it is.
    pub fn value(&self) -> &'a DeValue<'a> {
        self.value
    }

    /// Where it reports to.
    pub fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Reports something wrong with it.
    pub fn error(&self, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.error(self.spot(), message, hint);
    }

    /// Reports something worth a look.
    pub fn warning(&self, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.warning(self.spot(), message, hint);
    }

    /// Where the byte `offset` of a text value stands in the file. Escapes make the two differ; then the value's own
    /// place is given.
    pub fn spot_within(&self, offset: usize) -> Spot {
        let raw = self.source.text.get(self.span.0..self.span.1).unwrap_or_default();
        let inside = match self.value {
            DeValue::String(text) if !text.is_empty() => raw.find(text.as_ref()),
            _ => None,
        };
        self.source.spot(self.span.0 + inside.map_or(0, |start| start + offset))
    }

    fn wrong_type(&self, wanted: &str) {
        let found = match self.value {
            DeValue::String(text) => format!("the text \"{text}\""),
            DeValue::Integer(number) => format!("the number {number}"),
            DeValue::Float(number) => format!("the number {number}"),
            DeValue::Boolean(value) => format!("{value}"),
            DeValue::Datetime(value) => format!("the date {value}"),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.error(format!("expected {wanted}, found {found}"), "");
    }

    /// A table whose keys are those of `section`; unknown and missing ones are reported.
    pub fn fields(self, section: &'static Section) -> Option<Fields<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Fields::new(self.source, self.problems, table, self.span.0, section)),
            _ => {
                self.wrong_type(&format!("a table ({})", section.noun));
                None
            }
        }
    }

    /// The entries of a table with free keys, in the order of the file.
    pub fn entries(self) -> Option<Vec<(Name<'a>, Node<'a>)>> {
        let DeValue::Table(table) = self.value else {
            self.wrong_type("a table");
            return None;
        };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let named = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let text: &'a std::borrow::Cow<'a, str> = key.get_ref();
            let name = Name { text, spot: self.source.spot(key.span().start) };
            (name, Node::of(self.source, self.problems, value))
        };
        Some(entries.into_iter().map(named).collect())
    }

    /// A list.
    pub fn list(self) -> Option<Vec<Node<'a>>> {
        match self.value {
            DeValue::Array(items) => {
                Some(items.iter().map(|item| Node::of(self.source, self.problems, item)).collect())
            }
            _ => {
                self.wrong_type("a list");
                None
            }
        }
    }

    /// A list of exactly two, such as a range.
    pub fn pair(self) -> Option<(Node<'a>, Node<'a>)> {
        let items = self.list()?;
        match items[..] {
            [first, second] => Some((first, second)),
            _ => {
                self.error(format!("expected two values, found {}", items.len()), "write [first, second]");
                None
            }
        }
    }

    /// A text without control characters that is not blank.
    pub fn text(self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => {
                self.error("this text is empty", "");
                None
            }
            DeValue::String(text) if text.chars().any(|c| c.is_control()) => {
                self.error("this text holds a control character", "");
                None
            }
            DeValue::String(text) => Some(text),
            _ => {
                self.wrong_type("a text");
                None
            }
        }
    }

    /// An id segment (`[a-z0-9_.-]+`).
    pub fn segment(self) -> Option<&'a str> {
        let text = self.text()?;
        check_segment(text, self.spot(), self.problems).then_some(text)
    }

    /// A text in both languages.
    pub fn both_languages(self) -> Option<Text> {
        let DeValue::Table(_) = self.value else {
            self.error("expected a text in both languages", "write { zh = \"…\", en = \"…\" }");
            return None;
        };
        let fields = self.fields(&TEXT)?;
        let zh = fields.get("zh").and_then(Node::text)?;
        let en = fields.get("en").and_then(Node::text)?;
        Some(Text::new(zh, en))
    }

    /// True or false.
    pub fn boolean(self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.wrong_type("true or false");
                None
            }
        }
    }

    /// A whole number within bounds.
    pub fn integer(self, bounds: RangeInclusive<i64>) -> Option<i64> {
        let DeValue::Integer(number) = self.value else {
            self.wrong_type("a whole number");
            return None;
        };
        match i64::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| bounds.contains(number)) {
            Some(number) => Some(number),
            None => {
                self.error(
                    format!("{number} is out of range"),
                    format!("allowed: {} to {}", bounds.start(), bounds.end()),
                );
                None
            }
        }
    }

    /// A finite number, whole or not.
    pub fn number(self) -> Option<f64> {
        let parsed = match self.value {
            DeValue::Integer(number) => {
                // Every i64 has a nearest f64; what a person writes in a configuration is below 2^53 anyway.
                i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number as f64)
            }
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            _ => None,
        };
        let finite = parsed.filter(|number| number.is_finite());
        if finite.is_none() {
            self.wrong_type("a number");
        }
        finite
    }

    /// A duration such as `500ms`, `10s`, `3m` or `1h`, within bounds.
    pub fn duration(self, bounds: RangeInclusive<Duration>) -> Option<Duration> {
        let text = match self.value {
            DeValue::String(text) => text,
            _ => {
                self.wrong_type("a duration such as \"500ms\" or \"10s\"");
                return None;
            }
        };
        let Some(duration) = parse_duration(text) else {
            self.error(format!("\"{text}\" is not a duration"), "write a number and ms, s, m or h: \"500ms\"");
            return None;
        };
        if !bounds.contains(&duration) {
            let (least, most) = (spell_duration(*bounds.start()), spell_duration(*bounds.end()));
            self.error(format!("\"{text}\" is out of range"), format!("allowed: {least} to {most}"));
            return None;
        }
        Some(duration)
    }

    /// One of a closed list of words.
    pub fn word<T: Copy>(self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        self.error(format!("unknown word \"{text}\""), did_you_mean(text, words.iter().map(|(word, _)| *word)));
        None
    }
}

/// Reports a text that cannot be a segment of an id.
pub fn check_segment(text: &str, spot: Spot, problems: &Problems) -> bool {
    let fine = is_segment(text);
    if !fine {
        problems.error(spot, format!("\"{text}\" cannot be an id"), "allowed: a-z 0-9 _ . -");
    }
    fine
}

const TEXT: Section = Section {
    title: "{ zh, en }",
    noun: "a text",
    keys: &[
        Key { name: "zh", takes: "text", default: REQUIRED, meaning: "Simplified Chinese" },
        Key { name: "en", takes: "text", default: REQUIRED, meaning: "English" },
    ],
};

/// `500ms`, `10s`, `3m`, `1h`; whole numbers only.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let milliseconds = match text[digits..].trim_start() {
        "ms" => Some(number),
        "s" => number.checked_mul(1000),
        "m" | "min" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    milliseconds.map(Duration::from_millis)
}

/// A duration as it is written in files.
pub fn spell_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0 => "0s".to_owned(),
        _ if milliseconds.is_multiple_of(3_600_000) => format!("{}h", milliseconds / 3_600_000),
        _ if milliseconds.is_multiple_of(60_000) => format!("{}m", milliseconds / 60_000),
        _ if milliseconds.is_multiple_of(1000) => format!("{}s", milliseconds / 1000),
        _ => format!("{milliseconds}ms"),
    }
}
