//! The marks of one point, from chunks, hot rows and gaps.
//!
//! Takes: a point and a span of milliseconds.
//! Gives: marks by time; at equal times in order of arrival.
//! Never: leaves out a span it cannot read: that is a gap.

use rusqlite::{Connection, OptionalExtension, params};

use super::codec::{self, Entry};
use super::{DAMAGED, Mark, NOT_RUNNING, row, schema, wall};
use crate::engine::base::PointId;

/// Every point that has a series.
pub(super) fn points(reader: &Connection) -> rusqlite::Result<Vec<PointId>> {
    let mut rows = reader.prepare_cached("SELECT DISTINCT point FROM series ORDER BY point")?;
    let points = rows.query_map([], |row| Ok(PointId::new(&row.get::<_, String>(0)?)))?;
    points.collect()
}

/// Series of a point: more than one if its class changed.
pub(super) fn series(reader: &Connection, point: &PointId) -> rusqlite::Result<Vec<u64>> {
    let mut rows = reader.prepare_cached("SELECT id FROM series WHERE point = ?1 ORDER BY id")?;
    rows.query_map([point.as_str()], |row| row.get(0))?.collect()
}

/// Marks with `from <= ms < to`.
pub(super) fn read(reader: &Connection, point: &PointId, from: i64, to: i64) -> rusqlite::Result<Vec<Mark>> {
    // One transaction, so that no commit moves samples from rows to chunks between the two looks.
    let reader = reader.unchecked_transaction()?;
    let series = series(&reader, point)?;
    let mut entries = chunks(&reader, &series, from, to)?;
    hot(&reader, &series, |entry| entries.push(entry))?;
    entries.retain(|entry| (from..to).contains(&entry.ms));
    if !series.is_empty() {
        outages(&reader, from, to, |entry| entries.push(entry))?;
    }
    entries.sort_by_key(|entry| entry.ms);
    let mark = |entry: Entry| Mark { at: wall(entry.ms), value: entry.value, quality: entry.quality };
    Ok(entries.into_iter().map(mark).collect())
}

/// What the chunks say of `from <= ms < to` and a little around it, in order of arrival.
fn chunks(reader: &Connection, series: &[u64], from: i64, to: i64) -> rusqlite::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    // No chunk is longer than the longest: the index need not be searched from the beginning of time.
    let first = from.saturating_sub(schema::longest(reader)?);
    for id in series {
        let mut rows = reader.prepare_cached(
            r#"SELECT id, start, data FROM chunk
               WHERE series = ?1 AND start >= ?2 AND start < ?3 AND +"end" >= ?4 ORDER BY id"#,
        )?;
        let mut rows = rows.query(params![id, first, to, from])?;
        while let Some(row) = rows.next()? {
            entries.append(&mut unpack(row.get(0)?, row.get(1)?, row.get_ref(2)?.as_blob()?));
        }
    }
    Ok(entries)
}

/// What chunks and gaps say of `from <= ms < to`, in order of time.
pub(super) fn chunked(reader: &Connection, series: &[u64], from: i64, to: i64) -> rusqlite::Result<Vec<Entry>> {
    let mut entries = chunks(reader, series, from, to)?;
    entries.retain(|entry| (from..to).contains(&entry.ms));
    outages(reader, from, to, |gap| entries.push(gap))?;
    // Stable: what bears the same time keeps its order of arrival.
    entries.sort_by_key(|entry| entry.ms);
    Ok(entries)
}

/// The entries of a chunk; one that cannot be read is a gap.
pub(super) fn unpack(id: i64, start: i64, data: &[u8]) -> Vec<Entry> {
    codec::decode(data).unwrap_or_else(|_| {
        tracing::error!(chunk = id, "a chunk of the trends is damaged and is shown as a gap");
        vec![Entry { ms: start, value: None, quality: DAMAGED }]
    })
}

/// Entries of these series in hot rows that are in no chunk yet.
pub(super) fn hot(reader: &Connection, series: &[u64], mut each: impl FnMut(Entry)) -> rusqlite::Result<()> {
    let chunked = schema::meta(reader, "chunked")?.unwrap_or(0);
    let mut rows = reader.prepare_cached("SELECT id, last, samples FROM hot WHERE id > ?1 ORDER BY id")?;
    let mut rows = rows.query([chunked])?;
    while let Some(row) = rows.next()? {
        let samples = row.get_ref(2)?.as_blob()?;
        if row::decode(samples, |id| series.contains(&id), |(_, entry)| each(entry)).is_err() {
            let (id, ms): (i64, i64) = (row.get(0)?, row.get(1)?);
            tracing::error!(row = id, "a row of the trends is damaged and is shown as a gap");
            each(Entry { ms, value: None, quality: DAMAGED });
        }
    }
    Ok(())
}

/// Gaps in which the gateway did not run.
pub(super) fn outages(reader: &Connection, from: i64, to: i64, mut each: impl FnMut(Entry)) -> rusqlite::Result<()> {
    let mut rows = reader.prepare_cached("SELECT at FROM outage WHERE at >= ?1 AND at < ?2 ORDER BY at")?;
    let mut rows = rows.query([from, to])?;
    while let Some(row) = rows.next()? {
        each(Entry { ms: row.get(0)?, value: None, quality: NOT_RUNNING });
    }
    Ok(())
}

/// What held just before `ms`: the last entry of all before it, if there was one.
pub(super) fn before(reader: &Connection, series: &[u64], ms: i64) -> rusqlite::Result<Option<Entry>> {
    let mut found: Vec<Entry> = Vec::new();
    for id in series {
        let mut past = reader.prepare_cached(
            r#"SELECT "end", last FROM chunk WHERE series = ?1 AND "end" < ?2 ORDER BY "end" DESC, id DESC LIMIT 1"#,
        )?;
        let entry = |row: &rusqlite::Row<'_>| Ok(Entry { ms: row.get(0)?, value: row.get(1)?, quality: 0 });
        found.extend(past.query_row(params![id, ms], entry).optional()?);
    }
    found.append(&mut chunks(reader, series, ms, ms)?);
    hot(reader, series, |entry| found.push(entry))?;
    let outage: Option<i64> = reader.query_row("SELECT MAX(at) FROM outage WHERE at < ?1", [ms], |row| row.get(0))?;
    found.extend(outage.map(|ms| Entry { ms, value: None, quality: NOT_RUNNING }));
    // `max_by_key` gives the last of equals: the one that arrived last.
    Ok(found.into_iter().filter(|entry| entry.ms < ms).max_by_key(|entry| entry.ms))
}
