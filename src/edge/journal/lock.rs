//! One process for one state directory.
//!
//! Takes: the state directory.
//! Gives: [`StateLock`], held until it is dropped or the process ends.
//! Never: trusts a left-over file; the operating system holds the lock, the file only names the holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use super::JournalError;

/// The exclusive right to write in a state directory.
#[derive(Debug)]
pub struct StateLock {
    file: File,
}

impl Drop for StateLock {
    /// Closing is not enough: a program that another thread is just starting holds a copy of the file until it has begun.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "the state directory is given back only when every copy of its lock is closed");
        }
    }
}

impl StateLock {
    /// Takes the lock on the file `lock` in `state_dir`, and writes this process's number into it.
    ///
    /// # Errors
    /// Another process holds it (named when it wrote its number), or the file cannot be made.
    pub fn acquire(state_dir: &Path) -> Result<StateLock, JournalError> {
        let path = state_dir.join("lock");
        let io = |source| JournalError::Io { path: path.clone(), source };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // An unreadable number only shortens the message.
                let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(JournalError::InUse { path: state_dir.into(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        // On a full disk the number cannot be written; the lock holds all the same.
        if let Err(error) = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())) {
            tracing::warn!(%error, path = %path.display(), "the lock file does not name this process");
        }
        Ok(StateLock { file })
    }
}
