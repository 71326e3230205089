//! A person acts over HTTP; the field is a panel that is not ours.

use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Installed, PASSWORD, all_known, normal, once, open, open_alarm, state};
use super::client::Client;
use super::field::{FIRE, REST, Server};
use super::site;

const CONDITION: &str = "panel-1/l2-d17:fire";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fire_is_handled_from_the_first_alarm_to_the_reset() {
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let gateway = installed.run().await;
    let stranger = Client::new(&gateway.url);
    let wrong = json!({ "user": "admin", "password": "not it, sorry" }).to_string();
    assert_eq!(stranger.post("/api/v1/session", &wrong).await.error(), (401, "bad-credentials".into()));
    let client = gateway.log_in().await;
    all_known(&client).await;
    panel.detector(17, FIRE).await;
    let alarm = once(5, "the fire is shown", async || open_alarm(&client, CONDITION).await).await;
    let id = alarm["id"].as_str().unwrap().to_owned();
    nobody_acts_without_a_session(&stranger, &id).await;

    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    let building = json!({ "scope": { "building": "2" } }).to_string();
    let refused = client.post("/api/v1/reset", &building).await;
    assert_eq!((refused.error(), &refused.json()["ids"]), ((409, "unacknowledged".into()), &json!([id])));
    let ack = format!("/api/v1/alarms/{id}/ack");
    let key = [("idempotency-key", "one-ack")];
    let first = client.send("POST", &ack, &key, r#"{"note":"on my way"}"#).await;
    let again = client.send("POST", &ack, &key, r#"{"note":"on my way"}"#).await;
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!((&first.json()["id"], &first.json()["recorded"]), (&again.json()["id"], &json!(true)));
    assert_eq!(client.post(&ack, "").await.error(), (409, "already-acknowledged".into()));
    let verdict = client.post(&format!("/api/v1/alarms/{id}/verdict"), r#"{"verdict":"false","cause":"steam"}"#).await;
    assert_eq!(verdict.status, 200, "{}", verdict.text);
    isolated_and_released(&client).await;

    // The panel is reset, then ours: what was false is over.
    panel.detector(17, REST).await;
    assert_eq!(client.post("/api/v1/reset", &building).await.status, 200);
    once(25, "the reset is complete", async || open(&client).await.is_empty().then_some(())).await;
    normal(&client).await;
    let journal = client.get("/api/v1/journal?limit=1000").await.json();
    let acts: Vec<&str> = journal["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["by"]["user"] == "admin" || event["by"] == "admin")
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    println!("acts in the journal: {acts:?}");
    assert_eq!(acts, ["silenced", "acknowledged", "judged", "isolated", "released", "reset"]);
    gateway.stop().await;
}

async fn nobody_acts_without_a_session(stranger: &Client, id: &str) {
    let acts = [
        "/api/v1/silence".to_owned(),
        "/api/v1/reset".to_owned(),
        format!("/api/v1/alarms/{id}/ack"),
        format!("/api/v1/alarms/{id}/verdict"),
        "/api/v1/alarms/ack".to_owned(),
        "/api/v1/isolations".to_owned(),
        "/api/v1/commands".to_owned(),
    ];
    for path in acts {
        assert_eq!(stranger.post(&path, "{}").await.error(), (401, "no-session".into()), "{path}");
    }
    assert!(open_alarm(stranger, CONDITION).await.is_some_and(|alarm| alarm["ack"].is_null()), "reading is open here");
}

async fn isolated_and_released(client: &Client) {
    let review = tocsin::live::document::timestamp(
        tocsin::edge::clock::Clock::start().now().wall.after(Duration::from_secs(3_600)),
        &jiff::tz::TimeZone::UTC,
    );
    let body = json!({ "point": "panel-1/l2-d17", "reason": "hot work", "review_at": review }).to_string();
    let made = client.post("/api/v1/isolations", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let shown = state(client).await;
    assert_eq!((&shown["banner"]["state"], &shown["banner"]["isolated"]), (&json!("fire"), &json!(true)));
    let isolation = format!("/api/v1/isolations/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(client.send("DELETE", &isolation, &[], "").await.status, 200);
    assert_eq!(state(client).await["banner"]["isolated"], json!(false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_requests_are_told_what_is_wrong() {
    let panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let checks: [(&str, &str, String, u16, &str); 8] = [
        ("POST", "/api/v1/alarms/ack", "{".into(), 400, "malformed-json"),
        ("POST", "/api/v1/alarms/ack", r#"{"ids":7}"#.into(), 422, "bad-request"),
        ("POST", "/api/v1/alarms/ack", "x".repeat(70_000), 413, "too-large"),
        ("POST", "/api/v1/alarms/9-9/ack", String::new(), 404, "not-found"),
        ("POST", "/api/v1/reset", r#"{"scope":{"building":"9"}}"#.into(), 404, "no-such-scope"),
        ("GET", "/api/v1/nowhere", String::new(), 404, "no-such-address"),
        ("DELETE", "/api/v1/state", String::new(), 405, "method-not-allowed"),
        ("POST", "/api/v1/session", format!(r#"{{"user":"nobody","password":"{PASSWORD}"}}"#), 401, "bad-credentials"),
    ];
    for (method, path, body, status, error) in checks {
        let answer = client.send(method, path, &[], &body).await;
        assert_eq!(answer.error(), (status, error.to_owned()), "{method} {path}");
    }
    // Bytes that are no HTTP at all, and a request that never ends, disturb nobody.
    let mut raw = tokio::net::TcpStream::connect(gateway.address()).await.unwrap();
    let _open_for_ever = tokio::net::TcpStream::connect(gateway.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut raw, &[0xFF; 4_096]).await.unwrap();
    let seen: Value = state(&client).await;
    assert_eq!(seen["site"]["id"], "riverside");
    gateway.stop().await;
}
