//! One site: its places, buses and devices, with every profile expanded to the points and rules it has here.
//!
//! Takes: checked profiles and site entries (`config` builds it; [`expand`] turns a device into points and rules).
//! Gives: [`Site`], the one immutable model that every other part holds a reference to.
//! Never: a live value; never changes while the process runs.

mod address;
mod conditions;
mod equipment;
mod expand;
mod expand_error;
mod find;
mod floor_plan;
mod linkage;
mod overrides;
mod plan;
mod settings;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use address::{Address, CodeLayout};
pub use equipment::{Equipment, Status};
pub use expand::{ListedPoint, expand, expand_as};
pub use expand_error::ExpandError;
pub use floor_plan::{Drawing, DrawnZone, FloorPlan, Placed};
pub use linkage::{Action, Alarms, Among, Deed, Filter, Linkage, Mode, Proof, Quantity, Sign, Target, When, Window};
pub use overrides::{AlarmOverride, Overrides};
pub use plan::{DayOfMonth, Item, Plan, PlanKind, key as plan_key};
pub use settings::Settings;

use crate::engine::base::{BusId, Category, DeviceId, PointId, SiteId, Text, Zone};
use crate::engine::class::Classes;
use crate::engine::profile::{CommandSpec, Encoding, Expression, Level, Pace, Profile, Proviso, Workarounds};

/// Where something is. Ids of building, floor and zone are the site's own; the text says the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Building id.
    #[serde(default)]
    pub building: Option<String>,
    /// Floor id.
    #[serde(default)]
    pub floor: Option<String>,
    /// Zone id.
    #[serde(default)]
    pub zone: Option<String>,
    /// The place in words.
    #[serde(default)]
    pub text: Text,
}

/// A building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Building {
    /// Its id: what the secondary code calls it.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Its floors from the bottom up.
    pub floors: Vec<String>,
    /// How many of them are below ground.
    pub below_ground: usize,
}

/// How a bus is reached, and what is spoken there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Modbus TCP, `host:port`.
    Tcp(String),
    /// Modbus RTU frames over a TCP connection, `host:port`.
    RtuTcp(String),
    /// Modbus RTU on a serial line.
    Serial(Line),
    /// A panel that prints text, one way: nothing is ever sent.
    Text(Port),
    /// Devices that report by GB/T 26875.3: Tocsin listens.
    Gbt26875(Listen),
}

impl Endpoint {
    /// The protocol, as [`Speech::as_str`](crate::engine::profile::Speech::as_str) spells it.
    pub fn protocol(&self) -> &'static str {
        match self {
            Endpoint::Tcp(_) | Endpoint::RtuTcp(_) | Endpoint::Serial(_) => "modbus",
            Endpoint::Text(_) => "text",
            Endpoint::Gbt26875(_) => "gbt26875",
        }
    }
}

/// Where a stream of text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// A serial line.
    Serial(Line),
    /// A terminal server, `host:port`.
    Tcp(String),
}

/// Where Tocsin listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// `address:port`; port 0 takes any.
    pub address: String,
    /// Over UDP instead of TCP.
    pub udp: bool,
    /// Devices say something at least this often; one that does not is lost.
    pub silent_after: Duration,
    /// How devices sum up their frames.
    pub checksum: Checksum,
}

/// Over which bytes of a GB/T 26875.3 frame its checksum is summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checksum {
    /// From the serial number to the end of the data, as the standard says.
    #[default]
    Standard,
    /// From the command byte on, as some devices do.
    FromCommand,
}

/// Settings of a serial line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Device file, best below `/dev/serial/by-id`.
    pub path: String,
    /// Bits a second.
    pub baud: u32,
    /// Parity.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

/// Parity of a serial line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// None.
    None,
    /// Even, the Modbus default.
    Even,
    /// Odd.
    Odd,
}

/// One serial line or one TCP endpoint: one owner task, one request in flight.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    /// Its id.
    pub id: BusId,
    /// What people call it.
    pub name: Text,
    /// How it is reached.
    pub endpoint: Endpoint,
    /// Poll period of each pace.
    pub periods: BTreeMap<Pace, Duration>,
    /// Devices on it, by index in [`Site::devices`].
    pub devices: Vec<u32>,
}

/// A device on a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// What people call it.
    pub name: Text,
    /// Index of its bus in [`Site::buses`].
    pub bus: u32,
    /// Modbus unit id; 0 where there are none.
    pub unit: u8,
    /// GB/T 26875.3: the source address it reports under, six bytes; 0 where there are none.
    pub address: u64,
    /// Its kind.
    pub profile: Arc<Profile>,
    /// Where it stands.
    pub place: Place,
    /// Whether it may be commanded; off by default.
    pub control: bool,
    /// Why it takes no part, when its configuration was refused: a wrong device disables only itself.
    pub refused: Option<String>,
    /// Its points, a range of [`Site::points`].
    pub points: Range<u32>,
    /// Its rules, a range of [`Site::rules`].
    pub rules: Range<u32>,
    /// What it can be commanded, a range of [`Site::commands`].
    pub commands: Range<u32>,
    /// What it and its elements show, a range of [`Site::statuses`].
    pub statuses: Range<u32>,
}

impl Device {
    /// Whether it reports by itself and cannot be asked.
    pub fn reports(&self) -> bool {
        self.profile.reports()
    }
}

/// One command of one device or element.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What it is addressed by, together with the verb.
    pub point: PointId,
    /// Index of its device in [`Site::devices`].
    pub device: u32,
    /// What people read: the device or element first, what is done second.
    pub name: Text,
    /// Where it acts.
    pub place: Place,
    /// Verb, write (addresses absolute), danger, time to live and feedback; slots index [`Site::points`].
    pub spec: CommandSpec,
}

/// One value of one device.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// `device/point`.
    pub id: PointId,
    /// Index of its device in [`Site::devices`].
    pub device: u32,
    /// What people read; shared by the points that a profile calls alike.
    pub name: Arc<Text>,
    /// Where it is.
    pub place: Arc<Place>,
    /// How it is decoded; the address is absolute. Shared with the profile, except in arrays.
    pub encoding: Arc<Encoding>,
    /// How often it is read.
    pub pace: Pace,
    /// Unit, as displayed.
    pub unit: Arc<str>,
    /// Smallest change that is published, in the unit.
    pub deadband: f64,
    /// What else must be known before it means something; its selectors count in [`Site::points`].
    pub proviso: Option<Arc<Proviso>>,
}

/// One condition of the site and when it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// point × category (× level): the identity of the condition.
    pub condition: Condition,
    /// Index of its device in [`Site::devices`].
    pub device: u32,
    /// What people read: the device or element first, what happened second.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// Secondary code, six digits (FA-15).
    pub code: Option<String>,
    /// Two-digit device type of the secondary code.
    pub kind: Option<String>,
    /// Id of the class of its equipment.
    pub class: Option<String>,
    /// Whether it stays until reset.
    pub latches: bool,
    /// How long it must hold before it is raised.
    pub delay: Duration,
    /// When it holds; slots index [`Site::points`].
    pub when: Expression,
    /// What a person does next; empty where nothing is known to say.
    pub advice: Text,
    /// What it may be the consequence of: then it folds under that.
    pub follows: Vec<Follow>,
}

/// What something may be the consequence of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Another condition of the same equipment.
    Condition(Condition),
    /// An outage of the mains in its building.
    Outage,
}

impl Follow {
    /// The word for [`Follow::Outage`] in classes and profiles; every other is the key of an alarm.
    pub const OUTAGE: &str = "outage";
    /// The word in [`Equipment::follows`] for a feedback that linkage misses.
    pub const FEEDBACK: &str = "feedback";
}

/// The identity of a condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Condition {
    /// What it belongs to.
    pub point: PointId,
    /// What it is.
    pub category: Category,
    /// For limits: which bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.point, self.category.as_str())?;
        match self.level {
            Some(level) => write!(f, ":{}", level.as_str()),
            None => Ok(()),
        }
    }
}

/// A whole site.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What people call it.
    pub name: Text,
    /// IANA zone in which people read times.
    pub timezone: String,
    /// The same zone, for conditions over the time of day.
    pub zone: Zone,
    /// Buildings, in the order of the file.
    pub buildings: Vec<Building>,
    /// Buses.
    pub buses: Vec<Bus>,
    /// Devices, in the order of the files.
    pub devices: Vec<Device>,
    /// Every point of every device.
    pub points: Vec<Point>,
    /// Every condition of every device.
    pub rules: Vec<Rule>,
    /// Every command of every device.
    pub commands: Vec<Command>,
    /// Classes of equipment.
    pub classes: Arc<Classes>,
    /// Every piece of equipment: devices and elements of panels.
    pub equipment: Vec<Equipment>,
    /// Every status of every piece of equipment.
    pub statuses: Vec<Status>,
    /// Cause and effect.
    pub linkages: Vec<Linkage>,
    /// Rounds of patrol and jobs of maintenance.
    pub plans: Vec<Plan>,
    /// Floor plans, in the order of the files.
    pub floor_plans: Vec<FloorPlan>,
    /// By device, the panel whose start control and spray permission govern it (FA-16, FA-17); both by index.
    pub panels: BTreeMap<u32, u32>,
    /// By device: what shows whether it has mains, where the site says so; both by index in [`Site::devices`].
    pub supplies: BTreeMap<u32, Vec<u32>>,
    /// Times.
    pub settings: Settings,
    /// When shifts change, in minutes after midnight of the site's zone, in order (FA-07).
    pub shifts: Vec<u16>,
    /// Which digits of a secondary code say what (FA-15).
    pub code_layout: CodeLayout,
    /// Hash of everything the site was built from (hexadecimal).
    pub hash: String,
}

impl Site {
    /// A site in which there is nothing yet.
    pub fn new(id: SiteId) -> Site {
        Site {
            name: Text::same(id.as_str()),
            id,
            timezone: String::new(),
            zone: Zone::default(),
            buildings: Vec::new(),
            buses: Vec::new(),
            devices: Vec::new(),
            points: Vec::new(),
            rules: Vec::new(),
            commands: Vec::new(),
            classes: Arc::default(),
            equipment: Vec::new(),
            statuses: Vec::new(),
            linkages: Vec::new(),
            plans: Vec::new(),
            floor_plans: Vec::new(),
            panels: BTreeMap::new(),
            supplies: BTreeMap::new(),
            settings: Settings::default(),
            shifts: Vec::new(),
            code_layout: CodeLayout::default(),
            hash: String::new(),
        }
    }

    /// The points of a device.
    pub fn points_of(&self, device: &Device) -> &[Point] {
        &self.points[device.points.start as usize..device.points.end as usize]
    }

    /// What the endpoint of a bus does against the specification, by the profiles of all devices on it.
    pub fn workarounds_of(&self, bus: &Bus) -> Workarounds {
        let devices = bus.devices.iter().filter_map(|device| self.devices.get(*device as usize));
        devices.fold(Workarounds::default(), |all, device| all.with(device.profile.link.workarounds))
    }
}
