//! Alarms of a class, and the times that alarms and sequences wait.
//!
//! Takes: the entries of `[alarms]` and the words of the class.
//! Gives: [`ClassAlarm`]s and [`Lapse`]s.
//! Never: a delay before fire, discharge or gas (design §4).

use std::time::Duration;

use super::{Words, keys};
use crate::config::category;
use crate::config::document::{Fields, Node, check_segment};
use crate::config::problem::did_you_mean;
use crate::engine::base::{Category, Text};
use crate::engine::class::{ClassAlarm, Lapse};
use crate::engine::site::Follow;

/// Longest time anything may wait.
const LONGEST: Duration = Duration::from_secs(3600);

pub(super) fn read(root: &Fields<'_>, words: &Words<'_>) -> Vec<ClassAlarm> {
    let mut list = Vec::new();
    for (name, node) in root.entries("alarms") {
        check_segment(name.text, name.spot.clone(), node.problems());
        let Some(fields) = node.fields(&keys::ALARM) else { continue };
        let text = |key: &str| fields.get(key).and_then(Node::both_languages);
        let when = fields.get("when").and_then(|node| words.condition(node));
        let category = fields.get("category").and_then(category::read);
        let delay = fields.get("delay").and_then(|node| lapse(node, Duration::ZERO, words));
        let (shown, advice) = (text("name").unwrap_or_default(), text("advice").unwrap_or_default());
        let rows = rows(&fields);
        let follows = category.map(|category| follows(&fields, "follows", category, words)).unwrap_or_default();
        let (Some(when), Some(category)) = (when, category) else { continue };
        if let (Some(node), true) = (fields.get("delay"), category.is_immediate()) {
            let message = format!("{} is never delayed", category.as_str());
            node.error(message, "leave \"delay\" out: its confirmation time is zero");
        }
        let delay = delay.unwrap_or(Lapse::Fixed(Duration::ZERO));
        list.push(ClassAlarm { key: name.text.to_owned(), name: shown, category, when, delay, advice, follows, rows });
    }
    list
}

/// A time, or `$setting`.
pub(super) fn lapse(node: Node<'_>, least: Duration, words: &Words<'_>) -> Option<Lapse> {
    let Some(key) = node.text()?.strip_prefix('$') else {
        return node.duration(least..=LONGEST).map(Lapse::Fixed);
    };
    let Some(at) = words.settings.iter().position(|setting| setting.key == key) else {
        let hint = did_you_mean(key, words.settings.iter().map(|setting| setting.key.as_str()));
        node.error(format!("the class has no setting \"{key}\""), hint);
        return None;
    };
    let setting = &words.settings[at];
    if setting.unit != "s" {
        node.error(format!("\"{key}\" is no time: its unit is {}", setting.unit), "a setting with unit = \"s\"");
        return None;
    }
    let range = least.as_secs_f64()..=LONGEST.as_secs_f64();
    if !range.contains(&setting.range.0) || !range.contains(&setting.range.1) {
        let hint = format!("range = [\"{}s\", \"1h\"] at most", least.as_secs());
        node.error(format!("\"{key}\" may be set to what nothing may wait"), hint);
    }
    u32::try_from(at).ok().map(Lapse::Setting)
}

/// The rows of the requirements it carries out.
pub(super) fn rows(fields: &Fields<'_>) -> Vec<String> {
    fields.list("rows").into_iter().filter_map(Node::text).map(str::to_owned).collect()
}

/// What something of this category may be the consequence of.
pub(super) fn follows(fields: &Fields<'_>, key: &str, category: Category, words: &Words<'_>) -> Vec<String> {
    let Some(node) = fields.get(key) else { return Vec::new() };
    let known = || words.alarms.iter().map(String::as_str).chain([Follow::OUTAGE]);
    let taken: Vec<&str> = fields.list(key).into_iter().filter_map(|node| told(node, known)).collect();
    fit_folding(node, category);
    taken.into_iter().map(str::to_owned).collect()
}

fn told<'a, K: Iterator<Item = &'a str>>(node: Node<'a>, known: impl Fn() -> K) -> Option<&'a str> {
    let word = node.text()?;
    if !known().any(|key| key == word) {
        node.error(format!("there is no alarm \"{word}\""), did_you_mean(word, known()));
    }
    Some(word)
}

/// What is a danger to life never folds; a mains fault is judged by what else shows the mains.
pub fn fit_folding(node: Node<'_>, category: Category) {
    if category.rules().incident {
        let message = format!("{} never folds under anything", category.as_str());
        node.error(message, "leave \"follows\" out");
    } else if category == Category::MainsFault {
        node.error("a mains fault is judged by itself: outage, or its own wiring", "leave \"follows\" out");
    }
}

/// What people read, in both languages.
pub(super) fn text(fields: &Fields<'_>, key: &str) -> Text {
    fields.get(key).and_then(Node::both_languages).unwrap_or_default()
}
