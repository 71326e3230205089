//! Commands over HTTP.
//!
//! Takes: a session, a target, a verb, an idempotency key.
//! Gives: what the engine answered; how a command stands; what can be commanded.
//! Never: decides; the engine's gate does, for every door alike.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::acting::{Asked, idempotency_key};
use super::event_id;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::alarm::Typed;
use crate::engine::base::{DeviceId, EventId, PointId};
use crate::engine::site::{Command, Device, Site};
use crate::engine::{Act, Arm, Refusal};
use crate::live::command_document::{OfferDocument, command_document, offer_document};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandBody {
    target: Target,
    verb: String,
    arm: Option<ArmBody>,
    /// How many targets a code with wildcards was seen to mean.
    confirm: Option<u32>,
}

/// Arm-then-fire (design §5): `true` arms, the id that came back fires.
#[derive(Deserialize)]
#[serde(untagged)]
enum ArmBody {
    First(bool),
    Fire(EventId),
}

/// A point, or a secondary code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// `device/point`.
    pub point: Option<String>,
    /// Six digits or `*`.
    pub code: Option<String>,
    /// Two digits or `*`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The device the code belongs to; needed where several have it.
    pub panel: Option<DeviceId>,
}

/// `POST commands`
pub async fn command(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(body): Asked<CommandBody>,
) -> Result<Response, Problem> {
    visitor.actor()?;
    let arm = match body.arm {
        None | Some(ArmBody::First(false)) => None,
        Some(ArmBody::First(true)) => Some(Arm::First),
        Some(ArmBody::Fire(id)) => Some(Arm::Fire(id)),
    };
    let act = match body.target {
        // Every target of a code has a command of its own; what takes two acts is addressed by its point or its very code.
        Target { point: None, code: Some(code), kind, panel } if arm.is_none() => {
            let typed = Typed { code, device_type: kind, panel, verb: body.verb };
            Act::CommandTyped { typed, confirm: body.confirm }
        }
        ref named => Act::Command { point: target(&web.services.site, named)?, verb: body.verb, arm },
    };
    let done = web.ask(&visitor, idempotency_key(&headers)?, act).await?;
    let id = done.fact.map(EventId::from);
    let mut answer = json!({ "id": id, "recorded": done.recorded });
    let state = web.services.picture.state();
    if let Some((id, arming)) = id.and_then(|id| Some((id, state.armed.get(&id)?))) {
        answer["armed"] = json!(id);
        answer["until"] = json!(web.when.rfc3339(arming.until.due()));
    }
    if let Some(keypad) = id.and_then(|id| web.keypad_document(&state, id)) {
        answer["targets"] = keypad["targets"].clone();
        answer["barred"] = keypad["barred"].clone();
    }
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// The one point a target means.
pub fn target(site: &Site, target: &Target) -> Result<PointId, Problem> {
    match target {
        Target { point: Some(point), code: None, kind: None, panel: None } => Ok(PointId::new(point)),
        Target { point: None, code: Some(code), kind, panel } => {
            let (device_type, panel) = (kind.clone(), panel.clone());
            let address = Typed { code: code.clone(), device_type, panel, verb: String::new() }.address(site)?;
            let found: Vec<&str> = site.addressed(&address).map(|held| held.id.as_str()).collect();
            match found[..] {
                [] => Err(Refusal::NoSuchPoint { point: PointId::new(code) }.into()),
                [point] => Ok(PointId::new(point)),
                _ => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "one-target", words::ONE_TARGET)
                    .with("points", found.iter().map(|point| json!(point)).collect::<Vec<_>>())),
            }
        }
        _ => Err(Problem::bad("target", "either `point`, or `code` with or without `type` and `panel`")),
    }
}

/// `GET commands/{id}`
pub async fn one(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let wanted = event_id(&id)?;
    let state = web.services.picture.state();
    if let Some(keypad) = web.keypad_document(&state, wanted) {
        return Ok(Json(keypad));
    }
    let record = state.commands.get(&wanted).ok_or_else(|| Problem::not_found(&id))?;
    Ok(Json(json!(command_document(record, web.when.zone()))))
}

/// What a device itself can be commanded; its elements' commands stand at their points.
pub fn of_device(site: &Site, device: &Device) -> Vec<Value> {
    let commands = &site.commands[device.commands.start as usize..device.commands.end as usize];
    commands.iter().take(device.profile.commands.len()).map(|command| json!(offer_document(command))).collect()
}

/// What points themselves, or the elements they are values of, can be commanded.
pub struct Offers<'a>(BTreeMap<&'a str, Vec<&'a Command>>);

impl Offers<'_> {
    /// Of the points in this range of the site's.
    pub fn of(site: &Site, points: Range<usize>) -> Offers<'_> {
        let devices: BTreeSet<u32> = site.points[points].iter().map(|point| point.device).collect();
        let devices = devices.into_iter().filter_map(|device| site.devices.get(device as usize));
        let mut offers: BTreeMap<&str, Vec<&Command>> = BTreeMap::new();
        for command in
            devices.flat_map(|device| &site.commands[device.commands.start as usize..device.commands.end as usize])
        {
            offers.entry(command.point.as_str()).or_default().push(command);
        }
        Offers(offers)
    }

    /// Of one: its own, or for the value `panel-1/l2-d17.event` those of the element `panel-1/l2-d17`.
    pub fn at(&self, point: &PointId) -> Vec<OfferDocument> {
        let element = || self.0.get(point.as_str().rsplit_once('.')?.0);
        let offered = self.0.get(point.as_str()).or_else(element);
        offered.into_iter().flatten().map(|command| offer_document(command)).collect()
    }
}
