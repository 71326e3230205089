//! Everything that can come into the engine, and everything that can leave it. Both lists are closed.
//!
//! Takes: nothing.
//! Gives: [`Input`], [`Act`], [`Effect`], [`Refusal`].
//! Never: another way in or out.

use serde::{Deserialize, Serialize};

use super::alarm::{Fact, FactId, Scope, Verdict};
use super::base::{Actor, EventId, PointId, Role, Text, Wall};
use super::poll::Report;

/// What the engine is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A bus has something to say.
    Report {
        /// Index of the bus in the site.
        bus: u32,
        /// What.
        report: Report,
    },
    /// A person acts.
    Act {
        /// Names the answer; unique while the process lives.
        ticket: u64,
        /// Who.
        by: Actor,
        /// The sender's idempotency key: the same key again changes nothing and gets the same answer.
        key: Option<String>,
        /// What.
        act: Act,
    },
    /// Every fact up to this one is durable.
    Committed {
        /// Sequence number of the last durable fact.
        upto: u64,
    },
    /// A commit failed; the journal keeps the facts and tries again.
    CommitFailed {
        /// What the disk said.
        reason: String,
    },
    /// Something of the gateway itself broke or works again.
    Health {
        /// Which part.
        part: Part,
        /// What is wrong; nothing when it works.
        fault: Option<Text>,
    },
    /// The wall clock was stepped, or its trust changed.
    Clock {
        /// By how much it stepped, in microseconds.
        stepped_us: i64,
        /// Whether it can be trusted now.
        trusted: bool,
    },
    /// A deadline may have passed.
    Wake,
}

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
    /// The time-series server.
    Influx,
    /// Free disk space.
    Disk,
    /// The wall clock.
    Clock,
    /// The configuration, as a whole or of one device.
    Config(String),
}

impl Part {
    /// Its point segment below the device `gateway`.
    pub fn segment(&self) -> String {
        match self {
            Part::Journal => "journal".into(),
            Part::Trends => "trends".into(),
            Part::Mqtt => "mqtt".into(),
            Part::Influx => "influx".into(),
            Part::Disk => "disk".into(),
            Part::Clock => "clock".into(),
            Part::Config(what) if what.is_empty() => "config".into(),
            Part::Config(device) => format!("config.{device}"),
        }
    }

    /// What people call it.
    pub fn text(&self) -> Text {
        match self {
            Part::Journal => Text::new("日志磁盘", "Journal disk"),
            Part::Trends => Text::new("趋势存储", "Trend store"),
            Part::Mqtt => Text::new("MQTT 服务器", "MQTT broker"),
            Part::Influx => Text::new("时序数据库", "Time-series server"),
            Part::Disk => Text::new("磁盘空间", "Disk space"),
            Part::Clock => Text::new("系统时钟", "System clock"),
            Part::Config(what) if what.is_empty() => Text::new("配置", "Configuration"),
            Part::Config(device) => Text::new(&format!("{device} 的配置"), &format!("Configuration of {device}")),
        }
    }
}

/// The operator's acts. None does another's work (design §1.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// 消音: stop what sounds now.
    Silence,
    /// 确认
    Acknowledge {
        /// An explicit list, never "all".
        ids: Vec<EventId>,
        /// What the person notes.
        note: Option<String>,
    },
    /// 判定
    Judge {
        /// Which occurrence.
        id: EventId,
        /// As what.
        verdict: Verdict,
        /// The cause of a false alarm; required for `false`.
        cause: Option<String>,
    },
    /// 复位
    Reset {
        /// What it covers.
        scope: Scope,
    },
    /// 隔离
    Isolate {
        /// Which point.
        point: PointId,
        /// Why.
        reason: String,
        /// When it must be looked at again.
        review_at: Wall,
    },
    /// 释放
    Release {
        /// Which isolation.
        id: EventId,
    },
    /// Close an occurrence whose point is no longer configured.
    Close {
        /// Which.
        id: EventId,
    },
    /// 启动 / 停动: a command to equipment.
    Command {
        /// Point that is commanded.
        point: PointId,
        /// `start`, `stop` or a verb of the profile.
        verb: String,
    },
}

/// What the engine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Append these to the journal, in this order, durably.
    Commit(Vec<Fact>),
    /// The outside may rely on these now; or, unrecorded, must see them although the disk has not answered.
    Show {
        /// In the order they were decided.
        facts: Vec<Fact>,
        /// Whether they are durable.
        recorded: bool,
    },
    /// How an act ended. `Ok` comes only after its facts were shown.
    Answer {
        /// The act's ticket.
        ticket: u64,
        /// How.
        outcome: Result<Done, Refusal>,
    },
    /// Report every rule of this device anew, from reads that begin after now.
    Confirm {
        /// Index of the device in the site.
        device: u32,
    },
    /// A bus has said nothing for three seconds: none of its points is known any more.
    Distrust {
        /// Index of the bus in the site.
        bus: u32,
    },
}

/// An act was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its first fact: for `Isolate` the isolation's id. None when there was nothing to do (silence in silence).
    pub fact: Option<FactId>,
    /// Whether it is durable; false when the disk did not answer in time.
    pub recorded: bool,
}

/// Why an act was not done. Nothing of it was.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The role may not.
    NotPermitted {
        /// The least role that may.
        needs: Role,
    },
    /// No such occurrence or isolation.
    NotFound {
        /// The id given.
        id: String,
    },
    /// No such point is configured.
    NoSuchPoint {
        /// The id given.
        point: PointId,
    },
    /// The occurrence is closed.
    Closed {
        /// Which.
        id: EventId,
    },
    /// Somebody was first.
    AlreadyAcknowledged {
        /// Which.
        id: EventId,
        /// Who.
        by: String,
        /// When.
        at: Wall,
    },
    /// A reset needs every latched occurrence of its scope acknowledged first.
    Unacknowledged {
        /// Those that are not.
        ids: Vec<EventId>,
    },
    /// A discharge delay runs in the scope.
    DelayRunning {
        /// Which.
        ids: Vec<EventId>,
    },
    /// There is nothing to reset in the scope.
    NothingToReset,
    /// The site has no such building or device.
    NoSuchScope {
        /// The id given.
        id: String,
    },
    /// The point is isolated already.
    AlreadyIsolated {
        /// By which isolation.
        id: EventId,
    },
    /// A text that must be there is missing.
    Missing {
        /// `ids`, `reason`, `cause` or `review_at`.
        field: &'static str,
    },
    /// A review time must lie ahead, and within a year.
    BadReviewTime,
    /// The occurrence's point is still configured: it ends by itself.
    StillConfigured {
        /// Which.
        id: EventId,
    },
    /// The idempotency key was used for another act.
    KeyReused,
    /// Control of the device is off.
    ControlDisabled {
        /// Which.
        point: PointId,
    },
}

impl Refusal {
    /// The kebab-case code of HTTP and MQTT answers.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotPermitted { .. } => "not-permitted",
            Refusal::NotFound { .. } => "not-found",
            Refusal::NoSuchPoint { .. } => "no-such-point",
            Refusal::Closed { .. } => "closed",
            Refusal::AlreadyAcknowledged { .. } => "already-acknowledged",
            Refusal::Unacknowledged { .. } => "unacknowledged",
            Refusal::DelayRunning { .. } => "delay-running",
            Refusal::NothingToReset => "nothing-to-reset",
            Refusal::NoSuchScope { .. } => "no-such-scope",
            Refusal::AlreadyIsolated { .. } => "already-isolated",
            Refusal::Missing { .. } => "missing",
            Refusal::BadReviewTime => "bad-review-time",
            Refusal::StillConfigured { .. } => "still-configured",
            Refusal::ControlDisabled { .. } => "control-disabled",
            Refusal::KeyReused => "key-reused",
        }
    }

    /// What the person who acted reads.
    pub fn text(&self) -> Text {
        match self {
            Refusal::NotPermitted { needs } => Text::new(
                &format!("无权限：需要 {}", role_zh(*needs)),
                &format!("Not permitted: this needs the role {}", role_en(*needs)),
            ),
            Refusal::NotFound { id } => Text::new(&format!("没有 {id}"), &format!("There is no {id}")),
            Refusal::NoSuchPoint { point } => {
                Text::new(&format!("没有测点 {point}"), &format!("There is no point {point}"))
            }
            Refusal::Closed { .. } => Text::new("该条目已结束", "This occurrence is closed"),
            Refusal::AlreadyAcknowledged { by, .. } => {
                Text::new(&format!("{by} 已确认"), &format!("Already acknowledged by {by}"))
            }
            Refusal::Unacknowledged { ids } => Text::new(
                &format!("有 {} 条未确认，不能复位", ids.len()),
                &format!("Reset refused: {} not acknowledged", ids.len()),
            ),
            Refusal::DelayRunning { .. } => {
                Text::new("喷洒延时进行中，不能复位", "Reset refused: a discharge delay is running")
            }
            Refusal::NothingToReset => Text::new("没有需要复位的条目", "There is nothing to reset"),
            Refusal::NoSuchScope { id } => {
                Text::new(&format!("没有楼栋或设备 {id}"), &format!("There is no building or device {id}"))
            }
            Refusal::AlreadyIsolated { .. } => Text::new("该测点已隔离", "This point is isolated already"),
            Refusal::Missing { field } => Text::new(&format!("缺少 {}", field_zh(field)), &format!("Missing: {field}")),
            Refusal::BadReviewTime => {
                Text::new("复查时间须在一年之内的将来", "The review time must lie ahead, within a year")
            }
            Refusal::StillConfigured { .. } => {
                Text::new("该测点仍在配置中，不能手动结束", "Its point is still configured; it ends by itself")
            }
            Refusal::KeyReused => Text::new("该幂等键已用于另一操作", "This idempotency key was used for another act"),
            Refusal::ControlDisabled { point } => {
                Text::new(&format!("{point} 未启用控制"), &format!("Control of {point} is off"))
            }
        }
    }
}

fn field_zh(field: &str) -> &str {
    match field {
        "reason" => "原因",
        "cause" => "误报原因",
        "review_at" => "复查时间",
        "ids" => "条目",
        other => other,
    }
}

fn role_zh(role: Role) -> &'static str {
    match role {
        Role::Display => "显示",
        Role::Operator => "值班员",
        Role::Supervisor => "班长",
        Role::Engineer => "工程师",
        Role::Manager => "经理",
    }
}

fn role_en(role: Role) -> &'static str {
    match role {
        Role::Display => "display",
        Role::Operator => "operator",
        Role::Supervisor => "supervisor",
        Role::Engineer => "engineer",
        Role::Manager => "manager",
    }
}
