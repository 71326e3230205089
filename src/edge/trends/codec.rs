//! Marks of one point to a compressed chunk and back, without loss.
//!
//! Takes: marks in order of time, or bytes that may be damaged.
//! Gives: bytes, or exactly the same marks.
//! Never: panics on bytes from the disk.
//!
//! Layout: value mode, count, times as differences of differences, runs of (quality, known), values. Values are whole
//! multiples of a power of ten where that is exact for all of them, as meters deliver; else the bits that differ from
//! the value before, without the low zeros that are common to all (a converted f32 has 29 of them). What deflate then
//! still shortens (jitter and small steps need far fewer than eight bits) is stored deflated.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::varint::{Bytes, Damaged, put, put_all, unzigzag, zigzag};

/// One stored mark: milliseconds, value, quality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub ms: i64,
    pub value: Option<f64>,
    pub quality: u8,
}

impl Entry {
    /// Not a gap in which the gateway did not run.
    pub(super) fn is_sample(&self) -> bool {
        self.quality != super::NOT_RUNNING
    }
}

/// Marks in one chunk at most.
pub(super) const MOST: usize = 8_192;
/// Powers of ten that are tried.
pub(super) const DECIMALS: u8 = 6;
/// Value mode: differing bits.
const BITS: u8 = 7;
/// Before everything else: what follows is deflated.
const DEFLATED: u8 = 0x80;
/// No chunk is longer than this unpacked: 8,192 marks of at most three numbers of ten bytes each.
const LONGEST: usize = 262_144;
/// Whole numbers beyond this are not exact in an f64.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// Packs up to [`MOST`] marks.
pub(super) fn encode(marks: &[Entry]) -> Vec<u8> {
    let plain = pack(marks);
    let mut deflated = DeflateEncoder::new(vec![DEFLATED], Compression::fast());
    match deflated.write_all(&plain).and_then(|()| deflated.finish()) {
        Ok(shorter) if shorter.len() < plain.len() => shorter,
        _ => plain,
    }
}

fn pack(marks: &[Entry]) -> Vec<u8> {
    let values: Vec<f64> = marks.iter().filter_map(|mark| mark.value).collect();
    let decimal = (0..=DECIMALS).find_map(|places| scaled(&values, places).map(|scaled| (places, scaled)));
    let mut out = vec![decimal.as_ref().map_or(BITS, |(places, _)| *places)];
    put(&mut out, marks.len() as u64);
    put_times(&mut out, marks);
    put_tags(&mut out, marks);
    match decimal {
        Some((_, whole)) => put_all(&mut out, &differences(&whole)),
        None => put_bits(&mut out, &values),
    }
    out
}

fn put_times(out: &mut Vec<u8>, marks: &[Entry]) {
    let (mut last, mut step) = (0_i64, 0_i64);
    let mut numbers = Vec::with_capacity(marks.len());
    for mark in marks {
        let now = mark.ms.wrapping_sub(last);
        numbers.push(zigzag(now.wrapping_sub(step)));
        (last, step) = (mark.ms, now);
        if numbers.len() == 1 {
            // The first difference is a date, not a rhythm.
            step = 0;
        }
    }
    put_all(out, &numbers);
}

fn put_tags(out: &mut Vec<u8>, marks: &[Entry]) {
    for run in marks.chunk_by(|a, b| tag(a) == tag(b)) {
        put(out, tag(&run[0]));
        put(out, run.len() as u64);
    }
}

fn tag(mark: &Entry) -> u64 {
    u64::from(mark.quality) << 1 | u64::from(mark.value.is_some())
}

/// The values as whole multiples of 10^-places, if that is exact for every one of them.
pub(super) fn scaled(values: &[f64], places: u8) -> Option<Vec<i64>> {
    let unit = 10_f64.powi(i32::from(places));
    values
        .iter()
        .map(|value| {
            let whole = (value * unit).round();
            // Below 2^53 both conversions are exact; the comparison also tells -0 from 0.
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            let (number, back) = (whole as i64, (whole as i64) as f64 / unit);
            (whole.abs() < EXACT && back.to_bits() == value.to_bits()).then_some(number)
        })
        .collect()
}

fn differences(whole: &[i64]) -> Vec<u64> {
    let mut last = 0;
    whole.iter().map(|&number| zigzag(number.wrapping_sub(std::mem::replace(&mut last, number)))).collect()
}

fn put_bits(out: &mut Vec<u8>, values: &[f64]) {
    let mut last = 0;
    let mut bits: Vec<u64> =
        values.iter().map(|value| value.to_bits() ^ std::mem::replace(&mut last, value.to_bits())).collect();
    let zeros = bits.iter().fold(0, |all, bits| all | bits).trailing_zeros().min(63);
    bits.iter_mut().for_each(|bits| *bits >>= zeros);
    put(out, u64::from(zeros));
    put_all(out, &bits);
}

/// Unpacks what [`encode`] packed.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Entry>, Damaged> {
    let Some((&DEFLATED, deflated)) = bytes.split_first() else { return unpack(bytes) };
    // The limit keeps damaged bytes from claiming all memory.
    unpack(&decompress_to_vec_with_limit(deflated, LONGEST).map_err(|_| Damaged)?)
}

fn unpack(bytes: &[u8]) -> Result<Vec<Entry>, Damaged> {
    let mut bytes = Bytes(bytes);
    let mode = bytes.byte()?;
    let count = usize::try_from(bytes.number()?).ok().filter(|count| *count <= MOST).ok_or(Damaged)?;
    let times = times(&bytes.numbers(count)?);
    let tags = tags(&mut bytes, count)?;
    let known = tags.iter().filter(|tag| **tag & 1 == 1).count();
    let values = match mode {
        0..=DECIMALS => decimals(&bytes.numbers(known)?, mode),
        BITS => {
            let zeros = u32::try_from(bytes.number()?).map_err(|_| Damaged)?;
            from_bits(&bytes.numbers(known)?, zeros)?
        }
        _ => return Err(Damaged),
    };
    if !bytes.0.is_empty() {
        return Err(Damaged);
    }
    let mut values = values.into_iter();
    let marks = times.into_iter().zip(tags).map(|(ms, tag)| {
        let value = if tag & 1 == 1 { values.next() } else { None };
        Entry { ms, value, quality: (tag >> 1).to_le_bytes()[0] }
    });
    Ok(marks.collect())
}

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

fn tags(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<u64>, Damaged> {
    let mut tags = Vec::with_capacity(count);
    while tags.len() < count {
        let tag = bytes.number()?;
        let run = usize::try_from(bytes.number()?).map_err(|_| Damaged)?;
        if run == 0 || run > count - tags.len() || tag >> 1 > u64::from(u8::MAX) {
            return Err(Damaged);
        }
        tags.resize(tags.len() + run, tag);
    }
    Ok(tags)
}

fn decimals(numbers: &[u64], places: u8) -> Vec<f64> {
    let unit = 10_f64.powi(i32::from(places));
    let mut last = 0_i64;
    let mut next = |number: &u64| {
        last = last.wrapping_add(unzigzag(*number));
        // What `scaled` let through lies below 2^53 and is exact.
        #[allow(clippy::cast_precision_loss)]
        let whole = last as f64;
        whole / unit
    };
    numbers.iter().map(&mut next).collect()
}

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
    use proptest::prelude::*;

    use super::*;

    fn same(a: &[Entry], b: &[Entry]) -> bool {
        let bits = |marks: &[Entry]| {
            marks.iter().map(|mark| (mark.ms, mark.value.map(f64::to_bits), mark.quality)).collect::<Vec<_>>()
        };
        bits(a) == bits(b)
    }

    fn value() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![
            3 => (-1_000_000_i32..1_000_000, 0_i32..8).prop_map(|(n, k)| Some(f64::from(n) / 10_f64.powi(k))),
            1 => any::<f32>().prop_map(|f| Some(f64::from(f))),
            1 => any::<u64>().prop_map(|bits| Some(f64::from_bits(bits))),
            1 => prop_oneof![Just(-0.0), Just(0.0), Just(f64::MAX), Just(9_007_199_254_740_993.0)].prop_map(Some),
            1 => Just(None),
        ]
    }

    proptest! {
        #[test]
        fn every_mark_comes_back_bit_for_bit(
            marks in prop::collection::vec((any::<i64>(), value(), any::<u8>()), 0..300),
        ) {
            let marks: Vec<Entry> =
                marks.into_iter().map(|(ms, value, quality)| Entry { ms, value, quality }).collect();
            prop_assert!(same(&decode(&encode(&marks)).expect("decodes"), &marks));
        }

        #[test]
        fn decimals_come_back_too(
            marks in prop::collection::vec((0_i64..5_000, -9_999_i32..9_999), 1..300), places in 0_i32..7,
        ) {
            let marks: Vec<Entry> = marks
                .into_iter()
                .map(|(ms, n)| Entry { ms, value: Some(f64::from(n) / 10_f64.powi(places)), quality: 0 })
                .collect();
            let bytes = encode(&marks);
            prop_assert!(pack(&marks)[0] <= DECIMALS);
            prop_assert!(same(&decode(&bytes).expect("decodes"), &marks));
        }

        #[test]
        fn damaged_bytes_never_panic(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200), mode in prop_oneof![0_u8..9, Just(DEFLATED)],
        ) {
            if let Some(first) = bytes.first_mut() {
                *first = mode;
            }
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn an_hour_of_a_meter_takes_less_than_two_bytes_a_sample() {
        let marks = |jitter: fn(i64) -> i64, value: fn(i64) -> f64| -> Vec<Entry> {
            (0..3_600)
                .map(|second| Entry { ms: second * 1_000 + jitter(second), value: Some(value(second)), quality: 0 })
                .collect()
        };
        // A slow swing in tenths, as a thermometer's.
        let tenths: fn(i64) -> f64 = |second| f64::from(i32::try_from(second * 7 % 90).unwrap() + 200) / 10.0;
        let check = |name: &str, marks: &[Entry], most: usize| {
            let bytes = encode(marks);
            let each = bytes.len() * 100 / marks.len();
            println!("{name}: {}.{:02} bytes a sample", each / 100, each % 100);
            assert!(bytes.len() <= most * marks.len() / 100, "{name}: {} bytes", bytes.len());
            assert!(same(&decode(&bytes).unwrap(), marks));
        };
        // A fixed scramble: what deflate can gain here is what the narrow range gives, not a pattern.
        let jitter: fn(i64) -> i64 =
            |second| second.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()).rem_euclid(47);
        check("exact seconds", &marks(|_| 0, tenths), 120);
        check("jittered milliseconds", &marks(jitter, tenths), 200);
        check(
            "f32",
            &marks(|_| 0, |second| f64::from(230.0 + (f32::from(i16::try_from(second % 97).unwrap()) / 7.0))),
            500,
        );
    }
}
