//! Starts everything in the order in which it can be relied upon, and stops it in the other.
//!
//! Takes: a [`Plan`]: a checked site and where things are.
//! Gives: a gateway that runs until its token is cancelled.
//! Never: starts empty over a journal it cannot read; never lets one edge's failure end another.

mod services;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, broadcast, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::field::{Doors, Field, run_bus};
use super::heart::{Heart, INPUTS, Inlets, Outlets};
use super::printer::run_printer;
use super::reserve;
use super::sampler::sampler;
use super::stations::run_stations;
use super::supervise::supervise;
use super::trail::Trail;
use super::{accepted, certificates, episodes, notes, watch};
use crate::config::daemon::{Certificates, Https, Walls};
use crate::edge::clock::Clock;
use crate::edge::gbt26875::uplink;
use crate::edge::journal::{Journal, JournalEvent, Opened, free_bytes};
use crate::edge::search::Index;
use crate::edge::trace::{Header, Trace};
use crate::edge::trends::{Retention, Trends};
use crate::edge::{influx, mqtt, sounder, sparkplug, systemd, web};
use crate::engine::alarm::{FactKind, State};
use crate::engine::base::{Now, Text};
use crate::engine::site::{Endpoint, Site};
use crate::engine::{Engine, Input, Part, Start};
use crate::live::{Acts, Board, Inquiries, Picture, Shown, Vitals, document};

/// What to run.
pub struct Plan {
    /// The site.
    pub site: Arc<Site>,
    /// Where journal, trends and accounts are kept.
    pub state_dir: PathBuf,
    /// Where the console and the API are served; port 0 takes any.
    pub listen: SocketAddr,
    /// What sounds on this machine itself.
    pub sounder: sounder::Settings,
    /// The displays on walls, and where they are served.
    pub walls: Walls,
    /// The certificate of the console; over plain HTTP without it.
    pub https: Option<Https>,
    /// Certificates, and how long before their end that is a fault.
    pub certificates: Certificates,
    /// Whether everyone who reaches a listener beyond loopback may read.
    pub public_read: bool,
    /// The broker, if there is one.
    pub mqtt: Option<mqtt::Settings>,
    /// The Sparkplug host, if there is one.
    pub sparkplug: Option<sparkplug::Settings>,
    /// The time-series server, if there is one.
    pub influx: Option<influx::Settings>,
    /// The city centre, if there is one.
    pub uplink: Option<uplink::Settings>,
    /// How many bytes of what the engine is told are kept; 0 for none.
    pub trace: u64,
    /// How long records are kept before a manager may archive them; for ever without a time.
    pub keep: Option<Duration>,
    /// How long trends are kept.
    pub retention: Retention,
    /// File that presets the first account's password.
    pub admin_password_file: Option<PathBuf>,
    /// What is wrong with the configuration although the gateway runs: of the whole (`""`) or of a device; nothing
    /// where all is well, so that a fault of an earlier start ends.
    pub configuration: Vec<(String, Option<Text>)>,
    /// Where the site was read from, to be kept for a later start that is refused; nothing when it need not be.
    pub accepted: Option<accepted::Folders>,
}

/// The engine shows its first facts after half a second at the latest, also when the disk does not answer. Longer than
/// this no wall stays dark.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// Runs until `stop`. Prints `listening http://…`, or `https://…`, on standard output once it serves.
///
/// # Errors
/// The state directory is held by another process or cannot be read, or the address cannot be listened on.
pub async fn run(plan: Plan, stop: CancellationToken) -> anyhow::Result<()> {
    let clock = Clock::start();
    let listener = TcpListener::bind(plan.listen).await.with_context(|| format!("cannot listen on {}", plan.listen))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let for_walls = services::listener_for_walls(&plan.walls).await?;
    let (state_dir, preset, walls) = (plan.state_dir.clone(), plan.admin_password_file.clone(), plan.walls.clone());
    let opened = tokio::task::spawn_blocking(move || Stores::open(&state_dir, preset, &walls, clock)).await;
    let (stores, commits) = opened.context("opening the stores")??;
    // Only now: until the journal was opened, the state directory may have been another gateway's.
    if let Some(folders) = &plan.accepted
        && let Err(error) = accepted::keep(&plan.state_dir, folders, &plan.site)
    {
        warn!(%error, "the accepted configuration cannot be kept");
    }
    stores.trends.keep(plan.retention);
    let secure = services::secure(&plan, address).await?;
    let scheme = if secure.is_some() { "https" } else { "http" };
    let (vitals, health) = Vitals::new(plan.site.buses.len(), plan.site.devices.len(), clock.now().wall);
    let (acts, requests) = Acts::new();
    let (inputs, reports) = mpsc::channel(INPUTS);
    let gateway = Gateway {
        board: Arc::new(Board::new(plan.site.points.len(), clock.now())),
        picture: Arc::new(Picture::new(stores.state.clone())),
        vitals: Arc::new(vitals),
        progress: Arc::new(AtomicU64::new(0)),
        sparkplug: Arc::default(),
        trace: (plan.trace > 0).then(|| Trace::open(&plan.state_dir, plan.trace, Header::of(&plan.site))),
        site: Arc::clone(&plan.site),
        clock,
        stores,
    };
    // What runs is stopped in this order: the field, the engine, then the outputs, so that the last facts still leave.
    let (field, core, outputs) = (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
    let (buses, doors, inquiries) = gateway.start_field(&inputs, &field, &plan.state_dir);
    let inlets = Inlets { inputs: reports, acts: requests, commits, health };
    let (_, shown) = gateway.picture.follow();
    let beating = tokio::spawn(gateway.heart(doors).run(inlets, core.clone()));
    shows_restart(shown).await;
    let mut sinks = gateway.start_outputs(&plan, &acts, &outputs);
    let (retiring, approved) = gateway.retiring(&plan);
    sinks.spawn(approved.follow(acts.clone(), outputs.clone()));
    let walls_at = for_walls.as_ref().and_then(|listener| listener.local_addr().ok());
    let services = gateway.services(&plan, acts, inquiries, inputs.downgrade(), secure, retiring);
    let serving = tokio::spawn(web::serve(listener, for_walls, services, outputs.clone()));
    for (device, fault) in plan.configuration {
        gateway.vitals.report(Part::Config(device), fault);
    }
    println!("listening {scheme}://{address}");
    if let Some(address) = walls_at {
        println!("walls {scheme}://{address}");
    }
    systemd::ready(&format!("{} points on {} buses", gateway.site.points.len(), gateway.site.buses.len()));
    tokio::select! {
        () = stop.cancelled() => {}
        broken = beating_ended(&core, beating) => return Err(broken),
    }
    info!("stopping");
    systemd::stopping();
    field.cancel();
    buses.join_all().await;
    core.cancel();
    outputs.cancel();
    sinks.join_all().await;
    serving.await.context("the web server broke")?.context("the web server failed")?;
    // The last handles: their threads write what is left before they end.
    tokio::task::spawn_blocking(move || drop(gateway)).await.context("closing the stores")
}

/// What is on disk, and what was found there.
struct Stores {
    journal: Journal,
    trends: Trends,
    index: Index,
    accounts: web::Accounts,
    displays: Arc<web::Displays>,
    /// The state recovered from the journal.
    state: State,
    epoch: u32,
}

impl Stores {
    /// Opens everything in the state directory. Blocking.
    fn open(
        state_dir: &Path,
        preset: Option<PathBuf>,
        walls: &Walls,
        clock: Clock,
    ) -> anyhow::Result<(Stores, mpsc::UnboundedReceiver<JournalEvent>)> {
        let now = clock.now();
        reserve::give_up_if_full(state_dir);
        let Opened { journal, events, epoch, snapshot, tail } = Journal::open(state_dir, now)?;
        let trends = Trends::open(state_dir, now)?;
        let guarded = state_dir.to_path_buf();
        trends.guard(watch::KEEP_FREE, move || free_bytes(&guarded));
        let accounts = web::Accounts::open(state_dir)?;
        if let Some(password) = accounts.ensure_first(preset.as_deref(), now.wall)? {
            eprintln!("first start: log in as \"admin\" with the one-time password {password} and change it");
        }
        let displays = Arc::new(web::Displays::open(state_dir, walls, web::Patience::default(), now));
        if let Err(error) = reserve::keep(state_dir) {
            warn!(%error, "no room is kept back for the next start");
        }
        let mut state = snapshot.unwrap_or_default();
        tail.iter().for_each(|fact| state.apply(fact));
        let index = Index::new(state_dir);
        Ok((Stores { journal, trends, index, accounts, displays, state, epoch }, events))
    }
}

/// What the parts share.
struct Gateway {
    site: Arc<Site>,
    clock: Clock,
    stores: Stores,
    board: Arc<Board>,
    picture: Arc<Picture>,
    vitals: Arc<Vitals>,
    progress: Arc<AtomicU64>,
    sparkplug: Arc<sparkplug::Counters>,
    trace: Option<Trace>,
}

impl Gateway {
    /// Starts a task for each bus, and what watches the clock and the disk. Gives the doors by which the engine asks a
    /// bus to report a device anew, and by which it sends commands.
    fn start_field(
        &self,
        inputs: &mpsc::Sender<(Input, Now)>,
        stop: &CancellationToken,
        state_dir: &Path,
    ) -> (JoinSet<()>, Doors, Inquiries) {
        let (mut tasks, mut doors) = (JoinSet::new(), Doors::default());
        let (door, asked) = Inquiries::new(self.site.buses.len());
        for ((number, bus), inquiries) in (0u32..).zip(&self.site.buses).zip(asked) {
            let (door, asked) = mpsc::unbounded_channel();
            doors.confirm.push(door);
            let (door, commands) = mpsc::unbounded_channel();
            doors.commands.push(door);
            let field = Field {
                site: Arc::clone(&self.site),
                bus: number,
                clock: self.clock,
                board: Arc::clone(&self.board),
                vitals: Arc::clone(&self.vitals),
                inputs: inputs.clone(),
                trends: sampler(Arc::clone(&self.site), self.stores.trends.clone()),
                confirm: Arc::new(Mutex::new(asked)),
                commands: Arc::new(Mutex::new(commands)),
                inquiries: Arc::new(Mutex::new(inquiries)),
                stop: stop.clone(),
            };
            let (name, stop) = (format!("bus {}", bus.id), stop.clone());
            let endpoint = bus.endpoint.clone();
            tasks.spawn(async move {
                match endpoint {
                    Endpoint::Gbt26875(_) => supervise(&name, stop, || run_stations(field.clone())).await,
                    Endpoint::Text(_) => supervise(&name, stop, || run_printer(field.clone())).await,
                    Endpoint::Tcp(_) | Endpoint::RtuTcp(_) | Endpoint::Serial(_) => {
                        supervise(&name, stop, || run_bus(field.clone())).await;
                    }
                }
            });
        }
        let (trends, vitals) = (self.stores.trends.clone(), Arc::clone(&self.vitals));
        let state_dir = state_dir.to_path_buf();
        tasks.spawn(watch::watch(self.clock, state_dir, trends, vitals, inputs.clone(), stop.clone()));
        (tasks, doors, door)
    }

    /// The engine over the recovered state.
    fn heart(&self, doors: Doors) -> Heart {
        let now = self.clock.now();
        let start = Start {
            epoch: self.stores.epoch,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            clock_trusted: watch::is_trusted(now),
        };
        let (engine, first) = Engine::start(Arc::clone(&self.site), self.stores.state.clone(), &start, now);
        let outlets = Outlets {
            journal: self.stores.journal.clone(),
            picture: Arc::clone(&self.picture),
            board: Arc::clone(&self.board),
            vitals: Arc::clone(&self.vitals),
            confirm: doors.confirm,
            commands: doors.commands,
            progress: Arc::clone(&self.progress),
            trail: self.trace.clone().map(|trace| Trail::begin(trace, self.stores.state.last.seq, &start, now)),
        };
        Heart::new(Arc::clone(&self.site), engine, first, self.clock, outlets)
    }

    /// Starts MQTT, with the commands that may come over it, the time series, the city centre, what tells the trends of
    /// alarms, the index of the journal, and the watchdog.
    fn start_outputs(&self, plan: &Plan, acts: &Acts, stop: &CancellationToken) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let clock = self.clock;
        let (picture, trends) = (Arc::clone(&self.picture), self.stores.trends.clone());
        tasks.spawn(episodes::follow(picture, trends, clock, stop.clone()));
        let journal = self.stores.journal.clone();
        tasks.spawn(self.stores.index.clone().follow(Arc::new(journal.clone()), journal.committed(), stop.clone()));
        match plan.mqtt.clone() {
            Some(settings) => {
                let feed = mqtt::Feed {
                    site: Arc::clone(&self.site),
                    board: Arc::clone(&self.board),
                    vitals: Arc::clone(&self.vitals),
                    state: self.stores.state.clone(),
                    epoch: self.stores.epoch,
                    source: Arc::new(self.stores.journal.clone()),
                    wall: Arc::new(move || clock.now().wall),
                };
                let door = mqtt::Door {
                    site: Arc::clone(&self.site),
                    acts: acts.clone(),
                    picture: Arc::clone(&self.picture),
                    vitals: Arc::clone(&self.vitals),
                    clock: Arc::new(move || {
                        Some(clock.now()).filter(|now| watch::is_trusted(*now)).map(|now| now.wall)
                    }),
                };
                tasks.spawn(mqtt::take_commands(settings.clone(), door, stop.clone()));
                tasks.spawn(mqtt::run(settings, feed, stop.clone()));
            }
            // A fault of a broker that is no longer configured is over.
            None => self.vitals.report(Part::Mqtt, None),
        }
        self.start_sparkplug(plan, acts, stop, &mut tasks);
        tasks.spawn(sounder::run(plan.sounder.clone(), self.heard(acts), stop.clone()));
        match plan.influx.clone() {
            Some(settings) => {
                let source = Arc::new(self.stores.trends.clone());
                let (site, vitals) = (self.site.id.clone(), Arc::clone(&self.vitals));
                tasks.spawn(influx::run(settings, site, source, vitals, stop.clone()));
            }
            None => self.vitals.report(Part::Influx, None),
        }
        match plan.uplink.clone() {
            Some(settings) => {
                let feed = uplink::Feed {
                    site: Arc::clone(&self.site),
                    picture: Arc::clone(&self.picture),
                    vitals: Arc::clone(&self.vitals),
                    source: Arc::new(self.stores.journal.clone()),
                    clock,
                };
                tasks.spawn(uplink::run(settings, feed, stop.clone()));
            }
            None => [Part::Uplink, Part::DutyCheck].into_iter().for_each(|part| self.vitals.report(part, None)),
        }
        let (held, when) = (plan.certificates.clone(), web::When::new(document::zone(&self.site)));
        tasks.spawn(certificates::watch(held, when, clock, Arc::clone(&self.vitals), stop.clone()));
        tasks.spawn(notes::take_in(plan.state_dir.clone(), acts.clone(), stop.clone()));
        tasks.spawn(systemd::watch(Arc::clone(&self.progress), stop.clone()));
        tasks
    }

    fn start_sparkplug(&self, plan: &Plan, acts: &Acts, stop: &CancellationToken, tasks: &mut JoinSet<()>) {
        let Some(settings) = plan.sparkplug.clone() else { return self.vitals.report(Part::Sparkplug, None) };
        let clock = self.clock;
        let feed = sparkplug::Feed {
            site: Arc::clone(&self.site),
            board: Arc::clone(&self.board),
            vitals: Arc::clone(&self.vitals),
            picture: Arc::clone(&self.picture),
            acts: acts.clone(),
            wall: Arc::new(move || clock.now().wall),
            trusted: Arc::new(move || Some(clock.now()).filter(|now| watch::is_trusted(*now)).map(|now| now.wall)),
            counters: Arc::clone(&self.sparkplug),
        };
        let births = plan.state_dir.join("sparkplug-bdseq");
        tasks.spawn(sparkplug::run(settings, births, feed, stop.clone()));
    }
}

/// Waits until the picture shows the fact `restarted`: before it, sources look active that nobody has read since.
async fn shows_restart(mut shown: broadcast::Receiver<Shown>) {
    let restarted = async {
        while let Ok(shown) = shown.recv().await
            && !matches!(shown.fact.kind, FactKind::Restarted { .. })
        {}
    };
    if tokio::time::timeout(SHOWN_WITHIN, restarted).await.is_err() {
        warn!("the engine does not show that it has started; serving all the same");
    }
}

/// The engine's task must never end by itself; if it panics the process ends too, and the service manager starts it
/// again over the journal. Going on without it would show a still picture.
async fn beating_ended(core: &CancellationToken, beating: tokio::task::JoinHandle<Result<(), u64>>) -> anyhow::Error {
    let ended = beating.await;
    if core.is_cancelled() {
        // The gateway is stopping in order; whoever waits for `stop` goes on.
        return std::future::pending().await;
    }
    match ended {
        Ok(Ok(())) => anyhow::anyhow!("the engine's task ended"),
        Ok(Err(waiting)) => anyhow::anyhow!(
            "{waiting} facts wait for a disk that does not answer, more than are kept in memory; beginning anew from \
             what is recorded"
        ),
        Err(error) => anyhow::anyhow!("the engine broke: {error}"),
    }
}
