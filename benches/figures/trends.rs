//! Trends: bytes a sample takes, and how long a day's curve takes.
//!
//! The data set is made here and always the same: at 1 Hz over one day a slow temperature, a noisy current, a counter and
//! a state.

use std::path::Path;
use std::time::Instant;

use tocsin::edge::trends::{Sample, Trends};
use tocsin::engine::base::{Mono, Now, PointId, Wall};

use crate::figure::Figures;
use crate::sites::BEGIN;

const DAY_S: i64 = 86_400;
const ROUNDS: usize = 9;
const PIXELS: usize = 1_800;

pub fn measure(figures: &mut Figures) {
    for shape in ["temperature", "current", "counter", "state"] {
        let folder = tempfile::tempdir().expect("a folder");
        let samples = record(folder.path(), shape);
        let bytes = chunked(folder.path());
        let what = format!("trends, {shape}, a day at 1 Hz");
        figures.add(&what, "bytes/sample", "<= 2", vec![bytes as f64 / samples as f64]);
        let trends = Trends::open(folder.path(), now(DAY_S)).expect("trends");
        let rounds = (0..ROUNDS).map(|_| envelope(&trends, shape)).collect();
        figures.add(&format!("trends, {shape}, envelope of the day, 1,800 px"), "ms", "< 2", rounds);
    }
}

fn now(second: i64) -> Now {
    Now { mono: Mono(0), wall: at(second) }
}

fn at(second: i64) -> Wall {
    Wall(BEGIN + second * 1_000_000)
}

fn point(shape: &str) -> PointId {
    PointId::new(&format!("pump-1/{shape}"))
}

/// Records the day and has it made into chunks.
fn record(folder: &Path, shape: &str) -> i64 {
    let trends = Trends::open(folder, now(0)).expect("trends");
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for second in 0..DAY_S {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let noise = (random % 2_001) as f64 / 1_000.0 - 1.0;
        // A poll comes a few milliseconds early or late.
        let jitter = (random >> 32) as i64 % 4_000;
        let value = value(shape, second as f64, noise);
        let wall = Wall(at(second).0 + jitter);
        trends.record(Sample { point: point(shape), class: "pump".into(), at: wall, value: Some(value), quality: 0 });
        if second % 3_600 == 3_599 {
            trends.flush();
        }
    }
    assert_eq!(trends.dropped(), 0, "every sample is kept");
    drop(trends);
    // What an earlier process left becomes chunks when the next one begins.
    drop(Trends::open(folder, now(DAY_S)).expect("trends"));
    DAY_S
}

/// As meters and panels give them: in steps of a tenth, of a hundredth, of one.
fn value(shape: &str, second: f64, noise: f64) -> f64 {
    let day = second / 86_400.0 * std::f64::consts::TAU;
    match shape {
        "temperature" => ((21.5 + 4.0 * day.sin() + 0.05 * noise) * 10.0).round() / 10.0,
        "current" => ((96.0 + 6.0 * (day * 40.0).sin() + 1.5 * noise) * 100.0).round() / 100.0,
        "counter" => (184_320.0 + second * 0.0144).floor(),
        _ => f64::from((second / 900.0) as u32 % 4),
    }
}

/// Bytes of the chunks: all their columns as stored.
fn chunked(folder: &Path) -> i64 {
    let file = rusqlite::Connection::open(folder.join("trend.db")).expect("the file");
    let (bytes, samples): (i64, i64) = file
        .query_row("SELECT sum(length(data) + 12 * 8), sum(count) FROM chunk", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("chunks");
    assert_eq!(samples, DAY_S, "everything is in chunks");
    bytes
}

fn envelope(trends: &Trends, shape: &str) -> f64 {
    let begun = Instant::now();
    let columns = trends.envelope(&point(shape), at(0), at(DAY_S), PIXELS).expect("columns");
    let ms = begun.elapsed().as_secs_f64() * 1e3;
    assert!(columns.len() > 1_000, "a day on {PIXELS} pixels is more than {} columns", columns.len());
    ms
}
