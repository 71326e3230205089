//! One open endpoint, one request at a time.
//!
//! Takes: requests.
//! Gives: verified replies and named failures.
//! Never: two requests in flight, an answer after its deadline, or a reply whose kind or length was not checked here.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_modbus::Slave;
use tokio_modbus::client::{Client, rtu, tcp};

use super::codec;
use super::expected::Expected;
use super::fence::{Fault, Fence, Framing};
use super::mbap::Mbap;
use super::open::{self, OpenError};
use super::rtu::Rtu;
use crate::engine::poll::{Failure, Reply, Request, verify};
use crate::engine::profile::Write;
use crate::engine::site::{Endpoint, Line, Listen, Parity, Port};

/// So many time-outs in a row without one frame between them, and the connection counts as hung.
pub const SILENT_LIMIT: u32 = 3;

/// Serial adapters hand over what they received in pieces up to 16 ms apart; a line on which something is still coming
/// is silent only after more than that.
const PIECES: Duration = Duration::from_millis(20);
/// How often a line that never falls silent is given another chance before a request is called off.
const UNREST: u32 = 25;

/// An open endpoint.
pub struct Wire {
    fence: Fence,
    /// Dropped after any error but an exception, made anew for the next request.
    client: Option<Box<dyn Client>>,
    kind: Kind,
    /// Nothing may be sent before.
    rest_until: Instant,
    /// Set while an exchange runs: the quarantine that is due if it is abandoned half-way.
    unfinished: Option<Duration>,
    /// Time-outs in a row without a frame between them, and the frames counted at the last one.
    silent: (u32, u64),
    answered: bool,
    ended: Instant,
    /// Why it was closed.
    closed: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Tcp,
    /// With the silence between two frames.
    Rtu(Duration),
}

impl Wire {
    /// Opens `endpoint`. `within` bounds the connecting of TCP, name resolution included; opening a serial line never
    /// waits.
    pub async fn open(endpoint: &Endpoint, within: Duration) -> Result<Wire, OpenError> {
        let (fence, kind) = match endpoint {
            Endpoint::Tcp(address) => {
                (Fence::new(open::tcp(address, within).await?, Framing::Mbap(Mbap::default())), Kind::Tcp)
            }
            Endpoint::Serial(line) => {
                (Fence::new(open::serial(line)?, Framing::Rtu(Rtu::default())), Kind::Rtu(silence(line)))
            }
            Endpoint::RtuTcp(place) | Endpoint::Gbt26875(Listen { address: place, .. }) => {
                return Err(open::not_modbus(place));
            }
            Endpoint::Text(Port::Tcp(place) | Port::Serial(Line { path: place, .. })) => {
                return Err(open::not_modbus(place));
            }
        };
        let now = Instant::now();
        let (rest_until, ended) = (now, now);
        let (client, unfinished, closed) = (None, None, None);
        Ok(Wire { fence, client, kind, rest_until, unfinished, silent: (0, 0), answered: false, ended, closed })
    }

    /// Whether requests can be sent. A closed wire stays closed: open another.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Why it was closed, when it was.
    pub fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// Whether any request was answered since it was opened, by data or by an exception.
    pub fn has_answered(&self) -> bool {
        self.answered
    }

    /// Frames that came since it was opened, answers and others; 0 on a serial line, where late ones cannot be told.
    pub fn frames(&self) -> u64 {
        self.fence.remains().frames
    }

    /// When the quarantine after a failed exchange ends; before, [`Wire::exchange`] only waits.
    pub fn rests_until(&self) -> Instant {
        self.rest_until
    }

    /// Sends one request and waits for its answer. The deadline `request.within` runs from the moment the line may be
    /// used; quarantine and pause come before it.
    ///
    /// # Errors
    ///
    /// [`Failure::Timeout`] and [`Failure::Malformed`] by the end of the deadline, [`Failure::Exception`] as the device
    /// gave it, [`Failure::Link`] when the endpoint is gone; then, and after whatever closes the wire by the rules of
    /// this module, [`Wire::is_open`] is false and every further exchange fails at once with [`Failure::Link`].
    ///
    /// For a write, [`Failure::Link`] says that not one byte of it left: it may be sent again. When a byte did leave and
    /// the link is lost then, the failure is [`Failure::Malformed`], because it may have been done.
    ///
    /// Dropping the future half-way is safe: the next exchange first clears up as after a time-out.
    pub async fn exchange(&mut self, request: &Request) -> Result<Reply, Failure> {
        let Some(expected) = Expected::of(request) else {
            let many = request.write.as_ref().map_or(request.count, Write::count);
            return Err(Failure::Malformed(format!("no frame can carry {many} values from {}", request.start)));
        };
        if let Some(quarantine) = self.unfinished.take() {
            self.discard(quarantine);
        }
        if let Some(reason) = &self.closed {
            return Err(Failure::Link(reason.clone()));
        }
        self.settle(request).await?;
        if request.write.is_some() {
            self.fence.look().map_err(|fault| self.faulted(fault))?;
        }
        let deadline = Instant::now() + request.within;
        self.unfinished = Some(request.quarantine);
        self.fence.ask(expected);
        let client = self.client.get_or_insert_with(|| attach(self.kind, &self.fence));
        client.set_slave(Slave(request.unit));
        let outcome = timeout_at(deadline, client.call(codec::asked(request))).await;
        self.unfinished = None;
        self.ended = Instant::now();
        let failure = match outcome {
            Ok(Ok(Ok(response))) => match codec::reply(request, response).and_then(|reply| verify(request, reply)) {
                Ok(reply) => {
                    self.heard();
                    return Ok(reply);
                }
                Err(failure) => failure,
            },
            Ok(Ok(Err(code))) => {
                self.heard();
                return Err(Failure::Exception(code.into()));
            }
            Ok(Err(error)) => self.broken(&error.to_string()),
            Err(_elapsed) => self.timed_out(),
        };
        self.discard(request.quarantine);
        match failure {
            // For a write, a lost link means that nothing was done; that is known only while all of it is still here.
            Failure::Link(reason) if request.write.is_some() && self.fence.has_left() => {
                Err(Failure::Malformed(format!("sent, and no answer before the link was lost: {reason}")))
            }
            failure => Err(failure),
        }
    }

    /// Waits until the line may be used, and empties it.
    async fn settle(&mut self, request: &Request) -> Result<(), Failure> {
        let since = self.ended.max(self.fence.last_heard());
        let (clear_at, gap) = match self.kind {
            Kind::Tcp => (self.ended + request.pause, Duration::ZERO),
            Kind::Rtu(silence) => (since + silence.max(request.pause), silence.max(PIECES)),
        };
        let clear_at = self.rest_until.max(clear_at);
        if clear_at > Instant::now() {
            sleep_until(clear_at).await;
        }
        for _ in 0..UNREST {
            let drained = match self.fence.drain().await {
                Ok(drained) => drained,
                Err(fault) => return Err(self.faulted(fault)),
            };
            // On TCP what came is told apart by its number; on a line it is not, so the line must be silent.
            if drained == 0 || matches!(self.kind, Kind::Tcp) {
                return Ok(());
            }
            sleep_until(self.fence.last_heard() + gap).await;
        }
        Err(Failure::Malformed("the line never falls silent: noise, or another master on it".into()))
    }

    fn heard(&mut self) {
        self.answered = true;
        self.silent.0 = 0;
    }

    /// The client gave up before the deadline.
    fn broken(&mut self, error: &str) -> Failure {
        match self.fence.fault() {
            Some(fault) => self.faulted(fault),
            None => Failure::Malformed(error.to_owned()),
        }
    }

    fn faulted(&mut self, fault: Fault) -> Failure {
        match fault {
            Fault::Gone(reason) => {
                self.close(reason.clone());
                Failure::Link(reason)
            }
            Fault::Desync(reason) => {
                self.close(reason.clone());
                Failure::Malformed(reason)
            }
            Fault::Refused(reason) => {
                self.silent.0 = 0;
                Failure::Malformed(reason)
            }
        }
    }

    fn timed_out(&mut self) -> Failure {
        let remains = self.fence.remains();
        if let Kind::Tcp = self.kind {
            let (silent, frames) = self.silent;
            self.silent = (if frames == remains.frames { silent + 1 } else { 1 }, remains.frames);
            if remains.cut {
                self.close("a frame was cut short".into());
            } else if self.silent.0 >= SILENT_LIMIT {
                self.close(format!("{SILENT_LIMIT} requests in a row without any answer"));
            }
        }
        match remains.strange {
            Some(reason) => Failure::Malformed(reason),
            None if remains.cut => Failure::Malformed("a frame was cut short".into()),
            None => Failure::Timeout,
        }
    }

    /// Forgets everything about a failed exchange; on a line, nothing is sent until no answer to it can come any more.
    fn discard(&mut self, quarantine: Duration) {
        self.client = None;
        self.fence.give_up();
        if let Kind::Rtu(_) = self.kind {
            self.rest_until = Instant::now() + quarantine;
        }
    }

    fn close(&mut self, reason: String) {
        self.client = None;
        self.fence.close();
        self.closed = Some(reason);
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("kind", &self.kind).field("closed", &self.closed).finish_non_exhaustive()
    }
}

/// 3.5 characters; a fixed 1.75 ms above 19,200 baud (specification of the serial line, 2.5.1.1).
fn silence(line: &Line) -> Duration {
    if line.baud > 19_200 {
        return Duration::from_micros(1_750);
    }
    let bits = 1 + 8 + u64::from(line.parity != Parity::None) + u64::from(line.stop_bits);
    Duration::from_micros((bits * 3_500_000).div_ceil(u64::from(line.baud.max(1))))
}

fn attach(kind: Kind, fence: &Fence) -> Box<dyn Client> {
    match kind {
        Kind::Tcp => tcp::attach(fence.clone()).into(),
        Kind::Rtu(_) => rtu::attach(fence.clone()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_silence_between_frames_follows_the_line() {
        let check = |baud: u32, parity: Parity, stop_bits: u8, micros: u64| {
            let line = Line { path: String::new(), baud, parity, stop_bits };
            assert_eq!(silence(&line), Duration::from_micros(micros), "{line:?}");
        };
        check(9_600, Parity::None, 1, 3_646);
        check(9_600, Parity::Even, 1, 4_011);
        check(1_200, Parity::None, 2, 32_084);
        check(19_200, Parity::Even, 1, 2_006);
        check(115_200, Parity::None, 1, 1_750);
    }
}
