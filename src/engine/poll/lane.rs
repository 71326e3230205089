//! The command lane: what is written on a bus, before everything else, and each command once.
//!
//! Takes: permitted commands; how their requests ended; the passing of time.
//! Gives: write requests in the order in which the commands came, and [`CommandNews`].
//! Never: sends a command twice, or at or after the end of its time to live. The end of a pulse is the one exception to
//! the first: it is repeated until it is accepted, three times at most, because all it does is switch off what was
//! switched on, and one that is lost leaves an output on.

use std::collections::VecDeque;
use std::time::Duration;

use super::bus::{ASLEEP, Bus, Errand, Flight, Line};
use super::command::{Command, CommandFailure, CommandNews, Progress};
use super::exchange::{Failure, Reply, Request};
use super::proof::Proof;
use super::report::Report;
use super::schedule::Asked;
use crate::engine::base::{EventId, Mono, Now};
use crate::engine::profile::{Table, Write, WriteSpec};

/// Commands that may wait on one bus. One more fails as expired: at some 50 ms each the last of these is already later
/// than most may wait.
const LONGEST_QUEUE: usize = 64;
/// The end of a pulse is sent this many times at most ...
const TRIES: u32 = 3;
/// ... this long apart ...
const TRY_AGAIN: Duration = Duration::from_millis(500);
/// ... and none of them later than this after its time: whoever switched the output on again meanwhile meant it.
const LONGEST_LATENESS: Duration = Duration::from_secs(60);

/// What waits to be written on one bus, what is being written, and what has been written and is watched.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    queue: VecDeque<Command>,
    turn: Option<Turn>,
    endings: Vec<Ending>,
    pub proofs: Vec<Proof>,
    /// The last request was asked as a proof: the fire lane goes first now.
    pub proved: bool,
}

/// What has the bus for itself until its write was answered.
#[derive(Clone, Debug)]
struct Turn {
    task: Task,
    /// What the register holds that is about to be changed in part.
    found: Option<u16>,
}

#[derive(Clone, Debug)]
enum Task {
    Command(Command),
    Ending(Ending),
}

/// The second half of a pulse.
#[derive(Clone, Debug)]
struct Ending {
    id: EventId,
    device: u32,
    write: WriteSpec,
    at: Mono,
    tries: u32,
    until: Mono,
}

impl Lane {
    /// When time alone ends something, whatever the line does.
    pub fn deadline(&self) -> Mono {
        let waiting = self.queue.iter().map(|command| command.expires);
        let halved = self.turn.iter().filter(|turn| turn.found.is_some()).map(Turn::expires);
        let endings = self.endings.iter().map(|ending| ending.until);
        let proofs = self.proofs.iter().map(|proof| proof.deadline);
        waiting.chain(halved).chain(endings).chain(proofs).min().unwrap_or(ASLEEP)
    }

    fn take(&mut self, now: Mono) -> Option<Task> {
        let due = (0..self.endings.len()).filter(|place| self.endings[*place].at <= now);
        if let Some(place) = due.min_by_key(|place| self.endings[*place].at) {
            return Some(Task::Ending(self.endings.remove(place)));
        }
        // What has expired is said to have, by the next tick.
        let place = self.queue.iter().position(|command| now < command.expires)?;
        self.queue.remove(place).map(Task::Command)
    }
}

impl Turn {
    fn expires(&self) -> Mono {
        match &self.task {
            Task::Command(command) => command.expires,
            Task::Ending(_) => ASLEEP,
        }
    }

    fn device(&self) -> u32 {
        match &self.task {
            Task::Command(command) => command.device,
            Task::Ending(ending) => ending.device,
        }
    }

    /// What to ask for next; nothing for what no frame can carry, which is refused before it comes here.
    fn ask(&self) -> Option<(Errand, Asked)> {
        let spec = match &self.task {
            Task::Command(command) => &command.write,
            Task::Ending(ending) => &ending.write,
        };
        match (spec, self.found) {
            (WriteSpec::Plain { table, address, write }, _) => {
                let (table, start, count) = (*table, *address, write.count());
                Some((Errand::Write, Asked { table, start, count, write: Some(write.clone()) }))
            }
            (WriteSpec::Modify { address, .. }, None) => {
                Some((Errand::Look, Asked { table: Table::Holding, start: *address, count: 1, write: None }))
            }
            (WriteSpec::Modify { address, mask, bits }, Some(found)) => {
                let write = Some(Write::Register((found & !mask) | (bits & mask)));
                Some((Errand::Write, Asked { table: Table::Holding, start: *address, count: 1, write }))
            }
            (WriteSpec::Clock { .. }, _) => None,
        }
    }
}

impl Bus {
    /// Takes a command. It is sent at the next free turn, or it fails: at once when the bus or the device does not
    /// answer, later when its time to live ends first.
    pub fn command(&mut self, command: Command, now: Now) -> Report {
        let mut report = Report::default();
        match self.objection(&command, now.mono) {
            Some(failure) => report.fail(command.id, failure, now),
            None => self.lane.queue.push_back(command),
        }
        self.pass(now, &mut report);
        report
    }

    /// Why a command cannot even wait.
    fn objection(&self, command: &Command, now: Mono) -> Option<CommandFailure> {
        let refused =
            std::iter::once(&command.write).chain(command.pulse.iter().map(|pulse| &pulse.end)).find_map(refusal);
        match self.members.iter().find(|member| member.device == command.device) {
            _ if now >= command.expires => Some(CommandFailure::Expired),
            None => Some(CommandFailure::LinkDown),
            Some(member) if member.dead || !matches!(self.line, Line::Untried | Line::Open) => {
                Some(CommandFailure::LinkDown)
            }
            Some(_) if self.lane.queue.len() >= LONGEST_QUEUE => Some(CommandFailure::Expired),
            Some(_) => refused.map(CommandFailure::Refused),
        }
    }

    /// The next request of the command lane. Between the two halves of a change in part nothing else is sent.
    pub(super) fn next_write(&mut self, now: Mono) -> Option<Request> {
        if !matches!(self.line, Line::Untried | Line::Open | Line::Silent) {
            return None;
        }
        if self.lane.turn.is_none() {
            let task = self.lane.take(now)?;
            self.lane.turn = Some(Turn { task, found: None });
        }
        let turn = self.lane.turn.as_ref().filter(|turn| now < turn.expires())?;
        let asked = turn.ask();
        let member = self.members.iter().position(|member| member.device == turn.device());
        let (Some((errand, asked)), Some(member)) = (asked, member.and_then(|place| u32::try_from(place).ok())) else {
            self.lane.turn = None;
            return None;
        };
        self.lane.proved = false;
        if !self.members[member as usize].believed {
            return self.ask_identity(member, None, now);
        }
        self.sent += 1;
        Some(self.put_out(member, errand, asked, now))
    }

    /// Whether the request `id`, which could not be sent at once, may still be sent: it is the one that is out, and the
    /// time to live of what it writes has not ended.
    pub fn stands(&self, id: u64, now: Now) -> bool {
        let expires = self.lane.turn.as_ref().map_or(ASLEEP, Turn::expires);
        self.flight
            .as_ref()
            .is_some_and(|flight| flight.request.id == id && (flight.request.write.is_none() || now.mono < expires))
    }

    /// When the lane wants to send something that is not due yet.
    pub(super) fn lane_wakes(&self) -> Mono {
        if !matches!(self.line, Line::Untried | Line::Open | Line::Silent) {
            return ASLEEP;
        }
        let endings = self.lane.endings.iter().map(|ending| ending.at);
        endings.chain(self.lane.proofs.iter().map(|proof| proof.at)).min().unwrap_or(ASLEEP)
    }

    /// The register that is changed in part was read.
    pub(super) fn looked(&mut self, flight: &Flight, reply: &Reply, now: Now, report: &mut Report) {
        self.heard(flight, true, now, report);
        if let (Some(turn), Reply::Words(words)) = (&mut self.lane.turn, reply) {
            turn.found = words.first().copied();
        }
    }

    /// A write was accepted.
    pub(super) fn written(&mut self, flight: &Flight, now: Now, report: &mut Report) {
        self.heard(flight, true, now, report);
        match self.lane.turn.take().map(|turn| turn.task) {
            Some(Task::Command(command)) => {
                report.news(command.id, Progress::Accepted, now);
                self.follow(command, flight.request.id, true, now, report);
            }
            Some(Task::Ending(ending)) => report.news(ending.id, Progress::PulseEnded, now),
            None => {}
        }
    }

    /// A request of the command lane failed; of any other, nothing follows here.
    pub(super) fn unwritten(&mut self, flight: &Flight, failure: &Failure, now: Now, report: &mut Report) {
        if !matches!(flight.errand, Errand::Look | Errand::Write) {
            return;
        }
        if flight.errand == Errand::Write && *failure == Failure::Exception(ACKNOWLEDGE) {
            return self.written(flight, now, report);
        }
        let Some(turn) = self.lane.turn.take() else { return };
        let why = match failure {
            // The gateway has no way to the device: nothing was passed on.
            Failure::Link(_) | Failure::Exception(0x0A) => CommandFailure::LinkDown,
            Failure::Timeout | Failure::Malformed(_) | Failure::Exception(0x0B) => match flight.errand {
                // Passed on or on its way, and no answer was heard: it may have been done.
                Errand::Write => CommandFailure::NoAnswer,
                // The write was never sent.
                _ => CommandFailure::LinkDown,
            },
            Failure::Exception(code) => CommandFailure::Refused(*code),
        };
        match turn.task {
            Task::Command(command) if why == CommandFailure::NoAnswer => {
                self.follow(command, flight.request.id, false, now, report);
            }
            Task::Command(command) => report.fail(command.id, why, now),
            Task::Ending(ending) => self.put_back(ending, why, now, report),
        }
    }

    /// The end of a pulse could not be written: again, or never.
    fn put_back(&mut self, mut ending: Ending, why: CommandFailure, now: Now, report: &mut Report) {
        ending.tries += 1;
        if ending.tries >= TRIES {
            report.news(ending.id, Progress::PulseStuck(why), now);
        } else {
            ending.at = now.mono.after(TRY_AGAIN);
            self.lane.endings.push(ending);
        }
    }

    /// What comes after the write with this request id: the end of its pulse, and the proof. `sure` when the device
    /// accepted it; else it may have been done all the same.
    fn follow(&mut self, command: Command, written: u64, sure: bool, now: Now, report: &mut Report) {
        if let Some(pulse) = command.pulse {
            let at = now.mono.after(pulse.after);
            let (id, device, until) = (command.id, command.device, at.after(LONGEST_LATENESS));
            self.lane.endings.push(Ending { id, device, write: pulse.end, at, tries: 0, until });
        }
        match command.feedback {
            Some((when, within)) => {
                let proof = Proof::new(command.id, self.own(&when), sure, written, now.mono, within);
                self.lane.proofs.push(proof);
            }
            None if sure => report.news(command.id, Progress::Done, now),
            None => report.fail(command.id, CommandFailure::NoAnswer, now),
        }
    }

    /// What waits for this device, or for any, cannot be sent any more.
    pub(super) fn drop_commands(&mut self, device: Option<u32>, now: Now, report: &mut Report) {
        let concerns = |of: u32| device.is_none_or(|device| device == of);
        let in_flight = self.flight.is_some();
        if let Some(turn) = self.lane.turn.take_if(|turn| !in_flight && concerns(turn.device())) {
            match turn.task {
                Task::Command(command) => report.fail(command.id, CommandFailure::LinkDown, now),
                Task::Ending(ending) => self.put_back(ending, CommandFailure::LinkDown, now, report),
            }
        }
        self.lane.queue.retain(|command| {
            let dropped = concerns(command.device);
            if dropped {
                report.fail(command.id, CommandFailure::LinkDown, now);
            }
            !dropped
        });
    }

    /// What time alone ends.
    pub(super) fn pass_lane(&mut self, now: Now, report: &mut Report) {
        if self.flight.is_none()
            && let Some(turn) = self.lane.turn.take_if(|turn| now.mono >= turn.expires())
            && let Task::Command(command) = turn.task
        {
            report.fail(command.id, CommandFailure::Expired, now);
        }
        self.lane.queue.retain(|command| {
            let alive = now.mono < command.expires;
            if !alive {
                report.fail(command.id, CommandFailure::Expired, now);
            }
            alive
        });
        self.lane.endings.retain(|ending| {
            let alive = now.mono < ending.until;
            if !alive {
                report.news(ending.id, Progress::PulseStuck(CommandFailure::LinkDown), now);
            }
            alive
        });
        self.prove(now, report);
    }
}

/// "Accepted, but it will take a while" (Modbus Application Protocol 1.1b3, chapter 7): not a refusal of a write.
const ACKNOWLEDGE: u8 = 0x05;

/// The exception a device would answer to what no request can carry (Modbus Application Protocol 1.1b3, 6.5-6.16).
fn refusal(spec: &WriteSpec) -> Option<u8> {
    let (table, address, write) = match spec {
        WriteSpec::Plain { table, address, write } => (*table, *address, write),
        WriteSpec::Modify { .. } => return None,
        // Its fields are words by the time they come to a bus.
        WriteSpec::Clock { .. } => return Some(0x01),
    };
    let (home, most) = match write {
        Write::Coil(_) | Write::Coils(_) => (Table::Coil, 1968),
        Write::Register(_) | Write::Registers(_) | Write::Mask { .. } => (Table::Holding, 123),
    };
    let count = write.count();
    match () {
        () if table != home => Some(0x01),
        () if !(1..=most).contains(&count) => Some(0x03),
        () if u32::from(address) + u32::from(count) > 65_536 => Some(0x02),
        () => None,
    }
}

impl Report {
    pub(super) fn news(&mut self, id: EventId, progress: Progress, at: Now) {
        self.commands.push(CommandNews { id, progress, at });
    }

    pub(super) fn fail(&mut self, id: EventId, why: CommandFailure, at: Now) {
        self.news(id, Progress::Failed(why), at);
    }
}
