//! A site without a field, in simulated time: what would the real engine do if this were true?
//!
//! Takes: a checked site; conditions, statuses and values as they are set; what people do.
//! Gives: [`Rehearsal`]: the engine's own facts, commands and state, second by second; [`check`] compares them with tests.
//! Never: a socket, a clock, a rule of its own: whatever is decided, the engine decided it.

pub mod check;
pub mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::alarm::{Fact, State};
use crate::engine::base::{Actor, Mono, Now, PointId, Role, Truth, Value, Wall};
use crate::engine::poll::{CommandNews, Edge, Progress, Report, StatusEdge};
use crate::engine::site::Site;
use crate::engine::{Act, Effect, Engine, Input, Refusal, Start};

/// Something that is set, resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A condition, by index in the site's rules.
    Rule(u32, Truth),
    /// A status, by index in the site's statuses.
    Status(u32, Truth),
    /// A value, by index in the site's points; conditions and statuses that read it follow.
    Value(u32, Value),
}

/// A site being rehearsed.
pub struct Rehearsal {
    /// The site.
    pub site: Arc<Site>,
    /// Everything decided, in order, each with the time since the beginning.
    pub facts: Vec<(Duration, Fact)>,
    /// Every command that went to the field: when, to what, which verb.
    pub sent: Vec<(Duration, PointId, String)>,
    engine: Engine,
    begin: Wall,
    now: Now,
    rules: Vec<Truth>,
    statuses: Vec<Truth>,
    values: Vec<Option<Value>>,
    /// Conditions that hold and wait for their delay.
    waiting: BTreeMap<u32, Mono>,
    told_alive: Mono,
    sweep: u64,
    tickets: u64,
    refused: Option<Refusal>,
}

const SECOND: Duration = Duration::from_secs(1);

impl Rehearsal {
    /// A site at rest at this wall time: no condition holds, every status is as its class has it while nothing happens,
    /// and what its class leaves open is unknown.
    pub fn at_rest(site: Arc<Site>, begin: Wall) -> Rehearsal {
        let now = Now { mono: Mono(0), wall: begin };
        let start = Start { epoch: 1, version: String::new(), clock_trusted: true };
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start, now);
        let normal = |status: &crate::engine::site::Status| {
            let held = site.equipment.get(status.equipment as usize);
            let class = held.and_then(|held| held.class).and_then(|at| site.classes.list.get(at as usize));
            let own = class.and_then(|class| class.statuses.iter().find(|own| own.key == status.key));
            own.and_then(|own| own.normal).map_or(Truth::Unknown, Truth::from)
        };
        let mut rehearsal = Rehearsal {
            rules: vec![Truth::False; site.rules.len()],
            statuses: site.statuses.iter().map(normal).collect(),
            values: vec![None; site.points.len()],
            facts: Vec::new(),
            sent: Vec::new(),
            engine,
            begin,
            now,
            waiting: BTreeMap::new(),
            told_alive: now.mono,
            sweep: 0,
            tickets: 0,
            refused: None,
            site,
        };
        rehearsal.carry_out(effects);
        rehearsal
    }

    /// What is known before anything is told to the engine.
    pub fn rest(&mut self, settings: &[Setting]) {
        self.apply(settings);
        self.waiting.clear();
        for device in 0..self.site.devices.len() {
            self.tell_device(device);
        }
    }

    /// The engine's state.
    pub fn state(&self) -> &State {
        self.engine.state()
    }

    /// Time since the beginning.
    pub fn elapsed(&self) -> Duration {
        Duration::from_micros(self.now.mono.0)
    }

    /// What the wall clock says.
    pub fn wall(&self) -> Wall {
        self.now.wall
    }

    /// What is known of a condition.
    pub fn rule(&self, rule: u32) -> Truth {
        self.rules.get(rule as usize).copied().unwrap_or(Truth::Unknown)
    }

    /// What is known of a status.
    pub fn status(&self, status: u32) -> Truth {
        self.statuses.get(status as usize).copied().unwrap_or(Truth::Unknown)
    }

    /// Something changes.
    pub fn set(&mut self, settings: &[Setting]) {
        let (rules, statuses) = self.apply(settings);
        self.tell(&rules, &statuses);
    }

    /// A person acts; the refusal, if it was refused.
    pub fn act(&mut self, act: Act) -> Option<Refusal> {
        self.tickets += 1;
        self.refused = None;
        let by = Actor { user: "rehearsal".into(), role: Role::Manager, origin: "rehearsal".into() };
        self.feed(Input::Act { ticket: self.tickets, by, key: None, act });
        self.refused.take()
    }

    /// Lets time pass; everything that falls due on the way happens at its own moment.
    pub fn pass_until(&mut self, until: Duration) {
        let until = Mono::default().after(until);
        loop {
            let alive = self.told_alive.after(SECOND);
            let next = self.waiting.values().copied().chain(self.engine.next_deadline()).chain([alive]).min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.at(next.max(self.now.mono));
            if alive <= self.now.mono {
                self.told_alive = self.now.mono;
                for bus in 0..self.site.buses.len() {
                    self.report(bus, Report { alive: Some(BTreeMap::new()), ..Report::default() });
                }
            }
            let held: BTreeSet<u32> =
                self.waiting.iter().filter(|(_, due)| **due <= self.now.mono).map(|(rule, _)| *rule).collect();
            for rule in &held {
                self.waiting.remove(rule);
                self.rules[*rule as usize] = Truth::True;
            }
            self.tell(&held, &BTreeSet::new());
            if self.engine.next_deadline().is_some_and(|due| due <= self.now.mono) {
                self.feed(Input::Wake);
            }
        }
        self.at(until);
    }

    fn at(&mut self, mono: Mono) {
        self.now = Now { mono, wall: self.begin.after(mono.since(Mono::default())) };
    }

    /// Sets, and gives the conditions and statuses that changed.
    fn apply(&mut self, settings: &[Setting]) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let (mut rules, mut statuses, mut points) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for setting in settings {
            match setting {
                Setting::Rule(rule, truth) => {
                    self.rules[*rule as usize] = *truth;
                    self.waiting.remove(rule);
                    rules.insert(*rule);
                }
                Setting::Status(status, truth) => {
                    self.statuses[*status as usize] = *truth;
                    statuses.insert(*status);
                }
                Setting::Value(point, value) => {
                    self.values[*point as usize] = Some(value.clone());
                    points.insert(*point);
                }
            }
        }
        if !points.is_empty() {
            self.follow(&points, &mut rules, &mut statuses);
        }
        (rules, statuses)
    }

    /// Conditions and statuses that read a point which was set. What still cannot be judged stays as it was.
    fn follow(&mut self, points: &BTreeSet<u32>, rules: &mut BTreeSet<u32>, statuses: &mut BTreeSet<u32>) {
        let site = Arc::clone(&self.site);
        let reads = |when: &crate::engine::profile::Expression| {
            let mut found = false;
            when.slots(&mut |slot| found |= points.contains(&slot));
            found
        };
        let values = &self.values;
        let known = |slot: u32| values.get(slot as usize).and_then(Option::as_ref);
        for (number, status) in (0u32..).zip(&site.statuses) {
            if !reads(&status.when) {
                continue;
            }
            let truth = status.when.evaluate(&known);
            if truth != Truth::Unknown {
                self.statuses[number as usize] = truth;
                statuses.insert(number);
            }
        }
        for (number, rule) in (0u32..).zip(&site.rules) {
            if !reads(&rule.when) {
                continue;
            }
            match rule.when.evaluate(&known) {
                Truth::True if !rule.delay.is_zero() && self.rules[number as usize] != Truth::True => {
                    self.waiting.entry(number).or_insert(self.now.mono.after(rule.delay));
                }
                Truth::Unknown => {}
                truth => {
                    self.waiting.remove(&number);
                    self.rules[number as usize] = truth;
                    rules.insert(number);
                }
            }
        }
    }

    /// One report for each bus on which something changed.
    fn tell(&mut self, rules: &BTreeSet<u32>, statuses: &BTreeSet<u32>) {
        self.sweep += 1;
        let bus_of = |device: u32| self.site.devices.get(device as usize).map(|device| device.bus as usize);
        let mut reports: BTreeMap<usize, Report> = BTreeMap::new();
        for rule in rules {
            let Some(bus) = self.site.rules.get(*rule as usize).and_then(|held| bus_of(held.device)) else { continue };
            let edge = Edge { rule: *rule, truth: self.rules[*rule as usize], at: self.now, sweep: self.sweep };
            reports.entry(bus).or_default().edges.push(edge);
        }
        for status in statuses {
            let held = self.site.statuses.get(*status as usize);
            let Some(bus) = held.and_then(|held| bus_of(held.device)) else { continue };
            let edge = StatusEdge { status: *status, truth: self.statuses[*status as usize], at: self.now };
            reports.entry(bus).or_default().statuses.push(edge);
        }
        for (bus, report) in reports {
            self.report(bus, report);
        }
    }

    /// Everything of a device anew, as its bus reports it when it is asked.
    fn tell_device(&mut self, device: usize) {
        let Some(held) = self.site.devices.get(device) else { return };
        let (rules, statuses) = (held.rules.clone().collect(), held.statuses.clone().collect());
        self.tell(&rules, &statuses);
    }

    fn report(&mut self, bus: usize, report: Report) {
        let bus = u32::try_from(bus).unwrap_or(u32::MAX);
        self.feed(Input::Report { bus, report });
    }

    fn feed(&mut self, input: Input) {
        let effects = self.engine.handle(input, self.now);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Commit(facts) => {
                    let last = facts.last().map(|fact| fact.id.seq);
                    let at = self.elapsed();
                    self.facts.extend(facts.into_iter().map(|fact| (at, fact)));
                    if let Some(upto) = last {
                        self.feed(Input::Committed { upto });
                    }
                }
                Effect::Answer { outcome, .. } => self.refused = outcome.err().or(self.refused.take()),
                Effect::Confirm { device } => self.tell_device(device as usize),
                Effect::Command { bus, command } => {
                    if let Some(record) = self.engine.state().commands.get(&command.id) {
                        self.sent.push((self.elapsed(), record.asked.point.clone(), record.asked.verb.clone()));
                    }
                    // The field takes every command; whether it obeys is for the test to say.
                    let proved = if command.feedback.is_some() { Progress::Confirmed } else { Progress::Done };
                    let news = |progress| CommandNews { id: command.id, progress, at: self.now };
                    let commands = vec![news(Progress::Accepted), news(proved)];
                    self.report(bus as usize, Report { commands, ..Report::default() });
                }
                Effect::Show { .. } | Effect::Distrust { .. } => {}
            }
        }
    }
}
