//! A block: lines of JSON, packed, with their length and checksum before them.
//!
//! Takes: lines.
//! Gives: bytes that can be told from half of them.
//! Never: unpacks more than a block may hold, whatever its length says.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Bytes before the packed lines: their length, and the CRC-32 of them, both little-endian.
const HEAD: usize = 8;
/// A block holds no more packed bytes than this. What the engine knew of a large site is some megabytes.
const MOST_PACKED: usize = 64 << 20;
/// Nor more lines, in bytes, than this.
const MOST_LINES: u64 = 512 << 20;

/// Packs lines.
pub(super) fn pack(lines: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(vec![0; HEAD], Compression::fast());
    encoder.write_all(lines)?;
    let mut block = encoder.finish()?;
    let packed = block.get(HEAD..).unwrap_or_default();
    if packed.len() > MOST_PACKED || lines.len() as u64 > MOST_LINES {
        return Err(io::Error::other("too much for one block"));
    }
    let length = u32::try_from(packed.len()).map_err(io::Error::other)?;
    let head: Vec<u8> = [length, crc(packed)].iter().flat_map(|number| number.to_le_bytes()).collect();
    block.splice(..HEAD, head);
    Ok(block)
}

/// The lines of the block at the beginning of `bytes`, and how long it is; nothing where it is cut or damaged.
pub(super) fn unpack(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let length = usize::try_from(number(0)?).ok().filter(|length| *length <= MOST_PACKED)?;
    let packed = bytes.get(HEAD..HEAD + length)?;
    if crc(packed) != number(4)? {
        return None;
    }
    let mut lines = Vec::new();
    DeflateDecoder::new(packed).take(MOST_LINES).read_to_end(&mut lines).ok()?;
    Some((lines, HEAD + length))
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
