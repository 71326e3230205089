//! Edges and links to occurrences.
//!
//! Takes: what a bus reported, in order.
//! Gives: decided facts.
//! Never: clears on silence. An unknown source changes only what is known of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::arrival::{Arrival, Sweeps};
use super::decision::{Decision, OwnFault};
use super::fact::{CloseReason, FactKind, Source, SourceCause};
use super::memory::Activations;
use super::raise::Raise;
use crate::engine::base::{Category, DeviceId, EventId, Mono, PointId, Text, Truth};
use crate::engine::poll::{Edge, Link, LinkOf, StatusEdge};
use crate::engine::site::{Condition, Place, Rule, Site};

/// What is known now and is no state: it starts unknown with every process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Live {
    /// Truth of every rule of the site.
    pub truth: Vec<Truth>,
    /// Rules and statuses of which something was said since the machines above last looked.
    #[serde(skip)]
    pub changed: Changed,
    /// Truth of every status of the site, and when the reply that said so was verified.
    pub statuses: Vec<(Truth, Mono)>,
    /// The sweeps in which alarms came last: alarms of one sweep are ties.
    pub sweeps: Sweeps,
    /// Buses that are down: the links of their devices fold under them.
    pub down: Vec<bool>,
    /// Rules that cannot be evaluated although their device answers. Those of one point share one link fault, which
    /// ends when the last of them sees.
    pub blind: Vec<bool>,
    /// Rules whose blindness may be announced and unknown: they said nothing since the start, or since they were lost.
    unsure: Vec<bool>,
    /// What each rule raises outside of an incident, made when it first does. All its episodes share the words.
    #[serde(skip)]
    snapshots: Vec<Option<Arc<Raise>>>,
    /// Armed commands, each with the instant from which it cannot be fired any more.
    pub armed: BTreeMap<EventId, Mono>,
    /// What was seen live of devices whose own memory will tell of it too.
    pub activations: Activations,
    /// Whether the wall clock can be trusted.
    pub clock_trusted: bool,
    /// By how many seconds each panel's clock was off when it last wrote the time, by its index in the site.
    pub clocks_off: BTreeMap<u32, i64>,
}

/// What was said since somebody last looked, by index in the site; the same may be there twice.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Changed {
    pub rules: Vec<u32>,
    pub statuses: Vec<u32>,
}

/// What an occurrence that is raised is the beginning of.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum Episode {
    /// A new episode, seen in this sweep of this bus; what a device says by itself comes one after the other and ties
    /// with nothing.
    New { sweep: Option<(u32, u64)> },
    /// It was reset while its source was still active; it stays in the incident it belonged to, under the number it had.
    Realarm { incident: Option<EventId>, arrival: Option<Arrival> },
}

/// What is raised: a rule of the site, what a device said that the site does not list, or what was raised before.
pub(in crate::engine) struct Subject {
    pub condition: Condition,
    pub name: Text,
    pub place: Place,
    pub latches: bool,
    pub code: Option<String>,
    pub kind: Option<String>,
    pub detail: Option<Text>,
    pub advice: Option<Text>,
    pub class: Option<String>,
}

impl From<&Rule> for Subject {
    fn from(rule: &Rule) -> Subject {
        Subject {
            condition: rule.condition.clone(),
            name: rule.name.clone(),
            place: rule.place.clone(),
            latches: rule.latches,
            code: rule.code.clone(),
            kind: rule.kind.clone(),
            detail: None,
            advice: (rule.advice != Text::default()).then(|| rule.advice.clone()),
            class: rule.class.clone(),
        }
    }
}

impl From<&Raise> for Subject {
    fn from(raise: &Raise) -> Subject {
        Subject {
            condition: raise.condition.clone(),
            name: raise.name.clone(),
            place: raise.place.clone(),
            latches: raise.latches,
            code: raise.code.clone(),
            kind: raise.kind.clone(),
            detail: raise.detail.clone(),
            advice: raise.advice.clone(),
            class: raise.class.clone(),
        }
    }
}

impl From<Subject> for Raise {
    /// By the rules of its category, belonging to no incident.
    fn from(subject: Subject) -> Raise {
        let rules = subject.condition.category.rules();
        Raise {
            condition: subject.condition,
            name: subject.name,
            place: subject.place,
            priority: rules.priority,
            latches: subject.latches,
            stays: rules.stays_until_acknowledged,
            tone: rules.tone,
            code: subject.code,
            kind: subject.kind,
            incident: None,
            arrival: None,
            first: false,
            realarm: false,
            detail: subject.detail,
            advice: subject.advice,
            class: subject.class,
            momentary: false,
        }
    }
}

impl Live {
    pub fn new(site: &Site) -> Live {
        let (rules, buses) = (site.rules.len(), site.buses.len());
        Live {
            truth: vec![Truth::Unknown; rules],
            changed: Changed::default(),
            statuses: vec![(Truth::Unknown, Mono::default()); site.statuses.len()],
            sweeps: Sweeps::default(),
            down: vec![false; buses],
            blind: vec![false; rules],
            unsure: vec![true; rules],
            snapshots: vec![None; rules],
            armed: BTreeMap::new(),
            activations: Activations::new(site),
            clock_trusted: false,
            clocks_off: BTreeMap::new(),
        }
    }

    /// Whether it is of this site.
    pub fn fits(&self, site: &Site) -> bool {
        let of_rules = [self.truth.len(), self.blind.len(), self.unsure.len()];
        of_rules == [site.rules.len(); 3]
            && self.statuses.len() == site.statuses.len()
            && self.down.len() == site.buses.len()
    }

    /// What equipment shows of itself, as a bus found it.
    pub fn status(&mut self, edge: StatusEdge) {
        if let Some(known) = self.statuses.get_mut(edge.status as usize) {
            *known = (edge.truth, edge.at.mono);
            self.changed.statuses.push(edge.status);
        }
    }

    /// A condition's truth, as a bus found it.
    pub fn edge(&mut self, decision: &mut Decision<'_>, bus: u32, edge: Edge) {
        let site = decision.site;
        let index = edge.rule as usize;
        let (Some(rule), Some(truth)) = (site.rules.get(index), self.truth.get_mut(index)) else { return };
        *truth = edge.truth;
        self.changed.rules.push(edge.rule);
        if edge.truth != Truth::Unknown {
            self.sees(decision, edge.rule);
        }
        let episode = Episode::New { sweep: Some((bus, edge.sweep)) };
        self.follow_with(decision, &rule.condition, edge.truth, episode, |live| {
            let snapshot = || Arc::new(Raise::from(Subject::from(rule)));
            live.snapshots.get_mut(index).map_or_else(snapshot, |kept| Arc::clone(kept.get_or_insert_with(snapshot)))
        });
    }

    /// What is known of a condition now: opens its occurrence, or says of the open one what its source says. `subject` is
    /// asked only for what must be raised.
    pub fn follow(
        &mut self,
        decision: &mut Decision<'_>,
        condition: &Condition,
        truth: Truth,
        episode: Episode,
        subject: impl FnOnce() -> Subject,
    ) {
        self.follow_with(decision, condition, truth, episode, |_| Arc::new(Raise::from(subject())));
    }

    fn follow_with(
        &mut self,
        decision: &mut Decision<'_>,
        condition: &Condition,
        truth: Truth,
        episode: Episode,
        snapshot: impl FnOnce(&mut Live) -> Arc<Raise>,
    ) {
        let open = decision.state.open_of(condition);
        let Some((id, source, known, resetting)) = open.map(|o| (o.id, o.source, o.known, o.resetting.is_some()))
        else {
            if truth == Truth::True {
                let snapshot = snapshot(self);
                self.begin(decision, snapshot, episode);
            }
            return;
        };
        if decision.damps(id, truth) {
            return;
        }
        match truth {
            Truth::True if source == Source::Active => {}
            Truth::True if known == Source::Quiet => {
                decision.returned(id);
                decision.watch(id);
            }
            Truth::True => decision.source(id, Source::Active, SourceCause::Read),
            Truth::False => {
                decision.source(id, Source::Quiet, SourceCause::Read);
                if resetting {
                    decision.close(id, CloseReason::Reset);
                } else {
                    decision.settle(id);
                }
            }
            Truth::Unknown => decision.source(id, Source::Unknown, SourceCause::LinkLost),
        }
    }

    /// Opens an occurrence, and the incident where there is none.
    pub fn raise(&mut self, decision: &mut Decision<'_>, subject: Subject, episode: Episode) {
        self.begin(decision, Arc::new(Raise::from(subject)), episode);
    }

    /// `snapshot` belongs to no incident.
    fn begin(&mut self, decision: &mut Decision<'_>, mut snapshot: Arc<Raise>, episode: Episode) {
        let alarms = snapshot.condition.category.rules().incident && !decision.state.in_test(&snapshot.condition);
        let joined = alarms.then(|| self.sweeps.join(decision, episode));
        let realarm = matches!(episode, Episode::Realarm { .. });
        if joined.is_some() || realarm {
            let raise = Arc::make_mut(&mut snapshot);
            raise.incident = joined.map(|joined| joined.incident);
            raise.first = joined.is_some_and(|joined| joined.first);
            raise.arrival = joined.map(|joined| joined.arrival);
            raise.realarm = realarm;
        }
        let raised = decision.decide(FactKind::Raised(snapshot));
        if let Some(joined) = joined {
            self.sweeps.note(episode, joined, raised);
        }
        decision.watch(raised);
    }

    /// A link came or went.
    pub fn link(&mut self, decision: &mut Decision<'_>, link: &Link) {
        let site = decision.site;
        let detail = (!link.up).then(|| link.reason.clone());
        match link.of {
            LinkOf::Bus(bus) => {
                let Some(held) = site.buses.get(bus as usize) else { return };
                self.down[bus as usize] = !link.up;
                self.sweeps.forget(bus);
                decision.own_condition(OwnFault {
                    point: PointId::of(&DeviceId::new("gateway"), &format!("bus.{}", held.id)),
                    category: Category::LinkFault,
                    name: named(&held.name, "总线通信故障", "bus link fault"),
                    place: Place::default(),
                    detail,
                });
                if !link.up {
                    for device in &held.devices {
                        self.lose(decision, *device);
                    }
                }
            }
            LinkOf::Device(device) => {
                let Some(held) = site.devices.get(device as usize) else { return };
                if !link.up {
                    self.lose(decision, device);
                    if self.down.get(held.bus as usize).copied().unwrap_or(false) {
                        return;
                    }
                }
                decision.own_condition(OwnFault {
                    point: PointId::of(&held.id, "link"),
                    category: Category::LinkFault,
                    name: named(&held.name, "通信故障", "link fault"),
                    place: held.place.clone(),
                    detail,
                });
            }
            LinkOf::Rule(rule) => {
                let (Some(held), Some(blind)) = (site.rules.get(rule as usize), self.blind.get_mut(rule as usize))
                else {
                    return;
                };
                *blind = !link.up;
                if link.up && self.is_blind(decision, held) {
                    return;
                }
                decision.own_condition(OwnFault {
                    point: held.condition.point.clone(),
                    category: Category::LinkFault,
                    name: named(&held.name, "无法读取", "cannot be read"),
                    place: held.place.clone(),
                    detail,
                });
            }
        }
    }

    /// Whether any rule of this rule's point cannot be evaluated.
    fn is_blind(&self, decision: &Decision<'_>, rule: &Rule) -> bool {
        let site = decision.site;
        let Some(device) = site.devices.get(rule.device as usize) else { return false };
        device.rules.clone().any(|other| {
            let other = other as usize;
            self.blind.get(other) == Some(&true)
                && site.rules.get(other).is_some_and(|other| other.condition.point == rule.condition.point)
        })
    }

    /// A rule says something. One that was blind before its link was lost, its bus's task began anew or the process was
    /// restarted is never announced as seeing: that it says something is the evidence.
    fn sees(&mut self, decision: &mut Decision<'_>, rule: u32) {
        let taken = |flags: &mut Vec<bool>| flags.get_mut(rule as usize).is_some_and(std::mem::take);
        let (was_blind, unsure) = (taken(&mut self.blind), taken(&mut self.unsure));
        if !was_blind && !unsure {
            return;
        }
        let Some(rule) = decision.site.rules.get(rule as usize) else { return };
        let open = decision.state.open_of(&blindness(rule)).map(|occurrence| (occurrence.id, occurrence.source));
        let Some((id, source)) = open else { return };
        if (was_blind || source == Source::Unknown) && !self.is_blind(decision, rule) {
            decision.source(id, Source::Quiet, SourceCause::Read);
            decision.settle(id);
        }
    }

    /// Nothing of a device is known any more.
    pub fn lose(&mut self, decision: &mut Decision<'_>, device: u32) {
        let site = decision.site;
        let Some(held) = site.devices.get(device as usize) else { return };
        for index in held.rules.clone() {
            (self.truth[index as usize], self.unsure[index as usize]) = (Truth::Unknown, true);
            self.changed.rules.push(index);
            let rule = &site.rules[index as usize];
            for condition in [&rule.condition, &blindness(rule)] {
                if let Some(id) = decision.state.open_of(condition).map(|occurrence| occurrence.id) {
                    decision.source(id, Source::Unknown, SourceCause::LinkLost);
                }
            }
        }
        for index in held.statuses.clone() {
            self.statuses[index as usize] = (Truth::Unknown, decision.now.mono);
            self.changed.statuses.push(index);
        }
        decision.memory_lost(held);
        if held.reports() {
            for id in decision.said_by(held) {
                decision.source(id, Source::Unknown, SourceCause::LinkLost);
            }
        }
    }
}

/// The condition by which a rule says that it cannot be evaluated although its device answers.
fn blindness(rule: &Rule) -> Condition {
    Condition { point: rule.condition.point.clone(), category: Category::LinkFault, level: None }
}

fn named(of: &Text, zh: &str, en: &str) -> Text {
    Text::new(&format!("{} {zh}", of.zh), &format!("{} {en}", of.en))
}
