//! `tocsin rules explain`: what is written, in words, so that whoever ordered it can say whether it is what was meant.
//!
//! Takes: nothing (every linkage of the site), ids of linkages, panel formulas, or settings from which something follows.
//! Gives: conditions and actions in Chinese and English, what each is resolved to; what would follow and what would not.
//! Never: an opinion. Whether a rule is right is for people to judge, and for its tests.

use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;

use super::rules_args::{self, Reading, Where};
use super::rules_follow;
use crate::config::formula;
use crate::config::linkage::Described;
use crate::config::problem::did_you_mean;
use crate::config::site;
use crate::engine::base::Text;
use crate::engine::site::{Linkage, Mode, Sign, Site, Target};
use crate::sim::rehearsal::read;

/// Say in words what linkages or panel formulas do.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Ids of linkages, panel formulas such as '01001103=01001213 00', or what shall be true: 'panel-1/d1:fire=true' says
    /// what would follow and why not; every linkage when nothing is given
    #[arg(value_name = "WHAT")]
    pub what: Vec<String>,
    /// How formulas are read.
    #[command(flatten)]
    pub reading: Reading,
    /// Where the site is.
    #[command(flatten)]
    pub site: Where,
}

/// Explains. Gives the exit code: 0, 1 when there is no such linkage, 2 when something is refused.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &ExplainArgs, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let (settings, rest): (Vec<&String>, Vec<&String>) =
        args.what.iter().partition(|what| what.contains('=') && what.contains('/'));
    let (formulas, ids): (Vec<&String>, Vec<&String>) = rest.into_iter().partition(|what| what.contains('='));
    let mut code = 0;
    for line in &formulas {
        code = code.max(explain_formula(line, &args.reading, out, err)?);
    }
    if ids.is_empty() && !formulas.is_empty() {
        return Ok(code);
    }
    let Some((site, folder)) = rules_args::site(&args.site, err)? else { return Ok(2) };
    if !settings.is_empty() {
        return follow(&settings, site, out, err);
    }
    let all = site::described(&folder, &site);
    if ids.is_empty() {
        for described in &all {
            explain(described, &site, out)?;
        }
        if all.is_empty() {
            writeln!(out, "the site has no linkages")?;
        }
    }
    for id in ids {
        match all.iter().find(|described| described.id == **id) {
            Some(described) => explain(described, &site, out)?,
            None => {
                let hint = did_you_mean(id, all.iter().map(|described| described.id.as_str()));
                writeln!(err, "unknown linkage \"{id}\"; {hint}")?;
                code = code.max(1);
            }
        }
    }
    Ok(code)
}

fn follow(settings: &[&String], site: Site, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let mut resolved = Vec::new();
    for text in settings {
        match read::setting(text, &site) {
            Ok(setting) => resolved.push(setting),
            Err(problems) => {
                problems
                    .iter()
                    .try_for_each(|problem| writeln!(err, "{text}: {}; {}", problem.message, problem.hint))?;
                return Ok(2);
            }
        }
    }
    rules_follow::tell(&resolved, &Arc::new(site), out)?;
    Ok(0)
}

fn explain_formula(line: &str, reading: &Reading, out: &mut impl Write, err: &mut impl Write) -> io::Result<u8> {
    let Some(floors) = reading.floors(err)? else { return Ok(2) };
    match formula::explain(line, reading.precedence(), &floors, &formula::shipped_classes()) {
        Ok(said) => {
            writeln!(out, "{line}")?;
            both(out, ("当", "when"), &said.when)?;
            for effect in &said.effects {
                both(out, ("则", "then"), effect)?;
            }
            Ok(0)
        }
        Err(finding) => {
            let column = line.get(..finding.offset).map_or(1, |before| before.chars().count() + 1);
            let hint = if finding.hint.is_empty() { String::new() } else { format!("; {}", finding.hint) };
            writeln!(err, "1:{column}: {}{hint}", finding.message)?;
            Ok(2)
        }
    }
}

fn both(out: &mut impl Write, (zh, en): (&str, &str), text: &Text) -> io::Result<()> {
    writeln!(out, "  {zh} {}\n  {en} {}", text.zh, text.en)
}

fn explain(described: &Described, site: &Site, out: &mut impl Write) -> io::Result<()> {
    let Text { zh, en } = &described.name;
    let (mode_zh, mode_en) = match described.mode {
        Mode::Monitor => ("监视：由控制器执行，网关核对反馈", "monitor: the panel acts, each feedback is verified"),
        Mode::Manual => ("手动：网关建议，由人员执行", "manual: each action is proposed to a person"),
        Mode::Auto => ("自动：网关执行", "auto: the gateway acts"),
    };
    writeln!(out, "{} {zh} {en} ({})\n  {mode_zh}\n  {mode_en}", described.id, described.spot)?;
    both(out, ("当", "when"), &described.when)?;
    for action in &described.actions {
        both(out, ("则", "then"), action)?;
    }
    let own = |linkage: &&Linkage| {
        linkage.id == described.id || linkage.id.strip_prefix(&described.id).is_some_and(|rest| rest.starts_with('['))
    };
    for linkage in site.linkages.iter().filter(own) {
        writeln!(out, "  {}", linkage.id)?;
        for action in &linkage.actions {
            let targets: Vec<String> = action.targets.iter().map(|target| proved(target, site)).collect();
            writeln!(out, "    {} ({} s): {}", action.name.en, action.delay.as_secs(), targets.join(", "))?;
        }
    }
    writeln!(out)
}

/// A target with what proves it.
fn proved(target: &Target, site: &Site) -> String {
    let id = site.equipment.get(target.equipment as usize).map_or("", |held| held.id.as_str());
    let Some(proof) = target.feedback else { return format!("{id} (nothing proves it)") };
    let (point, is) = match proof.sign {
        Sign::Status { status, is } => (site.statuses.get(status as usize).map(|status| status.id.to_string()), is),
        Sign::Rule { rule, is } => (site.rules.get(rule as usize).map(|rule| rule.condition.to_string()), is),
    };
    let not = if is { "" } else { "not " };
    format!("{id} ({not}{} within {} s)", point.unwrap_or_default(), proof.within.as_secs())
}
