//! What takes time: sequences that equipment goes through step by step, each step within its time.
//!
//! Takes: the statuses that were said anew in a step, the facts it decided, and the passing of time.
//! Gives: facts of supervision, and occurrences at points of their own (`pump-1/start.bypass`).
//! Never: commands anything, judges what it cannot see, or looks at equipment of which nothing was said.

mod battery;
mod folding;
mod learned;
mod mains;
mod rows;
mod sequence;
mod shown;
mod trips;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::alarm::{Changed, Decision, FactKind, Live, State, SupervisionFact};
use super::base::{Category, EventId, Mono, Now, Text};
use super::site::Site;
use battery::Batteries;
use folding::Folding;
pub(super) use learned::Learned;
use mains::Mains;
use sequence::Machine;
use trips::Trips;

/// Everything that is supervised at a site. What must outlive the process is in the state; this finds it again there.
#[derive(Debug, Default)]
pub(super) struct Supervision {
    /// One for each sequence of each piece of equipment that shows enough of it.
    machines: Vec<Machine>,
    /// By status: the machines that read it.
    readers: Vec<Vec<u32>>,
    batteries: Batteries,
    mains: Mains,
    trips: Trips,
    folding: Folding,
    due: BTreeSet<(Mono, Timer)>,
    /// Runs of sequences that the site no longer has.
    orphans: Vec<(EventId, Text)>,
}

/// What can fall due; what no longer matters is looked at in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Timer {
    /// A phase of this machine.
    Machine(u32),
    /// The permitted time of this battery.
    Battery(u32),
    /// A verdict on a mains fault.
    Mains,
}

/// A power fault that a step has touched.
struct Fault {
    id: EventId,
    category: Category,
    /// It was raised, or became active again.
    begun: bool,
}

impl Supervision {
    /// Takes up what was under way when the process ended; nothing of it is known until its statuses are read.
    pub fn resumed(site: &Site, state: &State, now: Now, clock_trusted: bool) -> Supervision {
        let mut supervision = Supervision {
            readers: vec![Vec::new(); site.statuses.len()],
            batteries: Batteries::resumed(site, state, now, clock_trusted),
            mains: Mains::resumed(site, state),
            trips: Trips::of(site),
            folding: Folding::resumed(site, state),
            ..Supervision::default()
        };
        supervision.due = supervision.batteries.running().map(|(due, number)| (due, Timer::Battery(number))).collect();
        let mut runs: Vec<_> = state.supervised.sequences.values().collect();
        for held in &site.equipment {
            let class = held.class.and_then(|class| site.classes.list.get(class as usize));
            for sequence in class.map_or(&[][..], |class| &class.sequences) {
                let Some(mut machine) = Machine::of(site, held, sequence) else { continue };
                if let Some(at) = runs.iter().rposition(|run| machine.resume(run, state)) {
                    runs.remove(at);
                }
                let number = u32::try_from(supervision.machines.len()).unwrap_or(u32::MAX);
                for status in machine.reads() {
                    supervision.readers[status as usize].push(number);
                }
                supervision.machines.push(machine);
            }
        }
        supervision.orphans = runs.into_iter().map(|run| (run.id, run.of.name.clone())).collect();
        supervision
    }

    /// When time alone will say something.
    pub fn next(&self) -> Option<Mono> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Looks at what a step has brought about: at the statuses that were said anew in it, the power faults it decided, and
    /// what is due.
    pub fn look(&mut self, decision: &mut Decision<'_>, live: &mut Live, changed: &Changed) {
        for (run, of) in std::mem::take(&mut self.orphans) {
            let gone = SupervisionFact::Done { run, of, abandoned: true };
            decision.decide(FactKind::Supervision(gone));
        }
        let faults = power_faults(decision);
        let mut touched: BTreeSet<Timer> = BTreeSet::new();
        for status in &changed.statuses {
            let readers = self.readers.get(*status as usize).into_iter().flatten();
            touched.extend(readers.map(|machine| Timer::Machine(*machine)));
            touched.extend(self.batteries.reader(*status).map(Timer::Battery));
            self.trips.look(*status, decision, live);
        }
        let batteries = faults.iter().filter(|fault| fault.category == Category::MainsFault);
        touched.extend(batteries.filter_map(|fault| self.batteries.of_fault(fault.id, decision)).map(Timer::Battery));
        while self.due.first().is_some_and(|(due, _)| *due <= decision.now.mono) {
            touched.extend(self.due.pop_first().map(|(_, timer)| timer));
        }
        for timer in touched {
            match timer {
                Timer::Machine(number) => {
                    let Some(machine) = self.machines.get_mut(number as usize) else { continue };
                    machine.advance(decision, live);
                    self.due.extend(machine.due().map(|due| (due, timer)));
                }
                Timer::Battery(number) => {
                    self.batteries.advance(number, decision, live);
                    self.due.extend(self.batteries.due(number).map(|due| (due, timer)));
                }
                // It finds by itself what is due.
                Timer::Mains => {}
            }
        }
        self.judge(&faults, decision, live, changed);
    }

    /// Folds what follows from what is announced already, once everything of a step is decided.
    pub fn fold(&mut self, decision: &mut Decision<'_>) {
        self.folding.look(decision);
    }

    /// Says what power faults come from.
    fn judge(&mut self, faults: &[Fault], decision: &mut Decision<'_>, live: &Live, changed: &Changed) {
        for fault in faults.iter().filter(|fault| fault.category == Category::BackupFault && fault.begun) {
            self.batteries.judge(fault.id, decision);
        }
        let mains = faults.iter().filter(|fault| fault.category == Category::MainsFault);
        let mains: Vec<EventId> = mains.map(|fault| fault.id).collect();
        self.mains.look(decision, live, changed, &mains);
        self.due.extend(self.mains.due().map(|due| (due, Timer::Mains)));
    }
}

/// Mains and backup faults of which the step has decided something.
fn power_faults(decision: &Decision<'_>) -> Vec<Fault> {
    let category = |id: &EventId| Some(decision.state.occurrences.get(id)?.raise.condition.category);
    let of = |fact: &super::alarm::Fact| {
        let (id, category, begun) = match &fact.kind {
            FactKind::Raised(raise) => (fact.id.into(), raise.condition.category, true),
            FactKind::Reactivated { occurrence } => (*occurrence, category(occurrence)?, true),
            FactKind::SourceChanged { occurrence, .. } | FactKind::Closed { occurrence, .. } => {
                (*occurrence, category(occurrence)?, false)
            }
            _ => return None,
        };
        let power = matches!(category, Category::MainsFault | Category::BackupFault);
        power.then_some(Fault { id, category, begun })
    };
    decision.facts.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests;
