//! Old records that may leave the journal while the gateway runs (RC-01).
//!
//! Takes: a manager's word, once the door has made sure of it.
//! Gives: [`Retirement`], implemented over the journal by `daemon`; what could leave now, and how far a retirement came.
//! Never: begins by itself; a second one beside the first.

use std::time::Duration;

use crate::engine::base::{Actor, Text, Wall};

/// Lets the oldest records leave.
pub trait Retirement: Send + Sync {
    /// What could leave now. Waits for the disk: what is old is read once.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    fn outlook(&self) -> Result<Outlook, String>;

    /// Begins, signed by `by`: everything is made ready beside the running gateway, then the engine is asked.
    ///
    /// # Errors
    /// Why not.
    fn begin(&self, by: Actor, reason: String, upto: Option<u64>) -> Result<(), NotBegun>;
}

/// Why no retirement begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBegun {
    /// The site keeps its journal for ever.
    KeptForEver,
    /// One runs.
    Runs,
}

/// What could leave the journal now.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// How long the site keeps its records; for ever without a time.
    pub keep: Option<Duration>,
    /// Facts that are older than that, counted from where the journal begins.
    pub aged: u64,
    /// The first fact that could leave, the last one, and when that was decided.
    pub leaves: Option<(u64, u64, Wall)>,
    /// Why no more.
    pub why: Text,
    /// The last checkpoint.
    pub last: Option<Checkpointed>,
    /// How the last retirement of this life goes, or went.
    pub progress: Progress,
}

/// The last checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpointed {
    /// The last fact that left.
    pub upto: u64,
    /// When.
    pub at: Wall,
    /// Who approved it, and why; nobody noted it for one of an earlier release.
    pub approved: Option<(String, String)>,
    /// Name of the archive.
    pub archive: String,
    /// The public key (Ed25519) that signed it, in hexadecimal.
    pub key: String,
}

/// How a retirement goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// None was asked for since the start.
    #[default]
    None,
    /// Facts are looked at, archived, or read back from the archive.
    Preparing {
        /// `looking`, `archiving` or `checking`.
        doing: &'static str,
        /// Facts that are done with.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// It is in the record. So many facts that have left are still to be taken out of the file; nobody sees them any more.
    Done {
        /// The last fact that left.
        upto: u64,
        /// How many left.
        removed: u64,
        /// How many of the range, and of earlier ones, stay at hand.
        kept: u64,
        /// Those that still take room.
        left: u64,
    },
    /// It came to nothing.
    Refused(Text),
}

impl Progress {
    /// Whether one runs.
    pub fn runs(&self) -> bool {
        matches!(self, Progress::Preparing { .. })
    }
}
