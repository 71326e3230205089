//! What a scripted device is asked, and the frames with which it may answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

/// How frames are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Modbus TCP.
    Mbap,
    /// Modbus RTU, on a line or in a TCP connection.
    Rtu,
}

/// One request as the device received it.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "each pain uses a part of it")]
pub struct Asked {
    /// How many were received before it.
    pub number: usize,
    /// On which connection it came; 0 is the first.
    pub connection: usize,
    pub framing: Framing,
    /// Transaction id; 0 on a line.
    pub transaction: u16,
    pub unit: u8,
    /// Function code and data.
    pub pdu: Vec<u8>,
    /// When its last byte was read.
    pub at: Instant,
}

/// What a device does, one step after the other.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "each pain uses a part of it")]
pub enum Step {
    /// Sends these bytes as they are.
    Send(Vec<u8>),
    /// Waits; what is asked meanwhile is answered by steps of its own.
    Wait(Duration),
    /// Closes the connection. A line cannot be closed.
    Close,
}

/// Decides what a device does with a request. No step at all is silence.
pub type Script = Arc<dyn Fn(&Asked) -> Vec<Step> + Send + Sync>;

#[allow(dead_code, reason = "each pain uses a part of it")]
impl Asked {
    pub fn function(&self) -> u8 {
        self.pdu[0]
    }

    /// First address.
    pub fn start(&self) -> u16 {
        u16::from_be_bytes([self.pdu[1], self.pdu[2]])
    }

    /// How many addresses a read asks for.
    pub fn count(&self) -> u16 {
        u16::from_be_bytes([self.pdu[3], self.pdu[4]])
    }

    /// Whether it changes anything.
    pub fn is_write(&self) -> bool {
        !(1..=4).contains(&self.function())
    }

    /// The frame that answers it with `pdu`.
    pub fn frame(&self, pdu: &[u8]) -> Vec<u8> {
        self.frame_as(self.transaction, self.unit, pdu)
    }

    /// A frame under another transaction id or unit.
    pub fn frame_as(&self, transaction: u16, unit: u8, pdu: &[u8]) -> Vec<u8> {
        match self.framing {
            Framing::Mbap => {
                let length = u16::try_from(pdu.len() + 1).expect("a frame");
                [&transaction.to_be_bytes()[..], &[0, 0], &length.to_be_bytes(), &[unit], pdu].concat()
            }
            Framing::Rtu => {
                let body = [&[unit][..], pdu].concat();
                [&body[..], &checksum(&body).to_le_bytes()].concat()
            }
        }
    }

    /// The request itself, as it came.
    pub fn echo(&self) -> Vec<u8> {
        self.frame(&self.pdu)
    }

    /// The frame of an exception.
    pub fn exception(&self, code: u8) -> Vec<u8> {
        self.frame(&[self.function() | 0x80, code])
    }

    /// The frame of a read's answer that holds these words, whatever was asked for.
    pub fn words(&self, words: &[u16]) -> Vec<u8> {
        let data: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        self.frame(&[&[self.function(), u8::try_from(data.len()).expect("a frame")][..], &data].concat())
    }
}

/// Registers of all units of a scripted device, and what a right device answers with them.
#[derive(Clone, Debug, Default)]
pub struct Registers(Arc<Mutex<BTreeMap<(u8, Cell), u16>>>);

/// Bits (coils and discrete inputs) and words (holding and input registers) are each one table here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Bit(u16),
    Word(u16),
}

#[allow(dead_code, reason = "each pain uses a part of it")]
impl Registers {
    pub fn set(&self, unit: u8, address: u16, word: u16) {
        self.put(unit, Cell::Word(address), word);
    }

    pub fn set_bit(&self, unit: u8, address: u16, on: bool) {
        self.put(unit, Cell::Bit(address), u16::from(on));
    }

    pub fn get(&self, unit: u8, address: u16) -> u16 {
        self.cell(unit, Cell::Word(address))
    }

    pub fn bit(&self, unit: u8, address: u16) -> bool {
        self.cell(unit, Cell::Bit(address)) != 0
    }

    fn put(&self, unit: u8, cell: Cell, word: u16) {
        self.0.lock().expect("nobody panics with it").insert((unit, cell), word);
    }

    /// A cell that nobody set reads 0.
    fn cell(&self, unit: u8, cell: Cell) -> u16 {
        self.0.lock().expect("nobody panics with it").get(&(unit, cell)).copied().unwrap_or(0)
    }

    /// The frame of the right answer; a write is carried out.
    pub fn answer(&self, asked: &Asked) -> Vec<u8> {
        asked.frame(&self.pdu(asked))
    }

    /// A device that always answers rightly.
    pub fn well(&self) -> Script {
        let registers = self.clone();
        Arc::new(move |asked| vec![Step::Send(registers.answer(asked))])
    }

    fn pdu(&self, asked: &Asked) -> Vec<u8> {
        let (unit, start, pdu) = (asked.unit, asked.start(), &asked.pdu);
        let word = |at: usize| u16::from_be_bytes([pdu[at], pdu[at + 1]]);
        match asked.function() {
            function @ (1 | 2) => {
                let mut data = vec![0; usize::from(asked.count().div_ceil(8))];
                for bit in 0..asked.count() {
                    data[usize::from(bit / 8)] |= u8::from(self.bit(unit, start + bit)) << (bit % 8);
                }
                [&[function, u8::try_from(data.len()).expect("a frame")][..], &data].concat()
            }
            function @ (3 | 4) => {
                let words = (0..asked.count()).flat_map(|at| self.get(unit, start + at).to_be_bytes());
                let data: Vec<u8> = words.collect();
                [&[function, u8::try_from(data.len()).expect("a frame")][..], &data].concat()
            }
            5 => {
                self.set_bit(unit, start, word(3) == 0xFF00);
                pdu.clone()
            }
            6 => {
                self.set(unit, start, word(3));
                pdu.clone()
            }
            15 => {
                (0..word(3)).for_each(|bit| {
                    self.set_bit(unit, start + bit, pdu[6 + usize::from(bit / 8)] >> (bit % 8) & 1 == 1);
                });
                pdu[..5].to_vec()
            }
            16 => {
                (0..word(3)).for_each(|at| self.set(unit, start + at, word(6 + 2 * usize::from(at))));
                pdu[..5].to_vec()
            }
            22 => {
                let (and, or) = (word(3), word(5));
                self.set(unit, start, (self.get(unit, start) & and) | (or & !and));
                pdu.clone()
            }
            function => vec![function | 0x80, 1],
        }
    }
}

/// The checksum of RTU.
pub fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum: u16, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    })
}
