//! What a person found an alarm to be.
//!
//! Takes: nothing.
//! Gives: [`Verdict`].
//! Never: a verdict that nobody gave.

use serde::{Deserialize, Serialize};

/// What a person found an alarm to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nobody has judged it.
    #[default]
    Unverified,
    /// 真实
    Real,
    /// 误报, with a cause.
    False,
    /// 演练
    Drill,
}
