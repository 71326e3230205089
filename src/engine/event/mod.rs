//! Points to events: which conditions hold, and from when on that may be said.
//!
//! Takes: the points of one bus as they are known, and which requests were answered.
//! Gives: [`Event`]s: a rule's truth changed, or a rule went blind although its device answers.
//! Never: `False` from silence, from one read, or from an input that is unknown. The raise needs one verified read, the
//! clear two that agree (design §2, §4).

mod detector;
mod rule;

pub use detector::Detector;
pub use rule::Watch;

use crate::engine::base::{Now, Reason, Truth};

/// The answer, or the passing of time, that the detector looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Id of the newest request that was answered; ids rise with the order of sending.
    pub id: u64,
    /// When the answer was verified, or what time it is.
    pub now: Now,
}

/// What the detector found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A condition's truth changed, or was reported anew because it was asked for.
    Truth {
        /// Index of the rule in the site.
        rule: u32,
        /// What is known of it now.
        truth: Truth,
    },
    /// A rule's inputs cannot be read although its device answers; twice in a row, or for too long.
    Blind {
        /// Index of the rule in the site.
        rule: u32,
        /// What the worst of its inputs suffers from.
        reason: Reason,
    },
    /// A blind rule sees again.
    Sees {
        /// Index of the rule in the site.
        rule: u32,
    },
}

#[cfg(test)]
mod tests;
