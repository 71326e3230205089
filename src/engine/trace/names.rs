//! What the numbers of a trace mean: inputs name rules, devices and buses by their place in a site.
//!
//! Takes: a site.
//! Gives: [`Names`], which stand in the trace beside the numbers.
//! Never: more of a site than its names.

use serde::{Deserialize, Serialize};

use crate::engine::base::PointId;
use crate::engine::site::{Condition, Site};

/// The names of a site, each at its number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// Of buses.
    pub buses: Vec<String>,
    /// Of devices.
    pub devices: Vec<String>,
    /// The condition of each rule.
    pub rules: Vec<Condition>,
    /// Of statuses.
    pub statuses: Vec<PointId>,
}

impl Names {
    /// Of this site.
    pub fn of(site: &Site) -> Names {
        Names {
            buses: site.buses.iter().map(|bus| bus.id.to_string()).collect(),
            devices: site.devices.iter().map(|device| device.id.to_string()).collect(),
            rules: site.rules.iter().map(|rule| rule.condition.clone()).collect(),
            statuses: site.statuses.iter().map(|status| status.id.clone()).collect(),
        }
    }
}
