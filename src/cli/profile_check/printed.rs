//! A profile whose devices report by themselves: its cases through the real cutter, reader and listener.
//!
//! Takes: a profile that speaks text or GB/T 26875.3, and its cases.
//! Gives: a line for each case, every difference with its place, patterns and alarms that no case uses, and the golden
//! list of records.
//! Never: reads a record in another way than on site.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use encoding_rs::GB18030;

use super::trial;
use super::{Checked, Verdict};
use crate::config::cases::{Case, Given, Piece};
use crate::edge::gbt26875::cutter::Cutter as Frames;
use crate::edge::gbt26875::frame::Dialect;
use crate::edge::gbt26875::source::{Settings, Stations};
use crate::engine::base::{Category, Mono, Now, Text, Wall};
use crate::engine::class::Classes;
use crate::engine::panel::{Cutter, Printer, Reader};
use crate::engine::poll::{Report, Said};
use crate::engine::profile::{Grammar, Profile, TextEncoding};
use crate::engine::site::Site;

/// The golden list of records within a profile's folder.
const RECORDS: &str = "expected/records.txt";

/// Checks every case of `profile`, whose grammar is `grammar`; without one it speaks GB/T 26875.3.
pub fn check(
    checked: &mut Checked,
    folder: &Path,
    subject: (&Arc<Profile>, &Arc<Classes>),
    grammar: Option<&Grammar>,
    cases: &[Case],
    update: bool,
) {
    let (profile, classes) = subject;
    let (mut records, mut used, mut raised) = (String::new(), BTreeSet::new(), BTreeSet::new());
    for case in cases {
        let site = match trial::site(profile, classes, &case.elements) {
            Ok(site) => Arc::new(site),
            Err(problems) => return checked.broken(&problems),
        };
        let Given::Printed(pieces) = &case.given else {
            let message =
                format!("cases/{}.toml: what reports by itself has no registers: [given] printed = […]", case.name);
            return checked.worsen(Verdict::Broken, [message]);
        };
        let bytes = bytes(pieces, grammar.map_or(TextEncoding::Ascii, |grammar| grammar.encoding));
        let report = if grammar.is_some() { printed(&site, &bytes) } else { reported(&site, &bytes) };
        let outcome = outcome(&site, report, grammar.is_some());
        for line in &outcome.lines {
            records.push_str(&format!("{}: {line}\n", case.name));
        }
        used.extend(grammar.map(|grammar| patterns(grammar, &bytes)).unwrap_or_default());
        raised.extend(outcome.said.iter().filter(|said| said.contains(':')).cloned());
        let differences = differences(case, &outcome);
        let word = if differences.is_empty() { "ok  " } else { "FAIL" };
        checked.lines.push(format!("{word} {}: {}", case.name, case.story));
        checked.worsen(Verdict::Differs, differences);
    }
    checked.worsen(Verdict::Differs, gaps(profile, grammar, &used, &raised));
    golden(checked, folder, &records, update);
}

/// What came of a case.
#[derive(Debug, Default)]
struct Outcome {
    /// What each record said.
    said: Vec<String>,
    /// The same with the record's time and words.
    lines: Vec<String>,
    /// The conditions that hold at the end.
    active: BTreeSet<String>,
}

fn at(seconds: u64) -> Now {
    Now { mono: Mono(0).after(Duration::from_secs(seconds)), wall: Wall(0) }
}

/// What the frames on one connection say. The device's source address is 0.
fn reported(site: &Arc<Site>, bytes: &[u8]) -> Report {
    let settings = Settings { dialect: Dialect::default(), silent_after: Duration::from_secs(86_400) };
    let mut stations = Stations::new(Arc::clone(site), 0, settings, at(0));
    let mut report = stations.link(true, Text::default(), at(0));
    for cut in Frames::new(settings.dialect).push(bytes) {
        report.append(stations.received(1, cut, at(1)).report);
    }
    report.append(stations.tick(at(200)).report);
    report
}

fn printed(site: &Arc<Site>, bytes: &[u8]) -> Report {
    let mut printer = Printer::new(Arc::clone(site), 0, at(0));
    printer.link(true, Text::default(), at(0));
    let mut report = printer.take(bytes, at(1));
    // Longer than any pause of a grammar, and than the wait of a flood that was collected.
    report.append(printer.tick(at(200)));
    report
}

/// What the records of a report leave. A status says of every condition whether it holds: unless `all` are wanted, the
/// end of what never began is passed over.
fn outcome(site: &Arc<Site>, report: Report, all: bool) -> Outcome {
    let mut outcome = Outcome::default();
    for record in report.records {
        let begins = !matches!(record.said, Said::Listed { active: false, .. } | Said::Unlisted { active: false, .. });
        let before = outcome.active.len();
        let told = match &record.said {
            Said::Listed { rule, active } => {
                let condition = site.rules.get(*rule as usize).map(|rule| trial::segment(&rule.condition));
                outcome.note(condition.unwrap_or_default(), *active)
            }
            Said::Unlisted { segment, category, active, .. } => {
                outcome.note(format!("{segment}:{}", category.as_str()), *active)
            }
            Said::Reset => {
                let disabled = format!(":{}", Category::Disabled.as_str());
                outcome.active.retain(|condition| condition.ends_with(&disabled));
                "reset".to_owned()
            }
            Said::Operation { .. } => "operation".to_owned(),
            // A device that reports by itself has no memory that could be asked for.
            Said::Remembered { .. } | Said::Forgotten { .. } => continue,
            Said::Unread => "unread".to_owned(),
        };
        if !all && !begins && outcome.active.len() == before {
            continue;
        }
        let time = record.device_time.as_deref().unwrap_or("no time");
        outcome.lines.push(format!("{told} | {time} | {}", record.words));
        outcome.said.push(told);
    }
    outcome
}

impl Outcome {
    fn note(&mut self, condition: String, active: bool) -> String {
        if active {
            self.active.insert(condition.clone());
            condition
        } else {
            self.active.remove(&condition);
            format!("{condition} over")
        }
    }
}

fn bytes(pieces: &[Piece], encoding: TextEncoding) -> Vec<u8> {
    let of = |piece: &Piece| match (piece, encoding) {
        (Piece::Bytes(bytes), _) => bytes.clone(),
        (Piece::Text(text), TextEncoding::Ascii) => text.as_bytes().to_vec(),
        (Piece::Text(text), TextEncoding::Gb18030) => GB18030.encode(text).0.into_owned(),
    };
    pieces.iter().flat_map(of).collect()
}

/// The patterns that any record of the case fits.
fn patterns(grammar: &Grammar, bytes: &[u8]) -> Vec<String> {
    let (mut cutter, reader) = (Cutter::new(grammar), Reader::new(grammar));
    let mut cuts = cutter.take(bytes, Mono(0));
    cuts.extend(cutter.flush());
    cuts.iter().filter_map(|cut| reader.pattern(cut)).map(str::to_owned).collect()
}

fn differences(case: &Case, outcome: &Outcome) -> Vec<String> {
    let line = |spot: &crate::config::problem::Spot| format!("{}:{}", spot.file, spot.line.max(1));
    let mut said = Vec::new();
    for (number, expected) in case.said.iter().enumerate() {
        match outcome.said.get(number) {
            Some(found) if *found == expected.text => {}
            Some(found) => {
                let found = format!("record {} says \"{found}\", expected \"{}\"", number + 1, expected.text);
                said.push(format!("{}: {found}", line(&expected.spot)));
            }
            None => said.push(format!("{}: no record says \"{}\"", line(&expected.spot), expected.text)),
        }
    }
    for (number, found) in outcome.said.iter().enumerate().skip(case.said.len()) {
        said.push(format!("{}: record {} says \"{found}\" and is not expected", line(&case.said_spot), number + 1));
    }
    let wanted: BTreeSet<&str> = case.active.iter().map(|active| active.condition.as_str()).collect();
    for active in case.active.iter().filter(|active| !outcome.active.contains(&active.condition)) {
        said.push(format!("{}: \"{}\" is not active", line(&active.spot), active.condition));
    }
    for active in outcome.active.iter().filter(|active| !wanted.contains(active.as_str())) {
        said.push(format!("{}: \"{active}\" is active and not expected", line(&case.active_spot)));
    }
    said
}

/// What the cases leave out.
fn gaps(
    profile: &Profile,
    grammar: Option<&Grammar>,
    used: &BTreeSet<String>,
    raised: &BTreeSet<String>,
) -> Vec<String> {
    let mut said = Vec::new();
    let patterns = grammar.map(|grammar| grammar.patterns.as_slice()).unwrap_or_default();
    for pattern in patterns.iter().filter(|pattern| !used.contains(&pattern.key)) {
        said.push(format!("cases: no record fits the pattern \"{}\"", pattern.key));
    }
    for alarm in &profile.alarms {
        let condition = format!("{}:{}", alarm.key, alarm.category.as_str());
        if !raised.contains(&condition) {
            said.push(format!("cases: no case raises \"{condition}\""));
        }
    }
    for array in &profile.arrays {
        for alarm in &array.alarms {
            let suffix = format!(":{}", alarm.category.as_str());
            if !raised.iter().any(|condition| condition.ends_with(&suffix)) {
                said.push(format!("cases: no case raises \"{}\" of any {}", alarm.category.as_str(), array.key));
            }
        }
    }
    said
}

fn golden(checked: &mut Checked, folder: &Path, records: &str, update: bool) {
    let path = folder.join(RECORDS);
    if update {
        let parent = path.parent().unwrap_or(folder);
        let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, records));
        return checked.worsen(Verdict::Broken, written.err().map(|error| format!("{RECORDS}: {error}")));
    }
    match std::fs::read_to_string(&path) {
        Ok(expected) if expected == records => {
            checked.lines.push(format!("ok   {} records as expected", records.lines().count()));
        }
        Ok(expected) => {
            let lines = expected.lines().zip(records.lines()).enumerate().find(|(_, (before, now))| before != now);
            let line = lines.map_or(1 + expected.lines().count().min(records.lines().count()), |(at, _)| at + 1);
            let found = records.lines().nth(line - 1).unwrap_or("nothing");
            checked.worsen(Verdict::Differs, [format!("{RECORDS}:{line}: now \"{found}\"")]);
        }
        Err(error) => {
            let hint = "write it with: tocsin profile check --update";
            checked.worsen(Verdict::Differs, [format!("{RECORDS}: {error}; {hint}")]);
        }
    }
}
