//! The bit tables of the standard (8.2): what a status or an operation says.
//!
//! Takes: the word or byte of the wire.
//! Gives: [`SystemStatus`], [`ComponentStatus`], [`UnitStatus`], [`Operation`], and the names of their bits.
//! Never: a judgement. Bit 0 of a status is the other way round than all others: set means normal, clear means *in
//! test*, so that a word of zeros is a device in test and not a healthy one.

/// Bits of the status of a system.
pub mod system {
    /// Set: normal run; clear: test.
    pub const NORMAL: u16 = 1;
    /// Fire alarm.
    pub const FIRE: u16 = 1 << 1;
    /// Fault.
    pub const FAULT: u16 = 1 << 2;
    /// Shielded (isolated).
    pub const DISABLED: u16 = 1 << 3;
    /// Supervisory.
    pub const SUPERVISORY: u16 = 1 << 4;
    /// Started.
    pub const STARTED: u16 = 1 << 5;
    /// Feedback.
    pub const FEEDBACK: u16 = 1 << 6;
    /// A delay runs.
    pub const DELAY: u16 = 1 << 7;
    /// Mains supply faulty.
    pub const MAINS: u16 = 1 << 8;
    /// Backup supply faulty.
    pub const BACKUP: u16 = 1 << 9;
    /// Bus faulty.
    pub const BUS: u16 = 1 << 10;
    /// Set: manual; clear: automatic.
    pub const MANUAL: u16 = 1 << 11;
    /// The configuration was changed.
    pub const CHANGED: u16 = 1 << 12;
    /// Reset.
    pub const RESET: u16 = 1 << 13;
}

/// Bits of the status of a component; bits 0 to 7 are those of a system.
pub mod component {
    /// Supply faulty.
    pub const POWER: u16 = 1 << 8;
}

/// Bits of the status of the transmission device itself.
pub mod unit {
    /// Set: normal; clear: test.
    pub const NORMAL: u8 = 1;
    /// Fire alarm, made at the device.
    pub const FIRE: u8 = 1 << 1;
    /// Fault.
    pub const FAULT: u8 = 1 << 2;
    /// Mains supply faulty.
    pub const MAINS: u8 = 1 << 3;
    /// Backup supply faulty.
    pub const BACKUP: u8 = 1 << 4;
    /// The channel to the centre is faulty.
    pub const CHANNEL: u8 = 1 << 5;
    /// The line to what it watches is faulty.
    pub const LINE: u8 = 1 << 6;
}

/// Bits of an operation.
pub mod operation {
    /// Reset.
    pub const RESET: u8 = 1;
    /// Sound silenced.
    pub const SILENCE: u8 = 1 << 1;
    /// An alarm was raised by hand.
    pub const MANUAL_ALARM: u8 = 1 << 2;
    /// An alarm was called off.
    pub const CANCELLED: u8 = 1 << 3;
    /// Self-test.
    pub const SELF_TEST: u8 = 1 << 4;
    /// At a system: acknowledged. At the transmission device: a duty check was answered.
    pub const CONFIRM: u8 = 1 << 5;
    /// Test.
    pub const TEST: u8 = 1 << 6;
}

macro_rules! flags {
    ($(#[$doc:meta])* $name:ident, $word:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub $word);

        impl $name {
            /// Whether every bit of `mask` is set.
            pub fn has(self, mask: $word) -> bool {
                self.0 & mask == mask
            }

            /// The status with the bits of `mask` set or cleared.
            #[must_use]
            pub fn with(self, mask: $word, set: bool) -> $name {
                $name(if set { self.0 | mask } else { self.0 & !mask })
            }
        }
    };
}

flags!(
    /// Status of a system.
    SystemStatus,
    u16
);
flags!(
    /// Status of a component.
    ComponentStatus,
    u16
);
flags!(
    /// Status of the transmission device itself.
    UnitStatus,
    u8
);
flags!(
    /// What a person did at a system or at the transmission device.
    Operation,
    u8
);
