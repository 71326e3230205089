//! What the state keeps of a linkage that was met: its snapshot, and how far each target of each action is.
//!
//! Takes: linkage facts, through [`State::apply`].
//! Gives: [`Run`].
//! Never: sends anything; awaits anything of a run that is over.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::linkage_fact::{LinkageFact, Met};
use super::state::State;
use crate::engine::base::{Deadline, EventId, Text, Wall};

/// How many runs stay at hand; the journal keeps them all.
pub const RUNS_KEPT: usize = 100;

/// One time that a linkage was met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The id of the fact that began it.
    pub id: EventId,
    /// When.
    pub met_at: Wall,
    /// What it began with.
    pub met: Arc<Met>,
    /// How far each action is.
    pub actions: Vec<RunAction>,
    /// Since when its cause is gone.
    pub cleared_at: Option<Wall>,
    /// When it ended.
    pub over_at: Option<Wall>,
}

/// How far one action is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAction {
    /// When its delay is over; what runs of it is shown.
    pub delay: Deadline,
    /// Who released it.
    pub released_by: Option<String>,
    /// Who withdrew it.
    pub withdrawn_by: Option<String>,
    /// Each target.
    pub targets: Vec<RunTarget>,
}

/// How far one target is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunTarget {
    /// Where it stands.
    pub stage: Stage,
    /// Why it is proposed and not done: code and words.
    pub why: Option<(String, Text)>,
    /// The command that was requested for it.
    pub command: Option<EventId>,
    /// Its feedback.
    pub feedback: Feedback,
    /// By when that must come.
    pub due: Option<Deadline>,
}

/// Where a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Its delay runs.
    Delayed,
    /// It waits for a person.
    Proposed,
    /// It was commanded, or the panel's action is expected.
    Started,
    /// A person withdrew it.
    Withdrawn,
    /// The cause went away before it started.
    Cancelled,
}

/// What is known of a feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feedback {
    /// Nothing proves this target.
    None,
    /// It has not come yet.
    Awaited,
    /// It came.
    Arrived,
    /// It did not come in time.
    Missing,
}

impl Stage {
    /// The word used over HTTP and MQTT.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Delayed => "delayed",
            Stage::Proposed => "proposed",
            Stage::Started => "started",
            Stage::Withdrawn => "withdrawn",
            Stage::Cancelled => "cancelled",
        }
    }
}

impl Feedback {
    /// The word used over HTTP and MQTT.
    pub fn as_str(self) -> &'static str {
        match self {
            Feedback::None => "none",
            Feedback::Awaited => "awaited",
            Feedback::Arrived => "arrived",
            Feedback::Missing => "missing",
        }
    }
}

impl Run {
    /// Whether it still runs.
    pub fn is_open(&self) -> bool {
        self.over_at.is_none()
    }

    /// Whether nothing of it is awaited: no delay runs, nothing is proposed, and every feedback came or is missing.
    pub fn is_settled(&self) -> bool {
        let mut targets = self.actions.iter().flat_map(|action| &action.targets);
        targets.all(|target| match target.stage {
            Stage::Delayed | Stage::Proposed => false,
            Stage::Started => target.feedback != Feedback::Awaited,
            Stage::Withdrawn | Stage::Cancelled => true,
        })
    }

    /// Targets of an action that stand at one of these stages.
    pub fn targets_at(&self, action: u32, stages: &[Stage]) -> Vec<u32> {
        let Some(action) = self.actions.get(action as usize) else { return Vec::new() };
        (0u32..).zip(&action.targets).filter(|(_, target)| stages.contains(&target.stage)).map(|(at, _)| at).collect()
    }
}

impl State {
    pub(super) fn apply_linkage(&mut self, fact: &Fact, linkage: &LinkageFact) {
        let by = fact.by.as_ref().map(|by| by.user.clone());
        let Some(id) = linkage.run() else {
            if let LinkageFact::Met(met) = linkage {
                let run = begun(fact.id.into(), fact.at, met);
                self.linkages.insert(run.id, run);
                self.forget_runs();
            }
            return;
        };
        let Some(run) = self.linkages.get_mut(&id) else { return };
        match linkage {
            LinkageFact::Met(_) => {}
            LinkageFact::Proposed { action, targets, code, why, .. } => run.each(*action, targets, |target| {
                target.stage = Stage::Proposed;
                target.why = Some((code.clone(), why.clone()));
                target.command = None;
                target.due = None;
            }),
            LinkageFact::Released { action, delay, .. } => {
                let Some(held) = run.actions.get_mut(*action as usize) else { return };
                held.released_by = by;
                if let Some(delay) = delay {
                    held.delay = *delay;
                    for target in held.targets.iter_mut().filter(|target| target.stage == Stage::Proposed) {
                        target.stage = Stage::Delayed;
                        target.why = None;
                    }
                }
            }
            LinkageFact::DelayEnded { action, .. } => {
                if let Some(held) = run.actions.get_mut(*action as usize) {
                    held.delay = Deadline { from: fact.at, lasts_us: 0 };
                }
            }
            LinkageFact::Started { action, targets, .. } => run.started(*action, targets, fact.at),
            LinkageFact::Withdrawn { action, .. } => {
                let Some(held) = run.actions.get_mut(*action as usize) else { return };
                held.withdrawn_by = by;
                held.targets.iter_mut().for_each(|target| target.stage = Stage::Withdrawn);
            }
            LinkageFact::Cancelled { action, targets, .. } => {
                run.each(*action, targets, |target| target.stage = Stage::Cancelled);
            }
            LinkageFact::Arrived { action, target, .. } => {
                run.each(*action, &[*target], |target| target.feedback = Feedback::Arrived);
            }
            LinkageFact::Missing { action, target, .. } => {
                run.each(*action, &[*target], |target| target.feedback = Feedback::Missing);
            }
            LinkageFact::Cleared { .. } => run.cleared_at = Some(fact.at),
            LinkageFact::Over { .. } => run.over_at = Some(fact.at),
        }
    }

    /// Old runs make room; one that is not over stays.
    fn forget_runs(&mut self) {
        while self.linkages.len() > RUNS_KEPT {
            let Some(oldest) = self.linkages.values().find(|run| !run.is_open()).map(|run| run.id) else { return };
            self.linkages.remove(&oldest);
        }
    }
}

fn begun(id: EventId, at: Wall, met: &Arc<Met>) -> Run {
    let actions = met.actions.iter().map(|action| RunAction {
        delay: action.delay,
        released_by: None,
        withdrawn_by: None,
        targets: action
            .targets
            .iter()
            .map(|target| RunTarget {
                stage: Stage::Delayed,
                why: None,
                command: None,
                feedback: if target.feedback_within_us.is_some() { Feedback::Awaited } else { Feedback::None },
                due: None,
            })
            .collect(),
    });
    Run { id, met_at: at, met: Arc::clone(met), actions: actions.collect(), cleared_at: None, over_at: None }
}

impl Run {
    fn each(&mut self, action: u32, targets: &[u32], mut change: impl FnMut(&mut RunTarget)) {
        let Some(held) = self.actions.get_mut(action as usize) else { return };
        for at in targets {
            if let Some(target) = held.targets.get_mut(*at as usize) {
                change(target);
            }
        }
    }

    fn started(&mut self, action: u32, targets: &[(u32, Option<EventId>)], at: Wall) {
        let (Some(held), Some(met)) = (self.actions.get_mut(action as usize), self.met.actions.get(action as usize))
        else {
            return;
        };
        for (number, command) in targets {
            let number = *number as usize;
            let (Some(target), Some(snapshot)) = (held.targets.get_mut(number), met.targets.get(number)) else {
                continue;
            };
            target.stage = Stage::Started;
            target.why = None;
            target.command = *command;
            // What was seen while it was only proposed proves nothing of what begins now.
            if target.feedback == Feedback::Arrived {
                target.feedback = Feedback::Awaited;
            }
            target.due = snapshot.feedback_within_us.map(|lasts_us| Deadline { from: at, lasts_us });
        }
    }
}
