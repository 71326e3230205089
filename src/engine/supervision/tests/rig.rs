//! A small site, told to the real engine in simulated time: statuses change, and what was decided is read back as lines.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::alarm::{Fact, FactKind, State, SupervisionFact};
use crate::engine::base::{
    Actor, BusId, Category, DeviceId, EventId, Mono, Now, PointId, Role, SiteId, Text, Truth, Wall,
};
use crate::engine::class::{Class, ClassStatus, Classes, Lapse, Phase, Sequence, Setting};
use crate::engine::poll::{Edge, Link, LinkOf, Report, StatusEdge};
use crate::engine::profile::{CommandSpec, Danger, Expression, Profile, Table, Write, WriteSpec};
use crate::engine::site::{Bus, Command, Condition, Device, Endpoint, Equipment, Place, Rule, Site, Status};
use crate::engine::{Act, Effect, Engine, Input, Start};

/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000_000;

/// An engine and everything it has decided since the last look.
pub struct Rig {
    pub engine: Engine,
    site: Arc<Site>,
    now: Now,
    facts: Vec<Fact>,
    epoch: u32,
}

impl Rig {
    pub fn new(site: Site) -> Rig {
        let now = Now { mono: Mono(0), wall: Wall(BEGIN) };
        let site = Arc::new(site);
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start(1), now);
        let mut rig = Rig { engine, site, now, facts: Vec::new(), epoch: 1 };
        rig.note(effects);
        rig
    }

    /// Lets time pass, second by second as a healthy bus reports, and wakes the engine whenever it asked to be.
    pub fn pass(&mut self, seconds: u64) {
        let end = self.now.mono.after(Duration::from_secs(seconds));
        while self.now.mono < end {
            let beat = self.now.mono.after(Duration::from_secs(1));
            let next = self.engine.next_deadline().map_or(beat, |due| due.min(beat)).min(end).max(self.now.mono);
            let lapse = next.since(self.now.mono);
            self.now = Now { mono: next, wall: self.now.wall.after(lapse) };
            let input = if next == beat || next == end { report(Report::default()) } else { Input::Wake };
            self.feed(input);
        }
    }

    /// Statuses change: `fire-pump/running`, in one report.
    pub fn say(&mut self, statuses: &[(&str, Truth)]) {
        let place = |id: &str| self.site.statuses.iter().position(|status| status.id.as_str() == id).expect("a status");
        let statuses = statuses
            .iter()
            .map(|(id, truth)| StatusEdge { status: place(id) as u32, truth: *truth, at: self.now })
            .collect();
        self.feed(report(Report { statuses, ..Report::default() }));
    }

    /// A condition's truth changes: `panel-1/mains:mains-fault`.
    pub fn edge(&mut self, condition: &str, truth: Truth) {
        let place = self.site.rules.iter().position(|rule| rule.condition.to_string() == condition);
        let edges = vec![Edge { rule: place.expect("a rule") as u32, truth, at: self.now, sweep: 0 }];
        self.feed(report(Report { edges, ..Report::default() }));
    }

    /// Somebody acknowledges every open row.
    pub fn acknowledge(&mut self) {
        let ids = self.engine.state().open().map(|row| row.id).collect();
        let by = Actor { user: "li".into(), role: Role::Operator, origin: "desk".into() };
        let act = Act::Acknowledge { ids, note: None, counts: BTreeMap::new() };
        self.feed(Input::Act { ticket: 1, by, key: None, act });
    }

    /// Somebody commands it; gives why not.
    pub fn command(&mut self, point: &str, verb: &str) -> Option<&'static str> {
        let by = Actor { user: "li".into(), role: Role::Operator, origin: "desk".into() };
        let act = Act::Command { point: PointId::new(point), verb: verb.into(), arm: None };
        let effects = self.engine.handle(Input::Act { ticket: 1, by, key: None, act }, self.now);
        let refused = effects.iter().find_map(|effect| match effect {
            Effect::Answer { outcome: Err(refusal), .. } => Some(refusal.code()),
            _ => None,
        });
        self.note(effects);
        refused
    }

    /// The link of the first device goes or comes back.
    pub fn link(&mut self, up: bool) {
        let links = vec![Link { of: LinkOf::Device(0), up, reason: Text::default(), at: self.now }];
        self.feed(report(Report { links, ..Report::default() }));
    }

    /// The process ends and is started again on everything it decided.
    pub fn kill(&mut self) {
        self.recover(self.engine.state().clone());
    }

    /// The process is started on this state.
    pub fn recover(&mut self, state: State) {
        self.epoch += 1;
        let (engine, effects) = Engine::start(Arc::clone(&self.site), state, &start(self.epoch), self.now);
        self.engine = engine;
        self.note(effects);
    }

    fn feed(&mut self, input: Input) {
        let effects = self.engine.handle(input, self.now);
        self.note(effects);
    }

    fn note(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Commit(facts) = effect else { continue };
            let upto = facts.last().expect("a commit holds facts").id.seq;
            self.facts.extend(facts);
            let shown = self.engine.handle(Input::Committed { upto }, self.now);
            self.note(shown);
        }
    }

    /// What was decided since the last look, one word or two each; what a restart says of itself is left out.
    pub fn told(&mut self) -> Vec<String> {
        let lines = std::mem::take(&mut self.facts).iter().map(line).collect::<Vec<_>>();
        lines.into_iter().filter(|line| !matches!(line.as_str(), "restarted" | "configured")).collect()
    }

    /// The open rows: condition and source.
    pub fn rows(&self) -> Vec<String> {
        let open = self.engine.state().open();
        open.map(|row| format!("{} {:?}", row.raise.condition, row.source).to_lowercase()).collect()
    }
}

fn report(report: Report) -> Input {
    Input::Report { bus: 0, report: Report { alive: Some(BTreeMap::new()), ..report } }
}

fn start(epoch: u32) -> Start {
    Start { epoch, version: "test".into(), clock_trusted: true }
}

fn line(fact: &Fact) -> String {
    let word = fact.kind.as_str();
    match &fact.kind {
        FactKind::Supervision(SupervisionFact::Begun(of)) => format!("{word} {}", of.point),
        FactKind::Supervision(SupervisionFact::Phase { phase, .. } | SupervisionFact::Failed { phase, .. }) => {
            format!("{word} {phase}")
        }
        FactKind::Supervision(SupervisionFact::Done { abandoned: true, .. }) => format!("{word} given-up"),
        FactKind::Supervision(SupervisionFact::CauseJudged(judged)) => {
            let under = if judged.under.is_some() { " folded" } else { "" };
            format!("{:?}{under}", judged.cause).to_lowercase()
        }
        FactKind::Raised(raise) => format!("{word} {}", raise.condition),
        FactKind::SourceChanged { source, .. } => format!("{word} {source:?}").to_lowercase(),
        _ => word.to_owned(),
    }
}

/// The last occurrence that was raised at a condition.
pub fn last(rig: &Rig, condition: &str) -> EventId {
    let held = rig.engine.state().occurrences.values().rev().find(|held| held.raise.condition.to_string() == condition);
    held.expect("an occurrence").id
}

/// A class with these statuses; everything else is added by the test.
pub fn class(id: &str, statuses: &[&str]) -> Class {
    let status = |key: &&str| ClassStatus { key: (*key).to_owned(), name: Text::same(key), normal: None };
    Class {
        feedback_follows: Vec::new(),
        id: id.into(),
        name: Text::same(id),
        statuses: statuses.iter().map(status).collect(),
        settings: Vec::new(),
        alarms: Vec::new(),
        sequences: Vec::new(),
        mains: None,
        runs_on: false,
        discharges: false,
        activated: None,
    }
}

/// The fire pump of FW-01 as a class: command, red lamp, soft starter, bypass contactor, green lamp, pressure.
pub fn fire_pump() -> Class {
    let statuses = ["commanded", "red-lamp", "starting", "running", "green-lamp", "pressure"];
    let bit = |key: &str| Expression::Bit(statuses.iter().position(|status| *status == key).expect("a status") as u32);
    let not = |key: &str| Expression::Not(Box::new(bit(key)));
    let phase = |key: &str, until: Expression, within: Lapse, category: Category| Phase {
        follows: Vec::new(),
        key: key.into(),
        name: Text::same(key),
        until,
        within,
        missing: Text::same(&format!("no {key}")),
        category,
        advice: Text::same(&format!("look at the {key}")),
    };
    let seconds = |seconds| Lapse::Fixed(Duration::from_secs(seconds));
    Class {
        settings: vec![Setting {
            key: "start-time".into(),
            name: Text::same("start time"),
            unit: "s".into(),
            default: 30.0,
            range: (5.0, 120.0),
        }],
        sequences: vec![Sequence {
            key: "start".into(),
            name: Text::same("start"),
            begins: bit("commanded"),
            abandoned: Some(not("commanded")),
            phases: vec![
                phase("red-out", not("red-lamp"), seconds(3), Category::Fault),
                phase(
                    "soft-start",
                    Expression::Any(vec![bit("starting"), bit("running")]),
                    seconds(5),
                    Category::Supervisory,
                ),
                phase("bypass", bit("running"), Lapse::Setting(0), Category::Supervisory),
                phase("green", bit("green-lamp"), seconds(3), Category::Fault),
                phase("pressure", bit("pressure"), seconds(10), Category::Supervisory),
            ],
            rows: Vec::new(),
        }],
        ..class("fire-pump", &statuses)
    }
}

/// A site of single devices on one bus, each showing these statuses of its class, all in building 2.
pub fn site(classes: Vec<Class>, held: &[(&str, &str, &[&str])]) -> Site {
    let mut site = Site {
        classes: Arc::new(Classes { list: classes, types: BTreeMap::new() }),
        buses: vec![Bus {
            id: BusId::new("lan"),
            name: Text::same("lan"),
            endpoint: Endpoint::Tcp("127.0.0.1:502".into()),
            periods: BTreeMap::new(),
            devices: Vec::new(),
        }],
        ..Site::new(SiteId::new("works"))
    };
    let place = Place { building: Some("2".into()), ..Place::default() };
    for (number, (id, class, shown)) in held.iter().enumerate() {
        let number = number as u32;
        let first = site.statuses.len() as u32;
        let mut equipment = Equipment {
            follows: Vec::new(),
            id: (*id).into(),
            device: number,
            class: site.classes.find(class).map(|(at, _)| at),
            name: Text::same(id),
            place: place.clone(),
            code: None,
            kind: None,
            statuses: BTreeMap::new(),
            rules: Vec::new(),
            commands: Vec::new(),
            settings: BTreeMap::new(),
        };
        for key in *shown {
            equipment.statuses.insert((*key).into(), site.statuses.len() as u32);
            site.statuses.push(Status {
                id: equipment.point(key),
                device: number,
                equipment: number,
                key: (*key).into(),
                name: Text::same(key),
                when: Expression::Bit(0),
            });
        }
        site.equipment.push(equipment);
        site.buses[0].devices.push(number);
        site.devices.push(Device {
            id: DeviceId::new(id),
            name: Text::same(id),
            bus: 0,
            unit: 1,
            address: 0,
            profile: Arc::new(Profile::new("test", class)),
            place: place.clone(),
            control: false,
            refused: None,
            points: 0..0,
            rules: 0..0,
            commands: 0..0,
            statuses: first..site.statuses.len() as u32,
        });
    }
    site
}

/// A number that a site may set.
pub fn number(key: &str, default: f64) -> Setting {
    Setting { key: key.into(), name: Text::same(key), unit: "s".into(), default, range: (0.0, 1e6) }
}

/// Gives devices conditions, in the order of the devices: `(0, "mains", Category::MainsFault)`.
pub fn conditions(site: &mut Site, list: &[(u32, &str, Category)]) {
    for (number, device) in (0u32..).zip(&mut site.devices) {
        let first = site.rules.len() as u32;
        for (_, point, category) in list.iter().filter(|(held, ..)| *held == number) {
            site.rules.push(Rule {
                follows: Vec::new(),
                condition: Condition { point: PointId::of(&device.id, point), category: *category, level: None },
                device: number,
                name: Text::same(point),
                place: device.place.clone(),
                code: None,
                kind: None,
                class: None,
                latches: false,
                delay: Duration::ZERO,
                when: Expression::All(Vec::new()),
                advice: Text::default(),
            });
        }
        device.rules = first..site.rules.len() as u32;
    }
}

/// A device may be commanded `verb` at its point `pump`.
pub fn commanded(site: &mut Site, device: u32, verb: &str) {
    let held = &mut site.devices[device as usize];
    held.control = true;
    let number = site.commands.len() as u32;
    site.commands.push(Command {
        point: PointId::of(&held.id, "pump"),
        device,
        name: Text::same(verb),
        place: held.place.clone(),
        spec: CommandSpec {
            verb: verb.into(),
            on: None,
            name: Text::same(verb),
            write: WriteSpec::Plain { table: Table::Coil, address: 7, write: Write::Coil(true) },
            danger: Danger::Plain,
            ttl: Duration::from_secs(5),
            feedback: None,
            pulse: None,
        },
    });
    held.commands.end = number + 1;
    site.equipment[device as usize].commands.push(number);
}
