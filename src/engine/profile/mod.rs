//! A checked device profile: what a kind of device means.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Profile`] with its points, arrays and alarm rules.
//! Never: a site's facts (addresses of buses, places, names of rooms).

mod command;
mod encoding;
mod expression;
mod link;
mod memory;
mod proviso;
mod speech;

use std::sync::Arc;
use std::time::Duration;

pub use command::{CommandSpec, Danger, Feedback, Pulse, Write, WriteSpec};
pub use encoding::{Bytes, Characters, Encoding, Kind, Order, State, Table};
pub use expression::{Comparison, Expression, Term};
pub use link::{Identity, Link, Region, Workarounds};
pub use memory::{CodeSpec, Entry, Memory, Sequence, Stamp};
pub use proviso::{Factor, OnlyIf, Proviso, Rate, ScaleBy, Selector};
pub use speech::{Grammar, Meaning, Pattern, Speech, TextEncoding};

use crate::engine::base::{Category, Text};

/// How far a profile has been proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Against the device itself.
    Hardware,
    /// Against recorded bytes.
    Capture,
    /// Against its documents only.
    ManualOnly,
}

/// How often a point is read: a lane and a period (design §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pace {
    /// Fire points: before everything but commands.
    Fire,
    /// States people wait for.
    Fast,
    /// Ordinary measurements.
    Normal,
    /// Counters, settings, identities.
    Slow,
}

impl Pace {
    /// Every pace, most urgent first.
    pub const ALL: [Pace; 4] = [Pace::Fire, Pace::Fast, Pace::Normal, Pace::Slow];

    /// The word used in profiles and site files.
    pub fn as_str(self) -> &'static str {
        match self {
            Pace::Fire => "fire",
            Pace::Fast => "fast",
            Pace::Normal => "normal",
            Pace::Slow => "slow",
        }
    }
}

/// One point of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct PointSpec {
    /// Its own segment of the id; in an array, the field's name.
    pub key: String,
    /// What people read; every device of the profile shares it.
    pub name: Arc<Text>,
    /// Where it is and what its bits mean; every device of the profile shares it. In an array the address counts from
    /// the element's first.
    pub encoding: Arc<Encoding>,
    /// How often it is read.
    pub pace: Pace,
    /// Unit of a number, as it is displayed; empty for none. Shared by every device of the profile.
    pub unit: Arc<str>,
    /// A change smaller than this, in the unit, is not published; 0 publishes every change.
    pub deadband: f64,
    /// What else must be known before it means something.
    pub proviso: Option<Proviso>,
}

/// Which bound of a measurement was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Far below.
    LowLow,
    /// Below.
    Low,
    /// Above.
    High,
    /// Far above.
    HighHigh,
}

impl Level {
    /// The word used in profiles, MQTT and HTTP.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::LowLow => "low-low",
            Level::Low => "low",
            Level::High => "high",
            Level::HighHigh => "high-high",
        }
    }
}

/// How a device shows one status of its class.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusSpec {
    /// The class's word: `running`.
    pub key: String,
    /// When it is true; slots index the same list of points.
    pub when: Expression,
}

/// One alarm rule.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmSpec {
    /// The rule's name. It is the point segment of its condition unless [`AlarmSpec::on`] names a point.
    pub key: String,
    /// The point (by index in the same list of points) the condition belongs to. In an array: the element itself.
    pub on: Option<u32>,
    /// What people read.
    pub name: Text,
    /// What it is.
    pub category: Category,
    /// In an array: the class of the element says what it is, and the category here holds where it does
    /// not.
    pub by_class: bool,
    /// For limits: which bound.
    pub level: Option<Level>,
    /// Whether it stays until reset; fixed by the category but for limits.
    pub latches: bool,
    /// How long it must hold before it is raised; zero for fire, discharge and gas (design §4).
    pub delay: Duration,
    /// When it holds; slots index the same list of points.
    pub when: Expression,
    /// What a person does next; empty where nothing is known to say.
    pub advice: Text,
    /// Alarms of the same device or element, by their keys, or `outage`: what it may be the consequence of. Where there are
    /// none, those of the class's alarm of the same key.
    pub follows: Vec<String>,
}

/// `constant + per_loop * loop + per_index * index`: the address of an element's first register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affine {
    /// The constant part.
    pub constant: i32,
    /// Step from one loop to the next.
    pub per_loop: i32,
    /// Step from one address on the loop to the next.
    pub per_index: i32,
}

/// A regular array of elements such as the detectors of a panel's loops.
#[derive(Clone, Debug, PartialEq)]
pub struct ArraySpec {
    /// The array's name in point lists: `detector`.
    pub key: String,
    /// How an element is named, with `{loop}` and `{index}`: `l{loop}-d{index}`.
    pub naming: String,
    /// Where elements are.
    pub address: Affine,
    /// First and last loop.
    pub loops: (u16, u16),
    /// First and last address on a loop.
    pub indices: (u16, u16),
    /// The values within an element.
    pub fields: Vec<PointSpec>,
    /// The rules of an element; each condition belongs to the element.
    pub alarms: Vec<AlarmSpec>,
    /// What an element can be commanded; a command's addresses count from the element's first.
    pub commands: Vec<CommandSpec>,
    /// The class of the elements whose device type does not say another.
    pub class: Option<String>,
    /// How an element shows the statuses of its class.
    pub statuses: Vec<StatusSpec>,
    /// Alarms of its class that it tells in its own, more exact ones.
    pub without: Vec<String>,
}

impl ArraySpec {
    /// Loop and address of the element that is named `segment`; nothing when no element is.
    pub fn numbers(&self, segment: &str) -> Option<(u16, u16)> {
        let (mut naming, mut rest) = (self.naming.as_str(), segment);
        // What the name does not say has one value only.
        let (mut number, mut index) = (self.loops.0, self.indices.0);
        while let Some(open) = naming.find('{') {
            rest = rest.strip_prefix(&naming[..open])?;
            let close = open + naming[open..].find('}')?;
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = rest[..digits].parse().ok()?;
            *(if &naming[open..=close] == "{loop}" { &mut number } else { &mut index }) = value;
            (naming, rest) = (&naming[close + 1..], &rest[digits..]);
        }
        let within = |(first, last): (u16, u16), value| (first..=last).contains(&value);
        (naming == rest && within(self.loops, number) && within(self.indices, index)).then_some((number, index))
    }
}

/// A kind of device.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The folder's name.
    pub id: String,
    /// Maker, spelt as the maker spells it.
    pub vendor: String,
    /// Model or family.
    pub model: String,
    /// Kind of equipment: `panel`, `generator`, `meter`, `fire-pump`.
    pub class: String,
    /// Document, revision and pages the rows were taken from.
    pub source: String,
    /// How far it has been proven.
    pub verified: Verified,
    /// The unit id the maker ships.
    pub unit: Option<u8>,
    /// The device itself holds its alarms until it is reset there: a latched source that goes quiet means that a reset
    /// was made at the panel (design §4, *Reset*).
    pub holds_alarms: bool,
    /// What it speaks: Modbus, or a protocol in which it reports by itself.
    pub speech: Speech,
    /// Behaviour on the line.
    pub link: Link,
    /// Single points.
    pub points: Vec<PointSpec>,
    /// Rules over single points.
    pub alarms: Vec<AlarmSpec>,
    /// What the device itself can be commanded.
    pub commands: Vec<CommandSpec>,
    /// How it shows the statuses of its class.
    pub statuses: Vec<StatusSpec>,
    /// Alarms of its class that it tells in its own, more exact ones.
    pub without: Vec<String>,
    /// Arrays of points.
    pub arrays: Vec<ArraySpec>,
    /// Its event memory.
    pub memory: Option<Memory>,
}

impl Profile {
    /// Whether such a device reports by itself and cannot be asked.
    pub fn reports(&self) -> bool {
        self.speech != Speech::Modbus
    }

    /// A profile that says nothing yet.
    pub fn new(id: &str, class: &str) -> Profile {
        Profile {
            id: id.to_owned(),
            vendor: String::new(),
            model: String::new(),
            class: class.to_owned(),
            source: String::new(),
            verified: Verified::ManualOnly,
            unit: None,
            holds_alarms: false,
            speech: Speech::default(),
            link: Link::default(),
            points: Vec::new(),
            alarms: Vec::new(),
            commands: Vec::new(),
            statuses: Vec::new(),
            without: Vec::new(),
            arrays: Vec::new(),
            memory: None,
        }
    }
}
