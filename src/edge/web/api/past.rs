//! What was: the journal and the trends.
//!
//! Takes: the readers `live` defines.
//! Gives: facts in order, and envelopes that fit a screen.
//! Never: reads without a bound.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Query;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::when::When;
use crate::engine::alarm::Fact;
use crate::engine::base::{PointId, Wall};
use crate::live::Records;
use crate::live::document::event_document;
use crate::live::performance_document::performance_document;

/// Facts of one answer when the request does not say, and at most.
const LIMIT: (usize, usize) = (200, 1_000);
/// Facts looked at for one answer when a kind is asked for.
const SCANNED: usize = 20_000;
/// Widest screen.
const PIXELS: usize = 8_192;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    after: Option<u64>,
    kind: Option<String>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrendQuery {
    point: String,
    from: String,
    to: String,
    pixels: Option<usize>,
}

/// `GET journal?after=&kind=&limit=`
pub async fn journal(State(web): State<Arc<Web>>, Query(query): Query<JournalQuery>) -> Result<Json<Value>, Problem> {
    let limit = query.limit.unwrap_or(LIMIT.0);
    if !(1..=LIMIT.1).contains(&limit) {
        return Err(Problem::bad("limit", "1 to 1000"));
    }
    let records = Arc::clone(&web.services.records);
    let (after, kind) = (query.after.unwrap_or(0), query.kind);
    let read = web.waiting(move || matching(&*records, after, kind.as_deref(), limit)).await?;
    let (facts, next) = read.map_err(|error| Problem::store("journal", &error))?;
    let events: Vec<Value> = facts.iter().map(|fact| event_document(fact, web.when.zone())).collect();
    Ok(Json(json!({ "events": events, "next": next })))
}

/// At most `limit` facts of `kind` after `after`, and where to go on.
fn matching(
    records: &dyn Records,
    mut after: u64,
    kind: Option<&str>,
    limit: usize,
) -> Result<(Vec<Fact>, u64), String> {
    let (mut found, mut scanned) = (Vec::new(), 0);
    while found.len() < limit && scanned < SCANNED {
        let page = records.read(after, LIMIT.1)?;
        let ended = page.len() < LIMIT.1;
        for fact in page {
            scanned += 1;
            after = fact.id.seq;
            if kind.is_none_or(|kind| kind == fact.kind.as_str()) {
                found.push(fact);
                if found.len() == limit {
                    break;
                }
            }
        }
        if ended {
            break;
        }
    }
    Ok((found, after))
}

/// The figures look back so far where the request does not say (ISA-18.2: thirty days at least), in microseconds.
const LOOKED_BACK_US: i64 = 30 * 24 * 3600 * 1_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerformanceQuery {
    from: Option<String>,
    to: Option<String>,
}

/// `GET performance?from=&to=`
pub async fn performance(
    State(web): State<Arc<Web>>,
    Query(query): Query<PerformanceQuery>,
) -> Result<Json<Value>, Problem> {
    let time = |field, text: &Option<String>| {
        text.as_deref().map(|text| When::parse(text).ok_or_else(|| Problem::bad(field, "RFC 3339 with an offset")))
    };
    let to = time("to", &query.to).transpose()?.unwrap_or_else(|| web.now().wall);
    let from = time("from", &query.from).transpose()?.unwrap_or(Wall(to.0.saturating_sub(LOOKED_BACK_US)));
    if from >= to {
        return Err(Problem::bad("to", "must be later than `from`"));
    }
    let figures = web.performance(from, to).await?;
    Ok(Json(performance_document(&figures, web.when.zone())))
}

/// `GET trends?point=&from=&to=&pixels=`
pub async fn trends(State(web): State<Arc<Web>>, Query(query): Query<TrendQuery>) -> Result<Json<Value>, Problem> {
    let site = &web.services.site;
    let point = site.points.iter().find(|point| point.id.as_str() == query.point);
    let point = point.ok_or_else(|| crate::engine::Refusal::NoSuchPoint { point: PointId::new(&query.point) })?;
    let time = |field, text: &str| When::parse(text).ok_or_else(|| Problem::bad(field, "RFC 3339 with an offset"));
    let (from, to) = (time("from", &query.from)?, time("to", &query.to)?);
    if from >= to {
        return Err(Problem::bad("to", "must be later than `from`"));
    }
    let pixels = query.pixels.unwrap_or(1_000);
    if !(1..=PIXELS).contains(&pixels) {
        return Err(Problem::bad("pixels", "1 to 8192"));
    }
    let (history, id) = (Arc::clone(&web.services.history), point.id.clone());
    let spans = web.waiting(move || history.envelope(&id, from, to, pixels)).await?;
    let spans = spans.map_err(|error| Problem::store("trends", &error))?;
    let spans: Vec<Value> = spans
        .iter()
        .map(|span| {
            json!({
                "at": web.when.rfc3339(span.at), "min": span.min, "max": span.max, "last": span.last,
                "count": span.count, "unknown": span.unknown,
            })
        })
        .collect();
    Ok(Json(json!({ "point": point.id, "name": point.name, "unit": point.unit, "spans": spans })))
}
