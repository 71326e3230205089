//! The reports of a journal that was written by hand, on the command line.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::edge::journal::Journal;
use crate::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind, Raise};
use crate::engine::base::{Category, Now, PointId, Text};
use crate::engine::site::{Condition, Place};

#[derive(Debug, clap::Parser)]
struct Program {
    #[command(flatten)]
    report: ReportArgs,
}

fn printed(line: &[&str]) -> Result<String> {
    let program = <Program as clap::Parser>::try_parse_from(line).expect("parses");
    let mut out = Vec::new();
    run(&program.report, &mut out, &mut Vec::new())?;
    Ok(String::from_utf8(out).expect("is text"))
}

/// Twelve faults within eleven seconds, each of a point of its own, at the first minute of 2026.
fn flooded(state: &Path) {
    let opened = Journal::open(state, Now::default()).expect("opens");
    let fact = |seq: u64| {
        let rules = Category::Fault.rules();
        let raise = Raise {
            condition: Condition {
                point: PointId::new(&format!("panel-1/d{seq}")),
                category: Category::Fault,
                level: None,
            },
            name: Text::new(&format!("探测器{seq}"), &format!("Detector {seq}")),
            place: Place::default(),
            priority: rules.priority,
            latches: rules.latches,
            stays: rules.stays_until_acknowledged,
            tone: rules.tone,
            code: None,
            kind: None,
            incident: None,
            first: false,
            realarm: false,
            arrival: None,
            detail: None,
            advice: None,
            class: None,
            momentary: false,
        };
        let at = Wall(1_767_225_600_000_000 + seq as i64 * 1_000_000);
        let kind = FactKind::Raised(Arc::new(raise));
        Fact { v: FACT_VERSION, id: FactId { epoch: 1, seq }, at, by: None, key: None, kind }
    };
    opened.journal.submit((1..=12).map(fact).collect());
}

#[test]
fn a_flood_is_reported_in_both_languages_and_as_json() {
    let dir = tempfile::tempdir().expect("a directory");
    flooded(dir.path());
    let state = dir.path().to_str().expect("a plain path");
    let window = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T01:00:00Z"];
    let line = [&["tocsin", "performance", "--state", state][..], &window].concat();
    let text = printed(&line).expect("runs");
    let row = |words: [&str; 3]| {
        let of = |line: &&str| line.starts_with(words[0]) && line.contains(words[1]) && line.contains(words[2]);
        assert!(text.lines().any(|line| of(&line)), "{words:?} in\n{text}");
    };
    row(["报警总数", "alarms", "12"]);
    row(["报警洪泛次数", "floods", "1"]);
    row(["10分钟最多", "peak of 10 min", "12"]);
    row(["现存", "standing at the end", "12"]);
    row(["探测器1 Detector 1", "panel-1/d1:fault", "8.3 %"]);
    let json: serde_json::Value =
        serde_json::from_str(&printed(&[&line[..], &["--json"]].concat()).expect("runs")).expect("JSON");
    assert_eq!((json["alarms"].as_u64(), json["floods"]["count"].as_u64()), (Some(12), Some(1)));
    // From the eleventh alarm until four are left: the eighth leaves ten minutes after it came.
    assert_eq!(json["floods"]["seconds"].as_f64(), Some(597.0));
    assert_eq!(json["per_ten_minutes"].as_f64(), Some(2.0));
    assert_eq!(json["worst"].as_array().map(Vec::len), Some(10));
    assert_eq!(json["priorities"]["4"]["share"].as_f64(), Some(1.0));
}

#[test]
fn a_window_that_is_none_is_refused_in_words() {
    let refused = |window: &[&str]| {
        let line = [&["tocsin", "performance"][..], window].concat();
        printed(&line).expect_err("is refused").to_string()
    };
    assert!(refused(&["--from", "yesterday"]).contains("--from yesterday: not a time; write RFC 3339"));
    let backwards = ["--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z"];
    assert_eq!(refused(&backwards), "--to 2026-01-01T00:00:00Z: must be later than `from`");
}
