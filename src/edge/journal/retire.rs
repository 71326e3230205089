//! Takes the oldest facts out of the journal, by rule and with somebody's word (RC-01).
//!
//! Takes: an open journal, also of a gateway that runs; how long facts are kept; who approves it and why.
//! Gives: an archive that was read back and a signed checkpoint, which the writer puts into the chain together with the fact
//! that approves it; afterwards the rows leave in small steps.
//! Never: changes a fact, takes one out that belongs to what is open or that a consumer has not seen, or leaves fewer than
//! the newest [`KEPT`] of any class; asks for more memory where there are more facts; makes a fact wait for more than one
//! small step.

use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::checkpoint::{self, Checkpoint};
use super::preparation::Walk;
use super::writer::Message;
use super::{Journal, JournalError, JournalEvent, archive, schema};
use crate::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind, KeepingFact, Retired};
use crate::engine::base::{Actor, Now, Wall};

/// Of each class so many are always at hand.
pub const KEPT: usize = 10_000;

/// It is looked so often whether to go on while the writer is busy with facts.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// What is to be taken out.
#[derive(Clone, Debug)]
pub struct Order {
    /// Why.
    pub reason: String,
    /// Only facts decided before this time, as the site's rule has it.
    pub before: Wall,
    /// Only up to this fact.
    pub upto: Option<u64>,
    /// Of each class so many stay: [`KEPT`], fewer in tests only.
    pub kept: usize,
    /// The present.
    pub now: Wall,
    /// Consumers that run, by the names of their cursors: also one that has read nothing yet is waited for.
    pub consumers: Vec<&'static str>,
    /// So many bytes of the disk stay free, or nothing is done.
    pub room: u64,
}

/// What the preparation is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Facts are looked at: what is old, what is open, what stays.
    Looking,
    /// They go into the archive.
    Archiving,
    /// The archive is read back.
    Checking,
}

/// How far the preparation came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// At what it is.
    pub doing: Doing,
    /// Facts that are done with.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// What is ready: the writer holds it until the fact that approves it is handed to the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// What that fact must say.
    pub word: Retired,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
}

/// Takes facts out of the journal of a gateway that does not run. Blocking, for a minute with a million facts.
///
/// # Errors
/// A gateway runs; the journal or its checkpoint does not hold; nothing may be taken out; the disk fails. Nothing is
/// taken out then.
pub fn retire(state_dir: &Path, by: &Actor, order: &Order) -> Result<(Checkpoint, Retired), JournalError> {
    // A place without a journal is an error, not a new journal.
    drop(schema::open_reader(&schema::events_path(state_dir))?);
    let mut opened = Journal::open(state_dir, Now { wall: order.now, ..Now::default() })?;
    let prepared = opened.journal.prepare(order, &mut |_| true);
    let Prepared { word, checkpoint } = prepared.inspect_err(|_| opened.journal.forget(None))?;
    let id = FactId { epoch: opened.epoch, seq: *opened.journal.committed().borrow() + 1 };
    let kind = FactKind::Keeping(KeepingFact::Retired(word.clone().into()));
    opened.journal.submit(vec![Fact { v: FACT_VERSION, id, at: order.now, by: Some(by.clone()), key: None, kind }]);
    let failed = |reason: String| JournalError::Io { path: state_dir.into(), source: io::Error::other(reason) };
    match opened.events.blocking_recv() {
        Some(JournalEvent::Committed { .. }) => {}
        Some(JournalEvent::Failed { reason }) => return Err(failed(reason)),
        None => return Err(failed("the journal's writer thread has ended".to_owned())),
    }
    opened.journal.tidy(&mut || true);
    Ok((checkpoint, word))
}

impl Journal {
    /// Makes everything ready for facts to leave: archive, state, what stays at hand, the signed checkpoint. Nothing has left
    /// until the fact `records-retired` with [`Prepared::word`] is submitted; where nobody approves it, [`Journal::forget`] must
    /// be called. One at a time. Blocking, for minutes; `step` hears how far it came, takes its rest between two stretches, and
    /// says whether to go on.
    ///
    /// # Errors
    /// The journal or its checkpoint does not hold; nothing may be taken out, or not so much; the disk fails or has too little
    /// room; `step` said no.
    pub fn prepare(&self, order: &Order, step: &mut dyn FnMut(Step) -> bool) -> Result<Prepared, JournalError> {
        let path = &self.inner.path;
        let state_dir = path.parent().unwrap_or(Path::new("."));
        let connection = schema::open_reader(path)?;
        let mut walk = Walk { journal: self, state_dir, path, connection: &connection, room: order.room, step };
        // What an attempt left, or an earlier retirement, is out of the way first.
        if !self.tidy(&mut || (walk.step)(Step { doing: Doing::Looking, done: 0, of: 0 })) {
            return Err(walk.stopped());
        }
        let start = checkpoint::start(path, &connection)?;
        let found = walk.look(&start, order)?;
        let upto = walk.bound(&start, &found, order)?;
        let begun = start.head.seq + 1;
        // Nothing refers to the archive of an attempt that came to nothing.
        walk.cut(start, upto, &found.newest, order).inspect_err(|_| archive::discard(state_dir, begun, upto))
    }

    /// What [`Journal::prepare`] made ready is not approved, or it came to nothing.
    pub fn forget(&self, prepared: Option<&Prepared>) {
        if let Some(Prepared { word, .. }) = prepared {
            let state_dir = self.inner.path.parent().unwrap_or(Path::new("."));
            archive::discard(state_dir, word.upto - word.removed + 1, word.upto);
        }
        self.inner.send(Message::Forget);
    }

    /// Waits until everything that has left is out of the file, as long as `on` says so. Gives whether it is.
    pub fn tidy(&self, on: &mut dyn FnMut() -> bool) -> bool {
        let (end, ended) = sync_channel(1);
        self.inner.send(Message::TellWhenTidy(end));
        loop {
            match ended.recv_timeout(LOOK) {
                Ok(()) => return true,
                Err(RecvTimeoutError::Timeout) if on() => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
            }
        }
    }
}
