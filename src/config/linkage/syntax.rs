//! The shape of a linkage's condition: calls, operators and nesting, before any name is looked up.
//!
//! Takes: the text of one condition.
//! Gives: [`Test`]s joined to a [`Tree`], with byte offsets; or the one place where the text stops making sense.
//! Never: more than [`MOST`] words.
//!
//! ```text
//! test = call [ (">=" | ">") number ]
//! call = word [ "(" [ given { "," given } ] ")" ]
//! given = ["!"] word | word "=" value
//! ```

use crate::config::expression::Finding;
use crate::config::expression::lexer::Alphabet;
pub use crate::config::expression::lexer::Word;
pub use crate::config::expression::nesting::Tree;
use crate::config::expression::nesting::{Reader, not_spelled_out};

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

/// What stands between the operators of a condition, before resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test<'a> {
    /// Whether there is any.
    Call(Call<'a>),
    /// At least so many; the number's own offset.
    Counted(Call<'a>, u32, usize),
}

/// Parses a condition.
pub fn parse(text: &str) -> Result<Tree<Test<'_>>, Finding> {
    let words = words(text)?;
    Reader::new(text, &words, "make two linkages").whole(test)
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

fn test<'a>(reader: &mut Reader<'_, 'a>) -> Result<Test<'a>, Finding> {
    let call = call(reader)?;
    let more = if reader.take(">") { 1 } else { 0 };
    if more == 0 && !reader.take(">=") {
        if let Some(found) = reader.peek().filter(|word| matches!(word.text, "<" | "<=" | "==" | "!=" | "=")) {
            let hint = "a linkage asks for at least so many: count(…) >= 2";
            return Err(Finding::new(found.offset, format!("unexpected \"{}\"", found.text), hint));
        }
        return Ok(Test::Call(call));
    }
    let number = plain(reader, "expected a number", "write: count(fire, zone='2-04') >= 2")?;
    match number.text.parse::<u32>().ok().and_then(|number| number.checked_add(more)) {
        Some(many @ 1..=1000) => Ok(Test::Counted(call, many, number.offset)),
        _ => Err(Finding::new(number.offset, format!("\"{}\" is not a count", number.text), "1 to 1000")),
    }
}

fn call<'a>(reader: &mut Reader<'_, 'a>) -> Result<Call<'a>, Finding> {
    let name = plain(reader, "expected a condition", "for example fire(zone='2-04')")?;
    let mut call = Call { name, given: Vec::new(), named: Vec::new() };
    if reader.take("(") && !reader.take(")") {
        loop {
            argument(reader, &mut call)?;
            if reader.take(")") {
                break;
            }
            if !reader.take(",") {
                return Err(reader.unexpected("expected \",\" or \")\"", "write: fire(building='2', floor='4')"));
            }
        }
    }
    Ok(call)
}

fn argument<'a>(reader: &mut Reader<'_, 'a>, call: &mut Call<'a>) -> Result<(), Finding> {
    const HINT: &str = "write: fire(building='2', floor='4')";
    let negated = reader.take("!");
    let word = plain(reader, "expected a word", HINT)?;
    if negated || !reader.take("=") {
        call.given.push((word, negated));
        return Ok(());
    }
    let value = plain(reader, "expected a value", "a value stands in quotes: zone='2-04'")?;
    if call.named.iter().any(|(key, _)| key.text == word.text) {
        return Err(Finding::new(word.offset, format!("\"{}\" is given twice", word.text), ""));
    }
    call.named.push((word, value));
    Ok(())
}

/// A word that is no operator.
fn plain<'a>(reader: &mut Reader<'_, 'a>, wanted: &str, hint: &str) -> Result<Word<'a>, Finding> {
    let Some(word) = reader.peek().filter(|word| ALPHABET.is_plain(word)) else {
        return Err(reader.unexpected(wanted, hint));
    };
    not_spelled_out(&word)?;
    reader.pass();
    Ok(word)
}
