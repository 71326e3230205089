//! Devices without a script: every one in a row of its bus, or one with its values.
//!
//! Takes: links, readings, reports of the buses.
//! Gives: the page `/devices/plain`.
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
            @match &wanted.device {
                None => {
                    h2 { (view.say(words::DEVICES)) " " b { (view.summary.devices.len() - view.summary.blind_devices()) "/" (view.summary.devices.len()) } }
                    (list(&view, &readings))
                }
                Some(id) => {
                    @for one in &view.summary.devices {
                        @let device = &site.devices[one.index as usize];
                        @if device.id.as_str() == id { (whole(&view, one, device, &readings)) }
                    }
                    p { a .button href="/devices/plain" { (view.say(words::BACK)) } }
                }
            }
        }
    };
    page(&view, view.say(words::DEVICES), Liveness::Measuring, body)
}

/// How a link stands, in words.
fn link_words(view: &View, one: &DeviceView, device: &Device) -> &'static str {
    view.say(match one.up {
        Some(true) => words::LINK_UP,
        Some(false) if device.refused.is_some() => words::REFUSED_DEVICE,
        Some(false) => words::LINK_DOWN,
        None => words::LINK_NEVER,
    })
}

/// Every device in one row, bus by bus, in the order of the site.
fn list(view: &View, readings: &[Reading]) -> Markup {
    let site = &view.web.services.site;
    let heads = [
        words::H_STATE,
        words::DEVICES,
        words::H_PLACE,
        words::H_UNIT,
        words::H_MODEL,
        words::H_UNKNOWN,
        words::H_STANDS,
    ];
    html! {
        table .device-rows {
            thead { tr { @for phrase in heads { th scope="col" { (view.say(phrase)) } } } }
            @for bus in site.buses.iter().filter(|bus| !bus.devices.is_empty()) {
                tbody {
                    tr .of-bus { th colspan=(heads.len()) scope="rowgroup" { (bus.name.get(view.language())) " " code { (bus.id) } } }
                    @for index in &bus.devices {
                        @if let Some(one) = view.summary.devices.get(*index as usize) { (row(view, one, readings)) }
                    }
                }
            }
        }
    }
}

fn row(view: &View, one: &DeviceView, readings: &[Reading]) -> Markup {
    let device = &view.web.services.site.devices[one.index as usize];
    let up = one.up == Some(true);
    let of_bus = if device.unit > 0 { format!("#{}", device.unit) } else { String::new() };
    let label = |phrase| view.say(phrase);
    html! {
        tr .unknown[!up] #(device.id.as_str()) {
            td .c-link data-label=(label(words::H_STATE)) { (symbol(if up { "link" } else { "link-broken" })) strong { (link_words(view, one, device)) } }
            th scope="row" { a href={ "/devices/plain?device=" (device.id) } { (device.name.get(view.language())) } " " code { (device.id) } }
            td data-label=(label(words::H_PLACE)) { (place_words(view, &device.place)) }
            td data-label=(label(words::H_UNIT)) { (of_bus) }
            td data-label=(label(words::H_MODEL)) { (device.profile.vendor) " " (device.profile.model) }
            td .c-unknown data-label=(label(words::H_UNKNOWN)) { @if one.unknown > 0 { b { "? " (one.unknown) "/" (one.points) } } @else { "0/" (one.points) } }
            td .c-stands data-label=(label(words::H_STANDS)) {
                @if up { (statuses(view, one, readings, false)) }
                @else {
                    (one.reason.get(view.language())) " "
                    span .fine { span data-since=(since_ms(one.since)) { (age(view.now.wall.since(one.since), view.language())) } }
                }
            }
        }
    }
}

/// One device with its values and its commands.
fn whole(view: &View, one: &DeviceView, device: &Device, readings: &[Reading]) -> Markup {
    let site = &view.web.services.site;
    let points = site.points_of(device);
    let heads = [words::H_POINT, words::H_VALUE, words::H_QUALITY, words::H_HELD];
    html! {
        article .device .hatched[one.up != Some(true)] #(device.id.as_str()) {
            header {
                h3 { (symbol(if one.up == Some(true) { "link" } else { "link-broken" })) (device.name.get(view.language())) }
                p { strong { (link_words(view, one, device)) } " "
                    @if one.up != Some(true) { span data-since=(since_ms(one.since)) { (age(view.now.wall.since(one.since), view.language())) } }
                    @if !one.reason.en.is_empty() { " · " (one.reason.get(view.language())) } }
                p .fine { (place_words(view, &device.place)) " · " code { (device.id) } " · " (device.profile.vendor) " " (device.profile.model)
                    " · " code { (site.buses[device.bus as usize].id) ":" (device.unit) } " · " span .oldest { (oldest(view, device)) } }
                @if one.unknown > 0 { p .unknown-count { b { "? " (one.unknown) "/" (one.points) } " " (view.say(words::H_UNKNOWN)) } }
            }
            (statuses(view, one, readings, true))
            @if !points.is_empty() {
                table .device-values {
                    thead { tr { @for phrase in heads { th scope="col" { (view.say(phrase)) } } } }
                    tbody { @for (index, point) in points.iter().enumerate() {
                        @if let Some(reading) = readings.get(device.points.start as usize + index) { (point_row(view, point, reading)) }
                    } }
                }
            }
            (super::commands::table(view, &own_commands(view, device), device.control, &format!("/devices/plain?device={}", device.id)))
        }
    }
}

/// What it shows of itself, in the words of its class; what is not ordinary stands out. In a row only that is listed, and what
/// is on and has no ordinary state.
fn statuses(view: &View, one: &DeviceView, readings: &[Reading], all: bool) -> Markup {
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
                @let plain = truth == Truth::False || known.is_some_and(|known| known.normal.is_some());
                @if all || odd || truth == Truth::Unknown || !plain { li .odd[odd] .unknown[truth == Truth::Unknown] {
                    (known.map_or(key.as_str(), |known| known.name.get(view.language()))) " "
                    b { @match truth {
                        Truth::True => { (view.say(words::ON)) }
                        Truth::False => { (view.say(words::OFF)) }
                        Truth::Unknown => { "? " (view.say(words::UNKNOWN_VALUE)) }
                    } }
                } }
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
    let quality = view.say(words::H_QUALITY);
    html! {
        tr .unknown[shown.is_none()] {
            th scope="row" { (point.name.get(view.language())) " " code { (point.id.point()) } }
            @match (shown, &reading.known) {
                (Some(text), _) => { td .value data-label=(view.say(words::H_VALUE)) { (text) @if !point.unit.is_empty() { " " small { (point.unit) } } } td data-label=(quality) { (view.say(words::GOOD)) } }
                (None, Err(reason)) => { td .value data-label=(view.say(words::H_VALUE)) { b { "?" } " " (view.say(words::UNKNOWN_VALUE)) } td data-label=(quality) { (view.say(words::reason(*reason))) } }
                (None, Ok(_)) => { td .value data-label=(view.say(words::H_VALUE)) { b { "?" } " " (view.say(words::UNKNOWN_VALUE)) } td data-label=(quality) { (view.say(words::Q_BAD)) } }
            }
            td .c-age data-label=(view.say(words::H_HELD)) { (lapse) }
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
