//! The tables of `events.db` and how the file is made and opened.
//!
//! Takes: the state directory.
//! Gives: connections, and the epoch raised durably.
//! Never: lays tables over something it does not know; an existing file is a journal or an error.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::JournalError;
use crate::engine::base::Now;

/// The layout this build writes.
const SCHEMA_VERSION: u32 = 3;

/// A foreign lock (a backup tool, `journal verify`) is waited for this long before an attempt counts as failed.
const BUSY: Duration = Duration::from_millis(500);

/// Facts only ever follow one another: the triggers also stop `INSERT OR REPLACE` and hand-made gaps.
const TABLES: &str = "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE fact (seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL);
    CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, version INTEGER NOT NULL, state BLOB NOT NULL,
                           fact_hash BLOB NOT NULL, checksum BLOB NOT NULL);
    CREATE TRIGGER fact_follows BEFORE INSERT ON fact
        WHEN NEW.seq <> COALESCE((SELECT MAX(seq) FROM fact), 0) + 1
        BEGIN SELECT RAISE(ABORT, 'facts follow one another without a gap'); END;
    CREATE TRIGGER fact_stays BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
    CREATE TRIGGER fact_remains BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
";

/// What layout 2 has beyond layout 1: facts may leave from the beginning, up to a checkpoint, and never otherwise.
const CHECKPOINTS: &str = "
    CREATE TABLE checkpoint (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL);
    CREATE TABLE base (seq INTEGER PRIMARY KEY, state BLOB NOT NULL);
    CREATE TABLE kept (seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, bytes BLOB NOT NULL, previous BLOB NOT NULL,
                       hash BLOB NOT NULL);
    DROP TRIGGER fact_remains;
    CREATE TRIGGER fact_remains BEFORE DELETE ON fact
        WHEN OLD.seq > COALESCE((SELECT MAX(seq) FROM checkpoint), 0)
        BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
";

/// What layout 3 has beyond layout 2: facts that stay at hand are made ready before the checkpoint that they belong to, so
/// that the checkpoint itself is one small commit. What is younger than the last checkpoint is not valid yet, what was
/// dropped at it or before is not valid any more. `word` is the fact that approved a checkpoint.
const STAGES: &str = "
    ALTER TABLE kept ADD COLUMN dropped INTEGER;
    CREATE INDEX kept_dropped ON kept (dropped) WHERE dropped IS NOT NULL;
    ALTER TABLE checkpoint ADD COLUMN word INTEGER;
";

/// Where the facts of a state directory are.
pub(super) fn events_path(state_dir: &Path) -> PathBuf {
    state_dir.join("events.db")
}

/// Opens the journal for writing, making it first where there is none.
pub(super) fn open_writer(path: &Path, now: Now) -> Result<Connection, JournalError> {
    if !path.try_exists().map_err(|source| JournalError::Io { path: path.into(), source })? {
        create(path, now)?;
    }
    reopen_writer(path)
}

/// Opens an existing journal for writing; never makes one.
pub(super) fn reopen_writer(path: &Path) -> Result<Connection, JournalError> {
    let sqlite = JournalError::sqlite(path);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(&sqlite)?;
    let mut connection = connection;
    connection.busy_timeout(BUSY).map_err(&sqlite)?;
    check(path, &connection)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(&sqlite)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(&sqlite)?;
    let found = layout(path, &connection)?;
    if found < SCHEMA_VERSION {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&sqlite)?;
        if found < 2 {
            transaction.execute_batch(CHECKPOINTS).map_err(&sqlite)?;
        }
        transaction.execute_batch(STAGES).map_err(&sqlite)?;
        let version = SCHEMA_VERSION.to_string();
        transaction.execute("UPDATE meta SET value = ?1 WHERE key = 'schema'", [version]).map_err(&sqlite)?;
        transaction.commit().map_err(&sqlite)?;
    }
    Ok(connection)
}

/// Opens an existing journal for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, JournalError> {
    let sqlite = JournalError::sqlite(path);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(&sqlite)?;
    connection.busy_timeout(BUSY).map_err(&sqlite)?;
    check(path, &connection)?;
    Ok(connection)
}

/// Makes a journal under another name and renames it, so that a file called `events.db` always has its tables: one
/// that is empty was damaged, and is not taken for new.
fn create(path: &Path, now: Now) -> Result<(), JournalError> {
    let sqlite = JournalError::sqlite(path);
    let io = |source| JournalError::Io { path: path.into(), source };
    let unfinished = path.with_extension("db.new");
    match std::fs::remove_file(&unfinished) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(io(source)),
        _ => {}
    }
    let mut identity = [0_u8; 16];
    getrandom::fill(&mut identity).map_err(|error| io(std::io::Error::other(error)))?;
    let mut connection = Connection::open(&unfinished).map_err(&sqlite)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(&sqlite)?;
    let transaction = connection.transaction().map_err(&sqlite)?;
    for tables in [TABLES, CHECKPOINTS, STAGES] {
        transaction.execute_batch(tables).map_err(&sqlite)?;
    }
    let rows = [
        ("schema", SCHEMA_VERSION.to_string()),
        ("epoch", "0".to_owned()),
        ("identity", super::chain::hex(&identity)),
        ("made", now.wall.0.to_string()),
    ];
    for (key, value) in rows {
        transaction.execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", params![key, value]).map_err(&sqlite)?;
    }
    transaction.commit().map_err(&sqlite)?;
    connection.close().map_err(|(_, source)| JournalError::Sqlite { path: path.into(), source })?;
    std::fs::rename(&unfinished, path).map_err(io)?;
    // The new name itself must survive a power cut.
    let directory = path.parent().unwrap_or(Path::new("."));
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(io)
}

/// Refuses a file of a newer release, or one that is no journal.
fn check(path: &Path, connection: &Connection) -> Result<(), JournalError> {
    let foreign = |reason: &str| JournalError::Foreign { path: path.into(), reason: reason.to_owned() };
    let tables: i64 = connection
        .query_row(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'fact', 'snapshot')",
            [],
            |row| row.get(0),
        )
        .map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => foreign("not an SQLite file"),
            _ => JournalError::Sqlite { path: path.into(), source: error },
        })?;
    if tables == 0 {
        return Err(foreign("it is empty or holds other tables"));
    }
    let found = layout(path, connection)?;
    if found > SCHEMA_VERSION {
        return Err(JournalError::NewerSchema { path: path.into(), found, known: SCHEMA_VERSION });
    }
    if tables != 3 { Err(foreign("some of its tables are missing")) } else { Ok(()) }
}

/// How the file is laid out: one of layout 1 has no checkpoints, one below 3 makes nothing ready beforehand.
pub(super) fn layout(path: &Path, connection: &Connection) -> Result<u32, JournalError> {
    number(path, connection, "schema")
}

/// A value of the `meta` table.
pub(super) fn meta(path: &Path, connection: &Connection, key: &str) -> Result<String, JournalError> {
    connection
        .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
        .optional()
        .map_err(JournalError::sqlite(path))?
        .ok_or_else(|| JournalError::Foreign { path: path.into(), reason: format!("its {key} is missing") })
}

fn number(path: &Path, connection: &Connection, key: &str) -> Result<u32, JournalError> {
    let text = meta(path, connection, key)?;
    text.parse().map_err(|_| JournalError::Foreign {
        path: path.into(),
        reason: format!("its {key} is \"{text}\", not a number"),
    })
}

/// Raises the epoch by one; it is on the disk when this returns.
pub(super) fn raise_epoch(path: &Path, connection: &mut Connection) -> Result<u32, JournalError> {
    let sqlite = JournalError::sqlite(path);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&sqlite)?;
    // Facts are the better witness should someone have put an old `meta` back.
    let used: u32 = transaction
        .query_row("SELECT COALESCE((SELECT epoch FROM fact ORDER BY seq DESC LIMIT 1), 0)", [], |row| row.get(0))
        .map_err(&sqlite)?;
    let last = number(path, &transaction, "epoch")?.max(used);
    let epoch = last.checked_add(1).ok_or_else(|| JournalError::Foreign {
        path: path.into(),
        reason: "its epoch cannot rise any further".to_owned(),
    })?;
    transaction.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [epoch.to_string()]).map_err(&sqlite)?;
    transaction.commit().map_err(&sqlite)?;
    Ok(epoch)
}
