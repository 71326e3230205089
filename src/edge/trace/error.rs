//! What may be wrong with a trace, one clear line each.
//!
//! Takes: failures of the disk and of segments.
//! Gives: [`TraceError`].
//! Never: an error without the file it happened in.

use std::path::PathBuf;

/// Why a segment cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// A newer release wrote it.
    #[error("{}: version {found} of the trace was written by a newer release, this one knows {known}; replay it with that release", path.display())]
    Newer {
        /// The segment.
        path: PathBuf,
        /// The version it says.
        found: u16,
        /// The newest this build knows.
        known: u16,
    },
    /// The file is no segment.
    #[error("{}: not a segment of a trace; move it away", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A block is whole and says what this release does not understand.
    #[error("{}: block {block} cannot be read: {reason}", path.display())]
    Broken {
        /// The segment.
        path: PathBuf,
        /// Which block; the first after the header is 1.
        block: u64,
        /// Why.
        reason: String,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl TraceError {
    /// Wraps a failure of the operating system on `path`.
    pub(super) fn io(path: &std::path::Path) -> impl Fn(std::io::Error) -> TraceError + '_ {
        move |source| TraceError::Io { path: path.into(), source }
    }
}
