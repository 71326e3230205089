//! Which read comes next.
//!
//! Takes: when each read is due, and what is silent.
//! Gives: one request, or the instant before which there is none.
//! Never: makes up for a missed period; never lets the silent take more than their share from those who answer.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Errand, Flight, Line, Probe};
use super::coalesce;
use super::exchange::Request;
use crate::engine::base::Mono;
use crate::engine::profile::{Pace, Table, Write};

/// The pauses between two probes of the same device double up to this.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest a read can be put off because its device has not been heard.
const LONGEST_DOUBT: Duration = Duration::from_secs(60);
/// The first pause.
pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// A read that something waits for is repeated after this.
pub(super) const SOON: Duration = Duration::from_secs(1);

/// What one request asks for, or writes.
pub(super) struct Asked {
    pub table: Table,
    pub start: u16,
    pub count: u16,
    pub write: Option<Write>,
}

impl Bus {
    /// The read to send now and whether it is a probe, or until when there is nothing to send.
    pub(super) fn choose(&self, now: Mono) -> Result<(u32, bool), Mono> {
        if let Line::Failing { at, .. } = self.line {
            // Any request will show whether the line works again.
            let (read, probe) =
                match (self.earliest(&self.fire, now), self.earliest(&self.rest, now), self.probes.first()) {
                    (Some((_, read)), ..) | (None, Some((_, read)), _) => (read, false),
                    (None, None, Some(probe)) => (probe.read, true),
                    (None, None, None) => return Err(ASLEEP),
                };
            return if now >= at { Ok((read, probe)) } else { Err(at) };
        }
        let (fire, rest) = (self.earliest(&self.fire, now), self.earliest(&self.rest, now));
        let probe = self.probe(fire.into_iter().chain(rest).map(|(due, _)| due).min(), now);
        let is_due = |choice: &&(Mono, u32)| choice.0 <= now;
        if let Some((_, read)) = probe.as_ref().filter(is_due) {
            return Ok((*read, true));
        }
        if let Some((due, read)) = rest.as_ref().filter(is_due) {
            // A fire lane that fills the bus leaves one turn in each of its sweeps to the rest.
            let late = now.since(*due) > SOON.min(self.reads[*read as usize].span.period);
            let sweep = || self.fire.iter().filter(|read| self.due[**read as usize] != ASLEEP).count();
            if fire.as_ref().filter(is_due).is_none() || (late && self.fire_run >= sweep()) {
                return Ok((*read, false));
            }
        }
        match fire.as_ref().filter(is_due) {
            Some((_, read)) => Ok((*read, false)),
            None => Err([probe, fire, rest].into_iter().flatten().map(|(due, _)| due).min().unwrap_or(ASLEEP)),
        }
    }

    /// Sends a read: plans its next turn and puts the request out.
    pub(super) fn send(&mut self, read: u32, probe: bool, now: Mono) -> Request {
        let member = self.reads[read as usize].member;
        if !self.members[member as usize].believed
            && let Some(request) = self.ask_identity(member, Some(read), now)
        {
            return request;
        }
        self.sent += 1;
        if !probe {
            // One that was asked ahead of its turn, as the proof of a command, keeps its turn.
            let due = &mut self.due[read as usize];
            if *due <= now {
                *due = following(*due, self.reads[read as usize].span.period, now);
            }
        }
        let state = &mut self.reads[read as usize];
        if state.span.pace == Pace::Fire {
            self.fire_run += 1;
        } else {
            self.fire_run = 0;
        }
        if state.span.pace == self.leading {
            // The first read that comes round again begins a sweep, also when another read was its first and is dead now.
            if state.swept == self.sweep {
                self.sweep += 1;
            }
            state.swept = self.sweep;
        }
        state.asked = self.sent;
        let span = &state.span;
        let (table, start, count) = (span.table, span.start, span.count);
        self.put_out(member, Errand::Read { read, probe }, Asked { table, start, count, write: None }, now)
    }

    /// Makes the request with the number that was taken for it, and puts it out.
    pub(super) fn put_out(&mut self, member: u32, errand: Errand, asked: Asked, now: Mono) -> Request {
        let device = self.members[member as usize].device;
        let model = &self.site.devices[device as usize];
        let request = Request {
            id: self.sent,
            device,
            unit: model.unit,
            table: asked.table,
            start: asked.start,
            count: asked.count,
            write: asked.write,
            identification: false,
            within: model.profile.link.reply_within,
            pause: model.profile.link.pause,
            quarantine: coalesce::quarantine(&self.site.buses[self.number as usize], model),
        };
        self.flight = Some(Flight { request: request.clone(), errand, member, sent_at: now });
        request
    }

    /// A probe was not answered: the next one waits, and so do all others, until this one's cost is within the share.
    pub(super) fn space_probes(&mut self, flight: &Flight, now: Mono) {
        let cost = now.since(flight.sent_at) + flight.request.quarantine;
        self.gate = now.after(flight.request.quarantine).after(coalesce::spacing(cost));
        if let Some(probe) = self.probes.iter_mut().find(|probe| Some(probe.read) == flight.probed()) {
            probe.pause = (probe.pause * 2).min(LONGEST_PAUSE);
            probe.at = now.after(probe.pause);
        }
    }

    /// A read is given up: from now on it is only probed. The failures that led here have cost the others enough, so
    /// that the first probe leaves them a few turns.
    pub(super) fn give_up(&mut self, read: u32, quarantine: Duration, now: Mono) {
        self.due[read as usize] = ASLEEP;
        self.probes.push(Probe { read, at: now.after(FIRST_PAUSE), pause: FIRST_PAUSE });
        let within = self.site.devices[self.reads[read as usize].span.device as usize].profile.link.reply_within;
        self.gate = self.gate.max(now.after(quarantine).after((quarantine + within) * 4));
    }

    /// A read failed: soon again, or when its turn comes, but after everybody else who is due by then.
    pub(super) fn retry(&mut self, read: u32, soon: bool) {
        let again = self.rest_until.after(SOON.min(self.reads[read as usize].span.period));
        let due = &mut self.due[read as usize];
        *due = if soon { again } else { again.max(*due) };
    }

    /// Something waits for the next answer to this read.
    pub(super) fn ask_soon(&mut self, read: u32, now: Mono) {
        let due = &mut self.due[read as usize];
        if *due != ASLEEP {
            *due = (*due).min(now.after(SOON.min(self.reads[read as usize].span.period)));
        }
    }

    /// The probe that goes first, and when. All of them wait for the gate, unless nothing else is due before the probe
    /// and the rest after it are over: then it holds up nobody.
    fn probe(&self, others: Option<Mono>, now: Mono) -> Option<(Mono, u32)> {
        let at = |probe: &Probe| {
            let device = &self.site.devices[self.reads[probe.read as usize].span.device as usize];
            let bus = &self.site.buses[self.number as usize];
            let over = probe.at.max(now).after(device.profile.link.reply_within + coalesce::quarantine(bus, device));
            if others.is_none_or(|due| due >= over) { probe.at } else { probe.at.max(self.gate()) }
        };
        self.probes.iter().map(|probe| (at(probe), probe.read)).min()
    }

    /// Where nobody answers, nobody is held up, and the silent need no share.
    fn gate(&self) -> Mono {
        if self.members.iter().all(|member| member.dead) { Mono(0) } else { self.gate }
    }

    /// The read of a lane that goes first, and when it is due: of those that are due now the one that waits longest,
    /// else the next.
    fn earliest(&self, lane: &[u32], now: Mono) -> Option<(Mono, u32)> {
        let troubled = self.is_troubled();
        let rank = |read: u32| match self.due[read as usize] {
            due if due > now => (5, due.0, 0, read),
            due if !troubled || now.since(due.max(self.trouble_at)) > LONGEST_DOUBT => (0, due.0, 0, read),
            // Where many die at once, every exchange that is lost on one of them is followed by everybody who was heard
            // since it began and waits; then by whoever was not heard yet; and nobody is lost another one on before all
            // had their first.
            due => {
                let member = &self.members[self.reads[read as usize].member as usize];
                match member.failures {
                    0 if member.answered_at < self.trouble_at => (2, u64::MAX - member.answered_at.0, 0, read),
                    0 if due <= self.rest_until => (1, due.0, 0, read),
                    0 => (3, due.0, 0, read),
                    failures => (4, u64::from(failures), u64::MAX - member.answered_at.0, read),
                }
            }
        };
        let first = lane.iter().map(|read| rank(*read)).min()?.3;
        Some((self.due[first as usize], first)).filter(|(due, _)| *due != ASLEEP)
    }
}

/// The next turn after the one that was due at `due` and is taken now: in step with the period, in the future.
fn following(due: Mono, period: Duration, now: Mono) -> Mono {
    let step = u64::try_from(period.as_micros()).unwrap_or(u64::MAX).max(1);
    let missed = now.0.saturating_sub(due.0) / step;
    Mono(due.0.saturating_add(step.saturating_mul(missed + 1)))
}
