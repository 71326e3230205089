//! The wire against Modbus servers that are not ours: pymodbus and libmodbus, on TCP and on a line.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tocsin::edge::modbus::Wire;
use tocsin::engine::poll::{Failure, Reply, Request};
use tocsin::engine::profile::{Table, Write};
use tocsin::engine::site::Endpoint;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio_serial::{SerialPort, SerialStream};

use super::line;

/// Longer than any interpreter or compiler of a loaded machine takes to start.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// A foreign server; killed when dropped.
struct Server {
    _process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// What it said after `listening`.
    place: String,
}

impl Server {
    /// Starts `command` and waits until it serves.
    async fn start(mut command: Command) -> Server {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        let input = process.stdin.take().expect("it is piped");
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let said = next_line(&mut output).await;
        let Some(place) = said.strip_prefix("listening ") else {
            panic!("the server did not start; it said {said:?}, and on standard error what stands above");
        };
        Server { place: place.to_owned(), _process: process, input, output }
    }

    async fn tell(&mut self, command: &str) {
        assert_eq!(self.ask(command).await, "ok", "answer to {command:?}");
    }

    async fn ask(&mut self, command: &str) -> String {
        self.input.write_all(format!("{command}\n").as_bytes()).await.expect("the server runs");
        next_line(&mut self.output).await
    }

    /// What the server itself holds.
    async fn holds(&mut self, table: &str, address: u16, values: &[u16]) {
        let said = self.ask(&format!("get {table} {address} {}", values.len())).await;
        let held: Vec<u16> = said.split(' ').skip(1).map(|word| word.parse().expect("a number")).collect();
        assert_eq!((said.split(' ').next(), &held[..]), (Some("values"), values), "{table} {address}: {said:?}");
    }
}

async fn next_line(output: &mut BufReader<ChildStdout>) -> String {
    let mut said = String::new();
    let read = tokio::time::timeout(STARTS_WITHIN, output.read_line(&mut said)).await;
    read.expect("it says something in time").expect("its output is text");
    said.trim().to_owned()
}

fn field(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(name)
}

/// Two line ends joined like the two sides of a cable: one for the server, one for the wire.
struct Cable {
    server: String,
    wire: String,
    task: tokio::task::JoinHandle<()>,
}

impl Cable {
    fn new() -> Cable {
        let (mut a, server) = SerialStream::pair().expect("a pseudo-terminal");
        let (mut b, wire) = SerialStream::pair().expect("a pseudo-terminal");
        let name = |end: &SerialStream| end.name().expect("a pseudo-terminal has a name");
        let names = (name(&server), name(&wire));
        let task = tokio::spawn(async move {
            let _ends = (server, wire);
            // Ends with the test.
            let _ = tokio::io::copy_bidirectional(&mut a, &mut b).await;
        });
        Cable { server: names.0, wire: names.1, task }
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn read(unit: u8, table: Table, start: u16, count: u16) -> Request {
    let within = Duration::from_secs(5);
    Request {
        id: 1,
        device: 0,
        unit,
        table,
        start,
        count,
        write: None,
        identification: false,
        within,
        pause: Duration::ZERO,
        quarantine: within / 20,
    }
}

async fn words(wire: &mut Wire, unit: u8, table: Table, start: u16, count: u16) -> Vec<u16> {
    match wire.exchange(&read(unit, table, start, count)).await {
        Ok(Reply::Words(words)) => words,
        other => panic!("{table:?} {start} x {count} of unit {unit}: {other:?}"),
    }
}

async fn bits(wire: &mut Wire, unit: u8, table: Table, start: u16, count: u16) -> Vec<bool> {
    match wire.exchange(&read(unit, table, start, count)).await {
        Ok(Reply::Bits(bits)) => bits,
        other => panic!("{table:?} {start} x {count} of unit {unit}: {other:?}"),
    }
}

/// Writes by every function and lets the server say what it holds then. Both servers know addresses 100 to 140.
async fn write_everything(wire: &mut Wire, server: &mut Server, unit: u8) {
    let write = |table: Table, start: u16, written: Write| {
        let count = written.count();
        Request { write: Some(written), ..read(unit, table, start, count) }
    };
    // A line must have shown that it does not echo before it can confirm a write.
    words(wire, unit, Table::Holding, 100, 2).await;
    let bits = |text: &str| text.chars().map(|c| c == '1').collect::<Vec<_>>();
    let words: Vec<u16> = (0..30).map(|i| 60_000 + i).collect();
    let coils = "1011001110001";
    for request in [
        write(Table::Coil, 100, Write::Coil(true)),
        write(Table::Coil, 101, Write::Coil(false)),
        write(Table::Coil, 110, Write::Coils(bits(coils))),
        write(Table::Holding, 100, Write::Register(4711)),
        write(Table::Holding, 110, Write::Registers(words.clone())),
        write(Table::Holding, 101, Write::Register(0x12)),
        write(Table::Holding, 101, Write::Mask { and: 0xF2, or: 0x25 }),
    ] {
        assert_eq!(wire.exchange(&request).await, Ok(Reply::Written), "{request:?}");
    }
    server.holds("coil", 100, &[1, 0]).await;
    server.holds("coil", 110, &bits(coils).into_iter().map(u16::from).collect::<Vec<_>>()).await;
    server.holds("holding", 110, &words).await;
    // The example of the specification, 6.16: 0x12 masked by 0xF2 and 0x25 gives 0x17.
    server.holds("holding", 100, &[4711, 0x17]).await;
    let beyond = write(Table::Holding, 65_534, Write::Registers(vec![1, 2]));
    let refused = wire.exchange(&beyond).await;
    assert!(matches!(refused, Ok(Reply::Written) | Err(Failure::Exception(2))), "{refused:?}");
    assert!(wire.is_open());
}

async fn open(endpoint: &Endpoint) -> Wire {
    Wire::open(endpoint, Duration::from_secs(5)).await.expect("the server listens")
}

const REGISTERS: &str = r#"{
    "1": { "holding": { "416": 2064, "418": 65535 }, "input": { "7": 99 }, "coil": { "3": true }, "discrete": { "0": true } },
    "10": { "holding": { "416": 1234 } }
}"#;

/// pymodbus with [`REGISTERS`]; `kind` is `tcp` or `rtu` and its line.
async fn pymodbus(kind: &[&str]) -> Server {
    let mut registers = tempfile::NamedTempFile::new().expect("a temporary file");
    registers.write_all(REGISTERS.as_bytes()).expect("a temporary file can be written");
    let mut command = Command::new("python3");
    command.arg(field("pymodbus_server.py")).args(kind).arg("--registers").arg(registers.path());
    // The server has read the file once it listens.
    Server::start(command).await
}

async fn converse_with_pymodbus(mut server: Server, endpoint: Endpoint) {
    let mut wire = open(&endpoint).await;
    assert_eq!(words(&mut wire, 1, Table::Holding, 415, 5).await, [0, 2064, 0, 65535, 0]);
    assert_eq!(words(&mut wire, 1, Table::Input, 7, 1).await, [99]);
    assert_eq!(bits(&mut wire, 1, Table::Coil, 2, 3).await, [false, true, false]);
    assert_eq!(bits(&mut wire, 1, Table::Discrete, 0, 9).await[..2], [true, false]);
    assert_eq!(words(&mut wire, 10, Table::Holding, 416, 1).await, [1234]);
    let asked = Request { identification: true, ..read(1, Table::Holding, 0, 1) };
    let named = [(0, "pymodbus"), (1, "PM"), (2, "3")].map(|(id, text)| (id, text.as_bytes().to_vec()));
    assert_eq!(wire.exchange(&asked).await, Ok(Reply::Objects(named.to_vec())));
    assert_eq!(words(&mut wire, 1, Table::Input, 7, 1).await, [99], "and reading goes on");
    assert_eq!(words(&mut wire, 1, Table::Holding, 300, 125).await.len(), 125);
    assert_eq!(bits(&mut wire, 1, Table::Coil, 0, 2000).await.len(), 2000);
    server.tell("set holding 416 7").await;
    assert_eq!(words(&mut wire, 1, Table::Holding, 416, 1).await, [7]);
    let beyond = wire.exchange(&read(1, Table::Coil, 60_000, 1)).await;
    assert_eq!(beyond, Err(Failure::Exception(2)));
    for value in 0..100_u16 {
        server.tell(&format!("set holding {} {value}", 1000 + value)).await;
        assert_eq!(words(&mut wire, 1, Table::Holding, 1000 + value, 1).await, [value]);
    }
    write_everything(&mut wire, &mut server, 1).await;
}

#[tokio::test]
async fn pymodbus_on_tcp() {
    let server = pymodbus(&["tcp"]).await;
    let endpoint = Endpoint::Tcp(server.place.clone());
    converse_with_pymodbus(server, endpoint).await;
}

#[tokio::test]
async fn pymodbus_on_a_line() {
    let cable = Cable::new();
    let server = pymodbus(&["rtu", &cable.server]).await;
    converse_with_pymodbus(server, line::endpoint(&cable.wire)).await;
}

/// Compiles the server of libmodbus into a folder.
async fn libmodbus(folder: &Path) -> PathBuf {
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "libmodbus"]).output().await;
    let flags = flags.ok().filter(|ran| ran.status.success()).unwrap_or_else(|| {
        panic!("libmodbus is missing; install it: apt-get install libmodbus-dev pkg-config gcc");
    });
    let flags = String::from_utf8(flags.stdout).expect("pkg-config prints text");
    let program = folder.join("libmodbus_server");
    let compiled = Command::new("cc")
        .args(["-std=c99", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-o"])
        .args([&program, &field("libmodbus_server.c")])
        .args(flags.split_whitespace())
        .status()
        .await;
    assert!(compiled.is_ok_and(|status| status.success()), "the libmodbus server does not compile");
    program
}

async fn converse_with_libmodbus(mut server: Server, endpoint: Endpoint) {
    let mut wire = open(&endpoint).await;
    for round in 0..100_u16 {
        let (start, count) = (round * 31, 1 + round);
        let made = |a: u16| (a * 7 + 1, a.wrapping_mul(5) + 2);
        let addresses = || start..start + count;
        let holding: Vec<u16> = addresses().map(|a| made(a).0).collect();
        let input: Vec<u16> = addresses().map(|a| made(a).1).collect();
        assert_eq!(words(&mut wire, 5, Table::Holding, start, count).await, holding);
        assert_eq!(words(&mut wire, 5, Table::Input, start, count).await, input);
        let coils: Vec<bool> = addresses().map(|a| a % 3 == 0).collect();
        assert_eq!(bits(&mut wire, 5, Table::Coil, start, count).await, coils);
        let inputs: Vec<bool> = addresses().map(|a| a % 5 == 0).collect();
        assert_eq!(bits(&mut wire, 5, Table::Discrete, start, count).await, inputs);
    }
    assert_eq!(wire.exchange(&read(5, Table::Holding, 3_999, 2)).await, Err(Failure::Exception(2)));
    write_everything(&mut wire, &mut server, 5).await;
}

#[tokio::test]
async fn libmodbus_on_tcp() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(libmodbus(folder.path()).await);
    command.arg("tcp");
    let server = Server::start(command).await;
    let endpoint = Endpoint::Tcp(format!("127.0.0.1:{}", server.place));
    converse_with_libmodbus(server, endpoint).await;
}

#[tokio::test]
async fn libmodbus_on_a_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cable = Cable::new();
    let mut command = Command::new(libmodbus(folder.path()).await);
    command.args(["rtu", &cable.server, "5"]);
    let server = Server::start(command).await;
    converse_with_libmodbus(server, line::endpoint(&cable.wire)).await;
}
