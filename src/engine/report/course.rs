//! What lasts, and which facts begin and end it.
//!
//! Takes: a fact.
//! Gives: [`Course`]: what began or ended with it, for whoever notes what was open when.
//! Never: more than one beginning or end for a fact.

use crate::engine::alarm::{CommandFact, DutyFact, Fact, FactKind, LinkageFact, ScopeFact};
use crate::engine::base::EventId;

/// What lasts from one fact to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// An occurrence.
    Alarm,
    /// An isolation.
    Isolation,
    /// A command.
    Command,
    /// A run of a linkage.
    Run,
    /// A round that is due.
    Round,
    /// A test.
    Test,
    /// A drill.
    Drill,
    /// An incident.
    Incident,
    /// Somebody on duty.
    Presence,
}

impl Lasting {
    /// All of them; an index may keep their places.
    pub const ALL: [Lasting; 9] = [
        Lasting::Alarm,
        Lasting::Isolation,
        Lasting::Command,
        Lasting::Run,
        Lasting::Round,
        Lasting::Test,
        Lasting::Drill,
        Lasting::Incident,
        Lasting::Presence,
    ];
}

/// What a fact is to what lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It begins something, which has the fact's own id. Whoever is on duty already does not come again.
    Begins(Lasting),
    /// It ends what has this id.
    Ends(EventId),
    /// The person who signed it goes off duty.
    Leaves,
    /// Neither.
    Passes,
}

impl Course {
    /// Of a fact.
    pub fn of(fact: &Fact) -> Course {
        match &fact.kind {
            FactKind::Raised(_) => Course::Begins(Lasting::Alarm),
            FactKind::Isolated { .. } => Course::Begins(Lasting::Isolation),
            FactKind::Command(CommandFact::Requested(_)) => Course::Begins(Lasting::Command),
            FactKind::Linkage(LinkageFact::Met(_)) => Course::Begins(Lasting::Run),
            FactKind::Duty(DutyFact::RoundDue(_)) => Course::Begins(Lasting::Round),
            FactKind::Scope(ScopeFact::TestBegun { .. }) => Course::Begins(Lasting::Test),
            FactKind::Scope(ScopeFact::DrillBegun { .. }) => Course::Begins(Lasting::Drill),
            FactKind::IncidentOpened {} => Course::Begins(Lasting::Incident),
            FactKind::Duty(DutyFact::SignedIn {}) => Course::Begins(Lasting::Presence),
            FactKind::Duty(DutyFact::SignedOut {}) => Course::Leaves,
            FactKind::Duty(DutyFact::RoundRecorded(record)) => record.round.map_or(Course::Passes, Course::Ends),
            FactKind::Closed { occurrence: id, .. }
            | FactKind::Released { isolation: id, .. }
            | FactKind::IncidentClosed { incident: id, .. }
            | FactKind::Linkage(LinkageFact::Over { run: id })
            | FactKind::Duty(DutyFact::RoundMissed { round: id })
            | FactKind::Scope(ScopeFact::TestEnded { test: id } | ScopeFact::DrillEnded { drill: id })
            | FactKind::Command(
                CommandFact::Confirmed { command: id }
                | CommandFact::Done { command: id }
                | CommandFact::Failed { command: id, .. }
                | CommandFact::Unknown { command: id },
            ) => Course::Ends(*id),
            _ => Course::Passes,
        }
    }
}
