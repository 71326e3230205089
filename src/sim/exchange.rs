//! One exchange in simulated time: a request in, how it ended and how long that took.
//!
//! Takes: a request of `poll::Bus` and the moment it is sent.
//! Gives: [`Exchange`], as a fenced edge would report it; the times that characters and silence take on a line.
//! Never: a socket or a clock.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::base::Mono;
use crate::engine::poll::{Failure, Reply, Request, verify};
use crate::engine::profile::Write;
use crate::engine::site::{Endpoint, Line, Parity};
use crate::sim::fault::{Answer, Flaw};
use crate::sim::trouble::Trouble;
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
        let gone = |takes, why: &str| Exchange { takes, result: Err(Failure::Link(why.to_owned())) };
        let site = Arc::clone(self.site());
        let Some(device) = site.devices.get(request.device as usize) else { return lost(request.within) };
        let endpoint = site.buses.get(device.bus as usize).map(|bus| &bus.endpoint);
        let (line, mbap) = match endpoint {
            Some(Endpoint::Serial(line)) => (Some(line), false),
            endpoint => (None, !matches!(endpoint, Some(Endpoint::RtuTcp(_)))),
        };
        let trouble = self.trouble_of(device.bus);
        if self.is_cut(device.bus) && line.is_none() {
            return gone(Duration::ZERO, "connection refused");
        }
        match trouble {
            Trouble::Closes => return gone(Duration::ZERO, "closed by the other side"),
            Trouble::Unplugged => return gone(Duration::ZERO, "no such device file"),
            _ => {}
        }
        let (asked, ignores) = (asked(request), device.profile.link.workarounds.ignores_transaction_id);
        let Some(answer) = self.respond(device.bus, request.unit, &asked) else { return lost(request.within) };
        let echo = if trouble == Trouble::Echo { asked.len() + 3 } else { 0 };
        let wire = line.map_or(Duration::ZERO, |line| {
            line_time(line, asked.len() + 3) + silence(line) + line_time(line, answer.pdu.len() + 3 + echo)
        });
        let takes = request.pause + wire + answer.after;
        if trouble == Trouble::ClosesMidFrame {
            // A write has left by then, and may have been done.
            return match request.write {
                Some(_) => Exchange { takes, result: Err(Failure::Malformed("sent, and no answer".to_owned())) },
                None => gone(takes, "closed by the other side"),
            };
        }
        let unheard = match answer.flaw {
            Flaw::Cut => true,
            Flaw::Foreign => mbap && !ignores,
            Flaw::Corrupt => !mbap,
            Flaw::None | Flaw::Twice => false,
        };
        if let Trouble::ForeignMaster(every) = trouble
            && now.0 / micros(every) != now.after(takes).0 / micros(every)
        {
            // Somebody else spoke meanwhile.
            return Exchange { takes, result: Err(Failure::Malformed("unit 247 answered".to_owned())) };
        }
        let garbled = trouble == Trouble::NoiseWithin || (trouble == Trouble::ZeroTransaction && mbap && !ignores);
        if takes > request.within || unheard || garbled {
            return lost(request.within);
        }
        Exchange { takes, result: understood(request, &asked, &answer, mbap) }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

/// A request as it goes over the wire.
fn asked(request: &Request) -> Vec<u8> {
    let start = request.start.to_be_bytes();
    let Some(write) = &request.write else {
        return [&[request.table.function()][..], &start, &request.count.to_be_bytes()].concat();
    };
    let data: Vec<u8> = match write {
        Write::Coil(on) => if *on { [0xFF, 0x00] } else { [0x00, 0x00] }.to_vec(),
        Write::Register(word) => word.to_be_bytes().to_vec(),
        Write::Mask { and, or } => [and.to_be_bytes(), or.to_be_bytes()].concat(),
        Write::Coils(bits) => {
            let bytes =
                bits.chunks(8).map(|eight| (0..).zip(eight).fold(0, |byte, (at, on)| byte | u8::from(*on) << at));
            many(write.count(), bytes.collect())
        }
        Write::Registers(words) => many(write.count(), words.iter().flat_map(|word| word.to_be_bytes()).collect()),
    };
    [&[write.function()][..], &start, &data].concat()
}

/// Count, number of bytes, bytes.
fn many(count: u16, data: Vec<u8>) -> Vec<u8> {
    let [high, low] = count.to_be_bytes();
    [vec![high, low, u8::try_from(data.len()).unwrap_or(u8::MAX)], data].concat()
}

/// An answer as a fenced edge understands it.
fn understood(request: &Request, asked: &[u8], answer: &Answer, mbap: bool) -> Result<Reply, Failure> {
    let function = asked[0];
    let malformed = |what: String| Err(Failure::Malformed(what));
    if answer.unit != request.unit || (answer.flaw == Flaw::Foreign && !mbap) {
        return malformed(format!("unit {} answered for unit {}", answer.unit, request.unit));
    }
    if answer.flaw == Flaw::Corrupt {
        return malformed("an answer that contradicts itself".to_owned());
    }
    match *answer.pdu {
        [first, code] if first == function | 0x80 => Err(Failure::Exception(code)),
        // A write of one is repeated whole, a write of many by its address and count.
        [first, ..] if first == function && request.write.is_some() => {
            let repeated = if matches!(function, 15 | 16) { asked.get(..5) } else { Some(asked) };
            if repeated == Some(&answer.pdu[..]) {
                return verify(request, Reply::Written);
            }
            malformed("the answer does not repeat the write".to_owned())
        }
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
