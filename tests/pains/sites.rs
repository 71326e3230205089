//! Small sites: one bus, a few units of a two-register panel or of a profile given as text.

use std::path::Path;
use std::sync::Arc;

use tocsin::engine::site::Site;

/// A panel of two holding registers: a level, and a detector's bit. The test that needs more writes its own.
pub const TWO_REGISTERS: &str = r#"
vendor = "Test"
model = "Two registers"
class = "panel"
source = "tests/pains/sites.rs"
verified = "manual-only"
[link]
reply-within = "200ms"
max-response = "300ms"
[points]
level = { table = "holding", address = 0, type = "u16", unit = "mm", valid = [1, 60000], poll = "fast", name = { zh = "液位", en = "Level" } }
smoke = { table = "holding", address = 1, type = "bit", bit = 0, poll = "fire", name = { zh = "烟雾", en = "Smoke" } }
[alarms]
fire = { when = "smoke", category = "fire", on = "smoke", name = { zh = "火警", en = "Fire" } }
"#;

const HEAD: &str = r#"[site]
id = "test"
name = { zh = "测试", en = "Test" }
timezone = "Asia/Shanghai"
"#;

/// `site.toml` with one bus and one device of the profile `scripted` for each unit: `unit-1`, `unit-2`, …
///
/// `endpoint` is a key of a bus (`tcp = "…"`), `more` any further keys of it.
pub fn text(endpoint: &str, more: &str, units: &[u8]) -> String {
    let devices = units.iter().map(|unit| {
        format!("[[device]]\nid = \"unit-{unit}\"\nbus = \"field\"\nunit = {unit}\nprofile = \"scripted\"\n")
    });
    format!("{HEAD}[[bus]]\nid = \"field\"\n{endpoint}\n{more}\n{}", devices.collect::<String>())
}

/// The key of a TCP bus.
pub fn tcp(place: &str) -> String {
    format!("tcp = \"{place}\"")
}

/// The keys of a serial bus at 115,200 baud.
pub fn line(place: &str) -> String {
    format!("serial = \"{place}\"\nbaud = 115200\nparity = \"none\"")
}

/// Fire and fast points ten times a second.
pub const TEN_A_SECOND: &str = "poll = { fire = \"100ms\", fast = \"100ms\" }";

/// Writes `site.toml` and the profile `scripted` into `folder`.
pub fn write(folder: &Path, site: &str, profile: &str) {
    let profiles = folder.join("device-profiles/scripted");
    std::fs::create_dir_all(&profiles).expect("the folder is ours");
    std::fs::write(profiles.join("profile.toml"), profile).expect("the folder is ours");
    std::fs::write(folder.join("site.toml"), site).expect("the folder is ours");
}

/// The checked site of a `site.toml` whose devices have the profile `scripted`.
pub fn site(site: &str, profile: &str) -> Arc<Site> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), site, profile);
    let read = tocsin::config::load(folder.path(), &[]);
    let (site, _) = read.unwrap_or_else(|problems| panic!("{problems:#?}"));
    Arc::new(site)
}
