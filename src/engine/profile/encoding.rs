//! How a value is written in registers.
//!
//! Takes: what a profile's row says.
//! Gives: [`Encoding`], plain data that `engine::point` decodes by.
//! Never: bytes. Registers arrive as the words of a verified reply.

use std::sync::Arc;

use super::TextEncoding;
use crate::engine::base::Text;

/// The four Modbus tables, named as in the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Coils, function 1.
    Coil,
    /// Discrete inputs, function 2.
    Discrete,
    /// Input registers, function 4.
    Input,
    /// Holding registers, function 3.
    Holding,
}

impl Table {
    /// The word used in profiles, request plans and transcripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Table::Coil => "coil",
            Table::Discrete => "discrete",
            Table::Input => "input",
            Table::Holding => "holding",
        }
    }

    /// Whether one address holds one bit (else 16).
    pub fn is_bits(self) -> bool {
        matches!(self, Table::Coil | Table::Discrete)
    }

    /// The function code that reads it.
    pub fn function(self) -> u8 {
        match self {
            Table::Coil => 1,
            Table::Discrete => 2,
            Table::Holding => 3,
            Table::Input => 4,
        }
    }

    /// The most addresses one request may ask for (Modbus Application Protocol 1.1b3, 6.1-6.4).
    pub fn limit(self) -> u16 {
        if self.is_bits() { 2000 } else { 125 }
    }
}

/// What the raw pattern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One bit: a coil, a discrete input, or a bit of a word ([`Encoding::bits`]).
    Bit,
    /// Unsigned 16 bits; with [`Encoding::bits`] a part of a word, such as one of its bytes.
    U16,
    /// Two's complement 16 bits; with [`Encoding::bits`] a part of a word that has a sign of its own.
    I16,
    /// Unsigned 32 bits.
    U32,
    /// Two's complement 32 bits.
    I32,
    /// Unsigned 64 bits. A value is an `f64`: exact up to 2^53, beyond that to 16 digits.
    U64,
    /// Two's complement 64 bits, exact as [`Kind::U64`] is.
    I64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Four decimal digits, four bits each. A nibble beyond 9 is no number.
    Bcd16,
    /// Eight decimal digits.
    Bcd32,
    /// Characters.
    Text(Characters),
}

impl Kind {
    /// Registers it occupies (bits of a bit table: one address).
    pub fn width(self) -> u16 {
        match self {
            Kind::Bit | Kind::U16 | Kind::I16 | Kind::Bcd16 => 1,
            Kind::U32 | Kind::I32 | Kind::F32 | Kind::Bcd32 => 2,
            Kind::U64 | Kind::I64 | Kind::F64 => 4,
            Kind::Text(characters) => characters.registers,
        }
    }

    /// The word used in profiles.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Bit => "bit",
            Kind::U16 => "u16",
            Kind::I16 => "i16",
            Kind::U32 => "u32",
            Kind::I32 => "i32",
            Kind::U64 => "u64",
            Kind::I64 => "i64",
            Kind::F32 => "f32",
            Kind::F64 => "f64",
            Kind::Bcd16 => "bcd16",
            Kind::Bcd32 => "bcd32",
            Kind::Text(_) => "text",
        }
    }

    /// Whether its highest bit is a sign.
    pub fn is_signed(self) -> bool {
        matches!(self, Kind::I16 | Kind::I32 | Kind::I64)
    }

    /// Whether it is a binary floating-point number.
    pub fn is_float(self) -> bool {
        matches!(self, Kind::F32 | Kind::F64)
    }
}

/// How characters lie in registers. The text ends at the first NUL; spaces around it are padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characters {
    /// How many registers, 1 to 125.
    pub registers: u16,
    /// Character set.
    pub set: TextEncoding,
    /// Which bytes of each register carry characters.
    pub bytes: Bytes,
}

/// Which bytes of a register carry characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bytes {
    /// Both, the high one first (the low one first when the order swaps bytes).
    #[default]
    Both,
    /// The high one; the other means nothing.
    High,
    /// The low one.
    Low,
}

/// Byte order of a value of two or four registers, in the letters of 32 bits: as the bytes A B C D, A the most
/// significant, come off the wire. It answers two questions, whether the words come in reverse and whether the bytes in
/// each are swapped, and so holds for one register and for four as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// High word first, high byte first: the Modbus convention. 64 bits: A B C D E F G H.
    #[default]
    Abcd,
    /// Low word first. 64 bits: G H E F C D A B.
    Cdab,
    /// High word first, bytes swapped within each word. 64 bits: B A D C F E H G.
    Badc,
    /// Low word first, bytes swapped: fully reversed. 64 bits: H G F E D C B A.
    Dcba,
}

impl Order {
    /// The word used in profiles.
    pub fn as_str(self) -> &'static str {
        match self {
            Order::Abcd => "ABCD",
            Order::Cdab => "CDAB",
            Order::Badc => "BADC",
            Order::Dcba => "DCBA",
        }
    }

    /// Whether the words come in reverse, the lowest first.
    pub fn reverses_words(self) -> bool {
        matches!(self, Order::Cdab | Order::Dcba)
    }

    /// Whether the bytes in each word are swapped.
    pub fn swaps_bytes(self) -> bool {
        matches!(self, Order::Badc | Order::Dcba)
    }
}

/// One state of an enumerated point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The raw code on the wire, after `bits`.
    pub code: u32,
    /// The state's key: `running`.
    pub key: String,
    /// What people read.
    pub name: Text,
}

/// One row of a profile: where a value is and what its bits mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    /// Which table.
    pub table: Table,
    /// Zero-based address as sent on the wire.
    pub address: u16,
    /// The raw pattern.
    pub kind: Kind,
    /// Order of its bytes.
    pub order: Order,
    /// Lowest bit and number of bits, when only part of a word is meant. Bit 0 is the least significant.
    pub bits: Option<(u8, u8)>,
    /// Number = raw * scale + offset.
    pub scale: f64,
    /// Added after scaling, in the unit.
    pub offset: f64,
    /// Values outside are unknown (`bad-value`), in the unit, both ends included.
    pub valid: Option<(f64, f64)>,
    /// Raw patterns (before scaling, after `bits`) by which the device says that it has no such value.
    pub absent: Vec<u64>,
    /// For an enumeration: every code the device may say. A code outside it is unknown, never a guess.
    pub states: Option<Arc<[State]>>,
}

impl Encoding {
    /// Addresses it occupies.
    pub fn width(&self) -> u16 {
        self.kind.width()
    }
}
