//! The only answer that may pass: what the request on the wire asked for.
//!
//! Takes: the request and the PDU of a frame that came.
//! Gives: whether the PDU answers the request, or in one line why not.
//! Never: lets a PDU pass whose lengths contradict each other.

use crate::engine::poll::Request;
use crate::engine::profile::Table;

/// The high bit of the function marks an exception.
const EXCEPTION: u8 = 0x80;

/// The answer that is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    /// Unit that must answer.
    pub(super) unit: u8,
    /// Function it must repeat.
    pub(super) function: u8,
    /// Bytes of data the answer must carry.
    pub(super) data: u8,
}

impl Expected {
    /// What `request` must be answered with; nothing when no single frame could carry it.
    pub(super) fn of(request: &Request) -> Option<Expected> {
        let (function, most, bytes) = match request.table {
            Table::Coil => (1, 2000, request.count.div_ceil(8)),
            Table::Discrete => (2, 2000, request.count.div_ceil(8)),
            Table::Holding => (3, 125, request.count.saturating_mul(2)),
            Table::Input => (4, 125, request.count.saturating_mul(2)),
        };
        let fits = (1..=most).contains(&request.count);
        let data = u8::try_from(bytes).ok().filter(|_| fits)?;
        Some(Expected { unit: request.unit, function, data })
    }

    /// Length of the PDU of the awaited data: function, byte count, data.
    pub(super) fn pdu_length(self) -> usize {
        2 + usize::from(self.data)
    }

    /// Checks unit and PDU of a frame.
    pub(super) fn check(self, unit: u8, pdu: &[u8]) -> Result<(), String> {
        if unit != self.unit {
            return Err(format!("unit {unit} answered instead of unit {}", self.unit));
        }
        match *pdu {
            [function, _] if function == self.function | EXCEPTION => Ok(()),
            [function, ..] if function == self.function | EXCEPTION => {
                Err(format!("an exception of {} bytes instead of 2", pdu.len()))
            }
            [function, count, ref data @ ..] if function == self.function => {
                if data.len() != usize::from(count) {
                    Err(format!("an answer that announces {count} bytes of data and carries {}", data.len()))
                } else if count != self.data {
                    Err(format!("{count} bytes of data where {} were asked for", self.data))
                } else {
                    Ok(())
                }
            }
            [function, ..] => Err(format!("function {function} answered instead of function {}", self.function)),
            [] => Err("an empty answer".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shape_that_was_asked_for_passes() {
        let expected = Expected { unit: 1, function: 3, data: 4 };
        let check = |unit: u8, pdu: &[u8], fine: bool| assert_eq!(expected.check(unit, pdu).is_ok(), fine, "{pdu:?}");
        check(1, &[3, 4, 0, 1, 0, 2], true);
        check(1, &[0x83, 2], true);
        check(2, &[3, 4, 0, 1, 0, 2], false);
        check(1, &[4, 4, 0, 1, 0, 2], false);
        check(1, &[3, 2, 0, 1], false);
        check(1, &[3, 4, 0, 1], false);
        check(1, &[3, 4, 0, 1, 0, 2, 0], false);
        check(1, &[0x83, 2, 0], false);
        check(1, &[0x83], false);
        check(1, &[], false);
    }
}
