//! Linkages over HTTP: what runs, and what people do with an action.
//!
//! Takes: a session, a run and an action of it, an idempotency key.
//! Gives: the runs of the shown state; what the engine answered.
//! Never: decides; the engine's gate does, for every door alike.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::acting::{Acting, Answer};
use super::event_id;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::engine::Act;
use crate::live::linkage_document::{RunDocument, run_document};

/// `GET linkages`
pub async fn all(State(web): State<Arc<Web>>) -> Json<Value> {
    let state = web.services.picture.state();
    let runs: Vec<RunDocument> = state.linkages.values().map(|run| run_document(run, web.when.zone())).collect();
    Json(json!({ "seq": state.last.seq, "linkages": runs }))
}

/// `POST linkages/{run}/actions/{n}/release`
pub async fn release(acting: Acting, Path((run, action)): Path<(String, String)>) -> Answer {
    let (run, action) = (event_id(&run)?, number(&action)?);
    acting.does(Act::ReleaseAction { run, action }, StatusCode::ACCEPTED).await
}

/// `POST linkages/{run}/actions/{n}/withdraw`
pub async fn withdraw(acting: Acting, Path((run, action)): Path<(String, String)>) -> Answer {
    let (run, action) = (event_id(&run)?, number(&action)?);
    acting.does(Act::WithdrawAction { run, action }, StatusCode::ACCEPTED).await
}

fn number(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| Problem::not_found(text))
}
