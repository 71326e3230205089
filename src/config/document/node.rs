//! One value of a document: typed reads that report what is wrong and give nothing then.
//!
//! Takes: a value of the TOML tree.
//! Gives: [`Node`].
//! Never: a guess. What is not of the wanted type is reported with what was found instead.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::duration::{parse_duration, spell_duration};
use super::{Fields, Key, Name, REQUIRED, Section, Source};
use crate::config::letters;
use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::engine::base::{Text, is_segment};

/// A value with its place.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    source: &'a Source,
    problems: &'a Problems,
    span: (usize, usize),
    value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn of(source: &'a Source, problems: &'a Problems, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
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

    /// The same with further keys that this place knows.
    pub fn fields_and(self, section: &'static Section, further: &[&str]) -> Option<Fields<'a>> {
        match self.value {
            DeValue::Table(table) => {
                Some(Fields::with(self.source, self.problems, table, self.span.0, (section, further)))
            }
            _ => self.fields(section),
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

    /// A text that is not blank and holds only letters that are read.
    pub fn text(self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => {
                self.error("this text is empty", "");
                None
            }
            DeValue::String(text) => self.readable(text, letters::fault(text)),
            _ => {
                self.wrong_type("a text");
                None
            }
        }
    }

    /// A text that may run over several lines.
    pub fn lines(self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if text.chars().any(char::is_whitespace) && !text.trim().is_empty() => {
                self.readable(text, letters::fault_in_lines(text))
            }
            _ => self.text(),
        }
    }

    /// The text, unless a letter of it is no letter to read.
    fn readable(self, text: &'a str, fault: Option<(String, &str)>) -> Option<&'a str> {
        match fault {
            Some((message, hint)) => {
                self.error(message, hint);
                None
            }
            None => Some(text),
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
        let whole = self.whole(i128::from(*bounds.start())..=i128::from(*bounds.end()))?;
        i64::try_from(whole).ok()
    }

    /// A whole number within bounds that may go beyond 63 bits, such as the pattern of a 64-bit register.
    pub fn whole(self, bounds: RangeInclusive<i128>) -> Option<i128> {
        let DeValue::Integer(number) = self.value else {
            self.wrong_type("a whole number");
            return None;
        };
        match i128::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| bounds.contains(number)) {
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
    pub fn word<T: Clone>(self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(value.clone());
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
