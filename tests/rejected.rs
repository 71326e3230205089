//! Broken configurations and what is said about each, word for word; and the files of `config/`, which are not broken.
//!
//! Takes: `tests/rejected/<fault>/`: a folder with `site.toml`, `profile.toml` or `tocsin.toml`, and `expected.txt`.
//! Gives: a difference of the texts. `UPDATE=1` writes `expected.txt` and `config/README.md` anew, to be read in the diff.
//! Never: a fault that is accepted, or one that is refused without its place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tocsin::config::{self, Problem, daemon, profile, reference};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares with a golden file, or writes it.
fn golden(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, text).expect("the tree is writable when goldens are updated");
        return Ok(());
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == text {
        Ok(())
    } else {
        Err(format!("{}\n--- expected\n{expected}--- found\n{text}", path.display()))
    }
}

/// What is said about the folder, one line each, and whether it was refused.
fn said(folder: &Path) -> (String, bool) {
    let shared = root().join("tests/rejected/_profiles");
    let result = if folder.join("site.toml").exists() {
        config::load(folder, &[shared]).map(|(_, warnings)| warnings)
    } else if folder.join("profile.toml").exists() {
        let bytes = fs::read(folder.join("profile.toml")).expect("it exists");
        profile::parse("broken", "profile.toml", &bytes).map(|(_, warnings)| warnings)
    } else {
        daemon::load(folder, &[]).map(|(_, warnings)| warnings)
    };
    let refused = result.is_err();
    let problems: Vec<Problem> = result.unwrap_or_else(|problems| problems);
    (problems.iter().map(|problem| format!("{problem}\n")).collect(), refused)
}

#[test]
fn every_fault_is_told_with_its_place_and_the_right_word() {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("tests/rejected"))
        .expect("the folder of faults")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir() && !path.ends_with("_profiles"))
        .collect();
    folders.sort();
    assert!(folders.len() >= 24, "only {} faults were found", folders.len());
    let mut wrong = Vec::new();
    for folder in &folders {
        let (text, refused) = said(folder);
        let warns_only = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("warned-"));
        if refused == warns_only {
            wrong.push(format!("{}: refused is {refused}", folder.display()));
        }
        if text.is_empty() || text.contains(&*root().to_string_lossy()) {
            wrong.push(format!("{}: says nothing, or a path of this machine:\n{text}", folder.display()));
        }
        wrong.extend(golden(&folder.join("expected.txt"), &text).err());
    }
    assert!(wrong.is_empty(), "{} to look at (UPDATE=1 accepts):\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_sample_configuration_is_accepted_without_a_word() {
    let (daemon, warnings) =
        daemon::load(&root().join("config"), &[]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(warnings, []);
    let (site, warnings) =
        config::load(&daemon.site, &daemon.profiles).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(warnings, []);
    let devices: Vec<&str> = site.devices.iter().map(|device| device.id.as_str()).collect();
    for wanted in ["panel-1", "gen-1", "meter-1", "pump-1"] {
        assert!(devices.contains(&wanted), "{wanted} is in the sample: {devices:?}");
    }
    let flow = site.rules.iter().find(|rule| rule.code.as_deref() == Some("021109"));
    let flow = flow.expect("the water-flow indicator of building 1, floor 2 is in the sample");
    assert_eq!((flow.kind.as_deref(), flow.place.floor.as_deref()), (Some("30"), Some("2")));
}

/// A commented default is only honest if it is accepted, and if it is the default.
#[test]
fn the_commented_keys_of_the_sample_are_accepted_too() {
    let text = fs::read_to_string(root().join("config/tocsin.toml")).expect("the sample");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["mqtt-password", "command-token", "sparkplug-password", "influx-token", "wall-token"] {
        fs::write(folder.path().join(name), "secret\n").expect("a temporary file");
    }
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=gateway",
        ])
        .args(["-keyout", "gateway.key", "-out", "gateway.pem"])
        .current_dir(folder.path())
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{made:?}");
    fs::copy(folder.path().join("gateway.pem"), folder.path().join("authority.pem")).expect("a temporary file");
    let opened: String = text
        .lines()
        .filter(|line| !line.starts_with("profiles"))
        .map(|line| match line.strip_prefix('#') {
            Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => format!("{key}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let opened = opened.replace("/etc/tocsin/", &format!("{}/", folder.path().display()));
    fs::write(folder.path().join("tocsin.toml"), opened.replace("<site>", "site")).expect("a temporary file");
    let (daemon, _) = daemon::load(folder.path(), &[]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(
        daemon.https.is_some()
            && daemon.mqtt.is_some()
            && daemon.sparkplug.is_some()
            && daemon.influx.is_some()
            && daemon.uplink.is_some()
    );
    fs::write(folder.path().join("tocsin.toml"), "").expect("a temporary file");
    let (bare, _) = daemon::load(folder.path(), &[]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mqtt = daemon.mqtt.clone().expect("it was opened");
    assert_eq!((mqtt.broker.port, mqtt.prefix.as_str()), (1883, "tocsin"));
    let sparkplug = daemon.sparkplug.clone().expect("it was opened");
    assert_eq!((sparkplug.broker.port, sparkplug.group.as_str(), sparkplug.commands), (1883, "tocsin", false));
    let shown = daemon::Daemon {
        https: None,
        mqtt: None,
        sparkplug: None,
        influx: None,
        uplink: None,
        walls: daemon::Walls::default(),
        sounder: None,
        keep: None,
        public_read: None,
        certificates: daemon::Certificates { named: Vec::new(), ..daemon.certificates.clone() },
        ..daemon.clone()
    };
    assert_eq!(shown, bare, "every commented value is the default");
}

#[test]
fn the_written_reference_is_the_one_the_program_reads_by() {
    if let Err(difference) = golden(&root().join("config/README.md"), &reference::page()) {
        panic!("config/README.md is stale (UPDATE=1 writes it):\n{difference}");
    }
}
