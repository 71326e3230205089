//! Trends on the data set "plant-room-1": bytes a sample takes, how fast samples come in durably, and how long the curve
//! of a day and of a year takes, against a row of SQLite for each sample and against Gorilla's packing.
//!
//! Cold means: a new connection, and nothing of the file in the kernel's cache.

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};
use rustix::fs::{Advice, fadvise};
use tocsin::edge::trends::{Sample, Trends};
use tocsin::engine::base::{Mono, Now, PointId, Wall};

use crate::figure::Figures;
use crate::gorilla::packed_bytes;
use crate::plant_room::{Reading, SHAPES, readings};
use crate::sites::BEGIN;

const DAY_S: i64 = 86_400;
const YEAR_S: i64 = 365 * DAY_S;
const ROUNDS: usize = 9;
const PIXELS: usize = 1_800;

pub fn measure(figures: &mut Figures) {
    for shape in SHAPES {
        day(figures, shape);
    }
    year(figures);
    ingest(figures);
}

fn day(figures: &mut Figures, shape: &'static str) {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path(), shape, DAY_S);
    let [ours, rolled] = sizes(folder.path(), DAY_S);
    let all: Vec<Reading> = readings(shape).take(DAY_S as usize).collect();
    let gorilla = all.chunks(3_600).map(packed_bytes).sum::<usize>() as f64 / DAY_S as f64;
    let (rows, rows_ms) = rows(folder.path(), &all);
    let name = format!("trends, {shape}, a day at 1 Hz");
    figures.add(&name, "bytes/sample", "<= 2", vec![ours]);
    figures.add(&format!("{name}, its roll-ups besides"), "bytes/sample", "-", vec![rolled]);
    figures.add(&format!("{name}, SQLite rows / ours"), "times", "> 10", vec![rows / ours]);
    figures.add(&format!("{name}, Gorilla / ours"), "times", "> 1", vec![gorilla / ours]);
    let (cold, warm) = envelopes(folder.path(), shape, DAY_S);
    let ratio = rows_ms.iter().zip(&warm).map(|(rows, ours)| rows / ours).collect();
    figures.add(&format!("{name}, 1,800 px, cold"), "ms", "-", cold);
    figures.add(&format!("{name}, 1,800 px, warm"), "ms", "< 2", warm);
    figures.add(&format!("{name}, 1,800 px, SQLite rows / ours"), "times", "> 10", ratio);
}

fn year(figures: &mut Figures) {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path(), "current", YEAR_S);
    let [ours, rolled] = sizes(folder.path(), YEAR_S);
    let name = "trends, current, a year at 1 Hz";
    figures.add(name, "bytes/sample", "<= 2", vec![ours]);
    figures.add(&format!("{name}, its roll-ups besides"), "bytes/sample", "-", vec![rolled]);
    let (cold, warm) = envelopes(folder.path(), "current", YEAR_S);
    figures.add(&format!("{name}, 1,800 px, cold"), "ms", "< 20", cold);
    figures.add(&format!("{name}, 1,800 px, warm"), "ms", "< 20", warm);
}

/// Ten thousand points, each second one commit that is on the disk.
fn ingest(figures: &mut Figures) {
    const POINTS: usize = 10_000;
    const SECONDS: i64 = 60;
    let folder = tempfile::tempdir().expect("a folder");
    let trends = Trends::open(folder.path(), now(0)).expect("trends");
    let points: Vec<PointId> = (0..POINTS).map(|point| PointId::new(&format!("meter-{point}/current"))).collect();
    let mut rates = Vec::new();
    for (second, reading) in (0..SECONDS).zip(readings("current")) {
        let begun = Instant::now();
        for (offset, point) in (0_u32..).zip(&points) {
            let value = reading.value + f64::from(offset % 100);
            trends.record(sample(point.clone(), reading.ms, value));
        }
        trends.flush();
        assert!(trends.fault().is_none(), "second {second} is on the disk");
        rates.push(POINTS as f64 / begun.elapsed().as_secs_f64());
    }
    assert_eq!(trends.dropped(), 0, "every sample is kept");
    figures.add("trends, 10,000 points a second, a commit each", "samples/s", ">= 100,000", rates);
}

fn now(second: i64) -> Now {
    Now { mono: Mono(0), wall: at(second * 1_000) }
}

fn at(ms: i64) -> Wall {
    Wall(BEGIN + ms * 1_000)
}

fn point(shape: &str) -> PointId {
    PointId::new(&format!("pump-1/{shape}"))
}

fn sample(point: PointId, ms: i64, value: f64) -> Sample {
    Sample { point, class: "pump".into(), at: at(ms), value: Some(value), quality: 0 }
}

/// Records so many seconds and has them made into chunks.
fn record(folder: &Path, shape: &'static str, seconds: i64) {
    let trends = Trends::open(folder, now(0)).expect("trends");
    for (second, reading) in (0..seconds).zip(readings(shape)) {
        trends.record(sample(point(shape), reading.ms, reading.value));
        if second % 3_600 == 3_599 {
            trends.flush();
        }
    }
    assert_eq!(trends.dropped(), 0, "every sample is kept");
    drop(trends);
    // What an earlier process left becomes chunks when the next one begins.
    drop(Trends::open(folder, now(seconds)).expect("trends"));
}

/// Bytes a sample of chunks and of roll-ups: all their columns as stored.
fn sizes(folder: &Path, samples: i64) -> [f64; 2] {
    let file = Connection::open(folder.join("trend.db")).expect("the file");
    let number = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!(number("SELECT sum(count) FROM chunk"), samples, "everything is in chunks");
    let chunks = number("SELECT sum(length(data) + 12 * 8) FROM chunk");
    let pages = number("SELECT sum(length(buckets) + 3 * 8) FROM rollup");
    [chunks, pages].map(|bytes| bytes as f64 / samples as f64)
}

/// The same samples as rows of their own: bytes of the file for each, and how long the extremes of each pixel take.
fn rows(folder: &Path, readings: &[Reading]) -> (f64, Vec<f64>) {
    let path = folder.join("rows.db");
    let mut file = Connection::open(&path).expect("a file");
    file.execute_batch("CREATE TABLE s (p INTEGER, t INTEGER, v REAL, q INTEGER, PRIMARY KEY (p, t)) WITHOUT ROWID")
        .expect("a table");
    let transaction = file.transaction().expect("begins");
    for Reading { ms, value } in readings {
        let mut insert = transaction.prepare_cached("INSERT INTO s VALUES (1, ?1, ?2, 0)").expect("a statement");
        insert.execute(params![BEGIN / 1_000 + ms, value]).expect("a row");
    }
    transaction.commit().expect("commits");
    let bytes = std::fs::metadata(&path).expect("a size").len() as f64 / readings.len() as f64;
    let envelope = || {
        let begun = Instant::now();
        let mut columns = file
            .prepare_cached(
                "SELECT (t - ?1) * ?2 / ?3, min(v), max(v) FROM s WHERE p = 1 AND t >= ?1 AND t < ?1 + ?3 GROUP BY 1",
            )
            .expect("a statement");
        let columns = columns.query_map(params![BEGIN / 1_000, PIXELS, DAY_S * 1_000], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, f64>(1)?, row.get::<_, f64>(2)?))
        });
        let columns: Vec<_> = columns.expect("columns").collect::<Result<_, _>>().expect("columns");
        assert_eq!(columns.len(), PIXELS);
        begun.elapsed().as_secs_f64() * 1e3
    };
    (bytes, (0..ROUNDS).map(|_| envelope()).collect())
}

/// Milliseconds of the curve, with a new connection and an empty cache, and again at once.
fn envelopes(folder: &Path, shape: &str, seconds: i64) -> (Vec<f64>, Vec<f64>) {
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as i64 {
        let trends = Trends::open(folder, now(seconds + 1 + round)).expect("trends");
        trends.flush();
        for file in ["trend.db", "trend.db-wal"] {
            forget(&folder.join(file));
        }
        let curve = || {
            let begun = Instant::now();
            let columns = trends.envelope(&point(shape), at(0), at(seconds * 1_000), PIXELS).expect("columns");
            let ms = begun.elapsed().as_secs_f64() * 1e3;
            assert_eq!(columns.len(), PIXELS, "as many as there are pixels");
            ms
        };
        cold.push(curve());
        warm.push(curve());
    }
    (cold, warm)
}

/// Has the kernel forget what it holds of a file.
fn forget(path: &Path) {
    let file = std::fs::File::open(path).expect("the file");
    // What is not on the disk yet cannot be forgotten.
    file.sync_all().expect("is on the disk");
    fadvise(&file, 0, None, Advice::DontNeed).expect("the kernel takes advice");
}
