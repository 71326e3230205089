//! Where a reset is owed.
//!
//! Takes: the shown state.
//! Gives: the scopes in which something latched waits.
//! Never: the same alarms under two scopes.

use std::collections::BTreeMap;

use crate::engine::alarm::{Occurrence, State};
use crate::engine::base::EventId;

/// Where something latched waits: by building, and by panel where no building is known.
pub fn latched(state: &State) -> BTreeMap<(&'static str, &str), Vec<&Occurrence>> {
    let mut scopes: BTreeMap<(&'static str, &str), Vec<&Occurrence>> = BTreeMap::new();
    for occurrence in state.occurrences.values().filter(|occurrence| occurrence.is_open() && occurrence.latched) {
        let place = &occurrence.raise.place;
        if let Some(building) = &place.building {
            scopes.entry(("building", building)).or_default().push(occurrence);
        }
        scopes.entry(("device", occurrence.raise.condition.point.device())).or_default().push(occurrence);
    }
    // A device whose alarms are exactly those of a building is not offered a second time.
    let ids = |waiting: &[&Occurrence]| waiting.iter().map(|occurrence| occurrence.id).collect::<Vec<_>>();
    let buildings: Vec<Vec<EventId>> =
        scopes.iter().filter(|((kind, _), _)| *kind == "building").map(|(_, waiting)| ids(waiting)).collect();
    scopes.retain(|(kind, _), waiting| *kind == "building" || !buildings.contains(&ids(waiting)));
    scopes
}
