//! What the ids in facts stand for.
//!
//! Takes: facts, in the order of the journal.
//! Gives: name, place and category of alarms, commands, runs, isolations and rounds; which of them are open.
//! Never: everything for ever: of what ended, the last few thousand.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::engine::alarm::{
    CommandFact, Commanded, DutyFact, Fact, FactKind, Isolation, LinkageFact, Met, Raise, RoundDue,
};
use crate::engine::base::{Category, EventId, Text, Wall};
use crate::engine::site::Place;

/// How many that ended are kept by name.
const ENDED: usize = 5_000;

/// What an id stands for.
#[derive(Clone, Debug)]
pub(super) enum Named {
    Alarm(Arc<Raise>),
    Isolation(Arc<Isolation>),
    Command(Arc<Commanded>),
    Run(Arc<Met>),
    Round(Arc<RoundDue>),
}

/// One thing with its name.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub named: Named,
    pub since: Wall,
    pub over: bool,
}

/// The names, as far as the facts went.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    things: BTreeMap<EventId, Thing>,
    ended: VecDeque<EventId>,
}

impl Named {
    pub fn name(&self) -> &Text {
        match self {
            Named::Alarm(raise) => &raise.name,
            Named::Isolation(isolation) => &isolation.name,
            Named::Command(asked) => &asked.name,
            Named::Run(met) => &met.name,
            Named::Round(due) => &due.name,
        }
    }

    pub fn place(&self) -> Option<&Place> {
        match self {
            Named::Alarm(raise) => Some(&raise.place),
            Named::Isolation(isolation) => Some(&isolation.place),
            Named::Command(asked) => Some(&asked.place),
            Named::Run(_) => None,
            Named::Round(due) => Some(&due.place),
        }
    }

    pub fn category(&self) -> Option<Category> {
        match self {
            Named::Alarm(raise) => Some(raise.condition.category),
            _ => None,
        }
    }
}

impl Names {
    pub fn get(&self, id: EventId) -> Option<&Named> {
        self.things.get(&id).map(|thing| &thing.named)
    }

    /// What is not over, in the order in which it began.
    pub fn open(&self) -> impl Iterator<Item = (EventId, &Thing)> {
        self.things.iter().filter(|(_, thing)| !thing.over).map(|(id, thing)| (*id, thing))
    }

    pub fn note(&mut self, fact: &Fact) {
        let id: EventId = fact.id.into();
        match &fact.kind {
            FactKind::Raised(raise) => self.begin(id, fact.at, Named::Alarm(Arc::clone(raise))),
            FactKind::Isolated { .. } => {
                if let Some(isolation) = Isolation::begun(fact) {
                    self.begin(id, fact.at, Named::Isolation(Arc::new(isolation)));
                }
            }
            FactKind::Command(CommandFact::Requested(asked)) => {
                self.begin(id, fact.at, Named::Command(Arc::clone(asked)));
            }
            FactKind::Linkage(LinkageFact::Met(met)) => self.begin(id, fact.at, Named::Run(Arc::clone(met))),
            FactKind::Duty(DutyFact::RoundDue(due)) => self.begin(id, fact.at, Named::Round(Arc::clone(due))),
            FactKind::Closed { occurrence: id, .. }
            | FactKind::Released { isolation: id, .. }
            | FactKind::Linkage(LinkageFact::Over { run: id })
            | FactKind::Duty(DutyFact::RoundMissed { round: id })
            | FactKind::Command(
                CommandFact::Confirmed { command: id }
                | CommandFact::Done { command: id }
                | CommandFact::Failed { command: id, .. }
                | CommandFact::Unknown { command: id },
            ) => self.end(*id),
            FactKind::Duty(DutyFact::RoundRecorded(record)) => {
                if let Some(round) = record.round {
                    self.end(round);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, id: EventId, since: Wall, named: Named) {
        self.things.insert(id, Thing { named, since, over: false });
    }

    fn end(&mut self, id: EventId) {
        let Some(thing) = self.things.get_mut(&id).filter(|thing| !thing.over) else { return };
        thing.over = true;
        self.ended.push_back(id);
        if self.ended.len() > ENDED
            && let Some(first) = self.ended.pop_front()
        {
            self.things.remove(&first);
        }
    }
}

/// A place in one line: its own words; without them the ids of building, floor and zone.
pub(super) fn place_words(place: Option<&Place>) -> Text {
    let Some(place) = place else { return Text::default() };
    if place.text != Text::default() {
        return place.text.clone();
    }
    let ids = [&place.building, &place.floor, &place.zone].into_iter().flatten();
    Text::same(&ids.map(String::as_str).collect::<Vec<_>>().join("-"))
}
