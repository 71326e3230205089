//! GB/T 26875.3-2011: the bytes of a frame and of the objects in it.
//!
//! Takes: the bytes of one frame, or a frame.
//! Gives: [`decode`], [`encode`] and the typed data ([`Adu`]).
//! Never: reads past what a length that was checked allows.
//!
//! `@@`, serial number (2), version (2), time (6), source (6), destination (6), length (2), command (1), data (0 to
//! 1024), checksum (1), `##`. Numbers of several bytes stand low byte first.

mod adu;
mod bits;
mod bytes;
mod kinds;
mod object;

pub use adu::Adu;
pub use bits::{ComponentStatus, Operation, SystemStatus, UnitStatus, component, operation, system, unit};
pub use kinds::{component_kind, quantity, system_kind};
pub use object::{
    Analogue, Component, ComponentAt, ComponentState, ComponentText, Records, Software, System, SystemOperation,
    SystemSoftware, SystemState, SystemText, SystemTime, UnitOperation, UnitRecords, UnitState,
};

use crate::edge::gbt26875::frame::{Checksum, Command, Error, Frame, Header, Refused};
use crate::edge::gbt26875::stamp::Stamp;

/// Begins a frame.
pub const START: [u8; 2] = *b"@@";
/// Ends a frame.
pub const END: [u8; 2] = *b"##";
/// Bytes before the data.
pub const HEAD: usize = 27;
/// Bytes after the data.
pub const TAIL: usize = 3;
/// The most bytes of data.
pub const DATA_MOST: usize = 1024;
/// Where the length stands.
const LENGTH_AT: usize = 24;
/// Where the command stands.
const COMMAND_AT: usize = 26;

/// The length of the whole frame that begins with `head`; nothing while too little of it is there.
///
/// # Errors
/// Its data would be longer than the standard allows.
pub fn whole(head: &[u8]) -> Result<Option<usize>, Error> {
    let Some(length) = head.get(LENGTH_AT..LENGTH_AT + 2) else { return Ok(None) };
    let data = usize::from(u16::from_le_bytes([length[0], length[1]]));
    if data > DATA_MOST { Err(Error::TooLong(data)) } else { Ok(Some(HEAD + data + TAIL)) }
}

/// What can be read of the header of bytes that may be no frame.
pub fn header(bytes: &[u8]) -> Option<Header> {
    let head = bytes.get(..HEAD)?;
    let stamp: [u8; 6] = head[6..12].try_into().ok()?;
    Some(Header {
        serial: u16::from_le_bytes([head[2], head[3]]),
        version: [head[4], head[5]],
        sent: Stamp::from_bytes(stamp),
        source: bytes::address(&head[12..18]),
        destination: bytes::address(&head[18..24]),
    })
}

/// Reads one whole frame.
///
/// # Errors
/// The first check that fails, from the start to the end.
pub fn decode(bytes: &[u8], checksum: Checksum) -> Result<Frame, Refused> {
    let header = header(bytes);
    let refuse = |what| Refused { what, header };
    if !bytes.starts_with(&START) {
        return Err(Refused { what: Error::Start, header: None });
    }
    let length = whole(bytes).map_err(refuse)?.ok_or_else(|| refuse(Error::TooShort))?;
    let (Some(held), Some(header)) = (bytes.get(..length), header) else { return Err(refuse(Error::TooShort)) };
    if !held.ends_with(&END) || bytes.len() != length {
        return Err(refuse(Error::End));
    }
    let (given, summed) = (held[length - TAIL], sum(held, checksum));
    if given != summed {
        return Err(refuse(Error::Checksum { given, summed }));
    }
    let byte = held[COMMAND_AT];
    let command = Command::from_byte(byte).ok_or_else(|| refuse(Error::Command(byte)))?;
    Ok(Frame { header, command, data: held[HEAD..length - TAIL].to_vec() })
}

/// Writes a frame.
///
/// # Errors
/// Its data are too long.
pub fn encode(frame: &Frame, checksum: Checksum) -> Result<Vec<u8>, Error> {
    let Frame { header, command, data } = frame;
    let length = u16::try_from(data.len()).ok().filter(|length| usize::from(*length) <= DATA_MOST);
    let length = length.ok_or(Error::TooLong(data.len()))?;
    let mut bytes = Vec::with_capacity(HEAD + data.len() + TAIL);
    bytes.extend(START);
    bytes.extend(header.serial.to_le_bytes());
    bytes.extend(header.version);
    bytes.extend(header.sent.bytes());
    bytes.extend(&header.source.to_le_bytes()[..6]);
    bytes.extend(&header.destination.to_le_bytes()[..6]);
    bytes.extend(length.to_le_bytes());
    bytes.push(command.byte());
    bytes.extend(data);
    bytes.extend([0; TAIL]);
    let last = bytes.len() - TAIL;
    bytes[last] = sum(&bytes, checksum);
    bytes[last + 1..].copy_from_slice(&END);
    Ok(bytes)
}

/// The sum over a whole frame, its checksum and end left out; carries are dropped.
fn sum(frame: &[u8], checksum: Checksum) -> u8 {
    let from = match checksum {
        Checksum::Standard => START.len(),
        Checksum::FromCommand => COMMAND_AT,
    };
    let summed = frame.get(from..frame.len().saturating_sub(TAIL)).unwrap_or_default();
    summed.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}
