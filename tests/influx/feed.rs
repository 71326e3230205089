//! The time-series edge over samples in memory, and what it says of its health.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::edge::clock::Clock;
use tocsin::edge::influx::{self, Batch, Sample, SampleSource, Sent, Settings, Waits};
use tocsin::engine::Part;
use tocsin::engine::base::{PointId, SiteId, Text, Wall};
use tocsin::live::Vitals;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long a busy machine may take over anything.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until `done`, looking every 10 ms.
pub async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "not within {PATIENCE:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Samples in the order they were taken; the cursor counts them.
#[derive(Default)]
pub struct Samples {
    all: Mutex<Vec<Sample>>,
    sent: Mutex<Sent>,
}

impl Samples {
    pub fn take(&self, point: &str, class: &str, at: Wall, value: Option<f64>) {
        let quality = u8::from(value.is_none()) * 2;
        let sample = Sample { point: PointId::new(point), class: class.into(), at, value, quality };
        self.all.lock().unwrap().push(sample);
    }

    /// How many samples are done with, from the first on.
    pub fn done(&self) -> u64 {
        self.sent.lock().unwrap().filled
    }
}

impl SampleSource for Samples {
    fn between(&self, cursor: u64, until: u64, limit: usize) -> Result<Batch, String> {
        let all = self.all.lock().unwrap();
        let until = usize::try_from(until).unwrap_or(usize::MAX).min(all.len());
        let from = usize::try_from(cursor).unwrap().min(until);
        let samples: Vec<Sample> = all[from..until].iter().take(limit).cloned().collect();
        let next = cursor + samples.len() as u64;
        Ok(Batch { samples, next, missing: 0 })
    }
    fn waiting(&self, cursor: u64, _enough: u64) -> Result<u64, String> {
        Ok(self.end()? - cursor)
    }
    fn end(&self) -> Result<u64, String> {
        Ok(self.all.lock().unwrap().len() as u64)
    }
    fn sent(&self) -> Result<Sent, String> {
        Ok(*self.sent.lock().unwrap())
    }
    fn keep(&self, sent: Sent) -> Result<(), String> {
        *self.sent.lock().unwrap() = sent;
        Ok(())
    }
}

/// `at`, and so many milliseconds.
pub fn later(at: Wall, milliseconds: i64) -> Wall {
    Wall(at.0 + milliseconds * 1_000)
}

/// A sender with `count` samples whose values are their numbers.
pub fn sending(settings: Settings, count: u32) -> Sender {
    let sender = Sender::start(settings);
    sender.more(count);
    sender
}

/// The values of lines of [`sending`].
pub fn numbers(lines: &[String]) -> Vec<usize> {
    let number = |line: &String| line.split_once("value=")?.1.split_once('.')?.0.parse().ok();
    lines.iter().map(|line| number(line).unwrap_or_else(|| panic!("no number in {line}"))).collect()
}

/// A running sender.
pub struct Sender {
    pub samples: Arc<Samples>,
    pub clock: Clock,
    began: Wall,
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
        batch: 5_000,
        waits: Waits {
            look: Duration::from_millis(50),
            answer: Duration::from_millis(800),
            first: Duration::from_millis(100),
            most: Duration::from_millis(500),
            denied: Duration::from_millis(300),
            remember: Duration::from_millis(500),
            shown: Duration::from_millis(300),
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
        Sender {
            samples,
            clock,
            began: later(clock.now().wall, -3_600_000),
            changes,
            said: Vec::new(),
            stop,
            task: tokio::spawn(run),
        }
    }

    /// Takes `count` more samples whose values are their numbers, a millisecond apart.
    pub fn more(&self, count: u32) {
        let first = u32::try_from(self.samples.all.lock().unwrap().len()).unwrap();
        for number in first..first + count {
            let at = later(self.began, i64::from(number));
            self.samples.take("gen-1/x", "generator", at, Some(f64::from(number)));
        }
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
        until(&format!("a fault that says {part:?}"), || {
            self.last_health().is_some_and(|fault| fault.as_ref().is_some_and(|fault| fault.en.contains(part)))
        })
        .await;
    }

    /// Waits until the server is said to be well.
    pub async fn well(&mut self) {
        until("the server is well", || self.last_health() == Some(&None)).await;
    }

    /// Waits until `count` samples are done with.
    pub async fn done(&self, count: u64) {
        until(&format!("{count} samples are done with"), || self.samples.done() == count).await;
    }

    /// Stops; whatever the server does, this may not take long.
    pub async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(5), self.task).await.expect("a stop waits for nobody").unwrap();
    }
}
