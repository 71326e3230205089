//! How a kind of device behaves on the line, and what must not be asked of it.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Link`], which the scheduler plans by and the wire waits by.
//! Never: an address of a site.

use std::time::Duration;

use super::Table;

/// How a device behaves on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Own deadline of every request.
    pub reply_within: Duration,
    /// The longest a late reply can take. On RTU the bus is quarantined this long after a time-out; what comes later
    /// cannot be told apart (design §5).
    pub max_response: Duration,
    /// Pause before each request to this device.
    pub pause: Duration,
    /// Most registers one request may ask for, at most 125.
    pub max_registers: u16,
    /// Most bits one request may ask for, at most 2000.
    pub max_bits: u16,
    /// Whether registers between two points may be read along when that costs less than another request.
    pub bridge: bool,
    /// Addresses that no request may touch, not even to bridge a gap.
    pub forbidden: Vec<Region>,
    /// Regions in which one request may ask for fewer addresses than elsewhere; a request never crosses their border.
    pub limits: Vec<(Region, u16)>,
    /// What tells this kind of device from others; looked at before a device that returns is believed.
    pub identity: Option<Identity>,
    /// What it does against the specification.
    pub workarounds: Workarounds,
}

impl Default for Link {
    /// How a device behaves on the line when its profile says nothing.
    fn default() -> Link {
        Link {
            reply_within: Duration::from_millis(500),
            max_response: Duration::from_secs(1),
            pause: Duration::ZERO,
            max_registers: 125,
            max_bits: 2000,
            bridge: true,
            forbidden: Vec::new(),
            limits: Vec::new(),
            identity: None,
            workarounds: Workarounds::default(),
        }
    }
}

/// A range of addresses of one table, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Which table.
    pub table: Table,
    /// First address.
    pub first: u16,
    /// Last address.
    pub last: u16,
}

/// Registers that say what kind of device answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Holding or input registers.
    pub table: Table,
    /// First address.
    pub address: u16,
    /// What they may say, each as many words as are read: any of these is the device.
    pub accept: Vec<Vec<u16>>,
}

/// Named departures from the specification that the wire must put up with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workarounds {
    /// The gateway never repeats the transaction id (peers P2): answers are told apart by one request in flight, their
    /// exact length, and a new connection after each time-out.
    pub ignores_transaction_id: bool,
    /// The gateway closes the connection after each answer: that is no failure, and each request gets a new one.
    pub closes_after_answer: bool,
    /// The gateway serves one connection at a time: after one is closed, this long must pass before the next.
    pub reconnect_after: Duration,
    /// The adapter hands back what is sent (two-wire echo): it is skipped, and its absence is no error.
    pub echoes: bool,
}

impl Workarounds {
    /// Both together: what an endpoint needs that has devices of either kind behind it.
    pub fn with(self, other: Workarounds) -> Workarounds {
        Workarounds {
            ignores_transaction_id: self.ignores_transaction_id || other.ignores_transaction_id,
            closes_after_answer: self.closes_after_answer || other.closes_after_answer,
            reconnect_after: self.reconnect_after.max(other.reconnect_after),
            echoes: self.echoes || other.echoes,
        }
    }

    /// Those that are named in a profile's `workarounds`, as they are spelt there.
    pub fn names(&self) -> Vec<&'static str> {
        let named = [self.ignores_transaction_id, self.closes_after_answer, self.echoes];
        Workarounds::NAMES.into_iter().zip(named).filter(|(_, is)| *is).map(|(name, _)| name).collect()
    }

    /// Every name: the order is that of [`Workarounds::names`].
    pub const NAMES: [&str; 3] = ["ignores-transaction-id", "closes-after-answer", "echoes"];
}
