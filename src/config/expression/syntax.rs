//! The shape of a condition: words, operators and nesting, before any name is looked up.
//!
//! Takes: the text of one condition.
//! Gives: [`Test`]s joined to a [`Tree`], with byte offsets; or the one place where the text stops making sense.
//! Never: a word that no name or number may be.

use super::Finding;
use super::lexer::{Alphabet, Word};
use super::nesting::{Reader, Tree, not_spelled_out};
use crate::engine::profile::Comparison;

/// A name may begin with `$`: a setting.
const ALPHABET: Alphabet =
    Alphabet { letters: &['-', '_', '.', '$'], operators: &['<', '>', '!', '(', ')', '[', ']', ','], quotes: false };

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand<'a> {
    /// A name.
    Word(Word<'a>),
    /// A number and its offset.
    Number(usize, f64),
}

/// What stands between the operators of a condition, before resolution.
#[derive(Clone, Debug, PartialEq)]
pub enum Test<'a> {
    Alone(Word<'a>),
    Compare(Operand<'a>, Comparison, Operand<'a>),
    In(Word<'a>, Vec<Word<'a>>),
}

/// Parses a condition.
pub fn parse(text: &str) -> Result<Tree<Test<'_>>, Finding> {
    let tokens = tokens(text)?;
    Reader::new(text, &tokens, "use an additional alarm").whole(test)
}

fn tokens(text: &str) -> Result<Vec<Word<'_>>, Finding> {
    match ALPHABET.words(text) {
        Ok(tokens) if tokens.is_empty() => {
            Err(Finding::new(0, "this condition is empty", "write for example: oil-pressure < 150 && running"))
        }
        Ok(tokens) => Ok(tokens),
        Err(offset) => {
            let found = text[offset..].chars().next().unwrap_or_default();
            let hint = match found {
                '&' => "\"and\" is written &&",
                '|' => "\"or\" is written ||",
                '=' => "\"equal\" is written ==",
                _ => "",
            };
            Err(Finding::new(offset, format!("unexpected \"{found}\""), hint))
        }
    }
}

fn test<'a>(reader: &mut Reader<'_, 'a>) -> Result<Test<'a>, Finding> {
    let left = operand(reader)?;
    let comparison = match reader.peek().map(|token| token.text) {
        Some("<") => Comparison::Less,
        Some("<=") => Comparison::AtMost,
        Some(">") => Comparison::Greater,
        Some(">=") => Comparison::AtLeast,
        Some("==") => Comparison::Equal,
        Some("!=") => Comparison::Unequal,
        Some("in") => {
            let Operand::Word(point) = left else {
                return Err(reader.unexpected("expected a comparison", "\"in\" follows the name of a state point"));
            };
            reader.pass();
            return Ok(Test::In(point, keys(reader)?));
        }
        _ => {
            return match left {
                Operand::Word(word) => Ok(Test::Alone(word)),
                Operand::Number(offset, _) => {
                    Err(Finding::new(offset, "a number is not a condition", "compare it with a point"))
                }
            };
        }
    };
    reader.pass();
    Ok(Test::Compare(left, comparison, operand(reader)?))
}

fn keys<'a>(reader: &mut Reader<'_, 'a>) -> Result<Vec<Word<'a>>, Finding> {
    const HINT: &str = "write: in [first, second]";
    reader.demand("[", HINT)?;
    let mut keys = Vec::new();
    loop {
        match reader.peek() {
            Some(token) if ALPHABET.is_plain(&token) => keys.push(token),
            _ => return Err(reader.unexpected("expected the key of a state", HINT)),
        }
        reader.pass();
        if reader.take("]") {
            return Ok(keys);
        }
        reader.demand(",", HINT)?;
    }
}

fn operand<'a>(reader: &mut Reader<'_, 'a>) -> Result<Operand<'a>, Finding> {
    let Some(token) = reader.peek().filter(|token| ALPHABET.is_plain(token)) else {
        return Err(reader.unexpected("expected a point or a number", ""));
    };
    not_spelled_out(&token)?;
    reader.pass();
    Ok(match number(token.text) {
        Some(number) => Operand::Number(token.offset, number),
        None => Operand::Word(token),
    })
}

/// A number; words such as `inf` or `nan` are names.
pub fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return u32::from_str_radix(hexadecimal, 16).ok().map(f64::from);
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
