//! Which alarm topics the broker must be told about.
//!
//! Takes: committed facts in order.
//! Gives: the alarms whose topic is out of date, the most urgent first, each in its present form.
//! Never: replays an alarm's past; what was overtaken during an outage is not sent.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Alarms whose topic may exist at the broker, and the object it was last told; none where it may not have that.
    told: BTreeMap<EventId, Option<AlarmDocument>>,
}

/// `alarm/<id>`: the object of the HTTP interface and the fact up to which it is true.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    alarm: &'a AlarmDocument,
    seq: u64,
}

impl Alarms {
    /// Begins with a state nobody was told of.
    pub fn new(state: State) -> Alarms {
        Alarms { state, dirty: BTreeSet::new(), told: BTreeMap::new() }
    }

    /// The last fact applied.
    pub fn position(&self) -> u64 {
        self.state.last.seq
    }

    /// The state that the facts lead to.
    pub fn state(&self) -> &State {
        &self.state
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
        self.told.values_mut().for_each(|told| *told = None);
        for id in open.into_iter().chain(self.told.keys().copied()).collect::<BTreeSet<EventId>>() {
            self.mark(id);
        }
    }

    /// What was sent of this alarm may not have arrived.
    pub fn lost(&mut self, id: EventId) {
        if let Some(told) = self.told.get_mut(&id) {
            *told = None;
        }
        self.mark(id);
    }

    fn mark(&mut self, id: EventId) {
        let priority = self.state.occurrences.get(&id).map_or(u8::MAX, |occurrence| occurrence.raise.priority);
        self.dirty.insert((priority, id));
    }

    /// The next alarm to tell of and its payload; empty when it is over. A fact that touched an alarm and changed
    /// nothing of it is no news: `seq` is the fact as of which the object is what it is.
    pub fn take(&mut self, zone: &TimeZone) -> Option<(EventId, Vec<u8>)> {
        while let Some((_, id)) = self.dirty.pop_first() {
            let open = self.state.occurrences.get(&id).filter(|occurrence| occurrence.is_open());
            let Some(alarm) = open.map(|occurrence| alarm_document(occurrence, zone)) else {
                self.told.insert(id, None);
                return Some((id, Vec::new()));
            };
            if self.told.get(&id).is_some_and(|told| told.as_ref() == Some(&alarm)) {
                continue;
            }
            let told = Told { alarm: &alarm, seq: self.state.last.seq };
            let payload =
                serde_json::to_vec(&told).expect("an alarm document has string keys only, so it always becomes JSON");
            self.told.insert(id, Some(alarm));
            return Some((id, payload));
        }
        None
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::alarm::{CloseReason, FACT_VERSION, FactId, Raise};
    use crate::engine::base::{Category, Text, Tone, Wall};
    use crate::engine::site::{Condition, Place};

    fn fact(seq: u64, kind: FactKind) -> Fact {
        Fact { v: FACT_VERSION, id: FactId { epoch: 1, seq }, at: Wall(0), by: None, key: None, kind }
    }

    fn raised(seq: u64, category: Category) -> Fact {
        let point = PointId::new("panel-1/l1-d1");
        fact(
            seq,
            FactKind::Raised(Arc::new(Raise {
                advice: None,
                class: None,
                condition: Condition { point, category, level: None },
                name: Text::same("smoke"),
                place: Place::default(),
                priority: 1,
                latches: true,
                stays: true,
                tone: Tone::Fire,
                code: None,
                kind: None,
                incident: None,
                first: true,
                realarm: false,
                arrival: None,
                detail: None,
                momentary: false,
            })),
        )
    }

    fn told(alarms: &mut Alarms) -> Vec<String> {
        std::iter::from_fn(|| alarms.take(&TimeZone::UTC)).map(|(id, _)| id.to_string()).collect()
    }

    #[test]
    fn an_alarm_that_was_touched_and_not_changed_is_not_sent_again() {
        let mut alarms = Alarms::new(State::default());
        alarms.apply(&raised(1, Category::Fire));
        assert_eq!(told(&mut alarms), ["1-1"]);
        // Another condition of the same point touches it and leaves it as it is.
        alarms.apply(&raised(2, Category::Fault));
        assert_eq!(told(&mut alarms), ["1-2"]);
        // What may not have arrived goes out whether it changed or not, and so does everything after a cut.
        alarms.lost(EventId { epoch: 1, seq: 1 });
        assert_eq!(told(&mut alarms), ["1-1"]);
        alarms.refresh();
        assert_eq!(told(&mut alarms), ["1-1", "1-2"]);
    }

    #[test]
    fn an_end_is_told_until_it_arrived() {
        let mut alarms = Alarms::new(State::default());
        alarms.apply(&raised(1, Category::Fire));
        assert_eq!(told(&mut alarms), ["1-1"]);
        let occurrence = EventId { epoch: 1, seq: 1 };
        alarms.apply(&fact(2, FactKind::Closed { occurrence, reason: CloseReason::Reset }));
        assert_eq!(alarms.take(&TimeZone::UTC), Some((occurrence, Vec::new())));
        alarms.refresh();
        assert_eq!(told(&mut alarms), ["1-1"]);
        alarms.arrived(occurrence);
        alarms.refresh();
        assert_eq!(told(&mut alarms), Vec::<String>::new());
    }
}
