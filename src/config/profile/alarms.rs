//! Alarm rules of a profile.
//!
//! Takes: the entries of `[alarms]` and the points they may name.
//! Gives: [`AlarmSpec`]s.
//! Never: a delay before fire, discharge or gas (design §4); two rules for one condition.

use std::collections::BTreeMap;
use std::time::Duration;

use super::keys;
use super::point_rows::Points;
use crate::config::class::fit_folding;
use crate::config::document::{Fields, Name, Node, check_segment};
use crate::config::expression::{self, Vocabulary};
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::base::{Category, Text};
use crate::engine::profile::{AlarmSpec, Expression, Level, Pace};
use crate::engine::site::Follow;

/// Words of `level`.
const LEVELS: [(&str, Level); 4] =
    [("low-low", Level::LowLow), ("low", Level::Low), ("high", Level::High), ("high-high", Level::HighHigh)];

/// The word of an element's alarm whose category is that of its class.
const BY_CLASS: &str = "by-class";

/// What the conditions belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// A point of the device, or the rule's own name.
    Device,
    /// The element of an array.
    Element,
}

/// Reads the rules.
pub fn read(entries: &[(Name<'_>, Node<'_>)], points: &Points<'_>, home: Home, problems: &Problems) -> Vec<AlarmSpec> {
    let mut seen: BTreeMap<(String, Category, Option<Level>), String> = BTreeMap::new();
    let mut list = Vec::new();
    for (name, node) in entries {
        check_segment(name.text, name.spot.clone(), problems);
        let Some(fields) = node.fields(&keys::ALARM) else { continue };
        let Some(mut alarm) = alarm(name, &fields, points, home, problems) else { continue };
        alarm.follows = follows(&fields, &alarm, entries, points);
        let segment = match (home, alarm.on) {
            (Home::Element, _) => String::new(),
            (Home::Device, Some(slot)) => points.list[slot as usize].key.clone(),
            (Home::Device, None) => alarm.key.clone(),
        };
        if alarm.by_class {
            // What it is depends on the element; where another alarm is the same there, both raise the one condition.
            list.push(alarm);
            continue;
        }
        if let Some(other) = seen.insert((segment, alarm.category, alarm.level), alarm.key.clone()) {
            let level = alarm.level.map_or(String::new(), |level| format!(":{}", level.as_str()));
            let message =
                format!("\"{}\" is the same condition as \"{other}\" ({}{level})", alarm.key, alarm.category.as_str());
            problems.error(name.spot.clone(), message, "join both with ||, or give one another point or level");
        }
        list.push(alarm);
    }
    list
}

fn alarm(
    name: &Name<'_>,
    fields: &Fields<'_>,
    points: &Points<'_>,
    home: Home,
    problems: &Problems,
) -> Option<AlarmSpec> {
    let text = fields.get("name").and_then(Node::both_languages);
    let (category, by_class) = fields.get("category").and_then(|node| category(node, home)).unzip();
    let by_class = by_class.unwrap_or(false);
    let on = fields.get("on").and_then(|node| on(node, points, home));
    let level = fields.get("level").and_then(|node| node.word(&LEVELS));
    let latches = fields.get("latches").and_then(Node::boolean);
    let delay = fields.get("delay").and_then(|node| node.duration(Duration::ZERO..=Duration::from_secs(3600)));
    let when = fields.get("when").and_then(|node| condition(node, points, problems));
    let category = category?;
    fit_category(category, by_class, fields);
    if let (Some(node), Some(when)) = (fields.get("when"), &when)
        && (category.is_immediate() || by_class)
    {
        let word = if by_class { BY_CLASS } else { category.as_str() };
        only_fire_pace(&format!("the {word} rule"), node, when, points);
    }
    Some(AlarmSpec {
        follows: Vec::new(),
        advice: fields.get("advice").and_then(Node::both_languages).unwrap_or_default(),
        key: name.text.to_owned(),
        on,
        name: text.unwrap_or_else(|| Text::same(name.text)),
        category,
        by_class,
        level,
        latches: latches.unwrap_or(category.rules().latches),
        delay: delay.unwrap_or(Duration::ZERO),
        when: when.unwrap_or(Expression::Any(Vec::new())),
    })
}

/// What it may be the consequence of: another alarm here, or of the class.
fn follows(
    fields: &Fields<'_>,
    alarm: &AlarmSpec,
    entries: &[(Name<'_>, Node<'_>)],
    points: &Points<'_>,
) -> Vec<String> {
    let Some(node) = fields.get("follows") else { return Vec::new() };
    let known = || {
        let own = entries.iter().map(|(name, _)| name.text);
        own.chain(points.class_alarms.iter().map(String::as_str)).chain([Follow::OUTAGE])
    };
    if alarm.by_class {
        node.error("what its class makes of it may be fire, which never folds", "leave \"follows\" out");
    }
    fit_folding(node, alarm.category);
    let words = fields.list("follows").into_iter().filter_map(|node| {
        let word = node.text()?;
        if !known().any(|key| key == word) {
            node.error(format!("there is no alarm \"{word}\""), did_you_mean(word, known()));
        }
        Some(word.to_owned())
    });
    words.collect()
}

/// The word of `category`, and whether the class of the element says it.
fn category(node: Node<'_>, home: Home) -> Option<(Category, bool)> {
    let mut words: Vec<(&'static str, (Category, bool))> =
        Category::ALL.into_iter().map(|category| (category.as_str(), (category, false))).collect();
    if home == Home::Element {
        words.push((BY_CLASS, (Category::Supervisory, true)));
    }
    node.word(&words)
}

/// What the category does not leave open. What the class says may be fire.
fn fit_category(category: Category, by_class: bool, fields: &Fields<'_>) {
    let word = if by_class { BY_CLASS } else { category.as_str() };
    if let (Some(node), true) = (fields.get("delay"), by_class) {
        node.error("what its class makes of it may be fire, which is never delayed", "leave \"delay\" out");
    }
    match (category, fields.get("level")) {
        (Category::Limit, None) => fields.get("category").into_iter().for_each(|node| {
            node.error("a limit needs its level", "add level = \"low-low\", \"low\", \"high\" or \"high-high\"");
        }),
        (Category::Limit, Some(_)) | (_, None) => {}
        (_, Some(node)) => node.error(format!("\"level\" means nothing for {word}"), "it is for category = \"limit\""),
    }
    if let (Some(node), true) = (fields.get("delay"), category.is_immediate()) {
        node.error(format!("{word} is never delayed"), "leave \"delay\" out: its confirmation time is zero");
    }
    if let (Some(node), true) = (fields.get("latches"), by_class) {
        node.error("the category that its class gives says whether it latches", "leave \"latches\" out");
    } else if let (Some(node), true) = (fields.get("latches"), category != Category::Limit) {
        let fixed = if category.rules().latches { "latches" } else { "does not latch" };
        node.error(format!("{word} {fixed}, always"), "\"latches\" is for category = \"limit\"");
    }
    if let (Some(node), Category::LinkFault | Category::Own) = (fields.get("category"), category) {
        node.error(format!("{word} is raised by the gateway itself"), "use category = \"fault\"");
    }
}

pub(super) fn on(node: Node<'_>, points: &Points<'_>, home: Home) -> Option<u32> {
    let text = node.text()?;
    if home == Home::Element {
        node.error("in an array everything belongs to the element", "leave \"on\" out");
        return None;
    }
    let found = points.list.iter().position(|point| point.key == text);
    if found.is_none() {
        let hint = did_you_mean(text, points.list.iter().map(|point| point.key.as_str()));
        node.error(format!("unknown point \"{text}\""), hint);
    }
    found.and_then(|at| u32::try_from(at).ok())
}

pub(super) fn condition(node: Node<'_>, points: &Points<'_>, problems: &Problems) -> Option<Expression> {
    let words = Vocabulary { noun: "point", slots: &points.slots, settings: &points.settings };
    let read = expression::parse_over(node.lines()?, words);
    read.map_err(|findings| expression::tell(findings, node.reporting(problems))).ok()
}

/// A fire that is read once a minute is a fire seen a minute late.
pub(super) fn only_fire_pace(what: &str, node: Node<'_>, when: &Expression, points: &Points<'_>) {
    let mut slow: Vec<&str> = Vec::new();
    when.slots(&mut |slot| {
        if let Some(point) = points.list.get(slot as usize)
            && point.pace != Pace::Fire
            && !slow.contains(&point.key.as_str())
        {
            slow.push(&point.key);
        }
    });
    for key in slow {
        let message = format!("{what} reads \"{key}\", which is not polled at the fire pace");
        node.error(message, format!("add poll = \"fire\" to \"{key}\""));
    }
}
