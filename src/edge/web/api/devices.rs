//! Devices: the list, and one of them as whoever brings it on line must see it.
//!
//! Takes: the summary, what is counted of each device, what its bus says of it at this moment.
//! Gives: `devices`, `devices/{id}`.
//! Never: a cause for a failure without the next step; a state of a device that a screen would have to work out.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::studied::study_document;
use super::{Query, commands};
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::summary::{DeviceView, Summary};
use crate::engine::base::{Reading, Truth};
use crate::engine::class::Class;
use crate::engine::site::{Device, Equipment, Site};
use crate::live::document::alarm_document;
use crate::live::trouble_words::{Circumstances, told};
use crate::live::{Ending, Exchanged, Trouble, truth_of};

/// So many open alarms of one device are shown with it.
const ALARMS: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    brief: Option<String>,
}

/// `GET devices[?brief=yes]`
pub async fn all(State(web): State<Arc<Web>>, Query(query): Query<Wanted>) -> Result<Json<Value>, Problem> {
    let brief = match query.brief.as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(_) => return Err(Problem::bad("brief", "`yes` or `no`")),
    };
    let (summary, exchanges) = (web.summary(), web.services.vitals.exchanges());
    let site = &web.services.site;
    let own = site.equipment.iter().filter(|held| !held.id.contains('/'));
    let equipment: BTreeMap<&str, &Equipment> = own.map(|held| (held.id.as_str(), held)).collect();
    let readings = if brief { Vec::new() } else { web.services.board.all() };
    let one = |view: &DeviceView| {
        let counted = exchanges.get(view.index as usize).copied().unwrap_or_default();
        let mut document = web.standing(view, &counted);
        let device = &site.devices[view.index as usize];
        let last = web.troubles(&summary, device, view.index, &counted, 1).pop();
        document.insert("last_trouble".to_owned(), json!(last));
        if !brief {
            let held = equipment.get(device.id.as_str()).copied();
            document.extend(web.described(device, held, &counted, &readings));
        }
        Value::Object(document)
    };
    let list: Vec<Value> = summary.devices.iter().map(one).collect();
    Ok(Json(json!({ "devices": list })))
}

/// `GET devices/{id}`
pub async fn one(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let site = &web.services.site;
    let device = site.devices.iter().position(|device| device.id.as_str() == id);
    let device = device.ok_or_else(|| Problem::not_found(&id))?;
    let number = u32::try_from(device).map_err(|_| Problem::not_found(&id))?;
    let summary = web.summary();
    let Some(view) = summary.devices.get(device) else { return Err(Problem::not_found(&id)) };
    let device = &site.devices[device];
    let asks = matches!(site.buses[device.bus as usize].endpoint.protocol(), "modbus") && device.refused.is_none();
    let study = if asks { web.services.inquiries.study(device.bus, number).await } else { None };
    let counted = web.services.vitals.exchanges().get(number as usize).copied().unwrap_or_default();
    let held = site.equipment.iter().find(|held| held.id == device.id.as_str());
    let readings = web.services.board.all();
    let mut document = web.standing(view, &counted);
    document.extend(web.described(device, held, &counted, &readings));
    document.insert("vendor".to_owned(), json!(device.profile.vendor));
    document.insert("model".to_owned(), json!(device.profile.model));
    document.insert("asked".to_owned(), json!(asks));
    document.insert("study".to_owned(), json!(study.map(|study| study_document(device, &study))));
    document.insert("troubles".to_owned(), json!(web.troubles(&summary, device, number, &counted, usize::MAX)));
    document.insert("alarms".to_owned(), json!(web.alarms_of(device)));
    Ok(Json(Value::Object(document)))
}

impl Web {
    /// What moves: how the device stands.
    fn standing(&self, view: &DeviceView, counted: &Exchanged) -> Map<String, Value> {
        let device = &self.services.site.devices[view.index as usize];
        let document = json!({
            "id": device.id, "state": state(view, device, counted),
            "up": view.up, "reason": view.reason, "since": self.when.rfc3339(view.since),
            "points": { "total": view.points, "unknown": view.unknown, "gathered": view.gathered, "absent": view.absent },
            "round_trip_ms": counted.round_trip.map(|took| took.as_secs_f64() * 1000.0),
            "answers": counted.answers, "timeouts": counted.timeouts,
            "malformed": counted.malformed, "exceptions": counted.exceptions,
            "good_in_a_row": counted.good_in_a_row,
        });
        if let Value::Object(document) = document { document } else { Map::new() }
    }

    /// What it is, where, and what it shows of itself.
    fn described(
        &self,
        device: &Device,
        held: Option<&Equipment>,
        counted: &Exchanged,
        readings: &[Reading],
    ) -> Map<String, Value> {
        let site = &self.services.site;
        let class = held.and_then(|held| site.classes.list.get(held.class? as usize));
        let oldest: Map<String, Value> = self
            .services
            .vitals
            .bus(device.bus)
            .map(|bus| {
                bus.oldest.iter().map(|(pace, age)| (pace.as_str().to_owned(), json!(age.as_secs_f64()))).collect()
            })
            .unwrap_or_default();
        let document = json!({
            "name": device.name, "place": device.place,
            "bus": site.buses[device.bus as usize].id, "unit": device.unit, "profile": device.profile.id,
            "class": class.map_or(device.profile.class.as_str(), |class| class.id.as_str()),
            "class_name": class.map(|class| &class.name),
            "statuses": held.map_or_else(Vec::new, |held| statuses(site, held, class, readings)),
            "control": device.control, "refused": device.refused,
            "bus_oldest_read_s": oldest,
            "commands": commands::of_device(site, device),
            "ever_answered": counted.answers + counted.exceptions > 0,
        });
        if let Value::Object(document) = document { document } else { Map::new() }
    }

    /// Its last requests that failed, in words, the newest first; so many at most.
    fn troubles(
        &self,
        summary: &Summary,
        device: &Device,
        number: u32,
        counted: &Exchanged,
        most: usize,
    ) -> Vec<Value> {
        let troubles = self.services.vitals.troubles(number);
        if troubles.is_empty() {
            return Vec::new();
        }
        let bus = &self.services.site.buses[device.bus as usize];
        let answers = |other: &u32| summary.devices.get(*other as usize).is_some_and(|view| view.up == Some(true));
        let others_answer = bus.devices.iter().any(|other| *other != number && answers(other));
        let ever_answered = counted.answers + counted.exceptions > 0;
        let known = Circumstances { endpoint: &bus.endpoint, ever_answered, others_answer };
        let one = |trouble: Trouble| {
            let told = told(&trouble, &known);
            let asked = trouble.asked;
            json!({
                "unit": asked.unit, "function": asked.function, "start": asked.start, "count": asked.count,
                "times": trouble.times,
                "first": self.when.rfc3339(trouble.first), "last": self.when.rfc3339(trouble.last),
                "what": told.what, "next": told.next,
            })
        };
        troubles.into_iter().take(most).map(one).collect()
    }

    /// Its open alarms, as everywhere.
    fn alarms_of(&self, device: &Device) -> Vec<Value> {
        let state = self.services.picture.state();
        let own = state.open().filter(|held| held.raise.condition.point.device() == device.id.as_str());
        own.take(ALARMS).map(|held| json!(alarm_document(held, self.when.zone()))).collect()
    }
}

/// How a device stands, in one word. `refused` takes no part by its configuration; `refuses` answers and gives nothing.
fn state(view: &DeviceView, device: &Device, counted: &Exchanged) -> &'static str {
    match view.up {
        _ if device.refused.is_some() => "refused",
        Some(true) if view.unknown > 0 => "partly",
        Some(true) => "answers",
        Some(false) if counted.last == Some(Ending::Refused) => "refuses",
        Some(false) => "down",
        None => "unread",
    }
}

/// The statuses of its class that a device shows, as they are now: `value` is null while it is not known.
fn statuses(site: &Site, held: &Equipment, class: Option<&Class>, readings: &[Reading]) -> Vec<Value> {
    let one = |(key, at): (&String, &u32)| {
        let known = class.and_then(|class| class.statuses.iter().find(|status| status.key == *key));
        let status = site.statuses.get(*at as usize);
        let value = match status.map(|status| truth_of(status, readings)) {
            Some(Truth::True) => Some(true),
            Some(Truth::False) => Some(false),
            Some(Truth::Unknown) | None => None,
        };
        json!({ "id": status.map(|status| &status.id), "status": key, "value": value, "name": known.map(|status| &status.name), "normal": known.and_then(|status| status.normal) })
    };
    held.statuses.iter().map(one).collect()
}
