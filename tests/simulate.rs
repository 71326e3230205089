//! `tocsin simulate` as a person runs it: endpoints on standard output, the story on standard error, line commands.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn simulate(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tocsin"))
        .arg("simulate")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

fn config() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/small").display().to_string()
}

fn json(line: Option<std::io::Result<String>>) -> serde_json::Value {
    let line = line.expect("a line").expect("readable");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// Asks one holding register over Modbus TCP.
fn register(address: &str, unit: u8, at: u16) -> u16 {
    let mut stream = TcpStream::connect(address).expect("the port is open");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
    let [high, low] = at.to_be_bytes();
    stream.write_all(&[0, 1, 0, 0, 0, 6, unit, 3, high, low, 0, 1]).expect("written");
    let mut answer = [0; 11];
    std::io::Read::read_exact(&mut stream, &mut answer).expect("an answer");
    u16::from_be_bytes([answer[9], answer[10]])
}

#[test]
fn it_serves_every_bus_tells_the_story_and_obeys() {
    let mut child = simulate(&["--config", &config(), "--scenario", "smoke", "--speed", "20", "--seconds", "120"]);
    let mut commands = child.stdin.take().expect("piped");
    let mut out = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut story = BufReader::new(child.stderr.take().expect("piped")).lines();
    let (first, second) = (json(out.next()), json(out.next()));
    assert_eq!(first["bus"], "panel-lan");
    assert_eq!(second["bus"], "pump-room");
    let address = first["tcp"].as_str().expect("host and port").to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(Path::new(second["pty"].as_str().expect("a path")).exists());

    let told = |text: &str, story: &mut dyn Iterator<Item = std::io::Result<String>>| {
        story.map_while(Result::ok).find(|line| line.contains(text)).unwrap_or_else(|| panic!("\"{text}\" is not told"))
    };
    told("All is quiet", &mut story);
    assert_eq!(register(&address, 1, 413) & 0xFF, 0);
    assert!(told("Fire: smoke detector", &mut story).starts_with("00:20  火警"));
    // Detector 14 of loop 2: fire, from the very moment that it is told.
    assert_eq!(register(&address, 1, 413) & 0xFF, 0x10);

    writeln!(commands, "set panel-1/l2-d16.event supervisory").expect("written");
    assert_eq!(json(out.next())["done"], "set panel-1/l2-d16.event supervisory");
    assert_eq!(register(&address, 1, 415) & 0xFF, 0x40);
    writeln!(commands, "set gen-1/speed 1500\nset gen-1/fuel-level absent\nfault gen-1 silent\nfault gen-1 slient")
        .expect("written");
    for _ in 0..3 {
        assert!(json(out.next())["done"].is_string());
    }
    assert_eq!(json(out.next())["error"], "no fault is called \"slient\"; did you mean \"silent\"?");
    writeln!(commands, "quit").expect("written");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn what_is_wrong_ends_it_with_two_and_one_clear_line() {
    let check = |arguments: &[&str], expected: &str| {
        let output = simulate(arguments).wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(expected), "{told}");
    };
    let config = config();
    check(&["--config", &config, "--scenario", "smok"], "no scenario is called \"smok\"; did you mean \"smoke\"?");
    check(&["--config", &config, "--speed", "0"], "--speed 0: allowed: more than 0, at most 10000");
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("story.toml");
    std::fs::write(&story, "name = { zh = \"甲\", en = \"A\" }\n[[step]]\nat = \"1s\"\ncut = \"pump-rom\"\n")
        .expect("written");
    let story = story.display().to_string();
    check(
        &["--config", &config, "--scenario", &story],
        "story.toml:4:7: the site has no bus \"pump-rom\"; did you mean \"pump-room\"?",
    );
}

#[test]
fn it_ends_by_itself_when_told_to() {
    let output = simulate(&["--config", &config(), "--seconds", "1"]).wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2);
}
