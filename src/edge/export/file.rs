//! A file that is whole, or not there.
//!
//! Takes: a path.
//! Gives: [`Replacing`], which writes beside it and takes its place when everything is on the disk.
//! Never: half a file under the name that was asked for; what was there before stays until then.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file being written. Let go before [`Replacing::commit`], it leaves nothing.
pub struct Replacing {
    file: File,
    beside: PathBuf,
    path: PathBuf,
    done: bool,
}

impl Replacing {
    /// Begins a file beside `path`.
    ///
    /// # Errors
    /// The folder is not there or refuses.
    pub fn begin(path: &Path) -> io::Result<Replacing> {
        let name = path.file_name().ok_or_else(|| io::Error::other("is not the name of a file"))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(hidden);
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
        Ok(Replacing { file, beside, path: path.to_owned(), done: false })
    }

    /// Puts what was written onto the disk and in its place.
    ///
    /// # Errors
    /// The disk refuses; the path is then as it was.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.beside, &self.path)?;
        self.done = true;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Write for Replacing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Replacing {
    fn drop(&mut self) {
        if !self.done {
            // Nothing can be done about a disk that does not even remove.
            let _ = fs::remove_file(&self.beside);
        }
    }
}
