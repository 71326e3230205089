//! Rounds of patrol and jobs of maintenance, as `config` has checked them.
//!
//! Takes: nothing.
//! Gives: [`Plan`] and its parts.
//! Never: when it is due next; that is the duty room's, on the engine's own clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Place;
use crate::engine::base::{DeviceId, PointId, Role, Text};

/// Which of the two forms a plan fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanKind {
    /// 巡查: a round, with things to look at.
    Patrol,
    /// 维护保养: a job, with work to do on devices.
    Maintenance,
}

impl PlanKind {
    /// The word in ids, routes and files.
    pub fn as_str(self) -> &'static str {
        match self {
            PlanKind::Patrol => "patrol",
            PlanKind::Maintenance => "maintenance",
        }
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            PlanKind::Patrol => Text::new("巡查", "Patrol"),
            PlanKind::Maintenance => Text::new("维护保养", "Maintenance"),
        }
    }
}

/// One thing to look at or to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id, unique in its plan.
    pub id: String,
    /// What people read.
    pub name: Text,
}

/// A day of the month, of every month or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOfMonth {
    /// 1 is January; none is every month.
    pub month: Option<u8>,
    /// From 1.
    pub day: u8,
}

/// A round or a job that is due again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which of the two.
    pub kind: PlanKind,
    /// Its id, unique among its kind.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Where it leads.
    pub place: Place,
    /// What is looked at or done, in order. Never empty.
    pub items: Vec<Item>,
    /// When on a day, in minutes after midnight of the site's zone, in order. Never empty.
    pub times: Vec<u16>,
    /// On which days of the week; Monday is bit 0.
    pub days: u8,
    /// On which days of the month; empty is every day.
    pub dates: Vec<DayOfMonth>,
    /// How long after it is due it must be recorded.
    pub within: Duration,
    /// Who at least records it.
    pub role: Role,
    /// The devices it is about.
    pub devices: Vec<DeviceId>,
    /// Points whose values are noted with every record: running hours, counts, levels.
    pub figures: Vec<PointId>,
}

impl Plan {
    /// Its key in the state, and its segment below the device `gateway`.
    pub fn key(&self) -> String {
        key(self.kind, &self.id)
    }
}

/// The key of a plan.
pub fn key(kind: PlanKind, id: &str) -> String {
    format!("{}.{id}", kind.as_str())
}
