//! The real task of one bus, and all it says: to the board, to the trends, to the engine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::daemon::{Field, Trend, run_bus, supervise};
use tocsin::edge::clock::Clock;
use tocsin::engine::Input;
use tocsin::engine::base::{EventId, Now, Reading, Reason, Truth, Value};
use tocsin::engine::poll::{Command, LinkOf, Progress, Report};
use tocsin::engine::profile::WriteSpec;
use tocsin::engine::site::Site;
use tocsin::live::{Board, Inquiries, Vitals};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// A condition that takes longer than this on any machine is not met.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running task of the site's first bus; ended when dropped.
pub struct Running {
    pub site: Arc<Site>,
    pub vitals: Arc<Vitals>,
    clock: Clock,
    commands: mpsc::UnboundedSender<Command>,
    board: Arc<Board>,
    /// Every value that was ever posted, in order.
    posted: Arc<Mutex<Vec<(u32, Reading)>>>,
    reports: Arc<Mutex<Vec<Report>>>,
    stop: CancellationToken,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[allow(dead_code, reason = "each pain uses a part of it")]
impl Running {
    pub fn new(site: Arc<Site>) -> Running {
        let (clock, stop) = (Clock::start(), CancellationToken::new());
        let now = clock.now();
        let board = Arc::new(Board::new(site.points.len(), now));
        let vitals = Arc::new(Vitals::new(site.buses.len(), site.devices.len(), now.wall).0);
        let (inputs, mut queue) = mpsc::channel::<(Input, Now)>(64);
        let (confirm, confirmed) = mpsc::unbounded_channel();
        let (commands, commanded) = mpsc::unbounded_channel();
        let inquired = Inquiries::new(1).1.remove(0);
        let reports: Arc<Mutex<Vec<Report>>> = Arc::default();
        let posted: Arc<Mutex<Vec<(u32, Reading)>>> = Arc::default();
        let (kept, trended) = (Arc::clone(&reports), Arc::clone(&posted));
        tokio::spawn(async move {
            let _held = confirm;
            while let Some((input, _)) = queue.recv().await {
                let Input::Report { bus: 0, report } = input else { panic!("{input:?}") };
                kept.lock().expect("nobody panics with it").push(report);
            }
        });
        let trends: Trend =
            Arc::new(move |point, reading| trended.lock().expect("no panic").push((point, reading.clone())));
        let field = Field {
            site: Arc::clone(&site),
            bus: 0,
            clock,
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            inputs,
            trends,
            commands: Arc::new(tokio::sync::Mutex::new(commanded)),
            inquiries: Arc::new(tokio::sync::Mutex::new(inquired)),
            confirm: Arc::new(tokio::sync::Mutex::new(confirmed)),
            stop: stop.clone(),
        };
        let token = stop.clone();
        tokio::spawn(async move { supervise("bus field", token, || run_bus(field.clone())).await });
        Running { site, vitals, clock, commands, board, posted, reports, stop }
    }

    fn index(&self, id: &str) -> u32 {
        let index = self.site.points.iter().position(|point| point.id.as_str() == id).expect("a point of the site");
        u32::try_from(index).expect("a small site")
    }

    /// What the board says of a point now.
    pub fn known(&self, id: &str) -> Result<Value, Reason> {
        self.board.read(self.index(id)).expect("a point of the site").known
    }

    /// The number of a point; fails when it is unknown.
    pub fn number(&self, id: &str) -> f64 {
        match self.known(id) {
            Ok(Value::Number(number)) => number,
            other => panic!("{id} is {other:?}"),
        }
    }

    /// Everything that was ever posted of a point, in order.
    pub fn posted(&self, id: &str) -> Vec<Reading> {
        let index = self.index(id);
        let all = self.posted.lock().expect("nobody panics with it");
        all.iter().filter(|(point, _)| *point == index).map(|(_, reading)| reading.clone()).collect()
    }

    /// All that went to the engine, in order.
    pub fn reports(&self) -> Vec<Report> {
        self.reports.lock().expect("nobody panics with it").clone()
    }

    /// Truths of the rule on `point`, in order.
    pub fn truths(&self, point: &str) -> Vec<Truth> {
        let of = |rule: u32| self.site.rules[rule as usize].condition.point.as_str() == point;
        let edges = self.reports().into_iter().flat_map(|report| report.edges);
        edges.filter(|edge| of(edge.rule)).map(|edge| edge.truth).collect()
    }

    /// Links that came or went, in order, with the reason in English.
    pub fn links(&self) -> Vec<(LinkOf, bool, String)> {
        let links = self.reports().into_iter().flat_map(|report| report.links);
        links.map(|link| (link.of, link.up, link.reason.en)).collect()
    }

    /// Hands a command without feedback for the first device to the bus; it is not sent after `within`.
    pub fn command(&self, seq: u64, write: WriteSpec, within: Duration) {
        let (id, expires) = (EventId { epoch: 1, seq }, self.clock.now().mono.after(within));
        let command = Command { id, device: 0, write, expires, feedback: None, pulse: None };
        self.commands.send(command).expect("the bus runs");
    }

    /// What was said of a command, in order.
    pub fn progress(&self, seq: u64) -> Vec<Progress> {
        let news = self.reports().into_iter().flat_map(|report| report.commands);
        news.filter(|news| news.id.seq == seq).map(|news| news.progress).collect()
    }

    /// Waits until `met`, which must come true in time, and gives how long that took.
    pub async fn until(&self, what: &str, met: impl Fn(&Running) -> bool) -> Duration {
        let begun = Instant::now();
        while !met(self) {
            assert!(begun.elapsed() < PATIENCE, "not in time: {what}; links {:?}", self.links());
            sleep(Duration::from_millis(5)).await;
        }
        begun.elapsed()
    }
}
