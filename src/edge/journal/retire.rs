//! Takes the oldest facts out of the journal, by rule and with somebody's word (RC-01).
//!
//! Takes: the state directory of a gateway that does not run, who approves it and why, how long facts are kept.
//! Gives: an archive that was read back, a signed checkpoint, and the fact that says so, all in one transaction.
//! Never: changes a fact, takes one out that belongs to what is open or that a consumer has not seen, or leaves fewer than
//! the newest [`KEPT`] of any class.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::archive::{self, Archive};
use super::chain::{self, Head, hex};
use super::checkpoint::{self, Checkpoint, FORM, Kept, Start};
use super::class::Class;
use super::cursors::Cursors;
use super::key::Key;
use super::{JournalError, StateLock, load, schema};
use crate::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind, KeepingFact, Retired, State};
use crate::engine::base::{Actor, EventId, Now, Wall};

/// Of each class so many are always at hand.
pub const KEPT: usize = 10_000;

/// What is to be taken out.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who approves it.
    pub by: Actor,
    /// Why.
    pub reason: String,
    /// Only facts decided before this time, as the site's rule has it.
    pub before: Wall,
    /// Only up to this fact.
    pub upto: Option<u64>,
    /// Of each class so many stay: [`KEPT`], fewer in tests only.
    pub kept: usize,
    /// The present.
    pub now: Now,
}

/// What the first walk through the journal found.
struct Found {
    /// The last fact, and the state after it.
    head: Head,
    state: State,
    /// Number and class of every fact at hand.
    classes: Vec<(u64, Class)>,
    /// Before this one, every fact is older than the rule asks for.
    aged: u64,
}

/// Takes facts out. Blocking, for seconds with a million facts.
///
/// # Errors
/// A gateway runs; the journal or its checkpoint does not hold; nothing may be taken out; the disk fails. Nothing is
/// changed then.
pub fn retire(state_dir: &Path, order: &Order) -> Result<(Checkpoint, Retired), JournalError> {
    let path = schema::events_path(state_dir);
    drop(schema::open_reader(&path)?);
    let _lock = StateLock::acquire(state_dir)?;
    let mut connection = schema::reopen_writer(&path)?;
    let start = checkpoint::start(&path, &connection)?;
    let found = look(&path, &connection, &start, order)?;
    let upto = bound(state_dir, &path, &connection, &start, &found, order)?;
    let keep = keep(&found.classes, upto, order.kept);
    let io = |source| JournalError::Io { path: state_dir.into(), source };

    let mut cut = Cut { state: start.state.clone(), head: start.head, counts: BTreeMap::new(), kept: Vec::new() };
    let mut sealing = Archive::begin(state_dir, start.head, upto).map_err(io)?;
    chain::walk(&path, &connection, start.head, |fact, hash, bytes| {
        if fact.id.seq <= upto {
            sealing.fact(bytes).map_err(io)?;
            cut.take(&fact, hash, bytes, keep.contains(&fact.id.seq));
        }
        Ok(())
    })?;
    let removed = cut.counts.values().sum::<u64>();
    let (archive, sealed) = sealing.seal(cut.head).map_err(io)?;
    let mut kept: Vec<Kept> = start.kept.into_iter().filter(|fact| keep.contains(&fact.seq)).collect();
    kept.append(&mut cut.kept);

    let key = Key::of(state_dir)?;
    let state = serde_json::to_vec(&cut.state).map_err(|error| io(error.into()))?;
    let word = Retired {
        upto,
        head: hex(&cut.head.hash),
        removed,
        kept: kept.len() as u64,
        archive: archive.clone(),
        sealed: sealed.clone(),
        reason: order.reason.clone(),
    };
    let checkpoint = Checkpoint {
        v: FORM,
        journal: schema::meta(&path, &connection, "identity")?,
        seq: upto,
        head: word.head.clone(),
        at: order.now.wall,
        counts: cut.counts,
        kept: checkpoint::digest(&kept),
        state: hex(&Sha256::digest(&state)),
        archive,
        sealed,
        key: key.public(),
    };
    let body = serde_json::to_vec(&checkpoint).map_err(|error| io(error.into()))?;
    let signature = key.sign(&body);
    archive::keep_checkpoint(state_dir, &checkpoint.archive, &body, &signature).map_err(io)?;
    let id = FactId { epoch: schema::raise_epoch(&path, &mut connection)?, seq: found.head.seq + 1 };
    let kind = FactKind::Keeping(KeepingFact::Retired(word.clone().into()));
    let fact = Fact { v: FACT_VERSION, id, at: order.now.wall, by: Some(order.by.clone()), key: None, kind };
    write(&mut connection, &found.head, &fact, (upto, &body, &signature), &state, &kept)
        .map_err(JournalError::sqlite(&path))?;
    Ok((checkpoint, word))
}

fn look(path: &Path, connection: &Connection, start: &Start, order: &Order) -> Result<Found, JournalError> {
    let mut classes = Vec::new();
    for kept in &start.kept {
        classes.push((kept.seq, Class::of(&kept.read(path)?.kind)));
    }
    let (mut state, mut aged, mut all_aged) = (start.state.clone(), start.head.seq, true);
    let head = chain::walk(path, connection, start.head, |fact, _, _| {
        all_aged &= fact.at < order.before;
        if all_aged {
            aged = fact.id.seq;
        }
        classes.push((fact.id.seq, Class::of(&fact.kind)));
        state.apply(&fact);
        Ok(())
    })?;
    load::check_not_cut(path, connection, head)?;
    Ok(Found { head, state, classes, aged })
}

/// The last fact that may be taken out, or why none may.
fn bound(
    state_dir: &Path,
    path: &Path,
    connection: &Connection,
    start: &Start,
    found: &Found,
    order: &Order,
) -> Result<u64, JournalError> {
    let identity = schema::meta(path, connection, "identity")?;
    let cursors = Cursors::open(state_dir, &identity)?;
    let mut bounds = vec![
        (found.aged, "the facts after it are younger than the site keeps them".to_owned()),
        (found.head.seq.saturating_sub(1), "the last fact stays".to_owned()),
    ];
    if let Some(first) = first_open(&found.state) {
        bounds.push((first.seq.saturating_sub(1), format!("{first} is open")));
    }
    if let Some((consumer, seq)) = cursors.least() {
        bounds.push((seq, format!("{consumer} has not read further")));
    }
    let (least, reason) = bounds.into_iter().min().unwrap_or_default();
    let refused = |reason: String| Err(JournalError::NotRetired { path: path.into(), reason });
    if least <= start.head.seq {
        return refused(format!("nothing may be taken out after fact {}: {reason}", start.head.seq));
    }
    match order.upto {
        Some(upto) if upto > least => refused(format!("only facts up to {least} may be taken out: {reason}")),
        Some(upto) if upto <= start.head.seq => {
            refused(format!("facts up to {} were taken out already", start.head.seq))
        }
        asked => Ok(asked.unwrap_or(least)),
    }
}

/// The oldest thing that is not over.
fn first_open(state: &State) -> Option<EventId> {
    let occurrences = state.open().map(|held| held.id);
    let incidents = state.incidents.keys().copied();
    let isolations = state.isolations.keys().copied();
    let scopes = state.scopes.tests.keys().chain(state.scopes.drills.keys()).copied();
    occurrences.chain(incidents).chain(isolations).chain(scopes).min_by_key(|id| id.seq)
}

/// Which facts up to `upto` are among the newest of their class.
fn keep(classes: &[(u64, Class)], upto: u64, most: usize) -> BTreeSet<u64> {
    let mut counts = [0_usize; Class::ALL];
    let mut keep = BTreeSet::new();
    for (seq, class) in classes.iter().rev() {
        let count = &mut counts[*class as usize];
        *count += 1;
        if *count <= most && *seq <= upto {
            keep.insert(*seq);
        }
    }
    keep
}

/// What is taken out, as it is walked through.
struct Cut {
    state: State,
    head: Head,
    counts: BTreeMap<String, u64>,
    kept: Vec<Kept>,
}

impl Cut {
    fn take(&mut self, fact: &Fact, hash: &chain::Hash, bytes: &[u8], stays: bool) {
        self.state.apply(fact);
        *self.counts.entry(fact.kind.as_str().to_owned()).or_default() += 1;
        if stays {
            let (seq, epoch) = (fact.id.seq, fact.id.epoch);
            self.kept.push(Kept { seq, epoch, bytes: bytes.to_vec(), previous: self.head.hash, hash: *hash });
        }
        self.head = Head { seq: fact.id.seq, hash: *hash };
    }
}

/// All of it, or nothing.
fn write(
    connection: &mut Connection,
    head: &Head,
    fact: &Fact,
    (upto, body, signature): (u64, &[u8], &[u8]),
    state: &[u8],
    kept: &[Kept],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let bytes = fact.to_bytes();
    transaction.execute(
        "INSERT INTO fact (seq, epoch, bytes, hash) VALUES (?1, ?2, ?3, ?4)",
        params![fact.id.seq, fact.id.epoch, bytes, chain::link(&head.hash, &bytes)],
    )?;
    transaction.execute("DELETE FROM kept", [])?;
    for fact in kept {
        transaction.execute(
            "INSERT INTO kept (seq, epoch, bytes, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![fact.seq, fact.epoch, fact.bytes, fact.previous, fact.hash],
        )?;
    }
    transaction
        .execute("INSERT INTO checkpoint (seq, body, signature) VALUES (?1, ?2, ?3)", params![upto, body, signature])?;
    transaction.execute("DELETE FROM base", [])?;
    transaction.execute("INSERT INTO base (seq, state) VALUES (?1, ?2)", params![upto, state])?;
    transaction.execute("DELETE FROM snapshot WHERE seq <= ?1", [upto])?;
    transaction.execute("DELETE FROM fact WHERE seq <= ?1", [upto])?;
    transaction.commit()
}
