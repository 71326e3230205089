//! Snapshots of the state, so that a start need not apply every fact there ever was.
//!
//! Takes: a state and the hash of the last fact it applied.
//! Gives: the newest one that verifies.
//! Never: the truth; whatever is wrong with a snapshot only makes a start slower.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::chain::{Hash, Head};
use crate::engine::alarm::{STATE_VERSION, State};

/// How many are kept.
const KEPT: i64 = 2;

/// Writes `state` as a snapshot and drops the oldest.
pub(super) fn write(connection: &mut Connection, state: &State) -> rusqlite::Result<()> {
    let json = serde_json::to_vec(state).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let seq = state.last.seq;
    let transaction = connection.transaction()?;
    let hash: Hash = transaction.query_row("SELECT hash FROM fact WHERE seq = ?1", [seq], |row| row.get(0))?;
    transaction.execute(
        "INSERT OR REPLACE INTO snapshot (seq, version, state, fact_hash, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![seq, STATE_VERSION, json, hash, checksum(seq, STATE_VERSION, &json, &hash)],
    )?;
    transaction.execute(
        "DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT ?1)",
        [KEPT],
    )?;
    transaction.commit()
}

/// The newest snapshot after the fact `begins` that verifies: its own checksum, and the fact it stands on.
pub(super) fn newest(connection: &Connection, begins: u64) -> rusqlite::Result<Option<(State, Head)>> {
    let mut statement = connection
        .prepare("SELECT seq, version, state, fact_hash, checksum FROM snapshot WHERE seq > ?1 ORDER BY seq DESC")?;
    let mut rows = statement.query([begins])?;
    while let Some(row) = rows.next()? {
        let Ok((seq, version, json, hash, sum)) = columns(row) else {
            tracing::warn!("a snapshot of the journal is damaged; an older one or all facts serve");
            continue;
        };
        let fact: Option<Hash> =
            connection.query_row("SELECT hash FROM fact WHERE seq = ?1", [seq], |row| row.get(0)).optional()?;
        if version != STATE_VERSION || sum != checksum(seq, version, &json, &hash) || fact != Some(hash) {
            tracing::warn!(seq, version, "a snapshot of the journal does not verify; an older one or all facts serve");
            continue;
        }
        match serde_json::from_slice::<State>(&json) {
            Ok(state) if state.last.seq == seq => return Ok(Some((state, Head { seq, hash }))),
            Ok(_) => tracing::warn!(seq, "a snapshot of the journal stands for another fact; not used"),
            Err(error) => tracing::warn!(seq, %error, "a snapshot of the journal cannot be read; not used"),
        }
    }
    Ok(None)
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(u64, u16, Vec<u8>, Hash, Hash)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn checksum(seq: u64, version: u16, json: &[u8], hash: &Hash) -> Hash {
    Sha256::new()
        .chain_update(seq.to_be_bytes())
        .chain_update(version.to_be_bytes())
        .chain_update(hash)
        .chain_update(json)
        .finalize()
        .into()
}
