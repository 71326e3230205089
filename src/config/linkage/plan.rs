//! A condition resolved to indices, ready to be written out for each value of its variables.
//!
//! Takes: a [`Condition`] and the [`Catalogue`] of its site.
//! Gives: [`Plan`]: the values its variables can have, and the [`When`] for each of them.
//! Never: a part that addresses nothing at any value, or asks for more than there is.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::Catalogue;
use super::condition::{self, Condition};
use super::selector::{Binding, Selector, Variables, Where};
use crate::config::expression::Finding;
use crate::engine::base::{Category, Verdict};
use crate::engine::site::{Alarms, Among, Filter, Quantity, Sign, Site, When, Window};

/// A condition with the rules and statuses of each of its parts.
pub struct Plan {
    node: Node,
    /// The values of its variables; one without any where it has none.
    pub bindings: Vec<Binding>,
}

enum Node {
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Alarms(Held, Option<Filter>, u32),
    Judged(Held, Option<Filter>, Verdict),
    Signs(Held, bool, Among),
    Clock(Window),
}

/// What a part addresses, by the values of the variables that it asks for.
struct Held {
    selector: Selector,
    by: BTreeMap<Binding, Vec<u32>>,
}

/// A condition at one value: what cannot be is left out.
enum Folded {
    Never,
    Always,
    When(When),
}

impl Plan {
    /// Resolves a condition.
    pub fn of(condition: &Condition, catalogue: &Catalogue<'_>) -> Result<Plan, Vec<Finding>> {
        let variables = condition.variables();
        let mut making =
            Making { catalogue, variables, findings: Vec::new(), alarms: BTreeSet::new(), rest: BTreeSet::new() };
        let node = making.node(condition, false);
        if !making.findings.is_empty() {
            return Err(making.findings);
        }
        let bindings = match (variables.any(), making.alarms.is_empty()) {
            (false, _) => vec![Binding::default()],
            (true, false) => making.alarms.into_iter().collect(),
            (true, true) => making.rest.into_iter().collect(),
        };
        Ok(Plan { node, bindings })
    }

    /// The condition at one value; nothing when it could never be met there, or would always be.
    pub fn at(&self, bound: &Binding, site: &Site) -> Option<When> {
        match self.node.at(bound, site) {
            Folded::When(when) => Some(when),
            Folded::Never | Folded::Always => None,
        }
    }
}

struct Making<'a> {
    catalogue: &'a Catalogue<'a>,
    variables: Variables,
    findings: Vec<Finding>,
    /// Values at which an alarm of it, not negated, addresses something.
    alarms: BTreeSet<Binding>,
    /// Values at which anything else does.
    rest: BTreeSet<Binding>,
}

impl Making<'_> {
    fn node(&mut self, condition: &Condition, negated: bool) -> Node {
        match condition {
            Condition::Not(inner) => Node::Not(Box::new(self.node(inner, !negated))),
            Condition::All(parts) => Node::All(parts.iter().map(|part| self.node(part, negated)).collect()),
            Condition::Any(parts) => Node::Any(parts.iter().map(|part| self.node(part, negated)).collect()),
            Condition::Alarms(alarms, many) => {
                let unlisted = self.unlisted(alarms);
                let held = self.rules(alarms, unlisted.is_some(), negated);
                if unlisted.is_none() && !alarms.selector.variables().any() {
                    self.enough(&held, *many, alarms.offset);
                }
                Node::Alarms(held, unlisted, *many)
            }
            Condition::Judged(alarms, verdict) => {
                let unlisted = self.unlisted(alarms);
                Node::Judged(self.rules(alarms, unlisted.is_some(), negated), unlisted, *verdict)
            }
            Condition::Shown(shown) => Node::Signs(self.statuses(shown), shown.is, shown.among),
            Condition::Clock(window) => Node::Clock(*window),
        }
    }

    fn rules(&mut self, alarms: &condition::Alarms, open: bool, negated: bool) -> Held {
        let (catalogue, selector) = (self.catalogue, &alarms.selector);
        let mut by: BTreeMap<Binding, Vec<u32>> = BTreeMap::new();
        for number in catalogue.rules(selector) {
            let Some(rule) = catalogue.site.rules.get(number as usize) else { continue };
            let Some(subject) = catalogue.rule(number) else { continue };
            if !alarms.categories.contains(&rule.condition.category) || !selector.fits(&subject) {
                continue;
            }
            if let Some(full) = Binding::at(&subject, self.variables) {
                let values = if negated { &mut self.rest } else { &mut self.alarms };
                if selector.variables().any() {
                    values.insert(full.clone());
                }
                by.entry(selector.asked(&full)).or_default().push(number);
            } else if !selector.variables().any() {
                by.entry(Binding::default()).or_default().push(number);
            }
        }
        by.values_mut().for_each(|rules| {
            rules.sort_unstable();
            rules.dedup();
        });
        if by.is_empty() && !open {
            let message = format!("this addresses no {} alarm", spelt(&alarms.categories));
            self.findings.push(Finding::new(
                alarms.offset,
                message,
                nearest(selector, |relaxed| {
                    let fits = |number: &u32| {
                        let rule = catalogue.site.rules.get(*number as usize);
                        rule.is_some_and(|rule| alarms.categories.contains(&rule.condition.category))
                            && catalogue.rule(*number).is_some_and(|subject| relaxed.fits(&subject))
                    };
                    catalogue.rules(relaxed).iter().filter(|number| fits(number)).count()
                }),
            ));
        }
        Held { selector: selector.clone(), by }
    }

    fn statuses(&mut self, shown: &condition::Shown) -> Held {
        let (catalogue, selector) = (self.catalogue, &shown.selector);
        let mut by: BTreeMap<Binding, Vec<u32>> = BTreeMap::new();
        for number in catalogue.all_equipment(selector) {
            let Some(held) = catalogue.site.equipment.get(number as usize) else { continue };
            let Some(subject) = catalogue.equipment(number).filter(|subject| selector.fits(subject)) else { continue };
            let Some(status) = held.statuses.get(&shown.word) else { continue };
            let asks = selector.variables().any();
            match Binding::at(&subject, self.variables) {
                Some(full) => {
                    if asks {
                        self.rest.insert(full.clone());
                    }
                    by.entry(selector.asked(&full)).or_default().push(*status);
                }
                None if !asks => by.entry(Binding::default()).or_default().push(*status),
                None => {}
            }
        }
        Held { selector: selector.clone(), by }
    }

    /// What the site does not list may belong to a set that asks for nothing but building and device.
    fn unlisted(&self, alarms: &condition::Alarms) -> Option<Filter> {
        let Selector { building, device, .. } = &alarms.selector;
        let building = match building {
            None => None,
            Some(Where::Is(building)) => Some(building.clone()),
            Some(Where::Variable) => return None,
        };
        let rest = Selector { building: None, device: None, ..alarms.selector.clone() };
        if rest != Selector::default() {
            return None;
        }
        let fits = |held: &&crate::engine::site::Device| {
            held.reports()
                && device.as_deref().is_none_or(|device| held.id.as_str() == device)
                && building.as_ref().is_none_or(|building| held.place.building.as_ref() == Some(building))
        };
        self.catalogue.site.devices.iter().find(fits)?;
        Some(Filter { categories: alarms.categories.clone(), device: device.clone(), building })
    }

    fn enough(&mut self, held: &Held, many: u32, offset: usize) {
        let rules = held.by.values().flatten();
        let there = points(rules, self.catalogue.site);
        if there > 0 && there < many as usize {
            let message = format!("this addresses {there} points: {many} can never be reached");
            self.findings.push(Finding::new(offset, message, "lower the count, or address more"));
        }
    }
}

impl Node {
    fn at(&self, bound: &Binding, site: &Site) -> Folded {
        match self {
            Node::Not(inner) => match inner.at(bound, site) {
                Folded::Never => Folded::Always,
                Folded::Always => Folded::Never,
                Folded::When(when) => Folded::When(When::Not(Box::new(when))),
            },
            Node::All(parts) => joined(parts, bound, site, true),
            Node::Any(parts) => joined(parts, bound, site, false),
            Node::Alarms(held, unlisted, many) => {
                let rules = held.at(bound);
                if unlisted.is_none() && points(rules.iter(), site) < *many as usize {
                    return Folded::Never;
                }
                Folded::When(When::Alarms(Alarms { rules, unlisted: unlisted.clone() }, Quantity { at_least: *many }))
            }
            Node::Judged(held, unlisted, verdict) => match held.at(bound) {
                rules if rules.is_empty() && unlisted.is_none() => Folded::Never,
                rules => Folded::When(When::Judged(Alarms { rules, unlisted: unlisted.clone() }, *verdict)),
            },
            Node::Signs(held, is, among) => match held.at(bound) {
                // "Every one of none" would be true.
                statuses if statuses.is_empty() => Folded::Never,
                statuses => {
                    let signs = statuses.into_iter().map(|status| Sign::Status { status, is: *is }).collect();
                    Folded::When(When::Signs(signs, *among))
                }
            },
            Node::Clock(window) => Folded::When(When::Clock(*window)),
        }
    }
}

fn joined(parts: &[Node], bound: &Binding, site: &Site, all: bool) -> Folded {
    let mut kept = Vec::with_capacity(parts.len());
    for part in parts {
        match (part.at(bound, site), all) {
            (Folded::When(when), _) => kept.push(when),
            (Folded::Never, true) => return Folded::Never,
            (Folded::Always, false) => return Folded::Always,
            (Folded::Never, false) | (Folded::Always, true) => {}
        }
    }
    match (kept.len(), all) {
        (0, true) => Folded::Always,
        (0, false) => Folded::Never,
        (1, _) => Folded::When(kept.remove(0)),
        (_, true) => Folded::When(When::All(kept)),
        (_, false) => Folded::When(When::Any(kept)),
    }
}

impl Held {
    fn at(&self, bound: &Binding) -> Vec<u32> {
        self.by.get(&self.selector.asked(bound)).cloned().unwrap_or_default()
    }
}

fn points<'a>(rules: impl Iterator<Item = &'a u32>, site: &Site) -> usize {
    let of = |rule: &u32| site.rules.get(*rule as usize).map(|rule| &rule.condition.point);
    rules.filter_map(of).collect::<BTreeSet<_>>().len()
}

fn spelt(categories: &[Category]) -> String {
    categories.iter().map(|category| category.as_str()).collect::<Vec<_>>().join(" or ")
}

/// Which part of a selector keeps it from addressing anything.
pub fn nearest(selector: &Selector, count: impl Fn(&Selector) -> usize) -> String {
    for (key, relaxed) in selector.each_relaxed() {
        let found = count(&relaxed);
        if found > 0 {
            return format!("without \"{key}\" it would address {found}");
        }
    }
    String::new()
}

/// How many independent detections of fire it takes, at least, for the condition to be met.
pub fn detections(when: &When, site: &Site) -> u32 {
    match when {
        When::Alarms(alarms, many) => {
            let fire = |rule: &u32| {
                site.rules.get(*rule as usize).is_some_and(|rule| rule.condition.category == Category::Fire)
            };
            if alarms.unlisted.is_none() && alarms.rules.iter().all(fire) { many.at_least } else { 0 }
        }
        When::Any(parts) => parts.iter().map(|part| detections(part, site)).min().unwrap_or(0),
        When::All(parts) => {
            // Sets that share a point may be met by the same one.
            let mut seen: BTreeSet<u32> = BTreeSet::new();
            let (mut sum, mut most) = (0u32, 0);
            for part in parts {
                let own: BTreeSet<u32> = detected(part).collect();
                let here = detections(part, site);
                most = most.max(here);
                if own.is_disjoint(&seen) {
                    sum += here;
                }
                seen.extend(own);
            }
            sum.max(most)
        }
        When::Signs(..) | When::Judged(..) | When::Clock(_) | When::Not(_) => 0,
    }
}

fn detected(when: &When) -> Box<dyn Iterator<Item = u32> + '_> {
    match when {
        When::Alarms(alarms, _) => Box::new(alarms.rules.iter().copied()),
        When::All(parts) | When::Any(parts) => Box::new(parts.iter().flat_map(detected)),
        _ => Box::new(std::iter::empty()),
    }
}

/// Rules of the alarms that meet it, those under a negation left out.
pub fn alarms(when: &When) -> Vec<u32> {
    let mut rules: Vec<u32> = detected(when).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Indices that a written-out condition holds: what it costs.
pub fn weight(when: &When) -> usize {
    match when {
        When::Alarms(alarms, _) | When::Judged(alarms, _) => alarms.rules.len(),
        When::Signs(signs, _) => signs.len(),
        When::Clock(_) => 1,
        When::Not(inner) => weight(inner),
        When::All(parts) | When::Any(parts) => parts.iter().map(weight).sum(),
    }
}
