//! Starts everything in the order in which it can be relied upon, and stops it in the other.
//!
//! Takes: a [`Plan`]: a checked site and where things are.
//! Gives: a gateway that runs until its token is cancelled.
//! Never: starts empty over a journal it cannot read; never lets one edge's failure end another.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::field::{Field, run_bus};
use super::heart::{Heart, Inlets, Outlets};
use super::supervise::supervise;
use super::watch;
use crate::edge::clock::Clock;
use crate::edge::journal::{Journal, Opened, free_bytes};
use crate::edge::trends::{Sample, Trends};
use crate::edge::{influx, mqtt, systemd, web};
use crate::engine::alarm::State;
use crate::engine::base::{Reading, Text, Value};
use crate::engine::site::Site;
use crate::engine::{Engine, Part, Start};
use crate::live::{Acts, Board, Picture, Vitals};

/// What to run.
pub struct Plan {
    /// The site.
    pub site: Arc<Site>,
    /// Where journal, trends and accounts are kept.
    pub state_dir: PathBuf,
    /// Where the console and the API are served; port 0 takes any.
    pub listen: SocketAddr,
    /// Whether everyone who reaches a listener beyond loopback may read.
    pub public_read: bool,
    /// The broker, if there is one.
    pub mqtt: Option<mqtt::Settings>,
    /// The time-series server, if there is one.
    pub influx: Option<influx::Settings>,
    /// File that presets the first account's password.
    pub admin_password_file: Option<PathBuf>,
    /// What is wrong with the configuration although the gateway runs: of the whole (`""`) or of a device; nothing
    /// where all is well, so that a fault of an earlier start ends.
    pub configuration: Vec<(String, Option<Text>)>,
}

/// Reports of the buses that may wait for the engine.
const INPUTS: usize = 1_024;

/// Runs until `stop`. Prints `listening http://…` on standard output once it serves.
///
/// # Errors
/// The state directory is held by another process or cannot be read, or the address cannot be listened on.
pub async fn run(plan: Plan, stop: CancellationToken) -> anyhow::Result<()> {
    let clock = Clock::start();
    let listener = TcpListener::bind(plan.listen).await.with_context(|| format!("cannot listen on {}", plan.listen))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let state_dir = plan.state_dir.clone();
    let (opened, trends, accounts) = {
        let (state_dir, preset) = (state_dir.clone(), plan.admin_password_file.clone());
        tokio::task::spawn_blocking(move || open(&state_dir, preset, clock)).await.context("opening the stores")??
    };
    let site = Arc::clone(&plan.site);
    let Opened { journal, events, epoch, snapshot, tail } = opened;
    let state = recovered(snapshot, &tail);
    let began = clock.now();
    let board = Arc::new(Board::new(site.points.len(), began));
    let picture = Arc::new(Picture::new(state.clone()));
    let (vitals, health) = Vitals::new(site.buses.len(), site.devices.len(), began.wall);
    let vitals = Arc::new(vitals);
    let (acts, requests) = Acts::new();
    let (inputs, reports) = mpsc::channel(INPUTS);
    let progress = Arc::new(AtomicU64::new(0));

    // What runs is stopped in the order: field, engine, then the outputs, so that the last facts still leave.
    let (field, core, outputs) = (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
    let mut tasks = Tasks::default();
    let mut confirm = Vec::new();
    for bus in 0..site.buses.len() {
        let (ask, asked) = mpsc::unbounded_channel();
        confirm.push(ask);
        let part = Field {
            site: Arc::clone(&site),
            bus: u32::try_from(bus).unwrap_or(u32::MAX),
            clock,
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            inputs: inputs.clone(),
            trends: sampler(Arc::clone(&site), trends.clone()),
            confirm: Arc::new(Mutex::new(asked)),
            stop: field.clone(),
        };
        let name = format!("bus {}", site.buses[bus].id);
        let stop = field.clone();
        tasks.field.spawn(async move { supervise(&name, stop, || run_bus(part.clone())).await });
    }
    tasks.field.spawn(watch::watch(
        clock,
        state_dir.clone(),
        trends.clone(),
        Arc::clone(&vitals),
        inputs.clone(),
        field.clone(),
    ));
    let guarded = state_dir.clone();
    trends.guard(watch::KEEP_FREE, move || free_bytes(&guarded));

    let start = Start { epoch, version: env!("CARGO_PKG_VERSION").to_owned(), clock_trusted: watch::is_trusted(began) };
    let (engine, first) = Engine::start(Arc::clone(&site), state.clone(), &start, began);
    let outlets = Outlets {
        journal: journal.clone(),
        picture: Arc::clone(&picture),
        board: Arc::clone(&board),
        confirm,
        progress: Arc::clone(&progress),
    };
    let inlets = Inlets { inputs: reports, acts: requests, commits: events, health };
    let heart = Heart::new(Arc::clone(&site), engine, first, clock, outlets);
    let beating = tokio::spawn(heart.run(inlets, core.clone()));
    for (device, fault) in plan.configuration {
        vitals.report(Part::Config(device), fault);
    }

    let wall = move || clock.now().wall;
    if let Some(settings) = plan.mqtt {
        let feed = mqtt::Feed {
            site: Arc::clone(&site),
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            state,
            epoch,
            source: Arc::new(journal.clone()),
            wall: Arc::new(wall),
        };
        tasks.outputs.spawn(mqtt::run(settings, feed, outputs.clone()));
    } else {
        // A fault of a broker that is no longer configured is over.
        vitals.report(Part::Mqtt, None);
    }
    if let Some(settings) = plan.influx {
        let source = Arc::new(trends.clone());
        tasks.outputs.spawn(influx::run(settings, site.id.clone(), source, Arc::clone(&vitals), outputs.clone()));
    } else {
        vitals.report(Part::Influx, None);
    }
    let services = web::Services {
        site: Arc::clone(&site),
        picture,
        board,
        vitals,
        acts,
        records: Arc::new(journal.clone()),
        history: Arc::new(trends.clone()),
        accounts,
        clock,
        public_read: plan.public_read,
    };
    let serving = tokio::spawn(web::serve(listener, services, outputs.clone()));
    tasks.outputs.spawn(systemd::watch(progress, outputs.clone()));

    println!("listening http://{address}");
    systemd::ready(&format!("{} points on {} buses", site.points.len(), site.buses.len()));
    tokio::select! {
        () = stop.cancelled() => {}
        broken = beating_ended(&core, beating) => return Err(broken),
    }
    info!("stopping");
    systemd::stopping();
    field.cancel();
    tasks.field.join_all().await;
    core.cancel();
    outputs.cancel();
    tasks.outputs.join_all().await;
    serving.await.context("the web server broke")?.context("the web server failed")?;
    // The last handles: their threads write what is left before they end.
    tokio::task::spawn_blocking(move || drop((journal, trends))).await.context("closing the stores")
}

#[derive(Default)]
struct Tasks {
    field: JoinSet<()>,
    outputs: JoinSet<()>,
}

/// The engine's task must never end by itself; if it panics the process ends too, and the service manager starts it
/// again over the journal. Going on without it would show a still picture.
async fn beating_ended(core: &CancellationToken, beating: tokio::task::JoinHandle<()>) -> anyhow::Error {
    let ended = beating.await;
    if core.is_cancelled() {
        // The gateway is stopping in order; whoever waits for `stop` goes on.
        return std::future::pending().await;
    }
    match ended {
        Ok(()) => anyhow::anyhow!("the engine's task ended"),
        Err(error) => anyhow::anyhow!("the engine broke: {error}"),
    }
}

fn open(
    state_dir: &std::path::Path,
    preset: Option<PathBuf>,
    clock: Clock,
) -> anyhow::Result<(Opened, Trends, web::Accounts)> {
    let now = clock.now();
    let opened = Journal::open(state_dir, now)?;
    let trends = Trends::open(state_dir, now)?;
    let accounts = web::Accounts::open(state_dir)?;
    if let Some(password) = accounts.ensure_first(preset.as_deref(), now.wall)? {
        eprintln!("first start: log in as \"admin\" with the one-time password {password} and change it");
    }
    Ok((opened, trends, accounts))
}

fn recovered(snapshot: Option<State>, tail: &[crate::engine::alarm::Fact]) -> State {
    let mut state = snapshot.unwrap_or_default();
    for fact in tail {
        state.apply(fact);
    }
    state
}

/// Makes a sample of every value that is posted.
fn sampler(site: Arc<Site>, trends: Trends) -> Arc<dyn Fn(u32, &Reading) + Send + Sync> {
    Arc::new(move |point, reading| {
        let Some(held) = site.points.get(point as usize) else { return };
        let value = match reading.good() {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Bit(set)) => Some(f64::from(u8::from(*set))),
            // The code on the wire, not our index: it is what the device's manual says.
            Some(Value::State(state)) => held
                .encoding
                .states
                .as_ref()
                .and_then(|states| states.get(usize::from(*state)))
                .map(|state| f64::from(state.code)),
            Some(Value::Text(_)) => return,
            None => None,
        };
        let quality = match reading.known {
            Ok(_) => 0,
            Err(reason) => reason.code(),
        };
        let class =
            site.devices.get(held.device as usize).map(|device| device.profile.class.clone()).unwrap_or_default();
        trends.record(Sample { point: held.id.clone(), class, at: reading.at.wall, value, quality });
    })
}
