//! Roll-ups as they are written: with the chunks, in the same transaction.
//!
//! Takes: samples that have just become chunks, gaps, and chunks of an earlier layout.
//! Gives: pages of buckets of a minute, a quarter, an hour and a day that say what chunks and gaps say.
//! Never: adds up what shares time with other samples while those are there: such an hour is made anew from its
//! samples. So it matters neither in what order hours come nor how often one is made.

use rusqlite::{Connection, OptionalExtension, params};

use super::bucket::{Bucket, Step, buckets, coarser, floor};
use super::codec::Entry;
use super::{pages, read, schema};

/// Chunks of an earlier layout, or series that a gap ends, that are rolled up in one transaction: samples wait for it.
const BATCH: i64 = 100;

/// Enters samples of `series`, in order of time, that already stand in chunks.
pub(super) fn enter(transaction: &Connection, series: u64, entries: &[Entry]) -> rusqlite::Result<()> {
    for day in entries.chunk_by(|a, b| Step::Day.floor(a.ms) == Step::Day.floor(b.ms)) {
        let mut hours = Vec::new();
        for fresh in day.chunk_by(|a, b| Step::Hour.floor(a.ms) == Step::Hour.floor(b.ms)) {
            let hour = Step::Hour.floor(fresh[0].ms);
            hours.push((hour, minutes(transaction, series, hour, fresh)?));
        }
        store_day(transaction, series, &hours)?;
    }
    Ok(())
}

/// The minutes of an hour that `fresh` samples came for.
fn minutes(transaction: &Connection, series: u64, hour: i64, fresh: &[Entry]) -> rusqlite::Result<Vec<Bucket>> {
    let standing = row(transaction, Step::Minute, series, hour)?;
    if hour < schema::gone(transaction, None)? {
        // Samples that came before are gone: what they said is in the page only.
        let mut all = standing.and_then(|row| pages::decode(&row, Step::Minute, hour).ok()).unwrap_or_default();
        join(&mut all, buckets(fresh, Step::Minute), Step::Minute);
        return Ok(all);
    }
    if standing.is_none() && schema::meta(transaction, "unrolled")?.is_none() {
        let mut all = fresh.to_vec();
        read::outages(transaction, hour, hour + Step::Hour.ms(), |gap| all.push(gap))?;
        all.sort_by_key(|entry| entry.ms);
        return Ok(buckets(&all, Step::Minute));
    }
    samples_by_minute(transaction, series, hour)
}

fn samples_by_minute(transaction: &Connection, series: u64, hour: i64) -> rusqlite::Result<Vec<Bucket>> {
    let entries = read::chunked(transaction, &[series], hour, hour + Step::Hour.ms())?;
    Ok(buckets(&entries, Step::Minute))
}

/// Stores hours of one day, and what follows from them for the coarser steps.
fn store_day(transaction: &Connection, series: u64, hours: &[(i64, Vec<Bucket>)]) -> rusqlite::Result<()> {
    let Some((first, _)) = hours.first() else { return Ok(()) };
    let day = Step::Day.floor(*first);
    // What is finer than a coarse bucket may have been removed; the bucket then knows more than its parts.
    let parts_gone = schema::gone(transaction, Some(Step::Minute))?;
    let mut quarters = page(transaction, Step::Quarter, series, day)?;
    let mut whole = page(transaction, Step::Hour, series, day)?;
    for (hour, minutes) in hours {
        put(transaction, Step::Minute, series, *hour, minutes)?;
        for (page, step) in [(&mut quarters, Step::Quarter), (&mut whole, Step::Hour)] {
            let made = coarser(minutes, step);
            match *hour < parts_gone {
                true => join(page, made, step),
                false => replace(page, *hour, Step::Hour.ms(), made),
            }
        }
    }
    put(transaction, Step::Quarter, series, day, &quarters)?;
    put(transaction, Step::Hour, series, day, &whole)?;
    let start = floor(day, Step::Day.page_ms());
    let mut days = page(transaction, Step::Day, series, start)?;
    match day < schema::gone(transaction, Some(Step::Hour))? {
        true => join(&mut days, coarser(&whole, Step::Day), Step::Day),
        false => replace(&mut days, day, Step::Day.ms(), coarser(&whole, Step::Day)),
    }
    put(transaction, Step::Day, series, start, &days)
}

/// Puts `with` in the place of what the page says of `from` and `span` milliseconds after it.
fn replace(page: &mut Vec<Bucket>, from: i64, span: i64, with: Vec<Bucket>) {
    page.retain(|bucket| !(from..from + span).contains(&bucket.first_ms));
    let at = page.partition_point(|bucket| bucket.first_ms < from);
    page.splice(at..at, with);
}

/// Adds `with` to what the page says.
fn join(page: &mut Vec<Bucket>, with: Vec<Bucket>, step: Step) {
    page.extend(with);
    page.sort_by_key(|bucket| bucket.first_ms);
    let same = page.chunk_by(|a, b| step.floor(a.first_ms) == step.floor(b.first_ms));
    *page = same.filter_map(|buckets| buckets.iter().copied().reduce(|sum, more| sum.with(&more))).collect();
}

fn row(reader: &Connection, step: Step, series: u64, start: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut row = reader.prepare_cached("SELECT buckets FROM rollup WHERE step = ?1 AND series = ?2 AND start = ?3")?;
    row.query_row(params![step.code(), series, start], |row| row.get(0)).optional()
}

/// The page that begins at `start`; one that cannot be read is made from the finer ones.
fn page(transaction: &Connection, step: Step, series: u64, start: i64) -> rusqlite::Result<Vec<Bucket>> {
    let Some(row) = row(transaction, step, series, start)? else { return Ok(Vec::new()) };
    if let Ok(page) = pages::decode(&row, step, start) {
        return Ok(page);
    }
    tracing::error!(series, start, ?step, "a page of the roll-ups is damaged and is made anew");
    let finer = if step == Step::Day { Step::Hour } else { Step::Minute };
    let mut fine = Vec::new();
    read_pages(transaction, finer, series, start, start + step.page_ms(), &mut fine)?;
    Ok(coarser(&fine, step))
}

fn put(transaction: &Connection, step: Step, series: u64, start: i64, page: &[Bucket]) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO rollup (step, series, start, buckets) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![step.code(), series, start, pages::encode(page, step)])
        .map(drop)
}

/// The buckets of `series` that begin in `from <= ms < to`, both whole steps, in order of time.
pub(super) fn read_pages(
    reader: &Connection,
    step: Step,
    series: u64,
    from: i64,
    to: i64,
    into: &mut Vec<Bucket>,
) -> rusqlite::Result<()> {
    let mut rows = reader.prepare_cached(
        "SELECT start, buckets FROM rollup WHERE step = ?1 AND series = ?2 AND start >= ?3 AND start < ?4 ORDER BY start",
    )?;
    let mut rows = rows.query(params![step.code(), series, floor(from, step.page_ms()), to])?;
    while let Some(row) = rows.next()? {
        let start = row.get(0)?;
        match pages::decode(row.get_ref(1)?.as_blob()?, step, start) {
            Ok(page) => into.extend(page.iter().filter(|bucket| (from..to).contains(&step.floor(bucket.first_ms)))),
            Err(_) => {
                tracing::error!(series, start, ?step, "a page of the roll-ups is damaged and is shown as a gap");
                let gap = Entry { ms: start.max(from), value: None, quality: super::DAMAGED };
                into.push(Bucket::one(&gap));
            }
        }
    }
    Ok(())
}

/// The last bucket of `series` that ends before `from`, if its page or the one before has it.
pub(super) fn last_before(reader: &Connection, step: Step, series: u64, from: i64) -> rusqlite::Result<Option<Bucket>> {
    let mut rows = reader.prepare_cached(
        "SELECT start, buckets FROM rollup WHERE step = ?1 AND series = ?2 AND start < ?3 ORDER BY start DESC LIMIT 2",
    )?;
    let mut rows = rows.query(params![step.code(), series, from])?;
    while let Some(row) = rows.next()? {
        let page = pages::decode(row.get_ref(1)?.as_blob()?, step, row.get(0)?).unwrap_or_default();
        if let Some(bucket) = page.iter().rev().find(|bucket| bucket.last_ms < from) {
            return Ok(Some(*bucket));
        }
    }
    Ok(None)
}

/// Whether every chunk and every gap stands in the roll-ups.
pub(super) fn complete(reader: &Connection) -> rusqlite::Result<bool> {
    Ok(chunks_stand(reader)? && oldest_gap(reader)?.is_none())
}

/// Whether every chunk stands in the roll-ups; gaps may still be [`gaps_to_come`].
pub(super) fn chunks_stand(reader: &Connection) -> rusqlite::Result<bool> {
    Ok(schema::meta(reader, "unrolled")?.is_none())
}

/// Gaps in `from <= ms < to` that are not in every page they belong to yet.
pub(super) fn gaps_to_come(reader: &Connection, from: i64, to: i64) -> rusqlite::Result<Vec<i64>> {
    let mut gaps = reader.prepare_cached("SELECT at FROM outage WHERE rolled < 1 AND at >= ?1 AND at < ?2")?;
    gaps.query_map([from, to], |row| row.get(0))?.collect()
}

/// The oldest gap to come, and the last series that knows of it.
fn oldest_gap(reader: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let mut gap = reader.prepare_cached("SELECT at, -rolled FROM outage WHERE rolled < 1 ORDER BY at LIMIT 1")?;
    gap.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// One step towards [`complete`]: a batch of chunks of an earlier layout, else of series that a gap ends. False when
/// nothing is left.
pub(super) fn catch_up(connection: &mut Connection) -> rusqlite::Result<bool> {
    if complete(connection)? {
        return Ok(false);
    }
    let transaction = connection.transaction()?;
    match schema::meta(&transaction, "unrolled")? {
        Some(upto) => catch_up_chunks(&transaction, upto)?,
        None => catch_up_gaps(&transaction)?,
    }
    transaction.commit()?;
    Ok(true)
}

/// Chunks are taken from the newest to the oldest: `unrolled` falls.
fn catch_up_chunks(transaction: &Connection, upto: i64) -> rusqlite::Result<()> {
    let mut chunks =
        transaction.prepare("SELECT id, series, start, data FROM chunk WHERE id <= ?1 ORDER BY id DESC LIMIT ?2")?;
    let mut chunks = chunks.query([upto, BATCH])?;
    let mut oldest = None;
    while let Some(row) = chunks.next()? {
        let (id, series): (i64, u64) = (row.get(0)?, row.get(1)?);
        let entries = read::unpack(id, row.get(2)?, row.get_ref(3)?.as_blob()?);
        for hour in entries.chunk_by(|a, b| Step::Hour.floor(a.ms) == Step::Hour.floor(b.ms)) {
            renew(transaction, series, hour[0].ms)?;
        }
        oldest = Some(id);
    }
    match oldest {
        Some(id) => schema::set_meta(transaction, "unrolled", id - 1),
        None => transaction.execute("DELETE FROM meta WHERE key = 'unrolled'", []).map(drop),
    }
}

/// Every series that something was known of ends at a gap. What is done twice says the same.
fn catch_up_gaps(transaction: &Connection) -> rusqlite::Result<()> {
    let Some((gap, done)) = oldest_gap(transaction)? else { return Ok(()) };
    let mut series = transaction.prepare_cached("SELECT id FROM series WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let series: Vec<u64> = series.query_map([done, BATCH], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in &series {
        let held = read::before(transaction, &[*id], gap)?;
        if held.is_some_and(|entry| entry.value.is_some()) {
            renew(transaction, *id, gap)?;
        }
    }
    let rolled = series.last().map_or(1, |last| -last.cast_signed());
    transaction.execute("UPDATE outage SET rolled = ?2 WHERE at = ?1", [gap, rolled]).map(drop)
}

/// Makes the hour of `ms` anew from its samples and gaps.
fn renew(transaction: &Connection, series: u64, ms: i64) -> rusqlite::Result<()> {
    let hour = Step::Hour.floor(ms);
    if hour < schema::gone(transaction, None)? {
        // Nothing is left to make it from.
        return Ok(());
    }
    store_day(transaction, series, &[(hour, samples_by_minute(transaction, series, hour)?)])
}
