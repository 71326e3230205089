//! `tocsin profile try`: a device through a profile, live, once, as a case; a panel with its list; nobody there.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::device::{Gateway, Unit};
use super::new;
use super::program::{Server, command, project, tocsin};

/// A site of one device of the profile that `profile new` makes.
const SITE: &str = r#"[site]
id = "trial"
name = { zh = "试", en = "Trial" }
timezone = "UTC"

[[bus]]
id = "lan"
tcp = "10.0.0.1:502"

[[device]]
id = "gen-1"
bus = "lan"
unit = 10
profile = "acme-gc4"
"#;

fn point<'a>(told: &'a Value, name: &str) -> &'a Value {
    let points = told["points"].as_array().expect("a list");
    points.iter().find(|point| point["point"] == name).unwrap_or_else(|| panic!("no {name} in {told}"))
}

#[test]
fn what_was_made_from_a_list_is_simulated_and_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(new::from_list(folder.path()).code, Some(0));
    let profiles = folder.path().join("profiles").display().to_string();
    std::fs::write(folder.path().join("site.toml"), SITE).expect("written");
    std::os::unix::fs::symlink(&profiles, folder.path().join("device-profiles")).expect("a link");
    let mut field = Server::simulate(folder.path());
    field.tell("set gen-1/oil-pressure 412.5\nset gen-1/fault true\nset gen-1/mode running");
    let place = field.place.clone();
    let arguments = ["profile", "try", "acme-gc4", "--profiles", &profiles, "--tcp", &place, "--once"];
    // What is typed into the field takes a moment.
    let told = loop {
        let ran = tocsin(&[&arguments[..], &["--json"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let told = ran.json();
        if point(&told, "mode")["value"] == "running" {
            break told;
        }
    };
    assert_eq!((&told["answers"], &told["active"]), (&json!(true), &json!(["fault:fault"])));
    let oil = point(&told, "oil-pressure");
    assert_eq!((&oil["value"], &oil["quality"], &oil["registers"]), (&json!(412.5), &json!("good"), &json!([4125])));
    assert_eq!(point(&told, "energy")["quality"], "good");

    let ran = tocsin(&[&arguments[..], &["--write-case", "seen"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("oil-pressure  412.5 kPa    good          101D  "), "{}", ran.out);
    assert!(ran.out.ends_with("active: fault:fault\n"), "{}", ran.out);
    let profile = Path::new(&profiles).join("acme-gc4").display().to_string();
    let checked = tocsin(&["profile", "check", &profile]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.contains("ok   seen: what the device said on a TCP connection at "), "{}", checked.out);
    let again = tocsin(&[&arguments[..], &["--write-case", "seen"]].concat());
    assert_eq!(again.code, Some(2));
    assert_eq!(again.err, format!("{profile}/cases/seen.toml: is there already; it is not overwritten\n"));
}

#[test]
fn a_panel_is_tried_with_its_point_list() {
    let config = project("tests/sites/small");
    let field = Server::simulate(&config);
    let (profiles, list) = (project("device-profiles"), config.join("site/panel-1.csv"));
    let (profiles, list) = (profiles.display().to_string(), list.display().to_string());
    let ran = tocsin(&[
        "profile",
        "try",
        "notifier-modbus-gw",
        "--profiles",
        &profiles,
        "--tcp",
        &field.place,
        "--unit",
        "1",
        "--points",
        &list,
        "--once",
        "--json",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = ran.json();
    let event = point(&told, "l2-d14.event");
    assert_eq!((&event["quality"], &event["address"]), (&json!("good"), &json!(413)));
}

#[test]
fn a_change_is_shown_when_it_comes() {
    let mut server = Server::pymodbus(&["tcp"], r#"{"7": {"coil": {"3": false}}}"#);
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("siren");
    std::fs::create_dir(&profile).expect("made");
    let text = "vendor = \"A\"\nmodel = \"B\"\nclass = \"sounder\"\nsource = \"here\"\nverified = \"manual-only\"\n[points]\n\
                siren = { table = \"coil\", address = 3, type = \"bit\", poll = \"fast\", name = { zh = \"警报\", en = \"Siren\" } }\n";
    std::fs::write(profile.join("profile.toml"), text).expect("written");
    let profiles = folder.path().display().to_string();
    let mut live =
        command(&["profile", "try", "siren", "--profiles", &profiles, "--tcp", &server.place, "--unit", "7"]);
    let mut live = live.spawn().expect("the binary starts");
    let mut lines = BufReader::new(live.stdout.take().expect("piped")).lines().map_while(Result::ok);
    let first = lines.next().expect("a line");
    assert!(first.starts_with("siren  false  good  0  "), "{first}");
    server.tell("set coil 3 1 7");
    let next = lines.next().expect("a line");
    assert!(next.starts_with("siren  true  good  1  "), "{next}");
    assert!(Command::new("kill").args(["-INT", &live.id().to_string()]).status().expect("kill runs").success());
    assert_eq!(lines.last().as_deref(), Some("active: nothing"));
    assert_eq!(live.wait().expect("it ends").code(), Some(0));
}

#[test]
fn another_device_than_the_profile_s_is_told_and_is_a_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("meter");
    std::fs::create_dir(&profile).expect("made");
    let text = "vendor = \"A\"\nmodel = \"B\"\nclass = \"meter\"\nsource = \"here\"\nverified = \"manual-only\"\n[link]\n\
                identity = { table = \"holding\", address = 10, accept = [[0x0102, 0x0304]] }\n[points]\n\
                power = { table = \"holding\", address = 0, type = \"u16\", name = { zh = \"功率\", en = \"Power\" } }\n";
    std::fs::write(profile.join("profile.toml"), text).expect("written");
    let unit = |last: u16| Unit { holding: [(0, 5), (10, 0x0102), (11, last)].into(), ..Unit::default() };
    let gateway = Gateway::start([(1, unit(0x0304)), (2, unit(0x9999))].into());
    let profiles = folder.path().display().to_string();
    let tried = |unit: &str| {
        tocsin(&["profile", "try", "meter", "--profiles", &profiles, "--tcp", &gateway.place, "--unit", unit, "--once"])
    };
    let right = tried("1");
    assert_eq!(right.code, Some(0), "{right:?}");
    assert!(right.out.contains("identity: 0102 0304, as the profile says\n"), "{}", right.out);
    assert!(right.out.contains("power      5  good          0005"), "{}", right.out);
    let wrong = tried("2");
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.out.contains("identity: 0102 9999, which is another device than the profile's\n"), "{}", wrong.out);
    assert_eq!(gateway.writes(), 0);
}

#[test]
fn a_device_that_says_nothing_is_a_failure_and_no_case() {
    let gateway = Gateway::start([(1, Unit::default())].into());
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(new::from_list(folder.path()).code, Some(0));
    let profiles = folder.path().join("profiles").display().to_string();
    let ran = tocsin(&[
        "profile",
        "try",
        "acme-gc4",
        "--profiles",
        &profiles,
        "--tcp",
        &gateway.place,
        "--unit",
        "9",
        "--once",
        "--write-case",
        "silent",
    ]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("active: link:link-fault\n"), "{}", ran.out);
    assert!(ran.err.ends_with("no case was written: the device does not answer\n"), "{}", ran.err);
    assert_eq!(gateway.writes(), 0);
}

#[test]
fn wrong_usage_is_told_with_exit_code_2() {
    let profiles = project("device-profiles").display().to_string();
    let check = |arguments: &[&str], expected: &str| {
        let ran = tocsin(&[&["profile", "try"], arguments, &["--profiles", &profiles]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(2), expected), "{arguments:?}");
    };
    check(
        &["eastron-sdm360", "--tcp", "127.0.0.1:1"],
        "unknown profile \"eastron-sdm360\"; did you mean \"eastron-sdm630\"?\n",
    );
    check(
        &["eastron-sdm630"],
        "where is the device? --tcp HOST:PORT, --serial PATH, or --bus ID of the site in --config\n",
    );
    check(
        &["eastron-sdm630", "--tcp", "127.0.0.1:1", "--write-case", "A b"],
        "--write-case A b: no name of a case; a-z 0-9 _ . -\n",
    );
}
