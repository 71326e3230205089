//! The categories of design §3 and their rules of design §4, as one table.
//!
//! Takes: nothing.
//! Gives: [`Category`] and what each means for latching, sound, paging, incidents and priority.
//! Never: a rule about a category anywhere else.

use serde::{Deserialize, Serialize};

use super::Text;

/// What kind of thing a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// 火警
    Fire,
    /// 喷洒: extinguishing agent released.
    Discharge,
    /// 可燃气体
    Gas,
    /// 紧急: entrapment, flood, emergency call.
    Emergency,
    /// 监管
    Supervisory,
    /// 预警
    Prealarm,
    /// 启动
    Start,
    /// 反馈
    Feedback,
    /// 延时
    Delay,
    /// 故障
    Fault,
    /// 主电
    MainsFault,
    /// 备电
    BackupFault,
    /// 通信: a device, a bus or a point that no longer says anything.
    LinkFault,
    /// 越限
    Limit,
    /// 屏蔽
    Disabled,
    /// 测试
    Test,
    /// 本机: the gateway itself.
    #[serde(rename = "self")]
    Own,
}

/// The sound a category makes at the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Continuous until silenced; returns while unacknowledged.
    Fire,
    /// Continuous until silenced; returns while unacknowledged.
    Emergency,
    /// Continuous until silenced.
    Supervisory,
    /// Short, repeated until acknowledged.
    Prealarm,
    /// Continuous until silenced; clearly different from fire (FA-12).
    Fault,
    /// Once.
    Short,
    /// Nothing.
    None,
}

/// One row of the table of design §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Stays until reset although its source is quiet.
    pub latches: bool,
    /// What it sounds like.
    pub tone: Tone,
    /// Opens or joins an incident.
    pub incident: bool,
    /// 1 is the most urgent.
    pub priority: u8,
    /// The row stays until it is acknowledged, also when it is over.
    pub stays_until_acknowledged: bool,
}

impl Category {
    /// Every category, in the order of the console's lamps.
    pub const ALL: [Category; 17] = [
        Category::Fire,
        Category::Discharge,
        Category::Gas,
        Category::Emergency,
        Category::Supervisory,
        Category::Prealarm,
        Category::Start,
        Category::Feedback,
        Category::Delay,
        Category::Fault,
        Category::MainsFault,
        Category::BackupFault,
        Category::LinkFault,
        Category::Limit,
        Category::Disabled,
        Category::Test,
        Category::Own,
    ];

    /// The rules of this category (design §4).
    pub fn rules(self) -> Rules {
        let row = |latches, tone, incident, priority, stays_until_acknowledged| Rules {
            latches,
            tone,
            incident,
            priority,
            stays_until_acknowledged,
        };
        match self {
            Category::Fire | Category::Discharge | Category::Gas => row(true, Tone::Fire, true, 1, true),
            Category::Emergency => row(false, Tone::Emergency, true, 1, true),
            Category::Supervisory => row(true, Tone::Supervisory, false, 2, true),
            Category::Prealarm => row(false, Tone::Prealarm, false, 2, true),
            Category::Start => row(true, Tone::Short, false, 3, false),
            Category::Feedback | Category::Delay => row(false, Tone::Short, false, 3, false),
            Category::Fault | Category::MainsFault | Category::BackupFault | Category::LinkFault | Category::Own => {
                row(false, Tone::Fault, false, 4, true)
            }
            Category::Limit => row(false, Tone::Fault, false, 4, true),
            Category::Disabled | Category::Test => row(false, Tone::None, false, 5, false),
        }
    }

    /// Categories that must reach people with no delay at all: their confirmation time is zero and not configurable.
    pub fn is_immediate(self) -> bool {
        matches!(self, Category::Fire | Category::Discharge | Category::Gas)
    }

    /// Categories of which not every return has to be told while they come and go often. What is a danger to life is told
    /// every time; what inhibits, delays or tests must never be held longer than it holds.
    pub fn is_damped(self) -> bool {
        let told = matches!(self, Category::Delay | Category::Disabled | Category::Test);
        !self.rules().incident && !told
    }

    /// The word used in TOML, MQTT, HTTP and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Fire => "fire",
            Category::Discharge => "discharge",
            Category::Gas => "gas",
            Category::Emergency => "emergency",
            Category::Supervisory => "supervisory",
            Category::Prealarm => "prealarm",
            Category::Start => "start",
            Category::Feedback => "feedback",
            Category::Delay => "delay",
            Category::Fault => "fault",
            Category::MainsFault => "mains-fault",
            Category::BackupFault => "backup-fault",
            Category::LinkFault => "link-fault",
            Category::Limit => "limit",
            Category::Disabled => "disabled",
            Category::Test => "test",
            Category::Own => "self",
        }
    }

    /// The word people read.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Category::Fire => ("火警", "Fire"),
            Category::Discharge => ("喷洒", "Discharge"),
            Category::Gas => ("可燃气体", "Gas"),
            Category::Emergency => ("紧急", "Emergency"),
            Category::Supervisory => ("监管", "Supervisory"),
            Category::Prealarm => ("预警", "Pre-alarm"),
            Category::Start => ("启动", "Start"),
            Category::Feedback => ("反馈", "Feedback"),
            Category::Delay => ("延时", "Delay"),
            Category::Fault => ("故障", "Fault"),
            Category::MainsFault => ("主电故障", "Mains fault"),
            Category::BackupFault => ("备电故障", "Backup fault"),
            Category::LinkFault => ("通信故障", "Link fault"),
            Category::Limit => ("越限", "Limit"),
            Category::Disabled => ("屏蔽", "Disabled"),
            Category::Test => ("测试", "Test"),
            Category::Own => ("本机", "Gateway"),
        };
        Text::new(zh, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_is_listed_once_and_named_as_serde_names_it() {
        let mut seen = std::collections::BTreeSet::new();
        for category in Category::ALL {
            assert!(seen.insert(category));
            let json = serde_json::to_string(&category).expect("a unit variant serialises");
            assert_eq!(json.trim_matches('"'), category.as_str());
        }
    }

    #[test]
    fn fire_is_never_below_anything() {
        for category in Category::ALL {
            assert!(category.rules().priority >= Category::Fire.rules().priority);
        }
    }
}
