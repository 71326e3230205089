//! How each fact changes the state. Nothing else does.
//!
//! Takes: one decided fact.
//! Gives: the state after it.
//! Never: reads configuration, rules or clocks; never fails. A fact that names what is no longer there changes nothing.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::fact::{Fact, FactKind, Source, SourceCause, Verdict};
use super::memory::MemoryCause;
use super::occurrence::{Acknowledgement, Incident, Inhibit, Isolation, Occurrence};
use super::raise::Raise;
use super::state::{CLOSED_KEPT, INCIDENTS_KEPT, KEYS_KEPT, STATE_VERSION, Silence, State};
use crate::engine::base::{Category, EventId, PointId, Tone, Wall};

impl State {
    /// Changes the state by one decided fact.
    #[expect(
        clippy::too_many_lines,
        reason = "a line or two for each kind of fact; one match shows that none is missing"
    )]
    pub fn apply(&mut self, fact: &Fact) {
        self.v = STATE_VERSION;
        self.last = fact.id;
        if let (Some(by), Some(key)) = (&fact.by, &fact.key) {
            self.remember(format!("{}/{key}", by.user), fact);
        }
        let id = EventId::from(fact.id);
        match &fact.kind {
            FactKind::Restarted { config, .. } => self.restarted(config),
            FactKind::Configured { config } => self.config.clone_from(config),
            FactKind::ClockStepped { .. }
            | FactKind::Keeping(_)
            | FactKind::RecordKept(_)
            | FactKind::PanelReset(_)
            | FactKind::PanelOperated(_) => {}
            FactKind::IncidentOpened {} => self.incident_opened(id, fact.at),
            FactKind::IncidentClosed { incident, .. } => {
                self.incidents.remove(incident);
            }
            FactKind::Raised(raise) => self.raised(id, fact.at, raise),
            FactKind::SourceChanged { occurrence, source, cause } => self.source_changed(*occurrence, *source, *cause),
            FactKind::Reactivated { occurrence } => self.reactivated(*occurrence),
            FactKind::Chatter(chatter) => self.apply_chatter(fact.at, chatter),
            FactKind::Acknowledged { occurrences, note } => {
                for occurrence in occurrences {
                    self.acknowledged(*occurrence, fact, note.clone());
                }
                self.forget_silence();
            }
            FactKind::Judged { occurrence, verdict, cause } => {
                self.judged(*occurrence, *verdict, cause.as_deref(), fact.at);
            }
            FactKind::Silenced { occurrences, resound } => {
                for occurrence in occurrences {
                    if let Some(held) = self.occurrences.get_mut(occurrence) {
                        held.sounding = false;
                        held.resounds = Some(*resound);
                    }
                }
                let by = fact.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
                self.silenced = Some(Silence { at: fact.at, by, resound: *resound });
            }
            FactKind::Resounded { occurrences } => {
                self.sound(occurrences);
                self.forget_silence();
            }
            FactKind::Reset { awaiting, window, .. } => {
                for occurrence in awaiting {
                    if let Some(occurrence) = self.occurrences.get_mut(occurrence) {
                        occurrence.resetting = Some(*window);
                    }
                }
            }
            FactKind::Closed { occurrence, reason } => {
                if let Some(held) = self.occurrences.get_mut(occurrence) {
                    held.closed = Some((fact.at, *reason));
                    held.sounding = false;
                    held.resounds = None;
                    held.resetting = None;
                }
                self.owe_record(*occurrence, fact.at, *reason);
                self.closed(*occurrence);
                self.forget_silence();
            }
            FactKind::Isolated { point, .. } => {
                if let Some(isolation) = Isolation::begun(fact) {
                    self.isolations.insert(id, isolation);
                }
                let covered = self.open_within(point).collect();
                self.inhibit(covered, Inhibit::Isolated);
            }
            FactKind::ReviewOverdue { isolation } => {
                if let Some(isolation) = self.isolations.get_mut(isolation) {
                    isolation.overdue = true;
                }
            }
            FactKind::Released { isolation, active } => {
                if let Some(isolation) = self.isolations.remove(isolation) {
                    self.no_longer_isolated(&isolation.point);
                }
                self.sound(active);
            }
            FactKind::Desk(desk) => self.apply_desk(fact, desk),
            FactKind::Duty(duty) => self.apply_duty(fact, duty),
            FactKind::Scope(scope) => self.apply_scope(fact, scope),
            FactKind::Linkage(linkage) => self.apply_linkage(fact, linkage),
            FactKind::Remembered(remembered) => {
                let known = self.memories.entry(remembered.device.clone()).or_default();
                for gone in &remembered.gone {
                    if let Some(place) = known.entries.iter().position(|held| held == gone) {
                        known.entries.remove(place);
                    }
                }
                known.entries.push(remembered.entry);
                known.at = fact.at;
            }
            FactKind::MemoryTaken(taken) => {
                let known = self.memories.entry(taken.device.clone()).or_default();
                let before = std::mem::replace(&mut known.entries, taken.entries.clone());
                known.before = if taken.because == MemoryCause::Renewed { before } else { Vec::new() };
                known.at = fact.at;
            }
            FactKind::Command(command) => self.apply_command(fact, command),
            FactKind::Supervision(supervision) => self.apply_supervision(fact, supervision),
        }
    }

    fn remember(&mut self, key: String, fact: &Fact) {
        if self.keys.iter().any(|(known, _)| *known == key) {
            return;
        }
        self.keys.push_back((key, fact.id));
        if self.keys.len() > KEYS_KEPT {
            self.keys.pop_front();
        }
    }

    fn restarted(&mut self, config: &str) {
        config.clone_into(&mut self.config);
        self.silenced = None;
        self.armed.clear();
        self.supervised.restarted();
        for occurrence in self.occurrences.values_mut().filter(|occurrence| occurrence.is_open()) {
            // Whether a review is overdue is known from the isolations themselves, which nobody needs to read.
            let condition = &occurrence.raise.condition;
            let is_review = condition.category == Category::Own && condition.point.device() != "gateway";
            if !is_review && !occurrence.raise.momentary {
                occurrence.source = Source::Unknown;
            }
            if occurrence.resetting.take().is_some() {
                // Nobody knows what came of that reset.
                occurrence.known = Source::Quiet;
            }
            occurrence.resounds = None;
            if occurrence.returns() && occurrence.inhibit.is_empty() {
                occurrence.sounding = true;
            }
        }
    }

    fn incident_opened(&mut self, id: EventId, at: Wall) {
        let incident = Incident {
            id,
            opened_at: at,
            first: Vec::new(),
            members: Vec::new(),
            numbered: 0,
            open: std::collections::BTreeSet::new(),
            verdict: Verdict::Unverified,
        };
        self.incidents.insert(id, incident);
    }

    fn raised(&mut self, id: EventId, at: Wall, raise: &Arc<Raise>) {
        let point = &raise.condition.point;
        let mut inhibit = std::collections::BTreeSet::new();
        if inhibits(raise.condition.category) {
            if self.isolation_of(point).is_some() {
                inhibit.insert(Inhibit::Isolated);
            }
            // A disablement that cannot be read keeps nothing new quiet.
            if self.open_of(&super::state::disabled_at(point)).is_some_and(|held| held.source == Source::Active) {
                inhibit.insert(Inhibit::PanelDisabled);
            }
        }
        if !raise.momentary && self.in_test(&raise.condition) {
            inhibit.insert(Inhibit::TestScope);
        }
        let sounding = sounds(raise.tone) && inhibit.is_empty();
        let source = if raise.momentary { Source::Quiet } else { Source::Active };
        if let Some(incident) = raise.incident.and_then(|incident| self.incidents.get_mut(&incident)) {
            incident.take_number(raise.arrival);
            incident.members.push(id);
            incident.open.insert(id);
            if raise.first {
                incident.first.push(id);
            }
        }
        let tied = raise.arrival.and_then(|arrival| arrival.tied);
        if let Some(other) = tied.and_then(|other| self.occurrences.get_mut(&other)) {
            other.tied = true;
        }
        self.open.insert(raise.condition.clone(), id);
        let occurrence = Occurrence {
            id,
            raised_at: at,
            raise: Arc::clone(raise),
            source,
            known: source,
            latched: raise.latches,
            ack: None,
            verdict: Verdict::Unverified,
            cause: None,
            judged: None,
            chattering: None,
            inhibit,
            count: 1,
            sounding,
            resounds: None,
            resetting: None,
            false_alarms: 0,
            handled: false,
            tied: tied.is_some(),
            calls: Vec::new(),
            closed: None,
        };
        self.occurrences.insert(id, occurrence);
        if raise.condition.category == Category::Disabled {
            let disabled = self.open_at(point).collect();
            self.inhibit(disabled, Inhibit::PanelDisabled);
        }
    }

    /// Incidents that nobody concludes do not pile up for ever.
    fn forget_incidents(&mut self) {
        while self.incidents.len() > INCIDENTS_KEPT {
            let over =
                self.incidents.values().find(|incident| incident.open.is_empty() && !incident.members.is_empty());
            let Some(oldest) = over.map(|incident| incident.id) else { return };
            self.incidents.remove(&oldest);
        }
    }

    fn source_changed(&mut self, id: EventId, source: Source, cause: SourceCause) {
        let Some(occurrence) = self.occurrences.get_mut(&id) else { return };
        occurrence.source = source;
        if source != Source::Unknown {
            occurrence.known = source;
        }
        if cause == SourceCause::ResetUnconfirmed {
            occurrence.resetting = None;
            occurrence.known = Source::Quiet;
        }
        let condition = &occurrence.raise.condition;
        if source == Source::Active && condition.category == Category::Disabled {
            let point = condition.point.clone();
            let disabled = self.open_at(&point).collect();
            self.inhibit(disabled, Inhibit::PanelDisabled);
        }
    }

    fn reactivated(&mut self, id: EventId) {
        if let Some(occurrence) = self.occurrences.get_mut(&id) {
            (occurrence.ack, occurrence.resounds, occurrence.handled) = (None, None, false);
        }
        self.returned(id, 1, true);
    }

    fn acknowledged(&mut self, id: EventId, fact: &Fact, note: Option<String>) {
        if let (Some(occurrence), Some(by)) = (self.occurrences.get_mut(&id), fact.by.clone()) {
            occurrence.ack = Some(Acknowledgement { by, at: fact.at, note });
            occurrence.sounding = false;
            occurrence.resounds = None;
        }
    }

    fn judged(&mut self, id: EventId, verdict: Verdict, cause: Option<&str>, at: Wall) {
        if let Some(occurrence) = self.occurrences.get_mut(&id) {
            let (before, point) = (occurrence.verdict, occurrence.raise.condition.point.clone());
            occurrence.verdict = verdict;
            occurrence.cause = cause.map(str::to_owned);
            self.count_false_alarm(&point, before, verdict, at);
        }
        self.judged_afterwards(id, verdict, cause);
        for incident in self.incidents.values_mut().filter(|incident| incident.first.contains(&id)) {
            incident.verdict = verdict;
        }
    }

    /// Everything but the field itself that follows from an occurrence having ended.
    fn closed(&mut self, id: EventId) {
        let Some(occurrence) = self.occurrences.get(&id) else { return };
        let condition = occurrence.raise.condition.clone();
        if let Entry::Occupied(open) = self.open.entry(condition.clone())
            && *open.get() == id
        {
            open.remove();
        }
        for incident in self.incidents.values_mut() {
            incident.open.remove(&id);
        }
        self.forget_incidents();
        self.closed.push_back(id);
        if self.closed.len() > CLOSED_KEPT
            && let Some(oldest) = self.closed.pop_front()
        {
            self.occurrences.remove(&oldest);
        }
        if condition.category == Category::Disabled {
            // What was disabled at the panel is judged by its present state at once.
            let active: Vec<EventId> = self.open_at(&condition.point).collect();
            self.uninhibit(&active, Inhibit::PanelDisabled);
            let owed =
                |id: &EventId| self.occurrences.get(id).is_some_and(|o| o.inhibit.is_empty() && is_owed_sound(o));
            let active: Vec<EventId> = active.into_iter().filter(owed).collect();
            self.sound(&active);
        }
    }

    fn sound(&mut self, occurrences: &[EventId]) {
        for id in occurrences {
            if let Some(occurrence) = self.occurrences.get_mut(id) {
                occurrence.sounding = occurrence.is_open();
                occurrence.resounds = None;
            }
        }
    }

    fn inhibit(&mut self, ids: Vec<EventId>, inhibit: Inhibit) {
        for id in ids {
            if let Some(occurrence) = self.occurrences.get_mut(&id)
                && inhibits(occurrence.raise.condition.category)
            {
                occurrence.inhibit.insert(inhibit);
                occurrence.sounding = false;
                occurrence.resounds = None;
            }
        }
    }

    fn uninhibit(&mut self, ids: &[EventId], inhibit: Inhibit) {
        for id in ids {
            if let Some(occurrence) = self.occurrences.get_mut(id) {
                occurrence.inhibit.remove(&inhibit);
            }
        }
    }

    /// An isolation was released. What another one covers stays isolated.
    fn no_longer_isolated(&mut self, point: &PointId) {
        let free = |id: &EventId| {
            self.occurrences.get(id).is_some_and(|held| self.isolation_of(&held.raise.condition.point).is_none())
        };
        let ids: Vec<EventId> = self.open_within(point).filter(free).collect();
        self.uninhibit(&ids, Inhibit::Isolated);
    }

    /// A silence is over when nothing is left that it could be silencing.
    fn forget_silence(&mut self) {
        if self.silenced.is_some() && !self.open().any(|o| o.is_unacknowledged() && o.resounds.is_some()) {
            self.silenced = None;
        }
    }
}

/// Whether a tone goes on until somebody stops it.
pub(super) fn sounds(tone: Tone) -> bool {
    !matches!(tone, Tone::Short | Tone::None)
}

/// Whether an occurrence must be heard again once nothing inhibits it any more: somebody still owes it an
/// acknowledgement, and it is active, unknown, or held until a reset.
pub(super) fn is_owed_sound(occurrence: &Occurrence) -> bool {
    let holds = occurrence.source != Source::Quiet || occurrence.latched;
    occurrence.is_unacknowledged() && holds && sounds(occurrence.raise.tone)
}

/// Whether isolating or disabling a point quiets this category. What the gateway itself says of the point, such as that
/// its isolation is overdue, must still be heard.
fn inhibits(category: Category) -> bool {
    !matches!(category, Category::Disabled | Category::Own)
}
