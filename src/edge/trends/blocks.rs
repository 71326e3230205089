//! Whole numbers packed by blocks into as many bits as most of a block need.
//!
//! Takes: numbers, or bytes that may be damaged.
//! Gives: bytes, or exactly the same numbers, at about a nanosecond each.
//! Never: panics, or allocates by a length that the bytes merely claim.
//!
//! A block has 64 numbers: the least of them, a width in bits, how many do not fit, what all are above the least in that
//! width, then place and rest of those that do not fit. So one spike, or one step of a counter, does not widen a block.

use super::varint::{Bytes, Damaged, put, unzigzag, zigzag};

/// Numbers in a block.
const BLOCK: usize = 64;

/// Packs the numbers after `out`.
pub(super) fn put_blocks(out: &mut Vec<u8>, numbers: &[i64]) {
    for block in numbers.chunks(BLOCK) {
        let base = block.iter().copied().min().unwrap_or(0);
        // From the least up, every difference is that of two i64 and fits a u64.
        let above: Vec<u64> = block.iter().map(|number| number.wrapping_sub(base).cast_unsigned()).collect();
        let width = cheapest(&above);
        put(out, zigzag(base));
        out.push(width.to_le_bytes()[0]);
        let wide: Vec<(u8, u64)> =
            (0..).zip(&above).filter(|(_, number)| bits(**number) > width).map(|(at, number)| (at, *number)).collect();
        put(out, wide.len() as u64);
        put_bits(out, &above, width);
        for (at, number) in wide {
            out.push(at);
            // A number that does not fit has more bits than the width, which is then below 64.
            put(out, number >> width);
        }
    }
}

/// Bits a number needs.
fn bits(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

/// The width with which the block is shortest.
fn cheapest(above: &[u64]) -> u32 {
    let widest = above.iter().map(|number| bits(*number)).max().unwrap_or(0);
    let cost = |width: u32| {
        let wide = above.iter().map(|number| bits(*number)).filter(|bits| *bits > width);
        let rest: usize = wide.map(|bits| 1 + (bits - width).div_ceil(7) as usize).sum();
        (above.len() * width as usize).div_ceil(8) + rest
    };
    // Of equals the wider one: it has fewer exceptions.
    (0..=widest).rev().min_by_key(|width| cost(*width)).unwrap_or(0)
}

fn put_bits(out: &mut Vec<u8>, above: &[u64], width: u32) {
    let mask = mask(width);
    let (mut pending, mut held) = (0_u128, 0_u32);
    for number in above {
        pending |= u128::from(number & mask) << held;
        held += width;
        while held >= 8 {
            out.push(pending.to_le_bytes()[0]);
            pending >>= 8;
            held -= 8;
        }
    }
    if held > 0 {
        out.push(pending.to_le_bytes()[0]);
    }
}

fn mask(width: u32) -> u64 {
    u64::MAX.checked_shr(u64::BITS - width).unwrap_or(0)
}

/// Unpacks `count` numbers that [`put_blocks`] packed.
pub(super) fn blocks(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<i64>, Damaged> {
    // A block of 64 takes three bytes at least.
    let mut numbers = Vec::with_capacity(count.min(bytes.0.len().saturating_mul(BLOCK)));
    let mut words = [0_u64; BLOCK + 1];
    while numbers.len() < count {
        let size = (count - numbers.len()).min(BLOCK);
        let base = unzigzag(bytes.number()?);
        let width = usize::from(bytes.byte()?);
        let wide = bytes.number()?;
        if width > 64 || wide > size as u64 {
            return Err(Damaged);
        }
        let packed = bytes.take((size * width).div_ceil(8) as u64)?;
        let begun = numbers.len();
        if width == 0 {
            numbers.resize(begun + size, base);
        } else {
            fill(&mut words, packed);
            unpack(&words, width, size, base, &mut numbers);
        }
        for _ in 0..wide {
            let at = begun + usize::from(bytes.byte()?);
            let rest = u32::try_from(width).ok().and_then(|width| bytes.number().ok()?.checked_shl(width));
            let number = numbers.get_mut(at).ok_or(Damaged)?;
            *number = number.wrapping_add(rest.ok_or(Damaged)?.cast_signed());
        }
    }
    Ok(numbers)
}

/// The packed bytes as words, the last one filled up with zeros.
fn fill(words: &mut [u64; BLOCK + 1], packed: &[u8]) {
    let (whole, rest) = packed.as_chunks::<8>();
    for (word, bytes) in words.iter_mut().zip(whole) {
        *word = u64::from_le_bytes(*bytes);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    words[whole.len()] = u64::from_le_bytes(last);
}

fn unpack(words: &[u64; BLOCK + 1], width: usize, size: usize, base: i64, numbers: &mut Vec<i64>) {
    let mask = u64::MAX >> (64 - width);
    numbers.extend((0..size).map(|at| {
        let bit = at * width;
        let (word, shift) = (bit / 64, bit % 64);
        // Shifted in two steps, because a shift by 64 is none.
        let above = words[word] >> shift | (words[word + 1] << 1) << (63 - shift);
        base.wrapping_add((above & mask).cast_signed())
    }));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(numbers: &[i64]) -> Vec<u8> {
        let mut out = Vec::new();
        put_blocks(&mut out, numbers);
        out
    }

    proptest! {
        #[test]
        fn every_number_comes_back(
            numbers in prop::collection::vec(prop_oneof![
                4 => -9_i64..9, 2 => -70_000_i64..70_000, 1 => any::<i64>(),
                1 => prop_oneof![Just(i64::MIN), Just(i64::MAX)],
            ], 0..300),
        ) {
            let bytes = packed(&numbers);
            let mut left = Bytes(&bytes);
            prop_assert_eq!(blocks(&mut left, numbers.len()), Ok(numbers));
            prop_assert!(left.0.is_empty());
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), count in 0_usize..300) {
            let _ = blocks(&mut Bytes(&bytes), count);
        }
    }

    #[test]
    fn what_most_need_decides_the_width() {
        let mut numbers: Vec<i64> = (0..64).map(|n| 500 + n % 4).collect();
        assert_eq!(packed(&numbers).len(), 2 + 1 + 1 + 16, "two bits each");
        numbers[7] = 90_000;
        assert_eq!(packed(&numbers).len(), 2 + 1 + 1 + 16 + 1 + 3, "and one spike beside them");
        assert_eq!(packed(&[42; 64]).len(), 3);
    }
}
