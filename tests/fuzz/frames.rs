//! GB/T 26875.3: streams cut into frames, frames into objects.

use tocsin::edge::gbt26875::cutter::{Cut, Cutter};
use tocsin::edge::gbt26875::frame::{Checksum, Dialect, Edition, decode, encode};
use tocsin::edge::gbt26875::v2011::Adu;

use super::harness::Target;

/// Frames of the standard's tables: a heartbeat, a confirmation, the state of a unit, of a system, of a component with its
/// text, an order to set the clock.
const GOLDEN: [&str; 6] = [
    "40 40 02 00 01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 00 00 02 A8 23 23",
    "40 40 01 00 01 01 23 3A 09 1A 09 0C 38 5B 01 00 00 00 79 03 00 00 00 00 00 00 03 AB 23 23",
    "40 40 01 00 01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 09 00 02 15 01 08 02 3A 09 1A 09 0C 42 23 23",
    "40 40 03 00 01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 0C 00 02 01 01 01 01 03 00 20 3A 09 1A 09 0C 4E 23 23",
    "40 40 04 00 01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 30 00 02 02 01 01 01 28 0A 00 02 00 02 00 31 46 2D \
     52 31 30 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 20 3A 09 1A 09 0C 2F 23 23",
    "40 40 01 00 01 01 23 3A 09 1A 09 0C 38 5B 01 00 00 00 79 03 00 00 00 00 08 00 01 5A 01 20 3A 09 1A 09 0C 8C 23 23",
];

fn seeds() -> Vec<Vec<u8>> {
    let bytes = |text: &str| -> Vec<u8> {
        text.split_whitespace().map(|pair| u8::from_str_radix(pair, 16).expect("two digits")).collect()
    };
    let mut seeds: Vec<Vec<u8>> = GOLDEN.into_iter().map(bytes).collect();
    seeds.push(seeds.concat());
    seeds
}

const WORDS: &[&str] =
    &["@@", "##", "@", "@@@", "#", "@@\u{1}\u{0}\u{1}\u{1}", "\u{0}\u{0}", "\u{1}\u{2}", "\u{2}\u{1}\u{7f}"];

/// The bytes as they are, or with a checksum that fits, so that what lies behind it is reached, too.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut sealed = bytes.to_vec();
    if let (Some(covered), true) = (bytes.len().checked_sub(3).filter(|end| *end > 2), bytes.starts_with(b"@@")) {
        let length = u16::try_from(covered.saturating_sub(27)).unwrap_or(u16::MAX).to_le_bytes();
        if covered > 27 {
            sealed[24..26].copy_from_slice(&length);
        }
        sealed[covered] = sealed[2..covered].iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
        sealed[covered + 1..].copy_from_slice(b"##");
    }
    sealed
}

#[test]
fn streams() {
    Target { name: "gbt26875", seeds: seeds(), cases: 4_000, words: WORDS }.run(|bytes| {
        for checksum in [Checksum::Standard, Checksum::FromCommand] {
            let dialect = Dialect { edition: Edition::V2011, checksum };
            for stream in [bytes.to_vec(), sealed(bytes)] {
                let whole = cut(&stream, dialect, stream.len().max(1))?;
                let single = cut(&stream, dialect, 1)?;
                if frames(&whole) != frames(&single) {
                    return Err("another cutting in pieces gives other frames".to_owned());
                }
            }
        }
        Ok(())
    });
}

fn frames(cuts: &[Cut]) -> Vec<&Cut> {
    cuts.iter().filter(|cut| matches!(cut, Cut::Frame(_))).collect()
}

/// Cuts, checks that nothing is made up, and reads and writes every frame again.
fn cut(stream: &[u8], dialect: Dialect, piece: usize) -> Result<Vec<Cut>, String> {
    let mut cutter = Cutter::new(dialect);
    let mut cuts: Vec<Cut> = stream.chunks(piece).flat_map(|piece| cutter.push(piece)).collect();
    cuts.extend(cutter.give_up());
    let mut taken = 0;
    for cut in &cuts {
        match cut {
            Cut::Noise(bytes) => taken += bytes,
            Cut::Refused(_) => taken += 1,
            Cut::Frame(frame) => {
                let written =
                    encode(frame, dialect).map_err(|error| format!("{frame:?} cannot be written: {error}"))?;
                taken += written.len();
                if decode(&written, dialect).as_ref() != Ok(frame) {
                    return Err(format!("{frame:?} is not read back"));
                }
                objects(&frame.data)?;
            }
        }
    }
    // Each byte of the stream is in at most one frame, or dropped once.
    if taken > stream.len() { Err(format!("{taken} bytes of {} were taken", stream.len())) } else { Ok(cuts) }
}

fn objects(data: &[u8]) -> Result<(), String> {
    let Ok(adu) = Adu::decode(data) else { return Ok(()) };
    let Ok(written) = adu.encode() else { return Ok(()) };
    match Adu::decode(&written) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{adu:?} is written and not read back: {error}")),
    }
}

#[test]
fn data_units() {
    let seeds = seeds().iter().filter(|seed| seed.len() > 30).map(|seed| seed[27..seed.len() - 3].to_vec()).collect();
    Target { name: "gbt26875-data", seeds, cases: 8_000, words: WORDS }.run(objects);
}
