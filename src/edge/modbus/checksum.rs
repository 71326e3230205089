//! The check of a frame on a line.
//!
//! Takes: bytes.
//! Gives: their checksum (Modbus over Serial Line 1.02, 6.2.2).
//! Never: says what the bytes mean.

/// The CRC-16 of the specification; over a whole frame, checksum included, it is zero.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum: u16, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    })
}
