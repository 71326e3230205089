//! The packing of Facebook's Gorilla (Pelkonen et al., VLDB 2015, section 4.1), to compare with: times as differences of
//! differences, values as the bits that differ from the value before. Times are milliseconds.

use crate::plant_room::Reading;

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        for bit in (0..width).rev() {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (7 - self.count % 8);
            self.count += 1;
        }
    }

    fn take(&self, at: &mut usize, width: u32) -> u64 {
        (0..width).fold(0, |value, _| {
            let bit = self.bytes[*at / 8] >> (7 - *at % 8) & 1;
            *at += 1;
            value << 1 | u64::from(bit)
        })
    }
}

/// Prefix, its width, and the width of the number: 0, then 7, 9 and 12 bits, else all.
const CLASSES: [(u64, u32, u32); 4] = [(0b10, 2, 7), (0b110, 3, 9), (0b1110, 4, 12), (0b1111, 4, 64)];

fn put_step(bits: &mut Bits, step: i64) {
    if step == 0 {
        return bits.put(0, 1);
    }
    let fits = |width: u32| width == 64 || (-(1_i64 << (width - 1))..1_i64 << (width - 1)).contains(&step);
    let (prefix, length, width) = CLASSES.into_iter().find(|(_, _, width)| fits(*width)).expect("64 bits hold it");
    bits.put(prefix, length);
    bits.put(step as u64, width);
}

fn take_step(bits: &Bits, at: &mut usize) -> i64 {
    let ones = (0..4).take_while(|_| bits.take(at, 1) == 1).count();
    let Some((_, _, width)) = ones.checked_sub(1).map(|class| CLASSES[class]) else { return 0 };
    let shift = 64 - width;
    (bits.take(at, width) << shift) as i64 >> shift
}

/// Packs a block, and proves that it can be read.
pub fn packed_bytes(block: &[Reading]) -> usize {
    let mut bits = Bits::default();
    let (mut ms, mut step, mut value) = (0_i64, 0_i64, 0_u64);
    let (mut leading, mut width) = (0_u32, 0_u32);
    for reading in block {
        let now = reading.ms - ms;
        put_step(&mut bits, now - step);
        (ms, step) = (reading.ms, now);
        let xor = reading.value.to_bits() ^ value;
        value = reading.value.to_bits();
        if xor == 0 {
            bits.put(0, 1);
            continue;
        }
        let (zeros, tail) = (xor.leading_zeros().min(31), xor.trailing_zeros());
        let inside = width > 0 && zeros >= leading && tail >= 64 - leading - width;
        if inside {
            bits.put(0b10, 2);
        } else {
            (leading, width) = (zeros, 64 - zeros - tail);
            bits.put(0b11, 2);
            bits.put(u64::from(leading), 5);
            bits.put(u64::from(width - 1), 6);
        }
        bits.put(xor >> (64 - leading - width), width);
    }
    assert!(reads_as(&bits, block), "what was packed comes back");
    bits.bytes.len()
}

fn reads_as(bits: &Bits, block: &[Reading]) -> bool {
    let (mut at, mut ms, mut step, mut value) = (0, 0_i64, 0_i64, 0_u64);
    let (mut leading, mut width) = (0_u32, 0_u32);
    block.iter().all(|reading| {
        step += take_step(bits, &mut at);
        ms += step;
        if bits.take(&mut at, 1) == 1 {
            if bits.take(&mut at, 1) == 1 {
                leading = bits.take(&mut at, 5) as u32;
                width = bits.take(&mut at, 6) as u32 + 1;
            }
            value ^= bits.take(&mut at, width) << (64 - leading - width);
        }
        (ms, value) == (reading.ms, reading.value.to_bits())
    })
}
