//! All samples in the order of their commits, for other stores.
//!
//! Takes: cursors.
//! Gives: samples after a cursor, and positions of consumers that never fall.
//! Never: skips a committed sample of the last seven days.
//!
//! A cursor is the number of a hot row, shifted by 20 bits, plus how many of the row's samples are done.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::Connection;

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

    /// Moves `consumer` on; never back.
    pub(super) fn advance(&mut self, consumer: &str, cursor: u64) {
        let position = self.positions.entry(consumer.to_owned()).or_default();
        position.at = position.at.max(cursor);
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

/// Up to `limit` samples after `cursor`, and the cursor after them.
pub(super) fn after(reader: &Connection, cursor: u64, limit: usize) -> rusqlite::Result<(Vec<Sample>, u64)> {
    let mut samples = Vec::new();
    let mut cursor = cursor;
    let mut names: HashMap<u64, Option<(PointId, Arc<str>)>> = HashMap::new();
    let mut rows = reader.prepare_cached("SELECT id, samples FROM hot WHERE id >= ?1 ORDER BY id")?;
    let mut rows = rows.query([row_of(cursor)])?;
    while samples.len() < limit
        && let Some(row) = rows.next()?
    {
        let id: u64 = row.get(0)?;
        let mut items = Vec::new();
        if row::decode(row.get_ref(1)?.as_blob()?, |_| true, |item| items.push(item)).is_err() {
            tracing::error!(row = id, "a row of the trends is damaged; what can be read of it is passed on");
        }
        let done = if row_of(cursor).cast_unsigned() == id { cursor & ((1 << INDEX_BITS) - 1) } else { 0 };
        let done = usize::try_from(done).unwrap_or(usize::MAX).min(items.len());
        let taken = (items.len() - done).min(limit - samples.len());
        for (series, entry) in &items[done..done + taken] {
            let name = match names.get(series) {
                Some(name) => name,
                None => names.entry(*series).or_insert(name_of(reader, *series)?),
            };
            if let Some((point, class)) = name {
                let (point, class) = (point.clone(), class.clone());
                samples.push(Sample { point, class, at: wall(entry.ms), value: entry.value, quality: entry.quality });
            }
        }
        let whole = done + taken == items.len();
        cursor = if whole { (id + 1) << INDEX_BITS } else { (id << INDEX_BITS) + (done + taken) as u64 };
    }
    Ok((samples, cursor))
}

fn name_of(reader: &Connection, series: u64) -> rusqlite::Result<Option<(PointId, Arc<str>)>> {
    let mut name = reader.prepare_cached("SELECT point, class FROM series WHERE id = ?1")?;
    let mut rows = name.query([series])?;
    match rows.next()? {
        Some(row) => Ok(Some((PointId::new(&row.get::<_, String>(0)?), row.get::<_, String>(1)?.into()))),
        None => Ok(None),
    }
}
