//! Roll-ups as they are read: what is stored, what is not in chunks yet, and what held from before.
//!
//! Takes: pages of buckets, hot rows, samples where a bucket shares time with something else.
//! Gives: one bucket a step, and [`Rollup`]s.
//! Never: bridges the unknown: it is neither in the mean nor in the extremes, and its seconds are counted.

use std::time::Duration;

use rusqlite::Connection;

use super::bucket::{Bucket, Step, buckets, float};
use super::codec::Entry;
use super::{alarm, read, rollups, schema, wall};
use crate::engine::base::PointId;
use crate::live::Rollup;

/// The roll-ups of the whole steps that touch `from <= ms < to`. The last one ends now, at `alive`.
pub(super) fn rollups(
    reader: &Connection,
    point: &PointId,
    from: i64,
    to: i64,
    step: Step,
    alive: i64,
) -> rusqlite::Result<Vec<Rollup>> {
    if from >= to {
        return Ok(Vec::new());
    }
    // One transaction, so that no commit moves samples from rows to chunks between two looks.
    let reader = reader.unchecked_transaction()?;
    let series = read::series(&reader, point)?;
    let (from, to) = (step.floor(from), step.floor(to - 1).saturating_add(step.ms()));
    let alarms = alarm::spans(&reader, point, from, to, alive)?;
    let mut held = before(&reader, &series, from)?;
    let mut rollups = Vec::new();
    let mut stored = steps(&reader, &series, step, from, to)?.into_iter().peekable();
    let mut at = from;
    while at < to {
        let next = at.saturating_add(step.ms());
        let bucket = stored.next_if(|bucket| bucket.first_ms < next);
        if bucket.is_some() || (at <= alive && (held.is_some() || alarm::within(&alarms, at, next) > 0)) {
            let mut rollup = one(at, next, held, bucket.as_ref(), alive);
            rollup.alarm = duration(alarm::within(&alarms, at, next));
            rollups.push(rollup);
        }
        held = bucket.map_or(held, |bucket| Some(bucket.last));
        at = next;
    }
    Ok(rollups)
}

/// One step: `held` is what held when it began.
fn one(at: i64, next: i64, held: Option<Option<f64>>, bucket: Option<&Bucket>, alive: i64) -> Rollup {
    let end = next.min(alive.max(bucket.map_or(at, |bucket| bucket.last_ms))).max(at);
    let entering = held.map(|value| {
        let entry = Entry { ms: at, value, quality: super::NOT_RUNNING };
        Bucket::one(&entry)
    });
    let whole = match (entering, bucket) {
        // A sample at the very beginning leaves no time to what held before it; it held at that instant all the same.
        (Some(entering), Some(bucket)) => Some(entering.then(bucket)),
        (entering, bucket) => entering.or(bucket.copied()),
    };
    let rest = whole.map(|whole| whole.then(&Bucket { count: 0, ..still(&whole, end) }));
    let known = rest.map_or(0, |whole| whole.known_ms());
    let mean = rest.filter(|_| known > 0).map(|whole| whole.area / float(known));
    let instant = rest.and_then(|whole| whole.last);
    Rollup {
        at: wall(at),
        min: rest.and_then(|whole| whole.min),
        max: rest.and_then(|whole| whole.max),
        // Too large a sum has no mean; what lasted no time has the mean that it was.
        mean: mean.or(instant).filter(|mean| mean.is_finite()),
        first: bucket.map_or(held.flatten(), |bucket| bucket.first),
        last: rest.and_then(|whole| whole.last),
        count: bucket.map_or(0, |bucket| bucket.count),
        bad: duration(rest.map_or(0, |whole| whole.bad_ms)),
        alarm: Duration::ZERO,
    }
}

/// What goes on holding until `end`.
fn still(bucket: &Bucket, end: i64) -> Bucket {
    Bucket::one(&Entry { ms: end.max(bucket.last_ms), value: bucket.last, quality: super::NOT_RUNNING })
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.max(0).cast_unsigned())
}

/// What held just before `from`: nothing yet, unknown, or a value.
pub(super) fn before(reader: &Connection, series: &[u64], from: i64) -> rusqlite::Result<Option<Option<f64>>> {
    let sample = read::before(reader, series, from)?.map(|entry| (entry.ms, entry.value));
    let gone = schema::gone(reader, None)?;
    if sample.is_some_and(|(ms, _)| ms >= gone) || gone == i64::MIN {
        return Ok(sample.map(|(_, value)| value));
    }
    // The sample that held may have been removed; the buckets still say what their last one was.
    let mut found = sample;
    for id in series {
        for step in Step::ALL {
            let bucket = rollups::last_before(reader, step, *id, from)?;
            let bucket = bucket.map(|bucket| (bucket.last_ms, bucket.last));
            found = found.into_iter().chain(bucket).max_by_key(|(ms, _)| *ms);
        }
    }
    Ok(found.map(|(_, value)| value))
}

/// The finest step that still tells everything from `from` on; none where every sample is there.
pub(super) fn finest(reader: &Connection, from: i64) -> rusqlite::Result<Option<Step>> {
    if from >= schema::gone(reader, None)? {
        return Ok(None);
    }
    for step in Step::ALL {
        if from >= schema::gone(reader, Some(step))? {
            return Ok(Some(step));
        }
    }
    // Even the days are gone: they tell the rest.
    Ok(Some(Step::Day))
}

/// One bucket for each step with samples in `from <= ms < to`, both whole steps.
pub(super) fn steps(
    reader: &Connection,
    series: &[u64],
    step: Step,
    from: i64,
    to: i64,
) -> rusqlite::Result<Vec<Bucket>> {
    let mut hot = Vec::new();
    read::hot(reader, series, |entry| {
        if (from..to).contains(&entry.ms) {
            hot.push(entry);
        }
    })?;
    if !rollups::chunks_stand(reader)? {
        // What was written by an earlier release is being rolled up at this moment.
        let mut entries = read::chunked(reader, series, from, to)?;
        entries.append(&mut hot);
        entries.sort_by_key(|entry| entry.ms);
        return Ok(buckets(&entries, step));
    }
    let mut parts = Vec::new();
    for id in series {
        rollups::read_pages(reader, step, *id, from, to, &mut parts)?;
    }
    hot.sort_by_key(|entry| entry.ms);
    parts.extend(buckets(&hot, step));
    let gone = schema::gone(reader, None)?;
    // After a start the pages do not know of the gap yet: it is looked at beside them, and no year is unpacked for it.
    for gap in rollups::gaps_to_come(reader, from.max(gone), to)? {
        parts.push(Bucket::one(&Entry { ms: gap, value: None, quality: super::NOT_RUNNING }));
    }
    parts.sort_by_key(|bucket| bucket.first_ms);
    let mut whole = Vec::with_capacity(parts.len());
    for same in parts.chunk_by(|a, b| step.floor(a.first_ms) == step.floor(b.first_ms)) {
        let apart = same.is_sorted_by(|earlier, later| earlier.last_ms < later.first_ms);
        let at = step.floor(same[0].first_ms);
        if apart || at < gone {
            whole.extend(same.iter().copied().reduce(|sum, more| sum.with(&more)));
            continue;
        }
        // They share time: only the samples tell in which order they came.
        let mut entries = read::chunked(reader, series, at, at + step.ms())?;
        entries.extend(hot.iter().filter(|entry| step.floor(entry.ms) == at));
        entries.sort_by_key(|entry| entry.ms);
        whole.extend(Bucket::of(&entries));
    }
    Ok(whole)
}
