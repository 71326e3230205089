//! What a kind of device can be told to do.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`CommandSpec`]: what is written, how long that may wait, and what proves that it was done.
//! Never: a command without a time to live. Whether it may be sent is the gate's to say, not the profile's.

use std::time::Duration;

use super::{Expression, Table};
use crate::engine::base::Text;

/// One command of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandSpec {
    /// The verb: `start`, `stop`, `silence`, `reset`, `isolate`, `release`, `set-clock`, or one of the profile's own.
    pub verb: String,
    /// The point (by index in the same list of points) it belongs to; without one it belongs to the device's own point
    /// named like the verb, in an array to the element.
    pub on: Option<u32>,
    /// What people read.
    pub name: Text,
    /// What is written.
    pub write: WriteSpec,
    /// What it takes to send it.
    pub danger: Danger,
    /// A command that could not be sent within this time fails; it is never sent later (peers P16). 1 s to 60 s.
    pub ttl: Duration,
    /// What proves it; without one it ends as accepted, and says so.
    pub feedback: Option<Feedback>,
    /// A pulse that ends by itself.
    pub pulse: Option<Pulse>,
}

/// What it takes to send a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Danger {
    /// One act.
    #[default]
    Plain,
    /// Arm, then fire, within ten seconds and by the same person.
    Armed,
    /// Releases extinguishing agent: only by the rules of design §4, never by a person's command alone.
    Discharge,
}

/// What proves that a command was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    /// What must hold, over points read after the write; slots index the same list of points as [`CommandSpec::on`].
    pub when: Expression,
    /// By when, counted from the accepted write.
    pub within: Duration,
}

/// The second half of a pulse: what is written when the time is over, whatever happened meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulse {
    /// How long after the first write was accepted.
    pub after: Duration,
    /// What ends it.
    pub end: WriteSpec,
}

/// What is written, as the profile says it. In an array the address counts from the element's first.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteSpec {
    /// These words or this coil, as they are.
    Plain {
        /// Coil or holding.
        table: Table,
        /// First address.
        address: u16,
        /// What.
        write: Write,
    },
    /// Some bits of a holding register; the others stay as the device has them: it is read first, changed and written
    /// back within one turn of the bus.
    Modify {
        /// Address of the holding register.
        address: u16,
        /// Bits that change.
        mask: u16,
        /// What they become.
        bits: u16,
    },
    /// The wall time at the moment of sending, in the site's time zone, one field after the other from `address` on.
    Clock {
        /// First holding register.
        address: u16,
        /// Fields in the order of the registers: `year`, `month`, `day`, `hour`, `minute`, `second`, `weekday`.
        fields: Vec<String>,
    },
}

impl WriteSpec {
    /// First address and how many it covers.
    pub fn covers(&self) -> (u16, u16) {
        match self {
            WriteSpec::Plain { address, write, .. } => (*address, write.count()),
            WriteSpec::Modify { address, .. } => (*address, 1),
            WriteSpec::Clock { address, fields } => (*address, u16::try_from(fields.len()).unwrap_or(u16::MAX)),
        }
    }

    /// The same write, `base` further on: how an element's command becomes a site's.
    #[must_use]
    pub fn moved(&self, base: u16) -> WriteSpec {
        let mut moved = self.clone();
        let (WriteSpec::Plain { address, .. } | WriteSpec::Modify { address, .. } | WriteSpec::Clock { address, .. }) =
            &mut moved;
        *address = address.saturating_add(base);
        moved
    }
}

/// What one write request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Function 5.
    Coil(bool),
    /// Function 15.
    Coils(Vec<bool>),
    /// Function 6.
    Register(u16),
    /// Function 16.
    Registers(Vec<u16>),
    /// Function 22: register = (register AND `and`) OR (`or` AND NOT `and`).
    Mask {
        /// Bits that stay.
        and: u16,
        /// What the others become.
        or: u16,
    },
}

impl Write {
    /// The function code.
    pub fn function(&self) -> u8 {
        match self {
            Write::Coil(_) => 5,
            Write::Coils(_) => 15,
            Write::Register(_) => 6,
            Write::Registers(_) => 16,
            Write::Mask { .. } => 22,
        }
    }

    /// Addresses it covers.
    pub fn count(&self) -> u16 {
        let length = |many: usize| u16::try_from(many).unwrap_or(u16::MAX);
        match self {
            Write::Coil(_) | Write::Register(_) | Write::Mask { .. } => 1,
            Write::Coils(bits) => length(bits.len()),
            Write::Registers(words) => length(words.len()),
        }
    }
}
