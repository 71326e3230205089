//! Chunks as the first layout of the file had them: numbers of seven bits a byte.
//!
//! Takes: the bytes after mode and count.
//! Gives: the marks.
//! Never: panics on bytes from the disk, or is written any more.

use super::{BITS, DECIMALS, Entry, decimals, join, tags};
use crate::edge::trends::varint::{Bytes, Damaged, unzigzag};

/// Unpacks `count` marks.
pub(super) fn unpack(mut bytes: Bytes<'_>, mode: u8, count: usize) -> Result<Vec<Entry>, Damaged> {
    let times = times(&bytes.numbers(count)?);
    let tags = tags(&mut bytes, count)?;
    let known = tags.iter().filter(|(tag, _)| tag & 1 == 1).map(|(_, run)| run).sum();
    let values = match mode {
        0..=DECIMALS => decimals(&whole(&bytes.numbers(known)?), mode),
        BITS => {
            let zeros = u32::try_from(bytes.number()?).map_err(|_| Damaged)?;
            from_bits(&bytes.numbers(known)?, zeros)?
        }
        _ => return Err(Damaged),
    };
    if !bytes.0.is_empty() {
        return Err(Damaged);
    }
    Ok(join(&times, &tags, &values))
}

/// Differences of differences; the first is a date.
fn times(numbers: &[u64]) -> Vec<i64> {
    let (mut last, mut step) = (0_i64, 0_i64);
    let mut times = Vec::with_capacity(numbers.len());
    for &number in numbers {
        step = step.wrapping_add(unzigzag(number));
        last = last.wrapping_add(step);
        times.push(last);
        if times.len() == 1 {
            step = 0;
        }
    }
    times
}

fn whole(numbers: &[u64]) -> Vec<i64> {
    let mut last = 0_i64;
    let mut next = |number: &u64| {
        last = last.wrapping_add(unzigzag(*number));
        last
    };
    numbers.iter().map(&mut next).collect()
}

/// Bits that differ from the value before, without `zeros` low ones.
fn from_bits(numbers: &[u64], zeros: u32) -> Result<Vec<f64>, Damaged> {
    let mut last = 0;
    let mut next = |number: &u64| {
        last ^= number.checked_shl(zeros).ok_or(Damaged)?;
        Ok(f64::from_bits(last))
    };
    numbers.iter().map(&mut next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::trends::codec::decode;

    #[test]
    fn what_the_first_layout_packed_is_read() {
        // Written by the release before: 20.1 at 0 s, 20.2 at 1 s, nothing (quality 3) at 2 s, 20.0 at 3 s.
        let bytes = [1, 4, 0, 0, 208, 15, 0, 0, 1, 2, 6, 1, 1, 1, 0, 146, 3, 2, 3];
        let entry = |ms, value, quality| Entry { ms, value, quality };
        let expected =
            [entry(0, Some(20.1), 0), entry(1_000, Some(20.2), 0), entry(2_000, None, 3), entry(3_000, Some(20.0), 0)];
        assert_eq!(decode(&bytes), Ok(expected.to_vec()));
        // Two f32 as bits: 0.5 and 0.25, which differ in one bit, stored without 52 zeros.
        let bytes = [7, 2, 0, 0, 208, 15, 1, 2, 52, 0, 254, 7, 3];
        let expected = [entry(0, Some(0.5), 0), entry(1_000, Some(0.25), 0)];
        assert_eq!(decode(&bytes), Ok(expected.to_vec()));
    }
}
