use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::base::{BusId, Category, DeviceId, Mono, Now, Reading, SiteId, Text, Truth, Wall};
use crate::engine::poll::cost::Cost;
use crate::engine::poll::{
    Bus, Command, CommandNews, Edge, Failure, Link, LinkOf, Next, Progress, Record, Reply, Report, Request,
};
use crate::engine::profile::{
    AlarmSpec, Comparison, Encoding, Expression, Kind, Order, Pace, PointSpec, Profile, Table, Term, Write,
};
use crate::engine::site::{Bus as BusModel, Device, Endpoint, Line, Parity, Place, Settings, Site, expand};

pub fn point(address: u16, kind: Kind, pace: Pace) -> PointSpec {
    PointSpec {
        key: format!("p{address}-{}", pace.as_str()),
        name: Arc::new(Text::same("point")),
        encoding: Arc::new(Encoding {
            table: Table::Holding,
            address,
            kind,
            order: Order::Abcd,
            bits: None,
            scale: 1.0,
            offset: 0.0,
            valid: None,
            absent: Vec::new(),
            states: None,
        }),
        pace,
        unit: "".into(),
        deadband: 0.0,
        proviso: None,
    }
}

/// `point > 0`
pub fn above_zero(slot: u32, category: Category) -> AlarmSpec {
    AlarmSpec {
        follows: Vec::new(),
        by_class: false,
        advice: Text::default(),
        key: format!("rule-{slot}"),
        on: Some(slot),
        name: Text::same("rule"),
        category,
        level: None,
        latches: category.rules().latches,
        delay: Duration::ZERO,
        when: Expression::Compare(Term::Slot(slot), Comparison::Greater, Term::Literal(0.0)),
    }
}

/// Each point by itself, unless it touches the next one.
pub fn profile(points: Vec<PointSpec>, alarms: Vec<AlarmSpec>) -> Profile {
    let mut profile = bridging(points, alarms);
    profile.link.bridge = false;
    profile
}

/// Points that are read together where that is faster.
pub fn bridging(points: Vec<PointSpec>, alarms: Vec<AlarmSpec>) -> Profile {
    Profile { points, alarms, ..Profile::new("simulated", "panel") }
}

pub fn tcp() -> Endpoint {
    Endpoint::Tcp("127.0.0.1:502".into())
}

pub fn serial() -> Endpoint {
    Endpoint::Serial(Line { path: "/dev/line".into(), baud: 9600, parity: Parity::None, stop_bits: 1 })
}

/// A site of one bus; the devices' unit ids are 1, 2, 3 ...
pub fn site(endpoint: Endpoint, profiles: Vec<Profile>) -> Arc<Site> {
    let periods = [(Pace::Fire, 1), (Pace::Fast, 1), (Pace::Normal, 5), (Pace::Slow, 60)];
    let mut site = Site {
        id: SiteId::new("s"),
        name: Text::default(),
        timezone: "Asia/Shanghai".into(),
        buildings: Vec::new(),
        buses: vec![BusModel {
            id: BusId::new("b"),
            name: Text::default(),
            endpoint,
            periods: periods.into_iter().map(|(pace, seconds)| (pace, Duration::from_secs(seconds))).collect(),
            devices: Vec::new(),
        }],
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Settings::default(),
        hash: String::new(),
        ..Site::new(SiteId::new(""))
    };
    for (unit, profile) in (1..).zip(profiles) {
        let device = Device {
            statuses: 0..0,
            id: DeviceId::new(&format!("d{unit}")),
            name: Text::default(),
            bus: 0,
            unit,
            profile: Arc::new(profile),
            place: Place::default(),
            control: false,
            refused: None,
            points: 0..0,
            rules: 0..0,
            commands: 0..0,
            address: 0,
        };
        expand(&mut site, device, &[]).expect("nothing is listed");
    }
    Arc::new(site)
}

/// How a simulated device answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    Silent,
    Refuses(u8),
    /// One register fewer than asked.
    Short,
    /// One register more than asked.
    Long,
    /// Does what is written, and the answer is lost; reads are answered well.
    Swallows,
    /// Refuses what is written; reads are answered well.
    Guards(u8),
}

/// What devices make of function 43.
#[derive(Clone, Debug)]
pub enum OwnWords {
    Nothing,
    Refused,
    Objects(Vec<(u8, Vec<u8>)>),
}

pub struct Rig {
    pub bus: Bus,
    pub own_words: OwnWords,
    /// Requests that begin here are never answered.
    pub mute: Option<u16>,
    pub micros: u64,
    /// Registers by unit id.
    pub registers: BTreeMap<u8, Vec<u16>>,
    pub moods: BTreeMap<u8, Mood>,
    /// How long an answered exchange takes.
    pub wire: Duration,
    /// Exchanges take what the plan says instead.
    pub timed: bool,
    /// Registers that a device does not have, by unit: a range with one of them is refused.
    pub holes: BTreeMap<u8, Vec<u16>>,
    /// Everything that was sent.
    pub sent: Vec<(Mono, Request)>,
    /// When each of them ended.
    pub ended: Vec<Mono>,
    pub site: Arc<Site>,
    /// How the last exchange ended: whether it was verified, and when.
    pub last_verified: Option<Mono>,
    pub edges: Vec<Edge>,
    pub links: Vec<Link>,
    pub values: Vec<(u32, Reading)>,
    pub alive: Vec<(Mono, BTreeMap<Pace, Duration>)>,
    pub news: Vec<CommandNews>,
    pub records: Vec<Record>,
    /// What every point was last said to be.
    pub board: Vec<Reading>,
}

impl Rig {
    pub fn new(site: Arc<Site>) -> Rig {
        let start = at(0);
        let units: Vec<u8> = site.devices.iter().map(|device| device.unit).collect();
        Rig {
            bus: Bus::new(Arc::clone(&site), 0, start),
            mute: None,
            own_words: OwnWords::Refused,
            micros: 0,
            registers: units.iter().map(|unit| (*unit, vec![0; 1000])).collect(),
            moods: units.iter().map(|unit| (*unit, Mood::Well)).collect(),
            wire: Duration::from_millis(10),
            timed: false,
            holes: BTreeMap::new(),
            ended: Vec::new(),
            site: Arc::clone(&site),
            sent: Vec::new(),
            last_verified: None,
            edges: Vec::new(),
            links: Vec::new(),
            values: Vec::new(),
            alive: Vec::new(),
            news: Vec::new(),
            records: Vec::new(),
            board: vec![Reading::never(start); site.points.len()],
        }
    }

    pub fn now(&self) -> Now {
        at(self.micros)
    }

    pub fn take(&mut self, report: Report) -> Report {
        for (point, reading) in &report.values {
            self.board[*point as usize] = reading.clone();
        }
        self.edges.extend(report.edges.iter().copied());
        // That a link works when it is first heard of is told once; the tests look at what changes after it.
        for link in &report.links {
            if !link.up || self.links.iter().any(|known| known.of == link.of) {
                self.links.push(link.clone());
            }
        }
        self.values.extend(report.values.iter().cloned());
        self.news.extend(report.commands.iter().cloned());
        self.records.extend(report.records.iter().cloned());
        self.alive.extend(report.alive.iter().map(|ages| (at(self.micros).mono, ages.clone())));
        report
    }

    /// What the device makes of a request, and how long it takes.
    pub fn exchange(&mut self, request: &Request) -> (Result<Reply, Failure>, Duration) {
        let words = |count: u16| {
            let registers = &self.registers[&request.unit];
            Reply::Words((request.start..request.start + count).map(|at| registers[usize::from(at)]).collect())
        };
        if let Some(write) = &request.write {
            return self.write(request, write);
        }
        if request.identification {
            return match (&self.own_words, self.moods[&request.unit]) {
                (_, Mood::Silent) | (OwnWords::Nothing, _) => (Err(Failure::Timeout), request.within),
                (OwnWords::Refused, _) => (Err(Failure::Exception(1)), self.wire),
                (OwnWords::Objects(objects), _) => (Ok(Reply::Objects(objects.clone())), self.wire),
            };
        }
        match self.moods[&request.unit] {
            _ if self.mute == Some(request.start) => (Err(Failure::Timeout), request.within),
            Mood::Well if self.has_hole(request) => (Err(Failure::Exception(2)), self.wire),
            Mood::Well | Mood::Swallows | Mood::Guards(_) => (Ok(words(request.count)), self.wire),
            Mood::Short => (Ok(words(request.count - 1)), self.wire),
            Mood::Long => (Ok(words(request.count + 1)), self.wire),
            Mood::Refuses(code) => (Err(Failure::Exception(code)), self.wire),
            Mood::Silent => (Err(Failure::Timeout), request.within),
        }
    }

    fn has_hole(&self, request: &Request) -> bool {
        let range = request.start..request.start + request.count;
        self.holes.get(&request.unit).is_some_and(|holes| holes.iter().any(|hole| range.contains(hole)))
    }

    fn write(&mut self, request: &Request, write: &Write) -> (Result<Reply, Failure>, Duration) {
        let mood = self.moods[&request.unit];
        if matches!(mood, Mood::Well | Mood::Swallows) {
            let registers = self.registers.get_mut(&request.unit).expect("a unit");
            let words = match write {
                Write::Register(word) => vec![*word],
                Write::Registers(words) => words.clone(),
                Write::Mask { and, or } => vec![(registers[usize::from(request.start)] & and) | (or & !and)],
                Write::Coil(_) | Write::Coils(_) => panic!("the field has holding registers only"),
            };
            registers[usize::from(request.start)..][..words.len()].copy_from_slice(&words);
        }
        match mood {
            Mood::Well => (Ok(Reply::Written), self.wire),
            Mood::Refuses(code) | Mood::Guards(code) => (Err(Failure::Exception(code)), self.wire),
            Mood::Swallows | Mood::Silent => (Err(Failure::Timeout), request.within),
            Mood::Short | Mood::Long => (Err(Failure::Malformed("an echo of something else".into())), self.wire),
        }
    }

    /// Hands a command to the bus.
    pub fn command(&mut self, command: Command) {
        let report = self.bus.command(command, self.now());
        self.take(report);
    }

    /// What was said of a command, in order.
    pub fn progress(&self, seq: u64) -> Vec<Progress> {
        self.news.iter().filter(|news| news.id.seq == seq).map(|news| news.progress.clone()).collect()
    }

    /// Every write that was sent: when, to which unit, and where.
    pub fn writes(&self) -> Vec<(f64, u8, u16)> {
        let writes = self.sent.iter().filter(|(_, request)| request.write.is_some());
        writes.map(|(at, request)| (at.0 as f64 / 1e6, request.unit, request.start)).collect()
    }

    /// One thing: an exchange, or a wait and a tick.
    pub fn step(&mut self) -> Report {
        match self.bus.next(self.now()) {
            Next::Send(request) => {
                self.sent.push((self.now().mono, request.clone()));
                let (outcome, mut lasts) = self.exchange(&request);
                if self.timed && outcome.is_ok() {
                    let cost = Cost::of(&self.site, &self.site.buses[0]);
                    lasts = cost.exchange(None, request.table, request.count);
                }
                self.micros += u64::try_from(lasts.as_micros()).expect("short");
                let now = self.now();
                self.ended.push(now.mono);
                let length = match &outcome {
                    Ok(Reply::Words(words)) => words.len(),
                    _ => 0,
                };
                self.last_verified = (length == usize::from(request.count)).then_some(now.mono);
                let report = match outcome {
                    Ok(reply) => self.bus.reply(request.id, reply, now),
                    Err(failure) => self.bus.failure(request.id, failure, now),
                };
                self.take(report)
            }
            Next::WaitUntil(until) => {
                assert!(until.0 > self.micros, "a wait that is over already would spin: {until:?}");
                self.micros = until.0;
                self.last_verified = None;
                let report = self.bus.tick(self.now());
                self.take(report)
            }
        }
    }

    /// Runs for so long, and a step longer at most.
    pub fn run(&mut self, seconds: f64) {
        let until = self.micros + (seconds * 1e6) as u64;
        while self.micros < until {
            self.step();
        }
    }

    /// Truths reported of a rule, in order.
    pub fn truths(&self, rule: u32) -> Vec<Truth> {
        self.edges.iter().filter(|edge| edge.rule == rule).map(|edge| edge.truth).collect()
    }

    /// Links reported, as (whose, up).
    pub fn link_changes(&self) -> Vec<(LinkOf, bool)> {
        self.links.iter().map(|link| (link.of, link.up)).collect()
    }

    /// Whole seconds between the sends to one device on average.
    pub fn mean_period(&self, device: u32, from: f64) -> f64 {
        let times: Vec<u64> = self
            .sent
            .iter()
            .filter(|(at, r)| r.device == device && at.0 as f64 >= from * 1e6)
            .map(|(at, _)| at.0)
            .collect();
        (times[times.len() - 1] - times[0]) as f64 / 1e6 / (times.len() - 1) as f64
    }
}

pub fn at(micros: u64) -> Now {
    Now { mono: Mono(micros), wall: Wall(i64::try_from(micros).expect("short") + 1_000_000_000) }
}

/// One device with one fire point and its rule.
pub fn one_detector() -> Rig {
    let detector = point(0, Kind::U16, Pace::Fire);
    Rig::new(site(tcp(), vec![profile(vec![detector], vec![above_zero(0, Category::Fire)])]))
}

/// A rule's spec with a delay.
pub fn delayed(spec: AlarmSpec, seconds: u64) -> AlarmSpec {
    AlarmSpec { delay: Duration::from_secs(seconds), ..spec }
}
