//! What the console and the API show of what is known: the first alarm while it is isolated, statuses as they are, sequences
//! under way; and what they refuse because it is not what was seen or cannot be meant.

use std::time::Duration;

use serde_json::{Value, json};

use super::bench::Bench;
use super::client::Client;
use super::{FIRE, quiet_site};

fn soon(bench: &Bench) -> String {
    let review = bench.now().wall.after(Duration::from_secs(3_600));
    tocsin::live::document::timestamp(review, &jiff::tz::TimeZone::UTC)
}

/// The first alarm is isolated and another fire is not: the banner keeps the first one's place, says that it is isolated,
/// and where the other is; the state itself is a fire like any other.
#[tokio::test]
async fn the_first_alarm_keeps_its_place_when_it_is_isolated() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    bench.tell("panel-1/l1-d5:fire", true).await;
    let body = json!({ "point": "panel-1/l1-d1", "reason": "dust", "review_at": soon(&bench) }).to_string();
    assert_eq!(client.post("/api/v1/isolations", &body).await.status, 201);
    let banner = client.get("/api/v1/state").await.json()["banner"].clone();
    assert_eq!((&banner["alarm"]["condition"], &banner["alarm"]["first"]), (&json!(FIRE), &json!(true)));
    assert_eq!(banner["alarm"]["inhibit"], json!(["isolated"]));
    assert_eq!(banner["beside"]["condition"], "panel-1/l1-d5:fire");
    assert_eq!((&banner["isolated"], &banner["text"]["en"]), (&json!(false), &json!("Fire")));
    let page = client.get("/phone").await.text;
    assert!(page.contains("火警 - 已隔离") && page.contains("另有未隔离"), "{page}");

    let both = json!({ "point": "panel-1/l1-d5", "reason": "dust", "review_at": soon(&bench) }).to_string();
    assert_eq!(client.post("/api/v1/isolations", &both).await.status, 201);
    let banner = client.get("/api/v1/state").await.json()["banner"].clone();
    assert_eq!((&banner["isolated"], &banner["beside"]), (&json!(true), &Value::Null));
    assert_eq!(banner["alarm"]["condition"], FIRE);
}

/// A list that says how often each had become active is acknowledged as a whole or not at all.
#[tokio::test]
async fn a_list_is_acknowledged_as_it_was_seen() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    bench.tell("panel-1/l1-d5:fire", true).await;
    let alarms = client.get("/api/v1/alarms?life=open").await.json()["alarms"].clone();
    let ids: Vec<&str> = alarms.as_array().unwrap().iter().map(|alarm| alarm["id"].as_str().unwrap()).collect();
    let body = |counts: Value| json!({ "ids": ids, "counts": counts }).to_string();
    bench.tell("panel-1/l1-d5:fire", false).await;
    bench.tell("panel-1/l1-d5:fire", true).await;
    let refused = client.post("/api/v1/alarms/ack", &body(json!({ ids[0]: 1, ids[1]: 1 }))).await;
    assert_eq!(refused.error(), (409, "changed".into()));
    assert_eq!((&refused.json()["id"], &refused.json()["count"]), (&json!(ids[1]), &json!(2)));
    let open = client.get("/api/v1/alarms?life=open").await.json();
    assert!(open["alarms"].as_array().unwrap().iter().all(|alarm| alarm["ack"].is_null()), "none of them: {open}");
    let foreign = client.post("/api/v1/alarms/ack", &body(json!({ "1-999": 1 }))).await;
    assert_eq!(foreign.error(), (422, "bad-request".into()));
    assert_eq!(client.post("/api/v1/alarms/ack", &body(json!({ ids[0]: 1, ids[1]: 2 }))).await.status, 200);
}

/// Two panels with one code: whoever means one of them says which, for a command and for an isolation alike.
#[tokio::test]
async fn a_code_that_two_panels_have_needs_its_panel() {
    let bench = Bench::start_changed(&[], |site| {
        let coded = site.equipment.iter().position(|held| held.code.is_some()).expect("the sample lists codes");
        let (code, kind) = (site.equipment[coded].code.clone(), site.equipment[coded].kind.clone());
        let pump = site.equipment.iter_mut().find(|held| held.id == "pump-1").expect("the sample has a pump");
        (pump.code, pump.kind) = (code, kind);
    })
    .await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    let element = bench.site.equipment.iter().find(|held| held.code.is_some()).expect("it has one");
    let named = |panel: Value| {
        let mut target = json!({ "code": element.code, "type": element.kind });
        if !panel.is_null() {
            target["panel"] = panel;
        }
        target
    };
    let preview = |target: Value| json!({ "target": target, "verb": "start" }).to_string();
    for path in ["/api/v1/commands/preview", "/api/v1/commands"] {
        let refused = client.post(path, &preview(named(Value::Null))).await;
        assert_eq!(refused.error(), (409, "several-panels".into()), "{path}");
        assert_eq!(refused.json()["panels"], json!(["panel-1", "pump-1"]));
        let unknown = client.post(path, &preview(named(json!("nowhere")))).await;
        assert_eq!(unknown.error(), (404, "no-such-scope".into()), "{path}");
    }
    let one = client.post("/api/v1/commands/preview", &preview(named(json!("pump-1")))).await.json();
    assert!(
        one["targets"].as_array().unwrap().iter().all(|target| target["point"].as_str().unwrap().starts_with("pump-1"))
    );
    let mut body = json!({ "reason": "dust", "review_at": soon(&bench), "code": element.code, "type": element.kind });
    assert_eq!(client.post("/api/v1/isolations", &body.to_string()).await.error(), (409, "several-panels".into()));
    body["panel"] = json!("panel-1");
    assert_eq!(client.post("/api/v1/isolations", &body.to_string()).await.status, 201);
    let page = client.get("/phone").await.text;
    let asked = client.get(&format!("/keypad?code={}&type=&verb=start", element.code.as_deref().unwrap())).await;
    assert!(asked.text.contains("panel-1") && asked.text.contains("pump-1"), "both are named: {}", asked.text);
    assert!(!page.contains("/acts/keypad"), "nothing is sent from there");
}

/// Statuses are shown as they are, and what cannot be read is not shown as anything.
#[tokio::test]
async fn a_status_is_true_false_or_unknown() {
    let (bench, client) = quiet_site().await;
    let of = |devices: &Value, id: &str| {
        let all = devices["devices"].as_array().unwrap().iter();
        let statuses: Vec<Value> = all.flat_map(|one| one["statuses"].as_array().unwrap().clone()).collect();
        statuses.into_iter().find(|status| status["id"] == id).unwrap_or_else(|| panic!("{id}"))["value"].clone()
    };
    let devices = client.get("/api/v1/devices").await.json();
    assert_eq!(of(&devices, "pump-1/running"), json!(false));
    assert!(client.get("/devices/plain?device=pump-1").await.text.contains("class=\"statuses\""));
    bench.lose("pump-1").await;
    let devices = client.get("/api/v1/devices").await.json();
    assert_eq!(of(&devices, "pump-1/running"), Value::Null);
}

/// What equipment does step by step stands on the page with its step, in both languages, and goes when it is over.
#[tokio::test]
async fn a_sequence_under_way_is_on_the_page() {
    let (bench, client) = quiet_site().await;
    let all: Vec<&str> =
        bench.site.statuses.iter().map(|held| held.id.as_str()).filter(|id| id.starts_with("pump-1/")).collect();
    bench.show(&all.iter().map(|id| (*id, false)).collect::<Vec<_>>()).await;
    bench.show(&[("pump-1/commanded", true)]).await;
    bench.until("the sequence", |state| !state.supervised.sequences.is_empty()).await;
    let state = client.get("/phone").await.text;
    assert!(state.contains("动作过程") && state.contains("class=\"run sequence\""), "{state}");
    let english = client.send("GET", "/phone", &[("cookie", "tocsin_language=en")], "").await.text;
    assert!(english.contains("Sequences"), "{english}");
    bench.show(&[("pump-1/commanded", false)]).await;
    bench.until("its end", |state| state.supervised.sequences.is_empty()).await;
    assert!(!client.get("/phone").await.text.contains("class=\"run sequence\""));
}
