//! `tocsin profile check FOLDER…`: a profile's cases through the real poller and decoder, and its request plan.
//!
//! Takes: folders with a `profile.toml`, `cases/` and `expected/requests.txt`.
//! Gives: one line for each case, every difference with its file and line; [`Verdict`] for the exit code.
//! Never: a decoder of its own. Registers reach the points through `engine::poll::Bus`, as they do on site.

mod compare;
mod coverage;
mod growing;
mod printed;
pub(super) mod trial;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::profile_class;
use crate::config::cases::{self, Case, Element, Given};
use crate::config::{Problem, class, profile};
use crate::engine::class::Classes;
use crate::engine::poll;
use crate::engine::profile::{Profile, Speech};
use growing::Counters;

/// What to check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Profile folders, such as device-profiles/deepsea-gencomm
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Write expected/requests.txt anew instead of comparing it
    #[arg(long)]
    pub update: bool,
}

/// How a check ended; the worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything as expected.
    Fine,
    /// Something decodes or alarms in another way, or is not covered by a case.
    Differs,
    /// A file cannot be read or does not hang together.
    Broken,
}

impl Verdict {
    /// The exit code: 0, 1 or 2.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Fine => 0,
            Verdict::Differs => 1,
            Verdict::Broken => 2,
        }
    }
}

/// The golden request plan within a profile's folder.
pub const PLAN: &str = "expected/requests.txt";

/// Checks every folder and prints to `out`.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &CheckArgs, out: &mut impl Write) -> io::Result<Verdict> {
    let mut verdict = Verdict::Fine;
    for folder in &args.folders {
        // `.` and `..` have no name of their own; the profile's id is the folder's real one.
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let checked = check(&folder, args.update);
        for line in &checked.lines {
            writeln!(out, "{line}")?;
        }
        verdict = verdict.max(checked.verdict);
    }
    Ok(verdict)
}

/// What a check of one folder found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What a person reads, line by line.
    pub lines: Vec<String>,
    /// The worst of it.
    pub verdict: Verdict,
}

impl Checked {
    fn worsen(&mut self, verdict: Verdict, lines: impl IntoIterator<Item = String>) {
        let before = self.lines.len();
        self.lines.extend(lines.into_iter().map(|line| format!("  {line}")));
        if self.lines.len() > before {
            self.verdict = self.verdict.max(verdict);
        }
    }

    fn broken(&mut self, problems: &[Problem]) {
        self.worsen(Verdict::Broken, problems.iter().map(ToString::to_string));
    }
}

/// Checks one folder; with `update` its golden request plan is written instead of compared.
pub fn check(folder: &Path, update: bool) -> Checked {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut checked = Checked { lines: vec![name], verdict: Verdict::Fine };
    let read = profile::load(folder).and_then(|read| Ok((read, class::of_profile(folder)?)));
    let (profile, classes, cases) = match (read, cases::load(folder)) {
        (Ok(((profile, warnings), classes)), Ok(cases)) => {
            checked.worsen(Verdict::Differs, warnings.iter().map(ToString::to_string));
            (Arc::new(profile), classes, cases)
        }
        (profile, cases) => {
            checked.broken(&profile.err().unwrap_or_default());
            checked.broken(&cases.err().unwrap_or_default());
            return checked;
        }
    };
    let grammar = match &profile.speech {
        Speech::Modbus => None,
        Speech::Text(grammar) => Some(Some(grammar)),
        Speech::Gbt26875 => Some(None),
    };
    if let Some(grammar) = grammar {
        printed::check(&mut checked, folder, (&profile, &classes), grammar, &cases, update);
        return checked;
    }
    checked.lines.extend(profile_class::lines(&profile, &classes).into_iter().map(|line| format!("     {line}")));
    for case in &cases {
        check_case(&mut checked, &profile, &classes, case);
    }
    checked.worsen(Verdict::Differs, coverage::gaps(&profile, &cases));
    check_plan(&mut checked, folder, &profile, &cases, update);
    checked
}

fn check_case(checked: &mut Checked, profile: &Arc<Profile>, classes: &Arc<Classes>, case: &Case) {
    let site = match trial::site(profile, classes, &case.elements) {
        Ok(site) => Arc::new(site),
        Err(problems) => return checked.broken(&problems),
    };
    if matches!(case.given, Given::Printed(_)) {
        let message = format!("cases/{}.toml: this device is asked; it prints nothing", case.name);
        return checked.worsen(Verdict::Broken, [message]);
    }
    let problems = compare::unknown_names(&site, case);
    if !problems.is_empty() {
        return checked.broken(&problems);
    }
    let outcome = trial::play(&site, &case.given, case.beating, &Counters::of(&site, case));
    let differences = compare::differences(&site, case, &outcome);
    let word = if differences.is_empty() { "ok  " } else { "FAIL" };
    checked.lines.push(format!("{word} {}: {}", case.name, case.story));
    checked.worsen(Verdict::Differs, differences);
}

/// The requests the bus would make with every element that any case has.
fn check_plan(checked: &mut Checked, folder: &Path, profile: &Arc<Profile>, cases: &[Case], update: bool) {
    let mut seen = BTreeSet::new();
    let key = |element: &Element| (element.array.clone(), element.loop_number, element.index);
    let all = cases.iter().flat_map(|case| &case.elements);
    let mut elements: Vec<Element> = all.filter(|element| seen.insert(key(element))).cloned().collect();
    elements.sort_by_key(key);
    // Classes bring conditions and no requests.
    let Ok(site) = trial::site(profile, &Arc::default(), &elements) else {
        // Told already, by the case that has the element.
        return;
    };
    let lines: Vec<String> = poll::plan(&site, 0).requests.iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    let path = folder.join(PLAN);
    if update {
        let parent = path.parent().unwrap_or(folder);
        let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, text));
        return checked.worsen(Verdict::Broken, written.err().map(|error| format!("{PLAN}: {error}")));
    }
    match std::fs::read_to_string(&path) {
        Ok(expected) if expected == text => checked.lines.push(format!("ok   {} requests as planned", lines.len())),
        Ok(expected) => checked.worsen(Verdict::Differs, compare::plan_differences(&expected, &text)),
        Err(error) => {
            let hint = "write it with: tocsin profile check --update";
            checked.worsen(Verdict::Differs, [format!("{PLAN}: {error}; {hint}")]);
        }
    }
}

#[cfg(test)]
mod tests;
