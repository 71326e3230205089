//! The reports of a story, as people read them in both languages and as programs do: golden files beside the story.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use tocsin::edge::export::{self, Format, Manner};
use tocsin::edge::web::report_page;
use tocsin::engine::alarm::Fact;
use tocsin::engine::base::{Language, Wall};
use tocsin::engine::report::{Document, Marks, Name, Report, Source};

use crate::support::golden;
use crate::support::whole::{BEGIN, Whole};
use crate::{play, read};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requirements/reports")
}

fn lived() -> Whole {
    let text = std::fs::read_to_string(folder().join("incident.story")).expect("the story");
    let story = read::story("incident", &text).expect("a story");
    let (whole, failed) = play::live(&story, None).expect("plays");
    assert!(failed.is_empty(), "{failed:#?}");
    whole
}

fn source(whole: &Whole) -> Source {
    let last = whole.facts.last().expect("facts").id.into();
    Source { site: whole.site.name.clone(), made: whole.now.wall, last, head: "c0ffee".repeat(10) }
}

fn made(whole: &Whole, name: Name) -> Document {
    let mut report = Report::begin(name, Wall(BEGIN), Wall(BEGIN + 3_600_000_000), None);
    whole.facts.iter().for_each(|fact| report.note(fact));
    report.finish().expect("there is an incident")
}

fn manner(language: Language) -> Manner {
    Manner { language, zone: TimeZone::get("Asia/Shanghai").expect("a zone") }
}

fn written(report: &Document, source: &Source, format: Format, language: Language) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sheets = format.writer(&mut out, manner(language)).expect("begins");
    export::document(&mut *sheets, report, source).expect("is written");
    drop(sheets);
    out
}

#[test]
fn every_report_of_a_story_is_golden_in_both_languages() {
    let whole = lived();
    let source = source(&whole);
    let print = std::env::var_os("PRINT").map(PathBuf::from);
    for name in Name::ALL {
        let report = made(&whole, name);
        for (word, language) in [("zh", Language::Zh), ("en", Language::En)] {
            let csv = String::from_utf8(written(&report, &source, Format::Csv, language)).expect("is text");
            golden::check(&folder().join(format!("{}.{word}.csv", name.as_str())), &csv);
            let page = report_page(&report, &source, &manner(language));
            assert!(page.contains(&source.head) && page.contains(source.site.get(language)), "{}", name.as_str());
            if let Some(print) = &print {
                std::fs::write(print.join(format!("{}.{word}.html", name.as_str())), page).expect("is written");
            }
        }
        let json: serde_json::Value =
            serde_json::from_slice(&written(&report, &source, Format::Json, Language::En)).expect("is JSON");
        for table in &report.tables {
            let rows = json[table.head.key].as_array().expect("a list of rows");
            assert_eq!(rows.len(), table.rows.len(), "{} {}", name.as_str(), table.head.key);
        }
    }
}

/// A report of some of the facts.
fn of(facts: &[Fact], name: Name, from: Wall, to: Wall) -> Document {
    let mut report = Report::begin(name, from, to, None);
    facts.iter().for_each(|fact| report.note(fact));
    report.finish().expect("is no incident report")
}

#[test]
fn marks_leave_out_nothing_that_a_report_needs() {
    let mut facts = lived().facts;
    // A clock that was set back by ten minutes in the middle, and forward again.
    let half = facts.len() / 2;
    facts[half..].iter_mut().for_each(|fact| fact.at = Wall(fact.at.0 - 600_000_000));
    let many = facts.len();
    facts[many - 20..].iter_mut().for_each(|fact| fact.at = Wall(fact.at.0 + 600_000_000));
    let mut shorter = 0;
    for size in [1, 7, 64] {
        let mut marks = Marks::of(size);
        facts.iter().for_each(|fact| marks.note(fact));
        for minute in -12..8 {
            for lasts in [1, 3] {
                let from = Wall(BEGIN + minute * 60_000_000);
                let to = Wall(from.0 + lasts * 60_000_000);
                let (after, upto) = marks.span(from, to);
                let needed: Vec<Fact> =
                    facts.iter().filter(|fact| fact.id.seq > after && fact.id.seq <= upto).cloned().collect();
                shorter += usize::from(needed.len() < many);
                for name in [Name::Daily, Name::Faults, Name::Isolations] {
                    let said = format!("{} {minute} {lasts} of {size}", name.as_str());
                    assert!(of(&needed, name, from, to) == of(&facts, name, from, to), "{said}");
                }
            }
        }
    }
    assert!(shorter > 40, "marks spare reading: {shorter}");
}

/// The python that has what tests/prerequisites.sh installs.
fn python() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python3");
    if own.exists() { own } else { "python3".into() }
}

#[test]
fn readers_that_are_not_ours_find_typed_cells_and_no_formula() {
    let whole = lived();
    let source = source(&whole);
    let folder = tempfile::tempdir().expect("a folder");
    for name in [Name::Isolations, Name::Incident] {
        let report = made(&whole, name);
        for format in [Format::Xlsx, Format::Csv] {
            let path = folder.path().join(format!("{}.{}", name.as_str(), format.as_str()));
            std::fs::write(path, written(&report, &source, format, Language::En)).expect("is written");
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requirements/reports/read.py");
    let said = std::process::Command::new(python()).arg(script).arg(folder.path()).output().expect("python runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}
