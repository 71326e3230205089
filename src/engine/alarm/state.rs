//! What the console stands on: nothing but all facts applied (design §2).
//!
//! Takes: facts, one after the other.
//! Gives: open occurrences, isolations, incidents and sound.
//! Never: configuration, rules, clocks or live values. Two states that applied the same facts are equal.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::command_record::{Arming, CommandRecord};
use super::desk_record::{FalseAlarms, Keypad, Registration, SoundTest};
use super::duty_record::Duty;
use super::fact_id::FactId;
use super::linkage_record::Run;
use super::memory::KnownMemory;
use super::occurrence::{Incident, Isolation, Occurrence};
use super::scope_record::Scopes;
use super::supervision_record::Supervised;
use crate::engine::base::{Category, Deadline, DeviceId, EventId, PointId, Tone, Wall};
use crate::engine::site::Condition;

/// How many closed occurrences stay at hand for displays; the journal keeps them all.
pub const CLOSED_KEPT: usize = 500;
/// How many incidents that are reset but were never concluded stay at hand; the journal keeps them all.
pub const INCIDENTS_KEPT: usize = 500;
/// How many idempotency keys are remembered.
pub const KEYS_KEPT: usize = 1_000;
/// Version of the snapshot's form.
pub const STATE_VERSION: u16 = 2;

/// The state of a site's alarms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Version of its form.
    pub v: u16,
    /// The last fact applied.
    pub last: FactId,
    /// Hash of the configuration in force.
    pub config: String,
    /// Open occurrences, and the last [`CLOSED_KEPT`] closed ones.
    pub occurrences: BTreeMap<EventId, Occurrence>,
    /// The open occurrence of each condition: at most one.
    #[serde(with = "pairs")]
    pub open: BTreeMap<Condition, EventId>,
    /// Closed occurrences in the order they closed.
    pub closed: VecDeque<EventId>,
    /// Isolations in force.
    pub isolations: BTreeMap<EventId, Isolation>,
    /// Incidents that are open or not yet concluded.
    pub incidents: BTreeMap<EventId, Incident>,
    /// The last silence, until everything it silenced is acknowledged or sounds again.
    pub silenced: Option<Silence>,
    /// Idempotency keys of the last acts and the first fact of each.
    pub keys: VecDeque<(String, FactId)>,
    /// Commands that still wait for something, and the last that ended: [`super::COMMANDS_KEPT`] in all, more only
    /// while more are waited for.
    #[serde(default)]
    pub commands: BTreeMap<EventId, CommandRecord>,
    /// Runs of linkages that are not over, and the last that ended: [`super::RUNS_KEPT`] in all, more only while more
    /// run.
    #[serde(default)]
    pub linkages: BTreeMap<EventId, Run>,
    /// Armed commands; whether their time is over is known to the process alone.
    #[serde(default)]
    pub armed: BTreeMap<EventId, Arming>,
    /// The last test of the sound.
    #[serde(default)]
    pub sound_test: Option<SoundTest>,
    /// Points that were judged false, and how often.
    #[serde(default)]
    pub false_alarms: BTreeMap<PointId, FalseAlarms>,
    /// Panels that register their devices anew.
    #[serde(default)]
    pub registrations: BTreeMap<EventId, Registration>,
    /// What the last acts on secondary codes meant.
    #[serde(default)]
    pub addressed: BTreeMap<EventId, Keypad>,
    /// What people owe, and who is there.
    #[serde(default)]
    pub duty: Duty,
    /// Tests and drills that run.
    #[serde(default)]
    pub scopes: Scopes,
    /// What is supervised over time.
    #[serde(default)]
    pub supervised: Supervised,
    /// What was read of devices' event memories.
    #[serde(default)]
    pub memories: BTreeMap<DeviceId, KnownMemory>,
}

/// Sound was stopped by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    /// When.
    pub at: Wall,
    /// By whom.
    pub by: String,
    /// When unacknowledged fire sounds again.
    pub resound: Deadline,
}

/// JSON has no maps with structured keys, so these are lists of pairs.
pub(in crate::engine) mod pairs {
    use super::{BTreeMap, Condition};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer, V: Serialize>(
        map: &BTreeMap<Condition, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Condition, V>, D::Error> {
        Ok(Vec::<(Condition, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl State {
    /// The open occurrence of a condition.
    pub fn open_of(&self, condition: &Condition) -> Option<&Occurrence> {
        self.occurrences.get(self.open.get(condition)?)
    }

    /// Every open occurrence, in the order they were raised.
    pub fn open(&self) -> impl Iterator<Item = &Occurrence> {
        // Ids rise with time, so the map's order is the order of arrival.
        self.occurrences.values().filter(|occurrence| occurrence.is_open())
    }

    /// The oldest thing that is not over: an alarm, an incident, an isolation, a test, a drill. What is recorded from there on
    /// belongs to the present.
    pub fn first_open(&self) -> Option<EventId> {
        let occurrences = self.open().map(|held| held.id);
        let incidents = self.incidents.keys().copied();
        let isolations = self.isolations.keys().copied();
        let scopes = self.scopes.tests.keys().chain(self.scopes.drills.keys()).copied();
        occurrences.chain(incidents).chain(isolations).chain(scopes).min_by_key(|id| id.seq)
    }

    /// Open occurrences of one point, whatever their category.
    pub fn open_at<'a>(&'a self, point: &'a PointId) -> impl Iterator<Item = EventId> + 'a {
        let from = Condition { point: point.clone(), category: Category::ALL[0], level: None };
        self.open.range(from..).take_while(move |(condition, _)| condition.point == *point).map(|(_, id)| *id)
    }

    /// Open occurrences of one point and of everything of it: an element's own, and those its class brings.
    pub fn open_within<'a>(&'a self, point: &'a PointId) -> impl Iterator<Item = EventId> + 'a {
        let from = Condition { point: point.clone(), category: Category::ALL[0], level: None };
        // What begins alike stands together, whether it belongs to the point or only looks like it (`l2-d1`, `l2-d17`).
        let alike = self.open.range(from..).take_while(|(held, _)| held.point.as_str().starts_with(point.as_str()));
        alike.filter(|(held, _)| point.covers(&held.point)).map(|(_, id)| *id)
    }

    /// The isolation that covers a point: its own, or that of the element it belongs to.
    pub fn isolation_of(&self, point: &PointId) -> Option<&Isolation> {
        self.isolations.values().find(|isolation| isolation.point.covers(point))
    }

    /// The most urgent tone that sounds now.
    pub fn tone(&self) -> Tone {
        self.open().filter(|occurrence| occurrence.sounding).map(|o| o.raise.tone).min().unwrap_or(Tone::None)
    }

    /// The incident that new fires join: the oldest that still has an open member.
    pub fn current_incident(&self) -> Option<&Incident> {
        self.incidents.values().find(|incident| !incident.open.is_empty())
    }
}

/// The condition by which a panel says that it has disabled a point.
pub(super) fn disabled_at(point: &PointId) -> Condition {
    Condition { point: point.clone(), category: Category::Disabled, level: None }
}
