//! The event memories of simulated devices.
//!
//! Takes: what a scenario lets a device note, and the alarms of the device itself.
//! Gives: entries in its registers, laid out as its profile says; they survive a restart of the device.
//! Never: the time of this machine. A story begins on 2026-01-01 by the clock of every device.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::World;
use crate::engine::base::{Truth, Value};
use crate::engine::point::{Raw, decode};
use crate::engine::profile::{Entry, Memory, Sequence};
use crate::engine::site::Site;

/// 2026-01-01, in days from 1970-01-01.
const BEGIN: i64 = 20_454;

/// What the devices of a field have noted, by index of the device, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Memories {
    entries: BTreeMap<u32, Vec<Entry>>,
    /// Rules, by index in the site, that hold and were noted.
    holds: BTreeSet<u32>,
}

impl World {
    /// A device notes this code.
    pub(super) fn note(&mut self, number: u32, code: u16) {
        let site = Arc::clone(self.site());
        let Some(memory) = memory_of(&site, number) else { return };
        let days = memory.time.and_then(|stamp| stamp.epoch).map_or(0, |epoch| BEGIN - i64::from(epoch));
        let seconds = days * 86_400 + i64::try_from(self.at.max(self.story.at()).as_secs()).unwrap_or(0);
        let time = if memory.time.is_some() { u32::try_from(seconds).unwrap_or(0) } else { 0 };
        let entries = self.memories.entries.entry(number).or_default();
        entries.push(Entry { time, code });
        let more = entries.len().saturating_sub(usize::from(memory.entries));
        entries.drain(..more);
        self.lay_out(number);
        if let (Some(counter), Some(device)) = (memory.counter, self.devices.get_mut(number as usize)) {
            let count = device.image.read(memory.table, counter, 1).map_or(0, |cells| cells[0]);
            device.image.write(memory.table, counter, &[count.wrapping_add(1)]);
        }
    }

    /// Writes what a device has noted into its registers; where nothing was noted they hold 0.
    pub(super) fn lay_out(&mut self, number: u32) {
        let site = Arc::clone(self.site());
        let (Some(memory), Some(device)) = (memory_of(&site, number), self.devices.get_mut(number as usize)) else {
            return;
        };
        let Some(entries) = self.memories.entries.get(&number) else { return };
        let mut words: Vec<Vec<u16>> = entries.iter().map(|entry| memory.encode(*entry)).collect();
        if memory.order == Sequence::NewestFirst {
            words.reverse();
        }
        device.image.write(memory.table, memory.first, &words.concat());
    }

    /// A point of a device changed: what began by it, and has a code of its own, is noted.
    pub(super) fn note_alarms(&mut self, number: u32) {
        let site = Arc::clone(self.site());
        let Some(memory) = memory_of(&site, number) else { return };
        let first = site.devices[number as usize].rules.start;
        // The first code that names an alarm is the one it is noted by.
        let mut noted_by: BTreeMap<u32, u16> = BTreeMap::new();
        for code in memory.codes.iter().filter(|code| code.active) {
            for alarm in &code.alarms {
                noted_by.entry(first + alarm).or_insert(code.codes.0);
            }
        }
        for (rule, code) in noted_by {
            if !self.rule_holds(&site, rule) {
                self.memories.holds.remove(&rule);
            } else if self.memories.holds.insert(rule) {
                self.note(number, code);
            }
        }
    }

    fn rule_holds(&self, site: &Site, rule: u32) -> bool {
        let Some(rule) = site.rules.get(rule as usize) else { return false };
        let mut values: BTreeMap<u32, Value> = BTreeMap::new();
        rule.when.slots(&mut |slot| {
            let Some(point) = site.points.get(slot as usize) else { return };
            let encoding = &point.encoding;
            let cells = self.read(point.device, encoding.table, encoding.address, encoding.width()).unwrap_or_default();
            let bits: Vec<bool> = cells.iter().map(|cell| *cell != 0).collect();
            let raw = if encoding.table.is_bits() { Raw::Bits(&bits) } else { Raw::Words(cells) };
            values.extend(decode(encoding, raw).ok().map(|value| (slot, value)));
        });
        rule.when.evaluate(&|slot| values.get(&slot)) == Truth::True
    }
}

fn memory_of(site: &Site, number: u32) -> Option<&Memory> {
    site.devices.get(number as usize)?.profile.memory.as_ref()
}
