//! `tocsin rules test`: the tests of a site's rules, run over the real engine in simulated time, without a field.
//!
//! Takes: `rules-tests/*.toml` of the site, and `[[test]]` in its own files.
//! Gives: each test with pass or its first difference; a linkage that no test ever meets is named.
//! Never: touches a bus, the journal, or the clock.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::rules_args::{self, Where};
use crate::sim::rehearsal::{check, read};

/// Run the tests of a site's rules.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Only tests whose name holds this
    #[arg(value_name = "TEXT")]
    pub only: Option<String>,
    /// Print one JSON array
    #[arg(long)]
    pub json: bool,
    /// Where the site is.
    #[command(flatten)]
    pub site: Where,
}

/// Runs them. Gives the exit code: 0, 1 when a test comes out differently, 2 when something is refused or there is none.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &TestArgs, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let Some((site, folder)) = rules_args::site(&args.site, err)? else { return Ok(2) };
    let tests = match read::tests(&folder, &site) {
        Ok(tests) => tests,
        Err(problems) => {
            rules_args::tell(&problems, err)?;
            return Ok(2);
        }
    };
    let site = Arc::new(site);
    let (mut failed, mut ran, mut values) = (0usize, 0usize, Vec::new());
    let mut shown = BTreeSet::new();
    for test in tests.iter().filter(|test| args.only.as_ref().is_none_or(|text| test.name.contains(text))) {
        ran += 1;
        let outcome = check::run(test, &site);
        shown.extend(test.then.iter().filter_map(read::Expect::meets));
        let line = match &outcome {
            Ok(()) => format!("ok    {}", test.name),
            Err(difference) => format!("FAIL  {}\n      {}: {}", test.name, difference.spot, difference.message),
        };
        failed += usize::from(outcome.is_err());
        if args.json {
            let why = outcome.err().map(|found| json!({ "at": found.spot.to_string(), "message": found.message }));
            values.push(json!({ "test": test.name, "ok": why.is_none(), "difference": why }));
        } else {
            writeln!(out, "{line}")?;
        }
    }
    if ran == 0 {
        writeln!(err, "there is no test; write [[test]] in rules-tests/*.toml of the site")?;
        return Ok(2);
    }
    if args.json {
        writeln!(out, "{}", serde_json::Value::Array(values))?;
        return Ok(u8::from(failed > 0));
    }
    let untested = site.linkages.iter().map(|linkage| linkage.id.split('[').next().unwrap_or(&linkage.id));
    let untested: BTreeSet<&str> = untested.filter(|id| !shown.contains(*id)).collect();
    if !untested.is_empty() && args.only.is_none() {
        let names: Vec<&str> = untested.into_iter().collect();
        writeln!(out, "no test shows: {}", names.join(", "))?;
    }
    writeln!(out, "{ran} tests, {failed} failed")?;
    Ok(u8::from(failed > 0))
}
