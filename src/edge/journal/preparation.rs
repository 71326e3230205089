//! Makes a retirement ready, beside a gateway that goes on.
//!
//! Takes: a reading connection, an order, the way to the writer.
//! Gives: archive, state, what stays at hand and the checkpoint, each on the disk before the fact that approves it.
//! Never: holds a reading connection over more than one stretch of facts, or keeps more in memory than what stays at hand by
//! number and one handful by content.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::archive::{self, Archive};
use super::chain::{self, Head, hex};
use super::checkpoint::{self, Checkpoint, FORM, Kept, KeptSum, Start};
use super::key::Key;
use super::newest::Newest;
use super::outlook::Bound;
use super::retire::{Doing, LOOK, Order, Prepared, Step};
use super::staging::{Cut, Stage};
use super::writer::Message;
use super::{Journal, JournalError, free_bytes, load, schema};
use crate::engine::alarm::{Fact, Retired, State};
use crate::engine::base::Text;

/// Facts of one stretch: between two of them others have the disk and the processor.
const STRETCH: u64 = 1_000;
/// Facts that are handed to the writer at once, and their bytes.
const HANDED: usize = 200;
const HANDED_BYTES: usize = 128 * 1024;

/// One preparation.
pub(super) struct Walk<'a> {
    pub journal: &'a Journal,
    pub state_dir: &'a Path,
    pub path: &'a Path,
    pub connection: &'a Connection,
    /// So many bytes of the disk stay free.
    pub room: u64,
    pub step: &'a mut dyn FnMut(Step) -> bool,
}

/// What the first walk found.
pub(super) struct Found {
    /// The last fact, and the state after it.
    head: Head,
    state: State,
    /// What stays at hand, of every class.
    pub newest: Newest,
    /// Up to this one, every fact is older than the rule asks for.
    aged: u64,
}

impl Walk<'_> {
    fn io(&self, source: io::Error) -> JournalError {
        JournalError::Io { path: self.state_dir.into(), source }
    }

    fn refused(&self, why: Text) -> JournalError {
        JournalError::NotRetired { path: self.path.into(), why }
    }

    pub(super) fn stopped(&self) -> JournalError {
        self.refused(Text::new("网关正在停止", "the gateway is stopping"))
    }

    /// Between two stretches.
    fn rest(&mut self, doing: Doing, done: u64, of: u64) -> Result<(), JournalError> {
        if free_bytes(self.state_dir).map_err(|error| self.io(error))? < self.room {
            return Err(self.refused(Text::new("磁盘剩余空间不足", "the disk has too little room left for an archive")));
        }
        if (self.step)(Step { doing, done, of }) { Ok(()) } else { Err(self.stopped()) }
    }

    /// Walks the chain to `upto`, in stretches.
    fn through(
        &mut self,
        (from, upto): (Head, u64),
        doing: Doing,
        mut each: impl FnMut(&mut Self, Fact, &chain::Hash, &[u8]) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        let mut head = from;
        while head.seq < upto {
            let next = upto.min(head.seq + STRETCH);
            let (path, connection) = (self.path, self.connection);
            let reached =
                chain::stretch(path, connection, (head, next), |fact, hash, bytes| each(self, fact, hash, bytes))?;
            if reached.seq < next {
                return Err(reached.broken(path, "it is missing".to_owned()));
            }
            head = reached;
            self.rest(doing, head.seq - from.seq, upto - from.seq)?;
        }
        Ok(head)
    }

    /// The first walk: what is old, what is open, what stays.
    pub(super) fn look(&mut self, start: &Start, order: &Order) -> Result<Found, JournalError> {
        let mut newest = Newest::new(order.kept);
        if start.checkpoint.is_some() {
            checkpoint::kept(self.path, self.connection, start.head.seq, |kept| {
                newest.note(kept.seq, &kept.read(self.path)?.kind);
                Ok(())
            })?;
        }
        let last = chain::head(self.connection).map_err(JournalError::sqlite(self.path))?;
        let (mut state, mut aged, mut all_aged) = (start.state.clone(), start.head.seq, true);
        let head = self.through((start.head, last.seq), Doing::Looking, |_, fact, _, _| {
            all_aged &= fact.at < order.before;
            if all_aged {
                aged = fact.id.seq;
            }
            newest.note(fact.id.seq, &fact.kind);
            state.apply(&fact);
            Ok(())
        })?;
        load::check_not_cut(self.path, self.connection, head)?;
        Ok(Found { head, state, newest, aged })
    }

    /// The last fact that may be taken out, or why none may.
    pub(super) fn bound(&self, start: &Start, found: &Found, order: &Order) -> Result<u64, JournalError> {
        let begins = start.head.seq;
        let open = found.state.first_open();
        let bounds = [Some((found.aged, Bound::Young)), Bound::last(found.head.seq), open.map(Bound::open)];
        let bounds = bounds.into_iter().flatten().chain(self.journal.unread(&order.consumers));
        let (least, why) = Bound::least(bounds);
        let why = why.text();
        if least <= begins {
            return Err(self.refused(Text::new(
                &format!("第 {begins} 条之后没有可移出的记录：{}", why.zh),
                &format!("nothing may be taken out after fact {begins}: {}", why.en),
            )));
        }
        match order.upto {
            Some(upto) if upto > least => Err(self.refused(Text::new(
                &format!("只能移出到第 {least} 条：{}", why.zh),
                &format!("only facts up to {least} may be taken out: {}", why.en),
            ))),
            Some(upto) if upto <= begins => Err(self.refused(Text::new(
                &format!("第 {begins} 条及以前的记录已移出"),
                &format!("facts up to {begins} were taken out already"),
            ))),
            asked => Ok(asked.unwrap_or(least)),
        }
    }

    /// The second walk: archive, state, what stays at hand; then the checkpoint, which waits for its fact.
    pub(super) fn cut(
        &mut self,
        start: Start,
        upto: u64,
        newest: &Newest,
        order: &Order,
    ) -> Result<Prepared, JournalError> {
        let Start { head: begins, checkpoint: before, mut state } = start;
        let keep = newest.upto(upto);
        let mut stays = Stays { digest: KeptSum::default(), count: 0, handed: Vec::new(), bytes: 0 };
        if before.is_some() {
            self.drop_kept(begins.seq, upto, &keep, &mut stays)?;
        }
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut sealing = Archive::begin(self.state_dir, begins, upto).map_err(|error| self.io(error))?;
        let mut previous = begins.hash;
        let head = self.through((begins, upto), Doing::Archiving, |walk, fact, hash, bytes| {
            sealing.fact(bytes).map_err(|error| walk.io(error))?;
            *counts.entry(fact.kind.as_str().to_owned()).or_default() += 1;
            state.apply(&fact);
            let (seq, epoch) = (fact.id.seq, fact.id.epoch);
            if keep.contains(&seq) {
                stays.stays(seq, hash);
                stays.hand(walk, Kept { seq, epoch, bytes: bytes.to_vec(), previous, hash: *hash })?;
            }
            previous = *hash;
            Ok(())
        })?;
        stays.hand_over(self)?;
        let (archive, sealed) = self.seal(sealing, head, upto - begins.seq)?;
        let state = serde_json::to_vec(&state).map_err(|error| self.io(error.into()))?;
        let key = Key::of(self.state_dir)?;
        let word = Retired {
            upto,
            head: hex(&head.hash),
            removed: upto - begins.seq,
            kept: stays.count,
            archive: archive.clone(),
            sealed: sealed.clone(),
            reason: order.reason.clone(),
        };
        let checkpoint = Checkpoint {
            v: FORM,
            journal: schema::meta(self.path, self.connection, "identity")?,
            seq: upto,
            head: word.head.clone(),
            at: order.now,
            counts,
            kept: stays.digest.end(),
            state: hex(&Sha256::digest(&state)),
            archive,
            sealed,
            key: key.public(),
        };
        self.ready(Stage::Base { upto, state })?;
        let body = serde_json::to_vec(&checkpoint).map_err(|error| self.io(error.into()))?;
        let signature = key.sign(&body);
        archive::keep_checkpoint(self.state_dir, &checkpoint.archive, &body, &signature)
            .map_err(|error| self.io(error))?;
        self.journal.inner.send(Message::Cut(Box::new(Cut { word: word.clone(), body, signature })));
        Ok(Prepared { word, checkpoint })
    }

    /// Of what stayed at hand before, what no longer does.
    fn drop_kept(
        &mut self,
        begins: u64,
        upto: u64,
        keep: &BTreeSet<u64>,
        stays: &mut Stays,
    ) -> Result<(), JournalError> {
        let mut dropped = Vec::new();
        checkpoint::kept(self.path, self.connection, begins, |fact| {
            if keep.contains(&fact.seq) {
                stays.stays(fact.seq, &fact.hash);
            } else {
                dropped.push(fact.seq);
            }
            Ok(())
        })?;
        for seqs in dropped.chunks(HANDED) {
            self.ready(Stage::Dropped { seqs: seqs.to_vec(), upto })?;
        }
        Ok(())
    }

    /// Closes the archive and reads it back.
    fn seal(&mut self, sealing: Archive, head: Head, facts: u64) -> Result<(String, String), JournalError> {
        let mut stopped = None;
        let mut rest = |done| {
            let rested = self.rest(Doing::Checking, done, facts);
            rested.map_err(|error| {
                stopped = Some(error);
                io::Error::other("given up")
            })
        };
        let sealed = sealing.seal(head, STRETCH, &mut rest);
        match (sealed, stopped) {
            (Ok(sealed), _) => Ok(sealed),
            (Err(_), Some(stopped)) => Err(stopped),
            (Err(error), None) => Err(self.io(error)),
        }
    }

    /// Has the writer put something on the disk, behind the facts that wait.
    fn ready(&mut self, stage: Stage) -> Result<(), JournalError> {
        let (done, made) = sync_channel(1);
        self.journal.inner.send(Message::Stage(stage, done));
        loop {
            match made.recv_timeout(LOOK) {
                Ok(made) => return made,
                Err(RecvTimeoutError::Timeout) => self.rest(Doing::Archiving, 0, 0)?,
                Err(RecvTimeoutError::Disconnected) => return Err(self.stopped()),
            }
        }
    }
}

/// What stays at hand, on its way to the writer.
struct Stays {
    digest: KeptSum,
    count: u64,
    handed: Vec<Kept>,
    bytes: usize,
}

impl Stays {
    fn stays(&mut self, seq: u64, hash: &chain::Hash) {
        self.digest.add(seq, hash);
        self.count += 1;
    }

    fn hand(&mut self, walk: &mut Walk<'_>, fact: Kept) -> Result<(), JournalError> {
        self.bytes += fact.bytes.len();
        self.handed.push(fact);
        if self.handed.len() >= HANDED || self.bytes >= HANDED_BYTES { self.hand_over(walk) } else { Ok(()) }
    }

    fn hand_over(&mut self, walk: &mut Walk<'_>) -> Result<(), JournalError> {
        self.bytes = 0;
        if self.handed.is_empty() { Ok(()) } else { walk.ready(Stage::Kept(std::mem::take(&mut self.handed))) }
    }
}
