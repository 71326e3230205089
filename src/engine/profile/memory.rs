//! The event memory of a device: what it noted itself, and can still be read after nobody listened.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Memory`]: where its entries stand, and what their codes mean.
//! Never: a clock. The time of an entry is the device's own, and is only spelt.

use serde::{Deserialize, Serialize};

use super::{Order, Table};
use crate::engine::base::{Category, Text};

/// Where a device keeps what happened to it, and what its codes mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Holding or input registers.
    pub table: Table,
    /// Address of a word that changes with every new entry, if there is one.
    pub counter: Option<u16>,
    /// Address of the first entry.
    pub first: u16,
    /// Words from one entry to the next.
    pub stride: u16,
    /// How many entries it holds.
    pub entries: u16,
    /// How they stand.
    pub order: Sequence,
    /// Where in an entry its code stands.
    pub code: u16,
    /// When it happened; nothing where entries carry no time.
    pub time: Option<Stamp>,
    /// What the codes mean.
    pub codes: Vec<CodeSpec>,
}

/// How the entries of a memory stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// The newest first.
    NewestFirst,
    /// The newest last, or a ring that begins anew at the first.
    OldestFirst,
}

/// The time of an entry: seconds in two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Where in an entry it stands.
    pub offset: u16,
    /// The order of its bytes.
    pub order: Order,
    /// Days from 1970-01-01 to the day from which the device counts; nothing when its documents do not say.
    pub epoch: Option<i32>,
}

/// What one code, or several that follow each other, means.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeSpec {
    /// Its name in the profile.
    pub key: String,
    /// The first and the last code.
    pub codes: (u16, u16),
    /// What people read.
    pub name: Text,
    /// What it is; nothing for what is only history.
    pub category: Option<Category>,
    /// Whether something began; else it ended.
    pub active: bool,
    /// Alarms of the device (by index) that say the same live; empty for all of the category.
    pub alarms: Vec<u32>,
}

/// One entry as the device holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Its time, as many seconds as the device counts; 0 where it carries none.
    pub time: u32,
    /// What happened.
    pub code: u16,
}

impl Memory {
    /// The point segment under which the gateway speaks of it.
    pub const SEGMENT: &'static str = "memory";

    /// How many words all entries take.
    pub fn words(&self) -> u16 {
        self.stride.saturating_mul(self.entries)
    }

    /// The entries in `words`, in the order in which they happened as far as the memory tells. A place whose words are all
    /// 0, or all 0xFFFF, is empty.
    pub fn decode(&self, words: &[u16]) -> Vec<Entry> {
        let places = words.chunks_exact(usize::from(self.stride.max(1)));
        let mut entries: Vec<Entry> = places.filter_map(|words| self.entry(words)).collect();
        if self.order == Sequence::NewestFirst {
            entries.reverse();
        }
        entries
    }

    fn entry(&self, words: &[u16]) -> Option<Entry> {
        if [0, u16::MAX].iter().any(|empty| words.iter().all(|word| word == empty)) {
            return None;
        }
        let at = |place: u16| words.get(usize::from(place)).copied().unwrap_or(0);
        let time = self.time.map_or(0, |stamp| {
            let (first, second) = (at(stamp.offset), at(stamp.offset.saturating_add(1)));
            let (high, low) = if stamp.order.reverses_words() { (second, first) } else { (first, second) };
            let byte = |word: u16| if stamp.order.swaps_bytes() { word.swap_bytes() } else { word };
            (u32::from(byte(high)) << 16) | u32::from(byte(low))
        });
        Some(Entry { time, code: at(self.code) })
    }

    /// The words of one entry: the way back of [`Memory::decode`]. Words that mean nothing here are 0.
    pub fn encode(&self, entry: Entry) -> Vec<u16> {
        let mut words = vec![0; usize::from(self.stride)];
        let mut put = |place: u16, word: u16| {
            if let Some(held) = words.get_mut(usize::from(place)) {
                *held = word;
            }
        };
        put(self.code, entry.code);
        if let Some(stamp) = self.time {
            let byte = |word: u16| if stamp.order.swaps_bytes() { word.swap_bytes() } else { word };
            // Each takes its sixteen bits.
            let (high, low) = (byte((entry.time >> 16) as u16), byte(entry.time as u16));
            let (first, second) = if stamp.order.reverses_words() { (low, high) } else { (high, low) };
            put(stamp.offset, first);
            put(stamp.offset.saturating_add(1), second);
        }
        words
    }

    /// What a code means; nothing when the profile does not know it.
    pub fn meaning(&self, code: u16) -> Option<&CodeSpec> {
        self.codes.iter().find(|spec| (spec.codes.0..=spec.codes.1).contains(&code))
    }

    /// What people call an entry.
    pub fn name(&self, entry: Entry) -> Text {
        match self.meaning(entry.code) {
            Some(spec) => spec.name.clone(),
            None => {
                let code = entry.code;
                Text::new(&format!("未知事件代码 {code}"), &format!("unknown event code {code}"))
            }
        }
    }

    /// The time of an entry as the device would write it: date and time by its own clock, or only its count of seconds
    /// where nobody knows from when it counts.
    pub fn spell(&self, entry: Entry) -> Option<String> {
        let stamp = self.time?;
        let Some(epoch) = stamp.epoch else { return Some(format!("{} s", entry.time)) };
        let (days, seconds) = (i64::from(entry.time / 86_400) + i64::from(epoch), entry.time % 86_400);
        let (year, month, day) = date(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        Some(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"))
    }
}

/// The date so many days after 1970-01-01, in the Gregorian calendar.
fn date(days: i64) -> (i64, i64, i64) {
    // Counted from 0000-03-01, so that a leap day is the last of its year; 400 years have 146097 days.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(order: Sequence, stamp: Order, epoch: Option<i32>) -> Memory {
        Memory {
            table: Table::Holding,
            counter: None,
            first: 10,
            stride: 3,
            entries: 4,
            order,
            code: 2,
            time: Some(Stamp { offset: 0, order: stamp, epoch }),
            codes: Vec::new(),
        }
    }

    #[test]
    fn entries_come_in_the_order_they_happened_and_empty_places_are_none() {
        let words = [0x0001, 0x0002, 15, 0x0001, 0x0001, 12, 0, 0, 0, 0xFFFF, 0xFFFF, 0xFFFF];
        let newest = memory(Sequence::NewestFirst, Order::Abcd, None);
        let entries = [Entry { time: 0x0001_0001, code: 12 }, Entry { time: 0x0001_0002, code: 15 }];
        assert_eq!(newest.decode(&words), entries);
        assert_eq!(memory(Sequence::OldestFirst, Order::Abcd, None).decode(&words), [entries[1], entries[0]]);
        assert_eq!(newest.decode(&words[..4]), [entries[1]], "a cut place is none");
        for order in [Order::Abcd, Order::Cdab, Order::Badc, Order::Dcba] {
            let memory = memory(Sequence::OldestFirst, order, None);
            let entry = Entry { time: 0x0102_0304, code: 7 };
            assert_eq!(memory.decode(&memory.encode(entry)), [entry], "{order:?}");
        }
    }

    #[test]
    fn the_devices_time_is_spelt_by_its_own_calendar() {
        let check = |epoch, time, spelt: &str| {
            let memory = memory(Sequence::NewestFirst, Order::Abcd, epoch);
            assert_eq!(memory.spell(Entry { time, code: 0 }).as_deref(), Some(spelt));
        };
        check(None, 77, "77 s");
        check(Some(0), 0, "1970-01-01 00:00:00");
        check(Some(0), 1_767_569_405, "2026-01-04 23:30:05");
        check(Some(0), 951_782_399, "2000-02-28 23:59:59");
        check(Some(0), 951_782_400, "2000-02-29 00:00:00");
        check(Some(0), u32::MAX, "2106-02-07 06:28:15");
        // From 2000-01-01.
        check(Some(10_957), 0, "2000-01-01 00:00:00");
    }
}
