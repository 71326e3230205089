//! `device-classes/*.toml` -> checked [`Classes`]; all problems at once.
//!
//! Takes: the classes the binary carries, and the files of a site's own `device-classes` folder, which win over them.
//! Gives: [`shipped`], [`of_site`] and [`read`].
//! Never: a condition over a status that the class does not have; an alarm without what a person does next.

mod alarms;
pub mod keys;
mod page;
mod sequences;
mod shipped;
mod types;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

pub use alarms::fit_folding;
pub use page::{page, spelt};
pub use types::known;

use super::category;
use super::document::{Fields, Node, Source, check_segment, parse_duration};
use super::expression::{self, Slot, SlotKind, Vocabulary};
use super::layout;
use super::problem::{Problem, Problems, Spot};
use crate::engine::base::{Category, Text};
use crate::engine::class::{Class, ClassStatus, Classes, Setting};
use crate::engine::profile::Expression;

/// The folder of classes, of the product and of a site.
pub const FOLDER: &str = "device-classes";
/// The file in it that is no class: the device types of secondary codes.
pub const TYPES: &str = "types.toml";

/// One file: its name, and its text.
pub type File = (String, String);

/// The files the binary carries.
pub fn files() -> impl Iterator<Item = File> {
    shipped::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
}

/// The classes the binary carries.
pub fn shipped() -> Arc<Classes> {
    static SHIPPED: LazyLock<Arc<Classes>> = LazyLock::new(|| {
        let (classes, _) = read(Vec::new()).expect("the test every_shipped_class_is_whole reads the same texts");
        Arc::new(classes)
    });
    Arc::clone(&SHIPPED)
}

/// The files of a site's own folder of classes, in the order of their names; nothing where there is none.
///
/// # Errors
/// A file that cannot be read, or is no text.
pub fn own(site: &Path) -> Result<Vec<File>, Vec<Problem>> {
    let problems = Problems::default();
    let mut files = Vec::new();
    for entry in fs::read_dir(site.join(FOLDER)).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".toml") || name.starts_with('.') {
            continue;
        }
        match fs::read(entry.path()).map(String::from_utf8) {
            Ok(Ok(text)) => files.push((name, text)),
            Ok(Err(_)) => problems.error(spot(&name), "is not UTF-8 text", "save it as UTF-8"),
            Err(error) => problems.error(spot(&name), format!("cannot be read: {error}"), ""),
        }
    }
    files.sort();
    if problems.has_errors() { Err(problems.sorted()) } else { Ok(files) }
}

/// What a site in `folder` knows: the shipped classes, and its own.
///
/// # Errors
/// Everything that is wrong with its own.
pub fn of_site(folder: &Path) -> Result<Arc<Classes>, Vec<Problem>> {
    match own(folder)? {
        none if none.is_empty() => Ok(shipped()),
        own => read(own).map(|(classes, _)| Arc::new(classes)),
    }
}

/// What the profile in `folder` may be of: the shipped classes, and for a profile of one site that site's own.
///
/// # Errors
/// Everything that is wrong with the site's own.
pub fn of_profile(folder: &Path) -> Result<Arc<Classes>, Vec<Problem>> {
    layout::site_of(folder).map_or_else(|| Ok(shipped()), of_site)
}

/// The shipped classes and a site's `own` files: one named like a shipped class takes its place, and the site's device
/// types come before the shipped ones. Gives what is worth a look beside them.
///
/// # Errors
/// Everything that is wrong.
pub fn read(own: Vec<File>) -> Result<(Classes, Vec<Problem>), Vec<Problem>> {
    let problems = Problems::default();
    let (tables, files): (Vec<File>, Vec<File>) = files().chain(own).partition(|(name, _)| name == TYPES);
    let files: BTreeMap<String, String> = files.into_iter().collect();
    let list = files.iter().filter_map(|(name, text)| class(name, text, &problems)).collect();
    let mut classes = Classes { list, types: BTreeMap::new() };
    for (name, text) in tables {
        let types = types::read(&source(&name, text), &classes, &problems);
        classes.types.extend(types);
    }
    if problems.has_errors() { Err(problems.sorted()) } else { Ok((classes, problems.sorted())) }
}

fn spot(name: &str) -> Spot {
    Spot::file(&format!("{FOLDER}/{name}"))
}

fn source(name: &str, text: String) -> Source {
    Source::new(&format!("{FOLDER}/{name}"), text)
}

fn class(name: &str, text: &str, problems: &Problems) -> Option<Class> {
    let source = source(name, text.to_owned());
    let id = name.trim_end_matches(".toml");
    check_segment(id, spot(name), problems);
    let table = source.parse(problems)?;
    let root = source.root(&table, &keys::CLASS, problems);
    let statuses = statuses(&root, problems);
    let settings = settings(&root, problems);
    let named = root.entries("alarms").into_iter().map(|(name, _)| name.text.to_owned()).collect();
    let words = Words::new(&statuses, &settings, named);
    let alarms = alarms::read(&root, &words);
    let sequences = sequences::read(&root, &words);
    let mains = root.get("mains").and_then(|node| words.condition(node));
    let flag = |key: &str| root.get(key).and_then(Node::boolean).unwrap_or(false);
    Some(Class {
        id: id.to_owned(),
        name: root.get("name").and_then(Node::both_languages).unwrap_or_else(|| Text::same(id)),
        mains,
        runs_on: flag("runs-on"),
        discharges: flag("discharges"),
        feedback_follows: alarms::follows(&root, "feedback-follows", Category::Fault, &words),
        activated: root.get("activated").and_then(category::read),
        statuses,
        settings,
        alarms,
        sequences,
    })
}

fn statuses(root: &Fields<'_>, problems: &Problems) -> Vec<ClassStatus> {
    let mut list = Vec::new();
    for (name, node) in root.entries("statuses") {
        check_segment(name.text, name.spot.clone(), problems);
        let fields = node.fields(&keys::STATUS);
        let get = |key: &str| fields.as_ref().and_then(|fields| fields.get(key));
        list.push(ClassStatus {
            key: name.text.to_owned(),
            name: get("name").and_then(Node::both_languages).unwrap_or_else(|| Text::same(name.text)),
            normal: get("normal").and_then(Node::boolean),
        });
    }
    if let (Some(node), true) = (root.get("statuses"), list.is_empty()) {
        node.error("a class needs at least one status", "running = { name = { zh = \"…\", en = \"…\" } }");
    }
    list
}

fn settings(root: &Fields<'_>, problems: &Problems) -> Vec<Setting> {
    let mut list = Vec::new();
    for (name, node) in root.entries("settings") {
        check_segment(name.text, name.spot.clone(), problems);
        let fields = node.fields(&keys::SETTING);
        let get = |key: &str| fields.as_ref().and_then(|fields| fields.get(key));
        let unit = get("unit").and_then(Node::text).unwrap_or_default().to_owned();
        let (least, most) = get("range").and_then(Node::pair).unzip();
        let bound = |node: Option<Node<'_>>| node.and_then(|node| amount(node, &unit));
        let range = bound(least).zip(bound(most));
        let default = bound(get("default"));
        if let (Some(node), Some((least, most)), Some(default)) = (get("default"), range, default)
            && !(least..=most).contains(&default)
        {
            node.error("the default is outside of its own range", "");
        }
        list.push(Setting {
            key: name.text.to_owned(),
            name: get("name").and_then(Node::both_languages).unwrap_or_else(|| Text::same(name.text)),
            unit,
            default: default.unwrap_or_default(),
            range: range.unwrap_or_default(),
        });
    }
    list
}

/// A number of this unit: for `s` a time, in seconds.
pub fn amount(node: Node<'_>, unit: &str) -> Option<f64> {
    if unit != "s" {
        return node.number();
    }
    let text = node.text()?;
    let time = parse_duration(text);
    if time.is_none() {
        node.error(format!("\"{text}\" is not a duration"), "write a number and ms, s, m or h: \"20s\"");
    }
    time.map(|time| time.as_secs_f64())
}

/// What the conditions of a class may name.
struct Words<'a> {
    slots: Vec<Slot>,
    /// The keys of its alarms.
    alarms: Vec<String>,
    settings: &'a [Setting],
}

impl<'a> Words<'a> {
    fn new(statuses: &[ClassStatus], settings: &'a [Setting], alarms: Vec<String>) -> Words<'a> {
        let slot = |status: &ClassStatus| Slot { key: status.key.clone(), kind: SlotKind::Bit };
        Words { slots: statuses.iter().map(slot).collect(), alarms, settings }
    }

    fn condition(&self, node: Node<'_>) -> Option<Expression> {
        let words = Vocabulary { noun: "status", slots: &self.slots, settings: &[] };
        expression::parse_over(node.lines()?, words).map_err(|findings| expression::tell(findings, node)).ok()
    }
}

#[cfg(test)]
mod tests;
