//! Marks of one point to a compressed chunk and back, without loss.
//!
//! Takes: marks in order of time, or bytes that may be damaged.
//! Gives: bytes, or exactly the same marks.
//! Never: panics on bytes from the disk.
//!
//! Layout: value mode, count, times, runs of (quality, known), values. Times are their distance from a steady rhythm, or
//! from one another. Values are whole multiples of a power of ten where that is exact for all of them, as meters deliver;
//! else their bits without the low zeros that are common to all (a converted f32 has 29 of them). Both are packed by
//! [`blocks`], as they are or as differences, whichever is shorter. What deflate shortens by a quarter or more, because it
//! repeats, is stored deflated. The first layout of the file had numbers of seven bits a byte instead ([`old`]).

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::blocks::{blocks, put_blocks};
use super::varint::{Bytes, Damaged, put};

mod old;

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
/// With the value mode: packed by blocks.
const BLOCKS: u8 = 0x40;
/// How numbers are told: as they are (times: by their distance from a rhythm), or by their differences.
const PLAIN: u8 = 0;
const DIFFERENCES: u8 = 1;
/// No chunk is longer than this unpacked: 8,192 marks of at most three numbers of ten bytes each.
const LONGEST: usize = 262_144;
/// Whole numbers beyond this are not exact in an f64.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// Packs up to [`MOST`] marks.
pub(super) fn encode(marks: &[Entry]) -> Vec<u8> {
    let plain = pack(marks);
    let mut deflated = DeflateEncoder::new(vec![DEFLATED], Compression::fast());
    match deflated.write_all(&plain).and_then(|()| deflated.finish()) {
        // Inflating takes longer than everything else: it must be worth it.
        Ok(shorter) if shorter.len() <= plain.len() / 4 * 3 => shorter,
        _ => plain,
    }
}

fn pack(marks: &[Entry]) -> Vec<u8> {
    let values: Vec<f64> = marks.iter().filter_map(|mark| mark.value).collect();
    let decimal = (0..=DECIMALS).find_map(|places| scaled(&values, places).map(|scaled| (places, scaled)));
    let mut out = vec![BLOCKS | decimal.as_ref().map_or(BITS, |(places, _)| *places)];
    put(&mut out, marks.len() as u64);
    let times: Vec<i64> = marks.iter().map(|mark| mark.ms).collect();
    put_times(&mut out, &times);
    put_tags(&mut out, marks);
    match decimal {
        Some((_, whole)) => put_shorter(&mut out, &whole),
        None => {
            let zeros = values.iter().fold(0, |all, value| all | value.to_bits()).trailing_zeros().min(63);
            let bits: Vec<i64> = values.iter().map(|value| (value.to_bits() >> zeros).cast_signed()).collect();
            put(&mut out, u64::from(zeros));
            put_shorter(&mut out, &bits);
        }
    }
    out
}

/// The first time; the rhythm, and how far each is off it, or the differences.
fn put_times(out: &mut Vec<u8>, times: &[i64]) {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return };
    let steps = i64::try_from(times.len() - 1).unwrap_or(i64::MAX).max(1);
    let rhythm = last.wrapping_sub(*first).wrapping_add(steps / 2) / steps;
    let beats = (0_i64..).map(|beat| first.wrapping_add(rhythm.wrapping_mul(beat)));
    let off: Vec<i64> = times.iter().zip(beats).map(|(time, beat)| time.wrapping_sub(beat)).collect();
    let mut steady = vec![PLAIN];
    put_blocks(&mut steady, &[*first]);
    put_blocks(&mut steady, &[rhythm]);
    put_blocks(&mut steady, &off);
    let mut uneven = vec![DIFFERENCES];
    put_blocks(&mut uneven, &[*first]);
    put_blocks(&mut uneven, &differences(times)[1..]);
    out.append(if uneven.len() < steady.len() { &mut uneven } else { &mut steady });
}

fn put_shorter(out: &mut Vec<u8>, numbers: &[i64]) {
    let (mut plain, mut steps) = (vec![PLAIN], vec![DIFFERENCES]);
    put_blocks(&mut plain, numbers);
    put_blocks(&mut steps, &differences(numbers));
    out.append(if steps.len() < plain.len() { &mut steps } else { &mut plain });
}

/// Each number less the one before it; the first as it is.
fn differences(numbers: &[i64]) -> Vec<i64> {
    let mut before = 0;
    numbers.iter().map(|&number| number.wrapping_sub(std::mem::replace(&mut before, number))).collect()
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
    if mode & BLOCKS == 0 {
        return old::unpack(bytes, mode, count);
    }
    let times = times(&mut bytes, count)?;
    let tags = tags(&mut bytes, count)?;
    let known = tags.iter().filter(|(tag, _)| tag & 1 == 1).map(|(_, run)| run).sum();
    let values = match mode & !BLOCKS {
        places @ 0..=DECIMALS => decimals(&numbers(&mut bytes, known)?, places),
        BITS => {
            let zeros = u32::try_from(bytes.number()?).ok().filter(|zeros| *zeros < 64).ok_or(Damaged)?;
            let bits = numbers(&mut bytes, known)?;
            bits.iter().map(|bits| f64::from_bits(bits.cast_unsigned() << zeros)).collect()
        }
        _ => return Err(Damaged),
    };
    if !bytes.0.is_empty() {
        return Err(Damaged);
    }
    Ok(join(&times, &tags, &values))
}

/// One entry for each time, by runs of what is told of them.
fn join(times: &[i64], tags: &[(u64, usize)], values: &[f64]) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(times.len());
    let (mut times, mut values) = (times.iter(), values.iter());
    for &(tag, run) in tags {
        let quality = (tag >> 1).to_le_bytes()[0];
        let times = times.by_ref().take(run);
        if tag & 1 == 1 {
            entries.extend(times.zip(values.by_ref()).map(|(&ms, &value)| Entry { ms, value: Some(value), quality }));
        } else {
            entries.extend(times.map(|&ms| Entry { ms, value: None, quality }));
        }
    }
    entries
}

fn times(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<i64>, Damaged> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let order = bytes.byte()?;
    let mut at = blocks(bytes, 1)?[0];
    match order {
        PLAIN => {
            let rhythm = blocks(bytes, 1)?[0];
            let mut times = blocks(bytes, count)?;
            for time in &mut times {
                *time = time.wrapping_add(at);
                at = at.wrapping_add(rhythm);
            }
            Ok(times)
        }
        DIFFERENCES => {
            let steps = blocks(bytes, count - 1)?;
            let mut times = Vec::with_capacity(steps.len() + 1);
            times.push(at);
            times.extend(steps.iter().map(|step| {
                at = at.wrapping_add(*step);
                at
            }));
            Ok(times)
        }
        _ => Err(Damaged),
    }
}

/// What [`put_shorter`] wrote.
fn numbers(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<i64>, Damaged> {
    let order = bytes.byte()?;
    let mut numbers = blocks(bytes, count)?;
    match order {
        PLAIN => {}
        DIFFERENCES => {
            let mut at = 0_i64;
            for number in &mut numbers {
                at = at.wrapping_add(*number);
                *number = at;
            }
        }
        _ => return Err(Damaged),
    }
    Ok(numbers)
}

/// Runs of (quality, known): the tag and how many.
fn tags(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<(u64, usize)>, Damaged> {
    let (mut tags, mut told) = (Vec::new(), 0);
    while told < count {
        let tag = bytes.number()?;
        let run = usize::try_from(bytes.number()?).map_err(|_| Damaged)?;
        if run == 0 || run > count - told || tag >> 1 > u64::from(u8::MAX) {
            return Err(Damaged);
        }
        told += run;
        tags.push((tag, run));
    }
    Ok(tags)
}

fn decimals(whole: &[i64], places: u8) -> Vec<f64> {
    let unit = 10_f64.powi(i32::from(places));
    // What `scaled` let through lies below 2^53 and is exact.
    #[allow(clippy::cast_precision_loss)]
    whole.iter().map(|whole| *whole as f64 / unit).collect()
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
            prop_assert!(pack(&marks)[0] <= BLOCKS | DECIMALS);
            prop_assert!(same(&decode(&bytes).expect("decodes"), &marks));
        }

        #[test]
        fn damaged_bytes_never_panic(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200), mode in prop_oneof![0_u8..9, 64_u8..74, Just(DEFLATED)],
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
        check("exact seconds", &marks(|_| 0, tenths), 60);
        check("jittered milliseconds", &marks(jitter, tenths), 180);
        check(
            "f32",
            &marks(|_| 0, |second| f64::from(230.0 + (f32::from(i16::try_from(second % 97).unwrap()) / 7.0))),
            460,
        );
    }
}
