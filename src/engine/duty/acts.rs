//! What people write down and sign.
//!
//! Takes: acts the gate has let through.
//! Gives: decided facts, or a [`Refusal`] and no fact at all.
//! Never: a record with an item left out, a finding without words, or a post that nobody holds any more.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::own;
use crate::engine::alarm::{Decision, DutyFact, FactKind, Figure, ItemResult, OwnFault, RoundRecorded};
use crate::engine::base::{Category, EventId, PointId, Text};
use crate::engine::site::{Item, Place, Plan, PlanKind};
use crate::engine::{Finding, Refusal, RoundReport};

/// Adds words to an alarm, a command, an isolation or the run of a linkage.
pub(in crate::engine) fn note(decision: &mut Decision<'_>, of: EventId, text: &str) -> Result<(), Refusal> {
    let text = stated(text, "text")?;
    let state = &*decision.state;
    let known = state.occurrences.contains_key(&of)
        || state.duty.unrecorded.contains_key(&of)
        || state.commands.contains_key(&of)
        || state.isolations.contains_key(&of)
        || state.linkages.contains_key(&of);
    if !known {
        return Err(Refusal::NotFound { id: of.to_string() });
    }
    decision.decide(FactKind::Duty(DutyFact::Noted { of, text }));
    Ok(())
}

/// Records how alarms or faults were handled: what they came from and what was done, of an explicit list.
pub(in crate::engine) fn handled(
    decision: &mut Decision<'_>,
    ids: &[EventId],
    cause: &str,
    measure: &str,
    result: Option<&str>,
) -> Result<(), Refusal> {
    if ids.is_empty() {
        return Err(Refusal::Missing { field: "ids" });
    }
    let (cause, measure) = (stated(cause, "cause")?, stated(measure, "measure")?);
    let state = &*decision.state;
    let known = |id: &&EventId| state.occurrences.contains_key(id) || state.duty.unrecorded.contains_key(id);
    if let Some(id) = ids.iter().find(|id| !known(id)) {
        return Err(Refusal::NotFound { id: id.to_string() });
    }
    let occurrences: BTreeSet<EventId> = ids.iter().copied().collect();
    let result = result.map(str::trim).filter(|result| !result.is_empty()).map(str::to_owned);
    let occurrences = occurrences.into_iter().collect();
    decision.decide(FactKind::Duty(DutyFact::Handled { occurrences, cause, measure, result }));
    Ok(())
}

/// Records a round or a job: of every item whether it is in order, or what was found. What was found is raised as a fault
/// at the point it was found at, and wants a handling record like any other.
pub(in crate::engine) fn record(decision: &mut Decision<'_>, report: RoundReport) -> Result<(), Refusal> {
    let site = decision.site;
    let RoundReport { of, plan: id, findings, note, figures } = report;
    let plan = site.plans.iter().find(|plan| plan.kind == of && plan.id == id);
    let plan = plan.ok_or_else(|| Refusal::NoSuchPlan {
        of,
        id,
        known: site.plans.iter().filter(|plan| plan.kind == of).map(|plan| plan.id.clone()).collect(),
    })?;
    let results = results(plan, findings)?;
    for point in results.iter().filter_map(|result| result.point.as_ref()) {
        decision.described(point).ok_or_else(|| Refusal::NoSuchPoint { point: point.clone() })?;
    }
    let round = decision.state.duty.plans.get(&plan.key()).and_then(|held| held.round.as_ref()).map(|round| round.id);
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let found: Vec<ItemResult> = results.iter().filter(|result| !result.ok).cloned().collect();
    decision.decide(FactKind::Duty(DutyFact::RoundRecorded(Arc::new(RoundRecorded {
        of,
        plan: plan.id.clone(),
        name: plan.name.clone(),
        place: plan.place.clone(),
        round,
        results,
        devices: plan.devices.clone(),
        figures: figures.into_iter().filter(|figure: &Figure| plan.figures.contains(&figure.point)).collect(),
        note,
    }))));
    for result in found {
        raise(decision, plan, result);
    }
    Ok(())
}

/// Every item of the plan, once, in its order.
fn results(plan: &Plan, findings: Vec<Finding>) -> Result<Vec<ItemResult>, Refusal> {
    let mut unknown: Vec<String> = Vec::new();
    let mut given: std::collections::BTreeMap<&str, Finding> = std::collections::BTreeMap::new();
    for finding in findings {
        match plan.items.iter().find(|item| item.id == finding.item) {
            Some(item) if !given.contains_key(item.id.as_str()) => {
                given.insert(&item.id, finding);
            }
            _ => unknown.push(finding.item),
        }
    }
    let missing: Vec<String> =
        plan.items.iter().filter(|item| !given.contains_key(item.id.as_str())).map(|item| item.id.clone()).collect();
    if !missing.is_empty() || !unknown.is_empty() {
        return Err(Refusal::ItemsDiffer { missing, unknown });
    }
    let result = |item: &Item| {
        let finding = given.remove(item.id.as_str())?;
        let words = finding.words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
        Some(ItemResult { item: item.clone(), ok: finding.ok, words, point: finding.point })
    };
    let results: Vec<ItemResult> = plan.items.iter().filter_map(result).collect();
    match results.iter().any(|result| !result.ok && result.words.is_none()) {
        true => Err(Refusal::Missing { field: "finding" }),
        false => Ok(results),
    }
}

/// A finding is a fault: it stays until somebody acknowledges it, and is listed until its handling is recorded.
fn raise(decision: &mut Decision<'_>, plan: &Plan, result: ItemResult) {
    let named = result.point.as_ref().and_then(|point| Some((point, decision.described(point)?)));
    let (point, name, place) = match named {
        Some((point, (name, place))) => (PointId::new(&format!("{point}.finding")), name, place),
        None => (own(&format!("{}.{}", plan.key(), result.item.id)), result.item.name.clone(), plan.place.clone()),
    };
    let kind = match plan.kind {
        PlanKind::Patrol => Text::new("巡查发现", "found on patrol"),
        PlanKind::Maintenance => Text::new("维护保养发现", "found in maintenance"),
    };
    let words = result.words.unwrap_or_default();
    decision.happened(OwnFault {
        point,
        category: Category::Fault,
        name: Text::new(&format!("{} {}", name.zh, kind.zh), &format!("{}: {}", name.en, kind.en)),
        place: Place { ..place },
        detail: Some(Text::new(
            &format!("{}（{}·{}）", words, plan.name.zh, result.item.name.zh),
            &format!("{} ({}: {})", words, plan.name.en, result.item.name.en),
        )),
    });
}

/// 签到: this person takes over, or stays for the next shift too.
pub(in crate::engine) fn sign_in(decision: &mut Decision<'_>) {
    decision.decide(FactKind::Duty(DutyFact::SignedIn {}));
}

/// 签退: nobody leaves without relief.
pub(in crate::engine) fn sign_out(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let user = decision.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
    if !decision.state.duty.present.contains_key(&user) {
        return Err(Refusal::NotOnDuty);
    }
    let needs = if decision.site.shifts.is_empty() { 0 } else { decision.site.settings.on_duty };
    let left = decision.state.duty.present.len() - 1;
    if left < usize::from(needs) {
        return Err(Refusal::NoRelief { left, needs });
    }
    decision.decide(FactKind::Duty(DutyFact::SignedOut {}));
    Ok(())
}

fn stated(text: &str, field: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() { Err(Refusal::Missing { field }) } else { Ok(text.to_owned()) }
}
