//! The simulated field behind real endpoints: loopback TCP ports and pseudo-terminals.
//!
//! Takes: a site, resting values, a scenario and [`Options`].
//! Gives: [`Running`]: an endpoint for every bus, the sentences of the story, a [`Control`].
//! Never: a port of its own choosing, an address beyond loopback, a task that outlives [`Running`].

mod frame;
mod plug;
mod rtu;
mod tcp;
mod text;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::tcp::Framing;
use crate::engine::base::{BusId, Text};
use crate::engine::site::{Endpoint, Site};
use crate::sim::encode::Setting;
use crate::sim::fault::Fault;
use crate::sim::impossible::Impossible;
use crate::sim::resting::Resting;
use crate::sim::scenario::Scenario;
use crate::sim::trouble::Trouble;
use crate::sim::world::World;

/// How a simulated site runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How much faster than life the story goes; 1 is life. The wire keeps its own time.
    pub speed: f64,
    /// Decides how measurements wander.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { speed: 1.0, seed: 1 }
    }
}

/// Starts simulated sites.
#[derive(Debug)]
pub struct SimulatedSite;

/// A simulated site that is being served. Dropping it ends it.
#[derive(Debug)]
pub struct Running {
    /// Where each bus of the site is served.
    pub endpoints: BTreeMap<BusId, Endpoint>,
    /// What the story tells, as it goes.
    pub story: mpsc::UnboundedReceiver<Told>,
    control: Control,
    _tasks: JoinSet<()>,
}

/// One sentence of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When, in the story's own time.
    pub at: Duration,
    /// What.
    pub text: Text,
}

/// Steers a simulated site from outside; may be cloned.
#[derive(Clone, Debug)]
pub struct Control {
    world: Arc<Shared>,
}

/// The world and what its servers must know without asking.
#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    started: Instant,
    speed: f64,
    /// Wakes whoever waits for a cut or mended bus, and the story's teller.
    changed: watch::Sender<u64>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        // A panic elsewhere leaves the world as it was between two calls: still a world.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble_of(&self, bus: u32) -> Trouble {
        self.lock().trouble_of(bus)
    }

    /// The world as it is at this moment of the story.
    fn now(&self) -> MutexGuard<'_, World> {
        let at = self.started.elapsed().mul_f64(self.speed);
        let mut world = self.lock();
        world.advance(at);
        world
    }

    /// What was printed at the port of a bus since it was last asked, and whether the port can be opened.
    fn printed(&self, bus: u32) -> (Vec<u8>, bool) {
        let mut world = self.now();
        (world.take_printed(bus), world.can_be_opened(bus))
    }

    fn tell(&self) {
        self.changed.send_modify(|changes| *changes = changes.wrapping_add(1));
    }
}

impl SimulatedSite {
    /// Serves every bus of `site` until the returned [`Running`] is dropped. Must be called within a tokio runtime.
    /// Fails when the machine has no free port or pseudo-terminal.
    pub async fn start(
        site: Arc<Site>,
        resting: &Resting,
        scenario: Scenario,
        options: Options,
    ) -> io::Result<Running> {
        let speed = if options.speed.is_finite() { options.speed.clamp(0.001, 10_000.0) } else { 1.0 };
        let world = World::new(Arc::clone(&site), resting, scenario, options.seed);
        let (changed, _) = watch::channel(0);
        let shared = Arc::new(Shared { world: Mutex::new(world), started: Instant::now(), speed, changed });
        let mut tasks = JoinSet::new();
        let mut endpoints = BTreeMap::new();
        for (number, bus) in site.buses.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let endpoint = match &bus.endpoint {
                Endpoint::Tcp(_) => {
                    Endpoint::Tcp(tcp::serve(Arc::clone(&shared), number, Framing::Mbap, &mut tasks).await?)
                }
                Endpoint::RtuTcp(_) => {
                    Endpoint::RtuTcp(tcp::serve(Arc::clone(&shared), number, Framing::Rtu, &mut tasks).await?)
                }
                Endpoint::Serial(line) => Endpoint::Serial(rtu::serve(Arc::clone(&shared), number, line, &mut tasks)?),
                Endpoint::Text(port) => {
                    Endpoint::Text(text::serve(Arc::clone(&shared), number, port, &mut tasks).await?)
                }
                // Its devices call the gateway; nothing is served for them.
                Endpoint::Gbt26875(_) => continue,
            };
            endpoints.insert(bus.id.clone(), endpoint);
        }
        let (teller, story) = mpsc::unbounded_channel();
        tasks.spawn(tell_story(Arc::clone(&shared), teller));
        Ok(Running { endpoints, story, control: Control { world: shared }, _tasks: tasks })
    }
}

impl Running {
    /// A handle to steer it by.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// The site as a gateway must see it: every bus at the endpoint where it is served here.
    pub fn site(&self) -> Site {
        let mut site = Site::clone(self.control.world.lock().site());
        for bus in &mut site.buses {
            if let Some(endpoint) = self.endpoints.get(&bus.id) {
                bus.endpoint = endpoint.clone();
            }
        }
        site
    }

    /// Ends it: ports are closed, lines are gone.
    pub async fn stop(mut self) {
        self._tasks.shutdown().await;
    }
}

impl Control {
    /// Makes a point say something; whatever the story was doing with it ends.
    pub fn set(&self, point: &str, setting: &Setting) -> Result<(), Impossible> {
        self.world.now().set(point, setting)
    }

    /// Makes a point say what a person typed: a state, `true`, a number, `absent` or `raw:0x…`.
    pub fn set_typed(&self, point: &str, typed: &str) -> Result<(), Impossible> {
        let raw = typed.strip_prefix("raw:").and_then(|raw| match raw.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16).ok(),
            None => raw.parse().ok(),
        });
        let mut readings = vec![Setting::State(typed.to_owned())];
        readings.extend(typed.parse().ok().map(Setting::Bit));
        readings.extend(typed.parse().ok().map(Setting::Number));
        readings.extend(raw.map(Setting::Raw));
        readings.extend((typed == "absent").then_some(Setting::Absent));
        // The first reading that fits; what is told otherwise is why the last one, the most particular, does not.
        let mut outcome = Ok(());
        for reading in &readings {
            outcome = self.set(point, reading);
            if !matches!(outcome, Err(Impossible::Misfit(..))) {
                break;
            }
        }
        outcome
    }

    /// Makes a device misbehave, or no longer.
    pub fn fault(&self, device: &str, fault: Fault) -> Result<(), Impossible> {
        self.world.now().fault(device, fault)
    }

    /// Makes a line or a port misbehave, or no longer.
    pub fn trouble(&self, bus: &str, trouble: Trouble) -> Result<(), Impossible> {
        let outcome = self.world.now().trouble(bus, trouble);
        self.world.tell();
        outcome
    }

    /// Cuts a bus or mends it: a port that refuses, a line that carries nothing.
    pub fn cut(&self, bus: &str, cut: bool) -> Result<(), Impossible> {
        let outcome = self.world.now().cut(bus, cut);
        self.world.tell();
        outcome
    }

    /// Looks at the world as it is at this moment of the story.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.now())
    }
}

/// Lets the story go on in time even when nobody asks, and passes on what it tells.
async fn tell_story(shared: Arc<Shared>, teller: mpsc::UnboundedSender<Told>) {
    loop {
        let (told, due) = {
            let mut world = shared.now();
            (world.told(), world.next_due())
        };
        shared.tell();
        for (at, text) in told {
            if teller.send(Told { at, text }).is_err() {
                return std::future::pending().await;
            }
        }
        match due {
            Some(due) => tokio::time::sleep_until(shared.started + due.div_f64(shared.speed)).await,
            None => return std::future::pending().await,
        }
    }
}
