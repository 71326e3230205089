//! How far each consumer of the journal came.
//!
//! Takes: advances by name.
//! Gives: cursors that never fall and that belong to one journal.
//! Never: waits for the disk. A power cut may lose the last advances: events then come again, none is skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, params};

use super::JournalError;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS journal (identity TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS cursor (consumer TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
";

/// The cursors of one journal.
pub(super) struct Cursors {
    path: PathBuf,
    connection: Connection,
    seqs: BTreeMap<String, u64>,
}

impl Cursors {
    /// Opens `cursors.db`. Cursors of another journal, or a damaged file, count for nothing: every consumer then
    /// starts over.
    pub(super) fn open(state_dir: &Path, identity: &str) -> Result<Cursors, JournalError> {
        let path = state_dir.join("cursors.db");
        match Cursors::load(&path, identity) {
            Err(JournalError::Sqlite { source, .. })
                if matches!(source.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)) =>
            {
                let aside = path.with_extension("db.broken");
                tracing::warn!(path = %path.display(), aside = %aside.display(), "the cursors are damaged and were moved aside; consumers see all events again");
                std::fs::rename(&path, aside).map_err(|source| JournalError::Io { path: path.clone(), source })?;
                Cursors::load(&path, identity)
            }
            loaded => loaded,
        }
    }

    fn load(path: &Path, identity: &str) -> Result<Cursors, JournalError> {
        let sqlite = JournalError::sqlite(path);
        let mut connection = Connection::open(path).map_err(&sqlite)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(&sqlite)?;
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(&sqlite)?;
        let transaction = connection.transaction().map_err(&sqlite)?;
        transaction.execute_batch(TABLES).map_err(&sqlite)?;
        let same: i64 = transaction
            .query_row("SELECT count(*) FROM journal WHERE identity = ?1", [identity], |row| row.get(0))
            .map_err(&sqlite)?;
        if same == 0 {
            transaction.execute_batch("DELETE FROM journal; DELETE FROM cursor;").map_err(&sqlite)?;
            transaction.execute("INSERT INTO journal (identity) VALUES (?1)", [identity]).map_err(&sqlite)?;
        }
        transaction.commit().map_err(&sqlite)?;
        let seqs = connection
            .prepare("SELECT consumer, seq FROM cursor")
            .and_then(|mut rows| rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(&sqlite)?;
        Ok(Cursors { path: path.into(), connection, seqs })
    }

    /// The last sequence number `consumer` is done with.
    pub(super) fn get(&self, consumer: &str) -> u64 {
        self.seqs.get(consumer).copied().unwrap_or(0)
    }

    /// The consumer that is furthest behind, and how far it came; none where there is none.
    pub(super) fn least(&self) -> Option<(&str, u64)> {
        self.seqs.iter().map(|(consumer, seq)| (consumer.as_str(), *seq)).min_by_key(|(_, seq)| *seq)
    }

    /// Moves `consumer` on; a lower number changes nothing.
    pub(super) fn advance(&mut self, consumer: &str, seq: u64) -> Result<(), JournalError> {
        if seq <= self.get(consumer) {
            return Ok(());
        }
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO cursor (consumer, seq) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute(params![consumer, seq]))
            .map_err(JournalError::sqlite(&self.path))?;
        self.seqs.insert(consumer.to_owned(), seq);
        Ok(())
    }
}
