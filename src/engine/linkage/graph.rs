//! The conditions of all linkages as one graph: what is alike is there once, and every input knows what reads it.
//!
//! Takes: the linkages of a site.
//! Gives: [`Graph`]: nodes over shared leaves, and the way from a condition or a status to the linkages it moves.
//! Never: a truth; never changes while the process runs.

use std::collections::BTreeMap;

use crate::engine::base::{PointId, Truth, Verdict};
use crate::engine::site::{Alarms, Among, Condition, Sign, Site, When, Window};

/// A condition whose leaves are numbers.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Leaf(u32),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// What a condition is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaf {
    /// So many different points of a set.
    Alarms { set: u32, at_least: u32 },
    /// Some alarm of a set was judged so.
    Judged { set: u32, verdict: Verdict },
    /// Signs of equipment.
    Signs(Vec<Sign>, Among),
    /// A time of day.
    Clock(Window),
}

/// What reads a condition of the site.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Its rule, where the site lists it.
    pub rule: Option<u32>,
    /// Sets it belongs to.
    pub sets: Vec<u32>,
    /// Leaves of signs that read it.
    pub leaves: Vec<u32>,
}

/// All conditions of all linkages.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub leaves: Vec<Leaf>,
    pub sets: Vec<Alarms>,
    /// By set: the leaves over it.
    pub leaves_of: Vec<Vec<u32>>,
    /// By leaf: the linkages it moves.
    pub readers: Vec<Vec<u32>>,
    /// By linkage: its condition.
    pub when: Vec<Node>,
    /// By linkage and action: its interlock.
    pub interlocks: BTreeMap<(u32, u32), Node>,
    /// By rule: whether anything reads it. Most changes of most sites end here.
    pub read: Vec<bool>,
    /// By condition: what reads it.
    pub uses: BTreeMap<Condition, Uses>,
    /// By status: the leaves that read it.
    pub statuses: BTreeMap<u32, Vec<u32>>,
    /// The statuses that leaves read, by their points.
    pub status_at: BTreeMap<PointId, u32>,
    /// Leaves over the time of day.
    pub clocks: Vec<u32>,
    /// Sets to which alarms belong that the site does not list.
    pub open_sets: Vec<u32>,
    /// By rule of a call point: the linkages whose delays it ends.
    pub call_points: BTreeMap<u32, Vec<u32>>,
    numbers: BTreeMap<Leaf, u32>,
    known_sets: BTreeMap<Alarms, u32>,
}

impl Graph {
    /// Joins the linkages of a site.
    pub fn new(site: &Site) -> Graph {
        let mut graph = Graph { read: vec![false; site.rules.len()], ..Graph::default() };
        for (number, linkage) in (0u32..).zip(&site.linkages) {
            let when = graph.node(&linkage.when, site);
            when.leaves(&mut |leaf| {
                let readers = &mut graph.readers[leaf as usize];
                if readers.last() != Some(&number) {
                    readers.push(number);
                }
            });
            graph.when.push(when);
            for (at, action) in (0u32..).zip(&linkage.actions) {
                if let Some(interlock) = &action.interlock {
                    let node = graph.node(interlock, site);
                    graph.interlocks.insert((number, at), node);
                }
                for rule in action.call_points.iter().filter(|_| action.call_point_ends_delay) {
                    graph.uses_of(*rule, site);
                    let linkages = graph.call_points.entry(*rule).or_default();
                    if linkages.last() != Some(&number) {
                        linkages.push(number);
                    }
                }
            }
        }
        graph
    }

    fn node(&mut self, when: &When, site: &Site) -> Node {
        match when {
            When::Alarms(alarms, quantity) => {
                let set = self.set(alarms, site);
                self.leaf(Leaf::Alarms { set, at_least: quantity.at_least }, site)
            }
            When::Judged(alarms, verdict) => {
                let set = self.set(alarms, site);
                self.leaf(Leaf::Judged { set, verdict: *verdict }, site)
            }
            When::Signs(signs, among) => self.leaf(Leaf::Signs(signs.clone(), *among), site),
            When::Clock(window) => self.leaf(Leaf::Clock(*window), site),
            When::Not(inner) => Node::Not(Box::new(self.node(inner, site))),
            When::All(parts) => Node::All(parts.iter().map(|part| self.node(part, site)).collect()),
            When::Any(parts) => Node::Any(parts.iter().map(|part| self.node(part, site)).collect()),
        }
    }

    fn set(&mut self, alarms: &Alarms, site: &Site) -> u32 {
        if let Some(known) = self.known_sets.get(alarms) {
            return *known;
        }
        let number = number(&self.sets);
        for rule in &alarms.rules {
            if let Some(uses) = self.uses_of(*rule, site) {
                uses.sets.push(number);
            }
        }
        if alarms.unlisted.is_some() {
            self.open_sets.push(number);
        }
        self.sets.push(alarms.clone());
        self.leaves_of.push(Vec::new());
        self.known_sets.insert(alarms.clone(), number);
        number
    }

    fn leaf(&mut self, leaf: Leaf, site: &Site) -> Node {
        if let Some(known) = self.numbers.get(&leaf) {
            return Node::Leaf(*known);
        }
        let number = number(&self.leaves);
        match &leaf {
            Leaf::Alarms { set, .. } | Leaf::Judged { set, .. } => self.leaves_of[*set as usize].push(number),
            Leaf::Clock(_) => self.clocks.push(number),
            Leaf::Signs(signs, _) => {
                for sign in signs {
                    match sign {
                        Sign::Status { status, .. } => {
                            self.statuses.entry(*status).or_default().push(number);
                            let held = site.statuses.get(*status as usize);
                            self.status_at.extend(held.map(|held| (held.id.clone(), *status)));
                        }
                        Sign::Rule { rule, .. } => {
                            if let Some(uses) = self.uses_of(*rule, site) {
                                uses.leaves.push(number);
                            }
                        }
                    }
                }
            }
        }
        self.readers.push(Vec::new());
        self.leaves.push(leaf.clone());
        self.numbers.insert(leaf, number);
        Node::Leaf(number)
    }

    fn uses_of(&mut self, rule: u32, site: &Site) -> Option<&mut Uses> {
        let held = site.rules.get(rule as usize)?;
        self.read[rule as usize] = true;
        let uses = self.uses.entry(held.condition.clone()).or_default();
        uses.rule = Some(rule);
        Some(uses)
    }
}

impl Node {
    /// What it says, given what each leaf says.
    pub fn evaluate(&self, leaf: &impl Fn(u32) -> Truth) -> Truth {
        match self {
            Node::Leaf(number) => leaf(*number),
            Node::Not(inner) => inner.evaluate(leaf).negate(),
            Node::All(parts) => parts.iter().fold(Truth::True, |held, part| held.and(part.evaluate(leaf))),
            Node::Any(parts) => parts.iter().fold(Truth::False, |held, part| held.or(part.evaluate(leaf))),
        }
    }

    /// Calls `visit` for every leaf.
    pub fn leaves(&self, visit: &mut impl FnMut(u32)) {
        match self {
            Node::Leaf(number) => visit(*number),
            Node::Not(inner) => inner.leaves(visit),
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| part.leaves(visit)),
        }
    }

    /// Calls `visit` for every leaf that speaks for it and not against it.
    pub fn causes(&self, visit: &mut impl FnMut(u32)) {
        match self {
            Node::Leaf(number) => visit(*number),
            Node::Not(_) => {}
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| part.causes(visit)),
        }
    }
}

fn number<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
