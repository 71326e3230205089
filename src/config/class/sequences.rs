//! Sequences of a class: what it does step by step, each step within its time.
//!
//! Takes: the `[[sequence]]` tables and the words of the class.
//! Gives: [`Sequence`]s.
//! Never: a sequence without a phase; two of one name.

use std::time::Duration;

use super::alarms::{follows, lapse, rows, text};
use super::{Words, keys};
use crate::config::category;
use crate::config::document::Fields;
use crate::engine::class::{Phase, Sequence};

pub(super) fn read(root: &Fields<'_>, words: &Words<'_>) -> Vec<Sequence> {
    let (mut list, mut taken) = (Vec::new(), Vec::new());
    for node in root.list("sequence") {
        let Some(fields) = node.fields(&keys::SEQUENCE) else { continue };
        let condition = |key: &str| fields.get(key).and_then(|node| words.condition(node));
        let (begins, abandoned) = (condition("begins"), condition("abandoned"));
        let key = id(&fields, &mut taken);
        let phases = phases(&fields, words);
        if let (Some(node), true) = (fields.get("phase"), fields.list("phase").is_empty()) {
            node.error("a sequence needs at least one phase", "add [[sequence.phase]]");
        }
        let (name, rows) = (text(&fields, "name"), rows(&fields));
        let (Some(begins), Some(key)) = (begins, key) else { continue };
        list.push(Sequence { key, name, begins, abandoned, phases, rows });
    }
    list
}

fn phases(sequence: &Fields<'_>, words: &Words<'_>) -> Vec<Phase> {
    let (mut list, mut taken) = (Vec::new(), Vec::new());
    for node in sequence.list("phase") {
        let Some(fields) = node.fields(&keys::PHASE) else { continue };
        let until = fields.get("until").and_then(|node| words.condition(node));
        let within = fields.get("within").and_then(|node| lapse(node, Duration::from_secs(1), words));
        let category = fields.get("category").and_then(category::read);
        let key = id(&fields, &mut taken);
        let (name, missing, advice) = (text(&fields, "name"), text(&fields, "missing"), text(&fields, "advice"));
        let (Some(until), Some(within), Some(category), Some(key)) = (until, within, category, key) else { continue };
        let follows = follows(&fields, "follows", category, words);
        list.push(Phase { key, name, until, within, missing, category, advice, follows });
    }
    list
}

/// Its id, which none of the `taken` ones may be.
fn id(fields: &Fields<'_>, taken: &mut Vec<String>) -> Option<String> {
    let node = fields.get("id")?;
    let id = node.segment()?.to_owned();
    if taken.contains(&id) {
        node.error(format!("\"{id}\" is given twice"), "");
    }
    taken.push(id.clone());
    Some(id)
}
