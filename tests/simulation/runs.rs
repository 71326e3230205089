//! The runs of linkages, as they are published: each begins on a cause that the field had, ends once, and says within its bound of
//! every feedback whether it came.

use std::collections::BTreeMap;
use std::time::Duration;

use tocsin::engine::alarm::{Fact, FactKind, LinkageFact, Met};
use tocsin::engine::base::{EventId, Mono, PointId};

use crate::invariants::Tested;
use crate::judge::proof;
use crate::truth::{Truth, before};

/// What is due is said within this.
const SAID: Duration = Duration::from_millis(1_500);
/// How old what the gateway knows of a feedback may be; slow points of the gas controller are read every ten seconds.
const KNOWN_S: u64 = 20;

#[derive(Clone, Debug)]
struct Run {
    met: std::sync::Arc<Met>,
    /// When people were last told that it would act: it was met, or somebody released it.
    told: Mono,
    /// Agent was released after that.
    released: bool,
    cleared: bool,
    over: bool,
    /// Feedbacks that are awaited, each with the moment by which something must have been said.
    awaited: BTreeMap<(u32, u32), Mono>,
}

/// Every run of a seed.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    runs: BTreeMap<EventId, Run>,
}

impl Runs {
    /// A fact about a run.
    pub fn take(
        &mut self,
        fact: &Fact,
        now: Mono,
        tested: &mut Tested,
        truth: &Truth,
        calm: bool,
        caused: impl Fn(&str, &Truth) -> bool,
    ) {
        let FactKind::Linkage(said) = &fact.kind else { return };
        match said {
            LinkageFact::Met(met) => {
                let told = || format!("{} at {now:?}: {truth:?}", met.linkage);
                tested.hold("l met on a cause of the field", caused(&met.linkage, truth), told);
                *tested.count("l met in a drill") += u64::from(met.drill);
                *tested.count(mode(&met.linkage)) += 1;
            }
            LinkageFact::Arrived { run, action, target } => {
                let point = self.point(*run, *action, *target);
                let held = truth.was(&proof(&point), true, before(now, KNOWN_S), now);
                tested.hold("l feedback arrived when it was there", held, || format!("{point} at {now:?}: {truth:?}"));
            }
            LinkageFact::Missing { run, action, target } => {
                let point = self.point(*run, *action, *target);
                let gone = truth.was(&proof(&point), false, before(now, KNOWN_S), now);
                let waited = self.runs.get(run).is_some_and(|held| held.awaited.contains_key(&(*action, *target)));
                let told = || format!("{point} at {now:?}: {truth:?}");
                tested.hold("l feedback missing only when it was awaited", waited, told);
                if calm {
                    tested.hold("l feedback missing when it was not there", gone, told);
                }
            }
            LinkageFact::Proposed { .. } => *tested.count("l proposed") += 1,
            LinkageFact::Released { .. } => *tested.count("l released by a person") += 1,
            LinkageFact::Withdrawn { .. } => *tested.count("l withdrawn by a person") += 1,
            LinkageFact::Cancelled { .. } => *tested.count("l cancelled") += 1,
            _ => {}
        }
        if let Some(run) = said.run() {
            let held = self.runs.get(&run);
            let fine = match said {
                LinkageFact::Cleared { .. } => held.is_some_and(|held| !held.cleared && !held.over),
                _ => held.is_some_and(|held| !held.over),
            };
            tested.hold("l a run ends once, and nothing comes after", fine, || format!("{said:?} of {held:?}"));
        }
        self.note(fact, now);
    }

    fn note(&mut self, fact: &Fact, now: Mono) {
        let FactKind::Linkage(said) = &fact.kind else { return };
        if let LinkageFact::Met(met) = said {
            let (met, awaited) = (met.clone(), BTreeMap::new());
            let run = Run { met, told: now, released: false, cleared: false, over: false, awaited };
            self.runs.insert(fact.id.into(), run);
            return;
        }
        let Some(held) = said.run().and_then(|run| self.runs.get_mut(&run)) else { return };
        match said {
            LinkageFact::Released { .. } => (held.told, held.released) = (now, false),
            LinkageFact::Cleared { .. } => held.cleared = true,
            LinkageFact::Over { .. } => {
                held.over = true;
                held.awaited.clear();
            }
            LinkageFact::Started { action, targets, .. } => {
                for (target, _) in targets {
                    let within = held.met.actions[*action as usize].targets[*target as usize].feedback_within_us;
                    let within = Duration::from_micros(within.expect("each of these linkages is proven"));
                    held.awaited.insert((*action, *target), now.after(within));
                }
            }
            LinkageFact::Arrived { action, target, .. } | LinkageFact::Missing { action, target, .. } => {
                held.awaited.remove(&(*action, *target));
            }
            LinkageFact::Proposed { action, targets, .. } | LinkageFact::Cancelled { action, targets, .. } => {
                held.awaited.retain(|(of, target), _| of != action || !targets.contains(target));
            }
            LinkageFact::Withdrawn { action, .. } => held.awaited.retain(|(of, _), _| of != action),
            _ => {}
        }
    }

    /// The device whose feedback a fact calls missing.
    pub fn missing(&self, fact: &Fact) -> Option<String> {
        let FactKind::Linkage(LinkageFact::Missing { run, action, target }) = &fact.kind else { return None };
        Some(self.point(*run, *action, *target).device().to_owned())
    }

    fn point(&self, run: EventId, action: u32, target: u32) -> PointId {
        let target =
            self.runs.get(&run).and_then(|held| held.met.actions.get(action as usize)?.targets.get(target as usize));
        target.map(|target| target.point.clone()).expect("a run that was met")
    }

    /// Whatever is awaited is said in time.
    pub fn passed(&self, now: Mono, tested: &mut Tested) {
        for (id, held) in self.runs.iter().filter(|(_, held)| !held.awaited.is_empty()) {
            let late = held.awaited.values().any(|due| due.after(SAID) < now);
            tested
                .hold("l a missing feedback is said within its bound", !late, || format!("{id} at {now:?}: {held:?}"));
        }
    }

    /// Whether agent may flow now for some run: people were told so long ago, and it has not flowed since.
    pub fn gas(&self, at: Mono, evacuation_s: u64) -> bool {
        self.runs.values().any(|held| is_due(held, at, evacuation_s))
    }

    /// Agent was released: its run has had its release.
    pub fn released(&mut self, at: Mono, evacuation_s: u64) {
        if let Some(held) = self.runs.values_mut().rev().find(|held| is_due(held, at, evacuation_s)) {
            held.released = true;
        }
    }

    /// The process died: what the disk has of them is all there is, and deadlines go on from there.
    pub fn killed(&mut self, durable: &[Fact], decided: &[Mono], now: Mono) {
        let before = std::mem::take(&mut self.runs);
        for (fact, at) in durable.iter().zip(decided) {
            self.note(fact, *at);
        }
        for (id, held) in &mut self.runs {
            held.released = before.get(id).is_some_and(|was| was.released && was.told == held.told);
            for ((action, target), due) in &mut held.awaited {
                let within = held.met.actions[*action as usize].targets[*target as usize].feedback_within_us;
                // A wall clock that was stepped may put it off, never beyond its own length.
                *due = now.after(Duration::from_micros(within.unwrap_or(0)));
            }
        }
    }
}

fn is_due(held: &Run, at: Mono, evacuation_s: u64) -> bool {
    held.met.linkage == "gas" && !held.released && held.told.after(Duration::from_secs(evacuation_s)) <= at
}

fn mode(linkage: &str) -> &'static str {
    match linkage {
        "watched" => "l met, monitor",
        "by-hand" => "l met, manual",
        _ => "l met, auto",
    }
}
