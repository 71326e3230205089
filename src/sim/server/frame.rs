//! Modbus frames: bytes that came in, bytes that go out.
//!
//! Takes: bytes in whatever pieces they arrive.
//! Gives: requests (unit and PDU), or the news that the peer does not speak Modbus; frames for answers.
//! Never: trusts a length before it has checked it, keeps more than one frame's worth of bytes.

/// The longest PDU (Modbus Application Protocol 1.1b3, 4.1).
const LONGEST_PDU: usize = 253;
/// The longest RTU frame: unit, PDU, checksum.
pub const LONGEST_RTU: usize = LONGEST_PDU + 3;

/// One request of Modbus TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mbap {
    /// Transaction id, which the answer repeats.
    pub transaction: u16,
    /// Unit id.
    pub unit: u8,
    /// Function code and data; at least one byte.
    pub pdu: Vec<u8>,
}

/// The peer sent something that is no Modbus TCP; where its next frame begins cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotModbus;

/// Takes the first whole request out of `buffer`; `Ok(None)` when more bytes are needed.
pub fn take_mbap(buffer: &mut Vec<u8>) -> Result<Option<Mbap>, NotModbus> {
    let &[t0, t1, p0, p1, l0, l1, ..] = &buffer[..] else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    // The length counts the unit and the PDU, which has a function code at least.
    if (p0, p1) != (0, 0) || !(2..=LONGEST_PDU + 1).contains(&length) {
        return Err(NotModbus);
    }
    if buffer.len() < 6 + length {
        return Ok(None);
    }
    let frame: Vec<u8> = buffer.drain(..6 + length).collect();
    Ok(Some(Mbap { transaction: u16::from_be_bytes([t0, t1]), unit: frame[6], pdu: frame[7..].to_vec() }))
}

/// An answer as Modbus TCP carries it.
pub fn mbap(transaction: u16, unit: u8, pdu: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(7 + pdu.len());
    frame.extend(transaction.to_be_bytes());
    frame.extend([0, 0]);
    frame.extend(u16::try_from(pdu.len() + 1).unwrap_or(u16::MAX).to_be_bytes());
    frame.push(unit);
    frame.extend(pdu);
    frame
}

/// How long an RTU request is, as soon as its bytes tell; `None` while they do not, or for a function that only the
/// silence after it can end.
pub fn rtu_length(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        1..=6 => Some(8),
        15 | 16 => bytes.get(6).map(|count| 9 + usize::from(*count)),
        22 => Some(10),
        _ => None,
    }
}

/// Takes the first whole RTU request out of `buffer`; `None` when more bytes are needed. Bytes with which no sound frame
/// of a known function begins are dropped one by one.
pub fn take_rtu(buffer: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    loop {
        if buffer.len() < 2 {
            return None;
        }
        let known = matches!(buffer[1], 1..=6 | 15 | 16 | 22);
        // A write of many tells its length in the seventh byte.
        let length = match rtu_length(buffer) {
            Some(length) if buffer.len() >= length => length,
            _ if known && buffer.len() <= LONGEST_RTU => return None,
            _ => {
                buffer.remove(0);
                continue;
            }
        };
        let frame = open_rtu(&buffer[..length]).map(|(unit, pdu)| (unit, pdu.to_vec()));
        buffer.drain(..if frame.is_some() { length } else { 1 });
        if frame.is_some() {
            return frame;
        }
    }
}

/// Unit and PDU of a whole RTU frame, if its checksum is right.
pub fn open_rtu(frame: &[u8]) -> Option<(u8, &[u8])> {
    let (body, checksum) = frame.split_last_chunk::<2>()?;
    let (unit, pdu) = body.split_first()?;
    (!pdu.is_empty() && u16::from_le_bytes(*checksum) == crc(body)).then_some((*unit, pdu))
}

/// An answer as an RTU line carries it.
pub fn rtu(unit: u8, pdu: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(3 + pdu.len());
    frame.push(unit);
    frame.extend(pdu);
    let checksum = crc(&frame);
    frame.extend(checksum.to_le_bytes());
    frame
}

/// CRC-16/MODBUS (Modbus over serial line 1.02, 6.2.2).
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_taken_whole_and_checked() {
        let mut buffer = vec![0, 7, 0, 0, 0, 6, 1, 3, 0, 0, 0];
        assert_eq!(take_mbap(&mut buffer), Ok(None));
        buffer.extend([2, 0, 8]);
        let first = Mbap { transaction: 7, unit: 1, pdu: vec![3, 0, 0, 0, 2] };
        assert_eq!(take_mbap(&mut buffer), Ok(Some(first)));
        assert_eq!(buffer, [0, 8]);
        for bad in [[0, 1, 0, 1, 0, 6], [0, 1, 0, 0, 0, 1], [0, 1, 0, 0, 0, 255], [0, 1, 0, 0, 9, 6]] {
            assert_eq!(take_mbap(&mut bad.to_vec()), Err(NotModbus), "{bad:?}");
        }
    }

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        // The example of the serial line guide, 6.2.2: unit 2, function 7.
        assert_eq!(rtu(2, &[7]), [2, 7, 0x41, 0x12]);
        assert_eq!(open_rtu(&[2, 7, 0x41, 0x12]), Some((2, &[7][..])));
        assert_eq!(open_rtu(&[2, 7, 0x41, 0x13]), None);
        assert_eq!(open_rtu(&[2]), None);
        assert_eq!(open_rtu(&[0xFF, 0xFF]), None);
    }

    #[test]
    fn requests_of_rtu_are_found_behind_what_is_none() {
        let (read, mask) = (rtu(1, &[3, 0, 0, 0, 2]), rtu(9, &[22, 0, 4, 0xFF, 0, 0, 1]));
        let mut buffer = [&[0xAA, 7][..], &read, &mask[..4]].concat();
        assert_eq!(take_rtu(&mut buffer), Some((1, vec![3, 0, 0, 0, 2])));
        assert_eq!(take_rtu(&mut buffer), None);
        buffer.extend_from_slice(&mask[4..]);
        assert_eq!(take_rtu(&mut buffer), Some((9, vec![22, 0, 4, 0xFF, 0, 0, 1])));
        assert!(buffer.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = open_rtu(&bytes);
            let _ = rtu_length(&bytes);
            let mut line = bytes.clone();
            while let Some((_, pdu)) = take_rtu(&mut line) {
                prop_assert!(!pdu.is_empty() && pdu.len() <= LONGEST_PDU);
            }
            prop_assert!(line.len() <= LONGEST_RTU);
            while let Ok(Some(frame)) = take_mbap(&mut bytes) {
                prop_assert!(!frame.pdu.is_empty() && frame.pdu.len() <= LONGEST_PDU);
            }
        }
    }
}
