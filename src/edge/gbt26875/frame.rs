//! A frame, whatever edition of the standard wrote its bytes.
//!
//! Takes: the bytes of one whole frame, and how this peer writes its frames ([`Dialect`]).
//! Gives: a [`Frame`], or [`Refused`]: what is wrong, and whom to deny it to.
//! Never: a frame that fails any check of its edition.

use std::fmt;

use super::stamp::Stamp;
use super::v2011;
pub use crate::engine::site::Checksum;

/// Editions of the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// GB/T 26875.3-2011.
    #[default]
    V2011,
}

/// How one peer writes its frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// Edition of the standard.
    pub edition: Edition,
    /// Checksum.
    pub checksum: Checksum,
}

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// 1: the centre orders.
    Control,
    /// 2: the device sends.
    Send,
    /// 3: a control or send frame was received.
    Confirm,
    /// 4: the centre asks.
    Request,
    /// 5: the device answers.
    Answer,
    /// 6: a frame was not accepted.
    Deny,
}

impl Command {
    /// Every command, in the order of its byte from 1 on.
    pub const ALL: [Command; 6] =
        [Command::Control, Command::Send, Command::Confirm, Command::Request, Command::Answer, Command::Deny];

    /// The command of a byte; none for the reserved and the vendors' ones.
    pub fn from_byte(byte: u8) -> Option<Command> {
        Command::ALL.into_iter().find(|command| command.byte() == byte)
    }

    /// Its byte.
    pub fn byte(self) -> u8 {
        match self {
            Command::Control => 1,
            Command::Send => 2,
            Command::Confirm => 3,
            Command::Request => 4,
            Command::Answer => 5,
            Command::Deny => 6,
        }
    }
}

/// What stands before the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Counts a sender's frames; an answer repeats the number of what it answers.
    pub serial: u16,
    /// The two version bytes as they stand on the wire: the standard puts the main version (1) first, some peers second.
    pub version: [u8; 2],
    /// When the frame was sent, by the sender's clock.
    pub sent: Stamp,
    /// Who sends; six bytes.
    pub source: u64,
    /// To whom; six bytes.
    pub destination: u64,
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What stands before the data.
    pub header: Header,
    /// What it is for.
    pub command: Command,
    /// Its data: the application data unit as bytes; empty for confirmations and heartbeats.
    pub data: Vec<u8>,
}

/// Why bytes are no frame, or data no objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Fewer bytes than the smallest frame, or than its own length says.
    TooShort,
    /// It does not begin with `@@`.
    Start,
    /// It does not end with `##`.
    End,
    /// Its data are longer than 1024 bytes.
    TooLong(usize),
    /// The checksum differs.
    Checksum {
        /// What the frame says.
        given: u8,
        /// What its bytes sum up to.
        summed: u8,
    },
    /// A command byte that means nothing.
    Command(u8),
    /// Data that announce no object at all.
    NoObjects,
    /// More objects than the standard allows for the type.
    TooManyObjects(usize),
    /// The objects announced and the length of the data contradict each other.
    Length {
        /// Type flag.
        kind: u8,
        /// Objects announced.
        objects: u8,
        /// Bytes of the data.
        bytes: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::TooShort => write!(f, "the frame is cut short"),
            Error::Start => write!(f, "the frame does not begin with @@"),
            Error::End => write!(f, "the frame does not end with ##"),
            Error::TooLong(bytes) => write!(f, "{bytes} bytes of data; at most {} are allowed", v2011::DATA_MOST),
            Error::Checksum { given, summed } => write!(f, "the checksum is {given:02X}, the bytes give {summed:02X}"),
            Error::Command(byte) => write!(f, "the command byte {byte} means nothing"),
            Error::NoObjects => write!(f, "the data announce no object"),
            Error::TooManyObjects(objects) => write!(f, "{objects} objects are more than the type allows"),
            Error::Length { kind, objects, bytes } => {
                write!(f, "{objects} objects of type {kind} do not fit {bytes} bytes of data")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong.
    pub what: Error,
    /// What could be read of its header: whom the denial goes to.
    pub header: Option<Header>,
}

/// Reads one whole frame.
///
/// # Errors
/// The first check that fails.
pub fn decode(bytes: &[u8], dialect: Dialect) -> Result<Frame, Refused> {
    match dialect.edition {
        Edition::V2011 => v2011::decode(bytes, dialect.checksum),
    }
}

/// Writes a frame.
///
/// # Errors
/// Its data are longer than 1024 bytes.
pub fn encode(frame: &Frame, dialect: Dialect) -> Result<Vec<u8>, Error> {
    match dialect.edition {
        Edition::V2011 => v2011::encode(frame, dialect.checksum),
    }
}

impl Frame {
    /// The frame that answers `to`: same number, addresses exchanged.
    pub fn answering(to: &Header, command: Command, data: Vec<u8>, sent: Stamp) -> Frame {
        let Header { serial, version, source, destination, .. } = *to;
        Frame { header: Header { serial, version, sent, source: destination, destination: source }, command, data }
    }
}
