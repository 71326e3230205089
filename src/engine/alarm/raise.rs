//! What an occurrence is opened with.
//!
//! Takes: nothing.
//! Gives: [`Raise`]: everything a consumer needs to show an alarm, also years later under another configuration.
//! Never: anything that changes while the occurrence lasts.

use serde::{Deserialize, Serialize};

use super::arrival::Arrival;
use crate::engine::base::{EventId, Text, Tone};
use crate::engine::site::{Condition, Place};

/// The snapshot an occurrence is opened with; it never changes afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raise {
    /// What it is an episode of.
    pub condition: Condition,
    /// What people read.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// 1 is the most urgent.
    pub priority: u8,
    /// Whether it stays until reset.
    pub latches: bool,
    /// Whether the row stays until it is acknowledged.
    pub stays: bool,
    /// What it sounds like.
    pub tone: Tone,
    /// Secondary code (FA-15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Two-digit device type; `type` as HTTP and MQTT spell it, because `kind` says what kind of fact this is.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The incident it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<EventId>,
    /// Its number among the alarms of its incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Arrival>,
    /// First alarm of its incident, or tied with it.
    #[serde(default)]
    pub first: bool,
    /// It was reset while its source was still active.
    #[serde(default)]
    pub realarm: bool,
    /// Why, when a person needs to know more than the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Text>,
    /// What a person does next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Text>,
    /// Class of the equipment, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// It happened and is over: no source says anything of it ever again, and acknowledging ends it.
    #[serde(default, skip_serializing_if = "is_not")]
    pub momentary: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_not(held: &bool) -> bool {
    !held
}
