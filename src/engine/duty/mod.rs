//! The duty of people: who is there, rounds and jobs that are due, and what is written down of alarms and faults.
//!
//! Takes: the facts a step decided, acts the gate has let through, and the passing of time.
//! Gives: duty facts, and rows of the gateway's own that say what is behind (no fire tone: design §4, *review is overdue*);
//! the four forms as they are read from the journal ([`Forms`]).
//! Never: takes a round for done that nobody recorded, lets the last on duty leave, or writes down what nobody did.

mod acts;
mod calendar;
mod form;
mod handling;
mod presence;
mod rounds;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::alarm::{Decision, DutyFact, FactKind, OwnFault, Source, SourceCause};
use super::base::{Category, DeviceId, EventId, Mono, Now, PointId, Text, Wall};
use super::site::{Place, Plan, plan_key};

pub(super) use acts::{handled, note, record, sign_in, sign_out};
pub use form::{Forms, Planned};
pub(super) use handling::about;
pub use handling::{Entry, Handling, Kept, Noticed, Subject};
pub use rounds::{Recorded, Round, Rounds};
pub use step::{Step, close_words, source_words, verdict_words};

/// What can fall due; what no longer matters is looked at in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Timer {
    /// The next time of this plan, by index in the site.
    Plan(u32),
    /// A round must have been recorded.
    Round(EventId),
    /// A fault must have been removed.
    Standing(EventId),
    /// So many must have signed in for the shift.
    Shift,
}

/// What the engine watches of people. What must outlive the process is in the state; this finds it again there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Duty {
    due: BTreeSet<(Mono, Timer)>,
    /// When a fault that stands is announced next.
    standing: BTreeMap<EventId, Mono>,
    clock_trusted: bool,
    begun: bool,
    /// Whether times of day were looked up since the clock was stepped.
    calendar_is_set: bool,
}

/// What of a decided fact matters here.
enum Seen {
    Raised(EventId),
    Closed(EventId),
    Recorded(String),
    Present,
    ShiftBegun,
}

impl Duty {
    /// Nothing is known before the first look.
    pub fn new(clock_trusted: bool) -> Duty {
        Duty { clock_trusted, ..Duty::default() }
    }

    /// Takes up what was due when the process ended, and what the configuration has new.
    fn begin(&mut self, decision: &mut Decision<'_>) {
        self.begun = true;
        let site = decision.site;
        let gone =
            decision.state.duty.plans.iter().filter(|(key, _)| site.plans.iter().all(|plan| plan.key() != **key));
        for (key, of, plan) in gone.map(|(key, held)| (key.clone(), held.of, held.plan.clone())).collect::<Vec<_>>() {
            decision.decide(FactKind::Duty(DutyFact::PlanDropped { of, plan }));
            decision.own_condition(behind(&key, Text::default(), Place::default(), None));
        }
        for plan in &site.plans {
            if !decision.state.duty.plans.contains_key(&plan.key()) {
                let (of, name) = (plan.kind, plan.name.clone());
                decision.decide(FactKind::Duty(DutyFact::PlanTakenUp { of, plan: plan.id.clone(), name }));
            }
        }
        // After a restart every row of the gateway's own is unknown until it is looked at.
        for plan in &site.plans {
            judge(decision, plan, false);
        }
        let rounds: Vec<(EventId, Mono)> = decision
            .state
            .duty
            .plans
            .values()
            .filter_map(|held| held.round.as_ref())
            .filter(|round| !round.overdue)
            .map(|round| (round.id, round.due.until.resumed(decision.now, self.clock_trusted)))
            .collect();
        self.due.extend(rounds.into_iter().map(|(round, due)| (due, Timer::Round(round))));
        let open: Vec<EventId> = decision.state.open().map(|held| held.id).collect();
        for id in open {
            let row = decision.state.occurrences.get(&id).map(|held| standing_row(&held.raise.condition.point));
            // It stands as long as the fault is not known to be over.
            let row = row.and_then(|row| decision.state.open_of(&row)).map(|row| (row.id, row.source));
            if let Some((row, Source::Unknown)) = row {
                decision.source(row, Source::Active, SourceCause::Read);
            }
            self.watch(id, decision);
        }
        if presence::is_watched(site) {
            let short = decision.state.open_of(&presence::row()).is_some();
            if short {
                presence::judge(decision, false);
            }
            self.due.insert((decision.now.mono.after(site.settings.take_over), Timer::Shift));
        }
    }

    /// When time alone will say something.
    pub fn next(&self) -> Option<Mono> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The wall clock was stepped, or its trust changed: what falls due at a time of day is found anew.
    pub fn clock(&mut self, trusted: bool) {
        (self.clock_trusted, self.calendar_is_set) = (trusted, false);
    }

    fn set_calendar(&mut self, decision: &Decision<'_>) {
        self.calendar_is_set = true;
        self.due.retain(|(_, timer)| !matches!(timer, Timer::Plan(_)));
        for (number, plan) in (0u32..).zip(&decision.site.plans) {
            self.set_plan(number, plan, decision);
        }
    }

    fn set_plan(&mut self, number: u32, plan: &Plan, decision: &Decision<'_>) {
        if let Some(slot) = calendar::next(plan, &decision.site.zone, known_until(decision, plan)) {
            self.due.insert((until(decision.now, slot), Timer::Plan(number)));
        }
    }

    /// Looks at what a step has decided, and at what is due.
    pub fn look(&mut self, decision: &mut Decision<'_>) {
        if !self.begun {
            self.begin(decision);
        }
        if !self.calendar_is_set {
            self.set_calendar(decision);
        }
        for seen in seen(decision) {
            match seen {
                Seen::Raised(id) => self.watch(id, decision),
                Seen::Closed(id) => self.removed(id, decision),
                Seen::Recorded(key) => {
                    if let Some(plan) = decision.site.plans.iter().find(|plan| plan.key() == key) {
                        judge(decision, plan, false);
                    }
                }
                Seen::Present if decision.state.open_of(&presence::row()).is_some() => presence::judge(decision, false),
                Seen::Present => {}
                Seen::ShiftBegun => {
                    presence::remind(decision);
                    if presence::is_watched(decision.site) {
                        self.due.retain(|(_, timer)| *timer != Timer::Shift);
                        self.due.insert((decision.now.mono.after(decision.site.settings.take_over), Timer::Shift));
                    }
                }
            }
        }
        while self.due.first().is_some_and(|(due, _)| *due <= decision.now.mono) {
            let Some((_, timer)) = self.due.pop_first() else { break };
            match timer {
                Timer::Plan(number) => self.slot(number, decision),
                Timer::Round(round) => overdue(decision, round),
                Timer::Standing(id) => self.stands(id, decision),
                Timer::Shift => presence::judge(decision, true),
            }
        }
    }

    fn set_round(&mut self, id: EventId, decision: &Decision<'_>) {
        let mut rounds = decision.state.duty.plans.values().filter_map(|held| held.round.as_ref());
        if let Some(round) = rounds.find(|round| round.id == id) {
            self.due.insert((round.due.until.resumed(decision.now, self.clock_trusted), Timer::Round(id)));
        }
    }

    /// A time of a plan has come.
    fn slot(&mut self, number: u32, decision: &mut Decision<'_>) {
        let site = decision.site;
        let Some(plan) = site.plans.get(number as usize) else { return };
        let since = known_until(decision, plan);
        if let Some((slot, skipped)) = calendar::latest(plan, &site.zone, since, decision.now.wall) {
            rounds::falls_due(decision, plan, slot, skipped);
            judge(decision, plan, false);
            let held = decision.state.duty.plans.get(&plan.key()).and_then(|held| held.round.as_ref());
            if let Some(round) = held.map(|round| round.id) {
                self.set_round(round, decision);
            }
        }
        self.set_plan(number, plan, decision);
    }

    /// A fault is watched from when it was raised, or announced last.
    fn watch(&mut self, id: EventId, decision: &Decision<'_>) {
        let Some(held) = decision.state.occurrences.get(&id) else { return };
        if !is_fault(held.raise.condition.category) || held.raise.momentary {
            return;
        }
        let lasts = decision.site.settings.standing_fault;
        // The row that announces it tells after a restart how often that was done.
        let done = decision.state.open_of(&standing_row(&held.raise.condition.point)).map_or(0, |row| row.count);
        let lasts = lasts.saturating_mul(done.saturating_add(1));
        let lasts_us = u64::try_from(lasts.as_micros()).unwrap_or(u64::MAX);
        let deadline = super::base::Deadline { from: held.raised_at, lasts_us };
        self.stand(id, deadline.resumed(decision.now, self.clock_trusted));
    }

    fn stand(&mut self, id: EventId, due: Mono) {
        if let Some(before) = self.standing.insert(id, due) {
            self.due.remove(&(before, Timer::Standing(id)));
        }
        self.due.insert((due, Timer::Standing(id)));
    }

    /// A fault was not removed in time. One that somebody isolated is announced by its review.
    fn stands(&mut self, id: EventId, decision: &mut Decision<'_>) {
        self.standing.remove(&id);
        let Some(held) = decision.state.occurrences.get(&id).filter(|held| held.is_open()) else { return };
        if held.source != Source::Quiet && held.inhibit.is_empty() {
            let (raise, since) = (std::sync::Arc::clone(&held.raise), held.raised_at);
            decision.decide(FactKind::Duty(DutyFact::Standing { occurrence: id, since }));
            let began = decision.site.zone.spelt(since);
            let fault = OwnFault {
                point: standing_row(&raise.condition.point).point,
                category: Category::Own,
                name: Text::new(&format!("{} 未排除", raise.name.zh), &format!("{}: not removed", raise.name.en)),
                place: raise.place.clone(),
                detail: Some(Text::new(
                    &format!("自 {began} 起一直未排除，请查明原因并修复，或隔离并开维修单"),
                    &format!(
                        "It stands since {began}: find its cause and repair it, or isolate it with a repair order"
                    ),
                )),
            };
            announce(decision, fault);
        }
        self.stand(id, decision.now.mono.after(decision.site.settings.standing_fault));
    }

    fn removed(&mut self, id: EventId, decision: &mut Decision<'_>) {
        let Some(due) = self.standing.remove(&id) else { return };
        self.due.remove(&(due, Timer::Standing(id)));
        let Some(held) = decision.state.occurrences.get(&id) else { return };
        let condition = standing_row(&held.raise.condition.point);
        // Another fault of the same point may stand still.
        let others =
            decision.state.open_at(&held.raise.condition.point).any(|other| self.standing.contains_key(&other));
        if !others {
            decision.own_condition(OwnFault {
                point: condition.point,
                category: condition.category,
                name: Text::default(),
                place: Place::default(),
                detail: None,
            });
        }
    }
}

fn seen(decision: &Decision<'_>) -> Vec<Seen> {
    let of = |fact: &super::alarm::Fact| {
        Some(match &fact.kind {
            FactKind::Raised(raise) if is_fault(raise.condition.category) => Seen::Raised(fact.id.into()),
            FactKind::Closed { occurrence, .. } => Seen::Closed(*occurrence),
            FactKind::Duty(DutyFact::RoundRecorded(record)) => Seen::Recorded(plan_key(record.of, &record.plan)),
            FactKind::Duty(DutyFact::SignedIn {} | DutyFact::SignedOut {}) => Seen::Present,
            FactKind::Desk(super::alarm::DeskFact::ShiftBegun { .. }) => Seen::ShiftBegun,
            _ => return None,
        })
    };
    decision.facts.iter().filter_map(of).collect()
}

/// Faults of equipment, which somebody must remove.
fn is_fault(category: Category) -> bool {
    matches!(category, Category::Fault | Category::MainsFault | Category::BackupFault | Category::LinkFault)
}

/// Up to when the times of a plan are known to have been looked at. A slot that lies ahead was made while the clock was
/// ahead: it holds where the clock was set back by less than a day, and is forgotten where it was wrong altogether.
fn known_until(decision: &Decision<'_>, plan: &Plan) -> Wall {
    let now = decision.now.wall;
    let held = decision.state.duty.plans.get(&plan.key());
    let known = held.map_or(now, |held| held.slot.unwrap_or(held.since));
    if known.since(now) < std::time::Duration::from_secs(24 * 3600) { known } else { now }
}

/// The monotonic instant of a wall time.
fn until(now: Now, at: Wall) -> Mono {
    now.mono.after(at.since(now.wall))
}

fn own(segment: &str) -> PointId {
    PointId::of(&DeviceId::new("gateway"), segment)
}

fn standing_row(point: &PointId) -> super::site::Condition {
    let point = PointId::new(&format!("{point}.standing"));
    super::site::Condition { point, category: Category::Own, level: None }
}

/// Says it, also to whoever has acknowledged it before.
fn announce(decision: &mut Decision<'_>, fault: OwnFault) {
    let condition = super::site::Condition { point: fault.point.clone(), category: fault.category, level: None };
    match decision.state.open_of(&condition).filter(|held| held.source == Source::Active).map(|held| held.id) {
        Some(occurrence) => {
            decision.decide(FactKind::Reactivated { occurrence });
        }
        None => decision.own_condition(fault),
    }
}

/// A round was not recorded in time.
fn overdue(decision: &mut Decision<'_>, id: EventId) {
    let held = decision.state.duty.plans.iter().find(|(_, held)| held.round.as_ref().is_some_and(|one| one.id == id));
    let Some((key, _)) = held.filter(|(_, held)| held.round.as_ref().is_some_and(|round| !round.overdue)) else {
        return;
    };
    let plan = decision.site.plans.iter().find(|plan| plan.key() == *key);
    decision.decide(FactKind::Duty(DutyFact::RoundOverdue { round: id }));
    if let Some(plan) = plan {
        judge(decision, plan, true);
    }
}

/// Says whether a plan is behind; once more where it was behind before and something else has come.
fn judge(decision: &mut Decision<'_>, plan: &Plan, again: bool) {
    let key = plan.key();
    let Some(held) = decision.state.duty.plans.get(&key) else { return };
    let kind = plan.kind.text();
    let zone = &decision.site.zone;
    let detail = held.behind.then(|| match &held.round {
        Some(round) if round.overdue => {
            let (slot, until) = (zone.spelt(round.due.slot), zone.spelt(round.due.until.due()));
            Text::new(
                &format!("应于 {slot} 开始，至 {until} 仍无记录"),
                &format!("Due at {slot}, not recorded by {until}"),
            )
        }
        _ => Text::new("上一次没有做", "The last one was missed"),
    });
    let name =
        Text::new(&format!("{}逾期：{}", kind.zh, plan.name.zh), &format!("{} overdue: {}", kind.en, plan.name.en));
    let fault = behind(&key, name, plan.place.clone(), detail);
    if again && fault.detail.is_some() { announce(decision, fault) } else { decision.own_condition(fault) }
}

fn behind(key: &str, name: Text, place: Place, detail: Option<Text>) -> OwnFault {
    OwnFault { point: own(key), category: Category::Own, name, place, detail }
}

#[cfg(test)]
mod tests;
