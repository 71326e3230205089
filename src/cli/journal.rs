//! `tocsin journal`: whether the record is whole, copies of it, what was decided, and its oldest part out of it.
//!
//! Takes: a state directory, also of a gateway that runs.
//! Gives: each verb in a room of its own; here `verify`.
//! Never: changes a fact.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};

use super::journal_export::{self, ExportArgs};
use super::journal_replay::{self, ReplayArgs};
use super::journal_retire::{self, RetireArgs};
use crate::edge::journal::{self, JournalError};

/// The journal of a site.
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: JournalVerb,
}

/// What can be done with a journal.
#[derive(Debug, Subcommand)]
pub enum JournalVerb {
    /// Check every fact and the hash chain from the first to the last
    Verify {
        /// State directory
        #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
        state: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Copy facts out: as stored, one JSON line each, or as a table; the copy is itself recorded
    Export(ExportArgs),
    /// Play an incident again: decide it anew from what the engine was told, also by other rules, and compare
    Replay(ReplayArgs),
    /// Take the oldest facts out into a sealed archive, as far as the site's rule lets a manager
    Retire(RetireArgs),
}

/// Runs the subcommand and prints to `out`; what is not part of the answer goes to `err`. Gives the exit code.
///
/// # Errors
/// The journal cannot be read or is broken; the message names the file and the place. Exit code 1.
pub fn run(args: &JournalArgs, out: &mut (impl Write + Send), err: &mut impl Write) -> Result<u8> {
    let done = match &args.verb {
        JournalVerb::Verify { state, json } => verify(state, *json, out),
        JournalVerb::Export(args) => journal_export::run(args, out, err),
        JournalVerb::Replay(args) => return journal_replay::run(args, out, err),
        JournalVerb::Retire(args) => journal_retire::run(args, out),
    };
    done.map(|()| 0)
}

fn verify(state: &Path, json: bool, out: &mut impl Write) -> Result<()> {
    let found = journal::verify(state);
    let line = match &found {
        Ok(found) if json => {
            let last = found.last;
            let checkpoint = &found.checkpoint;
            serde_json::json!({
                "facts": found.facts, "epoch": last.epoch, "seq": last.seq, "head": found.head, "checkpoint": checkpoint,
            })
            .to_string()
        }
        Ok(found) => {
            let begins = found.checkpoint.as_ref().map(|checkpoint| {
                format!("; begins at a checkpoint after fact {}, signed by ed25519 {}", checkpoint.seq, checkpoint.key)
            });
            format!(
                "{} facts, unbroken; the last is {}-{}, head {}{}",
                found.facts,
                found.last.epoch,
                found.last.seq,
                found.head,
                begins.unwrap_or_default()
            )
        }
        Err(JournalError::Broken { seq, reason, good, .. }) if json => {
            let good = good.as_ref().map(|(seq, head)| serde_json::json!({ "seq": seq, "head": head }));
            serde_json::json!({ "broken": { "seq": seq, "reason": reason }, "good": good }).to_string()
        }
        Err(_) => String::new(),
    };
    if !line.is_empty() {
        writeln!(out, "{line}")?;
    }
    Ok(found.map(drop)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::journal::Journal;
    use crate::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind};
    use crate::engine::base::{Now, Wall};

    #[derive(Debug, clap::Parser)]
    struct Program {
        #[command(flatten)]
        journal: JournalArgs,
    }

    fn print(line: &[&str]) -> String {
        let program = <Program as clap::Parser>::try_parse_from(line).expect("parses");
        let mut out = Vec::new();
        run(&program.journal, &mut out, &mut Vec::new()).expect("runs");
        String::from_utf8(out).expect("is text")
    }

    fn recorded(dir: &Path, facts: &[FactKind]) {
        let opened = Journal::open(dir, Now::default()).expect("opens");
        let fact = |(kind, seq): (&FactKind, u64)| {
            let id = FactId { epoch: 1, seq };
            Fact { v: FACT_VERSION, id, at: Wall(17), by: None, key: None, kind: kind.clone() }
        };
        opened.journal.submit(facts.iter().zip(1..).map(fact).collect());
    }

    #[test]
    fn verify_and_export_print_what_stands_there() {
        let dir = tempfile::tempdir().expect("a directory");
        let state = dir.path().to_str().expect("a plain path");
        recorded(dir.path(), &[FactKind::ClockStepped { by_us: -5 }, FactKind::ClockStepped { by_us: -5 }]);
        let text = print(&["tocsin", "verify", "--state", state]);
        assert!(text.starts_with("2 facts, unbroken; the last is 1-2, head "), "{text}");
        let json: serde_json::Value =
            serde_json::from_str(&print(&["tocsin", "verify", "--json", "--state", state])).expect("is JSON");
        assert_eq!((json["facts"].as_u64(), json["head"].as_str().map(str::len)), (Some(2), Some(64)));
        let line = |epoch, seq| {
            format!(
                "{{\"v\":{FACT_VERSION},\"epoch\":{epoch},\"seq\":{seq},\"at\":17,\"kind\":\"clock-stepped\",\"by_us\":-5}}\n"
            )
        };
        assert_eq!(print(&["tocsin", "export", "--state", state, "--after", "1"]), line(1, 2));
        // The copy is in the record of the next one.
        let said = print(&["tocsin", "export", "--state", state, "--kind", "records-exported"]);
        assert!(said.contains(r#""seq":3"#) && said.contains(r#""scope":"2 to 2""#), "{said}");
    }

    #[test]
    fn a_table_has_both_languages_and_no_formula() {
        let dir = tempfile::tempdir().expect("a directory");
        let (state, file) = (dir.path().to_str().expect("a plain path"), dir.path().join("copy.csv.gz"));
        let isolated = r#"{"kind":"isolated","point":"panel-1/l2-d17","name":{"zh":"感烟","en":"Smoke"},
            "place":{"building":"2","text":{"zh":"四层","en":"Floor 4"}},"reason":"=HYPERLINK(1)",
            "review":{"start":0,"elapsed":0,"length":1}}"#;
        let isolated: FactKind = serde_json::from_str(isolated).unwrap_or(FactKind::IncidentOpened {});
        recorded(dir.path(), &[FactKind::IncidentOpened {}, isolated]);
        assert_eq!(print(&["tocsin", "export", "--state", state, "--out", file.to_str().expect("a plain path")]), "");
        let mut text = String::new();
        let packed = std::fs::File::open(&file).expect("is there");
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed), &mut text).expect("is whole");
        assert!(text.starts_with("\u{feff}序号 seq,"), "{text}");
        assert!(text.contains("incident-opened,") && text.lines().count() == 3, "{text}");
        let left: Vec<_> =
            std::fs::read_dir(dir.path()).expect("reads").flatten().map(|entry| entry.file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().contains("part")), "{left:?}");
    }
}
