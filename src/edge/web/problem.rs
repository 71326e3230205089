//! Errors as the outside reads them: `{"error":"kebab-code","message":{"zh","en"},…}` (design §6).
//!
//! Takes: refusals of the engine, and everything that can be wrong with a request.
//! Gives: [`Problem`], a response with the right status.
//! Never: a status without words, or words in one language.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::words::{self, Phrase};
use crate::engine::Refusal;
use crate::engine::base::Text;
use crate::live::Stopping;
use crate::live::document::timestamp;

/// Why a request was not served.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// The code a program reads.
    pub code: &'static str,
    /// What a person reads.
    pub message: Text,
    /// What else the code comes with.
    pub more: Map<String, Value>,
}

impl Problem {
    /// A problem with words of the catalogue.
    pub fn new(status: StatusCode, code: &'static str, phrase: Phrase) -> Problem {
        Problem { status, code, message: phrase.text(), more: Map::new() }
    }

    /// Adds what a program may want to know.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Problem {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    /// Nobody is logged in.
    pub fn no_session() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "no-session", words::LOGIN_NEEDED)
    }

    /// There is nothing of that name.
    pub fn not_found(id: &str) -> Problem {
        Refusal::NotFound { id: id.to_owned() }.into()
    }

    /// A store could not be read; the log has the reason.
    pub fn store(what: &str, error: &dyn std::fmt::Display) -> Problem {
        tracing::error!("{what}: {error}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "store-failed", words::STORE_FAILED)
    }

    /// A member of the body or a parameter of the address is not what it must be.
    pub fn bad(field: &str, why: &str) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-request", words::BAD_REQUEST)
            .with("field", field)
            .with("detail", why)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let problem =
            Problem { status: status(&refusal), code: refusal.code(), message: refusal.text(), more: Map::new() };
        match refusal {
            Refusal::NotPermitted { needs } => problem.with("needs", super::accounts::role_word(needs)),
            Refusal::NotFound { id } | Refusal::NoSuchScope { id } => problem.with("id", id),
            Refusal::NoSuchPoint { point } | Refusal::ControlDisabled { point } => {
                problem.with("point", point.as_str())
            }
            Refusal::Closed { id }
            | Refusal::AlreadyIsolated { id }
            | Refusal::AlreadyDrilling { id }
            | Refusal::AlreadyWithdrawn { id }
            | Refusal::StillConfigured { id } => problem.with("id", id.to_string()),
            Refusal::Changed { id, count } => problem.with("id", id.to_string()).with("count", count),
            Refusal::AlreadyAcknowledged { id, by, .. } => problem.with("id", id.to_string()).with("by", by),
            Refusal::Unacknowledged { ids } | Refusal::DelayRunning { ids } => {
                problem.with("ids", ids.iter().map(|id| json!(id.to_string())).collect::<Vec<_>>())
            }
            Refusal::ConfirmCount { count } => problem.with("count", count),
            Refusal::BadCode { code } => problem.with("code", code),
            Refusal::SeveralPanels { code, panels } => {
                problem.with("code", code).with("panels", panels.iter().map(|panel| json!(panel)).collect::<Vec<_>>())
            }
            Refusal::NothingAddressed { code, verb } => problem.with("code", code).with("verb", verb),
            Refusal::NoWayBack { point, verb } => problem.with("point", point.as_str()).with("verb", verb),
            Refusal::Missing { field } => problem.with("field", field),
            Refusal::BadReviewTime => problem.with("field", "review_at"),
            Refusal::BadEnd => problem.with("field", "until"),
            Refusal::NoSuchVerb { point, verb, known } => {
                problem.with("point", point.as_str()).with("verb", verb).with("verbs", known)
            }
            Refusal::DischargeRefused { point } | Refusal::NothingToArm { point } | Refusal::Barred { point, .. } => {
                problem.with("point", point.as_str())
            }
            Refusal::ArmNeeded { armed: Some((id, until)) } => {
                let until = timestamp(until.due(), &TimeZone::UTC);
                problem.with("armed", id.to_string()).with("until", until)
            }
            Refusal::NotProposed { run, action } | Refusal::NothingToWithdraw { run, action } => {
                problem.with("id", run.to_string()).with("action", action)
            }
            Refusal::NotArmed { id } => problem.with("armed", id.to_string()),
            Refusal::NoSuchPlan { id, known, .. } => problem.with("id", id).with("plans", known),
            Refusal::ItemsDiffer { missing, unknown } => problem.with("missing", missing).with("unknown", unknown),
            Refusal::NoRelief { left, needs } => problem.with("left", left).with("needs", needs),
            Refusal::NothingToReset
            | Refusal::NotOnDuty
            | Refusal::KeyReused
            | Refusal::ArmNeeded { armed: None }
            | Refusal::ClockUntrusted => problem,
        }
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotPermitted { .. } | Refusal::DischargeRefused { .. } => StatusCode::FORBIDDEN,
        Refusal::NotFound { .. }
        | Refusal::NoSuchPoint { .. }
        | Refusal::NoSuchScope { .. }
        | Refusal::NothingAddressed { .. }
        | Refusal::NoSuchPlan { .. }
        | Refusal::NoSuchVerb { .. } => StatusCode::NOT_FOUND,
        Refusal::BadCode { .. }
        | Refusal::Missing { .. }
        | Refusal::BadReviewTime
        | Refusal::BadEnd
        | Refusal::KeyReused
        | Refusal::ItemsDiffer { .. }
        | Refusal::NothingToArm { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Closed { .. }
        | Refusal::AlreadyAcknowledged { .. }
        | Refusal::Changed { .. }
        | Refusal::Unacknowledged { .. }
        | Refusal::DelayRunning { .. }
        | Refusal::NothingToReset
        | Refusal::AlreadyIsolated { .. }
        | Refusal::AlreadyDrilling { .. }
        | Refusal::AlreadyWithdrawn { .. }
        | Refusal::NoWayBack { .. }
        | Refusal::ConfirmCount { .. }
        | Refusal::SeveralPanels { .. }
        | Refusal::StillConfigured { .. }
        | Refusal::ControlDisabled { .. }
        | Refusal::ArmNeeded { .. }
        | Refusal::NotArmed { .. }
        | Refusal::Barred { .. }
        | Refusal::NotProposed { .. }
        | Refusal::NothingToWithdraw { .. }
        | Refusal::NotOnDuty
        | Refusal::NoRelief { .. }
        | Refusal::ClockUntrusted => StatusCode::CONFLICT,
    }
}

impl From<Stopping> for Problem {
    fn from(_: Stopping) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", words::STOPPING)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wait = self.more.get("retry_after_s").and_then(Value::as_u64);
        let mut body = Map::new();
        body.insert("error".into(), json!(self.code));
        body.insert("message".into(), json!(self.message));
        body.extend(self.more);
        let mut response = (self.status, Json(Value::Object(body))).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
