//! The power fails in the middle.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::bench::{Installed, all_known, once, open, open_alarm, state};
use super::field::{FIRE, Server};
use super::site;

/// What of an alarm must outlive a restart.
fn kept(alarms: &[Value]) -> BTreeMap<String, Value> {
    let keys = ["condition", "ack", "verdict", "count", "first", "raised_at", "inhibit", "life", "latched", "incident"];
    let kept = |alarm: &Value| Value::from(keys.map(|key| alarm[key].clone()).to_vec());
    alarms.iter().map(|alarm| (alarm["id"].as_str().unwrap().to_owned(), kept(alarm))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_forgotten_when_the_power_fails() {
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let gateway = installed.run().await;
    let (client, address) = (gateway.log_in().await, gateway.address().to_owned());
    all_known(&client).await;

    let review = tocsin::live::document::timestamp(
        tocsin::edge::clock::Clock::start().now().wall.after(Duration::from_secs(3_600)),
        &jiff::tz::TimeZone::UTC,
    );
    let isolation = json!({ "point": "panel-1/l2-d19", "reason": "hot work", "review_at": review }).to_string();
    assert_eq!(client.post("/api/v1/isolations", &isolation).await.status, 201);
    for detector in 17..20 {
        panel.detector(detector, FIRE).await;
    }
    once(5, "three fires", async || (open(&client).await.len() == 3).then_some(())).await;
    let acked = open_alarm(&client, "panel-1/l2-d18:fire").await.unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(client.post(&format!("/api/v1/alarms/{acked}/ack"), r#"{"note":"seen"}"#).await.status, 200);
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    assert_eq!(state(&client).await["sound"]["tone"], Value::Null);

    // In the middle: the panel goes on raising while the process dies; what was shown must come back.
    for detector in 30..40 {
        panel.detector(detector, FIRE).await;
    }
    let before = once(5, "more fires", async || Some(open(&client).await).filter(|open| open.len() > 3)).await;
    gateway.kill();
    let place = panel.place.clone();
    panel.kill().await;

    let restarted = Instant::now();
    let gateway = installed.run_at(&address).await;
    println!("restarted after kill -9: serves after {} ms", restarted.elapsed().as_millis());
    // The very first answer, not one after a while.
    let open_now: Vec<Value> = open(&client).await.into_iter().filter(|alarm| alarm["category"] == "fire").collect();
    let (was, is) = (kept(&before), kept(&open_now));
    assert!(was.iter().all(|(id, alarm)| is.get(id) == Some(alarm)), "was {was:#?}\nis {is:#?}");
    assert!(open_now.iter().all(|alarm| alarm["source"] == "unknown"), "nothing was read yet: {open_now:#?}");
    let sounding = state(&client).await["sound"].clone();
    assert_eq!(sounding["tone"], "fire", "unacknowledged fire sounds again");
    assert!(!sounding["sounding"].as_array().unwrap().contains(&json!(acked)), "{sounding}");
    let isolations = client.get("/api/v1/isolations").await.json();
    assert!(isolations.to_string().contains("hot work"), "{isolations}");
    assert!(state(&client).await["banner"]["state"] == "fire");
    installed.verify().await;

    let fires: Vec<u16> = (17..20).chain(30..40).collect();
    let _panel = Server::panel_again(&place, &fires).await;
    let after = once(15, "every source is active again", async || {
        let open = open(&client).await;
        let fires: Vec<Value> = open.into_iter().filter(|alarm| alarm["category"] == "fire").collect();
        (fires.len() == 13 && fires.iter().all(|alarm| alarm["source"] == "active")).then_some(fires)
    })
    .await;
    let is = kept(&after);
    assert!(was.iter().all(|(id, alarm)| is.get(id) == Some(alarm)), "the same episodes: was {was:#?}\nis {is:#?}");
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200, "the session goes on");
    gateway.stop().await;
    let verified = installed.verify().await;
    println!("the journal of both runs verifies: {} facts", verified["facts"]);
}
