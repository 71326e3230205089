//! The Modbus wire: one TCP endpoint or one serial line, behind a fence.
//!
//! Takes: an [`Endpoint`](crate::engine::site::Endpoint) and, one at a time, the requests of `engine::poll`.
//! Gives: [`Wire::exchange`], which ends in a verified reply or a named failure, always within the request's deadline.
//! Never: retries, schedules, reconnects by itself, or gives a reply to any request but the one that is asked now.
//!
//! `tokio-modbus` encodes and decodes; it is not left alone with the line, because it accepts late, foreign and short
//! answers as good. Under the client lies a [`fence`] that knows the request on the wire and lets exactly one frame up:
//! the answer to it. Above the client, kind and length are checked once more. The rules:
//!
//! - After any error but an exception the client is dropped, so none of its buffers outlives a failure. The connection
//!   below it is dropped only when it can no longer be trusted.
//! - *TCP.* The fence numbers the requests itself, over the whole life of the connection, and drops every complete frame
//!   that bears another number. A late answer is therefore harmless, and **one time-out does not close the
//!   connection**: many units may stand behind one gateway, and a silent one must not blank the others. What does close
//!   it: end of stream, an I/O error, a frame with a wrong protocol id or length, a frame that began and did not end by
//!   the deadline, a request that could not be sent whole, and silence that speaks of the connection and not of units
//!   behind it (half-open or hung, see [`silence`]; TCP_USER_TIMEOUT and keepalive do the same more slowly).
//! - *RTU.* Frames carry no number, so time tells them apart: input is drained before each request, and after a time-out
//!   or a malformed answer the line rests for the request's quarantine and is drained again. An answer that comes later
//!   than the quarantine allows, and has the very shape that is awaited, cannot be told from the awaited one: the
//!   profile's `max-response` must cover the slowest device. Noise and the local echo of two-wire adapters are skipped;
//!   requests that we did not send, and answers to them, speak of another master and are counted.
//! - *RTU over TCP, and gateways that repeat no transaction id.* Neither number nor time tells answers apart, so the
//!   connection does: whatever fails but an exception ends it, and the next request goes out on a new one.
//! - *Writes.* Only an answer that repeats the whole of what was to be written confirms a write. On a line the answer to
//!   a single write equals its own echo, so such a line must have shown before that it does not echo. A write goes out
//!   once: [`Failure::Link`](crate::engine::poll::Failure::Link) says that nothing of it left, any other failure but an
//!   exception that it may have been done.

mod checksum;
mod codec;
mod expected;
mod fault;
mod fence;
mod mbap;
mod open;
mod overheard;
mod rest;
mod rtu;
mod silence;
mod stream;
mod wire;

pub use open::Habits;
pub use overheard::Heard;
pub use silence::SILENT_LIMIT;
pub use wire::Wire;

#[cfg(test)]
mod tests;
