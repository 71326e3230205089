//! One linkage, as `config` has checked and resolved it.
//!
//! Takes: nothing.
//! Gives: [`Linkage`] and its parts, every name replaced by an index, every wildcard and variable written out.
//! Never: a name, a text to be parsed, or a reference to another linkage.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Condition;
use crate::engine::base::{Category, DeviceId, PointId, Text, Verdict};

/// One cause with its effects. A linkage over `$floor` or over a digit that condition and action share (`&`) is written
/// out by `config`: one for each value.
#[derive(Clone, Debug, PartialEq)]
pub struct Linkage {
    /// Its id, with the value it was written out for: `b2-smoke[4]`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Who acts.
    pub mode: Mode,
    /// When it is met.
    pub when: When,
    /// What then happens, in the order of the file.
    pub actions: Vec<Action>,
    /// The panel whose start control and spray permission govern its actions, by index in the site's devices.
    pub panel: Option<u32>,
    /// Where it is written, for people: `linkages.toml:12`.
    pub origin: String,
    /// The rows of the requirements it carries out.
    pub rows: Vec<String>,
}

/// Who acts when a linkage is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The panel does; Tocsin verifies that each feedback comes.
    Monitor,
    /// A person does: every action is proposed and waits for its release.
    Manual,
    /// Tocsin does, where its permissions stand.
    Auto,
}

/// A condition over the whole site. Three-valued: it acts on true only; unknown is announced as *linkage blind*.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// So many different alarms of the set hold; [`Alarms::devices`] says what "different" means.
    Alarms(Alarms, Quantity),
    /// Signs of equipment.
    Signs(Vec<Sign>, Among),
    /// Some alarm of the set was judged so.
    Judged(Alarms, Verdict),
    /// The wall clock lies in this window, in the site's zone. Unknown while the clock is not trusted.
    Clock(Window),
    /// Negation.
    Not(Box<When>),
    /// Conjunction.
    All(Vec<When>),
    /// Disjunction.
    Any(Vec<When>),
}

/// A set of conditions, written out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarms {
    /// Conditions of the site that belong to it: indices of rules, sorted.
    pub rules: Vec<u32>,
    /// What the site does not list belongs to it too when it fits.
    pub unlisted: Option<Filter>,
}

/// What an alarm that the site does not list must be to belong to a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filter {
    /// One of these categories.
    pub categories: Vec<Category>,
    /// Of this device.
    pub device: Option<String>,
    /// In this building.
    pub building: Option<String>,
}

/// How many different points must hold. Two conditions of one point are one detection (design §4: *two independent*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// At least so many.
    pub at_least: u32,
}

/// How many signs must be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Among {
    /// One suffices.
    Any,
    /// Every one.
    All,
}

/// Something a piece of equipment shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// A status, by index in the site's statuses.
    Status {
        /// Which.
        status: u32,
        /// Whether it must be true or false.
        is: bool,
    },
    /// A condition, by index in the site's rules.
    Rule {
        /// Which.
        rule: u32,
        /// Whether it must hold or be over.
        is: bool,
    },
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight; earlier than `from` reaches over midnight.
    pub to: u16,
    /// Monday is bit 0.
    pub days: u8,
}

/// One effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What people read: `Start the smoke fans of floor 4`.
    pub name: Text,
    /// What is done.
    pub deed: Deed,
    /// To what, one by one. Never empty.
    pub targets: Vec<Target>,
    /// The file names its targets by a wildcard, a class or a place, and not each by its own id or its own full code.
    /// What releases extinguishing agent is never addressed so.
    pub wildcard: bool,
    /// How long after the linkage was met; at most 600 s.
    pub delay: Duration,
    /// A manual call point of the same linkage's alarms ends the delay. Never true where extinguishing agent is released.
    pub call_point_ends_delay: bool,
    /// Call points that do, by index in the site's rules.
    pub call_points: Vec<u32>,
    /// Only in full automatic (`==` of a panel's formula).
    pub full_automatic: bool,
    /// It releases extinguishing agent: the gate of design §4.
    pub discharge: bool,
    /// What must be true for it, beyond the permissions: its interlock.
    pub interlock: Option<When>,
    /// The next manual step when its feedback does not come.
    pub advice: Text,
}

/// What an action does to its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The verb: `start`, `stop`, or one of the profile's.
    pub verb: String,
}

/// One target of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it is: index in the site's equipment.
    pub equipment: u32,
    /// The point people know it by.
    pub point: PointId,
    /// The command that does it, by index in the site's commands; none where only the panel can.
    pub command: Option<u32>,
    /// What proves it.
    pub feedback: Option<Proof>,
}

impl Target {
    /// The condition by which the feedback of what people know by `point` is missing. It has a point of its own, so that
    /// no read of the equipment's own fault ends it.
    pub fn without_feedback(point: &PointId) -> Condition {
        let point = if point.point().is_empty() {
            PointId::of(&DeviceId::new(point.as_str()), "feedback")
        } else {
            PointId::new(&format!("{point}.feedback"))
        };
        Condition { point, category: Category::Fault, level: None }
    }
}

/// What proves that an action reached its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What must be shown.
    pub sign: Sign,
    /// By when, counted from the start of the action; 10 s by default.
    pub within: Duration,
}
