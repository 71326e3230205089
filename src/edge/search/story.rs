//! What happened to one thing.
//!
//! Takes: the id of an alarm, an isolation, a command, a run or an incident.
//! Gives: the facts that tell it, in order.
//! Never: facts of its point from before it began, or from after it was over.

use std::collections::{BTreeSet, VecDeque};

use rusqlite::{Connection, OptionalExtension, params};

use crate::engine::base::EventId;

/// What speaks of it itself, in order.
pub fn about(reader: &Connection, seq: u64) -> rusqlite::Result<Vec<u64>> {
    let mut statement = reader.prepare_cached("SELECT seq FROM about WHERE subject = ?1 ORDER BY seq")?;
    statement.query_map([seq], |row| row.get(0))?.collect()
}

/// What speaks of it, what was done at its point while it lasted, and what became of the commands, runs and isolations
/// among these.
pub fn story(reader: &Connection, of: EventId, limit: usize) -> rusqlite::Result<Vec<u64>> {
    let mut told = BTreeSet::from([of.seq]);
    let mut open: VecDeque<u64> = about(reader, of.seq)?.into();
    let end = end(reader, of.seq)?;
    open.extend(at_its_point(reader, of.seq, end)?);
    while let Some(seq) = open.pop_front() {
        if told.len() >= limit || !told.insert(seq) {
            continue;
        }
        // Another alarm is a story of its own; what was begun because of this one belongs to it.
        if matches!(kind(reader, seq)?.as_deref(), Some("command-requested" | "linkage-met" | "isolated")) {
            open.extend(about(reader, seq)?);
        }
    }
    Ok(told.into_iter().collect())
}

fn kind(reader: &Connection, seq: u64) -> rusqlite::Result<Option<String>> {
    reader
        .prepare_cached("SELECT word.text FROM line JOIN word ON word.id = line.kind WHERE line.seq = ?1")?
        .query_row([seq], |row| row.get(0))
        .optional()
}

/// The fact that closed it.
fn end(reader: &Connection, seq: u64) -> rusqlite::Result<Option<u64>> {
    reader
        .prepare_cached(
            "SELECT about.seq FROM about JOIN line ON line.seq = about.seq JOIN word ON word.id = line.kind
             WHERE about.subject = ?1 AND word.text = 'closed' ORDER BY about.seq DESC LIMIT 1",
        )?
        .query_row([seq], |row| row.get(0))
        .optional()
}

/// Commands and isolations at the point of an alarm while it lasted.
fn at_its_point(reader: &Connection, seq: u64, end: Option<u64>) -> rusqlite::Result<Vec<u64>> {
    let end = end.and_then(|end| i64::try_from(end).ok()).unwrap_or(i64::MAX);
    let mut statement = reader.prepare_cached(
        "SELECT line.seq FROM line JOIN word ON word.id = line.kind
         WHERE line.point = (SELECT point FROM line WHERE seq = ?1 AND point > 0) AND line.seq > ?1 AND line.seq <= ?2
           AND word.text IN ('isolated', 'command-armed', 'command-requested') ORDER BY line.seq LIMIT 500",
    )?;
    statement.query_map(params![seq, end], |row| row.get(0))?.collect()
}
