//! What a point may say, and how far it may be believed.
//!
//! Takes: nothing.
//! Gives: [`Value`], [`Reason`] and [`Reading`].
//! Never: a value without knowledge. A reading is a value *or* a reason why there is none; there is no third field that
//! a careless reader could forget to look at (design §1.1).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Now;

/// A decoded value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// One bit.
    Bit(bool),
    /// A measured quantity in the point's unit. Whole-number encodings without scale keep their exact value up to 2^53.
    Number(f64),
    /// An index into the point's own table of states.
    State(u16),
    /// Text read from the device.
    Text(Arc<str>),
}

/// Why a point is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Not read since start.
    NeverRead,
    /// The last verified read is older than the point's bound.
    Stale,
    /// The device, or its bus, does not answer; or it answers, but its own processor stands still.
    LinkDown,
    /// Outside the valid range, or a code the profile does not know.
    BadValue,
    /// The device says that it has no such value (a sentinel of the profile).
    Absent,
    /// The device refused the request with an exception.
    DeviceException,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 6] =
        [Reason::NeverRead, Reason::Stale, Reason::LinkDown, Reason::BadValue, Reason::Absent, Reason::DeviceException];

    /// The word used on MQTT, HTTP and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NeverRead => "never-read",
            Reason::Stale => "stale",
            Reason::LinkDown => "link-down",
            Reason::BadValue => "bad-value",
            Reason::Absent => "absent",
            Reason::DeviceException => "device-exception",
        }
    }

    /// The number trends and time series store as the quality; 0 means good. Codes never change their meaning.
    pub fn code(self) -> u8 {
        match self {
            Reason::NeverRead => 1,
            Reason::Stale => 2,
            Reason::LinkDown => 3,
            Reason::BadValue => 4,
            Reason::Absent => 5,
            Reason::DeviceException => 6,
        }
    }
}

/// What is known of a point, and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The value, or why there is none.
    pub known: Result<Value, Reason>,
    /// For a value: when the reply that carried it was verified. For a reason: when it began to hold.
    pub at: Now,
}

impl Reading {
    /// A point that was never read.
    pub fn never(now: Now) -> Reading {
        Reading { known: Err(Reason::NeverRead), at: now }
    }

    /// The value, when it is good.
    pub fn good(&self) -> Option<&Value> {
        self.known.as_ref().ok()
    }

    /// `good` or the reason, as MQTT and HTTP spell it.
    pub fn quality(&self) -> &'static str {
        match self.known {
            Ok(_) => "good",
            Err(reason) => reason.as_str(),
        }
    }
}

/// Three-valued logic: act on `True` only; `Unknown` announces, it never acts and never clears (design §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// Known to hold.
    True,
    /// Known not to hold.
    False,
    /// Not known.
    Unknown,
}

impl Truth {
    /// Kleene's conjunction.
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        }
    }

    /// Kleene's disjunction.
    pub fn or(self, other: Truth) -> Truth {
        self.negate().and(other.negate()).negate()
    }

    /// Negation; the unknown stays unknown.
    pub fn negate(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(held: bool) -> Truth {
        if held { Truth::True } else { Truth::False }
    }
}
