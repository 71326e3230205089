//! Samples to a time-series server that speaks the InfluxDB v2 write interface (design §6).
//!
//! Takes: samples from the trend store's cursor, through [`SampleSource`].
//! Gives: their line protocol to the server, each at least once, and the health of [`Part::Influx`](crate::engine::Part).
//! Never: moves the cursor past a sample that was neither stored nor written to the file of refused lines, waits for a
//! server without an own time limit, or holds more than one batch in memory.

mod delivery;
mod health;
mod lines;
mod refused;
#[cfg(not(feature = "influxdb2"))]
mod transport;
#[cfg(feature = "influxdb2")]
#[path = "transport_influxdb2.rs"]
mod transport;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::engine::base::{PointId, SiteId, Wall};
use crate::live::Vitals;

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
}

impl Default for Waits {
    fn default() -> Waits {
        Waits {
            look: Duration::from_secs(1),
            answer: Duration::from_secs(5),
            first: Duration::from_millis(500),
            most: Duration::from_secs(30),
            denied: Duration::from_secs(30),
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

/// The trend store as this edge needs it. All three calls block and are made off the asynchronous threads.
pub trait SampleSource: Send + Sync + 'static {
    /// At most `limit` samples after `cursor`, and the cursor after them.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn after(&self, cursor: u64, limit: usize) -> Result<(Vec<Sample>, u64), String>;
    /// How far the server has everything.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn cursor(&self) -> Result<u64, String>;
    /// The server has everything up to `cursor`.
    ///
    /// # Errors
    /// What the disk said; the samples are then sent again after a restart, which overwrites them with themselves.
    fn advance(&self, cursor: u64) -> Result<(), String>;
}

/// Samples of one request.
const BATCH: usize = 5_000;
/// How long to wait after our own disk failed.
const RETRY: Duration = Duration::from_secs(1);

/// Sends until `stop`.
pub async fn run(
    settings: Settings,
    site: SiteId,
    source: Arc<dyn SampleSource>,
    vitals: Arc<Vitals>,
    stop: CancellationToken,
) {
    let health = health::Health::new(vitals, settings.url.clone());
    let mut delivery = match delivery::Delivery::new(settings, health) {
        Ok(delivery) => delivery,
        Err((health, reason)) => return health.broken(&reason),
    };
    tokio::select! {
        () = send(&mut delivery, &site, &source) => {}
        () = stop.cancelled() => {}
    }
}

async fn send(delivery: &mut delivery::Delivery, site: &SiteId, source: &Arc<dyn SampleSource>) {
    let mut cursor = blocking(source, |source| source.cursor()).await;
    loop {
        let (samples, next) = blocking(source, move |source| source.after(cursor, BATCH)).await;
        let batch: Vec<Vec<u8>> = samples.iter().map(|sample| write_line(site, sample)).collect();
        delivery.deliver(batch).await;
        // A batch may be short because the store's rows end there, so only no progress means that there is no more.
        if next > cursor {
            cursor = next;
            blocking(source, move |source| source.advance(next)).await;
        } else {
            sleep(delivery.waits().look).await;
        }
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
