//! Finds facts: a walk through the rows from the newest on, in whole numbers.
//!
//! Takes: a sieve and a stretch.
//! Gives: what passes, and how much was passed over on the way.
//! Never: walks further than it is told; where it stops it says so.

use rusqlite::{Connection, Row};

use super::fold::terms;
use super::numbers::{number, sort_number};
use crate::engine::base::Category;
use crate::live::{Found, Sieve, Stretch};

/// Words by their number: whether each holds a term.
#[derive(Clone, Default)]
struct Words(Vec<bool>);

impl Words {
    fn add(&mut self, number: i64) {
        let Ok(number) = usize::try_from(number) else { return };
        if self.0.len() <= number {
            self.0.resize(number + 1, false);
        }
        self.0[number] = true;
    }

    fn has(&self, number: i64) -> bool {
        usize::try_from(number).is_ok_and(|number| self.0.get(number) == Some(&true))
    }
}

/// A sieve in the numbers of the table.
struct Numbers {
    from: i64,
    to: i64,
    sorts: Vec<i64>,
    kinds: Vec<i64>,
    /// Column and number.
    exact: Vec<(usize, i64)>,
    /// For each part of the text the words that hold it.
    terms: Vec<Words>,
    raised: i64,
    fire: i64,
}

const COLUMNS: &str = "seq, at, sort, kind, category, device, point, building, floor, person, what, place, words, \
                       kind_words, category_words";
const SORT: usize = 2;
const KIND: usize = 3;
const CATEGORY: usize = 4;
const DEVICE: usize = 5;
const POINT: usize = 6;
const BUILDING: usize = 7;
const FLOOR: usize = 8;
const PERSON: usize = 9;
/// Where texts stand that people read, and the ids they know things by.
const READ: [usize; 8] = [10, 11, 12, 13, 14, PERSON, POINT, DEVICE];

/// Looks through a stretch.
pub fn find(reader: &Connection, sieve: &Sieve, stretch: Stretch) -> rusqlite::Result<Found> {
    let numbers = Numbers::of(reader, sieve)?;
    let upto: u64 = reader.query_row("SELECT COALESCE(MAX(seq), 0) FROM line", [], |row| row.get(0))?;
    let mut found = Found { upto, ..Found::default() };
    let mut statement =
        reader.prepare_cached(&format!("SELECT {COLUMNS} FROM line WHERE seq < ?1 ORDER BY seq DESC"))?;
    let before = i64::try_from(stretch.before).unwrap_or(i64::MAX);
    let mut rows = statement.query([before])?;
    let mut looked_at = 0;
    while let Some(row) = rows.next()? {
        let seq: u64 = row.get(0)?;
        if found.seqs.len() == stretch.limit || looked_at == stretch.looked_at {
            found.back_to = Some(seq + 1);
            return Ok(found);
        }
        looked_at += 1;
        let at: i64 = row.get(1)?;
        if at < numbers.from || at >= numbers.to {
            continue;
        }
        if numbers.pass(row)? {
            found.seqs.push(seq);
        } else {
            found.hidden += 1;
            let fire = row.get::<_, i64>(CATEGORY)? == numbers.fire && row.get::<_, i64>(KIND)? == numbers.raised;
            found.hidden_fires += u64::from(fire);
        }
    }
    Ok(found)
}

impl Numbers {
    fn of(reader: &Connection, sieve: &Sieve) -> rusqlite::Result<Numbers> {
        // What no fact ever said has no number, and nothing passes.
        let number = |text: &str| number(reader, text);
        let mut exact = Vec::new();
        let category = sieve.category.map(Category::as_str);
        let texts = [
            (CATEGORY, category),
            (DEVICE, sieve.device.as_deref()),
            (POINT, sieve.point.as_deref()),
            (BUILDING, sieve.building.as_deref()),
            (FLOOR, sieve.floor.as_deref()),
            (PERSON, sieve.person.as_deref()),
        ];
        for (column, text) in texts {
            if let Some(text) = text {
                exact.push((column, number(text)?));
            }
        }
        Ok(Numbers {
            from: sieve.from.map_or(i64::MIN, |at| at.0),
            to: sieve.to.map_or(i64::MAX, |at| at.0),
            sorts: sieve.sorts.iter().map(|sort| sort_number(*sort)).collect(),
            kinds: sieve.kinds.iter().map(|kind| number(kind)).collect::<rusqlite::Result<_>>()?,
            exact,
            terms: holding(reader, &terms(&sieve.text))?,
            raised: number("raised")?,
            fire: number(Category::Fire.as_str())?,
        })
    }

    fn pass(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        if !self.sorts.is_empty() && !self.sorts.contains(&row.get(SORT)?) {
            return Ok(false);
        }
        if !self.kinds.is_empty() && !self.kinds.contains(&row.get(KIND)?) {
            return Ok(false);
        }
        for (column, wanted) in &self.exact {
            if row.get::<_, i64>(*column)? != *wanted {
                return Ok(false);
            }
        }
        for term in &self.terms {
            let mut held = false;
            for column in READ {
                if term.has(row.get(column)?) {
                    held = true;
                    break;
                }
            }
            if !held {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// For each term the words it is a part of, found in one walk through them.
fn holding(reader: &Connection, terms: &[String]) -> rusqlite::Result<Vec<Words>> {
    let mut held = vec![Words::default(); terms.len()];
    if terms.is_empty() {
        return Ok(held);
    }
    let mut statement = reader.prepare_cached("SELECT id, text FROM word")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str()?;
        for (term, held) in terms.iter().zip(&mut held) {
            if text.contains(term.as_str()) {
                held.add(row.get(0)?);
            }
        }
    }
    Ok(held)
}
