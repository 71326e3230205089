//! The objects that data consist of.
//!
//! Takes: bytes, field by field.
//! Gives: one struct for each kind of object, read and written by [`Object`].
//! Never: judges what an object says.

use super::bits::{ComponentStatus, Operation, SystemStatus, UnitStatus};
use super::bytes::{self, DESCRIPTION, Taking};
use crate::edge::gbt26875::stamp::Stamp;

/// An object of fixed length.
pub(super) trait Object: Sized {
    /// Its bytes, the time tag included.
    const SIZE: usize;
    /// Takes it from bytes.
    fn take(from: &mut Taking<'_>) -> Self;
    /// Puts it down.
    fn put(&self, into: &mut Vec<u8>);
}

/// A system of the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct System {
    /// Its kind (table 4).
    pub kind: u8,
    /// Which of that kind.
    pub address: u8,
}

/// Where a component is. The standard leaves the four bytes open; in practice they are zone and point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentAt {
    /// Its system.
    pub system: System,
    /// Zone or loop.
    pub zone: u16,
    /// Number in the zone.
    pub point: u16,
}

/// A component and its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component {
    /// Where it is.
    pub at: ComponentAt,
    /// Its kind (table 5).
    pub kind: u8,
}

/// Type 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemState {
    /// Whose.
    pub system: System,
    /// What it says.
    pub status: SystemStatus,
    /// Since when, by the sender's clock.
    pub at: Stamp,
}

/// Type 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentState {
    /// Whose.
    pub component: Component,
    /// What it says.
    pub status: ComponentStatus,
    /// Its description; 31 bytes of GB 18030.
    pub description: String,
    /// Since when, by the sender's clock.
    pub at: Stamp,
}

/// Type 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analogue {
    /// Whose.
    pub component: Component,
    /// What is measured (table 6).
    pub quantity: u8,
    /// In units of the last place of the quantity.
    pub value: i16,
    /// When, by the sender's clock.
    pub at: Stamp,
}

/// Type 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemOperation {
    /// Where it was done.
    pub system: System,
    /// What.
    pub operation: Operation,
    /// By whom: the operator's number.
    pub operator: u8,
    /// When.
    pub at: Stamp,
}

/// Type 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemSoftware {
    /// Whose.
    pub system: System,
    /// Its version.
    pub software: Software,
}

/// Type 6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemText {
    /// Whose.
    pub system: System,
    /// What its configuration is in words; up to 255 bytes of GB 18030.
    pub text: String,
}

/// Type 7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentText {
    /// Whose.
    pub component: Component,
    /// Its description; 31 bytes of GB 18030.
    pub description: String,
}

/// Type 8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemTime {
    /// Whose clock.
    pub system: System,
    /// What it shows.
    pub time: Stamp,
}

/// Type 21.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitState {
    /// What the transmission device says of itself.
    pub status: UnitStatus,
    /// Since when.
    pub at: Stamp,
}

/// Type 24.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitOperation {
    /// What was done at the transmission device.
    pub operation: Operation,
    /// By whom: the operator's number.
    pub operator: u8,
    /// When.
    pub at: Stamp,
}

/// A version; alone it is type 25.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Software {
    /// Before the point.
    pub main: u8,
    /// Behind it.
    pub sub: u8,
}

/// Type 64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// Of which system.
    pub system: System,
    /// How many are wanted at most.
    pub wanted: u8,
    /// From when on.
    pub from: Stamp,
}

/// Type 84.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRecords {
    /// How many are wanted at most.
    pub wanted: u8,
    /// From when on.
    pub from: Stamp,
}

/// Defines [`Object`] for a struct whose fields stand one after the other.
macro_rules! object {
    ($name:ident, $size:expr, { $($field:ident),+ $(,)? }) => {
        impl Object for $name {
            const SIZE: usize = $size;

            fn take(from: &mut Taking<'_>) -> $name {
                // Struct fields are evaluated in the order they are written here, which is that of the wire.
                $name { $($field: Field::take_field(from)),+ }
            }

            fn put(&self, into: &mut Vec<u8>) {
                $(self.$field.put_field(into);)+
            }
        }
    };
}

/// A field as it stands in objects.
trait Field {
    fn take_field(from: &mut Taking<'_>) -> Self;
    fn put_field(&self, into: &mut Vec<u8>);
}

macro_rules! field {
    ($type:ty, |$from:ident| $take:expr, |$value:ident| $put:expr) => {
        impl Field for $type {
            fn take_field($from: &mut Taking<'_>) -> $type {
                $take
            }

            fn put_field(&self, into: &mut Vec<u8>) {
                let $value = self;
                into.extend($put);
            }
        }
    };
}

field!(u8, |from| from.byte(), |value| [*value]);
field!(u16, |from| from.word(), |value| value.to_le_bytes());
field!(i16, |from| i16::from_le_bytes(from.word().to_le_bytes()), |value| value.to_le_bytes());
field!(Stamp, |from| from.stamp(), |value| value.bytes());
field!(SystemStatus, |from| SystemStatus(from.word()), |value| value.0.to_le_bytes());
field!(ComponentStatus, |from| ComponentStatus(from.word()), |value| value.0.to_le_bytes());
field!(UnitStatus, |from| UnitStatus(from.byte()), |value| [value.0]);
field!(Operation, |from| Operation(from.byte()), |value| [value.0]);
field!(System, |from| System { kind: from.byte(), address: from.byte() }, |value| [value.kind, value.address]);
field!(Software, |from| Software { main: from.byte(), sub: from.byte() }, |value| [value.main, value.sub]);

impl Field for Component {
    /// The kind stands between the system and the place.
    fn take_field(from: &mut Taking<'_>) -> Component {
        let (system, kind) = (System::take_field(from), from.byte());
        Component { at: ComponentAt { system, zone: from.word(), point: from.word() }, kind }
    }

    fn put_field(&self, into: &mut Vec<u8>) {
        self.at.system.put_field(into);
        into.push(self.kind);
        self.at.zone.put_field(into);
        self.at.point.put_field(into);
    }
}

impl Field for String {
    /// The description of a component.
    fn take_field(from: &mut Taking<'_>) -> String {
        from.text(DESCRIPTION)
    }

    fn put_field(&self, into: &mut Vec<u8>) {
        bytes::put_text(self, DESCRIPTION, into);
    }
}

object!(SystemState, 10, { system, status, at });
object!(ComponentState, 46, { component, status, description, at });
object!(Analogue, 16, { component, quantity, value, at });
object!(SystemOperation, 10, { system, operation, operator, at });
object!(SystemSoftware, 4, { system, software });
object!(ComponentText, 38, { component, description });
object!(SystemTime, 8, { system, time });
object!(UnitState, 7, { status, at });
object!(UnitOperation, 8, { operation, operator, at });
object!(Records, 9, { system, wanted, from });
object!(UnitRecords, 7, { wanted, from });
object!(ComponentAt, 6, { system, zone, point });

/// Objects that are one field.
macro_rules! single {
    ($type:ty, $size:expr) => {
        impl Object for $type {
            const SIZE: usize = $size;

            fn take(from: &mut Taking<'_>) -> $type {
                Field::take_field(from)
            }

            fn put(&self, into: &mut Vec<u8>) {
                self.put_field(into);
            }
        }
    };
}

single!(System, 2);
single!(Software, 2);
single!(Stamp, 6);
single!(u8, 1);
