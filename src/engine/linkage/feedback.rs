//! Whether what was to happen happened: a feedback for every target, within its time.
//!
//! Takes: actions that began, and signs of equipment.
//! Gives: facts, and a fault with the next manual step at every target whose feedback is missing.
//! Never: takes the unknown for a feedback; gives up: one that comes late still ends its fault.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::news::News;
use super::values::Known;
use super::{Due, Machine, Spot, fact};
use crate::engine::alarm::{
    Because, Decision, Episode, Feedback, LinkageFact, Live, MetAction, MetTarget, Source, SourceCause, Stage, Subject,
};
use crate::engine::base::{EventId, PointId, Text, Truth};
use crate::engine::site::{Proof, Sign, Site, Target};

/// Targets by what proves them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Watched {
    statuses: BTreeMap<u32, BTreeSet<Spot>>,
    rules: BTreeMap<u32, BTreeSet<Spot>>,
    /// After a restart: faults of feedbacks that nobody awaits, by the sign that shows that their target is read again.
    doubtful: BTreeMap<EventId, Sign>,
}

impl Watched {
    fn of(&mut self, sign: Sign) -> &mut BTreeSet<Spot> {
        match sign {
            Sign::Status { status, .. } => self.statuses.entry(status).or_default(),
            Sign::Rule { rule, .. } => self.rules.entry(rule).or_default(),
        }
    }

    /// Every status that proves something.
    pub fn statuses(&self) -> impl Iterator<Item = u32> {
        self.statuses.keys().copied()
    }
}

impl Machine {
    /// From now on every sign that proves a target of this run is looked at.
    pub(super) fn watch(&mut self, site: &Site, run: EventId, linkage: u32) {
        for (spot, proof) in proofs(site, run, linkage) {
            self.watched.of(proof.sign).insert(spot);
        }
    }

    /// After a restart the faults of missing feedbacks are in doubt. Those that a run awaits are looked at with it; the
    /// others were over, and are again as soon as their target is read.
    pub(super) fn doubt(&mut self, decision: &Decision<'_>) {
        let awaited = |point: &PointId| {
            let runs = self.runs.keys().filter_map(|run| decision.state.linkages.get(run));
            let mut targets = runs.flat_map(|run| run.met.actions.iter().zip(&run.actions)).flat_map(|(met, held)| {
                let missing = met.targets.iter().zip(&held.targets);
                missing.filter(|(_, stands)| stands.feedback == Feedback::Missing).map(|(target, _)| &target.point)
            });
            targets.any(|held| held == point)
        };
        let targets = decision.site.linkages.iter().flat_map(|held| &held.actions).flat_map(|action| &action.targets);
        self.watched.doubtful = targets
            .filter_map(|target| {
                let fault = decision.state.open_of(&Target::without_feedback(&target.point))?;
                let doubtful = fault.source == Source::Unknown && !awaited(&target.point);
                doubtful.then_some((fault.id, target.feedback?.sign))
            })
            .collect();
    }

    /// Targets of doubtful faults that are read again.
    fn doubts_end(&mut self, decision: &mut Decision<'_>, live: &Live) {
        let read = |sign: &Sign| known(decision, live).shown(*sign) != Truth::Unknown;
        let over: Vec<EventId> =
            self.watched.doubtful.iter().filter(|(_, sign)| read(sign)).map(|(id, _)| *id).collect();
        for id in over {
            self.watched.doubtful.remove(&id);
            // Another run may have found it missing meanwhile.
            if decision.state.occurrences.get(&id).is_some_and(|o| o.is_open() && o.source == Source::Unknown) {
                decision.source(id, Source::Quiet, SourceCause::Read);
                decision.settle(id);
            }
        }
    }

    /// Nothing of this run is awaited any more.
    pub(super) fn unwatch(&mut self, decision: &mut Decision<'_>, run: EventId) {
        let linkage = self.runs.get(&run).copied();
        for (spot, proof) in linkage.into_iter().flat_map(|linkage| proofs(decision.site, run, linkage)) {
            self.watched.of(proof.sign).remove(&spot);
        }
        self.agenda.retain(|(_, due)| !matches!(due, Due::Feedback(spot) if spot.run == run));
        let held = decision.state.linkages.get(&run).map_or(0, |held| held.actions.len());
        for action in 0..u32::try_from(held).unwrap_or(u32::MAX) {
            self.awaited_no_more(decision, run, action);
        }
    }

    /// The faults of an action's missing feedbacks are over, whatever became of them.
    pub(super) fn awaited_no_more(&mut self, decision: &mut Decision<'_>, run: EventId, action: u32) {
        self.agenda.retain(|(_, due)| !matches!(due, Due::Feedback(spot) if spot.run == run && spot.action == action));
        let Some(held) = decision.state.linkages.get(&run) else { return };
        let (met, targets) = (held.met.clone(), held.actions[action as usize].targets.clone());
        for (target, stands) in met.actions[action as usize].targets.iter().zip(&targets) {
            if stands.feedback == Feedback::Missing {
                self.fault_over(decision, &target.point);
            }
        }
    }

    fn fault_over(&self, decision: &mut Decision<'_>, point: &PointId) {
        let condition = Target::without_feedback(point);
        if let Some(id) = decision.state.open_of(&condition).map(|fault| fault.id) {
            decision.source(id, Source::Quiet, SourceCause::Read);
            decision.settle(id);
        }
    }

    /// A target began: its feedback is there, or must come within its time.
    pub(super) fn await_feedback(&mut self, decision: &mut Decision<'_>, live: &mut Live, spot: Spot) {
        let Some(proof) = self.proof(decision.site, spot) else { return };
        if known(decision, live).shown(proof.sign) == Truth::True {
            self.arrived(decision, spot);
        } else {
            self.agenda.insert((decision.now.mono.after(proof.within), Due::Feedback(spot)));
        }
    }

    pub(super) fn proof(&self, site: &Site, spot: Spot) -> Option<Proof> {
        let linkage = self.runs.get(&spot.run)?;
        let action = site.linkages.get(*linkage as usize)?.actions.get(spot.action as usize)?;
        action.targets.get(spot.target as usize)?.feedback
    }

    /// Signs of which something was said may be feedbacks.
    pub(super) fn signs(&mut self, decision: &mut Decision<'_>, live: &mut Live, news: &News) {
        if !self.watched.doubtful.is_empty() {
            self.doubts_end(decision, live);
        }
        let statuses = news.statuses.iter().filter_map(|status| self.watched.statuses.get(status));
        let rules = news.rules.iter().filter_map(|rule| self.watched.rules.get(rule));
        let spots: Vec<Spot> = statuses.chain(rules).flatten().copied().collect();
        for spot in spots {
            let Some(proof) = self.proof(decision.site, spot) else { continue };
            let truth = known(decision, live).shown(proof.sign);
            let held = decision.state.linkages.get(&spot.run);
            let Some(target) =
                held.and_then(|held| held.actions.get(spot.action as usize)?.targets.get(spot.target as usize))
            else {
                continue;
            };
            let (stage, feedback) = (target.stage, target.feedback);
            match (truth, feedback) {
                (Truth::True, Feedback::Awaited | Feedback::Missing)
                    if matches!(stage, Stage::Started | Stage::Proposed) =>
                {
                    self.arrived(decision, spot);
                }
                // After a restart its fault is in doubt until its sign was read.
                (Truth::False, Feedback::Missing) => self.fault_stands(decision, spot),
                _ => {}
            }
        }
    }

    fn arrived(&mut self, decision: &mut Decision<'_>, spot: Spot) {
        let Spot { run, action, target } = spot;
        self.agenda.retain(|(_, due)| *due != Due::Feedback(spot));
        decision.decide(fact(LinkageFact::Arrived { run, action, target }));
        if let Some((_, held)) = snapshot(decision, spot) {
            self.fault_over(decision, &held.point);
        }
        self.settle(decision, run);
    }

    fn fault_stands(&self, decision: &mut Decision<'_>, spot: Spot) {
        let Some((_, held)) = snapshot(decision, spot) else { return };
        if let Some(id) = decision.state.open_of(&Target::without_feedback(&held.point)).map(|fault| fault.id) {
            decision.source(id, Source::Active, SourceCause::Read);
        }
    }

    /// The feedback of a target must have come by now.
    pub(super) fn feedback_due(&mut self, decision: &mut Decision<'_>, live: &mut Live, spot: Spot) {
        let Spot { run, action, target } = spot;
        let held = decision.state.linkages.get(&run).filter(|held| held.is_open());
        let stands = held.and_then(|held| held.actions.get(action as usize)?.targets.get(target as usize));
        if stands.is_none_or(|held| held.stage != Stage::Started || held.feedback != Feedback::Awaited) {
            return;
        }
        decision.decide(fact(LinkageFact::Missing { run, action, target }));
        if let (Some(proof), Some((deed, held))) = (self.proof(decision.site, spot), snapshot(decision, spot)) {
            let truth = known(decision, live).shown(proof.sign);
            raise(decision, live, spot, &deed, &held, truth);
        }
        self.settle(decision, run);
    }
}

/// A fault at the target: what is missing, and what to do next.
fn raise(
    decision: &mut Decision<'_>,
    live: &mut Live,
    spot: Spot,
    action: &MetAction,
    target: &MetTarget,
    truth: Truth,
) {
    let condition = Target::without_feedback(&target.point);
    let open = decision.state.open_of(&condition).map(|fault| (fault.id, fault.source));
    match open {
        Some((_, Source::Active)) => return,
        Some((occurrence, Source::Quiet)) => {
            decision.returned(occurrence);
            return;
        }
        Some((id, Source::Unknown)) => {
            decision.source(id, Source::Active, SourceCause::Read);
            return;
        }
        None => {}
    }
    let seconds = target.feedback_within_us.unwrap_or(0) as f64 / 1e6;
    let (why_zh, why_en) = match truth {
        Truth::Unknown => ("反馈无法读取", "its feedback cannot be read"),
        _ => ("未收到反馈", "no feedback came"),
    };
    let detail = Text::new(
        &format!("{}：{seconds} 秒内{why_zh}", action.name.zh),
        &format!("{}: {why_en} within {seconds} s", action.name.en),
    );
    let linkage = decision.state.linkages.get(&spot.run).map(|run| run.met.linkage.clone());
    let linked = decision.site.linkages.iter().find(|held| Some(&held.id) == linkage.as_ref());
    let equipment = linked
        .and_then(|held| held.actions.get(spot.action as usize)?.targets.get(spot.target as usize))
        .and_then(|held| decision.site.equipment.get(held.equipment as usize));
    let subject = Subject {
        condition,
        name: Text::new(&format!("{} 无反馈", target.name.zh), &format!("{} no feedback", target.name.en)),
        place: target.place.clone(),
        latches: false,
        code: equipment.and_then(|held| held.code.clone()),
        kind: equipment.and_then(|held| held.kind.clone()),
        detail: Some(detail),
        advice: action.advice.clone(),
        class: decision.site.class_of(equipment).map(|class| class.id.clone()),
    };
    live.raise(decision, subject, Episode::New { sweep: None });
}

fn proofs(site: &Site, run: EventId, linkage: u32) -> Vec<(Spot, Proof)> {
    let Some(spec) = site.linkages.get(linkage as usize) else { return Vec::new() };
    let actions = (0u32..).zip(&spec.actions);
    actions
        .flat_map(|(action, held)| {
            let targets = (0u32..).zip(&held.targets);
            targets.filter_map(move |(target, held)| Some((Spot { run, action, target }, held.feedback?)))
        })
        .collect()
}

fn snapshot(decision: &Decision<'_>, spot: Spot) -> Option<(MetAction, MetTarget)> {
    let action = decision.state.linkages.get(&spot.run)?.met.actions.get(spot.action as usize)?;
    Some((action.clone(), action.targets.get(spot.target as usize)?.clone()))
}

fn known<'a>(decision: &'a Decision<'_>, live: &'a Live) -> Known<'a> {
    Known { site: decision.site, state: decision.state, live, now: decision.now }
}

/// A sign as a cause: what people call it.
pub(super) fn named(decision: &Decision<'_>, sign: Sign) -> Option<Because> {
    let (point, name) = match sign {
        Sign::Status { status, .. } => {
            let held = decision.site.statuses.get(status as usize)?;
            (&held.id, &held.name)
        }
        Sign::Rule { rule, .. } => {
            let held = decision.site.rules.get(rule as usize)?;
            (&held.condition.point, &held.name)
        }
    };
    Some(Because { occurrence: None, point: point.clone(), name: name.clone() })
}
