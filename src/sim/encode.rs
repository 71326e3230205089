//! A value as the registers that say it: the way back of `engine::point::decode`.
//!
//! Takes: a point's encoding and what the point shall say ([`Setting`]).
//! Gives: the raw pattern, and the cells (address, mask, bits) that hold it.
//! Never: a pattern that decodes to something else than was asked for; what does not fit is a [`Misfit`].

use std::fmt;

use crate::engine::base::Value;
use crate::engine::point::{Raw, decode};
use crate::engine::profile::{Encoding, Kind, Order};

/// What a point shall say.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A bit point.
    Bit(bool),
    /// A number in the point's unit; the nearest one that the registers can hold is taken.
    Number(f64),
    /// A state by its key.
    State(String),
    /// The device says that it has no such value (the first `absent` pattern of the profile).
    Absent,
    /// Any raw pattern, after `bits` and before scaling: for what a profile does not know.
    Raw(u32),
}

/// Why a point cannot say what it was asked to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Misfit {
    /// The point has states and this is none of them (the keys it has).
    NoState(String, Vec<String>),
    /// The point takes another kind of value than was given: what it takes.
    Takes(&'static str),
    /// The number lies outside what the registers, or `valid`, can hold.
    OutOfRange(f64),
    /// The pattern would be read as "no such value".
    MeansAbsent(f64),
    /// The profile knows no pattern for "no such value" here.
    NeverAbsent,
    /// The raw pattern has more bits than the point.
    TooWide(u32),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::NoState(key, known) => write!(f, "no state \"{key}\"; it has {}", known.join(", ")),
            Misfit::Takes(kind) => write!(f, "takes {kind}"),
            Misfit::OutOfRange(number) => write!(f, "{number} is outside what it can hold"),
            Misfit::MeansAbsent(number) => write!(f, "{number} would be read as \"no such value\""),
            Misfit::NeverAbsent => write!(f, "its profile knows no pattern for \"no such value\""),
            Misfit::TooWide(raw) => write!(f, "{raw:#x} has more bits than it"),
        }
    }
}

/// Lowest bit and number of bits that the point has in its registers.
fn part(encoding: &Encoding) -> (u32, u32) {
    match (encoding.kind, encoding.bits) {
        _ if encoding.table.is_bits() => (0, 1),
        (_, Some((lowest, many))) => (u32::from(lowest), u32::from(many)),
        (Kind::Bit, None) => (0, 1),
        (kind, None) => (0, u32::from(kind.width()) * 16),
    }
}

fn size(encoding: &Encoding) -> u32 {
    part(encoding).1
}

fn mask(size: u32) -> u32 {
    if size >= 32 { u32::MAX } else { (1 << size) - 1 }
}

/// The raw pattern by which a point says `setting`: as `decode` sees it, after `bits` and before scaling.
pub fn raw(encoding: &Encoding, setting: &Setting) -> Result<u32, Misfit> {
    match setting {
        Setting::Raw(raw) if raw & !mask(size(encoding)) != 0 => Err(Misfit::TooWide(*raw)),
        Setting::Raw(raw) => Ok(*raw),
        Setting::Absent => encoding.absent.first().copied().ok_or(Misfit::NeverAbsent),
        Setting::State(key) => match &encoding.states {
            None => Err(Misfit::Takes(if encoding.kind == Kind::Bit { "true or false" } else { "a number" })),
            Some(states) => states
                .iter()
                .find(|state| state.key == *key)
                .map(|state| state.code)
                .ok_or_else(|| Misfit::NoState(key.clone(), states.iter().map(|state| state.key.clone()).collect())),
        },
        _ if encoding.states.is_some() => Err(Misfit::Takes("the key of one of its states")),
        Setting::Bit(set) if encoding.kind == Kind::Bit => Ok(u32::from(*set)),
        Setting::Bit(_) => Err(Misfit::Takes("a number")),
        Setting::Number(_) if encoding.kind == Kind::Bit => Err(Misfit::Takes("true or false")),
        Setting::Number(number) => number_raw(encoding, *number),
    }
}

fn number_raw(encoding: &Encoding, number: f64) -> Result<u32, Misfit> {
    let unscaled = (number - encoding.offset) / encoding.scale;
    let size = size(encoding);
    let outside = Err(Misfit::OutOfRange(number));
    if !unscaled.is_finite() || encoding.valid.is_some_and(|(low, high)| number < low || number > high) {
        return outside;
    }
    let signed = matches!(encoding.kind, Kind::I16 | Kind::I32);
    let pattern = if encoding.kind == Kind::F32 {
        // A binary64 beyond binary32 becomes infinite here, and is refused.
        let narrow = unscaled as f32;
        if !narrow.is_finite() {
            return outside;
        }
        narrow.to_bits()
    } else {
        let whole = unscaled.round();
        let span = 2f64.powi(i32::try_from(size).unwrap_or(32));
        let (low, high) = if signed { (-span / 2.0, span / 2.0 - 1.0) } else { (0.0, span - 1.0) };
        if whole < low || whole > high {
            return outside;
        }
        // Within -2^31..2^32 by the check above, so the two's complement pattern is in the low bits.
        (whole as i64 as u32) & mask(size)
    };
    if encoding.absent.contains(&pattern) {
        return Err(Misfit::MeansAbsent(number));
    }
    // Rounding may have left the valid range by less than one step.
    let held = self::number(encoding, pattern);
    match (encoding.valid, held) {
        (Some((low, high)), Some(held)) if held < low || held > high => outside,
        _ => Ok(pattern),
    }
}

/// The number that a raw pattern says, in the point's unit, as `decode` reads it; nothing for bits and states. Range and
/// "no such value" are not looked at.
pub fn number(encoding: &Encoding, raw: u32) -> Option<f64> {
    if encoding.states.is_some() || encoding.kind == Kind::Bit {
        return None;
    }
    let Encoding { table, address, kind, order, bits, scale, offset, .. } = *encoding;
    let bare =
        Encoding { table, address, kind, order, bits, scale, offset, valid: None, absent: Vec::new(), states: None };
    let mut words = [0u16; 2];
    for cell in cells(encoding, raw) {
        if let Some(word) = words.get_mut(usize::from(cell.address.wrapping_sub(address))) {
            *word = cell.bits;
        }
    }
    match decode(&bare, Raw::Words(&words)) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    }
}

/// One cell that a point lies in: its address, the bits of it that belong to the point, and what they shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Address in the point's table.
    pub address: u16,
    /// The bits that belong to the point.
    pub mask: u16,
    /// Their new state.
    pub bits: u16,
}

/// The cells, one or two, that hold `raw`.
pub fn cells(encoding: &Encoding, raw: u32) -> impl Iterator<Item = Cell> {
    let (lowest, many) = part(encoding);
    let shift = |pattern: u32| pattern.checked_shl(lowest).unwrap_or(0);
    let masks = words(encoding.order, shift(mask(many)));
    let bits = words(encoding.order, shift(raw & mask(many)));
    let wide = encoding.width() == 2;
    let address = encoding.address;
    let one = Cell { address, mask: shift(mask(many)) as u16, bits: shift(raw & mask(many)) as u16 };
    let two = [0u16, 1].map(|n| Cell {
        address: address.saturating_add(n),
        mask: masks[usize::from(n)],
        bits: bits[usize::from(n)],
    });
    let list = if wide { vec![two[0], two[1]] } else { vec![one] };
    list.into_iter().filter(|cell| cell.mask != 0)
}

/// The two words of a 32-bit pattern in the order they come off the wire.
fn words(order: Order, pattern: u32) -> [u16; 2] {
    let (high, low) = ((pattern >> 16) as u16, pattern as u16);
    match order {
        Order::Abcd => [high, low],
        Order::Cdab => [low, high],
        Order::Badc => [high.swap_bytes(), low.swap_bytes()],
        Order::Dcba => [low.swap_bytes(), high.swap_bytes()],
    }
}
