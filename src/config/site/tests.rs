//! A whole site becomes what it says; broken ones are in `tests/rejected`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::engine::profile::Pace;
use crate::engine::site::Endpoint;

const SITE: &str = r#"
[site]
id = "riverside"
name = { zh = "滨河广场", en = "Riverside Plaza" }
timezone = "Asia/Shanghai"
times = { resound-after = "60s" }
[[building]]
id = "2"
name = { zh = "2号楼", en = "Building 2" }
floors = ["B1", "1", "4"]
[[zone]]
id = "2-04"
name = { zh = "4层", en = "Floor 4" }
building = "2"
floor = "4"
[[bus]]
id = "lan"
tcp = "127.0.0.1:502"
poll = { fire = "500ms" }
[[device]]
id = "panel-1"
bus = "lan"
profile = "panel"
building = "2"
points = "panel-1.csv"
"#;

const MORE: &str = r#"
[[device]]
id = "panel-2"
bus = "lan"
unit = 2
profile = "panel"
points = "panel-2.csv"
panel = "panel-1"
"#;

const PROFILE: &str = r#"
vendor = "Acme"
model = "P-1"
class = "panel"
source = "Manual 1"
verified = "manual-only"
unit = 1
[points]
trouble = { table = "coil", address = 5, type = "bit", name = { zh = "故障", en = "Trouble" } }
[alarms]
trouble = { when = "trouble", category = "fault", name = { zh = "故障", en = "Trouble" } }
[arrays.detector]
element = "l{loop}-d{index}"
table = "holding"
address = "(loop-1)*100 + (index-1)"
loop = [1, 2]
index = [1, 99]
[arrays.detector.fields]
event = { type = "u16", poll = "fire", name = { zh = "事件", en = "Event" } }
[arrays.detector.alarms]
fire = { when = "event == 1", category = "fire", name = { zh = "火警", en = "Fire" } }
"#;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a temporary folder");
        fs::write(path, text).expect("a temporary file");
    }
}

fn folder(list: &str, second: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(
        folder.path(),
        &[
            ("site.toml", SITE),
            ("conf.d/20-more.toml", MORE),
            ("device-profiles/panel/profile.toml", PROFILE),
            ("panel-1.csv", list),
            ("panel-2.csv", second),
        ],
    );
    folder
}

const LIST: &str = "loop,address,code,type,zone,text_zh,text_en\n\
    1,17,042146,30,2-04,\"4层, 走廊\",\"Floor 4, corridor\"\n2,99,,,,,\n";
const SECOND: &str = "\u{feff}array,loop,address,text_zh,text_en\ndetector,1,1,机房,Plant room\n";

#[test]
fn a_whole_site_is_read() {
    let folder = folder(LIST, SECOND);
    let (site, warnings) = load(folder.path(), &[]).expect("a whole site");
    assert_eq!(warnings, []);
    assert_eq!(site.settings.resound_after, Duration::from_secs(60));
    assert_eq!(site.buses[0].endpoint, Endpoint::Tcp("127.0.0.1:502".into()));
    assert_eq!(site.buses[0].periods[&Pace::Fire], Duration::from_millis(500));
    assert_eq!(site.buses[0].periods[&Pace::Slow], Duration::from_secs(60));
    assert_eq!(site.buses[0].devices, [0, 1]);
    assert_eq!((site.devices[0].unit, site.devices[1].unit), (1, 2), "the profile's, its own");
    let ids: Vec<&str> = site.points.iter().map(|point| point.id.as_str()).collect();
    assert_eq!(
        ids,
        ["panel-1/trouble", "panel-1/l1-d17.event", "panel-1/l2-d99.event", "panel-2/trouble", "panel-2/l1-d1.event"]
    );
    assert_eq!(site.points[1].encoding.address, 16);
    let rule = &site.rules[1];
    assert_eq!(rule.condition.to_string(), "panel-1/l1-d17:fire");
    assert_eq!((rule.code.as_deref(), rule.kind.as_deref()), (Some("042146"), Some("30")));
    assert_eq!(rule.place.floor.as_deref(), Some("4"), "from its zone");
    assert_eq!(rule.place.text.en, "Floor 4, corridor");
    assert_eq!(site.rules[2].place.building.as_deref(), Some("2"), "from its panel");
    assert_eq!(site.panels, BTreeMap::from([(1, 0)]), "the panel that governs the second");
    assert_eq!(site.zone.minute_and_day(Wall(1_767_225_600_000_000)), (480, 3), "08:00 on a Thursday, in Shanghai");
    assert_eq!(site.hash.len(), 64);
}

#[test]
fn the_hash_covers_every_file() {
    let one = folder(LIST, SECOND);
    let hash = |folder: &Path| load(folder, &[]).expect("a whole site").0.hash;
    let first = hash(one.path());
    assert_eq!(first, hash(folder(LIST, SECOND).path()), "the same files, the same hash");
    let mut seen = std::collections::BTreeSet::from([first]);
    for name in ["site.toml", "conf.d/20-more.toml", "device-profiles/panel/profile.toml", "panel-1.csv"] {
        let path = one.path().join(name);
        let text = fs::read_to_string(&path).expect("it was written");
        fs::write(&path, format!("{text}\n# seen\n")).expect("a temporary file");
        assert!(seen.insert(hash(one.path())), "{name} takes part");
    }
}

#[test]
fn a_wrong_device_disables_only_itself() {
    let folder = folder(LIST, "loop,address,text_zh,text_en\n3,1,机房,Plant room\n");
    assert!(load(folder.path(), &[]).is_err(), "check is strict");
    let (site, problems) = load_lenient(folder.path(), &[]).expect("the rest runs");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let line = "panel-2.csv:2:1: loop \"3\" is not in the profile's range; allowed: 1 to 2";
    assert_eq!(lines, [line]);
    assert_eq!(site.devices[0].refused, None);
    assert_eq!(site.devices[1].refused.as_deref(), Some(line));
    assert_eq!((site.devices[1].points.len(), site.devices[1].rules.len()), (0, 0));
    assert_eq!(site.buses[0].devices, [0], "nobody polls it");
    assert_eq!(site.points.len(), 3);
}

#[test]
fn a_wrong_profile_refuses_every_device_that_uses_it_and_a_second_device_of_one_id_is_told_apart() {
    let folder = folder(LIST, SECOND);
    let more = MORE.replace("panel-2\"", "panel-1\"").replace("profile = \"panel\"", "profile = \"panle\"");
    let profile = PROFILE.replace("\"coil\"", "\"coli\"");
    write(folder.path(), &[("conf.d/20-more.toml", &more), ("device-profiles/panel/profile.toml", &profile)]);
    let (site, _) = load_lenient(folder.path(), &[]).expect("the site itself is fine");
    assert_eq!(site.devices[0].id.as_str(), "panel-1");
    assert_eq!(site.devices[1].id.as_str(), "panel-1-2");
    let reason = |at: usize| site.devices[at].refused.clone().unwrap_or_default();
    assert!(reason(0).contains("did you mean \"coil\"?"), "{}", reason(0));
    assert!(reason(1).contains("given twice"), "{}", reason(1));
}

#[test]
fn a_wrong_bus_refuses_the_whole() {
    let folder = folder(LIST, SECOND);
    write(folder.path(), &[("site.toml", &SITE.replace("127.0.0.1:502", "127.0.0.1"))]);
    let problems = load_lenient(folder.path(), &[]).expect_err("no bus, no site");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["site.toml:18:7: \"127.0.0.1\" is not host:port; write for example \"10.0.0.20:502\""]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Whatever a spreadsheet makes of a list, it is read or refused.
    #[test]
    fn a_damaged_list_is_never_a_panic(rows in "(loop,address,code,type,text_zh,text_en\n)?([0-9a-z\",#\r\n 层]{0,60}\n){0,4}") {
        let folder = folder(&rows, SECOND);
        let read = load_lenient(folder.path(), &[]);
        proptest::prop_assert!(read.is_ok_and(|(site, _)| site.devices.len() == 2));
    }
}
