//! What is done at panels and in the register of isolations over HTTP.
//!
//! Takes: a session and a device, or an isolation with its order.
//! Gives: what the engine answered; how each panel's permissions stand.
//! Never: decides; the engine's gate does, for every door alike.

use axum::extract::Path;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::acting::{Acting, Answer, Asked};
use super::event_id;
use crate::edge::web::Web;
use crate::engine::Act;
use crate::engine::base::{DeviceId, Truth};

/// What a panel says of who may start what (FA-13, FA-16, FA-17).
pub const MODES: [&str; 5] = ["auto", "start-manual-allowed", "start-auto-allowed", "spray-allowed", "self-testing"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbnormalBody {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    order: String,
}

/// `POST devices/{id}/cancel`
pub async fn cancel(acting: Acting, Path(id): Path<String>) -> Answer {
    acting.does(Act::Cancel { device: DeviceId::new(&id) }, StatusCode::OK).await
}

/// `POST devices/{id}/register`
pub async fn register(acting: Acting, Path(id): Path<String>) -> Answer {
    acting.does(Act::Register { device: DeviceId::new(&id) }, StatusCode::ACCEPTED).await
}

/// `POST devices/{id}/abnormal`
pub async fn report_abnormal(acting: Acting, Path(id): Path<String>, Asked(body): Asked<AbnormalBody>) -> Answer {
    let act = Act::ReportAbnormal { device: DeviceId::new(&id), text: body.text };
    acting.does(act, StatusCode::CREATED).await
}

/// `POST isolations/{id}/order`
pub async fn link_order(acting: Acting, Path(id): Path<String>, Asked(body): Asked<OrderBody>) -> Answer {
    acting.does(Act::LinkOrder { id: event_id(&id)?, order: body.order }, StatusCode::OK).await
}

impl Web {
    /// Each panel's permissions, in the site's order: word and truth, unknown where it cannot be read.
    pub(crate) fn modes(&self) -> Vec<(usize, Vec<(&'static str, Truth)>)> {
        let site = &self.services.site;
        let readings = self.services.board.all();
        let value = |slot: u32| readings.get(slot as usize).and_then(|reading| reading.known.as_ref().ok());
        let of = |held: &crate::engine::site::Equipment| {
            let shown = MODES.iter().filter_map(|word| Some((*word, *held.statuses.get(*word)?)));
            let shown =
                shown.filter_map(|(word, at)| Some((word, site.statuses.get(at as usize)?.when.evaluate(&value))));
            shown.collect::<Vec<_>>()
        };
        let panels = site.equipment.iter().filter(|held| {
            let class = site.devices.get(held.device as usize).map(|device| device.profile.class.as_str());
            class == Some("panel") && !held.id.contains('/')
        });
        panels.map(|held| (held.device as usize, of(held))).filter(|(_, modes)| !modes.is_empty()).collect()
    }

    /// The same as `GET state` has it.
    pub(crate) fn modes_document(&self) -> Vec<Value> {
        let site = &self.services.site;
        let document = |(device, modes): (usize, Vec<(&'static str, Truth)>)| {
            let mut panel = json!({ "device": site.devices[device].id });
            for (word, truth) in modes {
                panel[word] = match truth {
                    Truth::True => json!(true),
                    Truth::False => json!(false),
                    Truth::Unknown => Value::Null,
                };
            }
            panel
        };
        self.modes().into_iter().map(document).collect()
    }
}
