//! What the state keeps of a command: what was asked for, by whom, and each step since.
//!
//! Takes: command facts, through [`State::apply`].
//! Gives: [`CommandRecord`], [`Arming`].
//! Never: sends anything. A record that ended stays ended.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::command_fact::{CommandFact, Commanded};
use super::fact::Fact;
use super::state::State;
use crate::engine::base::{Actor, Deadline, EventId, PointId, Wall};
use crate::engine::poll::CommandFailure;

/// How many commands stay at hand; the journal keeps them all.
pub const COMMANDS_KEPT: usize = 200;
/// How many armings stay at hand; each is of use for ten seconds only.
const ARMINGS_KEPT: usize = 100;

/// One command that was requested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandRecord {
    /// The id of the fact that requested it.
    pub id: EventId,
    /// Who.
    pub by: Option<Actor>,
    /// When.
    pub requested_at: Wall,
    /// What was asked for.
    pub asked: Arc<Commanded>,
    /// What happened to it, in order, each with its time.
    pub steps: Vec<(Wall, Step)>,
    /// The command that took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<EventId>,
}

/// A step in the life of a command, as its record keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The device accepted the write.
    Accepted,
    /// Its feedback shows that it was done.
    Confirmed,
    /// Accepted, and no feedback is known.
    Done,
    /// It failed.
    Failed(CommandFailure),
    /// Nobody heard what became of it.
    Unknown,
    /// Its pulse ended.
    PulseEnded,
    /// Its pulse could not be ended.
    PulseStuck(CommandFailure),
}

impl Step {
    /// The word used over HTTP and MQTT.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Accepted => "accepted",
            Step::Confirmed => "confirmed",
            Step::Done => "done",
            Step::Failed(_) => "failed",
            Step::Unknown => "unknown",
            Step::PulseEnded => "pulse-ended",
            Step::PulseStuck(_) => "pulse-stuck",
        }
    }

    fn is_of_pulse(self) -> bool {
        matches!(self, Step::PulseEnded | Step::PulseStuck(_))
    }
}

/// A dangerous command that a person armed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arming {
    /// Who; nobody else may fire it.
    pub by: String,
    /// Which point.
    pub point: PointId,
    /// Which verb.
    pub verb: String,
    /// Until when.
    pub until: Deadline,
}

impl CommandRecord {
    /// How far it got, the end of a pulse aside; nothing but requested when there is none.
    pub fn last(&self) -> Option<Step> {
        self.steps.iter().rev().map(|(_, step)| *step).find(|step| !step.is_of_pulse())
    }

    /// `requested`, `accepted`, `confirmed`, `done`, `failed` or `unknown`.
    pub fn stage(&self) -> &'static str {
        self.last().map_or("requested", Step::as_str)
    }

    /// Whether something may still become of the command itself.
    pub fn is_open(&self) -> bool {
        matches!(self.last(), None | Some(Step::Accepted))
    }

    /// Whether nothing more is awaited, the end of its pulse included.
    pub fn is_settled(&self) -> bool {
        let has = |wanted: fn(Step) -> bool| self.steps.iter().any(|(_, step)| wanted(*step));
        let pulse_runs = self.asked.pulse
            && has(|step| step == Step::Accepted)
            && !has(|step| step == Step::Unknown || step.is_of_pulse());
        !self.is_open() && !pulse_runs
    }
}

impl State {
    pub(super) fn apply_command(&mut self, fact: &Fact, command: &CommandFact) {
        let id = EventId::from(fact.id);
        let mut step = |command: &EventId, step: Step| {
            if let Some(record) = self.commands.get_mut(command) {
                record.steps.push((fact.at, step));
            }
        };
        match command {
            CommandFact::Armed { point, verb, until, .. } => {
                let by = fact.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
                self.armed.retain(|_, arming| arming.until.due() > fact.at);
                self.armed.insert(id, Arming { by, point: point.clone(), verb: verb.clone(), until: *until });
                while self.armed.len() > ARMINGS_KEPT {
                    self.armed.pop_first();
                }
            }
            CommandFact::Requested(asked) => {
                if let Some(armed) = asked.armed {
                    self.armed.remove(&armed);
                }
                let asked = Arc::clone(asked);
                let record = CommandRecord {
                    id,
                    by: fact.by.clone(),
                    requested_at: fact.at,
                    asked,
                    steps: Vec::new(),
                    withdrawn: None,
                };
                self.commands.insert(id, record);
                self.forget_commands();
            }
            CommandFact::Accepted { command } => step(command, Step::Accepted),
            CommandFact::Confirmed { command } => step(command, Step::Confirmed),
            CommandFact::Done { command } => step(command, Step::Done),
            CommandFact::Failed { command, failure } => step(command, Step::Failed(*failure)),
            CommandFact::Unknown { command } => step(command, Step::Unknown),
            CommandFact::PulseEnded { command } => step(command, Step::PulseEnded),
            CommandFact::PulseStuck { command, failure } => step(command, Step::PulseStuck(*failure)),
        }
    }

    /// Old records make room; one that still waits for something stays.
    fn forget_commands(&mut self) {
        while self.commands.len() > COMMANDS_KEPT {
            let settled = self.commands.values().find(|record| record.is_settled()).map(|record| record.id);
            let Some(oldest) = settled else { return };
            self.commands.remove(&oldest);
        }
    }
}
