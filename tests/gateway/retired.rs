//! The oldest records leave with a manager's approval: by the real command, and while the real gateway runs (RC-01).

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::edge::clock::Clock;
use tocsin::edge::journal::Journal;
use tocsin::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind};
use tocsin::engine::base::{Now, Wall};

use tokio::time::{Instant, sleep};

use super::bench::{Installed, PASSWORD, all_known, once, state};
use super::client::Client;
use super::field::{FIRE, REST, Server};
use super::site;

/// Records of three years ago: more of one class than must stay at hand.
const OLD: u64 = 10_400;
const YEARS_US: i64 = 3 * 366 * 86_400 * 1_000_000;

fn old_facts(installed: &Installed, count: u64) {
    let then = Wall(Clock::start().now().wall.0 - YEARS_US);
    let opened = Journal::open(&installed.path("state"), Now { wall: then, ..Now::default() }).unwrap();
    let fact = |seq: u64| {
        let id = FactId { epoch: opened.epoch, seq };
        let kind = FactKind::Configured { config: format!("configuration {seq}") };
        Fact { v: FACT_VERSION, id, at: Wall(then.0 + seq.cast_signed()), by: None, key: None, kind }
    };
    opened.journal.submit((1..=count).map(fact).collect());
}

/// What `journal retire` says, approved by `by` with the password in this file.
async fn retire(installed: &Installed, by: &str, password: &str, reason: &str) -> (Option<i32>, String, String) {
    let [config, state, password] = ["", "state", password].map(|name| installed.path(name));
    let paths = [&config, &state, &password].map(|path| path.to_str().expect("a plain path"));
    let [config, state, password] = paths;
    let arguments = ["journal", "retire", "--config", config, "--state", state, "--by", by];
    let arguments = [arguments.as_slice(), &["--password-file", password, "--reason", reason]].concat();
    Installed::ended(installed.command(&arguments)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_records_leave_with_a_managers_word_and_never_while_the_gateway_runs() {
    let panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    old_facts(&installed, OLD);
    installed.write("wrong", "not the password");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    let clerk = client.post("/api/v1/users", &json!({ "name": "li", "role": "operator" }).to_string()).await;
    assert_eq!(clerk.status, 201, "{}", clerk.text);
    installed.write("clerk", clerk.json()["password"].as_str().unwrap());

    let refused = async |by: &str, password: &str, reason: &str, why: &str| {
        let (code, out, err) = retire(&installed, by, password, reason).await;
        assert!((code, out.as_str()) == (Some(1), "") && err.contains(why), "{why}: {code:?} {out} {err}");
    };
    refused("admin", "password", "three years", "keeps its journal for ever").await;
    installed.settings("[journal]\nkeep = \"1y\"\n");
    let running =
        format!("in use by another Tocsin (process {}), which retires records while it runs: ", gateway.pid());
    refused("admin", "password", "three years", &running).await;
    gateway.stop().await;
    refused("admin", "wrong", "three years", "do not belong together").await;
    refused("li", "clerk", "three years", "li is no manager").await;
    refused("admin", "password", " ", "--reason: say why").await;
    let before = installed.verify().await;
    assert_eq!(before["checkpoint"], Value::Null, "what was refused changed nothing: {before}");

    let (code, out, err) = retire(&installed, "admin", "password", "three years").await;
    assert_eq!(code, Some(0), "{err}");
    let sealed = format!("{OLD} facts up to {OLD} are sealed in archive/1-{OLD}.jsonl.gz; ");
    assert!(out.starts_with(&sealed) && out.contains("checkpoint signed by ed25519 "), "{out}");
    assert!(installed.path(&format!("state/archive/1-{OLD}.jsonl.gz")).is_file());
    let after = installed.verify().await;
    assert_eq!(after["checkpoint"]["seq"], OLD, "{after}");
    assert!(after["facts"].as_u64() < before["facts"].as_u64(), "{after}");
    refused("admin", "password", "three years", "nothing may be taken out after fact").await;
    starts_over_what_is_left(&installed).await;
}

/// Ten thousand of the class stay at hand, the act is in the record, and the gateway goes on.
async fn starts_over_what_is_left(installed: &Installed) {
    let state = installed.path("state");
    let state = state.to_str().expect("a plain path");
    let (code, out, err) = Installed::ended(installed.command(&["journal", "replay", "--state", state])).await;
    assert_eq!(code, Some(0), "{out}{err}");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let word = client.get("/api/v1/journal?kind=records-retired").await.json();
    let word = &word["events"][0];
    assert_eq!((&word["by"]["user"], &word["by"]["origin"]), (&json!("admin"), &json!("command line")), "{word}");
    assert_eq!((&word["upto"], &word["reason"]), (&json!(OLD), &json!("three years")), "{word}");
    gateway.stop().await;

    let copy = installed.path("copy.jsonl");
    let copied = ["journal", "export", "--state", state, "--out", copy.to_str().expect("a plain path")];
    let (code, _, err) = Installed::ended(installed.command(&copied)).await;
    assert_eq!(code, Some(0), "{err}");
    let facts = std::fs::read_to_string(&copy).unwrap();
    let read = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let own = ["configured", "restarted", "clock-stepped"];
    let seqs: Vec<u64> = facts
        .lines()
        .map(read)
        .filter(|fact| own.iter().any(|kind| fact["kind"] == *kind))
        .map(|fact| fact["seq"].as_u64().unwrap())
        .collect();
    assert!((10_000..10_100).contains(&seqs.len()), "{}", seqs.len());
    assert!(seqs[0] > 300 && seqs[0] <= OLD, "the oldest are gone: {}", seqs[0]);
}

/// Records of three years ago for a retirement that takes its time: as many as a debug build looks at in some seconds.
const MANY: u64 = 30_000;

async fn outlook(client: &Client) -> Value {
    client.get("/api/v1/journal/retirement").await.json()
}

/// Ready to leave, under load: a gateway with many old records, its panel, and a manager.
async fn with_many() -> (Server, Installed) {
    let panel = Server::panel().await;
    let site = site::PLACES.to_owned() + &site::panel(&panel.place).replace("fire = \"1s\"", "fire = \"100ms\"");
    let installed = Installed::with(&site);
    installed.settings("[journal]\nkeep = \"1y\"\n");
    old_facts(&installed, MANY);
    (panel, installed)
}

async fn approved(client: &Client) {
    let body = json!({ "password": PASSWORD, "reason": "three years" }).to_string();
    let begun = client.post("/api/v1/journal/retirement", &body).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_leave_a_running_gateway_and_no_fire_waits_for_it() {
    let (mut panel, installed) = with_many().await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    assert_eq!(outlook(&client).await["aged"], MANY);
    let before = state(&client).await["seq"].as_u64().unwrap();
    let mut stream = client.open("GET", "/api/v1/stream", &[], "").await;
    approved(&client).await;
    let (mut raised, mut seen) = (0_u64, false);
    let end = Instant::now() + Duration::from_secs(240);
    loop {
        // A detector comes and goes: facts are decided, committed and shown all the while.
        panel.detector(1, if raised.is_multiple_of(2) { FIRE } else { REST }).await;
        raised += 1;
        sleep(Duration::from_millis(100)).await;
        let progress = outlook(&client).await["progress"].clone();
        seen |= progress["state"] == "preparing";
        if progress["state"] == "done" && progress["left"] == 0 {
            break;
        }
        assert!(progress["state"] != "refused" && Instant::now() < end, "{progress}");
    }
    assert!(seen, "it was made ready beside the gateway");
    let after = outlook(&client).await;
    assert_eq!((&after["last"]["upto"], &after["last"]["by"]), (&json!(MANY), &json!("admin")), "{after}");
    let now = state(&client).await["seq"].as_u64().unwrap();
    // How many depends on how long the machine took; one of them is the retirement itself.
    assert!(now > before + 2, "facts came all the while: {before} to {now}");
    // Everything was durable before it was shown: no commit took half a second.
    let own = client.get("/api/v1/journal?kind=raised&device=gateway").await.json();
    assert!(!own["events"].to_string().contains("gateway/journal"), "{own}");
    let shown = told(&mut stream, now).await;
    assert!(shown.contains("records-retired") && !shown.contains("\"recorded\":false"), "{shown}");
    gateway.stop().await;
    let verified = installed.verify().await;
    assert_eq!(verified["checkpoint"]["seq"], MANY, "{verified}");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    assert_eq!(outlook(&client).await["last"]["upto"], MANY);
    gateway.stop().await;
}

/// What the stream says, until the fact `seq` was told.
async fn told(stream: &mut reqwest::Response, seq: u64) -> String {
    let mut said = String::new();
    let last = format!("\"seq\":{seq},");
    let read = async {
        while !said.contains(&last) {
            let piece = stream.chunk().await.unwrap().expect("it goes on");
            said.push_str(&String::from_utf8_lossy(&piece));
        }
    };
    tokio::time::timeout(Duration::from_secs(30), read).await.expect("everything is told");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_killed_while_records_leave_begins_before_or_after_it() {
    let (_panel, installed) = with_many().await;
    // While it is looked at, archived, read back, and once it is in the record.
    for until in ["looking", "archiving", "checking", "done"] {
        let gateway = installed.run().await;
        let client = gateway.log_in().await;
        approved(&client).await;
        let reached = once(240, until, async || {
            let progress = outlook(&client).await["progress"].clone();
            let reached = progress["doing"] == until || progress["state"] == until;
            (reached || progress["state"] == "done").then_some(progress)
        });
        let reached = reached.await;
        gateway.kill();
        let verified = installed.verify().await;
        let is_out = verified["checkpoint"]["seq"] == MANY;
        assert!(
            is_out || (reached["state"] != "done" && verified["facts"].as_u64().unwrap() >= MANY),
            "{reached} {verified}"
        );
        if is_out {
            break;
        }
    }
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let after = outlook(&client).await;
    assert_eq!((&after["last"]["upto"], &after["progress"]["state"]), (&json!(MANY), &json!("none")), "{after}");
    gateway.stop().await;
    let verified = installed.verify().await;
    assert!(verified["facts"].as_u64().unwrap() < 10_200, "what had left is out: {verified}");
}
