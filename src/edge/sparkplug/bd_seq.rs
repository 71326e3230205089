//! `bdSeq`: which of our births a death belongs to.
//!
//! Takes: a file of the state directory.
//! Gives: the number of the next connection, one higher each time, 0 to 255 and around.
//! Never: the same number for two connections in a row, also over a restart: it is on the disk before it is sent.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The numbers of our connections.
#[derive(Debug)]
pub struct BdSeq {
    file: PathBuf,
    last: Option<u8>,
    /// The last was taken and never sent.
    unused: bool,
}

impl BdSeq {
    /// Goes on after what `file` holds; a file that is not there, or is no number, begins at 0. Blocking.
    pub fn open(file: &Path) -> BdSeq {
        let last = fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok());
        BdSeq { file: file.to_owned(), last, unused: false }
    }

    /// The number of the next connection. A disk that does not take it is told, and the number goes on in memory.
    pub async fn next(&mut self) -> u8 {
        if let (true, Some(last)) = (std::mem::take(&mut self.unused), self.last) {
            return last;
        }
        let next = self.last.map_or(0, |last| last.wrapping_add(1));
        self.last = Some(next);
        let file = self.file.clone();
        let kept = tokio::task::spawn_blocking(move || keep(&file, next)).await;
        if let Err(error) = kept.unwrap_or_else(|broken| Err(io::Error::other(broken))) {
            tracing::warn!(%error, file = %self.file.display(), "the number of the Sparkplug birth is not kept");
        }
        next
    }

    /// The broker never heard of the last one: no connection came about.
    pub fn was_not_sent(&mut self) {
        self.unused = true;
    }
}

fn keep(file: &Path, number: u8) -> io::Result<()> {
    let next = file.with_extension("next");
    let mut open = File::create(&next)?;
    writeln!(open, "{number}")?;
    open.sync_all()?;
    fs::rename(&next, file)?;
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_has_the_next_number_over_restarts_and_around() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sparkplug-bdseq");
        let mut first = BdSeq::open(&file);
        assert_eq!([first.next().await, first.next().await], [0, 1]);
        first.was_not_sent();
        assert_eq!([first.next().await, first.next().await], [1, 2]);
        assert_eq!(BdSeq::open(&file).next().await, 3, "after a restart");
        keep(&file, 255).unwrap();
        assert_eq!(BdSeq::open(&file).next().await, 0, "around");
        fs::write(&file, "many").unwrap();
        assert_eq!(BdSeq::open(&file).next().await, 0, "from the beginning where nothing is known");
        fs::remove_file(&file).unwrap();
        let mut lost = BdSeq::open(&folder.path().join("gone/sparkplug-bdseq"));
        assert_eq!([lost.next().await, lost.next().await], [0, 1], "a disk that keeps nothing");
    }
}
