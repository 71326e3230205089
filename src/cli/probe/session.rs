//! One conversation with a line: a question, its answer, and a polite end.
//!
//! Takes: an endpoint, reads, and the wish to stop.
//! Gives: [`Answer`]s with their round trip; everything that was said, for a record.
//! Never: writes. A request that would is not even made here.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::edge::line::OpenError;
use crate::edge::modbus::Wire;
use crate::engine::poll::{Failure, Reply, Request};
use crate::engine::profile::Table;
use crate::engine::site::Endpoint;

/// A connection must stand within this time, name resolution included.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// A connection that was closed is opened again after this.
const REOPEN_AFTER: Duration = Duration::from_millis(50);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Modbus unit id.
    pub unit: u8,
    /// Which table.
    pub table: Table,
    /// First address.
    pub start: u16,
    /// How many addresses.
    pub count: u16,
}

impl Question {
    /// As it is put to a line: `within` is the longest wait for the answer, `pause` the rest before it, `quarantine` the
    /// silence after none.
    pub fn request(&self, within: Duration, pause: Duration, quarantine: Duration) -> Request {
        Request {
            id: 0,
            device: 0,
            unit: self.unit,
            table: self.table,
            start: self.start,
            count: self.count,
            write: None,
            identification: false,
            within,
            pause,
            quarantine,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Words, or bits as 0 and 1.
    Data(Vec<u16>),
    /// The device refused, by this exception code: it is alive.
    Refused(u8),
    /// Nothing came in time, or a gateway says that nothing came to it.
    Silent,
    /// Something came that is no answer.
    Garbled(String),
}

/// One question and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was asked.
    pub question: Question,
    /// What came of it.
    pub answer: Answer,
    /// From sending to answer, or to the end of the deadline.
    pub took: Duration,
}

/// How patient a conversation is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Deadline of an answer.
    pub within: Duration,
    /// On a serial line, the longest a late answer can take: so long the line rests after a time-out.
    pub max_response: Duration,
}

/// The conversation.
pub struct Session {
    endpoint: Endpoint,
    wire: Wire,
    /// Frames of the present wire that were answers, or were told of as late.
    taken: u64,
    stop: CancellationToken,
    /// Everything that was said, in order.
    pub said: Vec<Exchange>,
}

/// Ends when a signal comes or time is up; a second signal ends the process at once.
pub fn stop_when_told(seconds: Option<u64>) -> std::io::Result<CancellationToken> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        // A century serves as "never".
        let length = Duration::from_secs(seconds.unwrap_or(100 * 365 * 86_400));
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = sleep(length) => return told.cancel(),
        }
        told.cancel();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(1);
    });
    Ok(stop)
}

impl Session {
    /// Opens the endpoint.
    pub async fn open(endpoint: Endpoint, stop: CancellationToken) -> Result<Session, String> {
        let wire = Wire::open(&endpoint, CONNECT_WITHIN).await.map_err(|error| advice(&endpoint, &error))?;
        Ok(Session { endpoint, wire, taken: 0, stop, said: Vec::new() })
    }

    /// Where it leads.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Whether it was told to stop.
    pub fn stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Whether frames came too late to be an answer, since this was asked last. On a serial line nobody can tell.
    pub fn heard_late(&mut self) -> bool {
        let frames = self.wire.frames();
        std::mem::replace(&mut self.taken, frames) < frames
    }

    /// Asks; nothing when it was told to stop before. An endpoint that is gone is opened once more.
    pub async fn ask(&mut self, question: Question, patience: Patience) -> Result<Option<Exchange>, String> {
        let rest = self.wire.rests_until();
        tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(None),
            () = sleep_until(rest) => {}
        }
        let request = self.request(question, patience);
        let mut began = Instant::now();
        let mut outcome = match self.wire.is_open() {
            true => self.wire.exchange(&request).await,
            false => Err(Failure::Link(String::new())),
        };
        if let Err(Failure::Link(_)) = outcome {
            self.reopen().await?;
            began = Instant::now();
            outcome = self.wire.exchange(&request).await;
        }
        let answer = match outcome {
            Ok(reply) => Answer::Data(cells(reply)),
            // Said by a gateway in the name of a unit that does not answer it (Modbus Application Protocol, chapter 7).
            Err(Failure::Exception(0x0A | 0x0B)) => self.counted(Answer::Silent),
            Err(Failure::Exception(code)) => Answer::Refused(code),
            Err(Failure::Timeout) => Answer::Silent,
            Err(Failure::Malformed(reason)) => Answer::Garbled(reason),
            Err(Failure::Link(reason)) => Answer::Garbled(format!("the connection was closed: {reason}")),
        };
        if matches!(answer, Answer::Data(_) | Answer::Refused(_)) {
            self.taken += 1;
        }
        let exchange = Exchange { question, answer, took: began.elapsed() };
        self.said.push(exchange.clone());
        Ok(Some(exchange))
    }

    fn counted(&mut self, answer: Answer) -> Answer {
        self.taken += 1;
        answer
    }

    async fn reopen(&mut self) -> Result<(), String> {
        sleep(REOPEN_AFTER).await;
        let opened = Wire::open(&self.endpoint, CONNECT_WITHIN).await;
        self.wire = opened.map_err(|error| advice(&self.endpoint, &error))?;
        self.taken = 0;
        Ok(())
    }

    fn request(&self, question: Question, patience: Patience) -> Request {
        let quarantine = match self.endpoint {
            Endpoint::Serial(_) => patience.max_response.saturating_sub(patience.within),
            _ => Duration::ZERO,
        };
        question.request(patience.within, Duration::ZERO, quarantine)
    }
}

/// What a reply carried, bits as 0 and 1.
pub fn cells(reply: Reply) -> Vec<u16> {
    match reply {
        Reply::Words(words) => words,
        Reply::Bits(bits) => bits.into_iter().map(u16::from).collect(),
        // Answers a write; nothing here writes.
        Reply::Written | Reply::Objects(_) => Vec::new(),
    }
}

/// Why it cannot be opened, and what to do about it.
pub fn advice(endpoint: &Endpoint, error: &OpenError) -> String {
    match endpoint {
        Endpoint::Serial(_) if error.reason.contains("in use") => {
            format!("{error}; a running gateway owns its lines: stop it first (systemctl stop tocsin)")
        }
        _ => error.to_string(),
    }
}

/// What an exception code means (Modbus Application Protocol 1.1b3, chapter 7).
pub fn exception(code: u8) -> &'static str {
    match code {
        1 => "illegal function",
        2 => "illegal data address",
        3 => "illegal data value",
        4 => "device failure",
        5 => "acknowledge",
        6 => "device busy",
        8 => "memory parity error",
        10 => "gateway path unavailable",
        11 => "no answer behind the gateway",
        _ => "unknown exception",
    }
}
