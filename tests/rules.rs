//! The tests that linkages carry, run as a site runs them: over the real engine, without a field.
//!
//! `rules-tests/` of every site of this tree is run; a test that is broken on purpose must be told with its first
//! difference, and what is explained of a site is a golden file.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `tocsin rules …`: exit code, standard output, standard error.
fn rules(args: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_tocsin"))
        .current_dir(root())
        .arg("rules")
        .args(args)
        .args(["--profiles", "device-profiles"])
        .output()
        .expect("the program was built for this test");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (ran.status.code().unwrap_or(-1), text(ran.stdout), text(ran.stderr))
}

/// Folders of this tree that hold tests of rules.
fn sites() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["config", "tests/sites/small", "tests/requirements/sites"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("it is there").flatten() {
            if entry.path().join("rules-tests").is_dir() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "this test looks in the wrong place");
    found
}

const SITE: &str = "tests/requirements/sites/fire-linkage";

#[test]
fn the_tests_of_every_site_pass_and_every_linkage_has_one() {
    for site in sites() {
        let (code, out, err) = rules(&["test", "--config", &site.to_string_lossy()]);
        assert_eq!((code, err.as_str()), (0, ""), "{}:\n{out}", site.display());
        assert!(!out.contains("no test shows"), "{}:\n{out}", site.display());
    }
}

/// A copy of the sample with one thing changed.
fn changed(file: &str, old: &str, new: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for path in
        ["site.toml", "panel-1.csv", "cut-1.csv", "broadcast-1.csv", "conf.d/60-linkages.toml", "rules-tests/fire.toml"]
    {
        let text = std::fs::read_to_string(root().join(SITE).join(path)).expect("the sample");
        let target = folder.path().join(path);
        std::fs::create_dir_all(target.parent().expect("it lies in the folder")).expect("a temporary folder");
        if path == file {
            assert!(text.contains(old), "{path} holds {old}");
            std::fs::write(target, text.replacen(old, new, 1)).expect("a temporary file");
        } else {
            std::fs::write(target, text).expect("a temporary file");
        }
    }
    folder
}

/// What fails when something of the sample is changed, each with its first difference.
fn failed(file: &str, old: &str, new: &str) -> Vec<String> {
    let folder = changed(file, old, new);
    let (code, out, err) = rules(&["test", "--config", &folder.path().to_string_lossy()]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    let failed = lines.windows(2).filter(|pair| pair[0].starts_with("FAIL"));
    failed.map(|pair| pair[1].trim().split_once(": ").map_or(pair[1], |(_, why)| why).to_owned()).collect()
}

#[test]
fn a_rule_that_is_broken_fails_its_test_and_says_how() {
    let linkages = "conf.d/60-linkages.toml";
    assert_eq!(
        failed(linkages, "delay = \"2s\"", "delay = \"4s\""),
        [
            "at 12 s smoke-2 of fire-floor[2] should be started, and is delayed",
            "at 8 s smoke-3 should be started, and is delayed",
        ],
        "a longer delay"
    );
    let judged = "when = \"verdict(real, building='1', floor=$floor)\"";
    let said = failed(linkages, judged, "when = \"fire(building='1', floor=$floor)\"");
    assert_eq!(said[0], "at 1 s linkage fire-floor[2] is met, and never should be", "nobody had confirmed it");
    let said = failed(
        "site.toml",
        "profile = \"lift-monitor-io\"\nbuilding = \"1\"\nfloor = \"1\"\ncontrol = true",
        "profile = \"lift-monitor-io\"\nbuilding = \"1\"\nfloor = \"1\"\ncontrol = false",
    );
    assert_eq!(
        said[0],
        "at 10 s lift-1 of fire-building should be started, and is proposed (control-disabled: Control of the device is off)"
    );
}

#[test]
fn what_is_wrong_in_a_test_is_told_with_its_place() {
    for (old, new, said) in [
        (
            "linkage = \"fire-building\", never",
            "linkage = \"fire-bilding\", never",
            "11:15: unknown linkage \"fire-bilding\"; did you mean \"fire-building\"?",
        ),
        // What never is sent because nobody has it shows nothing.
        (
            "command = \"lift-1/start\", never",
            "command = \"lift-1/strat\", never",
            "13:15: unknown command \"lift-1/strat\"; did you mean \"lift-1/start\"?",
        ),
        (
            "command = \"smoke-2/start start\"",
            "command = \"smoke-2/start strat\"",
            "36:27: unknown command \"smoke-2/start strat\"; did you mean \"smoke-2/start start\"?",
        ),
    ] {
        let folder = changed("rules-tests/fire.toml", old, new);
        let (code, out, err) = rules(&["test", "--config", &folder.path().to_string_lossy()]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert_eq!(err, format!("rules-tests/fire.toml:{said}\n"));
    }
}

#[test]
fn what_would_follow_is_told_and_why_not() {
    let (code, out, err) = rules(&["explain", "panel-1/l1-d1:fire=true", "--config", SITE]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("    0 s  alarm: panel-1/l1-d1:fire ("), "{out}");
    assert!(
        out.contains("not met: fire-building Confirmed fire: the whole building (conf.d/60-linkages.toml:6)"),
        "{out}"
    );
    assert!(out.contains("one of 4 alarms judged Real: false, nobody judged"), "{out}");
    let (code, _, err) = rules(&["explain", "panel-1/l1-d9:fire=true", "--config", SITE]);
    assert_eq!(code, 2);
    assert!(
        err.contains("no condition, status or point is called \"panel-1/l1-d9:fire\"; did you mean \"panel-1/l1-d"),
        "{err}"
    );
}

#[test]
fn linkages_and_formulas_are_explained_in_both_languages() {
    let (code, out, _) = rules(&["explain", "fire-floor", "--config", SITE]);
    assert_eq!(code, 0);
    let golden = root().join("tests/rules/fire-floor.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(root().join("tests/rules")).expect("writable");
        std::fs::write(&golden, &out).expect("writable");
    }
    assert_eq!(out, std::fs::read_to_string(&golden).unwrap_or_default(), "UPDATE=1 writes it anew: look at the diff");
    let (code, out, _) = rules(&["explain", "04210603=04210113 30"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("当 2号楼4层106号点型感烟探测器动作") && out.contains("30 s later start 101, sounder"),
        "{out}"
    );
    let (code, _, err) = rules(&["explain", "04210603+04210703X04210803=04210113 30"]);
    assert_eq!(
        (code, err.as_str()),
        (2, "1:18: this mixes + and X; say which binds closer: --precedence and, or, or left\n")
    );
}

#[test]
fn a_list_of_formulas_becomes_a_file_or_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let import = |list: &str, out: &str| {
        std::fs::write(folder.path().join("list.txt"), list).expect("a temporary file");
        rules(&[
            "import",
            &path("list.txt"),
            "--panel",
            "panel-1",
            "--config",
            "tests/sites/small",
            "--out",
            &path(out),
        ])
    };
    let list = std::fs::read_to_string(root().join("tests/sites/small/site/panel-1.csv")).expect("the small site's");
    let code = |kind: &str| {
        let line = list.lines().find(|line| line.split(',').nth(4) == Some(kind)).expect("the list has one");
        line.split(',').nth(3).expect("its code").to_owned()
    };
    let (smoke, flow) = (code("03"), code("30"));
    let (refused, _, err) = import(&format!("{smoke}03={flow}30 00\n99999903={flow}30 00\n"), "half.toml");
    assert_eq!(refused, 2);
    assert!(err.contains("list.txt:2:1: \"panel-1\" has nothing of code 999999 and type 03"), "{err}");
    assert!(!folder.path().join("half.toml").exists(), "nothing half is written");
    std::fs::write(folder.path().join("old.toml"), "mine").expect("a temporary file");
    let (_, _, err) = import("", "old.toml");
    assert!(err.contains("there is no formula in this list"), "{err}");
    assert_eq!(std::fs::read_to_string(folder.path().join("old.toml")).expect("it stays"), "mine");
}
