//! A site with linkages, for stories that begin with `site linkages`: the panel `lp` with ten detectors and a call point,
//! and the fan, pump, air handler and gas extinguishing that it governs.

use std::time::Duration;

use tocsin::engine::base::{Category, DeviceId, PointId, Text, Truth, Verdict};
use tocsin::engine::poll::StatusEdge;
use tocsin::engine::profile::{Danger, Expression};
use tocsin::engine::site::{
    Action, Alarms, Deed, Equipment, Linkage, Mode, Place, Proof, Quantity, Sign, Site, Status, Target, When,
};

use super::equipment::{device, spec};

const DETECTORS: [&str; 10] = ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10"];

/// Adds the devices and their linkages.
pub fn add(site: &mut Site, place: &Place) {
    let allowed = ["start-auto-allowed", "start-manual-allowed", "spray-allowed", "aborted"];
    let mut conditions: Vec<(&str, Category)> = DETECTORS.iter().map(|name| (*name, Category::Fire)).collect();
    conditions.extend([("c1", Category::Fire), ("d2", Category::Disabled)]);
    held(site, place, "lp", "panel", &allowed, &conditions, &[]);
    held(site, place, "fan-1", "smoke-fan", &["running"], &[("fan", Category::Start)], &["start", "stop"]);
    held(site, place, "pump-9", "fire-pump", &["running"], &[], &["start", "stop"]);
    held(site, place, "ahu-1", "air-handler", &["stopped"], &[], &["stop"]);
    held(site, place, "gas-1", "extinguishing", &["released"], &[], &["start", "stop"]);
    let panel = number_of(site, "lp");
    for governed in ["fan-1", "pump-9", "ahu-1", "gas-1"] {
        let governed = number_of(site, governed);
        site.panels.insert(governed, panel);
    }
    let start =
        |site: &Site, id, delay| action(site, "start", id, if id == "gas-1" { "released" } else { "running" }, delay);
    let watched = Action {
        targets: vec![Target { command: None, ..target(site, "fan-1", "start", "running") }],
        ..start(site, "fan-1", 0)
    };
    let proposed = start(site, "fan-1", 0);
    let pump = Action { call_points: vec![rule(site, "c1")], call_point_ends_delay: true, ..start(site, "pump-9", 30) };
    let air = action(site, "stop", "ahu-1", "stopped", 0);
    let halt = action(site, "stop", "pump-9", "running", 0);
    // What a careless or hostile file would say: the class of the target decides all the same.
    let gas = Action {
        discharge: true,
        call_points: vec![rule(site, "c1")],
        call_point_ends_delay: true,
        ..start(site, "gas-1", 30)
    };
    let hostile = start(site, "gas-1", 0);
    let wild = Action { wildcard: true, ..start(site, "gas-1", 0) };
    let judged = start(site, "pump-9", 0);
    let fires = |site: &Site, points: &[&str], at_least| When::Alarms(set(site, points), Quantity { at_least });
    let linkages = [
        ("watch", Mode::Monitor, fires(site, &["d1"], 1), vec![watched]),
        ("propose", Mode::Manual, fires(site, &["d2"], 1), vec![proposed]),
        ("auto", Mode::Auto, fires(site, &["d3"], 1), vec![pump, air, halt]),
        ("gas", Mode::Auto, fires(site, &["d4", "d5", "d6"], 2), vec![gas]),
        ("hostile", Mode::Auto, fires(site, &["d7"], 1), vec![hostile]),
        ("wild", Mode::Auto, fires(site, &["d8", "d9"], 2), vec![wild]),
        ("judged", Mode::Auto, When::Judged(set(site, &["d10"]), Verdict::Real), vec![judged]),
    ];
    for (id, mode, when, actions) in linkages {
        site.linkages.push(Linkage {
            id: id.into(),
            name: Text::same(id),
            mode,
            when,
            actions,
            panel: None,
            origin: String::new(),
            rows: Vec::new(),
        });
    }
}

fn number_of(site: &Site, id: &str) -> u32 {
    site.devices.iter().position(|held| held.id.as_str() == id).expect("a device of the site") as u32
}

fn rule(site: &Site, point: &str) -> u32 {
    let wanted = format!("lp/{point}:fire");
    site.rules.iter().position(|rule| rule.condition.to_string() == wanted).expect("a detector") as u32
}

fn set(site: &Site, points: &[&str]) -> Alarms {
    Alarms { rules: points.iter().map(|point| rule(site, point)).collect(), unlisted: None }
}

fn held(
    site: &mut Site,
    place: &Place,
    id: &str,
    class: &str,
    statuses: &[&str],
    conditions: &[(&str, Category)],
    verbs: &[&str],
) {
    let number = site.equipment.len() as u32;
    let more = verbs.iter().map(|verb| (Some("run"), spec(verb, Danger::Plain))).collect();
    device(site, place, id, Vec::new(), more, conditions);
    let at = site.devices.len() as u32 - 1;
    let first = site.statuses.len() as u32;
    for key in statuses {
        site.statuses.push(Status {
            id: PointId::of(&DeviceId::new(id), key),
            device: at,
            equipment: number,
            key: (*key).into(),
            name: Text::same(&format!("{id} {key}")),
            when: Expression::All(Vec::new()),
        });
    }
    let device = site.devices.last_mut().expect("just added");
    device.statuses = first..site.statuses.len() as u32;
    site.equipment.push(Equipment {
        follows: Vec::new(),
        id: id.into(),
        device: at,
        class: site.classes.find(class).map(|(class, _)| class),
        name: Text::same(id),
        place: place.clone(),
        code: None,
        kind: None,
        statuses: (first..).zip(statuses).map(|(at, key)| ((*key).to_owned(), at)).collect(),
        rules: device.rules.clone().collect(),
        commands: device.commands.clone().collect(),
        settings: std::collections::BTreeMap::default(),
    });
}

fn target(site: &Site, id: &str, verb: &str, sign: &str) -> Target {
    let equipment = site.equipment.iter().position(|held| held.id == id).expect("equipment of the site") as u32;
    let held = &site.equipment[equipment as usize];
    let is = verb == "start" || sign == "stopped";
    let command = held.commands.iter().copied().find(|at| site.commands[*at as usize].spec.verb == verb);
    let sign = Sign::Status { status: held.statuses[sign], is };
    let feedback = Some(Proof { sign, within: Duration::from_secs(10) });
    Target { equipment, point: PointId::of(&DeviceId::new(id), "run"), command, feedback }
}

fn action(site: &Site, verb: &str, id: &str, sign: &str, delay: u64) -> Action {
    Action {
        name: Text::same(&format!("{verb} {id}")),
        deed: Deed { verb: verb.into() },
        targets: vec![target(site, id, verb, sign)],
        wildcard: false,
        delay: Duration::from_secs(delay),
        call_point_ends_delay: false,
        call_points: Vec::new(),
        full_automatic: false,
        discharge: false,
        interlock: None,
        advice: Text::new("到现场操作", "Do it on the spot"),
    }
}

/// What equipment shows: `status fan-1/running true`.
pub fn status(site: &Site, id: &str, truth: &str, now: tocsin::engine::base::Now) -> Result<StatusEdge, String> {
    let status = site.statuses.iter().position(|held| held.id.as_str() == id).ok_or("no such status")? as u32;
    let truth = match truth {
        "true" => Truth::True,
        "false" => Truth::False,
        _ => Truth::Unknown,
    };
    Ok(StatusEdge { status, truth, at: now })
}
