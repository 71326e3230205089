//! Runs a scenario through time.
//!
//! Takes: a checked [`Scenario`], a seed, and the time up to which to go.
//! Gives: one [`Change`] after the other, in order; the sentences it tells.
//! Never: a clock; how often it is asked changes nothing about what it says of a given moment.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::engine::base::Text;
use crate::sim::scenario::{Change, Ramp, Scenario, Wander};

/// A scenario under way.
#[derive(Clone, Debug)]
pub struct Story {
    scenario: Scenario,
    seed: u64,
    at: Duration,
    /// What is due: (when, step) with the number of times it has been done.
    due: BTreeMap<(Duration, usize), u32>,
    ready: VecDeque<Act>,
    ramps: BTreeMap<u32, Running>,
    wanders: BTreeMap<u32, (f64, Duration)>,
    told: Vec<(Duration, Text)>,
    /// Whether drift up to `at` has been handed out.
    drifted: bool,
}

/// What a step that has begun still has to do, in its own order: values first, then what starts from them.
#[derive(Clone, Debug)]
enum Act {
    Change(Change),
    Ramp(Ramp),
    Wander(Wander),
}

#[derive(Clone, Copy, Debug)]
struct Running {
    from: f64,
    to: f64,
    since: Duration,
    over: Duration,
}

impl Running {
    fn at(&self, now: Duration) -> f64 {
        let gone = now.saturating_sub(self.since);
        if gone >= self.over {
            return self.to;
        }
        self.from + (self.to - self.from) * gone.as_secs_f64() / self.over.as_secs_f64()
    }
}

impl Story {
    /// A story at its beginning.
    pub fn new(scenario: Scenario, seed: u64) -> Story {
        let due = scenario.steps.iter().enumerate().map(|(number, step)| ((step.at, number), 0)).collect();
        Story {
            scenario,
            seed,
            at: Duration::ZERO,
            due,
            ready: Default::default(),
            ramps: BTreeMap::new(),
            wanders: BTreeMap::new(),
            told: Vec::new(),
            drifted: false,
        }
    }

    /// When the next step is due.
    pub fn next_due(&self) -> Option<Duration> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// The moment of the step that began last, or up to which time has passed.
    pub fn at(&self) -> Duration {
        self.at
    }

    /// What was told since the last call.
    pub fn told(&mut self) -> Vec<(Duration, Text)> {
        std::mem::take(&mut self.told)
    }

    /// Somebody else decides over this point from now on.
    pub fn release(&mut self, point: u32) {
        self.ramps.remove(&point);
        self.wanders.remove(&point);
    }

    /// The next change up to the moment `to`, or nothing when the field is as it must be then. `numbers` is where
    /// ramps and wandering begin; it must be brought up to date with each change before the next call.
    pub fn next_change(&mut self, to: Duration, numbers: &BTreeMap<u32, f64>) -> Option<Change> {
        loop {
            match self.ready.pop_front() {
                Some(Act::Change(change)) => return Some(change),
                Some(Act::Ramp(ramp)) => {
                    self.start(ramp, numbers);
                    continue;
                }
                Some(Act::Wander(Wander { point, by, every })) => {
                    self.wanders.insert(point, (by, every));
                    continue;
                }
                None => {}
            }
            match self.due.first_key_value().map(|(key, done)| (*key, *done)).filter(|((at, _), _)| *at <= to) {
                Some((key, done)) => {
                    self.due.remove(&key);
                    self.at = self.at.max(key.0);
                    self.drifted = false;
                    self.begin(key, done);
                }
                None if self.at < to || !self.drifted => {
                    self.at = self.at.max(to);
                    self.drifted = true;
                    self.drift(numbers);
                }
                None => return None,
            }
        }
    }

    /// One step: its changes become ready, its ramps begin, its next turn falls due.
    fn begin(&mut self, (at, number): (Duration, usize), done: u32) {
        let Some(step) = self.scenario.steps.get(number).cloned() else { return };
        if let Some(repeat) = step.repeat
            && repeat.times.is_none_or(|times| done + 1 < times)
        {
            self.due.insert((at + repeat.every, number), done.saturating_add(1));
        }
        self.told.extend(step.say.map(|say| (at, say)));
        self.ready.extend(step.changes.into_iter().map(Act::Change));
        self.ready.extend(step.ramps.into_iter().map(Act::Ramp));
        self.ready.extend(step.wanders.into_iter().map(Act::Wander));
    }

    /// A ramp begins where the point stands at this moment, also in the middle of another ramp.
    fn start(&mut self, ramp: Ramp, numbers: &BTreeMap<u32, f64>) {
        let since = self.at;
        let standing = self.ramps.get(&ramp.point).map(|running| running.at(since));
        let from = standing.or_else(|| numbers.get(&ramp.point).copied()).unwrap_or(ramp.to);
        self.ramps.insert(ramp.point, Running { from, to: ramp.to, since, over: ramp.over });
    }

    /// Ramps and wandering at the present moment.
    fn drift(&mut self, numbers: &BTreeMap<u32, f64>) {
        let at = self.at;
        let mut changes = Vec::new();
        for (point, ramp) in &self.ramps {
            let number = ramp.at(at);
            changes.push(Change::Settle(*point, number));
            if !self.wanders.contains_key(point) {
                changes.push(Change::Drift(*point, number));
            }
        }
        for (point, (by, every)) in &self.wanders {
            let standing = self.ramps.get(point).map(|ramp| ramp.at(at)).or_else(|| numbers.get(point).copied());
            if let Some(standing) = standing {
                let tick = u64::try_from(at.as_micros() / every.as_micros().max(1)).unwrap_or(u64::MAX);
                changes.push(Change::Drift(*point, standing + by * unrest(self.seed, *point, tick)));
            }
        }
        self.ready.extend(changes.into_iter().map(Act::Change));
        self.ramps.retain(|_, ramp| at < ramp.since + ramp.over);
    }
}

/// A number in -1..1 that depends on nothing but its arguments (SplitMix64).
fn unrest(seed: u64, point: u32, tick: u64) -> f64 {
    let mut z = seed ^ (u64::from(point) << 40) ^ tick.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    // The upper 53 bits are exact in binary64.
    (z >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
