//! The buckets of one page of a roll-up to bytes and back.
//!
//! Takes: buckets in order of time, or bytes that may be damaged.
//! Gives: bytes, or the same buckets; their area to within a millisecond of the last decimal that was measured.
//! Never: panics on bytes from the disk.
//!
//! Everything of one kind stands together, packed by [`blocks`]. Values are whole multiples of a power of ten where
//! that is exact for all of them, and are then kept as their distance from the least of their bucket.

use super::blocks::{blocks, put_blocks};
use super::bucket::{Bucket, Step, float, floor};
use super::codec::{DECIMALS, EXACT, scaled};
use super::varint::{Bytes, Damaged, put};

/// Buckets in one page at most.
const MOST: usize = 96;
/// Value mode: the bits of the numbers as they are.
const BITS: u8 = 7;

/// Which of the values are known.
const MIN: i64 = 1;
const FIRST: i64 = 2;
const LAST: i64 = 4;

/// Packs buckets of one page of `step`.
pub(super) fn encode(buckets: &[Bucket], step: Step) -> Vec<u8> {
    let each = |of: &dyn Fn(&Bucket) -> i64| buckets.iter().map(of).collect::<Vec<i64>>();
    let whole = buckets.iter().flat_map(|bucket| [bucket.min, bucket.max, bucket.first, bucket.last]).flatten();
    let whole: Vec<f64> = whole.collect();
    let places = (0..=DECIMALS).find(|places| scaled(&whole, *places).is_some() && areas_fit(buckets, *places));
    let mut out = vec![places.unwrap_or(BITS)];
    put(&mut out, buckets.len() as u64);
    let page = step.page_ms();
    put_blocks(&mut out, &each(&|bucket| (bucket.first_ms - floor(bucket.first_ms, page)) / step.ms()));
    put_blocks(&mut out, &each(&|bucket| bucket.first_ms - step.floor(bucket.first_ms)));
    put_blocks(&mut out, &each(&|bucket| bucket.last_ms - bucket.first_ms));
    put_blocks(&mut out, &each(&|bucket| bucket.count.cast_signed()));
    put_blocks(&mut out, &each(&|bucket| bucket.unknown.cast_signed()));
    put_blocks(&mut out, &each(&|bucket| bucket.bad_ms));
    put_blocks(&mut out, &each(&tag));
    match places {
        Some(places) => put_decimals(&mut out, buckets, places),
        None => {
            let of: [fn(&Bucket) -> Option<f64>; 5] = [|b| b.min, |b| b.max, |b| b.first, |b| b.last, |b| Some(b.area)];
            for of in of {
                let bits: Vec<i64> = buckets.iter().filter_map(of).map(|v| v.to_bits().cast_signed()).collect();
                put_blocks(&mut out, &bits);
            }
        }
    }
    out
}

fn tag(bucket: &Bucket) -> i64 {
    let bit = |value: Option<f64>, bit| if value.is_some() { bit } else { 0 };
    bit(bucket.min, MIN) | bit(bucket.first, FIRST) | bit(bucket.last, LAST)
}

fn unit(places: u8) -> f64 {
    10_f64.powi(i32::from(places))
}

/// Whether the areas are small enough to be told in whole numbers.
fn areas_fit(buckets: &[Bucket], places: u8) -> bool {
    let least = |bucket: &Bucket| bucket.min.unwrap_or(0.0).abs() * float(bucket.known_ms());
    buckets.iter().all(|bucket| (bucket.area.abs() + least(bucket)) * unit(places) < EXACT)
}

/// What the value exceeds the least of its bucket by.
fn put_decimals(out: &mut Vec<u8>, buckets: &[Bucket], places: u8) {
    // `encode` chose places with which every value is a whole number below 2^53.
    #[allow(clippy::cast_possible_truncation)]
    let whole = |value: f64| (value * unit(places)).round() as i64;
    let least = |bucket: &Bucket| bucket.min.map_or(0, whole);
    let mut before = 0;
    let known = buckets.iter().filter(|bucket| bucket.min.is_some());
    let steps: Vec<i64> = known.map(|bucket| least(bucket) - std::mem::replace(&mut before, least(bucket))).collect();
    put_blocks(out, &steps);
    let of: [fn(&Bucket) -> Option<f64>; 3] = [|bucket| bucket.max, |bucket| bucket.first, |bucket| bucket.last];
    for of in of {
        let above: Vec<i64> = buckets.iter().filter_map(|bucket| Some(whole(of(bucket)?) - least(bucket))).collect();
        put_blocks(out, &above);
    }
    let area = |bucket: &Bucket| whole(bucket.area - bucket.min.unwrap_or(0.0) * float(bucket.known_ms()));
    put_blocks(out, &buckets.iter().map(area).collect::<Vec<i64>>());
}

/// Unpacks the page that begins at `start`.
pub(super) fn decode(bytes: &[u8], step: Step, start: i64) -> Result<Vec<Bucket>, Damaged> {
    let mut bytes = Bytes(bytes);
    let mode = bytes.byte()?;
    let count = usize::try_from(bytes.number()?).ok().filter(|count| *count <= MOST).ok_or(Damaged)?;
    let mut numbers = || blocks(&mut bytes, count);
    let [slots, offsets, spans, counts, unknown, bad, tags] =
        [numbers()?, numbers()?, numbers()?, numbers()?, numbers()?, numbers()?, numbers()?];
    let values = match mode {
        0..=DECIMALS => decimals(&mut bytes, &tags, mode)?,
        BITS => plain(&mut bytes, &tags)?,
        _ => return Err(Damaged),
    };
    if !bytes.0.is_empty() {
        return Err(Damaged);
    }
    let mut page = Vec::with_capacity(count);
    for (at, values) in values.into_iter().enumerate() {
        let first_ms =
            slots[at].checked_mul(step.ms()).and_then(|slot| slot.checked_add(start)?.checked_add(offsets[at]));
        let first_ms = first_ms.ok_or(Damaged)?;
        let last_ms = first_ms.checked_add(spans[at]).ok_or(Damaged)?;
        // No time runs backwards within a bucket: what follows may subtract them.
        if spans[at] < 0 || bad[at] < 0 {
            return Err(Damaged);
        }
        let [min, max, first, last] = values.known;
        let mut bucket = Bucket {
            first_ms,
            last_ms,
            count: counts[at].cast_unsigned(),
            unknown: unknown[at].cast_unsigned(),
            min,
            max,
            first,
            last,
            area: values.area,
            bad_ms: bad[at],
        };
        if mode != BITS {
            // Kept as what it exceeds the least value by.
            bucket.area += min.unwrap_or(0.0) * float(bucket.known_ms());
        }
        page.push(bucket);
    }
    Ok(page)
}

/// The values of one bucket.
#[derive(Clone, Copy, Default)]
struct Values {
    /// Least, greatest, first, last.
    known: [Option<f64>; 4],
    area: f64,
}

/// Which bit of the tag says that each of [`Values::known`] is there.
const THERE: [i64; 4] = [MIN, MIN, FIRST, LAST];

fn decimals(bytes: &mut Bytes<'_>, tags: &[i64], places: u8) -> Result<Vec<Values>, Damaged> {
    // What was written lies below 2^53 and is exact; what damage made of it is merely wrong.
    #[allow(clippy::cast_precision_loss)]
    let value = |whole: i64| whole as f64 / unit(places);
    let mut values = vec![Values::default(); tags.len()];
    let mut least = vec![0_i64; tags.len()];
    for (which, bit) in THERE.into_iter().enumerate() {
        let there: Vec<usize> = (0..tags.len()).filter(|at| tags[*at] & bit != 0).collect();
        let mut before = 0_i64;
        for (at, number) in there.iter().zip(blocks(bytes, there.len())?) {
            if which == 0 {
                before = before.wrapping_add(number);
                least[*at] = before;
            }
            let whole = if which == 0 { before } else { least[*at].wrapping_add(number) };
            values[*at].known[which] = Some(value(whole));
        }
    }
    for (values, area) in values.iter_mut().zip(blocks(bytes, tags.len())?) {
        values.area = value(area);
    }
    Ok(values)
}

fn plain(bytes: &mut Bytes<'_>, tags: &[i64]) -> Result<Vec<Values>, Damaged> {
    let value = |bits: i64| f64::from_bits(bits.cast_unsigned());
    let mut values = vec![Values::default(); tags.len()];
    for (which, bit) in THERE.into_iter().enumerate() {
        let there: Vec<usize> = (0..tags.len()).filter(|at| tags[*at] & bit != 0).collect();
        for (at, bits) in there.iter().zip(blocks(bytes, there.len())?) {
            values[*at].known[which] = Some(value(bits));
        }
    }
    for (values, bits) in values.iter_mut().zip(blocks(bytes, tags.len())?) {
        values.area = value(bits);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edge::trends::bucket::buckets;
    use crate::edge::trends::codec::Entry;

    fn value() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![
            6 => (-10_000_i32..10_000).prop_map(|n| Some(f64::from(n) / 10.0)),
            1 => Just(None),
        ]
    }

    fn odd() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![
            value(),
            Just(Some(-0.0)),
            Just(Some(f64::MAX)),
            any::<f32>().prop_map(|f| Some(f64::from(f)).filter(|f| f.is_finite()))
        ]
    }

    fn page(start: i64, step: Step, samples: Vec<(i64, Option<f64>)>) -> Vec<Bucket> {
        let mut entries: Vec<Entry> = samples
            .into_iter()
            .map(|(ms, value)| Entry { ms: start + ms.rem_euclid(step.page_ms()), value, quality: 0 })
            .collect();
        entries.sort_by_key(|entry| entry.ms);
        buckets(&entries, step)
    }

    proptest! {
        #[test]
        fn a_page_comes_back(
            samples in prop::collection::vec((any::<i64>(), value()), 0..300), step in 0_usize..4, page_at in -9_i64..9,
        ) {
            let step = Step::ALL[step];
            let start = page_at * step.page_ms();
            let page = page(start, step, samples);
            let bytes = encode(&page, step);
            prop_assert!(bytes[0] <= 1, "tenths are told in whole numbers");
            let back = decode(&bytes, step, start).expect("decodes");
            prop_assert_eq!(back.len(), page.len());
            for (back, bucket) in back.iter().zip(&page) {
                prop_assert!((back.area - bucket.area).abs() <= 0.1, "{} {}", back.area, bucket.area);
                prop_assert_eq!(&Bucket { area: bucket.area, ..*back }, bucket);
            }
        }

        #[test]
        fn odd_numbers_come_back_bit_for_bit(samples in prop::collection::vec((any::<i64>(), odd()), 0..60)) {
            let page = page(0, Step::Quarter, samples);
            let back = decode(&encode(&page, Step::Quarter), Step::Quarter, 0).expect("decodes");
            let bits = |page: &[Bucket]| {
                let each = |b: &Bucket| [b.min, b.max, b.first, b.last].map(|value| value.map(f64::to_bits));
                page.iter().map(each).collect::<Vec<_>>()
            };
            prop_assert_eq!(bits(&back), bits(&page));
        }

        #[test]
        fn damaged_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), mode in 0_u8..9) {
            if let Some(first) = bytes.first_mut() {
                *first = mode;
            }
            let _ = decode(&bytes, Step::Minute, 0);
        }
    }
}
