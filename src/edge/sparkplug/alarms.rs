//! The open alarms as a host counts them: of the whole site, and of each device.
//!
//! Takes: the shown state.
//! Gives: counts by category and the first alarm in words.
//! Never: an alarm's past: the journal, MQTT and the API have it.

use std::collections::BTreeMap;

use crate::engine::alarm::{Occurrence, State};
use crate::engine::base::{Category, EventId, Text};
use crate::engine::site::Site;

/// What is open at one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    /// By category, as the console counts them: what a point under test says is a test.
    pub counts: BTreeMap<Category, u32>,
    /// All together.
    pub total: u32,
    /// Those that nobody acknowledged.
    pub unacknowledged: u32,
    /// The oldest of the most urgent; empty when there is none.
    pub first: Text,
    urgency: Option<(u8, EventId)>,
}

/// Counts of the site and of its devices, in the order of the site.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Everything, the gateway's own faults and what the site no longer has included.
    pub site: Open,
    /// By device.
    pub devices: Vec<Open>,
}

/// Counts what is open.
pub fn count(state: &State, site: &Site) -> Counted {
    let index: BTreeMap<&str, usize> =
        site.devices.iter().enumerate().map(|(number, device)| (device.id.as_str(), number)).collect();
    let mut counted = Counted { site: Open::default(), devices: vec![Open::default(); site.devices.len()] };
    for occurrence in state.open() {
        counted.site.add(occurrence);
        let device = index.get(occurrence.raise.condition.point.device());
        if let Some(open) = device.and_then(|number| counted.devices.get_mut(*number)) {
            open.add(occurrence);
        }
    }
    counted
}

impl Open {
    fn add(&mut self, occurrence: &Occurrence) {
        let raise = &occurrence.raise;
        let category = if occurrence.is_test() { Category::Test } else { raise.condition.category };
        *self.counts.entry(category).or_default() += 1;
        self.total += 1;
        self.unacknowledged += u32::from(occurrence.is_unacknowledged());
        // What a point under test says comes before no alarm.
        let priority = if occurrence.is_test() { category.rules().priority } else { raise.priority };
        let urgency = (priority, occurrence.id);
        if self.urgency.is_none_or(|first| urgency < first) {
            self.urgency = Some(urgency);
            self.first = raise.name.clone();
        }
    }
}
