//! What may be wrong with a journal, one clear line each.
//!
//! Takes: failures of the disk, of SQLite and of the chain.
//! Gives: [`JournalError`].
//! Never: an error without the place it happened at.

use std::path::PathBuf;

use crate::engine::alarm::FactError;
use crate::engine::base::Text;

/// Why the journal cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A second instance on one state directory.
    #[error("{}: in use by another Tocsin{}; give each its own --state directory", path.display(), pid_text(*pid))]
    InUse {
        /// The state directory.
        path: PathBuf,
        /// Who holds it, when that process wrote it down.
        pid: Option<u32>,
    },
    /// The tables were laid out by a newer release.
    #[error("{}: layout {found} was written by a newer release, this one knows {known}; install that release or name another --state directory", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version it says.
        found: u32,
        /// The newest this build knows.
        known: u32,
    },
    /// A fact was written by a newer release.
    #[error("{}: fact {seq} has version {found}, written by a newer release; install that release or name another --state directory", path.display())]
    NewerFact {
        /// The file.
        path: PathBuf,
        /// Its place.
        seq: u64,
        /// The version it says.
        found: u16,
    },
    /// The chain does not hold.
    #[error("{}: the journal is broken at fact {seq}: {reason}{}; restore the file from its backup", path.display(), good_text(good.as_ref()))]
    Broken {
        /// The file.
        path: PathBuf,
        /// The first bad place.
        seq: u64,
        /// What is wrong there.
        reason: String,
        /// The last fact before it that verifies, and its hash in hexadecimal; none where nothing before it was looked at.
        good: Option<(u64, String)>,
    },
    /// The journal begins at a checkpoint that does not hold.
    #[error("{}: the checkpoint at fact {seq} does not hold: {reason}; restore the file from its backup", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// The last fact that it stands for.
        seq: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing may be taken out of the journal, or not so much.
    #[error("{}: {}", path.display(), why.en)]
    NotRetired {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: Text,
    },
    /// The file is no journal.
    #[error("{}: not a Tocsin journal ({reason}); move it away or restore it from its backup", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
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

impl JournalError {
    /// Wraps a failure of SQLite on `path`.
    pub(super) fn sqlite(path: &std::path::Path) -> impl Fn(rusqlite::Error) -> JournalError + '_ {
        move |source| JournalError::Sqlite { path: path.into(), source }
    }

    /// What a fact that cannot be read means for the journal.
    pub(super) fn fact(path: &std::path::Path, seq: u64, error: FactError) -> JournalError {
        match error {
            FactError::Newer(found) => JournalError::NewerFact { path: path.into(), seq, found },
            FactError::Broken(reason) => {
                JournalError::Broken { path: path.into(), seq, reason: format!("not a fact ({reason})"), good: None }
            }
        }
    }
}

fn good_text(good: Option<&(u64, String)>) -> String {
    good.map(|(seq, head)| format!("; good up to fact {seq}, head {head}")).unwrap_or_default()
}

fn pid_text(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
