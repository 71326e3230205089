//! Devices: links, ages, values.
//!
//! Takes: links, readings, reports of the buses.
//! Gives: the page `/devices`.
//! Never: draws an unknown value as a value, a grey one least of all.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::View;
use super::frame::{Liveness, page, symbol};
use super::rows::{place_words, since_ms};
use crate::edge::web::summary::DeviceView;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::{age, data_age};
use crate::edge::web::{Web, words};
use crate::engine::base::{Reading, Truth, Value};
use crate::engine::site::{Command, Device, Point};
use crate::live::truth_of;

/// Points shown of a device that was not asked for by name; fewer where a site has many devices.
const SHORT: usize = 12;
const SHORTER: usize = 3;
/// So many devices are many.
const MANY_DEVICES: usize = 20;

#[derive(Deserialize)]
pub struct Wanted {
    device: Option<String>,
}

/// `GET /devices`
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
) -> Markup {
    let view = View::new(web, visitor);
    let site = Arc::clone(&view.web.services.site);
    let readings = view.web.services.board.all();
    let body = html! {
        section #device-list .devices data-part="" {
            h2 { (view.say(words::DEVICES)) " " b { (view.summary.devices.len() - view.summary.blind_devices()) "/" (view.summary.devices.len()) } }
            @for one in &view.summary.devices {
                @let device = &site.devices[one.index as usize];
                @let all = wanted.device.as_deref() == Some(device.id.as_str());
                @if all || wanted.device.is_none() { (card(&view, one, device, &readings, all)) }
            }
            @if wanted.device.is_some() { p { a .button href="/devices/plain" { (view.say(words::BACK)) } } }
        }
    };
    page(&view, view.say(words::DEVICES), Liveness::Measuring, body)
}

fn card(view: &View, one: &DeviceView, device: &Device, readings: &[Reading], all: bool) -> Markup {
    let site = &view.web.services.site;
    let points = site.points_of(device);
    let shown = if all {
        points.len()
    } else {
        points.len().min(if site.devices.len() > MANY_DEVICES { SHORTER } else { SHORT })
    };
    let link = match one.up {
        Some(true) => words::LINK_UP,
        Some(false) if device.refused.is_some() => words::REFUSED_DEVICE,
        Some(false) => words::LINK_DOWN,
        None => words::LINK_NEVER,
    };
    html! {
        article .device .hatched[one.up != Some(true)] #(device.id.as_str()) {
            header {
                h3 { (symbol(if one.up == Some(true) { "link" } else { "link-broken" })) (device.name.get(view.language())) }
                p { strong { (view.say(link)) } " "
                    @if one.up != Some(true) { span data-since=(since_ms(one.since)) { (age(view.now.wall.since(one.since), view.language())) } }
                    @if !one.reason.en.is_empty() { " · " (one.reason.get(view.language())) } }
                p .fine { (place_words(view, &device.place)) " · " code { (device.id) } " · " (device.profile.vendor) " " (device.profile.model)
                    " · " code { (site.buses[device.bus as usize].id) ":" (device.unit) } " · " span .oldest { (oldest(view, device)) } }
                @if one.unknown > 0 { p .unknown-count { b { "? " (one.unknown) "/" (one.points) } " " (view.say(words::H_UNKNOWN)) } }
            }
            (statuses(view, one, readings))
            @if shown > 0 {
                table {
                    thead { tr { @for phrase in [words::H_POINT, words::H_VALUE, words::H_QUALITY, words::H_HELD] { th scope="col" { (view.say(phrase)) } } } }
                    tbody { @for (index, point) in points[..shown].iter().enumerate() {
                        @if let Some(reading) = readings.get(device.points.start as usize + index) { (point_row(view, point, reading)) }
                    } }
                }
                @if all || device.control { (super::commands::table(view, &own_commands(view, device), device.control, &format!("/devices/plain?device={}", device.id))) }
                @if shown < points.len() { p .more-rows { a href={ "/devices/plain?device=" (device.id) } { (view.say(words::SHOW_VALUES)) " (" (points.len()) ")" } } }
            }
        }
    }
}

/// What it shows of itself, in the words of its class; what is not ordinary stands out.
fn statuses(view: &View, one: &DeviceView, readings: &[Reading]) -> Markup {
    let site = &view.web.services.site;
    let device = &site.devices[one.index as usize];
    let held = site.equipment_at(one.index).iter().find(|held| held.id == device.id.as_str());
    let class = site.class_of(held);
    html! {
        @if let Some(held) = held.filter(|held| !held.statuses.is_empty()) {
            ul .statuses { @for (key, at) in &held.statuses {
                @let known = class.and_then(|class| class.statuses.iter().find(|status| status.key == *key));
                @let truth = site.statuses.get(*at as usize).map_or(Truth::Unknown, |status| truth_of(status, readings));
                @let odd = known.and_then(|known| known.normal).is_some_and(|normal| Truth::from(normal) == truth.negate() && truth != Truth::Unknown);
                li .odd[odd] .unknown[truth == Truth::Unknown] {
                    (known.map_or(key.as_str(), |known| known.name.get(view.language()))) " "
                    b { @match truth {
                        Truth::True => { (view.say(words::ON)) }
                        Truth::False => { (view.say(words::OFF)) }
                        Truth::Unknown => { "? " (view.say(words::UNKNOWN_VALUE)) }
                    } }
                }
            } }
        }
    }
}

/// What the device itself can be commanded; its elements' commands stand on the pages of their alarms.
fn own_commands<'a>(view: &'a View, device: &Device) -> Vec<&'a Command> {
    let commands = &view.web.services.site.commands[device.commands.start as usize..device.commands.end as usize];
    commands.iter().take(device.profile.commands.len()).collect()
}

fn oldest(view: &View, device: &Device) -> Markup {
    let buses = view.web.services.vitals.buses();
    let worst = buses
        .get(device.bus as usize)
        .and_then(|bus| bus.oldest.iter().max_by_key(|(_, age)| **age).map(|(pace, age)| (*pace, *age)));
    html! {
        (view.say(words::H_OLDEST)) " "
        @match worst {
            Some((pace, lapse)) => { (view.say(words::pace(pace))) " " (data_age(lapse, view.language())) }
            None => { "?" }
        }
    }
}

fn point_row(view: &View, point: &Point, reading: &Reading) -> Markup {
    let lapse = data_age(view.now.mono.since(reading.at.mono), view.language());
    let shown = match &reading.known {
        Ok(value) => value_words(view, point, value),
        Err(_) => None,
    };
    html! {
        tr .unknown[shown.is_none()] {
            th scope="row" { (point.name.get(view.language())) " " code { (point.id.point()) } }
            @match (shown, &reading.known) {
                (Some(text), _) => { td .value { (text) @if !point.unit.is_empty() { " " small { (point.unit) } } } td { (view.say(words::GOOD)) } }
                (None, Err(reason)) => { td .value { b { "?" } " " (view.say(words::UNKNOWN_VALUE)) } td { (view.say(words::reason(*reason))) } }
                (None, Ok(_)) => { td .value { b { "?" } " " (view.say(words::UNKNOWN_VALUE)) } td { (view.say(words::Q_BAD)) } }
            }
            td .c-age { (lapse) }
        }
    }
}

/// A value in words; none for a state the point does not list.
fn value_words(view: &View, point: &Point, value: &Value) -> Option<String> {
    match value {
        Value::Bit(bit) => Some(view.say(if *bit { words::ON } else { words::OFF }).to_owned()),
        Value::Number(number) if number.is_finite() => {
            let rounded = format!("{number:.3}");
            let short = rounded.trim_end_matches('0').trim_end_matches('.');
            Some(short.to_owned())
        }
        Value::Number(_) => None,
        Value::State(index) => {
            let states = point.encoding.states.as_ref()?;
            Some(states.get(usize::from(*index))?.name.get(view.language()).to_owned())
        }
        Value::Text(text) => Some(text.to_string()),
    }
}
