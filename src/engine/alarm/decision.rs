//! One step of the engine, while it decides.
//!
//! Takes: the site, the state and the instant.
//! Gives: decided facts, each applied before the next is decided, so that one step never contradicts itself.
//! Never: changes the state but by [`super::State::apply`].

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chatter::Chatter;
use super::fact::{CloseReason, Fact, FactKind, Source, SourceCause};
use super::fact_id::FactId;
use super::occurrence::Occurrence;
use super::raise::Raise;
use super::state::State;
use super::stored::FACT_VERSION;
use crate::engine::base::{Actor, Category, EventId, Now, PointId, Text, Truth};
use crate::engine::poll::Command;
use crate::engine::site::{Condition, Device, Place, Site};

/// One step.
pub(in crate::engine) struct Decision<'a> {
    pub site: &'a Site,
    pub state: &'a mut State,
    /// What comes and goes often.
    pub chatter: &'a mut Chatter,
    pub epoch: u32,
    pub now: Now,
    /// Signs the facts of an act.
    pub by: Option<Actor>,
    pub key: Option<String>,
    pub facts: Vec<Fact>,
    /// What the buses are to send once the facts were written.
    pub orders: Vec<Order>,
    /// Devices that are to report everything anew.
    pub confirm: BTreeSet<u32>,
    /// The journal does not answer.
    pub unrecorded: bool,
}

/// A command on its way to its bus.
#[derive(Debug)]
pub(in crate::engine) struct Order {
    /// Index of the bus in the site.
    pub bus: u32,
    pub command: Command,
    /// No person asked for it: without a record it is not sent.
    pub automatic: bool,
}

impl Decision<'_> {
    /// Decides a fact: gives it its identity and applies it.
    pub fn decide(&mut self, kind: FactKind) -> EventId {
        let id = FactId { epoch: self.epoch, seq: self.state.last.seq + 1 };
        let fact = Fact { v: FACT_VERSION, id, at: self.now.wall, by: self.by.clone(), key: self.key.clone(), kind };
        let began = match &fact.kind {
            // What a reset brought back did not come by itself.
            FactKind::Raised(raise) => (!raise.realarm).then_some(EventId::from(id)),
            FactKind::Reactivated { occurrence } => Some(*occurrence),
            _ => None,
        };
        self.state.apply(&fact);
        self.facts.push(fact);
        if let Some(began) = began {
            self.note_activation(began);
        }
        EventId::from(id)
    }

    /// Ends an occurrence and, if it was the last of a concluded incident, the incident.
    pub fn close(&mut self, occurrence: EventId, reason: CloseReason) {
        self.decide(FactKind::Closed { occurrence, reason });
        self.conclude();
    }

    /// Closes every incident that is reset and concluded (design §3, *incident*).
    pub fn conclude(&mut self) {
        use super::fact::Verdict;
        let ended: Vec<(EventId, Verdict)> = self
            .state
            .incidents
            .values()
            .filter(|incident| incident.open.is_empty() && !incident.members.is_empty())
            .filter(|incident| incident.verdict != Verdict::Unverified)
            .map(|incident| (incident.id, incident.verdict))
            .collect();
        for (incident, verdict) in ended {
            self.decide(FactKind::IncidentClosed { incident, verdict });
        }
    }

    /// Ends an occurrence if nothing holds it any more: its source is quiet, nothing latches it, and it is
    /// acknowledged where its category asks for it.
    pub fn settle(&mut self, id: EventId) {
        let Some(occurrence) = self.state.occurrences.get(&id) else { return };
        let held = occurrence.is_unacknowledged() || occurrence.is_damped();
        if !occurrence.is_open() || occurrence.source != Source::Quiet || held {
            return;
        }
        if !occurrence.latched {
            self.close(id, CloseReason::Over);
        } else if self.holds_alarms(occurrence) {
            // The panel holds its alarms until it is reset: a quiet source is the evidence that it was.
            self.close(id, CloseReason::PanelReset);
        }
    }

    fn holds_alarms(&self, occurrence: &Occurrence) -> bool {
        self.device(occurrence.raise.condition.point.device()).is_some_and(|device| device.profile.holds_alarms)
    }

    /// A configured device by its id.
    pub fn device(&self, id: &str) -> Option<&Device> {
        self.site.devices.iter().find(|device| device.id.as_str() == id)
    }

    /// Raises or ends a condition that no profile declares: links and the gateway's own faults.
    pub fn own_condition(&mut self, fault: OwnFault) {
        let condition = Condition { point: fault.point, category: fault.category, level: None };
        let open =
            self.state.open_of(&condition).map(|occurrence| (occurrence.id, occurrence.source, occurrence.known));
        let holds = Truth::from(fault.detail.is_some());
        if open.is_some_and(|(id, ..)| self.damps(id, holds)) {
            return;
        }
        match (fault.detail, open) {
            (Some(detail), None) => {
                let raise = own_raise(condition, fault.name, fault.place, detail);
                self.decide(FactKind::Raised(Arc::new(raise)));
            }
            (Some(_), Some((_, Source::Active, _))) | (None, None | Some((_, Source::Quiet, _))) => {}
            (Some(_), Some((id, _, Source::Quiet))) => self.returned(id),
            (Some(_), Some((id, ..))) => self.source(id, Source::Active, SourceCause::Read),
            (None, Some((id, ..))) => {
                self.source(id, Source::Quiet, SourceCause::Read);
                self.settle(id);
            }
        }
    }

    /// Something happened that no source can take back: it stays until it is acknowledged, and counts when it happens
    /// again before that.
    pub fn happened(&mut self, fault: OwnFault) {
        let condition = Condition { point: fault.point, category: fault.category, level: None };
        match self.state.open_of(&condition).map(|occurrence| occurrence.id) {
            Some(occurrence) => self.returned(occurrence),
            None => {
                let detail = fault.detail.unwrap_or_default();
                let raise =
                    Raise { momentary: true, latches: false, ..own_raise(condition, fault.name, fault.place, detail) };
                self.decide(FactKind::Raised(Arc::new(raise)));
            }
        }
    }

    /// Notes what a source says, if it says something new.
    pub fn source(&mut self, occurrence: EventId, source: Source, cause: SourceCause) {
        let now = self.state.occurrences.get(&occurrence).map(|held| held.source);
        if now.is_some_and(|now| now != source) {
            self.decide(FactKind::SourceChanged { occurrence, source, cause });
        }
    }
}

/// A condition that no profile declares, as it is raised.
pub(super) fn own_raise(condition: Condition, name: Text, place: Place, detail: Text) -> Raise {
    let rules = condition.category.rules();
    Raise {
        condition,
        name,
        place,
        priority: rules.priority,
        latches: rules.latches,
        stays: rules.stays_until_acknowledged,
        tone: rules.tone,
        code: None,
        kind: None,
        incident: None,
        arrival: None,
        first: false,
        realarm: false,
        detail: Some(detail),
        advice: None,
        class: None,
        momentary: false,
    }
}

/// A condition that no profile declares.
pub(in crate::engine) struct OwnFault {
    pub point: PointId,
    pub category: Category,
    pub name: Text,
    pub place: Place,
    /// What is wrong; nothing when it works.
    pub detail: Option<Text>,
}
