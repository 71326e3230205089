//! Devices that report to the gateway.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use super::bench::{Gateway, once, open, open_alarm};
use super::client::Client;
use super::peer::{CONFIRM, DENY, Peer, REQUEST};
use super::town;

const NORMAL: u64 = 1;
const FIRE: u64 = 3;
const FAULT: u64 = 5;

async fn active(client: &Client, condition: &str) -> Value {
    let is = async || open_alarm(client, condition).await.filter(|alarm| alarm["source"] == "active");
    once(30, &format!("{condition} is active"), is).await
}

async fn quiet(client: &Client, condition: &str) {
    let is = async || {
        let alarm = open_alarm(client, condition).await;
        alarm.is_none_or(|alarm| alarm["source"] == "quiet").then_some(())
    };
    once(30, &format!("{condition} is quiet"), is).await;
}

fn component(point: u64, status: u64) -> Value {
    json!({ "say": "component", "zone": 10, "point": point, "status": status, "text": "1F-R101" })
}

/// A device's fire, its end, and everything that can go wrong on the way.
async fn whole_life(gateway: &Gateway, mut unit: Peer, datagrams: bool) {
    let client = gateway.log_in().await;
    // It comes with a sign of life and is asked for its states.
    unit.tell(json!({ "do": "answer", "type": 0x51, "say": "unit", "status": 0x41 })).await;
    assert_eq!(unit.reports(1, json!({})).await, CONFIRM);
    active(&client, "unit-1/unit-line:fault").await;
    let asked = unit.next("systems are asked for", |line| line["frame"]["adu"] == "3d010101").await;
    assert_eq!(asked["frame"]["command"], REQUEST);
    let is_elements = |line: &Value| line["frame"]["adu"].as_str().is_some_and(|adu| adu.starts_with("3e16"));
    unit.next("elements are asked for", is_elements).await;

    assert_eq!(unit.reports(4, component(2, FIRE)).await, CONFIRM);
    let fire = active(&client, "unit-1/l10-p2:fire").await;
    assert_eq!((&fire["place"]["text"]["zh"], &fire["count"]), (&json!("1层R2室"), &json!(1)));
    // The same again, because the confirmation was lost: confirmed, and no second fire.
    assert_eq!(unit.reports(4, component(2, FIRE)).await, CONFIRM);
    // What nobody listed is raised all the same.
    assert_eq!(
        unit.reports(5, json!({ "say": "component", "system": [12, 1], "zone": 3, "point": 7, "status": FIRE })).await,
        CONFIRM
    );
    active(&client, "unit-1/s12-1-l3-p7:fire").await;
    // A wrong sum is denied, and what follows is heard.
    assert_eq!(
        unit.reports(6, json!({ "say": "component", "zone": 10, "point": 3, "status": FAULT, "break": [30] })).await,
        DENY
    );
    assert_eq!(unit.reports(7, json!({ "adu": "0200" })).await, DENY, "no object");
    assert_eq!(
        unit.reports(8, json!({ "adu": "15020100000000000000" })).await,
        DENY,
        "a length that contradicts the count"
    );
    if !datagrams {
        let noise = json!({ "say": "component", "zone": 10, "point": 3, "status": FAULT, "before": "000d4040ff23230d40", "pieces": 1 });
        assert_eq!(unit.reports(9, noise).await, CONFIRM, "byte by byte, behind noise");
        let twice = json!({ "say": "system", "status": 0x0101, "times": 2 });
        assert_eq!(unit.reports(10, twice).await, CONFIRM);
        unit.frame(CONFIRM, Some(10)).await;
        active(&client, "unit-1/l10-p3:fault").await;
        active(&client, "unit-1/s1-1:mains-fault").await;
    }
    // Zeros are a test.
    assert_eq!(unit.reports(11, json!({ "say": "system", "status": 0 })).await, CONFIRM);
    active(&client, "unit-1/s1-1:test").await;
    if !datagrams {
        // A frame that was begun and claims a thousand bytes more does not hide the fire behind it for long.
        let begun = "4040".to_owned() + &"11".repeat(22) + "0004" + "02";
        let hidden = json!({ "say": "component", "zone": 10, "point": 4, "status": FIRE, "before": begun });
        assert_eq!(unit.reports(14, hidden).await, CONFIRM);
        active(&client, "unit-1/l10-p4:fire").await;
    }
    // Somebody else calls.
    assert_eq!(unit.reports(12, json!({ "source": 0x1234 })).await, DENY);
    let stranger = active(&client, "gateway/unlisted.city:self").await;
    assert!(stranger["detail"]["en"].as_str().unwrap().contains("4660 (34 12 00 00 00 00)"), "{stranger}");
    assert_eq!(unit.reports(13, component(2, NORMAL)).await, CONFIRM);
    quiet(&client, "unit-1/l10-p2:fire").await;
    let fire = open_alarm(&client, "unit-1/l10-p2:fire").await.expect("it stays until it is acknowledged");
    assert_eq!((&fire["count"], &fire["latched"]), (&json!(1), &json!(true)));
    assert!(!open(&client).await.iter().any(|alarm| alarm["condition"] == "unit-1/l10-p3:fire"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_reports_over_tcp() {
    let installed = town::installed("tcp", "");
    let gateway = installed.run().await;
    let unit = Peer::unit(&town::place(&gateway).await, &[]).await;
    whole_life(&gateway, unit, false).await;
    gateway.stop().await;
    installed.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_reports_over_udp_with_a_checksum_of_its_own() {
    let installed = town::installed("udp", "checksum = \"from-command\"");
    let gateway = installed.run().await;
    let unit = Peer::unit(&town::place(&gateway).await, &["--udp", "--checksum", "from-command"]).await;
    whole_life(&gateway, unit, true).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_falls_silent_is_lost_and_what_it_said_stays() {
    let installed = town::installed("tcp", "silent-after = \"10s\"");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let mut unit = Peer::unit(&town::place(&gateway).await, &[]).await;
    assert_eq!(unit.reports(1, component(5, FIRE)).await, CONFIRM);
    active(&client, "unit-1/l10-p5:fire").await;
    unit.tell(json!({ "do": "close" })).await;
    active(&client, "unit-1/link:link-fault").await;
    let fire = open_alarm(&client, "unit-1/l10-p5:fire").await.expect("silence clears nothing");
    assert_eq!(fire["source"], "unknown");
    unit.tell(json!({ "do": "open" })).await;
    // The device answers now what the matter is.
    let state = json!({ "do": "answer", "type": 0x3e, "say": "component", "zone": 10, "point": 5, "status": FIRE });
    unit.tell(state).await;
    assert_eq!(unit.reports(2, json!({})).await, CONFIRM);
    active(&client, "unit-1/l10-p5:fire").await;
    quiet(&client, "unit-1/link:link-fault").await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_say_nothing_are_bounded_and_shut_nobody_out_for_good() {
    let installed = town::installed("tcp", "");
    let gateway = installed.run().await;
    let place = town::place(&gateway).await;
    let mut callers = Vec::new();
    for _ in 0..256 {
        callers.push(tokio::net::TcpStream::connect(&place).await.expect("it listens"));
    }
    let mut extra = tokio::net::TcpStream::connect(&place).await.expect("it listens");
    let mut byte = [0; 1];
    let read = tokio::time::timeout(Duration::from_secs(30), extra.read(&mut byte)).await;
    assert!(matches!(read, Ok(Ok(0) | Err(_))), "it is hung up on: {read:?}");
    drop(callers);
    // Their places are free as soon as the gateway has seen them go.
    once(30, "a device gets through", async || {
        let mut caller = tokio::net::TcpStream::connect(&place).await.ok()?;
        let read = tokio::time::timeout(Duration::from_millis(300), caller.read(&mut byte)).await;
        read.is_err().then_some(())
    })
    .await;
    let mut unit = Peer::unit(&place, &[]).await;
    assert_eq!(unit.reports(1, component(2, FIRE)).await, CONFIRM);
    gateway.stop().await;
}
