//! Clients that are not ours read what the program publishes, in both versions of MQTT: paho, JSON schema, Home Assistant's
//! models and templates.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::bench::{Installed, all_known, once, open_alarm, sequence};
use super::broker::{Broker, until, within};
use super::field::{FIRE, Line, Server};
use super::site;

/// paho on a broker; killed when dropped.
struct Paho {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Paho {
    async fn start(broker: &Broker, version: &str) -> Paho {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mqtt/paho_observer.py");
        let mut child = Command::new("python3")
            .arg(script)
            .args([&broker.port.to_string(), version])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (out, kept) = (BufReader::new(child.stdout.take().unwrap()), Arc::clone(&lines));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                kept.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        let paho = Paho { child, lines };
        until("paho is subscribed", || paho.seen().iter().any(|line| line["subscribed"].is_array())).await;
        paho
    }

    fn seen(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// Messages below one of our topics.
    fn below(&self, topic: &str) -> Vec<Value> {
        let below = |line: &Value| line["topic"].as_str().is_some_and(|at| at.starts_with(topic));
        self.seen().into_iter().filter(below).collect()
    }
}

impl Drop for Paho {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the judge counted; the test ends where it finds a fault.
fn judged(messages: &[Value]) -> Value {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for message in messages.iter().filter(|message| message["topic"].is_string()) {
        writeln!(file, "{message}").unwrap();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3")
        .args([&root.join("tests/mqtt/judge.py"), &root.join("docs"), file.path()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn read_by_foreign_clients(version: &str) {
    let broker = Broker::start().await;
    let ghost = "homeassistant/device/tocsin-riverside/gone/config";
    let stranger = "homeassistant/device/other/gone/config";
    broker.retain(ghost, "{}");
    broker.retain(stranger, "{}");
    let mut panel = Server::panel().await;
    let installed = Installed::new();
    let line = Line::new(&installed.path("line")).await;
    let generator = Server::generator(&line.far).await;
    installed.write(
        "site/site.toml",
        &(site::PLACES.to_owned() + &site::panel(&panel.place) + &site::generator(&line.near())),
    );
    let keys = "home-assistant = true\nhome-assistant-language = \"en\"\n";
    installed
        .settings(&format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\nversion = \"{version}\"\n{keys}", broker.port));
    let paho = Paho::start(&broker, version).await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    panel.detector(17, FIRE).await;
    let fire = once(10, "the fire", async || open_alarm(&client, "panel-1/l2-d17:fire").await).await;
    let id = fire["id"].as_str().unwrap().to_owned();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), r#"{"note":"seen"}"#).await.status, 200);
    until("the acknowledgement is published", || {
        let alarm = paho.below(&format!("tocsin/riverside/alarm/{id}"));
        alarm.last().is_some_and(|alarm| alarm["payload"].as_str().unwrap().contains("\"note\":\"seen\""))
    })
    .await;
    until("the ghost is gone", || paho.below(ghost).last().is_some_and(|last| last["payload"] == "")).await;
    until("the site and both devices are announced", || {
        paho.below("homeassistant/device/tocsin-riverside/").len() >= 5
    })
    .await;
    until("everything is read, and the fire is counted", || {
        let last = paho.below("tocsin/riverside/state").pop();
        let told = |last: Value| last["payload"].as_str().unwrap().to_owned();
        let fire = r#""fire":{"total":1,"unacknowledged":0}"#;
        last.map(told).is_some_and(|last| last.contains("\"unread\":0") && last.contains(fire))
    })
    .await;
    until("every point is good", || {
        let points = paho.below("tocsin/riverside/point/");
        let latest = points.iter().map(|message| (message["topic"].to_string(), message["payload"].to_string()));
        let latest: std::collections::BTreeMap<String, String> = latest.collect();
        latest.len() > 60 && latest.values().all(|text| !text.contains("never-read"))
    })
    .await;

    let seen = paho.seen();
    let counts = judged(&seen);
    println!("MQTT {version}, read by paho and judged: {counts}");
    let overview = ["state", "overview", "overview on", "overview off"];
    let others = ["status", "device", "point", "alarm", "event", "announcements", "sensor", "units", "examples"];
    for kind in overview.into_iter().chain(others) {
        assert!(counts[kind].as_u64() > Some(0), "no {kind} was judged: {counts}");
    }
    assert!(paho.below(stranger).iter().all(|message| message["payload"] == "{}"), "what is not ours is left alone");
    // Half of the site falls silent: nothing of it is off any more.
    drop(generator);
    until("the silence is told", || {
        let last = paho.below("tocsin/riverside/state").pop();
        last.is_some_and(|last| !last["payload"].as_str().unwrap().contains("\"unread\":0"))
    })
    .await;
    let counts = judged(&paho.seen());
    assert!(counts["overview unread"].as_u64() > Some(0), "{counts}");
    events_are_gapless(&paho);
    expiry_is_told(&paho, version == "5");
    gateway.stop().await;
    within(Duration::from_secs(5), "it says goodbye", || {
        paho.below("tocsin/riverside/status").last().is_some_and(|last| last["payload"].to_string().contains("stopped"))
    })
    .await;
}

fn events_are_gapless(paho: &Paho) {
    let events = paho.below("tocsin/riverside/event");
    let ids = events.iter().map(|event| {
        assert_eq!((&event["qos"], &event["retain"]), (&Value::from(1), &Value::from(false)));
        let event: Value = serde_json::from_str(event["payload"].as_str().unwrap()).unwrap();
        sequence(event["id"].as_str().unwrap())
    });
    let ids: Vec<u64> = ids.collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<u64>>());
}

/// What expires does so in MQTT 5 only, and events and alarms never do.
fn expiry_is_told(paho: &Paho, told: bool) {
    for (topic, life) in [
        ("state", Some(60)),
        ("device", Some(60)),
        ("point", Some(3_600)),
        ("alarm", None),
        ("event", None),
        ("status", None),
    ] {
        let messages = paho.below(&format!("tocsin/riverside/{topic}"));
        assert!(!messages.is_empty(), "{topic}");
        for message in messages.iter().filter(|message| message["payload"] != "") {
            let expires = message["expires"].as_u64();
            match life.filter(|_| told) {
                Some(life) => assert!(expires.is_some_and(|left| left <= life && left + 30 > life), "{message}"),
                None => assert_eq!(expires, None, "{message}"),
            }
            assert_eq!(message["content"].as_str(), told.then_some("application/json"), "{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_clients_read_what_is_published_in_3_1_1() {
    read_by_foreign_clients("3.1.1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_clients_read_what_is_published_in_5() {
    read_by_foreign_clients("5").await;
}

/// The process dies again and again while it has much to tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_gateway_tells_every_event_of_all_its_lives() {
    let mut broker = Broker::start().await;
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    installed.publish_to(&broker);
    let subscriber = super::broker::Subscriber::start(&broker, "tocsin/riverside/event").await;
    let told = || {
        let events = subscriber.under("tocsin/riverside/event").into_iter();
        let ids = events.map(|event| serde_json::from_str::<Value>(&event).unwrap()["seq"].as_u64().unwrap());
        ids.collect::<Vec<u64>>()
    };
    let mut gateway = installed.run().await;
    for life in 0..3_u16 {
        let client = gateway.log_in().await;
        all_known(&client).await;
        broker.down().await;
        for detector in 1..=15 {
            panel.detector(life * 15 + detector, FIRE).await;
        }
        let last = life * 15 + 15;
        once(20, "the last fire", async || open_alarm(&client, &format!("panel-1/l2-d{last}:fire")).await).await;
        let before = told().len();
        broker.up().await;
        // It dies as soon as the first of what had to wait goes out.
        until("events go out", || told().len() > before).await;
        gateway.kill();
        gateway = installed.run().await;
    }
    let client = gateway.log_in().await;
    let committed = client.get("/api/v1/alarms").await.json()["seq"].as_u64().expect("the last fact of the list");
    until("all are told", || told().last() >= Some(&committed)).await;
    let mut highest = 0;
    for seq in told() {
        assert!(seq <= highest + 1, "{seq} follows {highest}: something was lost");
        highest = highest.max(seq);
    }
    println!("{highest} events of four lives, {} repetitions", told().len() as u64 - highest);
    gateway.stop().await;
}
