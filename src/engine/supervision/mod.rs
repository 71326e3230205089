//! What takes time: sequences that equipment goes through step by step, each step within its time.
//!
//! Takes: the statuses that were said anew in a step, the facts it decided, and the passing of time.
//! Gives: facts of supervision, and occurrences at points of their own (`pump-1/start.bypass`).
//! Never: commands anything, judges what it cannot see, or looks at equipment of which nothing was said.

mod sequence;
mod shown;

use std::collections::BTreeSet;

use super::alarm::{Changed, Decision, FactKind, Live, State, SupervisionFact};
use super::base::{EventId, Mono, Text};
use super::site::Site;
use sequence::Machine;

/// Everything that is supervised at a site. What must outlive the process is in the state; this finds it again there.
#[derive(Debug, Default)]
pub(super) struct Supervision {
    /// One for each sequence of each piece of equipment that shows enough of it.
    machines: Vec<Machine>,
    /// By status: the machines that read it.
    readers: Vec<Vec<u32>>,
    due: BTreeSet<(Mono, u32)>,
    /// Runs of sequences that the site no longer has.
    orphans: Vec<(EventId, Text)>,
}

impl Supervision {
    /// Takes up what was under way when the process ended; nothing of it is known until its statuses are read.
    pub fn resumed(site: &Site, state: &State) -> Supervision {
        let mut supervision = Supervision { readers: vec![Vec::new(); site.statuses.len()], ..Supervision::default() };
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

    /// Looks at what a step has brought about: at the statuses that were said anew in it, and at what is due.
    pub fn look(&mut self, decision: &mut Decision<'_>, live: &mut Live, changed: &Changed) {
        for (run, of) in std::mem::take(&mut self.orphans) {
            let gone = SupervisionFact::Done { run, of, abandoned: true };
            decision.decide(FactKind::Supervision(gone));
        }
        let mut touched: BTreeSet<u32> = changed
            .statuses
            .iter()
            .filter_map(|status| self.readers.get(*status as usize))
            .flatten()
            .copied()
            .collect();
        while self.due.first().is_some_and(|(due, _)| *due <= decision.now.mono) {
            touched.extend(self.due.pop_first().map(|(_, machine)| machine));
        }
        for number in touched {
            let Some(machine) = self.machines.get_mut(number as usize) else { continue };
            machine.advance(decision, live);
            self.due.extend(machine.due().map(|due| (due, number)));
        }
    }
}

#[cfg(test)]
mod tests;
