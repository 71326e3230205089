//! The sample site and the profiles it uses, as the binary carries them for `demo`.
//!
//! Takes: a folder.
//! Gives: the files in it, as they stand in `config/site` and `device-profiles`.
//! Never: a site that only the binary knows.

use std::io;
use std::path::Path;

macro_rules! site {
    ($($name:literal,)*) => { [$((concat!("site/", $name), include_str!(concat!("../../config/site/", $name))),)*] };
}

macro_rules! profiles {
    ($($name:literal,)*) => {
        [$((
            concat!("device-profiles/", $name, "/profile.toml"),
            include_str!(concat!("../../device-profiles/", $name, "/profile.toml")),
        ),)*]
    };
}

const SITE: [(&str, &str); 54] = site![
    "broadcast-1.csv",
    "broadcast-2.csv",
    "broadcast-3.csv",
    "broadcast-4.csv",
    "conf.d/05-zones.toml",
    "conf.d/06-plans.toml",
    "conf.d/10-buses.toml",
    "conf.d/20-panels.toml",
    "conf.d/21-smoke-control.toml",
    "conf.d/22-extinguishing.toml",
    "conf.d/23-water.toml",
    "conf.d/24-power.toml",
    "conf.d/25-building.toml",
    "conf.d/60-fire-tower.toml",
    "conf.d/61-fire-podium.toml",
    "conf.d/62-data-room.toml",
    "conf.d/63-expected.toml",
    "conf.d/70-duty.toml",
    "cut-1.csv",
    "cut-2.csv",
    "dampers-1.csv",
    "device-profiles/panel-contacts-io/profile.toml",
    "doors-1.csv",
    "lv-1.csv",
    "meters-1.csv",
    "panel-1.csv",
    "panel-2.csv",
    "panel-3.csv",
    "phone-1.csv",
    "plans/1-b1.csv",
    "plans/1-b2.csv",
    "plans/2-1.csv",
    "plans/2-2.csv",
    "plans/2-3.csv",
    "plans/energy-1.svg",
    "plans/energy-2.svg",
    "plans/energy-basement.svg",
    "plans/podium-4.svg",
    "plans/podium-basement.svg",
    "plans/podium.svg",
    "plans/tower-1.svg",
    "plans/tower-12.svg",
    "plans/tower-basement.svg",
    "plans/tower.svg",
    "rules-tests/data-room.toml",
    "rules-tests/expected.toml",
    "rules-tests/fire.toml",
    "site.toml",
    "timer-1.csv",
    "uitd-1.csv",
    "vents-1.csv",
    "vents-2.csv",
    "vents-3.csv",
    "weak-1.csv",
];

const PROFILES: [(&str, &str); 34] = profiles![
    "air-handler-cabinet",
    "apc-nmc2",
    "bacharach-mgs400",
    "boiler-cabinet",
    "booster-set",
    "broadcast-amplifier",
    "deepsea-gencomm",
    "drain-pump-pit",
    "eastron-sdm630",
    "emergency-lighting-controller",
    "faast",
    "fire-dampers-io",
    "fire-door-monitor",
    "fire-pump-cabinet",
    "fire-supply-changeover",
    "fire-telephone-host",
    "gas-extinguishing-controller",
    "gasmax-ii",
    "gbt26875-uitd",
    "gst9000-text",
    "honeywell-clss",
    "lift-monitor-io",
    "lighting-timer",
    "low-voltage-panel",
    "notifier-modbus-gw",
    "power-cut-off-io",
    "pulse-meters-io",
    "shutter-controller",
    "smoke-fan-cabinet",
    "smoke-vents-io",
    "supply-fan-cabinet",
    "water-mist-cabinet",
    "water-tank",
    "weak-current-io",
];

/// Writes them below `folder`.
pub(super) fn unpack(folder: &Path) -> io::Result<()> {
    for (name, text) in SITE.into_iter().chain(PROFILES) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn what_the_binary_carries_is_the_sample_of_the_repository() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        unpack(folder.path()).expect("written");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let load = |site: &Path, profiles: &Path| {
            config::load(site, &[profiles.to_owned()]).unwrap_or_else(|problems| panic!("{problems:#?}")).0
        };
        let carried = load(&folder.path().join("site"), &folder.path().join("device-profiles"));
        assert_eq!(carried.hash, load(&root.join("config/site"), &root.join("device-profiles")).hash);
        let files = |folder: &Path| {
            let mut count = 0;
            let mut waiting = vec![folder.to_owned()];
            while let Some(folder) = waiting.pop() {
                for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                    if entry.path().is_dir() { waiting.push(entry.path()) } else { count += 1 }
                }
            }
            count
        };
        assert_eq!(files(&folder.path().join("site")), files(&root.join("config/site")), "a file is not carried");
    }
}
