//! Cause and effect (联动): what must happen when, and whether it did.
//!
//! Takes: what is known of conditions, statuses and verdicts; what people release and withdraw.
//! Gives: decided facts, commands that pass the one gate, and an alarm for every feedback that is missing or unexpected.
//! Never: acts on the unknown, or by a way round the gate; loops: no linkage reads another.

mod act;
mod blind;
mod feedback;
mod graph;
mod news;
mod resume;
mod run;
mod send;
#[cfg(test)]
mod tests;
mod unexplained;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alarm::{Changed, Decision, FactKind, LinkageFact, Live, State};
use super::bar::Bar;
use super::base::{EventId, Mono, PointId, Truth};
use super::site::Site;
use graph::Graph;
use values::{Known, Values};

/// What falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Due {
    /// The delay of an action is over.
    Delay(EventId, u32),
    /// The permission to release agent was asked for and must have been read.
    Asked(EventId, u32),
    /// The feedback of a target must have come.
    Feedback(Spot),
    /// Whether a linkage that cannot be judged is to be announced.
    Blind(u32),
    /// Whether a start of equipment has found its cause, by status.
    Unexplained(u32),
    /// Another minute begins.
    Minute,
}

/// One target of one action of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Spot {
    run: EventId,
    action: u32,
    target: u32,
}

/// The linkages of a site at work. What it holds beside the state can be found again from state, site and field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Machine {
    /// Made of the site; everything else is learned.
    #[serde(skip)]
    graph: Arc<Graph>,
    values: Values,
    /// What each linkage's condition says.
    truths: Vec<Truth>,
    /// The run of each linkage whose cause is not known to be gone.
    running: BTreeMap<u32, EventId>,
    /// The linkage of every run that is not over.
    runs: BTreeMap<EventId, u32>,
    agenda: BTreeSet<(Mono, Due)>,
    watched: feedback::Watched,
    /// Actions that wait for a fresh word on their permission to release agent.
    asking: BTreeSet<(EventId, u32)>,
    blind: blind::Blind,
    starts: unexplained::Starts,
    isolated: BTreeMap<EventId, PointId>,
}

/// Whether what is met now is done, or only proposed.
#[derive(Clone, Debug)]
enum Manner {
    Act,
    Propose(Bar),
}

impl Machine {
    /// Joins the linkages of a site. Nothing is known yet: the fact `restarted` makes it look at everything.
    pub fn new(site: &Site, state: &State) -> Machine {
        let graph = Arc::new(Graph::new(site));
        Machine {
            values: Values::new(&graph),
            truths: vec![Truth::False; graph.when.len()],
            starts: unexplained::Starts::new(site),
            isolated: state.isolations.values().map(|held| (held.id, held.point.clone())).collect(),
            graph,
            ..Machine::default()
        }
    }

    /// What was learned, over the conditions of the site it was learned at; nothing where it is of another.
    pub fn joined(self, site: &Site) -> Option<Machine> {
        let graph = Arc::new(Graph::new(site));
        let many = u32::try_from(graph.when.len()).unwrap_or(u32::MAX);
        let mut linkages = self.running.keys().chain(self.runs.values()).chain(self.blind.unknown());
        let within = linkages.all(|linkage| *linkage < many) && self.truths.len() == graph.when.len();
        drop(linkages);
        let fits = within && self.values.fits(&graph) && self.starts.fits(site);
        fits.then_some(Machine { graph, ..self })
    }

    /// The next deadline.
    pub fn next(&self) -> Option<Mono> {
        self.agenda.first().map(|(due, _)| *due)
    }

    /// Looks at what this step decided and learned, and decides what follows.
    pub fn follow(&mut self, decision: &mut Decision<'_>, live: &mut Live, changed: &Changed) {
        if self.is_idle() && !decision.facts.iter().any(|fact| matches!(fact.kind, FactKind::Restarted { .. })) {
            return;
        }
        let news = self.read(decision, changed);
        if news.restarted {
            self.resume(decision, live);
        }
        let manner = match (news.restarted, news.released) {
            (true, _) => Manner::Propose(Bar::Restarted),
            (_, true) => Manner::Propose(Bar::Released),
            _ => Manner::Act,
        };
        for linkage in self.moved(decision, live, &news) {
            self.judge(decision, live, linkage, &manner);
        }
        self.call_points(decision, live, &news);
        self.signs(decision, live, &news);
        self.asked_again(decision, live, &news);
        self.started(decision, live, &news.statuses);
        if news.links {
            self.links_changed(decision, live);
        }
    }

    /// Whether there is nothing to look after.
    fn is_idle(&self) -> bool {
        self.graph.when.is_empty() && self.starts.is_empty() && self.runs.is_empty()
    }

    /// Everything that time alone brings about.
    pub fn fall_due(&mut self, decision: &mut Decision<'_>, live: &mut Live) {
        while self.agenda.first().is_some_and(|(at, _)| *at <= decision.now.mono) {
            let Some((_, due)) = self.agenda.pop_first() else { return };
            match due {
                Due::Delay(run, action) => self.delay_over(decision, live, run, action),
                Due::Asked(run, action) => self.asked_in_vain(decision, live, run, action),
                Due::Feedback(spot) => self.feedback_due(decision, live, spot),
                Due::Blind(linkage) => self.look_whether_blind(decision, live, linkage),
                Due::Unexplained(status) => self.look_for_a_cause(decision, live, status),
                // The step that wakes for it looks at the clock in any case.
                Due::Minute => {}
            }
        }
    }

    /// Linkages whose inputs changed.
    fn moved(&mut self, decision: &Decision<'_>, live: &Live, news: &news::News) -> BTreeSet<u32> {
        let known = Known { site: decision.site, state: decision.state, live, now: decision.now };
        let mut leaves = BTreeSet::new();
        for condition in &news.conditions {
            self.values.count(&self.graph, known, condition, &mut leaves);
        }
        let reading = news.statuses.iter().filter_map(|status| self.graph.statuses.get(status));
        leaves.extend(reading.flatten());
        let ticked = self.values.tick(&self.graph, known);
        if !ticked.is_empty() {
            leaves.extend(ticked);
            let into = u64::try_from(decision.now.wall.0.rem_euclid(60_000_000)).unwrap_or(0);
            let next = Mono(decision.now.mono.0.saturating_add(60_000_000 - into));
            self.agenda.insert((next, Due::Minute));
        }
        if news.restarted {
            leaves.extend(0..u32::try_from(self.graph.leaves.len()).unwrap_or(u32::MAX));
        }
        let changed = self.values.evaluate(&self.graph, known, leaves);
        let mut linkages: BTreeSet<u32> =
            changed.iter().flat_map(|leaf| &self.graph.readers[*leaf as usize]).copied().collect();
        if news.restarted {
            linkages.extend(0..u32::try_from(self.truths.len()).unwrap_or(u32::MAX));
        }
        linkages
    }

    /// A linkage whose inputs changed begins, or its cause is gone, or nobody knows.
    fn judge(&mut self, decision: &mut Decision<'_>, live: &mut Live, linkage: u32, manner: &Manner) {
        let truth = self.graph.when[linkage as usize].evaluate(&|leaf| self.values.leaf(leaf));
        self.truths[linkage as usize] = truth;
        match truth {
            Truth::True if !self.running.contains_key(&linkage) => self.meet(decision, live, linkage, manner),
            Truth::False => self.clear(decision, linkage),
            _ => {}
        }
        self.note_sight(decision, linkage, truth);
    }
}

fn fact(kind: LinkageFact) -> FactKind {
    FactKind::Linkage(kind)
}

/// Proposes targets of an action, and says why.
fn propose(decision: &mut Decision<'_>, run: EventId, action: u32, targets: Vec<u32>, bar: &Bar) {
    let (code, why) = (bar.code().to_owned(), bar.text());
    decision.decide(fact(LinkageFact::Proposed { run, action, targets, code, why }));
}
