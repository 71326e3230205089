//! The conditions of alarm rules as they are written in profiles: `oil-pressure < 150 && running`.
//!
//! Takes: the text of one condition and what it may name ([`Vocabulary`]): points or statuses, and settings of a class.
//! Gives: a typed [`Expression`] with slots resolved, or every finding with its offset in the text.
//! Never: a name that is looked up later, a loop, or an unbounded nesting.
//!
//! ```text
//! any     = all { "||" all }
//! all     = one { "&&" one }
//! one     = "!" one | "(" any ")" | test
//! test    = bit-point | term compare term | state-point ("==" | "!=") key | state-point "in" "[" key { "," key } "]"
//! term    = numeric-point | number | "$" setting
//! compare = "<" | "<=" | ">" | ">=" | "==" | "!="
//! ```

pub mod lexer;
pub mod nesting;
mod syntax;

use super::document::Node;
use super::problem::did_you_mean;
use crate::engine::profile::{Comparison, Expression, Term};
use lexer::Word;
use nesting::Tree;
use syntax::{Operand, Test};

/// What a point is to a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotKind {
    /// A condition by itself.
    Bit,
    /// Compares with numbers.
    Number,
    /// Compares with the keys of its states, in the order of their indices.
    State(Vec<String>),
    /// Nothing a condition can ask about.
    Text,
    /// The point itself is wrong and already reported: whatever is said about it passes.
    Faulty,
}

/// One point that a condition may name; its position in the list is its slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its name.
    pub key: String,
    /// What it is.
    pub kind: SlotKind,
}

/// One thing wrong in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Byte offset in the text of the condition.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: String,
}

impl Finding {
    pub(in crate::config) fn new(offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Finding {
        Finding { offset, message: message.into(), hint: hint.into() }
    }
}

/// What a condition may name.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary<'a> {
    /// What its slots are called in a sentence: `point`, `status`.
    pub noun: &'static str,
    /// Its slots.
    pub slots: &'a [Slot],
    /// The class's settings, written `$voltage-low`; their positions are the indices of [`Term::Setting`].
    pub settings: &'a [String],
}

/// Reads one condition over points alone.
pub fn parse(text: &str, slots: &[Slot]) -> Result<Expression, Vec<Finding>> {
    parse_over(text, Vocabulary { noun: "point", slots, settings: &[] })
}

/// Reads one condition over `words`.
pub fn parse_over(text: &str, words: Vocabulary<'_>) -> Result<Expression, Vec<Finding>> {
    let tree = syntax::parse(text).map_err(|finding| vec![finding])?;
    let mut resolver = Resolver { words, slots: words.slots, findings: Vec::new() };
    let expression = resolver.resolve(&tree);
    match expression {
        Some(expression) if resolver.findings.is_empty() => Ok(expression),
        _ => Err(resolver.findings),
    }
}

/// Reports what is wrong in the condition that `node` holds, each finding at its own place in it.
pub fn tell(findings: Vec<Finding>, node: Node<'_>) {
    for finding in findings {
        node.problems().error(node.spot_within(finding.offset), finding.message, finding.hint);
    }
}

/// Whether a condition would take this word for a number.
pub fn is_number(text: &str) -> bool {
    syntax::number(text).is_some()
}

struct Resolver<'a> {
    words: Vocabulary<'a>,
    slots: &'a [Slot],
    findings: Vec<Finding>,
}

impl Resolver<'_> {
    fn resolve(&mut self, tree: &Tree<Test<'_>>) -> Option<Expression> {
        match tree {
            Tree::Not(inner) => Some(Expression::Not(Box::new(self.resolve(inner)?))),
            Tree::All(parts) => self.resolve_each(parts).map(Expression::All),
            Tree::Any(parts) => self.resolve_each(parts).map(Expression::Any),
            Tree::Test(Test::Alone(word)) => self.alone(*word),
            Tree::Test(Test::Compare(left, comparison, right)) => self.compare(left, *comparison, right),
            Tree::Test(Test::In(word, keys)) => self.state_in(*word, keys),
        }
    }

    /// Resolves every part, so that each gets its findings, before one of them can fail the whole.
    fn resolve_each(&mut self, parts: &[Tree<Test<'_>>]) -> Option<Vec<Expression>> {
        let resolved: Vec<Option<Expression>> = parts.iter().map(|part| self.resolve(part)).collect();
        resolved.into_iter().collect()
    }

    fn find(&mut self, word: Word<'_>) -> Option<(u32, SlotKind)> {
        if word.text.starts_with('$') {
            let message = format!("\"{}\" is a setting, a number", word.text);
            self.findings.push(Finding::new(word.offset, message, format!("compare it: level < {}", word.text)));
            return None;
        }
        match self.slots.iter().position(|slot| slot.key == word.text) {
            Some(at) => Some((u32::try_from(at).unwrap_or(u32::MAX), self.slots[at].kind.clone())),
            None => {
                let hint = did_you_mean(word.text, self.slots.iter().map(|slot| slot.key.as_str()));
                self.findings.push(Finding::new(
                    word.offset,
                    format!("unknown {} \"{}\"", self.words.noun, word.text),
                    hint,
                ));
                None
            }
        }
    }

    fn alone(&mut self, word: Word<'_>) -> Option<Expression> {
        let name = word.text;
        let (slot, kind) = self.find(word)?;
        let (what, hint) = match kind {
            SlotKind::Bit | SlotKind::Faulty => return Some(Expression::Bit(slot)),
            SlotKind::Number => ("a number", format!("compare it: {name} > 0")),
            SlotKind::State(keys) => {
                ("a state", format!("compare it: {name} == {}", keys.first().map_or("…", String::as_str)))
            }
            SlotKind::Text => ("a text", "conditions are over bits, numbers and states".to_owned()),
        };
        self.findings.push(Finding::new(word.offset, format!("\"{name}\" is {what}, not a condition"), hint));
        None
    }

    fn compare(&mut self, left: &Operand<'_>, comparison: Comparison, right: &Operand<'_>) -> Option<Expression> {
        if let (Operand::Word(word), equal) = (left, comparison) {
            let known = self.slots.iter().find(|slot| slot.key == word.text).map(|slot| slot.kind.clone());
            match known {
                Some(SlotKind::State(_)) => return self.compare_state(*word, equal, right),
                Some(SlotKind::Faulty) => return Some(Expression::Bit(0)),
                Some(SlotKind::Bit) => {
                    let message = format!("\"{}\" is a bit and holds or does not; it is not compared", word.text);
                    let hint = format!("write {0} or !{0}", word.text);
                    self.findings.push(Finding::new(word.offset, message, hint));
                    return None;
                }
                Some(SlotKind::Number | SlotKind::Text) | None => {}
            }
        }
        let (left_term, right_term) = (self.term(left), self.term(right));
        if let (Operand::Number(..), Operand::Number(offset, _)) = (left, right) {
            self.findings.push(Finding::new(*offset, "this compares two numbers", "name a point"));
            return None;
        }
        Some(Expression::Compare(left_term?, comparison, right_term?))
    }

    fn term(&mut self, operand: &Operand<'_>) -> Option<Term> {
        match operand {
            Operand::Number(_, number) => Some(Term::Literal(*number)),
            Operand::Word(word) if word.text.starts_with('$') => self.setting(*word),
            Operand::Word(word) => match self.find(*word)? {
                (slot, SlotKind::Number | SlotKind::Faulty) => Some(Term::Slot(slot)),
                (_, kind) => {
                    let (what, hint) = match kind {
                        SlotKind::Bit => ("a bit", "write the point on the left side"),
                        SlotKind::Text => ("a text", "conditions are over bits, numbers and states"),
                        _ => ("a state", "write the point on the left side"),
                    };
                    let message = format!("\"{}\" is {what} and cannot be compared with a number", word.text);
                    self.findings.push(Finding::new(word.offset, message, hint));
                    None
                }
            },
        }
    }

    fn setting(&mut self, word: Word<'_>) -> Option<Term> {
        let key = word.text.trim_start_matches('$');
        let found = self.words.settings.iter().position(|setting| *setting == key);
        if found.is_none() {
            let hint = did_you_mean(key, self.words.settings.iter().map(String::as_str));
            let message = format!("the class has no setting \"{key}\"");
            self.findings.push(Finding::new(word.offset, message, hint));
        }
        found.and_then(|at| u32::try_from(at).ok()).map(Term::Setting)
    }

    fn compare_state(&mut self, point: Word<'_>, comparison: Comparison, right: &Operand<'_>) -> Option<Expression> {
        let key = match right {
            Operand::Word(key) => *key,
            Operand::Number(offset, _) => {
                let keys = self.keys_of(point);
                let message = format!("\"{}\" is a state, not a number", point.text);
                self.findings.push(Finding::new(*offset, message, format!("known: {}", keys.join(", "))));
                return None;
            }
        };
        match comparison {
            Comparison::Equal => self.state_in(point, &[key]),
            Comparison::Unequal => Some(Expression::Not(Box::new(self.state_in(point, &[key])?))),
            _ => {
                let message = format!("\"{}\" is a state; states have no order", point.text);
                self.findings.push(Finding::new(point.offset, message, "use ==, != or in [ … ]"));
                None
            }
        }
    }

    fn state_in(&mut self, point: Word<'_>, keys: &[Word<'_>]) -> Option<Expression> {
        let (slot, kind) = self.find(point)?;
        let known = match kind {
            SlotKind::State(known) => known,
            SlotKind::Faulty => return Some(Expression::Bit(slot)),
            SlotKind::Bit | SlotKind::Number | SlotKind::Text => {
                let message = format!("\"{}\" has no states", point.text);
                self.findings.push(Finding::new(point.offset, message, ""));
                return None;
            }
        };
        let mut indices = Vec::new();
        for key in keys {
            match known.iter().position(|known| known == key.text) {
                Some(at) => indices.push(u16::try_from(at).unwrap_or(u16::MAX)),
                None => {
                    let hint = did_you_mean(key.text, known.iter().map(String::as_str));
                    let message = format!("\"{}\" has no state \"{}\"", point.text, key.text);
                    self.findings.push(Finding::new(key.offset, message, hint));
                }
            }
        }
        (indices.len() == keys.len()).then_some(Expression::StateIn(slot, indices))
    }

    fn keys_of(&self, point: Word<'_>) -> Vec<String> {
        match self.slots.iter().find(|slot| slot.key == point.text).map(|slot| &slot.kind) {
            Some(SlotKind::State(keys)) => keys.clone(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
