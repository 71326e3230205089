//! What the stories can command: `panel-2`, which can be silenced and reset, and `pump-1`; both are on the bus `lan`, in
//! building 2, with control enabled. `panel-3` has two loops, and points of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::alarm::State;
use tocsin::engine::base::{Category, DeviceId, EventId, Now, PointId, Text};
use tocsin::engine::poll::{CommandFailure, CommandNews, Progress};
use tocsin::engine::profile::{
    Affine, ArraySpec, CommandSpec, Danger, Expression, Feedback, Profile, Pulse, Table, Write, WriteSpec,
};
use tocsin::engine::site::{Command, Condition, Device, Equipment, Place, Rule, Site};

/// Adds both devices.
pub fn add(site: &mut Site, place: &Place) {
    let own = |verb| spec(verb, Danger::Plain);
    let panel = vec![own("silence"), own("reset")];
    let gas = (Some("gas"), spec("start", Danger::Discharge));
    let more = vec![(Some("d1"), own("isolate")), (Some("d1"), own("release")), gas];
    device(site, place, "panel-2", panel, more, &[("d1", Category::Fire), ("d1", Category::Fault)]);
    let start = CommandSpec {
        pulse: Some(Pulse { after: Duration::from_secs(2), end: write(false) }),
        ..spec("start", Danger::Armed)
    };
    let clock = CommandSpec {
        write: WriteSpec::Clock { address: 0, fields: vec!["year".into()] },
        feedback: None,
        ..spec("set-clock", Danger::Plain)
    };
    let pump = vec![clock, spec("prime", Danger::Plain)];
    let more = vec![(Some("pump"), start), (Some("pump"), own("stop"))];
    device(site, place, "pump-1", pump, more, &[]);
    looped(site, place);
    valves(site, place);
}

/// A panel with a detector and a sounder on each of two loops, and what it says of itself: a common fire and its sounder.
fn looped(site: &mut Site, place: &Place) {
    let conditions = [
        ("l1-d1", Category::Fire),
        ("l1-d2", Category::Fire),
        ("l2-d1", Category::Fire),
        ("l2-d1", Category::Fault),
        ("sounder", Category::Start),
        ("any", Category::Fire),
        ("cylinder", Category::Discharge),
    ];
    device(site, place, "panel-3", vec![spec("self-test", Danger::Plain)], Vec::new(), &conditions);
    let held = site.devices.last_mut().expect("just added");
    let array = ArraySpec {
        key: "detector".into(),
        naming: "l{loop}-d{index}".into(),
        address: Affine { constant: 0, per_loop: 100, per_index: 1 },
        loops: (1, 2),
        indices: (1, 99),
        fields: Vec::new(),
        alarms: Vec::new(),
        commands: Vec::new(),
        class: None,
        statuses: Vec::new(),
        without: Vec::new(),
    };
    held.profile = Arc::new(Profile { arrays: vec![array], ..(*held.profile).clone() });
}

/// Valves with secondary codes, one of which must be armed, and a cylinder group; the fourth has no control.
fn valves(site: &mut Site, place: &Place) {
    let both = |point, danger| vec![(Some(point), spec("start", danger)), (Some(point), spec("stop", danger))];
    let listed = [("m1", "042111", Danger::Plain), ("m2", "042112", Danger::Plain), ("m3", "042113", Danger::Armed)];
    let cylinder = ("m9", "042119", Danger::Discharge);
    coded(site, place, "panel-4", &[&listed[..], &[cylinder]].concat(), both);
    // Two panels that give the same code: it is unique at each of them.
    coded(site, place, "panel-6", &[("m1", "052111", Danger::Plain)], both);
    coded(site, place, "panel-7", &[("m1", "052111", Danger::Plain), ("m2", "052112", Danger::Plain)], both);
    coded(site, place, "panel-5", &[("m4", "042114", Danger::Plain)], both);
    site.devices.last_mut().expect("just added").control = false;
}

type Coded<'a> = (&'a str, &'a str, Danger);

fn coded<'a>(
    site: &mut Site,
    place: &Place,
    id: &str,
    listed: &[Coded<'a>],
    commands: impl Fn(&'a str, Danger) -> Vec<(Option<&'a str>, CommandSpec)>,
) {
    let first = site.commands.len() as u32;
    let more = listed.iter().flat_map(|(point, _, danger)| commands(point, *danger)).collect();
    device(site, place, id, vec![spec("cancel", Danger::Plain), spec("register", Danger::Plain)], more, &[]);
    let own = 2;
    for (number, (point, code, _)) in (0u32..).zip(listed) {
        let from = first + own + number * 2;
        site.equipment.push(Equipment {
            follows: Vec::new(),
            id: format!("{id}/{point}"),
            device: site.devices.len() as u32 - 1,
            class: None,
            name: Text::same(point),
            place: place.clone(),
            code: Some((*code).to_owned()),
            kind: Some("30".into()),
            statuses: BTreeMap::new(),
            rules: Vec::new(),
            commands: vec![from, from + 1],
            settings: BTreeMap::new(),
        });
    }
}

/// A command that takes five seconds at most.
pub fn spec(verb: &str, danger: Danger) -> CommandSpec {
    CommandSpec {
        verb: verb.into(),
        on: None,
        name: Text::same(verb),
        write: write(true),
        danger,
        ttl: Duration::from_secs(5),
        feedback: Some(Feedback { when: Expression::All(Vec::new()), within: Duration::from_secs(10) }),
        pulse: None,
    }
}

fn write(on: bool) -> WriteSpec {
    WriteSpec::Plain { table: Table::Coil, address: 7, write: Write::Coil(on) }
}

/// Adds a device with its conditions and commands.
pub fn device(
    site: &mut Site,
    place: &Place,
    id: &str,
    own: Vec<CommandSpec>,
    more: Vec<(Option<&str>, CommandSpec)>,
    conditions: &[(&str, Category)],
) {
    let number = site.devices.len() as u32;
    let (first_rule, first_command) = (site.rules.len() as u32, site.commands.len() as u32);
    for (point, category) in conditions {
        site.rules.push(Rule {
            follows: Vec::new(),
            advice: tocsin::engine::base::Text::default(),
            class: None,
            condition: Condition { point: PointId::of(&DeviceId::new(id), point), category: *category, level: None },
            device: number,
            name: Text::same(&format!("{id} {point}")),
            place: place.clone(),
            code: None,
            kind: None,
            latches: category.rules().latches,
            delay: Duration::ZERO,
            when: Expression::All(Vec::new()),
        });
    }
    for (at, spec) in own.iter().map(|spec| (None, spec.clone())).chain(more) {
        let point = PointId::of(&DeviceId::new(id), at.unwrap_or(&spec.verb));
        let name = Text::same(&format!("{} {}", point.as_str().replace('/', " "), spec.verb));
        site.commands.push(Command { point, device: number, name, place: place.clone(), spec });
    }
    let profile = Profile { holds_alarms: true, commands: own, ..Profile::new("test", "panel") };
    site.buses[0].devices.push(number);
    site.devices.push(Device {
        statuses: 0..0,
        id: DeviceId::new(id),
        name: Text::same(id),
        bus: 0,
        unit: number as u8 + 1,
        profile: Arc::new(profile),
        place: place.clone(),
        control: true,
        refused: None,
        points: 0..0,
        rules: first_rule..site.rules.len() as u32,
        commands: first_command..site.commands.len() as u32,
        address: 0,
    });
}

/// What a bus says of the last command of `verb` at `point`.
pub fn news(state: &State, point: &str, verb: &str, what: &str, now: Now) -> Result<CommandNews, String> {
    let failure = |word: &str| match word {
        "expired" => Ok(CommandFailure::Expired),
        "link-down" => Ok(CommandFailure::LinkDown),
        "refused" => Ok(CommandFailure::Refused(2)),
        "no-answer" => Ok(CommandFailure::NoAnswer),
        "no-feedback" => Ok(CommandFailure::NoFeedback),
        _ => Err(format!("no failure {word}")),
    };
    let progress = match what.split_once(':').unwrap_or((what, "")) {
        ("accepted", _) => Progress::Accepted,
        ("confirmed", _) => Progress::Confirmed,
        ("done", _) => Progress::Done,
        ("failed", why) => Progress::Failed(failure(why)?),
        ("pulse-ended", _) => Progress::PulseEnded,
        ("pulse-stuck", why) => Progress::PulseStuck(failure(why)?),
        _ => return Err(format!("no progress {what}")),
    };
    let named =
        |asked: &&tocsin::engine::alarm::CommandRecord| asked.asked.point.as_str() == point && asked.asked.verb == verb;
    let record = state.commands.values().rev().find(named).ok_or("no such command")?;
    Ok(CommandNews { id: record.id, progress, at: now })
}

/// The last arming, for `fire`.
pub fn last_armed(state: &State) -> Result<EventId, String> {
    state.armed.keys().next_back().copied().ok_or_else(|| "nothing is armed".into())
}
