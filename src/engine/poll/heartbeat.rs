//! Devices that answer although their own processor stands still.
//!
//! Takes: what the heartbeat points of a device say, read after read.
//! Gives: the device's link down, with the reason, and all its points unknown; and up again when the heart beats.
//! Never: condemns a device by time alone, or by reads that did not come: what counts is how often the same was read.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bus::{Bus, Slot};
use super::report::{Link, LinkOf, Report};
use crate::engine::base::{Mono, Now, Reason, Text, Value};
use crate::engine::site::Site;

/// The same value must have been read this often in a row, besides for so long: two reads may fall into one half of a
/// beat by chance.
const READS_OF_THE_STILL: u32 = 4;

/// One heartbeat point.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    within: Duration,
    run: Option<Run>,
}

/// Reads in a row that said the same.
#[derive(Clone, Debug)]
struct Run {
    value: Value,
    since: Mono,
    until: Mono,
    reads: u32,
}

impl Run {
    fn begin(value: &Value, now: Mono) -> Run {
        Run { value: value.clone(), since: now, until: now, reads: 1 }
    }
}

impl Heartbeat {
    /// Its read brought nothing: what was seen before does not count.
    pub fn lose(&mut self) {
        self.run = None;
    }

    /// One more verified reading of a request that is sent every `period`. Gives whether it beat, and for how long it has stood still if that is too long.
    fn feel(&mut self, value: &Value, period: Duration, now: Mono) -> (bool, Option<Duration>) {
        // A longer pause between two reads may hide a beat.
        let gap = (self.within / 4).max(period * 3 / 2);
        match &mut self.run {
            Some(run) if run.value == *value && now.since(run.until) <= gap => {
                (run.until, run.reads) = (now, run.reads.saturating_add(1));
                let lasted = now.since(run.since);
                (false, (run.reads >= READS_OF_THE_STILL && lasted >= self.within).then_some(lasted))
            }
            run => {
                let beats = run.as_ref().is_some_and(|run| run.value != *value);
                *run = Some(Run::begin(value, now));
                (beats, None)
            }
        }
    }
}

/// The heartbeat points among the slots of a bus, by slot.
pub(super) fn heartbeats(site: &Site, slots: &[Slot]) -> BTreeMap<u32, Heartbeat> {
    let within = |slot: &Slot| site.points[slot.point as usize].proviso.as_ref()?.toggles_within;
    let found = (0..).zip(slots).filter_map(|(number, slot)| Some((number, within(slot)?)));
    found.map(|(number, within)| (number, Heartbeat { within, run: None })).collect()
}

impl Bus {
    /// A read of a device was verified and its heartbeat points decoded: does it still live?
    pub(super) fn feel(&mut self, read: u32, now: Now, report: &mut Report) {
        if self.heartbeats.is_empty() {
            return;
        }
        let (mut beats, mut still) = (false, None);
        let state = &self.reads[read as usize];
        for number in &state.slots {
            let Some(heartbeat) = self.heartbeats.get_mut(number) else { continue };
            let slot = &self.slots[*number as usize];
            match &slot.known {
                Ok(value) => {
                    let (beat, lasted) = heartbeat.feel(value, state.span.period, now.mono);
                    beats |= beat;
                    still = lasted.map(|lasted| (slot.point, lasted)).or(still);
                }
                Err(_) => heartbeat.lose(),
            }
        }
        let member = state.member;
        match (self.members[member as usize].still, still) {
            (false, Some((point, lasted))) => self.freeze(member, point, lasted, now, report),
            (true, None) if beats => self.thaw(member, now, report),
            _ => {}
        }
    }

    /// What this device says is old, however new the answer: nothing of it is known any more but its heartbeat.
    fn freeze(&mut self, number: u32, point: u32, lasted: Duration, now: Now, report: &mut Report) {
        let name = &self.site.points[point as usize].name;
        let lasted = lasted.as_secs_f64();
        let reason = Text {
            zh: format!("有应答，但设备自身处理器停顿：{}已 {lasted:.1} 秒没有变化", name.zh),
            en: format!("answers, but its own processor stands still: {} has not changed for {lasted:.1} s", name.en),
        };
        let member = &mut self.members[number as usize];
        member.still = true;
        let (device, reads) = (member.device, member.reads.clone());
        self.forget_memory(Some(number));
        report.links.push(Link { of: LinkOf::Device(device), up: false, reason, at: now });
        for read in reads {
            self.forget_all_but_heartbeats(read, now, report);
        }
    }

    fn thaw(&mut self, number: u32, now: Now, report: &mut Report) {
        let member = &mut self.members[number as usize];
        member.still = false;
        let (device, reads) = (member.device, member.reads.clone());
        report.links.push(Link { of: LinkOf::Device(device), up: true, reason: Text::default(), at: now });
        for read in reads {
            self.ask_soon(read, now.mono);
        }
    }

    fn forget_all_but_heartbeats(&mut self, read: u32, now: Now, report: &mut Report) {
        let state = &mut self.reads[read as usize];
        state.current = false;
        let slots = std::mem::take(&mut state.slots);
        for &slot in &slots {
            if !self.is_heartbeat(slot) {
                self.set(slot, Err(Reason::LinkDown), now, report);
            }
        }
        self.reads[read as usize].slots = slots;
    }

    /// Whether a slot is a heartbeat.
    pub(super) fn is_heartbeat(&self, slot: u32) -> bool {
        self.heartbeats.contains_key(&slot)
    }
}
