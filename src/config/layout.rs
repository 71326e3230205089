//! What lies where in the folder of a site.
//!
//! Takes: a folder.
//! Gives: the names of its files and folders, whether a folder is a site, and the site that a profile belongs to.
//! Never: opens a file.

use std::path::{Path, PathBuf};

/// The file that makes a folder a site.
pub const SITE: &str = "site.toml";
/// The folder of further files with the same tables.
pub const MORE: &str = "conf.d";
/// The folder of tests of its rules.
pub const TESTS: &str = "rules-tests";
/// The folder of profiles that only this site has.
const PROFILES: &str = "device-profiles";

/// Whether `folder` is a site.
pub fn is_site(folder: &Path) -> bool {
    folder.join(SITE).is_file()
}

/// The folder of the site's own profiles.
pub fn profiles(site: &Path) -> PathBuf {
    site.join(PROFILES)
}

/// The site whose own profile lies in `profile`; nothing for a profile of no site.
pub fn site_of(profile: &Path) -> Option<&Path> {
    profile.parent().and_then(Path::parent).filter(|site| is_site(site))
}
