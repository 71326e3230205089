//! What a simulated device does when it is written to, beyond keeping what was written.
//!
//! Takes: the cells that a write has changed.
//! Gives: which [`Reaction`]s it sets off.
//! Never: a reaction to a write that the device refuses.

use std::time::Duration;

use crate::engine::profile::{Table, Write, WriteSpec};
use crate::sim::encode::Pattern;

/// One consequence of a write.
#[derive(Clone, Debug, PartialEq)]
pub struct Reaction {
    /// Index of the device in the site.
    pub device: u32,
    /// What must be written for it.
    pub trigger: Trigger,
    /// What happens then.
    pub then: Then,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// These points say these raw patterns, so long after the write.
    Set(Vec<(u32, Pattern)>, Duration),
    /// The write is accepted, and nothing at all happens: not even the register changes.
    Nothing,
    /// The write is refused with this exception.
    Refuse(u8),
}

/// What must be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Coil or holding.
    pub table: Table,
    /// First address.
    pub address: u16,
    /// What each cell from there on must become: the bits that count, and their state.
    pub cells: Vec<(u16, u16)>,
}

impl Trigger {
    /// The trigger of a command of a profile; nothing for one that writes nothing. A clock is set with any time.
    pub fn of(write: &WriteSpec) -> Option<Trigger> {
        let whole = |words: &[u16]| words.iter().map(|word| (u16::MAX, *word)).collect::<Vec<_>>();
        let (table, address, cells) = match write {
            WriteSpec::Modify { address, mask, bits } => (Table::Holding, *address, vec![(*mask, *bits)]),
            WriteSpec::Clock { address, fields } => (Table::Holding, *address, vec![(0, 0); fields.len()]),
            WriteSpec::Plain { table, address, write } => {
                let cells = match write {
                    Write::Coil(on) => whole(&[u16::from(*on)]),
                    Write::Coils(bits) => whole(&bits.iter().map(|on| u16::from(*on)).collect::<Vec<_>>()),
                    Write::Register(word) => whole(&[*word]),
                    Write::Registers(words) => whole(words),
                    Write::Mask { and, or } => vec![(!and, *or)],
                };
                (*table, *address, cells)
            }
        };
        (!cells.is_empty()).then_some(Trigger { table, address, cells })
    }

    /// Whether a write that covers `count` cells from `start`, which then are `cells`, is this one: it covers all of
    /// the trigger's cells and leaves them as the trigger has them.
    pub fn fires(&self, table: Table, start: u16, cells: &[u16]) -> bool {
        let offset = usize::from(self.address.wrapping_sub(start));
        let within = self.address >= start && table == self.table;
        let Some(own) = cells.get(offset..offset + self.cells.len()).filter(|_| within) else { return false };
        own.iter().zip(&self.cells).all(|(cell, (mask, bits))| cell & mask == bits & mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_fires_on_its_own_write_only() {
        let start = WriteSpec::Plain { table: Table::Coil, address: 7, write: Write::Coil(true) };
        let trigger = Trigger::of(&start).expect("it writes");
        assert!(trigger.fires(Table::Coil, 7, &[1]));
        assert!(trigger.fires(Table::Coil, 5, &[0, 0, 1, 0]));
        assert!(!trigger.fires(Table::Coil, 7, &[0]));
        assert!(!trigger.fires(Table::Coil, 8, &[1]));
        assert!(!trigger.fires(Table::Coil, 0, &[1; 7]));
        assert!(!trigger.fires(Table::Holding, 7, &[1]));
        let bits = Trigger::of(&WriteSpec::Modify { address: 3, mask: 0x00F0, bits: 0x0020 }).expect("it writes");
        assert!(bits.fires(Table::Holding, 3, &[0xAB2C]));
        assert!(!bits.fires(Table::Holding, 3, &[0xAB3C]));
        let clock = WriteSpec::Clock { address: 10, fields: vec!["year".into(), "month".into()] };
        let clock = Trigger::of(&clock).expect("it writes");
        assert!(clock.fires(Table::Holding, 10, &[2026, 9]));
        assert!(!clock.fires(Table::Holding, 10, &[2026]), "a part of it is another write");
    }
}
