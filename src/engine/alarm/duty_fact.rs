//! Decided facts about duty: what people wrote down, rounds and jobs that are due, and who is there.
//!
//! Takes: nothing.
//! Gives: [`DutyFact`] and its parts.
//! Never: an entry without the person who made it; what nobody signed came by itself. An entry is never changed: what
//! somebody thinks better of is a further entry.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::base::{Deadline, DeviceId, EventId, PointId, Text, Wall};
use crate::engine::site::{Item, Place, PlanKind};

/// Something of the duty of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum DutyFact {
    /// Somebody added words to an alarm, a command, an isolation or the run of a linkage.
    #[serde(rename = "noted")]
    Noted {
        /// To which.
        of: EventId,
        /// The words.
        text: String,
    },
    /// Somebody recorded how alarms or faults were handled (FL-04).
    #[serde(rename = "handled")]
    Handled {
        /// Which.
        occurrences: Vec<EventId>,
        /// What it came from.
        cause: String,
        /// What was done.
        measure: String,
        /// What came of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<String>,
    },
    /// A fault is not removed since so long: it is announced again (FL-04).
    #[serde(rename = "fault-standing")]
    Standing {
        /// Which.
        occurrence: EventId,
        /// Since when.
        since: Wall,
    },
    /// A round or a job was configured, and is watched from here on.
    #[serde(rename = "plan-taken-up")]
    PlanTakenUp {
        /// Which of the two.
        of: PlanKind,
        /// Its id.
        plan: String,
        /// What people call it.
        name: Text,
    },
    /// A round or a job is no longer configured.
    #[serde(rename = "plan-dropped")]
    PlanDropped {
        /// Which of the two.
        of: PlanKind,
        /// Its id.
        plan: String,
    },
    /// A round or a job is due (its id is this fact's id).
    #[serde(rename = "round-due")]
    RoundDue(Arc<RoundDue>),
    /// It was not recorded in time.
    #[serde(rename = "round-overdue")]
    RoundOverdue {
        /// Which.
        round: EventId,
    },
    /// It was not recorded before the next one was due, and is not done any more.
    #[serde(rename = "round-missed")]
    RoundMissed {
        /// Which.
        round: EventId,
    },
    /// Somebody recorded a round or a job (its id is this fact's id).
    #[serde(rename = "round-recorded")]
    RoundRecorded(Arc<RoundRecorded>),
    /// Somebody took over the duty.
    #[serde(rename = "signed-in")]
    SignedIn {},
    /// Somebody left, relieved.
    #[serde(rename = "signed-out")]
    SignedOut {},
    /// Fewer signed in for a shift than it needs; whoever was there stays on duty.
    #[serde(rename = "shift-short")]
    ShiftShort {
        /// When the shift began.
        began: Wall,
        /// How many it needs.
        needs: u8,
        /// Who signed in for it.
        came: Vec<String>,
        /// Who stays on duty from before.
        stay: Vec<String>,
    },
}

/// The snapshot a round begins with; it never changes afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundDue {
    /// Which of the two.
    pub of: PlanKind,
    /// Its plan.
    pub plan: String,
    /// What people call it.
    pub name: Text,
    /// Where it leads.
    pub place: Place,
    /// When it was due; before this fact where the gateway did not run then.
    pub slot: Wall,
    /// By when it must be recorded.
    pub until: Deadline,
    /// How many before it fell into a time in which the gateway did not run.
    #[serde(default, skip_serializing_if = "is_none")]
    pub skipped: u32,
}

/// What somebody recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundRecorded {
    /// Which of the two.
    pub of: PlanKind,
    /// Its plan.
    pub plan: String,
    /// What people call it.
    pub name: Text,
    /// Where it led.
    pub place: Place,
    /// The round that was due; none for one besides the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<EventId>,
    /// What was found of each item, in the order of the plan.
    pub results: Vec<ItemResult>,
    /// The devices it was about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
    /// Their figures at that moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// What else the person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What was found of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Which.
    pub item: Item,
    /// Nothing is wrong with it.
    pub ok: bool,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The point it was found at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
}

/// A value that was noted with a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Of which point.
    pub point: PointId,
    /// What people call it.
    pub name: Text,
    /// The value with its unit; none while it was not known, and then nothing stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl DutyFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            DutyFact::Noted { .. } => "noted",
            DutyFact::Handled { .. } => "handled",
            DutyFact::Standing { .. } => "fault-standing",
            DutyFact::PlanTakenUp { .. } => "plan-taken-up",
            DutyFact::PlanDropped { .. } => "plan-dropped",
            DutyFact::RoundDue(_) => "round-due",
            DutyFact::RoundOverdue { .. } => "round-overdue",
            DutyFact::RoundMissed { .. } => "round-missed",
            DutyFact::RoundRecorded(_) => "round-recorded",
            DutyFact::SignedIn {} => "signed-in",
            DutyFact::SignedOut {} => "signed-out",
            DutyFact::ShiftShort { .. } => "shift-short",
        }
    }
}
