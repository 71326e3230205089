//! The pure core: inputs and time in, decided facts and effects out.
//!
//! Takes: [`Input`]s, each with the [`base::Now`] at which it came.
//! Gives: [`Effect`]s.
//! Never: tokio, a clock, I/O, randomness, logging, or an iteration order that differs between two runs.

mod acts;
pub mod alarm;
mod bar;
pub mod base;
mod bearings;
pub mod class;
mod commit;
pub mod duty;
pub mod event;
pub mod gate;
mod input;
mod keys;
pub mod linkage;
pub mod panel;
mod part;
pub mod performance;
pub mod point;
pub mod poll;
pub mod profile;
mod refusal;
pub mod report;
pub mod site;
mod spelt;
pub mod supervision;
mod timers;
pub mod trace;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use alarm::{Chatter, Decision, FactKind, Live, State};
pub use bar::Bar;
use base::{Category, Mono, Now, Text, in_chinese};
pub use bearings::Bearings;
pub use input::{Act, Arm, Done, Effect, Finding, Input, RoundReport};
pub use part::Part;
use poll::{Link, LinkOf, Report};
pub use refusal::Refusal;
use site::{Place, Site};
use supervision::Supervision;
use timers::Timers;

/// A bus that has not reported for this long is silent: none of its points is known any more (design §2).
const BUS_SILENT_AFTER: Duration = Duration::from_secs(3);
/// A smaller step of the wall clock is ordinary discipline and no fact.
const CLOCK_STEP_US: i64 = 1_000_000;

/// What a start needs to know besides the site and the recovered state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Raised durably by the journal at this start.
    pub epoch: u32,
    /// Version of the program.
    pub version: String,
    /// Whether the wall clock can be trusted.
    pub clock_trusted: bool,
}

/// The engine of one site.
#[derive(Debug)]
pub struct Engine {
    site: Arc<Site>,
    state: State,
    epoch: u32,
    live: Live,
    chatter: Chatter,
    linkage: linkage::Machine,
    pending: commit::Pending,
    timers: Timers,
    supervision: Supervision,
    duty: duty::Duty,
    heard: Vec<Mono>,
    /// For a silent bus: whether its line was down before it fell silent.
    silent: Vec<Option<bool>>,
    /// The journal's own fault waits, since before the start, for word that it writes again.
    journal_is_suspect: bool,
}

impl Engine {
    /// Begins with the state recovered from the journal: decides `restarted`, and nothing else of its own.
    pub fn start(site: Arc<Site>, state: State, start: &Start, now: Now) -> (Engine, Vec<Effect>) {
        let mut engine = Engine {
            live: Live::new(&site),
            chatter: Chatter::resumed(&state, now),
            linkage: linkage::Machine::new(&site, &state),
            heard: vec![now.mono; site.buses.len()],
            silent: vec![None; site.buses.len()],
            journal_is_suspect: false,
            epoch: start.epoch,
            pending: commit::Pending::default(),
            timers: Timers::default(),
            duty: duty::Duty::new(start.clock_trusted),
            supervision: Supervision::resumed(&site, &state, now, start.clock_trusted),
            state,
            site,
        };
        let config = engine.site.hash.clone();
        let changed = engine.state.config != config;
        let mut effects = Vec::new();
        engine.live.clock_trusted = start.clock_trusted;
        engine.step(now, None, &mut effects, |decision, _| {
            if changed {
                decision.decide(FactKind::Configured { config: config.clone() });
            }
            decision.decide(FactKind::Restarted {
                version: start.version.clone(),
                config,
                clock_trusted: start.clock_trusted,
            });
            decision.commands_unheard();
        });
        let journal = site::Condition { point: Part::Journal.point(), category: Category::Own, level: None };
        engine.journal_is_suspect = engine.state.open_of(&journal).is_some();
        engine.timers = Timers::resumed(&engine.state, now, start.clock_trusted);
        engine.timers.set_shift(&engine.site.shifts, &engine.site.zone, now);
        (engine, effects)
    }

    /// The state with every decided fact applied, shown or not.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The whole path of one input.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Report { bus, report } => self.report(bus, &report, now, &mut effects),
            Input::Act { ticket, by, key, act } => self.act(ticket, by, key, act, now, &mut effects),
            Input::Committed { upto } => {
                if self.pending.committed(upto, &mut effects) || self.journal_is_suspect {
                    self.health(&Part::Journal, None, now, &mut effects);
                }
            }
            Input::CommitFailed { reason } => self.unrecorded(&reason, now, &mut effects),
            Input::Health { part, fault } => self.health(&part, fault, now, &mut effects),
            Input::Clock { stepped_us, trusted } => self.clock(stepped_us, trusted, now, &mut effects),
            Input::Wake => {}
        }
        self.advance(now, &mut effects);
        effects
    }

    /// When [`Input::Wake`] is due at the latest.
    pub fn next_deadline(&self) -> Option<Mono> {
        let silence =
            self.heard.iter().zip(&self.silent).filter(|(_, silent)| silent.is_none()).map(|(heard, _)| *heard);
        [
            self.pending.deadline(self.site.settings.commit_within),
            self.timers.next(),
            self.supervision.next(),
            self.linkage.next(),
            self.duty.next(),
            self.chatter.next(),
            silence.min().map(|heard| heard.after(BUS_SILENT_AFTER)),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn step(
        &mut self,
        now: Now,
        act: Option<(u64, base::Actor, Option<String>)>,
        effects: &mut Vec<Effect>,
        decide: impl FnOnce(&mut Decision<'_>, &mut Live),
    ) {
        self.whole_step(now, act, effects, |decision, live, _| decide(decision, live));
    }

    /// One step: what it brings about by itself is decided first, then what follows from it for linkages.
    fn whole_step(
        &mut self,
        now: Now,
        act: Option<(u64, base::Actor, Option<String>)>,
        effects: &mut Vec<Effect>,
        decide: impl FnOnce(&mut Decision<'_>, &mut Live, &mut linkage::Machine),
    ) {
        let (ticket, by, key) = match act {
            Some((ticket, by, key)) => (Some(ticket), Some(by), key),
            None => (None, None, None),
        };
        let mut decision = Decision {
            site: &self.site,
            state: &mut self.state,
            chatter: &mut self.chatter,
            epoch: self.epoch,
            now,
            by,
            key,
            // Most steps decide one fact or two; room for four would be a large allocation.
            facts: Vec::with_capacity(2),
            orders: Vec::new(),
            confirm: std::collections::BTreeSet::new(),
            unrecorded: self.pending.is_unrecorded(),
        };
        decide(&mut decision, &mut self.live, &mut self.linkage);
        // What follows from an act is nobody's act.
        (decision.by, decision.key) = (None, None);
        let changed = std::mem::take(&mut self.live.changed);
        self.supervision.look(&mut decision, &mut self.live, &changed);
        self.linkage.follow(&mut decision, &mut self.live, &changed);
        self.supervision.fold(&mut decision);
        self.duty.look(&mut decision);
        let Decision { facts, orders, confirm, .. } = decision;
        for fact in &facts {
            self.timers.note(fact, now);
        }
        let first = facts.first().map(|fact| fact.id);
        if !facts.is_empty() {
            let waiting = commit::Waiting { ticket: ticket.map(|ticket| (ticket, first)), orders };
            self.pending.push(facts, waiting, now, effects);
        } else if let Some(ticket) = ticket {
            effects.push(Effect::Answer { ticket, outcome: Ok(Done { fact: None, recorded: true }) });
        }
        effects.extend(confirm.into_iter().map(|device| Effect::Confirm { device }));
    }

    fn report(&mut self, bus: u32, report: &Report, now: Now, effects: &mut Vec<Effect>) {
        let Some(heard) = self.heard.get_mut(bus as usize) else { return };
        *heard = now.mono;
        if let Some(was_down) = self.silent[bus as usize].take() {
            // The task is back, and what it last said of its line holds. Everything else was distrusted meanwhile.
            if !was_down {
                let link = Link { of: LinkOf::Bus(bus), up: true, reason: Text::default(), at: now };
                self.step(now, None, effects, |decision, live| live.link(decision, &link));
            }
            effects
                .extend(self.site.buses[bus as usize].devices.iter().map(|device| Effect::Confirm { device: *device }));
        }
        if report.is_quiet() {
            return;
        }
        let Report { links, edges, records, commands, statuses, .. } = report;
        self.step(now, None, effects, |decision, live| {
            for link in links {
                live.link(decision, link);
            }
            for edge in statuses {
                live.status(*edge);
            }
            for edge in edges {
                live.edge(decision, bus, *edge);
            }
            live.note_activations(decision);
            for record in records {
                live.record(decision, record);
            }
            for news in commands {
                decision.command_news(news);
            }
        });
    }

    fn act(
        &mut self,
        ticket: u64,
        by: base::Actor,
        key: Option<String>,
        act: Act,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let key = key.map(|key| keys::bound(&key, &act));
        if let Some(outcome) = key.as_ref().and_then(|key| self.done_before(&by, key)) {
            effects.push(Effect::Answer { ticket, outcome });
            return;
        }
        if let Err(refusal) = gate::permit(&by, &act, &self.site) {
            effects.push(Effect::Answer { ticket, outcome: Err(refusal) });
            return;
        }
        if let Err(refusal) = gate::gate(&act, &self.site, &self.state, &self.live, now) {
            effects.push(Effect::Answer { ticket, outcome: Err(refusal) });
            return;
        }
        let mut refused = None;
        let mut confirm = std::collections::BTreeSet::new();
        self.whole_step(now, Some((ticket, by, key)), effects, |decision, live, linkage| {
            let outcome = acts::carry_out(act, decision, live, linkage, &mut confirm);
            refused = outcome.err();
        });
        if let Some(refusal) = refused {
            // A refused act decided no fact, so the answer that `step` gave is the last effect and stands for "done".
            effects.pop();
            effects.push(Effect::Answer { ticket, outcome: Err(refusal) });
        }
        effects.extend(confirm.into_iter().map(|device| Effect::Confirm { device }));
    }

    fn done_before(&self, by: &base::Actor, key: &str) -> Option<Result<Done, Refusal>> {
        match keys::look_up(&self.state, &by.user, key) {
            keys::Known::New => None,
            keys::Known::Done(fact) => Some(Ok(Done { fact: Some(fact), recorded: !self.pending.holds(fact) })),
            keys::Known::Another => Some(Err(Refusal::KeyReused)),
        }
    }

    fn health(&mut self, part: &Part, fault: Option<Text>, now: Now, effects: &mut Vec<Effect>) {
        self.journal_is_suspect &= *part != Part::Journal;
        let fault = alarm::OwnFault {
            point: part.point(),
            category: Category::Own,
            name: part.text(),
            place: Place::default(),
            detail: fault,
        };
        self.step(now, None, effects, |decision, _| decision.own_condition(fault));
    }

    fn clock(&mut self, stepped_us: i64, trusted: bool, now: Now, effects: &mut Vec<Effect>) {
        if stepped_us.abs() >= CLOCK_STEP_US {
            self.step(now, None, effects, |decision, _| {
                decision.decide(FactKind::ClockStepped { by_us: stepped_us });
            });
        }
        self.live.clock_trusted = trusted;
        self.duty.clock(trusted);
        self.timers.set_shift(&self.site.shifts, &self.site.zone, now);
        let fault = (!trusted).then(|| Text::new("时钟未同步", "The clock is not synchronised"));
        self.health(&Part::Clock, fault, now, effects);
    }

    fn unrecorded(&mut self, reason: &str, now: Now, effects: &mut Vec<Effect>) {
        let (news, unsent) = self.pending.give_up_waiting(effects);
        if !unsent.is_empty() {
            self.whole_step(now, None, effects, |decision, _, linkage| {
                decision.commands_unrecorded(&unsent);
                linkage.not_sent(decision, &unsent);
            });
        }
        if news {
            let detail = Text::new(
                &format!("记录未写入磁盘：{}", in_chinese(reason)),
                &format!("Facts are not on disk: {reason}"),
            );
            self.health(&Part::Journal, Some(detail), now, effects);
        }
    }

    /// Everything that time alone brings about.
    fn advance(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.pending.deadline(self.site.settings.commit_within).is_some_and(|due| due <= now.mono) {
            self.unrecorded("no answer in time", now, effects);
        }
        let due = self.timers.take_due(now.mono);
        if !due.is_empty() {
            if due.contains(&timers::Timer::Shift) {
                self.timers.set_shift(&self.site.shifts, &self.site.zone, now);
            }
            self.step(now, None, effects, |decision, live| {
                for timer in due {
                    timer.fall_due(decision, live);
                }
            });
        }
        if [self.supervision.next(), self.duty.next()].into_iter().flatten().any(|due| due <= now.mono) {
            self.step(now, None, effects, |_, _| {});
        }
        if self.chatter.next().is_some_and(|due| due <= now.mono) {
            self.step(now, None, effects, |decision, _| decision.chatter_due());
        }
        if self.linkage.next().is_some_and(|due| due <= now.mono) {
            self.whole_step(now, None, effects, |decision, live, linkage| linkage.fall_due(decision, live));
        }
        for bus in 0..self.heard.len() {
            if self.silent[bus].is_none() && now.mono.since(self.heard[bus]) >= BUS_SILENT_AFTER {
                self.silent[bus] = Some(self.live.down[bus]);
                let number = u32::try_from(bus).unwrap_or(u32::MAX);
                effects.push(Effect::Distrust { bus: number });
                let reason = Text::new("网关读取此总线的任务没有报告", "the bus task does not report");
                let link = Link { of: LinkOf::Bus(number), up: false, reason, at: now };
                self.step(now, None, effects, |decision, live| live.link(decision, &link));
            }
        }
    }
}
