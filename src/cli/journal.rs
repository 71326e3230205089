//! `tocsin journal verify` and `tocsin journal export`.
//!
//! Takes: a state directory, also of a gateway that runs.
//! Gives: what stands in the journal, or the first place where it is broken.
//! Never: writes.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

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
    /// Print every fact as one JSON line, exactly as stored
    Export {
        /// State directory
        #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
        state: PathBuf,
        /// Only facts after this sequence number
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: u64,
    },
}

/// Runs the subcommand and prints to `out`.
///
/// # Errors
/// The journal cannot be read or is broken; the message names the file and the place. Exit code 1.
pub fn run(args: &JournalArgs, out: &mut impl Write) -> Result<(), JournalError> {
    match &args.verb {
        JournalVerb::Verify { state, json } => verify(state, *json, out),
        JournalVerb::Export { state, after } => journal::export(state, *after, out).map(drop),
    }
}

fn verify(state: &Path, json: bool, out: &mut impl Write) -> Result<(), JournalError> {
    let found = journal::verify(state)?;
    let line = if json {
        serde_json::json!({ "facts": found.facts, "epoch": found.last.epoch, "seq": found.last.seq, "head": found.head })
            .to_string()
    } else {
        format!(
            "{} facts, unbroken; the last is {}-{}, head {}",
            found.facts, found.last.epoch, found.last.seq, found.head
        )
    };
    writeln!(out, "{line}").map_err(|source| JournalError::Io { path: "output".into(), source })
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
        run(&program.journal, &mut out).expect("runs");
        String::from_utf8(out).expect("is text")
    }

    #[test]
    fn verify_and_export_print_what_stands_there() {
        let dir = tempfile::tempdir().expect("a directory");
        let opened = Journal::open(dir.path(), Now::default()).expect("opens");
        let fact = |seq| {
            let kind = FactKind::ClockStepped { by_us: -5 };
            Fact { v: FACT_VERSION, id: FactId { epoch: 1, seq }, at: Wall(17), by: None, key: None, kind }
        };
        opened.journal.submit(vec![fact(1), fact(2)]);
        drop(opened);
        let state = dir.path().to_str().expect("a plain path");
        let text = print(&["tocsin", "verify", "--state", state]);
        assert!(text.starts_with("2 facts, unbroken; the last is 1-2, head "), "{text}");
        let json: serde_json::Value =
            serde_json::from_str(&print(&["tocsin", "verify", "--json", "--state", state])).expect("is JSON");
        assert_eq!((json["facts"].as_u64(), json["head"].as_str().map(str::len)), (Some(2), Some(64)));
        assert_eq!(
            print(&["tocsin", "export", "--state", state, "--after", "1"]),
            format!(
                "{{\"v\":{FACT_VERSION},\"epoch\":1,\"seq\":2,\"at\":17,\"kind\":\"clock-stepped\",\"by_us\":-5}}\n"
            )
        );
    }
}
