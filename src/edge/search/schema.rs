//! The tables of `search.db`.
//!
//! Takes: where the file is.
//! Gives: connections.
//! Never: keeps a file of another layout, or one that is damaged: it is made anew.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// The layout this build writes.
const LAYOUT: i64 = 2;
/// Every table, by name.
const NAMES: [&str; 5] = ["word", "line", "about", "thing", "block"];
const BUSY: Duration = Duration::from_secs(2);

/// Whole numbers other than times and sequence numbers name rows of `word`; 0 is nothing. A thing lasts from the fact of
/// its number to `over`. A block is a run of facts with the earliest and the latest time in it: times may go backwards.
const TABLES: &str = "
    CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
    CREATE TABLE line (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, epoch INTEGER NOT NULL, sort INTEGER NOT NULL,
                       kind INTEGER NOT NULL, category INTEGER NOT NULL, device INTEGER NOT NULL, point INTEGER NOT NULL,
                       building INTEGER NOT NULL, floor INTEGER NOT NULL, person INTEGER NOT NULL, what INTEGER NOT NULL,
                       place INTEGER NOT NULL, words INTEGER NOT NULL, kind_words INTEGER NOT NULL,
                       category_words INTEGER NOT NULL);
    CREATE INDEX line_point ON line (point, seq) WHERE point > 0;
    CREATE TABLE about (subject INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (subject, seq)) WITHOUT ROWID;
    CREATE TABLE thing (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, lasting INTEGER NOT NULL, over INTEGER,
                        over_at INTEGER, device INTEGER NOT NULL, point INTEGER NOT NULL, category INTEGER NOT NULL,
                        person INTEGER NOT NULL);
    CREATE INDEX thing_lasting ON thing (lasting, seq);
    CREATE INDEX thing_point ON thing (point, lasting, seq);
    CREATE INDEX thing_device ON thing (device, category, lasting, seq);
    CREATE TABLE block (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, count INTEGER NOT NULL,
                        earliest INTEGER NOT NULL, latest INTEGER NOT NULL);
";

/// Opens the index for writing, making it first where there is none that can be used.
pub fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    match open(path) {
        Ok(connection) => Ok(connection),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the index of the journal cannot be used and is made anew");
            for part in ["db", "db-wal", "db-shm"] {
                // What is not there need not go; what cannot go is said when the file is opened.
                let _ = std::fs::remove_file(path.with_extension(part));
            }
            open(path)
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What a power cut takes is taken in again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let layout: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if layout != LAYOUT {
        let transaction = connection.transaction()?;
        transaction.execute_batch(&NAMES.map(|table| format!("DROP TABLE IF EXISTS {table};")).concat())?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", LAYOUT)?;
        transaction.commit()?;
    }
    // A damaged file mostly shows here, before anybody relies on it.
    connection.query_row("SELECT count(*) FROM (SELECT seq FROM line LIMIT 1)", [], |_| Ok(()))?;
    Ok(connection)
}

/// Opens an existing index for reading.
pub fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Forgets everything.
pub fn clear(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&NAMES.map(|table| format!("DELETE FROM {table};")).concat())
}
