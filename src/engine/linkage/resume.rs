//! What a restart finds of linkages that were at work: their deadlines go on, and what fell due meanwhile is proposed.
//!
//! Takes: the runs of a recovered state.
//! Gives: their deadlines and watches anew; decided facts.
//! Never: does late what nobody did in time; goes on with a linkage that the configuration has changed meanwhile.

use super::{Due, Machine, Spot, propose};
use crate::engine::alarm::{Decision, Feedback, Live, Run, Stage};
use crate::engine::bar::Bar;
use crate::engine::base::{EventId, PointId};
use crate::engine::site::{Linkage, Mode};

impl Machine {
    /// Finds every run of the state again.
    pub(super) fn resume(&mut self, decision: &mut Decision<'_>, live: &mut Live) {
        let open: Vec<EventId> =
            decision.state.linkages.values().filter(|run| run.is_open()).map(|run| run.id).collect();
        for run in open {
            let Some(held) = decision.state.linkages.get(&run).cloned() else { continue };
            let same = |(_, linkage): &(u32, &Linkage)| is_same(linkage, &held);
            match (0u32..).zip(&decision.site.linkages).find(same) {
                Some((linkage, _)) => self.go_on(decision, live, linkage, &held),
                // Nobody can verify what is not configured any more.
                None => {
                    self.cancel(decision, run);
                    self.finish(decision, run);
                }
            }
        }
        self.doubt(decision);
    }

    fn go_on(&mut self, decision: &mut Decision<'_>, live: &mut Live, linkage: u32, held: &Run) {
        self.runs.insert(held.id, linkage);
        if held.cleared_at.is_none() {
            self.running.insert(linkage, held.id);
        }
        self.watch(decision.site, held.id, linkage);
        for (number, action) in (0u32..).zip(&held.actions) {
            let delayed = held.targets_at(number, &[Stage::Delayed]);
            if !delayed.is_empty() {
                let due = action.delay.resumed(decision.now, live.clock_trusted);
                if due > decision.now.mono {
                    self.agenda.insert((due, Due::Delay(held.id, number)));
                } else if held.met.mode == Mode::Monitor {
                    self.delay_over(decision, live, held.id, number);
                } else {
                    propose(decision, held.id, number, delayed, &Bar::Restarted);
                }
            }
            for (target, stands) in (0u32..).zip(&action.targets) {
                let waits = stands.stage == Stage::Started && stands.feedback == Feedback::Awaited;
                if let Some(due) = stands.due.filter(|_| waits) {
                    let spot = Spot { run: held.id, action: number, target };
                    self.agenda.insert((due.resumed(decision.now, live.clock_trusted), Due::Feedback(spot)));
                }
            }
        }
    }
}

/// Whether a linkage of the site is still the one that was met.
fn is_same(linkage: &Linkage, run: &Run) -> bool {
    let points = |linkage: &Linkage| -> Vec<Vec<PointId>> {
        linkage
            .actions
            .iter()
            .map(|action| action.targets.iter().map(|target| target.point.clone()).collect())
            .collect()
    };
    let met: Vec<Vec<PointId>> = run
        .met
        .actions
        .iter()
        .map(|action| action.targets.iter().map(|target| target.point.clone()).collect())
        .collect();
    linkage.id == run.met.linkage && linkage.mode == run.met.mode && points(linkage) == met
}
