//! The tables of `trend.db` and how the file is made and opened.
//!
//! Takes: the file's path.
//! Gives: connections, and the gap since the gateway last ran.
//! Never: touches a file of a newer release.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};

use super::TrendsError;
use super::bucket::Step;
use crate::engine::base::Now;

/// The layout this build writes.
const SCHEMA_VERSION: u32 = 2;
/// A reader or a backup tool is waited for this long.
const BUSY: Duration = Duration::from_secs(2);

/// `hot`: one row per commit; rows up to `meta.chunked` also stand in chunks and wait only for consumers.
/// `chunk.data` comes last, so that its columns are read without it. Times are milliseconds, `"end"` inclusive.
const FIRST_TABLES: &str = r#"
    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE series (id INTEGER PRIMARY KEY, point TEXT NOT NULL, class TEXT NOT NULL, UNIQUE (point, class));
    CREATE TABLE hot (id INTEGER PRIMARY KEY AUTOINCREMENT, last INTEGER NOT NULL, count INTEGER NOT NULL,
                      samples BLOB NOT NULL);
    CREATE TABLE chunk (id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, start INTEGER NOT NULL,
                        "end" INTEGER NOT NULL, count INTEGER NOT NULL, unknown INTEGER NOT NULL,
                        unknown_ms INTEGER NOT NULL, min REAL, max REAL, sum REAL NOT NULL, first REAL, last REAL,
                        data BLOB NOT NULL);
    CREATE INDEX chunk_start ON chunk (series, start);
    CREATE INDEX chunk_end ON chunk (series, "end");
    CREATE TABLE outage (at INTEGER PRIMARY KEY, until INTEGER NOT NULL);
    CREATE TABLE cursor (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO meta (key, value) VALUES ('schema', 1), ('chunked', 0);
"#;

/// What the second layout has beside the first. `rollup`: one row per page ([`super::pages`]). `alarm`: when points
/// were in alarm, `until` exclusive, none while it lasts. `outage.rolled`: 1 when the roll-ups know of it; until then
/// the series up to minus this number do. `meta.unrolled`: chunks up to this one do not stand in the roll-ups yet.
/// `meta.longest`: milliseconds from the first to the last sample of the longest chunk.
const SECOND_TABLES: &str = r#"
    CREATE TABLE rollup (step INTEGER NOT NULL, series INTEGER NOT NULL, start INTEGER NOT NULL, buckets BLOB NOT NULL,
                         PRIMARY KEY (step, series, start)) WITHOUT ROWID;
    CREATE TABLE alarm (id INTEGER PRIMARY KEY, point TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER);
    CREATE INDEX alarm_point ON alarm (point, since);
    ALTER TABLE outage ADD COLUMN rolled INTEGER NOT NULL DEFAULT 0;
    INSERT INTO meta (key, value) SELECT 'unrolled', max(id) FROM chunk HAVING max(id) IS NOT NULL;
    INSERT INTO meta (key, value) SELECT 'longest', max(3600000, coalesce(max("end" - start), 0)) FROM chunk;
    UPDATE meta SET value = 2 WHERE key = 'schema';
"#;

/// Opens or makes the file; a damaged one is moved aside, because a gateway without old curves is better than none.
pub(super) fn open_writer(path: &Path) -> Result<Connection, TrendsError> {
    match prepare(path) {
        Err(TrendsError::Sqlite { source, .. })
            if matches!(source.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)) =>
        {
            let aside = path.with_extension("db.broken");
            tracing::error!(path = %path.display(), aside = %aside.display(), %source, "the trends are damaged; moved aside, they begin anew");
            std::fs::rename(path, aside).map_err(|source| TrendsError::Io { path: path.into(), source })?;
            prepare(path)
        }
        opened => opened,
    }
}

fn prepare(path: &Path) -> Result<Connection, TrendsError> {
    let sqlite = TrendsError::sqlite(path);
    let mut connection = Connection::open(path).map_err(&sqlite)?;
    connection.busy_timeout(BUSY).map_err(&sqlite)?;
    let laid_out: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'meta'", [], |row| row.get(0))
        .map_err(&sqlite)?;
    if laid_out == 0 {
        // Room that thinning frees goes back to the file system.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(&sqlite)?;
        lay_out(&mut connection, FIRST_TABLES).map_err(&sqlite)?;
    }
    let found: u32 =
        connection.query_row("SELECT value FROM meta WHERE key = 'schema'", [], |row| row.get(0)).map_err(&sqlite)?;
    if found > SCHEMA_VERSION {
        return Err(TrendsError::NewerSchema { path: path.into(), found, known: SCHEMA_VERSION });
    }
    if found == 1 {
        // Only the tables: what fills them is made while the gateway runs already.
        lay_out(&mut connection, SECOND_TABLES).map_err(&sqlite)?;
    }
    connection.pragma_update(None, "journal_mode", "WAL").map_err(&sqlite)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(&sqlite)?;
    Ok(connection)
}

fn lay_out(connection: &mut Connection, tables: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(tables)?;
    transaction.commit()
}

/// Opens the file for reading.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// A number of the `meta` table.
pub(super) fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let mut known = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    known.query_row([key], |row| row.get(0)).optional()
}

/// Milliseconds that a chunk spans at most.
pub(super) fn longest(connection: &Connection) -> rusqlite::Result<i64> {
    Ok(meta(connection, "longest")?.unwrap_or(Step::Hour.ms()))
}

/// Before this millisecond, samples (or the pages of a step) may have been removed.
pub(super) fn gone(connection: &Connection, step: Option<Step>) -> rusqlite::Result<i64> {
    Ok(meta(connection, gone_key(step))?.unwrap_or(i64::MIN))
}

/// The word of [`gone`] in `meta`.
pub(super) fn gone_key(step: Option<Step>) -> &'static str {
    match step {
        None => "gone-raw",
        Some(Step::Minute) => "gone-minute",
        Some(Step::Quarter) => "gone-quarter",
        Some(Step::Hour) => "gone-hour",
        Some(Step::Day) => "gone-day",
    }
}

/// Sets a number of the `meta` table.
pub(super) fn set_meta(connection: &Connection, key: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])
        .map(drop)
}

/// Notes that nothing is known between the last sign of life and now.
pub(super) fn note_outage(connection: &Connection, now: Now) -> rusqlite::Result<()> {
    let Some(alive) = meta(connection, "alive")? else { return Ok(()) };
    let begin = alive.saturating_add(1);
    connection.execute(
        "INSERT OR REPLACE INTO outage (at, until, rolled) VALUES (?1, ?2, 0)",
        params![begin, super::millis(now.wall).max(begin)],
    )?;
    Ok(())
}
