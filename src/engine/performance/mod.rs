//! How well the alarms serve the people who answer them: the figures of ISA-18.2, from decided facts alone.
//!
//! Takes: facts in the order of the journal, and a window of time.
//! Gives: [`Figures`]; [`Floods`], also for the banner.
//! Never: anything but facts. The same journal gives the same figures, on any machine, at any time.
//!
//! An alarm here is what asks for a person: a row that stays until it is acknowledged, each time that it is announced. What
//! folds under its cause as it comes, is isolated, disabled or under test, makes no sound and is counted beside.

mod figures;
mod flood;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use figures::{Acknowledged, Actor, Figures, FloodFigures, Windows};
pub use flood::{BEGINS_ABOVE, ENDS_BELOW, Flood, Floods, WITHIN_US};

use crate::engine::alarm::{ChatterFact, Fact, FactKind, State, SupervisionFact};
use crate::engine::base::{EventId, Text, Wall};
use crate::engine::site::Condition;

/// A row that has stood for longer is stale.
const STALE_US: i64 = 24 * 3600 * 1_000_000;
/// How many bad actors are named.
const WORST: usize = 10;

/// The fold. Its memory grows with the conditions and windows of what it looks at, not with the facts.
#[derive(Clone, Debug)]
pub struct Performance {
    from: Wall,
    to: Wall,
    state: State,
    /// Announced by facts of the last instant: a fact of the same step may still fold it.
    fresh: Vec<(EventId, Wall)>,
    /// Open rows by when they were announced last.
    told: BTreeMap<EventId, Wall>,
    floods: Floods,
    alarms: u64,
    windows: BTreeMap<i64, u64>,
    actors: BTreeMap<Condition, (Text, u64)>,
    priorities: BTreeMap<u8, u64>,
    waits: Vec<u64>,
    chattered: BTreeSet<Condition>,
    folded: u64,
    inhibited: u64,
}

impl Performance {
    /// Figures of the time from `from` to `to`, which is not included. Facts before `from` are needed for what stands.
    pub fn of(from: Wall, to: Wall) -> Performance {
        Performance {
            from,
            to,
            state: State::default(),
            fresh: Vec::new(),
            told: BTreeMap::new(),
            floods: Floods::default(),
            alarms: 0,
            windows: BTreeMap::new(),
            actors: BTreeMap::new(),
            priorities: BTreeMap::new(),
            waits: Vec::new(),
            chattered: BTreeSet::new(),
            folded: 0,
            inhibited: 0,
        }
    }

    /// The next fact of the journal. What came after the window changes nothing.
    pub fn note(&mut self, fact: &Fact) {
        if fact.at >= self.to {
            return;
        }
        if self.fresh.first().is_some_and(|(_, at)| *at != fact.at) {
            self.take_fresh();
        }
        match &fact.kind {
            FactKind::Acknowledged { occurrences, .. } => {
                self.take_fresh();
                occurrences.iter().for_each(|id| self.acknowledged(*id, fact.at));
            }
            FactKind::Closed { occurrence, .. } => {
                self.take_fresh();
                self.told.remove(occurrence);
            }
            _ => {}
        }
        self.state.apply(fact);
        match &fact.kind {
            FactKind::Raised(_) => self.announced(fact.id.into(), fact.at),
            FactKind::Reactivated { occurrence } => self.announced(*occurrence, fact.at),
            FactKind::Chatter(ChatterFact::Counted { occurrence, heard: true, .. }) => {
                self.announced(*occurrence, fact.at);
            }
            FactKind::Chatter(ChatterFact::Began { occurrence, .. }) if fact.at >= self.from => {
                let held = self.state.occurrences.get(occurrence);
                self.chattered.extend(held.map(|held| held.raise.condition.clone()));
            }
            FactKind::Supervision(SupervisionFact::CauseJudged(judged)) if judged.under.is_some() => {
                let before = self.fresh.len();
                self.fresh.retain(|(id, _)| *id != judged.occurrence);
                self.folded += u64::from(self.fresh.len() < before && fact.at >= self.from);
            }
            _ => {}
        }
    }

    /// A row was announced, unless it is none that asks for a person, or nobody hears it.
    fn announced(&mut self, id: EventId, at: Wall) {
        let Some(held) = self.state.occurrences.get(&id).filter(|held| held.raise.stays) else { return };
        let folded = held.judged.as_ref().is_some_and(|judged| judged.under.is_some());
        let counts = u64::from(at >= self.from);
        if !held.inhibit.is_empty() {
            self.inhibited += counts;
        } else if folded {
            self.folded += counts;
        } else {
            self.fresh.push((id, at));
        }
    }

    /// What was announced at the last instant stands.
    fn take_fresh(&mut self) {
        for (id, at) in std::mem::take(&mut self.fresh) {
            self.told.insert(id, at);
            self.floods.alarm(at);
            let Some(held) = self.state.occurrences.get(&id).filter(|_| at >= self.from) else { continue };
            self.alarms += 1;
            *self.windows.entry((at.0 - self.from.0) / WITHIN_US).or_default() += 1;
            *self.priorities.entry(held.raise.priority).or_default() += 1;
            let (_, alarms) =
                self.actors.entry(held.raise.condition.clone()).or_insert_with(|| (held.raise.name.clone(), 0));
            *alarms += 1;
        }
    }

    fn acknowledged(&mut self, id: EventId, at: Wall) {
        let told = self.told.get(&id).filter(|told| **told >= self.from);
        if let Some(told) = told {
            self.waits.push(u64::try_from(at.since(*told).as_micros()).unwrap_or(u64::MAX));
        }
    }

    /// The figures, as far as the facts go.
    pub fn figures(mut self) -> Figures {
        self.take_fresh();
        self.floods.pass(self.to);
        let standing = self.state.open().filter(|held| held.raise.stays);
        let (mut all, mut stale, mut chattering) = (0, 0, 0);
        for held in standing {
            all += 1;
            stale += u64::from(self.to.0 - held.raised_at.0 > STALE_US);
            chattering += u64::from(held.chattering.is_some());
        }
        self.waits.sort_unstable();
        let peak = self.windows.iter().max_by_key(|(at, alarms)| (**alarms, -**at));
        let windows = Windows {
            all: u64::try_from((self.to.0 - self.from.0 + WITHIN_US - 1) / WITHIN_US).unwrap_or(0),
            above_ten: self.windows.values().filter(|alarms| **alarms > BEGINS_ABOVE as u64).count() as u64,
            peak: peak.map_or(0, |(_, alarms)| *alarms),
            peak_at: peak.map(|(at, _)| Wall(self.from.0 + at * WITHIN_US)),
        };
        let mut worst: Vec<Actor> = self
            .actors
            .iter()
            .map(|(condition, (name, alarms))| Actor {
                condition: condition.clone(),
                name: name.clone(),
                alarms: *alarms,
            })
            .collect();
        worst.sort_by_key(|actor| std::cmp::Reverse(actor.alarms));
        worst.truncate(WORST);
        Figures {
            from: self.from,
            to: self.to,
            alarms: self.alarms,
            windows,
            floods: self.flood_figures(),
            worst,
            acknowledged: Acknowledged {
                count: self.waits.len() as u64,
                median_us: nearest_rank(&self.waits, 50),
                p95_us: nearest_rank(&self.waits, 95),
            },
            standing: all,
            stale,
            chattered: self.chattered.len() as u64,
            chattering,
            folded: self.folded,
            inhibited: self.inhibited,
            priorities: self.priorities,
        }
    }

    fn flood_figures(&self) -> FloodFigures {
        let mut figures = FloodFigures { lasts: self.floods.lasts(), ..FloodFigures::default() };
        for flood in self.floods.list() {
            let (from, to) = (flood.from.max(self.from), flood.to.unwrap_or(self.to));
            if to > from {
                let lasted = u64::try_from(to.0 - from.0).unwrap_or(0);
                figures.count += 1;
                figures.lasted_us += lasted;
                figures.longest_us = figures.longest_us.max(lasted);
            }
        }
        figures
    }
}

/// The least of the sorted `values` that `percent` of them do not exceed.
fn nearest_rank(values: &[u64], percent: usize) -> Option<u64> {
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}
