//! P24: what happened while nobody listened, and stood only in the device's own log.
//!
//! A detector sees a fire while its line is cut, and another while the gateway is down. Both are in its event memory;
//! both are in the journal with the detector's own time, announced until somebody knows of them, and told once. What was
//! seen live is not announced by the memory again.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::bench::{Gateway, Installed, all_known, once, open_alarm};
use super::client::Client;
use super::device::{Registers, Step};
use super::server::{Server, silent};
use super::sites;

const FAAST: &str = include_str!("../../device-profiles/faast/profile.toml");
const OFTEN: &str = "poll = { fire = \"100ms\", fast = \"100ms\", normal = \"1s\", slow = \"1s\" }";
/// The first of forty entries.
const FIRST: u16 = 1604;
/// 2026-01-04 23:30:05 by the detector's clock.
const BEGIN: u32 = 1_767_569_405;

/// A detector with clean air, so many seconds after [`BEGIN`].
fn note(registers: &Registers, after: u32, code: u16) {
    for at in (FIRST..FIRST + 39 * 3).rev() {
        registers.set(1, at + 3, registers.get(1, at));
    }
    let time = BEGIN + after;
    registers.set(1, FIRST, (time >> 16) as u16);
    registers.set(1, FIRST + 1, time as u16);
    registers.set(1, FIRST + 2, code);
    registers.set(1, 1601, registers.get(1, 1601) + 1);
}

/// What the journal has of the memory: time of the device, code, back-filled.
async fn remembered(client: &Client) -> Vec<Json> {
    let journal = client.get("/api/v1/journal?limit=1000&kind=remembered").await.json();
    let facts = journal["events"].as_array().expect("a list").clone();
    facts.iter().map(|fact| json!([fact["device_time"], fact["code"], fact["back_filled"]])).collect()
}

/// How often the whole memory was read.
fn reads(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.start() == FIRST).count()
}

fn looks(server: &Server) -> usize {
    server.asked().iter().filter(|asked| (asked.start(), asked.count()) == (1601, 1)).count()
}

async fn acknowledge(client: &Client, condition: &str) {
    let id = open_alarm(client, condition).await.expect("it is open")["id"].as_str().expect("an id").to_owned();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), "").await.status, 200);
}

async fn until_open(client: &Client, condition: &str) {
    once(60, condition, async || open_alarm(client, condition).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn p24_what_only_the_device_noted_is_told_once_and_announced() {
    let registers = Registers::default();
    registers.set(1, 12, 3250);
    note(&registers, 0, 36);
    note(&registers, 10, 15);
    let server = Server::tcp(registers.well());
    let here = Installed::new();
    sites::write(&here.path("site"), &sites::text(&sites::tcp(&server.place), OFTEN, &[1]), FAAST);
    let gateway = here.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    once(60, "its memory is history", async || {
        let taken = client.get("/api/v1/journal?kind=memory-taken").await.json();
        (taken["events"].as_array()?.len() == 1).then_some(())
    })
    .await;

    // Seen live: the memory says the same, and nobody is told of it twice.
    registers.set(1, 8, 0x08);
    note(&registers, 100, 15);
    until_open(&client, "unit-1/fire-1:fire").await;
    once(60, "the entry is explained", async || (remembered(&client).await.len() == 1).then_some(())).await;
    assert_eq!(remembered(&client).await, [json!(["2026-01-04 23:31:45", 15, false])]);
    assert!(open_alarm(&client, "unit-1/memory:fire").await.is_none());
    acknowledge(&client, "unit-1/fire-1:fire").await;
    registers.set(1, 8, 0);

    // Away: a fire comes and goes, and so does the air.
    server.play(silent());
    until_open(&client, "unit-1/link:link-fault").await;
    note(&registers, 200, 15);
    note(&registers, 230, 25);
    server.play(registers.well());
    until_open(&client, "unit-1/memory:fault").await;
    let both = [json!(["2026-01-04 23:33:25", 15, true]), json!(["2026-01-04 23:33:55", 25, true])];
    assert_eq!(remembered(&client).await[1..], both);
    let fire = open_alarm(&client, "unit-1/memory:fire").await.expect("it is announced");
    assert_eq!((&fire["count"], &fire["place"]["text"].is_object()), (&json!(1), &true));

    // The gateway is down while the next one happens. It tells that one, and nothing twice.
    let address = gateway.address().to_owned();
    drop(client);
    gateway.kill();
    note(&registers, 300, 16);
    let before = (reads(&server), looks(&server));
    let gateway: Gateway = here.run_at(&address).await;
    let client = gateway.log_in().await;
    once(60, "the third entry is told", async || (remembered(&client).await.len() == 4).then_some(())).await;
    once(60, "the memory is read and looked at again", async || {
        (reads(&server) > before.0 && looks(&server) > before.1 + 3).then_some(())
    })
    .await;
    assert_eq!(remembered(&client).await[3..], [json!(["2026-01-04 23:35:05", 16, true])]);
    let fire = open_alarm(&client, "unit-1/memory:fire").await.expect("it waits for somebody");
    assert_eq!(fire["count"], 2, "two fires that nobody saw");

    // Somebody knows of them: that ends it.
    acknowledge(&client, "unit-1/memory:fire").await;
    assert!(open_alarm(&client, "unit-1/memory:fire").await.is_none());
    assert!(open_alarm(&client, "unit-1/memory:fault").await.is_some(), "each by itself");
    drop(client);
    gateway.stop().await;
    here.verify().await;
    // A detector that refuses to show its memory is read all the same.
    let refusing = registers.clone();
    server.play(Arc::new(move |asked| match asked.start() {
        FIRST => vec![Step::Send(asked.exception(2))],
        _ => vec![Step::Send(refusing.answer(asked))],
    }));
    let gateway = here.run_at(&address).await;
    let client = gateway.log_in().await;
    until_open(&client, "unit-1/memory:link-fault").await;
    all_known(&client).await;
    assert!(open_alarm(&client, "unit-1/link:link-fault").await.is_none_or(|link| link["source"] != "active"));
}
