//! What is the consequence of something that is announced already: it folds under its cause.
//!
//! Takes: what a class or a profile says an alarm follows from, and the facts of a step.
//! Gives: the fact `cause-judged`, with the row that another folds under, and again when that is over.
//! Never: folds fire, discharge, gas or an emergency, anything under what is less urgent, or under what nobody hears
//! of. Mains faults are judged by their own evidence (`super::mains`).
//!
//! What is folded keeps its row, owes its acknowledgement and makes no sound. When its cause ends, is judged false or is
//! isolated, it stands by itself and is heard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::alarm::{Cause, Decision, FactKind, Judged, Occurrence, Source, State, SupervisionFact, Verdict};
use crate::engine::base::{Category, DeviceId, EventId, PointId, Text};
use crate::engine::site::{Condition, Device, Follow, Site, Target};

/// A row can follow from one that itself follows from another; longer chains are cut here.
const ROUNDS: usize = 4;

/// Who follows from whom at a site; only conditions that follow from something are here.
#[derive(Debug, Default)]
pub(super) struct Folding {
    causes_of: BTreeMap<Condition, Vec<Origin>>,
    effects_of: BTreeMap<Condition, BTreeSet<Condition>>,
    /// By building: what follows from an outage there.
    of_outage: BTreeMap<Option<String>, BTreeSet<Condition>>,
    /// Open rows that were judged to be an outage and stand for the others.
    outages: BTreeSet<EventId>,
}

/// What a condition may follow from.
#[derive(Clone, Debug, PartialEq)]
enum Origin {
    Condition(Condition),
    /// A link fault: only for what was raised while it stood.
    Link(Condition),
    /// An outage in this building.
    Outage(Option<String>),
}

impl Folding {
    /// Joins what the site says, and finds the outages that stand.
    pub fn resumed(site: &Site, state: &State) -> Folding {
        let mut folding = Folding::default();
        for rule in &site.rules {
            let building = rule.place.building.as_ref();
            folding.add(&rule.condition, rule.follows.iter().map(|follow| Origin::of(follow, building)));
        }
        let mut targets: BTreeMap<u32, BTreeSet<Condition>> = BTreeMap::new();
        for target in site.linkages.iter().flat_map(|linkage| &linkage.actions).flat_map(|action| &action.targets) {
            targets.entry(target.equipment).or_default().insert(Target::without_feedback(&target.point));
        }
        for (number, held) in (0u32..).zip(&site.equipment) {
            let class = held.class.and_then(|class| site.classes.list.get(class as usize));
            let phases = class.into_iter().flat_map(|class| &class.sequences).flat_map(|sequence| {
                sequence.phases.iter().map(|phase| {
                    let word = format!("{}.{}", sequence.key, phase.key);
                    let point = held.point(&word);
                    (word, Condition { point, category: phase.category, level: None })
                })
            });
            let missing =
                targets.get(&number).into_iter().flatten().map(|fault| (Follow::FEEDBACK.to_owned(), fault.clone()));
            for (word, condition) in phases.chain(missing) {
                let told = held.follows.iter().filter(|(of, _)| *of == word).flat_map(|(_, follows)| follows);
                let building = held.place.building.as_ref();
                folding
                    .add(&condition, told.map(|follow| Origin::of(follow, building)).chain(links(site, held.device)));
            }
        }
        let stands = state.open().filter(|held| is_outage(held)).map(|held| held.id);
        folding.outages = stands.collect();
        folding
    }

    /// The outages that stand for others.
    pub fn learned(&self) -> BTreeSet<EventId> {
        self.outages.clone()
    }

    /// Takes up what was learned.
    pub fn take_up(&mut self, learned: BTreeSet<EventId>) {
        self.outages = learned;
    }

    fn add(&mut self, effect: &Condition, origins: impl Iterator<Item = Origin>) {
        if effect.category.rules().incident || effect.category == Category::MainsFault {
            return;
        }
        for origin in origins {
            match &origin {
                Origin::Condition(cause) | Origin::Link(cause) => self.effects_of.entry(cause.clone()).or_default(),
                Origin::Outage(building) => self.of_outage.entry(building.clone()).or_default(),
            }
            .insert(effect.clone());
            self.causes_of.entry(effect.clone()).or_default().push(origin);
        }
    }

    /// Looks at the rows that the facts of a step touched, and at what follows from them.
    pub fn look(&mut self, decision: &mut Decision<'_>) {
        if self.causes_of.is_empty() {
            return;
        }
        let mut seen = 0;
        for _ in 0..ROUNDS {
            let mut dirty = BTreeSet::new();
            for fact in &decision.facts[seen..] {
                for id in touched(&fact.kind, fact.id.into(), decision.state) {
                    self.touch(id, decision.state, &mut dirty);
                }
            }
            seen = decision.facts.len();
            for effect in &dirty {
                self.judge(effect, decision);
            }
            if decision.facts.len() == seen {
                break;
            }
        }
    }

    /// What a row that changed may fold, or fold under.
    fn touch(&mut self, id: EventId, state: &State, dirty: &mut BTreeSet<Condition>) {
        let Some(held) = state.occurrences.get(&id) else {
            self.outages.remove(&id);
            return;
        };
        let condition = &held.raise.condition;
        if self.causes_of.contains_key(condition) {
            dirty.insert(condition.clone());
        }
        dirty.extend(self.effects_of.get(condition).into_iter().flatten().cloned());
        if condition.category == Category::MainsFault {
            let changed = if is_outage(held) { self.outages.insert(id) } else { self.outages.remove(&id) };
            if changed || self.outages.contains(&id) {
                dirty.extend(self.of_outage.get(&held.raise.place.building).into_iter().flatten().cloned());
            }
        }
    }

    fn judge(&self, effect: &Condition, decision: &mut Decision<'_>) {
        let Some(held) = decision.state.open_of(effect) else { return };
        let before = held.judged.clone();
        let above = before.as_ref().and_then(|judged| decision.state.occurrences.get(&judged.under?));
        if above.is_some_and(|cause| cause.is_open() && cause.source == Source::Unknown && is_heard(cause)) {
            // What is not known ends nothing.
            return;
        }
        let new = decision.facts.first().is_some_and(|first| held.id >= EventId::from(first.id));
        let under = self.head(held, new, decision.state);
        if before.as_ref().and_then(|judged| judged.under) == under.map(|(id, _)| id) {
            return;
        }
        if under.is_none() && held.source == Source::Quiet && !held.latched {
            // It is over, and only waits to be acknowledged: nothing more is to be said of it.
            return;
        }
        let said = before.filter(|judged| judged.cause != Cause::Consequence);
        let words = match under {
            Some((_, name)) => Text::new(&format!("由此引起：{}", name.zh), &format!("Follows from: {}", name.en)),
            None => Text::new("原因已消除，本条单独处理", "What it followed from is over: it stands by itself"),
        };
        let under = under.map(|(id, _)| id);
        let judged = match said {
            // What was found out of it before still holds.
            Some(said) => Judged { under, ..(*said).clone() },
            None => Judged { occurrence: held.id, cause: Cause::Consequence, words, evidence: Vec::new(), under },
        };
        decision.decide(FactKind::Supervision(SupervisionFact::CauseJudged(Arc::new(judged))));
    }

    /// The row that an open row folds under now: the first of its causes that stands, or what that one folds under. Only a
    /// `new` one begins to follow from a lost link: what was wrong before is still wrong.
    fn head<'a>(&self, held: &Occurrence, new: bool, state: &'a State) -> Option<(EventId, &'a Text)> {
        let stands = |cause: &&Occurrence| {
            cause.is_open()
                && cause.id != held.id
                && cause.source == Source::Active
                && is_heard(cause)
                && cause.raise.priority <= held.raise.priority
        };
        let top = |cause: &'a Occurrence| {
            let above = cause.judged.as_ref().and_then(|judged| state.occurrences.get(&judged.under?));
            above.filter(stands).unwrap_or(cause)
        };
        let mut causes = self.causes_of.get(&held.raise.condition).into_iter().flatten();
        causes.find_map(|origin| {
            let cause = match origin {
                Origin::Condition(condition) => state.open_of(condition).filter(stands),
                Origin::Link(condition) => {
                    let folded = held.judged.as_ref().and_then(|judged| judged.under);
                    state.open_of(condition).filter(stands).filter(|link| new || folded == Some(link.id))
                }
                Origin::Outage(building) => {
                    let mut standing = self.outages.iter().filter_map(|id| state.occurrences.get(id));
                    standing.find(|cause| cause.raise.place.building == *building && stands(cause))
                }
            }?;
            // Two that follow from each other: the one that folded first stays folded.
            let folds_here = cause.judged.as_ref().is_some_and(|judged| judged.under == Some(held.id));
            (!folds_here).then(|| top(cause)).map(|head| (head.id, &head.raise.name))
        })
    }
}

impl Origin {
    fn of(follow: &Follow, building: Option<&String>) -> Origin {
        match follow {
            Follow::Condition(condition) => Origin::Condition(condition.clone()),
            Follow::Outage => Origin::Outage(building.cloned()),
        }
    }
}

/// Whether people hear of a row, and nobody has found it to be nothing.
fn is_heard(cause: &Occurrence) -> bool {
    cause.verdict != Verdict::False && cause.inhibit.is_empty()
}

/// Whether a row stands for an outage of its building.
fn is_outage(held: &Occurrence) -> bool {
    let outage = |judged: &Arc<Judged>| judged.cause == Cause::Outage && judged.under.is_none();
    held.is_open() && held.source == Source::Active && held.judged.as_ref().is_some_and(outage)
}

/// The link faults that explain what a device's equipment does not do.
fn links(site: &Site, device: u32) -> Vec<Origin> {
    let Some(held) = site.devices.get(device as usize) else { return Vec::new() };
    let bus = |held: &Device| site.buses.get(held.bus as usize).map(|bus| format!("bus.{}", bus.id));
    let points = [
        Some(PointId::of(&held.id, "link")),
        bus(held).map(|segment| PointId::of(&DeviceId::new("gateway"), &segment)),
    ];
    let of = |point| Origin::Link(Condition { point, category: Category::LinkFault, level: None });
    points.into_iter().flatten().map(of).collect()
}

/// The rows that a fact changes, as far as folding goes.
fn touched(kind: &FactKind, id: EventId, state: &State) -> Vec<EventId> {
    let at = |point: &PointId| state.open_at(point).collect::<Vec<_>>();
    match kind {
        FactKind::Raised(raise) => match raise.condition.category {
            Category::Disabled => at(&raise.condition.point),
            _ => vec![id],
        },
        FactKind::SourceChanged { occurrence, .. } | FactKind::Closed { occurrence, .. } => {
            let held = state.occurrences.get(occurrence).map(|held| &held.raise.condition);
            let disabled = held.filter(|condition| condition.category == Category::Disabled);
            disabled.map_or_else(|| vec![*occurrence], |condition| at(&condition.point))
        }
        FactKind::Reactivated { occurrence } | FactKind::Judged { occurrence, .. } => vec![*occurrence],
        FactKind::Chatter(chatter) => vec![chatter.occurrence()],
        FactKind::Supervision(SupervisionFact::CauseJudged(judged)) => vec![judged.occurrence],
        FactKind::Isolated { point, .. } => state.open_within(point).collect(),
        // What a release says names its point no more: what sounds again, and what it kept quiet, is open.
        FactKind::Released { .. } | FactKind::Restarted { .. } => state.open.values().copied().collect(),
        _ => Vec::new(),
    }
}
