//! What was: the journal, and the figures made of it.
//!
//! Takes: the readers `live` defines.
//! Gives: facts in order, and figures.
//! Never: reads without a bound.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Query;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::sieve::SieveQuery;
use crate::edge::web::when::When;
use crate::engine::alarm::Fact;
use crate::engine::base::Wall;
use crate::live::Records;
use crate::live::document::event_document;
use crate::live::performance_document::performance_document;

/// Facts of one answer when the request does not say, and at most.
const LIMIT: (usize, usize) = (200, 1_000);
/// Facts looked at for one answer when a kind is asked for.
const SCANNED: usize = 20_000;

/// `GET journal?after=&kind=&limit=`, oldest first; or `?before=&limit=` with the parts of a search, newest first.
pub async fn journal(State(web): State<Arc<Web>>, Query(query): Query<SieveQuery>) -> Result<Json<Value>, Problem> {
    let limit = query.limit.unwrap_or(LIMIT.0);
    if !(1..=LIMIT.1).contains(&limit) {
        return Err(Problem::bad("limit", "1 to 1000"));
    }
    if query.form.is_some() {
        return Err(Problem::bad("form", "journal/export takes it"));
    }
    if query.before.is_some() || !query.address("kind").is_empty() {
        return search(&web, &query, limit).await;
    }
    let records = Arc::clone(&web.services.records);
    let (after, kind) = (query.after.unwrap_or(0), query.kind);
    let read = web.waiting(move || matching(&*records, after, kind.as_deref(), limit)).await?;
    let (facts, next) = read.map_err(|error| Problem::store("journal", &error))?;
    let events: Vec<Value> = facts.iter().map(|fact| event_document(fact, web.when.zone())).collect();
    Ok(Json(json!({ "events": events, "next": next })))
}

/// The newest first; `next` goes on as `before`, and is null at the beginning of the journal.
async fn search(web: &Web, query: &SieveQuery, limit: usize) -> Result<Json<Value>, Problem> {
    if query.after.is_some() {
        return Err(Problem::bad("after", "goes with `kind` alone; a search goes on with `before`"));
    }
    let (facts, found) = web.find(query.sieve(&web.when)?, query.before, limit).await?;
    let events: Vec<Value> = facts.iter().map(|fact| event_document(fact, web.when.zone())).collect();
    Ok(Json(json!({
        "events": events,
        "next": found.back_to,
        "hidden": found.hidden,
        "hidden_fires": found.hidden_fires,
        "searched_upto": found.upto,
    })))
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
