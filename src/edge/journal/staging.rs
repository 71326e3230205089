//! What a retirement makes ready before its checkpoint, the checkpoint itself, and what is left to be taken out after it.
//!
//! Takes: facts that are to stay at hand, the state at the checkpoint, the checkpoint; the writer's connection.
//! Gives: rows that count for nothing until the checkpoint stands, and small steps that take out what no longer counts.
//! Never: a long transaction: facts wait behind each of these.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::checkpoint::{self, Kept};
use crate::engine::alarm::Retired;

/// Something that is made ready.
pub(super) enum Stage {
    /// These stay at hand.
    Kept(Vec<Kept>),
    /// These stayed at hand before and no longer do, from the checkpoint `upto` on.
    Dropped {
        /// Their numbers.
        seqs: Vec<u64>,
        /// The checkpoint.
        upto: u64,
    },
    /// The state at the checkpoint `upto`.
    Base {
        /// The checkpoint.
        upto: u64,
        /// As it is hashed and stored.
        state: Vec<u8>,
    },
}

/// A checkpoint that waits for the fact that approves it.
pub(super) struct Cut {
    /// What that fact says.
    pub word: Retired,
    /// The checkpoint as it was signed, and its signature.
    pub body: Vec<u8>,
    pub signature: Vec<u8>,
}

/// Puts it on the disk.
pub(super) fn stage(connection: &mut Connection, stage: &Stage) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match stage {
        Stage::Kept(facts) => {
            let mut insert = transaction
                .prepare_cached("INSERT INTO kept (seq, epoch, bytes, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for fact in facts {
                insert.execute(params![fact.seq, fact.epoch, fact.bytes, fact.previous, fact.hash])?;
            }
        }
        Stage::Dropped { seqs, upto } => {
            let mut update = transaction.prepare_cached("UPDATE kept SET dropped = ?2 WHERE seq = ?1")?;
            for seq in seqs {
                update.execute(params![seq, upto])?;
            }
        }
        Stage::Base { upto, state } => {
            transaction.execute("INSERT INTO base (seq, state) VALUES (?1, ?2)", params![upto, state])?;
        }
    }
    transaction.commit()
}

/// Writes the checkpoint beside the fact `word` that approves it, in that fact's own transaction. From here on it counts.
pub(super) fn cut(transaction: &Transaction<'_>, cut: &Cut, word: u64) -> rusqlite::Result<()> {
    transaction
        .execute(
            "INSERT INTO checkpoint (seq, body, signature, word) VALUES (?1, ?2, ?3, ?4)",
            params![cut.word.upto, cut.body, cut.signature, word],
        )
        .map(drop)
}

/// What is left to be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Facts up to the last checkpoint that still stand in the chain's table.
    pub facts: u64,
    /// Whether there is anything at all.
    pub anything: bool,
}

/// One small step, of `most` rows at the most: facts up to the checkpoint, oldest first, so that what is left of them is a
/// chain at any time; then what else belongs to before it. Where nothing is made ready, what an attempt left goes as well.
pub(super) fn take_out(connection: &mut Connection, most: u64, making_ready: bool) -> rusqlite::Result<Left> {
    let transaction = connection.transaction()?;
    let at = checkpoint::newest(&transaction)?;
    let first: Option<u64> = transaction.query_row("SELECT MIN(seq) FROM fact", [], |row| row.get(0))?;
    let mut facts = first.filter(|first| *first <= at).map_or(0, |first| at - first + 1);
    let anything = if let Some(first) = first.filter(|first| *first <= at) {
        let upto = at.min(first + most.max(1) - 1);
        facts -= transaction.execute("DELETE FROM fact WHERE seq <= ?1", [upto])? as u64;
        true
    } else {
        take_out_rest(&transaction, at, most, making_ready)?
    };
    if anything {
        transaction.commit()?;
    }
    Ok(Left { facts, anything })
}

/// Gives whether there was anything.
fn take_out_rest(transaction: &Transaction<'_>, at: u64, most: u64, making_ready: bool) -> rusqlite::Result<bool> {
    let dropped = "DELETE FROM kept WHERE seq IN (SELECT seq FROM kept WHERE dropped <= ?1 LIMIT ?2)";
    let before = [
        (dropped, most),
        ("DELETE FROM base WHERE seq IN (SELECT seq FROM base WHERE seq < ?1 LIMIT ?2)", 1),
        ("DELETE FROM snapshot WHERE seq IN (SELECT seq FROM snapshot WHERE seq <= ?1 LIMIT ?2)", 1),
    ];
    let attempt = [
        ("DELETE FROM kept WHERE seq IN (SELECT seq FROM kept WHERE seq > ?1 LIMIT ?2)", most),
        ("UPDATE kept SET dropped = NULL WHERE seq IN (SELECT seq FROM kept WHERE dropped > ?1 LIMIT ?2)", most),
        ("DELETE FROM base WHERE seq IN (SELECT seq FROM base WHERE seq > ?1 LIMIT ?2)", 1),
    ];
    let attempt = attempt.into_iter().filter(|_| !making_ready);
    for (sql, most) in before.into_iter().chain(attempt) {
        if transaction.prepare_cached(sql)?.execute(params![at, most])? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The last checkpoint as it is stored, with the number of the fact that approved it where that was noted.
pub(super) fn last_cut(connection: &Connection) -> rusqlite::Result<Option<(Vec<u8>, Option<u64>)>> {
    let query = "SELECT body, word FROM checkpoint ORDER BY seq DESC LIMIT 1";
    connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}
