//! Many requests against one endpoint, reopened whenever its wire closed, every good reply checked.

use std::time::Duration;

use tocsin::edge::modbus::{Habits, Wire};
use tocsin::engine::poll::{Failure, Reply, Request};
use tocsin::engine::profile::Table;
use tocsin::engine::site::Endpoint;

use super::device::{Seen, bit, word};

/// How the exchanges of a session ended.
#[derive(Debug, Default)]
pub struct Tally {
    pub good: u32,
    pub timeouts: u32,
    pub malformed: u32,
    pub exceptions: u32,
    pub link: u32,
    /// How often the endpoint was opened.
    pub opened: u32,
    /// How each exchange ended, in order.
    pub outcomes: Vec<Result<(), Failure>>,
}

/// A session's settings.
pub struct Session {
    pub endpoint: Endpoint,
    pub habits: Habits,
    pub seen: Seen,
    pub within: Duration,
    pub quarantine: Duration,
}

/// Request number `id` of a session: another table, range and length each time, so that no two neighbours look alike,
/// except that every fourth repeats its predecessor exactly.
pub fn request(id: u64, within: Duration, quarantine: Duration) -> Request {
    let shape = if id % 4 == 3 { id - 1 } else { id };
    let tables = [Table::Holding, Table::Holding, Table::Input, Table::Coil, Table::Discrete];
    let table = tables[(shape / 4 % 5) as usize];
    let count = if table.is_bits() { 1 + (shape * 7 % 60) as u16 } else { 2 + (shape / 8 % 12) as u16 };
    let start = (shape * 13 % 60_000) as u16;
    Request {
        id,
        device: 0,
        unit: 1,
        table,
        start,
        count,
        write: None,
        identification: false,
        within,
        pause: Duration::ZERO,
        quarantine,
    }
}

/// Asserts that `reply` is an answer to `request` made for one of the requests the device saw after `before`.
pub fn assert_exact(request: &Request, reply: &Reply, before: u32, after: u32) {
    let made_for = |seen: u32| match reply {
        Reply::Written | Reply::Objects(_) => false,
        Reply::Words(words) => {
            words.len() == usize::from(request.count)
                && words.iter().zip(request.start..).all(|(value, address)| *value == word(address, seen))
        }
        Reply::Bits(bits) => {
            bits.len() == usize::from(request.count)
                && bits.iter().zip(request.start..).all(|(value, address)| *value == bit(address, seen))
        }
    };
    assert!((before + 1..=after).any(made_for), "{request:?} got {reply:?}, device saw requests {before} to {after}");
}

impl Session {
    /// Sends `requests` requests, one after the other.
    pub async fn run(&self, requests: u64) -> Tally {
        let mut tally = Tally::default();
        let mut wire: Option<Wire> = None;
        for id in 0..requests {
            let mut open = match wire.take().filter(Wire::is_open) {
                Some(open) => open,
                None => {
                    tally.opened += 1;
                    Wire::open_with(&self.endpoint, self.habits, Duration::from_secs(5))
                        .await
                        .expect("the endpoint can be opened")
                }
            };
            let request = request(id, self.within, self.quarantine);
            let before = self.seen.count();
            let outcome = open.exchange(&request).await;
            match &outcome {
                Ok(reply) => {
                    assert_exact(&request, reply, before, self.seen.count());
                    tally.good += 1;
                }
                Err(Failure::Timeout) => tally.timeouts += 1,
                Err(Failure::Malformed(_)) => tally.malformed += 1,
                Err(Failure::Exception(_)) => tally.exceptions += 1,
                Err(Failure::Link(_)) => tally.link += 1,
            }
            tally.outcomes.push(outcome.map(|_| ()));
            wire = Some(open);
        }
        tally
    }
}
