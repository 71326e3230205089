//! Samples to a time-series server that speaks the InfluxDB v2 write interface (design §6).
//!
//! Takes: samples from the trend store's cursor, through [`SampleSource`].
//! Gives: their line protocol to the server, each at least once, and the health of [`Part::Influx`](crate::engine::Part).
//! Never: moves a cursor past a sample that was neither stored nor written to the file of refused lines, waits for a
//! server without an own time limit, holds more than one batch in memory, or lets the past hold up the present.
//!
//! After an outage the newest samples go first; what it left behind is filled in, oldest first, in at most half of the
//! time ([`Sent`]).

mod course;
mod delivery;
mod health;
mod lines;
mod outcome;
mod refused;
mod size;
#[cfg(not(feature = "influxdb2"))]
mod transport;
#[cfg(feature = "influxdb2")]
#[path = "transport_influxdb2.rs"]
mod transport;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::engine::base::{PointId, SiteId, Wall};
use crate::live::Vitals;

pub use course::Sent;
pub use lines::write_line;

/// Where the server is and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `http://host:port` or `https://…`, without `/api/v2/write`.
    pub url: String,
    /// Organisation; some servers ignore it.
    pub org: String,
    /// Bucket; some servers ignore it.
    pub bucket: String,
    /// File whose first line is the token; read again after each refusal. None sends no token.
    pub token_file: Option<PathBuf>,
    /// Lines that the server refuses for good are kept here, for a person to look at.
    pub refused_file: PathBuf,
    /// Samples of one request at most.
    pub batch: usize,
    /// How long to wait for what.
    pub waits: Waits,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Between two looks for new samples.
    pub look: Duration,
    /// For the answer to one request.
    pub answer: Duration,
    /// After the first failure; doubles with each.
    pub first: Duration,
    /// After many failures.
    pub most: Duration,
    /// After the server denied us: only a person can change that.
    pub denied: Duration,
    /// How long it is remembered that the server takes fewer lines at once.
    pub remember: Duration,
    /// How long a loss stays on show, however well the server works meanwhile.
    pub shown: Duration,
}

impl Default for Waits {
    fn default() -> Waits {
        Waits {
            look: Duration::from_secs(1),
            answer: Duration::from_secs(5),
            first: Duration::from_millis(500),
            most: Duration::from_secs(30),
            denied: Duration::from_secs(30),
            remember: Duration::from_secs(600),
            shown: Duration::from_secs(60),
        }
    }
}

/// One sample of one point.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Which point.
    pub point: PointId,
    /// The measurement: the profile's class.
    pub class: String,
    /// When it was read.
    pub at: Wall,
    /// None when unknown: then the quality alone is written.
    pub value: Option<f64>,
    /// 0 is good, anything else the code of the reason.
    pub quality: u8,
}

/// What was read of the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Samples in the order in which they were committed.
    pub samples: Vec<Sample>,
    /// The cursor after them.
    pub next: u64,
    /// Seconds whose samples were asked for and are no longer kept.
    pub missing: u64,
}

/// The trend store as this edge needs it. All calls block and are made off the asynchronous threads.
pub trait SampleSource: Send + Sync + 'static {
    /// At most `limit` samples after `cursor` and before `until`.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn between(&self, cursor: u64, until: u64, limit: usize) -> Result<Batch, String>;
    /// How many samples follow `cursor`, counted until there are more than `enough`.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn waiting(&self, cursor: u64, enough: u64) -> Result<u64, String>;
    /// The cursor after everything.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn end(&self) -> Result<u64, String>;
    /// How far the server has everything.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn sent(&self) -> Result<Sent, String>;
    /// The server has this much. After a kill all three positions stand, or none.
    ///
    /// # Errors
    /// What the disk said; the samples are then sent again after a restart, which overwrites them with themselves.
    fn keep(&self, sent: Sent) -> Result<(), String>;
}

/// Samples of one request.
pub const BATCH: usize = 5_000;
/// More batches than this behind, and the newest samples no longer wait for the older ones.
const BEHIND: u64 = 4;
/// How long to wait after our own disk failed.
const RETRY: Duration = Duration::from_secs(1);
/// The least rest of the back-fill.
const REST: Duration = Duration::from_millis(20);

/// Sends until `stop`.
pub async fn run(
    settings: Settings,
    site: SiteId,
    source: Arc<dyn SampleSource>,
    vitals: Arc<Vitals>,
    stop: CancellationToken,
) {
    let health = health::Health::new(vitals, &settings.url, &settings.bucket, settings.waits.shown);
    let transport = match transport::Transport::new(&settings) {
        Ok(transport) => transport,
        Err(reason) => return health.broken(&reason),
    };
    let batch = settings.batch.max(1);
    let delivery = delivery::Delivery::new(settings, seed(&site), transport, health);
    let mut sender = Sender { delivery, site, source, batch };
    tokio::select! {
        () = sender.send() => {}
        () = stop.cancelled() => {}
    }
}

/// Tells the pauses of one gateway from another's.
fn seed(site: &SiteId) -> u64 {
    site.as_str().bytes().fold(0, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

struct Sender {
    delivery: delivery::Delivery,
    site: SiteId,
    source: Arc<dyn SampleSource>,
    batch: usize,
}

impl Sender {
    async fn send(&mut self) {
        let mut sent = blocking(&self.source, |source| source.sent()).await.settled();
        let mut rested = Instant::now();
        loop {
            sent = self.catch_up(sent).await;
            let Some((next, full)) = self.turn(sent.live, u64::MAX).await else {
                sleep(self.delivery.waits().denied).await;
                continue;
            };
            if next > sent.live {
                sent = self.keep(sent.live_to(next)).await;
            }
            // The present goes before the past.
            if full {
                continue;
            }
            let began = Instant::now();
            let look = began + self.delivery.waits().look;
            if !sent.has_gap() {
                sleep_until(look).await;
            } else if began < rested {
                sleep_until(rested.min(look)).await;
            } else if let Some((next, _)) = self.turn(sent.filled, sent.resumed).await {
                sent = self.keep(sent.filled_to(next)).await;
                // Half of the time belongs to whoever else uses the server, and this machine.
                rested = Instant::now() + began.elapsed().max(REST);
            } else {
                rested = Instant::now() + self.delivery.waits().denied;
            }
        }
    }

    /// Takes up the newest samples where too many wait.
    async fn catch_up(&self, sent: Sent) -> Sent {
        let enough = BEHIND * self.batch as u64;
        if blocking(&self.source, move |source| source.waiting(sent.live, enough)).await <= enough {
            return sent;
        }
        let end = blocking(&self.source, |source| source.end()).await;
        tracing::info!(samples = enough, "more than this wait for the time-series server; the newest go first");
        self.keep(sent.resumed_at(end)).await
    }

    /// Sends one batch. Gives the cursor after it, and whether it was full; none where the server took nothing of it.
    /// A batch may be short because the store's rows end there.
    async fn turn(&mut self, cursor: u64, until: u64) -> Option<(u64, bool)> {
        let limit = self.batch;
        let Batch { samples, next, missing } =
            blocking(&self.source, move |source| source.between(cursor, until, limit)).await;
        if missing > 0 {
            self.delivery.missed(missing);
        }
        let lines: Vec<Vec<u8>> = samples.iter().map(|sample| write_line(&self.site, sample)).collect();
        self.delivery.deliver(&lines).await.then_some((next, samples.len() >= limit))
    }

    async fn keep(&self, sent: Sent) -> Sent {
        blocking(&self.source, move |source| source.keep(sent)).await;
        sent
    }
}

/// Asks our own disk, until it answers.
async fn blocking<T: Send + 'static>(
    source: &Arc<dyn SampleSource>,
    ask: impl Fn(&dyn SampleSource) -> Result<T, String> + Clone + Send + 'static,
) -> T {
    loop {
        let (source, ask) = (Arc::clone(source), ask.clone());
        match tokio::task::spawn_blocking(move || ask(source.as_ref())).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(reason)) => tracing::warn!(reason, "the trend store does not answer the time-series sender"),
            Err(error) => tracing::warn!(%error, "the trend store does not answer the time-series sender"),
        }
        sleep(RETRY).await;
    }
}
