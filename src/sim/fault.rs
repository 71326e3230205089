//! How a simulated device misbehaves on the wire.
//!
//! Takes: the name and numbers a scenario or a person gives.
//! Gives: [`Fault`], and what is left of a right answer under it ([`Answer`]).
//! Never: a fault that the fence of a Modbus edge is not expected to meet (crates.md §1).

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
    /// TCP: answers under another transaction id. RTU has none and answers under another unit id.
    WrongTransaction,
    /// Sends the first half of every answer.
    Truncated,
}

/// The words of scenarios and of the line commands, in the order they are told to people.
pub const MODES: [&str; 9] =
    ["none", "silent", "late", "exception", "wrong-unit", "wrong-function", "short", "wrong-transaction", "truncated"];

impl Fault {
    /// The fault of a mode's name; `late` takes milliseconds (500 by default), `exception` a code (4 by default).
    pub fn named(mode: &str, number: Option<u64>) -> Option<Fault> {
        Some(match mode {
            "none" => Fault::None,
            "silent" => Fault::Silent,
            "late" => Fault::Late(Duration::from_millis(number.unwrap_or(500))),
            "exception" => Fault::Exception(u8::try_from(number.unwrap_or(4)).ok()?),
            "wrong-unit" => Fault::WrongUnit,
            "wrong-function" => Fault::WrongFunction,
            "short" => Fault::Short,
            "wrong-transaction" => Fault::WrongTransaction,
            "truncated" => Fault::Truncated,
            _ => return None,
        })
    }

    /// What becomes of the right answer `pdu` of `unit`; nothing when the device stays silent.
    pub fn distort(self, unit: u8, mut pdu: Vec<u8>) -> Option<Answer> {
        let mut answer = Answer { after: Duration::ZERO, unit, pdu: Vec::new(), foreign: false, cut: false };
        match self {
            Fault::None => {}
            Fault::Silent => return None,
            Fault::Late(by) => answer.after = by,
            Fault::Exception(code) => pdu = vec![pdu.first().copied().unwrap_or(0) | 0x80, code],
            Fault::WrongUnit => answer.unit = unit.wrapping_add(1),
            // Reads become the read of the other table of their kind: lengths stay plausible.
            Fault::WrongFunction => {
                if let Some(function) = pdu.first_mut() {
                    *function ^= 7;
                }
            }
            Fault::Short => shorten(&mut pdu),
            Fault::WrongTransaction => answer.foreign = true,
            Fault::Truncated => answer.cut = true,
        }
        answer.pdu = pdu;
        Some(answer)
    }
}

/// Takes the last register, or the last byte of bits, out of a read's answer.
fn shorten(pdu: &mut Vec<u8>) {
    let drop = match pdu.first() {
        Some(1 | 2) => 1,
        Some(3 | 4) => 2,
        _ => return,
    };
    if let Some(count) = pdu.get_mut(1) {
        *count = count.saturating_sub(drop);
        pdu.truncate(pdu.len().saturating_sub(usize::from(drop)).max(2));
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
    /// Under another transaction id than was asked.
    pub foreign: bool,
    /// Only the first half of the frame leaves the device.
    pub cut: bool,
}
