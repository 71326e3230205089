//! States of a point as stretches of time, and its first marks.
//!
//! Takes: a point, a span of milliseconds, and how many marks may be looked at.
//! Gives: runs of equal value and quality, or marks.
//! Never: reads more than a day beyond what it gives, or draws a state over the unknown.

use rusqlite::{Connection, OptionalExtension};

use super::bucket::Step;
use super::codec::Entry;
use super::{Mark, read, schema, wall};
use crate::engine::base::{PointId, Wall};

/// A stretch of time in which a point said one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Where it begins, or the beginning of the time that was asked for.
    pub from: Wall,
    /// Where the next one begins, or the end.
    pub to: Wall,
    /// What held; `None` is unknown.
    pub value: Option<f64>,
    /// As in [`super::Sample::quality`].
    pub quality: u8,
}

/// The first `limit` marks with `from <= ms < to`, and those that bear the same time as the last of them.
pub(super) fn first(
    reader: &Connection,
    point: &PointId,
    from: i64,
    to: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Mark>> {
    // One transaction, so that no commit moves samples from rows to chunks between two looks.
    let reader = reader.unchecked_transaction()?;
    let series = read::series(&reader, point)?;
    let entries = entries(&reader, &series, from, to, limit)?;
    let mark = |entry: Entry| Mark { at: wall(entry.ms), value: entry.value, quality: entry.quality };
    Ok(entries.into_iter().map(mark).collect())
}

fn entries(reader: &Connection, series: &[u64], from: i64, to: i64, limit: usize) -> rusqlite::Result<Vec<Entry>> {
    if series.is_empty() || from >= to || limit == 0 {
        return Ok(Vec::new());
    }
    let mut hot = Vec::new();
    read::hot(reader, series, |entry| {
        if (from..to).contains(&entry.ms) {
            hot.push(entry);
        }
    })?;
    hot.sort_by_key(|entry| entry.ms);
    let mut hot = hot.into_iter().peekable();
    let mut found: Vec<Entry> = Vec::new();
    // A day at a time, from the first day that has something.
    let mut day = from.max(begin(reader, series, from, hot.peek())?);
    let last = last(reader, series)?;
    while day < to && found.len() < limit {
        // Beyond the last chunk and gap there are hot rows at most.
        let next = if day > last { to } else { Step::Day.floor(day).saturating_add(Step::Day.ms()).min(to) };
        let mut entries = read::chunked(reader, series, day, next)?;
        while let Some(entry) = hot.next_if(|entry| entry.ms < next) {
            entries.push(entry);
        }
        entries.sort_by_key(|entry| entry.ms);
        found.append(&mut entries);
        day = next;
    }
    if let Some(cut) = found.get(limit - 1).map(|entry| entry.ms) {
        found.truncate(found.partition_point(|entry| entry.ms <= cut));
    }
    Ok(found)
}

/// The first millisecond from `from` on that may have something.
fn begin(reader: &Connection, series: &[u64], from: i64, hot: Option<&Entry>) -> rusqlite::Result<i64> {
    let mut begin = hot.map_or(i64::MAX, |entry| entry.ms);
    let since = from.saturating_sub(schema::longest(reader)?);
    for id in series {
        let mut chunk = reader.prepare_cached("SELECT min(start) FROM chunk WHERE series = ?1 AND start >= ?2")?;
        let start: Option<i64> = chunk.query_row((id, since), |row| row.get(0))?;
        begin = begin.min(start.unwrap_or(i64::MAX));
    }
    let gap: Option<i64> = reader.query_row("SELECT min(at) FROM outage WHERE at >= ?1", [from], |row| row.get(0))?;
    Ok(begin.min(gap.unwrap_or(i64::MAX)))
}

/// The last millisecond of all chunks and gaps.
fn last(reader: &Connection, series: &[u64]) -> rusqlite::Result<i64> {
    let gap: Option<i64> = reader.query_row("SELECT max(at) FROM outage", [], |row| row.get(0))?;
    let mut last = gap.unwrap_or(i64::MIN);
    for id in series {
        let mut chunk = reader.prepare_cached(r#"SELECT max("end") FROM chunk WHERE series = ?1"#)?;
        let end: Option<i64> = chunk.query_row([id], |row| row.get(0)).optional()?.flatten();
        last = last.max(end.unwrap_or(i64::MIN));
    }
    Ok(last)
}

/// The runs within `from <= ms < to`, and where to go on if `limit` marks did not reach the end.
pub(super) fn segments(
    reader: &Connection,
    point: &PointId,
    from: i64,
    to: i64,
    limit: usize,
    alive: i64,
) -> rusqlite::Result<(Vec<Segment>, Option<Wall>)> {
    let reader = reader.unchecked_transaction()?;
    let series = read::series(&reader, point)?;
    if series.is_empty() || from >= to {
        return Ok((Vec::new(), None));
    }
    let held = holding(&reader, &series, from)?;
    let marks = entries(&reader, &series, from, to, limit)?;
    let cut = marks.last().filter(|_| marks.len() >= limit).map(|last| last.ms.saturating_add(1));
    // What was said last goes on until now; a clock that was set back does not take back what was said.
    let reached = marks.last().map_or(from, |last| last.ms.saturating_add(1));
    let end = cut.unwrap_or(to.min(alive.saturating_add(1).max(reached)));
    let mut runs: Vec<(i64, Entry)> = Vec::new();
    for entry in held.into_iter().map(|held| Entry { ms: from, ..held }).chain(marks) {
        match runs.last() {
            Some((_, run)) if same(run, &entry) => {}
            // Of several at one millisecond the last one holds.
            Some((begun, _)) if *begun == entry.ms => {
                runs.pop();
                if runs.last().is_none_or(|(_, run)| !same(run, &entry)) {
                    runs.push((entry.ms, entry));
                }
            }
            _ => runs.push((entry.ms, entry)),
        }
    }
    let ends: Vec<i64> = runs.iter().skip(1).map(|(begun, _)| *begun).chain([end]).collect();
    let segment = |((begun, run), end): (&(i64, Entry), i64)| Segment {
        from: wall(*begun),
        to: wall(end),
        value: run.value,
        quality: run.quality,
    };
    let segments = runs.iter().zip(ends).filter(|((begun, _), end)| begun < end).map(segment).collect();
    Ok((segments, cut.filter(|cut| *cut < to).map(wall)))
}

fn same(one: &Entry, other: &Entry) -> bool {
    one.value == other.value && one.quality == other.quality
}

/// What held just before `from`, with its quality.
fn holding(reader: &Connection, series: &[u64], from: i64) -> rusqlite::Result<Option<Entry>> {
    let Some(before) = read::before(reader, series, from)? else { return Ok(None) };
    // The summary of a chunk does not tell the quality.
    let mut entries = read::chunked(reader, series, before.ms, before.ms.saturating_add(1))?;
    read::hot(reader, series, |entry| {
        if entry.ms == before.ms {
            entries.push(entry);
        }
    })?;
    Ok(entries.pop().or(Some(before)))
}
