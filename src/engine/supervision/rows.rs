//! Rows of supervision that no source can take back.
//!
//! Takes: what happened, with its advice.
//! Gives: an occurrence that stays until it is acknowledged, and counts when it happens again before that.
//! Never: sounds for what is over without being heard of: its category says how.

use std::sync::Arc;

use crate::engine::alarm::{Decision, FactKind, Raise, Subject};

/// Raises it, or counts it once more.
pub(super) fn happened(decision: &mut Decision<'_>, subject: Subject) {
    match decision.state.open_of(&subject.condition).map(|held| held.id) {
        Some(occurrence) => decision.returned(occurrence),
        None => {
            let raise = Raise { momentary: true, ..Raise::from(subject) };
            decision.decide(FactKind::Raised(Arc::new(raise)));
        }
    }
}
