//! The only answer that may pass: what the request on the wire asked for.
//!
//! Takes: the request and the PDU of a frame that came.
//! Gives: whether the PDU answers the request, or in one line why not.
//! Never: lets a PDU pass whose lengths contradict each other, or takes the answer to one write for that to another.

use crate::engine::poll::Request;
use crate::engine::profile::{Table, Write};

/// The high bit of the function marks an exception.
const EXCEPTION: u8 = 0x80;

/// The answer that is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    /// Unit that must answer.
    pub(super) unit: u8,
    /// Function it must repeat.
    pub(super) function: u8,
    /// What must follow the function.
    pub(super) body: Body,
}

/// Type 14 of function 43: reading what a device is.
const IDENTIFICATION: u8 = 14;

/// What follows the function in the awaited answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// So many bytes of data, preceded by their number.
    Data(u8),
    /// What was to be written, repeated: the first `1` bytes of `0`.
    Repeat([u8; 6], u8),
    /// What the device is: objects, each with its own length.
    Objects,
}

impl Expected {
    /// What `request` must be answered with; nothing when no single frame could carry it.
    pub(super) fn of(request: &Request) -> Option<Expected> {
        if request.identification {
            return Some(Expected { unit: request.unit, function: 43, body: Body::Objects });
        }
        if let Some(write) = &request.write {
            return Some(Expected {
                unit: request.unit,
                function: write.function(),
                body: repeated(request.start, write)?,
            });
        }
        let (function, most, bytes) = match request.table {
            Table::Coil => (1, 2000, request.count.div_ceil(8)),
            Table::Discrete => (2, 2000, request.count.div_ceil(8)),
            Table::Holding => (3, 125, request.count.saturating_mul(2)),
            Table::Input => (4, 125, request.count.saturating_mul(2)),
        };
        let fits = (1..=most).contains(&request.count);
        let data = u8::try_from(bytes).ok().filter(|_| fits)?;
        Some(Expected { unit: request.unit, function, body: Body::Data(data) })
    }

    /// How the awaited answer begins, unit first, as far as it is known beforehand: of data the header, of a write all.
    pub(super) fn beginning(&self) -> ([u8; 8], usize) {
        let mut bytes = [0; 8];
        [bytes[0], bytes[1]] = [self.unit, self.function];
        match self.body {
            Body::Data(data) => {
                bytes[2] = data;
                (bytes, 3)
            }
            Body::Objects => {
                bytes[2] = IDENTIFICATION;
                (bytes, 3)
            }
            Body::Repeat(body, length) => {
                bytes[2..].copy_from_slice(&body);
                (bytes, 2 + usize::from(length))
            }
        }
    }

    /// Length of the PDU of the awaited answer, of which these bytes have come; nothing while they do not say it yet.
    pub(super) fn pdu_length(&self, pdu: &[u8]) -> Option<usize> {
        match self.body {
            Body::Data(data) => Some(2 + usize::from(data)),
            Body::Repeat(_, length) => Some(1 + usize::from(length)),
            Body::Objects => pdu.get(1..).and_then(objects).map(|body| 1 + body),
        }
    }

    /// Whether it answers a write.
    pub(super) fn is_write(&self) -> bool {
        matches!(self.body, Body::Repeat(..))
    }

    /// Checks unit and PDU of a frame.
    pub(super) fn check(&self, unit: u8, pdu: &[u8]) -> Result<(), String> {
        if unit != self.unit {
            return Err(format!("unit {unit} answered instead of unit {}", self.unit));
        }
        match *pdu {
            [function, _] if function == self.function | EXCEPTION => Ok(()),
            [function, ..] if function == self.function | EXCEPTION => {
                Err(format!("an exception of {} bytes instead of 2", pdu.len()))
            }
            [function, ref body @ ..] if function == self.function => self.check_body(body),
            [function, ..] => Err(format!("function {function} answered instead of function {}", self.function)),
            [] => Err("an empty answer".into()),
        }
    }

    fn check_body(&self, body: &[u8]) -> Result<(), String> {
        match (self.body, body) {
            (Body::Data(_), []) => Err("an answer without data".into()),
            (Body::Data(expected), [count, data @ ..]) => {
                if data.len() != usize::from(*count) {
                    Err(format!("an answer that announces {count} bytes of data and carries {}", data.len()))
                } else if *count != expected {
                    Err(format!("{count} bytes of data where {expected} were asked for"))
                } else {
                    Ok(())
                }
            }
            (Body::Objects, body) => match objects(body) {
                Some(length) if length == body.len() && body[0] == IDENTIFICATION => Ok(()),
                _ => Err("an answer on what it is whose lengths contradict each other".into()),
            },
            (Body::Repeat(expected, length), body) => {
                let expected = &expected[..usize::from(length)];
                if body == expected {
                    Ok(())
                } else {
                    Err(format!("an answer that repeats {body:02x?} where {expected:02x?} was to be written"))
                }
            }
        }
    }
}

/// How long the objects of an answer on what a device is are with what stands before them: type, code, conformity, whether
/// more follows, the next object and the number of objects; nothing while bytes are missing.
fn objects(body: &[u8]) -> Option<usize> {
    let mut length = 6;
    for _ in 0..*body.get(5)? {
        length += 2 + usize::from(*body.get(length + 1)?);
    }
    (body.len() >= length).then_some(length)
}

/// What the answer to a write repeats: the address, and the value, the count or the masks.
fn repeated(address: u16, write: &Write) -> Option<Body> {
    let last = address.checked_add(write.count().checked_sub(1)?).is_some();
    let (value, fits) = match write {
        Write::Coil(on) => (if *on { 0xFF00 } else { 0 }, true),
        Write::Register(word) => (*word, true),
        Write::Coils(bits) => (write.count(), bits.len() <= 1968),
        Write::Registers(words) => (write.count(), words.len() <= 123),
        Write::Mask { and, .. } => (*and, true),
    };
    let (third, length) = match write {
        Write::Mask { or, .. } => (*or, 6),
        _ => (0, 4),
    };
    let [[a, b], [c, d], [e, f]] = [address, value, third].map(u16::to_be_bytes);
    (fits && last).then_some(Body::Repeat([a, b, c, d, e, f], length))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn check(expected: Expected, unit: u8, pdu: &[u8], fine: bool) {
        assert_eq!(expected.check(unit, pdu).is_ok(), fine, "{expected:?} {pdu:?}");
    }

    #[test]
    fn only_the_shape_that_was_asked_for_passes() {
        let expected = Expected { unit: 1, function: 3, body: Body::Data(4) };
        let check = |unit: u8, pdu: &[u8], fine: bool| check(expected, unit, pdu, fine);
        check(1, &[3, 4, 0, 1, 0, 2], true);
        check(1, &[0x83, 2], true);
        check(2, &[3, 4, 0, 1, 0, 2], false);
        check(1, &[4, 4, 0, 1, 0, 2], false);
        check(1, &[3, 2, 0, 1], false);
        check(1, &[3, 4, 0, 1], false);
        check(1, &[3, 4, 0, 1, 0, 2, 0], false);
        check(1, &[3], false);
        check(1, &[0x83, 2, 0], false);
        check(1, &[0x83], false);
        check(1, &[], false);
    }

    fn write(start: u16, write: Write) -> Request {
        let (within, pause, quarantine) = (Duration::from_secs(1), Duration::ZERO, Duration::ZERO);
        let (table, count) = (Table::Holding, write.count());
        Request {
            id: 1,
            device: 0,
            unit: 7,
            table,
            start,
            count,
            write: Some(write),
            identification: false,
            within,
            pause,
            quarantine,
        }
    }

    #[test]
    fn a_write_is_confirmed_only_by_its_own_repetition() {
        let answers = |written: Write, fine: &[u8], others: &[&[u8]]| {
            let expected = Expected::of(&write(0x0102, written)).expect("it fits a frame");
            assert_eq!(expected.pdu_length(fine), Some(fine.len()));
            check(expected, 7, fine, true);
            check(expected, 8, fine, false);
            check(expected, 7, &fine[..fine.len() - 1], false);
            check(expected, 7, &[fine, &[0]].concat(), false);
            check(expected, 7, &[fine[0] | 0x80, 3], true);
            others.iter().for_each(|other| check(expected, 7, other, false));
        };
        answers(Write::Coil(true), &[5, 1, 2, 0xFF, 0], &[&[5, 1, 2, 0, 0], &[5, 1, 3, 0xFF, 0], &[6, 1, 2, 0xFF, 0]]);
        answers(Write::Coil(false), &[5, 1, 2, 0, 0], &[&[5, 1, 2, 0xFF, 0]]);
        answers(Write::Register(9), &[6, 1, 2, 0, 9], &[&[6, 1, 2, 0, 8], &[6, 1, 1, 0, 9], &[3, 2, 0, 9]]);
        answers(Write::Coils(vec![true; 10]), &[15, 1, 2, 0, 10], &[&[15, 1, 2, 0, 9], &[15, 0, 2, 0, 10]]);
        answers(Write::Registers(vec![5, 6]), &[16, 1, 2, 0, 2], &[&[16, 1, 2, 0, 1], &[16, 1, 4, 0, 2]]);
        let mask = Write::Mask { and: 0xF2, or: 0x25 };
        answers(mask, &[22, 1, 2, 0, 0xF2, 0, 0x25], &[&[22, 1, 2, 0, 0xF2, 0, 0x24], &[22, 1, 2, 0, 0xF2]]);
    }

    #[test]
    fn what_a_device_is_ends_where_its_objects_end() {
        let asked = Request { identification: true, ..write(0, Write::Register(0)) };
        let expected = Expected::of(&asked).expect("it fits a frame");
        let said = [43, 14, 1, 1, 0, 0, 2, 0, 3, b'A', b'c', b'm', 1, 1, b'X'];
        check(expected, 7, &said, true);
        check(expected, 8, &said, false);
        check(expected, 7, &[0xAB, 1], true);
        check(expected, 7, &[&said[..], &[0]].concat(), false);
        for cut in 1..said.len() {
            check(expected, 7, &said[..cut], false);
            assert_eq!(expected.pdu_length(&said[..cut]), None, "{cut}");
        }
        assert_eq!(expected.pdu_length(&[&said[..], &[9, 9]].concat()), Some(said.len()));
    }

    #[test]
    fn what_no_frame_can_carry_is_not_sent() {
        let fits = |start: u16, written: Write| Expected::of(&write(start, written)).is_some();
        assert!(fits(0, Write::Registers(vec![0; 123])) && !fits(0, Write::Registers(vec![0; 124])));
        assert!(fits(0, Write::Coils(vec![false; 1968])) && !fits(0, Write::Coils(vec![false; 1969])));
        assert!(!fits(0, Write::Registers(Vec::new())) && !fits(0, Write::Coils(Vec::new())));
        assert!(fits(65_535, Write::Register(1)) && !fits(65_535, Write::Registers(vec![1, 2])));
    }
}
