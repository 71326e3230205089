//! How much room is left.
//!
//! Takes: a path on the file system in question.
//! Gives: [`free_bytes`].
//! Never: counts room that only root may use.

use std::io;
use std::path::Path;

/// Bytes an ordinary process may still write on the file system that holds `path`.
///
/// # Errors
/// The path cannot be examined.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let room = rustix::fs::statvfs(path)?;
    Ok(room.f_bavail.saturating_mul(room.f_frsize))
}
