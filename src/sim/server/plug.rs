//! The name under which a simulated serial adapter is known, whichever device file it is.
//!
//! Takes: the device file of a pseudo-terminal.
//! Gives: a symbolic link to it in a folder of its own, as under `/dev/serial/by-id`.
//! Never: a link that outlives it, or a folder that somebody else has made.

use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Plugs made by this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// One name.
#[derive(Debug)]
pub(super) struct Plug {
    folder: PathBuf,
}

impl Plug {
    /// Plugged in as the device file `device`.
    pub(super) fn new(device: &str) -> io::Result<Plug> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("tocsin-line-{}-{number}", std::process::id()));
        // Fails where somebody else has put something of that name.
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let plug = Plug { folder };
        symlink(device, plug.link())?;
        Ok(plug)
    }

    fn link(&self) -> PathBuf {
        self.folder.join("line")
    }

    /// The name.
    pub(super) fn path(&self) -> String {
        self.link().display().to_string()
    }

    /// Pulled out: the name is gone.
    pub(super) fn pull(&mut self) {
        // A name that is gone already is what was asked for.
        let _ = std::fs::remove_file(self.link());
    }

    /// Plugged in again as the device file `device`.
    pub(super) fn put(&mut self, device: &str) -> io::Result<()> {
        self.pull();
        symlink(device, self.link())
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        self.pull();
        // Only an empty folder of ours is removed.
        let _ = std::fs::remove_dir(&self.folder);
    }
}
