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
    Some(match word {
        "restarted" => K_RESTARTED,
        "configured" => K_CONFIGURED,
        "clock-stepped" => K_CLOCK,
        "records-exported" => K_EXPORTED,
        "records-retired" => K_RETIRED,
        "incident-opened" => K_INCIDENT_OPENED,
        "incident-closed" => K_INCIDENT_CLOSED,
        "raised" => K_RAISED,
        "source-changed" => K_SOURCE,
        "reactivated" => K_REACTIVATED,
        "acknowledged" => K_ACKED,
        "judged" => K_JUDGED,
        "silenced" => K_SILENCED,
        "resounded" => K_RESOUNDED,
        "reset" => K_RESET,
        "closed" => K_CLOSED,
        "isolated" => K_ISOLATED,
        "review-overdue" => K_OVERDUE,
        "released" => K_RELEASED,
        "record-kept" => K_RECORD,
        "panel-reset" => K_PANEL_RESET,
        "panel-operated" => K_PANEL_OPERATED,
        "order-linked" => desk::K_ORDER,
        "shift-begun" => desk::K_SHIFT,
        "noted" => duty::K_NOTED,
        "handled" => duty::K_HANDLED,
        "fault-standing" => duty::K_STANDING,
        "plan-taken-up" => duty::K_TAKEN_UP,
        "plan-dropped" => duty::K_DROPPED,
        "round-due" => duty::K_DUE,
        "round-overdue" => duty::K_OVERDUE,
        "round-missed" => duty::K_MISSED,
        "round-recorded" => duty::K_RECORDED,
        "signed-in" => duty::K_SIGNED_IN,
        "signed-out" => duty::K_SIGNED_OUT,
        "shift-short" => duty::K_SHORT,
        "isolation-proposed" => desk::K_PROPOSED,
        "panel-cancelled" => desk::K_CANCELLED,
        "registration-begun" => desk::K_REGISTERING,
        "registered" => desk::K_REGISTERED,
        "abnormal-reported" => desk::K_ABNORMAL,
        "call-made" => desk::K_CALL,
        "commands-addressed" => desk::K_ADDRESSED,
        "command-withdrawn" => desk::K_WITHDRAWN,
        "test-begun" => desk::K_TEST_BEGUN,
        "test-ended" => desk::K_TEST_ENDED,
        "drill-begun" => desk::K_DRILL_BEGUN,
        "drill-ended" => desk::K_DRILL_ENDED,
        "linkage-met" => linkage::K_MET,
        "linkage-cleared" => linkage::K_CLEARED,
        "linkage-over" => linkage::K_OVER,
        "action-proposed" => linkage::K_PROPOSED,
        "action-released" => linkage::K_RELEASED,
        "action-started" => linkage::K_STARTED,
        "action-withdrawn" => linkage::K_WITHDRAWN,
        "action-cancelled" => linkage::K_CANCELLED,
        "delay-ended" => linkage::K_DELAY_ENDED,
        "feedback-arrived" => linkage::K_ARRIVED,
        "feedback-missing" => linkage::K_MISSING,
        "remembered" => K_REMEMBERED,
        "memory-taken" => K_MEMORY_TAKEN,
        "command-armed" => K_ARMED,
        "command-requested" => K_REQUESTED,
        "command-accepted" => K_ACCEPTED,
        "command-confirmed" => K_CONFIRMED,
        "command-done" => K_DONE,
        "command-failed" => K_FAILED,
        "command-unknown" => K_OUTCOME_UNKNOWN,
        "command-pulse-ended" => K_PULSE_ENDED,
        "command-pulse-stuck" => K_PULSE_STUCK,
        "sequence-begun" => K_SEQUENCE_BEGUN,
        "sequence-phase" => K_SEQUENCE_PHASE,
        "sequence-failed" => K_SEQUENCE_FAILED,
        "sequence-unknown" => K_SEQUENCE_UNKNOWN,
        "sequence-done" => K_SEQUENCE_DONE,
        "cause-judged" => K_CAUSE_JUDGED,
        "chatter-began" => K_CHATTER_BEGAN,
        "chatter-counted" => K_CHATTER_COUNTED,
        "chatter-ended" => K_CHATTER_ENDED,
        "battery-began" => K_BATTERY_BEGAN,
        "battery-limit" => K_BATTERY_LIMIT,
        "battery-ended" => K_BATTERY_ENDED,
        "trip-counted" => K_TRIP_COUNTED,
        _ => return None,
    })
}
