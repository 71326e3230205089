//! Reset (复位): its scope, what it closes at once, and what must first answer for itself.
//!
//! Takes: a scope, and later the end of the reset's window.
//! Gives: decided facts and the devices that must report anew.
//! Never: closes what is still active or unknown. It stays on show until its source has answered; what is still
//! active when the window ends returns as a new occurrence marked re-alarm, what is not confirmed becomes unknown.
//!
//! A device that reports by itself cannot be asked. Its own record of the reset confirms it; without one the row becomes
//! unknown when the window ends, and only the person who resets once more, after a look at the panel, takes it away.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arrival::Arrival;
use super::decision::Decision;
use super::evaluate::{Episode, Live, Subject};
use super::fact::{CloseReason, FactKind, ResetMethod, Scope, Source, SourceCause};
use super::linkage_fact::Because;
use super::linkage_record::{Run, RunTarget, Stage};
use super::occurrence::Occurrence;
use crate::engine::Refusal;
use crate::engine::base::{Category, Deadline, DeviceId, EventId, PointId};
use crate::engine::site::Place;

impl Decision<'_> {
    /// Resets through those panels that can be commanded and records the reset that a person made at the others. Gives
    /// the devices that must report anew.
    pub fn reset(&mut self, scope: Scope) -> Result<BTreeSet<u32>, Refusal> {
        self.check_scope(&scope)?;
        let within: Vec<&Occurrence> = self.state.open().filter(|occurrence| covers(&scope, occurrence)).collect();
        let running =
            within.iter().filter(|o| o.raise.condition.category == Category::Delay && o.source != Source::Quiet);
        let delays = running.filter(|o| self.may_discharge(o)).map(|o| o.id);
        let delays: Vec<EventId> = delays.chain(self.discharges_delayed(&scope)).collect();
        let latched: Vec<&Occurrence> = within.into_iter().filter(|occurrence| occurrence.latched).collect();
        let owed: Vec<EventId> = latched.iter().filter(|o| o.is_unacknowledged()).map(|o| o.id).collect();
        if !owed.is_empty() {
            return Err(Refusal::Unacknowledged { ids: owed });
        }
        if !delays.is_empty() {
            return Err(Refusal::DelayRunning { ids: delays });
        }
        if latched.is_empty() {
            return Err(Refusal::NothingToReset);
        }
        let (quiet, awaiting): (Vec<&Occurrence>, Vec<&Occurrence>) =
            latched.iter().partition(|o| o.source == Source::Quiet || self.is_past_asking(o));
        let quiet: Vec<EventId> = quiet.iter().map(|occurrence| occurrence.id).collect();
        let devices: BTreeSet<&str> = latched.iter().map(|o| o.raise.condition.point.device()).collect();
        let confirm: BTreeSet<u32> = (0u32..)
            .zip(&self.site.devices)
            .filter(|(_, device)| devices.contains(device.id.as_str()))
            .map(|(index, _)| index)
            .collect();
        let awaiting = awaiting.iter().map(|occurrence| occurrence.id).collect();
        let window = Deadline::starting(self.now, self.site.settings.reset_window);
        let answering = self.answering(&latched);
        let panels: Vec<u32> =
            answering.into_iter().filter(|device| self.site.goes_through(*device, "reset").is_some()).collect();
        let commanded: Vec<DeviceId> =
            panels.iter().map(|device| self.site.devices[*device as usize].id.clone()).collect();
        let method = if commanded.is_empty() { ResetMethod::AtPanel } else { ResetMethod::Commanded };
        self.decide(FactKind::Reset { scope, method, awaiting, window, commanded });
        for panel in panels {
            self.through_panel(panel, "reset");
        }
        for id in quiet {
            self.close(id, CloseReason::Reset);
        }
        Ok(confirm)
    }

    /// Whether agent may come when this delay ends: its equipment releases it, or nobody knows what equipment it is.
    fn may_discharge(&self, delay: &Occurrence) -> bool {
        let class = delay.raise.class.as_deref().and_then(|class| self.site.classes.find(class));
        let its =
            |at: &u32| self.site.rules.get(*at as usize).is_some_and(|rule| rule.condition == delay.raise.condition);
        let held = self.site.equipment.iter().find(|held| held.rules.iter().any(its));
        class.is_none_or(|(_, class)| class.discharges) || held.is_some_and(|held| self.site.discharges(held))
    }

    /// Linkages of which an evacuation delay runs: where agent would come, or for what was detected there.
    fn discharges_delayed(&self, scope: &Scope) -> impl Iterator<Item = EventId> {
        let here = |run: &&Run| {
            let cause = |because: &Because| self.state.occurrences.get(&because.occurrence?);
            let caused = run.met.because.iter().filter_map(cause).any(|occurrence| covers(scope, occurrence));
            let delayed = |target: &RunTarget| target.stage == Stage::Delayed;
            run.met.actions.iter().zip(&run.actions).filter(|(met, _)| met.discharge).any(|(met, action)| {
                let mut targets = met.targets.iter().zip(&action.targets).filter(|(_, target)| delayed(target));
                targets.any(|(met, _)| caused || holds(scope, &met.place, &met.point))
            })
        };
        self.state.linkages.values().filter(|run| run.is_open()).filter(here).map(|run| run.id)
    }

    /// Its device cannot be asked, and the last that is known of it is that it is over.
    fn is_past_asking(&self, occurrence: &Occurrence) -> bool {
        occurrence.known == Source::Quiet && self.reports(&occurrence.raise.condition.point)
    }

    fn check_scope(&self, scope: &Scope) -> Result<(), Refusal> {
        let (known, id) = match scope {
            Scope::Building(id) => (self.site.buildings.iter().any(|building| building.id == *id), id),
            Scope::Device(id) => (self.device(id).is_some(), id),
        };
        // A place that is no longer configured may still have occurrences that somebody must be able to reset.
        if known || self.state.open().any(|occurrence| covers(scope, occurrence)) {
            Ok(())
        } else {
            Err(Refusal::NoSuchScope { id: id.clone() })
        }
    }

    /// The window of a reset has ended for an occurrence that did not become quiet within it.
    pub fn end_reset_window(&mut self, live: &mut Live, id: EventId) {
        let Some(occurrence) = self.state.occurrences.get(&id) else { return };
        if !occurrence.is_open() || occurrence.resetting.is_none() {
            return;
        }
        // What a device said before the reset says nothing of the time after it.
        if occurrence.source != Source::Active || self.reports(&occurrence.raise.condition.point) {
            self.decide(FactKind::SourceChanged {
                occurrence: id,
                source: Source::Unknown,
                cause: SourceCause::ResetUnconfirmed,
            });
            return;
        }
        self.realarm(live, id);
    }

    /// A reset did not end what it should have ended: it returns as a new occurrence of the same incident.
    pub fn realarm(&mut self, live: &mut Live, id: EventId) {
        let Some(occurrence) = self.state.occurrences.get(&id) else { return };
        let (raise, tied) = (Arc::clone(&occurrence.raise), occurrence.tied.then_some(id));
        // It came when it came: what a reset brings back has no other place in the order.
        let arrival = raise.arrival.map(|held| Arrival { tied: held.tied.or(tied), ..held });
        let rule = self.site.rules.iter().find(|rule| rule.condition == raise.condition);
        let subject = match rule {
            Some(rule) => Some(Subject::from(rule)),
            // What a device says, or supervision finds, is not among the rules.
            None => {
                let point = &raise.condition.point;
                (self.reports(point) || self.site.supervised(point).is_some()).then(|| Subject::from(&*raise))
            }
        };
        self.decide(FactKind::Closed { occurrence: id, reason: CloseReason::Reset });
        if let Some(subject) = subject {
            live.raise(self, subject, Episode::Realarm { incident: raise.incident, arrival });
        }
        self.conclude();
    }
}

fn covers(scope: &Scope, occurrence: &Occurrence) -> bool {
    holds(scope, &occurrence.raise.place, &occurrence.raise.condition.point)
}

fn holds(scope: &Scope, place: &Place, point: &PointId) -> bool {
    match scope {
        Scope::Building(id) => place.building.as_deref() == Some(id),
        Scope::Device(id) => point.device() == id,
    }
}
