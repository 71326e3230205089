//! What the handles and the writer thread share.
//!
//! Takes: what the writer counts and finds.
//! Gives: it to whoever asks, without waiting for the writer.
//! Never: holds a lock while the disk is waited for.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::feed::Feed;

/// What the handles and the writer thread share.
#[derive(Default)]
pub(super) struct Shared {
    /// Samples that wait for the writer thread.
    pub(super) queued: AtomicUsize,
    /// Samples that were dropped since the start.
    pub(super) dropped: AtomicU64,
    /// Chunks and pages of roll-ups that the guard removed since the start.
    pub(super) thinned: AtomicU64,
    /// Those that were kept long enough.
    pub(super) expired: AtomicU64,
    /// Up to which millisecond something is known of every point.
    pub(super) alive: AtomicI64,
    /// Why the last attempt to write failed.
    pub(super) fault: Mutex<Option<String>>,
    /// Positions of the consumers.
    pub(super) feed: Mutex<Feed>,
}

impl Shared {
    /// The positions, one at a time.
    pub(super) fn feed(&self) -> MutexGuard<'_, Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes why the last attempt to write failed, or that it did not.
    pub(super) fn set_fault(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}
