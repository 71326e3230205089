//! Archives: facts that were taken out of the journal, packed and sealed.
//!
//! Takes: stored bytes in order.
//! Gives: `archive/FROM-UPTO.jsonl.gz` and, beside it, the signed checkpoint that seals it.
//! Never: an archive that was not read back and found to be the chain it came from.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::chain::{Head, hex, link};

/// Where archives lie, below the state directory.
const FOLDER: &str = "archive";

/// An archive being written. Let go before [`Archive::seal`], it leaves a file that nothing refers to.
pub(super) struct Archive {
    packed: GzEncoder<BufWriter<File>>,
    unfinished: PathBuf,
    path: PathBuf,
    begins: Head,
}

/// The name of the archive of the facts from `first` up to `upto`.
fn name(first: u64, upto: u64) -> String {
    format!("{first}-{upto}.jsonl.gz")
}

/// Removes the archive of a retirement that came to nothing, as far as it was made.
pub(super) fn discard(state_dir: &Path, first: u64, upto: u64) {
    let path = place(state_dir, &name(first, upto));
    for path in [path.with_extension("part"), beside(&path), path] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %path.display(), "an archive that nothing refers to cannot be removed");
            }
            _ => {}
        }
    }
}

/// Where the checkpoint that seals an archive lies.
fn beside(archive: &Path) -> PathBuf {
    // The name ends in `.jsonl.gz`.
    archive.with_extension("").with_extension("checkpoint.json")
}

/// The place of an archive.
pub(super) fn place(state_dir: &Path, name: &str) -> PathBuf {
    state_dir.join(FOLDER).join(name)
}

/// SHA-256 of a file in hexadecimal.
pub(super) fn sum(path: &Path) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    loop {
        let read = file.fill_buf()?;
        if read.is_empty() {
            return Ok(hex(&sum.finalize()));
        }
        sum.update(read);
        let length = read.len();
        file.consume(length);
    }
}

impl Archive {
    /// Begins the archive of the facts after `begins` up to `upto`.
    pub(super) fn begin(state_dir: &Path, begins: Head, upto: u64) -> io::Result<Archive> {
        let path = place(state_dir, &name(begins.seq + 1, upto));
        fs::create_dir_all(state_dir.join(FOLDER))?;
        let unfinished = path.with_extension("part");
        let packed = GzEncoder::new(BufWriter::new(File::create(&unfinished)?), Compression::default());
        Ok(Archive { packed, unfinished, path, begins })
    }

    /// The next fact.
    pub(super) fn fact(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.packed.write_all(bytes)?;
        self.packed.write_all(b"\n")
    }

    /// Puts it on the disk, reads it back, and gives its name and its sum. Nothing is done where it does not end at `head`.
    /// After every so many facts that were read back `rest` is told how many, and says whether to go on.
    pub(super) fn seal(
        self,
        head: Head,
        stretch: u64,
        rest: &mut dyn FnMut(u64) -> io::Result<()>,
    ) -> io::Result<(String, String)> {
        let file = self.packed.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        drop(file);
        if ends(&self.unfinished, self.begins, stretch, rest)? != head {
            return Err(io::Error::other("what was read back is not what was written"));
        }
        let sealed = sum(&self.unfinished)?;
        fs::rename(&self.unfinished, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok((name, sealed))
    }
}

/// Where the chain of an archive that goes on from `head` ends.
fn ends(path: &Path, begins: Head, stretch: u64, rest: &mut dyn FnMut(u64) -> io::Result<()>) -> io::Result<Head> {
    let mut head = begins;
    for line in BufReader::new(MultiGzDecoder::new(File::open(path)?)).split(b'\n') {
        head = Head { seq: head.seq + 1, hash: link(&head.hash, &line?) };
        let done = head.seq - begins.seq;
        if done.is_multiple_of(stretch) {
            rest(done)?;
        }
    }
    Ok(head)
}

/// Writes the checkpoint beside its archive, so that both can be carried away together.
pub(super) fn keep_checkpoint(state_dir: &Path, name: &str, body: &[u8], signature: &[u8]) -> io::Result<()> {
    let path = beside(&place(state_dir, name));
    let text = serde_json::json!({ "checkpoint": String::from_utf8_lossy(body), "signature": hex(signature) });
    let mut file = File::create(&path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
