//! What the state keeps of equipment that is supervised over time.
//!
//! Takes: supervision facts, through [`State::apply`].
//! Gives: [`Supervised`]: the runs that are under way, each with its phase and deadline.
//! Never: a rule. A run that is over is not kept; the journal has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::state::State;
use super::supervision_fact::{Sequenced, SupervisionFact};
use crate::engine::base::{Deadline, EventId, Text, Wall};

/// Everything that is supervised over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Supervised {
    /// Sequences under way.
    #[serde(default)]
    pub sequences: BTreeMap<EventId, SequenceRun>,
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
        }
    }
}
