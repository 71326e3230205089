//! Who answers: the line, and each device on it.
//!
//! Takes: answers, silence, and what the owner of the endpoint says.
//! Gives: [`Link`]s that came or went, and with them the points that are unknown.
//! Never: announces a device twice, or a device whose whole bus is gone.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Errand, Flight, Line, Member, NO_READ};
use super::exchange::Failure;
use super::report::{Link, LinkOf, Report};
use super::schedule::FIRST_PAUSE;
use crate::engine::base::{Mono, Now, Reason, Text, in_chinese};

/// A device is dead after this many requests in a row without an answer ...
const FAILURES_OF_THE_DEAD: u32 = 3;
/// ... if it also has not answered for this long. Both, because a fast period alone would condemn a short pause, and a
/// slow one would take for ever (design §5).
pub(super) const SILENCE_OF_THE_DEAD: Duration = Duration::from_secs(2);
/// One that failed at all and has not answered for this long is dead too: where many die at once, three requests to
/// each take longer than the 100 s within which a fault must be announced (FA-12).
pub(super) const SILENCE_OF_THE_MISSING: Duration = Duration::from_secs(60);
/// The line itself is silent when this many requests in a row ...
const FAILURES_OF_THE_LINE: u32 = 6;
/// ... to this many devices had no answer ...
const WITNESSES_OF_THE_LINE: usize = 3;
/// ... and nobody answered for this long.
const SILENCE_OF_THE_LINE: Duration = Duration::from_secs(10);
/// A failed read is repeated soon this many times; then it waits for its turn.
const QUICK_RETRIES: u32 = 2;
/// A read that failed this often in a row and is stale, on a device that answers others, is only probed: a range that a
/// device never answers costs the bus as much as a dead device.
const FAILURES_OF_THE_MUTE: u32 = 5;
/// A line that fails to send is tried again after pauses up to this long.
const LONGEST_LINE_PAUSE: Duration = Duration::from_secs(5);

impl Bus {
    /// A request got no answer, or none that could be believed.
    pub(super) fn unanswered(&mut self, flight: &Flight, failure: &Failure, now: Now, report: &mut Report) {
        if self.line != Line::Silent {
            self.open_line(now, report);
        }
        self.rest_until = now.mono.after(flight.request.quarantine);
        if !self.is_troubled() {
            self.trouble_at = flight.sent_at;
        }
        let number = flight.member;
        let unknown = matches!(flight.errand, Errand::Identity { .. });
        let (read, failures, stale) = match flight.read() {
            Some(read) => {
                let state = &mut self.reads[read as usize];
                state.failures += 1;
                (read, state.failures, state.stale.is_some())
            }
            None => (NO_READ, 0, false),
        };
        // Of a device that did not say who it is nothing else is asked.
        let witness = if unknown { None } else { self.witness(number, read) };
        let member = &mut self.members[number as usize];
        member.suspect = match member.failures {
            0 => (read, witness.is_none()),
            _ => (member.suspect.0, member.suspect.1 || member.suspect.0 != read || witness.is_none()),
        };
        member.failures += 1;
        let silence = now.mono.since(member.answered_at);
        if flight.probed().is_some() && (member.dead || !unknown) {
            self.space_probes(flight, now.mono);
        }
        self.unheard = self.unheard.saturating_add(1);
        if self.is_silent(now.mono) {
            let last = describe(failure);
            let reason = Text {
                zh: format!("没有设备应答；末次失败：{}", last.zh),
                en: format!("no device answers; the last failure: {}", last.en),
            };
            self.lose_line(Line::Silent, reason, now, report);
        }
        // The loss of the line may have changed the plan.
        let read = if read != NO_READ && self.reads[read as usize].slots.is_empty() { NO_READ } else { read };
        if unknown {
            // Nothing is written to somebody who does not say who he is.
            self.drop_commands(Some(flight.request.device), now, report);
        }
        let member = &self.members[number as usize];
        if member.dead {
            return;
        }
        let (several, failed) = (member.suspect.1, member.failures);
        if let Some(witness) = witness.filter(|_| !several) {
            self.due[witness as usize] = self.due[witness as usize].min(now.mono);
        }
        let all_silent = self.line == Line::Silent;
        if !all_silent && several && failed >= FAILURES_OF_THE_DEAD && silence >= SILENCE_OF_THE_DEAD {
            let (last, lasted) = (describe(failure), silence.as_secs_f64());
            let reason = Text {
                zh: format!("连续 {failed} 次请求无应答，已 {lasted:.1} 秒：{}", last.zh),
                en: format!("no answer to {failed} requests in a row, for {lasted:.1} s: {}", last.en),
            };
            self.bury(number, reason, flight.request.quarantine, now, report);
        } else if unknown {
            self.put_off(number);
        } else if read == NO_READ {
            // A command is not repeated.
        } else if all_silent {
            // One message says it for everybody, and everybody goes on being asked.
            self.retry(read, false);
        } else if flight.probed().is_some() {
            // Already on probation.
        } else if failures >= FAILURES_OF_THE_MUTE && stale {
            self.give_up(read, flight.request.quarantine, now.mono);
        } else {
            self.retry(read, failures <= QUICK_RETRIES);
        }
    }

    /// Whether somebody who is not given up yet fails to answer.
    pub(super) fn is_troubled(&self) -> bool {
        self.members.iter().any(Member::is_troubled)
    }

    fn is_silent(&self, now: Mono) -> bool {
        self.line == Line::Open
            && self.unheard >= FAILURES_OF_THE_LINE
            && now.since(self.heard_at) >= SILENCE_OF_THE_LINE
            && self.members.iter().filter(|member| member.is_troubled()).count() >= WITNESSES_OF_THE_LINE
    }

    /// Declares dead whoever failed and has not answered for so long that no third request is waited for.
    pub(super) fn bury_the_missing(&mut self, now: Now, report: &mut Report) {
        if self.line != Line::Open {
            return;
        }
        for number in 0..self.members.len() {
            let member = &self.members[number];
            let silence = now.mono.since(member.answered_at);
            if member.is_troubled() && silence >= SILENCE_OF_THE_MISSING {
                let lasted = silence.as_secs_f64();
                let reason = Text::new(&format!("已 {lasted:.0} 秒无应答"), &format!("no answer for {lasted:.0} s"));
                self.bury(u32::try_from(number).unwrap_or(u32::MAX), reason, Duration::ZERO, now, report);
            }
        }
    }

    /// Another read of the same device, the cheapest that is asked at all. A device that answers this one is not dead:
    /// it only says nothing about a range, or to a command.
    fn witness(&self, member: u32, read: u32) -> Option<u32> {
        let member = &self.members[member as usize];
        let others = member.reads.iter().copied();
        let others = others.filter(|other| *other != read && self.due[*other as usize] != ASLEEP);
        others.min_by_key(|other| (*other != member.cheapest, self.reads[*other as usize].span.count, *other))
    }

    /// A device is dead: its points are unknown at once, and from now on it is probed with its cheapest request.
    pub(super) fn bury(&mut self, number: u32, reason: Text, quarantine: Duration, now: Now, report: &mut Report) {
        let member = &mut self.members[number as usize];
        if member.reads.is_empty() {
            return;
        }
        (member.dead, member.told, member.still, member.refusing.told) = (true, true, false, false);
        let (device, reads) = (member.device, member.reads.clone());
        self.forget_refusals(number);
        report.links.push(Link { of: LinkOf::Device(device), up: false, reason, at: now });
        self.probes.retain(|probe| !reads.contains(&probe.read));
        for read in reads {
            self.due[read as usize] = ASLEEP;
            self.forget(read, Reason::LinkDown, now, report);
        }
        self.distrust(number);
        self.forget_memory(Some(number));
        self.replan(number, now.mono);
        self.give_up(self.members[number as usize].cheapest, quarantine, now.mono);
        self.drop_commands(Some(device), now, report);
        self.detect(now, report);
    }

    /// A device answered. If it was dead, everything on it is read as soon as the bus allows; that its link is back is
    /// told once it has `served`, and did not only refuse.
    pub(super) fn revive(&mut self, flight: &Flight, served: bool, now: Now, report: &mut Report) {
        let member = &mut self.members[flight.member as usize];
        member.failures = 0;
        member.answered_at = now.mono;
        if !member.believed {
            return;
        }
        let was_dead = std::mem::take(&mut member.dead);
        member.told &= !was_dead;
        if !member.told && (served || member.reads.is_empty()) {
            member.told = true;
            let link = Link { of: LinkOf::Device(member.device), up: true, reason: Text::default(), at: now };
            report.links.push(link);
        }
        if was_dead {
            member.up_since = now.mono;
            let reads = member.reads.clone();
            self.wake(&reads, now);
        } else if let Some(read) = flight.read()
            && let Some(position) = self.probes.iter().position(|probe| probe.read == read)
        {
            // A read that had gone mute on a living device speaks again.
            self.probes.remove(position);
            self.due[read as usize] = now.mono.after(self.reads[read as usize].span.period);
        }
    }

    /// The line works: said by its owner, or shown by an answer.
    pub(super) fn open_line(&mut self, now: Now, report: &mut Report) {
        let before = std::mem::replace(&mut self.line, Line::Open);
        if before == Line::Open {
            return;
        }
        report.links.push(Link { of: LinkOf::Bus(self.number), up: true, reason: Text::default(), at: now });
        self.gate = now.mono;
        (self.heard_at, self.unheard) = (now.mono, 0);
        for number in 0..self.members.len() {
            let member = &mut self.members[number];
            // Whoever did not answer on the old connection is asked last on the new one, and may die of it: a gateway
            // with three silent devices is made anew again and again, and would never get to the living behind them.
            let silent_before = before == Line::Lost && member.failures > 0;
            member.answered_at = if silent_before { now.mono.before(SILENCE_OF_THE_DEAD) } else { now.mono };
            member.failures = if silent_before { member.failures } else { 0 };
            member.up_since = now.mono;
            if !member.dead && before != Line::Untried {
                let reads = member.reads.clone();
                self.wake(&reads, now);
            }
        }
        for probe in &mut self.probes {
            (probe.at, probe.pause) = (now.mono, FIRST_PAUSE);
        }
    }

    /// A request could not even be sent.
    pub(super) fn fail_line(&mut self, reason: Text, now: Now, report: &mut Report) {
        let pause = match self.line {
            Line::Failing { pause, .. } => (pause * 2).min(LONGEST_LINE_PAUSE),
            Line::Untried | Line::Open | Line::Silent | Line::Lost => FIRST_PAUSE,
        };
        self.lose_line(Line::Failing { at: now.mono.after(pause), pause }, reason, now, report);
    }

    /// The whole bus is gone: nothing on it is known, and one message says so.
    pub(super) fn lose_line(&mut self, line: Line, reason: Text, now: Now, report: &mut Report) {
        let before = std::mem::replace(&mut self.line, line);
        self.drop_commands(None, now, report);
        self.end_interviews();
        self.forget_memory(None);
        for member in 0..self.members.len() {
            self.distrust(u32::try_from(member).unwrap_or(u32::MAX));
            self.forget_refusals(u32::try_from(member).unwrap_or(u32::MAX));
        }
        if !matches!(before, Line::Untried | Line::Open) {
            return;
        }
        report.links.push(Link { of: LinkOf::Bus(self.number), up: false, reason, at: now });
        for read in 0..self.reads.len() {
            self.forget(u32::try_from(read).unwrap_or(u32::MAX), Reason::LinkDown, now, report);
        }
        for member in 0..self.members.len() {
            self.replan(u32::try_from(member).unwrap_or(u32::MAX), now.mono);
        }
        self.detect(now, report);
    }

    /// Whoever answers here next has to say who it is, if its profile knows how to ask.
    fn distrust(&mut self, number: u32) {
        let member = &mut self.members[number as usize];
        member.believed = self.site.devices[member.device as usize].profile.link.identity.is_none();
    }

    /// Everything here is asked anew, and nothing that was held against it before counts.
    fn wake(&mut self, reads: &[u32], now: Now) {
        self.probes.retain(|probe| !reads.contains(&probe.read));
        for &read in reads {
            self.due[read as usize] = now.mono;
            let state = &mut self.reads[read as usize];
            (state.failures, state.stale, state.refused, state.refusals) = (0, None, false, 0);
        }
    }
}

impl Member {
    /// Whether it fails to answer and is not given up yet. Of a device that can only be commanded nobody expects answers.
    fn is_troubled(&self) -> bool {
        !self.dead && self.failures > 0 && !self.reads.is_empty()
    }
}

fn describe(failure: &Failure) -> Text {
    match failure {
        Failure::Timeout => Text::new("限时内没有应答", "nothing came in time"),
        Failure::Malformed(what) => Text::new(&format!("应答不可信：{what}"), what),
        Failure::Exception(code) => Text::new(
            &format!("转接网关称设备无应答（异常码 {code}）"),
            &format!("the gateway says that the device does not answer (exception {code})"),
        ),
        Failure::Link(reason) => said_by_line(reason),
    }
}

/// What the operating system or the other side said, behind words that say what it means; the English stays verbatim.
pub(super) fn said_by_line(reason: &str) -> Text {
    Text::new(&format!("线路不通：{}", in_chinese(reason)), reason)
}
