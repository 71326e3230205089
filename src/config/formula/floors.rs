//! Which floor the first two digits of a secondary code mean.
//!
//! Takes: nothing, or a table (CSV: `digits,floor`) for panels that number their basements in their own way.
//! Gives: [`Floors`].
//! Never: a floor for digits that the table does not have, once there is a table.

use std::collections::BTreeMap;

use crate::config::letters;
use crate::config::problem::{Problem, Problems, Spot};
use crate::config::rows;

/// Floors by digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floors {
    by: BTreeMap<String, String>,
    /// It was given: then places in the site must agree with it.
    pub given: bool,
}

impl Default for Floors {
    /// 01 to 90 as they are, 91 to 99 the basements from the top.
    fn default() -> Floors {
        let name = |digits: u32| if digits > 90 { format!("B{}", digits - 90) } else { digits.to_string() };
        Floors { by: (1..=99).map(|digits| (format!("{digits:02}"), name(digits))).collect(), given: false }
    }
}

impl Floors {
    /// Reads a table; `name` is how problems call it.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Floors, Vec<Problem>> {
        let problems = Problems::default();
        let mut by = BTreeMap::new();
        if let Some(source) = rows::source(name, bytes, &problems) {
            for row in rows::read(&source, ',') {
                let (digits, floor) = (row.record.get(0).unwrap_or_default(), row.record.get(1).unwrap_or_default());
                if (digits, floor) == ("digits", "floor") {
                    continue;
                }
                if row.record.len() != 2 || floor.is_empty() || floor.chars().any(letters::commands) {
                    problems.error(row.spot(0), "a row is two digits and a floor", "91,B1");
                } else if digits.len() != 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    problems.error(row.spot(0), format!("\"{digits}\" is not two digits"), "91,B1");
                } else if by.insert(digits.to_owned(), floor.to_owned()).is_some() {
                    problems.error(row.spot(0), format!("\"{digits}\" is given twice"), "");
                }
            }
            if by.is_empty() && !problems.has_errors() {
                problems.error(Spot::file(name), "the table is empty", "its rows are two digits and a floor: 91,B1");
            }
        }
        if problems.has_errors() { Err(problems.sorted()) } else { Ok(Floors { by, given: true }) }
    }

    /// The floor of two digits.
    pub fn of(&self, digits: &str) -> Option<&str> {
        self.by.get(digits).map(String::as_str)
    }

    /// The digits that mean something.
    pub fn digits(&self) -> impl Iterator<Item = &str> {
        self.by.keys().map(String::as_str)
    }
}
