//! The classes the binary carries, a site's own beside them, and what is said about wrong ones.

use std::path::Path;

use super::*;
use crate::engine::base::Category;
use crate::engine::class::Lapse;

fn own(name: &str, text: &str) -> Vec<File> {
    vec![(name.to_owned(), text.to_owned())]
}

#[test]
fn every_shipped_class_is_whole() {
    let (classes, warnings) = read(Vec::new()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(warnings, []);
    let ids: Vec<&str> = classes.list.iter().map(|class| class.id.as_str()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let flow = &classes.list[classes.types["30"].class as usize];
    assert_eq!((flow.id.as_str(), flow.activated), ("flow-indicator", Some(Category::Supervisory)));
}

#[test]
fn every_file_of_the_folder_is_carried() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let entries = std::fs::read_dir(folder).expect("part of the package");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".toml"));
    names.sort();
    assert_eq!(names, files().map(|(name, _)| name).collect::<Vec<_>>());
}

const FOUNTAIN: &str = "
name = { zh = \"喷泉\", en = \"Fountain\" }
activated = \"feedback\"
mains = \"!off\"
[statuses]
running = { name = { zh = \"运行\", en = \"Running\" }, normal = false }
off = { name = { zh = \"关\", en = \"Off\" } }
[settings]
patience = { name = { zh = \"等待\", en = \"Patience\" }, unit = \"s\", default = \"20s\", range = [\"1s\", \"1m\"] }
depth = { name = { zh = \"水深\", en = \"Depth\" }, unit = \"m\", default = 0.4, range = [0, 2] }
[alarms]
stuck = { when = \"running && off\", category = \"fault\", delay = \"$patience\", name = { zh = \"卡\", en = \"Stuck\" }, \
advice = { zh = \"看\", en = \"Look\" }, rows = [\"WS-02\"] }
[[sequence]]
id = \"start\"
name = { zh = \"启动\", en = \"Start\" }
begins = \"running\"
abandoned = \"off\"
[[sequence.phase]]
id = \"up\"
name = { zh = \"升\", en = \"Rising\" }
until = \"running\"
within = \"$patience\"
missing = { zh = \"无\", en = \"Nothing came\" }
category = \"fault\"
advice = { zh = \"看\", en = \"Look\" }
";

#[test]
fn a_site_may_bring_a_class_of_its_own() {
    let (classes, _) = read(own("fountain.toml", FOUNTAIN)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let (_, fountain) = classes.find("fountain").expect("it was given");
    assert_eq!(fountain.mains, Some(Expression::Not(Box::new(Expression::Bit(1)))));
    assert_eq!(fountain.settings[0].range, (1.0, 60.0));
    assert_eq!(fountain.alarms[0].delay, Lapse::Setting(0));
    assert_eq!(fountain.sequences[0].phases[0].within, Lapse::Setting(0));
    assert_eq!(fountain.statuses[0].normal, Some(false));
}

#[test]
fn a_site_may_say_otherwise_what_a_class_or_a_type_is() {
    let (shipped, _) = read(Vec::new()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let types = "[types]\n30 = { class = \"module\", name = { zh = \"模块\", en = \"Module\" } }\n";
    let (classes, _) = read(own(TYPES, types)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(classes.list, shipped.list);
    assert_eq!(classes.list[classes.types["30"].class as usize].id, "module");
    assert_eq!(classes.types["03"], shipped.types["03"]);
    let pump = FOUNTAIN.replace("Fountain", "Our pump");
    let (classes, _) = read(own("fire-pump.toml", &pump)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(classes.list.len(), shipped.list.len());
    assert_eq!(classes.find("fire-pump").map(|(_, class)| class.name.en.as_str()), Some("Our pump"));
}
