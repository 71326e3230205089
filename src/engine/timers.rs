//! The deadlines that run: silence, reset windows, reviews, commands.
//!
//! Takes: decided facts; after a restart, the state.
//! Gives: what falls due, in the order it does.
//! Never: is state. Every deadline can be found again in the state (design §2, *Restart*).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::alarm::{CommandFact, Decision, DeskFact, Fact, FactKind, Live, ScopeFact, State};
use super::base::{Deadline, EventId, Mono, Now, Wall, Zone};

const SECONDS_A_DAY: i64 = 24 * 3600;

/// What can fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Timer {
    /// What was silenced at this wall time sounds again if it is unacknowledged fire.
    Resound(Wall),
    /// A reset must have been confirmed for this occurrence.
    ResetWindow(EventId),
    /// An isolation must be looked at.
    Review(EventId),
    /// A shift begins.
    Shift,
    /// A panel must have registered its devices.
    Registration(EventId),
    /// A test is over.
    Test(EventId),
    /// A drill is over.
    Drill(EventId),
    /// A bus must have said what became of this command.
    Command(EventId),
}

/// Deadlines that run on monotonic time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
        for (id, registration) in &state.registrations {
            timers.due.insert((registration.until.resumed(now, clock_trusted), Timer::Registration(*id)));
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
            FactKind::Desk(DeskFact::RegistrationBegun { until, .. }) => {
                start(until, Timer::Registration(fact.id.into()));
            }
            FactKind::Scope(ScopeFact::TestBegun { until, .. }) => start(until, Timer::Test(fact.id.into())),
            FactKind::Scope(ScopeFact::DrillBegun { until, .. }) => start(until, Timer::Drill(fact.id.into())),
            FactKind::Isolated { review, .. } => start(review, Timer::Review(fact.id.into())),
            FactKind::Command(CommandFact::Requested(asked)) => start(&asked.settles, Timer::Command(fact.id.into())),
            _ => {}
        }
    }

    /// Sets the next change of shifts, as the wall clock stands; it is set anew when that was stepped, and after each.
    pub fn set_shift(&mut self, shifts: &[u16], zone: &Zone, now: Now) {
        self.due.retain(|(_, timer)| *timer != Timer::Shift);
        let second = now.wall.0.div_euclid(1_000_000) + i64::from(zone.offset(now.wall));
        let second = u64::try_from(second.rem_euclid(SECONDS_A_DAY)).unwrap_or(0);
        let micros = u64::try_from(now.wall.0.rem_euclid(1_000_000)).unwrap_or(0);
        let day = SECONDS_A_DAY.unsigned_abs();
        // At the instant itself the shift has begun: the next is the one after it.
        let left = |minute: &u16| match (u64::from(*minute) * 60 + day - second) % day {
            0 => day,
            left => left,
        };
        if let Some(left) = shifts.iter().map(left).min() {
            let lapse = std::time::Duration::from_micros(left * 1_000_000 - micros);
            self.due.insert((now.mono.after(lapse), Timer::Shift));
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
            Timer::Shift => decision.shift_begins(),
            Timer::Registration(registration) => decision.registration_over(live, registration),
            Timer::Test(test) => decision.test_over(live, test),
            Timer::Drill(drill) => decision.drill_over(drill),
            Timer::Command(command) => decision.command_unheard(command),
        }
    }
}
