//! Why an act was not done, as a program and as a person reads it.
//!
//! Takes: nothing.
//! Gives: [`Refusal`], its code and its words.
//! Never: a refusal of which a part was done all the same.

use super::bar::Bar;
use super::base::{Deadline, DeviceId, EventId, PointId, Role, Text, Wall};
use super::site::PlanKind;
use super::spelt::{field_zh, role_en, role_zh};

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
    /// The occurrence became active again since the person looked.
    Changed {
        /// Which.
        id: EventId,
        /// How often it became active by now.
        count: u32,
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
        /// Which: occurrences, and runs of linkages.
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
    /// The point has no such command.
    NoSuchVerb {
        /// Which point.
        point: PointId,
        /// What was asked for.
        verb: String,
        /// What it has.
        known: Vec<String>,
    },
    /// Extinguishing agent is never released by a person's command alone (design §4).
    DischargeRefused {
        /// Which.
        point: PointId,
    },
    /// It must be armed first.
    ArmNeeded {
        /// What this person armed for it already, and until when.
        armed: Option<(EventId, Deadline)>,
    },
    /// That arming is over, was used, or is another person's or another command's.
    NotArmed {
        /// The id given.
        id: EventId,
    },
    /// One act is enough for this command.
    NothingToArm {
        /// Which.
        point: PointId,
    },
    /// A clock that is not trusted sets no other.
    ClockUntrusted,
    /// The gate does not let it through.
    Barred {
        /// What was to be commanded.
        point: PointId,
        /// Why not.
        bar: Bar,
    },
    /// This action of a linkage waits for no release.
    NotProposed {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
    },
    /// Nothing of this action can be withdrawn.
    NothingToWithdraw {
        /// Which run.
        run: EventId,
        /// Which action.
        action: u32,
    },
    /// What was typed is no secondary code.
    BadCode {
        /// What.
        code: String,
    },
    /// Several panels have this code, and none of them was named.
    SeveralPanels {
        /// The code.
        code: String,
        /// Which.
        panels: Vec<DeviceId>,
    },
    /// Nothing that can be commanded so has this code.
    NothingAddressed {
        /// The code.
        code: String,
        /// The verb.
        verb: String,
    },
    /// It means several targets, or other ones than were confirmed.
    ConfirmCount {
        /// How many it means.
        count: u32,
    },
    /// The command was taken back before.
    AlreadyWithdrawn {
        /// By which command.
        id: EventId,
    },
    /// The profile has no command that takes it back.
    NoWayBack {
        /// Which point.
        point: PointId,
        /// What was commanded.
        verb: String,
    },
    /// A test or a drill must end, within eight hours.
    BadEnd,
    /// A drill runs in this building already.
    AlreadyDrilling {
        /// Which.
        id: EventId,
    },
    /// No such round or job is configured.
    NoSuchPlan {
        /// Which of the two.
        of: PlanKind,
        /// The id given.
        id: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// A record names each item of its plan once.
    ItemsDiffer {
        /// Items that are left out.
        missing: Vec<String>,
        /// Items that the plan does not have, or that are named twice.
        unknown: Vec<String>,
    },
    /// Whoever signs out has not signed in.
    NotOnDuty,
    /// Too few would be left (SF-04).
    NoRelief {
        /// How many would stay.
        left: usize,
        /// How many it takes.
        needs: u8,
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
            Refusal::Changed { .. } => "changed",
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
            Refusal::NoSuchVerb { .. } => "no-such-verb",
            Refusal::DischargeRefused { .. } => "discharge-refused",
            Refusal::ArmNeeded { .. } => "arm-needed",
            Refusal::NotArmed { .. } => "not-armed",
            Refusal::NothingToArm { .. } => "nothing-to-arm",
            Refusal::ClockUntrusted => "clock-untrusted",
            Refusal::Barred { bar, .. } => bar.code(),
            Refusal::NotProposed { .. } => "not-proposed",
            Refusal::NothingToWithdraw { .. } => "nothing-to-withdraw",
            Refusal::BadCode { .. } => "bad-code",
            Refusal::SeveralPanels { .. } => "several-panels",
            Refusal::NothingAddressed { .. } => "nothing-addressed",
            Refusal::ConfirmCount { .. } => "confirm-count",
            Refusal::AlreadyWithdrawn { .. } => "already-withdrawn",
            Refusal::NoWayBack { .. } => "no-way-back",
            Refusal::BadEnd => "bad-end",
            Refusal::AlreadyDrilling { .. } => "already-drilling",
            Refusal::NoSuchPlan { .. } => "no-such-plan",
            Refusal::ItemsDiffer { .. } => "items-differ",
            Refusal::NotOnDuty => "not-on-duty",
            Refusal::NoRelief { .. } => "no-relief",
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
            Refusal::Changed { count, .. } => Text::new(
                &format!("该条目又动作了（共 {count} 次），请再看一次"),
                &format!("It became active again meanwhile ({count} times now); look again"),
            ),
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
            Refusal::NoSuchScope { id } => Text::new(
                &format!("没有楼栋、设备、分区或回路 {id}"),
                &format!("There is no building, device, zone or loop {id}"),
            ),
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
            Refusal::NoSuchVerb { point, verb, known } if known.is_empty() => Text::new(
                &format!("{point} 没有命令 {verb}，它没有任何命令"),
                &format!("{point} has no command {verb}; it has none at all"),
            ),
            Refusal::NoSuchVerb { point, verb, known } => Text::new(
                &format!("{point} 没有命令 {verb}；可用：{}", known.join("、")),
                &format!("{point} has no command {verb}; it has {}", known.join(", ")),
            ),
            Refusal::DischargeRefused { .. } => Text::new(
                "喷洒只能由联动在两路独立探测、喷洒允许且未中止时启动，不接受单独命令",
                "Discharge is never commanded by itself: only by linkage, with two detections, permission and no abort",
            ),
            Refusal::ArmNeeded { .. } => Text::new(
                "该命令须先预备，再在 10 秒内由同一人执行",
                "This command must be armed first, then fired within 10 s",
            ),
            Refusal::NotArmed { .. } => Text::new(
                "该预备无效：已过 10 秒、已使用，或属于他人或其他命令",
                "That arming does not hold: it is over, used, or another person's or another command's",
            ),
            Refusal::NothingToArm { .. } => Text::new("该命令无需预备", "This command needs no arming"),
            Refusal::BadCode { code } => Text::new(
                &format!("{code} 不是二次码：六位数字或 *，类型为两位"),
                &format!("{code} is no secondary code: six digits or *, two for the type"),
            ),
            Refusal::SeveralPanels { code, panels } => {
                let names: Vec<&str> = panels.iter().map(DeviceId::as_str).collect();
                Text::new(
                    &format!("{code} 在多台控制器上都有：{}；请指明哪一台", names.join("、")),
                    &format!("{code} is at {}; say at which panel", names.join(" and ")),
                )
            }
            Refusal::NothingAddressed { code, verb } => Text::new(
                &format!("{code} 没有可执行 {verb} 的设备"),
                &format!("Nothing of the code {code} has the command {verb}"),
            ),
            Refusal::ConfirmCount { count } => Text::new(
                &format!("该码涉及 {count} 台设备，请核对数量后再下达"),
                &format!("This addresses {count} targets; confirm that number"),
            ),
            Refusal::AlreadyWithdrawn { .. } => Text::new("该命令已撤回", "This command was taken back already"),
            Refusal::NoWayBack { point, verb } => Text::new(
                &format!("{point} 的 {verb} 没有相反的命令，不能撤回"),
                &format!("{point} has no opposite of {verb}; it cannot be taken back"),
            ),
            Refusal::BadEnd => Text::new("结束时间须在八小时之内的将来", "The end must lie ahead, within eight hours"),
            Refusal::AlreadyDrilling { .. } => Text::new("该楼栋正在演练", "A drill runs in this building already"),
            Refusal::NoSuchPlan { of, id, known } => {
                let kind = of.text();
                Text::new(
                    &format!("没有{}计划 {id}；已有：{}", kind.zh, known.join("、")),
                    &format!("There is no {} {id}; there are: {}", of.as_str(), known.join(", ")),
                )
            }
            Refusal::ItemsDiffer { missing, unknown } => Text::new(
                &format!("检查项不符：缺少 {}；多余 {}", missing.join("、"), unknown.join("、")),
                &format!("The items differ: missing {}; not of this plan {}", missing.join(", "), unknown.join(", ")),
            ),
            Refusal::NotOnDuty => Text::new("您没有签到", "You have not signed in"),
            Refusal::NoRelief { left, needs } => Text::new(
                &format!("无人接班：签退后只剩 {left} 人，须 {needs} 人在岗"),
                &format!("No relief: {left} would be left and {needs} are needed; you stay on duty"),
            ),
            Refusal::Barred { point, bar } => {
                let why = bar.text();
                Text::new(&format!("{point}：{}", why.zh), &format!("{point}: {}", why.en))
            }
            Refusal::NotProposed { .. } => {
                Text::new("该联动动作不在等待执行", "This action is not waiting to be released")
            }
            Refusal::NothingToWithdraw { .. } => {
                Text::new("该联动动作没有可撤回的", "Nothing of this action can be withdrawn from here")
            }
            Refusal::ClockUntrusted => {
                Text::new("网关时钟未同步，不能对时", "The gateway's clock is not synchronised and sets no other")
            }
        }
    }
}
