//! The words and operators of a text, for conditions of profiles and of linkages alike.
//!
//! Takes: a text and what its words may hold ([`Alphabet`]).
//! Gives: [`Word`]s with their offsets; or the offset of what is none.
//! Never: decides what a word means. A word is everything a name or a number may hold, so that `-` in a name never reads
//! as a minus.

use winnow::LocatingSlice;
use winnow::ascii::multispace0;
use winnow::combinator::{alt, delimited, fail, preceded, repeat};
use winnow::prelude::*;
use winnow::token::{one_of, take_while};

/// What a language's words and operators are made of.
pub struct Alphabet {
    /// What a word may hold beside letters and digits.
    pub letters: &'static [char],
    /// Operators of one character; those of two are the same everywhere.
    pub operators: &'static [char],
    /// Whether a word may stand in quotes, single or double.
    pub quotes: bool,
}

/// A word or an operator as it was written; what stood in quotes is given without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Its byte offset within the text.
    pub offset: usize,
    /// It stood in quotes, so it is no operator.
    pub quoted: bool,
}

impl Alphabet {
    /// Every word of `text`.
    ///
    /// # Errors
    /// The byte offset of the first character that belongs to no word.
    pub fn words<'a>(&self, text: &'a str) -> Result<Vec<Word<'a>>, usize> {
        let mut input = LocatingSlice::new(text);
        let word = |input: &mut LocatingSlice<&'a str>| self.word(input);
        let parsed: winnow::Result<Vec<Word<'a>>> = repeat(0.., word).parse_next(&mut input);
        let rest: &str = input.as_ref();
        let rest = rest.trim_start();
        if rest.is_empty() { Ok(parsed.unwrap_or_default()) } else { Err(text.len() - rest.len()) }
    }

    /// Whether a word is a name or a number, not an operator.
    pub fn is_plain(&self, word: &Word<'_>) -> bool {
        word.quoted || word.text.chars().any(|c| self.is_letter(c))
    }

    fn is_letter(&self, c: char) -> bool {
        c.is_alphanumeric() || self.letters.contains(&c)
    }

    fn word<'a>(&self, input: &mut LocatingSlice<&'a str>) -> winnow::Result<Word<'a>> {
        let plain = take_while(1.., |c: char| self.is_letter(c)).map(|text| (text, false));
        let in_quotes = |quote: char| {
            delimited(quote, take_while(0.., move |c: char| c != quote && c != '\n'), quote).map(|text| (text, true))
        };
        let quoted = |input: &mut LocatingSlice<&'a str>| {
            if self.quotes { alt((in_quotes('\''), in_quotes('"'))).parse_next(input) } else { fail(input) }
        };
        let double = alt(("&&", "||", "<=", ">=", "==", "!=")).map(|text| (text, false));
        let single = one_of(|c: char| self.operators.contains(&c)).take().map(|text| (text, false));
        preceded(multispace0, alt((double, single, quoted, plain)).with_span())
            .map(|((text, quoted), span)| Word { text, offset: span.start + usize::from(quoted), quoted })
            .parse_next(input)
    }
}
