//! The operator's acts over HTTP.
//!
//! Takes: a session, a body, an idempotency key.
//! Gives: what the engine answered.
//! Never: decides; the engine's gate does, for every door alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::commands::{Target, target};
use super::{Body, event_id};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::When;
use crate::edge::web::{Web, words};
use crate::engine::alarm::{CallReport, Occurrence, Purpose, Scope, Verdict};
use crate::engine::base::{DeviceId, EventId};
use crate::engine::{Act, Done};

/// The header of a key by which an act that is asked for twice is done once.
const KEY: &str = "idempotency-key";

/// What an act over HTTP comes to.
pub type Answer = Result<Response, Problem>;

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

impl Web {
    /// Takes an act of `visitor` to the engine.
    pub(crate) async fn ask(&self, visitor: &Visitor, key: Option<String>, act: Act) -> Result<Done, Problem> {
        let by = visitor.actor()?;
        Ok(self.services.acts.ask(by, key, act).await??)
    }
}

/// Somebody with a session, at the door to the engine. Whoever has none is told so before anything about their request.
pub struct Acting {
    /// What handlers share.
    pub web: Arc<Web>,
    visitor: Visitor,
    key: Option<HeaderValue>,
}

impl FromRequestParts<Arc<Web>> for Acting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Acting, Problem> {
        let visitor = parts.extensions.get::<Visitor>().cloned().ok_or_else(Problem::no_session)?;
        visitor.actor()?;
        Ok(Acting { web: Arc::clone(web), visitor, key: parts.headers.get(KEY).cloned() })
    }
}

impl Acting {
    /// Takes an act to the engine and answers with its first fact.
    pub async fn does(&self, act: Act, status: StatusCode) -> Answer {
        let done = self.web.ask(&self.visitor, key_of(self.key.as_ref())?, act).await?;
        let id = done.fact.map(|fact| EventId::from(fact).to_string());
        Ok((status, Json(json!({ "id": id, "recorded": done.recorded }))).into_response())
    }
}

/// The key is the sender's; it is scoped to nobody else because the engine answers it only with the same act's outcome.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    key_of(headers.get(KEY))
}

fn key_of(value: Option<&HeaderValue>) -> Result<Option<String>, Problem> {
    let Some(value) = value else { return Ok(None) };
    let key =
        value.to_str().ok().filter(|key| (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-idempotency-key", words::BAD_KEY))
}

/// The body of an act. Whoever has no session is told so before anything about their body.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Asked<T>, Problem> {
        if let Some(visitor) = request.extensions().get::<Visitor>() {
            visitor.actor()?;
        }
        let Body(body) = Body::from_request(request, state).await?;
        Ok(Asked(body))
    }
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
