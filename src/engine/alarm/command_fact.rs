//! Decided facts about commands: what the journal holds of each, from the request to its end.
//!
//! Takes: nothing.
//! Gives: [`CommandFact`], one kind for each step in the life of a command.
//! Never: what was written; a record says what was asked for and what became of it, the profile says how.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::base::{Deadline, DeviceId, EventId, PointId, Text};
use crate::engine::poll::CommandFailure;
use crate::engine::site::Place;

/// What happened to a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum CommandFact {
    /// A person armed a dangerous command (this fact's id is what firing must name).
    #[serde(rename = "command-armed")]
    Armed {
        /// Which point.
        point: PointId,
        /// Which verb.
        verb: String,
        /// What people call it.
        name: Text,
        /// Until when it may be fired.
        until: Deadline,
    },
    /// A command was asked for and permitted (its id is this fact's id). It is sent once, after this fact was written.
    #[serde(rename = "command-requested")]
    Requested(Arc<Commanded>),
    /// The device accepted the write.
    #[serde(rename = "command-accepted")]
    Accepted {
        /// Which command.
        command: EventId,
    },
    /// Points read after the write show that it was done.
    #[serde(rename = "command-confirmed")]
    Confirmed {
        /// Which command.
        command: EventId,
    },
    /// Accepted, and no feedback is known: nothing more will be known of it.
    #[serde(rename = "command-done")]
    Done {
        /// Which command.
        command: EventId,
    },
    /// It was not done, or nobody can say.
    #[serde(rename = "command-failed")]
    Failed {
        /// Which command.
        command: EventId,
        /// Why.
        failure: CommandFailure,
    },
    /// Nobody heard what became of it: the process was restarted, or its bus never said. It is not sent again.
    #[serde(rename = "command-unknown")]
    Unknown {
        /// Which command.
        command: EventId,
    },
    /// Its pulse ended.
    #[serde(rename = "command-pulse-ended")]
    PulseEnded {
        /// Which command.
        command: EventId,
    },
    /// Its pulse could not be ended: the output may still be on.
    #[serde(rename = "command-pulse-stuck")]
    PulseStuck {
        /// Which command.
        command: EventId,
        /// Why.
        failure: CommandFailure,
    },
}

/// The snapshot a command was requested with; it never changes afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Commanded {
    /// Which point.
    pub point: PointId,
    /// Which verb.
    pub verb: String,
    /// What people call it: the device or element first, what is done second.
    pub name: Text,
    /// Where it acts.
    pub place: Place,
    /// Which device is written to.
    pub device: DeviceId,
    /// It is not sent at or after this.
    pub expires: Deadline,
    /// By now its bus must have said what became of it; if not, its outcome is unknown.
    pub settles: Deadline,
    /// The arming it fired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub armed: Option<EventId>,
    /// The run of a linkage that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<EventId>,
    /// Whether the output goes off again by itself.
    #[serde(default)]
    pub pulse: bool,
}

impl CommandFact {
    /// The command it is about; none for one that is only armed, or that begins by it.
    pub fn command(&self) -> Option<EventId> {
        match self {
            CommandFact::Armed { .. } | CommandFact::Requested(_) => None,
            CommandFact::Accepted { command }
            | CommandFact::Confirmed { command }
            | CommandFact::Done { command }
            | CommandFact::Failed { command, .. }
            | CommandFact::Unknown { command }
            | CommandFact::PulseEnded { command }
            | CommandFact::PulseStuck { command, .. } => Some(*command),
        }
    }

    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            CommandFact::Armed { .. } => "command-armed",
            CommandFact::Requested(_) => "command-requested",
            CommandFact::Accepted { .. } => "command-accepted",
            CommandFact::Confirmed { .. } => "command-confirmed",
            CommandFact::Done { .. } => "command-done",
            CommandFact::Failed { .. } => "command-failed",
            CommandFact::Unknown { .. } => "command-unknown",
            CommandFact::PulseEnded { .. } => "command-pulse-ended",
            CommandFact::PulseStuck { .. } => "command-pulse-stuck",
        }
    }
}
