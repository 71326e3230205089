//! Commands by secondary code over HTTP: what a code means, and what became of what it led to (FA-15, FA-18, FA-21).
//!
//! Takes: a code with its type, wildcards in both, and a verb.
//! Gives: the targets, each with what bars the way for whoever asks; the state of each target's own command.
//! Never: sends anything for a preview; decides.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::acting::{Acting, Answer, Asked};
use super::event_id;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::engine::alarm::{Keypad, State as Shown, Typed};
use crate::engine::base::{Actor, DeviceId, EventId};
use crate::engine::site::Command;
use crate::engine::{Act, Refusal, gate};
use crate::live::command_document::command_document;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    target: Code,
    verb: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    code: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    panel: Option<DeviceId>,
}

/// `POST commands/preview`
pub async fn preview(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Asked(body): Asked<PreviewBody>,
) -> Result<Json<Value>, Problem> {
    let by = visitor.actor()?;
    let Code { code, kind, panel } = body.target;
    let typed = Typed { code, device_type: kind, panel, verb: body.verb };
    let address = typed.address(&web.services.site)?;
    let commands = web.services.site.addressed_commands(&address, &typed.verb);
    let targets: Vec<Value> = commands.iter().map(|command| web.target_document(&by, command)).collect();
    Ok(Json(json!({ "count": targets.len(), "targets": targets })))
}

impl Web {
    fn target_document(&self, by: &Actor, command: &Command) -> Value {
        let site = &self.services.site;
        let held = site.equipment.iter().find(|held| held.id == command.point.as_str());
        let code = held.and_then(|held| held.code.as_deref());
        let (floor, building, device) = code.map(|code| site.code_layout.read(code)).unwrap_or_default();
        json!({
            "point": command.point, "name": command.name, "place": command.place, "code": code,
            "type": held.and_then(|held| held.kind.as_deref()),
            "digits": { "floor": floor, "building": building, "device": device },
            "barred": bars(self, by, command).map(|refusal| json!({ "error": refusal.code(), "message": refusal.text() })),
        })
    }

    /// What an act on a secondary code led to; nothing when `id` is none.
    pub(crate) fn keypad_document(&self, state: &Shown, id: EventId) -> Option<Value> {
        let Keypad { points, barred } = state.addressed.get(&id)?;
        let sent: Vec<Value> = state
            .commands_of(id, points)
            .into_iter()
            .map(|record| json!(command_document(record, self.when.zone())))
            .collect();
        Some(json!({ "id": id, "targets": sent, "barred": barred }))
    }
}

/// What bars the way to a command for this person.
pub fn bars(web: &Web, by: &Actor, command: &Command) -> Option<Refusal> {
    let act = Act::Command { point: command.point.clone(), verb: command.spec.verb.clone(), arm: None };
    gate::permit(by, &act, &web.services.site).err()
}

/// `POST commands/{id}/withdraw`
pub async fn withdraw(acting: Acting, Path(id): Path<String>) -> Answer {
    acting.does(Act::Withdraw { id: event_id(&id)? }, StatusCode::ACCEPTED).await
}
