//! `tocsin profile new ID`: a profile from a list of registers, or from the answers to questions.
//!
//! Takes: a CSV file with a flexible head, or answers on standard input.
//! Gives: a folder with `profile.toml`, cases and the request plan, that passes `tocsin profile check`.
//! Never: a folder that was there before; a profile whose rows were not checked.

mod questions;
mod resting;

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use self::questions::Questions;
use super::profile_check::{self, Verdict};
use super::{case_text, probe::record};
use crate::config::draft::{self, Draft};
use crate::config::{class, profile};
use crate::engine::base::is_segment;
use crate::engine::profile::Profile;

/// What to make.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Id of the profile, which is the name of its folder: maker and model, small letters, `-` between words
    pub id: String,
    /// List of registers; columns: name, address, table, type, order, bit, bits, scale, offset, unit, min, max, absent,
    /// poll, states, alarm, zh, en (many other names of them are known). Without it, questions are asked
    #[arg(long, value_name = "FILE")]
    pub from_csv: Option<PathBuf>,
    /// Addresses in the list count from 1, and 40001 is the first holding register
    #[arg(long, requires = "from_csv")]
    pub one_based: bool,
    /// Maker, spelt as the maker spells it
    #[arg(long, value_name = "TEXT")]
    pub vendor: Option<String>,
    /// Model or family
    #[arg(long, value_name = "TEXT")]
    pub model: Option<String>,
    /// Kind of equipment: panel, generator, meter, fire-pump, …
    #[arg(long, value_name = "WORD")]
    pub class: Option<String>,
    /// Document, revision and pages the rows were taken from
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// Unit id the maker ships
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    pub unit: Option<u8>,
    /// Folder of profiles it is made in
    #[arg(long, value_name = "DIR", default_value = "device-profiles")]
    pub into: PathBuf,
}

/// Makes the profile. What a person reads goes to `out`, questions and what is wrong to `err`. Gives the exit code: 0, 1
/// when the profile was made but its check has something to say, 2 when it was not made.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &NewArgs, input: &mut dyn BufRead, out: &mut impl Write, err: &mut dyn Write) -> io::Result<u8> {
    let folder = args.into.join(&args.id);
    let made = refuse(args, &folder).and_then(|()| drafted(args, input, err)).and_then(|draft| {
        let profile = draft.check(&args.id).map_err(lines)?;
        create(&folder, &draft, profile)
    });
    let files = match made {
        Ok(files) => files,
        Err(lines) => {
            for line in lines {
                writeln!(err, "{line}")?;
            }
            return Ok(2);
        }
    };
    profile_check::check(&folder, true);
    let checked = profile_check::check(&folder, false);
    if checked.verdict != Verdict::Fine {
        for line in checked.lines {
            writeln!(err, "{line}")?;
        }
        return Ok(1);
    }
    let shown = folder.display();
    writeln!(out, "{shown}: {}, {}", files.join(", "), profile_check::PLAN)?;
    writeln!(out, "it passes: tocsin profile check {shown}")?;
    let flag = if args.into == Path::new("device-profiles") {
        String::new()
    } else {
        format!(" --profiles {}", args.into.display())
    };
    writeln!(out, "try it on the device: tocsin profile try {}{flag} --tcp HOST:PORT --unit N", args.id)?;
    Ok(0)
}

fn refuse(args: &NewArgs, folder: &Path) -> Result<(), Vec<String>> {
    if !is_segment(&args.id) {
        return Err(vec![format!("\"{}\" is no id of a profile; a-z 0-9 _ . -, such as acme-gc4", args.id)]);
    }
    if folder.exists() {
        return Err(vec![format!("{}: is there already; it is not overwritten", folder.display())]);
    }
    Ok(())
}

fn drafted(args: &NewArgs, input: &mut dyn BufRead, err: &mut dyn Write) -> Result<Draft, Vec<String>> {
    let mut questions = Questions::new(input, err);
    let mut draft = Draft::default();
    let csv = match &args.from_csv {
        Some(path) => {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let bytes = std::fs::read(path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
            draft.rows = draft::read(&name, &bytes, args.one_based).map_err(lines)?;
            Some(name)
        }
        None => None,
    };
    let told = |given: &Option<String>| given.clone().filter(|text| !text.trim().is_empty());
    draft.device = draft::Device {
        vendor: questions.text("maker", "Acme", told(&args.vendor))?,
        model: questions.text("model", "GC-4", told(&args.model))?,
        class: questions.class(told(&args.class))?,
        source: questions.text(
            "source of the rows",
            "Acme manual, revision 3, pages 40-52",
            told(&args.source).or(csv),
        )?,
        unit: args.unit,
    };
    if args.from_csv.is_none() {
        questions.points(&mut draft)?;
    }
    Ok(draft)
}

/// Writes the folder; gives the names of its files.
fn create(folder: &Path, draft: &Draft, profile: Profile) -> Result<Vec<&'static str>, Vec<String>> {
    let alarms = !profile.alarms.is_empty();
    let profile = Arc::new(profile);
    let case = |story: &str, active: bool| {
        let registers = resting::registers(&profile, active);
        case_text::text(story, &profile, &class::shipped(), &[], &registers, &BTreeSet::new()).map_err(lines)
    };
    let mut files = vec![
        (profile::FILE, draft.text()),
        (
            "cases/at-rest.toml",
            case("at rest: replace these registers by what the device says when all is quiet", false)?,
        ),
        (
            "cases/no-reply.toml",
            "# the device says nothing: every point is unknown, and its link is down\nreply = \"none\"\n".to_owned(),
        ),
    ];
    if alarms {
        files.push(("cases/alarms.toml", case("every alarm at once: one case for each story tells more", true)?));
    }
    let failed = |error: io::Error| vec![format!("{}: {error}", folder.display())];
    std::fs::create_dir_all(folder.join("cases")).map_err(failed)?;
    for (name, text) in &files {
        record::create(&folder.join(name), text).map_err(|line| vec![line])?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

fn lines(problems: Vec<crate::config::Problem>) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
