//! From an action that is due to commands at the gate: what may go out goes, and what may not is proposed with the reason.
//!
//! Takes: targets of an action whose delay is over, or that a person released.
//! Gives: requested commands, proposals, and, before extinguishing agent is released, a question to the field.
//! Never: decides for itself what is permitted; every command of every target passes the gate.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Leaf;
use super::news::News;
use super::{Due, Machine, fact, propose};
use crate::engine::alarm::{Decision, LinkageFact, Live, Source, Stage};
use crate::engine::bar::Bar;
use crate::engine::base::{Category, EventId, PointId, Truth, Verdict};
use crate::engine::gate::{Cause, Gate, PERMISSION_FRESH, Sender};

/// Whether the field may still be asked for a fresh word on the permission to release agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    First,
    Again,
    InVain,
}

impl Machine {
    /// What a linkage brings to the gate.
    pub(super) fn cause(&self, decision: &Decision<'_>, linkage: u32, action: u32) -> Cause {
        let site = decision.site;
        let spec = &site.linkages[linkage as usize];
        let held = &spec.actions[action as usize];
        let interlock = self.graph.interlocks.get(&(linkage, action));
        Cause {
            panel: spec.panel,
            full_automatic: held.full_automatic,
            discharge: held.discharge,
            wildcard: held.wildcard,
            drill: self.is_drill(decision, linkage),
            interlock: interlock.map_or(Truth::True, |node| node.evaluate(&|leaf| self.values.leaf(leaf))),
            detections: self.detections(decision, linkage),
        }
    }

    /// Different points among a linkage's alarms that detect fire at this moment and can be read.
    fn detections(&self, decision: &Decision<'_>, linkage: u32) -> u32 {
        let mut points: BTreeSet<&PointId> = BTreeSet::new();
        self.graph.when[linkage as usize].causes(&mut |leaf| {
            if let Leaf::Alarms { set, .. } | Leaf::Judged { set, .. } = &self.graph.leaves[leaf as usize] {
                points.extend(self.values.holding(*set).filter(|point| detects(decision, point)));
            }
        });
        u32::try_from(points.len()).unwrap_or(u32::MAX)
    }

    /// Sends what the gate lets through and proposes the rest.
    pub(super) fn send(
        &mut self,
        decision: &mut Decision<'_>,
        live: &mut Live,
        (run, action): (EventId, u32),
        targets: &[u32],
        asking: Asking,
    ) {
        let (Some(linkage), Some(held)) = (self.runs.get(&run).copied(), decision.state.linkages.get(&run)) else {
            return;
        };
        let released = held.actions[action as usize].released_by.is_some();
        let cause = self.cause(decision, linkage, action);
        let spec = &decision.site.linkages[linkage as usize].actions[action as usize];
        let mut started = Vec::new();
        let mut barred: BTreeMap<Bar, Vec<u32>> = BTreeMap::new();
        let mut waiting = false;
        for target in targets {
            let Some(command) = spec.targets[*target as usize].command else {
                barred.entry(Bar::NoCommand).or_default().push(*target);
                continue;
            };
            let sender = if released { Sender::Release(&cause) } else { Sender::Linkage(&cause) };
            let gate = Gate { site: decision.site, state: decision.state, live, now: decision.now };
            match gate.opens(command, sender) {
                Ok(()) if decision.unrecorded && !released => {
                    barred.entry(Bar::Unrecorded).or_default().push(*target);
                }
                Ok(()) => {
                    let order = &decision.site.commands[command as usize];
                    started.push((*target, Some(decision.request_for(order, run, !released))));
                }
                Err(Bar::SprayStale) if asking != Asking::InVain => {
                    waiting = true;
                    if asking == Asking::First {
                        decision.confirm.extend(gate.to_be_asked(command, &cause));
                    }
                }
                Err(bar) => barred.entry(bar).or_default().push(*target),
            }
        }
        if waiting && self.asking.insert((run, action)) {
            self.agenda.insert((decision.now.mono.after(PERMISSION_FRESH), Due::Asked(run, action)));
        } else if !waiting {
            self.asking.remove(&(run, action));
        }
        for (bar, targets) in barred {
            propose(decision, run, action, targets, &bar);
        }
        if !started.is_empty() {
            self.start(decision, live, run, action, started);
        }
    }

    /// Something was said of statuses: it may be the permission that an action waits for.
    pub(super) fn asked_again(&mut self, decision: &mut Decision<'_>, live: &mut Live, news: &News) {
        if news.statuses.is_empty() || self.asking.is_empty() {
            return;
        }
        for (run, action) in self.asking.clone() {
            self.ask(decision, live, run, action, Asking::Again);
        }
    }

    /// The permission to release agent was not read in time.
    pub(super) fn asked_in_vain(&mut self, decision: &mut Decision<'_>, live: &mut Live, run: EventId, action: u32) {
        if self.asking.contains(&(run, action)) {
            self.ask(decision, live, run, action, Asking::InVain);
        }
    }

    fn ask(&mut self, decision: &mut Decision<'_>, live: &mut Live, run: EventId, action: u32, asking: Asking) {
        let held = decision.state.linkages.get(&run);
        let targets = held.map(|held| held.targets_at(action, &[Stage::Delayed])).unwrap_or_default();
        self.send(decision, live, (run, action), &targets, asking);
    }

    /// Commands of linkages that were never sent, because the journal did not answer: people decide.
    pub fn not_sent(&mut self, decision: &mut Decision<'_>, commands: &[EventId]) {
        for run in self.runs.keys().copied().collect::<Vec<_>>() {
            let Some(held) = decision.state.linkages.get(&run) else { continue };
            let actions = (0u32..).zip(&held.actions).map(|(number, action)| {
                let unsent = (0u32..)
                    .zip(&action.targets)
                    .filter(|(_, target)| target.command.is_some_and(|command| commands.contains(&command)));
                (number, unsent.map(|(at, _)| at).collect::<Vec<u32>>())
            });
            for (action, targets) in actions.filter(|(_, targets)| !targets.is_empty()).collect::<Vec<_>>() {
                self.agenda.retain(|(_, due)| {
                    !matches!(due, Due::Feedback(spot) if spot.run == run
                    && spot.action == action && targets.contains(&spot.target))
                });
                propose(decision, run, action, targets, &Bar::Unrecorded);
            }
        }
    }

    /// An action began.
    pub(super) fn start(
        &mut self,
        decision: &mut Decision<'_>,
        live: &mut Live,
        run: EventId,
        action: u32,
        targets: Vec<(u32, Option<EventId>)>,
    ) {
        let begun: Vec<u32> = targets.iter().map(|(target, _)| *target).collect();
        decision.decide(fact(LinkageFact::Started { run, action, targets }));
        for target in begun {
            self.await_feedback(decision, live, super::Spot { run, action, target });
        }
        self.settle(decision, run);
    }
}

/// Whether a point detects fire now: its source can be read, nothing inhibits it, and nobody judged it otherwise.
fn detects(decision: &Decision<'_>, point: &PointId) -> bool {
    let mut open = decision.state.open_at(point).filter_map(|id| decision.state.occurrences.get(&id));
    open.any(|o| {
        o.raise.condition.category == Category::Fire
            && o.source == Source::Active
            && o.inhibit.is_empty()
            && !matches!(o.verdict, Verdict::False | Verdict::Drill)
    })
}
