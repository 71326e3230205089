//! What devices noted themselves to facts: the event memory, reconciled with what was seen live.
//!
//! Takes: all that a memory holds, each time it was read; the activations seen live since it was read before.
//! Gives: one fact for every entry that was not read before, in order; an announcement for each that nobody saw.
//! Never: tells an entry twice, or drops one; takes the device's time for ours.
//!
//! What is new is found by comparing contents, not places or counters: whatever way a memory is laid out, an entry that
//! was read before is known again. An entry is explained by an activation of one of its alarms that was seen since the
//! memory was read before; each activation explains one entry of each code. What nothing explains is announced.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::decision::{Decision, OwnFault};
use super::evaluate::Live;
use super::fact::{FactKind, Source, SourceCause};
use crate::engine::base::{Category, DeviceId, EventId, PointId, Text, Wall};
use crate::engine::poll::Record;
use crate::engine::profile::{CodeSpec, Entry, Memory};
use crate::engine::site::{Condition, Device, Place, Site};

/// Activations that wait for their entry, for each device at most; one that is forgotten is announced once more.
const ACTIVATIONS_KEPT: usize = 256;

/// One entry of a device's event memory that was not read before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Which device.
    pub device: DeviceId,
    /// What people read: the device first, what happened second.
    pub name: Text,
    /// Where the device stands.
    pub place: Place,
    /// The entry as the device holds it.
    #[serde(flatten)]
    pub entry: Entry,
    /// The device's own time, as its calendar spells it; never ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_time: Option<String>,
    /// What it is; nothing for what is only history, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Nobody saw it live: the journal has it from the device's memory alone.
    pub back_filled: bool,
    /// The occurrence by which it was seen live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<EventId>,
    /// Its time lies before that of an entry that was read earlier: the device's clock was set back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_back: bool,
    /// Entries that the memory no longer holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Entry>,
}

/// An event memory was taken as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryTaken {
    /// Which device.
    pub device: DeviceId,
    /// What people call the device.
    pub name: Text,
    /// Why.
    pub because: MemoryCause,
    /// What counts as read before from here on.
    pub entries: Vec<Entry>,
}

/// Why an event memory was taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryCause {
    /// It was read for the first time: what it holds is history.
    First,
    /// It no longer holds what it held: it was cleared, or it has overflowed, or another device is there.
    Renewed,
    /// It holds again what it held before it was found changed: a device that was starting had shown another.
    Returned,
}

/// What is known of one event memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownMemory {
    /// What it held when it was read last.
    pub entries: Vec<Entry>,
    /// What it held before it was found to hold something else; it may come back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Entry>,
    /// When that was recorded.
    pub at: Wall,
}

/// Something that was seen live, and that a memory may remember as well.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Activation {
    condition: Condition,
    occurrence: EventId,
    /// Codes of the entries it has explained.
    explained: Vec<u16>,
}

/// The process's own part of reconciling: of every device with a memory, whether it was read, and activations since.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Activations(BTreeMap<DeviceId, (bool, Vec<Activation>)>);

impl Activations {
    /// No memory was read, and nothing seen.
    pub fn new(site: &Site) -> Activations {
        let devices = site.devices.iter().filter(|device| device.profile.memory.is_some());
        Activations(devices.map(|device| (device.id.clone(), Default::default())).collect())
    }
}

impl Live {
    /// Takes note of what began in this step, for the memories that will tell of it too.
    pub fn note_activations(&mut self, decision: &Decision<'_>) {
        for fact in &decision.facts {
            let (id, raise) = match &fact.kind {
                FactKind::Raised(raise) => (EventId::from(fact.id), Some(raise)),
                FactKind::Reactivated { occurrence } => {
                    (*occurrence, decision.state.occurrences.get(occurrence).map(|occurrence| &occurrence.raise))
                }
                _ => continue,
            };
            let Some(raise) = raise.filter(|raise| !raise.momentary) else { continue };
            let Some((_, list)) = self.activations.0.get_mut(raise.condition.point.device()) else { continue };
            list.push(Activation { condition: raise.condition.clone(), occurrence: id, explained: Vec::new() });
            if list.len() > ACTIVATIONS_KEPT {
                list.remove(0);
            }
        }
    }

    /// A memory was read.
    pub fn remembered(&mut self, decision: &mut Decision<'_>, record: &Record, found: &[Entry]) {
        let site = decision.site;
        let Some(device) = site.devices.get(record.device as usize) else { return };
        let Some(memory) = &device.profile.memory else { return };
        decision.own_condition(unread(device, None));
        let seen = self.since_read_before(decision, device);
        let Some(KnownMemory { entries: mut known, before, .. }) = decision.state.memories.get(&device.id).cloned()
        else {
            return decision.take_memory(device, MemoryCause::First, found);
        };
        let mut news = without(found, &known);
        let first = without(&news, &before);
        if !before.is_empty() && (news.len() - first.len()) * 2 >= before.len() {
            known.extend(without(&news, &first));
            news = first;
            decision.take_memory(device, MemoryCause::Returned, &known);
        }
        let gone = without(&known, found);
        // An entry makes room for another only where there is no more room.
        let is_full = found.len() >= usize::from(memory.entries);
        let is_renewed = !gone.is_empty() && (gone.len() == known.len() || !is_full);
        if is_renewed {
            decision.take_memory(device, MemoryCause::Renewed, &[]);
        }
        let newest = known.iter().map(|entry| entry.time).max().filter(|_| !is_renewed);
        let mut gone = if is_renewed { Vec::new() } else { gone };
        for (entry, seen) in news.iter().zip(explained(device, memory, &news, seen)) {
            let meaning = memory.meaning(entry.code);
            let remembered = Remembered {
                device: device.id.clone(),
                name: joined(&device.name, &memory.name(*entry)),
                place: device.place.clone(),
                entry: *entry,
                device_time: memory.spell(*entry),
                category: meaning.and_then(|spec| spec.category),
                back_filled: seen.is_none(),
                seen,
                clock_back: memory.time.is_some() && newest.is_some_and(|newest| entry.time < newest),
                gone: std::mem::take(&mut gone),
            };
            decision.remember(device, remembered, meaning);
        }
    }

    /// What was seen live since the memory of a device was read before. Before its first reading in this process: what
    /// is still open of what was seen since it brought something last.
    fn since_read_before(&mut self, decision: &Decision<'_>, device: &Device) -> Vec<Activation> {
        let (read, list) = self.activations.0.entry(device.id.clone()).or_default();
        let mut seen = Vec::new();
        if let (false, Some(known)) = (*read, decision.state.memories.get(&device.id)) {
            let own = |point: &PointId| point.device() == device.id.as_str();
            let open = decision.state.open().filter(|o| own(&o.raise.condition.point) && !o.raise.momentary);
            let open = open.filter(|o| o.raised_at >= known.at && !list.iter().any(|held| held.occurrence == o.id));
            seen.extend(open.map(|o| Activation {
                condition: o.raise.condition.clone(),
                occurrence: o.id,
                explained: Vec::new(),
            }));
        }
        *read = true;
        seen.append(list);
        seen
    }
}

impl Decision<'_> {
    /// A memory cannot be read, although its device answers.
    pub fn forgotten(&mut self, record: &Record, reason: &Text) {
        let site = self.site;
        if let Some(device) = site.devices.get(record.device as usize) {
            self.own_condition(unread(device, Some(reason.clone())));
        }
    }

    /// The device is lost: nobody knows whether its memory can be read.
    pub fn memory_lost(&mut self, device: &Device) {
        let condition = Condition { point: point(device), category: Category::LinkFault, level: None };
        if let Some(id) = self.state.open_of(&condition).map(|occurrence| occurrence.id) {
            self.source(id, Source::Unknown, SourceCause::LinkLost);
        }
    }

    fn take_memory(&mut self, device: &Device, because: MemoryCause, entries: &[Entry]) {
        let (name, entries) = (device.name.clone(), entries.to_vec());
        let taken = MemoryTaken { device: device.id.clone(), name, because, entries };
        self.decide(FactKind::MemoryTaken(Arc::new(taken)));
    }

    /// Records an entry, and announces it when nobody saw it and it matters.
    fn remember(&mut self, device: &Device, remembered: Remembered, meaning: Option<&CodeSpec>) {
        // What nobody understands is announced like any other record that nobody understands.
        let category = match meaning {
            None => Some(Category::Fault),
            Some(spec) => spec.category.filter(|category| spec.active && category.rules().stays_until_acknowledged),
        };
        let (name, back_filled) = (remembered.name.clone(), remembered.back_filled);
        let detail = quoted(&remembered);
        self.decide(FactKind::Remembered(Arc::new(remembered)));
        if let Some(category) = category.filter(|_| back_filled) {
            let place = device.place.clone();
            self.happened(OwnFault { point: point(device), category, name, place, detail: Some(detail) });
        }
    }
}

/// The entries of `one` that are not among those of `other`, each as often as it is there more often.
fn without(one: &[Entry], other: &[Entry]) -> Vec<Entry> {
    let mut many: BTreeMap<Entry, usize> = BTreeMap::new();
    other.iter().for_each(|entry| *many.entry(*entry).or_default() += 1);
    let is_new = |entry: &&Entry| match many.get_mut(entry) {
        Some(left @ 1..) => {
            *left -= 1;
            false
        }
        _ => true,
    };
    one.iter().filter(is_new).copied().collect()
}

/// The occurrence that explains each of the entries, the newest entry by the newest activation.
fn explained(device: &Device, memory: &Memory, news: &[Entry], mut seen: Vec<Activation>) -> Vec<Option<EventId>> {
    let explain = |entry: &Entry| {
        let spec = memory.meaning(entry.code).filter(|spec| spec.active)?;
        let category = spec.category?;
        let of_it = |condition: &Condition| {
            condition.category == category
                && (spec.alarms.is_empty()
                    || spec.alarms.iter().any(|alarm| segment(device, *alarm) == Some(condition.point.point())))
        };
        let is_free = |held: &&mut Activation| of_it(&held.condition) && !held.explained.contains(&entry.code);
        let held = seen.iter_mut().rev().find(is_free)?;
        held.explained.push(entry.code);
        Some(held.occurrence)
    };
    let mut found: Vec<Option<EventId>> = news.iter().rev().map(explain).collect();
    found.reverse();
    found
}

/// The point segment of an alarm of the device.
fn segment(device: &Device, alarm: u32) -> Option<&str> {
    let profile = &device.profile;
    let alarm = profile.alarms.get(alarm as usize)?;
    let Some(on) = alarm.on else { return Some(&alarm.key) };
    profile.points.get(on as usize).map(|point| point.key.as_str())
}

fn point(device: &Device) -> PointId {
    PointId::of(&device.id, Memory::SEGMENT)
}

fn unread(device: &Device, detail: Option<Text>) -> OwnFault {
    OwnFault {
        point: point(device),
        category: Category::LinkFault,
        name: joined(&device.name, &Text::new("事件记录无法读取", "event memory cannot be read")),
        place: device.place.clone(),
        detail,
    }
}

/// Where the announcement comes from, for whoever compares it with the device.
fn quoted(remembered: &Remembered) -> Text {
    match &remembered.device_time {
        Some(time) => Text::new(
            &format!("来自设备自身的事件记录，设备时间 {time}；本网关未曾看到"),
            &format!("from the device's own event memory, device time {time}; not seen live"),
        ),
        None => {
            Text::new("来自设备自身的事件记录；本网关未曾看到", "from the device's own event memory; not seen live")
        }
    }
}

fn joined(first: &Text, second: &Text) -> Text {
    Text::new(&format!("{} {}", first.zh, second.zh), &format!("{} {}", first.en, second.en))
}
