//! `journal/retirement`: what could leave the journal now, and a manager's word that it does (RC-01).
//!
//! Takes: a session of a manager; the password once more, a reason, up to which fact.
//! Gives: what could leave and how far a retirement came.
//! Never: waits for the end of it: that takes minutes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde::Deserialize;

use super::acting::{Answer, Asked as Body};
use crate::edge::web::Web;
use crate::edge::web::retirement::Asked;
use crate::edge::web::visitor::Visitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetirementBody {
    password: String,
    reason: String,
    until: Option<u64>,
}

/// `GET journal/retirement`
pub async fn outlook(State(web): State<Arc<Web>>) -> Answer {
    let outlook = web.outlook().await?;
    Ok(Json(web.outlook_document(&outlook)).into_response())
}

/// `POST journal/retirement`
pub async fn begin(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Body(RetirementBody { password, reason, until }): Body<RetirementBody>,
) -> Answer {
    web.retire_records(&visitor, Asked { password, reason, until }).await?;
    let outlook = web.outlook().await?;
    Ok((StatusCode::ACCEPTED, Json(web.outlook_document(&outlook))).into_response())
}
