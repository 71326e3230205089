//! All samples in the order of their commits, for other stores.
//!
//! Takes: cursors.
//! Gives: samples after a cursor, and positions of consumers that never fall.
//! Never: skips a committed sample of the last seven days, or an older one without saying so.
//!
//! A cursor is the number of a hot row, shifted by 20 bits, plus how many of the row's samples are done.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::{Sample, row, wall};
use crate::engine::base::PointId;

const INDEX_BITS: u32 = 20;

/// The hot row a cursor points into.
pub(super) fn row_of(cursor: u64) -> i64 {
    (cursor >> INDEX_BITS).cast_signed()
}

/// Positions of the consumers.
#[derive(Default)]
pub(super) struct Feed {
    positions: BTreeMap<String, Position>,
}

#[derive(Default)]
struct Position {
    at: u64,
    /// What stands in the file; none if the file does not know the consumer.
    kept: Option<u64>,
}

impl Feed {
    /// Positions from the file.
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Feed> {
        let mut rows = connection.prepare("SELECT consumer, position FROM cursor")?;
        let positions = rows
            .query_map([], |row| {
                let at = row.get(1)?;
                Ok((row.get(0)?, Position { at, kept: Some(at) }))
            })?
            .collect::<Result<_, _>>()?;
        Ok(Feed { positions })
    }

    /// Where `consumer` stands; makes it known.
    pub(super) fn cursor(&mut self, consumer: &str) -> u64 {
        self.positions.entry(consumer.to_owned()).or_default().at
    }

    /// Moves consumers on, all of them or, after a kill, none; never back.
    pub(super) fn advance(&mut self, positions: &[(&str, u64)]) {
        for (consumer, cursor) in positions {
            let position = self.positions.entry((*consumer).to_owned()).or_default();
            position.at = position.at.max(*cursor);
        }
    }

    /// Positions that the file does not have yet.
    pub(super) fn moved(&self) -> Vec<(String, u64)> {
        let moved = self.positions.iter().filter(|(_, position)| position.kept != Some(position.at));
        moved.map(|(consumer, position)| (consumer.clone(), position.at)).collect()
    }

    /// Notes that the file has them now.
    pub(super) fn kept(&mut self, moved: &[(String, u64)]) {
        for (consumer, at) in moved {
            if let Some(position) = self.positions.get_mut(consumer) {
                position.kept = Some(*at);
            }
        }
    }
}

/// A stretch of the feed as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// The samples, in the order of their commits.
    pub samples: Vec<Sample>,
    /// The cursor after them.
    pub next: u64,
    /// Commits, one a second at most, that were asked for and are no longer kept: they were older than seven days.
    pub missing: u64,
}

/// Up to `limit` samples after `cursor` and before `until`.
pub(super) fn between(reader: &Connection, cursor: u64, until: u64, limit: usize) -> rusqlite::Result<Stretch> {
    let mut read = Stretch { samples: Vec::new(), next: cursor, missing: 0 };
    let mut names: HashMap<u64, Option<(PointId, Arc<str>)>> = HashMap::new();
    let mut rows = reader.prepare_cached("SELECT id, samples FROM hot WHERE id >= ?1 ORDER BY id")?;
    let mut rows = rows.query([row_of(cursor)])?;
    while read.samples.len() < limit
        && read.next < until
        && let Some(row) = rows.next()?
    {
        let id: u64 = row.get(0)?;
        let (expected, last) = (row_of(read.next).cast_unsigned(), row_of(until).cast_unsigned());
        // Who stands at 0 never stood anywhere, and misses nothing.
        if expected > 0 {
            read.missing += id.min(last).saturating_sub(expected);
        }
        if id << INDEX_BITS >= until {
            read.next = until;
            break;
        }
        let mut items = Vec::new();
        if row::decode(row.get_ref(1)?.as_blob()?, |_| true, |item| items.push(item)).is_err() {
            tracing::error!(row = id, "a row of the trends is damaged; what can be read of it is passed on");
        }
        let end = if last == id { index_of(until).min(items.len()) } else { items.len() };
        let done = if expected == id { index_of(read.next).min(end) } else { 0 };
        let taken = (end - done).min(limit - read.samples.len());
        for (series, entry) in &items[done..done + taken] {
            let name = match names.get(series) {
                Some(name) => name,
                None => names.entry(*series).or_insert(name_of(reader, *series)?),
            };
            if let Some((point, class)) = name {
                let (point, class) = (point.clone(), class.clone());
                let (at, value, quality) = (wall(entry.ms), entry.value, entry.quality);
                read.samples.push(Sample { point, class, at, value, quality });
            }
        }
        let whole = done + taken == items.len();
        read.next = if whole { (id + 1) << INDEX_BITS } else { (id << INDEX_BITS) + (done + taken) as u64 };
    }
    Ok(read)
}

/// Commits between two cursors: seconds in which samples came.
pub fn commits_between(from: u64, to: u64) -> u64 {
    (to >> INDEX_BITS).saturating_sub(from >> INDEX_BITS)
}

/// How many samples of its row a cursor has passed.
fn index_of(cursor: u64) -> usize {
    usize::try_from(cursor & ((1 << INDEX_BITS) - 1)).unwrap_or(usize::MAX)
}

/// The cursor after everything that was ever committed.
pub(super) fn end(reader: &Connection) -> rusqlite::Result<u64> {
    let last: Option<u64> = reader
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'hot'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok((last.unwrap_or(0) + 1) << INDEX_BITS)
}

/// How many samples follow `cursor`, counted until there are more than `enough`.
pub(super) fn waiting(reader: &Connection, cursor: u64, enough: u64) -> rusqlite::Result<u64> {
    let mut rows = reader.prepare_cached("SELECT id, count FROM hot WHERE id >= ?1 ORDER BY id")?;
    let mut rows = rows.query([row_of(cursor)])?;
    let mut waiting = 0;
    while waiting <= enough
        && let Some(row) = rows.next()?
    {
        let (id, count): (i64, u64) = (row.get(0)?, row.get(1)?);
        let done = if id == row_of(cursor) { index_of(cursor) as u64 } else { 0 };
        waiting += count.saturating_sub(done);
    }
    Ok(waiting)
}

fn name_of(reader: &Connection, series: u64) -> rusqlite::Result<Option<(PointId, Arc<str>)>> {
    let mut name = reader.prepare_cached("SELECT point, class FROM series WHERE id = ?1")?;
    let mut rows = name.query([series])?;
    match rows.next()? {
        Some(row) => Ok(Some((PointId::new(&row.get::<_, String>(0)?), row.get::<_, String>(1)?.into()))),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::trends::Trends;
    use crate::engine::base::{Mono, Now, Wall};

    fn filled(dir: &std::path::Path, rows: &[usize]) -> Trends {
        let trends = Trends::open(dir, Now { mono: Mono(0), wall: Wall(0) }).unwrap();
        let mut number = 0;
        for samples in rows {
            for _ in 0..*samples {
                let (point, class) = (PointId::new("p/flow"), Arc::from("pump"));
                let value = Some(f64::from(number));
                trends.record(Sample { point, class, at: wall(i64::from(number)), value, quality: 0 });
                number += 1;
            }
            trends.flush();
        }
        trends
    }

    fn numbers(read: &Stretch) -> Vec<i64> {
        read.samples.iter().map(|sample| sample.at.0 / 1_000).collect()
    }

    #[test]
    fn two_stretches_that_meet_anywhere_have_every_sample_once() {
        let dir = tempfile::tempdir().unwrap();
        let trends = filled(dir.path(), &[3, 1, 4]);
        let end = trends.end().unwrap();
        let mut cut = 0;
        loop {
            let below = trends.between(0, cut, 100).unwrap();
            let above = trends.between(cut, end, 100).unwrap();
            let both: Vec<i64> = numbers(&below).into_iter().chain(numbers(&above)).collect();
            assert_eq!(both, (0..8).collect::<Vec<i64>>(), "cut at {cut}");
            assert_eq!(trends.waiting(cut, 100).unwrap(), above.samples.len() as u64);
            assert_eq!((below.missing, above.missing, above.next), (0, 0, end));
            if cut == end {
                break;
            }
            assert!(below.next <= cut, "{} is beyond {cut}", below.next);
            cut = trends.between(cut, end, 1).unwrap().next;
        }
        assert_eq!(trends.waiting(0, 2).unwrap(), 3, "no further than asked");
    }

    #[test]
    fn what_is_no_longer_kept_is_missing_and_counted_once() {
        let dir = tempfile::tempdir().unwrap();
        let trends = filled(dir.path(), &[1; 10]);
        rusqlite::Connection::open(dir.path().join("trend.db"))
            .unwrap()
            .execute("DELETE FROM hot WHERE id BETWEEN 3 AND 6", [])
            .unwrap();
        let check = |from: u64, until: u64, expected: (&[i64], u64, u64)| {
            let read = trends.between(from << INDEX_BITS, until << INDEX_BITS, 100).unwrap();
            let (next, missing) = (read.next >> INDEX_BITS, read.missing);
            assert_eq!((numbers(&read).as_slice(), next, missing), expected, "{from}..{until}");
        };
        check(1, 11, (&[0, 1, 6, 7, 8, 9], 11, 4));
        check(3, 11, (&[6, 7, 8, 9], 11, 4));
        check(4, 6, (&[], 6, 2));
        check(7, 11, (&[6, 7, 8, 9], 11, 0));
        check(0, 2, (&[0], 2, 0));
    }

    #[test]
    fn positions_that_belong_together_survive_together() {
        let dir = tempfile::tempdir().unwrap();
        let trends = filled(dir.path(), &[1]);
        trends.advance_all(&[("a", 5), ("b", 9)]);
        trends.advance_all(&[("a", 4), ("b", 10)]);
        trends.flush();
        drop(trends);
        let trends = filled(dir.path(), &[]);
        assert_eq!((trends.cursor("a"), trends.cursor("b")), (5, 10));
    }
}
