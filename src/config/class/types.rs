//! `types.toml`: which class a two-digit device type of the secondary code belongs to (FA-15).
//!
//! Takes: its text and the classes.
//! Gives: [`DeviceType`]s by their two digits.
//! Never: a class that does not exist.

use std::collections::BTreeMap;

use super::keys;
use crate::config::document::{Node, Source};
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::class::{Classes, DeviceType};

pub(super) fn read(source: &Source, classes: &Classes, problems: &Problems) -> BTreeMap<String, DeviceType> {
    let mut types = BTreeMap::new();
    let Some(table) = source.parse(problems) else { return types };
    let root = source.root(&table, &keys::TYPES, problems);
    for (digits, node) in root.entries("types") {
        if digits.text.len() != 2 || !digits.text.bytes().all(|byte| byte.is_ascii_digit()) {
            problems.error(digits.spot.clone(), format!("\"{}\" is not two digits", digits.text), "such as \"30\"");
        }
        let Some(fields) = node.fields(&keys::TYPE) else { continue };
        let name = fields.get("name").and_then(Node::both_languages);
        let Some(class) = fields.get("class").and_then(|node| known(node, classes)) else { continue };
        types.insert(digits.text.to_owned(), DeviceType { class, name: name.unwrap_or_default() });
    }
    types
}

/// The index of the class that is named; one that does not exist is reported.
pub fn known(node: Node<'_>, classes: &Classes) -> Option<u32> {
    let id = node.text()?;
    let found = classes.find(id).map(|(at, _)| at);
    if found.is_none() {
        let hint = did_you_mean(id, classes.list.iter().map(|class| class.id.as_str()));
        node.error(format!("unknown class \"{id}\""), hint);
    }
    found
}
