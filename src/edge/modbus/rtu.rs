//! Frames of Modbus RTU: found by their shape and their checksum, wherever noise put them.
//!
//! Takes: the client's request on its way out, received bytes on their way in.
//! Gives: the one frame that answers the request on the wire.
//! Never: takes a frame for the answer that differs from it in unit, function, length or checksum.

use super::expected::Expected;
use super::fence::Fault;

/// The longest frame of the specification. Of more input than this without an answer, only the end is kept.
const LONGEST: usize = 256;

/// Framing of one line.
#[derive(Debug, Default)]
pub(super) struct Rtu {
    awaited: Option<Expected>,
    /// The request as it went out, to know its echo.
    sent: Vec<u8>,
}

impl Rtu {
    /// The next request awaits this answer.
    pub(super) fn ask(&mut self, expected: Expected) {
        self.awaited = Some(expected);
        self.sent.clear();
    }

    /// Nothing is awaited any more.
    pub(super) fn give_up(&mut self) {
        self.awaited = None;
    }

    /// Remembers a request of the client.
    pub(super) fn outgoing(&mut self, frame: &[u8]) {
        self.sent.extend_from_slice(frame);
    }

    /// Looks for the answer in all that came since the request.
    pub(super) fn scan(&mut self, inbound: &mut Vec<u8>, answer: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(expected) = self.awaited else {
            inbound.clear();
            return Ok(());
        };
        for start in 0..inbound.len() {
            if let Some(frame) = frame_at(expected, &inbound[start..]) {
                answer.clear();
                answer.extend_from_slice(frame);
                inbound.clear();
                self.awaited = None;
                return Ok(());
            }
        }
        if let Some(reason) = self.foreign(expected, inbound) {
            inbound.clear();
            self.awaited = None;
            return Err(Fault::Refused(reason));
        }
        if inbound.len() > 2 * LONGEST {
            inbound.drain(..inbound.len() - LONGEST);
        }
        Ok(())
    }

    /// Says what is wrong when everything received is one sound frame that is no answer: nobody needs to wait for more.
    fn foreign(&self, expected: Expected, inbound: &[u8]) -> Option<String> {
        let fresh = inbound.strip_prefix(&self.sent[..]).unwrap_or(inbound);
        let may_grow = fresh.starts_with(&[expected.unit, expected.function, expected.data]);
        if may_grow || fresh.len() < 4 || checksum(fresh) != 0 {
            return None;
        }
        let [unit, pdu @ .., _, _] = fresh else { return None };
        expected.check(*unit, pdu).err()
    }

    /// What came instead of an answer, when the deadline has passed; nothing when the line was silent.
    pub(super) fn remains(&self, inbound: &[u8]) -> Option<String> {
        let fresh = inbound.strip_prefix(&self.sent[..]).unwrap_or(inbound);
        (!fresh.is_empty()).then(|| format!("{} bytes came that hold no sound answer", fresh.len()))
    }
}

/// The awaited frame at the beginning of `bytes`, complete and with a good checksum.
fn frame_at(expected: Expected, bytes: &[u8]) -> Option<&[u8]> {
    let length = match *bytes {
        [unit, function, ..] if unit == expected.unit && function == expected.function | 0x80 => 5,
        [unit, function, data, ..] if [unit, function, data] == [expected.unit, expected.function, expected.data] => {
            expected.pdu_length() + 3
        }
        _ => return None,
    };
    bytes.get(..length).filter(|frame| checksum(frame) == 0)
}

/// The CRC-16 of the specification; over a whole frame, checksum included, it is zero.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum: u16, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: Expected = Expected { unit: 1, function: 3, data: 2 };

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        [bytes, &checksum(bytes).to_le_bytes()].concat()
    }

    /// What becomes of `inbound`, given whole and given byte by byte.
    fn scanned(inbound: &[u8]) -> Result<Vec<u8>, Fault> {
        let run = |chunk: usize| {
            let (mut rtu, mut held, mut answer) = (Rtu::default(), Vec::new(), Vec::new());
            rtu.ask(EXPECTED);
            rtu.outgoing(&sealed(&[1, 3, 0, 0, 0, 1]));
            for bytes in inbound.chunks(chunk) {
                held.extend_from_slice(bytes);
                rtu.scan(&mut held, &mut answer)?;
            }
            Ok(answer)
        };
        let whole = run(inbound.len().max(1));
        assert_eq!(
            run(1).is_ok_and(|answer| !answer.is_empty()),
            whole.as_ref().is_ok_and(|answer| !answer.is_empty())
        );
        whole
    }

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        assert_eq!(checksum(&[0x01, 0x03, 0x08, 0x2B, 0x00, 0x02]), 0x63B6);
    }

    #[test]
    fn the_answer_is_found_behind_noise_and_echo() {
        let good = sealed(&[1, 3, 2, 0, 9]);
        let echo = sealed(&[1, 3, 0, 0, 0, 1]);
        let noise = vec![0xFF; 30];
        let check = |before: &[u8]| assert_eq!(scanned(&[before, &good].concat()), Ok(good.clone()), "{before:?}");
        check(&[]);
        check(&[0]);
        check(&[1]);
        check(&[1, 3]);
        check(&[0x18]);
        check(&noise);
        check(&echo);
        let refusal = sealed(&[1, 0x83, 2]);
        assert_eq!(scanned(&[&[0][..], &refusal].concat()), Ok(refusal));
    }

    #[test]
    fn a_sound_frame_that_is_no_answer_is_named_at_once() {
        let check = |frame: &[u8]| assert!(matches!(scanned(&sealed(frame)), Err(Fault::Refused(_))), "{frame:?}");
        check(&[2, 3, 2, 0, 9]);
        check(&[1, 4, 2, 0, 9]);
        check(&[1, 3, 4, 0, 9, 0, 9]);
        assert_eq!(scanned(&[1, 3, 2, 0, 9, 0, 0]), Ok(Vec::new()), "a bad checksum is no frame at all");
    }
}
