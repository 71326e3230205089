//! Tests and drills: their beginning, their end, and what an end leaves behind.
//!
//! Takes: acts the gate has let through, and the end of their time.
//! Gives: decided facts, or a [`Refusal`] and no fact at all.
//! Never: takes a fire of what is not under test for a test (FA-10); forgets what is still active when a test ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::decision::Decision;
use super::evaluate::{Episode, Live, Subject};
use super::fact::{CloseReason, FactKind, Source, SourceCause};
use super::scope_fact::{ScopeFact, Tested};
use crate::engine::Refusal;
use crate::engine::base::{Category, Deadline, DeviceId, EventId, PointId, Wall};
use crate::engine::site::{Device, Rule};

/// A test or a drill ends by itself within this time.
const AT_MOST: Duration = Duration::from_secs(8 * 3600);

impl Decision<'_> {
    /// 测试: what these points say from now on is a test.
    /// A panel's self-test is begun at the panel, too, where it can be.
    pub fn begin_test(&mut self, tested: Tested, reason: &str, until: Wall) -> Result<(), Refusal> {
        let reason = stated(reason)?;
        let until = self.ends(until)?;
        let (points, signals) = self.written_out(&tested)?;
        let panel = match &tested {
            Tested::SelfTest { device, .. } => (0u32..).zip(&self.site.devices).find(|(_, held)| held.id == *device),
            _ => None,
        };
        let panel = panel.map(|(number, _)| number);
        self.decide(FactKind::Scope(ScopeFact::TestBegun { tested, points, signals, reason, until }));
        if let Some(panel) = panel {
            self.through_panel(panel, "self-test");
        }
        Ok(())
    }

    /// A person ends a test.
    pub fn end_test(&mut self, live: &mut Live, test: EventId) -> Result<(), Refusal> {
        if !self.state.scopes.tests.contains_key(&test) {
            return Err(Refusal::NotFound { id: test.to_string() });
        }
        self.test_over(live, test);
        Ok(())
    }

    /// A test is over. What it covered is judged by its present state at once: what is quiet is gone, what is still
    /// active is an alarm like any other, and what is not known is shown as such and must be looked at.
    pub fn test_over(&mut self, live: &mut Live, test: EventId) {
        if !self.state.scopes.tests.contains_key(&test) {
            return;
        }
        self.decide(FactKind::Scope(ScopeFact::TestEnded { test }));
        let over: Vec<EventId> =
            self.state.tested().filter(|o| !self.state.in_test(&o.raise.condition)).map(|o| o.id).collect();
        for id in over {
            let Some(occurrence) = self.state.occurrences.get(&id) else { continue };
            let (source, raise) = (occurrence.source, Arc::clone(&occurrence.raise));
            self.close(id, CloseReason::TestOver);
            if source == Source::Quiet {
                continue;
            }
            live.raise(self, Subject::from(&*raise), Episode::New { sweep: None });
            let raised = self.state.open_of(&raise.condition).map(|occurrence| occurrence.id);
            if let (Source::Unknown, Some(raised)) = (source, raised) {
                self.source(raised, Source::Unknown, SourceCause::LinkLost);
            }
        }
    }

    /// 演练: until it ends, nothing is commanded for what happens in this building, and nothing reported as real.
    pub fn begin_drill(&mut self, building: String, reason: &str, until: Wall) -> Result<(), Refusal> {
        let reason = stated(reason)?;
        if !self.site.buildings.iter().any(|held| held.id == building) {
            return Err(Refusal::NoSuchScope { id: building });
        }
        if let Some(drill) = self.state.scopes.drills.values().find(|drill| drill.building == building) {
            return Err(Refusal::AlreadyDrilling { id: drill.id });
        }
        let until = self.ends(until)?;
        self.decide(FactKind::Scope(ScopeFact::DrillBegun { building, reason, until }));
        Ok(())
    }

    /// A person ends a drill.
    pub fn end_drill(&mut self, drill: EventId) -> Result<(), Refusal> {
        if !self.state.scopes.drills.contains_key(&drill) {
            return Err(Refusal::NotFound { id: drill.to_string() });
        }
        self.drill_over(drill);
        Ok(())
    }

    /// A drill is over.
    pub fn drill_over(&mut self, drill: EventId) {
        if self.state.scopes.drills.contains_key(&drill) {
            self.decide(FactKind::Scope(ScopeFact::DrillEnded { drill }));
        }
    }

    /// A deadline at `until`, when it lies ahead and within [`AT_MOST`].
    pub fn ends(&self, until: Wall) -> Result<Deadline, Refusal> {
        let lapse = until.since(self.now.wall);
        if lapse.is_zero() || lapse > AT_MOST { Err(Refusal::BadEnd) } else { Ok(Deadline::starting(self.now, lapse)) }
    }

    /// The points that a scope makes, and those of which only the harmless is a test.
    fn written_out(&self, tested: &Tested) -> Result<(Vec<PointId>, Vec<PointId>), Refusal> {
        let mut signals = Vec::new();
        let points = match tested {
            Tested::Points(points) => {
                let unknown = |point: &&PointId| !self.site.rules.iter().any(|rule| rule.condition.point == **point);
                if let Some(point) = points.iter().find(unknown) {
                    return Err(Refusal::NoSuchPoint { point: point.clone() });
                }
                points.clone()
            }
            Tested::Zone(zone) => sorted(self.site.rules.iter().filter(|rule| rule.place.zone.as_ref() == Some(zone))),
            Tested::Device(device) => {
                self.scoped(device)?;
                return Ok((Vec::new(), Vec::new()));
            }
            Tested::Loop { device, number } => self.of_loop(self.scoped(device)?, *number),
            Tested::SelfTest { device, loops } => {
                let panel = self.scoped(device)?;
                signals = sorted(self.rules_of(panel).iter().filter(|rule| loop_of(panel, rule).is_none()));
                let mut points: Vec<PointId> = Vec::new();
                for number in loops {
                    points.extend(self.listed(self.of_loop(panel, *number), &format!("{device} {number}"))?);
                }
                return Ok((points, signals));
            }
        };
        Ok((self.listed(points, &spelt(tested))?, signals))
    }

    fn listed(&self, points: Vec<PointId>, id: &str) -> Result<Vec<PointId>, Refusal> {
        if points.is_empty() { Err(Refusal::NoSuchScope { id: id.to_owned() }) } else { Ok(points) }
    }

    fn scoped(&self, id: &DeviceId) -> Result<&Device, Refusal> {
        self.device(id.as_str()).ok_or_else(|| Refusal::NoSuchScope { id: id.to_string() })
    }

    fn rules_of(&self, device: &Device) -> &[Rule] {
        &self.site.rules[device.rules.start as usize..device.rules.end as usize]
    }

    fn of_loop(&self, device: &Device, number: u16) -> Vec<PointId> {
        sorted(self.rules_of(device).iter().filter(|rule| loop_of(device, rule) == Some(number)))
    }
}

/// The loop on which the element of a rule is; none for a panel's own points.
fn loop_of(device: &Device, rule: &Rule) -> Option<u16> {
    let segment = rule.condition.point.point();
    device.profile.arrays.iter().find_map(|array| array.numbers(segment)).map(|(number, _)| number)
}

fn sorted<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<PointId> {
    let told = rules.filter(|rule| rule.condition.category != Category::Disabled);
    told.map(|rule| rule.condition.point.clone()).collect::<BTreeSet<PointId>>().into_iter().collect()
}

fn spelt(tested: &Tested) -> String {
    match tested {
        Tested::Points(_) => String::new(),
        Tested::Zone(zone) => zone.clone(),
        Tested::Loop { device, number } => format!("{device} {number}"),
        Tested::Device(device) | Tested::SelfTest { device, .. } => device.to_string(),
    }
}

/// A reason that says something.
pub(super) fn stated(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Refusal::Missing { field: "reason" }) } else { Ok(reason.to_owned()) }
}
