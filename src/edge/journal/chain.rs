//! The hash chain: made, read and verified.
//!
//! Takes: stored bytes.
//! Gives: hashes, stored facts, and the first bad place of a journal that was tampered with.
//! Never: hashes anything but the bytes that are stored.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Row};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::checkpoint::{self, Checkpoint, Start};
use super::{JournalError, Stored, schema};
use crate::engine::alarm::{Fact, FactError, FactId, FactKind, KeepingFact, State};

/// A hash of the chain.
pub(super) type Hash = [u8; 32];

/// What precedes the first fact.
pub(super) const GENESIS: Hash = [0; 32];

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The last sequence number; 0 for an empty journal.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// The chain does not go on after this fact.
    pub(super) fn broken(&self, path: &Path, reason: String) -> JournalError {
        JournalError::Broken { path: path.into(), seq: self.seq + 1, reason, good: Some((self.seq, hex(&self.hash))) }
    }
}

/// What a full verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many facts there are.
    pub facts: u64,
    /// The last one; zeros for an empty journal.
    pub last: FactId,
    /// Its hash in hexadecimal: note it elsewhere, and a cut or rewritten journal can be told.
    pub head: String,
    /// Where the journal begins, if its oldest facts were taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
}

/// The hash of a fact's bytes after `previous`.
pub(super) fn link(previous: &Hash, bytes: &[u8]) -> Hash {
    Sha256::new().chain_update(previous).chain_update(bytes).finalize().into()
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads hexadecimal of any length.
pub(super) fn unhex_all(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok())
        .collect()
}

/// Reads a hash in hexadecimal.
pub(super) fn unhex(text: &str) -> Option<Hash> {
    unhex_all(text)?.try_into().ok()
}

/// The end of the chain as it is stored, unverified.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let mut statement = connection.prepare_cached("SELECT seq, hash FROM fact ORDER BY seq DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Ok(Head { seq: row.get(0)?, hash: row.get(1)? }),
        None => Ok(Head { seq: 0, hash: GENESIS }),
    }
}

/// Reads up to `limit` facts after `after`, trusting the chain. All of one moment: a checkpoint that is made meanwhile is seen
/// wholly or not at all.
pub(super) fn read(path: &Path, reader: &Connection, after: u64, limit: usize) -> Result<Vec<Stored>, JournalError> {
    let sqlite = JournalError::sqlite(path);
    let mut stored = Vec::new();
    let moment = reader.unchecked_transaction().map_err(&sqlite)?;
    let begins = checkpoint::newest(&moment).map_err(&sqlite)?;
    // What was kept of before a checkpoint comes before every fact of the chain; what else stands there is on its way out.
    if begins > after {
        let query =
            format!("SELECT seq, bytes, hash FROM kept WHERE {} AND seq > ?2 ORDER BY seq LIMIT ?3", checkpoint::VALID);
        read_rows(path, &moment, &query, &[begins, after, limit as u64], &mut stored)?;
    }
    let query = "SELECT seq, bytes, hash FROM fact WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let limit = limit.saturating_sub(stored.len()) as u64;
    read_rows(path, &moment, query, &[after.max(begins), limit], &mut stored)?;
    Ok(stored)
}

fn read_rows(
    path: &Path,
    reader: &Connection,
    query: &str,
    bounds: &[u64],
    stored: &mut Vec<Stored>,
) -> Result<(), JournalError> {
    let sqlite = JournalError::sqlite(path);
    let mut statement = reader.prepare_cached(query).map_err(&sqlite)?;
    let bounds = bounds.iter().map(|bound| i64::try_from(*bound).unwrap_or(i64::MAX));
    let mut rows = statement.query(rusqlite::params_from_iter(bounds)).map_err(&sqlite)?;
    while let Some(row) = rows.next().map_err(&sqlite)? {
        let seq: u64 = row.get(0).map_err(&sqlite)?;
        let bytes = row.get_ref(1).and_then(|bytes| Ok(bytes.as_blob()?)).map_err(&sqlite)?;
        let fact = Fact::from_bytes(bytes).map_err(|error| JournalError::fact(path, seq, error))?;
        stored.push(Stored { fact, hash: row.get(2).map_err(&sqlite)? });
    }
    Ok(())
}

/// Walks the chain from `from` to its end, checks each link and hands each fact to `each`.
pub(super) fn walk(
    path: &Path,
    connection: &Connection,
    from: Head,
    each: impl FnMut(Fact, &Hash, &[u8]) -> Result<(), JournalError>,
) -> Result<Head, JournalError> {
    stretch(path, connection, (from, i64::MAX.cast_unsigned()), each)
}

/// The same to a fact at the latest: a long walk beside a writer goes in stretches, because what a reader looks at cannot be
/// taken out of the log of the file.
pub(super) fn stretch(
    path: &Path,
    connection: &Connection,
    (from, upto): (Head, u64),
    mut each: impl FnMut(Fact, &Hash, &[u8]) -> Result<(), JournalError>,
) -> Result<Head, JournalError> {
    let sqlite = JournalError::sqlite(path);
    let (mut head, mut epoch) = (from, 0);
    let query = "SELECT seq, epoch, bytes, hash FROM fact WHERE seq > ?1 AND seq <= ?2 ORDER BY seq";
    let mut statement = connection.prepare_cached(query).map_err(&sqlite)?;
    let mut rows = statement.query([from.seq, upto]).map_err(&sqlite)?;
    while let Some(row) = rows.next().map_err(&sqlite)? {
        let next = head.seq + 1;
        let broken = |reason: &str| head.broken(path, reason.to_owned());
        let (id, bytes, hash) = columns(row).map_err(|error| broken(&format!("unreadable ({error})")))?;
        if id.epoch < epoch {
            return Err(broken(&format!("its epoch {} is older than {epoch} before it", id.epoch)));
        }
        if id.seq != next {
            return Err(broken(&format!("it is missing, the next one is {}", id.seq)));
        }
        if link(&head.hash, bytes) != hash {
            return Err(broken("its hash does not follow from the facts before it"));
        }
        let fact = Fact::from_bytes(bytes).map_err(|error| match error {
            FactError::Newer(_) => JournalError::fact(path, next, error),
            FactError::Broken(reason) => broken(&format!("not a fact ({reason})")),
        })?;
        if fact.id != id {
            return Err(broken(&format!("its bytes say {}-{}", fact.id.epoch, fact.id.seq)));
        }
        each(fact, &hash, bytes)?;
        epoch = id.epoch;
        head = Head { seq: next, hash };
    }
    Ok(head)
}

fn columns<'row>(row: &'row Row<'_>) -> rusqlite::Result<(FactId, &'row [u8], Hash)> {
    let id = FactId { seq: row.get(0)?, epoch: row.get(1)? };
    Ok((id, row.get_ref(2)?.as_blob()?, row.get(3)?))
}

/// Verifies every fact of the journal in `state_dir`, which may be in use, its last checkpoint, and those archives that
/// still lie beside it. Blocking: about a million facts in a few seconds.
///
/// # Errors
/// The first bad place, or why the journal cannot be read.
pub fn verify(state_dir: &Path) -> Result<Verified, JournalError> {
    let path = schema::events_path(state_dir);
    let mut words = Vec::new();
    let verified = records(state_dir, |fact, _| {
        if let FactKind::Keeping(KeepingFact::Retired(word)) = &fact.kind {
            words.push(Arc::clone(word));
        }
        Ok(())
    })?;
    if let Some(checkpoint) = &verified.checkpoint {
        checkpoint.check(&path, state_dir, &words)?;
    }
    Ok(verified)
}

/// Gives every fact with its stored bytes to `each`, from the first to the last, once the chain holds up to it; then what
/// was verified. What was kept of before a checkpoint comes first. The journal may be in use.
///
/// # Errors
/// The first bad place, why the journal cannot be read, or what `each` says.
pub fn records(
    state_dir: &Path,
    mut each: impl FnMut(&Fact, &[u8]) -> Result<(), JournalError>,
) -> Result<Verified, JournalError> {
    read_through(state_dir, |told| match told {
        Told::Kept(fact, bytes) | Told::Fact(fact, bytes) => each(fact, bytes),
        Told::Begins(_) => Ok(()),
    })
}

/// What stands in a journal, in order.
pub enum Told<'a> {
    /// A fact of before the last checkpoint that stays at hand, and its stored bytes. The state has it already.
    Kept(&'a Fact, &'a [u8]),
    /// The state before the first fact of the chain.
    Begins(Box<State>),
    /// A fact of the chain, and its stored bytes.
    Fact(&'a Fact, &'a [u8]),
}

/// Gives all of it to `each`, as it stood at one moment, once the chain holds up to it; then what was verified. The journal may
/// be in use.
///
/// # Errors
/// The first bad place, why the journal cannot be read, or what `each` says.
pub fn read_through(
    state_dir: &Path,
    mut each: impl FnMut(Told<'_>) -> Result<(), JournalError>,
) -> Result<Verified, JournalError> {
    let path = schema::events_path(state_dir);
    let connection = schema::open_reader(&path)?;
    let moment = connection.unchecked_transaction().map_err(JournalError::sqlite(&path))?;
    let Start { head: begins, checkpoint, state } = checkpoint::start(&path, &moment)?;
    let (mut last, mut kept_facts) = (state.last, 0);
    if checkpoint.is_some() {
        checkpoint::kept(&path, &moment, begins.seq, |kept| {
            kept_facts += 1;
            each(Told::Kept(&kept.read(&path)?, &kept.bytes))
        })?;
    }
    each(Told::Begins(Box::new(state)))?;
    let head = walk(&path, &moment, begins, |fact, _, bytes| {
        last = fact.id;
        each(Told::Fact(&fact, bytes))
    })?;
    super::load::check_not_cut(&path, &moment, head)?;
    let facts = kept_facts + head.seq - begins.seq;
    Ok(Verified { facts, last, head: hex(&head.hash), checkpoint })
}

/// The state before the first fact of the chain: that of the last checkpoint, or nothing. The journal may be in use.
///
/// # Errors
/// The checkpoint does not hold, or the journal cannot be read.
pub fn base(state_dir: &Path) -> Result<State, JournalError> {
    let path = schema::events_path(state_dir);
    let connection = schema::open_reader(&path)?;
    Ok(checkpoint::start(&path, &connection)?.state)
}

/// Sequence number of the last fact; 0 for an empty journal, which may be in use.
///
/// # Errors
/// Why the journal cannot be read.
pub fn last(state_dir: &Path) -> Result<u64, JournalError> {
    let path = schema::events_path(state_dir);
    let connection = schema::open_reader(&path)?;
    head(&connection).map(|head| head.seq).map_err(JournalError::sqlite(&path))
}

/// Gives every fact to `each`, from the first to the last, once the chain holds up to it; then what was verified. The
/// journal may be in use.
///
/// # Errors
/// The first bad place, or why the journal cannot be read.
pub fn facts(state_dir: &Path, mut each: impl FnMut(&Fact)) -> Result<Verified, JournalError> {
    records(state_dir, |fact, _| {
        each(fact);
        Ok(())
    })
}
