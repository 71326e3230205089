//! Registers to values: the only place where a raw pattern becomes something a person reads.
//!
//! Takes: an [`Encoding`] and the registers of one verified reply, beginning at the point's own address.
//! Gives: a [`Value`], or the [`Reason`] why there is none.
//! Never: a guess. A code outside the profile's table, a number outside its range and a float that is no number are
//! unknown; so is a point whose registers are not all there.

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
    let (field, width) = field(encoding, raw).ok_or(Reason::BadValue)?;
    if encoding.absent.contains(&field) {
        return Err(Reason::Absent);
    }
    if let Some(states) = &encoding.states {
        let known = states.iter().position(|state| state.code == field).ok_or(Reason::BadValue)?;
        return u16::try_from(known).map(Value::State).map_err(|_| Reason::BadValue);
    }
    let number = match encoding.kind {
        Kind::Bit => return Ok(Value::Bit(field != 0)),
        Kind::U16 | Kind::U32 => f64::from(field),
        Kind::I16 | Kind::I32 => f64::from(signed(field, width)),
        // Part of a float means nothing.
        Kind::F32 if width < 32 => return Err(Reason::BadValue),
        Kind::F32 => f64::from(f32::from_bits(field)),
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

/// The raw pattern that carries the value, and how many bits it has.
fn field(encoding: &Encoding, raw: Raw<'_>) -> Option<(u32, u32)> {
    let (pattern, size) = match raw {
        Raw::Bits(bits) => return bits.first().map(|set| (u32::from(*set), 1)),
        Raw::Words(words) => match encoding.width() {
            1 => (u32::from(*words.first()?), 16),
            _ => (assemble(encoding.order, *words.first()?, *words.get(1)?), 32),
        },
    };
    // A bit of a word without a position is its lowest one.
    let part = if encoding.kind == Kind::Bit { encoding.bits.or(Some((0, 1))) } else { encoding.bits };
    let Some((lowest, count)) = part.map(|(lowest, count)| (u32::from(lowest), u32::from(count))) else {
        return Some((pattern, size));
    };
    if count == 0 || lowest + count > size {
        return None;
    }
    Some(((pattern >> lowest) & (u32::MAX >> (32 - count)), count))
}

fn assemble(order: Order, first: u16, second: u16) -> u32 {
    let (high, low) = match order {
        Order::Abcd => (first, second),
        Order::Cdab => (second, first),
        Order::Badc => (first.swap_bytes(), second.swap_bytes()),
        Order::Dcba => (second.swap_bytes(), first.swap_bytes()),
    };
    u32::from(high) << 16 | u32::from(low)
}

/// Two's complement of a field of `width` bits, 1 to 32.
fn signed(field: u32, width: u32) -> i32 {
    let unused = 32 - width;
    (field << unused).cast_signed() >> unused
}

#[cfg(test)]
mod tests;
