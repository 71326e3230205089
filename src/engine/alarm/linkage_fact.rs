//! Decided facts about linkages: what the journal holds of each run, from its cause to its end.
//!
//! Takes: nothing.
//! Gives: [`LinkageFact`], and [`Met`], the snapshot a run begins with: all that a wall needs to show it.
//! Never: a register or an index of the configuration; a run is shown years later as it was.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::base::{Deadline, EventId, PointId, Text};
use crate::engine::site::{Mode, Place};

/// What happened to a linkage. Actions and targets are counted from 0 in the order of [`Met`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum LinkageFact {
    /// The condition of a linkage became true: a run began (its id is this fact's id). Every action waits for its delay.
    #[serde(rename = "linkage-met")]
    Met(Arc<Met>),
    /// An action is proposed: it waits for a person's release, and says why.
    #[serde(rename = "action-proposed")]
    Proposed {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// Which of its targets.
        targets: Vec<u32>,
        /// Why it is not simply done, as a program reads it: `manual-mode`, `start-control`, …
        code: String,
        /// The same as a person reads it.
        why: Text,
    },
    /// A person released a proposed action. What becomes of it follows.
    #[serde(rename = "action-released")]
    Released {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// An evacuation delay that begins with the release.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<Deadline>,
    },
    /// A manual call point ended the delay of an action.
    #[serde(rename = "delay-ended")]
    DelayEnded {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// Which call point.
        by_point: PointId,
    },
    /// An action began: its commands were requested, or, where only the panel acts, it is expected from now on.
    #[serde(rename = "action-started")]
    Started {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// Its targets, each with the command that was requested for it.
        targets: Vec<(u32, Option<EventId>)>,
    },
    /// A person withdrew an action (FA-21).
    #[serde(rename = "action-withdrawn")]
    Withdrawn {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
    },
    /// Targets of an action are not commanded any more, because the cause is gone.
    #[serde(rename = "action-cancelled")]
    Cancelled {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// Which of its targets.
        targets: Vec<u32>,
    },
    /// The feedback of a target came.
    #[serde(rename = "feedback-arrived")]
    Arrived {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// Which target.
        target: u32,
    },
    /// The feedback of a target did not come in time.
    #[serde(rename = "feedback-missing")]
    Missing {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
        /// Which target.
        target: u32,
    },
    /// The cause is gone. Nothing that runs is stopped by it.
    #[serde(rename = "linkage-cleared")]
    Cleared {
        /// Which run.
        run: EventId,
    },
    /// The run is over: its cause is gone and nothing of it is awaited any more.
    #[serde(rename = "linkage-over")]
    Over {
        /// Which run.
        run: EventId,
    },
}

/// The snapshot a run begins with; it never changes afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Met {
    /// The linkage's id.
    pub linkage: String,
    /// What people call it.
    pub name: Text,
    /// Who acts.
    pub mode: Mode,
    /// It was met in a drill: nothing is commanded, and nothing of it is reported as real.
    #[serde(default, skip_serializing_if = "is_not")]
    pub drill: bool,
    /// What met it, the first twenty.
    pub because: Vec<Because>,
    /// What is to happen.
    pub actions: Vec<MetAction>,
}

/// One thing that met a linkage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Because {
    /// Which alarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<EventId>,
    /// Which point.
    pub point: PointId,
    /// What people read.
    pub name: Text,
}

/// One action of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetAction {
    /// What people read.
    pub name: Text,
    /// What is done to its targets.
    pub verb: String,
    /// When it is due.
    pub delay: Deadline,
    /// It releases extinguishing agent.
    #[serde(default, skip_serializing_if = "is_not")]
    pub discharge: bool,
    /// The next manual step when its feedback does not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Text>,
    /// To what.
    pub targets: Vec<MetTarget>,
}

/// One target of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetTarget {
    /// The point people know it by.
    pub point: PointId,
    /// What people call it.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// How long after its start its feedback may take, in microseconds; none when nothing proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback_within_us: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_not(held: &bool) -> bool {
    !held
}

impl LinkageFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            LinkageFact::Met(_) => "linkage-met",
            LinkageFact::Proposed { .. } => "action-proposed",
            LinkageFact::Released { .. } => "action-released",
            LinkageFact::DelayEnded { .. } => "delay-ended",
            LinkageFact::Started { .. } => "action-started",
            LinkageFact::Withdrawn { .. } => "action-withdrawn",
            LinkageFact::Cancelled { .. } => "action-cancelled",
            LinkageFact::Arrived { .. } => "feedback-arrived",
            LinkageFact::Missing { .. } => "feedback-missing",
            LinkageFact::Cleared { .. } => "linkage-cleared",
            LinkageFact::Over { .. } => "linkage-over",
        }
    }

    /// The run it is about; none for the fact that begins one.
    pub fn run(&self) -> Option<EventId> {
        match self {
            LinkageFact::Met(_) => None,
            LinkageFact::Proposed { run, .. }
            | LinkageFact::Released { run, .. }
            | LinkageFact::DelayEnded { run, .. }
            | LinkageFact::Started { run, .. }
            | LinkageFact::Withdrawn { run, .. }
            | LinkageFact::Cancelled { run, .. }
            | LinkageFact::Arrived { run, .. }
            | LinkageFact::Missing { run, .. }
            | LinkageFact::Cleared { run }
            | LinkageFact::Over { run } => Some(*run),
        }
    }
}
