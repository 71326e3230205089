//! The event memories of devices: what they noted while nobody listened.
//!
//! Takes: replies to requests for counters and entries.
//! Gives: [`Said::Remembered`]: all that a memory holds, once at the start, after every outage and when it has grown.
//! Never: holds up anybody: a memory is asked when nobody else is due, or once it has waited for long; never tells of a
//! memory before every alarm of its device was read after it, so that what can be seen live is seen first.
//!
//! A memory that takes several requests may grow between them. Then its counter, or its first part, no longer says what it
//! said, and it is read again.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Errand, Flight, Line};
use super::coalesce::{self, Span};
use super::exchange::{Failure, Reply, Request};
use super::report::{Record, Report, Said};
use super::schedule::{Asked, SOON};
use crate::engine::base::{Mono, Now, Text};
use crate::engine::profile::{Entry, Memory, Pace};

/// A memory that has waited for so long takes every second turn of those that are not fire's, and one in each sweep of
/// a full fire lane.
const PATIENCE: Duration = Duration::from_secs(10);
/// A memory that could not be read so often in a row is announced.
const FAILURES: u32 = 3;

/// One memory.
#[derive(Clone, Debug)]
pub(super) struct Recall {
    /// Index in [`Bus::members`].
    member: u32,
    /// Its requests: the counter, if there is one, then the entries.
    spans: Vec<Span>,
    /// How many of the spans are the counter: none or one.
    counters: usize,
    due: Mono,
    /// When it is read whole at the latest.
    whole_at: Mono,
    /// What this turn has brought so far, request by request.
    got: Vec<Vec<u16>>,
    /// What the counter said when the memory was read last.
    counted: Option<u16>,
    /// What it held then.
    held: Option<Vec<Entry>>,
    /// It was read by the request with this id, and is told once every alarm was read after that.
    ready: Option<u64>,
    /// Turns in a row that failed.
    failures: u32,
}

impl Recall {
    pub fn new(member: u32, spans: Vec<Span>, memory: &Memory) -> Recall {
        let counters = usize::from(memory.counter.is_some());
        let mut recall = Recall {
            member,
            spans,
            counters,
            due: Mono(0),
            whole_at: Mono(0),
            got: Vec::new(),
            counted: None,
            held: None,
            ready: None,
            failures: 0,
        };
        recall.begin_anew();
        recall
    }

    /// Nothing that was read before counts: the device was lost.
    fn begin_anew(&mut self) {
        (self.due, self.whole_at) = (Mono(0), Mono(0));
        self.got.clear();
        (self.counted, self.held, self.ready, self.failures) = (None, None, None, 0);
    }

    /// What to ask for next: the spans in their order, then the first of them once more where there are several.
    fn next(&self) -> Option<&Span> {
        self.spans.get(self.got.len()).or_else(|| self.spans.first())
    }

    /// Index of its device in [`Bus::members`].
    pub fn member(&self) -> u32 {
        self.member
    }

    /// What it is read by.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    fn often(&self) -> Duration {
        self.spans.first().map_or(coalesce::MEMORY_AGAIN, |span| span.period)
    }

    /// Takes the words of one more request. Gives whether the turn is over.
    fn take(&mut self, words: Vec<u16>, memory: &Memory, now: Mono) -> bool {
        self.got.push(words);
        let counter = self.got.first().and_then(|words| words.first()).copied().filter(|_| self.counters == 1);
        let stands_still = self.held.is_some() && self.counted == counter && now < self.whole_at;
        if self.got.len() == 1 && counter.is_some() && stands_still {
            self.got.clear();
            return true;
        }
        let several = self.spans.len() > self.counters + 1;
        if self.got.len() < self.spans.len() + usize::from(several) {
            return false;
        }
        if several && self.got.first() != self.got.last() {
            // It has grown meanwhile.
            self.got.clear();
            return false;
        }
        let words: Vec<u16> = self.got[self.counters..self.spans.len()].concat();
        (self.counted, self.held) = (counter, Some(memory.decode(&words)));
        self.whole_at = now.after(coalesce::MEMORY_AGAIN);
        self.got.clear();
        true
    }
}

impl Bus {
    /// A request for a memory, if it is its turn. `turn` is the read that would be sent instead; nothing when there is
    /// none.
    pub(super) fn next_recall(&mut self, turn: Option<u32>, now: Mono) -> Option<Request> {
        let place = (0..self.recalls.len()).find(|place| {
            let due = self.recall_due(&self.recalls[*place]);
            match turn {
                None => due <= now,
                Some(_) => due != ASLEEP && due.after(PATIENCE) <= now,
            }
        })?;
        if let Some(read) = turn {
            if self.recall_sent == self.sent {
                return None;
            }
            // A full fire lane leaves one turn in each of its sweeps.
            let fire = self.reads[read as usize].span.pace == Pace::Fire;
            let sweep = self.fire.iter().filter(|read| self.due[**read as usize] != ASLEEP).count();
            if fire && self.fire_run < sweep {
                return None;
            }
        }
        let recall = &self.recalls[place];
        let span = recall.next()?;
        let asked = Asked { table: span.table, start: span.start, count: span.count, write: None };
        let member = recall.member;
        self.fire_run = 0;
        self.sent += 1;
        self.recall_sent = self.sent;
        let errand = Errand::Memory { recall: u32::try_from(place).unwrap_or(u32::MAX) };
        Some(self.put_out(member, errand, asked, now))
    }

    /// When the next memory is due.
    pub(super) fn recall_wakes(&self) -> Mono {
        self.recalls.iter().map(|recall| self.recall_due(recall)).min().unwrap_or(ASLEEP)
    }

    fn recall_due(&self, recall: &Recall) -> Mono {
        let member = &self.members[recall.member as usize];
        let serves = !member.refusing.told && member.refusing.since.is_none();
        let answers = serves && member.told && member.believed && !member.dead && !member.still && member.failures == 0;
        if self.line == Line::Open && answers { recall.due } else { ASLEEP }
    }

    /// A device said what its memory holds.
    pub(super) fn recalled(&mut self, flight: &Flight, place: u32, reply: Reply, now: Now, report: &mut Report) {
        self.heard(flight, true, now, report);
        let (Some(recall), Reply::Words(words)) = (self.recalls.get_mut(place as usize), reply) else { return };
        let member = recall.member;
        let device = &self.site.devices[self.members[member as usize].device as usize];
        let Some(memory) = &device.profile.memory else { return };
        if !recall.take(words, memory, now.mono) {
            return;
        }
        recall.due = now.mono.after(recall.often());
        recall.failures = 0;
        recall.ready = Some(flight.request.id);
        for place in 0..self.members[member as usize].reads.len() {
            let read = self.members[member as usize].reads[place];
            let due = &mut self.due[read as usize];
            if *due != ASLEEP && self.detector.watches(read) {
                *due = (*due).min(now.mono);
            }
        }
    }

    /// A request for a memory failed; of any other, nothing follows here.
    pub(super) fn unrecalled(&mut self, flight: &Flight, failure: &Failure, now: Now, report: &mut Report) {
        let Errand::Memory { recall } = flight.errand else { return };
        let Some(recall) = self.recalls.get_mut(recall as usize) else { return };
        recall.got.clear();
        recall.failures = recall.failures.saturating_add(1);
        let pause = if recall.failures < FAILURES { SOON } else { recall.often() };
        recall.due = now.mono.after(pause);
        if recall.failures == FAILURES && !matches!(failure, Failure::Link(_)) {
            let said = Said::Forgotten { reason: unreadable(failure) };
            let device = self.members[recall.member as usize].device;
            report.records.push(Record::of_memory(device, said, now));
        }
    }

    /// Tells of the memories whose device has said everything else since.
    pub(super) fn tell_memories(&mut self, now: Now, report: &mut Report) {
        for place in 0..self.recalls.len() {
            let recall = &self.recalls[place];
            let Some(ready) = recall.ready else { continue };
            let member = &self.members[recall.member as usize];
            let read_since = |read: &u32| {
                let state = &self.reads[*read as usize];
                let waits = self.due[*read as usize] != ASLEEP && self.detector.watches(*read) && state.stale.is_none();
                !waits || state.verified > ready || (state.refused && state.asked > ready)
            };
            if member.reads.iter().all(read_since) {
                let entries = recall.held.clone().unwrap_or_default();
                report.records.push(Record::of_memory(member.device, Said::Remembered { entries }, now));
                self.recalls[place].ready = None;
            }
        }
    }

    /// What was read of the memory of a device that was lost, or of every device of a lost line, says nothing any more.
    pub(super) fn forget_memory(&mut self, member: Option<u32>) {
        let lost = |recall: &&mut Recall| member.is_none_or(|member| recall.member == member);
        self.recalls.iter_mut().filter(lost).for_each(Recall::begin_anew);
    }
}

impl Record {
    fn of_memory(device: u32, said: Said, at: Now) -> Record {
        Record { device, at, device_time: None, words: String::new(), again: false, said }
    }
}

fn unreadable(failure: &Failure) -> Text {
    match failure {
        Failure::Exception(code) => Text::new(
            &format!("设备拒绝读取其事件记录（异常码 {code}）"),
            &format!("the device refuses to have its event memory read (exception {code})"),
        ),
        _ => Text::new(
            "设备应答其他请求，但不提供事件记录",
            "the device answers other requests, but not those for its event memory",
        ),
    }
}
