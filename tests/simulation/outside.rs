//! What stands around the gateway: a disk that may be slow or full, and a consumer whose broker may be away.

use std::collections::VecDeque;

use tocsin::engine::alarm::{Fact, FactId};
use tocsin::engine::base::Mono;

/// A disk: facts become durable in order, some time after they were handed over.
#[derive(Default)]
pub struct Disk {
    pub durable: Vec<Fact>,
    queue: VecDeque<Fact>,
    done_at: Option<Mono>,
    pub slow: bool,
    pub failing: bool,
    told: bool,
}

/// What a disk has to say.
pub enum Said {
    Committed(u64),
    Failed,
}

impl Disk {
    pub fn submit(&mut self, facts: Vec<Fact>, now: Mono) {
        self.queue.extend(facts);
        self.start(now);
    }

    fn start(&mut self, now: Mono) {
        if self.done_at.is_none() && !self.queue.is_empty() {
            let lapse = if self.slow { 900_000 } else { 800 };
            self.done_at = Some(Mono(now.0 + lapse));
        }
    }

    pub fn due(&self) -> Option<Mono> {
        self.done_at
    }

    pub fn finish(&mut self, now: Mono) -> Option<Said> {
        if self.done_at.is_none_or(|at| at > now) {
            return None;
        }
        self.done_at = None;
        if self.failing {
            self.done_at = Some(Mono(now.0 + 500_000));
            return (!std::mem::replace(&mut self.told, true)).then_some(Said::Failed);
        }
        self.told = false;
        self.durable.extend(self.queue.drain(..));
        self.durable.last().map(|fact| Said::Committed(fact.id.seq))
    }

    /// The process dies: what was not durable is gone.
    pub fn kill(&mut self) {
        self.queue.clear();
        self.done_at = None;
        self.told = false;
    }
}

/// A consumer of the journal with a cursor of its own, as the MQTT edge is one: at least once, in order.
#[derive(Default)]
pub struct Consumer {
    cursor: u64,
    in_flight: Vec<FactId>,
    pub received: Vec<FactId>,
    pub away: bool,
    pub resent: u64,
}

impl Consumer {
    /// Sends what is durable and not yet acknowledged; some acknowledgements are lost when the broker goes.
    pub fn advance(&mut self, durable: &[Fact]) {
        if self.away {
            // Whatever was on its way is sent again when the broker is back.
            self.resent += self.in_flight.len() as u64;
            self.in_flight.clear();
            return;
        }
        if let Some(last) = self.in_flight.last() {
            self.cursor = last.seq;
            self.in_flight.clear();
        }
        let next = durable.iter().skip(self.cursor as usize).take(20);
        self.in_flight = next.map(|fact| fact.id).collect();
        self.received.extend(&self.in_flight);
    }

    pub fn is_done(&self, durable: &[Fact]) -> bool {
        self.in_flight.last().map_or(self.cursor, |last| last.seq) as usize == durable.len()
    }
}
