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
use super::fault::Fault;
use super::fence::Fence;
use super::open::{self, Apart, Framed, Habits, Opened};
use super::overheard::Heard;
use super::rest::Rest;
use super::silence::Silence;
use crate::edge::line::{self, OpenError};
use crate::engine::poll::{Failure, Reply, Request, verify};
use crate::engine::profile::Write;
use crate::engine::site::Endpoint;

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
    framing: Framed,
    apart: Apart,
    closes_after_answer: bool,
    /// Path and device file of a serial line, to notice when another one takes its name.
    file: Option<(String, Option<[u64; 3]>)>,
    /// Times the silences of a serial line.
    rest: Option<Rest>,
    /// Nothing may be sent before.
    rest_until: Instant,
    /// Set while an exchange runs: the quarantine that is due if it is abandoned half-way.
    unfinished: Option<Duration>,
    /// Who answers and who does not, on a connection whose frames bear numbers.
    silence: Silence,
    answered: bool,
    /// Unit of the last request, and the pause it asked for.
    last: (u8, Duration),
    ended: Instant,
    round_trip: Duration,
    closed: Option<Closed>,
}

/// Why a wire was closed.
#[derive(Debug)]
struct Closed {
    reason: String,
    /// By its own rules, though the endpoint may be well.
    spent: bool,
}

impl Wire {
    /// Opens `endpoint`, of which nothing more is known. `within` bounds the connecting of TCP, name resolution included;
    /// opening a serial line never waits.
    pub async fn open(endpoint: &Endpoint, within: Duration) -> Result<Wire, OpenError> {
        Wire::open_with(endpoint, Habits::default(), within).await
    }

    /// Opens an endpoint that has its own ways.
    pub async fn open_with(endpoint: &Endpoint, habits: Habits, within: Duration) -> Result<Wire, OpenError> {
        let Opened { stream, framing, framed, apart, file, rest } = open::endpoint(endpoint, habits, within).await?;
        let now = Instant::now();
        Ok(Wire {
            fence: Fence::new(stream, framing),
            client: None,
            framing: framed,
            apart,
            closes_after_answer: habits.workarounds.closes_after_answer,
            file,
            rest,
            rest_until: now,
            unfinished: None,
            silence: Silence::default(),
            answered: false,
            last: (0, Duration::ZERO),
            ended: now,
            round_trip: Duration::ZERO,
            closed: None,
        })
    }

    /// Whether requests can be sent. A closed wire stays closed: open another.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Why it was closed, when it was.
    pub fn closed(&self) -> Option<&str> {
        self.closed.as_ref().map(|closed| closed.reason.as_str())
    }

    /// Whether it was closed by its own rules, as after a time-out where only a new connection keeps a late answer away:
    /// no sign that the endpoint is lost.
    pub fn is_spent(&self) -> bool {
        self.closed.as_ref().is_some_and(|closed| closed.spent)
    }

    /// Whether it is a serial line.
    pub fn is_line(&self) -> bool {
        self.file.is_some()
    }

    /// Looks at an idle wire, without waiting: closes it when the other side has hung up, the adapter was unplugged, or
    /// the path of the line leads to another device file by now.
    pub fn look(&mut self) {
        let replaced = self.file.as_ref().is_some_and(|(path, file)| line::device_file(path) != *file);
        if self.is_open() && replaced {
            self.close("the adapter was unplugged".into());
        } else if self.is_open()
            && let Err(fault) = self.fence.look()
        {
            self.faulted(fault);
        }
    }

    /// Whether what is sent comes back before the answer; nothing until the line has shown it.
    pub fn echoes(&self) -> Option<bool> {
        self.fence.echoes()
    }

    /// What was heard beside our answers since the last call; nothing where others cannot be heard.
    pub fn overheard(&self) -> Option<Heard> {
        self.fence.heard()
    }

    /// How long the last exchange took from the sending of its request to its end.
    pub fn round_trip(&self) -> Duration {
        self.round_trip
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
            return Err(Failure::Link(reason.reason.clone()));
        }
        self.settle(request).await?;
        if request.write.is_some() {
            self.fence.look().map_err(|fault| self.faulted(fault))?;
        }
        let outcome = self.ask(request, expected).await;
        match outcome {
            Ok(_) | Err(Failure::Exception(_)) => {
                self.answered = true;
                self.silence.answered(request.unit);
                if self.closes_after_answer {
                    self.spend("closed after each answer, as the profile says");
                }
            }
            Err(_) => self.discard(request.quarantine),
        }
        match outcome {
            // For a write, a lost link means that nothing was done; that is known only while all of it is still here.
            Err(Failure::Link(reason)) if request.write.is_some() && self.fence.has_left() => {
                Err(Failure::Malformed(format!("sent, and no answer before the link was lost: {reason}")))
            }
            outcome => outcome,
        }
    }

    async fn ask(&mut self, request: &Request, expected: Expected) -> Result<Reply, Failure> {
        let begun = Instant::now();
        self.unfinished = Some(request.quarantine);
        self.fence.ask(expected);
        let client = self.client.get_or_insert_with(|| attach(self.framing, &self.fence));
        client.set_slave(Slave(request.unit));
        let outcome = timeout_at(begun + request.within, client.call(codec::asked(request))).await;
        self.unfinished = None;
        self.ended = Instant::now();
        self.round_trip = self.ended - begun;
        match outcome {
            Ok(Ok(Ok(response))) => codec::reply(request, response).and_then(|reply| verify(request, reply)),
            Ok(Ok(Err(code))) => Err(Failure::Exception(code.into())),
            Ok(Err(error)) => Err(self.broken(&error.to_string())),
            Err(_elapsed) => Err(self.timed_out(request.unit, begun)),
        }
    }

    /// Waits until the line may be used, and empties it.
    async fn settle(&mut self, request: &Request) -> Result<(), Failure> {
        // From one device to another, both must have their rest: the one to let go of the line, the other to listen.
        let (unit, rest) = std::mem::replace(&mut self.last, (request.unit, request.pause));
        let pause = if unit == request.unit { request.pause } else { request.pause.max(rest) };
        let (clear_at, gap) = match self.apart {
            Apart::Time(silence) => (self.ended.max(self.fence.last_heard()) + silence.max(pause), silence.max(PIECES)),
            Apart::Number | Apart::Connection => (self.ended + pause, PIECES),
        };
        let clear_at = self.rest_until.max(clear_at);
        if clear_at > Instant::now() {
            match &self.rest {
                Some(rest) => rest.until(clear_at).await,
                None => sleep_until(clear_at).await,
            }
        }
        for _ in 0..UNREST {
            let drained = match self.fence.drain().await {
                Ok(drained) => drained,
                Err(fault) => return Err(self.faulted(fault)),
            };
            // Where a frame bears no number, nothing may be on its way when a request goes out.
            if drained == 0 || self.apart == Apart::Number {
                return Ok(());
            }
            sleep_until(self.fence.last_heard() + gap).await;
        }
        let reason = "the line never falls silent: noise, or another master on it";
        if self.apart == Apart::Connection {
            self.spend(reason);
        }
        Err(Failure::Malformed(reason.into()))
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
                self.silence.heard();
                Failure::Malformed(reason)
            }
        }
    }

    fn timed_out(&mut self, unit: u8, sent: Instant) -> Failure {
        let remains = self.fence.remains();
        if self.apart == Apart::Number {
            let hung = self.silence.timed_out(unit, remains.frames, sent, self.ended);
            if remains.cut {
                self.close("a frame was cut short".into());
            } else if hung {
                self.close(format!("{} requests in a row without any answer", self.silence.timeouts()));
            }
        }
        match remains.strange {
            Some(reason) => Failure::Malformed(reason),
            None if remains.cut => Failure::Malformed("a frame was cut short".into()),
            None => Failure::Timeout,
        }
    }

    /// Forgets everything about a failed exchange; nothing is sent until no answer to it can come any more.
    fn discard(&mut self, quarantine: Duration) {
        self.client = None;
        self.fence.give_up();
        match self.apart {
            Apart::Number => {}
            Apart::Time(_) => self.rest_until = Instant::now() + quarantine,
            Apart::Connection => self.spend("a new connection keeps away what may come late"),
        }
    }

    /// Closes it although the endpoint may be well.
    fn spend(&mut self, reason: &str) {
        if self.is_open() {
            self.close(reason.to_owned());
            self.closed = Some(Closed { reason: reason.to_owned(), spent: true });
        }
    }

    fn close(&mut self, reason: String) {
        self.client = None;
        self.fence.close();
        self.closed = Some(Closed { reason, spent: false });
    }
}

impl Drop for Wire {
    /// Also a wire that is dropped says goodbye to the other side.
    fn drop(&mut self) {
        self.fence.close();
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("apart", &self.apart).field("closed", &self.closed).finish_non_exhaustive()
    }
}

fn attach(framing: Framed, fence: &Fence) -> Box<dyn Client> {
    match framing {
        Framed::Mbap => tcp::attach(fence.clone()).into(),
        Framed::Rtu => rtu::attach(fence.clone()).into(),
    }
}
