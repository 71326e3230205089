//! The notation of panel formulas (联动公式): `01001103+02001203=01001213 00 01001319 10`.
//!
//! Takes: one line.
//! Gives: [`Formula`] with the byte offset of everything in it, or the one place where the line stops making sense.
//! Never: more than [`MOST`] terms, a delay that was cut off, a guess about precedence: that is the importer's to demand.
//!
//! ```text
//! formula = term { ("+" | "X") term } ("=" | "==") ["X"] action { action }
//! term    = six digits of the secondary code, two of the type; "*" any digit, "&" the same digit on both sides
//! action  = term delay            delay: two or three digits, in seconds
//! ```

use crate::config::expression::Finding;
use crate::config::linkage::Pattern;

/// Most terms of one formula, conditions and actions together.
pub const MOST: usize = 64;
/// Longest delay in seconds (A-15).
const LONGEST: u16 = 600;
/// Longest line in bytes.
const LONGEST_LINE: usize = 4096;

/// How two conditions are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// `+`
    Or,
    /// `×`, `X` or `x`
    And,
}

/// Code and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Six characters.
    pub code: Pattern,
    /// Two characters.
    pub kind: Pattern,
    /// Where it stands, in bytes.
    pub offset: usize,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// To what.
    pub term: Term,
    /// After so many seconds.
    pub delay: u16,
}

/// One formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Conditions, at least one.
    pub terms: Vec<Term>,
    /// How each condition but the first is joined to what stands before it, and where that is written.
    pub joins: Vec<(Join, usize)>,
    /// `==`: only in full automatic.
    pub full_automatic: bool,
    /// `=X`: stop.
    pub stop: bool,
    /// Actions, at least one.
    pub effects: Vec<Effect>,
}

impl Formula {
    /// Where the second kind of join stands, when both occur.
    pub fn mixed(&self) -> Option<usize> {
        let (first, _) = self.joins.first()?;
        self.joins.iter().find(|(join, _)| join != first).map(|(_, offset)| *offset)
    }
}

/// Reads one line; panels print full-width letters too.
pub fn parse(line: &str) -> Result<Formula, Finding> {
    if line.len() > LONGEST_LINE {
        return Err(Finding::new(0, format!("a line of {} bytes", line.len()), format!("at most {LONGEST_LINE}")));
    }
    let letters: Vec<(usize, char)> = line.char_indices().map(|(at, letter)| (at, plain(letter))).collect();
    let mut reader = Reader { letters: &letters, at: 0, end: line.trim_end().len() };
    reader.label();
    let mut formula =
        Formula { terms: Vec::new(), joins: Vec::new(), full_automatic: false, stop: false, effects: Vec::new() };
    formula.terms.push(reader.term("a condition")?);
    loop {
        let offset = reader.offset();
        match reader.next() {
            Some('+') => formula.joins.push((Join::Or, offset)),
            Some('X') => formula.joins.push((Join::And, offset)),
            Some('=') => break,
            Some(found) => {
                return Err(Finding::new(
                    offset,
                    format!("unexpected \"{found}\""),
                    "conditions are joined by + or X and end with =",
                ));
            }
            None => {
                return Err(Finding::new(offset, "there is no \"=\": what shall be done?", "condition=action delay"));
            }
        }
        formula.terms.push(reader.term("a condition")?);
        reader.bounded(formula.terms.len())?;
    }
    formula.full_automatic = reader.take('=');
    formula.stop = reader.take('X');
    loop {
        let term = reader.term("an action")?;
        let delay = reader.delay()?;
        formula.effects.push(Effect { term, delay });
        reader.bounded(formula.terms.len() + formula.effects.len())?;
        reader.take(',');
        if reader.peek().is_none() {
            return Ok(formula);
        }
    }
}

/// Full-width letters and every way to write "and" as one.
fn plain(letter: char) -> char {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => plain(char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter)),
        '×' | '✕' | '✖' | 'x' => 'X',
        '\u{3000}' | '\t' | '\u{A0}' => ' ',
        '、' | ';' => ',',
        other => other,
    }
}

struct Reader<'a> {
    letters: &'a [(usize, char)],
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn spaces(&mut self) {
        while self.letters.get(self.at).is_some_and(|(_, letter)| letter.is_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.spaces();
        self.letters.get(self.at).map(|(_, letter)| *letter)
    }

    fn next(&mut self) -> Option<char> {
        let found = self.peek();
        self.at += usize::from(found.is_some());
        found
    }

    fn take(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        self.at += usize::from(found);
        found
    }

    fn offset(&mut self) -> usize {
        self.spaces();
        self.letters.get(self.at).map_or(self.end, |(offset, _)| *offset)
    }

    /// `12:` or `12、` before the formula: its number in the panel's list.
    fn label(&mut self) {
        let begin = self.at;
        let mut digits = 0;
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
            digits += 1;
        }
        if !(1..=4).contains(&digits) || !self.peek().is_some_and(|letter| matches!(letter, ':' | '.' | ')' | ',')) {
            self.at = begin;
            return;
        }
        self.at += 1;
    }

    /// Characters up to the next that belongs to no code.
    fn run(&mut self) -> (String, usize) {
        let offset = self.offset();
        let begin = self.at;
        while self
            .letters
            .get(self.at)
            .is_some_and(|(_, letter)| letter.is_ascii_digit() || matches!(letter, '*' | '&'))
        {
            self.at += 1;
        }
        (self.letters[begin..self.at].iter().map(|(_, letter)| *letter).collect(), offset)
    }

    fn term(&mut self, what: &str) -> Result<Term, Finding> {
        const HINT: &str =
            "six digits of the secondary code and two of the type; * any digit, & the same on both sides";
        let (text, offset) = self.run();
        if text.is_empty() {
            let found = match self.peek() {
                Some(letter) => format!("expected {what}, found \"{letter}\""),
                None => format!("expected {what}, but the line ends here"),
            };
            return Err(Finding::new(offset, found, HINT));
        }
        match (text.get(..6).map(|code| Pattern::parse(code, 6)), text.get(6..).map(|kind| Pattern::parse(kind, 2))) {
            (Some(Ok(code)), Some(Ok(kind))) => Ok(Term { code, kind, offset }),
            _ => {
                let message = format!("\"{text}\" has {} characters and is no code with its type", text.len());
                Err(Finding::new(offset, message, HINT))
            }
        }
    }

    fn delay(&mut self) -> Result<u16, Finding> {
        const HINT: &str = "two or three digits, in seconds: 00 for at once";
        let (text, offset) = self.run();
        match text.parse::<u16>().ok().filter(|_| matches!(text.len(), 2 | 3)) {
            Some(delay) if delay <= LONGEST => Ok(delay),
            Some(delay) => Err(Finding::new(offset, format!("a delay of {delay} s"), format!("at most {LONGEST} s"))),
            None if text.is_empty() => Err(Finding::new(offset, "this action has no delay", HINT)),
            None => Err(Finding::new(offset, format!("\"{text}\" is no delay"), HINT)),
        }
    }

    fn bounded(&mut self, terms: usize) -> Result<(), Finding> {
        let offset = self.offset();
        if terms <= MOST {
            Ok(())
        } else {
            Err(Finding::new(offset, format!("more than {MOST} terms"), "make two formulas"))
        }
    }
}
