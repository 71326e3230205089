//! The endpoints: malformed frames, many units, cut buses, and a Modbus client that is not ours.

use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::sim::{Fault, Options, Running, Setting, SimulatedSite};

const PATIENCE: Duration = Duration::from_secs(20);

async fn running() -> Running {
    let site = site();
    let scenario = Scenario::parse("t.toml", "name = { zh = \"甲\", en = \"A\" }\nstep = []\n", &site);
    let resting = resting(&site);
    SimulatedSite::start(site, &resting, scenario.unwrap_or_else(|e| fail(&e)), Options::default())
        .await
        .expect("a loopback port and a pseudo-terminal")
}

fn address(running: &Running) -> String {
    match &running.endpoints[&BusId::new("panel-lan")] {
        Endpoint::Tcp(address) => address.clone(),
        _ => panic!("a TCP bus"),
    }
}

/// Reads one holding register of unit 1 over a connection; nothing when the peer is gone.
async fn ask(stream: &mut TcpStream, unit: u8) -> Option<Vec<u8>> {
    stream.write_all(&[0, 9, 0, 0, 0, 6, unit, 3, 0, 16, 0, 1]).await.ok()?;
    let mut head = [0; 6];
    timeout(PATIENCE, stream.read_exact(&mut head)).await.expect("an answer or an end in time").ok()?;
    let mut body = vec![0; usize::from(head[5])];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

#[tokio::test]
async fn malformed_frames_end_a_connection_and_nothing_else() {
    let running = running().await;
    let mut seed = 1u64;
    let mut noise = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u8
    };
    for round in 0..60 {
        let mut stream = TcpStream::connect(address(&running)).await.expect("the port is open");
        let mut bytes: Vec<u8> = (0..round * 11).map(|_| noise()).collect();
        if round % 2 == 0 {
            // A right header before nonsense of the announced length.
            let length = bytes.len().clamp(2, 254);
            bytes.resize(length, 0);
            bytes.splice(0..0, [0, 1, 0, 0, 0, length as u8]);
        }
        // The server may hang up before everything is written; that is its right.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the server hangs up in time");
    }
    let mut stream = TcpStream::connect(address(&running)).await.expect("the port is open");
    assert_eq!(ask(&mut stream, 1).await.map(|body| body[1]), Some(3));
    assert_eq!(ask(&mut stream, 77).await, Some(vec![77, 0x83, 0x0B]));
    running.stop().await;
}

#[tokio::test]
async fn a_cut_port_refuses_and_comes_back_where_it_was() {
    let running = running().await;
    let (control, address) = (running.control(), address(&running));
    let mut stream = TcpStream::connect(&address).await.expect("the port is open");
    assert!(ask(&mut stream, 1).await.is_some());
    control.cut("panel-lan", true).expect("a bus of the site");
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the connection is closed");
    let refused = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await
        }
    };
    timeout(PATIENCE, refused).await.expect("the port refuses");
    control.cut("panel-lan", false).expect("a bus of the site");
    let back = async {
        loop {
            if let Ok(mut stream) = TcpStream::connect(&address).await
                && ask(&mut stream, 1).await.is_some()
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, back).await.expect("the port is back");
}

#[tokio::test]
async fn a_late_answer_does_not_hold_up_another_unit() {
    let running = running().await;
    running.control().fault("meter-1", Fault::Late(Duration::from_secs(2))).expect("a device of the site");
    let mut stream = TcpStream::connect(address(&running)).await.expect("the port is open");
    // The meter is asked first and answers last.
    stream.write_all(&[0, 1, 0, 0, 0, 6, 2, 4, 0, 0, 0, 2]).await.expect("written");
    assert_eq!(ask(&mut stream, 1).await.map(|body| body[0]), Some(1));
    let mut late = [0; 13];
    timeout(PATIENCE, stream.read_exact(&mut late)).await.expect("in time").expect("the late answer");
    assert_eq!(late[..8], [0, 1, 0, 0, 0, 7, 2, 4]);
}

/// Runs a pymodbus client against both endpoints and returns what it printed.
async fn pymodbus(script: &str, arguments: &[&str]) -> String {
    let python = tokio::process::Command::new("python3")
        .arg("-c")
        .arg(script)
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(Duration::from_secs(60), python).await.expect("python3 ends in time");
    let output = output.expect("python3 is installed: this test needs python3 with pymodbus (and pyserial)");
    let (told, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        !complaint.contains("ModuleNotFoundError"),
        "this test needs pymodbus and pyserial for python3 (`pip install pymodbus pyserial`):\n{complaint}"
    );
    assert!(output.status.success(), "the client failed:\n{told}{complaint}");
    told.into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_not_ours_reads_port_and_line() {
    let running = running().await;
    let control = running.control();
    control.set("panel-1/l2-d14.event", &Setting::State("fire".into())).expect("a point of the site");
    control.set("meter-1/frequency", &Setting::Number(49.5)).expect("a point of the site");
    control.set("gen-1/voltage-l1-n", &Setting::Number(230.4)).expect("a point of the site");
    let path = match &running.endpoints[&BusId::new("pump-room")] {
        Endpoint::Serial(line) => line.path.clone(),
        _ => panic!("a serial bus"),
    };
    let address = address(&running);
    let (host, port) = address.split_once(':').expect("host and port");
    let script = r#"
import sys, struct, time
from pymodbus.client import ModbusTcpClient, ModbusSerialClient
tcp = ModbusTcpClient(sys.argv[1], port=int(sys.argv[2]), timeout=5)
assert tcp.connect()
print("panel", hex(tcp.read_holding_registers(413, count=1, device_id=1).registers[0]))
words = tcp.read_input_registers(70, count=2, device_id=2).registers
print("frequency", struct.unpack(">f", struct.pack(">HH", *words))[0])
print("beyond", tcp.read_holding_registers(60000, count=1, device_id=1).exception_code)
print("nobody", tcp.read_holding_registers(0, count=1, device_id=99).exception_code)
print("coils", tcp.read_coils(0, count=1, device_id=1).exception_code)
print("write", tcp.write_registers(3, [7, 8], device_id=1).isError(), tcp.read_holding_registers(3, count=2, device_id=1).registers)
tcp.close()
rtu = ModbusSerialClient(sys.argv[3], baudrate=9600, bytesize=8, parity="N", stopbits=1, timeout=5)
assert rtu.connect()
began = time.monotonic()
words = rtu.read_holding_registers(1032, count=2, device_id=10).registers
print("volts", (words[0] << 16 | words[1]) / 10)
print("lamps", rtu.read_discrete_inputs(0, count=15, device_id=1).bits[:15])
began = time.monotonic()
assert not rtu.read_holding_registers(1024, count=40, device_id=10).isError()
print("took", (time.monotonic() - began) * 1000)
print("beyond", rtu.read_holding_registers(60000, count=1, device_id=10).exception_code)
rtu.close()
"#;
    let told = pymodbus(script, &[host, port, &path]).await;
    let lines: Vec<&str> = told.lines().collect();
    // Resting bits: enabled (10) and inactive (12); the event code of fire is 0x10.
    assert_eq!(lines[0], "panel 0x1410");
    assert_eq!(lines[1], "frequency 49.5");
    assert_eq!(lines[2..6], ["beyond 2", "nobody 11", "coils 1", "write False [7, 8]"]);
    assert_eq!(lines[6], "volts 230.4");
    let on: Vec<usize> = lines[7]
        .split(['[', ']', ',', ' '])
        .filter(|word| *word == "True" || *word == "False")
        .enumerate()
        .filter(|(_, word)| *word == "True")
        .map(|(at, _)| at)
        .collect();
    assert_eq!(on, [0, 2, 9, 10, 11, 12], "{}", lines[7]);
    let took: f64 = lines[8].trim_start_matches("took ").parse().expect("milliseconds");
    // 8 + 3.5 + 85 characters of 10 bits at 9600 baud are 100.5 ms; the line may be late, never early.
    assert!(took >= 100.0, "{took} ms");
    assert_eq!(lines[9], "beyond 2");
}
