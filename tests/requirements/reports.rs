//! The reports of a story, as people read them in both languages and as programs do: golden files beside the story.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use tocsin::edge::export::{self, Format, Manner};
use tocsin::edge::search::Index;
use tocsin::edge::web::report_page;
use tocsin::engine::alarm::{Fact, FactKind};
use tocsin::engine::base::{EventId, Language, Wall};
use tocsin::engine::report::{Document, Name, Report, Source};
use tocsin::live::{Excerpt, Search};
use tokio_util::sync::CancellationToken;

use crate::support::golden;
use crate::support::whole::{BEGIN, Whole};
use crate::web::Facts;
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

/// An index of these facts, with so many in a block.
fn indexed(facts: &[Fact], block: u64) -> (Index, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::in_blocks(folder.path(), block);
    let last = facts.last().expect("facts").id.seq;
    // Without a sender it ends when it has taken in what there is.
    let (_, committed) = tokio::sync::watch::channel(last);
    let following = index.clone().follow(Arc::new(Facts(facts.to_vec())), committed, CancellationToken::new());
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(following);
    assert_eq!(index.reach(last, Duration::ZERO), last);
    (index, folder)
}

/// The facts of an excerpt, in its order.
fn excerpted(facts: &[Fact], excerpt: &Excerpt) -> Vec<Fact> {
    let one_of = |seqs: &[u64], fact: &&Fact| seqs.contains(&fact.id.seq);
    let before = facts.iter().filter(|fact| one_of(&excerpt.before, fact));
    let within = facts.iter().filter(|fact| fact.id.seq > excerpt.after && fact.id.seq <= excerpt.upto);
    let later = facts.iter().filter(|fact| one_of(&excerpt.later, fact));
    assert_eq!(excerpt.known, facts.last().expect("facts").id.seq);
    before.chain(within).chain(later).cloned().collect()
}

#[test]
fn an_excerpt_leaves_out_nothing_that_a_report_needs() {
    let mut facts = lived().facts;
    // A clock that was set back by ten minutes in the middle, and forward again.
    let half = facts.len() / 2;
    facts[half..].iter_mut().for_each(|fact| fact.at = Wall(fact.at.0 - 600_000_000));
    let many = facts.len();
    facts[many - 20..].iter_mut().for_each(|fact| fact.at = Wall(fact.at.0 + 600_000_000));
    let mut shorter = 0;
    for size in [1, 7, 64] {
        let (index, _folder) = indexed(&facts, size);
        for minute in -12..8 {
            for lasts in [1, 3] {
                let from = Wall(BEGIN + minute * 60_000_000);
                let to = Wall(from.0 + lasts * 60_000_000);
                let excerpt = index.excerpt(from, to).expect("an excerpt");
                let needed = excerpted(&facts, &excerpt);
                assert!(excerpt.before.iter().all(|seq| *seq <= excerpt.after), "{excerpt:?}");
                shorter += usize::from(needed.len() < many);
                for name in [Name::Daily, Name::Faults, Name::Isolations] {
                    let said = format!("{} {minute} {lasts} of {size}", name.as_str());
                    assert!(of(&needed, name, from, to) == of(&facts, name, from, to), "{said}");
                }
            }
        }
    }
    assert!(shorter > 40, "an excerpt spares reading: {shorter}");
}

#[test]
fn an_incident_is_told_by_its_own_stretch_and_by_what_became_of_its_alarms() {
    let whole = lived();
    let mut facts = whole.facts.clone();
    let opened = facts.iter().find(|fact| matches!(fact.kind, FactKind::IncidentOpened {})).expect("an incident");
    let id = EventId::from(opened.id);
    // Much that has nothing to do with it follows.
    for _ in 0..200 {
        let mut fact = facts.last().expect("facts").clone();
        fact.id.seq += 1;
        fact.kind = FactKind::Configured { config: "ab".into() };
        facts.push(fact);
    }
    let (index, _folder) = indexed(&facts, 512);
    let needed = excerpted(&facts, &index.incident(id.seq).expect("an excerpt"));
    assert!(needed.len() + 200 <= facts.len(), "{} of {}", needed.len(), facts.len());
    let told = |facts: &[Fact]| {
        let mut report = Report::begin(Name::Incident, Wall(0), Wall(i64::MAX), Some(id));
        facts.iter().for_each(|fact| report.note(fact));
        report.finish().expect("the incident")
    };
    assert!(told(&needed) == told(&facts), "nothing of it is left out");
    let nothing = index.incident(id.seq + 1).expect("an excerpt");
    assert!(excerpted(&facts, &nothing).is_empty(), "{nothing:?}");
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
