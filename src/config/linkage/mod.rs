//! Cause and effect as data (联动): `[[linkage]]` -> checked, written-out [`Linkage`]s.
//!
//! Takes: the `[[linkage]]` tables of a site's files, and the site with all its devices.
//! Gives: [`read`]; every finding with its place and the nearest right word; [`describe`] says in words what is written.
//! Never: a linkage that names no device, an action nothing proves, a loop: no linkage can read another.

mod action;
mod catalogue;
mod clock;
mod condition;
pub mod keys;
mod pattern;
mod plan;
mod proof;
mod selector;
mod syntax;
mod verbs;
mod words;

use std::collections::BTreeMap;

use super::document::{Fields, Node};
use super::expression::Finding;
use super::problem::{Problems, Spot, did_you_mean};
use crate::engine::base::Text;
use crate::engine::site::{Linkage, Mode, Site};
use catalogue::Catalogue;
use condition::Condition;
use plan::Plan;

pub use pattern::Pattern;
pub use verbs::text as verb_text;

/// Most values for which one linkage is written out.
const MOST_VALUES: usize = 2_000;
/// Most linkages of a site, written out.
const MOST_LINKAGES: usize = 20_000;
/// Most indices that all conditions and actions together hold.
const MOST_INDICES: usize = 4_000_000;

const MODES: [(&str, Mode); 3] = [("monitor", Mode::Monitor), ("manual", Mode::Manual), ("auto", Mode::Auto)];

/// A linkage in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// Its id in the file.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Who acts.
    pub mode: Mode,
    /// When, in words.
    pub when: Text,
    /// What then happens, in words.
    pub actions: Vec<Text>,
    /// Where it is written.
    pub spot: Spot,
}

/// Reads every `[[linkage]]`, each written out for every value of its variables. One with an error is left out.
pub fn read<'a>(nodes: impl IntoIterator<Item = Node<'a>>, site: &Site, problems: &Problems) -> Vec<Linkage> {
    let mut nodes = nodes.into_iter().peekable();
    if nodes.peek().is_none() {
        return Vec::new();
    }
    let catalogue = Catalogue::of(site);
    let mut seen: BTreeMap<&str, Spot> = BTreeMap::new();
    let (mut all, mut indices) = (Vec::new(), 0usize);
    for node in nodes {
        let node = node.reporting(problems);
        let before = problems.errors();
        let Some(draft) = draft(node, &catalogue) else { continue };
        if let Some(first) = seen.insert(draft.id, draft.spot.clone()) {
            problems.error(draft.spot, format!("linkage \"{}\" is given twice", draft.id), format!("first at {first}"));
            continue;
        }
        let written = written(&draft, &catalogue);
        indices += written.iter().map(weight).sum::<usize>();
        if all.len() + written.len() > MOST_LINKAGES || indices > MOST_INDICES {
            let hint = format!("at most {MOST_LINKAGES} linkages and {MOST_INDICES} alarms and targets in all");
            node.error("the site's linkages are too large, written out", hint);
            break;
        }
        if problems.errors() == before {
            all.extend(written);
        }
    }
    all
}

/// The linkages of these tables in words; what is wrong in them is left out.
pub fn describe<'a>(nodes: impl IntoIterator<Item = Node<'a>>, site: &Site) -> Vec<Described> {
    let catalogue = Catalogue::of(site);
    let quiet = Problems::default();
    let mut all = Vec::new();
    for node in nodes {
        let Some(draft) = draft(node.reporting(&quiet), &catalogue) else { continue };
        all.push(Described {
            id: draft.id.to_owned(),
            name: draft.name.clone(),
            mode: draft.mode,
            when: words::condition(&draft.condition, site),
            actions: draft.actions.iter().map(|action| action.in_words(site)).collect(),
            spot: draft.spot.clone(),
        });
    }
    all
}

/// A linkage as it is written.
struct Draft<'a> {
    node: Node<'a>,
    id: &'a str,
    spot: Spot,
    name: Text,
    mode: Mode,
    condition: Condition,
    plan: Plan,
    actions: Vec<action::Draft<'a>>,
    panel: Option<u32>,
    rows: Vec<String>,
    /// The condition names the building of every floor.
    in_building: bool,
}

fn draft<'a>(node: Node<'a>, catalogue: &Catalogue<'_>) -> Option<Draft<'a>> {
    let fields = node.fields(&keys::LINKAGE)?;
    let id = fields.get("id").and_then(|node| Some((node.segment()?, node.spot())));
    let name = fields.get("name").and_then(Node::both_languages);
    let mode = fields.get("mode").and_then(|node| node.word(&MODES));
    let condition = fields.get("when").and_then(|node| Some((condition_of(node, catalogue)?, node)));
    let plan = condition.as_ref().and_then(|(condition, node)| told(*node, Plan::of(condition, catalogue)));
    let rows = fields.list("rows").into_iter().filter_map(Node::text).map(str::to_owned).collect();
    let panel = panel(&fields, catalogue.site);
    let listed = fields.list("action");
    if let (true, Some(node)) = (listed.is_empty(), fields.get("action")) {
        node.error("a linkage without an action does nothing", "add [[linkage.action]]");
    }
    let count = listed.len();
    let actions: Vec<action::Draft<'_>> = listed.into_iter().filter_map(|node| action::read(node, catalogue)).collect();
    let ((id, spot), (condition, when)) = (id?, condition?);
    let (variables, before) = (condition.variables(), node.problems().errors());
    for action in &actions {
        if let Some(name) = action.selector.variables().beyond(variables) {
            let hint = match name {
                "&" => "write & at the same places of a code in the condition".to_owned(),
                _ => format!("write it there: fire({}={name})", &name[1..]),
            };
            action.node.error(format!("the condition does not say which {name} this is"), hint);
        }
    }
    let plan = plan.filter(|_| node.problems().errors() == before)?;
    if plan.bindings.len() > MOST_VALUES {
        let message = format!("this is written out for {} values", plan.bindings.len());
        when.error(message, format!("at most {MOST_VALUES}: name a building or a device"));
        return None;
    }
    let in_building = floors_are_in_one_building(&condition);
    let name = name.unwrap_or_else(|| Text::same(id));
    (actions.len() == count && count > 0).then_some(())?;
    Some(Draft { node, id, spot, name, mode: mode?, condition, plan, actions, panel, rows, in_building })
}

/// Whether every part of the condition that asks for `$floor` names the same building, so that the floor says it all.
fn floors_are_in_one_building(condition: &Condition) -> bool {
    let mut named = std::collections::BTreeSet::new();
    condition.leaves(&mut |leaf, _| {
        if let Some((selector, _)) = leaf.selector().filter(|(selector, _)| selector.variables().floor) {
            named.insert(match &selector.building {
                Some(selector::Where::Is(building)) => Some(building.clone()),
                _ => None,
            });
        }
    });
    named.len() == 1 && named.first().is_some_and(Option::is_some)
}

fn panel(fields: &Fields<'_>, site: &Site) -> Option<u32> {
    let node = fields.get("panel")?;
    let id = node.text()?;
    let found = site.devices.iter().position(|device| device.id.as_str() == id);
    if found.is_none() {
        let hint = did_you_mean(id, site.devices.iter().map(|device| device.id.as_str()));
        node.error(format!("unknown device \"{id}\""), hint);
    }
    found.and_then(|at| u32::try_from(at).ok())
}

/// Writes a linkage out, one for each value.
fn written(draft: &Draft<'_>, catalogue: &Catalogue<'_>) -> Vec<Linkage> {
    let site = catalogue.site;
    let mut all = Vec::new();
    let (mut never, mut powerless) = (Vec::new(), None);
    let mut missing: Vec<Vec<String>> = vec![Vec::new(); draft.actions.len()];
    let mut found = vec![false; draft.actions.len()];
    for bound in &draft.plan.bindings {
        let label = bound.label(draft.in_building);
        let value = || label.clone().unwrap_or_default();
        let Some(when) = draft.plan.at(bound, site) else {
            never.push(value());
            continue;
        };
        let mut call_points = plan::alarms(&when);
        call_points.retain(|rule| action::is_call_point(site, *rule));
        let around = action::Around { mode: draft.mode, when: &when, call_points: &call_points };
        let mut actions = Vec::with_capacity(draft.actions.len());
        for (at, action) in draft.actions.iter().enumerate() {
            match action.at(bound, &around, catalogue) {
                Some(written) => {
                    found[at] = true;
                    if draft.mode == Mode::Auto {
                        powerless = powerless.or_else(|| action.powerless(&written, site));
                    }
                    actions.push(written);
                }
                None => missing[at].push(value()),
            }
        }
        if actions.is_empty() {
            continue;
        }
        all.push(Linkage {
            id: label.as_ref().map_or_else(|| draft.id.to_owned(), |label| format!("{}[{label}]", draft.id)),
            name: named(&draft.name, label.as_deref()),
            mode: draft.mode,
            when,
            actions,
            panel: draft.panel,
            origin: origin(&draft.spot),
            rows: draft.rows.clone(),
        });
    }
    let met = never.len() < draft.plan.bindings.len();
    for ((action, missing), found) in draft.actions.iter().zip(&missing).zip(found) {
        if !found && met {
            action.missing(&[], catalogue);
        } else if !missing.is_empty() {
            action.missing(missing, catalogue);
        }
    }
    complain(draft, &never, powerless);
    all
}

fn complain(draft: &Draft<'_>, never: &[String], powerless: Option<&str>) {
    let fields = draft.node;
    if !never.is_empty() && never.len() == draft.plan.bindings.len() {
        fields.error("this linkage can never be met, or is met always", "look at its counts and negations");
    } else if !never.is_empty() {
        let shown = never.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
        let message = format!("nothing ever meets this linkage at {shown}");
        fields.warning(message, "there are fewer points there than it asks for");
    }
    if let Some(device) = powerless {
        let message = format!("\"{device}\" may not be commanded, and this linkage acts by itself");
        fields.warning(message, "control = true on that device, or mode = \"manual\"");
    }
}

fn origin(spot: &Spot) -> String {
    format!("{}:{}", spot.file, spot.line)
}

fn named(name: &Text, label: Option<&str>) -> Text {
    label.map_or_else(
        || name.clone(),
        |label| Text::new(&format!("{}（{label}）", name.zh), &format!("{} ({label})", name.en)),
    )
}

fn weight(linkage: &Linkage) -> usize {
    let targets = |action: &crate::engine::site::Action| {
        action.targets.len() + action.call_points.len() + action.interlock.as_ref().map_or(0, plan::weight)
    };
    plan::weight(&linkage.when) + linkage.actions.iter().map(targets).sum::<usize>()
}

/// A condition of a file.
fn condition_of(node: Node<'_>, catalogue: &Catalogue<'_>) -> Option<Condition> {
    let text = node.lines()?;
    told(node, condition::parse(text, catalogue))
}

/// Reports the findings of a condition at their places.
fn told<T>(node: Node<'_>, read: Result<T, Vec<Finding>>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(findings) => {
            for finding in findings {
                node.problems().error(node.spot_within(finding.offset), finding.message, finding.hint);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests;
