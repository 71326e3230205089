//! What an answer means: readings, conditions, staleness.
//!
//! Takes: verified replies, exceptions, and the passing of time.
//! Gives: the changes they make, appended to a [`Report`].
//! Never: reads registers of a reply that was not verified.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bus::{ALIVE_EVERY, Bus, Flight, Line, Read};
use super::exchange::{Failure, Reply};
use super::health::{SILENCE_OF_THE_DEAD, SILENCE_OF_THE_MISSING};
use super::heartbeat::Heartbeat;
use super::refused::{hush, was_hushed};
use super::report::{Edge, Link, LinkOf, Report, StatusEdge};
use crate::engine::base::{Mono, Now, Reading, Reason, Text, Value};
use crate::engine::event::{Event, Moment};
use crate::engine::point::{Raw, decode};
use crate::engine::profile::Pace;

impl Bus {
    /// A verified reply.
    pub(super) fn accept(&mut self, flight: &Flight, number: u32, reply: Reply, now: Now, report: &mut Report) {
        self.answer(flight, number, true, now, report);
        self.serves(flight.member, now, report);
        self.detector.answered(number, flight.request.id, true);
        let lasted = self.measure(flight, now.mono);
        let read = &mut self.reads[number as usize];
        read.round_trip = Some(lasted);
        read.refused = false;
        read.refusals = 0;
        read.read_at = Some(now.mono);
        read.verified = flight.request.id;
        if !(read.current && read.last.as_ref() == Some(&reply)) {
            let slots = std::mem::take(&mut read.slots);
            let (start, member) = (read.span.start, read.member);
            let still = self.members[member as usize].still;
            for &slot in &slots {
                if still && !self.is_heartbeat(slot) {
                    continue;
                }
                let point = self.slots[slot as usize].point as usize;
                let encoding = &self.site.points[point].encoding;
                let offset = usize::from(encoding.address.saturating_sub(start));
                let known = match &reply {
                    Reply::Words(words) => decode(encoding, Raw::Words(words.get(offset..).unwrap_or(&[]))),
                    // Nothing is read by a write; `verify` lets none up to a read.
                    Reply::Written | Reply::Objects(_) => Err(Reason::BadValue),
                    Reply::Bits(bits) => decode(encoding, Raw::Bits(bits.get(offset..).unwrap_or(&[]))),
                };
                self.set(slot, known, now, report);
            }
            let read = &mut self.reads[number as usize];
            read.current = !still && !slots.iter().any(|slot| self.derivation.counts_the_same(*slot, now.mono));
            read.slots = slots;
            read.last = Some(reply);
        }
        self.feel(number, now, report);
        self.detect(now, report);
        self.speak(flight.member, now, report);
    }

    /// The device refused: it is alive, but these points are unknown, unless they can be asked for in parts.
    pub(super) fn refuse(&mut self, flight: &Flight, number: u32, failure: &Failure, now: Now, report: &mut Report) {
        self.answer(flight, number, false, now, report);
        self.members[flight.member as usize].refusing.since.get_or_insert(now.mono);
        if self.split(number, failure, now) {
            return;
        }
        self.detector.answered(number, flight.request.id, false);
        self.reads[number as usize].refused = true;
        self.forget(number, Reason::DeviceException, now, report);
        self.detect(now, report);
        self.weigh(flight.member, number, failure, now, report);
    }

    /// A device answered, whatever it was asked; `served`, when it did not refuse.
    pub(super) fn heard(&mut self, flight: &Flight, served: bool, now: Now, report: &mut Report) {
        self.heard_line(flight, now, report);
        self.revive(flight, served, now, report);
    }

    /// Somebody answered: the line works.
    pub(super) fn heard_line(&mut self, flight: &Flight, now: Now, report: &mut Report) {
        self.open_line(now, report);
        self.answered = flight.request.id;
        (self.heard_at, self.unheard) = (now.mono, 0);
    }

    /// Notes how long the device thought: an eighth of the newest in the mean. Gives how long the exchange took.
    fn measure(&mut self, flight: &Flight, now: Mono) -> Duration {
        let lasted = now.since(flight.sent_at).saturating_sub(flight.request.pause);
        let thought = self.cost.turnaround(lasted, flight.request.table, flight.request.count);
        let member = &mut self.members[flight.member as usize];
        member.turnaround = Some(member.turnaround.map_or(thought, |mean| (mean * 7 + thought) / 8));
        lasted
    }

    fn answer(&mut self, flight: &Flight, number: u32, served: bool, now: Now, report: &mut Report) {
        self.heard(flight, served, now, report);
        let read = &mut self.reads[number as usize];
        read.answered_at = now.mono;
        read.failures = 0;
        read.stale = None;
    }

    /// Every point of a read is unknown from now on.
    pub(super) fn forget(&mut self, read: u32, reason: Reason, now: Now, report: &mut Report) {
        let state = &mut self.reads[read as usize];
        state.current = false;
        let slots = std::mem::take(&mut state.slots);
        for &slot in &slots {
            self.heartbeats.entry(slot).and_modify(Heartbeat::lose);
            self.set(slot, Err(reason), now, report);
        }
        self.reads[read as usize].slots = slots;
    }

    /// Notes what the registers of a point say, and what follows for it and for the points that it decides about.
    pub(super) fn set(&mut self, number: u32, said: Result<Value, Reason>, now: Now, report: &mut Report) {
        let known = self.derivation.says(number, said, now.mono, &self.slots);
        let Some(before) = self.know(number, known, now, report) else { return };
        for (follower, read, known) in self.derivation.follow(number, &before, &self.slots) {
            self.know(follower, known, now, report);
            // What it said last was said before the other changed.
            self.reads[read as usize].current = false;
            self.ask_soon(read, now.mono);
        }
    }

    /// Notes what is known of a point, and reports it when it changed by its dead-band or in quality. Gives what was
    /// known before, when that was something else.
    fn know(
        &mut self,
        number: u32,
        known: Result<Value, Reason>,
        now: Now,
        report: &mut Report,
    ) -> Option<Result<Value, Reason>> {
        let slot = &mut self.slots[number as usize];
        let again = std::mem::take(&mut slot.again);
        if slot.known == known && !again {
            return None;
        }
        let publish = again
            || match (&slot.known, &known) {
                (Ok(_), Ok(Value::Number(value))) => {
                    (value - slot.published).abs() >= self.site.points[slot.point as usize].deadband
                        && *value != slot.published
                }
                _ => true,
            };
        if publish {
            if let Ok(Value::Number(value)) = known {
                slot.published = value;
            }
            report.values.push((slot.point, Reading { known: known.clone(), at: now }));
        }
        if slot.known == known {
            return None;
        }
        self.detector.changed(number);
        Some(std::mem::replace(&mut slot.known, known))
    }

    /// Looks at the rules that could have changed.
    pub(super) fn detect(&mut self, now: Now, report: &mut Report) {
        let (slots, wanted) = (&self.slots, &mut self.wanted);
        let at = Moment { id: self.answered, now };
        self.detector.evaluate(|slot| &slots[slot as usize].known, at, &mut self.events, |read| wanted.push(read));
        // Statuses are watched like rules, and counted behind them.
        let rules = u32::try_from(self.site.rules.len()).unwrap_or(u32::MAX);
        for event in self.events.drain(..) {
            let link = |rule, up, reason| Link { of: LinkOf::Rule(rule), up, reason, at: now };
            match event {
                Event::Truth { rule, truth } if rule >= rules => {
                    report.statuses.push(StatusEdge { status: rule - rules, truth, at: now });
                }
                Event::Truth { rule, truth } => report.edges.push(Edge { rule, truth, at: now, sweep: self.sweep }),
                // A status that cannot be read is unknown, and whoever needs it says so.
                Event::Blind { rule, .. } | Event::Sees { rule } if rule >= rules => {}
                Event::Blind { rule, reason: Reason::DeviceException } if hush(&mut self.members, &self.site, rule) => {
                }
                Event::Blind { rule, reason } => {
                    report.links.push(link(rule, false, unreadable(reason)));
                }
                Event::Sees { rule } if was_hushed(&mut self.members, &self.site, rule) => {}
                Event::Sees { rule } => report.links.push(link(rule, true, Text::default())),
            }
        }
        while let Some(read) = self.wanted.pop() {
            self.ask_soon(read, now.mono);
        }
        if let Some(due) = self.detector.due() {
            self.tick_at = self.tick_at.min(due);
        }
    }

    /// What time alone changes, when it is time.
    pub(super) fn pass(&mut self, now: Now, report: &mut Report) {
        self.pass_lane(now, report);
        self.pass_interviews(now.mono);
        if now.mono < self.tick_at {
            return;
        }
        self.bury_the_missing(now, report);
        self.make_whole(now.mono);
        let first_bound = self.age(now, report);
        self.detector.elapse(now.mono);
        // The tick is moved before rules are looked at, so that a new delay can only bring it forward.
        if now.mono >= self.alive_at {
            report.alive = Some(self.ages(now.mono));
            self.alive_at = now.mono.after(ALIVE_EVERY);
        }
        self.tick_at = self.alive_at.min(first_bound);
        self.detect(now, report);
        for number in 0..self.members.len() {
            self.speak(u32::try_from(number).unwrap_or(u32::MAX), now, report);
        }
    }

    /// Makes stale what was not answered in time; gives the instant at which the next read would become stale.
    fn age(&mut self, now: Now, report: &mut Report) -> Mono {
        let mut first = Mono(u64::MAX);
        if self.line != Line::Open {
            return first;
        }
        let troubled = self.is_troubled();
        for number in 0..self.reads.len() {
            let read = &self.reads[number];
            let member = &self.members[read.member as usize];
            if member.dead || read.slots.is_empty() || read.stale == Some(Reason::Stale) {
                continue;
            }
            // Strictly older than the bound.
            let bound = read.answered_at.max(member.up_since).after(read.bound());
            if now.mono > bound {
                // A device, or a line, that answers nothing is about to be announced: its rules are not, one by one.
                // Nor are those that wait only because others do not answer, for a minute.
                let mute = |failures: u32, since: Mono| failures > 0 && now.mono.since(since) > SILENCE_OF_THE_DEAD;
                let held_up = troubled && now.mono <= bound.after(SILENCE_OF_THE_MISSING);
                let silent = held_up || mute(member.failures, member.answered_at) || mute(self.unheard, self.heard_at);
                let reason = if silent { Reason::LinkDown } else { Reason::Stale };
                if read.stale != Some(reason) {
                    self.reads[number].stale = Some(reason);
                    self.forget(u32::try_from(number).unwrap_or(u32::MAX), reason, now, report);
                }
            } else {
                first = first.min(Mono(bound.0.saturating_add(1)));
            }
        }
        first
    }

    /// The age of the oldest verified read of each pace, over the devices that answer. A read that is refused has no
    /// age: its points are unknown, and that is announced.
    fn ages(&self, now: Mono) -> BTreeMap<Pace, Duration> {
        let mut ages = BTreeMap::new();
        if self.line != Line::Open {
            return ages;
        }
        for read in &self.reads {
            let member = &self.members[read.member as usize];
            if member.dead || read.slots.is_empty() || read.refused {
                continue;
            }
            let read_at = read.read_at.or(read.aged_from).unwrap_or(member.up_since);
            let age = now.since(read_at.max(member.up_since));
            let oldest = ages.entry(read.span.pace).or_insert(age);
            *oldest = (*oldest).max(age);
        }
        ages
    }
}

impl Read {
    /// How old its last verified reply may be: three periods, or one and three seconds, whichever is longer.
    pub(super) fn bound(&self) -> Duration {
        (self.span.period * 3).max(self.span.period + Duration::from_secs(3))
    }
}

pub(super) fn unreadable(reason: Reason) -> Text {
    let zh = match reason {
        Reason::NeverRead => "尚未读到",
        Reason::Stale => "过期",
        Reason::LinkDown => "失联",
        Reason::BadValue => "数值无效",
        Reason::Absent => "设备无此值",
        Reason::DeviceException => "设备拒答",
    };
    Text::new(&format!("所需测点读不到：{zh}"), &format!("an input cannot be read: {}", reason.as_str()))
}
