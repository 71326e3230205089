//! How a profile shows the statuses of its class.
//!
//! Takes: the entries of `[status]`, the points they may name, and the classes.
//! Gives: [`StatusSpec`]s.
//! Never: a status that the class does not have.

use super::alarms;
use super::point_rows::Points;
use crate::config::document::{Fields, Name, Node};
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::class::{Class, ClassAlarm, Classes};
use crate::engine::profile::{AlarmSpec, StatusSpec};

/// The classes, and which one is meant.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// All of them.
    pub classes: &'a Classes,
    /// Index of the one; without it a status may be of any class.
    pub class: Option<u32>,
}

impl<'a> Words<'a> {
    /// The one that is meant.
    pub fn class(self) -> Option<&'a Class> {
        self.classes.list.get(self.class? as usize)
    }

    /// The keys of its alarms; of every class where none is meant.
    pub fn alarms(self) -> Vec<String> {
        let all = self.class().map_or(&self.classes.list[..], std::slice::from_ref);
        all.iter().flat_map(|class| class.alarms.iter().map(|alarm| alarm.key.clone())).collect()
    }

    /// The words of its settings.
    pub fn settings(self) -> Vec<String> {
        self.class().into_iter().flat_map(|class| class.settings.iter().map(|setting| setting.key.clone())).collect()
    }
}

/// Alarms of the class that the profile tells in its `own` ones. What never waits is told by one that never waits either.
pub fn without(fields: &Fields<'_>, words: Words<'_>, own: &[AlarmSpec]) -> Vec<String> {
    let meant = words.class();
    let all = meant.map_or(&words.classes.list[..], std::slice::from_ref);
    let known = || all.iter().flat_map(|class| class.alarms.iter().map(|alarm| (alarm.key.as_str(), alarm.category)));
    let mut list = Vec::new();
    for node in fields.list("without") {
        let Some(key) = node.text() else { continue };
        match known().find(|(other, _)| *other == key) {
            None => {
                let hint = did_you_mean(key, known().map(|(other, _)| other));
                node.error(format!("the class has no alarm \"{key}\""), hint);
            }
            Some((_, category)) if category.is_immediate() && own.iter().all(|spec| spec.category != category) => {
                let message = format!("\"{key}\" is {}, and no alarm here is", category.as_str());
                node.error(message, format!("add an alarm of category = \"{}\"", category.as_str()));
            }
            Some(_) => list.push(key.to_owned()),
        }
    }
    list
}

/// Whether an alarm of the class reads the status of this word.
fn reads(class: &Class, alarm: &ClassAlarm, key: &str) -> bool {
    !class.lacking(&alarm.when, |other| other != key).is_empty()
}

/// Reads them.
pub fn read(
    entries: &[(Name<'_>, Node<'_>)],
    points: &Points<'_>,
    words: Words<'_>,
    problems: &Problems,
) -> Vec<StatusSpec> {
    let meant = words.class();
    let all = meant.map_or(&words.classes.list[..], std::slice::from_ref);
    let mut list = Vec::new();
    let mut nodes = Vec::new();
    for (name, node) in entries {
        let known = || all.iter().flat_map(|class| class.statuses.iter().map(|status| status.key.as_str()));
        if !known().any(|key| key == name.text) {
            let whose = meant.map_or_else(|| "no class".to_owned(), |class| format!("class \"{}\"", class.id));
            let has = if meant.is_some() { "has no" } else { "has a" };
            let hint = did_you_mean(name.text, known());
            problems.error(name.spot.clone(), format!("{whose} {has} status \"{}\"", name.text), hint);
        }
        let Some(when) = alarms::condition(*node, points, problems) else { continue };
        list.push(StatusSpec { key: name.text.to_owned(), when });
        nodes.push(*node);
    }
    for (spec, node) in list.iter().zip(nodes) {
        let urgent = |class: &&Class| {
            class.alarms.iter().any(|alarm| alarm.category.is_immediate() && reads(class, alarm, &spec.key))
        };
        if let Some(class) = all.iter().find(urgent) {
            let what =
                format!("status \"{}\", which an alarm of class \"{}\" reads that never waits,", spec.key, class.id);
            alarms::only_fire_pace(&what, node, &spec.when, points);
        }
    }
    list
}
