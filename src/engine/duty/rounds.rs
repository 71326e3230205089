//! Patrol and maintenance as they were: what was due, what was recorded, what was missed.
//!
//! Takes: a plan whose time has come; facts of the journal, in order.
//! Gives: the facts of a new round; [`Rounds`], from which two of the forms are made.
//! Never: a round that was not recorded counted as done.

use std::sync::Arc;

use crate::engine::alarm::{Decision, DutyFact, Fact, FactKind, RoundDue, RoundRecorded};
use crate::engine::base::{Actor, Deadline, EventId, Wall};
use crate::engine::site::Plan;

/// A time of `plan` has come. What was due before and not recorded is missed.
pub(super) fn falls_due(decision: &mut Decision<'_>, plan: &Plan, slot: Wall, skipped: u32) {
    let held = decision.state.duty.plans.get(&plan.key()).and_then(|held| held.round.as_ref());
    if let Some(round) = held.map(|round| round.id) {
        decision.decide(FactKind::Duty(DutyFact::RoundMissed { round }));
    }
    let lasts_us = u64::try_from(plan.within.as_micros()).unwrap_or(u64::MAX);
    decision.decide(FactKind::Duty(DutyFact::RoundDue(Arc::new(RoundDue {
        of: plan.kind,
        plan: plan.id.clone(),
        name: plan.name.clone(),
        place: plan.place.clone(),
        slot,
        until: Deadline { from: slot, lasts_us },
        skipped,
    }))));
}

/// Rounds and jobs of a stretch of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rounds {
    /// Those that were due, in order.
    pub due: Vec<Round>,
    /// Records of rounds besides the plan, in order.
    pub besides: Vec<Recorded>,
}

/// One that was due.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The id of the fact that said so.
    pub id: EventId,
    /// What.
    pub due: Arc<RoundDue>,
    /// It was not recorded in time.
    pub overdue: bool,
    /// It was not recorded before the next one was due.
    pub missed: bool,
    /// The record, where there is one.
    pub recorded: Option<Recorded>,
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The id of the fact that holds it.
    pub id: EventId,
    /// When.
    pub at: Wall,
    /// By whom.
    pub by: Option<Actor>,
    /// What.
    pub record: Arc<RoundRecorded>,
}

impl Rounds {
    /// Takes the next fact. A record of a round of which nothing was read stands by itself.
    pub fn apply(&mut self, fact: &Fact) {
        let FactKind::Duty(duty) = &fact.kind else { return };
        match duty {
            DutyFact::RoundDue(due) => {
                let round =
                    Round { id: fact.id.into(), due: Arc::clone(due), overdue: false, missed: false, recorded: None };
                self.due.push(round);
            }
            DutyFact::RoundOverdue { round } => {
                if let Some(held) = self.round(*round) {
                    held.overdue = true;
                }
            }
            DutyFact::RoundMissed { round } => {
                if let Some(held) = self.round(*round) {
                    held.missed = true;
                }
            }
            DutyFact::RoundRecorded(record) => {
                let recorded =
                    Recorded { id: fact.id.into(), at: fact.at, by: fact.by.clone(), record: Arc::clone(record) };
                match record.round.and_then(|round| self.round(round)) {
                    Some(held) => held.recorded = Some(recorded),
                    None => self.besides.push(recorded),
                }
            }
            _ => {}
        }
    }

    fn round(&mut self, id: EventId) -> Option<&mut Round> {
        self.due.iter_mut().rev().find(|round| round.id == id)
    }
}
