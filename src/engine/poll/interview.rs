//! A person asks a device who it is: its identity registers, and its own words by function 43.
//!
//! Takes: which device; answers, silence, and the passing of time.
//! Gives: [`Finding`]: what was asked and what came.
//! Never: goes ahead of anybody who is due, unless it has waited for long, and never ahead of a fire lane's sweep; never
//! costs the others more than a probe does: whoever may be silent is asked when a probe might be sent, and what it cost
//! holds up the next; a device is neither believed nor given up by what it answers here.

use std::collections::VecDeque;
use std::time::Duration;

use super::bus::{ASLEEP, Bus, Errand, Flight, Line};
use super::coalesce;
use super::exchange::{Failure, Reply, Request};
use super::health::said_by_line;
use super::report::Report;
use super::schedule::Asked;
use crate::engine::base::{Mono, Now};
use crate::engine::profile::{Pace, Table};

/// One that has waited for so long takes the turn of a read that is not fire's, or one in a sweep of a full fire lane.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many may wait on one bus.
const WAITING: usize = 8;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interview {
    /// Chosen by whoever asks.
    pub id: u64,
    /// Index of the device in the site.
    pub device: u32,
    /// When it is answered at the latest, with what was found by then.
    pub until: Mono,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Of which question.
    pub id: u64,
    /// Which registers were asked for: table, first address, how many; nothing for a device that has none.
    pub range: Option<(Table, u16, u16)>,
    /// What they say; nothing when there was no turn.
    pub registers: Option<Result<Reply, Failure>>,
    /// What the device says of itself by function 43; nothing when it was not asked.
    pub objects: Option<Result<Reply, Failure>>,
}

#[derive(Clone, Debug)]
struct Held {
    question: Interview,
    since: Mono,
    found: Finding,
}

/// What waits, and what was found and not taken yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Interviews {
    waiting: VecDeque<Held>,
    found: Vec<Finding>,
    /// Devices that say nothing to function 43, and are not asked again: each time costs the others a time-out.
    mute: Vec<u32>,
}

impl Bus {
    /// Asks a device who it is, as soon as nobody is held up by it.
    pub fn interview(&mut self, question: Interview, now: Now) {
        let range = self.identity_range(question.device);
        let found = Finding { id: question.id, range, registers: None, objects: None };
        let works = matches!(self.line, Line::Untried | Line::Open | Line::Silent);
        let known = self.members.iter().any(|member| member.device == question.device);
        if !works || !known || self.interviews.waiting.len() >= WAITING {
            let registers = (!works).then(|| Err(Failure::Link("not connected".into())));
            return self.interviews.found.push(Finding { registers, ..found });
        }
        self.interviews.waiting.push_back(Held { question, since: now.mono, found });
    }

    /// What was found since this was last called.
    pub fn findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.interviews.found)
    }

    /// The identity registers of its profile, or the cheapest that it is asked for anyway.
    fn identity_range(&self, device: u32) -> Option<(Table, u16, u16)> {
        let model = self.site.devices.get(device as usize)?;
        if let Some(identity) = &model.profile.link.identity {
            let count = identity.accept.first().and_then(|words| u16::try_from(words.len()).ok())?;
            return Some((identity.table, identity.address, count));
        }
        let member = self.members.iter().find(|member| member.device == device)?;
        let span = &self.reads.get(member.cheapest as usize)?.span;
        Some((span.table, span.start, span.count))
    }

    /// The request of the first that waits, if it is its turn. `turn` is the read that would be sent instead.
    pub(super) fn next_interview(&mut self, turn: Option<u32>, now: Mono) -> Option<Request> {
        let held = self.interviews.waiting.front()?;
        if now < self.gate {
            return None;
        }
        if let Some(read) = turn {
            let fire = self.reads[read as usize].span.pace == Pace::Fire;
            let sweep = self.fire.iter().filter(|read| self.due[**read as usize] != ASLEEP).count();
            if now < held.since.after(PATIENCE) || (fire && self.fire_run < sweep) {
                return None;
            }
        }
        // Whoever is no member here does not come to wait.
        let member = self.members.iter().position(|member| member.device == held.question.device)?;
        let member = u32::try_from(member).ok()?;
        let range = held.found.range.filter(|_| held.found.registers.is_none());
        self.fire_run = 0;
        self.sent += 1;
        let (table, start, count) = range.unwrap_or((Table::Holding, 0, 1));
        let mut request = self.put_out(member, Errand::Interview, Asked { table, start, count, write: None }, now);
        request.identification = range.is_none();
        self.flight.iter_mut().for_each(|flight| flight.request.identification = request.identification);
        Some(request)
    }

    /// When the first that waits may be sent, if nothing else is due.
    pub(super) fn interview_wakes(&self) -> Mono {
        if self.interviews.waiting.is_empty() { ASLEEP } else { self.gate }
    }

    /// A device answered.
    pub(super) fn answered_who(&mut self, flight: &Flight, reply: Reply, now: Now, report: &mut Report) {
        self.heard_line(flight, now, report);
        self.note(flight, Ok(reply), now.mono);
    }

    /// A device refused, or said nothing that could be believed.
    pub(super) fn silent_on_who(&mut self, flight: &Flight, failure: &Failure, now: Now, report: &mut Report) {
        match failure {
            Failure::Link(reason) => {
                self.note(flight, Err(failure.clone()), now.mono);
                return self.fail_line(said_by_line(reason), now, report);
            }
            Failure::Exception(0x0A | 0x0B) | Failure::Timeout | Failure::Malformed(_) => {
                let cost = now.mono.since(flight.sent_at) + flight.request.quarantine;
                self.rest_until = now.mono.after(flight.request.quarantine);
                self.gate = self.rest_until.after(coalesce::spacing(cost));
                if flight.request.identification {
                    self.interviews.mute.push(flight.request.device);
                }
            }
            Failure::Exception(_) => self.heard_line(flight, now, report),
        }
        self.note(flight, Err(failure.clone()), now.mono);
    }

    /// Takes what came; the device is asked for its own words only if it answers at all.
    fn note(&mut self, flight: &Flight, said: Result<Reply, Failure>, now: Mono) {
        let device = flight.request.device;
        let mute = self.interviews.mute.contains(&device);
        let Some(held) = self.interviews.waiting.front_mut().filter(|held| held.question.device == device) else {
            return;
        };
        let answers = matches!(said, Ok(_) | Err(Failure::Exception(1..=9)));
        if flight.request.identification {
            held.found.objects = Some(said);
        } else {
            held.found.registers = Some(said);
        }
        if flight.request.identification || !answers || mute || held.question.until <= now {
            self.end_interview();
        }
    }

    /// The first that waits is over, with what was found.
    fn end_interview(&mut self) {
        let held = self.interviews.waiting.pop_front();
        self.interviews.found.extend(held.map(|held| held.found));
    }

    /// The line is lost: nothing more will come, and what was learnt of silence says nothing of who is there next.
    pub(super) fn end_interviews(&mut self) {
        self.interviews.mute.clear();
        for mut held in std::mem::take(&mut self.interviews.waiting) {
            held.found.registers.get_or_insert_with(|| Err(Failure::Link("not connected".into())));
            self.interviews.found.push(held.found);
        }
    }

    /// Ends what has waited too long. What is on the wire ends by its own deadline.
    pub(super) fn pass_interviews(&mut self, now: Mono) {
        let out = self.flight.as_ref().is_some_and(|flight| flight.errand == Errand::Interview);
        while self.interviews.waiting.front().is_some_and(|held| !out && held.question.until <= now) {
            self.end_interview();
        }
    }
}
