//! The public form of commands: one JSON for HTTP and MQTT (design §5, §6).
//!
//! Takes: what the state keeps of a command, what the site can be commanded, and the time zone of the site.
//! Gives: documents that serialise to the contract's JSON.
//! Never: a stage without its time, a failure without its words in both languages.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::document::timestamp;
use crate::engine::alarm::{CommandRecord, Step};
use crate::engine::base::{DeviceId, EventId, PointId, Text, Wall};
use crate::engine::gate;
use crate::engine::poll::CommandFailure;
use crate::engine::profile::Danger;
use crate::engine::site::{Command, Place};

/// The object of `GET commands/{id}` and of the topic `result/<id>`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommandDocument {
    /// `epoch-seq`.
    pub id: EventId,
    /// What is commanded.
    pub point: PointId,
    /// What is done there.
    pub verb: String,
    /// What people read.
    pub name: Text,
    /// Where it acts.
    pub place: Place,
    /// The device that is written to.
    pub device: DeviceId,
    /// Who asked for it.
    pub by: Option<String>,
    /// `requested`, `accepted`, `confirmed`, `done`, `failed` or `unknown`.
    pub state: &'static str,
    /// Whether nothing more is awaited, the end of a pulse included.
    pub settled: bool,
    /// When it was asked for.
    pub requested_at: String,
    /// It is not sent at or after this.
    pub expires_at: String,
    /// Each step with its time, `requested` first.
    pub steps: Vec<StepDocument>,
    /// The lamp of its key on a manual start panel (FA-21): `off`, `commanded` or `fed-back`.
    pub lamp: &'static str,
    /// The command that took it back.
    pub withdrawn: Option<EventId>,
    /// Why it failed.
    pub failure: Option<FailureDocument>,
}

/// One step of a command.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepDocument {
    /// `requested`, `accepted`, …, `pulse-ended`, `pulse-stuck`.
    pub step: &'static str,
    /// When.
    pub at: String,
}

/// Why a command, or the end of its pulse, failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailureDocument {
    /// `expired`, `link-down`, `refused`, `no-answer`, `no-feedback`, `feedback-unknown` or `unrecorded`.
    pub code: &'static str,
    /// The exception a device refused with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<u8>,
    /// What people read.
    pub message: Text,
}

/// The public form of a command.
pub fn command_document(record: &CommandRecord, zone: &TimeZone) -> CommandDocument {
    let asked = &record.asked;
    let step = |step: &'static str, at: Wall| StepDocument { step, at: timestamp(at, zone) };
    let begun = step("requested", record.requested_at);
    let failure = record.steps.iter().rev().find_map(|(_, step)| match step {
        Step::Failed(failure) | Step::PulseStuck(failure) => Some(*failure),
        _ => None,
    });
    CommandDocument {
        id: record.id,
        point: asked.point.clone(),
        verb: asked.verb.clone(),
        name: asked.name.clone(),
        place: asked.place.clone(),
        device: asked.device.clone(),
        by: record.by.as_ref().map(|by| by.user.clone()),
        state: record.stage(),
        settled: record.is_settled(),
        requested_at: timestamp(record.requested_at, zone),
        expires_at: timestamp(asked.expires.due(), zone),
        steps: std::iter::once(begun).chain(record.steps.iter().map(|(at, s)| step(s.as_str(), *at))).collect(),
        lamp: lamp(record),
        withdrawn: record.withdrawn,
        failure: failure.map(failed),
    }
}

/// What the lamp beside the key shows: it goes out when the command is taken back, or came to nothing.
pub fn lamp(record: &CommandRecord) -> &'static str {
    match record.last() {
        _ if record.withdrawn.is_some() => "off",
        None | Some(Step::Accepted | Step::Done) => "commanded",
        Some(Step::Confirmed) => "fed-back",
        Some(_) => "off",
    }
}

fn failed(failure: CommandFailure) -> FailureDocument {
    let (code, exception) = match failure {
        CommandFailure::Expired => ("expired", None),
        CommandFailure::LinkDown => ("link-down", None),
        CommandFailure::Refused(exception) => ("refused", Some(exception)),
        CommandFailure::NoAnswer => ("no-answer", None),
        CommandFailure::NoFeedback => ("no-feedback", None),
        CommandFailure::Unrecorded => ("unrecorded", None),
        CommandFailure::FeedbackUnknown => ("feedback-unknown", None),
    };
    FailureDocument { code, exception, message: failure.text() }
}

/// One thing that can be commanded, as `GET devices` and `GET points` list it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfferDocument {
    /// What is commanded.
    pub point: PointId,
    /// What is done there.
    pub verb: String,
    /// What people read.
    pub name: Text,
    /// `plain`, `armed` or `discharge`.
    pub danger: &'static str,
    /// The least role that may.
    pub role: crate::engine::base::Role,
    /// Whether the device can prove that it was done.
    pub feedback: bool,
    /// What could not be sent within this many seconds is never sent.
    pub ttl_s: f64,
}

/// The public form of what can be commanded.
pub fn offer_document(command: &Command) -> OfferDocument {
    let spec = &command.spec;
    OfferDocument {
        point: command.point.clone(),
        verb: spec.verb.clone(),
        name: command.name.clone(),
        danger: match spec.danger {
            Danger::Plain => "plain",
            Danger::Armed => "armed",
            Danger::Discharge => "discharge",
        },
        role: gate::least_role_of(&spec.verb),
        feedback: spec.feedback.is_some(),
        ttl_s: spec.ttl.as_secs_f64(),
    }
}
