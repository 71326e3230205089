//! Hot rows to chunks.
//!
//! Takes: committed hot rows.
//! Gives: one chunk per series and hour, or several for very busy ones; the roll-ups with them.
//! Never: deletes a hot row whose samples are not in a chunk, or that a consumer still needs (for seven days).

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::bucket::Step;
use super::codec::{self, Entry};
use super::{feed, rollups, row, schema};

/// A consumer that did not come for this long misses what was before.
const KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// Which hot rows become chunks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of them.
    Everything,
    /// All but the newest, which belongs to the next hour.
    AllButNewest,
}

/// Makes chunks of hot rows and deletes the rows that nobody needs any more, in one transaction.
pub(super) fn compact(connection: &mut Connection, extent: Extent) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let from = schema::meta(&transaction, "chunked")?.unwrap_or(0);
    let mut upto = from;
    let mut newest = i64::MIN;
    let mut all: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
    {
        let mut rows = transaction.prepare(
            "SELECT id, last, samples FROM hot WHERE id > ?1 AND id <= (SELECT MAX(id) FROM hot) - ?2 ORDER BY id",
        )?;
        let mut rows = rows.query([from, i64::from(extent == Extent::AllButNewest)])?;
        while let Some(row) = rows.next()? {
            upto = row.get(0)?;
            newest = newest.max(row.get(1)?);
            let samples = row.get_ref(2)?.as_blob()?;
            let read = row::decode(samples, |_| true, |(series, entry)| all.entry(series).or_default().push(entry));
            if read.is_err() {
                tracing::error!(row = upto, "a row of the trends is damaged; what can be read of it is kept");
            }
        }
    }
    for (series, mut entries) in all {
        // Stable: what came at the same millisecond keeps its order.
        entries.sort_by_key(|entry| entry.ms);
        // No chunk leaves its hour: what overlaps a stretch of time is then found without searching all of them.
        for hour in entries.chunk_by(|a, b| Step::Hour.floor(a.ms) == Step::Hour.floor(b.ms)) {
            for entries in hour.chunks(codec::MOST) {
                insert(&transaction, series, entries)?;
            }
        }
        rollups::enter(&transaction, series, &entries)?;
    }
    schema::set_meta(&transaction, "chunked", upto)?;
    prune(&transaction, upto, newest)?;
    transaction.commit()
}

fn insert(connection: &Connection, series: u64, entries: &[Entry]) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
    let known = || entries.iter().filter_map(|entry| entry.value);
    let unknown_ms: i64 = entries
        .windows(2)
        .filter(|pair| pair[0].value.is_none())
        .map(|pair| pair[1].ms.saturating_sub(pair[0].ms))
        .fold(0, i64::saturating_add);
    connection
        .prepare_cached(
            r#"INSERT INTO chunk (series, start, "end", count, unknown, unknown_ms, min, max, sum, first, last, data)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"#,
        )?
        .execute(params![
            series,
            first.ms,
            last.ms,
            entries.len(),
            entries.iter().filter(|entry| entry.value.is_none()).count(),
            unknown_ms,
            known().reduce(f64::min),
            known().reduce(f64::max),
            known().sum::<f64>(),
            first.value,
            last.value,
            codec::encode(entries),
        ])
        .map(drop)
}

/// Deletes rows that stand in chunks and that every consumer has passed, or that are older than a week.
fn prune(connection: &Connection, chunked: i64, newest: i64) -> rusqlite::Result<()> {
    let slowest: Option<u64> = connection.query_row("SELECT MIN(position) FROM cursor", [], |row| row.get(0))?;
    let passed = slowest.map_or(chunked, |position| feed::row_of(position).saturating_sub(1).min(chunked));
    connection.execute("DELETE FROM hot WHERE id <= ?1", [passed])?;
    connection
        .execute("DELETE FROM hot WHERE id <= ?1 AND last < ?2", params![chunked, newest.saturating_sub(KEPT_MS)])
        .map(drop)
}
