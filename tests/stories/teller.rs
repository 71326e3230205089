//! The sample site in simulated time: a simulated field, the real buses and engine, a disk that commits at once, and
//! what the MQTT edge would publish.

use std::path::Path;
use std::sync::Arc;

use tocsin::config;
use tocsin::edge::mqtt::{Alarms, Topics};
use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::{Mono, Now, Reading, Reason, Wall};
use tocsin::engine::poll::Report;
use tocsin::engine::site::Site;
use tocsin::engine::{Effect, Engine, Input, Start};
use tocsin::sim::{Resting, Scenario, World, shipped};

use crate::log::Log;
use crate::support::acts;
use crate::support::field::{self, Task};

/// 2026-01-01T00:00:00Z, eight in the morning at the site.
const BEGIN: i64 = 1_767_225_600_000_000;
/// How measurements wander.
const SEED: u64 = 1;

/// A story that was told.
pub struct Told {
    pub scenario: String,
    pub transcript: String,
}

/// Tells a story: comments, one line `scenario NAME`, then `MM:SS verb …` in order; `end` is the last verb.
pub fn tell(text: &str) -> Told {
    let mut teller = None;
    let mut scenario = String::new();
    let mut opening = String::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |problem: String| -> ! { panic!("line {}: {problem}: {line}", number + 1) };
        if line.trim().is_empty() || line.starts_with('#') {
            opening.push_str(line);
            opening.push('\n');
        } else if let Some(name) = line.strip_prefix("scenario ") {
            scenario = name.to_owned();
            teller = Some(Teller::new(name, &opening));
        } else {
            let Some(teller) = &mut teller else { wrong("`scenario NAME` comes first".into()) };
            teller.step(line).unwrap_or_else(|problem| wrong(problem));
        }
    }
    let teller = teller.expect("a story names its scenario");
    assert!(teller.ended, "a story says when it ends");
    Told { scenario, transcript: teller.log.text }
}

struct Teller {
    site: Arc<Site>,
    world: World,
    tasks: Vec<Task>,
    engine: Engine,
    board: Vec<Reading>,
    shown: State,
    alarms: Alarms,
    now: Now,
    ticket: u64,
    log: Log,
    ended: bool,
}

impl Teller {
    fn new(name: &str, opening: &str) -> Teller {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (site, doubts) = config::load(&root.join("config/site"), &[root.join("device-profiles")])
            .unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(doubts.is_empty(), "{doubts:?}");
        let site = Arc::new(site);
        let (resting, doubts) =
            Resting::parse("resting.toml", shipped::RESTING, &site).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(doubts.is_empty(), "{doubts:?}");
        let text = shipped::scenario(name).unwrap_or_else(|| panic!("no shipped scenario is called {name}"));
        let scenario = Scenario::parse(name, text, &site).unwrap_or_else(|problems| panic!("{problems:?}"));
        let now = Now { mono: Mono(0), wall: Wall(BEGIN) };
        let start = Start { epoch: 1, version: "story".into(), clock_trusted: true };
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start, now);
        let mut log = Log::new(Arc::clone(&site), Topics::new("tocsin", &site.id));
        log.text.push_str(opening);
        log.text.push_str("# Words are shown in hexadecimal, old->new; topics without tocsin/riverside/.\n");
        let mut teller = Teller {
            world: World::new(Arc::clone(&site), &resting, scenario, SEED),
            tasks: field::tasks(&site, now),
            engine,
            board: vec![Reading::never(now); site.points.len()],
            shown: State::default(),
            alarms: Alarms::new(State::default()),
            now,
            ticket: 0,
            log,
            ended: false,
            site,
        };
        teller.carry_out(effects);
        teller
    }

    fn step(&mut self, line: &str) -> Result<(), String> {
        let (due, rest) = acts::timed(line)?;
        if due < self.now.mono {
            return Err("a story goes forward".into());
        }
        self.pass_until(due);
        let words: Vec<&str> = rest.split_whitespace().collect();
        if words == ["end"] {
            self.ended = true;
            return Ok(());
        }
        self.log.at(self.now);
        self.log.act(rest);
        let (user, act) = acts::read(&words, self.engine.state(), self.now)?;
        self.ticket += 1;
        self.feed(acts::input(self.ticket, user, act));
        self.log.console(self.engine.state());
        Ok(())
    }

    /// Lets simulated time pass from event to event.
    fn pass_until(&mut self, until: Mono) {
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
            self.log.console(self.engine.state());
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
                    assert_eq!(&self.shown, self.engine.state(), "what is shown is what was decided");
                }
                Effect::Answer { outcome, .. } => self.log.answer(&outcome),
                Effect::Confirm { device } => {
                    self.log.asked(device);
                    let bus = self.site.devices[device as usize].bus as usize;
                    self.tasks[bus].bus.confirm(device, self.now);
                }
                Effect::Command { bus, command } => {
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
        for fact in facts {
            self.log.fact(fact, self.engine.state());
        }
        let Some(last) = facts.last() else { return };
        self.feed(Input::Committed { upto: last.id.seq });
        for fact in facts {
            self.alarms.apply(fact);
        }
        while let Some((id, payload)) = self.alarms.take(self.log.zone()) {
            self.log.publish_alarm(id, &payload);
        }
        self.log.publish_events(facts);
    }
}
