//! The shape of a linkage's condition: calls, operators and nesting, before any name is looked up.
//!
//! Takes: the text of one condition.
//! Gives: [`Tree`] with byte offsets, or the one place where the text stops making sense.
//! Never: recursion deeper than [`DEEPEST`] or more than [`MOST`] words; a file must not be able to exhaust the stack.
//!
//! ```text
//! any  = all { "||" all }
//! all  = one { "&&" one }
//! one  = "!" one | "(" any ")" | call
//! call = word [ "(" [ given { "," given } ] ")" ] [ (">=" | ">") number ]
//! given = ["!"] word | word "=" value
//! ```

use crate::config::expression::Finding;
use crate::config::expression::lexer::Alphabet;
pub use crate::config::expression::lexer::Word;

/// Deepest nesting of parentheses and negations.
const DEEPEST: usize = 32;
/// Most words and operators of one condition.
const MOST: usize = 2_000;

const ALPHABET: Alphabet = Alphabet {
    letters: &['-', '_', '.', ':', '$', '/'],
    operators: &['<', '>', '!', '(', ')', '=', ','],
    quotes: true,
};

/// `fire(zone='2-04')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// What is asked.
    pub name: Word<'a>,
    /// What it is asked about, by position: each with whether it is negated.
    pub given: Vec<(Word<'a>, bool)>,
    /// What it is asked about, by name: key and value.
    pub named: Vec<(Word<'a>, Word<'a>)>,
}

/// A condition before resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree<'a> {
    Not(Box<Tree<'a>>),
    All(Vec<Tree<'a>>),
    Any(Vec<Tree<'a>>),
    Call(Call<'a>),
    /// At least so many; the number's own offset.
    Counted(Call<'a>, u32, usize),
}

/// Parses a condition.
pub fn parse(text: &str) -> Result<Tree<'_>, Finding> {
    let words = words(text)?;
    let mut reader = Reader { words: &words, at: 0, end: text.trim_end().len(), depth: 0 };
    let tree = reader.any()?;
    match reader.peek() {
        None => Ok(tree),
        Some(word) => {
            let hint = if word.text == ")" { "" } else { "join conditions with && or ||" };
            Err(Finding::new(word.offset, format!("unexpected \"{}\"", word.text), hint))
        }
    }
}

fn words(text: &str) -> Result<Vec<Word<'_>>, Finding> {
    const EXAMPLE: &str = "write for example: count(fire, zone='2-04') >= 2";
    match ALPHABET.words(text) {
        Ok(words) if words.len() > MOST => {
            Err(Finding::new(words[MOST].offset, format!("more than {MOST} words"), "make two linkages"))
        }
        Ok(words) if words.is_empty() => Err(Finding::new(0, "this condition is empty", EXAMPLE)),
        Ok(words) => Ok(words),
        Err(offset) => {
            let found = text[offset..].chars().next().unwrap_or_default();
            let hint = match found {
                '&' => "\"and\" is written &&",
                '|' => "\"or\" is written ||; several classes stand in quotes: class='a|b'",
                '\'' | '"' => "every quote needs its end",
                '*' => "a code with wildcards stands in quotes: code='04****'",
                '≥' => "\"at least\" is written >=",
                _ => "",
            };
            Err(Finding::new(offset, format!("unexpected \"{found}\""), hint))
        }
    }
}

struct Reader<'t, 'a> {
    words: &'t [Word<'a>],
    at: usize,
    end: usize,
    depth: usize,
}

impl<'a> Reader<'_, 'a> {
    fn peek(&self) -> Option<Word<'a>> {
        self.words.get(self.at).copied()
    }

    fn next_is(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|word| !word.quoted && word.text == symbol)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.next_is(symbol);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, wanted: &str, hint: &str) -> Finding {
        match self.peek() {
            Some(word) => Finding::new(word.offset, format!("{wanted}, found \"{}\"", word.text), hint),
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
            return Err(self.unexpected(&format!("nested deeper than {DEEPEST}"), "make two linkages"));
        }
        self.depth += 1;
        let tree = if self.take("!") {
            Tree::Not(Box::new(self.one()?))
        } else if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return Err(self.unexpected("expected \")\"", "every \"(\" needs its \")\""));
            }
            inner
        } else {
            self.call()?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn call(&mut self) -> Result<Tree<'a>, Finding> {
        let name = self.plain("expected a condition", "for example fire(zone='2-04')")?;
        let mut call = Call { name, given: Vec::new(), named: Vec::new() };
        if self.take("(") && !self.take(")") {
            loop {
                self.argument(&mut call)?;
                if self.take(")") {
                    break;
                }
                if !self.take(",") {
                    return Err(self.unexpected("expected \",\" or \")\"", "write: fire(building='2', floor='4')"));
                }
            }
        }
        let more = if self.take(">") { 1 } else { 0 };
        if more == 0 && !self.take(">=") {
            if let Some(found) = self.peek().filter(|word| matches!(word.text, "<" | "<=" | "==" | "!=" | "=")) {
                let hint = "a linkage asks for at least so many: count(…) >= 2";
                return Err(Finding::new(found.offset, format!("unexpected \"{}\"", found.text), hint));
            }
            return Ok(Tree::Call(call));
        }
        let number = self.plain("expected a number", "write: count(fire, zone='2-04') >= 2")?;
        match number.text.parse::<u32>().ok().and_then(|number| number.checked_add(more)) {
            Some(many @ 1..=1000) => Ok(Tree::Counted(call, many, number.offset)),
            _ => Err(Finding::new(number.offset, format!("\"{}\" is not a count", number.text), "1 to 1000")),
        }
    }

    fn argument(&mut self, call: &mut Call<'a>) -> Result<(), Finding> {
        const HINT: &str = "write: fire(building='2', floor='4')";
        let negated = self.take("!");
        let word = self.plain("expected a word", HINT)?;
        if negated || !self.take("=") {
            call.given.push((word, negated));
            return Ok(());
        }
        let value = self.plain("expected a value", "a value stands in quotes: zone='2-04'")?;
        if call.named.iter().any(|(key, _)| key.text == word.text) {
            return Err(Finding::new(word.offset, format!("\"{}\" is given twice", word.text), ""));
        }
        call.named.push((word, value));
        Ok(())
    }

    /// A word that is no operator.
    fn plain(&mut self, wanted: &str, hint: &str) -> Result<Word<'a>, Finding> {
        let Some(word) = self.peek().filter(|word| ALPHABET.is_plain(word)) else {
            return Err(self.unexpected(wanted, hint));
        };
        if !word.quoted && matches!(word.text, "and" | "or" | "not") {
            let hint = "\"and\" is written &&, \"or\" ||, \"not\" !";
            return Err(Finding::new(word.offset, format!("unexpected \"{}\"", word.text), hint));
        }
        self.at += 1;
        Ok(word)
    }
}
