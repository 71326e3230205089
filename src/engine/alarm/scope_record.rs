//! What the state keeps of tests and drills, and what they mean for an alarm.
//!
//! Takes: scope facts, through [`State::apply`].
//! Gives: [`TestScope`], [`Drill`], [`State::in_test`], [`State::drill`].
//! Never: takes what a point said before the test as part of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::occurrence::{Inhibit, Occurrence};
use super::scope_fact::{ScopeFact, Tested};
use super::state::State;
use crate::engine::base::{Actor, Category, Deadline, DeviceId, EventId, PointId, Verdict, Wall};
use crate::engine::site::Condition;

/// Tests and drills that run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scopes {
    /// Tests, by the id of the fact that began each.
    pub tests: BTreeMap<EventId, TestScope>,
    /// Drills, likewise.
    pub drills: BTreeMap<EventId, Drill>,
}

/// A test that runs: what its points say is shown as test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestScope {
    /// The id of the fact that began it.
    pub id: EventId,
    /// What the person said.
    pub tested: Tested,
    /// The points that makes.
    pub points: BTreeSet<PointId>,
    /// Points of which fire, discharge, gas and emergency are no test all the same.
    pub signals: BTreeSet<PointId>,
    /// Who.
    pub by: Actor,
    /// Since when.
    pub since: Wall,
    /// Why.
    pub reason: String,
    /// When it ends by itself.
    pub until: Deadline,
}

/// A drill that runs in a building: nothing is commanded for its sake, and nothing of it is reported upwards as real.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drill {
    /// The id of the fact that began it.
    pub id: EventId,
    /// Where.
    pub building: String,
    /// Who.
    pub by: Actor,
    /// Since when.
    pub since: Wall,
    /// What is drilled.
    pub reason: String,
    /// When it ends by itself.
    pub until: Deadline,
}

impl TestScope {
    /// Whether an alarm of this condition is part of the test. Agent that is released and people who call for help are
    /// real unless their very point was named; what the gateway itself says of a point is no test of it.
    pub fn covers(&self, condition: &Condition) -> bool {
        let (point, category) = (&condition.point, condition.category);
        let named = matches!(self.tested, Tested::Points(_));
        match category {
            Category::LinkFault | Category::Own | Category::Disabled => false,
            Category::Discharge | Category::Emergency => named && self.points.contains(point),
            Category::Fire | Category::Gas => self.includes(point),
            _ => self.includes(point) || self.signals.contains(point),
        }
    }

    fn includes(&self, point: &PointId) -> bool {
        let whole = |device: &DeviceId| point.device() == device.as_str();
        // What the class of a tested element finds is part of its test: `panel-1/l2-d17.dirty`.
        let text = point.as_str();
        let of_element = |end: usize| self.points.contains(&PointId::new(&text[..end]));
        matches!(&self.tested, Tested::Device(device) if whole(device))
            || self.points.contains(point)
            || text.match_indices('.').any(|(end, _)| of_element(end))
    }
}

impl State {
    /// Whether an alarm of this condition is part of a test that runs.
    pub fn in_test(&self, condition: &Condition) -> bool {
        self.scopes.tests.values().any(|test| test.covers(condition))
    }

    /// Whether a drill runs in this building.
    pub fn drill(&self, building: &str) -> bool {
        self.scopes.drills.values().any(|drill| drill.building == building)
    }

    /// Whether an alarm is no more than a test or part of a drill: nobody outside may take it as real. A person who
    /// judges it real ends that for this alarm.
    pub fn is_exercise(&self, occurrence: &Occurrence) -> bool {
        let drilled = || occurrence.raise.place.building.as_deref().is_some_and(|building| self.drill(building));
        occurrence.is_test()
            || occurrence.verdict == Verdict::Drill
            || (occurrence.verdict != Verdict::Real && drilled())
    }

    /// Tests that run and alarms that are part of them.
    pub fn tested(&self) -> impl Iterator<Item = &Occurrence> {
        self.open().filter(|occurrence| occurrence.is_test())
    }

    pub(super) fn apply_scope(&mut self, fact: &Fact, scope: &ScopeFact) {
        let id = EventId::from(fact.id);
        match scope {
            ScopeFact::TestBegun { tested, points, signals, reason, until } => {
                let Some(by) = fact.by.clone() else { return };
                let test = TestScope {
                    id,
                    tested: tested.clone(),
                    points: points.iter().cloned().collect(),
                    signals: signals.iter().cloned().collect(),
                    by,
                    since: fact.at,
                    reason: reason.clone(),
                    until: *until,
                };
                self.scopes.tests.insert(id, test);
            }
            ScopeFact::TestEnded { test } => {
                self.scopes.tests.remove(test);
            }
            ScopeFact::DrillBegun { building, reason, until } => {
                let Some(by) = fact.by.clone() else { return };
                let (building, reason) = (building.clone(), reason.clone());
                self.scopes.drills.insert(id, Drill { id, building, by, since: fact.at, reason, until: *until });
            }
            ScopeFact::DrillEnded { drill } => {
                self.scopes.drills.remove(drill);
            }
        }
    }
}

impl Occurrence {
    /// Whether it is part of a test: shown and counted as such, owed to nobody.
    pub fn is_test(&self) -> bool {
        self.inhibit.contains(&Inhibit::TestScope)
    }
}
