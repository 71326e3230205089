//! When points were in alarm.
//!
//! Takes: changes, as they are decided.
//! Gives: spans of time, kept in the file like samples, and how long they are within a stretch.
//! Never: a span that ends before it begins, whatever the clock did meanwhile, nor one that is counted twice.

use rusqlite::{Connection, params};

use crate::engine::base::PointId;

/// A point enters or leaves alarm.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub point: PointId,
    pub ms: i64,
    pub active: bool,
}

/// Writes changes. One that says what stands already is none.
pub(super) fn write(transaction: &Connection, changes: &[Change]) -> rusqlite::Result<()> {
    for Change { point, ms, active } in changes {
        let sql = match active {
            true => {
                "INSERT INTO alarm (point, since) SELECT ?1, ?2
                 WHERE NOT EXISTS (SELECT 1 FROM alarm WHERE point = ?1 AND until IS NULL)"
            }
            // The clock may have been set back since.
            false => "UPDATE alarm SET until = max(since, ?2) WHERE point = ?1 AND until IS NULL",
        };
        transaction.prepare_cached(sql)?.execute(params![point.as_str(), ms])?;
    }
    Ok(())
}

/// Points that are in alarm, by name.
pub(super) fn lasting(reader: &Connection) -> rusqlite::Result<Vec<PointId>> {
    let mut rows = reader.prepare_cached("SELECT point FROM alarm WHERE until IS NULL ORDER BY point")?;
    rows.query_map([], |row| Ok(PointId::new(&row.get::<_, String>(0)?)))?.collect()
}

/// The spans of `point` within `from <= ms < to`, in order, none touching another. One that lasts ends at `alive`.
pub(super) fn spans(
    reader: &Connection,
    point: &PointId,
    from: i64,
    to: i64,
    alive: i64,
) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut rows = reader.prepare_cached(
        "SELECT since, coalesce(until, ?4) FROM alarm
         WHERE point = ?1 AND since < ?3 AND coalesce(until, ?4) > ?2 ORDER BY since",
    )?;
    let mut rows = rows.query(params![point.as_str(), from, to, alive])?;
    let mut spans: Vec<(i64, i64)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (since, until): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (since, until) = (since.max(from), until.min(to));
        match spans.last_mut() {
            // A clock that was set back lets spans share time.
            Some((_, last)) if since <= *last => *last = until.max(*last),
            _ if since < until => spans.push((since, until)),
            _ => {}
        }
    }
    Ok(spans)
}

/// Milliseconds of the spans within `from <= ms < to`.
pub(super) fn within(spans: &[(i64, i64)], from: i64, to: i64) -> i64 {
    let begun = spans.partition_point(|(_, until)| *until <= from);
    let inside = spans[begun..].iter().take_while(|(since, _)| *since < to);
    inside.map(|(since, until)| until.min(&to) - since.max(&from)).sum()
}
