//! The classes of records: of each, so many are always kept.
//!
//! Takes: what happened.
//! Gives: [`Class`].
//! Never: a fact without one (the match is exhaustive).

use crate::engine::alarm::{CommandFact, FactKind, ScopeFact};
use crate::engine::base::Category;

/// A class of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Class {
    /// Alarms that were raised: danger to people.
    Alarm,
    /// Faults and everything else that was raised.
    Fault,
    /// What became of what was raised.
    Course,
    /// What people did at the desk or at a panel.
    Act,
    /// Commands and linkages.
    Control,
    /// What devices told or had noted, and equipment over time.
    Device,
    /// Handling records, rounds, duty.
    Duty,
    /// The gateway itself.
    System,
    /// Copies and archives.
    Keeping,
}

impl Class {
    /// All of them.
    pub(super) const ALL: usize = 9;

    /// The class of a fact.
    pub(super) fn of(kind: &FactKind) -> Class {
        use Category as C;
        match kind {
            FactKind::Raised(raise) => match raise.condition.category {
                C::Fire | C::Discharge | C::Gas | C::Emergency | C::Prealarm | C::Supervisory => Class::Alarm,
                _ => Class::Fault,
            },
            FactKind::IncidentOpened {}
            | FactKind::IncidentClosed { .. }
            | FactKind::SourceChanged { .. }
            | FactKind::Reactivated { .. }
            | FactKind::Resounded { .. }
            | FactKind::Closed { .. }
            | FactKind::ReviewOverdue { .. }
            | FactKind::Chatter(_) => Class::Course,
            FactKind::Acknowledged { .. }
            | FactKind::Judged { .. }
            | FactKind::Silenced { .. }
            | FactKind::Reset { .. }
            | FactKind::Isolated { .. }
            | FactKind::Released { .. }
            | FactKind::Desk(_)
            | FactKind::Scope(
                ScopeFact::TestBegun { .. }
                | ScopeFact::TestEnded { .. }
                | ScopeFact::DrillBegun { .. }
                | ScopeFact::DrillEnded { .. },
            )
            | FactKind::Command(CommandFact::Armed { .. }) => Class::Act,
            FactKind::Command(_) | FactKind::Linkage(_) => Class::Control,
            FactKind::RecordKept(_)
            | FactKind::PanelReset(_)
            | FactKind::PanelOperated(_)
            | FactKind::Remembered(_)
            | FactKind::MemoryTaken(_)
            | FactKind::Supervision(_) => Class::Device,
            FactKind::Duty(_) => Class::Duty,
            FactKind::Restarted { .. } | FactKind::Configured { .. } | FactKind::ClockStepped { .. } => Class::System,
            FactKind::Keeping(_) => Class::Keeping,
        }
    }
}
