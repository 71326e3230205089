//! What a device can be told to do.
//!
//! Takes: the entries of `[commands]`, of the profile or of an array, and the points they may name.
//! Gives: [`CommandSpec`]s.
//! Never: a write outside of the table, a read-only table, or a feedback that names no point.

use std::collections::BTreeMap;
use std::time::Duration;

use super::alarms::{Home, condition, on};
use super::point_rows::Points;
use super::{keys, writes};
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::problem::{Problems, nearest};
use crate::engine::base::Text;
use crate::engine::profile::{CommandSpec, Danger, Feedback, Table, WriteSpec};

/// The verbs that mean the same on every device; a profile may have its own beside them.
const VERBS: [&str; 8] = ["silence", "reset", "isolate", "release", "start", "stop", "set-clock", "self-test"];
/// Verbs that cannot release extinguishing agent.
const HARMLESS: [&str; 6] = ["silence", "reset", "isolate", "release", "set-clock", "self-test"];
/// Words of `danger`.
const DANGERS: [(&str, Danger); 3] =
    [("plain", Danger::Plain), ("armed", Danger::Armed), ("discharge", Danger::Discharge)];

/// Reads the commands; in an array `inherited` is its table.
pub fn read(
    entries: &[(Name<'_>, Node<'_>)],
    points: &Points<'_>,
    inherited: Option<Table>,
    problems: &Problems,
) -> Vec<CommandSpec> {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut list = Vec::new();
    for (name, node) in entries {
        check_segment(name.text, name.spot.clone(), problems);
        let Some(fields) = node.fields(&keys::COMMAND) else { continue };
        let Some(command) = command(name, &fields, points, inherited, problems) else { continue };
        let segment = match (inherited, command.on) {
            (Some(_), _) => String::new(),
            (None, Some(slot)) => points.list[slot as usize].key.clone(),
            (None, None) => command.verb.clone(),
        };
        if let Some(other) = seen.insert((segment, command.verb.clone()), name.text.to_owned()) {
            let message = format!("\"{}\" is the same verb of the same point as \"{other}\"", name.text);
            problems.error(name.spot.clone(), message, "give one another \"verb\", or another point with \"on\"");
        }
        list.push(command);
    }
    list
}

fn command(
    name: &Name<'_>,
    fields: &Fields<'_>,
    points: &Points<'_>,
    inherited: Option<Table>,
    problems: &Problems,
) -> Option<CommandSpec> {
    let home = if inherited.is_some() { Home::Element } else { Home::Device };
    let text = fields.get("name").and_then(Node::both_languages);
    let verb = verb(name, fields, problems);
    let on = fields.get("on").and_then(|node| on(node, points, home));
    let danger = fields.get("danger").and_then(|node| node.word(&DANGERS)).unwrap_or_default();
    let written = fields.get("write").and_then(|node| writes::read(node, inherited));
    let sets_clock = matches!(written, Some(WriteSpec::Clock { .. }));
    let ttl = fields.get("ttl").and_then(|node| {
        // What it writes is the time at which it is sent off.
        let most = if sets_clock { 2 } else { 60 };
        node.duration(Duration::from_secs(1)..=Duration::from_secs(most))
    });
    let feedback = feedback(name, fields, points, problems);
    let pulse = fields.get("pulse").and_then(|node| writes::pulse(node, written.as_ref()?));
    fit_danger(danger, &verb, fields);
    Some(CommandSpec {
        name: text.unwrap_or_else(|| Text::same(&verb)),
        verb,
        on,
        write: written?,
        danger,
        ttl: ttl.unwrap_or(Duration::from_secs(if sets_clock { 2 } else { 5 })),
        feedback,
        pulse,
    })
}

fn verb(name: &Name<'_>, fields: &Fields<'_>, problems: &Problems) -> String {
    let (verb, spot) = match fields.get("verb").map(|node| (node.segment(), node.spot())) {
        Some((Some(verb), spot)) => (verb, spot),
        _ => (name.text, name.spot.clone()),
    };
    if !VERBS.contains(&verb)
        && let Some(near) = nearest(verb, &VERBS)
    {
        problems.warning(
            spot,
            format!("\"{verb}\" is a verb of this profile alone"),
            format!("did you mean \"{near}\"?"),
        );
    }
    verb.to_owned()
}

fn feedback(name: &Name<'_>, fields: &Fields<'_>, points: &Points<'_>, problems: &Problems) -> Option<Feedback> {
    let Some(node) = fields.get("feedback") else {
        let message = format!("\"{}\" has no feedback: nobody will know whether it was done", name.text);
        let hint = "feedback = { when = \"…\", within = \"10s\" }, or feedback = \"none\" if there is none to be had";
        problems.warning(name.spot.clone(), message, hint);
        return None;
    };
    if matches!(node.value(), toml::de::DeValue::String(text) if text == "none") {
        return None;
    }
    let fields = node.fields(&keys::FEEDBACK)?;
    let when = fields.get("when").and_then(|node| condition(node, points, problems));
    let bounds = Duration::from_millis(100)..=Duration::from_secs(300);
    let within = fields.get("within").and_then(|node| node.duration(bounds)).unwrap_or(Duration::from_secs(10));
    Some(Feedback { when: when?, within })
}

/// What the danger and the verb do not leave open.
fn fit_danger(danger: Danger, verb: &str, fields: &Fields<'_>) {
    let Some(node) = fields.get("danger") else { return };
    match danger {
        Danger::Discharge if HARMLESS.contains(&verb) => {
            node.error(format!("\"{verb}\" releases nothing"), "danger = \"plain\" or \"armed\"");
        }
        Danger::Armed if matches!(verb, "silence" | "reset") => {
            let message = format!("an armed \"{verb}\" is not sent along when a person makes a {verb} at the console");
            node.warning(message, "danger = \"plain\" sends it along");
        }
        _ => {}
    }
}

/// Reports commands of array elements that some element of the declared ranges has outside of the table.
pub fn check_range(commands: &[CommandSpec], bases: &[(u16, u16, i64)], node: Node<'_>) {
    for command in commands {
        let ends = command.pulse.iter().map(|pulse| &pulse.end);
        for (number_of_loop, index, base) in bases {
            for write in std::iter::once(&command.write).chain(ends.clone()) {
                let (first, count) = write.covers();
                let first = base + i64::from(first);
                if first < 0 || first + i64::from(count) > 65536 {
                    let message = format!(
                        "\"{}\" of loop {number_of_loop} index {index} would write at {first}, outside of 0 to 65535",
                        command.verb
                    );
                    node.error(message, "");
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "commands_tests.rs"]
mod tests;
