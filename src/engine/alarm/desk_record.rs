//! What the state keeps of false alarms, registrations and what was taken back.
//!
//! Takes: desk facts and verdicts, through [`State::apply`].
//! Gives: [`FalseAlarms`], [`Registration`].
//! Never: more of them than a person could still act on; the journal keeps them all.

use serde::{Deserialize, Serialize};

use super::address::Barred;
use super::desk_fact::DeskFact;
use super::fact::Fact;
use super::occurrence::Call;
use super::state::State;
use crate::engine::base::{Category, Deadline, DeviceId, EventId, PointId, Verdict, Wall};

/// How many points that alarmed falsely stay at hand.
pub const FALSE_ALARMS_KEPT: usize = 1_000;

/// How many acts on several targets stay at hand.
const ADDRESSED_KEPT: usize = 50;

/// What one act on a secondary code meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keypad {
    /// What was commanded.
    pub points: Vec<PointId>,
    /// What was not, and why.
    pub barred: Vec<Barred>,
}

/// How often a point was judged false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FalseAlarms {
    /// How often.
    pub count: u32,
    /// When last.
    pub last: Wall,
}

/// A panel that registers its devices anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Which panel.
    pub device: DeviceId,
    /// Since when.
    pub since: Wall,
    /// Until when.
    pub until: Deadline,
}

/// A test of the sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundTest {
    /// The fact that began it.
    pub id: EventId,
    /// Who.
    pub by: String,
    /// Until when.
    pub until: Deadline,
}

impl State {
    pub(super) fn apply_desk(&mut self, fact: &Fact, desk: &DeskFact) {
        let id = EventId::from(fact.id);
        match desk {
            DeskFact::OrderLinked { isolation, order } => {
                if let Some(isolation) = self.isolations.get_mut(isolation) {
                    isolation.order = Some(order.clone());
                }
            }
            DeskFact::IsolationProposed { occurrence, false_alarms } => {
                if let Some(occurrence) = self.occurrences.get_mut(occurrence) {
                    occurrence.false_alarms = *false_alarms;
                }
            }
            DeskFact::CallMade { occurrence, called, note } => {
                if let (Some(occurrence), Some(by)) = (self.occurrences.get_mut(occurrence), &fact.by) {
                    let (called, note) = (called.clone(), note.clone());
                    occurrence.calls.push(Call { called, by: by.clone(), at: fact.at, note });
                }
            }
            DeskFact::RegistrationBegun { device, until, .. } => {
                let registration = Registration { device: device.clone(), since: fact.at, until: *until };
                self.registrations.insert(id, registration);
            }
            DeskFact::Registered { registration, .. } => {
                self.registrations.remove(registration);
            }
            DeskFact::CommandWithdrawn { command, by_command } => {
                if let Some(record) = self.commands.get_mut(command) {
                    record.withdrawn = Some(*by_command);
                }
            }
            DeskFact::CommandsAddressed { points, barred, .. } => {
                let keypad = Keypad { points: points.clone(), barred: barred.clone() };
                self.addressed.insert(id, keypad);
                if self.addressed.len() > ADDRESSED_KEPT {
                    self.addressed.pop_first();
                }
            }
            DeskFact::SoundTested { until } => {
                let by = fact.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
                self.sound_test = Some(SoundTest { id, by, until: *until });
            }
            DeskFact::ShiftBegun { .. }
            | DeskFact::PanelCancelled { .. }
            | DeskFact::AbnormalReported { .. }
            | DeskFact::IdentityAsked { .. } => {}
        }
    }

    /// Counts a verdict for its point: once for an occurrence, and not any more when a person thinks better of it.
    pub(super) fn count_false_alarm(&mut self, point: &PointId, before: Verdict, now: Verdict, at: Wall) {
        match (before == Verdict::False, now == Verdict::False) {
            (false, true) => {
                let held = self.false_alarms.entry(point.clone()).or_insert(FalseAlarms { count: 0, last: at });
                held.count += 1;
                held.last = at;
            }
            (true, false) => {
                if let Some(held) = self.false_alarms.get_mut(point) {
                    held.count = held.count.saturating_sub(1);
                }
            }
            _ => {}
        }
        self.false_alarms.retain(|_, held| held.count > 0);
        if self.false_alarms.len() > FALSE_ALARMS_KEPT {
            let oldest = self.false_alarms.iter().min_by_key(|(_, held)| held.last).map(|(point, _)| point.clone());
            oldest.map(|point| self.false_alarms.remove(&point));
        }
    }

    /// Open occurrences that say that a point is disabled at its panel: released there, listed beside the isolations.
    pub fn disabled_at_panels(&self) -> impl Iterator<Item = &super::Occurrence> {
        self.open().filter(|occurrence| occurrence.raise.condition.category == Category::Disabled)
    }

    /// Isolations in force, the one that is due first at the front.
    pub fn isolations_by_review(&self) -> Vec<&super::Isolation> {
        let mut list: Vec<&super::Isolation> = self.isolations.values().collect();
        list.sort_by_key(|isolation| (isolation.review.due(), isolation.id));
        list
    }
}
