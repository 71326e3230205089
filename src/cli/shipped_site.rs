//! The sample site and the profiles it uses, as the binary carries them for `demo`.
//!
//! Takes: a folder.
//! Gives: the files in it, as they stand in `config/site` and `device-profiles`.
//! Never: a site that only the binary knows.

use std::io;
use std::path::Path;

const FILES: [(&str, &str); 9] = [
    ("site/conf.d/05-zones.toml", include_str!("../../config/site/conf.d/05-zones.toml")),
    ("site/conf.d/10-buses.toml", include_str!("../../config/site/conf.d/10-buses.toml")),
    ("site/conf.d/20-devices.toml", include_str!("../../config/site/conf.d/20-devices.toml")),
    ("site/panel-1.csv", include_str!("../../config/site/panel-1.csv")),
    ("site/site.toml", include_str!("../../config/site/site.toml")),
    (
        "device-profiles/deepsea-gencomm/profile.toml",
        include_str!("../../device-profiles/deepsea-gencomm/profile.toml"),
    ),
    ("device-profiles/eastron-sdm630/profile.toml", include_str!("../../device-profiles/eastron-sdm630/profile.toml")),
    (
        "device-profiles/fire-pump-cabinet/profile.toml",
        include_str!("../../device-profiles/fire-pump-cabinet/profile.toml"),
    ),
    (
        "device-profiles/notifier-modbus-gw/profile.toml",
        include_str!("../../device-profiles/notifier-modbus-gw/profile.toml"),
    ),
];

/// Writes them below `folder`.
pub(super) fn unpack(folder: &Path) -> io::Result<()> {
    for (name, text) in FILES {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, text)?;
    }
    Ok(())
}
