//! The thread that writes the trace.
//!
//! Takes: entries from a queue.
//! Gives: segments, at most so many bytes of them.
//! Never: tries the disk again at every entry: after a failure everything is missed until the next beginning, which is
//! asked for ten seconds later at the earliest.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::segment::{self, Header, Segment};
use super::{Shared, TraceError};
use crate::engine::trace::Entry;

/// Entries are written this long after the first of them came, or when so many bytes are together.
const EVERY: Duration = Duration::from_secs(1);
const BLOCK: usize = 256 << 10;
/// The bytes are shared by so many segments, so that little goes when the oldest does.
const SEGMENTS: u64 = 8;
/// After a failure the disk is not tried again before this.
const PAUSE: Duration = Duration::from_secs(10);

/// The writer's whole world.
pub(super) struct Writer {
    folder: PathBuf,
    most: u64,
    header: Header,
    entries: Receiver<Entry>,
    shared: Arc<Shared>,
    segment: Option<Segment>,
    /// Number of the next segment.
    number: u64,
    /// Bytes of the segments that are no longer written.
    closed: u64,
    /// Lines of the next block, and how many entries they are.
    lines: Vec<u8>,
    count: u64,
    failed: Option<Instant>,
}

impl Writer {
    pub(super) fn new(
        state_dir: &Path,
        most: u64,
        header: Header,
        entries: Receiver<Entry>,
        shared: Arc<Shared>,
    ) -> Writer {
        Writer {
            folder: segment::folder(state_dir),
            most,
            header,
            entries,
            shared,
            segment: None,
            number: 0,
            closed: 0,
            lines: Vec::new(),
            count: 0,
            failed: None,
        }
    }

    /// Runs until nobody hands over any more.
    pub(super) fn run(mut self) {
        loop {
            match self.entries.recv_timeout(PAUSE) {
                Ok(entry) => self.take(entry),
                Err(RecvTimeoutError::Timeout) => {
                    let again = self.failed.is_some_and(|failed| instant() - failed >= PAUSE);
                    self.shared.turn.fetch_or(again, Ordering::Relaxed);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let began = instant();
            while self.lines.len() < BLOCK && self.lines.len() as u64 <= self.each() {
                match self.entries.recv_timeout(EVERY.saturating_sub(instant() - began)) {
                    Ok(entry) => self.take(entry),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return self.flush(),
                }
            }
            self.flush();
        }
    }

    /// Bytes of one segment, as near as blocks allow.
    fn each(&self) -> u64 {
        self.most / SEGMENTS
    }

    fn take(&mut self, entry: Entry) {
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        if entry.begins_after().is_some() {
            self.flush();
            self.begin();
        }
        if self.segment.is_none() {
            return self.shared.miss(1);
        }
        match serde_json::to_vec(&entry) {
            Ok(line) => {
                self.lines.extend(line);
                self.lines.push(b'\n');
                self.count += 1;
            }
            Err(error) => {
                self.shared.miss(1);
                let error = TraceError::io(&self.folder)(error.into());
                self.fail(&error);
            }
        }
    }

    /// A new segment, and room for it.
    fn begin(&mut self) {
        self.closed += self.segment.take().map_or(0, |segment| segment.bytes);
        let begun = self.make_room().and_then(|()| Segment::begin(&self.folder, self.number, &self.header));
        match begun {
            Ok(segment) => {
                self.number += 1;
                self.segment = Some(segment);
                self.failed = None;
            }
            Err(error) => self.fail(&error),
        }
        self.tell();
    }

    /// Removes the oldest segments until another fits.
    fn make_room(&mut self) -> Result<(), TraceError> {
        let io = TraceError::io(&self.folder);
        let found = segment::list(&self.folder).map_err(io)?;
        self.number = found.last().map_or(1, |(number, ..)| number + 1);
        self.closed = found.iter().map(|(.., bytes)| bytes).sum();
        for (_, path, bytes) in found {
            if self.closed + self.each() * 2 <= self.most {
                break;
            }
            std::fs::remove_file(&path).map_err(TraceError::io(&path))?;
            self.closed -= bytes;
        }
        Ok(())
    }

    /// Writes what is together.
    fn flush(&mut self) {
        if self.count == 0 {
            return;
        }
        let (lines, count) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.count));
        let each = self.each();
        let Some(segment) = &mut self.segment else { return };
        match segment.append(&lines) {
            Ok(()) => {
                self.shared.written.fetch_add(count, Ordering::Relaxed);
                let long = segment.bytes - segment.begun;
                self.shared.turn.fetch_or(long >= each, Ordering::Relaxed);
                // The beginning of the next one does not come, because facts wait for the disk.
                if long >= each * 2 {
                    self.closed += self.segment.take().map_or(0, |segment| segment.bytes);
                }
            }
            Err(error) => {
                self.shared.miss(count);
                self.fail(&error);
            }
        }
        self.tell();
    }

    fn fail(&mut self, error: &TraceError) {
        tracing::warn!(%error, "the trace is not written");
        self.closed += self.segment.take().map_or(0, |segment| segment.bytes);
        self.failed = Some(instant());
    }

    fn tell(&self) {
        let open = self.segment.as_ref().map_or(0, |segment| segment.bytes);
        self.shared.bytes.store(self.closed + open, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "when a block is written; nothing that is replayed")]
fn instant() -> Instant {
    Instant::now()
}
