//! The gateway reports to a city centre.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::bench::{Gateway, Installed, once, open_alarm};
use super::peer::{ANSWER, CONFIRM, DENY, Peer, SEND};
use super::town;

const FIRE_BIT: u64 = 2;
const FAULT_BIT: u64 = 4;

fn settings(installed: &Installed, port: u64, more: &str) {
    installed.settings(&format!(
        "[uplink]\ncentre = \"127.0.0.1:{port}\"\nsource = \"79 03 00 00 00 00\"\ndestination = \"38 5B 01 00 00 00\"\n\
         answer-within = \"1s\"\nheartbeat = \"5s\"\n{more}"
    ));
}

fn component(point: u64, status: u64) -> Value {
    json!({ "say": "component", "zone": 10, "point": point, "status": status })
}

/// What a frame says of a component of loop 10, as (point, status).
fn said(line: &Value) -> Option<(u64, u64)> {
    let said = &line["said"][0];
    (said["type"] == 2 && said["zone"] == 10)
        .then(|| (said["point"].as_u64().unwrap(), said["status"].as_u64().unwrap()))
}

fn is_fire(point: u64) -> impl Fn(&Value) -> bool {
    move |line| said(line).is_some_and(|(of, status)| of == point && status & FIRE_BIT != 0)
}

async fn unit(gateway: &Gateway) -> Peer {
    let mut unit = Peer::unit(&town::place(gateway).await, &[]).await;
    assert_eq!(unit.reports(1, json!({})).await, CONFIRM);
    unit
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fire_is_at_the_centre_within_ten_seconds_whatever_is_lost_on_the_way() {
    let (mut centre, port) = Peer::centre(&[]).await;
    let installed = town::installed("tcp", "");
    settings(&installed, port, "");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let mut unit = unit(&gateway).await;
    centre.next("a sign of life", |line| line["frame"]["command"] == SEND && line["frame"]["adu"] == "").await;

    let began = Instant::now();
    assert_eq!(unit.reports(2, component(17, 3)).await, CONFIRM);
    let fire = centre.next("the fire", is_fire(17)).await;
    println!("field to centre: {} ms", began.elapsed().as_millis());
    assert!(began.elapsed() < Duration::from_secs(10), "GB 26875.1-2011, 4.1.2.1");
    assert_eq!(fire["said"][0]["system"], json!([1, 1]));
    assert_eq!((&fire["said"][0]["status"], &fire["said"][0]["text"]), (&json!(3), &json!("1层R17室")));

    // Two confirmations are lost: the same frame comes twice more.
    centre.tell(json!({ "do": "silent", "count": 2, "point": 18 })).await;
    unit.reports(3, component(18, 3)).await;
    let first = centre.next("the second fire", is_fire(18)).await;
    for _ in 0..2 {
        let again = centre.next("it is sent again", is_fire(18)).await;
        assert_eq!(
            (&again["frame"]["serial"], &again["frame"]["adu"]),
            (&first["frame"]["serial"], &first["frame"]["adu"])
        );
    }
    // It is denied once: it comes again.
    centre.tell(json!({ "do": "denying", "count": 1, "point": 19 })).await;
    unit.reports(4, component(19, 3)).await;
    centre.next("the third fire", is_fire(19)).await;
    centre.next("the third fire again", is_fire(19)).await;

    // A drill is in test for the centre, and an acknowledgement is reported.
    let id = once(10, "the alarm", async || open_alarm(&client, "unit-1/l10-p17:fire").await).await["id"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/verdict"), r#"{"verdict":"drill"}"#).await.status, 200);
    centre.next("in test", |line| said(line) == Some((17, 2))).await;
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), "{}").await.status, 200);
    let is_ack = |line: &Value| line["said"][0]["type"] == 4 && line["said"][0]["operation"] == 0x20;
    assert_eq!(centre.next("acknowledged", is_ack).await["said"][0]["system"], json!([1, 1]));
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    centre.next("silenced", |line| line["said"][0]["type"] == 24 && line["said"][0]["operation"] == 2).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_events_wait_for_a_centre_that_was_away_and_the_fire_goes_first() {
    let (mut centre, port) = Peer::centre(&[]).await;
    let installed = town::installed("tcp", "");
    settings(&installed, port, "");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let address = gateway.address().to_owned();
    let mut unit_before = unit(&gateway).await;
    centre.next("a sign of life", |line| line["frame"]["command"] == SEND).await;

    centre.tell(json!({ "do": "close" })).await;
    let lost = async || open_alarm(&client, "gateway/uplink:self").await.filter(|alarm| alarm["source"] == "active");
    once(30, "the loss of the centre is a fault of ours", lost).await;
    for point in 1..=100 {
        assert_eq!(unit_before.reports(100 + point, component(point, 5)).await, CONFIRM);
    }
    assert_eq!(unit_before.reports(300, component(110, 3)).await, CONFIRM);
    once(30, "the fire is here", async || open_alarm(&client, "unit-1/l10-p110:fire").await).await;
    // And the power fails besides.
    gateway.kill();
    let gateway = installed.run_at(&address).await;
    centre.held.clear();
    centre.tell(json!({ "do": "open" })).await;

    let (mut order, mut faults) = (Vec::new(), std::collections::BTreeSet::new());
    while faults.len() < 100 || !order.contains(&110) {
        let line = centre.next("what waited", |line| said(line).is_some()).await;
        let (point, status) = said(&line).unwrap();
        order.push(point);
        if status & FAULT_BIT != 0 {
            faults.insert(point);
        }
    }
    assert_eq!(order[0], 110, "the last that happened, and the fire: {order:?}");
    assert_eq!(faults, (1..=100).collect(), "each of them");
    let client = gateway.log_in().await;
    let back = async || {
        let alarm = open_alarm(&client, "gateway/uplink:self").await;
        alarm.is_none_or(|alarm| alarm["source"] == "quiet").then_some(())
    };
    once(30, "the fault is over", back).await;
    gateway.stop().await;
    installed.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_centre_asks_and_a_person_answers_the_duty_check() {
    let (mut centre, port) = Peer::centre(&["--udp"]).await;
    let installed = town::installed("tcp", "");
    settings(&installed, port, "transport = \"udp\"\n");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let mut unit = unit(&gateway).await;
    centre.next("a sign of life", |line| line["frame"]["command"] == SEND).await;
    assert_eq!(unit.reports(2, component(7, 3)).await, CONFIRM);
    centre.next("the fire", is_fire(7)).await;

    let mut serial = 500;
    let mut ask = async |adu: &str, command: u64, expected: u64| {
        serial += 1;
        centre.tell(json!({ "do": "send", "serial": serial, "command": command, "adu": adu })).await;
        let answer = centre.frame(expected, Some(serial)).await;
        answer["said"].clone()
    };
    assert_eq!(ask("3d010101", 4, ANSWER).await[0]["status"], 3, "the system: fire");
    let states = ask("3e0201010a00070001010a000800", 4, ANSWER).await;
    assert_eq!(states.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&states[0]["status"], &states[0]["text"], &states[1]["status"]),
        (&json!(3), &json!("1层R7室"), &json!(1))
    );
    assert_eq!(ask("430101010a000700", 4, ANSWER).await[0]["text"], "1层R7室");
    assert_eq!(ask("510100", 4, ANSWER).await[0]["type"], 21);
    assert_eq!(ask("560100", 4, ANSWER).await[0]["text"], "滨河广场");
    for (adu, kind) in [("550100", 25), ("580100", 28), ("44010101", 8)] {
        assert_eq!(ask(adu, 4, ANSWER).await[0]["type"], kind);
    }
    ask("3d010901", 4, DENY).await;
    ask("3f0101010a000700", 4, DENY).await;
    ask("3e0101010b000700", 4, DENY).await;
    ask("590100", 1, DENY).await;
    ask("5a012a1e0c010119", 1, CONFIRM).await;

    ask("5b010a", 4, CONFIRM).await;
    let check = once(30, "shown at the wall", async || open_alarm(&client, "gateway/duty-check:self").await).await;
    assert!(check["detail"]["zh"].as_str().unwrap().contains("查岗"), "{check}");
    let id = check["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), "{}").await.status, 200);
    centre
        .next("somebody is on duty", |line| line["said"][0]["type"] == 24 && line["said"][0]["operation"] == 0x20)
        .await;
    let over = async || open_alarm(&client, "gateway/duty-check:self").await.is_none().then_some(());
    once(30, "it is over", over).await;
    gateway.stop().await;
}
