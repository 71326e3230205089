//! The trace: what the engine was told, on disk beside the journal and bounded in bytes (design §2).
//!
//! Takes: entries, from the one task that owns the engine.
//! Gives: segments in `trace/` of the state directory, each of which begins with what a replay needs to begin there; and
//! these segments read again.
//! Never: delays whoever hands over an entry. What does not fit into the queue is missed: counted, and said in the trace.
//!
//! A segment is a file of blocks, each with its length and its checksum, so that one that was cut by a kill or a power cut
//! reads up to its last whole block. The oldest segment goes first. Nothing here is needed to run: a trace that cannot be
//! written is a line of the log and a figure of `/metrics`, never a fault of an alarm.

mod block;
mod error;
mod read;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

pub use error::TraceError;
pub use read::{Piece, pieces};
pub use segment::Header;

use crate::engine::trace::Entry;
use writer::Writer;

/// Entries that may wait for the writer.
pub const QUEUE: usize = 8_192;

/// A handle on the trace. When the last clone goes, what waits is written and the writer ends.
#[derive(Clone)]
pub struct Trace {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Mutex<Option<SyncSender<Entry>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared>,
}

/// What both sides of the queue know.
#[derive(Debug, Default)]
struct Shared {
    /// A segment is full, or one could not be gone on with: the next one needs a beginning.
    turn: AtomicBool,
    /// Entries that wait.
    waiting: AtomicU64,
    /// Entries that were missed since the last beginning.
    gap: AtomicU64,
    written: AtomicU64,
    missed: AtomicU64,
    bytes: AtomicU64,
}

/// Figures of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Entries that wait for the writer.
    pub waiting: u64,
    /// Entries that were written since the start.
    pub written: u64,
    /// Entries that were missed since the start.
    pub missed: u64,
    /// Bytes of all segments on disk.
    pub bytes: u64,
}

impl Trace {
    /// Begins a new segment after those that are there; they hold `most` bytes together at the most. Blocking only to
    /// start the thread: a folder that cannot be made or written is a line of the log, and everything handed over is
    /// missed.
    pub fn open(state_dir: &Path, most: u64, header: Header) -> Trace {
        let (mut inner, writer) = Inner::new(state_dir, most, header, QUEUE);
        match std::thread::Builder::new().name("trace".to_owned()).spawn(move || writer.run()) {
            Ok(writer) => inner.writer = Mutex::new(Some(writer)),
            Err(error) => tracing::warn!(%error, "the trace has no thread to be written by"),
        }
        Trace { inner: Arc::new(inner) }
    }

    /// Hands over an entry; never blocks. An entry after a missed one is missed too, until one with which an engine can
    /// begin.
    pub fn push(&self, entry: Entry) {
        let shared = &self.inner.shared;
        let begins = entry.begins_after().is_some();
        if !begins && shared.gap.load(Ordering::Relaxed) > 0 {
            return shared.miss(1);
        }
        let queue = self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = queue.as_ref() else { return shared.miss(1) };
        // Counted before it is handed over: the writer takes it off as soon as it has it.
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        match sender.try_send(entry) {
            Ok(()) if begins => {
                shared.gap.store(0, Ordering::Relaxed);
                shared.turn.store(false, Ordering::Relaxed);
            }
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                shared.waiting.fetch_sub(1, Ordering::Relaxed);
                shared.miss(1);
                shared.turn.store(true, Ordering::Relaxed);
            }
        }
    }

    /// How many entries were missed, when the trace needs an entry with which an engine can begin.
    pub fn wants_beginning(&self) -> Option<u64> {
        let shared = &self.inner.shared;
        let room = shared.waiting.load(Ordering::Relaxed) < QUEUE as u64 / 2;
        (shared.turn.load(Ordering::Relaxed) && room).then(|| shared.gap.load(Ordering::Relaxed))
    }

    /// Figures of this moment.
    pub fn figures(&self) -> Figures {
        let shared = &self.inner.shared;
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        Figures {
            waiting: read(&shared.waiting),
            written: read(&shared.written),
            missed: read(&shared.missed),
            bytes: read(&shared.bytes),
        }
    }
}

impl Inner {
    /// With a queue of so many entries, and what is to write them.
    fn new(state_dir: &Path, most: u64, header: Header, room: usize) -> (Inner, Writer) {
        let shared = Arc::new(Shared::default());
        let (sender, entries) = sync_channel(room);
        let writer = Writer::new(state_dir, most, header, entries, Arc::clone(&shared));
        (Inner { queue: Mutex::new(Some(sender)), writer: Mutex::default(), shared }, writer)
    }
}

impl Shared {
    fn miss(&self, count: u64) {
        if self.gap.fetch_add(count, Ordering::Relaxed) == 0 {
            tracing::warn!("the trace has a gap: inputs are missed until a new segment begins");
        }
        self.missed.fetch_add(count, Ordering::Relaxed);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.queue.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the trace's writer thread panicked");
        }
    }
}
