//! The operator's acts over HTTP.
//!
//! Takes: a session, a body, an idempotency key.
//! Gives: what the engine answered.
//! Never: decides; the engine's gate does, for every door alike.

use std::sync::Arc;

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Body, event_id};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::When;
use crate::edge::web::{Web, words};
use crate::engine::alarm::{Scope, Verdict};
use crate::engine::base::{EventId, PointId};
use crate::engine::site::Site;
use crate::engine::{Act, Arm, Done, Refusal};

type Answer = Result<Response, Problem>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Many {
    ids: Vec<EventId>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    verdict: Verdict,
    cause: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetBody {
    scope: Scope,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IsolationBody {
    point: String,
    reason: String,
    review_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandBody {
    target: Target,
    verb: String,
    arm: Option<ArmBody>,
}

/// Arm-then-fire (design §5): `true` arms, the id that came back fires.
#[derive(Deserialize)]
#[serde(untagged)]
enum ArmBody {
    First(bool),
    Fire(EventId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    point: Option<String>,
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Web {
    /// Takes an act of `visitor` to the engine.
    pub(crate) async fn ask(&self, visitor: &Visitor, key: Option<String>, act: Act) -> Result<Done, Problem> {
        let by = visitor.actor()?;
        Ok(self.services.acts.ask(by, key, act).await??)
    }
}

async fn done(web: &Web, visitor: &Visitor, headers: &HeaderMap, act: Act, status: StatusCode) -> Answer {
    // Whoever has no session is told so before anything about their key.
    visitor.actor()?;
    let done = web.ask(visitor, idempotency_key(headers)?, act).await?;
    let id = done.fact.map(|fact| EventId::from(fact).to_string());
    Ok((status, Json(json!({ "id": id, "recorded": done.recorded }))).into_response())
}

/// The key is the sender's; it is scoped to nobody else because the engine answers it only with the same act's outcome.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key =
        value.to_str().ok().filter(|key| (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-idempotency-key", words::BAD_KEY))
}

/// The body of an act. Whoever has no session is told so before anything about their body.
pub struct Asked<T>(T);

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

/// `POST alarms/{id}/ack`
pub async fn acknowledge(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Asked(Note { note }): Asked<Note>,
) -> Answer {
    let act = Act::Acknowledge { ids: vec![event_id(&id)?], note };
    done(&web, &visitor, &headers, act, StatusCode::OK).await
}

/// `POST alarms/ack`
pub async fn acknowledge_many(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(Many { ids, note }): Asked<Many>,
) -> Answer {
    done(&web, &visitor, &headers, Act::Acknowledge { ids, note }, StatusCode::OK).await
}

/// `POST alarms/{id}/verdict`
pub async fn judge(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Asked(Judgement { verdict, cause }): Asked<Judgement>,
) -> Answer {
    let act = Act::Judge { id: event_id(&id)?, verdict, cause };
    done(&web, &visitor, &headers, act, StatusCode::OK).await
}

/// `POST silence`
pub async fn silence(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Answer {
    done(&web, &visitor, &headers, Act::Silence, StatusCode::OK).await
}

/// `POST reset`
pub async fn reset(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(ResetBody { scope }): Asked<ResetBody>,
) -> Answer {
    done(&web, &visitor, &headers, Act::Reset { scope }, StatusCode::OK).await
}

/// `POST isolations`
pub async fn isolate(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(body): Asked<IsolationBody>,
) -> Answer {
    visitor.actor()?;
    let review_at = When::parse(&body.review_at)
        .ok_or_else(|| Problem::bad("review_at", "RFC 3339 with an offset: 2026-11-22T18:00:00+08:00"))?;
    let act = Act::Isolate { point: PointId::new(&body.point), reason: body.reason, review_at };
    done(&web, &visitor, &headers, act, StatusCode::CREATED).await
}

/// `DELETE isolations/{id}`
pub async fn release(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    visitor.actor()?;
    done(&web, &visitor, &headers, Act::Release { id: event_id(&id)? }, StatusCode::OK).await
}

/// `POST commands`
pub async fn command(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(body): Asked<CommandBody>,
) -> Answer {
    visitor.actor()?;
    let point = target(&web.services.site, &body.target)?;
    let arm = match body.arm {
        None | Some(ArmBody::First(false)) => None,
        Some(ArmBody::First(true)) => Some(Arm::First),
        Some(ArmBody::Fire(id)) => Some(Arm::Fire(id)),
    };
    done(&web, &visitor, &headers, Act::Command { point, verb: body.verb, arm }, StatusCode::ACCEPTED).await
}

/// The one point a target means. Secondary codes may hold `*` (FA-18); several points at once are for a later release.
fn target(site: &Site, target: &Target) -> Result<PointId, Problem> {
    match target {
        Target { point: Some(point), code: None, kind: None } => Ok(PointId::new(point)),
        Target { point: None, code: Some(code), kind } => {
            let matches = |pattern: &str, text: &str| {
                pattern.len() == text.len() && pattern.bytes().zip(text.bytes()).all(|(p, t)| p == b'*' || p == t)
            };
            let mut found: Vec<&PointId> = site
                .rules
                .iter()
                .filter(|rule| rule.code.as_deref().is_some_and(|have| matches(code, have)))
                .filter(|rule| {
                    kind.as_deref().is_none_or(|want| rule.kind.as_deref().is_some_and(|have| matches(want, have)))
                })
                .map(|rule| &rule.condition.point)
                .collect();
            found.sort();
            found.dedup();
            match found[..] {
                [] => Err(Refusal::NoSuchPoint { point: PointId::new(code) }.into()),
                [point] => Ok(point.clone()),
                _ => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "one-target", words::ONE_TARGET)
                    .with("points", found.iter().map(|point| json!(point.as_str())).collect::<Vec<_>>())),
            }
        }
        _ => Err(Problem::bad("target", "either `point`, or `code` with or without `type`")),
    }
}
