//! What the state keeps of duty: what is not recorded yet, what is due, and who is there.
//!
//! Takes: duty facts, and the end of occurrences, through [`State::apply`].
//! Gives: [`Duty`].
//! Never: forgets an alarm or a fault whose handling nobody recorded; beyond [`UNRECORDED_KEPT`] it still counts them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::duty_fact::{DutyFact, RoundDue};
use super::fact::{CloseReason, Fact, Verdict};
use super::occurrence::{Inhibit, Occurrence};
use super::raise::Raise;
use super::state::State;
use crate::engine::base::{Actor, Category, EventId, Wall};
use crate::engine::site::{PlanKind, plan_key};

/// How many alarms and faults without a handling record stay at hand by name; of the oldest beyond them only the number.
pub const UNRECORDED_KEPT: usize = 2_000;

/// What people owe, and who is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Duty {
    /// Alarms and faults that are over, and of which nobody recorded the cause.
    #[serde(default)]
    pub unrecorded: BTreeMap<EventId, Unrecorded>,
    /// How many more there were before the oldest of them.
    #[serde(default)]
    pub older: u64,
    /// By key: every round and job that is watched.
    #[serde(default)]
    pub plans: BTreeMap<String, Watched>,
    /// By account: who is on duty.
    #[serde(default)]
    pub present: BTreeMap<String, Present>,
}

/// An alarm or a fault that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unrecorded {
    /// What it was raised with.
    pub raise: Arc<Raise>,
    /// When it was raised.
    pub raised_at: Wall,
    /// When it ended.
    pub closed_at: Wall,
}

/// A round or a job that is watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// Which of the two.
    pub of: PlanKind,
    /// Its id.
    pub plan: String,
    /// Since when.
    pub since: Wall,
    /// When it was due last.
    #[serde(default)]
    pub slot: Option<Wall>,
    /// What is due and not recorded yet.
    #[serde(default)]
    pub round: Option<Round>,
    /// It was overdue or missed and not recorded since.
    #[serde(default)]
    pub behind: bool,
    /// When it was recorded last, and by whom.
    #[serde(default)]
    pub recorded: Option<(Wall, String)>,
}

/// What is due and not recorded yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// The id of the fact that said so.
    pub id: EventId,
    /// What.
    pub due: Arc<RoundDue>,
    /// Its time is over.
    pub overdue: bool,
}

/// Somebody on duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Present {
    /// Who.
    pub by: Actor,
    /// When they signed in last.
    pub since: Wall,
}

/// Whether somebody must write down what an alarm of this category came from. What equipment does is no alarm, and what
/// the gateway says of itself names its cause.
pub fn is_recorded(category: Category) -> bool {
    match category {
        Category::Fire
        | Category::Discharge
        | Category::Gas
        | Category::Emergency
        | Category::Prealarm
        | Category::Supervisory
        | Category::Fault
        | Category::MainsFault
        | Category::BackupFault
        | Category::LinkFault
        | Category::Limit => true,
        Category::Start
        | Category::Feedback
        | Category::Delay
        | Category::Disabled
        | Category::Test
        | Category::Own => false,
    }
}

impl Occurrence {
    /// Whether its cause is written down, or need not be: by a verdict that names it, by a handling record, or because it
    /// was a test or a drill.
    pub fn is_accounted_for(&self) -> bool {
        let exercise = self.verdict == Verdict::Drill || self.inhibit.contains(&Inhibit::TestScope);
        !is_recorded(self.raise.condition.category) || exercise || self.handled || self.cause.is_some()
    }
}

impl State {
    pub(super) fn apply_duty(&mut self, fact: &Fact, duty: &DutyFact) {
        match duty {
            DutyFact::Handled { occurrences, .. } => {
                for id in occurrences {
                    self.duty.unrecorded.remove(id);
                    if let Some(occurrence) = self.occurrences.get_mut(id) {
                        occurrence.handled = true;
                    }
                }
            }
            DutyFact::PlanTakenUp { of, plan, .. } => {
                let watched = Watched {
                    of: *of,
                    plan: plan.clone(),
                    since: fact.at,
                    slot: None,
                    round: None,
                    behind: false,
                    recorded: None,
                };
                self.duty.plans.insert(plan_key(*of, plan), watched);
            }
            DutyFact::PlanDropped { of, plan } => {
                self.duty.plans.remove(&plan_key(*of, plan));
            }
            DutyFact::RoundDue(due) => {
                if let Some(watched) = self.duty.plans.get_mut(&plan_key(due.of, &due.plan)) {
                    watched.slot = Some(due.slot);
                    watched.round = Some(Round { id: fact.id.into(), due: Arc::clone(due), overdue: false });
                }
            }
            DutyFact::RoundOverdue { round } => {
                for watched in self.duty.plans.values_mut() {
                    if let Some(held) = watched.round.as_mut().filter(|held| held.id == *round) {
                        (held.overdue, watched.behind) = (true, true);
                    }
                }
            }
            DutyFact::RoundMissed { round } => {
                for watched in self.duty.plans.values_mut() {
                    if watched.round.as_ref().is_some_and(|held| held.id == *round) {
                        (watched.round, watched.behind) = (None, true);
                    }
                }
            }
            DutyFact::RoundRecorded(record) => {
                if let Some(watched) = self.duty.plans.get_mut(&plan_key(record.of, &record.plan)) {
                    let by = fact.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
                    (watched.round, watched.behind) = (None, false);
                    watched.recorded = Some((fact.at, by));
                }
            }
            DutyFact::SignedIn {} => {
                if let Some(by) = fact.by.clone() {
                    self.duty.present.insert(by.user.clone(), Present { by, since: fact.at });
                }
            }
            DutyFact::SignedOut {} => {
                if let Some(by) = &fact.by {
                    self.duty.present.remove(&by.user);
                }
            }
            DutyFact::Noted { .. } | DutyFact::Standing { .. } | DutyFact::ShiftShort { .. } => {}
        }
    }

    /// An occurrence ended: what it came from is owed, unless somebody has said so.
    pub(super) fn owe_record(&mut self, id: EventId, at: Wall, reason: CloseReason) {
        let Some(occurrence) = self.occurrences.get(&id) else { return };
        if occurrence.is_accounted_for() || reason == CloseReason::TestOver {
            return;
        }
        let owed = Unrecorded { raise: Arc::clone(&occurrence.raise), raised_at: occurrence.raised_at, closed_at: at };
        self.duty.unrecorded.insert(id, owed);
        if self.duty.unrecorded.len() > UNRECORDED_KEPT {
            self.duty.unrecorded.pop_first();
            self.duty.older += 1;
        }
    }

    /// A verdict may say, also afterwards, what an alarm came from.
    pub(super) fn judged_afterwards(&mut self, id: EventId, verdict: Verdict, cause: Option<&str>) {
        if cause.is_some() || verdict == Verdict::Drill {
            self.duty.unrecorded.remove(&id);
        }
    }
}
