//! Field devices that are not ours: pymodbus on TCP and at the other end of a serial line.
//!
//! Takes: registers to set, plugs to pull.
//! Gives: a panel's gateway and a generator's controller.
//! Never: a register map of its own: the generator reads as in a case of its profile.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Join, copy_bidirectional, join};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio_serial::{SerialPort, SerialStream};

use super::broker::until;
use super::site::address;

/// Longer than any interpreter takes to start on a loaded machine.
const STARTS_WITHIN: Duration = Duration::from_secs(60);
/// Word of a detector in alarm: active, event 0x10 fire.
pub const FIRE: u16 = 0x0810;
/// Word of a detector at rest: inactive, no event.
pub const REST: u16 = 0x1000;

/// A Modbus server of pymodbus; killed when dropped.
pub struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Where it serves: an address, or its end of the line.
    pub place: String,
}

impl Server {
    /// A panel on a free port; nothing is active.
    pub async fn panel() -> Server {
        Server::start(&["tcp"], &json!({ "1": {} })).await
    }

    /// The panel again where it was, with these detectors of loop 2 in alarm.
    pub async fn panel_again(place: &str, fires: &[u16]) -> Server {
        let port = place.rsplit_once(':').expect("an address has a port").1;
        let holding: serde_json::Map<String, Value> =
            fires.iter().map(|detector| (address(*detector).to_string(), json!(FIRE))).collect();
        Server::start(&["tcp", "--port", port], &json!({ "1": { "holding": holding } })).await
    }

    /// So many panels as units from 1, on a free port or at `tty`; nothing is active.
    pub async fn panels(units: u8, tty: Option<&str>) -> Server {
        let registers = (1..=units).map(|unit| (unit.to_string(), json!({}))).collect::<serde_json::Map<_, _>>();
        let kind = tty.map_or_else(|| vec!["tcp"], |tty| vec!["rtu", tty]);
        Server::start(&kind, &registers.into()).await
    }

    /// A unit on a free port of which every coil is off.
    pub async fn coils() -> Server {
        Server::panel().await
    }

    /// What the device itself holds there.
    pub async fn held(&mut self, table: &str, address: u16) -> String {
        self.input.write_all(format!("get {table} {address} 1\n").as_bytes()).await.expect("the server runs");
        next_line(&mut self.output).await
    }

    /// A generator that stands by, at `tty`.
    pub async fn generator(tty: &str) -> Server {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let case = root.join("device-profiles/deepsea-gencomm/cases/standby.toml");
        let case: toml::Table = std::fs::read_to_string(case).expect("the case is there").parse().expect("it is TOML");
        Server::start(&["rtu", tty], &json!({ "10": case["given"] })).await
    }

    /// A panel's printer port.
    pub async fn printer(kind: &[&str]) -> Server {
        let mut command = Command::new("python3");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field/panel_printer.py")).args(kind);
        Server::serve(command).await
    }

    async fn start(kind: &[&str], registers: &Value) -> Server {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(registers.to_string().as_bytes()).expect("it can be written");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field/pymodbus_server.py");
        let mut command = Command::new("python3");
        command.arg(script).args(kind).arg("--registers").arg(file.path());
        // It has read the file once it serves.
        Server::serve(command).await
    }

    async fn serve(mut command: Command) -> Server {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().expect("python3 is installed");
        let input = process.stdin.take().expect("it is piped");
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let said = next_line(&mut output).await;
        let place = said.strip_prefix("listening ").unwrap_or_else(|| panic!("the server said {said:?}")).to_owned();
        Server { process, input, output, place }
    }

    /// Sets a holding register of the panel.
    pub async fn detector(&mut self, detector: u16, word: u16) {
        self.tell(&format!("set holding {} {word}", address(detector))).await;
    }

    /// Carries out one command.
    pub async fn tell(&mut self, command: &str) {
        self.input.write_all(format!("{command}\n").as_bytes()).await.expect("the server runs");
        assert_eq!(next_line(&mut self.output).await, "ok", "answer to {command:?}");
    }

    /// Ends it at once, as a power cut would.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("it runs until now");
    }
}

async fn next_line(output: &mut BufReader<ChildStdout>) -> String {
    let mut said = String::new();
    let read = tokio::time::timeout(STARTS_WITHIN, output.read_line(&mut said)).await;
    read.expect("it says something in time").expect("its output is text");
    said.trim().to_owned()
}

/// A serial line whose adapter can be pulled out of the gateway and put back: the gateway knows it by a link, as under
/// `/dev/serial/by-id`. The adapter is a process, so that nobody else holds its end when it is gone.
pub struct Line {
    /// The device's end.
    pub far: String,
    link: PathBuf,
    plugs: mpsc::UnboundedSender<Option<Adapter>>,
    adapter: Option<Child>,
    /// Ends that are held open, so that they exist before and after visits of the gateway and the device.
    device: SerialStream,
    gateway: Option<File>,
}

type Adapter = Join<ChildStdout, ChildStdin>;

impl Line {
    /// A line known to the gateway as `link`.
    pub async fn new(link: &Path) -> Line {
        let (near, device) = SerialStream::pair().expect("a pseudo-terminal");
        let (plugs, changed) = mpsc::unbounded_channel();
        tokio::spawn(carry(near, changed));
        let far = device.name().expect("a pseudo-terminal has a name");
        let mut line = Line { far, link: link.to_owned(), plugs, adapter: None, device, gateway: None };
        line.plug().await;
        line
    }

    /// The link by which the gateway knows the line.
    pub fn near(&self) -> String {
        self.link.display().to_string()
    }

    /// A new adapter under the old name.
    pub async fn plug(&mut self) {
        let terminal = format!("pty,raw,echo=0,link={}", self.link.display());
        let mut command = Command::new("socat");
        command.args([&terminal, "stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut adapter = command.spawn().expect("socat is installed");
        let ends = (adapter.stdout.take().expect("it is piped"), adapter.stdin.take().expect("it is piped"));
        until("the adapter is there", || self.link.exists()).await;
        self.gateway = Some(File::options().read(true).write(true).open(&self.link).expect("the adapter is there"));
        self.adapter = Some(adapter);
        self.plugs.send(Some(join(ends.0, ends.1))).expect("the line is carried");
    }

    /// The adapter and its name are gone.
    pub async fn pull(&mut self) {
        self.gateway = None;
        self.adapter.take().expect("it was plugged in").kill().await.expect("it runs until now");
        std::fs::remove_file(&self.link).expect("it was plugged in");
        self.plugs.send(None).expect("the line is carried");
        assert!(self.device.name().is_some(), "the device's end stays");
    }
}

/// Carries bytes between the device's end and whatever adapter is plugged in.
async fn carry(mut device: SerialStream, mut changed: mpsc::UnboundedReceiver<Option<Adapter>>) {
    let mut adapter: Option<Adapter> = None;
    loop {
        let Some(present) = &mut adapter else {
            match changed.recv().await {
                Some(next) => adapter = next,
                None => return,
            }
            continue;
        };
        tokio::select! {
            next = changed.recv() => match next {
                Some(next) => adapter = next,
                None => return,
            },
            _ = copy_bidirectional(&mut device, present) => adapter = None,
        }
    }
}
