//! What is written beside the code: references that are printed from it, links, decision records, the systemd unit.
//!
//! `UPDATE=1 cargo test --test documents` prints the references anew.

use std::path::{Path, PathBuf};
use std::process::Command;

use tocsin::config::document::printed;
use tocsin::config::{cases, class, profile::keys};
use tocsin::engine::base::{Category, Tone};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const MARK: &str =
    "<!-- From here on printed from the tables the program reads by: UPDATE=1 cargo test --test documents -->\n";

#[test]
fn the_reference_of_profiles_is_what_the_reader_reads() {
    let page = read("device-profiles/README.md");
    let (written, printed) = page.split_once(MARK).expect("device-profiles/README.md holds the mark of its reference");
    let mut actual = String::from("\n# Reference\n");
    for section in keys::SECTIONS.into_iter().chain(cases::SECTIONS) {
        actual.push_str(&printed::section(section));
    }
    actual.push_str(&categories());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join("device-profiles/README.md"), format!("{written}{MARK}{actual}")).expect("writable");
    } else {
        assert_eq!(printed, actual, "UPDATE=1 cargo test --test documents prints it anew");
    }
}

#[test]
fn the_reference_of_classes_is_what_the_binary_carries() {
    let actual = class::page(&class::shipped());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join("device-classes/README.md"), actual).expect("writable");
    } else {
        assert_eq!(read("device-classes/README.md"), actual, "UPDATE=1 cargo test --test documents prints it anew");
    }
}

fn categories() -> String {
    let mut text =
        "\n## Categories\n\n| category | 中文 | latches until reset | sound | incident | priority |\n".to_owned();
    text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    // Link faults and the gateway's own are raised by the gateway alone.
    for category in Category::ALL.into_iter().filter(|c| !matches!(c, Category::LinkFault | Category::Own)) {
        let rules = category.rules();
        let yes = |held: bool| if held { "yes" } else { "" };
        let sound = match rules.tone {
            Tone::Fire => "fire, returns",
            Tone::Emergency => "emergency, returns",
            Tone::Supervisory => "supervisory",
            Tone::Prealarm => "short, repeats",
            Tone::Fault => "fault",
            Tone::Short => "once",
            Tone::None => "none",
        };
        let (zh, word) = (category.text().zh, category.as_str());
        let row = format!(
            "| `{word}` | {zh} | {} | {sound} | {} | {} |\n",
            yes(rules.latches),
            yes(rules.incident),
            rules.priority
        );
        text.push_str(&row);
    }
    text
}

/// Every Markdown file that is part of the product.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in ["", "config", "device-classes", "device-profiles", "docs", "docs/decisions", "tests"] {
        for entry in std::fs::read_dir(root().join(folder)).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "md") {
                pages.push(entry.path());
            }
        }
    }
    assert!(pages.len() >= 8, "only {} pages: this test looks in the wrong place", pages.len());
    pages
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("readable");
        for part in text.split("](").skip(1) {
            let target = part.split([')', '#', ' ']).next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if target.is_empty() || elsewhere {
                continue;
            }
            let folder = page.parent().expect("a file lies in a folder");
            if !folder.join(target).exists() {
                broken.push(format!("{}: {target}", page.strip_prefix(root()).unwrap_or(&page).display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn decisions_are_numbered_short_and_say_why() {
    let entries = std::fs::read_dir(root().join("docs/decisions")).expect("docs/decisions exists");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for (number, name) in (1..).zip(&names) {
        assert!(
            name.starts_with(&format!("{number:03}-")) && name.ends_with(".md"),
            "{name} should be number {number}"
        );
        let text = read(&format!("docs/decisions/{name}"));
        assert!(text.starts_with(&format!("# {number:03}. ")), "{name}: the title begins with its number");
        assert!(text.lines().count() <= 40, "{name} has {} lines; a record fits on a screen", text.lines().count());
        for word in ["Why", "Decision", "Alternatives"] {
            assert!(text.contains(&format!("**{word}.**")), "{name} lacks **{word}.**");
        }
    }
}

const UNIT: &str = "systemd/tocsin.service";

/// systemd itself reads the unit, with the binary of this build in it, and has nothing to say.
#[test]
fn systemd_accepts_the_unit() {
    let binary = env!("CARGO_BIN_EXE_tocsin");
    let unit = read(UNIT);
    assert!(unit.contains("ExecStart=/usr/bin/tocsin "), "the unit starts the installed binary");
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("tocsin.service");
    std::fs::write(&path, unit.replace("/usr/bin/tocsin", binary)).expect("writable");
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&path)
        .output()
        .expect("systemd-analyze comes with systemd (tests/prerequisites.sh)");
    let said = String::from_utf8_lossy(&output.stderr);
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("tocsin")).collect();
    assert!(ours.is_empty() && output.status.success(), "{said}");
}

#[test]
fn the_unit_keeps_its_promises() {
    let unit = read(UNIT);
    let lines: Vec<&str> = unit.lines().collect();
    for line in [
        "Type=notify",
        "NotifyAccess=main",
        "Restart=always",
        "StartLimitIntervalSec=0",
        "WatchdogSec=10s",
        "User=tocsin",
        "SupplementaryGroups=dialout audio",
        "DeviceAllow=char-alsa rw",
        "StateDirectory=tocsin",
        "DevicePolicy=closed",
        "DeviceAllow=char-ttyS rw",
        "DeviceAllow=char-ttyUSB rw",
        "DeviceAllow=char-ttyACM rw",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "ProtectKernelTunables=yes",
        "ProtectKernelModules=yes",
        "ProtectControlGroups=yes",
        "RestrictNamespaces=yes",
        "RestrictSUIDSGID=yes",
        "LockPersonality=yes",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service",
    ] {
        assert!(lines.contains(&line), "{UNIT} lacks {line}");
    }
    // It would hide the serial ports, and with them half of the building.
    assert!(!lines.iter().any(|line| line.starts_with("PrivateDevices=")), "{UNIT} hides the serial ports");
    // A check in front of the start could keep the gateway from starting; `run` makes it, and falls back.
    assert!(!lines.iter().any(|line| line.starts_with("ExecStartPre=")), "{UNIT} puts something before the start");
}

#[test]
fn account_folders_and_unit_agree() {
    let users = read("systemd/tocsin.sysusers");
    assert!(users.contains("\nu tocsin ") && users.contains("\nm tocsin dialout\n"), "{users}");
    let folders = read("systemd/tocsin.tmpfiles");
    for line in [
        "d /etc/tocsin          0750 root   tocsin -",
        "d /etc/tocsin/secrets  0700 root   root   -",
        "d /var/lib/tocsin      0750 tocsin tocsin -",
    ] {
        assert!(folders.lines().any(|own| own == line), "tocsin.tmpfiles lacks {line}");
    }
}
