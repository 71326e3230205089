//! A story: a timeline of what the field and people do, told to the real engine in simulated time, and the transcript
//! of everything it decided and asked for.
//!
//! One line a step: `MM:SS verb arguments`. Conditions are named as everywhere: `panel-1/d1:fire`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tocsin::config::class;
use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::{BusId, Category, DeviceId, EventId, Mono, Now, PointId, SiteId, Text, Truth, Wall, Zone};
use tocsin::engine::poll::{Edge, Link, LinkOf, Report};
use tocsin::engine::profile::{Expression, Profile, Speech};
use tocsin::engine::site::{Building, Bus, Condition, Device, Endpoint, Place, Rule, Settings, Site};
use tocsin::engine::{Act, Effect, Engine, Input, Start};

use super::{acts, console, equipment, linkages, records};

/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000_000;

/// A story that begins so has [`linkages`] in its site; `site linkages unread` one in which nothing was read yet.
const LINKED: &str = "site linkages";

/// Runs a story and gives its transcript.
pub fn run(text: &str) -> String {
    let mut teller = Teller::new(text.lines().any(|line| line.starts_with(LINKED)));
    if text.lines().any(|line| line == LINKED) {
        teller.all_read();
    }
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') || line.starts_with(LINKED) {
            let _ = writeln!(teller.transcript, "{line}");
            continue;
        }
        teller.step(line).unwrap_or_else(|problem| panic!("line {}: {problem}: {line}", number + 1));
    }
    teller.transcript
}

struct Teller {
    engine: Engine,
    site: Arc<Site>,
    durable: Vec<Fact>,
    waiting: Vec<Fact>,
    disk: Disk,
    shown: State,
    now: Now,
    ticket: u64,
    epoch: u32,
    transcript: String,
}

#[derive(PartialEq)]
enum Disk {
    Works,
    Hangs,
    Full,
}

impl Teller {
    fn new(linked: bool) -> Teller {
        let mut site = site();
        if linked {
            let place = site.devices[0].place.clone();
            linkages::add(&mut site, &place);
        }
        let site = Arc::new(site);
        let now = Now { mono: Mono(0), wall: Wall(BEGIN) };
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start(1), now);
        let mut teller = Teller {
            engine,
            site,
            durable: Vec::new(),
            waiting: Vec::new(),
            disk: Disk::Works,
            shown: State::default(),
            now,
            ticket: 0,
            epoch: 1,
            transcript: String::new(),
        };
        teller.effects(effects);
        teller
    }

    fn step(&mut self, line: &str) -> Result<(), String> {
        let (due, rest) = acts::timed(line)?;
        self.pass_until(due);
        let _ = writeln!(self.transcript, "{line}");
        let words: Vec<&str> = rest.split_whitespace().collect();
        match words[..] {
            ["edge", condition, truth] => self.edges(&[(condition, truth)], self.now.mono.0),
            ["edge", condition, truth, "sweep", sweep] => {
                self.edges(&[(condition, truth)], sweep.parse().map_err(|_| "sweep is a number")?);
            }
            ["link", of, state] => self.link(of, state == "up")?,
            ["record", ref words @ ..] => {
                let records = vec![records::read(words, &self.site, self.now)?];
                self.feed(Input::Report { bus: 0, report: Report { records, ..Report::default() } });
            }
            ["memory", ref words @ ..] => {
                let records = vec![records::memory(words, &self.site, self.now)?];
                self.feed(Input::Report { bus: 0, report: Report { records, ..Report::default() } });
            }
            ["disk", "works"] => {
                self.disk = Disk::Works;
                self.commit();
            }
            ["disk", "hangs"] => self.disk = Disk::Hangs,
            ["disk", "full"] => self.disk = Disk::Full,
            ["news", point, verb, what] => {
                let commands = vec![equipment::news(self.engine.state(), point, verb, what, self.now)?];
                self.feed(Input::Report { bus: 0, report: Report { commands, ..Report::default() } });
            }
            ["status", ref pairs @ ..] => {
                let each = pairs.chunks_exact(2).map(|pair| linkages::status(&self.site, pair[0], pair[1], self.now));
                let statuses = each.collect::<Result<_, _>>()?;
                self.feed(Input::Report { bus: 0, report: Report { statuses, ..Report::default() } });
            }
            ["clock", "untrusted"] => self.feed(Input::Clock { stepped_us: 0, trusted: false }),
            ["kill"] => self.kill(),
            ["kill", seconds] => {
                let seconds: u64 = seconds.parse().map_err(|_| "seconds is a number")?;
                self.at(Mono(self.now.mono.0 + seconds * 1_000_000));
                self.kill();
            }
            ["wait"] => {}
            ["without", device] => self.without(device),
            _ => {
                let (user, act) = acts::read(&words, self.engine.state(), self.now)?;
                self.act(user, act);
            }
        }
        self.picture();
        Ok(())
    }

    /// Lets simulated time pass, waking the engine exactly when it asked to be.
    fn pass_until(&mut self, due: Mono) {
        let begin = self.now.mono;
        loop {
            // A healthy bus reports once a second.
            let beat = Mono((self.now.mono.0 / 1_000_000 + 1) * 1_000_000);
            let next = self.engine.next_deadline().map_or(beat, |deadline| deadline.min(beat)).max(self.now.mono);
            if next > due {
                break;
            }
            self.at(next);
            let input = if next == beat {
                Input::Report { bus: 0, report: Report { alive: Some(BTreeMap::new()), ..Report::default() } }
            } else {
                Input::Wake
            };
            let before = self.transcript.len();
            self.feed(input);
            if self.transcript.len() > before {
                let clock = self.clock();
                self.transcript.insert_str(before, &format!("{clock} (by itself)\n"));
                self.picture();
            }
        }
        assert!(due >= begin, "a story goes forward");
        self.at(due);
    }

    fn at(&mut self, mono: Mono) {
        let lapse = mono.0 - self.now.mono.0;
        self.now = Now { mono, wall: Wall(self.now.wall.0 + lapse as i64) };
    }

    fn clock(&self) -> String {
        let seconds = self.now.mono.0 as f64 / 1e6;
        format!("{:02}:{:04.1}", (seconds / 60.0) as u64, seconds % 60.0)
    }

    fn feed(&mut self, input: Input) {
        let effects = self.engine.handle(input, self.now);
        self.effects(effects);
    }

    fn edges(&mut self, edges: &[(&str, &str)], sweep: u64) {
        let edges = edges
            .iter()
            .map(|(condition, truth)| Edge {
                rule: self.rule(condition),
                truth: match *truth {
                    "true" => Truth::True,
                    "false" => Truth::False,
                    _ => Truth::Unknown,
                },
                at: self.now,
                sweep,
            })
            .collect();
        self.feed(Input::Report { bus: 0, report: Report { edges, ..Report::default() } });
    }

    /// Every condition of the panel was read and does not hold, and what equipment shows is known.
    fn all_read(&mut self) {
        let panel = self.site.devices.iter().find(|device| device.id.as_str() == "lp").expect("it has linkages");
        let edges = panel.rules.clone().map(|rule| Edge { rule, truth: Truth::False, at: self.now, sweep: 0 });
        let report = Report { edges: edges.collect(), ..Report::default() };
        self.feed(Input::Report { bus: 0, report });
    }

    fn rule(&self, condition: &str) -> u32 {
        let place = self.site.rules.iter().position(|rule| rule.condition.to_string() == condition);
        place.unwrap_or_else(|| panic!("no rule {condition}")) as u32
    }

    fn link(&mut self, of: &str, up: bool) -> Result<(), String> {
        let of = if let Some(device) = self.site.devices.iter().position(|device| device.id.as_str() == of) {
            LinkOf::Device(device as u32)
        } else if let Some(bus) = self.site.buses.iter().position(|bus| bus.id.as_str() == of) {
            LinkOf::Bus(bus as u32)
        } else if of.contains(':') {
            LinkOf::Rule(self.rule(of))
        } else {
            return Err(format!("no device, bus or rule {of}"));
        };
        let links = vec![Link { of, up, reason: Text::new("无应答", "no answer"), at: self.now }];
        self.feed(Input::Report { bus: 0, report: Report { links, ..Report::default() } });
        Ok(())
    }

    fn act(&mut self, user: &str, act: Act) {
        self.ticket += 1;
        self.feed(acts::input(self.ticket, user, act));
    }

    fn effects(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Commit(facts) => {
                    for fact in &facts {
                        let _ =
                            writeln!(self.transcript, "    fact {} {}", EventId::from(fact.id), console::told(fact));
                    }
                    self.waiting.extend(facts);
                    self.commit();
                }
                Effect::Show { facts, recorded } => {
                    for fact in &facts {
                        if fact.id.seq > self.shown.last.seq {
                            self.shown.apply(fact);
                        }
                    }
                    if !recorded {
                        let _ = writeln!(self.transcript, "    shown unrecorded: {} facts", facts.len());
                    }
                }
                Effect::Answer { outcome, .. } => {
                    let _ = writeln!(self.transcript, "    {}", acts::answered(&outcome));
                }
                Effect::Confirm { device } => {
                    let id = &self.site.devices[device as usize].id;
                    let _ = writeln!(self.transcript, "    ask {id} to report anew");
                }
                Effect::Command { bus, command } => {
                    let record = &self.engine.state().commands[&command.id].asked;
                    let lasts = command.expires.since(self.now.mono).as_secs_f64();
                    let bus = &self.site.buses[bus as usize].id;
                    let (point, verb) = (&record.point, &record.verb);
                    let _ = writeln!(self.transcript, "    send {point} {verb} by {bus} within {lasts:.1} s");
                }
                Effect::Distrust { bus } => {
                    let _ = writeln!(self.transcript, "    distrust {}", self.site.buses[bus as usize].id);
                }
            }
        }
    }

    fn commit(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        match self.disk {
            Disk::Works => {
                self.durable.append(&mut self.waiting);
                let upto = self.durable.last().expect("just filled").id.seq;
                self.feed(Input::Committed { upto });
            }
            Disk::Full => {
                self.disk = Disk::Hangs;
                self.feed(Input::CommitFailed { reason: "disk full".into() });
            }
            Disk::Hangs => {}
        }
    }

    /// The process dies; what was durable is all there is.
    fn kill(&mut self) {
        self.waiting.clear();
        self.epoch += 1;
        let mut state = State::default();
        for fact in &self.durable {
            state.apply(&Fact::from_bytes(&fact.to_bytes()).expect("what was written can be read"));
        }
        self.shown = state.clone();
        let (engine, effects) = Engine::start(Arc::clone(&self.site), state, &start(self.epoch), self.now);
        self.engine = engine;
        self.effects(effects);
    }

    /// Restarts with a configuration that no longer has `device`.
    fn without(&mut self, device: &str) {
        let mut site = (*self.site).clone();
        let index =
            site.devices.iter().position(|held| held.id.as_str() == device).expect("a device of the site") as u32;
        site.rules.retain(|rule| rule.device != index);
        site.devices[index as usize].rules = 0..0;
        site.devices[index as usize].id = DeviceId::new("replaced");
        site.hash = "second".into();
        self.site = Arc::new(site);
        self.kill();
    }

    fn picture(&mut self) {
        let _ = writeln!(self.transcript, "    {}", console::line(self.engine.state()));
    }
}

fn start(epoch: u32) -> Start {
    Start { epoch, version: "test".into(), clock_trusted: true }
}

/// What is connected to `panel-1`; of `cell` nobody knows what it is.
fn class_of(point: &str) -> Option<String> {
    match point {
        "gas" => Some("extinguishing".into()),
        "vent" => Some("vent".into()),
        _ => None,
    }
}

/// One bus; `panel-1` holds its alarms until it is reset there, `io-1` does not; both in building 2, with control off.
pub fn site() -> Site {
    let text = Text::same;
    let place =
        Place { building: Some("2".into()), floor: Some("4".into()), zone: Some("2-04".into()), text: Text::default() };
    let mut site = Site {
        id: SiteId::new("riverside"),
        name: text("Riverside"),
        timezone: "Asia/Shanghai".into(),
        buildings: vec![Building {
            id: "2".into(),
            name: Text::new("2号楼", "Building 2"),
            floors: vec!["4".into()],
            below_ground: 0,
        }],
        buses: vec![Bus {
            id: BusId::new("lan"),
            name: text("lan"),
            endpoint: Endpoint::Tcp("127.0.0.1:502".into()),
            periods: BTreeMap::new(),
            devices: vec![0, 1, 2],
        }],
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        classes: class::shipped(),
        settings: Settings::default(),
        hash: "first".into(),
        ..Site::new(SiteId::new(""))
    };
    type Listed<'a> = (&'a str, bool, &'a [(&'a str, Category)]);
    let conditions: [Listed<'_>; 3] = [
        (
            "panel-1",
            true,
            &[
                ("d1", Category::Fire),
                ("d2", Category::Fire),
                ("d1", Category::Fault),
                ("d1", Category::Disabled),
                ("d1.dirty", Category::Fault),
                ("m1", Category::Supervisory),
                ("m2", Category::Start),
                ("gas", Category::Delay),
                ("vent", Category::Delay),
                ("cell", Category::Delay),
            ],
        ),
        (
            "io-1",
            false,
            &[
                ("d9", Category::Fire),
                ("power", Category::MainsFault),
                ("lift", Category::Emergency),
                ("tank", Category::Limit),
            ],
        ),
        ("panel-9", true, &[("d1", Category::Fire), ("d1", Category::Fault)]),
    ];
    for (number, (id, holds_alarms, list)) in conditions.into_iter().enumerate() {
        let speech = if id == "panel-9" { Speech::Gbt26875 } else { Speech::Modbus };
        let memory = (id == "io-1").then(records::six_entries);
        let profile = Profile { holds_alarms, speech, memory, ..Profile::new("test", "panel") };
        let first = site.rules.len() as u32;
        for (point, category) in list {
            site.rules.push(Rule {
                follows: Vec::new(),
                advice: Text::default(),
                class: class_of(point),
                condition: Condition {
                    point: PointId::of(&DeviceId::new(id), point),
                    category: *category,
                    level: None,
                },
                device: number as u32,
                name: text(&format!("{id} {point}")),
                place: place.clone(),
                code: None,
                kind: None,
                latches: category.rules().latches,
                delay: Duration::ZERO,
                when: Expression::All(Vec::new()),
            });
        }
        site.devices.push(Device {
            statuses: 0..0,
            id: DeviceId::new(id),
            name: text(id),
            bus: 0,
            unit: number as u8 + 1,
            profile: Arc::new(profile),
            place: place.clone(),
            control: false,
            refused: None,
            points: 0..0,
            rules: first..site.rules.len() as u32,
            commands: 0..0,
            address: 0,
        });
    }
    equipment::add(&mut site, &place);
    // A shift begins forty minutes after the beginning.
    site.zone = Zone { changes: vec![(Wall(0), 8 * 3600)] };
    // Nobody signs in there.
    (site.shifts, site.settings.on_duty) = (vec![8 * 60 + 40], 0);
    site
}
