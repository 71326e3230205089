//! What goes wrong with the file.
//!
//! Takes: the file's path, and what failed.
//! Gives: one line.
//! Never: a cause without its file.

use std::path::{Path, PathBuf};

/// Why trends cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum TrendsError {
    /// The tables were laid out by a newer release.
    #[error("{}: layout {found} was written by a newer release, this one knows {known}", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version it says.
        found: u32,
        /// The newest this build knows.
        known: u32,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite failed.
    #[error("{}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

impl TrendsError {
    pub(super) fn sqlite(path: &Path) -> impl Fn(rusqlite::Error) -> TrendsError + '_ {
        move |source| TrendsError::Sqlite { path: path.into(), source }
    }
}
