//! `GET trends`: the past of points.
//!
//! Takes: points, a time, and how it is to be told: samples, roll-ups, columns of a screen, or stretches.
//! Gives: one document a point.
//! Never: reads without a bound; what would be too much is refused in words, or cut where it says so.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::Query;
use crate::edge::web::problem::Problem;
use crate::edge::web::when::When;
use crate::edge::web::{Web, words};
use crate::engine::Refusal;
use crate::engine::base::{PointId, Text, Wall};
use crate::engine::profile::Kind;
use crate::engine::site::Point;
use crate::live::{History, Segment, Span};

/// Points in one answer.
const POINTS: usize = 16;
/// Widest screen.
pub(super) const PIXELS: usize = 8_192;
/// Columns of a screen when the request does not say.
pub(super) const USUAL: usize = 1_000;
/// Samples, stretches or roll-ups in one answer, all points together.
const MOST: usize = 20_000;
/// Samples that are looked at for the stretches of one answer, all points together.
pub(super) const LOOKED_AT: usize = 200_000;

/// How long the steps of roll-ups are.
const STEPS: [(&str, u64); 4] = [("1m", 60), ("15m", 900), ("1h", 3_600), ("1d", 86_400)];

/// How the past is told.
#[derive(Clone, Copy)]
enum As {
    Envelope(usize),
    Raw,
    Rollup(&'static str, Duration),
    Segments,
}

/// What is asked for.
struct Asked {
    points: Vec<usize>,
    from: Wall,
    to: Wall,
    told: As,
}

/// `GET trends?point=&from=&to=&as=&pixels=&step=`; `point` may stand several times.
pub async fn trends(
    State(web): State<Arc<Web>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Problem> {
    let asked = read(&web, &pairs)?;
    let (history, site) = (Arc::clone(&web.services.history), Arc::clone(&web.services.site));
    let when = web.when.clone();
    let told = web.waiting(move || {
        let each = asked.points.iter().map(|at| document(&*history, &when, &site.points[*at], &asked));
        each.collect::<Result<Vec<Value>, String>>()
    });
    let mut told = told.await?.map_err(|error| Problem::store("trends", &error))?;
    Ok(Json(if told.len() == 1 { told.remove(0) } else { json!({ "trends": told }) }))
}

/// The query, checked.
fn read(web: &Web, pairs: &[(String, String)]) -> Result<Asked, Problem> {
    const KEYS: [&str; 6] = ["point", "from", "to", "as", "pixels", "step"];
    for (at, (key, _)) in pairs.iter().enumerate() {
        if !KEYS.contains(&key.as_str()) {
            return Err(Problem::bad(key, "unknown; known are point, from, to, as, pixels and step"));
        }
        if key != "point" && pairs[..at].iter().any(|(earlier, _)| earlier == key) {
            return Err(Problem::bad(key, "stands twice"));
        }
    }
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let mut points = Vec::new();
    for (_, id) in pairs.iter().filter(|(key, _)| key == "point") {
        let found = web.services.site.points.iter().position(|point| point.id.as_str() == id);
        points.push(found.ok_or_else(|| Refusal::NoSuchPoint { point: PointId::new(id) })?);
    }
    if !(1..=POINTS).contains(&points.len()) {
        return Err(Problem::bad("point", "1 to 16 of them"));
    }
    let time = |name: &str| {
        let time = value(name).and_then(When::parse);
        time.ok_or_else(|| Problem::bad(name, "RFC 3339 with an offset"))
    };
    let (from, to) = (time("from")?, time("to")?);
    if from >= to {
        return Err(Problem::bad("to", "must be later than `from`"));
    }
    let pixels = value("pixels").map_or(Some(USUAL), |pixels| pixels.parse().ok());
    let Some(pixels) = pixels.filter(|pixels| (1..=PIXELS).contains(pixels)) else {
        return Err(Problem::bad("pixels", "1 to 8192"));
    };
    let told = told(value("as"), value("step"), pixels, points.len(), to.0.saturating_sub(from.0))?;
    Ok(Asked { points, from, to, told })
}

/// How it is told, over `span_us` microseconds.
fn told(word: Option<&str>, step: Option<&str>, pixels: usize, points: usize, span_us: i64) -> Result<As, Problem> {
    if step.is_some() && word != Some("rollup") {
        return Err(Problem::bad("step", "only with as=rollup"));
    }
    match word {
        None | Some("envelope") if pixels * points <= 4 * PIXELS => Ok(As::Envelope(pixels)),
        None | Some("envelope") => Err(Problem::bad("pixels", "32768 for all points together at most")),
        Some("raw") => Ok(As::Raw),
        Some("segments") => Ok(As::Segments),
        Some("rollup") => {
            let seconds = u64::try_from(span_us / 1_000_000).unwrap_or(0);
            let (name, length) = match step {
                Some(word) => STEPS.into_iter().find(|(name, _)| *name == word),
                // The finest of which not more fall into the time than there are pixels.
                None => STEPS.into_iter().find(|(_, step)| seconds / step <= pixels as u64).or(STEPS.last().copied()),
            }
            .ok_or_else(|| Problem::bad("step", "1m, 15m, 1h or 1d"))?;
            if (seconds / length + 2).saturating_mul(points as u64) > MOST as u64 {
                return Err(Problem::bad("step", "more than 20000 roll-ups: a longer step, or a shorter time"));
            }
            Ok(As::Rollup(name, Duration::from_secs(length)))
        }
        Some(_) => Err(Problem::bad("as", "envelope, raw, rollup or segments")),
    }
}

/// What was of one point.
fn document(history: &dyn History, when: &When, point: &Point, asked: &Asked) -> Result<Value, String> {
    let Asked { from, to, told, .. } = *asked;
    let mut out = Map::new();
    out.insert("point".into(), json!(point.id));
    out.insert("name".into(), json!(point.name));
    out.insert("unit".into(), json!(point.unit));
    let at = |at: Wall| when.rfc3339(at);
    match told {
        As::Envelope(pixels) => {
            let span = |span: Span| {
                let Span { min, max, last, count, unknown, .. } = span;
                json!({ "at": at(span.at), "min": min, "max": max, "last": last, "count": count, "unknown": unknown })
            };
            let spans = history.envelope(&point.id, from, to, pixels)?;
            out.insert("spans".into(), spans.into_iter().map(span).collect());
        }
        As::Raw => {
            let limit = MOST / asked.points.len();
            let marks = history.first(&point.id, from, to, limit)?;
            let next = marks.last().filter(|_| marks.len() >= limit).map(|last| Wall(last.at.0 + 1_000));
            let mark =
                |mark: &crate::live::Sample| json!({ "at": at(mark.at), "value": mark.value, "quality": mark.quality });
            out.insert("marks".into(), marks.iter().map(mark).collect());
            out.insert("next".into(), json!(next.filter(|next| *next < to).map(at)));
        }
        As::Rollup(name, step) => {
            let rollup = |rollup: crate::live::Rollup| {
                json!({
                    "at": at(rollup.at), "min": rollup.min, "max": rollup.max, "mean": rollup.mean,
                    "first": rollup.first, "last": rollup.last, "count": rollup.count,
                    "bad_s": rollup.bad.as_secs_f64(), "alarm_s": rollup.alarm.as_secs_f64(),
                })
            };
            out.insert("step".into(), json!(name));
            let rollups = history.rollups(&point.id, from, to, step)?;
            out.insert("rollups".into(), rollups.into_iter().map(rollup).collect());
        }
        As::Segments => {
            let (segments, next) = stretches(history, point, asked)?;
            let segment = |segment: &Segment| {
                let Segment { value, quality, .. } = *segment;
                json!({
                    "from": at(segment.from), "to": at(segment.to), "value": value, "quality": quality,
                    "state": state_name(point, value),
                })
            };
            out.insert("segments".into(), segments.iter().map(segment).collect());
            out.insert("next".into(), json!(next.map(at)));
        }
    }
    Ok(Value::Object(out))
}

/// Stretches, and from where to go on: cut after so many, or after as many samples as may be looked at.
fn stretches(history: &dyn History, point: &Point, asked: &Asked) -> Result<(Vec<Segment>, Option<Wall>), String> {
    let share = asked.points.len();
    let (mut segments, next) = history.segments(&point.id, asked.from, asked.to, LOOKED_AT / share)?;
    let limit = MOST / share;
    let cut = segments.get(limit).map(|first_left| first_left.from);
    segments.truncate(limit);
    Ok((segments, cut.or(next)))
}

/// Whether a point says states, not measurements: it is drawn as stretches.
pub(super) fn has_states(point: &Point) -> bool {
    point.encoding.states.is_some() || point.encoding.kind == Kind::Bit
}

/// What people call the state, where the point has such names.
pub(super) fn state_name(point: &Point, value: Option<f64>) -> Option<Text> {
    if point.encoding.states.is_none() && point.encoding.kind == Kind::Bit {
        return value.map(|value| if value == 0.0 { words::OFF.text() } else { words::ON.text() });
    }
    let states = point.encoding.states.as_deref().unwrap_or_default();
    let state = states.iter().find(|state| value == Some(f64::from(state.code)));
    state.map(|state| state.name.clone())
}
