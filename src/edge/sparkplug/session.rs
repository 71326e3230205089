//! What is to be said next on one connection, in the order that hosts rely on.
//!
//! Takes: the board, links and the shown state; births that are asked for.
//! Gives: one message after the other: the node's birth first, a device's birth before its data, each with the next `seq`.
//! Never: data of a device that was not born, or an old value for a new one: whatever was overtaken is not said.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::Feed;
use super::alarms::{Counted, count};
use super::certificate;
use super::desk::Desk;
use super::metrics::{change, millis, plain};
use super::own::{Aliases, Own, alarms};
use super::payload::{Metric, Payload, Scalar};
use super::topics::{Topics, Word};
use crate::engine::base::{Category, Reading, Reason, Value};
use crate::engine::site::Site;

/// The most metrics of one message that says what changed.
const BATCH: usize = 500;
/// How often links are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Births that are asked for faster than this are said once.
const BIRTHS_APART: Duration = Duration::from_secs(1);

/// One message for the broker.
#[derive(Debug)]
pub struct Message {
    /// Where.
    pub topic: String,
    /// What it is.
    pub word: Word,
    /// How many metrics are in it.
    pub metrics: usize,
    /// The bytes.
    pub payload: Vec<u8>,
}

/// What the host was told of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Nothing, or its death.
    Nothing,
    /// Its birth.
    Born,
    /// Its birth, and it has more metrics by now.
    Outgrown,
}

/// What was said on this connection, and what was not yet.
pub struct Session {
    feed: Feed,
    topics: Topics,
    aliases: Aliases,
    commands: bool,
    bd_seq: u8,
    seq: u8,
    born: bool,
    birth_asked: bool,
    births_from: Instant,
    look_at: Instant,
    answers: Vec<bool>,
    said: Vec<Said>,
    /// By device: the categories of its alarms.
    declared: Vec<BTreeSet<Category>>,
    counted: Counted,
    /// What owners (none: the node) last said of themselves, and who has news.
    own: BTreeMap<Option<u32>, Vec<(Own, Scalar)>>,
    news: BTreeSet<Option<u32>>,
    /// By point, what was last said of it.
    told: Vec<Option<Result<Value, Reason>>>,
    /// By device, its points that may have changed.
    due: BTreeMap<u32, VecDeque<u32>>,
}

impl Session {
    /// Nothing was said.
    pub fn new(feed: Feed, topics: Topics, commands: bool) -> Session {
        let (site, now) = (feed.site.clone(), Instant::now());
        let state = feed.picture.state();
        Session {
            aliases: Aliases::new(site.points.len(), site.devices.len()),
            bd_seq: 0,
            seq: 0,
            born: false,
            birth_asked: false,
            births_from: now,
            look_at: now,
            answers: vec![false; site.devices.len()],
            said: vec![Said::Nothing; site.devices.len()],
            declared: declared(&site),
            counted: count(&state, &site),
            own: BTreeMap::new(),
            news: BTreeSet::new(),
            told: vec![None; site.points.len()],
            due: BTreeMap::new(),
            feed,
            topics,
            commands,
        }
    }

    /// A connection begins; its death has this number.
    pub fn begin(&mut self, bd_seq: u8) {
        self.bd_seq = bd_seq;
        self.born = false;
        self.birth_asked = true;
        self.births_from = Instant::now();
        self.look_at = self.births_from;
    }

    /// A host asks for births.
    pub fn ask_birth(&mut self) {
        self.birth_asked = true;
    }

    /// Whether the node's birth was said.
    pub fn is_born(&self) -> bool {
        self.born
    }

    /// The aliases of this node.
    pub fn aliases(&self) -> Aliases {
        self.aliases
    }

    /// When [`Session::look`] or [`Session::next`] may have something new.
    pub fn wakes_at(&self) -> Instant {
        if self.birth_asked { self.look_at.min(self.births_from) } else { self.look_at }
    }

    /// These points may have changed.
    pub fn changed(&mut self, points: Vec<u32>) {
        for point in points {
            if let Some(held) = self.feed.site.points.get(point as usize) {
                self.due.entry(held.device).or_default().push_back(point);
            }
        }
    }

    /// Whether everything that changed was said.
    pub fn is_idle(&self) -> bool {
        self.due.is_empty()
    }

    /// Looks at links when it is time to, and at the alarms when `alarms` says that they may have changed.
    pub fn look(&mut self, alarms: bool, desk: &mut Desk) {
        let now = Instant::now();
        if now >= self.look_at {
            self.look_at = now + LOOK;
            let links = self.feed.vitals.devices();
            let devices = self.feed.site.devices.iter().zip(links);
            let answers: Vec<bool> =
                devices.map(|(held, link)| held.refused.is_none() && link.up == Some(true)).collect();
            if answers != self.answers {
                self.answers = answers;
                self.news.insert(None);
            }
        }
        if alarms {
            let state = self.feed.picture.state();
            let counted = count(&state, &self.feed.site);
            desk.follow(&state);
            // Whoever holds the state makes its writer copy it.
            drop(state);
            self.recount(counted);
        }
        for device in desk.news().map(Some) {
            // The same answer twice is two answers.
            if let Some(said) = self.own.get_mut(&device) {
                said.retain(|(own, _)| *own != Own::Result);
            }
            self.news.insert(device);
        }
    }

    fn recount(&mut self, counted: Counted) {
        if counted.site != self.counted.site {
            self.news.insert(None);
        }
        for (number, (now, before)) in (0u32..).zip(counted.devices.iter().zip(&self.counted.devices)) {
            if now == before {
                continue;
            }
            self.news.insert(Some(number));
            let Some(declared) = self.declared.get_mut(number as usize) else { continue };
            let many = declared.len();
            declared.extend(now.counts.keys());
            if let Some(said @ Said::Born) = self.said.get_mut(number as usize)
                && declared.len() > many
            {
                *said = Said::Outgrown;
            }
        }
        self.counted = counted;
    }

    /// The next message; none while there is nothing to say.
    pub fn next(&mut self, desk: &Desk) -> Option<Message> {
        if self.birth_asked && Instant::now() >= self.births_from {
            return Some(self.node_birth(desk));
        }
        if !self.born {
            return None;
        }
        self.device_death().or_else(|| self.device_birth(desk)).or_else(|| self.own_news(desk)).or_else(|| self.data())
    }

    fn node_birth(&mut self, desk: &Desk) -> Message {
        self.birth_asked = false;
        self.born = true;
        self.births_from = Instant::now() + BIRTHS_APART;
        self.seq = u8::MAX;
        self.said.fill(Said::Nothing);
        self.own.clear();
        self.news.clear();
        let (own, at) = (self.standing(None, desk), (self.feed.wall)());
        let metrics = certificate::of_node(&self.feed.site, self.bd_seq, &own, self.aliases, at);
        self.own.insert(None, own);
        self.message(None, Word::Birth, metrics)
    }

    fn device_death(&mut self) -> Option<Message> {
        let gone = |(said, answers): (&Said, &bool)| *said != Said::Nothing && !answers;
        let number = self.said.iter().zip(&self.answers).position(gone)?;
        self.said[number] = Said::Nothing;
        Some(self.message(Some(u32::try_from(number).ok()?), Word::Death, Vec::new()))
    }

    fn device_birth(&mut self, desk: &Desk) -> Option<Message> {
        let unsaid = |(said, answers): (&Said, &bool)| *said != Said::Born && *answers;
        let at = self.said.iter().zip(&self.answers).position(unsaid)?;
        self.said[at] = Said::Born;
        let number = u32::try_from(at).ok()?;
        let (site, own) = (self.feed.site.clone(), self.standing(Some(number), desk));
        let points = site.devices.get(at)?.points.clone();
        let readings: Vec<Reading> = points.clone().filter_map(|point| self.feed.board.read(point)).collect();
        for (told, reading) in self.told[points.start as usize..].iter_mut().zip(&readings) {
            *told = Some(reading.known.clone());
        }
        self.due.remove(&number);
        self.news.remove(&Some(number));
        let wall = (self.feed.wall)();
        let metrics = certificate::of_device(&site, number, &readings, &own, (self.aliases, self.commands), wall);
        self.own.insert(Some(number), own);
        Some(self.message(Some(number), Word::Birth, metrics))
    }

    /// What a device that was born, or the node, says anew of itself.
    fn own_news(&mut self, desk: &Desk) -> Option<Message> {
        while let Some(owner) = self.news.pop_first() {
            let said = |number: u32| self.said.get(number as usize) == Some(&Said::Born);
            if !owner.is_none_or(said) {
                continue;
            }
            let (own, at) = (self.standing(owner, desk), (self.feed.wall)());
            let before = self.own.insert(owner, own.clone()).unwrap_or_default();
            let changed = own.into_iter().filter(|held| !before.contains(held));
            let metrics: Vec<Metric> =
                changed.map(|(own, value)| plain(Some(self.aliases.own(owner, own)), None, value, at)).collect();
            if !metrics.is_empty() {
                return Some(self.message(owner, Word::Data, metrics));
            }
        }
        None
    }

    /// Points that changed, of one device that was born.
    fn data(&mut self) -> Option<Message> {
        while let Some(mut entry) = self.due.first_entry() {
            let number = *entry.key();
            let born = self.said.get(number as usize) == Some(&Said::Born);
            let batch: Vec<u32> = if born {
                let points = entry.get_mut();
                points.drain(..points.len().min(BATCH)).collect()
            } else {
                Vec::new()
            };
            if !born || entry.get().is_empty() {
                entry.remove();
            }
            let metrics: Vec<Metric> = batch.into_iter().filter_map(|point| self.datum(point)).collect();
            if !metrics.is_empty() {
                return Some(self.message(Some(number), Word::Data, metrics));
            }
        }
        None
    }

    /// What is known of a point now, if that is not what was last said.
    fn datum(&mut self, point: u32) -> Option<Metric> {
        let (held, reading) = (self.feed.site.points.get(point as usize)?, self.feed.board.read(point)?);
        let told = self.told.get_mut(point as usize)?;
        if told.as_ref() == Some(&reading.known) {
            return None;
        }
        let was_good = matches!(told, Some(Ok(_)));
        *told = Some(reading.known.clone());
        Some(change(held, self.aliases.point(point), &reading, was_good))
    }

    /// What an owner has to say of itself now.
    fn standing(&self, owner: Option<u32>, desk: &Desk) -> Vec<(Own, Scalar)> {
        let Some(number) = owner else {
            let mut own = alarms(&self.counted.site, Category::ALL.into_iter());
            let count = |many: usize| Scalar::Int(u32::try_from(many).unwrap_or(u32::MAX));
            own.push((Own::Devices, count(self.answers.len())));
            own.push((Own::Answering, count(self.answers.iter().filter(|answers| **answers).count())));
            return own;
        };
        let at = number as usize;
        let (Some(open), Some(declared)) = (self.counted.devices.get(at), self.declared.get(at)) else {
            return Vec::new();
        };
        let mut own = alarms(open, declared.iter().copied());
        if self.commands && self.feed.site.devices.get(at).is_some_and(|device| device.control) {
            own.push((Own::Result, Scalar::Text(desk.result(number))));
        }
        own
    }

    fn message(&mut self, device: Option<u32>, word: Word, metrics: Vec<Metric>) -> Message {
        let named = device.and_then(|number| self.feed.site.devices.get(number as usize));
        let topic = named.map_or_else(|| self.topics.node(word), |held| self.topics.device(word, held.id.as_str()));
        self.seq = self.seq.wrapping_add(1);
        let (many, timestamp) = (metrics.len(), Some(millis((self.feed.wall)())));
        let payload = Payload { timestamp, metrics, seq: Some(u64::from(self.seq)) }.bytes();
        Message { topic, word, metrics: many, payload }
    }

    /// The node's death on this connection.
    pub fn death(&self) -> (String, Vec<u8>) {
        (self.topics.node(Word::Death), certificate::death(self.bd_seq, (self.feed.wall)()))
    }
}

/// The categories in which each device may have alarms: those of its rules, of its link and of its commands.
fn declared(site: &Site) -> Vec<BTreeSet<Category>> {
    let of = |rules: std::ops::Range<u32>| {
        let rules = rules.filter_map(|rule| site.rules.get(rule as usize)).map(|rule| rule.condition.category);
        rules.chain([Category::Fault, Category::LinkFault]).collect()
    };
    site.devices.iter().map(|device| of(device.rules.clone())).collect()
}

#[cfg(test)]
#[path = "session_tests.rs"]
pub(super) mod tests;
