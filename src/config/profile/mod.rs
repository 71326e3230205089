//! `profile.toml` -> a checked [`Profile`]; all problems at once.
//!
//! Takes: a folder such as `device-profiles/deepsea-gencomm`.
//! Gives: [`load`], [`parse`], [`find`] and [`list`].
//! Never: a profile whose rows overlap the end of a table, or whose fire rules wait.

mod affine;
mod alarms;
mod arrays;
mod commands;
mod encoding;
pub mod keys;
mod memory;
mod patterns;
mod point_rows;
mod points;
mod proviso;
mod rates;
mod regions;
mod remembered;
mod shared;
mod speech;
mod spoken;
mod statuses;
mod writes;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::class;
use super::document::{Fields, Node, Source, check_segment};
use super::problem::{Problem, Problems, Spot};
use crate::engine::class::Classes;
use crate::engine::profile::{Link, Pace, Profile, Verified, Workarounds};
use shared::SharedStates;
use statuses::Words;

/// The file that makes a folder a profile.
pub const FILE: &str = "profile.toml";

/// Words of `verified`.
const VERIFIED: [(&str, Verified); 3] =
    [("hardware", Verified::Hardware), ("capture", Verified::Capture), ("manual-only", Verified::ManualOnly)];

/// Words of `poll`.
pub(super) const PACES: [(&str, Pace); 4] =
    [("fire", Pace::Fire), ("fast", Pace::Fast), ("normal", Pace::Normal), ("slow", Pace::Slow)];

/// Reads the profile in `folder`; its id is the folder's name. Gives the profile and what is worth a look, or everything
/// that is wrong. Problems call the file by its [`label`].
pub fn load(folder: &Path) -> Result<(Profile, Vec<Problem>), Vec<Problem>> {
    let (id, file) = label(folder);
    let classes = class::of_profile(folder)?;
    match fs::read(folder.join(FILE)) {
        Ok(bytes) => parse_with(&id, &file, &bytes, &classes),
        Err(error) => {
            let problems = Problems::default();
            problems.error(Spot::file(&file), format!("cannot be read: {error}"), "");
            Err(problems.sorted())
        }
    }
}

/// The id of the profile in `folder`, and how problems call its file: `device-profiles/eastron-sdm630/profile.toml`.
pub fn label(folder: &Path) -> (String, String) {
    let name = |path: Option<&Path>| path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let id = name(Some(folder)).unwrap_or_default();
    let file = match name(folder.parent()) {
        Some(parent) => format!("{parent}/{id}/{FILE}"),
        None => format!("{id}/{FILE}"),
    };
    (id, file)
}

/// Reads a profile of a shipped class from the bytes of its file; `file` is how problems call it.
pub fn parse(id: &str, file: &str, bytes: &[u8]) -> Result<(Profile, Vec<Problem>), Vec<Problem>> {
    parse_with(id, file, bytes, &class::shipped())
}

/// The same, of one of these classes.
pub fn parse_with(
    id: &str,
    file: &str,
    bytes: &[u8],
    classes: &Classes,
) -> Result<(Profile, Vec<Problem>), Vec<Problem>> {
    let problems = Problems::default();
    let profile = match std::str::from_utf8(bytes) {
        Ok(text) => {
            let source = Source::new(file, text.to_owned());
            source.parse(&problems).map(|table| {
                check_segment(id, Spot::file(file), &problems);
                read(id, &source.root(&table, &keys::PROFILE, &problems), classes, &problems)
            })
        }
        Err(_) => {
            problems.error(Spot::file(file), "is not UTF-8 text", "save it as UTF-8");
            None
        }
    };
    match profile {
        Some(profile) if !problems.has_errors() => Ok((profile, problems.sorted())),
        _ => Err(problems.sorted()),
    }
}

/// Finds a profile by id; the first of `folders` that has it wins, so a site's own copy overrides a shipped one.
pub fn find(id: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(id)).find(|folder| folder.join(FILE).is_file())
}

/// Every profile in `folders` with its folder, sorted by id.
pub fn list(folders: &[PathBuf]) -> Vec<(String, PathBuf)> {
    let mut all = std::collections::BTreeMap::new();
    for folder in folders {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.join(FILE).is_file() {
                all.entry(entry.file_name().to_string_lossy().into_owned()).or_insert(path);
            }
        }
    }
    all.into_iter().collect()
}

fn read(id: &str, root: &Fields<'_>, classes: &Classes, problems: &Problems) -> Profile {
    let head = head(id, root);
    let class = root.get("class").and_then(|node| class::known(node, classes));
    let words = Words { classes, class };
    if let Some(profile) = speech::profile(&head, root, problems) {
        return profile;
    }
    let shared = SharedStates::new(&root.entries("states"));
    let mut points = points::read(&root.entries("points"), None, &shared, problems);
    (points.settings, points.class_alarms) = (words.settings(), words.alarms());
    let alarms = alarms::read(&root.entries("alarms"), &points, alarms::Home::Device, problems);
    let commands = commands::read(&root.entries("commands"), &points, None, problems);
    let statuses = statuses::read(&root.entries("status"), &points, words, problems);
    let without = statuses::without(root, words, &alarms);
    let mut own = arrays::Own { words, points: &mut points, alarms: &alarms, commands: &commands };
    let arrays = arrays::read(&root.entries("arrays"), &mut own, &shared, problems);
    shared.warn_of_unused(problems);
    if points.list.is_empty() && arrays.is_empty() && root.get("points").is_none() && root.get("arrays").is_none() {
        problems.error(root.spot(), "a profile needs points", "add [points] or [arrays.<name>]");
    }
    let memory = memory::read(root, &points.list, &alarms);
    let points = points.list;
    let profile =
        Profile { link: link(root, problems), points, alarms, commands, statuses, without, arrays, memory, ..head };
    regions::check(&profile, root, problems);
    profile
}

/// What every profile has, whatever its devices speak.
fn head(id: &str, root: &Fields<'_>) -> Profile {
    let text = |key: &str| root.get(key).and_then(Node::text).unwrap_or_default().to_owned();
    Profile {
        vendor: text("vendor"),
        model: text("model"),
        class: text("class"),
        source: text("source"),
        verified: root.get("verified").and_then(|node| node.word(&VERIFIED)).unwrap_or(Verified::ManualOnly),
        unit: root.get("unit").and_then(|node| node.integer(1..=255)).and_then(|unit| u8::try_from(unit).ok()),
        holds_alarms: root.get("holds-alarms").and_then(Node::boolean).unwrap_or(false),
        ..Profile::new(id, "")
    }
}

fn link(root: &Fields<'_>, problems: &Problems) -> Link {
    let Some(fields) = root.get("link").and_then(|node| node.fields(&keys::LINK)) else {
        return Link::default();
    };
    let usual = Link::default();
    let duration = |key: &str, least: u64, most: u64, default: Duration| {
        let bounds = Duration::from_millis(least)..=Duration::from_millis(most);
        fields.get(key).and_then(|node| node.duration(bounds)).unwrap_or(default)
    };
    let count = |key: &str, most: u16, default: u16| {
        let given = fields.get(key).and_then(|node| node.integer(1..=i64::from(most)));
        given.and_then(|count| u16::try_from(count).ok()).unwrap_or(default)
    };
    let link = Link {
        reply_within: duration("reply-within", 10, 10_000, usual.reply_within),
        max_response: duration("max-response", 10, 30_000, usual.max_response),
        pause: duration("pause", 0, 5_000, usual.pause),
        max_registers: count("max-registers", 125, usual.max_registers),
        max_bits: count("max-bits", 2000, usual.max_bits),
        bridge: fields.get("bridge").and_then(Node::boolean).unwrap_or(usual.bridge),
        forbidden: regions::forbidden(&fields),
        limits: regions::limits(&fields),
        identity: regions::identity(&fields),
        workarounds: Workarounds {
            reconnect_after: duration("reconnect-after", 0, 60_000, Duration::ZERO),
            ..workarounds(&fields)
        },
    };
    if link.max_response < link.reply_within {
        let message = "\"max-response\" is shorter than \"reply-within\"";
        problems.error(fields.spot_of("max-response"), message, "it is the longest a late reply can take");
    }
    link
}

/// Those that are named. A name given twice is a slip.
fn workarounds(fields: &Fields<'_>) -> Workarounds {
    let words = Workarounds::NAMES.map(|name| (name, name));
    let mut named: Vec<&str> = Vec::new();
    for node in fields.list("workarounds") {
        let Some(name) = node.word(&words) else { continue };
        if named.contains(&name) {
            node.error(format!("\"{name}\" is named twice"), "");
        }
        named.push(name);
    }
    let is = |at: usize| named.contains(&Workarounds::NAMES[at]);
    Workarounds {
        ignores_transaction_id: is(0),
        closes_after_answer: is(1),
        echoes: is(2),
        reconnect_after: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests;
