//! The operator's acts: silence, acknowledge, verdict, a call that was made, close. (Reset, and the register of isolations, have modules of
//! their own.)
//!
//! Takes: an act the gate has let through.
//! Gives: decided facts, or a [`Refusal`] and no fact at all.
//! Never: does another act's work.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::decision::Decision;
use super::desk_fact::DeskFact;
use super::fact::{CloseReason, FactKind, Source, Verdict};
use super::occurrence::{CallReport, Occurrence};
use crate::engine::Refusal;
use crate::engine::base::{Category, Deadline, EventId, PointId, Text, Wall};
use crate::engine::site::{Condition, Place};

/// An isolation is looked at again within a year at the latest.
pub(super) const REVIEW_AT_MOST: Duration = Duration::from_secs(366 * 24 * 3600);

/// How long a test of the sound lasts: three pulses of the fire pattern.
pub const SOUND_TEST: Duration = Duration::from_secs(3);

impl Decision<'_> {
    /// 消音: stops what sounds now (FA-11), also the sounders of the panels it came from, where they can be commanded.
    pub fn silence(&mut self) {
        let sounding: Vec<&Occurrence> = self.state.open().filter(|occurrence| occurrence.sounding).collect();
        if sounding.is_empty() {
            return;
        }
        let occurrences = sounding.iter().map(|occurrence| occurrence.id).collect();
        let panels = self.answering(&sounding);
        let resound = Deadline::starting(self.now, self.site.settings.resound_after);
        self.decide(FactKind::Silenced { occurrences, resound });
        for panel in panels {
            self.through_panel(panel, "silence");
        }
    }

    /// The devices that themselves say something of these occurrences: not of what the gateway says about them, and not
    /// of those that do not answer.
    pub fn answering(&self, occurrences: &[&Occurrence]) -> BTreeSet<u32> {
        let own = |category| matches!(category, Category::LinkFault | Category::Own);
        let said = occurrences
            .iter()
            .filter(|o| !own(o.raise.condition.category) && !o.raise.momentary && o.source != Source::Unknown);
        let devices: BTreeSet<&str> = said.map(|o| o.raise.condition.point.device()).collect();
        (0u32..).zip(&self.site.devices).filter(|(_, d)| devices.contains(d.id.as_str())).map(|(at, _)| at).collect()
    }

    /// Unacknowledged fire that was silenced at `from` sounds again. Every silence has its own end, so that silencing
    /// one fire never keeps another quiet for longer.
    pub fn resound(&mut self, from: Wall) {
        let occurrences: Vec<EventId> = self
            .state
            .open()
            .filter(|o| o.returns() && o.inhibit.is_empty() && !o.sounding)
            .filter(|o| o.resounds.is_some_and(|resounds| resounds.from == from))
            .map(|o| o.id)
            .collect();
        if !occurrences.is_empty() {
            self.decide(FactKind::Resounded { occurrences });
        }
    }

    /// 确认: of an explicit list; those somebody else has acknowledged meanwhile, or that closed, are left as they are.
    /// None of them, when one of them is not as it was seen.
    pub fn acknowledge(
        &mut self,
        ids: &[EventId],
        note: Option<String>,
        counts: &BTreeMap<EventId, u32>,
    ) -> Result<(), Refusal> {
        if ids.is_empty() {
            return Err(Refusal::Missing { field: "ids" });
        }
        let mut occurrences = Vec::new();
        let mut first_taken = None;
        for id in ids {
            let occurrence = self.occurrence(*id)?;
            match &occurrence.ack {
                _ if !occurrence.is_open() => {
                    first_taken.get_or_insert(Refusal::Closed { id: *id });
                }
                None if counts.get(id).is_some_and(|count| *count != occurrence.count) => {
                    return Err(Refusal::Changed { id: *id, count: occurrence.count });
                }
                None if occurrences.contains(id) => {}
                None => occurrences.push(*id),
                Some(ack) => {
                    let taken = Refusal::AlreadyAcknowledged { id: *id, by: ack.by.user.clone(), at: ack.at };
                    first_taken.get_or_insert(taken);
                }
            }
        }
        if occurrences.is_empty()
            && let Some(taken) = first_taken
        {
            return Err(taken);
        }
        let note = note.filter(|note| !note.trim().is_empty());
        self.decide(FactKind::Acknowledged { occurrences: occurrences.clone(), note });
        for id in occurrences {
            self.settle(id);
        }
        Ok(())
    }

    /// 判定
    pub fn judge(&mut self, id: EventId, verdict: Verdict, cause: Option<String>) -> Result<(), Refusal> {
        // An incident waits for its conclusion also when its first alarm is too long ago to be at hand.
        if !self.state.incidents.values().any(|incident| incident.first.contains(&id)) {
            self.occurrence(id)?;
        }
        let cause = cause.filter(|cause| !cause.trim().is_empty());
        if verdict == Verdict::False && cause.is_none() {
            return Err(Refusal::Missing { field: "cause" });
        }
        self.decide(FactKind::Judged { occurrence: id, verdict, cause });
        self.conclude();
        Ok(())
    }

    /// The sound is tested for a moment. What sounds already goes on.
    pub fn test_sound(&mut self) {
        let until = Deadline::starting(self.now, SOUND_TEST);
        self.decide(FactKind::Desk(DeskFact::SoundTested { until }));
    }

    /// A call was made about an alarm: who was called, and by whom (FA-02).
    pub fn report_call(&mut self, report: CallReport) -> Result<(), Refusal> {
        let CallReport { id, called, note } = report;
        let called = called.trim().to_owned();
        if called.is_empty() {
            return Err(Refusal::Missing { field: "called" });
        }
        if !self.occurrence(id)?.is_open() {
            return Err(Refusal::Closed { id });
        }
        let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        self.decide(FactKind::Desk(DeskFact::CallMade { occurrence: id, called, note }));
        Ok(())
    }

    /// Closes an occurrence whose point is no longer configured.
    pub fn close_removed(&mut self, id: EventId) -> Result<(), Refusal> {
        let occurrence = self.occurrence(id)?;
        if !occurrence.is_open() {
            return Err(Refusal::Closed { id });
        }
        if self.is_configured(&occurrence.raise.condition) {
            return Err(Refusal::StillConfigured { id });
        }
        self.close(id, CloseReason::Removed);
        Ok(())
    }

    fn is_configured(&self, condition: &Condition) -> bool {
        if self.site.rules.iter().any(|rule| rule.condition == *condition) {
            return true;
        }
        let point = &condition.point;
        match (point.device(), point.point().strip_prefix("bus.")) {
            ("gateway", Some(bus)) => self.site.buses.iter().any(|held| held.id.as_str() == bus),
            ("gateway", None) => true,
            (device, _) if matches!(point.point(), "link" | "record") => self.device(device).is_some(),
            // A point's own link fault, or an overdue review: as long as the point itself is configured.
            _ => self.described(point).is_some(),
        }
    }

    /// Name and place of anything that can be isolated.
    pub fn described(&self, point: &PointId) -> Option<(Text, Place)> {
        if let Some(rule) = self.site.rules.iter().find(|rule| rule.condition.point == *point) {
            let name = if rule.place.text == Text::default() { rule.name.clone() } else { rule.place.text.clone() };
            return Some((name, rule.place.clone()));
        }
        if let Some(held) = self.site.points.iter().find(|held| held.id == *point) {
            return Some((Text::clone(&held.name), Place::clone(&held.place)));
        }
        let command = self.site.commands.iter().find(|command| {
            let own = point.as_str().strip_prefix(command.point.as_str()).and_then(|rest| rest.strip_prefix('.'));
            command.point == *point || own == Some(command.spec.verb.as_str())
        });
        match command {
            Some(command) => Some((command.name.clone(), command.place.clone())),
            None => self.site.supervised(point).or_else(|| self.described_by_its_device(point)),
        }
    }

    fn occurrence(&self, id: EventId) -> Result<&Occurrence, Refusal> {
        self.state.occurrences.get(&id).ok_or_else(|| Refusal::NotFound { id: id.to_string() })
    }
}
