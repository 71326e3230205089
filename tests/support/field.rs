//! One bus's task in simulated time, as `daemon::field` drives it over a real wire.

use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::base::{Mono, Now};
use tocsin::engine::poll::{Bus, Failure, Next, Reply, Report, Request};
use tocsin::engine::site::Site;
use tocsin::sim::World;

/// How one exchange ended.
pub type Answer = Result<Reply, Failure>;

/// The task of one bus.
pub struct Task {
    number: u32,
    pub bus: Bus,
    out: Option<(Request, Mono, Answer)>,
    open: bool,
    retry: Mono,
    wake: Mono,
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
        out: None,
        open: false,
        retry: now.mono,
        wake: now.mono,
    }
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

    /// Everything that is due now: takes in the answer that has come, sends the next request. `heard` is told of the
    /// answer before the bus is.
    pub fn run(&mut self, world: &mut World, now: Now, mut heard: impl FnMut(&Request, &Answer)) -> Report {
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
                    report.append(self.bus.link(false, &reason, now));
                    self.open = false;
                    self.retry = now.mono.after(Duration::from_millis(500));
                }
                Err(failure) => report.append(self.bus.failure(request.id, failure, now)),
            }
        }
        if !self.open && self.retry <= now.mono {
            self.open = !world.is_cut(self.number);
            let reason = if self.open { "" } else { "connection refused" };
            report.append(self.bus.link(self.open, reason, now));
            self.retry = now.mono.after(Duration::from_secs(1));
        }
        report.append(self.bus.tick(now));
        if self.open {
            match self.bus.next(now) {
                Next::Send(request) => {
                    let exchange = world.answer(&request, now.mono);
                    // Nothing on a real wire is instantaneous.
                    let takes = exchange.takes.max(Duration::from_micros(300));
                    self.out = Some((request, now.mono.after(takes), exchange.result));
                }
                Next::WaitUntil(wake) => self.wake = wake.max(Mono(now.mono.0 + 1)),
            }
        }
        report
    }
}
