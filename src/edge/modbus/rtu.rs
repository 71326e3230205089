//! Frames of Modbus RTU: found by their shape and their checksum, wherever noise put them.
//!
//! Takes: the client's request on its way out, received bytes on their way in.
//! Gives: the one frame that answers the request on the wire.
//! Never: takes a frame for the answer that differs from it in unit, function, length or checksum.

use std::collections::BTreeSet;
use std::ops::Range;

use super::checksum::checksum;
use super::expected::Expected;
use super::fault::Fault;
use super::overheard::Heard;

/// The longest frame of the specification. Of more input than this without an answer, only the end is kept.
const LONGEST: usize = 256;

/// Framing of one line.
///
/// The answer to a single write (functions 5, 6 and 22) is the request, byte for byte, and so is the echo of a two-wire
/// adapter. Taken for the answer, an echo would confirm a write that no device has seen. So a request that came back once
/// is an answer only on a line that has shown that it does not echo: by answering another request without one.
#[derive(Debug, Default)]
pub(super) struct Rtu {
    awaited: Option<Expected>,
    /// The request as it went out, to know its echo.
    sent: Vec<u8>,
    /// Whether the line echoes, once that is known.
    pub(super) echoes: Option<bool>,
    /// Unit and function of every request so far.
    asked: BTreeSet<(u8, u8)>,
    /// What was heard beside our answers, until it is asked for.
    pub(super) heard: Heard,
}

impl Rtu {
    /// Framing of a line of which it is known, or not, whether it echoes.
    pub(super) fn new(echoes: Option<bool>) -> Rtu {
        Rtu { echoes, ..Rtu::default() }
    }

    /// The next request awaits this answer.
    pub(super) fn ask(&mut self, expected: Expected) {
        self.awaited = Some(expected);
        self.asked.insert((expected.unit, expected.function));
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

    /// Listens to what came although nothing was awaited.
    pub(super) fn overhear(&mut self, bytes: &[u8]) {
        self.heard.take(bytes, &self.sent, &self.asked, false);
    }

    /// Looks for the answer in all that came since the request.
    pub(super) fn scan(&mut self, inbound: &mut Vec<u8>, answer: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(expected) = self.awaited else {
            inbound.clear();
            return Ok(());
        };
        let echo = self.echo(expected, inbound);
        for start in 0..inbound.len() {
            let rest = &inbound[start..];
            // Of an echo that is still coming, the beginning may look like an answer.
            let may_be_echo = self.echoes != Some(false) && rest.len() < self.sent.len() && self.sent.starts_with(rest);
            if echo.contains(&start) || may_be_echo {
                continue;
            }
            if let Some(frame) = frame_at(expected, rest) {
                if !echo.is_empty() {
                    self.echoes = Some(true);
                } else if start == 0 && self.echoes.is_none() {
                    self.echoes = Some(false);
                }
                answer.clear();
                answer.extend_from_slice(frame);
                let end = start + frame.len();
                for other in [&inbound[..start], &inbound[end..]] {
                    self.heard.take(other, &self.sent, &self.asked, true);
                }
                inbound.clear();
                self.awaited = None;
                return Ok(());
            }
        }
        if let Some(reason) = self.foreign(expected, inbound) {
            self.heard.take(inbound, &self.sent, &self.asked, true);
            inbound.clear();
            self.awaited = None;
            return Err(Fault::Refused(reason));
        }
        if inbound.len() > 2 * LONGEST {
            inbound.drain(..inbound.len() - LONGEST);
        }
        Ok(())
    }

    /// Where in `inbound` the echo of the request lies; an empty range when it is not there, or is the answer itself.
    fn echo(&self, expected: Expected, inbound: &[u8]) -> Range<usize> {
        if self.sent.is_empty() || (expected.is_write() && self.echoes == Some(false)) {
            return 0..0;
        }
        let at = inbound.windows(self.sent.len()).position(|window| window == self.sent);
        at.map_or(0..0, |at| at..at + self.sent.len())
    }

    /// Says what is wrong when everything received is one sound frame that is no answer: nobody needs to wait for more.
    fn foreign(&self, expected: Expected, inbound: &[u8]) -> Option<String> {
        let fresh = inbound.strip_prefix(&self.sent[..]).unwrap_or(inbound);
        let (beginning, known) = expected.beginning();
        let may_grow = fresh.starts_with(&beginning[..known]) || beginning[..known].starts_with(fresh);
        if may_grow || fresh.len() < 4 || checksum(fresh) != 0 {
            return None;
        }
        let [unit, pdu @ .., _, _] = fresh else { return None };
        expected.check(*unit, pdu).err()
    }

    /// What came instead of an answer, when the deadline has passed; nothing when the line was silent.
    pub(super) fn remains(&self, inbound: &[u8]) -> Option<String> {
        let fresh = inbound.strip_prefix(&self.sent[..]).unwrap_or(inbound);
        match self.awaited {
            Some(expected)
                if fresh.is_empty() && !inbound.is_empty() && expected.is_write() && self.echoes.is_none() =>
            {
                Some("the write came back once, and this line has not shown yet whether it echoes".into())
            }
            _ => (!fresh.is_empty()).then(|| format!("{} bytes came that hold no sound answer", fresh.len())),
        }
    }
}

/// The awaited frame at the beginning of `bytes`, complete and with a good checksum.
fn frame_at(expected: Expected, bytes: &[u8]) -> Option<&[u8]> {
    let (beginning, known) = expected.beginning();
    let length = match *bytes {
        [unit, function, ..] if unit == expected.unit && function == expected.function | 0x80 => 5,
        _ if bytes.starts_with(&beginning[..known]) => expected.pdu_length(&bytes[1..])? + 3,
        _ => return None,
    };
    bytes.get(..length).filter(|frame| checksum(frame) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::modbus::expected::Body;

    const EXPECTED: Expected = Expected { unit: 1, function: 3, body: Body::Data(2) };

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        [bytes, &checksum(bytes).to_le_bytes()].concat()
    }

    /// What becomes of `inbound` after a request, given whole and given byte by byte.
    fn answered(echoes: Option<bool>, expected: Expected, sent: &[u8], inbound: &[u8]) -> Result<Vec<u8>, Fault> {
        let run = |chunk: usize| {
            let (mut rtu, mut held, mut answer) = (Rtu::new(echoes), Vec::new(), Vec::new());
            rtu.ask(expected);
            rtu.outgoing(sent);
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

    fn scanned(inbound: &[u8]) -> Result<Vec<u8>, Fault> {
        answered(None, EXPECTED, &sealed(&[1, 3, 0, 0, 0, 1]), inbound)
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

    #[test]
    fn an_echo_with_a_glitch_behind_it_is_not_taken_for_data() {
        // Over a whole frame the checksum is zero, and a zero after it leaves it so: nine bytes, as two registers take.
        let expected = Expected { unit: 1, function: 3, body: Body::Data(4) };
        let echo = sealed(&[1, 3, 4, 0, 0, 2]);
        let glitch = [&echo[..], &[0]].concat();
        assert_eq!(checksum(&glitch), 0);
        let good = sealed(&[1, 3, 4, 0, 1, 0, 2]);
        for echoes in [None, Some(true), Some(false)] {
            assert_eq!(answered(echoes, expected, &echo, &glitch), Ok(Vec::new()));
            assert_eq!(answered(echoes, expected, &echo, &[&glitch, &good[..]].concat()), Ok(good.clone()));
        }
    }

    #[test]
    fn an_echo_never_confirms_a_write() {
        let expected = Expected { unit: 1, function: 6, body: Body::Repeat([0, 7, 0, 9, 0, 0], 4) };
        let write = sealed(&[1, 6, 0, 7, 0, 9]);
        let check = |echoes: Option<bool>, copies: usize, confirmed: bool| {
            let answer = answered(echoes, expected, &write, &write.repeat(copies)).expect("nothing foreign came");
            assert_eq!(!answer.is_empty(), confirmed, "{echoes:?}, {copies} times");
        };
        check(Some(false), 1, true);
        check(Some(true), 1, false);
        check(Some(true), 2, true);
        check(None, 1, false);
        check(None, 2, true);
        let refused = sealed(&[1, 0x86, 3]);
        assert_eq!(answered(None, expected, &write, &refused), Ok(refused.clone()));
        assert_eq!(answered(None, expected, &write, &[&write[..], &refused].concat()), Ok(refused));
    }

    #[test]
    fn only_the_repetition_of_this_write_confirms_it() {
        let expected = Expected { unit: 1, function: 16, body: Body::Repeat([0, 7, 0, 1, 0, 0], 4) };
        let write = sealed(&[1, 16, 0, 7, 0, 1, 2, 0, 9]);
        let answered = |frame: &[u8]| answered(None, expected, &write, &sealed(frame));
        assert_eq!(answered(&[1, 16, 0, 7, 0, 1]), Ok(sealed(&[1, 16, 0, 7, 0, 1])));
        for other in [[1, 16, 0, 8, 0, 1], [1, 16, 0, 7, 0, 2], [2, 16, 0, 7, 0, 1], [1, 15, 0, 7, 0, 1]] {
            assert!(matches!(answered(&other), Err(Fault::Refused(_))), "{other:?}");
        }
    }

    #[test]
    fn a_line_shows_by_its_answers_whether_it_echoes() {
        let check = |inbound: &[u8], known: Option<bool>| {
            let mut rtu = Rtu::default();
            rtu.ask(EXPECTED);
            rtu.outgoing(&sealed(&[1, 3, 0, 0, 0, 1]));
            rtu.scan(&mut inbound.to_vec(), &mut Vec::new()).expect("nothing foreign came");
            assert_eq!(rtu.echoes, known, "{inbound:?}");
        };
        let good = sealed(&[1, 3, 2, 0, 9]);
        check(&good, Some(false));
        check(&[&sealed(&[1, 3, 0, 0, 0, 1]), &good[..]].concat(), Some(true));
        check(&[&[0xFF], &good[..]].concat(), None);
    }
}
