//! Addresses of array elements: `(loop-1)*400 + (index-1)`.
//!
//! Takes: the formula as text.
//! Gives: an [`Affine`], computed by polynomial arithmetic of degree one.
//! Never: a product of `loop` and `index`, a division, or an overflow.

use crate::engine::profile::Affine;

/// What is wrong with a formula, and at which byte of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding(pub usize, pub String);

/// Reads a formula of numbers, `loop`, `index`, `+`, `-`, `*` and parentheses.
pub fn parse(text: &str) -> Result<Affine, Finding> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let sum = reader.sum()?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.unexpected());
    }
    let whole =
        |number: i64| i32::try_from(number).map_err(|_| Finding(0, format!("{number} is far outside of any table")));
    Ok(Affine { constant: whole(sum.0)?, per_loop: whole(sum.1)?, per_index: whole(sum.2)? })
}

/// constant + a * loop + b * index
type Sum = (i64, i64, i64);

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, symbol: char) -> bool {
        self.blanks();
        let found = self.text[self.at..].starts_with(symbol);
        self.at += if found { symbol.len_utf8() } else { 0 };
        found
    }

    fn unexpected(&self) -> Finding {
        match self.text[self.at..].chars().next() {
            Some(found) => Finding(self.at, format!("unexpected \"{found}\" in the formula")),
            None => Finding(self.at, "the formula ends too early".to_owned()),
        }
    }

    fn sum(&mut self) -> Result<Sum, Finding> {
        let mut total = self.product()?;
        loop {
            let sign = match (self.take('+'), self.take('-')) {
                (true, _) => 1,
                (false, true) => -1,
                (false, false) => return Ok(total),
            };
            let at = self.at;
            let part = self.product()?;
            let add = |a: i64, b: i64| bounded(at, a.checked_add(sign * b));
            total = (add(total.0, part.0)?, add(total.1, part.1)?, add(total.2, part.2)?);
        }
    }

    fn product(&mut self) -> Result<Sum, Finding> {
        let mut total = self.factor()?;
        while self.take('*') {
            let at = self.at;
            let other = self.factor()?;
            let (scale, sum) = match (total, other) {
                ((scale, 0, 0), sum) | (sum, (scale, 0, 0)) => (scale, sum),
                _ => return Err(Finding(at, "this multiplies loop and index with each other".to_owned())),
            };
            let times = |a: i64| bounded(at, a.checked_mul(scale));
            total = (times(sum.0)?, times(sum.1)?, times(sum.2)?);
        }
        Ok(total)
    }

    fn factor(&mut self) -> Result<Sum, Finding> {
        if self.take('(') {
            self.depth += 1;
            if self.depth > 16 {
                return Err(Finding(self.at, "too many parentheses".to_owned()));
            }
            let sum = self.sum()?;
            self.depth -= 1;
            return if self.take(')') { Ok(sum) } else { Err(self.unexpected()) };
        }
        self.blanks();
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let word = &rest[..length];
        let factor = match word {
            "" => return Err(self.unexpected()),
            "loop" => (0, 1, 0),
            "index" => (0, 0, 1),
            number => {
                let parsed = match number.strip_prefix("0x") {
                    Some(digits) => i64::from_str_radix(digits, 16).ok(),
                    None => number.parse().ok(),
                };
                let wrong = || Finding(start, format!("unknown word \"{number}\" in the formula"));
                (bounded(start, Some(parsed.ok_or_else(wrong)?))?, 0, 0)
            }
        };
        self.at += length;
        Ok(factor)
    }
}

/// Keeps every intermediate number small enough that sums of them cannot overflow.
fn bounded(at: usize, number: Option<i64>) -> Result<i64, Finding> {
    number
        .filter(|number| number.abs() <= 1 << 31)
        .ok_or_else(|| Finding(at, "a number of the formula is far outside of any table".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_steps() {
        let check = |text: &str, constant, per_loop, per_index| {
            assert_eq!(parse(text), Ok(Affine { constant, per_loop, per_index }), "{text}");
        };
        check("(loop-1)*400 + (index-1)", -401, 400, 1);
        check("index", 0, 0, 1);
        check("0x100 + 2*(index - 1)", 254, 0, 2);
        check("1000 - loop * 3", 1000, -3, 0);
        check("((loop))*2*3+1", 1, 6, 0);
    }

    #[test]
    fn other_formulas_are_refused_where_they_go_wrong() {
        let check = |text: &str, at, message: &str| {
            assert_eq!(parse(text), Err(Finding(at, message.to_owned())), "{text}");
        };
        check("loop*index", 5, "this multiplies loop and index with each other");
        check("(loop-1", 7, "the formula ends too early");
        check("address+1", 0, "unknown word \"address\" in the formula");
        check("loop/2", 4, "unexpected \"/\" in the formula");
        check("99999*99999*99999", 6, "a number of the formula is far outside of any table");
        check("", 0, "the formula ends too early");
        assert!(parse(&"(".repeat(10_000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_formula_panics(text in "[loopindex0-9+*() -]{0,40}|\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
