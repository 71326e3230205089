//! Words joined by `&&`, `||`, `!` and parentheses, for conditions of profiles and of linkages alike.
//!
//! Takes: the words of a condition, and whoever reads what stands between the operators.
//! Gives: [`Tree`], or the one place where the text stops making sense.
//! Never: recursion deeper than [`DEEPEST`]; a file must not be able to exhaust the stack.
//!
//! ```text
//! any = all { "||" all }
//! all = one { "&&" one }
//! one = "!" one | "(" any ")" | test
//! ```

use super::Finding;
use super::lexer::Word;

/// Deepest nesting of parentheses and negations.
const DEEPEST: usize = 32;

/// A condition before resolution; a test is what its language asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree<T> {
    /// Not this.
    Not(Box<Tree<T>>),
    /// Every one of these.
    All(Vec<Tree<T>>),
    /// One of these at least.
    Any(Vec<Tree<T>>),
    /// One test.
    Test(T),
}

/// The words of a condition, from the first to the last.
pub struct Reader<'t, 'a> {
    words: &'t [Word<'a>],
    at: usize,
    end: usize,
    depth: usize,
    /// What to do about a condition that is nested too deep.
    instead: &'static str,
}

impl<'t, 'a> Reader<'t, 'a> {
    /// Over the words of `text`.
    pub fn new(text: &str, words: &'t [Word<'a>], instead: &'static str) -> Reader<'t, 'a> {
        Reader { words, at: 0, end: text.trim_end().len(), depth: 0, instead }
    }

    /// Reads the whole of it; `test` reads one test.
    ///
    /// # Errors
    /// The place where it stops making sense.
    pub fn whole<T>(&mut self, test: impl Fn(&mut Self) -> Result<T, Finding>) -> Result<Tree<T>, Finding> {
        let tree = self.any(&test)?;
        match self.peek() {
            None => Ok(tree),
            Some(word) => {
                let hint = if word.text == ")" { "" } else { "join conditions with && or ||" };
                Err(Finding::new(word.offset, format!("unexpected \"{}\"", word.text), hint))
            }
        }
    }

    /// The next word.
    pub fn peek(&self) -> Option<Word<'a>> {
        self.words.get(self.at).copied()
    }

    /// Goes on behind the next word.
    pub fn pass(&mut self) {
        self.at += 1;
    }

    /// Goes on behind this operator where it comes next.
    pub fn take(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|word| !word.quoted && word.text == symbol);
        self.at += usize::from(found);
        found
    }

    /// The same where it must come next.
    ///
    /// # Errors
    /// Something else comes.
    pub fn demand(&mut self, symbol: &str, hint: &str) -> Result<(), Finding> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected(&format!("expected \"{symbol}\""), hint)) }
    }

    /// What is wrong where something else was expected.
    pub fn unexpected(&self, wanted: &str, hint: &str) -> Finding {
        match self.peek() {
            Some(word) => Finding::new(word.offset, format!("{wanted}, found \"{}\"", word.text), hint),
            None => Finding::new(self.end, format!("{wanted}, but the condition ends here"), hint),
        }
    }

    fn any<T>(&mut self, test: &impl Fn(&mut Self) -> Result<T, Finding>) -> Result<Tree<T>, Finding> {
        let mut parts = vec![self.all(test)?];
        while self.take("||") {
            parts.push(self.all(test)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::Any(parts) })
    }

    fn all<T>(&mut self, test: &impl Fn(&mut Self) -> Result<T, Finding>) -> Result<Tree<T>, Finding> {
        let mut parts = vec![self.one(test)?];
        while self.take("&&") {
            parts.push(self.one(test)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::All(parts) })
    }

    fn one<T>(&mut self, test: &impl Fn(&mut Self) -> Result<T, Finding>) -> Result<Tree<T>, Finding> {
        if self.depth >= DEEPEST {
            return Err(self.unexpected(&format!("nested deeper than {DEEPEST}"), self.instead));
        }
        self.depth += 1;
        let tree = if self.take("!") {
            Tree::Not(Box::new(self.one(test)?))
        } else if self.take("(") {
            let inner = self.any(test)?;
            self.demand(")", "every \"(\" needs its \")\"")?;
            inner
        } else {
            Tree::Test(test(self)?)
        };
        self.depth -= 1;
        Ok(tree)
    }
}

/// An operator that is written as a word.
///
/// # Errors
/// What it is written as.
pub fn not_spelled_out(word: &Word<'_>) -> Result<(), Finding> {
    if !word.quoted && matches!(word.text, "and" | "or" | "not") {
        let hint = "\"and\" is written &&, \"or\" ||, \"not\" !";
        return Err(Finding::new(word.offset, format!("unexpected \"{}\"", word.text), hint));
    }
    Ok(())
}
