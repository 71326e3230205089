//! What is known now, as JSON.
//!
//! Takes: the summary, the shown state, links.
//! Gives: `state`, `alarms`, `health`, `isolations`.
//! Never: a value for an unknown point.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Query;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::summary::{Summary, Word};
use crate::edge::web::window::Window;
use crate::edge::web::words::{self, desk};
use crate::engine::alarm::{Isolation, Occurrence};
use crate::engine::base::{Category, Tone};
use crate::live::document::alarm_document;
use crate::live::next_step::next_step;
use crate::live::tones;

/// The hand-kept description of this API.
pub const OPENAPI: &str = include_str!("../assets/openapi.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    life: Option<String>,
}

/// `GET state`
pub async fn state(State(web): State<Arc<Web>>) -> Json<Value> {
    Json(web.state_document())
}

impl Web {
    /// The document of `GET state`, also the head of the stream's snapshots.
    pub(crate) fn state_document(&self) -> Value {
        let summary = self.summary();
        let counts: Map<String, Value> = Category::ALL
            .into_iter()
            .map(|category| {
                let count = summary.count(&[category]);
                let value = json!({ "unacknowledged": count.unacknowledged, "total": count.total });
                (category.as_str().to_owned(), value)
            })
            .collect();
        let site = &self.services.site;
        let controlled = site.devices.iter().filter(|device| device.control).count();
        let alarm =
            |occurrence: &Option<Occurrence>| occurrence.as_ref().map(|occurrence| self.row_document(occurrence));
        json!({
            "seq": summary.last.seq,
            "at": self.when.rfc3339(self.now().wall),
            "site": { "id": site.id, "name": site.name },
            "banner": self.banner_document(&summary),
            "counts": counts,
            "windows": windows_document(&summary),
            "counts_are_lower_bounds": summary.blind_devices() > 0,
            "first_alarm": alarm(&summary.first),
            "sound": self.sound_document(&summary),
            "modes": {
                "control": if controlled == 0 { "off" } else { "enabled" },
                "control_devices": controlled,
                "isolations": summary.isolations.len(),
                "panels": self.modes_document(),
                "reviews_overdue": summary.isolations.iter().filter(|isolation| isolation.overdue).count(),
            },
            "scopes": self.scopes_document(&summary.scopes),
            "feed_age_ms": summary.feed_age.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
            "unknown": unknown_document(self, &summary),
            "health": health_document(&summary),
        })
    }

    fn banner_document(&self, summary: &Summary) -> Value {
        let mut text = words::state(summary.word).text();
        if summary.isolated {
            text.zh = format!("{} - {}", text.zh, words::ISOLATED_SUFFIX.zh);
            text.en = format!("{} - {}", text.en, words::ISOLATED_SUFFIX.en);
        }
        json!({
            "state": summary.word.as_str(),
            "isolated": summary.isolated,
            "text": text,
            "alarm": summary.subject.as_ref().map(|occurrence| alarm_document(occurrence, self.when.zone())),
            "beside": summary.beside.as_ref().map(|occurrence| alarm_document(occurrence, self.when.zone())),
        })
    }

    pub(crate) fn sound_document(&self, summary: &Summary) -> Value {
        let sound = &summary.sound;
        json!({
            "tone": (sound.tone != Tone::None).then_some(sound.tone),
            "sounding": sound.sounding,
            "silenced_at": sound.silenced_at.map(|at| self.when.rfc3339(at)),
            "silenced_by": sound.silenced_by,
            "resounds_at": sound.resounds_at.map(|at| self.when.rfc3339(at)),
            "test": sound.test.as_ref().map(|test| {
                json!({ "id": test.id, "by": test.by, "until": self.when.rfc3339(test.until.due()) })
            }),
        })
    }
}

/// What is not known, so that nobody counts it as well.
fn unknown_document(web: &Web, summary: &Summary) -> Value {
    let devices = &web.services.site.devices;
    let blind: Vec<Value> = summary
        .devices
        .iter()
        .filter(|device| device.is_blind())
        .map(|device| json!({ "device": devices[device.index as usize].id, "up": device.up, "points": device.unknown }))
        .collect();
    let points: usize = summary.devices.iter().map(|device| device.unknown).sum();
    json!({ "points": points, "devices": blind })
}

/// Alarms, actions and faults, each with its counts (FA-14).
fn windows_document(summary: &Summary) -> Value {
    let window = |window: Window| {
        let count = summary.count(window.categories());
        (window.as_str().to_owned(), json!({ "unacknowledged": count.unacknowledged, "total": count.total }))
    };
    Value::Object(Window::ALL.into_iter().map(window).collect())
}

fn health_document(summary: &Summary) -> Value {
    let parts: Map<String, Value> = summary
        .parts
        .iter()
        .map(|(part, fault)| (part.segment(), json!({ "ok": fault.is_none(), "fault": fault })))
        .collect();
    let well = summary.parts.values().all(Option::is_none);
    json!({ "ok": well && !matches!(summary.word, Word::LinkLost), "parts": parts, "unrecorded": summary.unrecorded })
}

/// `GET alarms[?life=open|closed]`
pub async fn alarms(State(web): State<Arc<Web>>, Query(query): Query<Life>) -> Result<Json<Value>, Problem> {
    let wanted = match query.life.as_deref() {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(_) => return Err(Problem::bad("life", "`open` or `closed`")),
    };
    Ok(Json(web.alarms_document(wanted)))
}

impl Web {
    /// An alarm with what a person does next about it (FA-01, FA-04).
    pub(crate) fn row_document(&self, occurrence: &Occurrence) -> Value {
        let mut row = json!(alarm_document(occurrence, self.when.zone()));
        row["next"] = json!(next_step(occurrence));
        row
    }

    /// Every occurrence at hand, or only those that are open (`true`) or closed.
    pub(crate) fn alarms_document(&self, open: Option<bool>) -> Value {
        let state = self.services.picture.state();
        let alarms: Vec<_> = state
            .occurrences
            .values()
            .filter(|occurrence| open.is_none_or(|open| occurrence.is_open() == open))
            .map(|occurrence| self.row_document(occurrence))
            .collect();
        json!({ "seq": state.last.seq, "alarms": alarms })
    }
}

/// `GET health`
pub async fn health(State(web): State<Arc<Web>>) -> Json<Value> {
    let summary = web.summary();
    let mut document = health_document(&summary);
    document["buses"] = json!(web.buses_document(&summary));
    document["unknown"] = unknown_document(&web, &summary);
    document["seq"] = json!(summary.last.seq);
    document["walls"] = web.connected_document();
    document["version"] = json!(env!("CARGO_PKG_VERSION"));
    Json(document)
}

/// `GET isolations`
pub async fn isolations(State(web): State<Arc<Web>>) -> Json<Value> {
    let state = web.services.picture.state();
    let isolations = state.isolations_by_review();
    let list: Vec<Value> = isolations.into_iter().map(|isolation| isolation_document(&web, isolation)).collect();
    // What is disabled at a panel is in the same register, and released there.
    let panels: Vec<Value> = state.disabled_at_panels().map(|disabled| disabled_document(&web, disabled)).collect();
    Json(json!({ "seq": state.last.seq, "isolations": list.into_iter().chain(panels).collect::<Vec<_>>() }))
}

fn isolation_document(web: &Web, isolation: &Isolation) -> Value {
    json!({
        "id": isolation.id, "point": isolation.point, "name": isolation.name, "place": isolation.place,
        "by": isolation.by.user, "since": web.when.rfc3339(isolation.since), "reason": isolation.reason,
        "review_at": web.when.rfc3339(isolation.review.due()), "overdue": isolation.overdue,
        "at": "desk", "purpose": isolation.purpose, "order": isolation.order,
        "next": isolation.order.is_none().then(|| desk::ORDER_OWED.text()),
    })
}

fn disabled_document(web: &Web, disabled: &Occurrence) -> Value {
    let raise = &disabled.raise;
    json!({
        "id": disabled.id, "point": raise.condition.point, "name": raise.name, "place": raise.place,
        "by": Value::Null, "since": web.when.rfc3339(disabled.raised_at), "reason": Value::Null,
        "review_at": Value::Null, "overdue": false, "at": "panel", "source": disabled.source,
    })
}

/// `GET tones`
pub async fn tones() -> Json<Value> {
    Json(tones::document())
}

/// `GET openapi.json`
pub async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
