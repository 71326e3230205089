//! Which alarm topics the broker must be told about.
//!
//! Takes: committed facts in order.
//! Gives: the alarms whose topic is out of date, the most urgent first, each in its present form.
//! Never: replays an alarm's past; what was overtaken during an outage is not sent.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::engine::alarm::{DeskFact, Fact, FactKind, State, SupervisionFact};
use crate::engine::base::{EventId, PointId};
use crate::live::document::{AlarmDocument, alarm_document};

/// The alarms of a state, and which of them are news to the broker.
#[derive(Debug)]
pub struct Alarms {
    state: State,
    dirty: BTreeSet<(u8, EventId)>,
    /// Alarms whose topic may exist at the broker.
    told: BTreeSet<EventId>,
}

/// `alarm/<id>`: the object of the HTTP interface and the fact up to which it is true.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    alarm: AlarmDocument,
    seq: u64,
}

impl Alarms {
    /// Begins with a state nobody was told of.
    pub fn new(state: State) -> Alarms {
        Alarms { state, dirty: BTreeSet::new(), told: BTreeSet::new() }
    }

    /// The last fact applied.
    pub fn position(&self) -> u64 {
        self.state.last.seq
    }

    /// Whether the alarm is open.
    pub fn is_open(&self, id: EventId) -> bool {
        self.state.occurrences.get(&id).is_some_and(|occurrence| occurrence.is_open())
    }

    /// A fact was committed.
    pub fn apply(&mut self, fact: &Fact) {
        // A fact can also end what it does not name: a restart makes every source unknown, a panel's disablement
        // inhibits every condition of its point.
        let touched = touched(fact, &self.state);
        self.state.apply(fact);
        for id in touched {
            self.mark(id);
        }
    }

    /// The broker may know nothing, or what is long over: every open alarm is news again, and so is the end of each
    /// that it was told of.
    pub fn refresh(&mut self) {
        let open: Vec<EventId> = self.state.open.values().copied().collect();
        for id in open.into_iter().chain(self.told.clone()) {
            self.mark(id);
        }
    }

    /// What was sent of this alarm may not have arrived.
    pub fn mark(&mut self, id: EventId) {
        let priority = self.state.occurrences.get(&id).map_or(u8::MAX, |occurrence| occurrence.raise.priority);
        self.dirty.insert((priority, id));
    }

    /// The next alarm to tell of and its payload; empty when it is over.
    pub fn take(&mut self, zone: &TimeZone) -> Option<(EventId, Vec<u8>)> {
        let (_, id) = self.dirty.pop_first()?;
        self.told.insert(id);
        let open = self.state.occurrences.get(&id).filter(|occurrence| occurrence.is_open());
        let payload = open.map_or_else(Vec::new, |occurrence| {
            let told = Told { alarm: alarm_document(occurrence, zone), seq: self.state.last.seq };
            serde_json::to_vec(&told).expect("an alarm document has string keys only, so it always becomes JSON")
        });
        Some((id, payload))
    }

    /// The broker has acknowledged what it was told of this alarm.
    pub fn arrived(&mut self, id: EventId) {
        if !self.is_open(id) {
            self.told.remove(&id);
        }
    }
}

/// The alarms whose public form a fact may change.
fn touched(fact: &Fact, state: &State) -> BTreeSet<EventId> {
    let open_at = |point: &PointId| state.open_at(point).collect::<BTreeSet<EventId>>();
    let within = |point: &PointId| state.open_within(point).collect::<BTreeSet<EventId>>();
    match &fact.kind {
        FactKind::Restarted { .. } => state.open.values().copied().collect(),
        FactKind::Raised(raise) => {
            let mut touched = open_at(&raise.condition.point);
            touched.insert(fact.id.into());
            touched
        }
        FactKind::SourceChanged { occurrence, .. }
        | FactKind::Reactivated { occurrence }
        | FactKind::Judged { occurrence, .. }
        | FactKind::Closed { occurrence, .. } => {
            let mut touched = state
                .occurrences
                .get(occurrence)
                .map_or_else(BTreeSet::new, |changed| open_at(&changed.raise.condition.point));
            touched.insert(*occurrence);
            touched
        }
        FactKind::Chatter(chatter) => BTreeSet::from([chatter.occurrence()]),
        FactKind::Supervision(SupervisionFact::CauseJudged(judged)) => BTreeSet::from([judged.occurrence]),
        FactKind::Acknowledged { occurrences, .. } => occurrences.iter().copied().collect(),
        FactKind::Reset { .. } => state.open.values().copied().collect(),
        FactKind::Desk(DeskFact::IsolationProposed { occurrence, .. } | DeskFact::CallMade { occurrence, .. }) => {
            BTreeSet::from([*occurrence])
        }
        FactKind::Isolated { point, .. } => within(point),
        FactKind::Released { isolation, .. } => {
            state.isolations.get(isolation).map_or_else(BTreeSet::new, |isolation| within(&isolation.point))
        }
        FactKind::Configured { .. }
        | FactKind::Command(_)
        | FactKind::Linkage(_)
        | FactKind::Scope(_)
        | FactKind::Supervision(_)
        | FactKind::Desk(_)
        | FactKind::Duty(_)
        | FactKind::Keeping(_)
        | FactKind::RecordKept(_)
        | FactKind::PanelReset(_)
        | FactKind::PanelOperated(_)
        | FactKind::Remembered(_)
        | FactKind::MemoryTaken(_)
        | FactKind::ClockStepped { .. }
        | FactKind::IncidentOpened {}
        | FactKind::IncidentClosed { .. }
        | FactKind::Silenced { .. }
        | FactKind::Resounded { .. }
        | FactKind::ReviewOverdue { .. } => BTreeSet::new(),
    }
}
