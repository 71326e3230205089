//! Committed facts, read ahead of the one who needs them.
//!
//! Takes: an [`EventSource`].
//! Gives: facts in order from any position, and the stored cursor.
//! Never: blocks an asynchronous thread, or gives up on a disk that fails.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::EventSource;
use crate::engine::alarm::Fact;

/// Facts read at once.
const BATCH: usize = 200;
/// How long to wait after the disk failed.
const RETRY: Duration = Duration::from_secs(1);

/// A reader of committed facts.
pub struct Backlog {
    source: Arc<dyn EventSource>,
    committed: watch::Receiver<u64>,
    ready: VecDeque<Fact>,
    position: u64,
    reading: Option<JoinHandle<Result<Vec<Fact>, String>>>,
    not_before: Instant,
}

impl Backlog {
    /// Reads from the fact after `position`.
    pub fn new(source: Arc<dyn EventSource>, position: u64) -> Backlog {
        let committed = source.committed();
        Backlog { source, committed, ready: VecDeque::new(), position, reading: None, not_before: Instant::now() }
    }

    /// Begins again after `position`. A position beyond the journal (it was replaced by an older copy) becomes its end,
    /// or nothing would be read until the journal had caught up.
    pub fn restart(&mut self, position: u64) {
        let end = *self.committed.borrow();
        if position > end {
            tracing::warn!(position, end, "the stored MQTT cursor lies beyond the journal; going on from its end");
        }
        self.position = position.min(end);
        self.ready.clear();
        self.reading = None;
    }

    /// Sequence number of the last committed fact.
    pub fn end(&self) -> u64 {
        *self.committed.borrow()
    }

    /// The next fact, if it was read already.
    pub fn front(&self) -> Option<&Fact> {
        self.ready.front()
    }

    /// Takes the next fact.
    pub fn take(&mut self) -> Option<Fact> {
        self.ready.pop_front()
    }

    /// Waits until there is a next fact. May be dropped at any await without losing one.
    pub async fn fetched(&mut self) {
        while self.ready.is_empty() {
            sleep_until(self.not_before).await;
            let Some(reading) = &mut self.reading else {
                self.begin().await;
                continue;
            };
            let read = reading.await;
            self.reading = None;
            match read {
                Ok(Ok(facts)) if !facts.is_empty() => {
                    self.position = facts.last().map_or(self.position, |fact| fact.id.seq);
                    self.ready.extend(facts);
                }
                // Committed and yet not there: treated as a disk that failed.
                Ok(Ok(_)) => self.later("nothing to read although it is committed"),
                Ok(Err(reason)) => self.later(&reason),
                Err(error) => self.later(&error.to_string()),
            }
        }
    }

    async fn begin(&mut self) {
        if *self.committed.borrow_and_update() <= self.position {
            if self.committed.changed().await.is_err() {
                // The journal is closed; nothing will ever come.
                std::future::pending::<()>().await;
            }
            return;
        }
        let (source, after) = (Arc::clone(&self.source), self.position);
        self.reading = Some(tokio::task::spawn_blocking(move || source.read(after, BATCH)));
    }

    fn later(&mut self, reason: &str) {
        tracing::warn!(reason, after = self.position, "cannot read the journal for MQTT");
        self.not_before = Instant::now() + RETRY;
    }
}

/// The stored cursor, as soon as the disk gives it; none when `stop` comes first.
pub async fn first_cursor(source: &Arc<dyn EventSource>, stop: &CancellationToken) -> Option<u64> {
    loop {
        let asked = Arc::clone(source);
        match tokio::task::spawn_blocking(move || asked.cursor()).await {
            Ok(Ok(cursor)) => return Some(cursor),
            Ok(Err(reason)) => tracing::warn!(reason, "cannot read the cursor of MQTT"),
            Err(error) => tracing::warn!(%error, "cannot read the cursor of MQTT"),
        }
        tokio::select! {
            () = sleep(RETRY) => {}
            () = stop.cancelled() => return None,
        }
    }
}

/// Stores the cursor whenever it has moved, merging moves that come faster than the disk. Ends when the sender is gone
/// and its last move is stored, or could not be.
pub async fn keep_cursor(source: Arc<dyn EventSource>, mut acknowledged: watch::Receiver<u64>) {
    while acknowledged.changed().await.is_ok() {
        let seq = *acknowledged.borrow_and_update();
        let stored = Arc::clone(&source);
        let outcome = tokio::task::spawn_blocking(move || stored.advance(seq)).await;
        if let Ok(Ok(())) = outcome {
            continue;
        }
        // Not stored means sent again after a restart: consumers know an event by its id.
        tracing::warn!(seq, ?outcome, "cannot store the cursor of MQTT");
        sleep(RETRY).await;
        acknowledged.mark_changed();
        if acknowledged.has_changed().is_err() {
            return;
        }
    }
}
