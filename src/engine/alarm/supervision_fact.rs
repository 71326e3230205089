//! Decided facts about equipment that is supervised over time.
//!
//! Takes: nothing.
//! Gives: [`SupervisionFact`], one kind for each thing that supervision can say.
//! Never: a class or a site. What people read, and until when, comes with the fact.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::base::{Deadline, EventId, PointId, Text};
use crate::engine::site::Place;

/// What supervision found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum SupervisionFact {
    /// Equipment began to do something step by step (its id is this fact's id).
    #[serde(rename = "sequence-begun")]
    Begun(Arc<Sequenced>),
    /// It is in this phase now; after it was not known for a time, the phase's time counts from here again.
    #[serde(rename = "sequence-phase")]
    Phase {
        /// Which run.
        run: EventId,
        /// What people call it.
        of: Text,
        /// The phase's word.
        phase: String,
        /// What people read while it lasts.
        name: Text,
        /// By when it must be over.
        due: Deadline,
    },
    /// A phase did not end in time. The run is watched on.
    #[serde(rename = "sequence-failed")]
    Failed {
        /// Which run.
        run: EventId,
        /// What people call it.
        of: Text,
        /// The phase's word.
        phase: String,
        /// What did not come.
        missing: Text,
    },
    /// It cannot be supervised at present: what would show its progress cannot be read.
    #[serde(rename = "sequence-unknown")]
    Unknown {
        /// Which run.
        run: EventId,
        /// What people call it.
        of: Text,
    },
    /// It is over.
    #[serde(rename = "sequence-done")]
    Done {
        /// Which run.
        run: EventId,
        /// What people call it.
        of: Text,
        /// It was given up, such as a command that was taken back, or is no longer supervised.
        abandoned: bool,
    },
    /// Why something is there, as far as other evidence tells; revised while it is open (FA-05, FA-06).
    #[serde(rename = "cause-judged")]
    CauseJudged(Arc<Judged>),
    /// A panel runs on its battery (its id is this fact's id).
    #[serde(rename = "battery-began")]
    BatteryBegan(Arc<OnBattery>),
    /// It has done so for the permitted time (FA-09).
    #[serde(rename = "battery-limit")]
    BatteryLimit {
        /// Which run.
        run: EventId,
        /// What people call the panel.
        of: Text,
    },
    /// Its mains are back.
    #[serde(rename = "battery-ended")]
    BatteryEnded {
        /// Which run.
        run: EventId,
        /// What people call the panel.
        of: Text,
    },
    /// Equipment tripped (FW-03).
    #[serde(rename = "trip-counted")]
    TripCounted {
        /// Its id.
        equipment: String,
        /// What people call it.
        of: Text,
    },
}

/// A verdict on what a row comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Which occurrence.
    pub occurrence: EventId,
    /// What it comes from.
    pub cause: Cause,
    /// The same in words, with what to do.
    pub words: Text,
    /// What it was judged by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Text>,
    /// The row that it folds under, of the same outage or what it follows from: it does not sound beside that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<EventId>,
}

/// What a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The mains are gone.
    Outage,
    /// The mains are there: its own wiring, fuse or feeder.
    Local,
    /// The evidence does not say.
    Undetermined,
    /// The battery carried the load for longer than permitted.
    BatteryExhausted,
    /// The battery carried no load: its connector or wiring.
    BatteryConnection,
    /// It follows from another row.
    Consequence,
}

/// A panel that runs on its battery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnBattery {
    /// Its id.
    pub equipment: String,
    /// What people call it.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// How long it may.
    pub limit: Deadline,
}

/// The snapshot a run began with; it never changes afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequenced {
    /// `pump-1/start`.
    pub point: PointId,
    /// What people read: the equipment first, what it does second.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// Phases that were shown to be over before it began, by their words: that they are shown is no progress.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub already: Vec<String>,
}

impl SupervisionFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            SupervisionFact::Begun(_) => "sequence-begun",
            SupervisionFact::Phase { .. } => "sequence-phase",
            SupervisionFact::Failed { .. } => "sequence-failed",
            SupervisionFact::Unknown { .. } => "sequence-unknown",
            SupervisionFact::Done { .. } => "sequence-done",
            SupervisionFact::CauseJudged(_) => "cause-judged",
            SupervisionFact::BatteryBegan(_) => "battery-began",
            SupervisionFact::BatteryLimit { .. } => "battery-limit",
            SupervisionFact::BatteryEnded { .. } => "battery-ended",
            SupervisionFact::TripCounted { .. } => "trip-counted",
        }
    }
}
