//! What would follow from a condition, a status or a value, and what would not, and why not.
//!
//! Takes: settings such as `panel-1/d1:fire=true`, over a site at rest.
//! Gives: what the engine decides in the ten minutes after them; for every linkage that reads them, each part of its
//! condition with what it says.
//! Never: a rule of its own: alarms, actions and reasons are the engine's.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::alarm::{FactKind, LinkageFact};
use crate::engine::base::{Truth, Wall};
use crate::engine::site::{Alarms, Among, Linkage, Sign, Site, When};
use crate::sim::rehearsal::{Rehearsal, Setting};

/// 2026-03-02T02:00:00Z: some ordinary Monday.
const BEGIN: Wall = Wall(1_772_416_800_000_000);
/// The longest delay, and the longest feedback after it.
const LOOKED: Duration = Duration::from_secs(1201);

/// Plays the settings and tells what follows.
pub fn tell(settings: &[Setting], site: &Arc<Site>, out: &mut impl Write) -> io::Result<()> {
    let mut rehearsal = Rehearsal::at_rest(Arc::clone(site), BEGIN);
    rehearsal.rest(&[]);
    let before = rehearsal.facts.len();
    rehearsal.set(settings);
    let standing: Vec<Truth> = (0..site.rules.len()).map(|rule| rehearsal.rule(index(rule))).collect();
    rehearsal.pass_until(LOOKED);
    let mut told = 0;
    for (at, fact) in &rehearsal.facts[before..] {
        if let Some(line) = sentence(&fact.kind, &rehearsal) {
            writeln!(out, "{:>5} s  {line}", at.as_secs())?;
            told += 1;
        }
    }
    for (at, point, verb) in &rehearsal.sent {
        writeln!(out, "{:>5} s  sent: {point} {verb}", at.as_secs())?;
    }
    if told == 0 {
        writeln!(out, "nothing follows")?;
    }
    let met = |linkage: &Linkage| rehearsal.state().linkages.values().any(|run| run.met.linkage == linkage.id);
    for linkage in site.linkages.iter().filter(|linkage| reads(&linkage.when, settings) && !met(linkage)) {
        writeln!(out, "\nnot met: {} {} ({})", linkage.id, linkage.name.en, linkage.origin)?;
        let seen = Seen { site, rules: &standing, rehearsal: &rehearsal };
        seen.parts(&linkage.when, 1, out)?;
    }
    Ok(())
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A fact in one line; nothing for what nobody asked about.
fn sentence(kind: &FactKind, rehearsal: &Rehearsal) -> Option<String> {
    let state = rehearsal.state();
    let action = |run, at: &u32| {
        let held = state.linkages.get(run)?;
        let action = held.met.actions.get(*at as usize)?;
        Some(format!("{}: {}", held.met.linkage, action.name.en))
    };
    Some(match kind {
        FactKind::Raised(raise) => format!("alarm: {} ({})", raise.condition, raise.name.en),
        FactKind::Linkage(LinkageFact::Met(met)) => {
            let because: Vec<&str> = met.because.iter().map(|because| because.name.en.as_str()).collect();
            format!("linkage met: {} ({}), because of {}", met.linkage, met.name.en, because.join(", "))
        }
        FactKind::Linkage(LinkageFact::Proposed { run, action: at, code, why, .. }) => {
            format!("only proposed: {}; {code}: {}", action(run, at)?, why.en)
        }
        FactKind::Linkage(LinkageFact::Started { run, action: at, .. }) => format!("started: {}", action(run, at)?),
        FactKind::Linkage(LinkageFact::Missing { run, action: at, .. }) => {
            format!("its feedback would be missing: {}", action(run, at)?)
        }
        _ => return None,
    })
}

/// Whether a condition reads anything that was set.
fn reads(when: &When, settings: &[Setting]) -> bool {
    let set = |rule: Option<&u32>, status: Option<&u32>| {
        settings.iter().any(|setting| match setting {
            Setting::Rule(held, _) => rule == Some(held),
            Setting::Status(held, _) => status == Some(held),
            // What a value moves is looked at by what it made true.
            Setting::Value(..) => false,
        })
    };
    match when {
        When::Alarms(alarms, _) | When::Judged(alarms, _) => alarms.rules.iter().any(|rule| set(Some(rule), None)),
        When::Signs(signs, _) => signs.iter().any(|sign| match sign {
            Sign::Status { status, .. } => set(None, Some(status)),
            Sign::Rule { rule, .. } => set(Some(rule), None),
        }),
        When::Not(inner) => reads(inner, settings),
        When::All(parts) | When::Any(parts) => parts.iter().any(|part| reads(part, settings)),
        When::Clock(_) => false,
    }
}

struct Seen<'a> {
    site: &'a Site,
    /// As they stood when they had been set.
    rules: &'a [Truth],
    rehearsal: &'a Rehearsal,
}

impl Seen<'_> {
    fn parts(&self, when: &When, depth: usize, out: &mut impl Write) -> io::Result<()> {
        let indent = "  ".repeat(depth);
        match when {
            When::All(parts) | When::Any(parts) => {
                let word = if matches!(when, When::All(_)) { "all of" } else { "one of" };
                writeln!(out, "{indent}{word}:")?;
                parts.iter().try_for_each(|part| self.parts(part, depth + 1, out))
            }
            When::Not(inner) => {
                writeln!(out, "{indent}not:")?;
                self.parts(inner, depth + 1, out)
            }
            When::Alarms(alarms, many) => {
                let (held, points, unknown) = self.count(alarms);
                let wanted = many.at_least;
                let known = if unknown > 0 { format!(", {unknown} unknown") } else { String::new() };
                writeln!(
                    out,
                    "{indent}{held} of {points} points hold{known}, {wanted} needed: {}",
                    truth(held >= wanted)
                )
            }
            When::Judged(alarms, verdict) => {
                writeln!(out, "{indent}one of {} alarms judged {verdict:?}: false, nobody judged", alarms.rules.len())
            }
            When::Signs(signs, among) => {
                let word = if *among == Among::All { "every one" } else { "any" };
                for sign in signs {
                    writeln!(out, "{indent}{word}: {}", self.sign(*sign))?;
                }
                Ok(())
            }
            When::Clock(window) => {
                writeln!(out, "{indent}time of day {} to {} minutes after midnight", window.from, window.to)
            }
        }
    }

    fn count(&self, alarms: &Alarms) -> (u32, usize, usize) {
        let mut points = std::collections::BTreeMap::new();
        for rule in &alarms.rules {
            let (Some(held), Some(truth)) = (self.site.rules.get(*rule as usize), self.rules.get(*rule as usize))
            else {
                continue;
            };
            let known = points.entry(&held.condition.point).or_insert(Truth::False);
            *known = known.or(*truth);
        }
        let of = |wanted| points.values().filter(|truth| **truth == wanted).count();
        (index(of(Truth::True)), points.len(), of(Truth::Unknown))
    }

    fn sign(&self, sign: Sign) -> String {
        let (name, found, is) = match sign {
            Sign::Status { status, is } => {
                let held = self.site.statuses.get(status as usize);
                (held.map(|held| held.id.to_string()), self.rehearsal.status(status), is)
            }
            Sign::Rule { rule, is } => {
                let held = self.site.rules.get(rule as usize);
                (held.map(|held| held.condition.to_string()), self.rehearsal.rule(rule), is)
            }
        };
        let wanted = if is { "true" } else { "false" };
        let found = match found {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "unknown",
        };
        format!("{} is {found}, {wanted} needed", name.unwrap_or_default())
    }
}

fn truth(held: bool) -> &'static str {
    if held { "true" } else { "false" }
}
