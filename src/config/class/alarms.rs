//! Alarms of a class, and the times that alarms and sequences wait.
//!
//! Takes: the entries of `[alarms]` and the words of the class.
//! Gives: [`ClassAlarm`]s and [`Lapse`]s.
//! Never: a delay before fire, discharge or gas (design §4).

use std::time::Duration;

use super::{Words, category, keys};
use crate::config::document::{Fields, Node, check_segment};
use crate::config::problem::did_you_mean;
use crate::engine::base::Text;
use crate::engine::class::{ClassAlarm, Lapse};

/// Longest time anything may wait.
const LONGEST: Duration = Duration::from_secs(3600);

pub(super) fn read(root: &Fields<'_>, words: &Words<'_>) -> Vec<ClassAlarm> {
    let mut list = Vec::new();
    for (name, node) in root.entries("alarms") {
        check_segment(name.text, name.spot.clone(), node.problems());
        let Some(fields) = node.fields(&keys::ALARM) else { continue };
        let text = |key: &str| fields.get(key).and_then(Node::both_languages);
        let when = fields.get("when").and_then(|node| words.condition(node));
        let category = fields.get("category").and_then(category);
        let delay = fields.get("delay").and_then(|node| lapse(node, Duration::ZERO, words));
        let (shown, advice) = (text("name").unwrap_or_default(), text("advice").unwrap_or_default());
        let rows = rows(&fields);
        let (Some(when), Some(category)) = (when, category) else { continue };
        if let (Some(node), true) = (fields.get("delay"), category.is_immediate()) {
            let message = format!("{} is never delayed", category.as_str());
            node.error(message, "leave \"delay\" out: its confirmation time is zero");
        }
        let delay = delay.unwrap_or(Lapse::Fixed(Duration::ZERO));
        list.push(ClassAlarm { key: name.text.to_owned(), name: shown, category, when, delay, advice, rows });
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

/// What people read, in both languages.
pub(super) fn text(fields: &Fields<'_>, key: &str) -> Text {
    fields.get(key).and_then(Node::both_languages).unwrap_or_default()
}
