//! What devices and elements get from their class, and what a site says otherwise.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use super::*;
use crate::engine::base::{Category, Truth, Value};
use crate::engine::site::{Equipment, ExpandError, Rule, expand};

/// A class that only this site has.
const FOUNTAIN: &str = r#"
name = { zh = "喷泉", en = "Fountain" }
activated = "fire"
[statuses]
running = { name = { zh = "运行", en = "Running" }, normal = false }
commanded = { name = { zh = "命令", en = "Commanded" } }
dry = { name = { zh = "干", en = "Dry" } }
[settings]
patience = { name = { zh = "等待", en = "Patience" }, unit = "s", default = "20s", range = ["1s", "1m"] }
depth = { name = { zh = "水深", en = "Depth" }, unit = "m", default = 0.4, range = [0, 2] }
[alarms]
stuck = { when = "commanded && !running", category = "supervisory", delay = "$patience", name = { zh = "卡住", en = "Stuck" }, advice = { zh = "去看", en = "Go and look" } }
astray = { when = "running && !commanded", category = "fault", delay = "3s", name = { zh = "自行运行", en = "Runs by itself" }, advice = { zh = "去看", en = "Go and look" } }
dry = { when = "dry && running", category = "fault", name = { zh = "无水", en = "Dry" }, advice = { zh = "停", en = "Stop it" } }
"#;

const PROFILE: &str = r#"
vendor = "Acme"
model = "F-1"
class = "fountain"
source = "Manual 1"
verified = "manual-only"
unit = 1
[points]
go = { table = "coil", address = 0, type = "bit", name = { zh = "命令", en = "Command" } }
jet = { table = "coil", address = 1, type = "bit", name = { zh = "喷", en = "Jet" } }
level = { table = "input", address = 2, type = "u16", unit = "m", name = { zh = "水位", en = "Level" } }
[alarms]
astray = { when = "jet && !go && level > 1", category = "fault", name = { zh = "自己的", en = "Its own" }, advice = { zh = "看", en = "Look" } }
shallow = { when = "level < $depth", category = "limit", level = "low", on = "level", name = { zh = "浅", en = "Shallow" } }
[status]
commanded = "go"
running = "jet || level < $depth"
[arrays.module]
element = "m{index}"
table = "coil"
address = "index + 10"
index = [1, 9]
class = "module"
[arrays.module.fields]
active = { type = "bit", poll = "fire", name = { zh = "动作", en = "Active" } }
[arrays.module.alarms]
active = { when = "active", category = "by-class", name = { zh = "动作", en = "Activated" } }
fire = { when = "active", category = "fire", name = { zh = "火警", en = "Fire" } }
[arrays.module.status]
commanded = "active"
running = "!active"
"#;

const SITE: &str = r#"
[site]
id = "s"
name = { zh = "站", en = "Site" }
timezone = "UTC"
[[bus]]
id = "lan"
tcp = "127.0.0.1:502"
[[device]]
id = "f-1"
bus = "lan"
profile = "fountain"
points = "list.csv"
"#;

const LIST: &str =
    "address,code,type,text_zh,text_en\n1,042146,30,,\n2,042147,77,七,Seven\n3,,,三,Three\n4,042148,11,,\n";
const TYPES: &str = "[types]\n77 = { class = \"fountain\", name = { zh = \"喷泉\", en = \"Fountain\" } }\n";

fn site(more: &str) -> Site {
    site_of(PROFILE, more)
}

fn site_of(profile: &str, more: &str) -> Site {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [
        ("site.toml", &*format!("{SITE}{more}")),
        ("list.csv", LIST),
        ("device-classes/fountain.toml", FOUNTAIN),
        ("device-classes/types.toml", TYPES),
        ("device-profiles/fountain/profile.toml", profile),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a temporary folder");
        fs::write(path, text).expect("a temporary file");
    }
    let (site, warnings) = load(folder.path(), &[]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(warnings, []);
    site
}

fn rule<'a>(site: &'a Site, condition: &str) -> &'a Rule {
    let found = site.rules.iter().find(|rule| rule.condition.to_string() == condition);
    found.unwrap_or_else(|| panic!("{condition} is not among {:?}", conditions(site)))
}

fn conditions(site: &Site) -> Vec<String> {
    site.rules.iter().map(|rule| rule.condition.to_string()).collect()
}

fn equipment<'a>(site: &'a Site, id: &str) -> (&'a Equipment, &'a str) {
    let held = site.equipment.iter().find(|held| held.id == id).expect("it is in the site");
    (held, site.classes.list[held.class.expect("a known class") as usize].id.as_str())
}

/// What a rule says when these points have these values.
fn holds(site: &Site, rule: &Rule, values: &[(&str, Value)]) -> Truth {
    let values: BTreeMap<&str, &Value> = values.iter().map(|(id, value)| (*id, value)).collect();
    rule.when.evaluate(&|slot| values.get(site.points[slot as usize].id.as_str()).copied())
}

#[test]
fn a_device_gets_the_alarms_of_its_class_whose_statuses_it_shows() {
    let site = site("");
    let own: Vec<String> = conditions(&site).into_iter().filter(|condition| !condition.contains("/m")).collect();
    assert_eq!(own, ["f-1/astray:fault", "f-1/level:limit:low", "f-1/stuck:supervisory"], "dry is not shown");
    let stuck = rule(&site, "f-1/stuck:supervisory");
    assert_eq!((stuck.name.en.as_str(), stuck.advice.en.as_str()), ("f-1 Stuck", "Go and look"));
    assert_eq!((stuck.delay, stuck.latches, stuck.class.as_deref()), (Duration::from_secs(20), true, Some("fountain")));
    let go = |go, jet, level| {
        let values = [("f-1/go", Value::Bit(go)), ("f-1/jet", Value::Bit(jet)), ("f-1/level", Value::Number(level))];
        holds(&site, stuck, &values)
    };
    assert_eq!(go(true, false, 1.0), Truth::True);
    assert_eq!(go(true, true, 1.0), Truth::False);
    assert_eq!(go(true, false, 0.3), Truth::False, "its status running compares with a setting");
    assert_eq!(holds(&site, stuck, &[("f-1/go", Value::Bit(true))]), Truth::Unknown);
}

#[test]
fn an_alarm_of_the_profile_takes_the_place_of_the_class_one_of_its_key() {
    let site = site("");
    let astray = rule(&site, "f-1/astray:fault");
    assert_eq!((astray.name.en.as_str(), astray.advice.en.as_str()), ("f-1 Its own", "Look"));
    assert_eq!(astray.delay, Duration::ZERO);
}

#[test]
fn a_profile_may_tell_an_alarm_of_its_class_in_its_own() {
    let profile = PROFILE.replace("unit = 1\n", "unit = 1\nwithout = [\"stuck\"]\n");
    let site = site_of(&profile, "");
    let own: Vec<String> = conditions(&site).into_iter().filter(|condition| !condition.contains("/m")).collect();
    assert_eq!(own, ["f-1/astray:fault", "f-1/level:limit:low"]);
    rule(&site, "f-1/m2.stuck:supervisory");
}

#[test]
fn where_the_profile_says_no_advice_the_class_does() {
    let profile = PROFILE.replace(", advice = { zh = \"看\", en = \"Look\" } }", " }");
    assert_eq!(rule(&site_of(&profile, ""), "f-1/astray:fault").advice.en, "Go and look");
}

#[test]
fn a_site_says_otherwise() {
    let site = site(
        "class = \"fountain\"\nsettings = { patience = \"5s\", depth = 0.6 }\n\
         [device.alarms.astray]\noff = true\n[device.alarms.stuck]\ncategory = \"prealarm\"\n\
         [device.alarms.shallow]\ndelay = \"1m\"\n",
    );
    let own: Vec<String> = conditions(&site).into_iter().filter(|condition| !condition.contains("/m")).collect();
    assert_eq!(own, ["f-1/level:limit:low", "f-1/stuck:prealarm"]);
    let (stuck, shallow) = (rule(&site, "f-1/stuck:prealarm"), rule(&site, "f-1/level:limit:low"));
    assert_eq!((stuck.delay, stuck.latches), (Duration::from_secs(5), false));
    assert_eq!(shallow.delay, Duration::from_secs(60));
    assert_eq!(holds(&site, shallow, &[("f-1/level", Value::Number(0.5))]), Truth::True, "below 0.6");
    let (held, _) = equipment(&site, "f-1");
    assert_eq!(held.settings, BTreeMap::from([("depth".to_owned(), 0.6), ("patience".to_owned(), 5.0)]));
}

#[test]
fn an_element_is_what_its_device_type_says_else_what_its_array_says() {
    let site = site("");
    let class = |id: &str| equipment(&site, id).1;
    assert_eq!((class("f-1/m1"), class("f-1/m2"), class("f-1/m3")), ("flow-indicator", "fountain", "module"));
    assert_eq!(
        equipment(&site, "f-1/m1").0.name.en,
        "Water-flow indicator m1",
        "its type, where the row gives no text"
    );
    assert_eq!(equipment(&site, "f-1/m2").0.name.en, "Seven");
    let stuck = rule(&site, "f-1/m2.stuck:supervisory");
    assert_eq!((stuck.code.as_deref(), stuck.name.en.as_str()), (Some("042147"), "Seven Stuck"));
    assert_eq!(holds(&site, stuck, &[("f-1/m2.active", Value::Bit(true))]), Truth::True);
    assert!(equipment(&site, "f-1/m2").0.statuses.contains_key("running"));
}

#[test]
fn the_class_of_an_element_says_what_its_activation_means() {
    let site = site("");
    assert_eq!(rule(&site, "f-1/m1:supervisory").condition.category, Category::Supervisory, "a flow indicator");
    assert!(rule(&site, "f-1/m1:supervisory").latches);
    rule(&site, "f-1/m3:feedback");
    // A call point's activation is fire; where another alarm of it is fire too, either raises the one condition.
    let fires = conditions(&site).into_iter().filter(|condition| condition == "f-1/m4:fire").count();
    assert_eq!(fires, 1);
    let fire = rule(&site, "f-1/m4:fire");
    assert_eq!((fire.latches, fire.delay), (true, Duration::ZERO));
    assert_eq!(holds(&site, fire, &[("f-1/m4.active", Value::Bit(true))]), Truth::True);
}

#[test]
fn another_class_of_a_site_brings_its_own_alarms_and_keeps_the_numbers_of_the_profile() {
    let site = site("class = \"module\"\n");
    assert!(!conditions(&site).contains(&"f-1/stuck:supervisory".to_owned()));
    let shallow = rule(&site, "f-1/level:limit:low");
    assert_eq!(holds(&site, shallow, &[("f-1/level", Value::Number(0.3))]), Truth::True, "still the default 0.4");
    assert_eq!(shallow.class.as_deref(), Some("module"));
}

/// The configuration refuses a setting that the class lacks. A profile that meets other classes than it was read with
/// brings an error, and nothing that could never be judged.
#[test]
fn a_condition_that_could_never_be_judged_is_no_part_of_a_site() {
    let whole = site("");
    let device = whole.devices[0].clone();
    let mut other = Site { buses: whole.buses.clone(), ..Site::new(whole.id.clone()) };
    other.buses[0].devices.clear();
    let bare = other.clone();
    let refused = expand(&mut other, device.clone(), &[]);
    assert_eq!(refused, Err(vec![ExpandError::NoSetting { class: String::new() }]));
    assert_eq!(other, bare, "nothing was appended");
    other.classes = whole.classes;
    assert_eq!(expand(&mut other, device, &[]), Ok(()));
    assert_eq!(other.devices.len(), 1);
}
