//! What others say on a line: sound frames that are neither ours nor an answer to us.
//!
//! Takes: bytes in which no answer was found, and what was asked on this line so far.
//! Gives: how many frames in them speak of another master, and how many bytes are no frame at all.
//! Never: takes noise, an echo or a late answer for one: a frame has a good checksum and the length of its kind.

use std::collections::BTreeSet;

use super::checksum::checksum;

/// The high bit of the function marks an exception.
const EXCEPTION: u8 = 0x80;
/// Units on a line; 0 is everybody.
const UNITS: std::ops::RangeInclusive<u8> = 0..=247;

/// What was heard on a line beside our answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Frames of another master, and of devices that answer it.
    pub strangers: u32,
    /// Bytes that belong to no sound frame.
    pub noise: u32,
}

impl Heard {
    /// Takes in bytes in which no answer was found.
    ///
    /// `own` is our last request, whose echo may lie there; `asked` holds unit and function of all our requests on this
    /// line: an answer by such a unit to such a function may be a late one to us. `awaiting` says that an answer was
    /// awaited when the bytes came: then a device that answers wrongly is not taken for another master, only a request is.
    pub(super) fn take(&mut self, bytes: &[u8], own: &[u8], asked: &BTreeSet<(u8, u8)>, awaiting: bool) {
        let mut at = 0;
        while let rest @ [unit, function, ..] = &bytes[at..] {
            let ours = asked.contains(&(*unit, function & !EXCEPTION));
            if !own.is_empty() && rest.starts_with(own) {
                at += own.len();
            } else if let Some(length) = request(rest).filter(|_| UNITS.contains(unit)) {
                // The answer to a single write looks like its request, and an odd number of bytes of coils like an address.
                let may_answer = matches!(function, 5 | 6 | 22) || (*function <= 4 && rest[2] == 3);
                self.strangers += u32::from(!(ours && may_answer));
                at += length;
            } else if let Some(length) = answer(rest).filter(|_| UNITS.contains(unit)) {
                self.strangers += u32::from(!ours && !awaiting);
                at += length;
            } else {
                self.noise += 1;
                at += 1;
            }
        }
        self.noise += u32::from(at < bytes.len());
    }
}

/// Length of the sound request that `bytes` begin with.
fn request(bytes: &[u8]) -> Option<usize> {
    let length = match bytes.get(1)? {
        1..=6 => 8,
        15 | 16 => 9 + usize::from(*bytes.get(6)?),
        22 => 10,
        23 => 13 + usize::from(*bytes.get(10)?),
        _ => return None,
    };
    sound(bytes, length)
}

/// Length of the sound answer that `bytes` begin with.
fn answer(bytes: &[u8]) -> Option<usize> {
    let length = match bytes.get(1)? {
        1..=4 | 23 => 5 + usize::from(*bytes.get(2)?),
        5 | 6 | 15 | 16 => 8,
        22 => 10,
        0x81..=0x97 => 5,
        _ => return None,
    };
    sound(bytes, length)
}

fn sound(bytes: &[u8], length: usize) -> Option<usize> {
    bytes.get(..length).filter(|frame| checksum(frame) == 0).map(|_| length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        [bytes, &checksum(bytes).to_le_bytes()].concat()
    }

    fn all(frames: &[&[u8]], awaiting: bool) -> Heard {
        let own = sealed(&[1, 3, 0, 0, 0, 2]);
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.iter().copied()).collect();
        let mut heard = Heard::default();
        heard.take(&bytes, &own, &BTreeSet::from([(1, 3), (1, 6), (2, 16), (4, 1)]), awaiting);
        heard
    }

    fn heard(frames: &[&[u8]], awaiting: bool) -> u32 {
        all(frames, awaiting).strangers
    }

    #[test]
    fn requests_that_we_did_not_send_are_counted_wherever_they_lie() {
        let reads = sealed(&[1, 3, 0, 9, 0, 2]);
        let writes = sealed(&[9, 16, 0, 9, 0, 1, 2, 0, 7]);
        let mask = sealed(&[9, 22, 0, 9, 0, 1, 2, 0]);
        assert_eq!(heard(&[&reads], true), 1);
        assert_eq!(heard(&[&[0xFF, 0], &reads, &[3], &writes, &mask], true), 3);
    }

    #[test]
    fn what_we_sent_or_asked_for_is_not_another_masters() {
        let echo = sealed(&[1, 3, 0, 0, 0, 2]);
        let late = sealed(&[1, 3, 4, 0, 1, 0, 2]);
        let refused = sealed(&[1, 0x83, 2]);
        let written = sealed(&[2, 16, 0, 0, 0, 1]);
        let single = sealed(&[1, 6, 0, 0, 0, 1]);
        let coils = sealed(&[4, 1, 3, 0xFF, 0xFF, 0xFF]);
        for frame in [&echo, &late, &refused, &written, &single, &coils] {
            assert_eq!(heard(&[frame], false), 0, "{frame:?}");
        }
    }

    #[test]
    fn answers_to_somebody_else_count_only_while_nothing_is_awaited() {
        let answer = sealed(&[7, 3, 4, 0, 1, 0, 2]);
        assert_eq!((heard(&[&answer], false), heard(&[&answer], true)), (1, 0));
    }

    #[test]
    fn noise_is_nobody() {
        let mut noise = 1_u32;
        let mut bytes = Vec::new();
        for _ in 0..20_000 {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.push((noise >> 24) as u8);
        }
        assert!(heard(&[&bytes], false) <= 1, "chance finds one frame in millions of bytes");
        assert_eq!(all(&[&[0; 600], &[0xFF; 600]], false), Heard { strangers: 0, noise: 1200 });
        let echo = sealed(&[1, 3, 0, 0, 0, 2]);
        assert_eq!(all(&[&[7], &echo, &[7, 7]], false), Heard { strangers: 0, noise: 3 });
    }
}
