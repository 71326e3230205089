//! One exchange in simulated time: a request in, how it ended and how long that took.
//!
//! Takes: a request of `poll::Bus` and the moment it is sent.
//! Gives: [`Exchange`], as a fenced edge would report it; the times that characters and silence take on a line.
//! Never: a socket or a clock.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::base::Mono;
use crate::engine::poll::{Failure, Reply, Request, verify};
use crate::engine::site::{Endpoint, Line, Parity};
use crate::sim::fault::Answer;
use crate::sim::world::World;

/// How one exchange went, and how long the asker waited for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// From sending the request to knowing how it ended.
    pub takes: Duration,
    /// How it ended.
    pub result: Result<Reply, Failure>,
}

impl World {
    /// One exchange in simulated time: `now` is the moment the request is sent, counted from the story's beginning.
    /// What the wire would do to a distorted answer is told as a fenced edge would tell it.
    pub fn answer(&mut self, request: &Request, now: Mono) -> Exchange {
        self.advance(Duration::from_micros(now.0));
        let lost = |takes| Exchange { takes, result: Err(Failure::Timeout) };
        let site = Arc::clone(self.site());
        let Some(device) = site.devices.get(request.device as usize) else { return lost(request.within) };
        let line = match site.buses.get(device.bus as usize).map(|bus| &bus.endpoint) {
            Some(Endpoint::Serial(line)) => Some(line),
            _ => None,
        };
        if self.is_cut(device.bus) && line.is_none() {
            return Exchange { takes: Duration::ZERO, result: Err(Failure::Link("connection refused".to_owned())) };
        }
        let Some(answer) = self.respond(device.bus, request.unit, &asked(request)) else { return lost(request.within) };
        let wire = line
            .map_or(Duration::ZERO, |line| line_time(line, 8) + silence(line) + line_time(line, answer.pdu.len() + 3));
        let takes = request.pause + wire + answer.after;
        if takes > request.within || answer.cut || (answer.foreign && line.is_none()) {
            return lost(request.within);
        }
        Exchange { takes, result: understood(request, &answer) }
    }
}

/// A read request as it goes over the wire.
fn asked(request: &Request) -> Vec<u8> {
    let mut pdu = vec![request.table.function()];
    pdu.extend(request.start.to_be_bytes());
    pdu.extend(request.count.to_be_bytes());
    pdu
}

/// An answer as a fenced edge understands it.
fn understood(request: &Request, answer: &Answer) -> Result<Reply, Failure> {
    let function = request.table.function();
    let malformed = |what: String| Err(Failure::Malformed(what));
    if answer.unit != request.unit || answer.foreign {
        return malformed(format!("unit {} answered for unit {}", answer.unit, request.unit));
    }
    match *answer.pdu {
        [first, code] if first == function | 0x80 => Err(Failure::Exception(code)),
        [first, length, ref data @ ..] if first == function && usize::from(length) == data.len() => {
            let reply = if request.table.is_bits() {
                if data.len() != usize::from(request.count.div_ceil(8)) {
                    return malformed(format!("{} bytes for {} bits", data.len(), request.count));
                }
                Reply::Bits((0..usize::from(request.count)).map(|bit| data[bit / 8] >> (bit % 8) & 1 == 1).collect())
            } else {
                Reply::Words(data.chunks_exact(2).map(|word| u16::from_be_bytes([word[0], word[1]])).collect())
            };
            verify(request, reply)
        }
        _ => malformed(format!("no answer to function {function}")),
    }
}

/// How long `characters` take on a line.
pub fn line_time(line: &Line, characters: usize) -> Duration {
    let parity = u64::from(line.parity != Parity::None);
    let bits = 9 + parity + u64::from(line.stop_bits);
    let characters = u64::try_from(characters).unwrap_or(u64::MAX);
    Duration::from_nanos(characters.saturating_mul(bits * 1_000_000_000 / u64::from(line.baud.max(1))))
}

/// The silence of 3.5 characters between frames; above 19200 baud a fixed 1.75 ms (Modbus over serial line 1.02, 2.5.1.1).
pub fn silence(line: &Line) -> Duration {
    if line.baud > 19_200 { Duration::from_micros(1750) } else { line_time(line, 7) / 2 }
}
