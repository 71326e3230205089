//! Characters in registers: serial numbers, models, names.
//!
//! Takes: how the characters lie ([`Characters`]) and the words of a verified reply.
//! Gives: a [`Value::Text`] without its padding.
//! Never: a character that was guessed. One byte that the character set does not have makes the whole text unknown.

use encoding_rs::GB18030;

use super::Raw;
use crate::engine::base::{Reason, Value};
use crate::engine::profile::{Bytes, Characters, Order, TextEncoding};

/// Decodes a text. Nothing but padding is [`Reason::Absent`]: the device has no such text.
pub(super) fn decode(characters: Characters, order: Order, raw: Raw<'_>) -> Result<Value, Reason> {
    let Raw::Words(words) = raw else { return Err(Reason::BadValue) };
    let words = words.get(..usize::from(characters.registers)).ok_or(Reason::BadValue)?;
    let bytes: Vec<u8> = words.iter().flat_map(|word| bytes(characters.bytes, order, *word)).flatten().collect();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let text = match characters.set {
        TextEncoding::Ascii => {
            std::str::from_utf8(&bytes[..end]).ok().filter(|text| text.is_ascii()).map(str::to_owned)
        }
        TextEncoding::Gb18030 => {
            let decoded = GB18030.decode_without_bom_handling_and_without_replacement(&bytes[..end]);
            decoded.map(std::borrow::Cow::into_owned)
        }
    };
    let text = text.ok_or(Reason::BadValue)?;
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return Err(Reason::Absent);
    }
    // What cannot be printed is no text: a number was read as one, or the order of the bytes is wrong.
    if text.chars().any(char::is_control) { Err(Reason::BadValue) } else { Ok(Value::Text(text.into())) }
}

/// The bytes of one register that carry characters, in the order of the text.
fn bytes(which: Bytes, order: Order, word: u16) -> [Option<u8>; 2] {
    let [high, low] = word.to_be_bytes();
    match which {
        Bytes::Both if order.swaps_bytes() => [Some(low), Some(high)],
        Bytes::Both => [Some(high), Some(low)],
        Bytes::High => [Some(high), None],
        Bytes::Low => [Some(low), None],
    }
}
