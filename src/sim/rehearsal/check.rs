//! Runs one test of rules over the real engine and compares.
//!
//! Takes: a [`Test`] and its site.
//! Gives: nothing when it comes out as written, else the first difference, in words.
//! Never: two differences of one test: the second is often only the first again.

use std::sync::Arc;
use std::time::Duration;

use super::Rehearsal;
use super::read::{Deed, Expect, Of, Step, Test};
use crate::engine::Act;
use crate::engine::alarm::{Feedback, Purpose, Run, RunTarget, Scope, Stage, State};
use crate::engine::base::{EventId, Verdict, Wall};
use crate::engine::site::Site;

/// 2026-03-02T00:00:00Z, a Monday.
const MONDAY: Wall = Wall(1_772_409_600_000_000);
/// Something that must never be is looked at this often between the moments at which anything happens.
const GLANCE: Duration = Duration::from_millis(500);
/// And so long after the last of them: as long as the longest delay and feedback of the site, at most.
const AFTER: Duration = Duration::from_secs(30);

/// What is not as the test says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where the expectation is written.
    pub spot: crate::config::problem::Spot,
    /// What is different.
    pub message: String,
}

/// Runs a test.
pub fn run(test: &Test, site: &Arc<Site>) -> Result<(), Difference> {
    let local = MONDAY.after(Duration::from_secs(u64::from(test.starts) * 60));
    let east = i64::from(site.zone.offset(local)) * 1_000_000;
    let mut rehearsal = Rehearsal::at_rest(Arc::clone(site), Wall(local.0 - east));
    rehearsal.rest(&test.given);
    let mut moments: Vec<Duration> =
        test.when.iter().map(|(at, _)| *at).chain(test.then.iter().filter_map(|expect| expect.at)).collect();
    moments.sort_unstable();
    let end = moments.last().copied().unwrap_or_default();
    let never: Vec<&Expect> = test.then.iter().filter(|expect| expect.at.is_none()).collect();
    if !never.is_empty() {
        moments.push(end + AFTER);
    }
    moments.dedup();
    for moment in moments {
        while rehearsal.elapsed() < moment {
            let next = if never.is_empty() { moment } else { moment.min(rehearsal.elapsed() + GLANCE) };
            rehearsal.pass_until(next);
            must_not_be(&never, &rehearsal)?;
        }
        for (_, step) in test.when.iter().filter(|(at, _)| *at == moment) {
            take(step, &mut rehearsal).map_err(|message| Difference { spot: test.spot.clone(), message })?;
        }
        must_not_be(&never, &rehearsal)?;
        for expect in test.then.iter().filter(|expect| expect.at == Some(moment)) {
            must_be(expect, &rehearsal)?;
        }
    }
    Ok(())
}

fn must_not_be(never: &[&Expect], rehearsal: &Rehearsal) -> Result<(), Difference> {
    match never.iter().find(|expect| standing(expect, rehearsal).iter().any(|is| is == &expect.is)) {
        Some(expect) => {
            let at = rehearsal.elapsed().as_secs_f64();
            let message = format!("at {at} s {} is {}, and never should be", named(&expect.of), expect.is);
            Err(Difference { spot: expect.spot.clone(), message })
        }
        None => Ok(()),
    }
}

fn must_be(expect: &Expect, rehearsal: &Rehearsal) -> Result<(), Difference> {
    let found = standing(expect, rehearsal);
    let why = reasons(expect, rehearsal);
    let as_wanted = expect.why.as_ref().is_none_or(|wanted| why.iter().any(|(code, _)| code == wanted));
    if found.contains(&expect.is) && as_wanted {
        return Ok(());
    }
    let at = rehearsal.elapsed().as_secs_f64();
    let is = if found.is_empty() { "nothing of the kind".to_owned() } else { found.join(" and ") };
    let because: Vec<String> = why.iter().map(|(code, words)| format!("{code}: {words}")).collect();
    let because = if because.is_empty() { String::new() } else { format!(" ({})", because.join("; ")) };
    let wanted = expect.why.as_ref().map_or(String::new(), |why| format!(" for {why}"));
    let message = format!("at {at} s {} should be {}{wanted}, and is {is}{because}", named(&expect.of), expect.is);
    Err(Difference { spot: expect.spot.clone(), message })
}

fn named(of: &Of) -> String {
    match of {
        Of::Linkage(id) => format!("linkage {id}"),
        Of::Target(id, None) => id.clone(),
        Of::Target(id, Some(linkage)) => format!("{id} of {linkage}"),
        Of::Alarm(condition) => condition.clone(),
        Of::Command(command) => format!("command {command}"),
    }
}

/// Every word that can be said of it now.
fn standing(expect: &Expect, rehearsal: &Rehearsal) -> Vec<String> {
    let state = rehearsal.state();
    let words: Vec<&str> = match &expect.of {
        Of::Linkage(id) => {
            let met = runs(state, Some(id)).any(|run| run.is_open() && run.cleared_at.is_none());
            vec![if met { "met" } else { "clear" }]
        }
        Of::Target(id, linkage) => {
            let said = targets(state, id, linkage.as_deref()).flat_map(|target| {
                let fed = match target.feedback {
                    Feedback::Arrived | Feedback::Missing => Some(target.feedback.as_str()),
                    Feedback::None | Feedback::Awaited => None,
                };
                [Some(target.stage.as_str()), fed].into_iter().flatten()
            });
            said.collect()
        }
        Of::Alarm(name) => {
            let open = state.open().any(|occurrence| occurrence.raise.condition.to_string() == *name);
            vec![if open { "open" } else { "closed" }]
        }
        Of::Command(name) => {
            let sent = rehearsal.sent.iter().any(|(_, point, verb)| is_command(name, point.as_str(), verb));
            if sent { vec!["sent"] } else { Vec::new() }
        }
    };
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    words.dedup();
    words
}

/// `pump-1/start` or, with the verb after it, `pump-1/start start`.
fn is_command(name: &str, point: &str, verb: &str) -> bool {
    name.split_once(' ').map_or(name == point, |(named, wanted)| named == point && wanted == verb)
}

fn reasons(expect: &Expect, rehearsal: &Rehearsal) -> Vec<(String, String)> {
    let Of::Target(id, linkage) = &expect.of else { return Vec::new() };
    let found = targets(rehearsal.state(), id, linkage.as_deref());
    let proposed = found.filter(|target| target.stage == Stage::Proposed);
    proposed.filter_map(|target| target.why.as_ref().map(|(code, why)| (code.clone(), why.en.clone()))).collect()
}

fn runs<'a>(state: &'a State, linkage: Option<&'a str>) -> impl Iterator<Item = &'a Run> {
    state.linkages.values().filter(move |run| linkage.is_none_or(|id| run.met.linkage == id))
}

fn targets<'a>(state: &'a State, id: &'a str, linkage: Option<&'a str>) -> impl Iterator<Item = &'a RunTarget> {
    let of_run = move |run: &'a Run| {
        run.actions.iter().zip(&run.met.actions).flat_map(move |(action, met)| {
            let own = move |point: &str| point == id || (!id.contains('/') && point.split('/').next() == Some(id));
            action
                .targets
                .iter()
                .zip(&met.targets)
                .filter(move |(_, met)| own(met.point.as_str()))
                .map(|(held, _)| held)
        })
    };
    runs(state, linkage).flat_map(of_run)
}

fn take(step: &Step, rehearsal: &mut Rehearsal) -> Result<(), String> {
    let (deed, refusal) = match step {
        Step::Set(settings) => {
            rehearsal.set(settings);
            return Ok(());
        }
        Step::Act(deed, refusal) => (deed, refusal),
    };
    let at = rehearsal.elapsed().as_secs_f64();
    let act = act(deed, rehearsal).map_err(|why| format!("at {at} s {why}"))?;
    match (rehearsal.act(act), refusal) {
        (None, None) => Ok(()),
        (None, Some(code)) => Err(format!("at {at} s this should be refused for {code}, and is done: {deed:?}")),
        (Some(refused), wanted) => {
            let code = refused.code();
            match wanted {
                Some(wanted) if *wanted == code => Ok(()),
                _ => Err(format!("at {at} s this is refused, {code}: {}", refused.text().en)),
            }
        }
    }
}

fn act(deed: &Deed, rehearsal: &Rehearsal) -> Result<Act, String> {
    let state = rehearsal.state();
    let open = |name: &String| -> Result<EventId, String> {
        let found = state.open().find(|occurrence| occurrence.raise.condition.to_string() == *name);
        found.map(|occurrence| occurrence.id).ok_or_else(|| format!("there is no open alarm {name}"))
    };
    let run = |id: &String| -> Result<EventId, String> {
        runs(state, Some(id))
            .filter(|run| run.is_open())
            .last()
            .map(|run| run.id)
            .ok_or_else(|| format!("{id} is not met"))
    };
    let later = || rehearsal.wall().after(Duration::from_secs(3600));
    Ok(match deed {
        Deed::Judge(name, verdict) => {
            let cause = (*verdict == Verdict::False).then(|| "test".to_owned());
            Act::Judge { id: open(name)?, verdict: *verdict, cause }
        }
        Deed::Acknowledge(name) => {
            Act::Acknowledge { ids: vec![open(name)?], note: None, counts: std::collections::BTreeMap::new() }
        }
        Deed::Isolate(point) => Act::Isolate {
            point: point.clone(),
            reason: "test".into(),
            review_at: later(),
            purpose: Purpose::default(),
            order: None,
        },
        Deed::Release(id, action) => Act::ReleaseAction { run: run(id)?, action: *action },
        Deed::Withdraw(id, action) => Act::WithdrawAction { run: run(id)?, action: *action },
        Deed::Reset(building) => Act::Reset { scope: Scope::Building(building.clone()) },
        Deed::Drill(building) => Act::BeginDrill { building: building.clone(), reason: "test".into(), until: later() },
    })
}
