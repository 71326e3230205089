//! The deadlines that run: silence, reset windows, reviews, commands.
//!
//! Takes: decided facts; after a restart, the state.
//! Gives: what falls due, in the order it does.
//! Never: is state. Every deadline can be found again in the state (design §2, *Restart*).

use std::collections::BTreeSet;

use super::alarm::{CommandFact, Decision, Fact, FactKind, Live, ScopeFact, State};
use super::base::{Deadline, EventId, Mono, Now, Wall};

/// What can fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// What was silenced at this wall time sounds again if it is unacknowledged fire.
    Resound(Wall),
    /// A reset must have been confirmed for this occurrence.
    ResetWindow(EventId),
    /// An isolation must be looked at.
    Review(EventId),
    /// A test is over.
    Test(EventId),
    /// A drill is over.
    Drill(EventId),
    /// A bus must have said what became of this command.
    Command(EventId),
}

/// Deadlines that run on monotonic time.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeSet<(Mono, Timer)>,
}

impl Timers {
    /// Finds every deadline of a recovered state again.
    pub fn resumed(state: &State, now: Now, clock_trusted: bool) -> Timers {
        let mut timers = Timers::default();
        for isolation in state.isolations.values().filter(|isolation| !isolation.overdue) {
            timers.due.insert((isolation.review.resumed(now, clock_trusted), Timer::Review(isolation.id)));
        }
        for test in state.scopes.tests.values() {
            timers.due.insert((test.until.resumed(now, clock_trusted), Timer::Test(test.id)));
        }
        for drill in state.scopes.drills.values() {
            timers.due.insert((drill.until.resumed(now, clock_trusted), Timer::Drill(drill.id)));
        }
        timers
    }

    /// A fact may start a deadline.
    pub fn note(&mut self, fact: &Fact, now: Now) {
        let mut start = |deadline: &Deadline, timer| {
            self.due.insert((now.mono.after(std::time::Duration::from_micros(deadline.lasts_us)), timer));
        };
        match &fact.kind {
            FactKind::Silenced { resound, .. } => start(resound, Timer::Resound(resound.from)),
            FactKind::Reset { awaiting, window, .. } => {
                for occurrence in awaiting {
                    start(window, Timer::ResetWindow(*occurrence));
                }
            }
            FactKind::Scope(ScopeFact::TestBegun { until, .. }) => start(until, Timer::Test(fact.id.into())),
            FactKind::Scope(ScopeFact::DrillBegun { until, .. }) => start(until, Timer::Drill(fact.id.into())),
            FactKind::Isolated { review, .. } => start(review, Timer::Review(fact.id.into())),
            FactKind::Command(CommandFact::Requested(asked)) => start(&asked.settles, Timer::Command(fact.id.into())),
            _ => {}
        }
    }

    /// The next deadline.
    pub fn next(&self) -> Option<Mono> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Takes what is due.
    pub fn take_due(&mut self, now: Mono) -> Vec<Timer> {
        let mut due = Vec::new();
        while self.due.first().is_some_and(|(at, _)| *at <= now) {
            due.extend(self.due.pop_first().map(|(_, timer)| timer));
        }
        due
    }
}

impl Timer {
    /// Decides what follows; a deadline that no longer matters decides nothing.
    pub fn fall_due(self, decision: &mut Decision<'_>, live: &mut Live) {
        match self {
            Timer::Resound(from) => {
                decision.resound(from);
            }
            Timer::ResetWindow(occurrence) => decision.end_reset_window(live, occurrence),
            Timer::Review(isolation) => decision.review_overdue(isolation),
            Timer::Test(test) => decision.test_over(live, test),
            Timer::Drill(drill) => decision.drill_over(drill),
            Timer::Command(command) => decision.command_unheard(command),
        }
    }
}
