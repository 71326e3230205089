//! Takes in what other processes of this machine left to be recorded (RC-01, AC-01).
//!
//! Takes: notes in the state directory.
//! Gives: acts, each with the note's own key, so that none is recorded twice.
//! Never: removes a note before it is on the disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::edge::journal::notes::{self, Deed, Waiting};
use crate::engine::Act;
use crate::live::Acts;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks until `stop`.
pub(super) async fn take_in(state_dir: PathBuf, acts: Acts, stop: CancellationToken) {
    let mut beat = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        let folder = state_dir.clone();
        match tokio::task::spawn_blocking(move || notes::waiting(&folder)).await {
            Ok(Ok(found)) => {
                for waiting in found {
                    take(&acts, waiting).await;
                }
            }
            Ok(Err(error)) => warn!(%error, "notes that were left cannot be looked at"),
            Err(error) => warn!(%error, "looking for notes broke"),
        }
    }
}

async fn take(acts: &Acts, Waiting { path, key, note }: Waiting) {
    let note = match note {
        Ok(note) => note,
        Err(reason) => return refuse(&path, &reason),
    };
    let by = note.actor();
    let act = match note.deed {
        Deed::Exported(exported) => Act::Export(exported),
        Deed::AccessChanged(changed) => Act::Access(changed),
    };
    match acts.ask(by, Some(key), act).await {
        Ok(Ok(done)) if done.recorded => {
            // Should it stay, its key keeps it from being recorded again.
            if let Err(error) = std::fs::remove_file(&path) {
                warn!(%error, path = %path.display(), "a note that was recorded cannot be removed");
            }
        }
        // The disk does not answer: it stays until it is recorded.
        Ok(Ok(_)) => {}
        Ok(Err(refusal)) => refuse(&path, &refusal.text().en),
        // The gateway is stopping; the next one takes it in.
        Err(_) => {}
    }
}

/// What is no note, or not permitted, is set aside, so that it is told once.
fn refuse(path: &Path, reason: &str) {
    warn!(reason, path = %path.display(), "a note was refused and is set aside");
    if let Err(error) = std::fs::rename(path, path.with_extension("refused")) {
        warn!(%error, path = %path.display(), "a note cannot be set aside");
    }
}
