//! A little room kept back for the next start.
//!
//! Takes: the state directory.
//! Gives: a file that is given up when the disk is full at a start, because even to begin its epoch the journal must
//! write; without it a full disk would keep the gateway from starting, and with it the building from being watched.
//! Never: keeps room from a disk that has little.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::edge::journal::free_bytes;

const NAME: &str = "reserve";
/// Enough for an epoch, a session and some hundred facts.
const SIZE: u64 = 1024 * 1024;
/// The reserve is made only where this much is free.
const PLENTY: u64 = 16 * SIZE;

/// Gives the reserve up if there is hardly any room. What fails here shows itself when the stores are opened.
pub(super) fn give_up_if_full(state_dir: &Path) {
    if free_bytes(state_dir).is_ok_and(|free| free < SIZE) {
        match std::fs::remove_file(state_dir.join(NAME)) {
            Ok(()) => tracing::warn!("the disk is full; the reserve is given up so that the gateway can start"),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "the reserve cannot be given up"),
        }
    }
}

/// Makes the reserve where it is missing and there is room.
///
/// # Errors
/// The disk refuses; a half-made reserve is as good as its length.
pub(super) fn keep(state_dir: &Path) -> io::Result<()> {
    let path = state_dir.join(NAME);
    let kept = std::fs::metadata(&path).map_or(0, |file| file.len());
    if kept >= SIZE || free_bytes(state_dir)? < PLENTY {
        return Ok(());
    }
    let mut file = File::create(&path)?;
    let block = [0; 64 * 1024];
    for _ in 0..SIZE / (64 * 1024) {
        // Written, not merely sized: a file of holes keeps nothing back.
        file.write_all(&block)?;
    }
    file.sync_all()
}
