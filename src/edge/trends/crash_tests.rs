//! The file cut off at any byte of its log: what was committed before is there, and the roll-ups say what the samples say.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rusqlite::Connection;

use super::bucket::Step;
use super::codec::Entry;
use super::past_tests::{reckoned, same};
use super::tests::{open, point, read, sample};
use super::{Trends, millis, wall};
use crate::live::Rollup;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;

/// Five hours of a sample a minute, an alarm and a clock that is set back an hour in the third; committed every
/// seventh, and copied while the store is open, with everything still in the log.
fn make(from: &Path, to: &Path) -> Vec<i64> {
    let trends = open(from, 0);
    let mut recorded = Vec::new();
    for n in 0..300_i64 {
        let minute = if n < 150 { n } else { n - 60 };
        // Off the whole minute, so that no two samples bear the same time.
        let ms = minute * MINUTE + n;
        trends.record(sample("p/flow", ms, f64::from(i32::try_from(n * 7_919 % 100).expect("small"))));
        recorded.push(ms);
        if n % 7 == 6 {
            trends.alarm(&point("p/flow"), wall(ms), n % 2 == 0);
            trends.flush();
        }
    }
    trends.flush();
    for file in ["trend.db", "trend.db-wal"] {
        std::fs::copy(from.join(file), to.join(file)).expect("copies");
    }
    recorded
}

/// What an opened file says of itself.
fn check(trends: &Trends, recorded: &[i64]) -> Result<usize, TestCaseError> {
    trends.flush();
    while !trends.reading(super::rollups::complete).expect("reads") {
        trends.flush();
    }
    let marks = read(trends, "p/flow");
    let mut kept: Vec<i64> = marks.iter().filter(|mark| mark.value.is_some()).map(|mark| millis(mark.at)).collect();
    let mut expected = recorded[..kept.len()].to_vec();
    kept.sort_unstable();
    expected.sort_unstable();
    prop_assert_eq!(&kept, &expected, "what is kept is what came first");
    let entry = |mark: &super::Mark| Entry { ms: millis(mark.at), value: mark.value, quality: mark.quality };
    let entries: Vec<Entry> = marks.iter().map(entry).collect();
    for step in Step::ALL {
        let got = trends.rollups(&point("p/flow"), wall(0), wall(24 * HOUR), step).expect("reads");
        let without = |rollup: &Rollup| Rollup { alarm: std::time::Duration::ZERO, ..*rollup };
        same(&got.iter().map(without).collect::<Vec<_>>(), &reckoned(&entries, 0, 24 * HOUR, step, 48 * HOUR))?;
    }
    prop_assert!(trends.in_alarm().expect("reads").len() <= 1);
    Ok(kept.len())
}

#[test]
fn a_file_that_ends_anywhere_opens_with_all_that_was_committed() {
    let (first, copied) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let recorded = make(first.path(), copied.path());
    let log = std::fs::read(copied.path().join("trend.db-wal")).expect("a log");
    assert!(log.len() > 200_000, "everything is in the log: {} bytes", log.len());
    let mut counts = std::collections::BTreeSet::new();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(60));
    let cuts = prop_oneof![1 => Just(log.len()), 9 => 0..log.len()];
    let outcome = runner.run(&(cuts, any::<bool>()), |(cut, torn)| {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::copy(copied.path().join("trend.db"), dir.path().join("trend.db")).expect("copies");
        let mut left = log[..cut].to_vec();
        if torn {
            // A page that was being written when the power went.
            let end = left.len();
            left[end.saturating_sub(100)..].fill(0xA5);
        }
        std::fs::write(dir.path().join("trend.db-wal"), left).expect("writes");
        let trends = open(dir.path(), 48 * HOUR);
        check(&trends, &recorded)?;
        drop(trends);
        // And once more: what the first start did is whole, too.
        let trends = open(dir.path(), 49 * HOUR);
        check(&trends, &recorded).map(drop)?;
        drop(trends);
        let file = Connection::open(dir.path().join("trend.db")).expect("opens");
        let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checks");
        prop_assert_eq!(sound, "ok");
        Ok(())
    });
    outcome.expect("every cut is survived");
    for cut in [0, log.len() / 2, log.len()] {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::copy(copied.path().join("trend.db"), dir.path().join("trend.db")).expect("copies");
        std::fs::write(dir.path().join("trend.db-wal"), &log[..cut]).expect("writes");
        counts.insert(check(&open(dir.path(), 48 * HOUR), &recorded).expect("is whole"));
    }
    assert!(counts.len() == 3 && counts.contains(&recorded.len()), "cuts lose more or less: {counts:?}");
}
