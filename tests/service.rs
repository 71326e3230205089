//! What the service manager is told by the real program, over a socket like systemd's own.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn the_service_is_ready_feeds_the_watchdog_and_says_that_it_stops() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tocsin"))
        .args(["demo", "--listen", "127.0.0.1:0", "--seconds", "4", "--state"])
        .arg(folder.path().join("state"))
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "4500000")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let out = BufReader::new(child.stdout.take().expect("piped"));
    let listening = out.lines().map_while(Result::ok).find(|line| line.starts_with("listening http://127.0.0.1:"));
    assert!(listening.is_some(), "it says where it listens");

    let mut told = Vec::new();
    let mut buffer = [0; 512];
    while !told.iter().any(|line: &String| line == "STOPPING=1") {
        // The program ends after four seconds; then nothing comes any more and the time-out speaks.
        let length = socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{error}; told so far: {told:?}"));
        told.extend(String::from_utf8_lossy(&buffer[..length]).lines().map(str::to_owned));
    }
    let count = |word: &str| told.iter().filter(|line| *line == word).count();
    assert_eq!(count("READY=1"), 1, "{told:?}");
    assert!(count("WATCHDOG=1") >= 2, "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("STATUS=")), "{told:?}");
    assert!(child.wait().expect("it ends").success());
}
