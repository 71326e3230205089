//! What the state keeps of equipment that is supervised over time.
//!
//! Takes: supervision facts, through [`State::apply`].
//! Gives: [`Supervised`]: the runs that are under way, each with its phase and deadline; batteries; trips.
//! Never: a rule. A run that is over is not kept; the journal has it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::apply::is_owed_sound;
use super::fact::Fact;
use super::state::State;
use super::supervision_fact::{Judged, OnBattery, Sequenced, SupervisionFact};
use crate::engine::base::{Deadline, EventId, Text, Wall};

/// How many trips of one piece of equipment stay at hand.
pub const TRIPS_KEPT: usize = 20;

/// Everything that is supervised over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Supervised {
    /// Sequences under way.
    #[serde(default)]
    pub sequences: BTreeMap<EventId, SequenceRun>,
    /// By panel: the last time that it ran on its battery.
    #[serde(default)]
    pub batteries: BTreeMap<String, BatteryRun>,
    /// By equipment: when it tripped, the last [`TRIPS_KEPT`] times.
    #[serde(default)]
    pub trips: BTreeMap<String, VecDeque<Wall>>,
}

/// A panel's time on its battery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatteryRun {
    /// The id of the fact that began it.
    pub id: EventId,
    /// Which panel, and how long it may.
    pub of: Arc<OnBattery>,
    /// Since when.
    pub since: Wall,
    /// The permitted time is over.
    pub reached: bool,
    /// When the mains were back.
    pub ended: Option<Wall>,
}

/// A sequence under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SequenceRun {
    /// The id of the fact that began it.
    pub id: EventId,
    /// What it is.
    pub of: Arc<Sequenced>,
    /// When it began.
    pub begun_at: Wall,
    /// The phase it is in; none before the first.
    pub phase: Option<InPhase>,
    /// Phases that did not end in time, by their words.
    pub failed: Vec<String>,
    /// It cannot be supervised at present.
    pub unknown: bool,
}

/// The phase a run is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InPhase {
    /// Its word.
    pub key: String,
    /// What people read.
    pub name: Text,
    /// Since when, and by when it must be over.
    pub due: Deadline,
}

impl Supervised {
    fn battery(&mut self, run: EventId) -> Option<&mut BatteryRun> {
        self.batteries.values_mut().find(|held| held.id == run)
    }

    /// Nothing is known any more of what was under way.
    pub(super) fn restarted(&mut self) {
        for run in self.sequences.values_mut() {
            run.unknown = true;
        }
    }
}

impl State {
    pub(super) fn apply_supervision(&mut self, fact: &Fact, supervision: &SupervisionFact) {
        let sequences = &mut self.supervised.sequences;
        match supervision {
            SupervisionFact::Begun(of) => {
                let id = EventId::from(fact.id);
                let run = SequenceRun {
                    id,
                    of: Arc::clone(of),
                    begun_at: fact.at,
                    phase: None,
                    failed: Vec::new(),
                    unknown: false,
                };
                sequences.insert(id, run);
            }
            SupervisionFact::Phase { run, phase, name, due, .. } => {
                if let Some(run) = sequences.get_mut(run) {
                    run.phase = Some(InPhase { key: phase.clone(), name: name.clone(), due: *due });
                    run.unknown = false;
                }
            }
            SupervisionFact::Failed { run, phase, .. } => {
                if let Some(run) = sequences.get_mut(run) {
                    run.failed.push(phase.clone());
                }
            }
            SupervisionFact::Unknown { run, .. } => {
                if let Some(run) = sequences.get_mut(run) {
                    run.unknown = true;
                }
            }
            SupervisionFact::Done { run, .. } => {
                sequences.remove(run);
            }
            SupervisionFact::CauseJudged(judged) => self.cause_judged(judged),
            SupervisionFact::BatteryBegan(of) => {
                let id = EventId::from(fact.id);
                let run = BatteryRun { id, of: Arc::clone(of), since: fact.at, reached: false, ended: None };
                self.supervised.batteries.insert(of.equipment.clone(), run);
            }
            SupervisionFact::BatteryLimit { run, .. } => {
                if let Some(run) = self.supervised.battery(*run) {
                    run.reached = true;
                }
            }
            SupervisionFact::BatteryEnded { run, .. } => {
                if let Some(run) = self.supervised.battery(*run) {
                    run.ended = Some(fact.at);
                }
            }
            SupervisionFact::TripCounted { equipment, .. } => {
                let trips = self.supervised.trips.entry(equipment.clone()).or_default();
                trips.push_back(fact.at);
                if trips.len() > TRIPS_KEPT {
                    trips.pop_front();
                }
            }
        }
    }

    /// A row that folds under another does not sound beside it; one that no longer does must be heard.
    fn cause_judged(&mut self, judged: &Arc<Judged>) {
        let Some(held) = self.occurrences.get_mut(&judged.occurrence) else { return };
        let folded = held.judged.as_ref().is_some_and(|judged| judged.under.is_some());
        held.judged = Some(Arc::clone(judged));
        if judged.under.is_some() {
            (held.sounding, held.resounds) = (false, None);
        } else if folded && held.is_open() && held.inhibit.is_empty() && is_owed_sound(held) {
            held.sounding = true;
        }
    }
}
