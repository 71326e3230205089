//! The machine of one bus: its parts, and what it can be told.
//!
//! Takes: a site and which of its buses; then replies, failures, link changes and the passing of time.
//! Gives: the next request, and after each step a [`Report`] of what changed.
//! Never: has two requests out; never counts a reply to anything but the request that is out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::coalesce::Span;
use super::cost::Cost;
use super::derivation::Derivation;
use super::exchange::{Failure, Reply, Request, verify};
use super::health::said_by_line;
use super::heartbeat::Heartbeat;
use super::interview::Interviews;
use super::lane::Lane;
use super::recall::Recall;
use super::refused::Refusing;
use super::report::Report;
use crate::engine::base::{Mono, Now, Reason, Text, Value};
use crate::engine::event::{Detector, Event};
use crate::engine::profile::Pace;
use crate::engine::site::Site;

/// What a bus wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send this; then tell [`Bus::reply`] or [`Bus::failure`] how it ended.
    Send(Request),
    /// Nothing to send before this instant. Call [`Bus::tick`] then, and ask again.
    WaitUntil(Mono),
}

/// One bus.
#[derive(Clone, Debug)]
pub struct Bus {
    pub(super) site: Arc<Site>,
    /// Index in the site.
    pub(super) number: u32,
    pub(super) slots: Vec<Slot>,
    pub(super) reads: Vec<Read>,
    /// Places in [`Bus::reads`] whose read is no longer planned.
    pub(super) spare: Vec<u32>,
    pub(super) cost: Cost,
    /// When each read is due; [`ASLEEP`] while its device is dead or it is probed instead.
    pub(super) due: Vec<Mono>,
    /// Reads of the fire lane.
    pub(super) fire: Vec<u32>,
    /// All others.
    pub(super) rest: Vec<u32>,
    pub(super) members: Vec<Member>,
    pub(super) detector: Detector,
    pub(super) line: Line,
    /// When anything on it answered last, or the line began to work.
    pub(super) heard_at: Mono,
    /// Requests in a row that nobody answered.
    pub(super) unheard: u32,
    pub(super) flight: Option<Flight>,
    pub(super) lane: Lane,
    /// Id of the request that was sent last.
    pub(super) sent: u64,
    /// Id of the request that was answered last.
    pub(super) answered: u64,
    pub(super) sweep: u64,
    /// The pace whose repetition makes a sweep: the most urgent on the bus.
    pub(super) leading: Pace,
    /// Fire reads sent since another read was.
    pub(super) fire_run: usize,
    /// When the first of the requests was sent that somebody who is not given up yet has not answered.
    pub(super) trouble_at: Mono,
    /// The line rests until then (quarantine).
    pub(super) rest_until: Mono,
    pub(super) probes: Vec<Probe>,
    /// No probe before this: what keeps the dead within their share.
    pub(super) gate: Mono,
    pub(super) alive_at: Mono,
    pub(super) tick_at: Mono,
    /// Kept to be filled again without allocation.
    pub(super) events: Vec<Event>,
    pub(super) wanted: Vec<u32>,
    /// Points that others decide about.
    pub(super) derivation: Derivation,
    /// Heartbeat points by the read that brings them.
    pub(super) heartbeats: BTreeMap<u32, Heartbeat>,
    /// Event memories.
    pub(super) recalls: Vec<Recall>,
    /// Id of the last request for one of them.
    pub(super) recall_sent: u64,
    /// Devices that people ask who they are.
    pub(super) interviews: Interviews,
}

/// A read that sleeps is never due.
pub(super) const ASLEEP: Mono = Mono(u64::MAX);
/// Where there is no read.
pub(super) const NO_READ: u32 = u32::MAX;

/// One point.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Index in the site.
    pub point: u32,
    /// The read that brings it.
    pub read: u32,
    pub known: Result<Value, Reason>,
    /// The number that was reported last; the dead-band is measured from it.
    pub published: f64,
    /// Its next reading is reported even if it is the same: the engine has called the last one in doubt.
    pub again: bool,
}

/// One request that is sent again and again.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub span: Span,
    /// The bus's own slots of its points.
    pub slots: Vec<u32>,
    /// Index in [`Bus::members`].
    pub member: u32,
    /// What the last verified reply carried.
    pub last: Option<Reply>,
    /// Whether the slots say what `last` says; an exception, silence or a lost link makes them say something else.
    pub current: bool,
    /// When the last reply was verified.
    pub read_at: Option<Mono>,
    /// When the range it is a part of was verified last, before it was split.
    pub aged_from: Option<Mono>,
    /// How long its last answer took.
    pub round_trip: Option<Duration>,
    /// Id of the request that was verified last.
    pub verified: u64,
    /// Id of its request that was sent last.
    pub asked: u64,
    /// When it was last answered, by a reply or an exception.
    pub answered_at: Mono,
    pub refused: bool,
    /// Exceptions in a row.
    pub refusals: u32,
    /// Why its points are unknown although nobody said so: it is too old.
    pub stale: Option<Reason>,
    /// Time-outs and malformed replies in a row.
    pub failures: u32,
    /// The sweep in which it was sent last.
    pub swept: u64,
}

/// One device on the bus.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Index in the site.
    pub device: u32,
    pub reads: Vec<u32>,
    /// The slot of its first point; the others follow.
    pub first_slot: u32,
    /// The detector's rules.
    pub rules: Range<u32>,
    /// What it is probed with when it is dead; [`NO_READ`] when it can only be commanded: such a device is never called
    /// dead, because nothing could show that it lives again.
    pub cheapest: u32,
    pub dead: bool,
    /// Whether its link was ever reported: the first answer is news, because what was open before a restart waits
    /// for it.
    pub told: bool,
    /// Whether it gives nothing but refusals.
    pub refusing: Refusing,
    /// Requests in a row without an answer.
    pub failures: u32,
    /// The read that the first of them was for (a command is for [`NO_READ`]), and whether another one failed since.
    pub suspect: (u32, bool),
    /// When it last answered, or the line began to work.
    pub answered_at: Mono,
    /// Since when its reads may be expected to succeed.
    pub up_since: Mono,
    /// It answers, but its heartbeat stands still: nothing it says is believed.
    pub still: bool,
    /// How long it thinks before it answers, on average; what was planned at last may still go by another number.
    pub turnaround: Option<Duration>,
    /// Since when a range of it has been asked in parts.
    pub split_at: Option<Mono>,
    /// Whether it is known to be the device that is meant, if its profile says how to know.
    pub believed: bool,
    /// Who was found in its place, as it was announced.
    pub stranger: Option<Text>,
}

/// The one request that is out.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub request: Request,
    pub errand: Errand,
    /// Index in [`Bus::members`].
    pub member: u32,
    pub sent_at: Mono,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// One of [`Bus::reads`]; a probe when it is asked because it is silent.
    Read { read: u32, probe: bool },
    /// A read that was planned anew while it was out: the answer says that somebody is there, and nothing else.
    Old,
    /// Who the device is; in place of a read or of a probe, or before a command.
    Identity { instead: Option<u32> },
    /// A part of an event memory, by its place in [`Bus::recalls`].
    Memory { recall: u32 },
    /// A person asks who the device is.
    Interview,
    /// The register that a command is about to change in part.
    Look,
    /// A command, or the end of its pulse.
    Write,
}

impl Flight {
    /// Its read, if it is for one.
    pub fn read(&self) -> Option<u32> {
        match self.errand {
            Errand::Read { read, .. } => Some(read),
            _ => None,
        }
    }

    /// The read whose turn as a probe it took. Only the caller knows whether a device that is asked who it is is dead.
    pub fn probed(&self) -> Option<u32> {
        match self.errand {
            Errand::Read { read, probe: true } => Some(read),
            Errand::Identity { instead } => instead,
            _ => None,
        }
    }
}

/// Something silent that is asked from time to time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    pub read: u32,
    pub at: Mono,
    pub pause: Duration,
}

/// The line as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing was heard of it yet; requests are sent.
    Untried,
    /// It works.
    Open,
    /// Sending failed; it is tried again from time to time.
    Failing {
        /// When next.
        at: Mono,
        /// How long after that.
        pause: Duration,
    },
    /// Everything is sent, and nobody answers: a line that is cut cannot be told from a field that is dead. Requests go
    /// on; the first answer opens it.
    Silent,
    /// Whoever owns the endpoint said so, and will say when it is back.
    Lost,
}

impl Bus {
    /// What to do next. While a request is out, or the line is lost, there is nothing to send.
    pub fn next(&mut self, now: Now) -> Next {
        let tick_at = self.tick_at.min(self.lane.deadline());
        if self.flight.is_some() || self.line == Line::Lost {
            return Next::WaitUntil(tick_at);
        }
        if now.mono < self.rest_until {
            return Next::WaitUntil(self.rest_until.min(tick_at));
        }
        if let Some(request) = self.next_write(now.mono).or_else(|| self.next_proof(now.mono)) {
            return Next::Send(request);
        }
        let chosen = self.choose(now.mono);
        if let Some(request) = self.next_recall(chosen.ok().map(|(read, _)| read), now.mono) {
            return Next::Send(request);
        }
        if let Some(request) = self.next_interview(chosen.ok().map(|(read, _)| read), now.mono) {
            return Next::Send(request);
        }
        match chosen {
            Ok((read, probe)) => Next::Send(self.send(read, probe, now.mono)),
            Err(idle_until) => {
                let others = self.lane_wakes().min(self.recall_wakes()).min(self.interview_wakes());
                Next::WaitUntil(idle_until.min(others).min(tick_at))
            }
        }
    }

    /// The request `id` was answered. A reply to any other request than the one that is out changes nothing.
    pub fn reply(&mut self, id: u64, reply: Reply, now: Now) -> Report {
        let mut report = Report::default();
        if let Some(flight) = self.flight.take_if(|flight| flight.request.id == id) {
            // What a task that was held up hands over long after the deadline says nothing of now.
            let late = now.mono.since(flight.sent_at) > flight.request.pause + flight.request.within + OVERDUE;
            let reply = if late { Err(Failure::Timeout) } else { verify(&flight.request, reply) };
            let flight = self.settled(flight);
            match reply {
                Ok(reply) => match flight.errand {
                    Errand::Read { read, .. } => self.accept(&flight, read, reply, now, &mut report),
                    Errand::Old => self.heard(&flight, true, now, &mut report),
                    Errand::Identity { .. } => self.identified(&flight, &reply, now, &mut report),
                    Errand::Memory { recall } => self.recalled(&flight, recall, reply, now, &mut report),
                    Errand::Interview => self.answered_who(&flight, reply, now, &mut report),
                    Errand::Look => self.looked(&flight, &reply, now, &mut report),
                    Errand::Write => self.written(&flight, now, &mut report),
                },
                Err(failure) => self.failed(&flight, &failure, now, &mut report),
            }
            self.tell_memories(now, &mut report);
            self.pass(now, &mut report);
        }
        report
    }

    /// The request `id` failed. Report it at once: the rest of the line after a time-out is kept by [`Bus::next`].
    pub fn failure(&mut self, id: u64, failure: Failure, now: Now) -> Report {
        let mut report = Report::default();
        if let Some(flight) = self.flight.take_if(|flight| flight.request.id == id) {
            let flight = self.settled(flight);
            self.failed(&flight, &failure, now, &mut report);
            self.pass(now, &mut report);
        }
        report
    }

    fn failed(&mut self, flight: &Flight, failure: &Failure, now: Now, report: &mut Report) {
        self.unwritten(flight, failure, now, report);
        self.unrecalled(flight, failure, now, report);
        match (failure, flight.errand) {
            (_, Errand::Interview) => self.silent_on_who(flight, failure, now, report),
            // These two come from a gateway, in the name of a device that does not answer it
            // (Modbus Application Protocol 1.1b3, chapter 7).
            (Failure::Exception(0x0A | 0x0B) | Failure::Timeout | Failure::Malformed(_), _) => {
                self.unanswered(flight, failure, now, report);
            }
            (Failure::Exception(_), Errand::Read { read, .. }) => self.refuse(flight, read, failure, now, report),
            (Failure::Exception(_), Errand::Identity { .. }) => self.unidentified(flight, failure, now, report),
            (Failure::Exception(_), _) => self.heard(flight, false, now, report),
            (Failure::Link(reason), _) => self.fail_line(said_by_line(reason), now, report),
        }
    }

    /// The endpoint was opened, or it was lost. Once it is said to be lost, nothing is sent until it is said to be open.
    pub fn link(&mut self, up: bool, reason: &str, now: Now) -> Report {
        let mut report = Report::default();
        if up {
            self.open_line(now, &mut report);
        } else {
            if let Some(flight) = self.flight.take() {
                // Nobody knows whether it was still delivered.
                self.unwritten(&flight, &Failure::Timeout, now, &mut report);
            }
            self.lose_line(Line::Lost, said_by_line(reason), now, &mut report);
        }
        self.pass(now, &mut report);
        report
    }

    /// Time passes: staleness, delays, and the alive report once a second.
    pub fn tick(&mut self, now: Now) -> Report {
        let mut report = Report::default();
        self.pass(now, &mut report);
        report
    }

    /// Every rule of this device is to be reported anew, changed or not, from replies to requests that are sent after
    /// this call; every point with its next reading, because whoever asks may have called the last one in doubt. A device that does not answer is reported when it does.
    pub fn confirm(&mut self, device: u32, now: Now) {
        let Some(member) = self.members.iter().find(|member| member.device == device) else {
            return;
        };
        self.detector.confirm(member.rules.clone(), self.sent);
        for &read in &member.reads {
            let state = &mut self.reads[read as usize];
            state.current = false;
            for slot in &state.slots {
                self.slots[*slot as usize].again = true;
            }
            let due = &mut self.due[read as usize];
            if *due != ASLEEP && self.detector.watches(read) {
                *due = (*due).min(now.mono);
            }
        }
    }
}

/// A reply may be handed over this long after its deadline; the owner of the wire has a deadline of its own.
const OVERDUE: Duration = Duration::from_secs(1);
/// How often a bus says that it lives.
pub(super) const ALIVE_EVERY: Duration = Duration::from_secs(1);
