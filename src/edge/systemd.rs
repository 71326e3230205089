//! The service manager.
//!
//! Takes: that the gateway is ready or stopping, and how far the engine has come.
//! Gives: `READY=1`, `STATUS=`, `STOPPING=1`, and `WATCHDOG=1` while the engine makes progress.
//! Never: pings by the clock alone. A timer that pings proves only that a timer runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Tells the service manager that the gateway serves; nothing where there is none.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Tells the service manager that the gateway is stopping.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Pings the watchdog, at a third of the time it allows, for as long as `progress` rises between two pings. Where the
/// service manager asks for no watchdog it returns at once.
pub async fn watch(progress: Arc<AtomicU64>, stop: CancellationToken) {
    let Some(allowed) = sd_notify::watchdog_enabled() else { return };
    let mut beat = tokio::time::interval(allowed / 3);
    let mut last = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        let reached = progress.load(Ordering::Relaxed);
        if last == Some(reached) {
            warn!("the engine made no progress; the watchdog is not fed");
        } else {
            tell(&[NotifyState::Watchdog]);
        }
        last = Some(reached);
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        warn!(%error, "the service manager cannot be told");
    }
}
