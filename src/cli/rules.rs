//! `tocsin rules explain`, `tocsin rules import`, and the way to `tocsin rules test`.
//!
//! Takes: a configuration; for an import the formulas of a panel.
//! Gives: what linkages and formulas say in words, and linkages made of formulas.
//! Never: half a file: a list with one line that cannot be taken gives no linkage at all.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::rules_args::{Reading, Where, bytes, name, site, tell};
use super::{rules_explain, rules_test};
use crate::config::formula::{self, Options};
use crate::engine::site::Mode;

/// Linkages and panel formulas.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: RulesVerb,
}

/// What can be done with rules.
#[derive(Debug, Subcommand)]
pub enum RulesVerb {
    /// Say in words what linkages or panel formulas do
    Explain(rules_explain::ExplainArgs),
    /// Turn a list of panel formulas into linkages
    Import(ImportArgs),
    /// Run the tests of a site's rules over the real engine, without a field
    Test(rules_test::TestArgs),
}

/// Turn a list of panel formulas into linkages.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The list: one formula a line
    #[arg(value_name = "LIST")]
    pub list: PathBuf,
    /// Id of the panel whose formulas they are
    #[arg(long, value_name = "ID")]
    pub panel: String,
    /// Who acts: the panel, a person, Tocsin
    #[arg(long, value_name = "WHO", default_value = "monitor")]
    pub mode: Acts,
    /// How they are read.
    #[command(flatten)]
    pub reading: Reading,
    /// Write them to this file, which must not exist yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Where the site is.
    #[command(flatten)]
    pub site: Where,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Acts {
    /// The panel: each feedback is verified
    Monitor,
    /// A person: every action is proposed
    Manual,
    /// Tocsin
    Auto,
}

/// Runs the subcommand; problems go to `err`, the rest to `out`. Gives the exit code: 0, 1 when something was not found
/// or does not follow, 2 when a file is refused.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &RulesArgs, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    match &args.verb {
        RulesVerb::Explain(args) => rules_explain::run(args, out, err),
        RulesVerb::Import(args) => import(args, out, err),
        RulesVerb::Test(args) => rules_test::run(args, out, err),
    }
}

fn import(args: &ImportArgs, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let Some((site, _)) = site(&args.site, err)? else { return Ok(2) };
    let Some(floors) = args.reading.floors(err)? else { return Ok(2) };
    let Some(list) = bytes(&args.list, err)? else { return Ok(2) };
    let Ok(text) = String::from_utf8(list) else {
        writeln!(err, "{}: is not UTF-8 text; save it as UTF-8", name(&args.list))?;
        return Ok(2);
    };
    let mode = match args.mode {
        Acts::Monitor => Mode::Monitor,
        Acts::Manual => Mode::Manual,
        Acts::Auto => Mode::Auto,
    };
    let options = Options { panel: args.panel.clone(), mode, precedence: args.reading.precedence(), floors };
    let file = match formula::import(&name(&args.list), &text, &site, &options) {
        Ok(file) => file,
        Err(problems) => {
            tell(&problems, err)?;
            writeln!(err, "refused: {} findings, nothing was written", problems.len())?;
            return Ok(2);
        }
    };
    match &args.out {
        None => out.write_all(file.as_bytes())?,
        Some(path) => {
            if let Err(error) = fs::File::create_new(path).and_then(|mut new| new.write_all(file.as_bytes())) {
                writeln!(err, "{} cannot be written: {error}", path.display())?;
                return Ok(1);
            }
            writeln!(out, "{} linkages in {}", file.matches("[[linkage]]").count(), path.display())?;
        }
    }
    Ok(0)
}
