//! What people call the values of the engine.
//!
//! Takes: a value.
//! Gives: its phrase of the catalogue.
//! Never: a value without a phrase (matches are exhaustive).

use super::*;
use crate::edge::web::summary::Word;
use crate::engine::alarm::{CloseReason, Source, Verdict};
use crate::engine::base::{Reason, Role, Tone};
use crate::engine::profile::Pace;
use crate::engine::report::kind_words;

/// The state word.
pub fn state(word: Word) -> Phrase {
    match word {
        Word::Fire => W_FIRE,
        Word::Discharge => W_DISCHARGE,
        Word::Gas => W_GAS,
        Word::Emergency => W_EMERGENCY,
        Word::Supervisory => W_SUPERVISORY,
        Word::Prealarm => W_PREALARM,
        Word::LinkLost => W_LINK_LOST,
        Word::Unknown => W_UNKNOWN,
        Word::Fault => W_FAULT,
        Word::Action => W_ACTION,
        Word::Disabled => W_DISABLED,
        Word::Normal => W_NORMAL,
    }
}

/// Why an occurrence ended.
pub fn close(reason: CloseReason) -> Phrase {
    match reason {
        CloseReason::Over => CL_OVER,
        CloseReason::Reset => CL_RESET,
        CloseReason::PanelReset => CL_PANEL_RESET,
        CloseReason::Removed => CL_REMOVED,
        CloseReason::TestOver => desk::CL_TEST,
    }
}

/// How often something is read.
pub fn pace(pace: Pace) -> Phrase {
    match pace {
        Pace::Fire => PACE_FIRE,
        Pace::Fast => PACE_FAST,
        Pace::Normal => PACE_NORMAL,
        Pace::Slow => PACE_SLOW,
    }
}

/// What a source says.
pub fn source(source: Source) -> Phrase {
    match source {
        Source::Active => SRC_ACTIVE,
        Source::Quiet => SRC_QUIET,
        Source::Unknown => SRC_UNKNOWN,
    }
}

/// A verdict.
pub fn verdict(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Unverified => V_UNVERIFIED,
        Verdict::Real => V_REAL,
        Verdict::False => V_FALSE,
        Verdict::Drill => V_DRILL,
    }
}

/// Why a point is unknown.
pub fn reason(reason: Reason) -> Phrase {
    match reason {
        Reason::NeverRead => Q_NEVER,
        Reason::Stale => Q_STALE,
        Reason::LinkDown => Q_LINK,
        Reason::BadValue => Q_BAD,
        Reason::Absent => Q_ABSENT,
        Reason::DeviceException => Q_EXCEPTION,
    }
}

/// A tone, in words.
pub fn tone(tone: Tone) -> Phrase {
    match tone {
        Tone::Fire => T_FIRE,
        Tone::Emergency => T_EMERGENCY,
        Tone::Supervisory => T_SUPERVISORY,
        Tone::Prealarm => T_PREALARM,
        Tone::Fault => T_FAULT,
        Tone::Short => T_SHORT,
        Tone::None => T_NONE,
    }
}

/// A role.
pub fn role(role: Role) -> Phrase {
    match role {
        Role::Display => R_DISPLAY,
        Role::Operator => R_OPERATOR,
        Role::Supervisor => R_SUPERVISOR,
        Role::Engineer => R_ENGINEER,
        Role::Manager => R_MANAGER,
    }
}

/// How far a command got.
pub fn stage(word: &str) -> Phrase {
    match word {
        "requested" => K_REQUESTED,
        "accepted" => K_ACCEPTED,
        "confirmed" => K_CONFIRMED,
        "done" => K_DONE,
        "failed" => K_FAILED,
        _ => K_OUTCOME_UNKNOWN,
    }
}

/// The kind of a fact.
pub fn kind(word: &str) -> Option<Phrase> {
    kind_words(word).map(|(zh, en)| Phrase { zh, en })
}
