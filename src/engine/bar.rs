//! What bars the way to equipment, as a program and as a person reads it.
//!
//! Takes: nothing.
//! Gives: [`Bar`], its code and its words.
//! Never: a bar that names no cause: whoever is refused must know what to look at.

use super::base::Text;

/// Why a command does not go out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    /// The linkage is in manual mode: people decide.
    ManualMode,
    /// Control of the device is off.
    ControlOff,
    /// Nothing here can command it; its panel can.
    NoCommand,
    /// The panel's start control does not allow it (FA-17).
    StartControl {
        /// The panel.
        panel: Text,
        /// Automatic start is asked for, else manual.
        automatic: bool,
        /// Whether the panel says so; else nobody knows.
        known: bool,
    },
    /// Only in full automatic, and the panel is not.
    FullAutomatic {
        /// The panel.
        panel: Text,
    },
    /// What the action's interlock asks for does not hold, or is not known.
    Interlock {
        /// Whether it is known.
        known: bool,
    },
    /// The equipment must go on running for fire safety: only a person stops it (design §4).
    PersonStops,
    /// It has tripped, and stays so until it is reset on the spot (FW-03).
    Tripped,
    /// A drill commands nothing.
    Drill,
    /// It is under test, and a test commands nothing.
    Test,
    /// Extinguishing agent, by a command alone.
    Alone,
    /// Extinguishing agent, addressed by a wildcard.
    Wildcard,
    /// Extinguishing agent, with fewer than two points that detect fire now and can be read.
    Detections {
        /// How many do.
        found: u32,
    },
    /// Extinguishing agent, and spray is not permitted, or nobody knows (FA-16).
    Spray {
        /// Whether it is known.
        known: bool,
    },
    /// Extinguishing agent, and its abort is pressed, or nobody knows.
    Abort {
        /// Whether it is known.
        known: bool,
    },
    /// Extinguishing agent, and its permission was not read within five seconds.
    SprayStale,
    /// The journal does not answer: nothing is done that nobody will find a record of.
    Unrecorded,
    /// The gateway was restarted while its delay ran, or found it met when it started.
    Restarted,
    /// It was met because an isolation, a disablement or a test ended; that proposes, and never acts.
    Released,
}

impl Bar {
    /// The kebab-case code.
    pub fn code(&self) -> &'static str {
        match self {
            Bar::ManualMode => "manual-mode",
            Bar::ControlOff => "control-disabled",
            Bar::NoCommand => "no-command",
            Bar::StartControl { .. } => "start-control",
            Bar::FullAutomatic { .. } => "full-automatic",
            Bar::Interlock { .. } => "interlock",
            Bar::PersonStops => "person-stops",
            Bar::Tripped => "tripped",
            Bar::Drill => "drill",
            Bar::Test => "test",
            Bar::Alone => "discharge-refused",
            Bar::Wildcard => "wildcard",
            Bar::Detections { .. } => "detections",
            Bar::Spray { .. } => "spray-permission",
            Bar::Abort { .. } => "abort",
            Bar::SprayStale => "spray-stale",
            Bar::Unrecorded => "unrecorded",
            Bar::Restarted => "restarted",
            Bar::Released => "after-release",
        }
    }

    /// What people read.
    pub fn text(&self) -> Text {
        match self {
            Bar::ManualMode => Text::new("手动联动，由人员执行", "This linkage is manual: a person decides"),
            Bar::ControlOff => Text::new("该设备未启用控制", "Control of the device is off"),
            Bar::NoCommand => Text::new(
                "网关无法命令该设备，请在控制器或现场操作",
                "It cannot be commanded from here; do it at the panel or on the spot",
            ),
            Bar::StartControl { panel, automatic, known } => {
                let (zh, en) = if *automatic { ("自动", "automatic") } else { ("手动", "manual") };
                let (state_zh, state_en) = if *known {
                    ("未允许", "does not allow")
                } else {
                    ("状态未知，视为未允许", "is not known to allow")
                };
                Text::new(
                    &format!("{} 启动控制：{zh}{state_zh}", panel.zh),
                    &format!("Start control of {} {state_en} {en} start", panel.en),
                )
            }
            Bar::FullAutomatic { panel } => Text::new(
                &format!("仅全自动时执行，{} 不在全自动", panel.zh),
                &format!("Only in full automatic, and {} is not known to be", panel.en),
            ),
            Bar::Interlock { known: true } => Text::new("联锁条件不满足", "Its interlock does not hold"),
            Bar::Interlock { known: false } => Text::new("联锁条件未知", "Its interlock is not known"),
            Bar::PersonStops => Text::new(
                "消防运行中的设备只能由人员停止",
                "It runs for fire safety; beyond starting it, only a person commands it",
            ),
            Bar::Tripped => Text::new(
                "过载保护已动作，现场复位后才能启动",
                "It has tripped: reset it on the spot before it is started",
            ),
            Bar::Drill => Text::new("演练中不发出命令", "A drill commands nothing"),
            Bar::Test => Text::new("测试中不发出命令", "It is under test; a test commands nothing"),
            Bar::Alone => Text::new("喷洒不接受单独命令", "Extinguishing agent is never released by a command alone"),
            Bar::Wildcard => Text::new("喷洒不得用通配符寻址", "Extinguishing agent is never addressed by a wildcard"),
            Bar::Detections { found } => Text::new(
                &format!("喷洒需要两个不同探测点当前报火警，现有 {found} 个"),
                &format!("Discharge needs two different points that detect fire now; there are {found}"),
            ),
            Bar::Spray { known: true } => Text::new("喷洒未允许", "Spray is not permitted"),
            Bar::Spray { known: false } => Text::new("喷洒允许状态未知", "Whether spray is permitted is not known"),
            Bar::Abort { known: true } => Text::new("紧急停止已按下", "Its abort is pressed"),
            Bar::Abort { known: false } => Text::new("紧急停止状态未知", "Whether its abort is pressed is not known"),
            Bar::SprayStale => Text::new("5 秒内未读到喷洒允许", "Spray permission was not read within 5 s"),
            Bar::Unrecorded => Text::new(
                "日志未响应，自动命令改为建议",
                "The journal does not answer: automatic commands become proposals",
            ),
            Bar::Restarted => Text::new("网关重启，改为建议", "The gateway was restarted: it is proposed"),
            Bar::Released => Text::new(
                "隔离、屏蔽或测试结束后成立，仅建议",
                "Met when an isolation, a disablement or a test ended: that only proposes",
            ),
        }
    }
}
