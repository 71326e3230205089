//! What goes when it was kept long enough or room is short, and what is said of the time it was of.

use std::time::Duration;

use rusqlite::Connection;

use super::bucket::Step;
use super::codec::Entry;
use super::compact::{self, Extent};
use super::room::{self, Guard, Retention};
use super::tests::{point, put};
use super::{columns, millis, past, read, rollups, schema};
use crate::live::Span;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const DAYS: Duration = Duration::from_secs(86_400);

/// Forty days of a sample every ten minutes, the hour as its value; a value holds through the last day.
fn forty_days() -> (tempfile::TempDir, Connection) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut connection = schema::open_writer(&dir.path().join("trend.db")).expect("opens");
    connection
        .execute_batch("PRAGMA synchronous = OFF; INSERT INTO series VALUES (1, 'p/flow', 'pump')")
        .expect("prepares");
    for hour in 0..39 * 24_i64 {
        let value = Some(f64::from(i32::try_from(hour).expect("small")));
        let entries: Vec<Entry> = (0..6).map(|n| Entry { ms: hour * HOUR + n * 600_000, value, quality: 0 }).collect();
        put(&connection, &entries);
    }
    compact::compact(&mut connection, Extent::Everything).expect("compacts");
    (dir, connection)
}

fn extremes(connection: &Connection, from: i64, to: i64, pixels: usize) -> Vec<Span> {
    columns::envelope(connection, &point("p/flow"), from, to, pixels, 40 * DAY).expect("reads")
}

#[test]
fn each_kind_goes_in_its_time_and_the_next_coarser_tells_the_rest() {
    let (_dir, mut connection) = forty_days();
    let kept = Retention { raw: 10 * DAYS, minute: 20 * DAYS, quarter: 30 * DAYS, ..Retention::default() };
    let first = room::expire(&mut connection, &kept, 40 * DAY).expect("expires");
    assert_eq!(first, 48 + 48 + 9, "two days of samples, two of minutes, and every quarter that is old enough");
    let mut looks = 1;
    while room::expire(&mut connection, &kept, 40 * DAY).expect("expires") > 0 {
        looks += 1;
    }
    assert_eq!(looks, 15, "thirty days of samples by two days at a look");
    let left = read::read(&connection, &point("p/flow"), i64::MIN, i64::MAX).expect("reads");
    assert_eq!(millis(left[0].at), 30 * DAY);

    // Narrow columns over a time whose samples are gone are as wide as what is left: minutes, quarters, hours.
    let widths = |from: i64| -> (i64, usize) {
        let columns = extremes(&connection, from, from + HOUR, 1_000);
        (millis(columns[1].at) - millis(columns[0].at), columns.len())
    };
    assert_eq!(widths(25 * DAY), (60_000, 60));
    assert_eq!(widths(15 * DAY), (900_000, 4));
    let hours = extremes(&connection, 5 * DAY, 6 * DAY, 1_000);
    assert_eq!(hours.len(), 24);
    for (hour, column) in (5 * 24..).zip(&hours) {
        let value = f64::from(hour);
        assert_eq!((column.max, column.last, column.count), (Some(value), Some(value), 6));
    }
    // What held before a time of which only buckets are left.
    let quiet = past::before(&connection, &[1], 25 * DAY + 30 * 60_000).expect("reads");
    assert_eq!(quiet, Some(Some(600.0)));
    let days = past::rollups(&connection, &point("p/flow"), 0, 40 * DAY, Step::Day, 40 * DAY).expect("reads");
    assert_eq!((days.len(), days[0].count, days[38].max), (40, 144, Some(935.0)));
}

#[test]
fn a_clock_that_jumps_ahead_for_a_moment_costs_two_days_at_most() {
    let (_dir, mut connection) = forty_days();
    let century = 100 * 365 * DAY;
    room::expire(&mut connection, &Retention::default(), century).expect("expires");
    let left = read::read(&connection, &point("p/flow"), i64::MIN, i64::MAX).expect("reads");
    assert_eq!(millis(left[0].at), 2 * DAY);
    assert_eq!(past::finest(&connection, 2 * DAY).expect("reads"), None, "the rest is there to the sample");
}

#[test]
fn samples_go_before_roll_ups_and_late_ones_are_added_to_what_is_left() {
    let (_dir, mut connection) = forty_days();
    let count = |connection: &Connection, sql: &str| -> i64 {
        connection.query_row(sql, [], |row| row.get(0)).expect("counts")
    };
    let mut order = Vec::new();
    for _ in 0..60 {
        let mut once = vec![0, u64::MAX].into_iter();
        let mut guard = Guard { keep: 1, free: Box::new(move || Ok(once.next().unwrap_or(u64::MAX))), looked: None };
        guard.make_room(&mut connection);
        order.push([
            count(&connection, "SELECT count(*) FROM chunk"),
            count(&connection, "SELECT count(*) FROM rollup WHERE step = 0"),
            count(&connection, "SELECT count(*) FROM rollup WHERE step = 1"),
        ]);
    }
    assert_eq!(order[0], [936 - 500, 936, 39]);
    assert_eq!(order[1], [0, 936, 39], "samples first");
    assert!(order[2][1] < 936 && order[2][2] == 39, "then minutes: {:?}", order[2]);
    assert_eq!(
        order.iter().position(|kinds| kinds[2] < 39),
        order.iter().position(|kinds| kinds[1] == 0).map(|n| n + 1)
    );
    assert!(order.is_sorted_by(|a, b| a.iter().zip(b).all(|(a, b)| a >= b)), "nothing comes back");

    // A sample dated into an hour whose samples are gone: the clock was set back. The day still has the rest.
    let late = Entry { ms: 20 * DAY + 1, value: Some(-5.0), quality: 0 };
    put(&connection, &[late]);
    compact::compact(&mut connection, Extent::Everything).expect("compacts");
    assert!(rollups::complete(&connection).expect("reads"));
    let day = past::rollups(&connection, &point("p/flow"), 20 * DAY, 21 * DAY, Step::Day, 40 * DAY).expect("reads");
    assert_eq!((day[0].count, day[0].min, day[0].max), (145, Some(-5.0), Some(503.0)));
}
