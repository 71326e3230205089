//! `tocsin report performance`: how well the alarms serve the people who answer them.
//!
//! Takes: a state directory, also of a gateway that runs, and a window of time.
//! Gives: the figures of ISA-18.2 as a table in both languages, each beside its benchmark, or as JSON.
//! Never: writes; reads a journal that is broken as if it were whole.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::table::Table;
use crate::edge::clock::Clock;
use crate::edge::journal;
use crate::edge::web::When;
use crate::engine::base::Wall;
use crate::engine::performance::{Figures, Performance};
use crate::live::document::timestamp;
use crate::live::performance_document::performance_document;

/// The least time that says something about a site (ISA-18.2: thirty days), in microseconds.
const LOOKED_AT_US: i64 = 30 * 24 * 3600 * 1_000_000;

/// Reports from the journal.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Which.
    #[command(subcommand)]
    pub report: Report,
}

/// What can be reported.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// Figures of ISA-18.2: rate, floods, bad actors, chattering, stale and standing alarms, time to acknowledge
    Performance {
        /// State directory
        #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
        state: PathBuf,
        /// From when, RFC 3339 with an offset; thirty days before the end when it is left out
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Until when, not included; now when it is left out
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs the subcommand and prints to `out`.
///
/// # Errors
/// A time that is none, or a journal that cannot be read or is broken; the message says which.
pub fn run(args: &ReportArgs, out: &mut impl Write) -> Result<()> {
    let Report::Performance { state, from, to, json } = &args.report;
    let time = |name: &str, text: &Option<String>| {
        text.as_deref().map(|text| {
            When::parse(text).ok_or_else(|| {
                anyhow!("--{name} {text}: not a time; write RFC 3339 with an offset: 2026-03-01T08:00:00+08:00")
            })
        })
    };
    let to = time("to", to).transpose()?.unwrap_or_else(|| Clock::start().now().wall);
    let from = time("from", from).transpose()?.unwrap_or(Wall(to.0 - LOOKED_AT_US));
    if from >= to {
        bail!("--from must be earlier than --to");
    }
    let figures = read(state, from, to)?;
    let zone = TimeZone::system();
    if *json {
        writeln!(out, "{}", performance_document(&figures, &zone))?;
    } else {
        out.write_all(table(&figures, &zone).as_bytes())?;
    }
    Ok(())
}

fn read(state: &Path, from: Wall, to: Wall) -> Result<Figures> {
    let mut performance = Performance::of(from, to);
    journal::facts(state, |fact| performance.note(fact))?;
    Ok(performance.figures())
}

/// The figures as people read them.
fn table(figures: &Figures, zone: &TimeZone) -> String {
    let mut rows = Table::new(&["指标", "figure", "value", "benchmark"]);
    let mut row = |zh: &str, en: &str, value: String, benchmark: &str| {
        rows.row([zh.into(), en.into(), value, benchmark.into()]);
    };
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let seconds = |micros: Option<u64>| micros.map_or("-".into(), |micros| format!("{:.1} s", micros as f64 / 1e6));
    row("报警总数", "alarms", figures.alarms.to_string(), "");
    row("每10分钟平均", "per 10 min, average", format!("{:.2}", figures.per_ten_minutes()), "1, at most 2");
    row("每天平均", "per day, average", format!("{:.1}", figures.per_day()), "150, at most 300");
    let (windows, floods) = (&figures.windows, &figures.floods);
    row("10分钟最多", "peak of 10 min", windows.peak.to_string(), "10");
    row("最多时段开始", "  beginning", windows.peak_at.map_or("-".into(), |at| timestamp(at, zone)), "");
    row("超过10条的10分钟时段", "10 min above ten", percent(figures.window_share()), "< 1 %");
    row("报警洪泛次数", "floods", floods.count.to_string(), "");
    row("洪泛时间占比", "time in flood", percent(figures.flood_share()), "< 1 %");
    row("最长洪泛", "longest flood", seconds(Some(floods.longest_us)), "");
    let acknowledged = &figures.acknowledged;
    row("确认时间中位数", "to acknowledge, median", seconds(acknowledged.median_us), "");
    row("确认时间95%", "to acknowledge, 95 %", seconds(acknowledged.p95_us), "");
    row("现存", "standing at the end", figures.standing.to_string(), "");
    row("超过24小时", "stale, above 24 h", figures.stale.to_string(), "< 5");
    row("频繁跳变", "chattered", figures.chattered.to_string(), "0");
    row("并入原因未鸣响", "folded, not heard", figures.folded.to_string(), "");
    row("隔离屏蔽测试未鸣响", "isolated, not heard", figures.inhibited.to_string(), "");
    for (priority, alarms) in &figures.priorities {
        let (zh, en) = (format!("优先级{priority}"), format!("priority {priority}"));
        row(&zh, &en, percent(figures.share(*alarms)), "");
    }
    let mut worst = Table::new(&["报警最多的点", "bad actor", "alarms", "share"]);
    for actor in &figures.worst {
        let name = format!("{} {}", actor.name.zh, actor.name.en);
        worst.row([name, actor.condition.to_string(), actor.alarms.to_string(), percent(figures.share(actor.alarms))]);
    }
    let head = format!("{} - {}\n\n", timestamp(figures.from, zone), timestamp(figures.to, zone));
    let worst = if worst.is_empty() { String::new() } else { format!("\n{}", worst.print("")) };
    format!("{head}{}{worst}", rows.print(""))
}

#[cfg(test)]
mod tests {
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
        run(&program.report, &mut out)?;
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
        assert_eq!(refused(&backwards), "--from must be earlier than --to");
    }
}
