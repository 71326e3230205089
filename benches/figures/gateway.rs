//! The program itself, as a site runs it: from a change on the wire to MQTT, commands, and a hundred thousand points.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::devices::{self, Endpoint};
use crate::figure::Figures;

const PASSWORD: &str = "a password of the bench";
/// Changes whose way is timed in each part, and how long after the one before the next comes.
const CHANGES: u16 = 200;
const EVERY: Duration = Duration::from_millis(73);

/// Change on the wire to MQTT at 1 s poll, at rest and while commands are written; and the commands themselves.
pub fn measure_changes(figures: &mut Figures) {
    let Some(broker) = Broker::start() else {
        println!("change to MQTT left out: mosquitto is not installed");
        return;
    };
    let field = devices::serve(50, 1, 200);
    let gateway = Gateway::start(&field, 100, Some(broker.port));
    let seen = watch(broker.port);
    gateway.until_known(5_000);
    // One period, so that everything retained has been published.
    std::thread::sleep(Duration::from_secs(2));
    let (cpu, begun) = (gateway.cpu(), Instant::now());
    let idle = changes(&field, &seen, 0);
    let cores = (gateway.cpu() - cpu) / begun.elapsed().as_secs_f64();
    told(figures, "5,000 points at 1 s: change to MQTT", "p99 <= 1,010", &idle);
    figures.add("  processor, all of the above", "cores", "<= 0.01", vec![cores]);
    figures.add("  resident memory", "MB", "", vec![gateway.resident()]);
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writer = commands(&gateway, &field, &stop);
    let busy = changes(&field, &seen, 20_000);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let written = writer.join().expect("the commands are written to the end");
    told(figures, "  while commands are written", "p99 <= 1,010", &busy);
    told(figures, "command: POST to the register", "p99 < 150", &written);
}

/// A hundred thousand points read each second.
pub fn measure_points(figures: &mut Figures) {
    let field = devices::serve(100, 1, 1_000);
    let gateway = Gateway::start(&field, 1_000, None);
    gateway.until_known(100_000);
    let answered = || field.iter().map(|endpoint| endpoint.units[0].answered()).sum::<u64>();
    let (cpu, begun, before) = (gateway.cpu(), Instant::now(), answered());
    std::thread::sleep(Duration::from_secs(10));
    let seconds = begun.elapsed().as_secs_f64();
    let (cores, asked) = ((gateway.cpu() - cpu) / seconds, (answered() - before) as f64 / seconds);
    figures.add("100,000 points each second: processor", "cores", "< 0.5", vec![cores]);
    figures.add("  resident memory", "MB", "< 100", vec![gateway.resident()]);
    figures.add("  requests", "requests/s", "", vec![asked]);
}

fn told(figures: &mut Figures, what: &str, target: &str, times: &[f64]) {
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    figures.add(&format!("{what}: p50"), "ms", "", vec![at(0.5)]);
    figures.add("  p99", "ms", target, vec![at(0.99)]);
    figures.add("  longest", "ms", "", vec![at(1.0)]);
}

/// Values seen on MQTT, with when.
type Seen = Arc<Mutex<Vec<(u16, Instant)>>>;

/// Changes one register after the other and gives how long each took, in milliseconds, sorted.
fn changes(field: &[Endpoint], seen: &Seen, base: u16) -> Vec<f64> {
    let mut made = Vec::new();
    for number in 0..CHANGES {
        let (device, value) = (usize::from(number) % field.len(), 10_000 + base + number);
        // A cell is changed once in each part, so that no change hides another.
        let address = (number / 50) * 7 + number % 7;
        field[device].units[0].set(address, value);
        made.push((value, Instant::now()));
        std::thread::sleep(EVERY);
    }
    std::thread::sleep(Duration::from_secs(3));
    let seen = seen.lock().expect("nobody panicked");
    let first = |value: u16| seen.iter().find(|(other, _)| *other == value).map(|(_, at)| *at);
    let mut times: Vec<f64> = made
        .iter()
        .map(|(value, at)| first(*value).expect("every change was published").duration_since(*at).as_secs_f64() * 1e3)
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Writes commands, one after the other, until it is told to stop; gives how long each took to reach the register.
fn commands(
    gateway: &Gateway,
    field: &[Endpoint],
    stop: &Arc<std::sync::atomic::AtomicBool>,
) -> std::thread::JoinHandle<Vec<f64>> {
    let (url, token, stop) = (gateway.url.clone(), gateway.log_in(), Arc::clone(stop));
    let units: Vec<_> = field.iter().map(|endpoint| Arc::clone(&endpoint.units)).collect();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = reqwest::Client::new();
        let mut times = Vec::new();
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let device = times.len() % units.len();
            let register = &units[device][0];
            register.set(150, 0);
            let begun = Instant::now();
            let body = json!({ "target": { "point": format!("device-{device}/poke") }, "verb": "poke" }).to_string();
            let sent = client
                .post(format!("{url}/api/v1/commands"))
                .bearer_auth(&token)
                .header("content-type", "application/json")
                .header("idempotency-key", format!("poke-{}", times.len()))
                .body(body)
                .send();
            let status = runtime.block_on(sent).expect("the gateway answers").status().as_u16();
            assert_eq!(status, 202, "a command is accepted");
            while register.get(150) == 0 {
                assert!(begun.elapsed() < Duration::from_secs(5), "a command reaches the register");
                std::thread::sleep(Duration::from_micros(200));
            }
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            std::thread::sleep(Duration::from_millis(20));
        }
        times.sort_by(f64::total_cmp);
        times
    })
}

/// Notes every value that is published.
fn watch(port: u16) -> Seen {
    let seen: Seen = Arc::default();
    let noted = Arc::clone(&seen);
    let (client, mut connection) = Client::new(MqttOptions::new("bench", "127.0.0.1", port), 10);
    client.subscribe("tocsin/bench/point/#", QoS::AtMostOnce).expect("the broker is there");
    std::thread::spawn(move || {
        let _client = client;
        for event in connection.iter() {
            let Ok(Event::Incoming(Packet::Publish(publish))) = event else { continue };
            let at = Instant::now();
            let value = serde_json::from_slice::<Value>(&publish.payload).ok().and_then(|value| value["v"].as_f64());
            if let Some(value) = value.filter(|value| *value >= 10_000.0) {
                noted.lock().expect("nobody panicked").push((value as u16, at));
            }
        }
    });
    seen
}

/// A mosquitto of our own.
struct Broker {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Broker {
    fn start() -> Option<Broker> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let folder = tempfile::tempdir().ok()?;
        let file = folder.path().join("mosquitto.conf");
        std::fs::write(&file, format!("listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"))
            .ok()?;
        let child = Command::new("mosquitto").arg("-c").arg(&file).stderr(Stdio::null()).spawn().ok()?;
        let end = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "mosquitto listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Broker { child, port, _folder: folder })
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `tocsin run` on a site made for these devices.
struct Gateway {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl Gateway {
    fn start(field: &[Endpoint], registers: u16, broker: Option<u16>) -> Gateway {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("profiles/bench/profile.toml", &profile(registers));
        write("site/site.toml", &site(field));
        write("password", PASSWORD);
        let outputs = broker.map_or(String::new(), |port| format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {port}\n"));
        write("tocsin.toml", &format!("site = \"site\"\nprofiles = [\"profiles\"]\n{outputs}"));
        std::fs::create_dir(folder.path().join("state")).expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let log = std::fs::File::create(path("log")).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_tocsin"))
            .args([Path::new("run"), Path::new("--config"), &path(""), Path::new("--state"), &path("state")])
            .args(["--listen", "127.0.0.1:0"])
            .env("TOCSIN_ADMIN_PASSWORD_FILE", path("password"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program was built");
        let mut line = String::new();
        let _ = BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line);
        let said = || std::fs::read_to_string(path("log")).unwrap_or_default();
        let url = line.trim().strip_prefix("listening ").unwrap_or_else(|| panic!("{line} {}", said())).to_owned();
        Gateway { child, url, _folder: folder }
    }

    fn ask(&self, request: reqwest::RequestBuilder) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let answer = runtime.block_on(async { request.send().await?.text().await }).expect("the gateway answers");
        serde_json::from_str(&answer).expect("it answers JSON")
    }

    /// Waits until every point is good.
    fn until_known(&self, points: usize) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let said = self.ask(reqwest::Client::new().get(format!("{}/api/v1/points", self.url)));
            let good =
                said["points"].as_array().map_or(0, |all| all.iter().filter(|point| point["q"] == "good").count());
            if good == points {
                return;
            }
            assert!(Instant::now() < end, "{good} of {points} points are good");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn log_in(&self) -> String {
        let body = json!({ "user": "admin", "password": PASSWORD }).to_string();
        let post = reqwest::Client::new().post(format!("{}/api/v1/session", self.url));
        let said = self.ask(post.header("content-type", "application/json").body(body));
        said["token"].as_str().expect("the first account may log in").to_owned()
    }

    /// Processor seconds so far.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        let fields: Vec<&str> = stat.rsplit_once(')').expect("Linux").1.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().expect("Linux") + fields[12].parse::<f64>().expect("Linux");
        // Linux counts these in hundredths of a second on every machine that Tocsin runs on.
        ticks / 100.0
    }

    /// Resident memory in MB.
    fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("Linux");
        line.split_whitespace().nth(1).expect("Linux").parse::<f64>().expect("Linux") / 1000.0
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn profile(registers: u16) -> String {
    let mut text = "vendor = \"bench\"\nmodel = \"bench\"\nclass = \"meter\"\nsource = \"the bench\"\nverified = \"manual-only\"\n\n[points]\n".to_owned();
    for address in 0..registers {
        let _ = writeln!(
            text,
            "r{address} = {{ table = \"holding\", address = {address}, type = \"u16\", poll = \"fast\", name = {{ zh = \"寄存器\", en = \"Register\" }} }}"
        );
    }
    text.push_str(
        "\n[commands]\npoke = { write = { table = \"holding\", address = 150, value = 1 }, ttl = \"5s\", name = { zh = \"写入\", en = \"Poke\" } }\n",
    );
    text
}

fn site(field: &[Endpoint]) -> String {
    let mut text = "[site]\nid = \"bench\"\nname = { zh = \"测试\", en = \"Bench\" }\ntimezone = \"UTC\"\n".to_owned();
    for (number, endpoint) in field.iter().enumerate() {
        let _ = writeln!(text, "[[bus]]\nid = \"bus-{number}\"\ntcp = \"{}\"", endpoint.address);
        let _ = writeln!(
            text,
            "[[device]]\nid = \"device-{number}\"\nbus = \"bus-{number}\"\nunit = 1\nprofile = \"bench\"\ncontrol = true"
        );
    }
    text
}
