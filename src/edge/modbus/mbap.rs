//! Frames of Modbus TCP: cut from the stream by their length, told apart by a number of our own.
//!
//! Takes: the client's request on its way out, received bytes on their way in.
//! Gives: the one frame that answers the request on the wire, with the client's own id put back.
//! Never: lets a frame up that bears another number, and never grows: a frame has at most 260 bytes.

use super::expected::Expected;
use super::fault::Fault;

/// Transaction id, protocol id, length: what precedes the counted bytes.
const HEADER: usize = 6;
/// Numbers at most this far behind the present one are late answers of this connection.
const LATE: u16 = 1_024;

/// Framing of one connection.
#[derive(Debug)]
pub(super) struct Mbap {
    /// Whether answers bear the number of their request. Where a gateway repeats none, the only frame that can come while
    /// one request waits is taken for its answer, if unit, function and length are right.
    pub(super) numbered: bool,
    /// Number of the last request. Rises over the life of the connection, also when the client above is replaced.
    number: u16,
    /// Whether that request still awaits its answer, and which.
    awaited: Option<Expected>,
    /// The id the client gave its request.
    client_id: [u8; 2],
    /// Complete frames received, whatever their number.
    pub(super) frames: u64,
    /// Frames since the last request whose number was never asked.
    pub(super) strange: u32,
}

impl Mbap {
    /// Framing of a new connection.
    pub(super) fn new(numbered: bool) -> Mbap {
        Mbap { numbered, number: 0, awaited: None, client_id: [0; 2], frames: 0, strange: 0 }
    }

    /// The next request awaits this answer.
    pub(super) fn ask(&mut self, expected: Expected) {
        self.awaited = Some(expected);
        self.strange = 0;
    }

    /// Nothing is awaited any more: whatever still comes is late.
    pub(super) fn give_up(&mut self) {
        self.awaited = None;
    }

    /// Puts our own number on a request of the client.
    pub(super) fn outgoing(&mut self, frame: &mut [u8]) {
        if let [high, low, ..] = frame {
            // Never 0: that is what gateways answer that repeat no number, and nothing of ours must look like it.
            self.number = self.number.checked_add(1).unwrap_or(1);
            self.client_id = [*high, *low];
            [*high, *low] = self.number.to_be_bytes();
        }
    }

    /// Takes complete frames off `inbound`; the answer goes to `answer`, all others are dropped.
    pub(super) fn scan(&mut self, inbound: &mut Vec<u8>, answer: &mut Vec<u8>) -> Result<(), Fault> {
        while let [high, low, protocol_high, protocol_low, length_high, length_low, ..] = inbound[..] {
            let (protocol, length) = ([protocol_high, protocol_low], u16::from_be_bytes([length_high, length_low]));
            if protocol != [0, 0] {
                let id = u16::from_be_bytes(protocol);
                return Err(Fault::Desync(format!("a frame with protocol id {id} instead of 0")));
            }
            if !(2..=254).contains(&length) {
                return Err(Fault::Desync(format!("a frame with length {length}, outside 2 to 254")));
            }
            let end = HEADER + usize::from(length);
            if inbound.len() < end {
                return Ok(());
            }
            let number = u16::from_be_bytes([high, low]);
            let judged = self.judge(number, &inbound[HEADER..end]);
            if let Ok(true) = judged {
                answer.clear();
                answer.extend_from_slice(&self.client_id);
                answer.extend_from_slice(&inbound[2..end]);
            }
            inbound.drain(..end);
            judged?;
        }
        Ok(())
    }

    /// Whether a complete frame is the awaited answer.
    fn judge(&mut self, number: u16, counted: &[u8]) -> Result<bool, Fault> {
        self.frames += 1;
        if self.numbered && number != self.number {
            // A number we used a while ago is a late answer; one we never used says that the other side invents them.
            self.strange += u32::from(number == 0 || self.number.wrapping_sub(number) > LATE);
            return Ok(false);
        }
        let (Some(expected), [unit, pdu @ ..]) = (self.awaited.take(), counted) else {
            return Ok(false);
        };
        expected.check(*unit, pdu).map_err(Fault::Refused)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::modbus::expected::Body;

    const EXPECTED: Expected = Expected { unit: 1, function: 3, body: Body::Data(2) };

    fn frame(number: u16, value: u8) -> Vec<u8> {
        let [high, low] = number.to_be_bytes();
        vec![high, low, 0, 0, 0, 5, 1, 3, 2, 0, value]
    }

    fn asked(mbap: &mut Mbap) -> u16 {
        let mut request = [0xAB, 0xCD, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1];
        mbap.ask(EXPECTED);
        mbap.outgoing(&mut request);
        u16::from_be_bytes([request[0], request[1]])
    }

    #[test]
    fn late_answers_are_dropped_and_the_answer_comes_up_with_the_clients_id() {
        let mut mbap = Mbap::new(true);
        let (first, second) = (asked(&mut mbap), asked(&mut mbap));
        let mut inbound = [frame(first, 7), frame(second, 8), frame(second, 9)].concat();
        let mut answer = Vec::new();
        mbap.scan(&mut inbound, &mut answer).expect("all frames are well formed");
        assert_eq!(answer, [0xAB, 0xCD, 0, 0, 0, 5, 1, 3, 2, 0, 8]);
        assert_eq!((inbound.len(), mbap.frames, mbap.strange), (0, 3, 0));
    }

    #[test]
    fn without_numbers_only_the_awaited_frame_comes_up() {
        let mut mbap = Mbap::new(false);
        asked(&mut mbap);
        let mut answer = Vec::new();
        let mut other_unit = frame(0, 7);
        other_unit[6] = 2;
        let refused = mbap.scan(&mut other_unit, &mut answer);
        assert!(matches!(refused, Err(Fault::Refused(_))) && answer.is_empty(), "{refused:?}");
        asked(&mut mbap);
        mbap.scan(&mut [frame(0, 8), frame(0, 9)].concat(), &mut answer).expect("the frames are well formed");
        assert_eq!(answer, [0xAB, 0xCD, 0, 0, 0, 5, 1, 3, 2, 0, 8]);
        mbap.scan(&mut frame(0, 10), &mut answer).expect("the frame is well formed");
        assert_eq!(answer.last(), Some(&8), "nothing was awaited");
    }

    #[test]
    fn a_number_that_was_never_asked_is_strange() {
        let mut mbap = Mbap::new(true);
        let number = asked(&mut mbap);
        let mut answer = Vec::new();
        mbap.scan(&mut frame(number + 5, 1), &mut answer).expect("the frame is well formed");
        mbap.scan(&mut frame(0, 1), &mut answer).expect("the frame is well formed");
        assert_eq!((answer.len(), mbap.strange), (0, 2));
    }

    #[test]
    fn lengths_and_protocol_ids_out_of_bounds_end_the_connection() {
        let check = |header: [u8; 6]| {
            let mut mbap = Mbap::new(true);
            asked(&mut mbap);
            let outcome = mbap.scan(&mut header.to_vec(), &mut Vec::new());
            assert!(matches!(outcome, Err(Fault::Desync(_))), "{header:?}");
        };
        check([0, 1, 0, 0, 0, 0]);
        check([0, 1, 0, 0, 0, 1]);
        check([0, 1, 0, 0, 0, 255]);
        check([0, 1, 0, 0, 255, 255]);
        check([0, 1, 0, 1, 0, 5]);
    }
}
