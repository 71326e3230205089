//! Decided facts about conditions that come and go often (ISA-18.2: chattering).
//!
//! Takes: nothing.
//! Gives: [`ChatterFact`], one kind for each thing that can be said of it.
//! Never: a truth of the condition itself: what its source says stays a fact of its own.

use serde::{Deserialize, Serialize};

use crate::engine::base::EventId;

/// What was found of a condition that comes and goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum ChatterFact {
    /// It became active so often within the site's time that it is marked.
    #[serde(rename = "chatter-began")]
    Began {
        /// Which occurrence.
        occurrence: EventId,
        /// How often within the site's time.
        times: u32,
    },
    /// It has become active again since the last word of it, so many times.
    #[serde(rename = "chatter-counted")]
    Counted {
        /// Which occurrence.
        occurrence: EventId,
        /// How often since.
        times: u32,
        /// Whether it is heard anew: once a minute at most, and not while an acknowledgement stands.
        heard: bool,
    },
    /// It has held still for the site's time.
    #[serde(rename = "chatter-ended")]
    Ended {
        /// Which occurrence.
        occurrence: EventId,
    },
}

impl ChatterFact {
    /// The occurrence it speaks of.
    pub fn occurrence(&self) -> EventId {
        match self {
            ChatterFact::Began { occurrence, .. }
            | ChatterFact::Counted { occurrence, .. }
            | ChatterFact::Ended { occurrence } => *occurrence,
        }
    }

    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            ChatterFact::Began { .. } => "chatter-began",
            ChatterFact::Counted { .. } => "chatter-counted",
            ChatterFact::Ended { .. } => "chatter-ended",
        }
    }
}
