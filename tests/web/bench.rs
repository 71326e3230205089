//! A gateway whose field is the test: the real journal, engine, heart and web edge over the small site.
//!
//! Takes: conditions to raise and clear, links to lose, values to post.
//! Gives: the address of the console, and accounts to act with.
//! Never: a stand-in for a part of ours; only the buses are played, by the reports they would make.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tocsin::config;
use tocsin::config::daemon::Https;
use tocsin::daemon::{Heart, Inlets, Outlets, Retiring, Rule};
use tocsin::edge::clock::Clock;
use tocsin::edge::journal::Journal;
use tocsin::edge::search::Index;
use tocsin::edge::trends::Trends;
use tocsin::edge::web::{Accounts, Displays, Secure, Services, serve};
use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::{EventId, Now, PointId, Reading, Reason, Role, Text, Truth, Value, Wall};
use tocsin::engine::poll::{Command, CommandNews, Edge, Link, LinkOf, Progress, Report, StatusEdge};
use tocsin::engine::site::Site;
use tocsin::engine::{Engine, Input, Start};
use tocsin::live::{Acts, Board, Inquiries, Inquiry, LinkState, Picture, Records, Vitals};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Password of every account of the bench.
pub const PASSWORD: &str = "correct horse battery";

pub struct Bench {
    pub site: Arc<Site>,
    pub picture: Arc<Picture>,
    pub board: Arc<Board>,
    pub vitals: Arc<Vitals>,
    pub accounts: Accounts,
    pub acts: Acts,
    pub url: String,
    /// Where walls alone are served.
    pub wall_url: String,
    clock: Clock,
    inputs: mpsc::Sender<(Input, Now)>,
    /// What is asked of each bus: the test answers in its place.
    pub asked: Mutex<Vec<mpsc::Receiver<Inquiry>>>,
    trends: Trends,
    sent: Mutex<Vec<mpsc::UnboundedReceiver<Command>>>,
    /// Facts that the consoles' side read from the journal.
    read: Arc<AtomicU64>,
    stop: CancellationToken,
    /// Ends the engine's task alone.
    pub engine_stop: CancellationToken,
    state_dir: TempDir,
}

struct Facts(Journal, Arc<AtomicU64>);

impl Records for Facts {
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        let stored = self.0.read(after, limit).map_err(|error| error.to_string())?;
        self.1.fetch_add(stored.len() as u64, Ordering::Relaxed);
        Ok(stored.into_iter().map(|stored| stored.fact).collect())
    }

    fn head(&self) -> Result<(EventId, String), String> {
        Records::head(&self.0)
    }
}

/// What stands between the gateway and who comes.
#[derive(Default)]
pub struct Front {
    /// Whether nobody reads without a session.
    pub closed: bool,
    /// Over TLS.
    pub https: Option<Https>,
    /// Without walls that must be there: nobody misses one.
    pub without_walls: bool,
    /// What the journal holds from before this start.
    pub past: Vec<Fact>,
    /// How long the site keeps its records; of each class five stay at hand.
    pub keep: Option<Duration>,
}

impl Bench {
    /// A gateway on a free loopback port; nothing was read yet.
    pub async fn start() -> Bench {
        Bench::start_controlling(&[]).await
    }

    /// The same, with control of these devices enabled.
    pub async fn start_controlling(controlled: &[&str]) -> Bench {
        Bench::start_changed(controlled, |_| {}).await
    }

    /// The same over a site that is changed first.
    pub async fn start_changed(controlled: &[&str], change: impl FnOnce(&mut Site)) -> Bench {
        Bench::start_at("tests/sites/small/site", Front::default(), controlled, change).await
    }

    /// The same over another site, a folder of its own or of this repository; no wall is registered there.
    pub async fn over(site: &str) -> Bench {
        Bench::start_at(site, Front { without_walls: true, ..Front::default() }, &[], |_| {}).await
    }

    /// The same where nobody reads without a session.
    pub async fn start_closed() -> Bench {
        Bench::start_before(Front { closed: true, ..Front::default() }).await
    }

    /// The same over the small site, with what stands before it.
    pub async fn start_before(front: Front) -> Bench {
        Bench::start_at("tests/sites/small/site", front, &[], |_| {}).await
    }

    async fn start_at(site: &str, front: Front, controlled: &[&str], change: impl FnOnce(&mut Site)) -> Bench {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let profiles: [PathBuf; 1] = [root.join("device-profiles")];
        let (mut site, _) = config::load(&root.join(site), &profiles).expect("the site is valid");
        for device in site.devices.iter_mut().filter(|device| controlled.contains(&device.id.as_str())) {
            device.control = true;
        }
        change(&mut site);
        let site = Arc::new(site);
        let (state_dir, clock) = (tempfile::tempdir().unwrap(), Clock::start());
        let mut opened = Journal::open(state_dir.path(), clock.now()).unwrap();
        let mut state = State::default();
        front.past.iter().for_each(|fact| state.apply(fact));
        if let Some(last) = front.past.last().map(|fact| fact.id.seq) {
            opened.journal.submit(front.past);
            while *opened.journal.committed().borrow() < last {
                opened.events.recv().await.expect("the journal's writer lives");
            }
        }
        let start = Start { epoch: opened.epoch, version: "test".into(), clock_trusted: true };
        let (engine, first) = Engine::start(Arc::clone(&site), state.clone(), &start, clock.now());
        let before = state.last.seq;
        let picture = Arc::new(Picture::new(state));
        let board = Arc::new(Board::new(site.points.len(), clock.now()));
        let (vitals, health) = Vitals::new(site.buses.len(), site.devices.len(), clock.now().wall);
        let vitals = Arc::new(vitals);
        let (acts, requests) = Acts::new();
        let (inquiries, asked) = Inquiries::new(site.buses.len());
        let (inputs, reports) = mpsc::channel(64);
        let (commands, sent): (Vec<_>, Vec<_>) = site.buses.iter().map(|_| mpsc::unbounded_channel()).unzip();
        let outlets = Outlets {
            trail: None,
            journal: opened.journal.clone(),
            picture: Arc::clone(&picture),
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            confirm: site.buses.iter().map(|_| mpsc::unbounded_channel().0).collect(),
            commands,
            progress: Arc::default(),
        };
        let heart = Heart::new(Arc::clone(&site), engine, first, clock, outlets);
        let stop = CancellationToken::new();
        let inlets = Inlets { inputs: reports, acts: requests, commits: opened.events, health };
        let engine_stop = stop.child_token();
        tokio::spawn(heart.run(inlets, engine_stop.clone()));

        let trends = Trends::open(state_dir.path(), clock.now()).unwrap();
        let accounts = Accounts::open(state_dir.path()).unwrap();
        for (name, role) in [("wang", Role::Operator), ("li", Role::Manager), ("wall", Role::Display)] {
            accounts.add(name, role, PASSWORD, clock.now().wall).unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let secure = front.https.map(|https| Arc::new(Secure::open(&https, state_dir.path(), address).unwrap()));
        let scheme = if secure.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{address}");
        let for_walls = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wall_url = format!("{scheme}://{}", for_walls.local_addr().unwrap());
        let mut walls = super::walls::settings();
        walls.list.iter_mut().for_each(|wall| wall.registered &= !front.without_walls);
        let displays = Displays::open(state_dir.path(), &walls, super::walls::PATIENCE, clock.now());
        let index = Index::new(state_dir.path());
        let read = Arc::new(AtomicU64::new(0));
        let records: Arc<dyn Records> = Arc::new(Facts(opened.journal.clone(), Arc::clone(&read)));
        // What the index reads for itself is not counted.
        let taken: Arc<dyn Records> = Arc::new(Facts(opened.journal.clone(), Arc::default()));
        tokio::spawn(index.clone().follow(taken, opened.journal.committed(), stop.clone()));
        let rule = Rule { keep: front.keep, kept: 5, consumers: Vec::new(), room: 0 };
        let (retiring, approved) = Retiring::new(opened.journal.clone(), Arc::clone(&picture), clock, rule);
        tokio::spawn(approved.follow(acts.clone(), stop.clone()));
        let services = Services {
            site: Arc::clone(&site),
            picture: Arc::clone(&picture),
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            acts: acts.clone(),
            inquiries,
            records,
            search: Arc::new(index),
            retirement: Arc::new(retiring),
            history: Arc::new(trends.clone()),
            gather: Arc::new(|_| {}),
            accounts: accounts.clone(),
            displays: Arc::new(displays),
            clock,
            public_read: !front.closed,
            secure,
        };
        tokio::spawn(serve(listener, Some(for_walls), services, stop.clone()));
        let bench = Bench {
            site,
            picture,
            board,
            vitals,
            accounts,
            acts,
            url,
            wall_url,
            clock,
            inputs,
            asked: Mutex::new(asked),
            trends,
            sent: Mutex::new(sent),
            read,
            stop,
            engine_stop,
            state_dir,
        };
        bench.until("the start is shown", |state| state.last.seq > before).await;
        bench
    }

    /// How many facts were read from the journal for consoles since this was asked last.
    pub fn facts_read(&self) -> u64 {
        self.read.swap(0, Ordering::Relaxed)
    }

    /// Every device answers, every point is good, no condition holds; the buses go on reporting.
    pub async fn all_is_well(&self) {
        let now = self.clock.now();
        for index in 0..number(self.site.devices.len()) {
            self.vitals.device_link(index, LinkState { up: Some(true), reason: Text::default(), since: now.wall });
        }
        self.all_read(0..number(self.site.points.len()));
        for bus in 0..number(self.site.buses.len()) {
            self.vitals.bus_link(bus, LinkState { up: Some(true), reason: Text::default(), since: now.wall });
            let rules = self.site.rules.iter().enumerate().filter(|(_, rule)| self.bus_of(rule.device) == bus);
            let edges = rules.map(|(rule, _)| self.edge(number(rule), Truth::False, 0)).collect();
            self.report(bus, Report { edges, ..Report::default() }).await;
        }
        let (inputs, vitals, clock, buses) =
            (self.inputs.clone(), Arc::clone(&self.vitals), self.clock, self.site.buses.len());
        let stop = self.stop.clone();
        let beat = async move {
            let mut every = tokio::time::interval(Duration::from_millis(500));
            loop {
                every.tick().await;
                for bus in 0..number(buses) {
                    let oldest: BTreeMap<_, _> =
                        [(tocsin::engine::profile::Pace::Fire, Duration::from_millis(640))].into();
                    vitals.bus_alive(bus, oldest.clone(), clock.now().mono);
                    let report = Report { alive: Some(oldest), ..Report::default() };
                    if inputs.send((Input::Report { bus, report }, clock.now())).await.is_err() {
                        return;
                    }
                }
            }
        };
        tokio::spawn(async move {
            tokio::select! { () = stop.cancelled() => {}, () = beat => {} }
        });
        // The first beat must be seen before anybody may call the site normal.
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        while self.vitals.buses().iter().any(|bus| bus.heard.is_none()) {
            assert!(tokio::time::Instant::now() < deadline, "the buses report");
            tokio::task::yield_now().await;
        }
    }

    /// These points are read, and say something ordinary.
    fn all_read(&self, points: std::ops::Range<u32>) {
        let good = |index: u32| {
            let point = &self.site.points[index as usize];
            let value = match (&point.encoding.states, point.unit.is_empty()) {
                (Some(_), _) => Value::State(0),
                (None, false) => Value::Number(38.5),
                (None, true) => Value::Bit(false),
            };
            (index, Reading { known: Ok(value), at: self.clock.now() })
        };
        self.board.post(&points.map(good).collect::<Vec<_>>());
    }

    /// The condition, written as everywhere, holds now (or no longer); waits until that is shown.
    pub async fn tell(&self, condition: &str, holds: bool) {
        let rule = self.site.rules.iter().position(|rule| rule.condition.to_string() == condition);
        let rule = rule.unwrap_or_else(|| panic!("the small site has no condition {condition}"));
        let before = self.picture.state().last.seq;
        let edge = self.edge(number(rule), Truth::from(holds), before);
        self.report(self.bus_of(self.site.rules[rule].device), Report { edges: vec![edge], ..Report::default() }).await;
        self.until(condition, |state| state.last.seq > before).await;
    }

    /// These conditions hold now, each reported by its bus; who waits for it looks at the picture.
    pub async fn report_raised(&self, rules: &[u32]) {
        let sweep = self.picture.state().last.seq;
        for rule in rules {
            let edges = vec![self.edge(*rule, Truth::True, sweep)];
            self.report(self.bus_of(self.site.rules[*rule as usize].device), Report { edges, ..Report::default() })
                .await;
        }
    }

    /// The same, waiting until each is an open occurrence; gives the id of the last.
    pub async fn raise(&self, rules: &[u32]) -> EventId {
        self.report_raised(rules).await;
        let condition = |rule: &u32| self.site.rules[*rule as usize].condition.clone();
        let wanted: Vec<_> = rules.iter().map(condition).collect();
        let open = |state: &State| {
            let id = |condition: &tocsin::engine::site::Condition| {
                let found = state.occurrences.values().find(|one| one.is_open() && one.raise.condition == *condition);
                found.map(|one| one.id)
            };
            wanted.iter().map(id).collect::<Option<Vec<_>>>()
        };
        self.until("the alarms are shown", |state| open(state).is_some()).await;
        open(&self.picture.state()).and_then(|ids| ids.last().copied()).expect("shown just now")
    }

    /// This condition holds no longer; waits until its row is gone.
    pub async fn clear(&self, rule: u32, id: EventId) {
        let edges = vec![self.edge(rule, Truth::False, self.picture.state().last.seq)];
        self.report(self.bus_of(self.site.rules[rule as usize].device), Report { edges, ..Report::default() }).await;
        self.until("the row is gone", |state| state.occurrences.get(&id).is_none_or(|one| !one.is_open())).await;
    }

    /// Open fires.
    pub fn fires(&self) -> usize {
        let is_fire = |one: &&tocsin::engine::alarm::Occurrence| {
            one.is_open() && one.raise.condition.category == tocsin::engine::base::Category::Fire
        };
        self.picture.state().occurrences.values().filter(is_fire).count()
    }

    /// Equipment shows this of itself now: `pump-1/commanded`.
    pub async fn show(&self, statuses: &[(&str, bool)]) {
        let at = self.clock.now();
        let place = |id: &str| self.site.statuses.iter().position(|held| held.id.as_str() == id);
        let edge = |(id, is): &(&str, bool)| {
            let status = number(place(id).unwrap_or_else(|| panic!("the sample site has no status {id}")));
            (
                self.bus_of(self.site.statuses[status as usize].device),
                StatusEdge { status, truth: Truth::from(*is), at },
            )
        };
        for (bus, edge) in statuses.iter().map(edge) {
            self.report(bus, Report { statuses: vec![edge], ..Report::default() }).await;
        }
    }

    /// A device stops answering: its link, its points, and what the engine is told.
    pub async fn lose(&self, device: &str) {
        let now = self.clock.now();
        let index = self.site.devices.iter().position(|other| other.id.as_str() == device).unwrap();
        let reason = Text::new("已 4 秒无应答", "no answer for 4 s");
        let link = LinkState { up: Some(false), reason: reason.clone(), since: now.wall };
        self.vitals.device_link(number(index), link);
        self.board.distrust(self.site.devices[index].points.clone(), Reason::LinkDown, now);
        let before = self.picture.state().last.seq;
        let link = Link { of: LinkOf::Device(number(index)), up: false, reason, at: now };
        self.report(self.bus_of(number(index)), Report { links: vec![link], ..Report::default() }).await;
        self.until("the link fault", |state| state.last.seq > before).await;
    }

    /// A device answers again: its link, its points as they were, and every rule of it, which holds no longer.
    pub async fn find(&self, device: &str) {
        let now = self.clock.now();
        let index = self.site.devices.iter().position(|other| other.id.as_str() == device).unwrap();
        let found = &self.site.devices[index];
        self.vitals.device_link(number(index), LinkState { up: Some(true), reason: Text::default(), since: now.wall });
        self.all_read(found.points.clone());
        let link = Link { of: LinkOf::Device(number(index)), up: true, reason: Text::default(), at: now };
        let edges =
            found.rules.clone().map(|rule| self.edge(rule, Truth::False, self.picture.state().last.seq)).collect();
        self.report(found.bus, Report { links: vec![link], edges, ..Report::default() }).await;
    }

    /// Takes what the engine has handed to the buses so far.
    pub fn sent(&self) -> Vec<Command> {
        let mut doors = self.sent.lock().unwrap();
        doors.iter_mut().flat_map(|door| std::iter::from_fn(|| door.try_recv().ok()).collect::<Vec<_>>()).collect()
    }

    /// A bus says what became of a command; waits until that is shown.
    pub async fn news(&self, id: EventId, progress: Progress) {
        let before = self.picture.state().last.seq;
        let commands = vec![CommandNews { id, progress, at: self.clock.now() }];
        self.report(0, Report { commands, ..Report::default() }).await;
        self.until("the news of a command", |state| state.last.seq > before).await;
    }

    /// A point reads `value` now.
    pub fn post(&self, point: usize, value: f64) {
        self.board.post(&[(number(point), Reading { known: Ok(Value::Number(value)), at: self.clock.now() })]);
    }

    /// A contact reads closed now.
    pub fn close(&self, id: &str) {
        let place = self.site.points.iter().position(|point| point.id.as_str() == id);
        let place = place.unwrap_or_else(|| panic!("the sample site has no point {id}"));
        let closed = Reading { known: Ok(Value::Bit(true)), at: self.clock.now() };
        self.board.post(&[(number(place), closed)]);
    }

    /// Stores a sample, and waits until it can be read back.
    pub async fn sample(&self, point: &str, value: Option<f64>) {
        self.history(point, &[(self.clock.now().wall, value)]).await;
    }

    /// Stores what a point was in the past, in order of time, and waits until it can be read back.
    pub async fn history(&self, point: &str, samples: &[(Wall, Option<f64>)]) {
        for part in samples.chunks(2_000) {
            for (at, value) in part {
                self.trends.record(tocsin::edge::trends::Sample {
                    point: PointId::new(point),
                    class: "test".into(),
                    at: *at,
                    value: *value,
                    quality: u8::from(value.is_none()),
                });
            }
            let trends = self.trends.clone();
            tokio::task::spawn_blocking(move || trends.flush()).await.unwrap();
        }
        assert_eq!(self.trends.dropped(), 0, "every sample is kept");
    }

    /// Waits until the shown state is as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&State) -> bool) {
        let reached = async {
            let (mut state, mut feed) = self.picture.follow();
            while !wanted(&state) {
                feed.recv().await.expect("the picture lives as long as the bench");
                state = self.picture.state();
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap_or_else(|_| panic!("waited for {what}"));
    }

    /// The token of a wall, as the gateway made it.
    pub fn wall_token(&self, id: &str) -> String {
        std::fs::read_to_string(self.state_dir.path().join(format!("wall-{id}.token"))).unwrap().trim().to_owned()
    }

    /// Ends the gateway: streams end, the port closes.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Where journal, accounts and the self-made certificate are.
    pub fn state_dir(&self) -> &Path {
        self.state_dir.path()
    }

    pub fn now(&self) -> Now {
        self.clock.now()
    }

    async fn report(&self, bus: u32, report: Report) {
        self.inputs.send((Input::Report { bus, report }, self.clock.now())).await.unwrap();
    }

    fn edge(&self, rule: u32, truth: Truth, sweep: u64) -> Edge {
        Edge { rule, truth, at: self.clock.now(), sweep }
    }

    fn bus_of(&self, device: u32) -> u32 {
        self.site.devices[device as usize].bus
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap()
}
