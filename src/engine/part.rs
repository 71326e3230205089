//! The parts of the gateway that can fail by themselves, and how a fault of one is named.
//!
//! Takes: nothing.
//! Gives: [`Part`], its point and its text.
//! Never: a fault. Whether a part works is said by [`Input::Health`](super::Input).

use serde::{Deserialize, Serialize};

use super::base::{DeviceId, PointId, Text};

/// A part of the gateway that can fail by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The journal's disk.
    Journal,
    /// The trend store.
    Trends,
    /// The MQTT broker.
    Mqtt,
    /// The Sparkplug host, or the broker between.
    Sparkplug,
    /// The time-series server.
    Influx,
    /// Free disk space.
    Disk,
    /// The wall clock.
    Clock,
    /// The configuration, as a whole or of one device.
    Config(String),
    /// The line of one bus: another master talks on it.
    Line(String),
    /// Devices that report on this bus and are not listed in the site.
    Unlisted(String),
    /// The connection to a city centre.
    Uplink,
    /// The certificate of the console.
    Certificate,
    /// Our certificate for a broker, by the table that names it.
    CertificateOf(String),
    /// The centre asks whether somebody is on duty: a person answers by acknowledging it.
    DutyCheck,
    /// The sounder of this machine.
    Sounder,
    /// The relay that is on while something sounds.
    Relay,
    /// A registered wall display: it is lost.
    Wall(String),
    /// The sound of a registered wall display.
    WallSound(String),
    /// The page of a registered wall display: it is not in front.
    WallHidden(String),
}

/// How the points of walls begin, and what those of their sound and of their page end with.
const WALL: &str = "wall-";
const SOUND: &str = ".sound";
const HIDDEN: &str = ".hidden";

impl Part {
    /// Where a fault of it stands.
    pub fn point(&self) -> PointId {
        PointId::of(&DeviceId::new("gateway"), &self.segment())
    }

    /// Its point segment below the device `gateway`.
    pub fn segment(&self) -> String {
        match self {
            Part::Journal => "journal".into(),
            Part::Trends => "trends".into(),
            Part::Mqtt => "mqtt".into(),
            Part::Sparkplug => "sparkplug".into(),
            Part::Influx => "influx".into(),
            Part::Disk => "disk".into(),
            Part::Clock => "clock".into(),
            Part::Config(what) if what.is_empty() => "config".into(),
            Part::Config(device) => format!("config.{device}"),
            Part::Line(bus) => format!("bus.{bus}.foreign"),
            Part::Unlisted(bus) => format!("unlisted.{bus}"),
            Part::Uplink => "uplink".into(),
            Part::Certificate => "certificate".into(),
            Part::CertificateOf(whose) => format!("certificate.{whose}"),
            Part::DutyCheck => "duty-check".into(),
            Part::Sounder => "sounder".into(),
            Part::Relay => "sounder.relay".into(),
            Part::Wall(wall) => format!("{WALL}{wall}"),
            Part::WallSound(wall) => format!("{WALL}{wall}{SOUND}"),
            Part::WallHidden(wall) => format!("{WALL}{wall}{HIDDEN}"),
        }
    }

    /// The part of a wall whose point segment this is.
    pub fn of_wall(segment: &str) -> Option<Part> {
        let wall = segment.strip_prefix(WALL)?;
        Some(match (wall.strip_suffix(SOUND), wall.strip_suffix(HIDDEN)) {
            (Some(wall), _) => Part::WallSound(wall.to_owned()),
            (None, Some(wall)) => Part::WallHidden(wall.to_owned()),
            (None, None) => Part::Wall(wall.to_owned()),
        })
    }

    /// The wall of which it is a part.
    pub fn wall(&self) -> Option<&str> {
        match self {
            Part::Wall(wall) | Part::WallSound(wall) | Part::WallHidden(wall) => Some(wall),
            _ => None,
        }
    }

    /// What people call it.
    pub fn text(&self) -> Text {
        match self {
            Part::Journal => Text::new("日志磁盘", "Journal disk"),
            Part::Trends => Text::new("趋势存储", "Trend store"),
            Part::Mqtt => Text::new("MQTT 服务器", "MQTT broker"),
            Part::Sparkplug => Text::new("Sparkplug 上位机", "Sparkplug host"),
            Part::Influx => Text::new("时序数据库", "Time-series server"),
            Part::Disk => Text::new("磁盘空间", "Disk space"),
            Part::Clock => Text::new("系统时钟", "System clock"),
            Part::Config(what) if what.is_empty() => Text::new("配置", "Configuration"),
            Part::Config(device) => Text::new(&format!("{device} 的配置"), &format!("Configuration of {device}")),
            Part::Line(bus) => Text::new(&format!("总线 {bus} 的线路"), &format!("Line of bus {bus}")),
            Part::Certificate => Text::new("控制台证书", "Certificate of the console"),
            Part::CertificateOf(whose) => {
                Text::new(&format!("{whose} 的客户端证书"), &format!("Client certificate for {whose}"))
            }
            Part::Uplink => Text::new("城市消防远程监控中心", "City centre"),
            Part::DutyCheck => Text::new("查岗", "Duty check"),
            Part::Sounder => Text::new("蜂鸣器", "Sounder"),
            Part::Relay => Text::new("声响继电器", "Relay of the sounder"),
            Part::Wall(wall) => Text::new(&format!("显示屏 {wall}"), &format!("Wall {wall}")),
            Part::WallSound(wall) => Text::new(&format!("显示屏 {wall} 的声音"), &format!("Sound of wall {wall}")),
            Part::WallHidden(wall) => Text::new(&format!("显示屏 {wall} 的画面"), &format!("Page of wall {wall}")),
            Part::Unlisted(bus) => Text::new(&format!("{bus} 上的未登记设备"), &format!("Unlisted devices on {bus}")),
        }
    }
}
