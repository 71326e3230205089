//! Decided facts about the records themselves: who was given a copy, and what is no longer kept (RC-01).
//!
//! Takes: nothing.
//! Gives: [`KeepingFact`], [`Exported`], [`Retired`].
//! Never: an effect on the state; these facts tell of the journal, not of the site.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What became of the records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum KeepingFact {
    /// Somebody was given a copy.
    #[serde(rename = "records-exported")]
    Exported(Exported),
    /// The oldest records were sealed in an archive and are no longer in the journal.
    #[serde(rename = "records-retired")]
    Retired(Arc<Retired>),
}

/// A copy of records that left. It is recorded before its first line leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exported {
    /// Of what: `journal`.
    pub what: String,
    /// As what: `jsonl`, `csv`.
    pub form: String,
    /// Which of it, in words: `1 to 4711, kind raised`.
    pub scope: String,
}

/// The beginning of the journal, up to a fact, was taken out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The last fact that was taken out.
    pub upto: u64,
    /// Its hash in hexadecimal: the checkpoint at which the journal begins now.
    pub head: String,
    /// How many facts were taken out.
    pub removed: u64,
    /// How many of the range stay at hand because their class has too few newer ones.
    pub kept: u64,
    /// Name of the archive that holds all of the range.
    pub archive: String,
    /// SHA-256 of that file in hexadecimal.
    pub sealed: String,
    /// Why.
    pub reason: String,
}

impl KeepingFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            KeepingFact::Exported(_) => "records-exported",
            KeepingFact::Retired(_) => "records-retired",
        }
    }
}
