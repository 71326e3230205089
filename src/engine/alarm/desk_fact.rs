//! Decided facts about what the desk and the panels' keys do besides the five acts.
//!
//! Takes: nothing.
//! Gives: [`DeskFact`], [`Purpose`].
//! Never: an act without the person who did it; what nobody signed came by itself.

use serde::{Deserialize, Serialize};

use super::address::{Barred, Typed};
use crate::engine::base::{Deadline, DeviceId, EventId, PointId, Text};
use crate::engine::site::Place;

/// Why a point is isolated: what ends it follows from that (design §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A fault, a false alarm, a repair: only a person releases it.
    #[default]
    Repair,
    /// Hot work: it releases itself at its review time.
    HotWork,
    /// A test of more than a point's own signals: it releases itself at its review time.
    Test,
}

impl Purpose {
    /// Whether it ends by itself.
    pub fn releases_itself(self) -> bool {
        self != Purpose::Repair
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn is_repair(&self) -> bool {
        *self == Purpose::Repair
    }
}

/// Something that was done at the desk, or at a panel's keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum DeskFact {
    /// A repair order was linked to an isolation (FA-07).
    #[serde(rename = "order-linked")]
    OrderLinked {
        /// Which isolation.
        isolation: EventId,
        /// The order's number, or what it says.
        order: String,
    },
    /// A shift began: whoever takes over is told what is isolated and disabled.
    #[serde(rename = "shift-begun")]
    ShiftBegun {
        /// Isolations in force, the one that is due first at the front.
        isolations: Vec<EventId>,
        /// Open occurrences of points that are disabled at their panel.
        disabled: Vec<EventId>,
    },
    /// A point that was judged false alarmed again: isolating it is proposed (FA-03).
    #[serde(rename = "isolation-proposed")]
    IsolationProposed {
        /// Which occurrence.
        occurrence: EventId,
        /// How often its point was judged false.
        false_alarms: u32,
    },
    /// 取消: the panel's key that leaves menus and takes a false alarm off its display (FA-03). It resets nothing.
    #[serde(rename = "panel-cancelled")]
    PanelCancelled {
        /// Which panel.
        device: DeviceId,
        /// Whether it was commanded; else a person pressed it and recorded it here.
        commanded: bool,
    },
    /// A panel registers its field devices anew (FA-22; this fact's id is the registration's).
    #[serde(rename = "registration-begun")]
    RegistrationBegun {
        /// Which panel.
        device: DeviceId,
        /// Whether it was commanded; else a person did it at the panel.
        commanded: bool,
        /// By when every device must have been seen.
        until: Deadline,
    },
    /// A registration is over: the devices that the panel shows, against the site's list.
    #[serde(rename = "registered")]
    Registered {
        /// Which registration.
        registration: EventId,
        /// Listed, and not seen.
        missing: Vec<PointId>,
        /// Seen since, and not listed.
        new: Vec<PointId>,
    },
    /// Somebody saw, heard or smelt something at a panel that must not be (FA-08).
    #[serde(rename = "abnormal-reported")]
    AbnormalReported {
        /// Which device.
        device: DeviceId,
        /// What people call it.
        name: Text,
        /// Where it is.
        place: Place,
        /// What was noticed.
        text: String,
    },
    /// Somebody asked a device who it is.
    #[serde(rename = "identity-asked")]
    IdentityAsked {
        /// Which device.
        device: DeviceId,
    },
    /// Somebody was called about an alarm (FA-02).
    #[serde(rename = "call-made")]
    CallMade {
        /// About which occurrence.
        occurrence: EventId,
        /// Who was called: `119`.
        called: String,
        /// Who answered, what was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A person commanded what a secondary code means (FA-18); each target's own command follows.
    #[serde(rename = "commands-addressed")]
    CommandsAddressed {
        /// What was typed.
        #[serde(flatten)]
        typed: Typed,
        /// What is commanded.
        points: Vec<PointId>,
        /// What is not, and why.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        barred: Vec<Barred>,
    },
    /// The sounder and the walls sound for a moment, so that people hear that they can (this fact's id is the test's).
    #[serde(rename = "sound-tested")]
    SoundTested {
        /// Until when.
        until: Deadline,
    },
    /// A command was taken back by its opposite (FA-21).
    #[serde(rename = "command-withdrawn")]
    CommandWithdrawn {
        /// Which.
        command: EventId,
        /// By which.
        by_command: EventId,
    },
}

impl DeskFact {
    /// The word used in the journal, on MQTT and in filters.
    pub fn as_str(&self) -> &'static str {
        match self {
            DeskFact::OrderLinked { .. } => "order-linked",
            DeskFact::ShiftBegun { .. } => "shift-begun",
            DeskFact::IsolationProposed { .. } => "isolation-proposed",
            DeskFact::PanelCancelled { .. } => "panel-cancelled",
            DeskFact::RegistrationBegun { .. } => "registration-begun",
            DeskFact::Registered { .. } => "registered",
            DeskFact::AbnormalReported { .. } => "abnormal-reported",
            DeskFact::IdentityAsked { .. } => "identity-asked",
            DeskFact::CallMade { .. } => "call-made",
            DeskFact::SoundTested { .. } => "sound-tested",
            DeskFact::CommandsAddressed { .. } => "commands-addressed",
            DeskFact::CommandWithdrawn { .. } => "command-withdrawn",
        }
    }
}
