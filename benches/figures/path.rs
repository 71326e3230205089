//! The whole path in this process: the task of every bus, the board and the engine, on threads named `gateway`.

use std::sync::Arc;
use std::time::Duration;

use tocsin::daemon::{Field, run_bus};
use tocsin::edge::clock::Clock;
use tocsin::engine::alarm::State;
use tocsin::engine::site::Site;
use tocsin::engine::{Effect, Engine, Input, Start};
use tocsin::live::{Board, Inquiries, Vitals};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// A gateway at work.
pub struct Path {
    runtime: Runtime,
    stop: CancellationToken,
    task: JoinHandle<()>,
    pub board: Arc<Board>,
}

/// Two threads named `gateway`, whose processor time [`gateway_cpu`] counts.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("gateway")
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Processor seconds of the threads named `gateway` so far.
pub fn gateway_cpu() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let mut nanos = 0_u64;
    for task in tasks.flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if read("comm").trim() == "gateway" {
            nanos += read("schedstat").split(' ').next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    nanos as f64 / 1e9
}

impl Path {
    /// Polls `site` until it is stopped.
    pub fn start(site: Arc<Site>) -> Path {
        let runtime = runtime();
        let clock = Clock::start();
        let board = Arc::new(Board::new(site.points.len(), clock.now()));
        let stop = CancellationToken::new();
        let task = runtime.spawn(run(site, clock, Arc::clone(&board), stop.clone()));
        Path { runtime, stop, task, board }
    }

    /// Ends it.
    pub fn stop(self) {
        self.stop.cancel();
        self.runtime.block_on(self.task).expect("the path ends in order");
        self.runtime.shutdown_timeout(Duration::from_secs(1));
    }
}

async fn run(site: Arc<Site>, clock: Clock, board: Arc<Board>, stop: CancellationToken) {
    let (vitals, _health) = Vitals::new(site.buses.len(), site.devices.len(), clock.now().wall);
    let vitals = Arc::new(vitals);
    let (inputs, mut reports) = mpsc::channel(1024);
    let mut buses = JoinSet::new();
    let mut confirms = Vec::new();
    let (_inquiries, asked) = Inquiries::new(site.buses.len());
    for (bus, inquired) in (0u32..).zip(asked) {
        let (confirm, confirmed) = mpsc::unbounded_channel();
        confirms.push(confirm);
        buses.spawn(run_bus(Field {
            site: Arc::clone(&site),
            bus,
            clock,
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            inputs: inputs.clone(),
            trends: Arc::new(|_, _| {}),
            commands: Arc::new(Mutex::new(mpsc::unbounded_channel().1)),
            confirm: Arc::new(Mutex::new(confirmed)),
            inquiries: Arc::new(Mutex::new(inquired)),
            stop: stop.clone(),
        }));
    }
    let start = Start { epoch: 1, version: "bench".into(), clock_trusted: true };
    let (mut engine, _) = Engine::start(Arc::clone(&site), State::default(), &start, clock.now());
    loop {
        let (input, _) = tokio::select! {
            () = stop.cancelled() => break,
            Some(input) = reports.recv() => input,
        };
        for effect in engine.handle(input, clock.now()) {
            if let Effect::Commit(facts) = effect
                && let Some(last) = facts.last()
            {
                engine.handle(Input::Committed { upto: last.id.seq }, clock.now());
            }
        }
    }
    buses.shutdown().await;
}
