//! What is asked for changes while a bus runs: a range is refused, a device is lost.
//!
//! Takes: the read that was refused, or the device whose plan is to be made anew.
//! Gives: other reads for the same points; what is known of the points stays as it is.
//! Never: takes an answer to a read that is no longer planned for an answer to the one in its place.
//!
//! A range that a device refuses as a whole (exception 2 or 3) is asked in two parts, and these again, until what is
//! refused stands alone: only that is a fault. What was learned is forgotten, and the whole is tried again, when the device
//! or the line is lost (another firmware may come back, or another device), and every ten minutes, because a device that
//! was only starting refuses everything for a moment. With it the plan takes up the time the device was measured to think.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Errand, Flight, NO_READ, Read};
use super::coalesce::{self, Span, halves};
use super::exchange::Failure;
use crate::engine::base::{Mono, Now};
use crate::engine::profile::Pace;

/// A range that was split is tried whole again after this.
const WHOLE_AGAIN: Duration = Duration::from_secs(600);

impl Bus {
    /// Splits the read that was refused, if it can be asked in parts. One that was answered before has to be refused
    /// twice: the device may be busy.
    pub(super) fn split(&mut self, read: u32, failure: &Failure, now: Now) -> bool {
        let state = &mut self.reads[read as usize];
        state.refusals += 1;
        if !matches!(failure, Failure::Exception(2 | 3)) || (state.read_at.is_some() && state.refusals < 2) {
            return false;
        }
        let Some(parts) = halves(&self.site, &state.span) else {
            return false;
        };
        let (member, read_at, verified) = (state.member, state.read_at, state.verified);
        self.uproot(&[read]);
        for part in parts {
            let number = self.plant(member, part, now.mono);
            let state = &mut self.reads[number as usize];
            // The parts learn for themselves; only how old their points are is known.
            (state.verified, state.aged_from) = (verified, read_at);
        }
        self.settle_member(member);
        let member = &mut self.members[member as usize];
        member.split_at.get_or_insert(now.mono);
        true
    }

    /// Makes the plan of a device anew. Called when nothing on it is known, or from time to time after a split.
    pub(super) fn replan(&mut self, number: u32, now: Mono) {
        let Some(model) = self.site.buses.get(self.number as usize) else { return };
        let member = &mut self.members[number as usize];
        member.split_at = None;
        let spans = coalesce::spans(&self.site, model, &self.cost, member.device, member.turnaround);
        if member.reads.iter().map(|read| &self.reads[*read as usize].span).eq(&spans) {
            return;
        }
        let (old, dead) = (std::mem::take(&mut member.reads), member.dead);
        self.uproot(&old);
        for span in spans {
            let read = self.plant(number, span, now);
            if dead {
                self.due[read as usize] = ASLEEP;
            }
        }
        self.settle_member(number);
        // A dead device goes on being probed, and a read that was mute is asked in its turn again.
        let cheapest = self.members[number as usize].cheapest;
        if let Some(place) = self.probes.iter().position(|probe| old.contains(&probe.read)).filter(|_| dead) {
            self.probes[place].read = cheapest;
        }
        self.probes.retain(|probe| probe.read == cheapest || !old.contains(&probe.read));
    }

    /// Tries whole again what was split long ago.
    pub(super) fn make_whole(&mut self, now: Mono) {
        for number in 0..self.members.len() {
            let member = &self.members[number];
            if !member.dead && member.split_at.is_some_and(|at| now.since(at) >= WHOLE_AGAIN) {
                self.replan(u32::try_from(number).unwrap_or(u32::MAX), now);
            }
        }
    }

    /// A new read of a device, due at once.
    pub(super) fn plant(&mut self, member: u32, span: Span, now: Mono) -> u32 {
        let owner = &self.members[member as usize];
        let first = self.site.devices[owner.device as usize].points.start;
        let mut slots: Vec<u32> = span.points.iter().map(|point| owner.first_slot + (point - first)).collect();
        self.derivation.arrange(&mut slots);
        let lane = if span.pace == Pace::Fire { &mut self.fire } else { &mut self.rest };
        let read = Read {
            span,
            slots: slots.clone(),
            member,
            last: None,
            current: false,
            read_at: None,
            aged_from: None,
            round_trip: None,
            verified: 0,
            asked: 0,
            answered_at: now,
            refused: false,
            refusals: 0,
            stale: None,
            failures: 0,
            swept: 0,
        };
        let number = match self.spare.pop() {
            Some(number) => {
                self.reads[number as usize] = read;
                self.due[number as usize] = now;
                number
            }
            None => {
                self.reads.push(read);
                self.due.push(now);
                u32::try_from(self.reads.len() - 1).unwrap_or(u32::MAX)
            }
        };
        lane.push(number);
        self.members[member as usize].reads.push(number);
        self.detector.renew(number);
        for slot in slots {
            self.slots[slot as usize].read = number;
            self.detector.retarget(slot, number);
        }
        number
    }

    fn uproot(&mut self, reads: &[u32]) {
        // The place that was taken first is taken first again: places follow the order of the plan.
        for &read in reads.iter().rev() {
            self.due[read as usize] = ASLEEP;
            let state = &mut self.reads[read as usize];
            state.slots.clear();
            let owner = &mut self.members[state.member as usize];
            owner.reads.retain(|own| *own != read);
            self.fire.retain(|own| *own != read);
            self.rest.retain(|own| *own != read);
            self.spare.push(read);
        }
    }

    /// What is kept of a device's reads beside them.
    pub(super) fn settle_member(&mut self, number: u32) {
        let member = &mut self.members[number as usize];
        let spans = member.reads.iter().map(|read| &self.reads[*read as usize].span);
        member.cheapest = coalesce::cheapest(spans).map_or(NO_READ, |place| member.reads[place]);
    }

    /// What an exchange is for now that it has ended: its read may no longer be planned, or its device no longer be
    /// believed.
    pub(super) fn settled(&self, flight: Flight) -> Flight {
        let Errand::Read { read, .. } = flight.errand else { return flight };
        let (span, asked) = (&self.reads[read as usize].span, &flight.request);
        let same = (span.device, span.table, span.start, span.count)
            == (asked.device, asked.table, asked.start, asked.count)
            && !self.reads[read as usize].slots.is_empty();
        let believed = self.members[flight.member as usize].believed;
        if same && believed { flight } else { Flight { errand: Errand::Old, ..flight } }
    }
}
