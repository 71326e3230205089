//! `tocsin user` as a person runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn user(state: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tocsin"))
        .arg("user")
        .args(arguments)
        .arg("--state")
        .arg(state)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs no password may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Ran { code: status.code(), out: String::from_utf8(stdout).unwrap(), err: String::from_utf8(stderr).unwrap() }
}

fn listed(state: &Path) -> Vec<(String, String)> {
    let ran = user(state, &["list", "--json"], "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let lines = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|one| (one["name"].as_str().unwrap().to_owned(), one["role"].as_str().unwrap().to_owned())).collect()
}

fn knows(state: &Path, name: &str, password: &str) -> bool {
    tocsin::edge::web::Accounts::open(state).unwrap().verify(name, password).unwrap()
}

#[test]
fn an_account_from_added_to_removed() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "the first password\nand a second line\n").unwrap();

    let added = user(&state, &["add", "wang", "--role", "supervisor", "--password-file", secret.to_str().unwrap()], "");
    assert_eq!((added.code, added.out.as_str()), (Some(0), "added `wang`, supervisor\n"), "{}", added.err);
    assert!(!added.out.contains("first password") && !added.err.contains("first password"));
    assert!(knows(&state, "wang", "the first password"));
    let added = user(&state, &["add", "li"], "typed into a pipe\n");
    assert_eq!(added.code, Some(0), "{}", added.err);
    assert!(knows(&state, "li", "typed into a pipe"));
    let mut both = listed(&state);
    both.sort();
    assert_eq!(both, [("li".into(), "operator".into()), ("wang".into(), "supervisor".into())]);
    assert!(user(&state, &["list"], "").out.contains("supervisor"));

    let changed = user(&state, &["passwd", "wang"], "the next password\n");
    assert_eq!(changed.code, Some(0), "{}", changed.err);
    assert!(knows(&state, "wang", "the next password") && !knows(&state, "wang", "the first password"));

    assert_eq!(user(&state, &["remove", "wang"], "").code, Some(0));
    assert_eq!(listed(&state), [("li".to_owned(), "operator".to_owned())]);
    assert!(!knows(&state, "wang", "the next password"));
}

#[test]
fn the_configuration_says_where_the_accounts_are() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("kept-here");
    let config = folder.path().join("tocsin.toml");
    std::fs::write(&config, format!("state = {:?}\n", state.to_str().unwrap())).unwrap();
    let tocsin = |config: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command.args(["user", "list", "--json", "--config"]).arg(config).output().unwrap()
    };
    assert_eq!(user(&state, &["add", "wang"], "correct horse battery\n").code, Some(0));
    let listed = tocsin(&config);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("wang"), "{listed:?}");
    std::fs::write(&config, "stat = 1\n").unwrap();
    let refused = tocsin(&config);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("tocsin.toml"), "{refused:?}");
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    assert_eq!(user(state, &["add", "wang"], "correct horse battery\n").code, Some(0));
    let told = |arguments: &[&str], input: &str, part: &str| {
        let ran = user(state, arguments, input);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
    };
    told(&["add", "Wang Wei"], "correct horse battery\n", "Wang Wei");
    told(&["add", "wang"], "correct horse battery\n", "wang");
    told(&["add", "short"], "1\n", "password");
    told(&["passwd", "nobody"], "correct horse battery\n", "nobody");
    told(&["remove", "nobody"], "", "nobody");
    told(&["passwd", "wang", "--password-file", "/nowhere/at/all"], "", "/nowhere/at/all");
    assert!(knows(state, "wang", "correct horse battery"), "nothing of this changed anything");
    let wrong = user(state, &["add", "li", "--role", "king"], "");
    assert_eq!(wrong.code, Some(2), "usage");
}
