//! The task of one port at which a panel prints.
//!
//! Takes: bytes, and the devices the engine wants said anew.
//! Gives: reports to the engine, links to the vitals.
//! Never: drops a byte it has read; lets a lost port hold up what time alone changes.
//!
//! A connection that comes back at once is no news: terminal servers close idle ones. A port that cannot be opened is
//! announced at the first failure.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{MutexGuard, mpsc};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::field::{Field, Outlet};
use super::supervise::pause_after;
use crate::edge::panel::Stream;
use crate::engine::base::Text;
use crate::engine::panel::Printer;
use crate::engine::site::{Endpoint, Port};

/// A TCP connection must stand within this time, name resolution included.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// A lost connection that comes back within this time is no news.
const GRACE: Duration = Duration::from_millis(500);
/// A port that was open this long was well, whether it said anything or not.
const HELD: Duration = Duration::from_secs(60);
/// Bytes that are read at once: half a second of a line of 115,200 baud.
const CHUNK: usize = 4096;

/// Listens at one port until it is stopped; to be kept alive by [`supervise`](super::supervise).
pub(super) async fn run_printer(field: Field) {
    let stop = field.stop.clone();
    let run = async move {
        let confirm = Arc::clone(&field.confirm);
        let outlet = Outlet::new(field);
        let Some(Endpoint::Text(port)) = outlet.endpoint() else {
            warn!(bus = outlet.field.bus, "there is no such text port in the site");
            return std::future::pending().await;
        };
        let machine = Printer::new(Arc::clone(&outlet.field.site), outlet.field.bus, outlet.now());
        Runner { machine, outlet, port, told: None, fruitless: 0, confirm: confirm.lock().await }.run().await;
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = run => {}
    }
}

struct Runner<'a> {
    machine: Printer,
    outlet: Outlet,
    port: Port,
    /// What was told of the port.
    told: Option<bool>,
    /// Openings in a row that failed, or gave a port that never said anything.
    fruitless: u32,
    confirm: MutexGuard<'a, mpsc::UnboundedReceiver<u32>>,
}

/// What time brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passing {
    Tick,
    Confirm(u32),
}

impl Runner<'_> {
    async fn run(mut self) {
        let mut lost = None;
        loop {
            let mut stream = self.open(lost.take()).await;
            self.tell(true, "").await;
            let reason = self.listen(&mut stream).await;
            lost = Some((reason, Instant::now() + GRACE));
        }
    }

    /// Opens the port, however long it takes. What was open before is announced as lost when it does not come back soon.
    async fn open(&mut self, mut lost: Option<(String, Instant)>) -> Stream {
        loop {
            let begin = Instant::now();
            let pause = if self.fruitless == 0 { Duration::ZERO } else { pause_after(self.fruitless) };
            self.fruitless += 1;
            let port = self.port.clone();
            let mut opening = std::pin::pin!(async {
                sleep_until(begin + pause).await;
                Stream::open(&port, CONNECT_WITHIN).await
            });
            let opened = loop {
                let patience = lost.as_ref().map_or(begin, |(_, until)| *until);
                let event = tokio::select! {
                    biased;
                    opened = &mut opening => break opened,
                    () = sleep_until(patience), if lost.is_some() => None,
                    passing = self.passing() => Some(passing),
                };
                match (event, lost.take_if(|_| event.is_none())) {
                    (Some(passing), _) => self.pass(passing).await,
                    (None, Some((reason, _))) => self.tell(false, &reason).await,
                    (None, None) => {}
                }
            };
            match opened {
                Ok(stream) => return stream,
                Err(error) => {
                    lost = None;
                    self.tell(false, &error.to_string()).await;
                }
            }
        }
    }

    /// Reads until nothing more can come, and says why.
    async fn listen(&mut self, stream: &mut Stream) -> String {
        let (mut buffer, since) = (vec![0; CHUNK], Instant::now());
        loop {
            // Only waits are given up here: what was read or is due is always handed on to its end.
            let event = tokio::select! {
                // What has come is taken before time is told to pass: a pause is judged by the machine.
                biased;
                read = stream.read(&mut buffer) => Ok(read),
                passing = self.passing() => Err(passing),
            };
            if since.elapsed() >= HELD {
                self.fruitless = 0;
            }
            match event {
                Ok(Ok(count)) => {
                    self.fruitless = 0;
                    let now = self.outlet.now();
                    let report = self.machine.take(&buffer[..count], now);
                    self.outlet.give(report, now).await;
                }
                Ok(Err(reason)) => return reason,
                Err(passing) => self.pass(passing).await,
            }
        }
    }

    /// Waits for whatever comes first: the machine's next tick, or a device that the engine wants said anew.
    async fn passing(&mut self) -> Passing {
        let due = Instant::from_std(self.outlet.field.clock.instant(self.machine.next_tick()));
        tokio::select! {
            Some(device) = self.confirm.recv() => Passing::Confirm(device),
            () = sleep_until(due) => Passing::Tick,
        }
    }

    async fn pass(&mut self, passing: Passing) {
        let now = self.outlet.now();
        match passing {
            Passing::Confirm(device) => {
                self.machine.confirm(device, now);
                self.outlet.ask_anew(device);
            }
            Passing::Tick => {
                let report = self.machine.tick(now);
                self.outlet.give(report, now).await;
            }
        }
    }

    async fn tell(&mut self, up: bool, reason: &str) {
        if self.told == Some(up) {
            return;
        }
        self.told = Some(up);
        let now = self.outlet.now();
        let report = self.machine.link(up, Text::same(reason), now);
        if up {
            self.outlet.opened(now);
        }
        self.outlet.give(report, now).await;
    }
}
