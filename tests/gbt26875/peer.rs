//! The peer that is not ours, as a process.
//!
//! Takes: orders for it.
//! Gives: what it received, in order.
//! Never: a look into the gateway.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout_at};

/// Longer than anything takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub const SEND: u64 = 2;
pub const CONFIRM: u64 = 3;
pub const REQUEST: u64 = 4;
pub const ANSWER: u64 = 5;
pub const DENY: u64 = 6;

/// A transmission device or a centre; killed when dropped.
pub struct Peer {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// What was received and nobody has looked at.
    pub held: VecDeque<Value>,
}

impl Peer {
    pub async fn start(arguments: &[&str]) -> Peer {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gbt26875/peer.py");
        let mut command = Command::new("python3");
        command.arg(script).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().expect("python3 is installed");
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        Peer { _process: process, input, output, held: VecDeque::new() }
    }

    /// A device that is connected to the gateway.
    pub async fn unit(place: &str, more: &[&str]) -> Peer {
        let mut peer = Peer::start(&[&["unit", place], more].concat()).await;
        peer.next("connected", |line| line["event"] == "connected").await;
        peer
    }

    /// A centre, and the port on which it listens.
    pub async fn centre(more: &[&str]) -> (Peer, u64) {
        let mut peer = Peer::start(&[&["centre"], more].concat()).await;
        let port = peer.next("listening", |line| line["event"] == "listening").await["port"].as_u64();
        (peer, port.expect("a port"))
    }

    /// Gives an order and waits until it was carried out.
    pub async fn tell(&mut self, order: Value) {
        let until = Instant::now() + PATIENCE;
        self.input.write_all(format!("{order}\n").as_bytes()).await.expect("it lives");
        let (before, mut passed) = (std::mem::take(&mut self.held), VecDeque::new());
        loop {
            let line = self.line("done", until).await;
            if line["event"] == "done" {
                break;
            }
            passed.push_back(line);
        }
        self.held = before;
        self.held.extend(passed);
    }

    /// The first line that was not looked at and that `is`; the others stay.
    pub async fn next(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.held.iter().position(&is) {
            return self.held.remove(at).expect("it was found there");
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let line = self.line(what, until).await;
            if is(&line) {
                return line;
            }
            self.held.push_back(line);
        }
    }

    /// The next frame of this command and, where it counts, this number.
    pub async fn frame(&mut self, command: u64, serial: Option<u64>) -> Value {
        let is = |line: &Value| {
            line["frame"]["command"] == command && serial.is_none_or(|serial| line["frame"]["serial"] == serial)
        };
        self.next(&format!("command {command} number {serial:?}"), is).await
    }

    /// Sends a report and waits until it is answered: with which command.
    pub async fn reports(&mut self, serial: u64, mut what: Value) -> u64 {
        what["do"] = json!("send");
        what["serial"] = json!(serial);
        self.tell(what).await;
        let answers = |line: &Value| {
            let command = line["frame"]["command"].as_u64();
            line["frame"]["serial"] == serial && matches!(command, Some(CONFIRM | DENY))
        };
        self.next("an answer", answers).await["frame"]["command"].as_u64().expect("a number")
    }

    async fn line(&mut self, what: &str, until: Instant) -> Value {
        let line = timeout_at(until, self.output.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}; held: {:?}", self.held));
        let line = line.expect("it is text").unwrap_or_else(|| panic!("the peer has ended, waiting for {what}"));
        serde_json::from_str(&line).expect("it prints JSON")
    }
}
