//! A gateway's MQTT edge over a real journal, without the rest of the gateway.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tocsin::edge::clock::Clock;
use tocsin::edge::journal::{Journal, Opened};
use tocsin::edge::mqtt::{self, Broker, EventSource, Feed, MqttVersion, Settings};
use tocsin::engine::Part;
use tocsin::engine::alarm::{CloseReason, FACT_VERSION, Fact, FactId, FactKind, Raise};
use tocsin::engine::base::{BusId, Category, DeviceId, EventId, PointId, Reading, SiteId, Text, Tone, Value};
use tocsin::engine::profile::{Encoding, Kind, Order, Pace, Profile, Table};
use tocsin::engine::site::{Bus, Condition, Device, Endpoint, Place, Point, Settings as Times, Site};
use tocsin::live::{Board, LinkState, Vitals};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

struct Source(Journal);

impl EventSource for Source {
    fn committed(&self) -> watch::Receiver<u64> {
        self.0.committed()
    }
    fn cursor(&self) -> Result<u64, String> {
        self.0.cursor("mqtt").map_err(|error| error.to_string())
    }
    fn advance(&self, seq: u64) -> Result<(), String> {
        self.0.advance("mqtt", seq).map_err(|error| error.to_string())
    }
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        let stored = self.0.read(after, limit).map_err(|error| error.to_string())?;
        Ok(stored.into_iter().map(|stored| stored.fact).collect())
    }
}

/// One gateway and its journal.
pub struct Gateway {
    pub journal: Journal,
    pub board: Arc<Board>,
    pub vitals: Arc<Vitals>,
    pub clock: Clock,
    pub epoch: u32,
    last: u64,
    changes: mpsc::UnboundedReceiver<(Part, Option<Text>)>,
    pub health: Vec<Option<Text>>,
    stop: CancellationToken,
    pub task: JoinHandle<()>,
    folder: tempfile::TempDir,
}

pub fn settings(port: u16, version: MqttVersion) -> Settings {
    Settings {
        broker: Broker { host: "127.0.0.1".into(), port, user: None, password_file: None, tls: None },
        version,
        client_id: None,
        prefix: "tocsin".into(),
        home_assistant: None,
        command_token_file: None,
    }
}

pub fn logging_in(port: u16, version: MqttVersion, password_file: PathBuf) -> Settings {
    let settings = settings(port, version);
    let login = Broker { user: Some("tocsin".into()), password_file: Some(password_file), ..settings.broker };
    Settings { broker: login, ..settings }
}

impl Gateway {
    pub fn start(settings: Settings) -> Gateway {
        Gateway::resume(settings, tempfile::tempdir().unwrap())
    }

    /// One whose generator has so many points.
    pub fn with_points(settings: Settings, points: usize) -> Gateway {
        Gateway::over(
            settings,
            tempfile::tempdir().unwrap(),
            site_of((0..points).map(|n| point(&format!("p{n}"))).collect()),
        )
    }

    /// Starts over what an earlier life has left in `folder`.
    pub fn resume(settings: Settings, folder: tempfile::TempDir) -> Gateway {
        Gateway::over(settings, folder, site())
    }

    fn over(settings: Settings, folder: tempfile::TempDir, site: Site) -> Gateway {
        let clock = Clock::start();
        // What an earlier life was doing on other threads may still hold the folder for a moment.
        let end = Instant::now() + Duration::from_secs(10);
        let opened = loop {
            match Journal::open(folder.path(), clock.now()) {
                Ok(opened) => break opened,
                Err(error) => assert!(Instant::now() < end, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let Opened { journal, epoch, snapshot, tail, .. } = opened;
        let mut state = snapshot.unwrap_or_default();
        for fact in &tail {
            state.apply(fact);
        }
        let last = state.last.seq;
        let site = Arc::new(site);
        let board = Arc::new(Board::new(site.points.len(), clock.now()));
        let (vitals, changes) = Vitals::new(1, 1, clock.now().wall);
        let vitals = Arc::new(vitals);
        let feed = Feed {
            site,
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            state,
            epoch,
            source: Arc::new(Source(journal.clone())),
            wall: Arc::new(move || clock.now().wall),
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(mqtt::run(settings, feed, stop.clone()));
        let health = Vec::new();
        Gateway { journal, board, vitals, clock, epoch, last, changes, health, stop, task, folder }
    }

    /// Journals one more fact.
    pub fn happens(&mut self, kind: FactKind) -> EventId {
        self.last += 1;
        let id = FactId { epoch: self.epoch, seq: self.last };
        let at = self.clock.now().wall;
        self.journal.submit(vec![Fact { v: FACT_VERSION, id, at, by: None, key: None, kind }]);
        id.into()
    }

    pub fn something_happens(&mut self) -> EventId {
        self.happens(FactKind::ClockStepped { by_us: 1 })
    }

    /// Journals so many more facts at once.
    pub fn much_happens(&mut self, count: u64) {
        let at = self.clock.now().wall;
        let facts = (1..=count).map(|number| {
            let id = FactId { epoch: self.epoch, seq: self.last + number };
            Fact { v: FACT_VERSION, id, at, by: None, key: None, kind: FactKind::ClockStepped { by_us: 1 } }
        });
        self.journal.submit(facts.collect());
        self.last += count;
    }

    pub fn fire(&mut self) -> EventId {
        self.happens(FactKind::Raised(Arc::new(Raise {
            advice: None,
            class: None,
            condition: Condition { point: PointId::new("gen-1/mode"), category: Category::Fire, level: None },
            name: Text::new("火警", "Fire"),
            place: Place::default(),
            priority: 1,
            latches: true,
            stays: true,
            tone: Tone::Fire,
            code: None,
            kind: Some("11".into()),
            incident: None,
            first: true,
            realarm: false,
            arrival: None,
            detail: None,
            momentary: false,
        })))
    }

    pub fn closes(&mut self, occurrence: EventId) {
        self.happens(FactKind::Closed { occurrence, reason: CloseReason::Reset });
    }

    pub fn reads(&self, point: u32, number: f64) {
        self.board.post(&[(point, Reading { known: Ok(Value::Number(number)), at: self.clock.now() })]);
    }

    pub fn answers(&self, up: bool, reason: &str) {
        let since = self.clock.now().wall;
        self.vitals.device_link(0, LinkState { up: Some(up), reason: Text::same(reason), since });
    }

    /// The cursor as it is stored.
    pub fn cursor(&self) -> u64 {
        self.journal.cursor("mqtt").unwrap()
    }

    /// The last thing this edge said of its health.
    pub fn last_health(&mut self) -> Option<&Option<Text>> {
        while let Ok((part, fault)) = self.changes.try_recv() {
            assert_eq!(part, Part::Mqtt);
            self.health.push(fault);
        }
        self.health.last()
    }

    /// Is gone in the middle of what it does, as after a kill, and gives back what it leaves.
    pub async fn dies(self) -> tempfile::TempDir {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
        drop(self.journal);
        self.folder
    }

    /// Stops in order and gives back what it leaves.
    pub async fn stop(self) -> tempfile::TempDir {
        self.stop.cancel();
        self.task.await.unwrap();
        self.folder
    }
}

fn site() -> Site {
    site_of(["oil-pressure", "mode"].map(point).into())
}

fn site_of(points: Vec<Point>) -> Site {
    let profile = Arc::new(Profile::new("test", "generator"));
    let device = Device {
        statuses: 0..0,
        id: DeviceId::new("gen-1"),
        name: Text::same("gen-1"),
        bus: 0,
        unit: 1,
        profile,
        place: Place::default(),
        control: false,
        refused: None,
        points: 0..u32::try_from(points.len()).unwrap(),
        rules: 0..0,
        commands: 0..0,
        address: 0,
    };
    let bus = Bus {
        id: BusId::new("b"),
        name: Text::same("b"),
        endpoint: Endpoint::Tcp("x:502".into()),
        periods: BTreeMap::new(),
        devices: vec![0],
    };
    Site {
        id: SiteId::new("riverside"),
        name: Text::same("Riverside"),
        timezone: "Asia/Shanghai".into(),
        buildings: Vec::new(),
        buses: vec![bus],
        devices: vec![device],
        points,
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Times::default(),
        hash: String::new(),
        ..Site::new(SiteId::new(""))
    }
}

fn point(key: &str) -> Point {
    Point {
        id: PointId::of(&DeviceId::new("gen-1"), key),
        device: 0,
        name: Text::same(key).into(),
        place: Place::default().into(),
        encoding: std::sync::Arc::new(Encoding {
            table: Table::Holding,
            address: 0,
            kind: Kind::U16,
            order: Order::Abcd,
            bits: None,
            scale: 1.0,
            offset: 0.0,
            valid: None,
            absent: Vec::new(),
            states: None,
        }),
        pace: Pace::Normal,
        unit: "kPa".into(),
        deadband: 0.0,
        proviso: None,
    }
}
