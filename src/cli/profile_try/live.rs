//! The bus of one device on a real wire.
//!
//! Takes: a site of one bus and one device.
//! Gives: what the points say, which registers said it and when.
//! Never: plans or decodes; `engine::poll::Bus` does, exactly as on site.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::cli::probe::identify;
use crate::cli::probe::record::Registers;
use crate::cli::probe::session::{advice, cells};
use crate::cli::profile_check::trial::Watch;
use crate::config::cases::Wanted;
use crate::edge::clock::Clock;
use crate::edge::modbus::{Habits, Wire};
use crate::engine::base::{Mono, Reason};
use crate::engine::poll::{Bus, Failure, Next, Reply, Request};
use crate::engine::profile::Table;
use crate::engine::site::Site;

/// A connection must stand within this time.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// What could not be opened is tried again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// The device as it is seen.
pub(super) struct Live {
    site: Arc<Site>,
    machine: Bus,
    wire: Option<Wire>,
    open_at: Instant,
    clock: Clock,
    /// What every point says and which conditions are active.
    pub(super) watch: Watch,
    /// Every register that was read, and when.
    image: BTreeMap<(Table, u16), (u16, Mono)>,
    /// Whether the device is what the profile says; nothing when it was not asked, or the profile names no identity.
    pub(super) identity: Option<bool>,
    /// What its identity registers say.
    pub(super) says: Option<Vec<u16>>,
    /// Why the endpoint cannot be opened.
    pub(super) trouble: Option<String>,
}

impl Live {
    pub(super) fn new(site: Arc<Site>) -> Live {
        let clock = Clock::start();
        Live {
            machine: Bus::new(Arc::clone(&site), 0, clock.now()),
            watch: Watch::new(&site),
            site,
            wire: None,
            open_at: Instant::now(),
            clock,
            image: BTreeMap::new(),
            identity: None,
            says: None,
            trouble: None,
        }
    }

    /// Polls until `end`, until it is told to stop, or, with `once`, until everything was read.
    pub(super) async fn run_until(&mut self, end: Instant, stop: &CancellationToken, once: bool) {
        while Instant::now() < end && !stop.is_cancelled() && !(once && self.everything_was_read()) {
            let Some(mut wire) = self.wire.take().filter(Wire::is_open) else {
                self.open(end, stop).await;
                continue;
            };
            match self.machine.next(self.clock.now()) {
                Next::Send(request) => {
                    let outcome = exchange(&mut wire, &request).await;
                    self.ended(&request, outcome);
                }
                Next::WaitUntil(at) => {
                    let at = Instant::from_std(self.clock.instant(at)).min(end);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = sleep_until(at) => {}
                    }
                }
            }
            self.wire = Some(wire);
            let report = self.machine.tick(self.clock.now());
            self.watch.see(&self.site, report);
        }
    }

    async fn open(&mut self, end: Instant, stop: &CancellationToken) {
        let Some(bus) = self.site.buses.first() else { return };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep_until(self.open_at.min(end)) => {}
        }
        if self.open_at > Instant::now() {
            return;
        }
        let habits = Habits { workarounds: self.site.workarounds_of(bus), echoes: None };
        let opened = Wire::open_with(&bus.endpoint, habits, CONNECT_WITHIN).await;
        let trouble = opened.as_ref().err().map(|error| advice(&bus.endpoint, error));
        let now = self.clock.now();
        let report = self.machine.link(opened.is_ok(), trouble.as_deref().unwrap_or_default(), now);
        self.watch.see(&self.site, report);
        self.trouble = trouble;
        self.open_at = Instant::now() + AGAIN;
        self.wire = opened.ok();
        if let Some(mut wire) = self.wire.take() {
            self.identify(&mut wire).await;
            self.wire = Some(wire);
        }
    }

    /// Asks the device what it is.
    async fn identify(&mut self, wire: &mut Wire) {
        let Some(device) = self.site.devices.first() else { return };
        let link = &device.profile.link;
        let Some(identity) = &link.identity else { return };
        let Some(question) = identify::question(device.unit, identity) else { return };
        let request = question.request(link.reply_within, link.pause, link.max_response);
        if let Ok(reply) = exchange(wire, &request).await {
            let words = cells(reply);
            self.identity = Some(identity.accept.contains(&words));
            self.says = Some(words);
        }
    }

    fn ended(&mut self, request: &Request, outcome: Result<Reply, Failure>) {
        let now = self.clock.now();
        let report = match outcome {
            Ok(reply) => {
                let addresses = (0..request.count).filter_map(|offset| request.start.checked_add(offset));
                let said = addresses.zip(cells(reply.clone()));
                self.image.extend(said.map(|(address, word)| ((request.table, address), (word, now.mono))));
                self.machine.reply(request.id, reply, now)
            }
            Err(failure) => self.machine.failure(request.id, failure, now),
        };
        self.watch.see(&self.site, report);
    }

    /// Whether the device has said anything at all.
    pub(super) fn answers(&self) -> bool {
        !self.image.is_empty()
    }

    /// Whether every point was asked for, or the device is known not to answer.
    pub(super) fn everything_was_read(&self) -> bool {
        let outcome = &self.watch.outcome;
        let never = |wanted: &Wanted| *wanted == Wanted::Unknown(Reason::NeverRead);
        outcome.active.contains("link:link-fault")
            || outcome.active.contains("bus:link-fault")
            || !outcome.points.values().any(never)
    }

    /// Every register that was read.
    pub(super) fn registers(&self) -> Registers {
        self.image.iter().map(|(place, (word, _))| (*place, *word)).collect()
    }

    /// The registers of a point with their age; nothing when one of them was never read.
    pub(super) fn raw(&self, table: Table, start: u16, count: u16) -> Option<(Vec<u16>, Duration)> {
        let now = self.clock.now().mono;
        let cells: Option<Vec<(u16, Mono)>> =
            (0..count).map(|offset| self.image.get(&(table, start.checked_add(offset)?)).copied()).collect();
        let cells = cells?;
        let age = cells.iter().map(|(_, at)| now.since(*at)).max()?;
        Some((cells.into_iter().map(|(word, _)| word).collect(), age))
    }
}

/// One exchange; what would write is not sent.
async fn exchange(wire: &mut Wire, request: &Request) -> Result<Reply, Failure> {
    if request.write.is_some() {
        return Err(Failure::Malformed("a trial only reads".to_owned()));
    }
    wire.exchange(request).await
}
