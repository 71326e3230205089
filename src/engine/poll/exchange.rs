//! What passes between a bus and the wire: one request, and how it ended.
//!
//! Takes: nothing.
//! Gives: [`Request`], [`Reply`], [`Failure`] and [`verify`].
//! Never: frames. Framing, unit, function and transaction id are the edge's to check; length is checked here again,
//! because a short reply that slipped through would shift every value after it (peers §2.8).

use std::time::Duration;

use crate::engine::profile::{Table, Write};

/// One request on the wire: a read, or a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Rises by one with each request of a bus; a reply must name it.
    pub id: u64,
    /// Index of the device in the site.
    pub device: u32,
    /// Modbus unit id.
    pub unit: u8,
    /// Which table.
    pub table: Table,
    /// First address.
    pub start: u16,
    /// How many addresses.
    pub count: u16,
    /// What is written there; nothing for a read.
    pub write: Option<Write>,
    /// It asks the device for its own words on what it is (function 43, type 14), and for no table.
    pub identification: bool,
    /// Deadline of the whole exchange.
    pub within: Duration,
    /// Silence to keep before it.
    pub pause: Duration,
    /// After a time-out on RTU, how long the line must rest before anything else is sent.
    pub quarantine: Duration,
}

impl Request {
    /// The function that carries it (Modbus Application Protocol 1.1b3, chapter 6).
    pub fn function(&self) -> u8 {
        match (&self.write, self.table) {
            _ if self.identification => 43,
            (Some(write), _) => write.function(),
            (None, Table::Coil) => 1,
            (None, Table::Discrete) => 2,
            (None, Table::Holding) => 3,
            (None, Table::Input) => 4,
        }
    }
}

/// What a verified reply carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Words of input or holding registers.
    Words(Vec<u16>),
    /// Coils or discrete inputs.
    Bits(Vec<bool>),
    /// A write was accepted: the answer repeated what was to be written.
    Written,
    /// What a device says that it is: ids of objects with their bytes.
    Objects(Vec<(u8, Vec<u8>)>),
}

/// How an exchange failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing came in time.
    Timeout,
    /// The device refused: it is alive.
    Exception(u8),
    /// Something came that is no answer to the request: wrong length, unit, function or frame.
    Malformed(String),
    /// The line or connection itself is gone. A write that ends so was surely not sent; one that may have been is
    /// [`Failure::Malformed`] or [`Failure::Timeout`].
    Link(String),
}

/// Checks that a reply is of the kind and length that was asked for.
pub fn verify(request: &Request, reply: Reply) -> Result<Reply, Failure> {
    let (bits, length) = match &reply {
        Reply::Objects(_) if request.identification => return Ok(reply),
        _ if request.identification => return Err(Failure::Malformed("asked who it is, got data".into())),
        Reply::Objects(_) => return Err(Failure::Malformed("asked for data, got who it is".into())),
        Reply::Written if request.write.is_some() => return Ok(reply),
        _ if request.write.is_some() => return Err(Failure::Malformed("asked for a write, got data".into())),
        Reply::Written => return Err(Failure::Malformed("asked for data, got the answer to a write".into())),
        Reply::Words(words) => (false, words.len()),
        Reply::Bits(bits) => (true, bits.len()),
    };
    if bits != request.table.is_bits() {
        return Err(Failure::Malformed(format!("asked for {} data, got the other kind", request.table.as_str())));
    }
    if length != usize::from(request.count) {
        return Err(Failure::Malformed(format!("asked for {} values, got {length}", request.count)));
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_of_another_length_or_kind_is_no_reply() {
        let request = Request {
            id: 1,
            device: 0,
            unit: 1,
            table: Table::Holding,
            start: 0,
            count: 2,
            write: None,
            identification: false,
            within: Duration::from_secs(1),
            pause: Duration::ZERO,
            quarantine: Duration::ZERO,
        };
        let check = |reply: Reply, fine: bool| assert_eq!(verify(&request, reply).is_ok(), fine);
        check(Reply::Words(vec![1, 2]), true);
        check(Reply::Words(vec![1]), false);
        check(Reply::Words(vec![1, 2, 3]), false);
        check(Reply::Bits(vec![true, false]), false);
    }
}
