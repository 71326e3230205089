//! The four forms of a stretch of time, read from the journal.
//!
//! Takes: facts in their order, the plans of the site, a stretch of time.
//! Gives: [`Forms`]: everything from which the rows of each form are made.
//! Never: a row that the journal does not hold; what is to come is a plan, and says so.

use super::calendar;
use super::handling::{Entry, Handling};
use super::rounds::{Recorded, Round, Rounds};
use crate::engine::alarm::Fact;
use crate::engine::base::Wall;
use crate::engine::site::{Plan, PlanKind, Site};

/// So many times of one plan stand in one form.
const TIMES: usize = 1_000;

/// What the forms are made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forms {
    /// Alarms, commands, linkages and isolations.
    pub handling: Handling,
    /// Rounds and jobs.
    pub rounds: Rounds,
}

/// A time at which a plan is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned<'a> {
    /// Which plan.
    pub plan: &'a Plan,
    /// When.
    pub slot: Wall,
    /// What it came to, where it has come.
    pub round: Option<&'a Round>,
}

impl Forms {
    /// Takes the next fact.
    pub fn apply(&mut self, fact: &Fact) {
        self.handling.apply(fact);
        self.rounds.apply(fact);
    }

    /// 处理记录: what was open at any time of the stretch.
    pub fn handled(&self, from: Wall, to: Wall) -> impl Iterator<Item = &Entry> {
        self.handling.within(from, to)
    }

    /// 巡查记录, 维护保养记录: rounds that were due in the stretch.
    pub fn due(&self, kind: PlanKind, from: Wall, to: Wall) -> impl Iterator<Item = &Round> {
        let inside = move |at: Wall| at >= from && at < to;
        self.rounds.due.iter().filter(move |round| round.due.of == kind && inside(round.due.slot))
    }

    /// Records of the stretch besides what was due in it.
    pub fn besides(&self, kind: PlanKind, from: Wall, to: Wall) -> impl Iterator<Item = &Recorded> {
        let inside = move |at: Wall| at >= from && at < to;
        self.rounds.besides.iter().filter(move |recorded| recorded.record.of == kind && inside(recorded.at))
    }

    /// 维护保养计划: every time of every job of the stretch, in order; what came of it where it has come.
    pub fn planned<'a>(&'a self, site: &'a Site, from: Wall, to: Wall) -> Vec<Planned<'a>> {
        let mut planned: Vec<Planned<'a>> = Vec::new();
        // `between` leaves its first instant out and takes its last one in.
        let (after, until) = (Wall(from.0.saturating_sub(1)), Wall(to.0.saturating_sub(1)));
        for plan in site.plans.iter().filter(|plan| plan.kind == PlanKind::Maintenance) {
            for slot in calendar::between(plan, &site.zone, after, until, TIMES) {
                let of =
                    |round: &&Round| round.due.of == plan.kind && round.due.plan == plan.id && round.due.slot == slot;
                planned.push(Planned { plan, slot, round: self.rounds.due.iter().find(of) });
            }
        }
        planned.sort_by_key(|planned| planned.slot);
        planned
    }
}
