//! The samples of one second as one blob, grouped by series so that a reader skips what it does not want.
//!
//! Takes: samples in order of arrival, or bytes that may be damaged.
//! Gives: bytes, or the samples of one or all series.
//! Never: panics on bytes from the disk.

use super::codec::Entry;
use super::varint::{Bytes, Damaged, put, unzigzag, zigzag};

/// A sample of a series.
pub(super) type Item = (u64, Entry);

/// Packs the items; within a series they keep their order.
pub(super) fn encode(items: &mut [Item]) -> Vec<u8> {
    items.sort_by_key(|(series, _)| *series);
    let mut out = Vec::with_capacity(items.len() * 14);
    let mut group = Vec::new();
    for items in items.chunk_by(|a, b| a.0 == b.0) {
        group.clear();
        let mut last = 0_i64;
        for (_, entry) in items {
            put(&mut group, zigzag(entry.ms.wrapping_sub(last)));
            last = entry.ms;
            put(&mut group, u64::from(entry.quality) << 1 | u64::from(entry.value.is_some()));
            if let Some(value) = entry.value {
                group.extend_from_slice(&value.to_le_bytes());
            }
        }
        put(&mut out, items[0].0);
        put(&mut out, group.len() as u64);
        out.extend_from_slice(&group);
    }
    out
}

/// Hands every item whose series is `wanted` to `each`.
pub(super) fn decode(bytes: &[u8], wanted: impl Fn(u64) -> bool, mut each: impl FnMut(Item)) -> Result<(), Damaged> {
    let mut bytes = Bytes(bytes);
    while !bytes.0.is_empty() {
        let series = bytes.number()?;
        let length = bytes.number()?;
        let mut group = Bytes(bytes.take(length)?);
        if !wanted(series) {
            continue;
        }
        let mut last = 0_i64;
        while !group.0.is_empty() {
            last = last.wrapping_add(unzigzag(group.number()?));
            let tag = group.number()?;
            let quality = u8::try_from(tag >> 1).map_err(|_| Damaged)?;
            let value = match tag & 1 {
                0 => None,
                _ => Some(f64::from_le_bytes(group.take(8)?.try_into().map_err(|_| Damaged)?)),
            };
            each((series, Entry { ms: last, value, quality }));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_comes_back_grouped_and_in_order(
            items in prop::collection::vec((1_u64..9, any::<i64>(), any::<Option<i32>>(), any::<u8>()), 0..100),
        ) {
            let mut items: Vec<Item> = items
                .into_iter()
                .map(|(series, ms, value, quality)| (series, Entry { ms, value: value.map(f64::from), quality }))
                .collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(series, _)| *series);
            let bytes = encode(&mut items);
            let mut all = Vec::new();
            decode(&bytes, |_| true, |item| all.push(item)).expect("decodes");
            prop_assert_eq!(&all, &expected);
            let mut some = Vec::new();
            decode(&bytes, |series| series == 3, |item| some.push(item)).expect("decodes");
            expected.retain(|(series, _)| *series == 3);
            prop_assert_eq!(some, expected);
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes, |_| true, |_| ());
        }
    }
}
