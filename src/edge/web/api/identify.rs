//! Asking a device who it is.
//!
//! Takes: a session and a device.
//! Gives: the act's own record, then what the device says, against what its profile means.
//! Never: a question on the wire that is not in the journal, or one that anybody who is due has to wait for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::acting::idempotency_key;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::Act;
use crate::engine::base::{EventId, Text};
use crate::engine::poll::{Finding, Reply};
use crate::engine::site::Device;
use crate::live::identity_words::{identified, printable, spell};

/// `POST devices/{id}/identify`
pub async fn identify(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    visitor.actor()?;
    let site = &web.services.site;
    let (number, device) = (0u32..)
        .zip(&site.devices)
        .find(|(_, device)| device.id.as_str() == id)
        .ok_or_else(|| Problem::not_found(&id))?;
    if site.buses[device.bus as usize].endpoint.protocol() != "modbus" || device.refused.is_some() {
        return Err(Problem::new(StatusCode::CONFLICT, "not-asked", words::NOT_ASKED).with("id", id));
    }
    let done = web.ask(&visitor, idempotency_key(&headers)?, Act::Identify { device: device.id.clone() }).await?;
    let finding = web.services.inquiries.identify(device.bus, number).await;
    let finding = finding.unwrap_or(Finding { id: 0, range: None, registers: None, objects: None });
    let told = identified(&finding, device, site);
    Ok(Json(json!({
        "id": done.fact.map(|fact| EventId::from(fact).to_string()), "recorded": done.recorded,
        "verdict": told.verdict.as_str(), "words": told.words,
        "next": (!told.next.en.is_empty()).then_some(&told.next),
        "registers": registers(&finding, device),
        "own": told.own, "objects": objects(&finding),
    })))
}

fn registers(finding: &Finding, device: &Device) -> Option<Value> {
    let (table, start, count) = finding.range?;
    let found = match &finding.registers {
        Some(Ok(Reply::Words(words))) => Some(spell(words)),
        _ => None,
    };
    let identity = device.profile.link.identity.as_ref();
    let expected: Vec<String> = identity.iter().flat_map(|own| &own.accept).map(|words| spell(words)).collect();
    Some(json!({ "table": table.as_str(), "start": start, "count": count, "found": found, "expected": expected }))
}

/// The names of Modbus Application Protocol 1.1b3, 6.21.
fn objects(finding: &Finding) -> Vec<Value> {
    let Some(Ok(Reply::Objects(objects))) = &finding.objects else { return Vec::new() };
    let name = |id: u8| match id {
        0 => Text::new("厂商", "Vendor"),
        1 => Text::new("产品代码", "Product code"),
        2 => Text::new("版本", "Revision"),
        _ => Text::same(&format!("{id}")),
    };
    objects.iter().map(|(id, bytes)| json!({ "object": id, "name": name(*id), "text": printable(bytes) })).collect()
}
