//! Facts in words, one after the other.
//!
//! Takes: facts, in the order of the journal.
//! Gives: what happened and to what, in both languages.
//! Never: an id where a name was among the facts that were told before.

use super::kinds::kind_words;
use super::line::Line;
use super::names::Names;
use crate::engine::alarm::Fact;
use crate::engine::base::Text;

/// Tells facts; it learns their names as it goes.
#[derive(Clone, Debug, Default)]
pub struct Teller {
    names: Names,
}

/// A fact in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub kind: Text,
    /// To what, where, and what was said of it.
    pub about: Text,
}

impl Teller {
    /// The next fact.
    pub fn tell(&mut self, fact: &Fact) -> Told {
        self.names.note(fact);
        let line = Line::of(fact, &self.names);
        let kind = kind_words(line.kind).map_or_else(|| Text::same(line.kind), |(zh, en)| Text::new(zh, en));
        // A name that repeats its place stands for both.
        let place =
            Text { zh: unless_within(&line.place.zh, &line.what.zh), en: unless_within(&line.place.en, &line.what.en) };
        let about = Text {
            zh: joined([&place.zh, &line.what.zh, &line.words.zh]),
            en: joined([&place.en, &line.what.en, &line.words.en]),
        };
        Told { kind, about }
    }
}

fn unless_within(part: &str, whole: &str) -> String {
    if whole.contains(part) { String::new() } else { part.to_owned() }
}

fn joined(parts: [&str; 3]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
