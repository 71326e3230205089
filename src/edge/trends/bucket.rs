//! What a stretch of time says of a point: the sums that roll-ups are made of.
//!
//! Takes: samples in order of time.
//! Gives: [`Bucket`]s, and one bucket of two that follow one another, with nothing lost.
//! Never: says anything of the time before its first sample or after its last: what held there depends on the
//! neighbours, and is added when a roll-up is read.

use super::codec::Entry;

/// How long the stretches of a roll-up are: whole UTC minutes, quarters, hours and days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// One minute.
    Minute,
    /// Fifteen minutes.
    Quarter,
    /// One hour.
    Hour,
    /// One day.
    Day,
}

impl Step {
    /// All of them, from fine to coarse.
    pub const ALL: [Step; 4] = [Step::Minute, Step::Quarter, Step::Hour, Step::Day];

    /// Its length in milliseconds.
    pub fn ms(self) -> i64 {
        match self {
            Step::Minute => 60_000,
            Step::Quarter => 900_000,
            Step::Hour => 3_600_000,
            Step::Day => 86_400_000,
        }
    }

    /// Milliseconds whose buckets stand in one row of the file.
    pub(super) fn page_ms(self) -> i64 {
        match self {
            Step::Minute => Step::Hour.ms(),
            Step::Quarter | Step::Hour => Step::Day.ms(),
            Step::Day => 32 * Step::Day.ms(),
        }
    }

    /// Its number in the file.
    pub(super) fn code(self) -> i64 {
        self as i64
    }

    /// The beginning of the stretch that `ms` lies in.
    pub(super) fn floor(self, ms: i64) -> i64 {
        floor(ms, self.ms())
    }
}

/// The greatest multiple of `step` that is not above `ms`.
pub(super) fn floor(ms: i64, step: i64) -> i64 {
    ms.saturating_sub(ms.rem_euclid(step))
}

/// Samples of one stretch of time. There is at least one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bucket {
    /// Time of the first sample.
    pub first_ms: i64,
    /// Time of the last.
    pub last_ms: i64,
    /// How many there are, the unknown ones among them; gaps in which the gateway did not run are none.
    pub count: u64,
    /// How many of them are unknown, and how many such gaps there are.
    pub unknown: u64,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub first: Option<f64>,
    pub last: Option<f64>,
    /// Values times the milliseconds for which they held, from the first sample to the last.
    pub area: f64,
    /// Milliseconds from the first sample to the last in which nothing was known.
    pub bad_ms: i64,
}

impl Bucket {
    /// Of one sample.
    pub(super) fn one(entry: &Entry) -> Bucket {
        let Entry { ms, value, .. } = *entry;
        let (count, unknown) = (u64::from(entry.is_sample()), u64::from(value.is_none()));
        let (min, max, first, last) = (value, value, value, value);
        Bucket { first_ms: ms, last_ms: ms, count, unknown, min, max, first, last, area: 0.0, bad_ms: 0 }
    }

    /// Of samples in order of time; nothing of none.
    pub(super) fn of(entries: &[Entry]) -> Option<Bucket> {
        let (first, more) = entries.split_first()?;
        let mut bucket = Bucket::one(first);
        for entry in more {
            bucket.reach(entry.ms);
            bucket.count += u64::from(entry.is_sample());
            match entry.value {
                Some(value) => {
                    bucket.min = Some(bucket.min.map_or(value, |min| min.min(value)));
                    bucket.max = Some(bucket.max.map_or(value, |max| max.max(value)));
                }
                None => bucket.unknown += 1,
            }
            bucket.last = entry.value;
        }
        Some(bucket)
    }

    /// This one and one that begins not before it. What shares time with it is exact in extremes and counts only.
    pub(super) fn with(self, other: &Bucket) -> Bucket {
        if self.last_ms <= other.first_ms { self.then(other) } else { self.beside(other) }
    }

    /// This one and a later one; `later` begins at the end of this one or after it.
    pub(super) fn then(mut self, later: &Bucket) -> Bucket {
        self.reach(later.first_ms);
        self.area += later.area;
        self.bad_ms = self.bad_ms.saturating_add(later.bad_ms);
        self.take(later);
        self.last_ms = later.last_ms;
        self.last = later.last;
        self
    }

    /// Two that share time and whose samples are gone: the mean is weighted by the time each of them covers.
    fn beside(mut self, other: &Bucket) -> Bucket {
        self.take(other);
        if other.first_ms < self.first_ms {
            (self.first_ms, self.first) = (other.first_ms, other.first);
        }
        if other.last_ms >= self.last_ms {
            (self.last_ms, self.last) = (other.last_ms, other.last);
        }
        let (mine, known) = (self.area + other.area, self.known_ms().saturating_add(other.known_ms()));
        self.bad_ms = self.bad_ms.max(other.bad_ms).min(self.last_ms - self.first_ms);
        let whole = self.last_ms - self.first_ms - self.bad_ms;
        self.area = if known > 0 { mine / float(known) * float(whole) } else { 0.0 };
        self
    }

    /// Milliseconds from the first sample to the last in which the value was known.
    pub(super) fn known_ms(&self) -> i64 {
        self.last_ms.saturating_sub(self.first_ms).saturating_sub(self.bad_ms)
    }

    /// What the last sample said holds until `ms`.
    fn reach(&mut self, ms: i64) {
        let span = ms.saturating_sub(self.last_ms);
        match self.last {
            Some(value) => self.area += value * float(span),
            None => self.bad_ms = self.bad_ms.saturating_add(span),
        }
        self.last_ms = ms;
    }

    fn take(&mut self, other: &Bucket) {
        let both = |one: Option<f64>, two: Option<f64>, of: fn(f64, f64) -> f64| match (one, two) {
            (Some(one), Some(two)) => Some(of(one, two)),
            (one, two) => one.or(two),
        };
        self.count = self.count.saturating_add(other.count);
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.min = both(self.min, other.min, f64::min);
        self.max = both(self.max, other.max, f64::max);
    }
}

/// Milliseconds as a factor.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ms, which is 285,000 years")]
pub(super) fn float(ms: i64) -> f64 {
    ms as f64
}

/// One bucket for each stretch of `step` that has samples; they are in order of time.
pub(super) fn buckets(entries: &[Entry], step: Step) -> Vec<Bucket> {
    entries.chunk_by(|a, b| step.floor(a.ms) == step.floor(b.ms)).filter_map(Bucket::of).collect()
}

/// The buckets of a coarser step.
pub(super) fn coarser(fine: &[Bucket], step: Step) -> Vec<Bucket> {
    let together = fine.chunk_by(|a, b| step.floor(a.first_ms) == step.floor(b.first_ms));
    together.filter_map(|buckets| buckets.iter().copied().reduce(|sum, later| sum.then(&later))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn buckets_of_buckets_are_buckets_of_samples(
            steps in prop::collection::vec((0_i64..400_000, prop::option::weighted(0.8, -50_i32..50)), 1..80),
        ) {
            let mut ms = -1_000_000;
            let entries: Vec<Entry> = steps
                .into_iter()
                .map(|(step, value)| {
                    ms += step;
                    Entry { ms, value: value.map(f64::from), quality: 0 }
                })
                .collect();
            let minutes = buckets(&entries, Step::Minute);
            for step in Step::ALL {
                // Whole numbers: sums of them are exact, whatever the order.
                prop_assert_eq!(coarser(&minutes, step), buckets(&entries, step));
            }
            prop_assert_eq!(coarser(&coarser(&minutes, Step::Hour), Step::Day), buckets(&entries, Step::Day));
        }
    }
}
