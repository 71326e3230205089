//! Where a journal begins whose oldest facts were taken out: a signed word of what stood there.
//!
//! Takes: the tables `checkpoint`, `base` and `kept`.
//! Gives: [`Start`]: the head from which the chain goes on and the state at it; and the facts of before that were kept.
//! Never: trusts a checkpoint whose signature, state or kept facts do not fit; such a journal is broken at its beginning.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::chain::{self, GENESIS, Hash, Head, hex, unhex};
use super::{JournalError, archive, key, schema};
use crate::engine::alarm::{Fact, Retired, State};
use crate::engine::base::Wall;

/// The form this build writes.
pub(super) const FORM: u16 = 1;

/// Which rows of `kept` are valid at a checkpoint: none that is only made ready, none that was dropped by then.
pub(super) const VALID: &str = "seq <= ?1 AND (dropped IS NULL OR dropped > ?1)";

/// A checkpoint: everything up to `seq` was sealed in archives and is no longer in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Version of its form.
    pub v: u16,
    /// Which journal it belongs to.
    pub journal: String,
    /// The last fact that was taken out.
    pub seq: u64,
    /// Its hash in hexadecimal.
    pub head: String,
    /// When it was made.
    pub at: Wall,
    /// How many facts of each kind were taken out with it.
    pub counts: BTreeMap<String, u64>,
    /// SHA-256 over the numbers and hashes of the facts that stay at hand, in hexadecimal.
    pub kept: String,
    /// SHA-256 of the state at it, in hexadecimal.
    pub state: String,
    /// Name of the archive.
    pub archive: String,
    /// SHA-256 of the archive, in hexadecimal.
    pub sealed: String,
    /// The public key (Ed25519) that signed it, in hexadecimal.
    pub key: String,
}

/// A fact of before the checkpoint that stays at hand.
pub(super) struct Kept {
    pub seq: u64,
    pub epoch: u32,
    pub bytes: Vec<u8>,
    pub previous: Hash,
    pub hash: Hash,
}

/// Where the chain of a journal begins.
pub(super) struct Start {
    pub head: Head,
    /// None where nothing was ever taken out.
    pub checkpoint: Option<Checkpoint>,
    /// The state at it.
    pub state: State,
}

/// The digest of the facts that stay at hand, in order.
#[derive(Default)]
pub(super) struct KeptSum(Sha256);

impl KeptSum {
    /// The next one.
    pub(super) fn add(&mut self, seq: u64, hash: &Hash) {
        self.0.update(seq.to_be_bytes());
        self.0.update(hash);
    }

    /// Of all of them, in hexadecimal.
    pub(super) fn end(self) -> String {
        hex(&self.0.finalize())
    }
}

impl Checkpoint {
    /// One of the facts after it must say who approved it, and the archive, where it is still at hand, must be the one that was
    /// sealed.
    pub(super) fn check(&self, path: &Path, state_dir: &Path, words: &[Arc<Retired>]) -> Result<(), JournalError> {
        let broken = |reason: String| JournalError::Checkpoint { path: path.into(), seq: self.seq, reason };
        let fits = |word: &Arc<Retired>| word.upto == self.seq && word.head == self.head && word.sealed == self.sealed;
        if !words.iter().any(fits) {
            return Err(broken("no fact says who approved it".to_owned()));
        }
        let place = archive::place(state_dir, &self.archive);
        match archive::sum(&place) {
            Ok(sum) if sum == self.sealed => Ok(()),
            Ok(_) => Err(broken(format!("{} is not the archive that was sealed", place.display()))),
            // An archive may have been carried away.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(JournalError::Io { path: place, source }),
        }
    }
}

/// Number of the last checkpoint; 0 where nothing was ever taken out.
pub(super) fn newest(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached("SELECT COALESCE(MAX(seq), 0) FROM checkpoint")?.query_row([], |row| row.get(0))
}

/// Reads and checks where the chain begins.
pub(super) fn start(path: &Path, connection: &Connection) -> Result<Start, JournalError> {
    let genesis = Head { seq: 0, hash: GENESIS };
    let nothing = Start { head: genesis, checkpoint: None, state: State::default() };
    if schema::layout(path, connection)? < 2 {
        return Ok(nothing);
    }
    let sqlite = JournalError::sqlite(path);
    let newest: Option<(u64, Vec<u8>, Vec<u8>)> = connection
        .query_row("SELECT seq, body, signature FROM checkpoint ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(&sqlite)?;
    let Some((seq, body, signature)) = newest else { return Ok(nothing) };
    let broken = |reason: &str| JournalError::Checkpoint { path: path.into(), seq, reason: reason.to_owned() };
    let checkpoint: Checkpoint =
        serde_json::from_slice(&body).map_err(|error| broken(&format!("it cannot be read ({error})")))?;
    if checkpoint.v > FORM {
        return Err(broken("a newer release wrote it; install that release"));
    }
    if !key::verifies(&checkpoint.key, &body, &signature) {
        return Err(broken("its signature does not fit"));
    }
    if checkpoint.seq != seq || checkpoint.journal != schema::meta(path, connection, "identity")? {
        return Err(broken("it belongs to another journal"));
    }
    let state: Option<Vec<u8>> = connection
        .query_row("SELECT state FROM base WHERE seq = ?1", [seq], |row| row.get(0))
        .optional()
        .map_err(&sqlite)?;
    let state = state.filter(|state| hex(&Sha256::digest(state)) == checkpoint.state);
    let state = state.ok_or_else(|| broken("the state at it is missing or was changed"))?;
    let state: State =
        serde_json::from_slice(&state).map_err(|error| broken(&format!("the state at it cannot be read ({error})")))?;
    let mut digest = KeptSum::default();
    kept(path, connection, seq, |fact| {
        digest.add(fact.seq, &fact.hash);
        fact.read(path).map(drop)
    })?;
    if digest.end() != checkpoint.kept {
        return Err(broken("the facts that were kept of before it were changed"));
    }
    let hash = unhex(&checkpoint.head).ok_or_else(|| broken("its head is none"))?;
    Ok(Start { head: Head { seq, hash }, checkpoint: Some(checkpoint), state })
}

/// Gives the facts that stay at hand at the checkpoint `at`, by number.
pub(super) fn kept(
    path: &Path,
    connection: &Connection,
    at: u64,
    mut each: impl FnMut(Kept) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let sqlite = JournalError::sqlite(path);
    let valid = if schema::layout(path, connection)? < 3 { "seq <= ?1" } else { VALID };
    let query = format!("SELECT seq, epoch, bytes, previous, hash FROM kept WHERE {valid} ORDER BY seq");
    let mut statement = connection.prepare(&query).map_err(&sqlite)?;
    let mut rows = statement.query([at]).map_err(&sqlite)?;
    while let Some(row) = rows.next().map_err(&sqlite)? {
        let columns = (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
        let (Ok(seq), Ok(epoch), Ok(bytes), Ok(previous), Ok(hash)) = columns else {
            let reason = "a fact that was kept of before it is unreadable".to_owned();
            return Err(JournalError::Checkpoint { path: path.into(), seq: at, reason });
        };
        each(Kept { seq, epoch, bytes, previous, hash })?;
    }
    Ok(())
}

impl Kept {
    /// The fact, once its hash fits.
    pub(super) fn read(&self, path: &Path) -> Result<Fact, JournalError> {
        let broken = |reason: String| JournalError::Broken { path: path.into(), seq: self.seq, reason, good: None };
        if chain::link(&self.previous, &self.bytes) != self.hash {
            return Err(broken("it was kept of before the checkpoint, and its hash does not fit".to_owned()));
        }
        let fact = Fact::from_bytes(&self.bytes).map_err(|error| JournalError::fact(path, self.seq, error))?;
        if fact.id.seq != self.seq || fact.id.epoch != self.epoch {
            return Err(broken(format!("its bytes say {}-{}", fact.id.epoch, fact.id.seq)));
        }
        Ok(fact)
    }
}
