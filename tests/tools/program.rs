//! The binary and the foreign servers, started and ended like a person would.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

/// `tocsin` with these arguments and no configuration of the machine.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub fn tocsin(arguments: &[&str]) -> Ran {
    let Output { status, stdout, stderr } = command(arguments).output().expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    Ran { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// How it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A server that ends with the test.
pub struct Server {
    child: Child,
    input: ChildStdin,
    /// What stood in its first line.
    pub place: String,
}

impl Server {
    /// Starts `command` and reads its first line, from which `place` takes where it serves.
    pub fn start(mut command: Command, place: impl Fn(&str) -> Option<String>) -> Server {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        let input = child.stdin.take().expect("it is piped");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let first = lines.next().expect("it says where it serves").expect("text");
        let place = place(&first).unwrap_or_else(|| panic!("{command:?} says {first:?}"));
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, input, place }
    }

    /// pymodbus with these registers; `kind` is `tcp`, or `rtu` and its line.
    pub fn pymodbus(kind: &[&str], registers: &str) -> Server {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(registers.as_bytes()).expect("written");
        let mut command = Command::new("python3");
        command.arg(project("tests/field/pymodbus_server.py")).args(kind).arg("--registers").arg(file.path());
        // It has read the file once it listens.
        Server::start(command, |line| line.strip_prefix("listening ").map(str::to_owned))
    }

    /// The simulated field of a site; `place` is its first TCP bus.
    pub fn simulate(config: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command.arg("simulate").arg("--config").arg(config);
        Server::start(command, |line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            line["tcp"].as_str().map(str::to_owned)
        })
    }

    /// Types a line into it.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("it runs");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
