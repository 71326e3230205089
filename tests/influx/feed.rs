//! The time-series edge over samples in memory, and what it says of its health.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::edge::clock::Clock;
use tocsin::edge::influx::{self, Sample, SampleSource, Settings, Waits};
use tocsin::edge::trends::{self, Trends};
use tocsin::engine::Part;
use tocsin::engine::base::{PointId, SiteId, Text, Wall};
use tocsin::live::Vitals;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Waits until `done`, looking every 10 ms, for at most `seconds`.
pub async fn until(seconds: u64, what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !done() {
        assert!(Instant::now() < end, "not within {seconds} s: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Samples in the order they were taken; the cursor counts them.
#[derive(Default)]
pub struct Samples {
    all: Mutex<Vec<Sample>>,
    cursor: AtomicU64,
}

impl Samples {
    pub fn take(&self, point: &str, class: &str, at: Wall, value: Option<f64>) {
        let quality = u8::from(value.is_none()) * 2;
        let sample = Sample { point: PointId::new(point), class: class.into(), at, value, quality };
        self.all.lock().unwrap().push(sample);
    }

    /// How many samples are done with.
    pub fn done(&self) -> u64 {
        self.cursor.load(Ordering::SeqCst)
    }
}

impl SampleSource for Samples {
    fn after(&self, cursor: u64, limit: usize) -> Result<(Vec<Sample>, u64), String> {
        let all = self.all.lock().unwrap();
        let from = usize::try_from(cursor).unwrap();
        let samples: Vec<Sample> = all.iter().skip(from).take(limit).cloned().collect();
        let next = cursor + samples.len() as u64;
        Ok((samples, next))
    }
    fn cursor(&self) -> Result<u64, String> {
        Ok(self.done())
    }
    fn advance(&self, cursor: u64) -> Result<(), String> {
        self.cursor.store(cursor, Ordering::SeqCst);
        Ok(())
    }
}

/// The trend store, as the gateway wires it.
pub struct Stored(pub Trends);

impl SampleSource for Stored {
    fn after(&self, cursor: u64, limit: usize) -> Result<(Vec<Sample>, u64), String> {
        let (samples, next) = self.0.after(cursor, limit).map_err(|error| error.to_string())?;
        let samples = samples.into_iter().map(|sample| {
            let trends::Sample { point, class, at, value, quality } = sample;
            Sample { point, class: class.as_ref().to_owned(), at, value, quality }
        });
        Ok((samples.collect(), next))
    }
    fn cursor(&self) -> Result<u64, String> {
        Ok(self.0.cursor("influx"))
    }
    fn advance(&self, cursor: u64) -> Result<(), String> {
        self.0.advance("influx", cursor);
        Ok(())
    }
}

/// A running sender.
pub struct Sender {
    pub samples: Arc<Samples>,
    pub clock: Clock,
    changes: mpsc::UnboundedReceiver<(Part, Option<Text>)>,
    said: Vec<Option<Text>>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

pub fn settings(port: u16, folder: &Path) -> Settings {
    Settings {
        url: format!("http://127.0.0.1:{port}"),
        org: "the site".into(),
        bucket: "tocsin & co".into(),
        token_file: None,
        refused_file: folder.join("refused.lp"),
        waits: Waits {
            look: Duration::from_millis(50),
            answer: Duration::from_millis(800),
            first: Duration::from_millis(100),
            most: Duration::from_millis(500),
            denied: Duration::from_millis(300),
        },
    }
}

impl Sender {
    pub fn start(settings: Settings) -> Sender {
        let samples = Arc::new(Samples::default());
        Sender::of(settings, samples.clone(), samples)
    }

    /// A sender over another source; `samples` stays empty.
    pub fn over(settings: Settings, source: Arc<dyn SampleSource>) -> Sender {
        Sender::of(settings, Arc::new(Samples::default()), source)
    }

    fn of(settings: Settings, samples: Arc<Samples>, source: Arc<dyn SampleSource>) -> Sender {
        let clock = Clock::start();
        let (vitals, changes) = Vitals::new(0, 0, clock.now().wall);
        let stop = CancellationToken::new();
        let run = influx::run(settings, SiteId::new("riverside"), source, Arc::new(vitals), stop.clone());
        Sender { samples, clock, changes, said: Vec::new(), stop, task: tokio::spawn(run) }
    }

    /// What was last said of the server's health.
    pub fn last_health(&mut self) -> Option<&Option<Text>> {
        while let Ok((part, fault)) = self.changes.try_recv() {
            assert_eq!(part, Part::Influx);
            self.said.push(fault);
        }
        self.said.last()
    }

    /// Waits for a fault that says `part`.
    pub async fn fault(&mut self, part: &str) {
        until(15, &format!("a fault that says {part:?}"), || {
            self.last_health().is_some_and(|fault| fault.as_ref().is_some_and(|fault| fault.en.contains(part)))
        })
        .await;
    }

    /// Waits until the server is said to be well.
    pub async fn well(&mut self) {
        until(15, "the server is well", || self.last_health() == Some(&None)).await;
    }

    /// Waits until `count` samples are done with.
    pub async fn done(&self, count: u64) {
        until(20, &format!("{count} samples are done with"), || self.samples.done() == count).await;
    }

    /// Stops; whatever the server does, this may not take long.
    pub async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(5), self.task).await.expect("a stop waits for nobody").unwrap();
    }
}
