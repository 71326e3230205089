//! The life of a run: a linkage is met, its actions wait for their delays, its cause goes away, it is over.
//!
//! Takes: a linkage whose condition became true or false, and delays that are over or ended by a call point.
//! Gives: decided facts.
//! Never: stops anything because a cause is gone (design §4); a delay that nobody is shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::graph::Leaf;
use super::news::News;
use super::{Due, Machine, Manner, fact, propose};
use crate::engine::alarm::{Because, Decision, LinkageFact, Live, Met, MetAction, MetTarget, Run, Stage};
use crate::engine::bar::Bar;
use crate::engine::base::{Deadline, EventId, PointId, Text, Truth};
use crate::engine::site::{Action, Linkage, Mode, Site, Target};

/// How many causes a run names.
const CAUSES: usize = 20;

impl Machine {
    /// A linkage is met.
    pub(super) fn meet(&mut self, decision: &mut Decision<'_>, live: &mut Live, linkage: u32, manner: &Manner) {
        let site = decision.site;
        let spec = &site.linkages[linkage as usize];
        let met = self.snapshot(decision, linkage, spec);
        let drill = met.drill;
        let run = decision.decide(fact(LinkageFact::Met(Arc::new(met))));
        self.running.insert(linkage, run);
        self.runs.insert(run, linkage);
        self.watch(site, run, linkage);
        for (number, action) in (0u32..).zip(&spec.actions) {
            let bar = match (spec.mode, manner) {
                (Mode::Monitor, _) => None,
                (Mode::Manual, _) => Some(Bar::ManualMode),
                (Mode::Auto, Manner::Propose(bar)) => Some(bar.clone()),
                (Mode::Auto, Manner::Act) => drill.then_some(Bar::Drill),
            };
            match bar {
                Some(bar) => propose(decision, run, number, all(action), &bar),
                None => self.schedule(decision, live, run, number, action),
            }
        }
    }

    fn snapshot(&self, decision: &Decision<'_>, linkage: u32, spec: &Linkage) -> Met {
        let because = self.because(decision, linkage);
        let site = decision.site;
        let drill = self.is_drill(decision, linkage);
        let actions = spec.actions.iter().map(|action| MetAction {
            name: action.name.clone(),
            verb: action.deed.verb.clone(),
            delay: Deadline::starting(decision.now, action.delay),
            discharge: discharges(site, action),
            advice: (action.advice != Text::default()).then(|| action.advice.clone()),
            targets: action.targets.iter().map(|target| met_target(site, target)).collect(),
        });
        Met {
            linkage: spec.id.clone(),
            name: spec.name.clone(),
            mode: spec.mode,
            drill,
            because,
            actions: actions.collect(),
        }
    }

    /// Whether what meets a linkage is a drill: every alarm of it is, or, where no alarm does, its targets' place.
    pub(super) fn is_drill(&self, decision: &Decision<'_>, linkage: u32) -> bool {
        let because = self.because(decision, linkage);
        let mut alarms =
            because.iter().filter_map(|cause| decision.state.occurrences.get(&cause.occurrence?)).peekable();
        if alarms.peek().is_some() {
            return alarms.all(|occurrence| decision.state.is_exercise(occurrence));
        }
        let site = decision.site;
        let targets = site.linkages[linkage as usize].actions.iter().flat_map(|action| &action.targets);
        let mut buildings = targets.filter_map(|target| place_of(site, target)?.building.as_deref());
        buildings.any(|building| decision.state.drill(building))
    }

    /// What met a linkage: alarms of its sets that count, and signs that hold.
    fn because(&self, decision: &Decision<'_>, linkage: u32) -> Vec<Because> {
        let mut leaves = BTreeSet::new();
        self.graph.when[linkage as usize].causes(&mut |leaf| {
            leaves.insert(leaf);
        });
        leaves.retain(|leaf| self.values.leaf(*leaf) == Truth::True);
        let mut because: Vec<Because> = Vec::new();
        for leaf in leaves {
            match &self.graph.leaves[leaf as usize] {
                Leaf::Alarms { set, .. } | Leaf::Judged { set, .. } => {
                    for point in self.values.holding(*set).take(CAUSES) {
                        because.extend(self.alarms_at(decision, point));
                    }
                }
                Leaf::Signs(signs, _) => {
                    because
                        .extend(signs.iter().take(CAUSES).filter_map(|sign| super::feedback::named(decision, *sign)));
                }
                Leaf::Clock(_) => {}
            }
        }
        because.sort_by_key(|cause| (cause.occurrence, cause.point.clone()));
        because.dedup();
        because.truncate(CAUSES);
        because
    }

    fn alarms_at(&self, decision: &Decision<'_>, point: &PointId) -> Vec<Because> {
        let open = decision.state.open_at(point).filter_map(|id| decision.state.occurrences.get(&id));
        let counts = open.filter(|o| self.values.told(&o.raise.condition) == Truth::True);
        counts.map(|o| Because { occurrence: Some(o.id), point: point.clone(), name: o.raise.name.clone() }).collect()
    }

    /// An action waits for its delay, unless it has none or a call point has ended it already.
    fn schedule(&mut self, decision: &mut Decision<'_>, live: &mut Live, run: EventId, number: u32, action: &Action) {
        if !action.delay.is_zero() {
            let pressed = call_point(decision.site, action).find(|point| self.is_pressed(decision, action, point));
            let Some(by_point) = pressed else {
                self.agenda.insert((decision.now.mono.after(action.delay), Due::Delay(run, number)));
                return;
            };
            decision.decide(fact(LinkageFact::DelayEnded { run, action: number, by_point }));
        }
        self.delay_over(decision, live, run, number);
    }

    /// Whether a call point of an action is pressed.
    fn is_pressed(&self, decision: &Decision<'_>, action: &Action, point: &PointId) -> bool {
        let rules = action.call_points.iter().filter_map(|rule| decision.site.rules.get(*rule as usize));
        let mut conditions = rules.map(|rule| &rule.condition).filter(|condition| condition.point == *point);
        conditions.any(|condition| self.values.told(condition) == Truth::True)
    }

    /// A manual call point ends the delays of the linkages it belongs to, never that of a discharge.
    pub(super) fn call_points(&mut self, decision: &mut Decision<'_>, live: &mut Live, news: &News) {
        let site = decision.site;
        let pressed = news.conditions.iter().filter_map(|condition| {
            let rule = self.graph.uses.get(condition)?.rule?;
            let linkages = self.graph.call_points.get(&rule)?;
            (self.values.told(condition) == Truth::True).then(|| (rule, linkages.clone()))
        });
        let pressed: Vec<(u32, Vec<u32>)> = pressed.collect();
        for (rule, linkages) in pressed {
            let by_point = &site.rules[rule as usize].condition.point;
            for linkage in linkages {
                let Some(run) = self.running.get(&linkage).copied() else { continue };
                for (number, action) in (0u32..).zip(&site.linkages[linkage as usize].actions) {
                    let ends = call_point(site, action).any(|point| point == *by_point);
                    if ends && self.agenda.iter().any(|(_, due)| *due == Due::Delay(run, number)) {
                        self.agenda.retain(|(_, due)| *due != Due::Delay(run, number));
                        let by_point = by_point.clone();
                        decision.decide(fact(LinkageFact::DelayEnded { run, action: number, by_point }));
                        self.delay_over(decision, live, run, number);
                    }
                }
            }
        }
    }

    /// The delay of an action is over.
    pub(super) fn delay_over(&mut self, decision: &mut Decision<'_>, live: &mut Live, run: EventId, action: u32) {
        let Some(held) = decision.state.linkages.get(&run).filter(|held| held.is_open()) else { return };
        let targets = held.targets_at(action, &[Stage::Delayed]);
        if targets.is_empty() {
            return;
        }
        if held.met.mode == Mode::Monitor {
            let started = targets.into_iter().map(|target| (target, None)).collect();
            self.start(decision, live, run, action, started);
        } else {
            self.send(decision, live, (run, action), &targets, super::send::Asking::First);
        }
    }

    /// The cause of a linkage is gone. What has not started is cancelled; what runs, runs on.
    pub(super) fn clear(&mut self, decision: &mut Decision<'_>, linkage: u32) {
        let Some(run) = self.running.remove(&linkage) else { return };
        decision.decide(fact(LinkageFact::Cleared { run }));
        self.cancel(decision, run);
        self.settle(decision, run);
    }

    /// Whatever of a run has not started never will.
    pub(super) fn cancel(&mut self, decision: &mut Decision<'_>, run: EventId) {
        self.agenda.retain(|(_, due)| !matches!(due, Due::Delay(of, _) | Due::Asked(of, _) if *of == run));
        self.asking.retain(|(of, _)| *of != run);
        let actions = decision.state.linkages.get(&run).map_or(0, |held| held.actions.len());
        for action in 0..u32::try_from(actions).unwrap_or(u32::MAX) {
            let waits = |held: &Run| held.targets_at(action, &[Stage::Delayed, Stage::Proposed]);
            let targets = decision.state.linkages.get(&run).map(waits).unwrap_or_default();
            if !targets.is_empty() {
                decision.decide(fact(LinkageFact::Cancelled { run, action, targets }));
            }
        }
    }

    /// A run is over once its cause is gone and nothing of it is awaited.
    pub(super) fn settle(&mut self, decision: &mut Decision<'_>, run: EventId) {
        let over = |held: &Run| held.is_open() && held.cleared_at.is_some() && held.is_settled();
        if decision.state.linkages.get(&run).is_some_and(over) {
            self.finish(decision, run);
        }
    }

    /// Ends a run, and the faults of feedbacks that nobody awaits any more.
    pub(super) fn finish(&mut self, decision: &mut Decision<'_>, run: EventId) {
        decision.decide(fact(LinkageFact::Over { run }));
        self.unwatch(decision, run);
        self.runs.remove(&run);
    }
}

fn all(action: &Action) -> Vec<u32> {
    (0..u32::try_from(action.targets.len()).unwrap_or(u32::MAX)).collect()
}

/// The call points that end an action's delay. None ends that of a discharge, whatever the file says.
fn call_point<'a>(site: &'a Site, action: &'a Action) -> impl Iterator<Item = PointId> + 'a {
    let ends = action.call_point_ends_delay && !discharges(site, action);
    let rules = action.call_points.iter().filter(move |_| ends);
    rules.filter_map(|rule| site.rules.get(*rule as usize)).map(|rule| rule.condition.point.clone())
}

/// Whether any target of an action releases extinguishing agent, by its own class and profile.
pub(super) fn discharges(site: &Site, action: &Action) -> bool {
    action.discharge || action.targets.iter().any(|target| releases(site, target))
}

fn releases(site: &Site, target: &Target) -> bool {
    let class = site.class_of(site.equipment.get(target.equipment as usize));
    let command = target.command.and_then(|command| site.commands.get(command as usize));
    class.is_some_and(|class| class.discharges)
        || command.is_some_and(|command| crate::engine::gate::is_discharge(command, class))
}

fn place_of<'a>(site: &'a Site, target: &Target) -> Option<&'a crate::engine::site::Place> {
    site.equipment.get(target.equipment as usize).map(|equipment| &equipment.place)
}

fn met_target(site: &Site, target: &Target) -> MetTarget {
    let equipment = site.equipment.get(target.equipment as usize);
    let within = |proof: &crate::engine::site::Proof| u64::try_from(proof.within.as_micros()).unwrap_or(u64::MAX);
    MetTarget {
        point: target.point.clone(),
        name: equipment.map_or_else(|| Text::same(target.point.as_str()), |held| held.name.clone()),
        place: equipment.map(|held| held.place.clone()).unwrap_or_default(),
        feedback_within_us: target.feedback.as_ref().map(within),
    }
}
