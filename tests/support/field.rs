//! One bus's task in simulated time, as `daemon::field` drives it over a real wire.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::base::{Mono, Now, Text, Truth, Value};
use tocsin::engine::panel::Printer;
use tocsin::engine::point::{Raw, decode};
use tocsin::engine::poll::{Bus, Command, Failure, Next, Reply, Report, Request};
use tocsin::engine::profile::Encoding;
use tocsin::engine::site::{Endpoint, Point, Site};
use tocsin::sim::World;

/// How one exchange ended.
pub type Answer = Result<Reply, Failure>;

/// The task of one bus.
pub struct Task {
    number: u32,
    pub bus: Bus,
    /// Where a panel prints.
    printer: Option<Printer>,
    out: Option<(Request, Mono, Answer)>,
    open: bool,
    retry: Mono,
    wake: Mono,
    /// Writes that have left since somebody took them from here, each with its time.
    pub written: Vec<(Mono, Request)>,
}

/// The tasks of every bus of the site.
pub fn tasks(site: &Arc<Site>, now: Now) -> Vec<Task> {
    (0..site.buses.len()).map(|bus| task(site, bus, now)).collect()
}

/// A task that has just begun.
pub fn task(site: &Arc<Site>, bus: usize, now: Now) -> Task {
    Task {
        number: bus as u32,
        bus: Bus::new(Arc::clone(site), bus as u32, now),
        printer: matches!(site.buses[bus].endpoint, Endpoint::Text(_))
            .then(|| Printer::new(Arc::clone(site), bus as u32, now)),
        out: None,
        open: false,
        retry: now.mono,
        wake: now.mono,
        written: Vec::new(),
    }
}

/// Whether the feedback of a command holds in the field now.
pub fn holds(world: &World, site: &Site, command: &Command) -> bool {
    let Some((when, _)) = &command.feedback else { return false };
    let mut values = BTreeMap::new();
    when.slots(&mut |slot| {
        values.insert(slot, value(world, &site.points[slot as usize]));
    });
    when.evaluate(&|slot| values.get(&slot)?.as_ref()) == Truth::True
}

fn value(world: &World, point: &Point) -> Option<Value> {
    let Encoding { table, address, .. } = *point.encoding;
    let cells = world.read(point.device, table, address, point.encoding.width())?;
    let bits: Vec<bool> = cells.iter().map(|cell| *cell != 0).collect();
    decode(&point.encoding, if table.is_bits() { Raw::Bits(&bits) } else { Raw::Words(cells) }).ok()
}

impl Task {
    /// When [`Task::run`] is due next.
    pub fn due(&self) -> Mono {
        match &self.out {
            Some((_, done, _)) => *done,
            None if !self.open => self.retry,
            None => self.wake,
        }
    }

    /// The machine was told something from outside: it is asked at once what to do.
    pub fn wake_at(&mut self, now: Mono) {
        self.wake = self.wake.min(now);
    }

    /// Everything that is due now: takes in the answer that has come, sends the next request. `heard` is told of the
    /// answer before the bus is.
    pub fn run(&mut self, world: &mut World, now: Now, mut heard: impl FnMut(&Request, &Answer)) -> Report {
        if self.printer.is_some() {
            return self.print(world, now);
        }
        let mut report = Report::default();
        if let Some((request, done, result)) = self.out.take() {
            if done > now.mono {
                self.out = Some((request, done, result));
                return report;
            }
            heard(&request, &result);
            match result {
                Ok(reply) => report.append(self.bus.reply(request.id, reply, now)),
                Err(Failure::Link(reason)) => {
                    report.append(self.bus.failure(request.id, Failure::Link(reason.clone()), now));
                    // What can be opened again is no lost endpoint: the machine tries again in its own time.
                    if !world.can_be_opened(self.number) {
                        report.append(self.bus.link(false, &reason, now));
                        self.open = false;
                        self.retry = now.mono.after(Duration::from_millis(500));
                    }
                }
                Err(failure) => report.append(self.bus.failure(request.id, failure, now)),
            }
        }
        if !self.open && self.retry <= now.mono {
            self.open = world.can_be_opened(self.number);
            let reason = if self.open { "" } else { "connection refused" };
            report.append(self.bus.link(self.open, reason, now));
            self.retry = now.mono.after(Duration::from_secs(1));
        }
        report.append(self.bus.tick(now));
        if self.open {
            match self.bus.next(now) {
                Next::Send(request) => {
                    let exchange = world.answer(&request, now.mono);
                    // A wire whose link is gone says so of a write only while not one byte of it has left.
                    if request.write.is_some() && !matches!(exchange.result, Err(Failure::Link(_))) {
                        self.written.push((now.mono, request.clone()));
                    }
                    // Nothing on a real wire is instantaneous.
                    let takes = exchange.takes.max(Duration::from_micros(300));
                    self.out = Some((request, now.mono.after(takes), exchange.result));
                }
                Next::WaitUntil(wake) => self.wake = wake.max(Mono(now.mono.0 + 1)),
            }
        }
        report
    }
    /// What a panel printed meanwhile.
    fn print(&mut self, world: &mut World, now: Now) -> Report {
        let Some(printer) = &mut self.printer else { return Report::default() };
        let mut report = Report::default();
        if !self.open {
            self.open = true;
            report.append(printer.link(true, Text::default(), now));
        }
        report.append(printer.take(&world.take_printed(self.number), now));
        report.append(printer.tick(now));
        self.wake = printer.next_tick().max(Mono(now.mono.0 + 1));
        report
    }
}
