//! The task of one bus: it owns the wire and the machine that says what to ask.
//!
//! Takes: the bus's requests, the devices the engine wants confirmed, and the wire's answers.
//! Gives: values to the board and to the trends, links and ages to the vitals, everything else to the engine.
//! Never: drops a report, logs per request, or lets a waiting wire hold up what time alone changes.
//!
//! A connection that closes while nobody uses it is normal (peers P5): a request that finds a wire dead which has worked
//! before is sent once more on a new one, and only if that fails too is anything announced. An endpoint that cannot be
//! opened is announced at the first failure. A write is sent once more only under the same condition, and for a write the
//! wire calls its link lost only when not one byte of it has left.

mod asked;
mod outlet;
mod strangers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use self::asked::Asked;
pub(super) use self::asked::Doors;
pub(super) use self::outlet::Outlet;
use self::strangers::Strangers;
use super::supervise::pause_after;
use crate::edge::clock::Clock;
use crate::edge::line::OpenError;
use crate::edge::modbus::{Habits, Wire};
use crate::engine::Input;
use crate::engine::base::{Mono, Now, Reading, Reason};
use crate::engine::poll::{Bus, Command, Failure, Finding, Next, Reply, Request};
use crate::engine::site::{Endpoint, Site};
use crate::live::{Board, Inquiry, Vitals};

/// A TCP connection must stand within this time, name resolution included.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// A lost connection that comes back within this time is no news.
const GRACE: Duration = Duration::from_millis(500);
/// While the wire is waited for, the machine is told this often that time passes.
const PULSE: Duration = Duration::from_millis(200);

/// A serial adapter that was unplugged, or changed for another one, is noticed within this time.
const LOOK: Duration = Duration::from_millis(300);

/// A task that was held up longer than this knows nothing of its bus any more: the engine has given it up meanwhile.
const HELD_UP: Duration = Duration::from_secs(3);

/// Sees every value of a bus as it is posted, by index of the point; must not block.
pub type Trend = Arc<dyn Fn(u32, &Reading) + Send + Sync>;

/// Everything the task of a bus needs. Copies share it, so that the task can be started again.
#[derive(Clone)]
pub struct Field {
    /// The site.
    pub site: Arc<Site>,
    /// Index of the bus in the site.
    pub bus: u32,
    /// The clock.
    pub clock: Clock,
    /// Where values go.
    pub board: Arc<Board>,
    /// Where links and ages go.
    pub vitals: Arc<Vitals>,
    /// Where all that the engine must know goes; awaited.
    pub inputs: mpsc::Sender<(Input, Now)>,
    /// Sees every value that is posted.
    pub trends: Trend,
    /// Devices that must report every rule anew.
    pub confirm: Arc<Mutex<mpsc::UnboundedReceiver<u32>>>,
    /// Commands to be sent, each once.
    pub commands: Arc<Mutex<mpsc::UnboundedReceiver<Command>>>,
    /// What people ask about its devices.
    pub inquiries: Arc<Mutex<mpsc::Receiver<Inquiry>>>,
    /// Ends the task.
    pub stop: CancellationToken,
}

/// Polls one bus until it is stopped. To be kept alive by [`supervise`](super::supervise): it returns only when it is
/// stopped, and after a panic it may be started anew; then nothing of the bus is known until it is read again.
pub async fn run_bus(field: Field) {
    let stop = field.stop.clone();
    let run = async move {
        let (confirm, commands) = (Arc::clone(&field.confirm), Arc::clone(&field.commands));
        let inquiries = Arc::clone(&field.inquiries);
        let asked =
            Asked { confirm: confirm.lock().await, commands: commands.lock().await, inquiries: inquiries.lock().await };
        Runner::new(field, asked).run().await;
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = run => {}
    }
}

struct Runner<'a> {
    machine: Bus,
    wire: Option<Wire>,
    habits: Habits,
    /// The present wire stands for one that worked and was closed by its own rules: until it has answered, the other side
    /// may still be busy letting go of that one.
    renewed: bool,
    /// Before this, no new connection: the gateway needs time to let go of the last one.
    open_after: Instant,
    /// When the device file is looked at next.
    look_at: Instant,
    strangers: Strangers,
    /// Openings in a row that failed, or gave a wire that never answered.
    fruitless: u32,
    line: Line,
    asked: Asked<'a>,
    /// Whoever waits for what a device says that it is.
    sought: BTreeMap<u64, oneshot::Sender<Finding>>,
    pulse: Interval,
    /// When time was last seen to pass.
    ticked: Mono,
    outlet: Outlet,
}

/// What the machine was told of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Nothing yet.
    Untold,
    /// It is open.
    Open,
    /// It opens, and then a request finds it dead. The machine tries again in its own time; an answer is what says
    /// that the line works, so that an endpoint which accepts and hangs up does not come and go in the journal.
    Failing,
    /// It is lost.
    Lost,
}

impl<'a> Runner<'a> {
    fn new(field: Field, asked: Asked<'a>) -> Runner<'a> {
        let machine = Bus::new(Arc::clone(&field.site), field.bus, field.clock.now());
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ticked = field.clock.now().mono;
        let (now, strangers, outlet) = (Instant::now(), Strangers::new(ticked), Outlet::new(field));
        let habits = Habits { workarounds: outlet.workarounds(), echoes: None };
        Runner {
            machine,
            wire: None,
            habits,
            renewed: false,
            open_after: now,
            look_at: now,
            strangers,
            fruitless: 0,
            line: Line::Untold,
            asked,
            sought: BTreeMap::new(),
            pulse,
            ticked,
            outlet,
        }
    }

    async fn run(mut self) {
        let Some(endpoint) = self.outlet.endpoint() else {
            warn!(bus = self.outlet.field.bus, "there is no such bus in the site");
            return std::future::pending().await;
        };
        self.outlet.distrust(Reason::NeverRead);
        loop {
            let mut wire = match self.wire.take() {
                Some(wire) if wire.is_open() => wire,
                Some(dead) => {
                    let why = self.part(dead).await;
                    self.open(&endpoint, why).await.0
                }
                None => self.open(&endpoint, "not connected".to_owned()).await.0,
            };
            match self.machine.next(self.outlet.now()) {
                Next::Send(request) => {
                    let outcome = self.exchange(&mut wire, &request).await;
                    let renewed = std::mem::take(&mut self.renewed);
                    match outcome {
                        Err(Failure::Link(_)) if wire.has_answered() || renewed => {
                            let reason = self.part(wire).await;
                            wire = self.again(&endpoint, request, reason).await;
                        }
                        outcome => self.ended(&request, outcome).await,
                    }
                }
                Next::WaitUntil(at) => {
                    let at = Instant::from_std(self.outlet.field.clock.instant(at));
                    self.idle(at, wire.is_line()).await;
                    // A connection that was closed while nobody used it is found out before anything is sent on it.
                    self.look_at = self.look_at.min(Instant::now());
                }
            }
            if self.look_at <= Instant::now() {
                self.look_at = Instant::now() + LOOK;
                wire.look();
            }
            self.found();
            self.hear(&wire);
            self.wire = Some(wire);
        }
    }

    /// Lets go of a wire that was closed, and says why it was. What is known of the endpoint's ways is kept, except of a
    /// line: another adapter may come back in its place, so that its devices must show who they are, however soon it does.
    async fn part(&mut self, dead: Wire) -> String {
        let why = dead.closed().unwrap_or("not connected").to_owned();
        self.hear(&dead);
        if dead.is_line() {
            self.lose(&why).await;
        } else {
            self.habits.echoes = dead.echoes().or(self.habits.echoes);
        }
        self.renewed = dead.is_spent() && dead.has_answered();
        self.open_after = Instant::now() + self.habits.workarounds.reconnect_after;
        why
    }

    /// Takes note of what others said on the line.
    fn hear(&mut self, wire: &Wire) {
        let Some(heard) = wire.overheard() else { return };
        self.outlet.field.vitals.heard_noise(self.outlet.field.bus, heard.noise);
        if let Some(talk) = self.strangers.note(heard.strangers, self.outlet.now().mono) {
            self.outlet.strangers(talk);
        }
    }

    /// Nothing to send before `at`, unless the engine wants something confirmed.
    async fn idle(&mut self, at: Instant, line: bool) {
        let look_at = self.look_at;
        tokio::select! {
            () = sleep_until(at) => self.tick().await,
            () = sleep_until(look_at), if line => {}
            wish = self.asked.next() => self.grant(wish).await,
        }
    }

    /// One exchange, while time goes on.
    async fn exchange(&mut self, wire: &mut Wire, request: &Request) -> Result<Reply, Failure> {
        let began = Instant::now();
        let outcome = {
            let mut exchange = std::pin::pin!(wire.exchange(request));
            loop {
                tokio::select! {
                    biased;
                    outcome = &mut exchange => break outcome,
                    _ = self.pulse.tick() => self.tick().await,
                    wish = self.asked.next() => self.grant(wish).await,
                }
            }
        };
        let (field, took, failure) = (&self.outlet.field, wire.round_trip(), outcome.as_ref().err());
        // What a device makes of a question that its profile does not ask says nothing of its health.
        if !request.identification {
            field.vitals.exchanged(request.device, failure, took);
            if let Some(failure) = failure {
                field.vitals.troubled(request, failure, field.clock.now().wall);
            }
        }
        field.vitals.bus_used(field.bus, failure, took, began.elapsed());
        if wire.has_answered() || wire.is_spent() {
            self.fruitless = 0;
        }
        outcome
    }

    /// A wire that had worked was dead when `request` was to be sent: sends it once more on a new one, if it still stands
    /// by then. A write comes here only unsent (see [`Wire::exchange`]).
    async fn again(&mut self, endpoint: &Endpoint, request: Request, reason: String) -> Wire {
        let (mut wire, announced) = self.open(endpoint, reason.clone()).await;
        if self.machine.stands(request.id, self.outlet.now()) {
            let outcome = self.exchange(&mut wire, &request).await;
            self.ended(&request, outcome).await;
        } else if !announced {
            // A write whose time to live has ended meanwhile. Once the endpoint was said to be lost, it was given up.
            self.ended(&request, Err(Failure::Link(reason))).await;
        }
        wire
    }

    /// Tells the machine how a request ended.
    async fn ended(&mut self, request: &Request, outcome: Result<Reply, Failure>) {
        let now = self.outlet.now();
        let report = match outcome {
            Ok(reply) => {
                self.line = Line::Open;
                self.outlet.answered(request.device, now);
                self.machine.reply(request.id, reply, now)
            }
            Err(failure) => {
                self.line = if matches!(failure, Failure::Link(_)) { Line::Failing } else { Line::Open };
                self.machine.failure(request.id, failure, now)
            }
        };
        self.outlet.give(report, now).await;
    }

    async fn tick(&mut self) {
        let now = self.outlet.now();
        let held_up = now.mono.since(std::mem::replace(&mut self.ticked, now.mono));
        if held_up > HELD_UP {
            warn!(bus = self.outlet.field.bus, seconds = held_up.as_secs(), "the task was held up and begins anew");
            let empty = Bus::new(Arc::clone(&self.outlet.field.site), u32::MAX, now);
            let (machine, report) = std::mem::replace(&mut self.machine, empty).anew(now);
            self.machine = machine;
            self.outlet.begin_anew();
            self.outlet.give(report, now).await;
            if self.line == Line::Lost {
                let report = self.machine.link(false, "not connected", now);
                self.outlet.give(report, now).await;
            }
        }
        let report = self.machine.tick(now);
        self.outlet.give(report, now).await;
    }

    /// Opens the endpoint, however long it takes, and says whether it was announced as lost meanwhile. `why` is what is
    /// announced when it does not come back soon.
    async fn open(&mut self, endpoint: &Endpoint, mut why: String) -> (Wire, bool) {
        let patience = self.open_after.max(Instant::now()) + GRACE;
        loop {
            let pause = if self.fruitless == 0 { Duration::ZERO } else { pause_after(self.fruitless) };
            let begin = self.open_after.max(Instant::now() + pause);
            self.fruitless += 1;
            match self.attempt(endpoint, begin, patience, &why).await {
                Ok(wire) => {
                    let announced = self.line == Line::Lost;
                    if matches!(self.line, Line::Untold | Line::Lost) {
                        let now = self.outlet.now();
                        let report = self.machine.link(true, "", now);
                        self.outlet.opened(now);
                        self.outlet.give(report, now).await;
                        self.line = Line::Open;
                    }
                    return (wire, announced);
                }
                Err(error) => {
                    why = error.to_string();
                    self.lose(&why).await;
                }
            }
        }
    }

    /// One attempt to open, not before `begin`, while time goes on.
    async fn attempt(
        &mut self,
        endpoint: &Endpoint,
        begin: Instant,
        patience: Instant,
        why: &str,
    ) -> Result<Wire, OpenError> {
        let habits = self.habits;
        let mut opening = std::pin::pin!(async move {
            if begin > Instant::now() {
                sleep_until(begin).await;
            }
            Wire::open_with(endpoint, habits, CONNECT_WITHIN).await
        });
        loop {
            tokio::select! {
                biased;
                outcome = &mut opening => return outcome,
                () = sleep_until(patience), if matches!(self.line, Line::Untold | Line::Open) => self.lose(why).await,
                _ = self.pulse.tick() => self.tick().await,
                wish = self.asked.next() => self.grant(wish).await,
            }
        }
    }

    /// Announces, once, that the endpoint is lost.
    async fn lose(&mut self, why: &str) {
        if self.line != Line::Lost {
            self.line = Line::Lost;
            let now = self.outlet.now();
            let report = self.machine.link(false, why, now);
            self.outlet.give(report, now).await;
        }
    }
}
