//! Tests and drills over HTTP.
//!
//! Takes: a session, a scope, a reason, an end.
//! Gives: what the engine answered; what runs.
//! Never: decides; the engine's gate does, for every door alike.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::acting::{Acting, Answer, Asked};
use super::event_id;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::when::When;
use crate::engine::Act;
use crate::engine::alarm::{Drill, Scopes, TestScope, Tested};
use crate::engine::base::Wall;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestBody {
    tested: Tested,
    reason: String,
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillBody {
    building: String,
    reason: String,
    until: String,
}

/// A time of a body.
pub fn time(field: &'static str, text: &str) -> Result<Wall, Problem> {
    When::parse(text).ok_or_else(|| Problem::bad(field, "RFC 3339 with an offset: 2026-11-22T18:00:00+08:00"))
}

/// `POST tests`
pub async fn begin_test(acting: Acting, Asked(body): Asked<TestBody>) -> Answer {
    let until = time("until", &body.until)?;
    let act = Act::BeginTest { tested: body.tested, reason: body.reason, until };
    acting.does(act, StatusCode::CREATED).await
}

/// `DELETE tests/{id}`
pub async fn end_test(acting: Acting, Path(id): Path<String>) -> Answer {
    acting.does(Act::EndTest { id: event_id(&id)? }, StatusCode::OK).await
}

/// `POST drills`
pub async fn begin_drill(acting: Acting, Asked(body): Asked<DrillBody>) -> Answer {
    let until = time("until", &body.until)?;
    let act = Act::BeginDrill { building: body.building, reason: body.reason, until };
    acting.does(act, StatusCode::CREATED).await
}

/// `DELETE drills/{id}`
pub async fn end_drill(acting: Acting, Path(id): Path<String>) -> Answer {
    acting.does(Act::EndDrill { id: event_id(&id)? }, StatusCode::OK).await
}

/// `GET tests`
pub async fn tests(State(web): State<Arc<Web>>) -> Json<Value> {
    let state = web.services.picture.state();
    Json(json!({ "seq": state.last.seq, "tests": web.scopes_document(&state.scopes)["tests"] }))
}

/// `GET drills`
pub async fn drills(State(web): State<Arc<Web>>) -> Json<Value> {
    let state = web.services.picture.state();
    Json(json!({ "seq": state.last.seq, "drills": web.scopes_document(&state.scopes)["drills"] }))
}

impl Web {
    /// Tests and drills that run, as `GET state` has them.
    pub(crate) fn scopes_document(&self, scopes: &Scopes) -> Value {
        let test = |test: &TestScope| {
            json!({
                "id": test.id, "tested": test.tested, "points": test.points, "by": test.by.user,
                "since": self.when.rfc3339(test.since), "reason": test.reason,
                "until": self.when.rfc3339(test.until.due()),
            })
        };
        let drill = |drill: &Drill| {
            json!({
                "id": drill.id, "building": drill.building, "by": drill.by.user,
                "since": self.when.rfc3339(drill.since), "reason": drill.reason,
                "until": self.when.rfc3339(drill.until.due()),
            })
        };
        let tests: Vec<Value> = scopes.tests.values().map(test).collect();
        let drills: Vec<Value> = scopes.drills.values().map(drill).collect();
        json!({ "tests": tests, "drills": drills })
    }
}
