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

use super::acts::{Asked, idempotency_key};
use super::event_id;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::base::{EventId, PointId};
use crate::engine::site::{Command, Device, Site};
use crate::engine::{Act, Arm, Refusal};
use crate::live::command_document::{CommandDocument, OfferDocument, command_document, offer_document};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandBody {
    target: Target,
    verb: String,
    arm: Option<ArmBody>,
}

/// Arm-then-fire (design §5): `true` arms, the id that came back fires.
#[derive(Deserialize)]
#[serde(untagged)]
enum ArmBody {
    First(bool),
    Fire(EventId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    point: Option<String>,
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// `POST commands`
pub async fn command(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(body): Asked<CommandBody>,
) -> Result<Response, Problem> {
    visitor.actor()?;
    let point = target(&web.services.site, &body.target)?;
    let arm = match body.arm {
        None | Some(ArmBody::First(false)) => None,
        Some(ArmBody::First(true)) => Some(Arm::First),
        Some(ArmBody::Fire(id)) => Some(Arm::Fire(id)),
    };
    let act = Act::Command { point, verb: body.verb, arm };
    let done = web.ask(&visitor, idempotency_key(&headers)?, act).await?;
    let id = done.fact.map(EventId::from);
    let mut answer = json!({ "id": id, "recorded": done.recorded });
    let state = web.services.picture.state();
    if let Some((id, arming)) = id.and_then(|id| Some((id, state.armed.get(&id)?))) {
        answer["armed"] = json!(id);
        answer["until"] = json!(web.when.rfc3339(arming.until.due()));
    }
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// The one point a target means. Secondary codes may hold `*` (FA-18); several points at once are for a later release.
fn target(site: &Site, target: &Target) -> Result<PointId, Problem> {
    match target {
        Target { point: Some(point), code: None, kind: None } => Ok(PointId::new(point)),
        Target { point: None, code: Some(code), kind } => {
            let matches = |pattern: &str, text: &str| {
                pattern.len() == text.len() && pattern.bytes().zip(text.bytes()).all(|(p, t)| p == b'*' || p == t)
            };
            let mut found: Vec<&PointId> = site
                .rules
                .iter()
                .filter(|rule| rule.code.as_deref().is_some_and(|have| matches(code, have)))
                .filter(|rule| {
                    kind.as_deref().is_none_or(|want| rule.kind.as_deref().is_some_and(|have| matches(want, have)))
                })
                .map(|rule| &rule.condition.point)
                .collect();
            found.sort();
            found.dedup();
            match found[..] {
                [] => Err(Refusal::NoSuchPoint { point: PointId::new(code) }.into()),
                [point] => Ok(point.clone()),
                _ => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "one-target", words::ONE_TARGET)
                    .with("points", found.iter().map(|point| json!(point.as_str())).collect::<Vec<_>>())),
            }
        }
        _ => Err(Problem::bad("target", "either `point`, or `code` with or without `type`")),
    }
}

/// `GET commands/{id}`
pub async fn one(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Json<CommandDocument>, Problem> {
    let wanted = event_id(&id)?;
    let state = web.services.picture.state();
    let record = state.commands.get(&wanted).ok_or_else(|| Problem::not_found(&id))?;
    Ok(Json(command_document(record, web.when.zone())))
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
