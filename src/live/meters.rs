//! Counters that the parts of the gateway keep while they work.
//!
//! Takes: what happened, from whoever did it.
//! Gives: counts since the start.
//! Never: a lock or an allocation per event.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::engine::base::Wall;

/// Counts upwards.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// So much more time.
    pub fn spend(&self, took: Duration) {
        self.add(micros(took));
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// How much time.
    pub fn spent(&self) -> Duration {
        Duration::from_micros(self.count())
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// How many took how long.
#[derive(Debug)]
pub struct Histogram {
    /// Upper bounds in microseconds, rising.
    bounds: &'static [u64],
    /// One more than bounds: the last is for what took longer.
    counts: Vec<Counter>,
    sum: Counter,
}

impl Histogram {
    /// With these upper bounds, in microseconds, rising.
    pub fn new(bounds: &'static [u64]) -> Histogram {
        Histogram { bounds, counts: (0..=bounds.len()).map(|_| Counter::default()).collect(), sum: Counter::default() }
    }

    /// One took so long.
    pub fn note(&self, took: Duration) {
        let took_us = micros(took);
        let bucket = self.bounds.iter().position(|bound| took_us <= *bound).unwrap_or(self.bounds.len());
        if let Some(count) = self.counts.get(bucket) {
            count.add(1);
        }
        self.sum.add(took_us);
    }

    /// Upper bound of each bucket and what is in it alone; the last has no bound.
    pub fn read(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = self.bounds.iter().map(|bound| Some(Duration::from_micros(*bound))).chain([None]);
        bounds.zip(self.counts.iter().map(Counter::count))
    }

    /// All of them together.
    pub fn sum(&self) -> Duration {
        self.sum.spent()
    }
}

/// Answers on a wire: from a quick gateway to the slowest line.
const WIRE_US: &[u64] =
    &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000];
/// Work of the engine, and waiting for it.
const WORK_US: &[u64] = &[10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000];

/// One bus.
#[derive(Debug)]
pub struct BusMeters {
    /// From the sending of a request to its answer.
    pub round_trips: Histogram,
    /// Time in which a request was under way.
    pub busy: Counter,
    /// Requests that were sent.
    pub requests: Counter,
    /// Requests lost with their link.
    pub lost: Counter,
}

/// What made the engine work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A report of a bus.
    Report,
    /// An act of a person.
    Act,
    /// The journal's word about a commit.
    Commit,
    /// A change of the gateway's own health.
    Health,
    /// The passing of time.
    Wake,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Occasion; 5] =
        [Occasion::Report, Occasion::Act, Occasion::Commit, Occasion::Health, Occasion::Wake];

    /// The word of its label.
    pub fn as_str(self) -> &'static str {
        match self {
            Occasion::Report => "report",
            Occasion::Act => "act",
            Occasion::Commit => "commit",
            Occasion::Health => "health",
            Occasion::Wake => "wake",
        }
    }
}

/// The engine's task.
#[derive(Debug)]
pub struct EngineMeters {
    handled: [Histogram; Occasion::ALL.len()],
    /// How long reports of buses waited for the engine.
    pub waited: Histogram,
    /// From handing facts to the journal until they are durable.
    pub commits: Histogram,
    /// Sequence number of the last decided fact.
    pub decided: AtomicU64,
}

impl EngineMeters {
    /// The work on inputs of one occasion.
    pub fn handled(&self, occasion: Occasion) -> &Histogram {
        // Variants are numbered from 0 in the order of `ALL`.
        &self.handled[occasion as usize]
    }
}

/// The time-series writer.
#[derive(Debug, Default)]
pub struct InfluxMeters {
    /// Samples the server has.
    pub stored: Counter,
    /// Samples it refused for good.
    pub refused: Counter,
    /// Samples sent although they may be older than it keeps.
    pub expired: Counter,
    /// Seconds whose samples were too old to be kept for it.
    pub missed: Counter,
    /// Requests it did not take.
    pub failures: Counter,
}

/// The wall clock.
#[derive(Debug, Default)]
pub struct ClockMeters {
    /// Steps seen.
    pub steps: Counter,
    /// The last of them, in microseconds.
    pub last_step_us: AtomicI64,
}

/// Everything that is counted beside the work.
#[derive(Debug)]
pub struct Meters {
    /// Per bus, in the order of the site.
    pub buses: Vec<BusMeters>,
    /// The engine's task.
    pub engine: EngineMeters,
    /// The time-series writer.
    pub influx: InfluxMeters,
    /// The wall clock.
    pub clock: ClockMeters,
    /// Days until the disk is full, as bits of a float; 0 while nobody can tell.
    days_left: AtomicU64,
    /// When each certificate ends.
    certificates: Mutex<BTreeMap<&'static str, Wall>>,
}

impl Meters {
    /// For a site with so many buses.
    pub(super) fn new(buses: usize) -> Meters {
        let bus = || BusMeters {
            round_trips: Histogram::new(WIRE_US),
            busy: Counter::default(),
            requests: Counter::default(),
            lost: Counter::default(),
        };
        Meters {
            buses: (0..buses).map(|_| bus()).collect(),
            engine: EngineMeters {
                handled: std::array::from_fn(|_| Histogram::new(WORK_US)),
                waited: Histogram::new(WORK_US),
                commits: Histogram::new(WIRE_US),
                decided: AtomicU64::new(0),
            },
            influx: InfluxMeters::default(),
            clock: ClockMeters::default(),
            days_left: AtomicU64::new(0),
            certificates: Mutex::default(),
        }
    }

    /// Notes how long the disk will last; none while nobody can tell.
    pub fn set_days_left(&self, days: Option<f64>) {
        self.days_left.store(days.map_or(0, |days| days.max(f64::MIN_POSITIVE).to_bits()), Ordering::Relaxed);
    }

    /// How long the disk will last at the present rate, in days.
    pub fn days_left(&self) -> Option<f64> {
        Some(self.days_left.load(Ordering::Relaxed)).filter(|bits| *bits != 0).map(f64::from_bits)
    }

    /// Notes when the certificate of `whose` ends; none where there is none.
    pub fn certificate_ends(&self, whose: &'static str, until: Option<Wall>) {
        let mut held = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        match until {
            Some(until) => held.insert(whose, until),
            None => held.remove(whose),
        };
    }

    /// When each certificate ends.
    pub fn certificates(&self) -> BTreeMap<&'static str, Wall> {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_each_once_in_the_first_bound_that_holds_it() {
        let histogram = Histogram::new(&[10, 100]);
        for took in [0, 10, 11, 100, 101, 5_000] {
            histogram.note(Duration::from_micros(took));
        }
        let counts: Vec<u64> = histogram.read().map(|(_, count)| count).collect();
        assert_eq!((counts, histogram.sum()), (vec![2, 2, 2], Duration::from_micros(5_222)));
    }

    #[test]
    fn every_occasion_has_its_own_histogram() {
        let meters = Meters::new(0);
        for occasion in Occasion::ALL {
            meters.engine.handled(occasion).note(Duration::from_micros(1));
        }
        let counts = Occasion::ALL.map(|occasion| meters.engine.handled(occasion).read().map(|(_, n)| n).sum::<u64>());
        assert_eq!(counts, [1; 5]);
    }
}
