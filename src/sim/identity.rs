//! Who a simulated device says that it is: function 43, MEI type 14 (Modbus Application Protocol 1.1b3, 6.21).
//!
//! Takes: a request, as it came; the names that `resting.toml` gives its profile.
//! Gives: the basic objects (vendor, product code, revision), as a stream or one by one.
//! Never: an answer of a device that nobody named: it refuses the function, as most devices do.

/// Function code.
pub(super) const FUNCTION: u8 = 0x2B;
/// MEI type of the device identification.
const MEI: u8 = 0x0E;
/// Conformity: the basic objects, as a stream and one by one.
const CONFORMITY: u8 = 0x81;
const ILLEGAL_FUNCTION: u8 = 1;
const ILLEGAL_ADDRESS: u8 = 2;
const ILLEGAL_VALUE: u8 = 3;

/// What a device says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Who makes it.
    pub vendor: String,
    /// What it is called in the maker's list.
    pub product: String,
    /// Its firmware.
    pub revision: String,
}

/// Answers `request`, function code and data; nothing for another function.
pub(super) fn answer(identity: Option<&Identity>, request: &[u8]) -> Option<Vec<u8>> {
    let (_, data) = request.split_first().filter(|(function, _)| **function == FUNCTION)?;
    Some(objects(identity, data).unwrap_or_else(|code| vec![FUNCTION | 0x80, code]))
}

fn objects(identity: Option<&Identity>, data: &[u8]) -> Result<Vec<u8>, u8> {
    let identity = identity.ok_or(ILLEGAL_FUNCTION)?;
    let &[mei, how, first] = data else { return Err(ILLEGAL_VALUE) };
    if mei != MEI {
        return Err(ILLEGAL_FUNCTION);
    }
    let all = [&identity.vendor, &identity.product, &identity.revision];
    let numbered = (0u8..).zip(all);
    let chosen: Vec<(u8, &String)> = match how {
        // A stream that is asked to begin beyond the last object begins with the first.
        1..=3 => numbered.skip(if first < 3 { usize::from(first) } else { 0 }).collect(),
        4 => numbered.filter(|(number, _)| *number == first).collect(),
        _ => return Err(ILLEGAL_VALUE),
    };
    if chosen.is_empty() {
        return Err(ILLEGAL_ADDRESS);
    }
    let mut pdu = vec![FUNCTION, MEI, how, CONFORMITY, 0, 0, u8::try_from(chosen.len()).map_err(|_| ILLEGAL_VALUE)?];
    for (number, text) in chosen {
        // 253 bytes are the longest answer; three names of at most 60 bytes fit.
        let bytes = text.as_bytes().get(..text.len().min(60)).unwrap_or_default();
        pdu.extend([number, u8::try_from(bytes.len()).map_err(|_| ILLEGAL_VALUE)?]);
        pdu.extend(bytes);
    }
    Ok(pdu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basic_objects_come_as_a_stream_or_one_by_one_and_everything_else_is_refused() {
        let own = Identity { vendor: "Danfoss".into(), product: "132F0005".into(), revision: "3.30".into() };
        let ask = |request: &[u8]| answer(Some(&own), request).unwrap();
        let stream = b"\x2B\x0E\x01\x81\0\0\x03\0\x07Danfoss\x01\x08132F0005\x02\x043.30";
        assert_eq!(ask(&[0x2B, 0x0E, 1, 0]), stream);
        assert_eq!(ask(&[0x2B, 0x0E, 1, 9]), stream, "beyond the last object the stream begins anew");
        assert_eq!(ask(&[0x2B, 0x0E, 1, 2]), b"\x2B\x0E\x01\x81\0\0\x01\x02\x043.30");
        assert_eq!(ask(&[0x2B, 0x0E, 4, 0]), b"\x2B\x0E\x04\x81\0\0\x01\0\x07Danfoss");
        for (request, code) in [([0x2B, 0x0E, 4, 3], 2), ([0x2B, 0x0E, 5, 0], 3), ([0x2B, 0x0D, 1, 0], 1)] {
            assert_eq!(ask(&request), [0xAB, code], "{request:?}");
        }
        assert_eq!(ask(&[0x2B]), [0xAB, 3], "a request that is cut");
        assert_eq!(answer(None, &[0x2B, 0x0E, 1, 0]), Some(vec![0xAB, 1]), "nobody named it");
        assert_eq!(answer(Some(&own), &[3, 0, 0, 0, 1]), None, "another function");
    }
}
