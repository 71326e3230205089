//! What a site says of one device otherwise than its profile and its class: `class`, `settings`, `alarms`.
//!
//! Takes: the fields of a `[[device]]`, its profile, the classes.
//! Gives: [`Overrides`].
//! Never: fire, discharge or gas taken away, delayed or made something else (design §4); a number outside of its range.

use std::collections::BTreeSet;
use std::time::Duration;

use super::keys;
use crate::config::document::{Fields, Name, Node};
use crate::config::problem::did_you_mean;
use crate::config::{category, class};
use crate::engine::base::Category;
use crate::engine::class::{Class, ClassAlarm, Classes};
use crate::engine::profile::Profile;
use crate::engine::site::{AlarmOverride, Overrides};

/// Reads them.
pub fn read(fields: &Fields<'_>, profile: &Profile, classes: &Classes) -> Overrides {
    let written_for = classes.find(&profile.class).map(|(_, class)| class);
    let named = fields.get("class").and_then(|node| class::known(node, classes));
    let own = named.and_then(|at| classes.list.get(at as usize));
    let subject = Subject { profile, class: own.or(written_for), written_for };
    let settings = fields.entries("settings");
    let said = Overrides {
        class: own.map(|class| class.id.clone()),
        settings: settings.into_iter().filter_map(|(name, node)| subject.setting(&name, node)).collect(),
        alarms: fields.entries("alarms").into_iter().filter_map(|(name, node)| subject.alarm(&name, node)).collect(),
    };
    if let (Some(node), Some(condition)) = (fields.get("alarms"), subject.twice(&said)) {
        node.error(format!("two alarms would be the same condition ({condition})"), "give one another category");
    }
    said
}

struct Subject<'a> {
    profile: &'a Profile,
    class: Option<&'a Class>,
    written_for: Option<&'a Class>,
}

impl Subject<'_> {
    fn setting(&self, name: &Name<'_>, node: Node<'_>) -> Option<(String, f64)> {
        let known = || self.class.into_iter().chain(self.written_for).flat_map(|class| &class.settings);
        let Some(setting) = known().find(|setting| setting.key == name.text) else {
            let class = self.class.map_or("", |class| class.id.as_str());
            let hint = did_you_mean(name.text, known().map(|setting| setting.key.as_str()));
            let message = format!("class \"{class}\" has no setting \"{}\"", name.text);
            node.problems().error(name.spot.clone(), message, hint);
            return None;
        };
        let number = class::amount(node, &setting.unit)?;
        let (least, most) = setting.range;
        if !(least..=most).contains(&number) {
            let hint = format!("allowed: {} to {}", class::spelt(setting, least), class::spelt(setting, most));
            node.error(format!("\"{}\" is out of range", name.text), hint);
            return None;
        }
        Some((name.text.to_owned(), number))
    }

    fn alarm(&self, name: &Name<'_>, node: Node<'_>) -> Option<(String, AlarmOverride)> {
        let category = self.category(name, node)?;
        let fields = node.fields(&keys::ALARM)?;
        let off = fields.get("off").and_then(Node::boolean).unwrap_or(false);
        let delay = fields.get("delay").and_then(|node| node.duration(Duration::ZERO..=Duration::from_secs(3600)));
        let other = fields.get("category").and_then(category::read);
        let word = category.as_str();
        for key in ["off", "delay", "category"].into_iter().filter(|_| category.is_immediate()) {
            let message = match key {
                "off" => format!("{word} is never taken away"),
                "delay" => format!("{word} is never delayed"),
                _ => format!("{word} stays what it is"),
            };
            fields.get(key).into_iter().for_each(|node| node.error(&message, "leave it out"));
        }
        if let (Some(node), Some(other)) = (fields.get("category"), other.filter(|other| other.is_immediate())) {
            let hint = "write an alarm of that category in the profile";
            node.error(format!("what is {word} cannot be made {}", other.as_str()), hint);
        }
        if off && (delay.is_some() || other.is_some()) {
            node.error("an alarm that is off has nothing else to say", "leave the rest out");
        }
        Some((name.text.to_owned(), AlarmOverride { off, delay, category: other }))
    }

    /// The category of the device's own alarm of this key; one that it does not have is reported.
    fn category(&self, name: &Name<'_>, node: Node<'_>) -> Option<Category> {
        if self.profile.reports() {
            let message = "a device that reports by itself says what it says";
            node.problems().error(name.spot.clone(), message, "leave \"alarms\" out");
            return None;
        }
        let own = self.profile.alarms.iter().find(|alarm| alarm.key == name.text).map(|alarm| alarm.category);
        let of_class = self.class.map_or(&[][..], |class| &class.alarms);
        let found = of_class.iter().find(|alarm| alarm.key == name.text);
        if let (None, Some(alarm)) = (own, found)
            && let Some(lacking) = self.lacking(alarm)
        {
            let message = format!("\"{}\" is not there: the profile shows no status \"{lacking}\"", name.text);
            node.problems().error(name.spot.clone(), message, "leave it out");
            return None;
        }
        let category = own.or(found.map(|alarm| alarm.category));
        if category.is_none() {
            let known = self.profile.alarms.iter().map(|alarm| alarm.key.as_str());
            let hint = did_you_mean(name.text, known.chain(of_class.iter().map(|alarm| alarm.key.as_str())));
            node.problems().error(name.spot.clone(), format!("there is no alarm \"{}\"", name.text), hint);
        }
        category
    }

    /// A condition that two alarms have, once the site's categories are theirs.
    fn twice(&self, said: &Overrides) -> Option<String> {
        let own = self.profile.alarms.iter().map(|alarm| {
            let on = alarm.on.and_then(|slot| self.profile.points.get(slot as usize));
            (&alarm.key, on.map_or(&alarm.key, |point| &point.key), alarm.category, alarm.level)
        });
        let mut seen = BTreeSet::new();
        own.filter(|(key, ..)| said.alarms.get(*key).is_none_or(|alarm| !alarm.off))
            .map(|(key, segment, category, level)| {
                let other = said.alarms.get(key).and_then(|alarm| alarm.category);
                (segment, other.unwrap_or(category), level.filter(|_| other.is_none()))
            })
            .find(|condition| !seen.insert(*condition))
            .map(|(segment, category, _)| format!("{segment}:{}", category.as_str()))
    }

    /// The first status that the alarm reads and the profile does not show.
    fn lacking(&self, alarm: &ClassAlarm) -> Option<&str> {
        self.class?
            .lacking(&alarm.when, |key| self.profile.statuses.iter().any(|status| status.key == key))
            .first()
            .copied()
    }
}
