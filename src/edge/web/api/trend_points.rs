//! `GET trends/points`: which points there are to look back on, found by what people call them.
//!
//! Takes: words of either language, a device, or ids.
//! Gives: points with what a chart needs to draw them: unit, states in words, limits.
//! Never: the whole site in one answer; how many there are is said, and only so many are given.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Query, trends};
use crate::edge::web::problem::Problem;
use crate::edge::web::{Web, words};
use crate::engine::base::Text;
use crate::engine::profile::{Comparison, Expression, Kind, Level, Term};
use crate::engine::site::{Device, Point, Site};

/// Points of one answer when the request does not say, and at most.
const LIMIT: (usize, usize) = (200, 1_000);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsQuery {
    q: Option<String>,
    device: Option<String>,
    ids: Option<String>,
    limit: Option<usize>,
}

/// `GET trends/points?q=&device=&ids=&limit=`
pub async fn points(State(web): State<Arc<Web>>, Query(query): Query<PointsQuery>) -> Result<Json<Value>, Problem> {
    let limit = query.limit.unwrap_or(LIMIT.0);
    if !(1..=LIMIT.1).contains(&limit) {
        return Err(Problem::bad("limit", "1 to 1000"));
    }
    let site = Arc::clone(&web.services.site);
    web.waiting(move || {
        let found = found(&site, &query);
        let given = found.iter().take(limit).map(|at| document(&site, *at, query.ids.is_some()));
        let mut out = json!({ "total": found.len(), "points": given.collect::<Vec<_>>() });
        if let Some(ids) = &query.ids {
            out["judged_by"] = judged_by(&site, ids);
        }
        Json(out)
    })
    .await
}

/// The points that are meant, in the order of the site; of those that were searched, measurements come first.
fn found(site: &Site, query: &PointsQuery) -> Vec<usize> {
    let terms: Vec<&str> = query.q.as_deref().unwrap_or_default().split_whitespace().collect();
    let ids: Option<Vec<&str>> = query.ids.as_deref().map(|ids| ids.split(',').collect());
    let mut found = Vec::new();
    for device in &site.devices {
        if query.device.as_deref().is_some_and(|wanted| wanted != device.id.as_str()) {
            continue;
        }
        // What the device already says need not be looked for in each of its points.
        let left: Vec<&str> = terms.iter().copied().filter(|term| !device_says(site, device, term)).collect();
        for at in device.points.start as usize..device.points.end as usize {
            let point = &site.points[at];
            let meant = ids.as_ref().is_none_or(|ids| ids.contains(&point.id.as_str()));
            if meant && is_kept(point) && left.iter().all(|term| point_says(point, term)) {
                found.push(at);
            }
        }
    }
    if !terms.is_empty() {
        // Who searches here mostly looks for a measurement, not for one of the many bits of a detector.
        found.sort_by_key(|at| trends::has_states(&site.points[*at]));
    }
    found
}

/// For each id that is no point but something that is alarmed about: the points by which that is judged.
fn judged_by(site: &Site, ids: &str) -> Value {
    let mut out = serde_json::Map::new();
    for id in ids.split(',').filter(|id| !site.points.iter().any(|point| point.id.as_str() == *id)) {
        let mut slots = BTreeSet::new();
        for rule in site.rules.iter().filter(|rule| rule.condition.point.as_str() == id) {
            rule.when.slots(&mut |slot| {
                slots.insert(slot);
            });
        }
        let points = slots.into_iter().filter_map(|slot| site.points.get(slot as usize)).filter(|point| is_kept(point));
        let points: Vec<Value> = points.map(|point| json!(point.id)).collect();
        if !points.is_empty() {
            out.insert(id.to_owned(), points.into());
        }
    }
    out.into()
}

/// Characters are not numbers: they have no trend.
fn is_kept(point: &Point) -> bool {
    !matches!(point.encoding.kind, Kind::Text(_))
}

fn device_says(site: &Site, device: &Device, term: &str) -> bool {
    let place = &device.place;
    let building = place.building.as_deref().map(|id| site.building_name(id));
    let names = [&device.name, &place.text].into_iter().chain(&building);
    names.flat_map(|text| [&text.zh, &text.en]).any(|text| has(text, term))
}

fn point_says(point: &Point, term: &str) -> bool {
    [point.id.as_str(), &point.name.zh, &point.name.en, &point.place.text.zh, &point.place.text.en]
        .into_iter()
        .any(|text| has(text, term))
}

/// Whether a text contains another, capitals of ASCII or not. Nothing is copied: a site may have a hundred thousand points.
fn has(text: &str, term: &str) -> bool {
    let (text, term) = (text.as_bytes(), term.as_bytes());
    term.is_empty() || text.windows(term.len()).any(|part| part.eq_ignore_ascii_case(term))
}

fn document(site: &Site, at: usize, whole: bool) -> Value {
    let point = &site.points[at];
    let device = &site.devices[point.device as usize];
    let encoding = &point.encoding;
    let state = |value: u32, name: &Text| json!({ "value": value, "name": name });
    let (kind, states): (_, Vec<Value>) = match (&encoding.states, encoding.kind) {
        (Some(states), _) => ("state", states.iter().map(|one| state(one.code, &one.name)).collect()),
        (None, Kind::Bit) => ("bit", vec![state(0, &words::OFF.text()), state(1, &words::ON.text())]),
        (None, _) => ("number", Vec::new()),
    };
    let mut out = json!({
        "point": point.id, "name": point.name, "unit": point.unit, "kind": kind, "states": states,
        "device": device.id, "device_name": device.name, "place": point.place,
    });
    if whole {
        out["limits"] = limits(site, u32::try_from(at).unwrap_or(u32::MAX)).into();
    }
    out
}

/// Where a measurement becomes an alarm, once for each direction and number. A comparison that merely goes with another
/// one (`voltage < 380 && voltage >= 190`) is no limit: of a level only its own side counts, and of an alarm that is not
/// the point's own only a comparison that is all of it.
fn limits(site: &Site, slot: u32) -> Vec<Value> {
    let point = site.points.get(slot as usize).map(|point| &point.id);
    let mut found: Vec<Value> = Vec::new();
    for rule in &site.rules {
        if Some(&rule.condition.point) != point && !matches!(rule.when, Expression::Compare(..)) {
            continue;
        }
        let mut bounds = Vec::new();
        compared(&rule.when, slot, &mut bounds);
        for (above, value) in bounds {
            let fits = match rule.condition.level {
                Some(Level::High | Level::HighHigh) => above,
                Some(Level::Low | Level::LowLow) => !above,
                None => true,
            };
            let side = if above { "above" } else { "below" };
            if fits && !found.iter().any(|held| held["side"] == side && held["value"] == json!(value)) {
                found.push(json!({
                    "side": side, "value": value, "name": rule.name, "category": rule.condition.category,
                    "level": rule.condition.level,
                }));
            }
        }
    }
    found
}

/// The numbers that the point is compared with, and whether beyond means above. What is negated says the opposite and is
/// no limit.
fn compared(when: &Expression, slot: u32, bounds: &mut Vec<(bool, f64)>) {
    match when {
        Expression::Compare(left, comparison, right) => {
            let above = match comparison {
                Comparison::Greater | Comparison::AtLeast => true,
                Comparison::Less | Comparison::AtMost => false,
                Comparison::Equal | Comparison::Unequal => return,
            };
            match (left, right) {
                (Term::Slot(of), Term::Literal(value)) if *of == slot => bounds.push((above, *value)),
                (Term::Literal(value), Term::Slot(of)) if *of == slot => bounds.push((!above, *value)),
                _ => {}
            }
        }
        Expression::All(parts) | Expression::Any(parts) => {
            parts.iter().for_each(|part| compared(part, slot, bounds));
        }
        Expression::Reported | Expression::Bit(_) | Expression::StateIn(..) | Expression::Not(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_either_language_and_in_any_case() {
        assert!(has("Oil pressure", "PRESS") && has("机油压力", "压力") && has("abc", ""));
        assert!(!has("ab", "abc") && !has("", "a"));
    }

    #[test]
    fn a_limit_is_a_comparison_with_a_number() {
        let below = Expression::Compare(Term::Slot(3), Comparison::Less, Term::Literal(150.0));
        let turned = Expression::Compare(Term::Literal(9.0), Comparison::Less, Term::Slot(3));
        let other = Expression::Compare(Term::Slot(4), Comparison::Less, Term::Literal(1.0));
        let not = Expression::Not(Box::new(below.clone()));
        let mut bounds = Vec::new();
        compared(
            &Expression::All(vec![Expression::Bit(1), below, other, Expression::Any(vec![turned, not])]),
            3,
            &mut bounds,
        );
        assert_eq!(bounds, [(false, 150.0), (true, 9.0)]);
    }
}
