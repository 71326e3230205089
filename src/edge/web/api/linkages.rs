//! Linkages over HTTP: what runs, and what people do with an action.
//!
//! Takes: a session, a run and an action of it, an idempotency key.
//! Gives: the runs of the shown state; what the engine answered.
//! Never: decides; the engine's gate does, for every door alike.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::acts::{Answer, done};
use super::event_id;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::engine::Act;
use crate::live::linkage_document::{RunDocument, run_document};

/// `GET linkages`
pub async fn all(State(web): State<Arc<Web>>) -> Json<Value> {
    let state = web.services.picture.state();
    let runs: Vec<RunDocument> = state.linkages.values().map(|run| run_document(run, web.when.zone())).collect();
    Json(json!({ "seq": state.last.seq, "linkages": runs }))
}

/// `POST linkages/{run}/actions/{n}/release`
pub async fn release(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((run, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    visitor.actor()?;
    let (run, action) = (event_id(&run)?, number(&action)?);
    done(&web, &visitor, &headers, Act::ReleaseAction { run, action }, StatusCode::ACCEPTED).await
}

/// `POST linkages/{run}/actions/{n}/withdraw`
pub async fn withdraw(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((run, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    visitor.actor()?;
    let (run, action) = (event_id(&run)?, number(&action)?);
    done(&web, &visitor, &headers, Act::WithdrawAction { run, action }, StatusCode::ACCEPTED).await
}

fn number(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| Problem::not_found(text))
}
