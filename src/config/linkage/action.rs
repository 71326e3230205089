//! The effects of a linkage.
//!
//! Takes: the `[[linkage.action]]` tables and the [`Catalogue`] of the site.
//! Gives: [`Draft`]s, and the [`Action`] of each at every value of the variables.
//! Never: an action without a target, a target without its proof, agent released by a class or a wildcard.

use std::time::Duration;

use toml::de::DeValue;

use super::catalogue::Catalogue;
use super::plan::{self, Plan};
use super::proof::{self, Wanted};
use super::selector::{Binding, Selector};
use super::{condition_of, keys, verbs, words};
use crate::config::document::{Fields, Node};
use crate::config::problem::did_you_mean;
use crate::engine::base::{PointId, Text};
use crate::engine::profile::Danger;
use crate::engine::site::{Action, Deed, Equipment, Mode, Proof, Site, Target, When};

/// GB 50116 knows no longer delay.
const LONGEST_DELAY: Duration = Duration::from_secs(600);
///
const USUAL_WITHIN: Duration = Duration::from_secs(10);
/// Most targets of one action.
const MOST_TARGETS: usize = 10_000;

/// An action as it is written.
pub struct Draft<'a> {
    /// What it does.
    pub verb: String,
    /// To what.
    pub selector: Selector,
    /// Where the selector stands.
    pub node: Node<'a>,
    /// Name, if one is given.
    pub name: Option<Text>,
    /// After how long.
    pub delay: Duration,
    wanted: Wanted,
    within: Duration,
    interlock: Option<Plan>,
    /// `==`.
    pub full_automatic: bool,
    /// It releases agent.
    pub discharge: bool,
    ends_delay: bool,
    where_present: bool,
    advice: Option<Text>,
}

/// Reads one action; nothing when that much is wrong that no more can be said of it.
pub fn read<'a>(node: Node<'a>, catalogue: &Catalogue<'_>) -> Option<Draft<'a>> {
    let fields = node.fields_and(&keys::ACTION, &catalogue.verbs)?;
    let (verb, target) = deed(&fields, node, &catalogue.verbs)?;
    let selector = selector(target, catalogue);
    let seconds = |key: &str, least: u64, usual: Duration| {
        let bounds = Duration::from_secs(least)..=LONGEST_DELAY;
        fields.get(key).and_then(|node| node.duration(bounds)).unwrap_or(usual)
    };
    let is = |key: &str| fields.get(key).and_then(Node::boolean);
    let discharge = is("discharge").unwrap_or(false);
    let interlock = fields.get("interlock").and_then(|node| {
        let condition = condition_of(node, catalogue)?;
        if let Some(name) = condition.variables().any().then_some("a variable") {
            node.error(format!("{name} means nothing in an interlock"), "write the place itself");
            return None;
        }
        super::told(node, Plan::of(&condition, catalogue))
    });
    if let (Some(node), true, true) =
        (fields.get("call-point-ends-delay"), discharge, is("call-point-ends-delay") == Some(true))
    {
        node.error("a call point never ends the delay of a discharge", "leave it out");
    }
    Some(Draft {
        verb: verb.to_owned(),
        selector: selector?,
        node: target,
        name: fields.get("name").and_then(Node::both_languages),
        delay: seconds("delay", 0, Duration::ZERO),
        wanted: fields.get("feedback").and_then(Node::text).map_or(Wanted::Usual, Wanted::parse),
        within: seconds("feedback-within", 1, USUAL_WITHIN),
        interlock,
        full_automatic: is("full-automatic").unwrap_or(false),
        discharge,
        ends_delay: is("call-point-ends-delay").unwrap_or(true) && !discharge,
        where_present: is("where-present").unwrap_or(false),
        advice: fields.get("advice").and_then(Node::both_languages),
    })
}

fn deed<'a, 'v>(fields: &Fields<'a>, node: Node<'a>, verbs: &[&'v str]) -> Option<(&'v str, Node<'a>)> {
    let given: Vec<(&str, Node<'_>)> =
        verbs.iter().filter_map(|verb| fields.get(verb).map(|node| (*verb, node))).collect();
    match given[..] {
        [] => {
            node.error(
                "this action does nothing",
                "write for example start = { class = \"smoke-fan\", floor = \"$floor\" }",
            );
            None
        }
        [only] => Some(only),
        [(first, _), (second, extra), ..] => {
            extra.error(format!("an action does \"{first}\" or \"{second}\", not both"), "write two actions");
            None
        }
    }
}

fn selector(node: Node<'_>, catalogue: &Catalogue<'_>) -> Option<Selector> {
    let fields = node.fields(&keys::SELECTOR)?;
    let before = node.problems().errors();
    let mut selector = Selector::default();
    for key in Selector::KEYS {
        let Some(value) = fields.get(key) else { continue };
        let Some(text) = value.text() else { continue };
        if let Err((offset, message, hint)) = catalogue.read(&mut selector, key, text) {
            node.problems().error(value.spot_within(offset), message, hint);
        }
    }
    if node.problems().errors() > before {
        return None;
    }
    if matches!(node.value(), DeValue::Table(table) if table.is_empty()) {
        node.error("this selects everything there is", "name a class, a place or a code");
        return None;
    }
    if let Some((message, hint)) = catalogue.ambiguous(&selector) {
        node.error(message, hint);
        return None;
    }
    Some(selector)
}

/// What surrounds an action while it is written out.
pub struct Around<'a> {
    /// Who acts.
    pub mode: Mode,
    /// When.
    pub when: &'a When,
    /// Call points among the linkage's alarms.
    pub call_points: &'a [u32],
}

impl Draft<'_> {
    /// What it does, in words.
    pub fn in_words(&self, site: &Site) -> Text {
        let what = words::selected(&self.selector, &Binding::default(), site);
        let does = verbs::text(&self.verb);
        let (after_zh, after_en) = match self.delay.as_secs() {
            0 => (String::new(), String::new()),
            seconds => (format!("延时{seconds}秒后"), format!(", {seconds} s later")),
        };
        let (full_zh, full_en) =
            if self.full_automatic { ("（仅全自动）", " (only in full automatic)") } else { ("", "") };
        Text::new(
            &format!("{after_zh}{}{}{full_zh}", does.zh, what.zh),
            &format!("{} {}{after_en}{full_en}", does.en, what.en),
        )
    }

    /// The action at one value; nothing when there is nothing to do at this value.
    pub fn at(&self, bound: &Binding, around: &Around<'_>, catalogue: &Catalogue<'_>) -> Option<Action> {
        let site = catalogue.site;
        let mut chosen: Vec<u32> = self.addressed(bound, catalogue);
        if self.selector.is_wild() && !self.discharge {
            // A wildcard never addresses what releases agent (design §4).
            chosen.retain(|number| !self.releases(site, *number));
        }
        if chosen.len() > MOST_TARGETS {
            self.node.error(format!("{} targets", chosen.len()), format!("at most {MOST_TARGETS} for one action"));
            chosen.truncate(MOST_TARGETS);
        }
        if chosen.is_empty() {
            return None;
        }
        let targets: Vec<Target> = chosen.iter().filter_map(|number| self.target(*number, around.mode, site)).collect();
        self.check_discharge(&chosen, around, site);
        let what = words::selected(&self.selector, bound, site);
        let does = verbs::text(&self.verb);
        let made = || Text::new(&format!("{}{}", does.zh, what.zh), &capital(&format!("{} {}", does.en, what.en)));
        Some(Action {
            name: self.name.clone().unwrap_or_else(made),
            deed: Deed { verb: self.verb.clone() },
            targets,
            delay: self.delay,
            call_point_ends_delay: self.ends_delay,
            call_points: if self.ends_delay { around.call_points.to_vec() } else { Vec::new() },
            full_automatic: self.full_automatic,
            discharge: self.discharge,
            wildcard: !self.selector.names_one() || self.selector.variables().any(),
            interlock: self.interlock.as_ref().and_then(|plan| plan.at(&Binding::default(), site)),
            advice: self.advice.clone().unwrap_or_else(|| verbs::advice(&self.verb, &what)),
        })
    }

    fn addressed(&self, bound: &Binding, catalogue: &Catalogue<'_>) -> Vec<u32> {
        let asked = self.selector.asked(bound);
        let variables = self.selector.variables();
        let fits = |number: &u32| {
            catalogue.equipment(*number).is_some_and(|subject| {
                let there = || Binding::at(&subject, variables).map(|full| self.selector.asked(&full));
                self.selector.fits(&subject) && (!variables.any() || there().as_ref() == Some(&asked))
            })
        };
        catalogue.all_equipment(&self.selector).into_iter().filter(fits).collect()
    }

    /// Reports a selector that addresses nothing: at some of its values, or, with none given, at all.
    pub fn missing(&self, values: &[String], catalogue: &Catalogue<'_>) {
        if !values.is_empty() {
            if !self.where_present {
                let shown = values.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
                let more = if values.len() > 8 { format!(", … ({} in all)", values.len()) } else { String::new() };
                let message = format!("there is nothing of the kind at {shown}{more}");
                self.node.error(message, "where-present = true leaves the action out there");
            }
            return;
        }
        let site = catalogue.site;
        let open: Vec<u32> = catalogue.all_equipment(&self.selector);
        let fits = |number: &&u32| catalogue.equipment(**number).is_some_and(|subject| self.selector.fits(&subject));
        let releasing = open.iter().filter(fits).any(|number| self.releases(site, *number));
        let hint = if releasing {
            "a wildcard never addresses what releases extinguishing agent".to_owned()
        } else {
            plan::nearest(&self.selector, |relaxed| {
                let fits = |number: &u32| catalogue.equipment(*number).is_some_and(|subject| relaxed.fits(&subject));
                catalogue.all_equipment(relaxed).into_iter().filter(fits).count()
            })
        };
        self.node.error("this addresses no equipment", hint);
    }

    fn releases(&self, site: &Site, number: u32) -> bool {
        let Some(held) = site.equipment.get(number as usize) else { return false };
        let class = held.class.and_then(|at| site.classes.list.get(at as usize));
        let commanded = |command: &u32| {
            let spec = site.commands.get(*command as usize).map(|command| &command.spec);
            spec.is_some_and(|spec| spec.verb == self.verb && spec.danger == Danger::Discharge)
        };
        // Stopping or closing releases nothing.
        (!matches!(self.verb.as_str(), "stop" | "close") && class.is_some_and(|class| class.discharges))
            || held.commands.iter().any(commanded)
    }

    fn check_discharge(&self, chosen: &[u32], around: &Around<'_>, site: &Site) {
        let (mode, when) = (around.mode, around.when);
        let releasing: Vec<&Equipment> = chosen
            .iter()
            .filter(|number| self.releases(site, **number))
            .filter_map(|number| site.equipment.get(*number as usize))
            .collect();
        match (self.discharge, releasing.first()) {
            (false, Some(held)) => {
                let message = format!("\"{}\" releases extinguishing agent", held.id);
                self.node.error(message, "write discharge = true, if that is meant");
            }
            (true, None) => self.node.error("nothing that this addresses releases agent", "leave \"discharge\" out"),
            _ => {}
        }
        if !self.discharge || releasing.is_empty() {
            return;
        }
        if !self.selector.names_one() || self.selector.variables().any() {
            let hint = "name it: equipment = \"panel-1/l2-m46\", or its whole code and type";
            self.node.error("agent is never released by a class, a place or a wildcard", hint);
        }
        if mode != Mode::Monitor && self.delay.is_zero() {
            let hint = "write delay = \"30s\": people in the room need it";
            self.node.error("agent is released after an evacuation delay only", hint);
        }
        if plan::detections(when, site) < 2 {
            let hint = "write count(fire, zone='…') >= 2, or join two sets of detectors with &&";
            self.node.error("agent is released on two independent detections only", hint);
        }
    }

    fn target(&self, number: u32, mode: Mode, site: &Site) -> Option<Target> {
        let held = site.equipment.get(number as usize)?;
        let mut fitting = held.commands.iter().filter(|command| {
            site.commands.get(**command as usize).is_some_and(|command| command.spec.verb == self.verb)
        });
        let command = fitting.next().copied();
        if fitting.next().is_some() {
            let message = format!("\"{}\" has several commands \"{}\"", held.id, self.verb);
            self.node.error(message, "give them different verbs in its profile");
        }
        if mode == Mode::Auto && command.is_none() {
            let verbs = held.commands.iter().filter_map(|at| site.commands.get(*at as usize));
            let hint = match &verbs.map(|command| command.spec.verb.as_str()).collect::<Vec<_>>()[..] {
                [] => "it takes no commands: mode = \"monitor\" or \"manual\"".to_owned(),
                known => did_you_mean(&self.verb, known.iter().copied()),
            };
            self.node.error(format!("\"{}\" cannot be commanded to {}", held.id, self.verb), hint);
        }
        let feedback = match proof::sign(site, held, &self.verb, &self.wanted) {
            Ok(Some(sign)) => Some(Proof { sign, within: self.within }),
            Ok(None) if mode == Mode::Monitor => {
                self.node.error("with mode = \"monitor\" an action is nothing but its feedback", "name its feedback");
                None
            }
            Ok(None) => None,
            Err((message, hint)) => {
                let hint = if hint.is_empty() { "add feedback = \"…\"".to_owned() } else { hint };
                self.node.error(message, hint);
                None
            }
        };
        let commanded = command.and_then(|at| site.commands.get(at as usize)).map(|command| command.point.clone());
        let own = || {
            if held.id.contains('/') {
                PointId::new(&held.id)
            } else {
                PointId::new(&format!("{}/{}", held.id, self.verb))
            }
        };
        Some(Target { equipment: number, point: commanded.unwrap_or_else(own), command, feedback })
    }

    /// Devices it commands that may not be commanded.
    pub fn powerless<'s>(&self, action: &Action, site: &'s Site) -> Option<&'s str> {
        let devices = action.targets.iter().filter_map(|target| site.equipment.get(target.equipment as usize));
        let mut held = devices.filter_map(|held| site.devices.get(held.device as usize));
        held.find(|device| !device.control).map(|device| device.id.as_str())
    }
}

/// Whether a class of the site says so of this equipment.
pub fn is_call_point(site: &Site, rule: u32) -> bool {
    site.rules.get(rule as usize).is_some_and(|rule| rule.class.as_deref() == Some("call-point"))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
