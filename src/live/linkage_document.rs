//! The public form of linkages at work: one JSON for HTTP (design §6).
//!
//! Takes: what the state keeps of a run, and the time zone of the site.
//! Gives: documents that serialise to the contract's JSON.
//! Never: a proposal without its reason, or a delay without its end.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::document::timestamp;
use crate::engine::alarm::{Because, Feedback, MetAction, Run, RunAction, Stage};
use crate::engine::base::{EventId, PointId, Text};
use crate::engine::site::{Mode, Place};

/// One run of `GET linkages`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDocument {
    /// `epoch-seq`.
    pub id: EventId,
    /// The linkage's id in the configuration.
    pub linkage: String,
    /// What people read.
    pub name: Text,
    /// `monitor`, `manual` or `auto`.
    pub mode: Mode,
    /// Whether it was met in a drill.
    pub drill: bool,
    /// When it was met.
    pub met_at: String,
    /// What met it.
    pub because: Vec<Because>,
    /// Since when its cause is gone.
    pub cleared_at: Option<String>,
    /// When it ended.
    pub over_at: Option<String>,
    /// Its actions, in order.
    pub actions: Vec<ActionDocument>,
}

/// One action of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionDocument {
    /// What people read.
    pub name: Text,
    /// What is done to its targets.
    pub verb: String,
    /// Whether it releases extinguishing agent.
    pub discharge: bool,
    /// When its delay is over.
    pub due_at: String,
    /// Who released it.
    pub released_by: Option<String>,
    /// Who withdrew it.
    pub withdrawn_by: Option<String>,
    /// The next manual step when its feedback does not come.
    pub advice: Option<Text>,
    /// Its targets, in order.
    pub targets: Vec<TargetDocument>,
}

/// One target of an action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetDocument {
    /// Which point.
    pub point: PointId,
    /// What people read.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// `delayed`, `proposed`, `started`, `withdrawn` or `cancelled`.
    pub stage: &'static str,
    /// Why it is only proposed.
    pub why: Option<WhyDocument>,
    /// The command that was requested for it.
    pub command: Option<EventId>,
    /// `none`, `awaited`, `arrived` or `missing`.
    pub feedback: &'static str,
    /// By when its feedback must come.
    pub feedback_due_at: Option<String>,
}

/// Why a target is only proposed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhyDocument {
    /// `manual-mode`, `start-control`, `spray-permission`, …
    pub code: String,
    /// What people read.
    pub message: Text,
}

/// The public form of a run.
pub fn run_document(run: &Run, zone: &TimeZone) -> RunDocument {
    let met = &run.met;
    RunDocument {
        id: run.id,
        linkage: met.linkage.clone(),
        name: met.name.clone(),
        mode: met.mode,
        drill: met.drill,
        met_at: timestamp(run.met_at, zone),
        because: met.because.clone(),
        cleared_at: run.cleared_at.map(|at| timestamp(at, zone)),
        over_at: run.over_at.map(|at| timestamp(at, zone)),
        actions: met.actions.iter().zip(&run.actions).map(|(met, action)| document(met, action, zone)).collect(),
    }
}

fn document(met: &MetAction, action: &RunAction, zone: &TimeZone) -> ActionDocument {
    let targets = met.targets.iter().zip(&action.targets).map(|(named, target)| TargetDocument {
        point: named.point.clone(),
        name: named.name.clone(),
        place: named.place.clone(),
        stage: target.stage.as_str(),
        why: target.why.clone().map(|(code, message)| WhyDocument { code, message }),
        command: target.command,
        feedback: target.feedback.as_str(),
        feedback_due_at: target
            .due
            .filter(|_| target.stage == Stage::Started && target.feedback == Feedback::Awaited)
            .map(|due| timestamp(due.due(), zone)),
    });
    ActionDocument {
        name: met.name.clone(),
        verb: met.verb.clone(),
        discharge: met.discharge,
        due_at: timestamp(action.delay.due(), zone),
        released_by: action.released_by.clone(),
        withdrawn_by: action.withdrawn_by.clone(),
        advice: met.advice.clone(),
        targets: targets.collect(),
    }
}
