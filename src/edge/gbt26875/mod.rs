//! GB/T 26875.3: what user information transmission devices and city centres say to each other.
//!
//! Takes: bytes of a peer.
//! Gives: the codec ([`frame`], and below it one module per edition of the standard) and the cutter of streams.
//! Never: a frame whose checksum, length or end is wrong, or more memory for a peer than one frame needs.
//!
//! The frame of 2011 is fixed in [`v2011`]; GB 26875.9-2026 replaces it from 2027 on. Everything above the codec knows
//! [`Frame`](frame::Frame) and [`Edition`](frame::Edition) only, so that another edition stands beside the first.

pub mod cutter;
pub mod frame;
pub mod source;
pub mod stamp;
#[cfg(test)]
mod tests;
pub mod uplink;
pub mod v2011;
