//! A command on its way through a bus, and what becomes of it.
//!
//! Takes: nothing.
//! Gives: [`Command`], which the engine hands to a bus, and [`CommandNews`], which comes back.
//! Never: a second sending. A command is written once, or not at all.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::base::{EventId, Mono, Now, Text};
use crate::engine::profile::{Expression, Pulse, WriteSpec};

/// One command, permitted and recorded, for one device.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The fact by which it was requested.
    pub id: EventId,
    /// Index of the device in the site.
    pub device: u32,
    /// What is written, addresses absolute. Clock fields are words by the time a bus sees it.
    pub write: WriteSpec,
    /// It is not sent at or after this instant.
    pub expires: Mono,
    /// What proves it, over the site's points, and how long after the accepted write that may take.
    pub feedback: Option<(Expression, Duration)>,
    /// The second half of a pulse. It is written also when the feedback fails, and before every other command.
    pub pulse: Option<Pulse>,
}

/// What a bus says of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandNews {
    /// Which.
    pub id: EventId,
    /// What happened.
    pub progress: Progress,
    /// When it was known.
    pub at: Now,
}

/// A step in the life of a command on a bus. Exactly one of `Confirmed`, `Done` and `Failed` ends it; the end of a pulse
/// may come after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The device accepted the write.
    Accepted,
    /// Points read after the write show that it was done.
    Confirmed,
    /// Accepted, and its profile knows no feedback: nothing more will be known.
    Done,
    /// It was not done, or nobody can say.
    Failed(CommandFailure),
    /// The second half of its pulse was accepted.
    PulseEnded,
    /// The second half of its pulse could not be written: the output may still be on.
    PulseStuck(CommandFailure),
}

/// Why a command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandFailure {
    /// Its time to live ended before it could be sent: nothing was written.
    Expired,
    /// The bus or the device does not answer: nothing was written.
    LinkDown,
    /// The device refused with this exception: nothing was written.
    Refused(u8),
    /// It was sent and no answer that could be believed came: it may have been done.
    NoAnswer,
    /// It was accepted, and the feedback did not show in time.
    NoFeedback,
    /// It was accepted, and the points of its feedback cannot be read.
    FeedbackUnknown,
    /// A linkage asked for it, and the journal did not answer: nothing was written.
    Unrecorded,
}

impl CommandFailure {
    /// What people read.
    pub fn text(self) -> Text {
        match self {
            CommandFailure::Expired => Text::new(
                "有效时间内未能发出，什么也没有写入",
                "It could not be sent within its time to live; nothing was written",
            ),
            CommandFailure::LinkDown => {
                Text::new("通信中断，什么也没有写入", "The device or its bus does not answer; nothing was written")
            }
            CommandFailure::Refused(code) => Text::new(
                &format!("设备拒绝（异常码 {code}），什么也没有写入"),
                &format!("The device refused it (exception {code}); nothing was written"),
            ),
            CommandFailure::NoAnswer => {
                Text::new("已发出，未收到可信的应答，可能已执行", "It was sent and not answered; it may have been done")
            }
            CommandFailure::NoFeedback => Text::new(
                "设备已接受，规定时间内没有反馈",
                "The device accepted it, and its feedback did not come in time",
            ),
            CommandFailure::Unrecorded => Text::new(
                "日志未响应，自动命令未发出",
                "The journal did not answer; a command that no person asked for was not sent",
            ),
            CommandFailure::FeedbackUnknown => {
                Text::new("设备已接受，反馈无法读取", "The device accepted it, and its feedback cannot be read")
            }
        }
    }
}
