//! The shape of a condition: words, operators and nesting, before any name is looked up.
//!
//! Takes: the text of one condition.
//! Gives: [`Tree`] with byte offsets, or the one place where the text stops making sense.
//! Never: recursion deeper than [`DEEPEST`]; a file must not be able to exhaust the stack.

use super::Finding;
use super::lexer::{Alphabet, Word};
use crate::engine::profile::Comparison;

/// Deepest nesting of parentheses and negations.
const DEEPEST: usize = 32;

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

/// A condition before resolution.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree<'a> {
    Not(Box<Tree<'a>>),
    All(Vec<Tree<'a>>),
    Any(Vec<Tree<'a>>),
    Alone(Word<'a>),
    Compare(Operand<'a>, Comparison, Operand<'a>),
    In(Word<'a>, Vec<Word<'a>>),
}

/// Parses a condition.
pub fn parse(text: &str) -> Result<Tree<'_>, Finding> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, at: 0, end: text.trim_end().len(), depth: 0 };
    let tree = reader.any()?;
    match reader.peek() {
        None => Ok(tree),
        Some(token) => {
            let hint = if token.text == ")" { "" } else { "join conditions with && or ||" };
            Err(Finding::new(token.offset, format!("unexpected \"{}\"", token.text), hint))
        }
    }
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

struct Reader<'t, 'a> {
    tokens: &'t [Word<'a>],
    at: usize,
    end: usize,
    depth: usize,
}

impl<'a> Reader<'_, 'a> {
    fn peek(&self) -> Option<Word<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.text == symbol);
        self.at += usize::from(found);
        found
    }

    fn demand(&mut self, symbol: &str, hint: &str) -> Result<(), Finding> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected(&format!("expected \"{symbol}\""), hint)) }
    }

    fn unexpected(&self, wanted: &str, hint: &str) -> Finding {
        match self.peek() {
            Some(token) => Finding::new(token.offset, format!("{wanted}, found \"{}\"", token.text), hint),
            None => Finding::new(self.end, format!("{wanted}, but the condition ends here"), hint),
        }
    }

    fn any(&mut self) -> Result<Tree<'a>, Finding> {
        let mut parts = vec![self.all()?];
        while self.take("||") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::Any(parts) })
    }

    fn all(&mut self) -> Result<Tree<'a>, Finding> {
        let mut parts = vec![self.one()?];
        while self.take("&&") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::All(parts) })
    }

    fn one(&mut self) -> Result<Tree<'a>, Finding> {
        if self.depth >= DEEPEST {
            return Err(self.unexpected(&format!("nested deeper than {DEEPEST}"), "use an additional alarm"));
        }
        self.depth += 1;
        let tree = if self.take("!") {
            Tree::Not(Box::new(self.one()?))
        } else if self.take("(") {
            let inner = self.any()?;
            self.demand(")", "every \"(\" needs its \")\"")?;
            inner
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn test(&mut self) -> Result<Tree<'a>, Finding> {
        let left = self.operand()?;
        let comparison = match self.peek().map(|token| token.text) {
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::AtMost,
            Some(">") => Comparison::Greater,
            Some(">=") => Comparison::AtLeast,
            Some("==") => Comparison::Equal,
            Some("!=") => Comparison::Unequal,
            Some("in") => {
                let Operand::Word(point) = left else {
                    return Err(self.unexpected("expected a comparison", "\"in\" follows the name of a state point"));
                };
                self.at += 1;
                return Ok(Tree::In(point, self.keys()?));
            }
            _ => {
                return match left {
                    Operand::Word(word) => Ok(Tree::Alone(word)),
                    Operand::Number(offset, _) => {
                        Err(Finding::new(offset, "a number is not a condition", "compare it with a point"))
                    }
                };
            }
        };
        self.at += 1;
        Ok(Tree::Compare(left, comparison, self.operand()?))
    }

    fn keys(&mut self) -> Result<Vec<Word<'a>>, Finding> {
        const HINT: &str = "write: in [first, second]";
        self.demand("[", HINT)?;
        let mut keys = Vec::new();
        loop {
            match self.peek() {
                Some(token) if ALPHABET.is_plain(&token) => keys.push(token),
                _ => return Err(self.unexpected("expected the key of a state", HINT)),
            }
            self.at += 1;
            if self.take("]") {
                return Ok(keys);
            }
            self.demand(",", HINT)?;
        }
    }

    fn operand(&mut self) -> Result<Operand<'a>, Finding> {
        let Some(token) = self.peek().filter(|token| ALPHABET.is_plain(token)) else {
            return Err(self.unexpected("expected a point or a number", ""));
        };
        self.at += 1;
        if token.text == "and" || token.text == "or" || token.text == "not" {
            let hint = "\"and\" is written &&, \"or\" ||, \"not\" !";
            return Err(Finding::new(token.offset, format!("unexpected \"{}\"", token.text), hint));
        }
        Ok(match number(token.text) {
            Some(number) => Operand::Number(token.offset, number),
            None => Operand::Word(token),
        })
    }
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
