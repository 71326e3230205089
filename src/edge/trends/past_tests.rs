//! Roll-ups against a plain reckoning over the samples, after clock steps, gaps, kills and a file of the first layout.

#![allow(clippy::disallowed_methods, reason = "tests wait with deadlines")]

use std::io::Read;
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;

use super::bucket::Step;
use super::codec::Entry;
use super::compact::{self, Extent};
use super::past;
use super::tests::{mark, now, open, point, put, read, sample};
use super::{NOT_RUNNING, columns, millis, rollups, schema, segments, wall};
use crate::live::Rollup;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// What a roll-up must be: a walk over the samples, one stretch between two of them after the other.
pub(super) fn reckoned(entries: &[Entry], from: i64, to: i64, step: Step, alive: i64) -> Vec<Rollup> {
    let mut sorted = entries.to_vec();
    sorted.sort_by_key(|entry| entry.ms);
    let mut rollups = Vec::new();
    for at in (step.floor(from)..to).step_by(usize::try_from(step.ms()).expect("fits")) {
        let next = at + step.ms();
        let inside: Vec<&Entry> = sorted.iter().filter(|entry| (at..next).contains(&entry.ms)).collect();
        let entering = sorted.iter().rev().find(|entry| entry.ms < at);
        if inside.is_empty() && (entering.is_none() || at > alive) {
            continue;
        }
        let end = next.min(alive.max(inside.last().map_or(at, |entry| entry.ms)));
        let times = entering.map(|_| at).into_iter().chain(inside.iter().map(|entry| entry.ms));
        let times: Vec<i64> = times.chain([end]).collect();
        let values: Vec<Option<f64>> = entering.into_iter().chain(inside.iter().copied()).map(|e| e.value).collect();
        let (mut area, mut known, mut bad) = (0.0, 0, 0);
        for (value, span) in values.iter().zip(times.windows(2)) {
            let held = span[1] - span[0];
            match value {
                Some(value) => {
                    (area, known) = (area + value * f64::from(i32::try_from(held).expect("fits")), known + held)
                }
                None => bad += held,
            }
        }
        let last = *values.last().expect("one");
        let mean = if known > 0 { Some(area / f64::from(i32::try_from(known).expect("fits"))) } else { last };
        rollups.push(Rollup {
            at: wall(at),
            min: values.iter().flatten().copied().reduce(f64::min),
            max: values.iter().flatten().copied().reduce(f64::max),
            mean,
            first: inside.first().map_or(values[0], |entry| entry.value),
            last,
            count: inside.iter().filter(|entry| entry.quality != NOT_RUNNING).count() as u64,
            bad: Duration::from_millis(u64::try_from(bad).expect("no time runs backwards")),
            alarm: Duration::ZERO,
        });
    }
    rollups
}

pub(super) fn same(got: &[Rollup], expected: &[Rollup]) -> Result<(), TestCaseError> {
    for (got, expected) in got.iter().zip(expected) {
        let close = match (got.mean, expected.mean) {
            (Some(got), Some(expected)) => (got - expected).abs() < 1e-3,
            (got, expected) => got == expected,
        };
        prop_assert!(close, "{:?} is not {:?}", got, expected);
        prop_assert_eq!(&Rollup { mean: expected.mean, ..*got }, expected);
    }
    prop_assert_eq!(got.len(), expected.len());
    Ok(())
}

/// A step of a random series: seconds since the one before, a value, and what is done afterwards.
type Move = (i64, Option<i32>, u8);

/// Mostly a poll; sometimes hours pass, or the clock is set back by hours.
fn moves() -> impl Strategy<Value = Vec<Move>> {
    let seconds = prop_oneof![8 => -20_i64..400, 1 => -30_000_i64..0, 1 => 0_i64..90_000];
    prop::collection::vec((seconds, prop::option::weighted(0.8, -50_i32..50), 0_u8..12), 1..80)
}

/// A file that samples came to, in hot rows and chunks, with restarts between; and all of them. After each restart the
/// roll-ups catch up by so many steps.
fn make(moves: Vec<Move>, follow: usize) -> (tempfile::TempDir, Connection, Vec<Entry>) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut connection = schema::open_writer(&dir.path().join("trend.db")).expect("opens");
    connection
        .execute_batch("PRAGMA synchronous = OFF; INSERT INTO series VALUES (1, 'p/flow', 'pump')")
        .expect("prepares");
    let mut seen = std::collections::BTreeSet::new();
    let (mut all, mut row, mut ms) = (Vec::new(), Vec::new(), 0);
    for (step, value, what) in moves {
        ms += step * 1_000;
        // Two samples at one millisecond have no order that both readings must agree on.
        if seen.insert(ms) {
            let entry = Entry { ms, value: value.map(f64::from), quality: 0 };
            all.push(entry);
            row.push(entry);
        }
        if what < 6 && !row.is_empty() {
            put(&connection, &row);
            row.clear();
        }
        if what < 2 {
            compact::compact(&mut connection, Extent::Everything).expect("compacts");
        }
        // A restart: a gap, then chunks of what was left, then the roll-ups of the gap.
        let gap = ms + 1;
        if what == 11 && row.is_empty() && seen.insert(gap) {
            connection.execute("INSERT INTO outage (at, until) VALUES (?1, ?1)", [gap]).expect("inserts");
            all.push(Entry { ms: gap, value: None, quality: NOT_RUNNING });
            compact::compact(&mut connection, Extent::Everything).expect("compacts");
            for _ in 0..follow {
                rollups::catch_up(&mut connection).expect("follows");
            }
        }
    }
    if !row.is_empty() {
        put(&connection, &row);
    }
    all.sort_by_key(|entry| entry.ms);
    (dir, connection, all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_rollup_is_what_walking_over_the_samples_gives(
        moves in moves(), from in -200_000_i64..200_000, span in 1_i64..300_000, step in 0_usize..4,
        alive in 0_i64..400_000, follow in 0_usize..4,
    ) {
        let (_dir, mut connection, all) = make(moves, follow);
        let (from, to, alive, step) = (from * 1_000, (from + span) * 1_000, alive * 1_000, Step::ALL[step]);
        let expected = reckoned(&all, from, to, step, alive);
        let got = past::rollups(&connection, &point("p/flow"), from, to, step, alive).expect("reads");
        same(&got, &expected)?;
        while rollups::catch_up(&mut connection).expect("follows") {}
        let got = past::rollups(&connection, &point("p/flow"), from, to, step, alive).expect("reads");
        same(&got, &expected)?;
    }

    #[test]
    fn columns_made_of_buckets_are_those_of_the_samples(
        moves in moves(), from in -200_000_i64..200_000, span in 1_i64..400_000, pixels in 1_usize..400,
        alive in 0_i64..400_000, follow in 0_usize..4,
    ) {
        let (_dir, connection, all) = make(moves, follow);
        let (from, to, alive) = (from * 1_000 + 7, (from + span) * 1_000, alive * 1_000);
        let columns = columns::envelope(&connection, &point("p/flow"), from, to, pixels, alive).expect("reads");
        let width = (to - from) / i64::try_from(pixels).expect("small");
        let unit = Step::ALL.into_iter().rev().map(Step::ms).find(|unit| width >= 4 * unit).unwrap_or(1);
        prop_assert_eq!(columns.len(), pixels.min(usize::try_from(to - from).expect("positive")));
        prop_assert_eq!(millis(columns[0].at), from.div_euclid(unit) * unit);
        let end = (to + unit - 1).div_euclid(unit) * unit;
        let ends = columns[1..].iter().map(|column| millis(column.at)).chain([end]);
        for (column, end) in columns.iter().zip(ends) {
            let begin = millis(column.at);
            prop_assert_eq!(begin.rem_euclid(unit), 0);
            prop_assert!(end > begin && end - begin <= width + 2 * unit + 1, "{} is not about {}", end - begin, width);
            let inside = &all[all.partition_point(|e| e.ms < begin)..all.partition_point(|e| e.ms < end)];
            let entering = all[..all.partition_point(|e| e.ms <= begin)].last().filter(|e| e.ms == begin || begin <= alive);
            let held = || entering.into_iter().chain(inside);
            prop_assert_eq!(column.min, held().filter_map(|entry| entry.value).reduce(f64::min));
            prop_assert_eq!(column.max, held().filter_map(|entry| entry.value).reduce(f64::max));
            prop_assert_eq!(column.unknown, held().any(|entry| entry.value.is_none()));
            prop_assert_eq!(column.last, held().last().and_then(|entry| entry.value));
            prop_assert_eq!(column.count, inside.iter().filter(|entry| entry.is_sample()).count() as u64);
        }
    }
}

#[test]
fn a_file_of_the_first_layout_is_read_and_rolled_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut bytes = Vec::new();
    // Written by the release before: a sample a minute, killed at minute 136, started again at 155, killed at 244.
    let packed: &[u8] = include_bytes!("../../../tests/trends/layout-1.db.gz");
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).expect("unpacks");
    std::fs::write(dir.path().join("trend.db"), bytes).expect("writes");

    let value = |minute: i64| f64::from(i32::try_from(minute).expect("small"));
    let trends = open(dir.path(), 300 * MINUTE);
    let of = |from, to, step| trends.rollups(&point("p/flow"), wall(from), wall(to), step).expect("reads");
    let samples = read(&trends, "p/flow");
    let known: Vec<i64> =
        samples.iter().filter(|mark| mark.value.is_some()).map(|mark| mark.at.0 / 60_000_000).collect();
    assert_eq!(known, (1..=136).chain(155..=244).collect::<Vec<i64>>());
    // First while the roll-ups are being made, then when they stand.
    for settled in [false, true] {
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while settled && !trends.reading(rollups::complete).expect("reads") {
            assert!(std::time::Instant::now() < deadline, "the roll-ups are never made");
            trends.flush();
        }
        let hours = of(0, 4 * HOUR, Step::Hour);
        assert_eq!(hours.iter().map(|hour| hour.count).collect::<Vec<u64>>(), [59, 60, 17 + 25, 60], "{settled}");
        let (first, third) = (hours[0], hours[2]);
        assert_eq!((first.min, first.max, first.mean), (Some(1.0), Some(59.0), Some(30.0)), "a sample a minute");
        assert_eq!(
            (third.first, third.last, third.bad),
            (Some(120.0), Some(179.0), Duration::from_millis(19 * 60_000 - 1))
        );
        let minutes = of(200 * MINUTE, 203 * MINUTE, Step::Minute);
        assert_eq!(
            minutes.iter().map(|minute| minute.mean).collect::<Vec<_>>(),
            [200, 201, 202].map(|n| Some(value(n)))
        );
        assert_eq!(of(0, DAY, Step::Day)[0].count, 226);
    }
    let file = Connection::open(dir.path().join("trend.db")).expect("opens");
    assert_eq!(schema::meta(&file, "schema").expect("reads"), Some(2));
}

#[test]
fn time_in_alarm_survives_restarts_and_clock_steps() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    let flow = point("p/flow");
    trends.record(sample("p/flow", 0, 1.0));
    for (second, active) in [(30, true), (40, true), (90, false), (95, false), (150, true)] {
        trends.alarm(&flow, wall(second * 1_000), active);
    }
    trends.alarm(&point("p/other"), wall(0), true);
    trends.record(sample("p/flow", 200_000, 2.0));
    trends.flush();
    assert_eq!(trends.in_alarm().expect("reads"), [flow.clone(), point("p/other")]);
    drop(trends);

    let trends = open(dir.path(), 240_000);
    assert_eq!(trends.in_alarm().expect("reads").len(), 2, "a restart ends no alarm");
    trends.alarm(&flow, wall(210_000), false);
    // The clock is set back: the next alarm shares time with an earlier one, and ends before it began.
    trends.alarm(&flow, wall(80_000), true);
    trends.alarm(&flow, wall(100_000), false);
    trends.alarm(&flow, wall(235_000), true);
    trends.alarm(&flow, wall(5_000), false);
    trends.record(sample("p/flow", 239_000, 3.0));
    trends.flush();
    let seconds = |step| -> Vec<u64> {
        let all = trends.rollups(&flow, wall(0), wall(240_000), step).expect("reads");
        all.iter().map(|rollup| rollup.alarm.as_secs()).collect()
    };
    assert_eq!(seconds(Step::Minute), [30, 40, 30, 30]);
    assert_eq!(seconds(Step::Day), [130]);
    let other = trends.rollups(&point("p/other"), wall(0), wall(60_000), Step::Minute).expect("reads");
    assert_eq!((other.len(), other[0].alarm, other[0].min), (1, Duration::from_secs(60), None), "it has no samples");
}

#[test]
fn the_open_hour_is_told_too_and_a_damaged_page_is_a_gap() {
    let dir = tempfile::tempdir().expect("a directory");
    let trends = open(dir.path(), 0);
    for second in 0..7_300_i64 {
        trends.record(sample("p/flow", second * 1_000, f64::from(i32::try_from(second % 60).expect("small"))));
        if second % 1_800 == 0 {
            trends.flush();
        }
    }
    trends.flush();
    let of = |from, to, step| trends.rollups(&point("p/flow"), wall(from), wall(to), step).expect("reads");
    let minute = of(2 * HOUR, 2 * HOUR + MINUTE, Step::Minute)[0];
    assert_eq!((minute.count, minute.min, minute.max, minute.mean), (60, Some(0.0), Some(59.0), Some(29.5)));
    // The minute that runs ends now.
    let running = of(2 * HOUR + MINUTE, 2 * HOUR + 3 * MINUTE, Step::Minute);
    assert_eq!((running.len(), running[0].count, running[0].last), (1, 40, Some(39.0)));

    let file = Connection::open(dir.path().join("trend.db")).expect("opens");
    file.execute("UPDATE rollup SET buckets = x'99' WHERE step = 0 AND start = ?1", [HOUR]).expect("spoils");
    let spoilt = of(HOUR, 2 * HOUR, Step::Minute);
    assert!(spoilt.iter().all(|minute| minute.bad == Duration::from_secs(60)), "{:?}", spoilt[0]);
    assert_eq!(of(2 * HOUR, 3 * HOUR, Step::Minute)[0].count, 60);
    file.execute("UPDATE rollup SET buckets = x'99' WHERE step = 1", []).expect("spoils");
    trends.record(sample("p/flow", 3 * HOUR, 5.0));
    trends.flush();
    assert_eq!(of(0, HOUR, Step::Quarter)[0].count, 900, "made anew from the minutes");
    assert_eq!(read(&trends, "p/flow")[0], mark(0, 0.0, 0));
    drop(trends);
    assert!(super::Trends::open(dir.path(), now(4 * HOUR)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn segments_say_at_every_instant_what_held(
        moves in moves(), from in -200_000_i64..200_000, span in 1_i64..300_000, limit in 1_usize..60,
        alive in 0_i64..400_000,
    ) {
        let (_dir, connection, all) = make(moves, 9);
        let (begin, to, alive) = (from * 1_000, (from + span) * 1_000, alive * 1_000);
        let flow = point("p/flow");
        let marks = read_all(&connection, begin, to, limit)?;
        let inside: Vec<Entry> = all.iter().copied().filter(|entry| (begin..to).contains(&entry.ms)).collect();
        prop_assert_eq!(marks, inside.iter().map(|e| mark(e.ms, e.value, e.quality)).collect::<Vec<_>>());

        let (mut told, mut next) = (Vec::new(), Some(wall(begin)));
        while let Some(at) = next {
            let (more, follow) = segments::segments(&connection, &flow, millis(at), to, limit, alive).expect("reads");
            told.extend(more);
            prop_assert!(follow.is_none_or(|follow| follow > at), "it goes on");
            next = follow;
        }
        prop_assert!(told.windows(2).all(|pair| pair[0].to <= pair[1].from), "{:?}", told);
        prop_assert!(told.iter().all(|segment| segment.from < segment.to));
        // At each change, just before it, and at both ends.
        let instants = all.iter().flat_map(|e| [e.ms - 1, e.ms]).chain([begin, to - 1, alive, alive + 1]);
        let newest = inside.last().map_or(begin - 1, |entry| entry.ms);
        for at in instants.filter(|at| (begin..to).contains(at)) {
            let held = all[..all.partition_point(|e| e.ms <= at)].last().filter(|_| at <= alive.max(newest));
            let said = told.iter().find(|segment| (segment.from..segment.to).contains(&wall(at)));
            prop_assert_eq!(said.map(|s| (s.value, s.quality)), held.map(|e| (e.value, e.quality)), "at {}", at);
        }
    }
}

/// Page by page.
fn read_all(connection: &Connection, from: i64, to: i64, limit: usize) -> Result<Vec<super::Mark>, TestCaseError> {
    let (mut all, mut at) = (Vec::new(), from);
    loop {
        let page = segments::first(connection, &point("p/flow"), at, to, limit).expect("reads");
        let count = page.len();
        all.extend(page);
        match all.last() {
            Some(last) if count >= limit => at = millis(last.at) + 1,
            _ => return Ok(all),
        }
    }
}
