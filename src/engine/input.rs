//! Everything that can come into the engine, and everything that can leave it. Both lists are closed.
//!
//! Takes: nothing.
//! Gives: [`Input`], [`Act`], [`Effect`].
//! Never: another way in or out.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use super::alarm::{
    AccessChanged, CallReport, Exported, Fact, FactId, Figure, Purpose, Retired, Scope, Tested, Typed, Verdict,
};
use super::base::{Actor, DeviceId, EventId, PointId, Text, Wall};
use super::part::Part;
use super::poll::{Command, Report};
use super::refusal::Refusal;
use super::site::PlanKind;

/// What the engine is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
        /// How often each had become active when the person looked; those without an entry as often as they have. One
        /// that went quiet and came back between the look and the act is not acknowledged unseen, nor the list it is in.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        counts: BTreeMap<EventId, u32>,
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
        /// What for.
        #[serde(default)]
        purpose: Purpose,
        /// The repair order, where there is one already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<String>,
    },
    /// Links a repair order to an isolation.
    LinkOrder {
        /// Which isolation.
        id: EventId,
        /// The order.
        order: String,
    },
    /// 取消: the key of a panel that leaves menus and takes a false alarm off its display. Resets nothing.
    Cancel {
        /// Which panel.
        device: DeviceId,
    },
    /// 重新注册: a panel registers its field devices anew (FA-22).
    Register {
        /// Which panel.
        device: DeviceId,
    },
    /// A device is asked who it is: nothing is written, and who asked is recorded.
    Identify {
        /// Which device.
        device: DeviceId,
    },
    /// Something was seen, heard or smelt at a panel that must not be (FA-08).
    ReportAbnormal {
        /// Which device.
        device: DeviceId,
        /// What.
        text: String,
    },
    /// A call that a person has made about an alarm: the fire brigade (119), people told to leave (FA-02).
    ReportCall(CallReport),
    /// 启动 / 停动 by secondary code: a command to everything that it means (FA-18).
    CommandTyped {
        /// The code, its type and the verb.
        #[serde(flatten)]
        typed: Typed,
        /// How many targets the person has seen that this means; needed for more than one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<u32>,
    },
    /// Takes a command back by its opposite (FA-21).
    Withdraw {
        /// Which command.
        id: EventId,
    },
    /// The sounder and the walls sound for three seconds: the daily look whether they can.
    TestSound,
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
    /// 测试: what these points say is a test until it ends.
    BeginTest {
        /// What is tested.
        tested: Tested,
        /// Why.
        reason: String,
        /// When it ends by itself, within eight hours.
        until: Wall,
    },
    /// Ends a test.
    EndTest {
        /// Which.
        id: EventId,
    },
    /// 演练
    BeginDrill {
        /// In which building.
        building: String,
        /// What is drilled.
        reason: String,
        /// When it ends by itself, within eight hours.
        until: Wall,
    },
    /// Ends a drill.
    EndDrill {
        /// Which.
        id: EventId,
    },
    /// 启动 / 停动: a command to equipment.
    Command {
        /// Point that is commanded.
        point: PointId,
        /// `start`, `stop` or a verb of the profile.
        verb: String,
        /// For a dangerous command: arming it, or firing what was armed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arm: Option<Arm>,
    },
    /// Release a proposed action of a linkage.
    ReleaseAction {
        /// Which run.
        run: EventId,
        /// Which action, from 0.
        action: u32,
    },
    /// Withdraw an action of a linkage (FA-21).
    WithdrawAction {
        /// Which run.
        run: EventId,
        /// Which action, from 0.
        action: u32,
    },
    /// Adds words to an alarm, a command, an isolation or the run of a linkage (FL-04).
    Note {
        /// To which.
        id: EventId,
        /// The words.
        text: String,
    },
    /// Records how alarms or faults were handled (FL-04).
    Handled {
        /// An explicit list.
        ids: Vec<EventId>,
        /// What they came from.
        cause: String,
        /// What was done.
        measure: String,
        /// What came of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<String>,
    },
    /// Records a round of patrol or a job of maintenance (FL-05).
    RecordRound(RoundReport),
    /// Records leave: somebody is given a copy (RC-01).
    Export(Exported),
    /// The oldest records leave, sealed in an archive that is ready (RC-01).
    Retire(Box<Retired>),
    /// Accounts, tokens or sessions were changed at the console (AC-01).
    Access(AccessChanged),
    /// 签到: takes over the duty, or stays for the next shift too (FL-05).
    SignIn,
    /// 签退: leaves, relieved.
    SignOut,
}

/// What somebody found on a round or did in a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundReport {
    /// Which of the two.
    pub of: PlanKind,
    /// The plan's id.
    pub plan: String,
    /// One for each of its items.
    pub findings: Vec<Finding>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The plan's figures at this moment, as the door knows them. They are none of the sender's words: the same act sent
    /// again is the same act, whatever they are by then.
    #[serde(skip)]
    pub figures: Vec<Figure>,
}

/// What was found of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its id.
    pub item: String,
    /// Nothing is wrong with it.
    pub ok: bool,
    /// What was found; needed where something is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The point it was found at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
}

/// The two acts that a dangerous command takes (design §5, *arm-then-fire*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The first: nothing is sent.
    First,
    /// The second, within ten seconds and by the same person, naming the first.
    Fire(EventId),
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
    /// Send this command. It comes after the fact that requested it was written; when the disk does not answer in time,
    /// after that fact was shown unrecorded.
    Command {
        /// Index of the bus in the site.
        bus: u32,
        /// What.
        command: Command,
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
