//! How a simulated device misbehaves on the wire.
//!
//! Takes: the name and numbers a scenario or a person gives.
//! Gives: [`Fault`], and what is left of a right answer under it ([`Answer`]).
//! Never: a fault that the fence of a Modbus edge is not expected to meet (crates.md §1). What a line or a port does to
//! every device on it is a [`Trouble`](super::Trouble).

use std::time::Duration;

/// One way of misbehaving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// None: answers as it should.
    #[default]
    None,
    /// Reads requests and never answers.
    Silent,
    /// Answers this much later.
    Late(Duration),
    /// Answers every request with this exception code.
    Exception(u8),
    /// Answers under another unit id.
    WrongUnit,
    /// Answers with another function code.
    WrongFunction,
    /// Answers reads with one register (or eight bits) too few.
    Short,
    /// Answers reads with one register (or eight bits) too many.
    Long,
    /// TCP: answers under another transaction id. RTU has none and answers under another unit id.
    WrongTransaction,
    /// Sends the first half of every answer.
    Truncated,
    /// RTU: a checksum that is wrong. TCP has none: the byte that tells the number of data bytes is another.
    Corrupt,
    /// Sends every answer twice.
    Repeated,
    /// Says nothing for so long, then has forgotten what was written to it, and refuses the first read of every range
    /// as busy (exception 6).
    Restart(Duration),
}

/// The words of scenarios and of the line commands, in the order they are told to people.
pub const MODES: [&str; 13] = [
    "none",
    "silent",
    "late",
    "exception",
    "wrong-unit",
    "wrong-function",
    "short",
    "long",
    "wrong-transaction",
    "truncated",
    "corrupt",
    "repeated",
    "restart",
];

/// The exception of a device that is busy (Modbus Application Protocol 1.1b3, 7).
pub(super) const BUSY: u8 = 6;

impl Fault {
    /// The fault of a mode's name; `late` takes milliseconds (500 by default), `restart` too (5000), `exception` a code
    /// (4).
    pub fn named(mode: &str, number: Option<u64>) -> Option<Fault> {
        Some(match mode {
            "none" => Fault::None,
            "silent" => Fault::Silent,
            "late" => Fault::Late(Duration::from_millis(number.unwrap_or(500))),
            "exception" => Fault::Exception(u8::try_from(number.unwrap_or(4)).ok()?),
            "wrong-unit" => Fault::WrongUnit,
            "wrong-function" => Fault::WrongFunction,
            "short" => Fault::Short,
            "long" => Fault::Long,
            "wrong-transaction" => Fault::WrongTransaction,
            "truncated" => Fault::Truncated,
            "corrupt" => Fault::Corrupt,
            "repeated" => Fault::Repeated,
            "restart" => Fault::Restart(Duration::from_millis(number.unwrap_or(5_000))),
            _ => return None,
        })
    }

    /// What becomes of the right answer `pdu` of `unit`; nothing when the device stays silent.
    pub fn distort(self, unit: u8, mut pdu: Vec<u8>) -> Option<Answer> {
        let mut answer = Answer { after: Duration::ZERO, unit, pdu: Vec::new(), flaw: Flaw::None };
        match self {
            Fault::None => {}
            Fault::Silent | Fault::Restart(_) => return None,
            Fault::Late(by) => answer.after = by,
            Fault::Exception(code) => pdu = vec![pdu.first().copied().unwrap_or(0) | 0x80, code],
            Fault::WrongUnit => answer.unit = unit.wrapping_add(1),
            // Reads become the read of the other table of their kind: lengths stay plausible.
            Fault::WrongFunction => {
                if let Some(function) = pdu.first_mut() {
                    *function ^= 7;
                }
            }
            Fault::Short => resize(&mut pdu, false),
            Fault::Long => resize(&mut pdu, true),
            Fault::WrongTransaction => answer.flaw = Flaw::Foreign,
            Fault::Truncated => answer.flaw = Flaw::Cut,
            Fault::Corrupt => answer.flaw = Flaw::Corrupt,
            Fault::Repeated => answer.flaw = Flaw::Twice,
        }
        answer.pdu = pdu;
        Some(answer)
    }
}

/// Takes the last register, or the last byte of bits, out of a read's answer, or adds one.
fn resize(pdu: &mut Vec<u8>, longer: bool) {
    let part = match pdu.first() {
        Some(1 | 2) => 1,
        Some(3 | 4) => 2,
        _ => return,
    };
    let length = pdu.len();
    if let Some(count) = pdu.get_mut(1) {
        if longer {
            *count = count.saturating_add(part);
            pdu.resize(length + usize::from(part), 0);
        } else {
            *count = count.saturating_sub(part);
            pdu.truncate(length.saturating_sub(usize::from(part)).max(2));
        }
    }
}

/// What a simulated device sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How long after the request it begins.
    pub after: Duration,
    /// Under which unit id.
    pub unit: u8,
    /// Function code and data.
    pub pdu: Vec<u8>,
    /// What is wrong with its frame.
    pub flaw: Flaw,
}

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// Under another transaction id than was asked.
    Foreign,
    /// Only the first half of the frame leaves the device.
    Cut,
    /// One byte of it is another.
    Corrupt,
    /// It comes twice.
    Twice,
}

impl Flaw {
    /// What leaves the device instead of the right frame. In a frame of Modbus TCP (`mbap`) nothing tells a wrong byte
    /// from a right one, but the number of data bytes.
    pub fn bend(self, mut frame: Vec<u8>, mbap: bool) -> Vec<u8> {
        match self {
            Flaw::None | Flaw::Foreign => {}
            Flaw::Cut => frame.truncate(frame.len() / 2),
            Flaw::Corrupt => {
                let at = if mbap { 8.min(frame.len().saturating_sub(1)) } else { frame.len().saturating_sub(1) };
                if let Some(byte) = frame.get_mut(at) {
                    *byte ^= 0x15;
                }
            }
            Flaw::Twice => frame.extend_from_within(..),
        }
        frame
    }
}
