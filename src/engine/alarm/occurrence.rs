//! One episode of a condition, and what the operator owes it.
//!
//! Takes: facts, through [`super::State::apply`].
//! Gives: [`Occurrence`], [`Isolation`], [`Incident`]: independent fields, not one enum (design §4).
//! Never: changes its raise snapshot.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::desk_fact::Purpose;
use super::fact::{CloseReason, Fact, FactKind, Source, Verdict};
use super::raise::Raise;
use super::supervision_fact::Judged;
use crate::engine::base::{Actor, Deadline, EventId, PointId, Text, Tone, Wall};
use crate::engine::site::Place;

/// Who acknowledged, when and with what note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Wall,
    /// What they noted.
    pub note: Option<String>,
}

/// What keeps an occurrence from sounding, paging and linking. It never hides its row, count or banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inhibit {
    /// Disabled at the panel; mirrored, released there.
    PanelDisabled,
    /// Isolated here by a person.
    Isolated,
    /// Raised by a point under test: it is shown and counted as test.
    TestScope,
}

/// What a person reports of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallReport {
    /// About which occurrence.
    pub id: EventId,
    /// Who was called: `119`.
    pub called: String,
    /// Who answered, what was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A call that a person made about an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Who was called: `119`.
    pub called: String,
    /// Who called.
    pub by: Actor,
    /// When it was recorded.
    pub at: Wall,
    /// Who answered, what was said.
    pub note: Option<String>,
}

/// One episode of a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The id of the fact that raised it.
    pub id: EventId,
    /// When it was raised.
    pub raised_at: Wall,
    /// The snapshot it was raised with.
    pub raise: Arc<Raise>,
    /// What its source says now.
    pub source: Source,
    /// What its source last said when it could be read; never `unknown`. Quiet too once a reset was recorded that nobody
    /// could confirm: what is found active after it is a new episode.
    pub known: Source,
    /// Held until reset.
    pub latched: bool,
    /// Acknowledgement; none while it is owed.
    pub ack: Option<Acknowledgement>,
    /// What a person found it to be.
    pub verdict: Verdict,
    /// Why it was false.
    pub cause: Option<String>,
    /// What it comes from, as far as other evidence tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Arc<Judged>>,
    /// It comes and goes so often that it was marked, since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chattering: Option<Wall>,
    /// What keeps it quiet.
    pub inhibit: BTreeSet<Inhibit>,
    /// How often it became active.
    pub count: u32,
    /// Whether it sounds at this moment.
    pub sounding: bool,
    /// A person silenced it: when it sounds again, if its category returns and nobody acknowledges it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resounds: Option<Deadline>,
    /// A reset was recorded and its source has not yet answered for it.
    pub resetting: Option<Deadline>,
    /// Its point alarms again although it was judged false so often: isolating it is proposed (FA-03); 0 where it is not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub false_alarms: u32,
    /// Somebody recorded how it was handled, since it became active last (FL-04).
    #[serde(default, skip_serializing_if = "is_not")]
    pub handled: bool,
    /// Others of its incident came in the same sweep: which of them was first nobody knows.
    #[serde(default, skip_serializing_if = "is_not")]
    pub tied: bool,
    /// Who was called about it, in order (FA-02).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// When and why it ended.
    pub closed: Option<(Wall, CloseReason)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_not(held: &bool) -> bool {
    !held
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A point that a person took out of sound, paging and linkage (FA-07): who, why, since, until.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Isolation {
    /// The id of the fact that began it.
    pub id: EventId,
    /// Which point.
    pub point: PointId,
    /// What people call it.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// Who.
    pub by: Actor,
    /// Since when.
    pub since: Wall,
    /// Why.
    pub reason: String,
    /// When it must be looked at again.
    pub review: Deadline,
    /// The review time passed unnoticed.
    pub overdue: bool,
    /// What for.
    #[serde(default)]
    pub purpose: Purpose,
    /// The repair order, where there is one.
    #[serde(default)]
    pub order: Option<String>,
}

impl Isolation {
    /// As the fact that begins it says; nobody signs one that came by itself.
    pub fn begun(fact: &Fact) -> Option<Isolation> {
        let FactKind::Isolated { point, name, place, reason, review, purpose, order } = &fact.kind else { return None };
        Some(Isolation {
            id: fact.id.into(),
            point: point.clone(),
            name: name.clone(),
            place: place.clone(),
            by: fact.by.clone()?,
            since: fact.at,
            reason: reason.clone(),
            review: *review,
            overdue: false,
            purpose: *purpose,
            order: order.clone(),
        })
    }
}

/// What the first fire opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The id of the fact that opened it.
    pub id: EventId,
    /// When.
    pub opened_at: Wall,
    /// The first alarm, and any that tied with it within one sweep. Never displaced.
    pub first: Vec<EventId>,
    /// Every occurrence that belongs to it, the first included, in order.
    pub members: Vec<EventId>,
    /// The highest number that was given to an alarm of it.
    #[serde(default)]
    pub numbered: u32,
    /// Members that are still open.
    pub open: BTreeSet<EventId>,
    /// Verdict on the first alarm: the conclusion.
    pub verdict: Verdict,
}

impl Occurrence {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether a person still owes it an acknowledgement.
    pub fn is_unacknowledged(&self) -> bool {
        self.ack.is_none() && self.raise.stays && !self.is_test()
    }

    /// Whether its sound returns after a silence for as long as an acknowledgement is owed.
    pub fn returns(&self) -> bool {
        matches!(self.raise.tone, Tone::Fire | Tone::Emergency) && self.is_unacknowledged()
    }

    /// It comes and goes so often that not every return is told: its row stays, and stands as active.
    pub fn is_damped(&self) -> bool {
        self.is_open() && self.chattering.is_some() && self.raise.condition.category.is_damped()
    }

    /// Over, acknowledged, and waiting for nothing but a reset.
    pub fn is_ready_to_reset(&self) -> bool {
        self.is_open() && self.latched && self.source == Source::Quiet && !self.is_unacknowledged()
    }
}
