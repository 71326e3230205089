//! Lines that the server refuses for good.
//!
//! Takes: a line and what the server said.
//! Gives: a file a person can look at and send again by hand.
//! Never: grows without end: the file is put aside once when it is full, and the one put aside before is replaced.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The file is put aside at this size.
const FULL: u64 = 1024 * 1024;

/// Appends `line`, preceded by the server's words as a comment. Blocking.
///
/// # Errors
/// The disk fails; the line is then only in the log.
pub fn keep(path: &Path, line: &[u8], reason: &str) -> std::io::Result<()> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() >= FULL) {
        let mut aside = path.as_os_str().to_owned();
        aside.push(".1");
        std::fs::rename(path, PathBuf::from(aside))?;
    }
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    let mut text = format!("# {}\n", reason.replace(['\n', '\r'], " ")).into_bytes();
    text.extend_from_slice(line);
    text.push(b'\n');
    file.write_all(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_put_aside_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("refused.lp");
        let long = vec![b'x'; 600 * 1024];
        for number in 0..5 {
            keep(&path, &long, &format!("reason\n{number}")).unwrap();
        }
        let sizes: Vec<u64> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), 2);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("# reason 4\nxxx"));
    }
}
