//! What the trends may take of the disk: how long each kind is kept, and what goes first when room is short.
//!
//! Takes: how long to keep what, the time, and the room that is left.
//! Gives: room, and how much was removed for it.
//! Never: touches events. Of the trends, the oldest samples go first, then the finest roll-ups.
//!
//! A jump of the clock into the future costs little: at each look a point loses two days at the most, so the clock may
//! stand wrong for hours before anything is missed.

use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::bucket::Step;
use super::{rollups, schema};

/// Chunks, or pages, of one point that are removed at one look at most.
const AT_ONCE: i64 = 48;
/// Removed in one step at least, when room is short.
const THIN_LEAST: i64 = 500;
/// Between looks at the room that is left.
const GUARD_EVERY: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// How long each kind of trend is kept.
///
/// What it takes, for 230 points that are recorded each second (a sample by exception takes no more): samples 1.3 bytes
/// each, 26 MB a day; minutes 9 bytes each, 3 MB a day; quarters 0.2 MB, hours 0.05 MB, days nothing to speak of. So the
/// defaults come to 2.3 GB of samples, 1.2 GB of minutes and 0.4 GB of everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Every sample.
    pub raw: Duration,
    /// Roll-ups of a minute.
    pub minute: Duration,
    /// Roll-ups of a quarter of an hour.
    pub quarter: Duration,
    /// Roll-ups of an hour.
    pub hour: Duration,
    /// Roll-ups of a day, and when points were in alarm.
    pub day: Duration,
}

impl Default for Retention {
    /// 90 days, 400 days, 3 years, 10 years, 20 years.
    fn default() -> Retention {
        Retention { raw: 90 * DAY, minute: 400 * DAY, quarter: 1_100 * DAY, hour: 3_660 * DAY, day: 7_320 * DAY }
    }
}

impl Retention {
    fn of(&self, step: Option<Step>) -> i64 {
        let kept = match step {
            None => self.raw,
            Some(Step::Minute) => self.minute,
            Some(Step::Quarter) => self.quarter,
            Some(Step::Hour) => self.hour,
            Some(Step::Day) => self.day,
        };
        i64::try_from(kept.as_millis()).unwrap_or(i64::MAX)
    }
}

/// How much room must stay, and how to learn of it.
pub(super) struct Guard {
    pub keep: u64,
    pub free: Box<dyn FnMut() -> std::io::Result<u64> + Send>,
    /// When it last looked.
    pub looked: Option<Instant>,
}

impl Guard {
    /// Whether it is time to look again; notes that it was.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.looked.is_none_or(|looked| now.duration_since(looked) >= GUARD_EVERY);
        if due {
            self.looked = Some(now);
        }
        due
    }

    /// Removes until there is room, or nothing is left. Gives how many chunks and pages went.
    pub(super) fn make_room(&mut self, connection: &mut Connection) -> u64 {
        let mut removed = 0;
        loop {
            match (self.free)() {
                Ok(free) if free < self.keep => {}
                Ok(_) => return removed,
                Err(error) => {
                    tracing::warn!(%error, "the room that is left cannot be told");
                    return removed;
                }
            }
            match thin(connection) {
                Ok(0) => {
                    tracing::error!("the disk is nearly full, and no trends are left to remove");
                    return removed;
                }
                Ok(gone) => {
                    removed += gone;
                    tracing::warn!(gone, "the disk is nearly full: the oldest trends were removed");
                }
                Err(error) => {
                    tracing::error!(%error, "the oldest trends could not be removed");
                    return removed;
                }
            }
        }
    }
}

/// Removes the oldest twentieth of all chunks; when there are none, of the finest pages. Gives its room back to the file
/// system, and says how many went.
fn thin(connection: &mut Connection) -> rusqlite::Result<u64> {
    let transaction = connection.transaction()?;
    let mut removed = thin_chunks(&transaction)?;
    for step in Step::ALL {
        if removed == 0 {
            removed = thin_pages(&transaction, step)?;
        }
    }
    transaction.commit()?;
    for pragma in ["PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        let mut statement = connection.prepare(pragma)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
    }
    Ok(removed)
}

fn thin_chunks(transaction: &Connection) -> rusqlite::Result<u64> {
    let count: i64 = transaction.query_row("SELECT count(*) FROM chunk", [], |row| row.get(0))?;
    let step = (count / 20).max(THIN_LEAST);
    // In order of arrival, whatever the clock said.
    let (upto, end): (Option<i64>, Option<i64>) = transaction.query_row(
        r#"SELECT max(id), max("end") FROM (SELECT id, "end" FROM chunk ORDER BY id LIMIT ?1)"#,
        [step],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (Some(upto), Some(end)) = (upto, end) else { return Ok(0) };
    note_gone(transaction, None, end.saturating_add(1))?;
    Ok(transaction.execute("DELETE FROM chunk WHERE id <= ?1", [upto])? as u64)
}

fn thin_pages(transaction: &Connection, step: Step) -> rusqlite::Result<u64> {
    let (oldest, newest): (Option<i64>, Option<i64>) =
        transaction.query_row("SELECT min(start), max(start) FROM rollup WHERE step = ?1", [step.code()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let (Some(oldest), Some(newest)) = (oldest, newest) else { return Ok(0) };
    let upto = oldest.saturating_add(newest.saturating_sub(oldest) / 20);
    note_gone(transaction, Some(step), upto.saturating_add(step.page_ms()))?;
    let removed =
        transaction.execute("DELETE FROM rollup WHERE step = ?1 AND start <= ?2", params![step.code(), upto])?;
    Ok(removed as u64)
}

/// What is before `ms` is no longer whole.
fn note_gone(transaction: &Connection, step: Option<Step>, ms: i64) -> rusqlite::Result<()> {
    let gone = schema::gone(transaction, step)?.max(ms);
    schema::set_meta(transaction, schema::gone_key(step), gone)
}

/// Removes what is older than it is to be kept, a bounded part at each look. Gives how many chunks and pages went.
pub(super) fn expire(connection: &mut Connection, kept: &Retention, now: i64) -> rusqlite::Result<u64> {
    if !rollups::complete(connection)? {
        // The samples are still needed.
        return Ok(0);
    }
    let transaction = connection.transaction()?;
    let series: Vec<i64> =
        transaction.prepare("SELECT id FROM series")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut removed = 0;
    for id in series {
        removed += expire_chunks(&transaction, id, now.saturating_sub(kept.of(None)))?;
        for step in Step::ALL {
            let before = now.saturating_sub(kept.of(Some(step))).saturating_sub(step.page_ms());
            removed += expire_pages(&transaction, step, id, before)?;
        }
    }
    let before = now.saturating_sub(kept.of(Some(Step::Day)));
    transaction.execute("DELETE FROM alarm WHERE until < ?1", [before])?;
    transaction.execute("DELETE FROM outage WHERE until < ?1", [before])?;
    transaction.commit()?;
    Ok(removed)
}

fn expire_chunks(transaction: &Connection, series: i64, before: i64) -> rusqlite::Result<u64> {
    let last: Option<i64> = transaction
        .prepare_cached(
            r#"SELECT max("end") FROM (SELECT "end" FROM chunk WHERE series = ?1 AND "end" < ?2 ORDER BY "end" LIMIT ?3)"#,
        )?
        .query_row(params![series, before, AT_ONCE], |row| row.get(0))?;
    let Some(last) = last else { return Ok(0) };
    note_gone(transaction, None, last.saturating_add(1))?;
    let mut delete = transaction.prepare_cached(r#"DELETE FROM chunk WHERE series = ?1 AND "end" <= ?2"#)?;
    Ok(delete.execute(params![series, last])? as u64)
}

fn expire_pages(transaction: &Connection, step: Step, series: i64, before: i64) -> rusqlite::Result<u64> {
    let last: Option<i64> = transaction
        .prepare_cached(
            "SELECT max(start) FROM (SELECT start FROM rollup WHERE step = ?1 AND series = ?2 AND start < ?3
             ORDER BY start LIMIT ?4)",
        )?
        .query_row(params![step.code(), series, before, AT_ONCE], |row| row.get(0))?;
    let Some(last) = last else { return Ok(0) };
    note_gone(transaction, Some(step), last.saturating_add(step.page_ms()))?;
    let mut delete =
        transaction.prepare_cached("DELETE FROM rollup WHERE step = ?1 AND series = ?2 AND start <= ?3")?;
    Ok(delete.execute(params![step.code(), series, last])? as u64)
}
