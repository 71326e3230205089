//! Secondary codes with wildcards (FA-15, FA-18): `04****`, and `&` for a digit that condition and action share.
//!
//! Takes: six characters of a code or two of a type.
//! Gives: [`Pattern`].
//! Never: a pattern of another length: a code that lacks a digit addresses nothing, or the wrong thing.

/// One character of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digit {
    /// This one, as ASCII.
    Is(u8),
    /// `*`: any.
    Any,
    /// `&`: the same in condition and action.
    Shared,
}

/// A code or type with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Digit>);

/// Digits that condition and action share, by position: six of the code, two of the type.
pub type Shared = [Option<u8>; 8];

impl Pattern {
    /// Reads `text`, which must have `length` characters; the byte offset of the first one that does not fit otherwise.
    pub fn parse(text: &str, length: usize) -> Result<Pattern, usize> {
        let mut digits = Vec::with_capacity(length);
        for (offset, letter) in text.char_indices() {
            digits.push(match letter {
                '0'..='9' if digits.len() < length => Digit::Is(letter as u8),
                '*' if digits.len() < length => Digit::Any,
                '&' if digits.len() < length => Digit::Shared,
                _ => return Err(offset),
            });
        }
        if digits.len() == length { Ok(Pattern(digits)) } else { Err(text.len()) }
    }

    /// Whether it leaves a digit open.
    pub fn is_wild(&self) -> bool {
        self.0.iter().any(|digit| !matches!(digit, Digit::Is(_)))
    }

    /// Its characters.
    pub fn digits(&self) -> &[Digit] {
        &self.0
    }

    /// Whether `code` fits; a shared digit fits anything here.
    pub fn fits(&self, code: &str) -> bool {
        code.len() == self.0.len()
            && self.0.iter().zip(code.bytes()).all(|(digit, found)| match digit {
                Digit::Is(wanted) => *wanted == found,
                Digit::Any | Digit::Shared => true,
            })
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for digit in &self.0 {
            let letter = match digit {
                Digit::Is(digit) => char::from(*digit),
                Digit::Any => '*',
                Digit::Shared => '&',
            };
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_what_it_says_and_nothing_else() {
        let check = |pattern: &str, code: &str, fits: bool| {
            let pattern = Pattern::parse(pattern, 6).expect("six characters");
            assert_eq!(pattern.fits(code), fits, "{pattern} {code}");
        };
        check("042146", "042146", true);
        check("04****", "042146", true);
        check("04****", "052146", false);
        check("&&****", "052146", true);
        check("04****", "0421", false);
        assert_eq!(Pattern::parse("04", 6), Err(2));
        assert_eq!(Pattern::parse("04x", 6), Err(2));
        assert_eq!(Pattern::parse("0421460", 6), Err(6));
    }
}
