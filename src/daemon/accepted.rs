//! The configuration that was accepted last.
//!
//! Takes: the folders a site was read from, once it was accepted.
//! Gives: the same site again when those folders no longer hold one.
//! Never: a half copy: a copy is made beside the old one and takes its place whole.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::{self, Problem, layout, profile};
use crate::engine::site::Site;

const FOLDER: &str = "accepted";
const NEXT: &str = "accepted.next";
const OLD: &str = "accepted.old";

/// Where an accepted configuration was read from.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Of `site.toml`, `conf.d` and point lists.
    pub site: PathBuf,
    /// Of device profiles; the first that has a profile wins.
    pub profiles: Vec<PathBuf>,
}

/// Copies the site folder and the profiles it uses below `state`, which must be held by this process: another gateway
/// falls back to what lies there.
///
/// # Errors
/// The disk refuses; the copy that was there stays.
pub fn keep(state: &Path, folders: &Folders, site: &Site) -> io::Result<()> {
    let (kept, next, old) = (state.join(FOLDER), state.join(NEXT), state.join(OLD));
    remove(&next)?;
    copy(&folders.site, &next.join("site"))?;
    for device in &site.devices {
        let id = &device.profile.id;
        let own = layout::profiles(&folders.site);
        let profiles: Vec<PathBuf> = std::iter::once(own).chain(folders.profiles.iter().cloned()).collect();
        let target = next.join("device-profiles").join(id);
        if let Some(folder) = profile::find(id, &profiles).filter(|_| !target.exists()) {
            copy(&folder, &target)?;
        }
    }
    remove(&old)?;
    if kept.exists() {
        std::fs::rename(&kept, &old)?;
    }
    std::fs::rename(&next, &kept)?;
    remove(&old)
}

/// Reads the kept copy.
///
/// # Errors
/// There is none, or it is no longer readable by this release.
pub fn load(state: &Path) -> Result<(Site, Vec<Problem>), Vec<Problem>> {
    let kept = state.join(FOLDER);
    config::load_lenient(&kept.join("site"), &[kept.join("device-profiles")])
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies what a configuration consists of: TOML, CSV and SVG files, in folders of folders.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&path, &target)?;
        } else if path
            .extension()
            .is_some_and(|extension| ["toml", "csv", "svg"].iter().any(|known| extension == *known))
        {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_a_site_consists_of_is_kept() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = Folders { site: root.join("config/site"), profiles: vec![root.join("device-profiles")] };
        let (site, _) = config::load(&folders.site, &folders.profiles).expect("the sample is valid");
        let state = tempfile::tempdir().expect("a folder");
        keep(state.path(), &folders, &site).expect("it is copied");
        let (kept, _) = load(state.path()).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert!(!kept.floor_plans.is_empty(), "the sample has plans");
        assert_eq!(kept.hash, site.hash);
    }
}
