//! One sequence of one piece of equipment (FW-01, GE-01, SH-01): what it waits for, and since when.
//!
//! Takes: the truth of its statuses, and the passing of time.
//! Gives: facts, and an occurrence for a phase that did not end in time.
//! Never: fails on the unknown. What cannot be seen is said to be unsupervised; when it is seen again, its phase has its
//! whole time again.
//!
//! A phase that is late does not stop the judging: the next has its time too, and is raised when it is more urgent than
//! what stands already. A lamp that fails never hides a pump that does not come up; one cause is one row.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::shown::{shown, truth};
use crate::engine::alarm::{
    Decision, Episode, FactKind, Live, SequenceRun, Sequenced, State, Subject, SupervisionFact,
};
use crate::engine::base::{Deadline, EventId, Mono, Text, Truth};
use crate::engine::class::{Class, Lapse, Sequence};
use crate::engine::profile::Expression;
use crate::engine::site::{Condition, Equipment, Site};

/// A sequence under watch; conditions are over the statuses of the site.
#[derive(Debug)]
pub(super) struct Machine {
    of: Arc<Sequenced>,
    equipment: Text,
    class: String,
    code: Option<String>,
    kind: Option<String>,
    begins: Expression,
    abandoned: Option<Expression>,
    phases: Vec<Step>,
    /// What begins it was known to be false since it last began: the next true begins it.
    rested: bool,
    /// Nothing has been known of it yet, or no more: what it said of its phases before has to be said anew.
    fresh: bool,
    run: Option<Run>,
}

#[derive(Debug)]
struct Step {
    key: String,
    name: Text,
    until: Expression,
    within: Duration,
    missing: Text,
    advice: Text,
    condition: Condition,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Run {
    id: EventId,
    /// The phase it waits for; one past the last when only late phases are awaited.
    at: usize,
    /// The phase whose time runs.
    entered: Option<usize>,
    /// None while it cannot be judged.
    due: Option<Mono>,
    unknown: bool,
    /// By phase: it was not over already when the run began, so that its end is progress.
    counts: Vec<bool>,
    /// Phases that were late and have not come, and whether each has an occurrence.
    late: Vec<(usize, bool)>,
}

/// What a sequence has learned of its equipment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Learned {
    rested: bool,
    fresh: bool,
    run: Option<Run>,
}

impl Machine {
    /// The sequence as `held` shows it; none when it does not show its beginning, or none of its phases.
    pub fn of(site: &Site, held: &Equipment, sequence: &Sequence) -> Option<Machine> {
        let class = site.classes.list.get(held.class? as usize)?;
        let step = |phase: &crate::engine::class::Phase| {
            Some(Step {
                key: phase.key.clone(),
                name: phase.name.clone(),
                until: shown(site, held, &phase.until)?,
                within: lapse(class, held, phase.within),
                missing: phase.missing.clone(),
                advice: phase.advice.clone(),
                condition: Condition {
                    point: held.point(&format!("{}.{}", sequence.key, phase.key)),
                    category: phase.category,
                    level: None,
                },
            })
        };
        let phases: Vec<Step> = sequence.phases.iter().filter_map(step).collect();
        let of = Sequenced {
            point: held.point(&sequence.key),
            name: joined(&held.name, &sequence.name),
            place: held.place.clone(),
            already: Vec::new(),
        };
        (!phases.is_empty()).then_some(Machine {
            of: Arc::new(of),
            equipment: held.name.clone(),
            class: class.id.clone(),
            code: held.code.clone(),
            kind: held.kind.clone(),
            begins: shown(site, held, &sequence.begins)?,
            abandoned: sequence.abandoned.as_ref().and_then(|when| shown(site, held, when)),
            phases,
            rested: false,
            fresh: true,
            run: None,
        })
    }

    /// What it has learned.
    pub fn learned(&self) -> Learned {
        Learned { rested: self.rested, fresh: self.fresh, run: self.run.clone() }
    }

    /// Takes up what was learned. False where it is of another sequence.
    pub fn take_up(&mut self, learned: Learned) -> bool {
        let many = self.phases.len();
        let fits = learned.run.as_ref().is_none_or(|run| {
            let within = run.entered.iter().chain(run.late.iter().map(|(phase, _)| phase)).all(|phase| *phase < many);
            within && run.at <= many && run.counts.len() == many
        });
        (self.rested, self.fresh, self.run) = (learned.rested, learned.fresh, learned.run);
        fits
    }

    /// The statuses it reads.
    pub fn reads(&self) -> std::collections::BTreeSet<u32> {
        let mut read = std::collections::BTreeSet::new();
        let phases = self.phases.iter().map(|phase| &phase.until);
        for when in [&self.begins].into_iter().chain(&self.abandoned).chain(phases) {
            when.slots(&mut |status| {
                read.insert(status);
            });
        }
        read
    }

    /// Takes up a run that was under way when the process ended, if it is one of this sequence.
    pub fn resume(&mut self, run: &SequenceRun, state: &State) -> bool {
        let place = |key: &str| self.phases.iter().position(|phase| phase.key == key);
        if run.of.point != self.of.point || self.run.is_some() {
            return false;
        }
        let Some(at) = run.phase.as_ref().map_or(Some(0), |phase| place(&phase.key)) else { return false };
        let raised = |at: usize| state.open_of(&self.phases[at].condition).is_some();
        let late: Vec<(usize, bool)> =
            run.failed.iter().filter_map(|key| place(key)).map(|at| (at, raised(at))).collect();
        let counts = self.phases.iter().map(|phase| !run.of.already.contains(&phase.key)).collect();
        let at = if late.iter().any(|(late, _)| *late == at) { at + 1 } else { at };
        self.run = Some(Run { id: run.id, at, entered: Some(at), due: None, unknown: true, counts, late });
        true
    }

    /// When it must be looked at although nothing was said.
    pub fn due(&self) -> Option<Mono> {
        self.run.as_ref().and_then(|run| run.due)
    }

    /// Looks at its statuses and at the time.
    pub fn advance(&mut self, decision: &mut Decision<'_>, live: &mut Live) {
        match truth(&self.begins, live) {
            Truth::Unknown => self.fresh = true,
            known => {
                if std::mem::take(&mut self.fresh) {
                    self.say_again(decision, live);
                }
                if known == Truth::False {
                    self.rested = true;
                } else if std::mem::take(&mut self.rested) {
                    self.end(decision, live, true);
                    self.begin(decision, live);
                }
            }
        }
        if self.abandoned.as_ref().is_some_and(|when| truth(when, live) == Truth::True) {
            self.end(decision, live, true);
        }
        self.go_on(decision, live);
    }

    fn begin(&mut self, decision: &mut Decision<'_>, live: &Live) {
        let counts: Vec<bool> = self.phases.iter().map(|phase| truth(&phase.until, live) == Truth::False).collect();
        let already =
            self.phases.iter().zip(&counts).filter(|(_, counts)| !**counts).map(|(phase, _)| phase.key.clone());
        let of = Sequenced { already: already.collect(), ..(*self.of).clone() };
        let id = decision.decide(FactKind::Supervision(SupervisionFact::Begun(Arc::new(of))));
        self.run = Some(Run { id, at: 0, entered: None, due: None, unknown: false, counts, late: Vec::new() });
    }

    /// It is over; what it complained of is over with it.
    fn end(&mut self, decision: &mut Decision<'_>, live: &mut Live, abandoned: bool) {
        let Some(run) = self.run.take() else { return };
        for (phase, raised) in run.late {
            if raised {
                self.say(decision, live, phase, Truth::False);
            }
        }
        let done = SupervisionFact::Done { run: run.id, of: self.of.name.clone(), abandoned };
        decision.decide(FactKind::Supervision(done));
    }

    fn go_on(&mut self, decision: &mut Decision<'_>, live: &mut Live) {
        let Some(mut run) = self.run.take() else { return };
        let truths: Vec<Truth> = self.phases.iter().map(|phase| truth(&phase.until, live)).collect();
        for (counts, truth) in run.counts.iter_mut().zip(&truths) {
            *counts |= *truth == Truth::False;
        }
        self.come_late(&mut run, &truths, decision, live);
        loop {
            run.progress(&truths);
            let Some(step) = self.phases.get(run.at) else { break };
            let known = truths[run.at] != Truth::Unknown;
            if run.entered != Some(run.at) || (run.unknown && known) {
                run.enter(&self.of.name, step, decision);
            } else if run.due.is_some_and(|due| due <= decision.now.mono) {
                if known {
                    self.fail(&mut run, decision, live);
                    continue;
                }
                (run.due, run.unknown) = (None, true);
                let unknown = SupervisionFact::Unknown { run: run.id, of: self.of.name.clone() };
                decision.decide(FactKind::Supervision(unknown));
            }
            break;
        }
        let over = run.at >= self.phases.len();
        if over {
            run.due = None;
        }
        let done = over && run.late.is_empty();
        self.run = Some(run);
        if done {
            self.end(decision, live, false);
        }
    }

    /// What was late and has come, or was overtaken by a later phase, is over.
    fn come_late(&self, run: &mut Run, truths: &[Truth], decision: &mut Decision<'_>, live: &mut Live) {
        let late = std::mem::take(&mut run.late);
        for (phase, raised) in late {
            let over = truths[phase] == Truth::True || run.overtaken(truths, phase).is_some();
            if raised {
                self.say(decision, live, phase, if over { Truth::False } else { truths[phase].negate() });
            }
            if !over {
                run.late.push((phase, raised));
            }
        }
    }

    /// The phase it waits for did not come. What follows from that alone is not raised beside it.
    fn fail(&self, run: &mut Run, decision: &mut Decision<'_>, live: &mut Live) {
        let phase = run.at;
        let step = &self.phases[phase];
        let urgency = |phase: usize| self.phases[phase].condition.category.rules().priority;
        let raised = run.late.iter().filter(|(_, raised)| *raised).all(|(late, _)| urgency(*late) > urgency(phase));
        let (of, missing) = (self.of.name.clone(), step.missing.clone());
        let failed = SupervisionFact::Failed { run: run.id, of, phase: step.key.clone(), missing };
        decision.decide(FactKind::Supervision(failed));
        if raised {
            self.say(decision, live, phase, Truth::True);
        }
        run.late.push((phase, raised));
        run.at += 1;
    }

    /// Whether a phase is late, as its occurrence has it.
    fn say(&self, decision: &mut Decision<'_>, live: &mut Live, phase: usize, late: Truth) {
        let step = &self.phases[phase];
        live.follow(decision, &step.condition, late, Episode::New { sweep: None }, || Subject {
            condition: step.condition.clone(),
            name: joined(&self.equipment, &step.missing),
            place: self.of.place.clone(),
            latches: step.condition.category.rules().latches,
            code: self.code.clone(),
            kind: self.kind.clone(),
            detail: Some(step.detail(&self.of.name)),
            advice: (step.advice != Text::default()).then(|| step.advice.clone()),
            class: Some(self.class.clone()),
        });
    }

    /// After nothing was known: what it says of phases that are not late, it says again.
    fn say_again(&self, decision: &mut Decision<'_>, live: &mut Live) {
        let late = |phase: &usize| self.run.as_ref().is_some_and(|run| run.late.iter().any(|(late, _)| late == phase));
        for phase in (0..self.phases.len()).filter(|phase| !late(phase)) {
            if decision.state.open_of(&self.phases[phase].condition).is_some() {
                self.say(decision, live, phase, Truth::False);
            }
        }
    }
}

impl Run {
    /// The last phase after `phase` that has come since the run began.
    fn overtaken(&self, truths: &[Truth], phase: usize) -> Option<usize> {
        (phase + 1..truths.len()).rev().find(|later| self.counts[*later] && truths[*later] == Truth::True)
    }

    /// Goes past every phase that has come.
    fn progress(&mut self, truths: &[Truth]) {
        while let Some(truth) = truths.get(self.at) {
            match self.overtaken(truths, self.at) {
                Some(later) => self.at = later + 1,
                None if *truth == Truth::True => self.at += 1,
                None => break,
            }
        }
    }

    fn enter(&mut self, of: &Text, step: &Step, decision: &mut Decision<'_>) {
        (self.entered, self.unknown) = (Some(self.at), false);
        self.due = Some(decision.now.mono.after(step.within));
        decision.decide(FactKind::Supervision(SupervisionFact::Phase {
            run: self.id,
            of: of.clone(),
            phase: step.key.clone(),
            name: step.name.clone(),
            due: Deadline::starting(decision.now, step.within),
        }));
    }
}

impl Step {
    fn detail(&self, sequence: &Text) -> Text {
        let seconds = self.within.as_secs_f64();
        Text::new(
            &format!("{}：“{}”未在 {seconds} 秒内完成", sequence.zh, self.name.zh),
            &format!("{}: \"{}\" was not over within {seconds} s", sequence.en, self.name.en),
        )
    }
}

/// A time of a class, as this equipment has it.
fn lapse(class: &Class, held: &Equipment, lapse: Lapse) -> Duration {
    match lapse {
        Lapse::Fixed(lapse) => lapse,
        Lapse::Setting(setting) => class.settings.get(setting as usize).map_or(Duration::ZERO, |setting| {
            let seconds = held.settings.get(&setting.key).copied().unwrap_or(setting.default);
            Duration::try_from_secs_f64(seconds).unwrap_or_default()
        }),
    }
}

fn joined(first: &Text, second: &Text) -> Text {
    Text::new(&format!("{} {}", first.zh, second.zh), &format!("{} {}", first.en, second.en))
}
