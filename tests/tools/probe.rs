//! `tocsin probe`: units, ranges, one place in every order; on TCP and on a line; interrupted, refused, in use.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio_serial::{SerialPort, SerialStream};

use super::device::{Gateway, Unit};
use super::program::{Server, command, tocsin};

fn unit(holding: &[(u16, u16)], thinks: u64) -> Unit {
    Unit { holding: holding.iter().copied().collect(), thinks: Duration::from_millis(thinks) }
}

#[test]
fn a_scan_finds_every_unit_that_answers_and_writes_nothing() {
    let units = [(3, unit(&[(0, 1)], 0)), (20, unit(&[(7, 1)], 0)), (40, unit(&[(0, 9)], 0))];
    let gateway = Gateway::start(units.into());
    let ran = tocsin(&["probe", "units", "--tcp", &gateway.place, "--from", "2", "--to", "41", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let told = ran.json();
    assert_eq!((&told["asked"], &told["stopped"]), (&json!(40), &json!(false)));
    let found: Vec<_> = told["units"].as_array().expect("a list").iter().collect();
    assert_eq!(found.len(), 3, "{told}");
    assert_eq!((&found[0]["unit"], &found[0]["answer"]), (&json!(3), &json!("data")));
    assert_eq!(
        (&found[1]["unit"], &found[1]["answer"], &found[1]["exception"]),
        (&json!(20), &json!("exception"), &json!(2))
    );
    assert_eq!(found[2]["unit"], json!(40));
    assert_eq!(gateway.writes(), 0);
}

#[test]
fn a_unit_is_named_by_its_identity_registers_and_others_are_not() {
    let atys = unit(&[(50_000, 0x534F), (50_001, 0x434F)], 0);
    let gateway = Gateway::start([(1, unit(&[(50_000, 0x1234), (50_001, 0x434F)], 0)), (3, atys)].into());
    let profiles = super::program::project("device-profiles").display().to_string();
    let ran = tocsin(&["probe", "units", "--tcp", &gateway.place, "--to", "3", "--profiles", &profiles, "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = ran.json();
    assert_eq!((&told["units"][0]["unit"], &told["units"][0]["profiles"]), (&json!(1), &json!([])));
    assert_eq!((&told["units"][1]["unit"], &told["units"][1]["profiles"]), (&json!(3), &json!(["socomec-atys-pm"])));
    assert_eq!(gateway.writes(), 0);
}

#[test]
fn what_a_slow_gateway_answers_late_is_asked_again_and_found() {
    // Once unit 1 has answered at once, the deadline is short; units 5 and 9 take longer than that.
    let units =
        [(1, unit(&[(0, 1)], 0)), (5, unit(&[(0, 1)], 700)), (9, unit(&[(0, 1)], 700)), (10, unit(&[(0, 1)], 0))];
    let gateway = Gateway::start(units.into());
    let ran = tocsin(&["probe", "units", "--tcp", &gateway.place, "--to", "12", "--within", "2s"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let found: Vec<&str> = ran.out.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(found, ["1", "5", "9", "10", "12"], "the last is the sum\n{}", ran.out);
    assert!(ran.err.contains("answers came late"), "{}", ran.err);
}

#[test]
fn nobody_there_is_a_failure_with_one_line() {
    let gateway = Gateway::start(BTreeMap::new());
    let ran = tocsin(&["probe", "units", "--tcp", &gateway.place, "--to", "3", "--within", "20ms"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.starts_with(&format!("3 units asked at tcp {} in ", gateway.place)), "{}", ran.out);
    assert!(ran.out.ends_with(", 0 answer\n"), "{}", ran.out);
}

#[test]
fn a_refused_range_is_split_until_the_refusal_is_exact() {
    let holding: Vec<(u16, u16)> = (100..110).filter(|at| *at != 104).map(|at| (at, at * 3)).collect();
    let gateway = Gateway::start([(1, unit(&holding, 0))].into());
    let ran = tocsin(&["probe", "read", "--tcp", &gateway.place, "--unit", "1", "--start", "100", "--count", "12"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[1], "    100  0x012C       300     300  0000 0001 0010 1100  .,");
    assert_eq!(
        lines[10..],
        [
            "holding 104: refused, exception 2 (illegal data address)",
            "holding 110 to 111: refused, exception 2 (illegal data address)",
            "9 of 12 addresses of unit 1 answer",
        ]
    );
    // Twelve single reads would be cheaper than a split that does not end.
    assert!(gateway.requests() <= 16, "{} requests", gateway.requests());
    assert_eq!(gateway.writes(), 0);
}

const FIFTY: &str = r#"{"1": {"holding": {"100": 0, "101": 16968, "102": 0, "103": 2301}}}"#;

#[test]
fn one_place_is_shown_in_every_order_and_the_display_decides() {
    let server = Server::pymodbus(&["tcp"], FIFTY);
    let ran = tocsin(&["probe", "show", "--tcp", &server.place, "--unit", "1", "--address", "100", "--expect", "50"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert!(ran.out.starts_with("unit 1, holding from 99: 0000 0000 4248 0000 08FD 0000\n"), "{}", ran.out);
    let starred: Vec<&str> = ran.out.lines().filter(|line| line.contains(" *") && line.starts_with("f32")).collect();
    assert_eq!(starred.len(), 1, "{}", ran.out);
    let row = "in profile.toml: { table = \"holding\", address = 100, type = \"f32\", order = \"CDAB\", name = ";
    assert!(ran.out.contains(row), "{}", ran.out);

    let ran = tocsin(&[
        "probe",
        "show",
        "--tcp",
        &server.place,
        "--unit",
        "1",
        "--address",
        "103",
        "--expect",
        "230",
        "--kind",
        "u16",
        "--json",
    ]);
    let told = ran.json();
    let nearest: Vec<_> =
        told["readings"].as_array().expect("a list").iter().filter(|r| r["nearest"] == true).collect();
    assert_eq!(nearest.len(), 1, "{told}");
    assert_eq!((&nearest[0]["value"], &nearest[0]["scale"]), (&json!(2301.0), &json!(0.1)));
}

#[test]
fn what_was_said_becomes_a_case_and_no_file_is_overwritten() {
    let server = Server::pymodbus(&["tcp"], FIFTY);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("seen.toml").display().to_string();
    let arguments =
        ["probe", "read", "--tcp", &server.place, "--unit", "1", "--start", "101", "--count", "2", "--record", &file];
    let ran = tocsin(&arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert!(text.contains("#   unit 1 holding 101 to 102: 4248 0000\n"), "{text}");
    let case = tocsin::config::cases::parse("seen", "cases/seen.toml", &text).expect("a case");
    let holding = |address: u16, word: u16| ((tocsin::engine::profile::Table::Holding, address), word);
    let registers = [holding(101, 0x4248), holding(102, 0)].into();
    assert_eq!(case.given, tocsin::config::cases::Given::Registers(registers));
    let again = tocsin(&arguments);
    assert_eq!(again.code, Some(1));
    assert_eq!(again.err, format!("{file}: is there already; it is not overwritten\n"));
}

/// Two line ends joined like the two sides of a cable.
struct Cable {
    near: String,
    far: String,
}

impl Cable {
    fn new() -> Cable {
        let (sender, names) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let (mut a, near) = SerialStream::pair().expect("a pseudo-terminal");
                let (mut b, far) = SerialStream::pair().expect("a pseudo-terminal");
                let name = |end: &SerialStream| end.name().expect("a pseudo-terminal has a name");
                sender.send((name(&near), name(&far))).expect("the test waits for it");
                // Nobody may have the line exclusively but who uses it; the ends stay open until the test is over.
                let _ends = (near, far);
                let _ = tokio::io::copy_bidirectional(&mut a, &mut b).await;
            });
        });
        let (near, far) = names.recv().expect("the cable is laid");
        Cable { near, far }
    }
}

#[test]
fn a_serial_line_is_probed_as_well() {
    let cable = Cable::new();
    let _server = Server::pymodbus(&["rtu", &cable.far, "--baud", "19200", "--parity", "N"], FIFTY);
    let line = ["--serial", &cable.near, "--baud", "19200", "--parity", "none"];
    let read = [
        "probe",
        "read",
        "--unit",
        "1",
        "--start",
        "101",
        "--count",
        "3",
        "--json",
        "--within",
        "5s",
        "--max-response",
        "5s",
    ];
    let ran = tocsin(&[&read[..], &line[..]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let values: Vec<_> =
        ran.json()["cells"].as_array().expect("a list").iter().map(|cell| cell["value"].clone()).collect();
    assert_eq!(values, [json!(16968), json!(0), json!(2301)]);
}

#[test]
fn a_line_that_a_gateway_owns_is_left_alone() {
    let cable = Cable::new();
    let mut owner = command(&["probe", "units", "--serial", &cable.near, "--within", "10s", "--max-response", "10s"]);
    let mut owner = owner.stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut told = BufReader::new(owner.stderr.take().expect("piped")).lines();
    // It has the line once it says what it asks.
    assert!(told.next().expect("a line").expect("text").starts_with("asking units 1 to 247"));
    let ran = tocsin(&["probe", "read", "--serial", &cable.near, "--unit", "1", "--start", "0"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.starts_with(&format!("{}: ", cable.near)), "{}", ran.err);
    assert!(
        ran.err.ends_with("a running gateway owns its lines: stop it first (systemctl stop tocsin)\n"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1);
    owner.kill().expect("it runs");
    owner.wait().expect("it ends");
}

#[test]
fn an_interrupted_scan_prints_what_it_found() {
    let gateway = Gateway::start([(1, unit(&[(0, 1)], 0)), (2, unit(&[(0, 1)], 0))].into());
    let mut scan = command(&["probe", "units", "--tcp", &gateway.place, "--within", "10s", "--json"]);
    let scan = scan.spawn().expect("the binary starts");
    let begin = tokio::time::Instant::now();
    // Units 1 and 2 answer; from the third on it waits.
    while gateway.requests() < 4 {
        assert!(begin.elapsed() < Duration::from_secs(30), "the scan does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &scan.id().to_string()]).status().expect("kill runs").success());
    let output = scan.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(told["stopped"], json!(true), "{told}");
    assert_eq!(told["units"].as_array().map(Vec::len), Some(2), "{told}");
    assert!(told["asked"].as_u64().is_some_and(|asked| (3..247).contains(&asked)), "{told}");
}

#[test]
fn wrong_usage_is_told_in_one_line_with_exit_code_2() {
    let check = |arguments: &[&str], expected: &str| {
        let ran = tocsin(&[&["probe"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(2), "", expected), "{arguments:?}");
    };
    let nowhere = "where is the device? --tcp HOST:PORT, --serial PATH, or --bus ID of the site in --config\n";
    check(&["units"], nowhere);
    check(
        &["read", "--unit", "1", "--start", "0", "--tcp", "10.0.0.20"],
        "--tcp 10.0.0.20: the port is missing; Modbus TCP is usually port 502\n",
    );
    check(
        &["units", "--tcp", "127.0.0.1:1", "--from", "9", "--to", "3"],
        "--from 9 --to 3: units are 1 to 247, the first before the last\n",
    );
    check(
        &["show", "--unit", "1", "--address", "0", "--tcp", "127.0.0.1:1", "--kind", "f23"],
        "--kind f23: no such type; did you mean \"f32\"?\n",
    );
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sites/small");
    check(
        &["units", "--config", config, "--bus", "pump-rom"],
        "the site has no bus \"pump-rom\"; did you mean \"pump-room\"?\n",
    );
    let refused = tocsin(&["probe", "units", "--tcp", "a:1", "--serial", "/dev/ttyS9"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let gone = tocsin(&["probe", "read", "--unit", "1", "--start", "0", "--serial", "/dev/tocsin-none"]);
    assert_eq!(
        (gone.code, gone.err.as_str()),
        (Some(1), "/dev/tocsin-none: no such device file: is the adapter plugged in?\n")
    );
}
