//! The operator's acts over HTTP.
//!
//! Takes: a session, a body, an idempotency key.
//! Gives: what the engine answered.
//! Never: decides; the engine's gate does, for every door alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use super::acting::{Acting, Answer, Asked, idempotency_key};
use super::commands::{Target, target};
use super::event_id;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::When;
use crate::engine::Act;
use crate::engine::alarm::{CallReport, Occurrence, Purpose, Scope, Verdict};
use crate::engine::base::{DeviceId, EventId};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    note: Option<String>,
    /// How often the alarm had become active when it was looked at.
    count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Many {
    ids: Vec<EventId>,
    note: Option<String>,
    /// How often each had become active when it was looked at.
    #[serde(default)]
    counts: BTreeMap<EventId, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    verdict: Verdict,
    cause: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallBody {
    called: String,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetBody {
    scope: Scope,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IsolationBody {
    point: Option<String>,
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    panel: Option<DeviceId>,
    reason: String,
    review_at: String,
    #[serde(default)]
    purpose: Purpose,
    order: Option<String>,
}

/// What was seen of one alarm, where it is said.
pub fn seen(id: EventId, count: Option<u32>) -> BTreeMap<EventId, u32> {
    count.into_iter().map(|count| (id, count)).collect()
}

/// `POST alarms/{id}/ack`
pub async fn acknowledge(acting: Acting, Path(id): Path<String>, Asked(Note { note, count }): Asked<Note>) -> Answer {
    let id = event_id(&id)?;
    let act = Act::Acknowledge { ids: vec![id], note, counts: seen(id, count) };
    acting.does(act, StatusCode::OK).await
}

/// `POST alarms/ack`: those that closed meanwhile are named, and the others acknowledged.
pub async fn acknowledge_many(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(Many { ids, note, counts }): Asked<Many>,
) -> Answer {
    let by = visitor.actor()?.user;
    if counts.keys().any(|id| !ids.contains(id)) {
        return Err(Problem::bad("counts", "each is the count of one of `ids`"));
    }
    let (asked, since) = (ids.clone(), web.now().wall);
    let done = web.ask(&visitor, idempotency_key(&headers)?, Act::Acknowledge { ids, note, counts }).await?;
    let state = web.services.picture.state();
    let acknowledged_now =
        |occurrence: &Occurrence| occurrence.ack.as_ref().is_some_and(|ack| ack.by.user == by && ack.at >= since);
    let closed: Vec<&EventId> = asked
        .iter()
        .filter(|id| state.occurrences.get(id).is_some_and(|o| !o.is_open() && !acknowledged_now(o)))
        .collect();
    let id = done.fact.map(|fact| EventId::from(fact).to_string());
    Ok((StatusCode::OK, Json(json!({ "id": id, "recorded": done.recorded, "closed": closed }))).into_response())
}

/// `POST alarms/{id}/verdict`
pub async fn judge(
    acting: Acting,
    Path(id): Path<String>,
    Asked(Judgement { verdict, cause }): Asked<Judgement>,
) -> Answer {
    let act = Act::Judge { id: event_id(&id)?, verdict, cause };
    acting.does(act, StatusCode::OK).await
}

/// `POST silence`
pub async fn silence(acting: Acting) -> Answer {
    acting.does(Act::Silence, StatusCode::OK).await
}

/// `POST sound/test`
pub async fn test_sound(acting: Acting) -> Answer {
    acting.does(Act::TestSound, StatusCode::OK).await
}

/// `POST reset`
pub async fn reset(acting: Acting, Asked(ResetBody { scope }): Asked<ResetBody>) -> Answer {
    acting.does(Act::Reset { scope }, StatusCode::OK).await
}

/// `POST isolations`
pub async fn isolate(acting: Acting, Asked(body): Asked<IsolationBody>) -> Answer {
    let review_at = When::parse(&body.review_at)
        .ok_or_else(|| Problem::bad("review_at", "RFC 3339 with an offset: 2026-11-22T18:00:00+08:00"))?;
    let named = Target { point: body.point, code: body.code, kind: body.kind, panel: body.panel };
    let point = target(&acting.web.services.site, &named)?;
    let act = Act::Isolate { point, reason: body.reason, review_at, purpose: body.purpose, order: body.order };
    acting.does(act, StatusCode::CREATED).await
}

/// `POST alarms/{id}/calls`
pub async fn report_call(acting: Acting, Path(id): Path<String>, Asked(body): Asked<CallBody>) -> Answer {
    let act = Act::ReportCall(CallReport { id: event_id(&id)?, called: body.called, note: body.note });
    acting.does(act, StatusCode::CREATED).await
}

/// `DELETE isolations/{id}`
pub async fn release(acting: Acting, Path(id): Path<String>) -> Answer {
    acting.does(Act::Release { id: event_id(&id)? }, StatusCode::OK).await
}
