//! The trace, read again.
//!
//! Takes: a state directory, also of a gateway that runs.
//! Gives: its segments, the oldest first, each with the entries that are whole.
//! Never: writes; reads on behind a block that is cut or damaged.

use std::path::{Path, PathBuf};

use super::segment::{self, Header, MARK, VERSION};
use super::{TraceError, block};
use crate::engine::trace::Entry;

/// One segment.
#[derive(Debug)]
pub struct Piece {
    /// The file.
    pub path: PathBuf,
    /// What all its entries have in common.
    pub header: Header,
    /// Its first entry, with which an engine can begin.
    pub first: Entry,
    bytes: Vec<u8>,
    /// Where the entries begin.
    begin: usize,
}

/// The segments of a trace, the oldest first, each read when it is asked for. A gateway that runs may remove the oldest
/// meanwhile; one that is gone, or holds nothing whole yet, is left out.
///
/// # Errors
/// The folder cannot be read.
pub fn pieces(state_dir: &Path) -> Result<impl DoubleEndedIterator<Item = Result<Piece, TraceError>>, TraceError> {
    let folder = segment::folder(state_dir);
    let found = segment::list(&folder).map_err(TraceError::io(&folder))?;
    Ok(found.into_iter().filter_map(|(_, path, _)| piece(path).transpose()))
}

fn piece(path: PathBuf) -> Result<Option<Piece>, TraceError> {
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(TraceError::io(&path))?,
    };
    let marked = MARK.len() + size_of::<u16>();
    if !bytes.starts_with(MARK) && !MARK.starts_with(&bytes) {
        return Err(TraceError::Foreign { path });
    }
    // Cut before anything of it was written.
    let Some(version) = bytes.get(MARK.len()..marked) else { return Ok(None) };
    let found = u16::from_le_bytes(version.try_into().unwrap_or_default());
    if found > VERSION {
        return Err(TraceError::Newer { path, found, known: VERSION });
    }
    let Some((header, length)) = block::unpack(&bytes[marked..]) else { return Ok(None) };
    let header = serde_json::from_slice(&header).map_err(|error| broken(&path, 0, &error))?;
    let begin = marked + length;
    let first = Entries { path: &path, rest: &bytes[begin..], number: 0, lines: Vec::new().into_iter() }.next();
    match first.transpose()? {
        None => Ok(None),
        Some(first) if first.begins_after().is_some() => Ok(Some(Piece { path, header, first, bytes, begin })),
        Some(_) => Err(TraceError::Broken { path, block: 1, reason: "it is no beginning".to_owned() }),
    }
}

fn broken(path: &Path, block: u64, error: &serde_json::Error) -> TraceError {
    TraceError::Broken { path: path.to_owned(), block, reason: error.to_string() }
}

impl Piece {
    /// Every entry after the first, up to the last whole block.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry, TraceError>> {
        self.all().skip(1)
    }

    /// Whether bytes stand behind the last whole block: it was cut there, or is being written.
    pub fn is_torn(&self) -> bool {
        let mut entries = self.all();
        while entries.block().is_some() {}
        !entries.rest.is_empty()
    }

    fn all(&self) -> Entries<'_> {
        let rest = self.bytes.get(self.begin..).unwrap_or_default();
        Entries { path: &self.path, rest, number: 0, lines: Vec::new().into_iter() }
    }
}

/// The entries of a segment, unpacked block by block.
struct Entries<'a> {
    path: &'a Path,
    rest: &'a [u8],
    number: u64,
    lines: std::vec::IntoIter<Vec<u8>>,
}

impl Entries<'_> {
    /// Goes on to the next whole block.
    fn block(&mut self) -> Option<Vec<u8>> {
        let (lines, length) = block::unpack(self.rest)?;
        self.rest = self.rest.get(length..).unwrap_or_default();
        self.number += 1;
        Some(lines)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(line) = self.lines.next() {
                return Some(serde_json::from_slice(&line).map_err(|error| broken(self.path, self.number, &error)));
            }
            let lines = self.block()?;
            let lines: Vec<Vec<u8>> =
                lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect();
            self.lines = lines.into_iter();
        }
    }
}
