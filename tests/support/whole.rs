//! The whole path in simulated time: a simulated field, the real buses and engine, a disk that commits at once, and what
//! the MQTT edge would publish.

use std::sync::Arc;

use tocsin::daemon::timed;
use tocsin::edge::mqtt::{Alarms, Topics};
use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::{Mono, Now, Reading, Reason, Wall};
use tocsin::engine::poll::{Report, Request};
use tocsin::engine::site::Site;
use tocsin::engine::{Act, Done, Effect, Engine, Input, Refusal, Start};
use tocsin::live::document::event_document;
use tocsin::sim::{Resting, Scenario, World};

use super::acts;
use super::field::{self, Task};
use super::log::Log;

/// 2026-01-01T00:00:00Z, eight in the morning at the site.
pub const BEGIN: i64 = 1_767_225_600_000_000;
/// How measurements wander.
const SEED: u64 = 1;

/// A site under way.
pub struct Whole {
    pub site: Arc<Site>,
    pub engine: Engine,
    pub board: Vec<Reading>,
    pub log: Log,
    /// No transcript is kept. Where thousands of rows are open, writing them down at each change is most of the work.
    pub quiet: bool,
    pub now: Now,
    /// Every fact that was committed, in order.
    pub facts: Vec<Fact>,
    /// Everything published below the prefix, in order: topic, payload.
    pub published: Vec<(String, String)>,
    /// Every write that left, with the bus it left on.
    pub written: Vec<(usize, Request)>,
    /// How acts were answered, in order.
    pub answers: Vec<Result<Done, Refusal>>,
    world: World,
    tasks: Vec<Task>,
    shown: State,
    alarms: Alarms,
    ticket: u64,
    epoch: u32,
}

impl Whole {
    /// A site at rest, about to live through `scenario`.
    pub fn new(site: Arc<Site>, resting: &Resting, scenario: Scenario, opening: &str) -> Whole {
        let now = Now { mono: Mono(0), wall: Wall(BEGIN) };
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start(1), now);
        let mut log = Log::new(Arc::clone(&site), Topics::new("tocsin", &site.id));
        log.text.push_str(opening);
        let mut whole = Whole {
            world: World::new(Arc::clone(&site), resting, scenario, SEED),
            tasks: field::tasks(&site, now),
            engine,
            board: vec![Reading::never(now); site.points.len()],
            shown: State::default(),
            alarms: Alarms::new(State::default()),
            now,
            ticket: 0,
            epoch: 1,
            log,
            quiet: false,
            facts: Vec::new(),
            published: Vec::new(),
            written: Vec::new(),
            answers: Vec::new(),
            site,
        };
        whole.carry_out(effects);
        whole
    }

    /// The process is killed and started again on what was committed; the field goes on.
    pub fn kill(&mut self) {
        let mut state = State::default();
        self.facts.iter().for_each(|fact| state.apply(fact));
        self.epoch += 1;
        self.log.at(self.now);
        self.log.act("killed and started again");
        let (engine, effects) = Engine::start(Arc::clone(&self.site), state.clone(), &start(self.epoch), self.now);
        self.engine = engine;
        self.tasks = field::tasks(&self.site, self.now);
        self.board = vec![Reading::never(self.now); self.site.points.len()];
        self.shown = state;
        self.carry_out(effects);
    }

    /// A person acts.
    pub fn act(&mut self, user: &str, act: Act) {
        self.ticket += 1;
        self.feed(acts::input(self.ticket, user, act));
        self.log.console(self.engine.state());
    }

    /// Lets simulated time pass from event to event.
    pub fn pass_until(&mut self, until: Mono) {
        loop {
            let tasks = self.tasks.iter().map(Task::due);
            let story = self.world.next_due().map(|due| Mono(due.as_micros() as u64));
            let next = tasks.chain(self.engine.next_deadline()).chain(story).min().unwrap_or(until);
            if next > until {
                break;
            }
            self.at(next.max(self.now.mono));
            self.tell_scenario();
            if self.engine.next_deadline().is_some_and(|due| due <= self.now.mono) {
                self.feed(Input::Wake);
            }
            for number in 0..self.tasks.len() {
                self.run_task(number);
            }
            if !self.quiet {
                self.log.console(self.engine.state());
            }
        }
        self.at(until);
    }

    fn at(&mut self, mono: Mono) {
        self.now = Now { mono, wall: Wall(BEGIN + mono.0 as i64) };
        self.log.at(self.now);
    }

    /// What the scenario says to those who watch comes before what follows from it.
    fn tell_scenario(&mut self) {
        self.world.advance(std::time::Duration::from_micros(self.now.mono.0));
        for (_, text) in self.world.told() {
            self.log.said(&text);
        }
    }

    fn run_task(&mut self, number: usize) {
        let (world, log) = (&mut self.world, &mut self.log);
        let mut report = self.tasks[number].run(world, self.now, |request, answer| log.heard(number, request, answer));
        let left = std::mem::take(&mut self.tasks[number].written);
        self.written.extend(left.into_iter().map(|(_, request)| (number, request)));
        self.tell_scenario();
        self.values(std::mem::take(&mut report.values));
        if !report.is_empty() {
            self.report(number as u32, report);
        }
    }

    fn values(&mut self, values: Vec<(u32, Reading)>) {
        self.log.readings(&values, &self.board, self.now);
        for (point, reading) in values {
            self.board[point as usize] = reading;
        }
    }

    fn report(&mut self, bus: u32, report: Report) {
        self.log.report(&report);
        self.feed(Input::Report { bus, report });
    }

    fn feed(&mut self, input: Input) {
        let effects = self.engine.handle(input, self.now);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Commit(facts) => self.commit(&facts),
                Effect::Show { facts, recorded } => {
                    assert!(recorded, "this disk always answers");
                    facts.iter().for_each(|fact| self.shown.apply(fact));
                    let same = self.quiet || &self.shown == self.engine.state();
                    assert!(same, "what is shown is not what was decided: {:#?}", self.shown);
                }
                Effect::Answer { outcome, .. } => {
                    self.log.answer(&outcome);
                    self.answers.push(outcome);
                }
                Effect::Confirm { device } => {
                    self.log.asked(device);
                    let bus = self.site.devices[device as usize].bus as usize;
                    self.tasks[bus].bus.confirm(device, self.now);
                }
                Effect::Command { bus, command } => {
                    // A command that sets a clock gets its words as it leaves the engine's task.
                    let command = timed(command, self.now.wall, self.log.zone());
                    let report = self.tasks[bus as usize].bus.command(command, self.now);
                    self.report(bus, report);
                }
                Effect::Distrust { bus } => {
                    let devices = self.site.buses[bus as usize].devices.iter();
                    let gone = Reading { known: Err(Reason::Stale), at: self.now };
                    let points = devices.flat_map(|device| self.site.devices[*device as usize].points.clone());
                    let values = points.map(|point| (point, gone.clone())).collect();
                    self.values(values);
                }
            }
        }
    }

    fn commit(&mut self, facts: &[Fact]) {
        for fact in facts.iter().filter(|_| !self.quiet) {
            self.log.fact(fact, self.engine.state());
        }
        let Some(last) = facts.last() else { return };
        self.feed(Input::Committed { upto: last.id.seq });
        for fact in facts {
            self.alarms.apply(fact);
        }
        while let Some((id, payload)) = self.alarms.take(self.log.zone()) {
            if !self.quiet {
                self.log.publish_alarm(id, &payload);
            }
            self.published.push((format!("alarm/{id}"), String::from_utf8_lossy(&payload).into_owned()));
        }
        if !self.quiet {
            self.log.publish_events(facts);
        }
        for fact in facts {
            self.published.push(("event".into(), event_document(fact, self.log.zone()).to_string()));
            self.facts.push(fact.clone());
        }
    }
}

fn start(epoch: u32) -> Start {
    Start { epoch, version: "story".into(), clock_trusted: true }
}
