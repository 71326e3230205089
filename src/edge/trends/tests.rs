//! Trends against kills, restarts, clock steps, full queues and a brute-force reading of the same samples.

#![allow(clippy::disallowed_methods, reason = "tests measure and wait with deadlines")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use rusqlite::params;

use super::codec::Entry;
use super::compact::Extent;
use super::*;
use crate::engine::base::Mono;

const HOUR: i64 = 3_600_000;

pub(super) fn now(ms: i64) -> Now {
    Now { mono: Mono(0), wall: wall(ms) }
}

pub(super) fn point(name: &str) -> PointId {
    PointId::new(name)
}

pub(super) fn sample(name: &str, ms: i64, value: impl Into<Option<f64>>) -> Sample {
    let value = value.into();
    let quality = if value.is_some() { 0 } else { 3 };
    Sample { point: point(name), class: "pump".into(), at: wall(ms), value, quality }
}

pub(super) fn mark(ms: i64, value: impl Into<Option<f64>>, quality: u8) -> Mark {
    Mark { at: wall(ms), value: value.into(), quality }
}

pub(super) fn open(dir: &Path, ms: i64) -> Trends {
    Trends::open(dir, now(ms)).expect("opens")
}

pub(super) fn read(trends: &Trends, name: &str) -> Vec<Mark> {
    trends.read(&point(name), Wall(i64::MIN), Wall(i64::MAX)).expect("reads")
}

fn count(dir: &Path, table: &str) -> i64 {
    let file = Connection::open(dir.join("trend.db")).expect("opens");
    file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("counts")
}

#[test]
fn samples_come_back_also_after_a_restart_which_is_a_gap() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    trends.record(sample("p/flow", 1_000, 1.5));
    trends.record(sample("p/flow", 2_000, None));
    trends.record(sample("p/other", 2_500, 9.0));
    trends.record(sample("p/flow", 3_000, f64::NAN));
    trends.record(sample("p/flow", 4_000, 2.5));
    trends.flush();
    let before = [mark(1_000, 1.5, 0), mark(2_000, None, 3), mark(3_000, None, 4), mark(4_000, 2.5, 0)];
    assert_eq!(read(&trends, "p/flow"), before);
    assert_eq!(trends.read(&point("p/flow"), wall(2_000), wall(4_000)).expect("reads"), before[1..3]);
    assert_eq!(read(&trends, "p/unheard"), []);
    assert_eq!(trends.points().expect("reads"), [point("p/flow"), point("p/other")]);
    drop(trends);

    let trends = open(dir.path(), 60_000);
    trends.record(sample("p/flow", 61_000, 3.0));
    trends.flush();
    let after = read(&trends, "p/flow");
    assert_eq!((after.len(), &after[..4], after[5]), (6, &before[..], mark(61_000, 3.0, 0)));
    assert_eq!((after[4].value, after[4].quality), (None, NOT_RUNNING));
    assert!(after[4].at > wall(4_000) && after[4].at < wall(60_000), "{:?}", after[4].at);
    // 40 s to 60 s: nothing is drawn while the gateway did not run.
    let columns = trends.envelope(&point("p/flow"), wall(40_000), wall(60_000), 2).expect("reads");
    assert!(
        columns.iter().all(|column| column.unknown && column.max.is_none() && column.last.is_none()),
        "{columns:?}"
    );
}

#[test]
fn an_hour_becomes_one_chunk_and_reads_the_same() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    let mut expected = Vec::new();
    for second in 0..30 {
        let (ms, value) = (HOUR - 15_000 + second * 1_000, f64::from(i32::try_from(second).expect("small")) / 10.0);
        trends.record(sample("p/flow", ms, value));
        trends.flush();
        expected.push(mark(ms, value, 0));
    }
    assert_eq!(read(&trends, "p/flow"), expected);
    assert_eq!((count(dir.path(), "chunk"), count(dir.path(), "hot")), (1, 15), "the next hour's first row closed it");
}

#[test]
fn a_clock_that_steps_back_keeps_every_sample_in_order_of_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    for ms in [2 * HOUR, 2 * HOUR + 1_000, HOUR, HOUR + 1_000, HOUR + 2_000, 3 * HOUR] {
        trends.record(sample("p/flow", ms, 1.0));
        trends.flush();
    }
    let times: Vec<i64> = read(&trends, "p/flow").iter().map(|mark| millis(mark.at)).collect();
    assert_eq!(times, [HOUR, HOUR + 1_000, HOUR + 2_000, 2 * HOUR, 2 * HOUR + 1_000, 3 * HOUR]);
}

#[test]
fn a_consumer_gets_every_sample_once_in_order_across_chunks_and_restarts() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut trends = open(dir.path(), 0);
    let mut cursor = trends.cursor("influx");
    let (mut sent, mut got) = (0, Vec::new());
    for round in 0..8 {
        for _ in 0..5 {
            trends.record(sample("p/flow", sent * 700_000, f64::from(i32::try_from(sent).expect("small"))));
            sent += 1;
        }
        trends.flush();
        let (samples, next) = trends.after(cursor, 3).expect("reads");
        got.extend(samples);
        cursor = next;
        trends.advance("influx", cursor);
        trends.advance("influx", 1);
        trends.flush();
        if round == 4 {
            drop(trends);
            trends = open(dir.path(), sent * 700_000);
            assert_eq!(trends.cursor("influx"), cursor, "the cursor survives");
        }
    }
    assert!(count(dir.path(), "chunk") >= 3);
    loop {
        let (samples, next) = trends.after(cursor, 1_000).expect("reads");
        if samples.is_empty() {
            assert_eq!(next, cursor);
            break;
        }
        got.extend(samples);
        cursor = next;
    }
    let expected: Vec<Sample> =
        (0..sent).map(|n| sample("p/flow", n * 700_000, f64::from(i32::try_from(n).expect("small")))).collect();
    assert_eq!(got, expected);
}

#[test]
fn a_consumer_that_never_comes_holds_rows_for_a_week_only() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    trends.cursor("gone");
    for day in 0..10 {
        trends.record(sample("p/flow", day * 24 * HOUR, 1.0));
        trends.flush();
    }
    assert_eq!(count(dir.path(), "hot"), 9, "days 1 to 9: a week before day 8, whose row is the last in a chunk");
    let (left, _) = trends.after(0, 100).expect("reads");
    assert_eq!(left.first().map(|sample| sample.at), Some(wall(24 * HOUR)));
    assert_eq!(read(&trends, "p/flow").len(), 10, "the chunks keep them all");
}

#[test]
fn a_file_that_cannot_be_written_is_a_fault_and_what_is_dropped_is_counted() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    trends.flush();
    let blocker = Connection::open(dir.path().join("trend.db")).expect("opens");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let total = 600_000_u64;
    for n in 0..total {
        trends.record(sample("p/flow", n.cast_signed(), 1.0));
    }
    trends.flush();
    let fault = trends.fault().expect("a fault");
    assert!(fault.contains("trend.db: database is locked"), "{fault}");
    blocker.execute_batch("ROLLBACK").expect("unlocks");
    trends.flush();
    assert_eq!(trends.fault(), None);
    let kept = read(&trends, "p/flow").len() as u64;
    assert!(trends.dropped() > 0 && kept > 0);
    assert_eq!(kept + trends.dropped(), total);
}

#[test]
fn the_oldest_chunks_go_when_room_is_short_and_the_file_shrinks() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("trend.db");
    {
        let mut connection = schema::open_writer(&path).expect("opens");
        connection
            .execute_batch("PRAGMA synchronous = OFF; INSERT INTO series VALUES (1, 'p/flow', 'pump')")
            .expect("prepares");
        for hour in 0..1_200 {
            let noise = |n: i64| {
                f64::from_bits(0x3ff0_0000_0000_0000 | (n.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12))
            };
            let entries: Vec<Entry> =
                (0..60).map(|n| Entry { ms: hour * HOUR + n, value: Some(noise(hour * 60 + n)), quality: 0 }).collect();
            put(&connection, &entries);
            compact::compact(&mut connection, Extent::Everything).expect("compacts");
        }
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("checkpoints");
    }
    let size = move || std::fs::metadata(&path).map(|file| file.len());
    let whole = size().expect("a size");
    let trends = open(dir.path(), 1_200 * HOUR);
    // A disk of which the file is the only tenant.
    let disk = whole + 1_000;
    let measure = size.clone();
    trends.guard(whole / 4, move || Ok(disk - measure()?));
    trends.flush();
    let gone = trends.thinned().cast_signed();
    assert!(gone == 500 || gone == 1_000, "steps of five hundred: {gone}");
    assert!(size().expect("a size") < whole / 4 * 3 + 2_000);
    let left = read(&trends, "p/flow");
    assert_eq!((left[0].at, left.len()), (wall(gone * HOUR), usize::try_from((1_200 - gone) * 60).expect("fits")));
}

#[test]
fn a_damaged_file_is_moved_aside_and_a_newer_one_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("trend.db");
    std::fs::write(&path, [b'x'; 8192]).expect("writes");
    drop(open(dir.path(), 0));
    assert_eq!(std::fs::read(dir.path().join("trend.db.broken")).expect("is kept"), [b'x'; 8192]);
    let file = Connection::open(&path).expect("opens");
    file.execute("UPDATE meta SET value = 3 WHERE key = 'schema'", []).expect("updates");
    let said = Trends::open(dir.path(), now(0)).err().expect("is refused").to_string();
    assert!(said.contains("layout 3 was written by a newer release, this one knows 2"), "{said}");
}

#[test]
fn a_damaged_chunk_is_a_gap_and_not_an_end() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    for hour in 0..4 {
        trends.record(sample("p/flow", hour * HOUR, 1.0));
        trends.flush();
    }
    let file = Connection::open(dir.path().join("trend.db")).expect("opens");
    file.execute("UPDATE chunk SET data = x'99' WHERE start = ?1", [HOUR]).expect("spoils");
    let expected = [mark(0, 1.0, 0), mark(HOUR, None, DAMAGED), mark(2 * HOUR, 1.0, 0), mark(3 * HOUR, 1.0, 0)];
    assert_eq!(read(&trends, "p/flow"), expected);
}

/// Appends a hot row as the writer thread does.
pub(super) fn put(connection: &Connection, entries: &[Entry]) {
    let mut items: Vec<row::Item> = entries.iter().map(|entry| (1, *entry)).collect();
    let last = entries.iter().map(|entry| entry.ms).max().expect("not empty");
    connection
        .execute(
            "INSERT INTO hot (last, count, samples) VALUES (?1, ?2, ?3)",
            params![last, items.len(), row::encode(&mut items)],
        )
        .expect("inserts");
}

/// What an envelope must be, by looking at every single millisecond.
fn brute(entries: &[Entry], from: i64, to: i64, pixels: i64, alive: i64) -> Vec<Span> {
    let pixels = pixels.min(to - from);
    let mut columns = Vec::new();
    let mut sorted = entries.to_vec();
    sorted.sort_by_key(|entry| entry.ms);
    for pixel in 0..pixels {
        let begin = (from..to).find(|ms| (ms - from) * pixels / (to - from) == pixel).expect("each column has a start");
        let end = (from..to).find(|ms| (ms - from) * pixels / (to - from) == pixel + 1).unwrap_or(to);
        let mut column = Span { at: wall(begin), min: None, max: None, last: None, count: 0, unknown: false };
        for ms in begin..end {
            let inside = sorted.iter().any(|entry| (begin..=ms).contains(&entry.ms));
            let held = sorted.iter().rev().find(|entry| entry.ms <= ms);
            column.count += sorted.iter().filter(|entry| entry.ms == ms && entry.is_sample()).count() as u64;
            // What came before the column holds in it only if the column has come.
            let Some(entry) = held.filter(|_| inside || begin <= alive) else { continue };
            column.last = entry.value;
            column.unknown |= entry.value.is_none();
            column.min = column.min.into_iter().chain(entry.value).reduce(f64::min);
            column.max = column.max.into_iter().chain(entry.value).reduce(f64::max);
        }
        columns.push(column);
    }
    columns
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn an_envelope_is_what_looking_at_every_millisecond_gives(
        // Steps of time between samples (a clock may be set back), the value, and whether chunks are made afterwards.
        steps in prop::collection::vec((-30_i64..90, prop::option::weighted(0.8, -50_i32..50), 0_u8..8), 1..60),
        from in -50_i64..300, span in 1_i64..600, pixels in 1_usize..40, alive in 0_i64..900,
        gap in prop::option::of(0_i64..500),
    ) {
        let dir = tempfile::tempdir().expect("a directory");
        let mut connection = schema::open_writer(&dir.path().join("trend.db")).expect("opens");
        connection.execute_batch("PRAGMA synchronous = OFF; INSERT INTO series VALUES (1, 'p/flow', 'pump')").expect("prepares");
        let mut seen = std::collections::BTreeSet::new();
        let (mut all, mut row, mut ms) = (Vec::new(), Vec::new(), 0);
        for (step, value, what) in steps {
            ms += step;
            // Two samples at one millisecond have no order that both readings must agree on.
            if seen.insert(ms) {
                let entry = Entry { ms, value: value.map(f64::from), quality: 0 };
                all.push(entry);
                row.push(entry);
            }
            if what < 4 && !row.is_empty() {
                put(&connection, &row);
                row.clear();
            }
            if what == 0 {
                compact::compact(&mut connection, Extent::Everything).expect("compacts");
            }
        }
        if !row.is_empty() {
            put(&connection, &row);
        }
        if let Some(at) = gap.filter(|at| seen.insert(*at)) {
            connection.execute("INSERT INTO outage (at, until) VALUES (?1, ?1)", [at]).expect("inserts");
            all.push(Entry { ms: at, value: None, quality: NOT_RUNNING });
        }
        let point = point("p/flow");
        let marks = read::read(&connection, &point, i64::MIN, i64::MAX).expect("reads");
        prop_assert_eq!(marks.len(), all.len());
        prop_assert!(marks.is_sorted_by_key(|mark| mark.at));
        let to = from + span;
        let got = columns::envelope(&connection, &point, from, to, pixels, alive).expect("reads");
        let pixels = i64::try_from(pixels).expect("small");
        let mut expected = brute(&all, from, to, pixels, alive);
        for (got, expected) in got.iter().zip(&mut expected) {
            prop_assert_eq!(got, expected);
        }
        prop_assert_eq!(got.len(), expected.len());
    }
}

#[test]
fn columns_of_hours_begin_with_an_hour_and_are_just_as_exact() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    // Every seven minutes for fifty hours; unknown for a while in the middle.
    for n in 0..428_i64 {
        let value = f64::from(i32::try_from(n * 7_919 % 1_000).expect("small"));
        trends.record(sample("p/flow", n * 420_000, Some(value).filter(|_| !(150..170).contains(&n))));
    }
    trends.flush();
    assert!(count(dir.path(), "chunk") >= 49, "an hour, a chunk");
    let (from, to) = (HOUR / 2, 48 * HOUR);
    let columns = trends.envelope(&point("p/flow"), wall(from), wall(to), 10).expect("reads");
    assert_eq!(columns.len(), 10);
    let all = read(&trends, "p/flow");
    let hours: Vec<i64> = columns.iter().map(|column| millis(column.at) / HOUR).collect();
    assert_eq!(hours, [0, 5, 10, 15, 20, 24, 29, 34, 39, 44]);
    for (column, next) in columns.iter().zip(hours[1..].iter().chain([&48])) {
        let span = column.at..wall(next * HOUR);
        let entering = all.iter().rev().find(|mark| mark.at <= span.start);
        let inside: Vec<&Mark> = all.iter().filter(|mark| span.contains(&mark.at)).collect();
        let held = || entering.into_iter().chain(inside.iter().copied());
        assert_eq!(column.min, held().filter_map(|mark| mark.value).reduce(f64::min));
        assert_eq!(column.max, held().filter_map(|mark| mark.value).reduce(f64::max));
        assert_eq!(column.unknown, held().any(|mark| mark.value.is_none()));
        assert_eq!((column.last, column.count), (held().last().expect("one").value, inside.len() as u64));
    }
}

const CHILD: &str = "TOCSIN_TEST_TRENDS";

/// The child of the next test: records and prints what is committed until it is killed.
#[test]
#[ignore = "a process for kill_nine_loses_nothing_that_was_committed"]
fn records_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let begin: i64 = std::env::var("TOCSIN_TEST_FROM").expect("is set").parse().expect("a number");
    let trends = open(Path::new(&dir), begin * 60_000);
    for n in begin.. {
        // A minute a sample: every sixtieth closes an hour and makes chunks.
        trends.record(sample("p/flow", n * 60_000, f64::from(i32::try_from(n).expect("small"))));
        trends.flush();
        println!("committed {n}");
    }
}

#[test]
fn kill_nine_loses_nothing_that_was_committed() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut committed = -1_i64;
    for round in 1..=4 {
        let mut child = Command::new(std::env::current_exe().expect("a test binary"))
            .args(["--exact", "edge::trends::tests::records_until_it_is_killed", "--ignored", "--nocapture"])
            .env(CHILD, dir.path())
            .env("TOCSIN_TEST_FROM", (committed + 2).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let skipped = committed + 1;
        let mut seen = 0;
        for line in BufReader::new(child.stdout.take().expect("is piped")).lines() {
            let Ok(line) = line else { break };
            let Some((_, n)) = line.split_once("committed ") else { continue };
            committed = n.parse().expect("a number");
            seen += 1;
            if seen == 50 * round {
                child.kill().expect("is killed with SIGKILL");
            }
        }
        child.wait().expect("ends");
        assert!(seen >= 50 * round, "the child of round {round} ended by itself");
        let trends = open(dir.path(), (committed + 1) * 60_000);
        let kept: std::collections::BTreeSet<i64> = read(&trends, "p/flow")
            .iter()
            .filter(|mark| mark.value.is_some())
            .map(|mark| millis(mark.at) / 60_000)
            .collect();
        // One number before each round was never recorded, or lost with the kill before its commit was printed.
        assert!((skipped + 1..=committed).all(|n| kept.contains(&n)), "round {round}: {kept:?} up to {committed}");
    }
}
