//! The append-only, hash-chained log of decided facts, and the state directory it lives in (design §2).
//!
//! Takes: facts in order of their sequence numbers, and snapshots of the state they lead to.
//! Gives: what was written before this start, a durable epoch, word of every commit, reads and consumer cursors.
//! Never: loses or reorders a fact, changes one, or starts empty where something stands that it cannot read.
//!
//! Two files. `events.db` (WAL, `synchronous=FULL`) holds the facts: a commit is on the disk before it is reported.
//! `cursors.db` (`synchronous=NORMAL`) holds how far each consumer came: a power cut may set a cursor back, which
//! repeats events and never skips one. Every hash is SHA-256 over the previous hash and the stored bytes.

mod archive;
mod chain;
mod checkpoint;
mod class;
mod cursors;
mod disk;
mod error;
mod key;
mod load;
mod lock;
mod newest;
pub mod notes;
mod outlook;
mod preparation;
mod removal;
pub mod retire;
#[cfg(test)]
mod retire_beside_tests;
#[cfg(test)]
mod retire_tests;
mod schema;
mod snapshots;
mod staging;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc as queue};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, watch};

use crate::engine::alarm::{Fact, State};
use crate::engine::base::Now;

pub use chain::{Told, Verified, base, facts, last, read_through, records, verify};
pub use checkpoint::Checkpoint;
pub use disk::free_bytes;
pub use error::JournalError;
pub use lock::StateLock;
pub use outlook::{Bound, LastCut, Outlook};

use cursors::Cursors;
use outlook::Aged;
use writer::{Marks, Message, Writer};

/// Reading connections that are kept open between reads.
const READERS_KEPT: usize = 2;

/// What the writer thread says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEvent {
    /// Every fact up to this sequence number is on the disk.
    Committed {
        /// The last of them.
        upto: u64,
    },
    /// One attempt to write failed, or a fact was refused because it did not follow the last one. After a failed
    /// attempt the facts wait in memory and are tried again; a refused fact is dropped.
    Failed {
        /// One line for people.
        reason: String,
    },
}

/// A fact as it stands in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The fact.
    pub fact: Fact,
    /// SHA-256 over the previous fact's hash and this one's bytes.
    pub hash: [u8; 32],
}

/// What [`Journal::open`] found.
pub struct Opened {
    /// The journal, ready to be written.
    pub journal: Journal,
    /// Commits and failures, in order.
    pub events: mpsc::UnboundedReceiver<JournalEvent>,
    /// This start's epoch, already raised durably; the first is 1.
    pub epoch: u32,
    /// The newest snapshot that verifies.
    pub snapshot: Option<State>,
    /// The facts after it; all of them without a snapshot.
    pub tail: Vec<Fact>,
}

/// A handle on the journal. When the last clone goes, the writer thread writes what is left (one attempt), ends, and
/// the state directory is released.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Option<queue::Sender<Message>>,
    writer: Option<JoinHandle<()>>,
    committed: watch::Receiver<u64>,
    left: watch::Receiver<u64>,
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    cursors: Mutex<Cursors>,
    aged: Mutex<Aged>,
    _lock: StateLock,
}

impl Journal {
    /// Opens the journal in `state_dir` (made if missing), verifies its tail and raises the epoch. Blocking. `now`
    /// dates a new journal.
    ///
    /// # Errors
    /// Another process holds the directory; a newer release wrote the journal; the chain is broken; the disk fails.
    pub fn open(state_dir: &Path, now: Now) -> Result<Opened, JournalError> {
        std::fs::create_dir_all(state_dir).map_err(|source| JournalError::Io { path: state_dir.into(), source })?;
        let lock = StateLock::acquire(state_dir)?;
        let path = schema::events_path(state_dir);
        let mut connection = schema::open_writer(&path, now)?;
        let loaded = load::load(&path, &connection)?;
        let epoch = schema::raise_epoch(&path, &mut connection)?;
        let cursors = Cursors::open(state_dir, &loaded.identity)?;

        let (sender, messages) = queue::channel();
        let (report, events) = mpsc::unbounded_channel();
        let (mark, committed) = watch::channel(loaded.head.seq);
        let (left_mark, left) = watch::channel(0);
        let marks = Marks { committed: mark, left: left_mark };
        let writer = Writer::new(path.clone(), connection, loaded.head, messages, report, marks);
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run())
            .map_err(|source| JournalError::Io { path: path.clone(), source })?;
        let inner = Inner {
            queue: Some(sender),
            writer: Some(writer),
            committed,
            left,
            path,
            readers: Mutex::default(),
            cursors: Mutex::new(cursors),
            aged: Mutex::default(),
            _lock: lock,
        };
        let journal = Journal { inner: Arc::new(inner) };
        Ok(Opened { journal, events, epoch, snapshot: loaded.snapshot, tail: loaded.tail })
    }

    /// Hands facts to the writer thread; never blocks. They must follow each other without a gap.
    pub fn submit(&self, facts: Vec<Fact>) {
        self.inner.send(Message::Facts(facts));
    }

    /// Has `state` written as a snapshot once the last fact it applied is committed. The last two are kept.
    pub fn snapshot(&self, state: State) {
        self.inner.send(Message::Snapshot(Box::new(state)));
    }

    /// The last committed sequence number, as it rises; 0 while the journal is empty.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.inner.committed.clone()
    }

    /// Up to `limit` committed facts with a sequence number above `after`. Blocking.
    ///
    /// # Errors
    /// The disk fails, or a stored fact cannot be read.
    pub fn read(&self, after: u64, limit: usize) -> Result<Vec<Stored>, JournalError> {
        self.reading(|path, reader| chain::read(path, reader, after, limit))
    }

    /// Reads with a connection of its own.
    fn reading<T>(&self, read: impl FnOnce(&Path, &Connection) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let kept = self.readers().pop();
        let reader = match kept {
            Some(reader) => reader,
            None => schema::open_reader(&self.inner.path)?,
        };
        let found = read(&self.inner.path, &reader)?;
        let mut readers = self.readers();
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        Ok(found)
    }

    /// How far `consumer` came: the last sequence number it is done with; 0 for one never heard of.
    ///
    /// # Errors
    /// None at present: cursors are held in memory and written through.
    pub fn cursor(&self, consumer: &str) -> Result<u64, JournalError> {
        Ok(self.inner.cursors.lock().unwrap_or_else(PoisonError::into_inner).get(consumer))
    }

    /// Notes that `consumer` is done with everything up to `seq`. A cursor never falls. Blocking, but without waiting
    /// for the disk: after a power cut the last advances may be lost and their events come again.
    ///
    /// # Errors
    /// The disk fails; the cursor then stands where it stood.
    pub fn advance(&self, consumer: &str, seq: u64) -> Result<(), JournalError> {
        self.inner.cursors.lock().unwrap_or_else(PoisonError::into_inner).advance(consumer, seq)
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn send(&self, message: Message) {
        let sent = self.queue.as_ref().is_some_and(|queue| queue.send(message).is_ok());
        if !sent {
            tracing::error!("the journal's writer thread has ended; facts are no longer recorded");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the journal's writer thread panicked");
        }
    }
}
