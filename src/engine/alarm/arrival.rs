//! Incidents as alarms come: which one an alarm joins, and its number in the order of arrival (design §4).
//!
//! Takes: the state, the bus and sweep in which an alarm was seen.
//! Gives: [`Arrival`], which its fact carries and nothing changes afterwards.
//! Never: an order among alarms of one sweep: they have a number each, and are said to be tied. A number is never given to
//! another alarm of the same incident, also when the one that had it is over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::evaluate::Episode;
use super::fact::FactKind;
use super::occurrence::Incident;
use crate::engine::base::EventId;

/// The place of an occurrence in the order in which the alarms of its incident came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// From 1. What returns after a reset keeps the number it had.
    pub number: u32,
    /// The occurrence that was raised first in the same sweep of the same bus: which of them came first nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tied: Option<EventId>,
}

/// What an alarm joins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joined {
    /// The incident.
    pub incident: EventId,
    /// It is the first alarm of it, or tied with it.
    pub first: bool,
    pub arrival: Arrival,
}

/// The last sweep of each bus in which an alarm of an incident was seen: the incident, the sweep and its first alarm there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::engine) struct Sweeps(BTreeMap<u32, (EventId, u64, EventId)>);

impl Sweeps {
    /// A bus that begins anew counts its sweeps from the beginning: nothing ties with what it said before.
    pub(super) fn forget(&mut self, bus: u32) {
        self.0.remove(&bus);
    }

    /// An alarm was raised as this episode; those that follow in its sweep tie with it.
    pub(super) fn note(&mut self, episode: Episode, joined: Joined, raised: EventId) {
        if let (Episode::New { sweep: Some((bus, sweep)) }, None) = (episode, joined.arrival.tied) {
            self.0.insert(bus, (joined.incident, sweep, raised));
        }
    }

    /// Joins the incident of what was reset, or the current one; opens one where there is none.
    pub(super) fn join(&self, decision: &mut Decision<'_>, episode: Episode) -> Joined {
        let incidents = &decision.state.incidents;
        let (incident, sweep, kept) = match episode {
            Episode::Realarm { incident: Some(incident), arrival } if incidents.contains_key(&incident) => {
                (Some(incident), None, arrival)
            }
            Episode::Realarm { .. } => (decision.state.current_incident().map(|held| held.id), None, None),
            Episode::New { sweep } => (decision.state.current_incident().map(|held| held.id), sweep, None),
        };
        let Some(held) = incident.and_then(|incident| incidents.get(&incident)) else {
            let incident = decision.decide(FactKind::IncidentOpened {});
            return Joined { incident, first: true, arrival: Arrival { number: 1, tied: None } };
        };
        let tied = sweep.and_then(|(bus, sweep)| {
            let (incident, seen, first) = self.0.get(&bus)?;
            (*incident == held.id && *seen == sweep).then_some(*first)
        });
        let first = tied.is_some_and(|tied| held.first.contains(&tied));
        let arrival = kept.unwrap_or(Arrival { number: held.next_number(), tied });
        Joined { incident: held.id, first, arrival }
    }
}

impl Incident {
    /// The number of the alarm that joins it next.
    pub(super) fn next_number(&self) -> u32 {
        // An incident of before alarms were numbered: those it has were counted by whoever showed them.
        let unnumbered = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let taken = if self.numbered == 0 { unnumbered } else { self.numbered };
        taken.saturating_add(1)
    }

    /// An alarm joined it, with its number where its fact carries one.
    pub(super) fn take_number(&mut self, arrival: Option<Arrival>) {
        self.numbered = arrival.map_or_else(|| self.next_number(), |arrival| self.numbered.max(arrival.number));
    }
}

#[cfg(test)]
#[path = "arrival_tests.rs"]
mod tests;
