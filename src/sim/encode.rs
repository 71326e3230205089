//! A value as the registers that say it: the way back of `engine::point::decode`.
//!
//! Takes: a point's encoding and what the point shall say ([`Setting`]).
//! Gives: the raw [`Pattern`], and the [`Cell`]s (address, mask, bits) that hold it.
//! Never: a pattern that decodes to something else than was asked for; what does not fit is a [`Misfit`].

mod text;

use std::fmt;
use std::sync::Arc;

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
    /// A state by its key; what a text point says.
    State(String),
    /// The device says that it has no such value (the first `absent` pattern of the profile; an empty text).
    Absent,
    /// Any raw pattern, after `bits` and before scaling: for what a profile does not know.
    Raw(u64),
}

/// What the registers of a point hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The raw pattern as `decode` sees it: after `bits` and before scaling.
    Field(u64),
    /// The bytes of a text with their padding, in the order of the text.
    Text(Arc<[u8]>),
}

impl Default for Pattern {
    /// Registers that hold 0.
    fn default() -> Pattern {
        Pattern::Field(0)
    }
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
    TooWide(u64),
    /// The text does not fit its registers, or its character set does not have it.
    NotItsText(String),
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
            Misfit::NotItsText(text) => write!(f, "its registers cannot hold the text \"{text}\""),
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

fn mask(size: u32) -> u64 {
    if size >= 64 { u64::MAX } else { (1 << size) - 1 }
}

/// What the registers must hold so that the point says `setting`.
pub fn raw(encoding: &Encoding, setting: &Setting) -> Result<Pattern, Misfit> {
    if let Kind::Text(characters) = encoding.kind {
        return text::pattern(encoding, characters, setting).map(Pattern::Text);
    }
    field(encoding, setting).map(Pattern::Field)
}

fn field(encoding: &Encoding, setting: &Setting) -> Result<u64, Misfit> {
    match setting {
        Setting::Raw(raw) if raw & !mask(size(encoding)) != 0 => Err(Misfit::TooWide(*raw)),
        Setting::Raw(raw) => Ok(*raw),
        Setting::Absent => encoding.absent.first().copied().ok_or(Misfit::NeverAbsent),
        Setting::State(key) => match &encoding.states {
            None => Err(Misfit::Takes(if encoding.kind == Kind::Bit { "true or false" } else { "a number" })),
            Some(states) => states
                .iter()
                .find(|state| state.key == *key)
                .map(|state| u64::from(state.code))
                .ok_or_else(|| Misfit::NoState(key.clone(), states.iter().map(|state| state.key.clone()).collect())),
        },
        _ if encoding.states.is_some() => Err(Misfit::Takes("the key of one of its states")),
        Setting::Bit(set) if encoding.kind == Kind::Bit => Ok(u64::from(*set)),
        Setting::Bit(_) => Err(Misfit::Takes("a number")),
        Setting::Number(_) if encoding.kind == Kind::Bit => Err(Misfit::Takes("true or false")),
        Setting::Number(number) => number_field(encoding, *number),
    }
}

fn number_field(encoding: &Encoding, number: f64) -> Result<u64, Misfit> {
    let unscaled = (number - encoding.offset) / encoding.scale;
    let outside = Err(Misfit::OutOfRange(number));
    if !unscaled.is_finite() || encoding.valid.is_some_and(|(low, high)| number < low || number > high) {
        return outside;
    }
    let pattern = match encoding.kind {
        // A binary64 beyond binary32 becomes infinite here, and is refused.
        Kind::F32 => {
            Some(unscaled as f32).filter(|narrow| narrow.is_finite()).map(|narrow| u64::from(narrow.to_bits()))
        }
        Kind::F64 => Some(unscaled.to_bits()),
        Kind::Bcd16 | Kind::Bcd32 => digits(unscaled.round(), size(encoding) / 4),
        kind => whole(unscaled.round(), size(encoding), kind.is_signed()),
    };
    let Some(pattern) = pattern else { return outside };
    if encoding.absent.contains(&pattern) {
        return Err(Misfit::MeansAbsent(number));
    }
    // Rounding may have left the valid range by less than one step.
    let held = self::number(encoding, &Pattern::Field(pattern));
    match (encoding.valid, held) {
        (Some((low, high)), Some(held)) if held < low || held > high => outside,
        _ => Ok(pattern),
    }
}

/// The pattern of a whole number in `size` bits, 1 to 64.
fn whole(number: f64, size: u32, signed: bool) -> Option<u64> {
    let span = 2f64.powi(i32::try_from(size).unwrap_or(64));
    // Both ends are powers of two, and so exact; the last number below one of 2^64 is not, hence the open end.
    let (low, end) = if signed { (-span / 2.0, span / 2.0) } else { (0.0, span) };
    if !(low..end).contains(&number) {
        return None;
    }
    // Within -2^63..2^64 by the check above, so the two's complement pattern is in the low bits.
    Some((number as i128 as u64) & mask(size))
}

/// The pattern of a whole number in `many` binary-coded digits.
fn digits(number: f64, many: u32) -> Option<u64> {
    if !(0.0..10f64.powi(i32::try_from(many).unwrap_or(8))).contains(&number) {
        return None;
    }
    let number = number as u64;
    Some((0..many).fold(0, |pattern, place| pattern | (number / 10u64.pow(place) % 10) << (4 * place)))
}

/// The number that the registers say, in the point's unit, as `decode` reads it; nothing for bits, states and texts.
/// Range and "no such value" are not looked at.
pub fn number(encoding: &Encoding, raw: &Pattern) -> Option<f64> {
    if encoding.states.is_some() || matches!(encoding.kind, Kind::Bit | Kind::Text(_)) {
        return None;
    }
    let Encoding { table, address, kind, order, bits, scale, offset, .. } = *encoding;
    let bare =
        Encoding { table, address, kind, order, bits, scale, offset, valid: None, absent: Vec::new(), states: None };
    let mut words = vec![0u16; usize::from(kind.width())];
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

/// The cells that hold `raw`.
pub fn cells(encoding: &Encoding, raw: &Pattern) -> Vec<Cell> {
    let (masks, bits) = match (encoding.kind, raw) {
        (Kind::Text(characters), Pattern::Text(bytes)) => text::words(characters, encoding.order, bytes),
        // A pattern that was made for another kind of point: nothing of it belongs here.
        (Kind::Text(_), Pattern::Field(_)) | (_, Pattern::Text(_)) => return Vec::new(),
        (kind, Pattern::Field(field)) => {
            let (lowest, many) = part(encoding);
            let shift = |pattern: u64| pattern.checked_shl(lowest).unwrap_or(0);
            let split = |pattern: u64| words(encoding.order, kind.width(), shift(pattern & mask(many)));
            (split(mask(many)), split(*field))
        }
    };
    let addresses = encoding.address..=u16::MAX;
    let cells = addresses.zip(masks.into_iter().zip(bits)).map(|(address, (mask, bits))| Cell { address, mask, bits });
    cells.filter(|cell| cell.mask != 0).collect()
}

/// The words of a pattern in the order they come off the wire: the inverse of what `decode` puts together.
fn words(order: Order, width: u16, pattern: u64) -> Vec<u16> {
    let word = |place: u16| {
        let word = (pattern >> (16 * u32::from(place))) as u16;
        if order.swaps_bytes() { word.swap_bytes() } else { word }
    };
    if order.reverses_words() { (0..width).map(word).collect() } else { (0..width).rev().map(word).collect() }
}
