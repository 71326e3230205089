//! What a scripted device answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What the device does with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Answers well.
    Fine,
    /// Answers well, so many milliseconds late.
    Late(u64),
    /// Answers well, twice, the second time at once.
    Twice,
    /// Answers well, byte by byte.
    Dribble,
    /// Another unit answers.
    WrongUnit,
    /// Another function answers.
    WrongFunction,
    /// One register, or one byte of bits, is missing.
    TooFew,
    /// One register, or one byte of bits, too many.
    TooMany,
    /// The byte count announces more than there is.
    CountLiesUp,
    /// The byte count announces less than there is.
    CountLiesDown,
    /// Only the first so many bytes of the frame come.
    Cut(usize),
    /// So many bytes of noise come before the frame.
    Noise(usize),
    /// An exception.
    Exception(u8),
    /// Nothing.
    Silent,
    /// The device closes.
    Close,
    /// TCP: another transaction id.
    WrongTransaction,
    /// TCP: another protocol id.
    WrongProtocol,
    /// TCP: a length field that lies.
    Length(u16),
    /// RTU: a checksum that is wrong.
    BadChecksum,
    /// RTU: the request comes back before the answer, as two-wire adapters do.
    Echo,
}

/// Requests seen so far by a device; shared with the test.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<AtomicU32>);

impl Seen {
    pub fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    /// Counts one request and gives its number.
    pub fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// The value of a register in the answer to request number `seen`.
pub fn word(address: u16, seen: u32) -> u16 {
    let mixed = (u32::from(address) << 16 | (seen & 0xFFFF)).wrapping_mul(0x9E37_79B1);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x85EB_CA77).to_be_bytes()[1..3]
        .iter()
        .fold(0, |all, b| all << 8 | u16::from(*b))
}

/// The value of a bit in the answer to request number `seen`.
pub fn bit(address: u16, seen: u32) -> bool {
    word(address, seen) & 1 == 1
}

/// The PDU that answers the request PDU `asked` by the rules, or as `act` bends them.
pub fn pdu(asked: &[u8], act: Act, seen: u32) -> Vec<u8> {
    let [function, a, b, c, d] = asked[..] else { panic!("not a read request: {asked:?}") };
    let (start, count) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    if let Act::Exception(code) = act {
        return vec![function | 0x80, code];
    }
    let mut data = Vec::new();
    if function <= 2 {
        for byte in 0..count.div_ceil(8) {
            let bits = (0..8).filter(|i| byte * 8 + i < count && bit(start + byte * 8 + i, seen));
            data.push(bits.fold(0, |all, i| all | 1u8 << i));
        }
    } else {
        (0..count).for_each(|i| data.extend_from_slice(&word(start + i, seen).to_be_bytes()));
    }
    let unit_of_data = if function <= 2 { 1 } else { 2 };
    match act {
        Act::TooFew => data.truncate(data.len() - unit_of_data),
        Act::TooMany => data.extend(vec![0xEE; unit_of_data]),
        _ => {}
    }
    let mut announced = u8::try_from(data.len()).expect("scripts ask for less than 256 bytes");
    match act {
        Act::CountLiesUp => announced += 2,
        Act::CountLiesDown => announced -= 1,
        _ => {}
    }
    let function = if act == Act::WrongFunction { function ^ 7 } else { function };
    [&[function, announced][..], &data].concat()
}

/// The checksum of RTU.
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = 0xFFFF_u16;
    for byte in bytes {
        sum ^= u16::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 };
        }
    }
    sum
}
