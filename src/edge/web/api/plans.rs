//! Floor plans, and the section of every building.
//!
//! Takes: the site.
//! Gives: which floors there are and what stands where on them; each plan as SVG that may be shown as it is.
//! Never: anything of the file that somebody drew but what the list of `config` lets through.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::engine::site::{Building, Equipment, FloorPlan, Site};

/// A plan opened by itself runs and fetches nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/// `GET plans`
pub async fn plans(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let site = &web.services.site;
    let buildings: Vec<Value> = site.buildings.iter().map(|building| section(site, building)).collect();
    let plans: Vec<Value> = site.floor_plans.iter().map(|plan| document(site, plan)).collect();
    let text = json!({ "buildings": buildings, "plans": plans }).to_string();
    let hash: String = Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    revalidated(&headers, &hash, &[(header::CONTENT_TYPE, "application/json")], text)
}

/// `GET plans/{building}/{file}`: `1/12.svg`.
pub async fn drawing(
    State(web): State<Arc<Web>>,
    Path((building, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let plan = file.strip_suffix(".svg").and_then(|floor| web.services.site.floor_plan(&building, floor));
    let drawing = &plan.ok_or_else(|| Problem::not_found(&format!("{building}/{file}")))?.drawing;
    let head = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok(revalidated(&headers, &drawing.hash, &head, drawing.svg.clone()))
}

/// Sent only to who does not have it yet; whoever has it asks again each time, because a plan may be put right.
fn revalidated(asked: &HeaderMap, hash: &str, head: &[(header::HeaderName, &'static str)], text: String) -> Response {
    let tag = format!("\"{hash}\"");
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|have| have.as_bytes() == tag.as_bytes());
    let body = if known { StatusCode::NOT_MODIFIED.into_response() } else { text.into_response() };
    let mut response = ([(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())], body).into_response();
    for (name, value) in head {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn section(site: &Site, building: &Building) -> Value {
    let floor = |(at, floor): (usize, &String)| {
        json!({
            "floor": floor,
            "below_ground": at < building.below_ground,
            "plan": site.floor_plan(&building.id, floor).is_some(),
        })
    };
    let floors: Vec<Value> = building.floors.iter().enumerate().map(floor).collect();
    json!({ "building": building.id, "name": building.name, "floors": floors })
}

fn document(site: &Site, plan: &FloorPlan) -> Value {
    let point = |placed: &crate::engine::site::Placed| {
        let held = site.equipment.get(placed.equipment as usize)?;
        let mut point = json!({ "point": held.id, "x": placed.x, "y": placed.y });
        if let Some(own) = own(site, held) {
            point["own"] = json!(own);
        }
        Some(point)
    };
    let points: Vec<Value> = plan.placed.iter().filter_map(point).collect();
    let here = site.equipment_on(&plan.building, &plan.floor);
    let unplaced: Vec<&str> = here.filter(|(at, _)| !plan.has(*at)).map(|(_, held)| held.id.as_str()).collect();
    let zones = plan.drawing.zones.iter().map(|zone| json!({ "zone": zone.zone, "bounds": zone.bounds }));
    json!({
        "building": plan.building,
        "floor": plan.floor,
        "view_box": plan.drawing.view_box,
        "own_colours": plan.drawing.own_colours,
        "hash": plan.drawing.hash,
        "points": points,
        "unplaced": unplaced,
        "zones": zones.collect::<Vec<_>>(),
    })
}

/// What a panel says of itself: whatever else it says belongs to its elements, which stand elsewhere. Nothing for
/// equipment of which every word is its own.
fn own<'a>(site: &'a Site, held: &'a Equipment) -> Option<Vec<&'a str>> {
    let device = site.devices.get(held.device as usize)?;
    if held.id.contains('/') || device.profile.arrays.is_empty() {
        return None;
    }
    let rules = held.rules.iter().filter_map(|rule| site.rules.get(*rule as usize));
    let mut own: Vec<&str> =
        rules.filter_map(|rule| rule.condition.point.as_str().split_once('/')).map(|(_, own)| own).collect();
    own.push("link");
    own.sort_unstable();
    own.dedup();
    Some(own)
}
