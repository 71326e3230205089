//! The names of things: one id from the bus to the display.
//!
//! Takes: text that `config` has read.
//! Gives: one type per kind of name, cheap to clone; [`EventId`] for everything that happens.
//! Never: an id that MQTT, a URL or a file name would have to escape.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Whether `text` may be one segment of an id: `[a-z0-9_.-]+` (design §6).
pub fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps `text`; whoever reads it from outside checks it first ([`is_segment`]).
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A site: the first segment of every MQTT topic after the prefix.
    SiteId
);
id!(
    /// A serial line or a TCP endpoint.
    BusId
);
id!(
    /// Something on a bus, or `gateway` for Tocsin itself.
    DeviceId
);
id!(
    /// One value of one device, or the place a condition belongs to: `device/point`.
    PointId
);

impl PointId {
    /// Joins a device and the point's own segment.
    pub fn of(device: &DeviceId, point: &str) -> PointId {
        PointId::new(&format!("{device}/{point}"))
    }

    /// The device's segment.
    pub fn device(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(device, _)| device)
    }

    /// The point's own segment.
    pub fn point(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, point)| point)
    }

    /// Whether it is this one or something of it: `panel-1/l2-d17` and everything of that element, such as
    /// `panel-1/l2-d17.dirty`.
    pub fn covers(&self, other: &PointId) -> bool {
        other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// The identity of something that happened: the process epoch and the sequence number within the journal. Facts that
/// were shown but lost in a crash can so never share an id with later ones (design §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// Raised durably at every start.
    pub epoch: u32,
    /// Position in the journal, from 1, without gaps.
    pub seq: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

impl FromStr for EventId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (epoch, seq) = text.split_once('-').ok_or(())?;
        Ok(EventId { epoch: epoch.parse().map_err(drop)?, seq: seq.parse().map_err(drop)? })
    }
}

impl Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom("an event id is `epoch-seq`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_their_text_form() {
        let check = |text: &str, expected: Option<EventId>| assert_eq!(text.parse().ok(), expected);
        check("3-17", Some(EventId { epoch: 3, seq: 17 }));
        check("3", None);
        check("-", None);
        check("3-17-1", None);
        check("a-1", None);
    }
}
