//! The one task that owns the engine.
//!
//! Takes: everything that can come in: reports of the buses, acts, commits, health, the passing of time.
//! Gives: every effect to where it belongs, in the order the engine gave them.
//! Never: waits for anything it has asked for. Commits, answers and confirmations are handed over and the next input
//! is taken; a slow disk or output cannot hold up an alarm (design §2).

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::trail::Trail;
use super::unwritten::{self, Unwritten};
use crate::edge::clock::Clock;
use crate::edge::journal::{Journal, JournalEvent};
use crate::engine::alarm::{CommandFact, Fact, FactKind};
use crate::engine::base::{Mono, Now, Reason, Text, Wall};
use crate::engine::poll::Command;
use crate::engine::profile::{Table, Write, WriteSpec};
use crate::engine::site::Site;
use crate::engine::{Done, Effect, Engine, Input, Part, Refusal};
use crate::live::document::zone;
use crate::live::meters::Occasion;
use crate::live::{ActRequest, Board, LinkState, Picture, Vitals};

/// A snapshot is written after this many facts: a restart then replays a few thousand at the most.
const SNAPSHOT_EVERY: u64 = 2_000;
/// The engine is woken at least this often, so that its progress can be told from its silence.
const PULSE: Duration = Duration::from_secs(1);
/// Reports of the buses that may wait for the engine.
pub(super) const INPUTS: usize = 1_024;

/// Where everything comes in.
pub struct Inlets {
    /// Reports of the buses: awaited by the senders, never dropped.
    pub inputs: mpsc::Receiver<(Input, Now)>,
    /// Acts of people.
    pub acts: mpsc::Receiver<ActRequest>,
    /// What the journal says of its commits.
    pub commits: mpsc::UnboundedReceiver<JournalEvent>,
    /// Changes of the gateway's own health.
    pub health: mpsc::UnboundedReceiver<(Part, Option<Text>)>,
}

/// Where everything goes.
pub struct Outlets {
    /// Facts to be recorded.
    pub journal: Journal,
    /// The shown state.
    pub picture: Arc<Picture>,
    /// The points.
    pub board: Arc<Board>,
    /// Links, and whether the engine makes progress.
    pub vitals: Arc<Vitals>,
    /// Per bus: devices that must report anew.
    pub confirm: Vec<mpsc::UnboundedSender<u32>>,
    /// Per bus: commands to be sent.
    pub commands: Vec<mpsc::UnboundedSender<Command>>,
    /// What it is told, for a replay; nothing where no trace is kept.
    pub trail: Option<Trail>,
    /// Rises while the engine makes progress; the watchdog looks at it.
    pub progress: Arc<AtomicU64>,
}

/// The engine and everything around it.
pub struct Heart {
    site: Arc<Site>,
    engine: Engine,
    clock: Clock,
    outlets: Outlets,
    answers: BTreeMap<u64, oneshot::Sender<Result<Done, Refusal>>>,
    ticket: u64,
    snapshot_at: u64,
    /// Facts that the journal has not yet said to be durable: the last of each batch, and when it was handed over.
    uncommitted: VecDeque<(u64, Mono)>,
    unwritten: Unwritten,
    /// Clocks of devices are set to the site's time.
    zone: TimeZone,
}

impl Heart {
    /// Takes over a started engine and carries out its first effects.
    pub fn new(site: Arc<Site>, engine: Engine, first: Vec<Effect>, clock: Clock, outlets: Outlets) -> Heart {
        let snapshot_at = engine.state().last.seq + SNAPSHOT_EVERY;
        let zone = zone(&site);
        let answers = BTreeMap::new();
        let (uncommitted, unwritten) = (VecDeque::new(), Unwritten::new(unwritten::MOST));
        let mut heart =
            Heart { site, engine, clock, outlets, answers, ticket: 0, snapshot_at, uncommitted, unwritten, zone };
        heart.carry_out(first);
        heart
    }

    /// Runs until `stop`; then lets the journal keep a last snapshot.
    ///
    /// # Errors
    /// More facts wait for the disk than are kept in memory: the gateway is to begin anew.
    pub async fn run(mut self, mut inlets: Inlets, stop: CancellationToken) -> Result<(), u64> {
        loop {
            let now = self.clock.now();
            let pulse = now.mono.after(PULSE);
            let wake = self.engine.next_deadline().map_or(pulse, |deadline| deadline.min(pulse));
            let wake = tokio::time::Instant::from_std(self.clock.instant(wake));
            let (input, at, occasion) = tokio::select! {
                () = stop.cancelled() => break,
                Some(event) = inlets.commits.recv() => (self.told(event), None, Occasion::Commit),
                Some(request) = inlets.acts.recv() => (self.enter(request), None, Occasion::Act),
                Some((input, at)) = inlets.inputs.recv() => (input, Some(at), Occasion::Report),
                Some((part, fault)) = inlets.health.recv() => (Input::Health { part, fault }, None, Occasion::Health),
                () = tokio::time::sleep_until(wake) => (Input::Wake, None, Occasion::Wake),
            };
            // A report carries the instant it was made; time in the engine never runs backwards for it.
            let now = self.clock.now();
            if let Some(at) = at {
                let late = now.mono.since(at.mono);
                debug!(late_us = late.as_micros(), "report");
                self.outlets.vitals.meters().engine.waited.note(late);
            }
            if let Some(trail) = &mut self.outlets.trail {
                trail.note(&self.engine, &input, now);
            }
            let effects = self.engine.handle(input, now);
            self.carry_out(effects);
            if let Some(waiting) = self.unwritten.overflow() {
                return Err(waiting);
            }
            let took = self.clock.now().mono.since(now.mono);
            self.outlets.vitals.meters().engine.handled(occasion).note(took);
            self.outlets.progress.store(now.mono.0, Ordering::Relaxed);
            self.outlets.vitals.engine_beats(now.mono);
        }
        if let Some(trail) = &mut self.outlets.trail {
            trail.end(self.clock.now());
        }
        self.outlets.journal.snapshot(self.engine.state().clone());
        Ok(())
    }

    fn told(&mut self, event: JournalEvent) -> Input {
        match event {
            JournalEvent::Committed { upto } => {
                self.unwritten.committed(upto);
                let now = self.clock.now().mono;
                while let Some((_, since)) = self.uncommitted.pop_front_if(|(last, _)| *last <= upto) {
                    self.outlets.vitals.meters().engine.commits.note(now.since(since));
                }
                Input::Committed { upto }
            }
            JournalEvent::Failed { reason } => Input::CommitFailed { reason },
        }
    }

    fn enter(&mut self, request: ActRequest) -> Input {
        self.ticket += 1;
        self.answers.insert(self.ticket, request.answer);
        Input::Act { ticket: self.ticket, by: request.by, key: request.key, act: request.act }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Commit(facts) => {
                    facts.iter().for_each(log);
                    if let Some(last) = facts.last() {
                        self.uncommitted.push_back((last.id.seq, self.clock.now().mono));
                        self.unwritten.decided(last.id.seq, facts.len());
                        self.outlets.vitals.meters().engine.decided.store(last.id.seq, Ordering::Relaxed);
                    }
                    self.outlets.journal.submit(facts);
                }
                Effect::Show { facts, recorded } => self.outlets.picture.show(facts, recorded),
                Effect::Answer { ticket, outcome } => {
                    if let Some(answer) = self.answers.remove(&ticket) {
                        // Whoever asked may have gone away meanwhile; what was decided stands.
                        let _ = answer.send(outcome);
                    }
                }
                Effect::Confirm { device } => {
                    let bus = self.site.devices.get(device as usize).map(|device| device.bus);
                    if let Some(confirm) = bus.and_then(|bus| self.outlets.confirm.get(bus as usize)) {
                        // The bus's task ends only when the gateway does.
                        let _ = confirm.send(device);
                    }
                }
                Effect::Command { bus, command } => {
                    if let Some(door) = self.outlets.commands.get(bus as usize) {
                        // As with confirmations, a task that has ended takes its bus with it.
                        let _ = door.send(timed(command, self.clock.now().wall, &self.zone));
                    }
                }
                Effect::Distrust { bus } => self.distrust(bus),
            }
        }
        if self.engine.state().last.seq >= self.snapshot_at {
            self.snapshot_at = self.engine.state().last.seq + SNAPSHOT_EVERY;
            self.outlets.journal.snapshot(self.engine.state().clone());
        }
    }
}

impl Heart {
    /// Nothing of a bus is known: neither its points nor whether its devices answer.
    fn distrust(&self, bus: u32) {
        let Some(bus) = self.site.buses.get(bus as usize) else { return };
        let now = self.clock.now();
        let devices = bus.devices.iter().filter_map(|device| self.site.devices.get(*device as usize));
        let points = devices.flat_map(|device| device.points.clone());
        self.outlets.board.distrust(points, Reason::Stale, now);
        for device in &bus.devices {
            let reason = Text::new("网关读取此总线的任务没有报告", "the bus task does not report");
            self.outlets.vitals.device_link(*device, LinkState { up: None, reason, since: now.wall });
        }
    }
}

/// The command with the site's wall time in it, where it sets a clock (FA-19). What it writes is of this instant; its time
/// to live bounds how much later the device may get it.
pub fn timed(command: Command, now: Wall, zone: &TimeZone) -> Command {
    let WriteSpec::Clock { address, fields } = &command.write else { return command };
    let instant = Timestamp::from_microsecond(now.0).unwrap_or_default().to_zoned(zone.clone());
    let field = |name: &String| match name.as_str() {
        "year" => u16::try_from(instant.year()).unwrap_or(0),
        "month" => u16::from(instant.month().unsigned_abs()),
        "day" => u16::from(instant.day().unsigned_abs()),
        "hour" => u16::from(instant.hour().unsigned_abs()),
        "minute" => u16::from(instant.minute().unsigned_abs()),
        "second" => u16::from(instant.second().unsigned_abs()),
        // Monday is 1, Sunday is 7 (ISO 8601).
        _ => u16::from(instant.weekday().to_monday_one_offset().unsigned_abs()),
    };
    let write = Write::Registers(fields.iter().map(field).collect());
    Command { write: WriteSpec::Plain { table: Table::Holding, address: *address, write }, ..command }
}

/// One line a fact: the log of the service says what the journal says.
fn log(fact: &Fact) {
    let kind = fact.kind.as_str();
    let seq = fact.id.seq;
    let by = fact.by.as_ref().map_or("", |by| by.user.as_str());
    match &fact.kind {
        FactKind::Raised(raise) => {
            let detail = raise.detail.as_ref().map_or("", |detail| detail.en.as_str());
            info!(seq, kind, condition = %raise.condition, name = raise.name.en, detail);
        }
        FactKind::SourceChanged { occurrence, source, cause } => {
            info!(seq, kind, %occurrence, ?source, ?cause);
        }
        FactKind::Closed { occurrence, reason } => info!(seq, kind, %occurrence, ?reason),
        FactKind::Isolated { point, reason, .. } => info!(seq, kind, by, %point, reason),
        FactKind::Command(CommandFact::Requested(asked)) => {
            info!(seq, kind, by, point = %asked.point, verb = asked.verb)
        }
        FactKind::Command(CommandFact::Failed { command, failure }) => info!(seq, kind, %command, ?failure),
        _ => info!(seq, kind, by),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::base::{EventId, Mono};

    #[test]
    fn a_clock_is_set_to_the_sites_own_time() {
        let fields = ["year", "month", "day", "hour", "minute", "second", "weekday"].map(str::to_owned).to_vec();
        let command = Command {
            id: EventId::default(),
            device: 0,
            write: WriteSpec::Clock { address: 9, fields },
            expires: Mono(0).after(Duration::from_secs(2)),
            feedback: None,
            pulse: None,
        };
        // 2026-01-04T23:30:05Z is Monday morning in Shanghai.
        let now = Wall(1_767_569_405_000_000);
        let zone = TimeZone::get("Asia/Shanghai").expect("the machine knows the zone");
        let write = Write::Registers(vec![2026, 1, 5, 7, 30, 5, 1]);
        assert_eq!(timed(command, now, &zone).write, WriteSpec::Plain { table: Table::Holding, address: 9, write });
    }
}
