//! Events to occurrences: the alarm semantics of design §4.
//!
//! Takes: edges and links from the buses, acts of people, deadlines.
//! Gives: decided [`Fact`]s, and the [`State`] that is nothing but all of them applied.
//! Never: clears by absence, displaces a first alarm, or lets one act do another's work.

mod act;
mod address;
mod apply;
mod arrival;
mod chatter;
mod chatter_fact;
mod command;
mod command_fact;
mod command_record;
mod decision;
mod desk_fact;
mod desk_record;
mod duty_fact;
mod duty_record;
mod evaluate;
mod fact;
mod fact_id;
mod keeping_fact;
mod linkage_fact;
mod linkage_record;
mod memory;
mod occurrence;
mod panel_act;
mod panel_clock;
mod raise;
mod record;
mod register;
mod reset;
mod scope;
mod scope_fact;
mod scope_record;
mod state;
mod stored;
mod supervision_fact;
mod supervision_record;
mod withdraw;

pub use act::SOUND_TEST;
pub use address::{Barred, Typed};
pub use arrival::Arrival;
pub(super) use chatter::Chatter;
pub use chatter_fact::ChatterFact;
pub use command_fact::{CommandFact, Commanded};
pub use command_record::{Arming, COMMANDS_KEPT, CommandRecord, Step};
pub(super) use decision::{Decision, Order, OwnFault};
pub use desk_fact::{DeskFact, Purpose};
pub use desk_record::{FalseAlarms, Keypad, Registration, SoundTest};
pub use duty_fact::{DutyFact, Figure, ItemResult, RoundDue, RoundRecorded};
pub use duty_record::{Duty, Present, Round, UNRECORDED_KEPT, Unrecorded, Watched, is_recorded};
pub(super) use evaluate::{Changed, Episode, Live, Subject};
pub use fact::{CloseReason, Fact, FactKind, ResetMethod, Scope, Source, SourceCause, Verdict};
pub use fact_id::FactId;
pub use keeping_fact::{AccessChange, AccessChanged, Exported, KeepingFact, Retired};
pub use linkage_fact::{Because, LinkageFact, Met, MetAction, MetTarget};
pub use linkage_record::{Feedback, RUNS_KEPT, Run, RunAction, RunTarget, Stage};
pub use memory::{KnownMemory, MemoryCause, MemoryTaken, Remembered};
pub use occurrence::{Acknowledgement, Call, CallReport, Incident, Inhibit, Isolation, Occurrence};
pub use raise::Raise;
pub use record::Told;
pub use scope_fact::{ScopeFact, Tested};
pub use scope_record::{Drill, Scopes, TestScope};
pub(in crate::engine) use state::pairs;
pub use state::{CLOSED_KEPT, KEYS_KEPT, STATE_VERSION, Silence, State};
pub use stored::{FACT_VERSION, FactError};
pub use supervision_fact::{Cause, Judged, OnBattery, Sequenced, SupervisionFact};
pub use supervision_record::{BatteryRun, InPhase, SequenceRun, Supervised, TRIPS_KEPT};
pub use withdraw::opposite;
