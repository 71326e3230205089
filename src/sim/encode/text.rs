//! A text as the registers that say it.
//!
//! Takes: how its characters lie and what it shall say.
//! Gives: its bytes, and the words that carry them.
//! Never: half a character; what does not decode to the same text is refused.

use std::sync::Arc;

use encoding_rs::GB18030;

use super::{Misfit, Pattern, Setting, cells};
use crate::engine::base::Value;
use crate::engine::point::{Raw, decode};
use crate::engine::profile::{Bytes, Characters, Encoding, Order, TextEncoding};

/// The bytes of a text, padded with NUL to the whole of its registers.
pub(super) fn pattern(encoding: &Encoding, characters: Characters, setting: &Setting) -> Result<Arc<[u8]>, Misfit> {
    let text = match setting {
        Setting::State(text) => text.as_str(),
        Setting::Absent => "",
        _ => return Err(Misfit::Takes("a text")),
    };
    let refused = || Misfit::NotItsText(text.to_owned());
    let mut bytes = match characters.set {
        TextEncoding::Ascii => text.as_bytes().to_vec(),
        TextEncoding::Gb18030 => GB18030.encode(text).0.into_owned(),
    };
    let room = usize::from(characters.registers) * if characters.bytes == Bytes::Both { 2 } else { 1 };
    if bytes.len() > room {
        return Err(refused());
    }
    bytes.resize(room, 0);
    let bytes: Arc<[u8]> = bytes.into();
    let held: Vec<u16> = cells(encoding, &Pattern::Text(Arc::clone(&bytes))).iter().map(|cell| cell.bits).collect();
    match decode(encoding, Raw::Words(&held)) {
        Ok(Value::Text(said)) if *said == *text => Ok(bytes),
        Err(_) if text.is_empty() => Ok(bytes),
        _ => Err(refused()),
    }
}

/// The words that carry the bytes, as masks and bits.
pub(super) fn words(characters: Characters, order: Order, bytes: &[u8]) -> (Vec<u16>, Vec<u16>) {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let word = |register: usize| match characters.bytes {
        Bytes::Both if order.swaps_bytes() => u16::from_le_bytes([byte(2 * register), byte(2 * register + 1)]),
        Bytes::Both => u16::from_be_bytes([byte(2 * register), byte(2 * register + 1)]),
        Bytes::High => u16::from_be_bytes([byte(register), 0]),
        Bytes::Low => u16::from_be_bytes([0, byte(register)]),
    };
    let mask = match characters.bytes {
        Bytes::Both => 0xFFFF,
        Bytes::High => 0xFF00,
        Bytes::Low => 0x00FF,
    };
    let registers = usize::from(characters.registers);
    (vec![mask; registers], (0..registers).map(word).collect())
}
