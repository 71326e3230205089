//! A segment: one file of the trace.
//!
//! Takes: a folder, a number, what all entries of it have in common.
//! Gives: the file that is written, and the names of those that are there.
//! Never: appends to a file of another process: a start begins a new one.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{TraceError, block};
use crate::engine::site::Site;
use crate::engine::trace::Names;

/// How a segment begins: the name, and the version in two bytes, little-endian.
pub(super) const MARK: &[u8] = b"tocsin-trace";
/// The version this build writes and the newest it reads.
pub(super) const VERSION: u16 = 1;
const FOLDER: &str = "trace";
const ENDING: &str = "trace";

/// What all entries of a segment have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Hash of the configuration that was in force.
    pub config: String,
    /// The release that ran.
    pub version: String,
    /// What the numbers in the entries mean.
    pub names: Names,
}

impl Header {
    /// Of a site that this release runs.
    pub fn of(site: &Site) -> Header {
        let (config, version) = (site.hash.clone(), env!("CARGO_PKG_VERSION").to_owned());
        Header { config, version, names: Names::of(site) }
    }
}

/// The folder of the trace.
pub(super) fn folder(state_dir: &Path) -> PathBuf {
    state_dir.join(FOLDER)
}

/// The segments that are there, the oldest first, each with its bytes. Whatever else lies there is left alone.
pub(super) fn list(folder: &Path) -> std::io::Result<Vec<(u64, PathBuf, u64)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if let (Some(number), Some(true)) = (number, path.extension().map(|ending| ending == ENDING)) {
            found.push((number, path, entry.metadata()?.len()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// A segment that is written.
#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Those up to the end of its beginning.
    pub begun: u64,
    blocks: u8,
}

impl Segment {
    /// A new one; only the gateway's own user may read it.
    pub fn begin(folder: &Path, number: u64, header: &Header) -> Result<Segment, TraceError> {
        std::fs::create_dir_all(folder).map_err(TraceError::io(folder))?;
        let path = folder.join(format!("{number:010}.{ENDING}"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut segment = Segment { file: file.map_err(TraceError::io(&path))?, bytes: 0, begun: 0, blocks: 0, path };
        let mut mark = MARK.to_vec();
        mark.extend(VERSION.to_le_bytes());
        segment.write(&mark)?;
        let header = serde_json::to_vec(header).map_err(|error| TraceError::io(&segment.path)(error.into()))?;
        segment.append(&header)?;
        Ok(segment)
    }

    /// Appends lines as one block.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), TraceError> {
        let block = block::pack(lines).map_err(TraceError::io(&self.path))?;
        self.write(&block)?;
        // The second block is the first of its entries: what the engine knew.
        if self.blocks < 2 {
            (self.blocks, self.begun) = (self.blocks + 1, self.bytes);
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TraceError> {
        self.file.write_all(bytes).map_err(TraceError::io(&self.path))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}
