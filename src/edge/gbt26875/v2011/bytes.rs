//! Taking fields from bytes and putting them down, low byte first, and texts in GB 18030.
//!
//! Takes: a slice whose length was checked, or a buffer.
//! Gives: [`Taking`], and texts read and written.
//! Never: panics on a slice that is too short. What is missing reads as zero; the length check before it has refused
//! such data already.

use encoding_rs::GB18030;

use crate::edge::gbt26875::stamp::Stamp;

/// Bytes of the description of a component.
pub const DESCRIPTION: usize = 31;

/// Six bytes, low byte first.
pub fn address(bytes: &[u8]) -> u64 {
    bytes.iter().take(6).rev().fold(0, |address, byte| address << 8 | u64::from(*byte))
}

/// Takes fields one after the other.
pub struct Taking<'a>(pub &'a [u8]);

impl<'a> Taking<'a> {
    /// The next `count` bytes; fewer at the end.
    pub fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    /// Two bytes.
    pub fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// Six bytes of time.
    pub fn stamp(&mut self) -> Stamp {
        let mut bytes = [0; 6];
        for (slot, byte) in bytes.iter_mut().zip(self.bytes(6)) {
            *slot = *byte;
        }
        Stamp::from_bytes(bytes)
    }

    /// A text of `count` bytes, without the zeros and blanks it was filled up with.
    pub fn text(&mut self, count: usize) -> String {
        read_text(self.bytes(count))
    }
}

/// A text without what it was filled up with. Bytes that are no GB 18030 read as U+FFFD.
pub fn read_text(bytes: &[u8]) -> String {
    let written = bytes.iter().position(|byte| *byte == 0).map_or(bytes, |end| &bytes[..end]);
    let (text, _) = GB18030.decode_without_bom_handling(written);
    text.trim_end().to_owned()
}

/// The bytes of as much of a text as `most` bytes hold, cut between two characters. A character without a place in the
/// encoding becomes a question mark; a zero, which would hide what follows it, is left out.
pub fn write_text(text: &str, most: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(most);
    for character in text.chars().filter(|character| *character != '\0') {
        let mut utf8 = [0; 4];
        let (encoded, _, unmappable) = GB18030.encode(character.encode_utf8(&mut utf8));
        let encoded: &[u8] = if unmappable { b"?" } else { &encoded };
        if bytes.len() + encoded.len() > most {
            break;
        }
        bytes.extend(encoded);
    }
    bytes
}

/// A text in a field of `length` bytes, filled up with zeros.
pub fn put_text(text: &str, length: usize, into: &mut Vec<u8>) {
    let mut bytes = write_text(text, length);
    bytes.resize(length, 0);
    into.extend(bytes);
}
