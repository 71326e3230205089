//! Exports of trends that were recorded, on the command line.

use std::path::Path;

use super::*;
use crate::edge::trends::{Sample as Recorded, Trends};
use crate::engine::base::Now;

#[derive(Debug, clap::Parser)]
struct Program {
    #[command(flatten)]
    trends: TrendsArgs,
}

const BEGIN: i64 = 1_767_225_600_000_000;

fn recorded(state: &Path) -> Trends {
    let trends = Trends::open(state, Now { wall: Wall(BEGIN), ..Now::default() }).expect("opens");
    for second in 0..10 {
        let value = (second != 5).then_some(second as f64 / 2.0);
        let quality = if second == 5 { 3 } else { 0 };
        let sample = |point: &str| Recorded {
            point: PointId::new(point),
            class: "pump".into(),
            at: Wall(BEGIN + second * 1_000_000),
            value,
            quality,
        };
        trends.record(sample("pump-1/current"));
        trends.record(sample("pump-2/current"));
    }
    trends.flush();
    trends
}

fn exported(line: &[&str]) -> Result<String> {
    let program = <Program as clap::Parser>::try_parse_from(line).expect("parses");
    let mut out = Vec::new();
    run(&program.trends, &mut out, &mut Vec::new())?;
    Ok(String::from_utf8(out).expect("is text"))
}

#[test]
fn what_was_recorded_is_exported_while_the_gateway_holds_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let _running = recorded(dir.path());
    let state = dir.path().to_str().expect("a plain path");
    let window = ["--from", "2026-01-01T00:00:02Z", "--to", "2026-01-01T00:00:07Z", "--lang", "en"];
    let line = |rest: &[&'static str]| {
        [&["tocsin", "export", "--state", state][..], &window, rest]
            .concat()
            .into_iter()
            .map(String::from)
            .collect::<Vec<_>>()
    };
    let run =
        |rest: &[&'static str]| exported(&line(rest).iter().map(String::as_str).collect::<Vec<_>>()).expect("runs");
    let long = run(&["pump-*"]);
    let rows: Vec<&str> = long.lines().collect();
    assert_eq!(rows.len(), 11, "{long}");
    assert!(rows[1].ends_with(",pump-1/current,,1,,good"), "{}", rows[1]);
    assert!(rows[4].ends_with(",pump-1/current,,,,link-down"), "{}", rows[4]);
    let wide = run(&["pump-1/current", "pump-2/current", "--layout", "wide", "--step", "2s"]);
    let values: Vec<&str> = wide.lines().skip(1).map(|row| row.split_once(',').expect("cells").1).collect();
    assert_eq!(values[0], "1,good,1,good");
    assert_eq!((values[1], values.len()), ("2,good,2,good", 3));
    let json: serde_json::Value = serde_json::from_str(&run(&["*", "--format", "json"])).expect("JSON");
    assert_eq!(json["samples"].as_array().map(Vec::len), Some(10));
    let refused = exported(&["tocsin", "export", "--state", state, "fan-*"]).expect_err("is refused");
    assert_eq!(refused.to_string(), "fan-*: no point with a trend is called so; 2 have one");
    let refused = exported(&["tocsin", "export", "--state", state, "*", "--step", "often"]).expect_err("is refused");
    assert_eq!(refused.to_string(), "--step often: not a lapse; write 1s, 5m or 1h");
}

#[test]
fn a_file_is_there_only_when_it_is_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let _running = recorded(dir.path());
    let state = dir.path().to_str().expect("a plain path");
    let out = tempfile::tempdir().expect("a directory");
    let file = out.path().join("year.csv");
    let path = file.to_str().expect("a plain path");
    let window = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T00:00:10Z"];
    let line = [&["tocsin", "export", "--state", state, "*", "--out", path][..], &window].concat();
    let said = exported(&line).expect("runs");
    assert_eq!(said, format!("20 rows in {path}\n"));
    let text = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(text.lines().count(), 21);
    // A folder stands where the file should: nothing is left beside it.
    std::fs::remove_file(&file).expect("was there");
    std::fs::create_dir(&file).expect("a folder");
    assert!(exported(&line).is_err());
    assert_eq!(std::fs::read_dir(out.path()).expect("a folder").count(), 1);
}
