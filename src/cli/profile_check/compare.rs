//! What a case expects against what came of it.
//!
//! Takes: a case and its [`Outcome`].
//! Gives: one sentence for each difference, with file and line.
//! Never: a tolerance that hides a digit. Floats may differ by their own rounding, everything else by a billionth.

use std::collections::BTreeSet;

use super::trial::{Outcome, segment};
use crate::config::Problem;
use crate::config::cases::{Case, Given, Wanted};
use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::engine::base::{Category, Reason};
use crate::engine::profile::Kind;
use crate::engine::site::{Point, Site};

/// Points and conditions that the case names and the profile does not have.
pub fn unknown_names(site: &Site, case: &Case) -> Vec<Problem> {
    let problems = Problems::default();
    let points: Vec<&str> = site.points.iter().map(|point| point.id.point()).collect();
    for expected in case.expect.iter().filter(|expected| !points.contains(&expected.point.as_str())) {
        let message = format!("there is no point \"{}\" in this case", expected.point);
        problems.error(expected.spot.clone(), message, did_you_mean(&expected.point, points.iter().copied()));
    }
    for growing in case.growing.iter().filter(|growing| !points.contains(&growing.point.as_str())) {
        let message = format!("there is no point \"{}\" in this case", growing.point);
        problems.error(growing.spot.clone(), message, did_you_mean(&growing.point, points.iter().copied()));
    }
    let blind = |point: &str| format!("{point}:{}", Category::LinkFault.as_str());
    let mut conditions: BTreeSet<String> = site.rules.iter().map(|rule| segment(&rule.condition)).collect();
    conditions.extend(site.rules.iter().map(|rule| blind(rule.condition.point.point())));
    conditions.insert(blind("link"));
    for active in case.active.iter().filter(|active| !conditions.contains(&active.condition)) {
        let message = format!("there is no condition \"{}\" in this case", active.condition);
        let hint = did_you_mean(&active.condition, conditions.iter().map(String::as_str));
        problems.error(active.spot.clone(), message, hint);
    }
    problems.sorted()
}

/// Every difference, in the order of the file.
pub fn differences(site: &Site, case: &Case, outcome: &Outcome) -> Vec<String> {
    let mut said = Vec::new();
    for expected in &case.expect {
        let Some(point) = site.points.iter().find(|point| point.id.point() == expected.point) else { continue };
        let Some(decoded) = outcome.points.get(&expected.point) else { continue };
        if !agrees(point, &expected.value, decoded) {
            let (wanted, found) = (shown(&expected.value), shown(decoded));
            said.push(format!("{}: \"{}\": expected {wanted}, decoded {found}", line(&expected.spot), expected.point));
        }
    }
    if case.given == Given::Silence {
        said.extend(silence(case, outcome));
    }
    let held = outcome.remembered.as_deref().unwrap_or_default();
    for (place, wanted) in
        case.remembered.iter().enumerate().filter(|(place, wanted)| held.get(*place) != Some(&wanted.text))
    {
        let found = held.get(place).map_or("nothing", String::as_str);
        said.push(format!("{}: expected \"{}\" in the memory, found \"{found}\"", line(&wanted.spot), wanted.text));
    }
    for more in held.iter().skip(case.remembered.len()) {
        said.push(format!("{}: the memory holds \"{more}\" and that is not expected", line(&case.remembered_spot)));
    }
    let mut wanted: BTreeSet<&str> = case.active.iter().map(|active| active.condition.as_str()).collect();
    if case.given == Given::Silence {
        wanted.insert("link:link-fault");
    }
    for active in case.active.iter().filter(|active| !outcome.active.contains(&active.condition)) {
        said.push(format!("{}: \"{}\" is not active", line(&active.spot), active.condition));
    }
    if wanted.contains("link:link-fault") && !outcome.active.contains("link:link-fault") {
        said.push(format!("{}: the device's link is not down", line(&case.active_spot)));
    }
    for active in outcome.active.iter().filter(|active| !wanted.contains(active.as_str())) {
        said.push(format!("{}: \"{active}\" is active and not expected", line(&case.active_spot)));
    }
    said
}

/// A device that says nothing leaves nothing known, whether the case names the point or not.
fn silence<'a>(case: &'a Case, outcome: &'a Outcome) -> impl Iterator<Item = String> + 'a {
    let known = outcome.points.iter().filter(|(_, value)| !matches!(value, Wanted::Unknown(_)));
    known.map(|(point, value)| {
        format!("{}: \"{point}\": the device is silent, yet it says {}", line(&case.active_spot), shown(value))
    })
}

/// `cases/smoke.toml:7`
fn line(spot: &Spot) -> String {
    format!("{}:{}", spot.file, spot.line.max(1))
}

fn agrees(point: &Point, wanted: &Wanted, decoded: &Wanted) -> bool {
    match (wanted, decoded) {
        (Wanted::Number(wanted), Wanted::Number(decoded)) => {
            let rounding = if point.encoding.kind == Kind::F32 { 2e-7 } else { 1e-9 };
            (wanted - decoded).abs() <= rounding * wanted.abs().max(1.0)
        }
        (wanted, decoded) => wanted == decoded,
    }
}

fn shown(value: &Wanted) -> String {
    match value {
        Wanted::Number(number) => number.to_string(),
        Wanted::Bit(set) => set.to_string(),
        Wanted::State(key) => format!("\"{key}\""),
        Wanted::Unknown(reason) => format!("unknown ({})", Reason::as_str(*reason)),
    }
}

/// Lines of the golden request plan that went or came.
pub fn plan_differences(expected: &str, planned: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), planned.lines().collect());
    let mut said = Vec::new();
    for (number, request) in before.iter().enumerate().filter(|(_, request)| !after.contains(request)) {
        said.push(format!("{}:{}: \"{request}\" is no longer asked", super::PLAN, number + 1));
    }
    for request in after.iter().filter(|request| !before.contains(request)) {
        said.push(format!("{}: \"{request}\" is asked and not expected", super::PLAN));
    }
    if said.is_empty() {
        said.push(format!("{}: the same requests in another order or number", super::PLAN));
    }
    said
}
