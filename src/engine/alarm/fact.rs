//! Decided facts: what the journal holds (design §2).
//!
//! Takes: nothing.
//! Gives: [`Fact`], and what a consumer needs to show it without any configuration.
//! Never: an input, a rule or a live value. A fact carries its own texts, place, priority and deadlines, so that
//! [`super::State::apply`] needs nothing else, also years later under another configuration.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chatter_fact::ChatterFact;
use super::command_fact::CommandFact;
use super::desk_fact::{DeskFact, Purpose};
use super::duty_fact::DutyFact;
use super::fact_id::FactId;
use super::keeping_fact::KeepingFact;
use super::linkage_fact::LinkageFact;
use super::memory::{MemoryTaken, Remembered};
use super::raise::Raise;
use super::record::Told;
use super::scope_fact::ScopeFact;
use super::supervision_fact::SupervisionFact;
pub use crate::engine::base::Verdict;
use crate::engine::base::{Actor, Deadline, DeviceId, EventId, PointId, Text, Wall};
use crate::engine::site::Place;

/// One decided fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Version of its form.
    pub v: u16,
    /// Its identity; `seq` has no gaps in the journal.
    #[serde(flatten)]
    pub id: FactId,
    /// Wall time at which it was decided.
    pub at: Wall,
    /// Who caused it, for acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// The act's idempotency key, when its sender gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub kind: FactKind,
}

/// What a source says of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// It holds.
    Active,
    /// It is over.
    Quiet,
    /// Not known: never drawn, counted or trended as normal.
    Unknown,
}

/// Why an occurrence ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseReason {
    /// Over, and acknowledged where its category asks for it.
    Over,
    /// Reset.
    Reset,
    /// Reset at the panel, mirrored.
    PanelReset,
    /// Closed by a person because its point is no longer configured.
    Removed,
    /// It was part of a test, and the test is over.
    TestOver,
}

/// What a reset covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everything in one building.
    Building(String),
    /// Everything of one device.
    Device(String),
}

/// How a reset was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetMethod {
    /// A person made it at the panel and recorded it here.
    AtPanel,
    /// It was commanded through those panels that the fact names; at the others a person made it.
    Commanded,
}

/// Why the source of an occurrence changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceCause {
    /// The source was read and says so.
    Read,
    /// Its link, or the point itself, cannot be read.
    LinkLost,
    /// A reset was not confirmed within its window.
    ResetUnconfirmed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FactKind {
    /// The process started. Every source is unknown until read; unacknowledged fire sounds again.
    Restarted {
        /// Version of the program.
        version: String,
        /// Hash of the configuration it runs.
        config: String,
        /// Whether the wall clock could be trusted.
        clock_trusted: bool,
    },
    /// A configuration was accepted and is in force from here on.
    Configured {
        /// Its hash.
        config: String,
    },
    /// The wall clock was stepped.
    ClockStepped {
        /// By how much, in microseconds.
        by_us: i64,
    },
    /// An incident began (its id is this fact's id).
    IncidentOpened {},
    /// An incident ended: reset, and concluded with the verdict on its first alarm.
    IncidentClosed {
        /// Which.
        incident: EventId,
        /// Its conclusion.
        verdict: Verdict,
    },
    /// An occurrence began (its id is this fact's id).
    Raised(Arc<Raise>),
    /// A source changed its mind without starting a new episode.
    SourceChanged {
        /// Which occurrence.
        occurrence: EventId,
        /// What it says now.
        source: Source,
        /// Why.
        cause: SourceCause,
    },
    /// An open occurrence became active again: counted, acknowledgement revoked, sounds again.
    Reactivated {
        /// Which occurrence.
        occurrence: EventId,
    },
    /// 确认
    Acknowledged {
        /// Which occurrences; each was open and unacknowledged.
        occurrences: Vec<EventId>,
        /// What the person noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// 判定
    Judged {
        /// Which occurrence.
        occurrence: EventId,
        /// As what.
        verdict: Verdict,
        /// The cause of a false alarm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// 消音
    Silenced {
        /// Which occurrences sounded at that moment.
        occurrences: Vec<EventId>,
        /// When unacknowledged fire sounds again.
        resound: Deadline,
    },
    /// Unacknowledged fire sounds again.
    Resounded {
        /// Which occurrences.
        occurrences: Vec<EventId>,
    },
    /// 复位
    Reset {
        /// What it covers.
        scope: Scope,
        /// How it was made.
        method: ResetMethod,
        /// Occurrences whose source was still active or unknown: each waits for its source until the window ends.
        awaiting: Vec<EventId>,
        /// When the window ends.
        window: Deadline,
        /// Devices that were commanded to reset.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commanded: Vec<DeviceId>,
    },
    /// An occurrence ended.
    Closed {
        /// Which.
        occurrence: EventId,
        /// Why.
        reason: CloseReason,
    },
    /// 隔离 (the isolation's id is this fact's id).
    Isolated {
        /// Which point.
        point: PointId,
        /// What people call it.
        name: Text,
        /// Where it is.
        place: Place,
        /// Why.
        reason: String,
        /// When it must be looked at again.
        review: Deadline,
        /// What for: what ends it follows from that.
        #[serde(default, skip_serializing_if = "Purpose::is_repair")]
        purpose: Purpose,
        /// The repair order, where there is one already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<String>,
    },
    /// Nobody looked at an isolation in time.
    ReviewOverdue {
        /// Which isolation.
        isolation: EventId,
    },
    /// 释放
    Released {
        /// Which isolation.
        isolation: EventId,
        /// Open occurrences of the point that are not over, or held until a reset, and sound again.
        active: Vec<EventId>,
    },
    /// A device said something that was not understood.
    RecordKept(Arc<Told>),
    /// A device said that it was reset.
    PanelReset(Arc<Told>),
    /// A device said that somebody did something there.
    PanelOperated(Arc<Told>),
    /// A device had noted something itself, and was asked for it.
    Remembered(Arc<Remembered>),
    /// The event memory of a device was taken as it is.
    MemoryTaken(Arc<MemoryTaken>),
    /// Something about a condition that comes and goes often.
    #[serde(untagged)]
    Chatter(ChatterFact),
    /// Something that was done at the desk, or at a panel's keys.
    #[serde(untagged)]
    Desk(DeskFact),
    /// Something of the duty of people.
    #[serde(untagged)]
    Duty(DutyFact),
    /// Something about a test or a drill.
    #[serde(untagged)]
    Scope(ScopeFact),
    /// Something about a linkage.
    #[serde(untagged)]
    Linkage(LinkageFact),
    /// Something about the records themselves.
    #[serde(untagged)]
    Keeping(KeepingFact),
    /// Something about a command.
    #[serde(untagged)]
    Command(CommandFact),
    /// Something about equipment that is supervised over time.
    #[serde(untagged)]
    Supervision(SupervisionFact),
}

impl FactKind {
    /// Whether it begins something that later facts call by its id.
    pub fn begins(&self) -> bool {
        matches!(
            self,
            FactKind::Raised(_)
                | FactKind::Isolated { .. }
                | FactKind::Command(CommandFact::Requested(_))
                | FactKind::Linkage(LinkageFact::Met(_))
                | FactKind::Duty(DutyFact::RoundDue(_))
        )
    }

    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            FactKind::Restarted { .. } => "restarted",
            FactKind::Configured { .. } => "configured",
            FactKind::ClockStepped { .. } => "clock-stepped",
            FactKind::IncidentOpened {} => "incident-opened",
            FactKind::IncidentClosed { .. } => "incident-closed",
            FactKind::Raised(_) => "raised",
            FactKind::SourceChanged { .. } => "source-changed",
            FactKind::Reactivated { .. } => "reactivated",
            FactKind::Acknowledged { .. } => "acknowledged",
            FactKind::Judged { .. } => "judged",
            FactKind::Silenced { .. } => "silenced",
            FactKind::Resounded { .. } => "resounded",
            FactKind::Reset { .. } => "reset",
            FactKind::Closed { .. } => "closed",
            FactKind::Isolated { .. } => "isolated",
            FactKind::ReviewOverdue { .. } => "review-overdue",
            FactKind::Released { .. } => "released",
            FactKind::RecordKept(_) => "record-kept",
            FactKind::PanelReset(_) => "panel-reset",
            FactKind::PanelOperated(_) => "panel-operated",
            FactKind::Chatter(fact) => fact.as_str(),
            FactKind::Desk(fact) => fact.as_str(),
            FactKind::Duty(fact) => fact.as_str(),
            FactKind::Scope(fact) => fact.as_str(),
            FactKind::Linkage(fact) => fact.as_str(),
            FactKind::Remembered(_) => "remembered",
            FactKind::MemoryTaken(_) => "memory-taken",
            FactKind::Keeping(fact) => fact.as_str(),
            FactKind::Command(fact) => fact.as_str(),
            FactKind::Supervision(fact) => fact.as_str(),
        }
    }
}
