//! Registers to values: the only place where a raw pattern becomes something a person reads.
//!
//! Takes: an [`Encoding`] and the registers of one verified reply, beginning at the point's own address.
//! Gives: a [`Value`], or the [`Reason`] why there is none.
//! Never: a guess. A code outside the profile's table, a number outside its range and a float that is no number are
//! unknown; so is a point whose registers are not all there.

mod provide;
mod rate;
mod text;

pub use provide::provide;
pub use rate::Growth;

use crate::engine::base::{Reason, Value};
use crate::engine::profile::{Encoding, Kind, Order};

/// The part of a reply that begins at a point's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw<'a> {
    /// Words of input or holding registers.
    Words(&'a [u16]),
    /// Coils or discrete inputs.
    Bits(&'a [bool]),
}

/// Decodes one point. `raw` may be longer than the point; what is shorter is [`Reason::BadValue`].
pub fn decode(encoding: &Encoding, raw: Raw<'_>) -> Result<Value, Reason> {
    if let Kind::Text(characters) = encoding.kind {
        return text::decode(characters, encoding.order, raw);
    }
    let (field, width) = field(encoding, raw).ok_or(Reason::BadValue)?;
    if encoding.absent.contains(&field) {
        return Err(Reason::Absent);
    }
    if let Some(states) = &encoding.states {
        let known = states.iter().position(|state| u64::from(state.code) == field).ok_or(Reason::BadValue)?;
        return u16::try_from(known).map(Value::State).map_err(|_| Reason::BadValue);
    }
    let number = match encoding.kind {
        Kind::Bit => return Ok(Value::Bit(field != 0)),
        // Beyond 2^53 the nearest number that an f64 has.
        Kind::U16 | Kind::U32 | Kind::U64 => field as f64,
        Kind::I16 | Kind::I32 | Kind::I64 => signed(field, width) as f64,
        Kind::Bcd16 | Kind::Bcd32 => digits(field, width).ok_or(Reason::BadValue)?,
        Kind::F32 if width == 32 => f64::from(f32::from_bits(field as u32)),
        Kind::F64 if width == 64 => f64::from_bits(field),
        // Part of a float means nothing. (Text has been decoded above.)
        Kind::F32 | Kind::F64 | Kind::Text(_) => return Err(Reason::BadValue),
    };
    let number = scaled(number, encoding.scale, encoding.offset);
    let within = encoding.valid.is_none_or(|(low, high)| (low..=high).contains(&number));
    if number.is_finite() && within { Ok(Value::Number(number)) } else { Err(Reason::BadValue) }
}

/// raw * scale + offset. A scale such as 0.001 has no exact binary form: raw -2800 times it lies below -2.8, and an alarm
/// at "below -2.8" would be raised at the limit itself. So a decimal step is divided by, which gives the number that a
/// person would write.
fn scaled(raw: f64, scale: f64, offset: f64) -> f64 {
    let steps = (1.0 / scale).round();
    if scale > 0.0 && steps > 1.0 && (scale * steps - 1.0).abs() < 1e-12 {
        (raw + offset * steps) / steps
    } else {
        raw * scale + offset
    }
}

/// The raw pattern that carries the value, and how many bits it has, 1 to 64.
fn field(encoding: &Encoding, raw: Raw<'_>) -> Option<(u64, u32)> {
    let width = encoding.width();
    let words = match raw {
        Raw::Bits(bits) => return bits.first().map(|set| (u64::from(*set), 1)),
        Raw::Words(words) => words.get(..usize::from(width))?,
    };
    let (pattern, size) = (assemble(encoding.order, words), 16 * u32::from(width));
    // A bit of a word without a position is its lowest one.
    let part = if encoding.kind == Kind::Bit { encoding.bits.or(Some((0, 1))) } else { encoding.bits };
    let Some((lowest, count)) = part.map(|(lowest, count)| (u32::from(lowest), u32::from(count))) else {
        return Some((pattern, size));
    };
    if count == 0 || lowest + count > size {
        return None;
    }
    Some(((pattern >> lowest) & (u64::MAX >> (64 - count)), count))
}

/// One to four words as the number they are, the most significant byte first.
fn assemble(order: Order, words: &[u16]) -> u64 {
    let swap = |word: &u16| if order.swaps_bytes() { word.swap_bytes() } else { *word };
    let join = |whole: u64, word: u16| whole << 16 | u64::from(word);
    if order.reverses_words() {
        words.iter().rev().map(swap).fold(0, join)
    } else {
        words.iter().map(swap).fold(0, join)
    }
}

/// Two's complement of a field of `width` bits, 1 to 64.
fn signed(field: u64, width: u32) -> i64 {
    let unused = 64 - width;
    (field << unused).cast_signed() >> unused
}

/// The number that binary-coded digits say, four bits each; nothing where one of them is no digit.
fn digits(field: u64, width: u32) -> Option<f64> {
    let mut digits = (0..width / 4).rev().map(|place| field >> (4 * place) & 0xF);
    let number = digits.try_fold(0u64, |whole, digit| (digit < 10).then(|| whole * 10 + digit));
    // At most eight digits: exact.
    number.map(|number| number as f64)
}

#[cfg(test)]
mod tests;
