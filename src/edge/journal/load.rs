//! What a start needs from the journal: a snapshot and the facts after it.
//!
//! Takes: an open `events.db`.
//! Gives: [`Loaded`].
//! Never: reads the whole journal when a snapshot serves; that is `journal verify`'s.

use std::path::Path;

use rusqlite::Connection;

use super::chain::{self, Head};
use super::{JournalError, checkpoint, schema, snapshots};
use crate::engine::alarm::{Fact, State};

/// What stood in the journal.
pub(super) struct Loaded {
    /// The newest snapshot that verifies.
    pub snapshot: Option<State>,
    /// The facts after it.
    pub tail: Vec<Fact>,
    /// The verified end of the chain.
    pub head: Head,
    /// Which journal this is; cursors of another one mean nothing here.
    pub identity: String,
}

/// Loads and verifies from the newest good snapshot to the end; from the first fact without one.
pub(super) fn load(path: &Path, connection: &Connection) -> Result<Loaded, JournalError> {
    let identity = schema::meta(path, connection, "identity")?;
    let start = checkpoint::start(path, connection)?;
    // One at or before a checkpoint stands on a fact that is on its way out.
    let found = snapshots::newest(connection, start.head.seq).map_err(JournalError::sqlite(path))?;
    let (snapshot, from) = match found {
        Some((state, head)) => (Some(state), head),
        None => (start.checkpoint.map(|_| start.state), start.head),
    };
    let mut tail = Vec::new();
    let head = chain::walk(path, connection, from, |fact, _, _| {
        tail.push(fact);
        Ok(())
    })?;
    check_not_cut(path, connection, head)?;
    Ok(Loaded { snapshot, tail, head, identity })
}

/// A snapshot beyond the last fact means that facts were cut off.
pub(super) fn check_not_cut(path: &Path, connection: &Connection, last: Head) -> Result<(), JournalError> {
    let stood: u64 = connection
        .query_row("SELECT COALESCE(MAX(seq), 0) FROM snapshot", [], |row| row.get(0))
        .map_err(JournalError::sqlite(path))?;
    if stood <= last.seq {
        return Ok(());
    }
    let reason = format!("it is missing, though a snapshot was taken at {stood}");
    Err(last.broken(path, reason))
}
