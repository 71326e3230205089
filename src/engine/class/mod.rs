//! Classes of equipment: what a pump, a lift or a smoke fan is, whoever made it.
//!
//! Takes: nothing; `config` fills these structs from `device-classes/` and checks them.
//! Gives: [`Classes`]: statuses, settings, default alarms and sequences of each class, and which class a two-digit device
//! type of the secondary code (FA-15) belongs to.
//! Never: a register or a place. A profile says how its device shows a status; a site says where the device stands.

use std::collections::BTreeMap;
use std::time::Duration;

use super::base::{Category, Text};
use super::profile::Expression;

/// Every class a site knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classes {
    /// In the order of their ids.
    pub list: Vec<Class>,
    /// By the two digits of the secondary code's device type.
    pub types: BTreeMap<String, DeviceType>,
}

/// One class of equipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// The word profiles, linkages and selectors use: `fire-pump`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What it says of itself, each true, false or unknown.
    pub statuses: Vec<ClassStatus>,
    /// Numbers that a site may set.
    pub settings: Vec<Setting>,
    /// Alarms that equipment of this class has where its profile shows every status they read.
    pub alarms: Vec<ClassAlarm>,
    /// Sequences that are supervised step by step.
    pub sequences: Vec<Sequence>,
    /// When it shows that the mains are there (FA-05); over [`Class::statuses`]. For what measures the supply of others:
    /// a transfer switch, a meter, a generator; that a consumer has lost its own is its mains fault.
    pub mains: Option<Expression>,
    /// Its fire-safety function runs on although its cause is gone; only a person stops it (design §4).
    pub runs_on: bool,
    /// It releases extinguishing agent (FA-16): never by a wildcard, a test or a drill.
    pub discharges: bool,
    /// Alarms of it that a missing feedback of it follows from, by their keys.
    pub feedback_follows: Vec<String>,
    /// For an element of a panel of this class: what its "activated" means where the panel does not say (FW-08).
    pub activated: Option<Category>,
}

/// One status.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassStatus {
    /// The word: `running`, `auto`.
    pub key: String,
    /// What people read.
    pub name: Text,
    /// How it stands while nothing happens; none where both are ordinary.
    pub normal: Option<bool>,
}

/// A number that a site may set for its equipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The word: `start-time`.
    pub key: String,
    /// What people read.
    pub name: Text,
    /// `s` for a time, else the unit of the measurement it is compared with.
    pub unit: String,
    /// The value shipped.
    pub default: f64,
    /// The least and the most a site may set.
    pub range: (f64, f64),
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lapse {
    /// So long.
    Fixed(Duration),
    /// As long as this setting of the class says, in seconds.
    Setting(u32),
}

/// One alarm that the class brings.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassAlarm {
    /// Its word; a rule of the same key in the profile takes its place.
    pub key: String,
    /// What people read.
    pub name: Text,
    /// What it is.
    pub category: Category,
    /// When it holds, over [`Class::statuses`].
    pub when: Expression,
    /// How long it must hold.
    pub delay: Lapse,
    /// What a person does next.
    pub advice: Text,
    /// Alarms of the same equipment, by their keys, or `outage`: what it may be the consequence of.
    pub follows: Vec<String>,
    /// The rows of the requirements it carries out: `FW-02`.
    pub rows: Vec<String>,
}

/// Something that equipment does step by step, each step within its time (FW-01, GE-01, SH-01).
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Its word: `start`.
    pub key: String,
    /// What people read.
    pub name: Text,
    /// What begins it when it becomes true, over [`Class::statuses`].
    pub begins: Expression,
    /// What ends it at any step without a complaint, such as a command that was taken back.
    pub abandoned: Option<Expression>,
    /// Its phases, one after the other.
    pub phases: Vec<Phase>,
    /// The rows of the requirements it carries out.
    pub rows: Vec<String>,
}

/// One phase of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Its word: `bypass`.
    pub key: String,
    /// What people read while it lasts.
    pub name: Text,
    /// What ends it, over [`Class::statuses`]. A phase whose statuses the profile does not show is passed over.
    pub until: Expression,
    /// By when.
    pub within: Lapse,
    /// What is wrong when it does not come in time.
    pub missing: Text,
    /// What that is.
    pub category: Category,
    /// What a person does next.
    pub advice: Text,
    /// Like [`ClassAlarm::follows`].
    pub follows: Vec<String>,
}

/// What a two-digit device type of the secondary code stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceType {
    /// Index of its class in [`Classes::list`].
    pub class: u32,
    /// What people read: more exact than its class.
    pub name: Text,
}

impl Class {
    /// The statuses that a condition of the class reads and that are not among the `shown` ones, each once.
    pub fn lacking(&self, when: &Expression, shown: impl Fn(&str) -> bool) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        when.slots(&mut |at| {
            let key = self.statuses.get(at as usize).map_or("", |status| status.key.as_str());
            if !shown(key) && !keys.contains(&key) {
                keys.push(key);
            }
        });
        keys
    }
}

impl Lapse {
    /// How long that is for equipment of `class` of which a site set these numbers.
    pub fn of(self, class: &Class, set: &BTreeMap<String, f64>) -> Duration {
        match self {
            Lapse::Fixed(time) => time,
            Lapse::Setting(at) => {
                let setting = class.settings.get(at as usize);
                let seconds = setting.map(|setting| set.get(&setting.key).copied().unwrap_or(setting.default));
                Duration::try_from_secs_f64(seconds.unwrap_or_default()).unwrap_or_default()
            }
        }
    }
}

impl Classes {
    /// The class of this id, with its index.
    pub fn find(&self, id: &str) -> Option<(u32, &Class)> {
        let at = self.list.iter().position(|class| class.id == id)?;
        Some((u32::try_from(at).ok()?, &self.list[at]))
    }
}
