//! One seed: the real buses and the real engine between a simulated field, disk, broker and people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::{Actor, Mono, Now, Reading, Reason, Role, Wall};
use tocsin::engine::poll::Report;
use tocsin::engine::site::Site;
use tocsin::engine::{Effect, Engine, Input, Start};
use tocsin::sim::{Fault, Setting, Trouble, World};

use crate::commands::Commands;
use crate::drama::Turn;
use crate::invariants::Invariants;
use crate::judge::Judge;
use crate::outside::{Consumer, Disk, Said};
use crate::people::{Asked, Desk};
use crate::plan::{self, Happening, Kind, SETTLED, TROUBLED, Watched};
use crate::random::Random;
use crate::retraced::Retraced;
use crate::support::field::{self, Task};

/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000_000;

pub struct Plant {
    pub site: Arc<Site>,
    pub watched: Vec<Watched>,
    pub world: World,
    tasks: Vec<Task>,
    /// Tasks that hang: nothing comes from them.
    hanging: Vec<bool>,
    pub engine: Engine,
    pub disk: Disk,
    pub consumer: Consumer,
    pub shown: State,
    pub board: Vec<Reading>,
    pub now: Now,
    wall_offset: i64,
    epoch: u32,
    ticket: u64,
    random: Random,
    pub invariants: Invariants,
    pub transcript: String,
    pub faults: BTreeMap<Kind, u64>,
    device_faults: Vec<Vec<Kind>>,
    bus_faults: Vec<Vec<Kind>>,
    pub commands: Commands,
    pub judge: Judge,
    /// The field may move by itself: something is on its way in it.
    stirred: bool,
    pub turns: BTreeMap<Turn, u64>,
    happenings: Vec<(Mono, Happening)>,
    /// Whether a transcript is written.
    told: bool,
    /// What the engine was told, where that is kept.
    retraced: Option<Retraced>,
}

/// Plays one seed to its end; with its transcript where one is asked for.
pub fn play(seed: u64, site: &Arc<Site>, field: &World, told: bool) -> Plant {
    let mut plant = begin(seed, site, field, told, false);
    plant.play();
    plant
}

/// Plays one seed for the sake of its transcript, also of one that does not come to its end.
pub fn tell(seed: u64, site: &Arc<Site>, field: &World, told: &Mutex<String>) {
    let mut plant = begin(seed, site, field, true, false);
    let _ = catch_unwind(AssertUnwindSafe(|| plant.play()));
    *told.lock().expect("nobody else holds it") = std::mem::take(&mut plant.transcript);
}

/// Plays one seed and keeps what its engine was told.
pub fn trace(seed: u64, site: &Arc<Site>, field: &World) -> Retraced {
    let mut plant = begin(seed, site, field, false, true);
    plant.play();
    plant.retraced.take().expect("it was kept")
}

fn begin(seed: u64, site: &Arc<Site>, field: &World, told: bool, traced: bool) -> Plant {
    let mut random = Random::new(seed);
    let watched = plan::watched(site);
    let happenings = plan::plan(&mut random, &watched, site);
    let mut plant = Plant::new(seed, Arc::clone(site), field.clone(), watched, random, traced);
    plant.told = told;
    plant.happenings = happenings;
    plant
}

impl Plant {
    fn new(seed: u64, site: Arc<Site>, world: World, watched: Vec<Watched>, random: Random, traced: bool) -> Plant {
        let now = Now { mono: Mono(0), wall: Wall(BEGIN) };
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start(1), now);
        let mut plant = Plant {
            tasks: field::tasks(&site, now),
            hanging: vec![false; site.buses.len()],
            world,
            engine,
            disk: Disk::default(),
            consumer: Consumer::default(),
            shown: State::default(),
            board: vec![Reading::never(now); site.points.len()],
            now,
            wall_offset: BEGIN,
            epoch: 1,
            ticket: 0,
            random,
            invariants: Invariants::new(seed, &site, &watched),
            transcript: String::new(),
            faults: BTreeMap::new(),
            device_faults: vec![Vec::new(); site.devices.len()],
            bus_faults: vec![Vec::new(); site.buses.len()],
            commands: Commands::default(),
            judge: Judge::new(&site),
            stirred: true,
            turns: BTreeMap::new(),
            happenings: Vec::new(),
            told: true,
            retraced: None,
            site,
            watched,
        };
        if traced {
            let mut retraced = Retraced::default();
            retraced.begin(&State::default(), &start(1), now);
            plant.retraced = Some(retraced);
        }
        plant.carry_out(effects);
        plant
    }

    fn play(&mut self) {
        for (at, happening) in std::mem::take(&mut self.happenings) {
            self.pass_until(at);
            self.happen(happening);
        }
        self.pass_until(Mono((TROUBLED + SETTLED).as_micros() as u64));
        self.found_back();
    }

    /// Lets simulated time pass from event to event.
    fn pass_until(&mut self, until: Mono) {
        loop {
            let awake = self.tasks.iter().zip(&self.hanging).filter(|(_, hangs)| !**hangs);
            let tasks = awake.map(|(task, _)| task.due());
            let next = tasks.chain(self.engine.next_deadline()).chain(self.disk.due()).min().unwrap_or(until);
            if next > until {
                break;
            }
            self.at(next.max(self.now.mono));
            self.step();
        }
        self.at(until);
    }

    fn at(&mut self, mono: Mono) {
        self.now = Now { mono, wall: Wall(self.wall_offset + mono.0 as i64) };
    }

    fn step(&mut self) {
        self.judge.passed(self.now.mono, &mut self.invariants.tested);
        match self.disk.finish(self.now.mono) {
            Some(Said::Committed(upto)) => {
                self.feed(Input::Committed { upto });
                self.consumer.advance(&self.disk.durable);
            }
            Some(Said::Failed) => self.feed(Input::CommitFailed { reason: "disk full".into() }),
            None => {}
        }
        if self.engine.next_deadline().is_some_and(|due| due <= self.now.mono) {
            self.feed(Input::Wake);
        }
        for number in 0..self.tasks.len() {
            if !self.hanging[number] {
                self.run_task(number);
            }
        }
    }

    fn run_task(&mut self, number: usize) {
        if self.tasks[number].due() > self.now.mono {
            return;
        }
        self.stirred |= self.world.next_due().is_some();
        let (judge, now) = (&mut self.judge, self.now);
        let report =
            self.tasks[number].run(&mut self.world, now, |request, answer| judge.heard(request, answer, now.mono));
        self.stirred |= !self.tasks[number].written.is_empty();
        if std::mem::take(&mut self.stirred) {
            self.judge.truth.look(&self.world, now.mono);
        }
        for (at, request) in std::mem::take(&mut self.tasks[number].written) {
            self.commands.written(&request, at, &mut self.invariants.tested);
            self.judge.written(&request, at, &self.site, &mut self.invariants.tested);
        }
        let (world, site) = (&self.world, &self.site);
        self.commands.look(|command| field::holds(world, site, command));
        self.report(number as u32, report);
    }

    fn report(&mut self, bus: u32, mut report: Report) {
        for (point, reading) in report.values.drain(..) {
            self.invariants.value(&self.world, point, &reading, self.now);
            self.board[point as usize] = reading;
        }
        if !report.is_empty() {
            self.feed(Input::Report { bus, report });
        }
    }

    pub fn feed(&mut self, input: Input) {
        if let Some(retraced) = &mut self.retraced {
            retraced.told(&self.engine, &input, self.now);
        }
        let effects = self.engine.handle(input, self.now);
        if effects.iter().any(|effect| matches!(effect, Effect::Commit(_))) {
            self.invariants.sound(self.engine.state(), &self.site, self.now);
        }
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        // A bus answers when all of this is done, as its own task would.
        let mut answers = Vec::new();
        let decided = effects.iter().any(|effect| matches!(effect, Effect::Commit(_)));
        for effect in effects {
            match effect {
                Effect::Commit(facts) => {
                    for fact in &facts {
                        if self.told {
                            let said = fact.to_bytes();
                            let _ = writeln!(self.transcript, "{} {}", self.now.mono.0, String::from_utf8_lossy(&said));
                        }
                        if let Some(retraced) = &mut self.retraced {
                            retraced.decided(fact);
                        }
                        self.invariants.decided(fact, self.engine.state(), self.now);
                        self.commands.decided(fact, self.now.mono, &mut self.invariants.tested);
                        let calm = self.invariants.calm(&self.site, self.judge.missing(fact), self.now.mono);
                        self.judge.published(fact, self.now.mono, calm, &mut self.invariants.tested);
                    }
                    self.disk.submit(facts, self.now.mono);
                }
                Effect::Show { facts, recorded } => {
                    for fact in &facts {
                        self.invariants.shown(fact, recorded, &self.disk.durable);
                        if fact.id.seq > self.shown.last.seq {
                            self.shown.apply(fact);
                        }
                    }
                }
                Effect::Answer { ticket, outcome } => {
                    self.judge.answered(ticket, outcome.is_ok(), &mut self.invariants.tested);
                }
                Effect::Confirm { device } => {
                    let bus = self.site.devices[device as usize].bus as usize;
                    self.tasks[bus].bus.confirm(device, self.now);
                    self.tasks[bus].wake_at(self.now.mono);
                }
                Effect::Command { bus, command } => {
                    self.commands.sent(&command, &mut self.invariants.tested);
                    self.judge.sent(&command, &self.site, self.now.mono, &mut self.invariants.tested);
                    answers.push((bus, self.tasks[bus as usize].bus.command(command, self.now)));
                    self.tasks[bus as usize].wake_at(self.now.mono);
                }
                Effect::Distrust { bus } => {
                    for device in &self.site.buses[bus as usize].devices {
                        for point in self.site.devices[*device as usize].points.clone() {
                            self.board[point as usize] = Reading { known: Err(Reason::Stale), at: self.now };
                        }
                    }
                }
            }
        }
        if decided {
            self.invariants.shown_rows(self.engine.state());
        }
        for (bus, report) in answers {
            self.report(bus, report);
        }
    }

    fn happen(&mut self, happening: Happening) {
        if self.told {
            let _ = writeln!(self.transcript, "{} {happening:?}", self.now.mono.0);
        }
        match happening {
            Happening::Stimulus { watched, on } => {
                let stimulus = &self.watched[watched];
                let setting = match (stimulus.bit, on) {
                    (false, true) => Setting::State("fire".into()),
                    (false, false) => Setting::State("none".into()),
                    (true, on) => Setting::Bit(on),
                };
                if !stimulus.bit {
                    self.judge.truth.tell(&stimulus.point, on, self.now.mono);
                }
                self.world.set(&stimulus.point, &setting).expect("the plan names points of the site");
                self.invariants.stimulus(watched, on, self.now.mono);
            }
            Happening::Fault { kind, target, begins } => self.fault(kind, target, begins),
            Happening::Person => self.person(|desk, random| desk.anything(random)),
            Happening::Commands => self.person(|desk, random| desk.commands(random)),
            Happening::Does(deed) => self.person(|desk, _| desk.deed(deed)),
            Happening::Switch { point, on } => {
                let setting = if point == "start-1/spray" { Setting::Number(f64::from(on)) } else { Setting::Bit(on) };
                self.world.set(point, &setting).expect("a contact of the site");
            }
            Happening::SprayUnknown => {
                self.world.set("start-1/spray", &Setting::Absent).expect("a register of the site");
            }
            Happening::Turn(turn) => *self.turns.entry(turn).or_default() += 1,
        }
        self.judge.truth.look(&self.world, self.now.mono);
    }

    fn fault(&mut self, kind: Kind, target: usize, begins: bool) {
        if begins {
            *self.faults.entry(kind).or_default() += 1;
        }
        let slot = target % self.site.devices.len();
        if plan::on_the_wire(kind).is_some() {
            let held = &mut self.device_faults[slot];
            if begins {
                held.push(kind);
            } else if let Some(at) = held.iter().position(|other| *other == kind) {
                held.remove(at);
            }
            let fault = held.last().and_then(|kind| plan::on_the_wire(*kind)).unwrap_or(Fault::None);
            let id = self.site.devices[slot].id.clone();
            self.world.fault(id.as_str(), fault).expect("a device of the site");
            self.invariants.disturbed(Some(slot as u32), begins, self.now.mono);
            return;
        }
        if plan::on_the_bus(kind).is_some() {
            let held = &mut self.bus_faults[target];
            if begins {
                held.push(kind);
            } else if let Some(at) = held.iter().position(|other| *other == kind) {
                held.remove(at);
            }
            let trouble = held.last().and_then(|kind| plan::on_the_bus(*kind)).unwrap_or(Trouble::None);
            let bus = &self.site.buses[target];
            self.world.trouble(bus.id.as_str(), trouble).expect("a bus of its kind");
            for device in &bus.devices {
                self.invariants.disturbed(Some(*device), begins, self.now.mono);
            }
            return;
        }
        self.invariants.disturbed(None, begins, self.now.mono);
        match kind {
            Kind::PulledPort => {
                let id = self.site.buses[target].id.clone();
                self.world.cut(id.as_str(), begins).expect("a bus of the site");
            }
            Kind::SilentBusTask => {
                let hung = std::mem::replace(&mut self.hanging[target], begins);
                if hung && !begins {
                    // A task that was held up begins anew: nothing of its bus is known.
                    self.tasks[target] = field::task(&self.site, target, self.now);
                    self.commands.forgotten(&self.site, target as u32);
                }
            }
            Kind::BrokerAway => {
                self.consumer.away = begins;
                self.consumer.advance(&self.disk.durable);
            }
            Kind::SlowCommit => self.disk.slow = begins,
            Kind::FailedCommit => self.disk.failing = begins,
            Kind::ClockStep if begins => {
                let by = if self.random.chance(2) { -3_600_000_000 } else { 7_200_000_000 };
                self.wall_offset += by;
                self.at(self.now.mono);
                self.feed(Input::Clock { stepped_us: by, trusted: true });
            }
            Kind::KilledProcess if begins => self.kill(),
            _ => {}
        }
    }

    /// `kill -9`: the facts on the disk are all there is (invariant 6).
    fn kill(&mut self) {
        self.disk.kill();
        self.commands.killed();
        self.epoch += 1;
        let mut state = State::default();
        for fact in &self.disk.durable {
            state.apply(&Fact::from_bytes(&fact.to_bytes()).expect("what was written can be read"));
        }
        self.invariants.killed(&self.disk.durable, &self.shown);
        self.judge.killed(&self.disk.durable, self.now.mono);
        let before = state.clone();
        if let Some(retraced) = &mut self.retraced {
            retraced.begin(&state, &start(self.epoch), self.now);
        }
        let (engine, effects) = Engine::start(Arc::clone(&self.site), state.clone(), &start(self.epoch), self.now);
        self.invariants.restarted(&before, engine.state(), &effects);
        self.shown = state;
        self.engine = engine;
        self.tasks = field::tasks(&self.site, self.now);
        self.hanging.fill(false);
        self.board = vec![Reading::never(self.now); self.site.points.len()];
        self.carry_out(effects);
    }

    fn person(&mut self, does: impl FnOnce(&Desk<'_>, &mut Random) -> Option<Asked>) {
        let desk = Desk { site: &self.site, state: self.engine.state(), watched: &self.watched, now: self.now };
        let Some((name, act, moves)) = does(&desk, &mut self.random) else { return };
        self.ticket += 1;
        self.judge.asked(self.ticket, name, moves, self.now.mono);
        let by = Actor { user: "wang".into(), role: Role::Engineer, origin: "desk".into() };
        self.feed(Input::Act { ticket: self.ticket, by, key: None, act });
    }

    /// After the faults the gateway must agree with the field again, and every consumer with the journal.
    fn found_back(&mut self) {
        for _ in 0..self.disk.durable.len() {
            if self.consumer.is_done(&self.disk.durable) {
                break;
            }
            self.consumer.advance(&self.disk.durable);
        }
        self.invariants.found_back(&self.engine, &self.site, &self.board, &self.consumer, &self.disk.durable);
    }
}

impl Drop for Plant {
    /// A seed that fails alone tells its story up to the failure.
    fn drop(&mut self) {
        if std::thread::panicking() && std::env::var_os("SEED").is_some() {
            println!("{}", self.transcript);
        }
    }
}

fn start(epoch: u32) -> Start {
    Start { epoch, version: "seeded".into(), clock_trusted: true }
}
