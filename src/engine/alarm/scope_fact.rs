//! Decided facts about tests and drills: what is being tried out, by whom, and until when.
//!
//! Takes: nothing.
//! Gives: [`ScopeFact`], [`Tested`].
//! Never: a test or a drill without an end.

use serde::{Deserialize, Serialize};

use crate::engine::base::{Deadline, DeviceId, EventId, PointId};

/// What a person takes under test.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tested {
    /// These points, each named: whatever they say is a test.
    Points(Vec<PointId>),
    /// Everything the site lists in a zone.
    Zone(String),
    /// One loop of a panel.
    Loop {
        /// The panel.
        device: DeviceId,
        /// The loop's number.
        number: u16,
    },
    /// A device with everything it says.
    Device(DeviceId),
    /// 自检 (FA-10): a panel tries its own lamps and sounder, and these loops with them.
    SelfTest {
        /// The panel.
        device: DeviceId,
        /// Loops whose detectors are tried too; mostly none.
        loops: Vec<u16>,
    },
}

/// Something about a test or a drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum ScopeFact {
    /// A test began (its id is this fact's id).
    #[serde(rename = "test-begun")]
    TestBegun {
        /// What the person said.
        tested: Tested,
        /// The points that makes, written out; empty where a whole device is meant.
        points: Vec<PointId>,
        /// Points of which fire, discharge, gas and emergency are no test all the same: a panel's own, in a self-test.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signals: Vec<PointId>,
        /// Why.
        reason: String,
        /// When it ends by itself.
        until: Deadline,
    },
    /// A test ended: by a person, or, unsigned, because its time was over.
    #[serde(rename = "test-ended")]
    TestEnded {
        /// Which.
        test: EventId,
    },
    /// A drill began (its id is this fact's id).
    #[serde(rename = "drill-begun")]
    DrillBegun {
        /// In which building.
        building: String,
        /// What is drilled.
        reason: String,
        /// When it ends by itself.
        until: Deadline,
    },
    /// A drill ended: by a person, or, unsigned, because its time was over.
    #[serde(rename = "drill-ended")]
    DrillEnded {
        /// Which.
        drill: EventId,
    },
}

impl ScopeFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            ScopeFact::TestBegun { .. } => "test-begun",
            ScopeFact::TestEnded { .. } => "test-ended",
            ScopeFact::DrillBegun { .. } => "drill-begun",
            ScopeFact::DrillEnded { .. } => "drill-ended",
        }
    }
}
