//! Somebody who asks for an act over HTTP, and what is read of their request.
//!
//! Takes: a session, a body, an idempotency key.
//! Gives: [`Acting`] and [`Asked`]; what the engine answered.
//! Never: decides; the engine's gate does, for every door alike.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Body;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::base::EventId;
use crate::engine::{Act, Done};

/// The header of a key by which an act that is asked for twice is done once.
const KEY: &str = "idempotency-key";

/// What an act over HTTP comes to.
pub type Answer = Result<Response, Problem>;

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
