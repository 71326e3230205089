//! The parts of a screen around its alarms.
//!
//! Takes: the summary, the shown state.
//! Gives: one JSON for each section.
//! Never: a time that runs by itself: a section differs only when something happened.

use serde_json::{Value, json};

use super::dark::dark;
use super::last::Last;
use crate::edge::web::lamps::{lit, sentence, word_symbol};
use crate::edge::web::resets::latched;
use crate::edge::web::summary::Summary;
use crate::edge::web::window::Window;
use crate::edge::web::wording::both;
use crate::edge::web::{Web, apps, words};
use crate::engine::alarm::{Isolation, Occurrence, Source, State, opposite};
use crate::engine::base::{Category, DeviceId, Text, Wall};
use crate::live::command_document::command_document;
use crate::live::linkage_document::run_document;

/// Commands on a screen; a person who wants an older one has its id.
const COMMANDS: usize = 60;

/// Every section with its name.
pub fn all(
    web: &Web,
    summary: &Summary,
    state: &State,
    last: &Last,
    since: Option<Wall>,
) -> Vec<(&'static str, String)> {
    let sections: [(&'static str, Value); 14] = [
        ("site", site(web)),
        ("banner", banner(web, summary, since)),
        ("lamps", lamps(summary)),
        ("windows", windows(summary)),
        ("sound", web.sound_document(summary)),
        ("modes", modes(web, summary, state)),
        ("isolations", isolations(web, summary, state)),
        ("scopes", web.scopes_document(&summary.scopes)),
        ("linkages", linkages(web, state)),
        ("resets", resets(web, state)),
        ("commands", commands(web, state)),
        ("duty", duty(web, state)),
        ("health", health(web, summary)),
        ("last", last.document()),
    ];
    sections.into_iter().map(|(name, section)| (name, section.to_string())).collect()
}

fn site(web: &Web) -> Value {
    let site = &web.services.site;
    let building = |building: &crate::engine::site::Building| json!({ "id": building.id, "name": building.name, "floors": building.floors });
    json!({
        "id": site.id, "name": site.name, "version": env!("CARGO_PKG_VERSION"), "build": apps::build(),
        "buildings": site.buildings.iter().map(building).collect::<Vec<_>>(),
    })
}

fn banner(web: &Web, summary: &Summary, since: Option<Wall>) -> Value {
    let site = &web.services.site;
    let count = summary.count(summary.word.categories());
    let mut text = words::state(summary.word).text();
    if summary.isolated {
        text.zh = format!("{} - {}", text.zh, words::ISOLATED_SUFFIX.zh);
        text.en = format!("{} - {}", text.en, words::ISOLATED_SUFFIX.en);
    }
    let blind = summary.devices.iter().filter(|device| device.is_blind());
    let names: Vec<&Text> = blind.map(|device| &site.devices[device.index as usize].name).collect();
    let fault = summary.parts.iter().find_map(|(part, fault)| Some((part.text(), fault.as_ref()?)));
    let sentence = match (sentence(summary), &summary.subject, fault) {
        (Some(phrase), ..) => Some(phrase.text()),
        (None, None, Some((part, fault))) => {
            Some(Text { zh: format!("{}：{}", part.zh, fault.zh), en: format!("{}: {}", part.en, fault.en) })
        }
        _ => None,
    };
    json!({
        "state": summary.word.as_str(), "text": text, "symbol": word_symbol(summary.word),
        "isolated": summary.isolated, "alarming": summary.word.is_alarm(),
        "alarm": summary.subject.as_ref().map(|one| one.id), "beside": summary.beside.as_ref().map(|one| one.id),
        "total": count.total, "unacknowledged": count.unacknowledged,
        "since": since.map(|since| web.when.rfc3339(since)), "sentence": sentence, "names": names, "unrecorded": summary.unrecorded,
    })
}

fn lamps(summary: &Summary) -> Value {
    let document = |lamp: crate::edge::web::lamps::Lit| {
        let mut document = json!({
            "id": lamp.id, "symbol": lamp.symbol, "label": lamp.label.text(), "total": lamp.count.total,
            "unacknowledged": lamp.count.unacknowledged, "lit": lamp.lit, "blind": lamp.blind,
        });
        if let Some((up, of)) = lamp.links {
            document["up"] = json!(up);
            document["of"] = json!(of);
        }
        document
    };
    Value::Array(lit(summary).into_iter().map(document).collect())
}

fn windows(summary: &Summary) -> Value {
    let one = |window: Window| {
        let count = summary.count(window.categories());
        (window.as_str().to_owned(), json!({ "unacknowledged": count.unacknowledged, "total": count.total }))
    };
    Value::Object(Window::ALL.into_iter().map(one).collect())
}

/// Permissions of each panel, and its mains and battery: null while it cannot be read.
fn modes(web: &Web, summary: &Summary, state: &State) -> Value {
    let site = &web.services.site;
    let mut panels = web.modes_document();
    for panel in &mut panels {
        let id = DeviceId::new(panel["device"].as_str().unwrap_or_default());
        let Some(index) = site.devices.iter().position(|device| device.id == id) else { continue };
        panel["name"] = json!(site.devices[index].name);
        let blind = summary.devices.get(index).is_none_or(|view| view.up != Some(true));
        for (word, category) in [("mains", Category::MainsFault), ("backup", Category::BackupFault)] {
            if let Some(well) = supply(site, state, index, category) {
                panel[word] = if blind { Value::Null } else { json!(well) };
            }
        }
    }
    let controlled = site.devices.iter().filter(|device| device.control).count();
    json!({ "control_devices": controlled, "panels": panels })
}

/// Whether a supply of a device is well; none where the device does not say, or its source is unknown.
fn supply(site: &crate::engine::site::Site, state: &State, device: usize, category: Category) -> Option<Value> {
    let id = &site.devices[device].id;
    let of = |point: &crate::engine::base::PointId, found: Category| found == category && point.device() == id.as_str();
    site.rules.iter().find(|rule| of(&rule.condition.point, rule.condition.category))?;
    let open = state.occurrences.values().filter(|one| one.is_open());
    let sources: Vec<Source> =
        open.filter(|one| of(&one.raise.condition.point, one.raise.condition.category)).map(|one| one.source).collect();
    Some(match () {
        () if sources.contains(&Source::Active) => json!(false),
        () if sources.contains(&Source::Unknown) => Value::Null,
        () => json!(true),
    })
}

fn isolations(web: &Web, summary: &Summary, state: &State) -> Value {
    let site = &web.services.site;
    let desk = |one: &Isolation| {
        let words = |say: crate::edge::web::wording::Wording<'_>| {
            let left = say.name_rest(&one.name, &one.place);
            say.headed(&one.name, &one.place, left)
        };
        json!({
            "id": one.id, "point": one.point, "name": one.name, "place": one.place,
            "head": both(site, |say| words(say).0), "left": both(site, |say| words(say).1),
            "by": one.by.user, "since": web.when.rfc3339(one.since), "reason": one.reason,
            "review_at": web.when.rfc3339(one.review.due()), "overdue": one.overdue, "at": "desk",
        })
    };
    let panel = |one: &Occurrence| {
        json!({
            "id": one.id, "point": one.raise.condition.point, "name": one.raise.name, "place": one.raise.place,
            "head": both(site, |say| say.row(&one.raise).0), "left": both(site, |say| say.row(&one.raise).1),
            "by": Value::Null, "since": web.when.rfc3339(one.raised_at), "reason": Value::Null,
            "review_at": Value::Null, "overdue": false, "at": "panel",
        })
    };
    let all = summary.isolations.iter().map(desk).chain(state.disabled_at_panels().map(panel));
    Value::Array(all.collect())
}

fn linkages(web: &Web, state: &State) -> Value {
    let open = state.linkages.values().filter(|run| run.is_open());
    json!(open.map(|run| run_document(run, web.when.zone())).collect::<Vec<_>>())
}

/// The newest commands, newest first, with how far each is; what is armed now, by whom and until when.
fn commands(web: &Web, state: &State) -> Value {
    let zone = web.when.zone();
    let sent = state.commands.values().rev().take(COMMANDS).map(|record| {
        let told = command_document(record, zone);
        let way_back = |verb| web.services.site.command(&told.point, verb).is_some();
        let back = told.lamp != "off" && told.withdrawn.is_none() && opposite(&told.verb).is_some_and(way_back);
        json!({
            "id": told.id, "point": told.point, "verb": told.verb, "name": told.name, "by": told.by, "state": told.state,
            "settled": told.settled, "withdrawn": told.withdrawn, "back": back, "requested_at": told.requested_at,
            "failure": told.failure.map(|failure| failure.message),
        })
    });
    let now = web.now().wall;
    let armed = state.armed.iter().filter(|(_, arming)| arming.until.due() > now);
    let armed = armed.map(|(id, arming)| {
        json!({
            "id": id, "point": arming.point, "verb": arming.verb, "by": arming.by,
            "until": web.when.rfc3339(arming.until.due()),
        })
    });
    json!({ "sent": sent.collect::<Vec<_>>(), "armed": armed.collect::<Vec<_>>() })
}

fn resets(web: &Web, state: &State) -> Value {
    let site = &web.services.site;
    let document = |((kind, id), waiting): ((&'static str, &str), Vec<&Occurrence>)| {
        let device = || site.devices.iter().find(|device| device.id.as_str() == id).map(|device| device.name.clone());
        let name = if kind == "building" {
            site.building_name(id).clone()
        } else {
            device().unwrap_or_else(|| Text::same(id))
        };
        let owed = waiting.iter().filter(|one| one.is_unacknowledged()).map(|one| one.id);
        json!({
            "scope": { kind: id }, "name": name, "waiting": waiting.iter().map(|one| one.id).collect::<Vec<_>>(),
            "owed": owed.collect::<Vec<_>>(), "ready": waiting.iter().all(|one| one.is_ready_to_reset()),
        })
    };
    Value::Array(latched(state).into_iter().map(document).collect())
}

fn duty(web: &Web, state: &State) -> Value {
    let when = &web.when;
    let duty = &state.duty;
    let present = duty.present.values();
    let present =
        present.map(|held| json!({ "user": held.by.user, "role": held.by.role, "since": when.rfc3339(held.since) }));
    let rounds = web.services.site.plans.iter().filter_map(|plan| {
        let round = duty.plans.get(&plan.key())?.round.as_ref()?;
        let until = when.rfc3339(round.due.until.due());
        Some(json!({ "id": round.id, "name": plan.name, "until": until, "overdue": round.overdue }))
    });
    json!({
        "needs": web.services.site.settings.on_duty, "present": present.collect::<Vec<_>>(),
        "rounds": rounds.collect::<Vec<_>>(), "unrecorded": duty.unrecorded.len(),
    })
}

fn health(web: &Web, summary: &Summary) -> Value {
    let site = &web.services.site;
    let parts = summary.parts.iter();
    let parts = parts.map(|(part, fault)| json!({ "part": part.segment(), "name": part.text(), "fault": fault }));
    let blind = summary.devices.iter().filter(|device| device.is_blind()).map(|view| {
        let device = &site.devices[view.index as usize];
        json!({
            "device": device.id, "name": device.name, "building": device.place.building, "up": view.up,
            "unknown": view.unknown, "points": view.points, "reason": view.reason,
        })
    });
    json!({
        "parts": parts.collect::<Vec<_>>(), "blind": blind.collect::<Vec<_>>(),
        "dark": dark(site, &summary.devices).document(), "devices": summary.devices.len(),
        "points": summary.devices.iter().map(|device| device.points).sum::<usize>(),
        "gathered_points": summary.devices.iter().map(|device| device.gathered).sum::<usize>(),
        "unknown_points": summary.devices.iter().map(|device| device.unknown).sum::<usize>(),
    })
}
