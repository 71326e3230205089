//! What is done at panels, in the register of isolations and by secondary code, over HTTP and on the page.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::engine::base::{PointId, Text};
use tocsin::engine::profile::{CommandSpec, Danger, Table, Write, WriteSpec};
use tocsin::engine::site::{Command, Place};

use super::bench::Bench;
use super::client::Client;
use super::{FIRE, only_open, quiet_site};

/// A panel that can isolate its elements, as some can.
fn command(point: &str, device: u32, verb: &str) -> Command {
    let spec = CommandSpec {
        verb: verb.into(),
        on: None,
        name: Text::same(verb),
        write: WriteSpec::Plain { table: Table::Coil, address: 7, write: Write::Coil(verb == "isolate") },
        danger: Danger::Plain,
        ttl: Duration::from_secs(5),
        feedback: None,
        pulse: None,
    };
    Command { point: PointId::new(point), device, name: Text::same(verb), place: Place::default(), spec }
}

async fn controlled() -> (Bench, Client) {
    let bench = Bench::start_changed(&[], |site| {
        let panel =
            site.devices.iter().position(|device| device.id.as_str() == "panel-1").expect("the small site has it");
        site.devices[panel].control = true;
        let mut keys = Vec::new();
        for held in
            site.equipment.iter_mut().filter(|held| held.device as usize == panel && held.code.is_some()).take(3)
        {
            for verb in ["isolate", "release"] {
                held.commands.push((site.commands.len() + keys.len()) as u32);
                keys.push(command(&held.id, panel as u32, verb));
            }
        }
        site.commands.extend(keys);
    })
    .await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    (bench, client)
}

#[tokio::test]
async fn a_code_is_looked_at_then_commanded_and_each_target_told() {
    let (bench, client) = controlled().await;
    let body = |code: &str, verb: &str, confirm: Value| {
        let target = json!({ "code": code });
        match confirm {
            Value::Null => json!({ "target": target, "verb": verb }).to_string(),
            count => json!({ "target": target, "verb": verb, "confirm": count }).to_string(),
        }
    };
    let preview = client.post("/api/v1/commands/preview", &body("0****x", "isolate", Value::Null)).await;
    assert_eq!(preview.error(), (422, "bad-code".into()));
    let preview = client.post("/api/v1/commands/preview", &body("******", "isolate", Value::Null)).await.json();
    let count = preview["count"].as_u64().unwrap();
    assert!(count > 1, "{preview}");
    assert!(preview["targets"][0]["digits"]["floor"].is_string() && preview["targets"][0]["barred"].is_null());
    let refused = client.post("/api/v1/commands", &body("******", "isolate", Value::Null)).await;
    assert_eq!(refused.error(), (409, "confirm-count".into()));
    assert_eq!(refused.json()["count"], json!(count));
    let refused = client.post("/api/v1/commands", &body("99999*", "isolate", Value::Null)).await;
    assert_eq!(refused.error(), (404, "nothing-addressed".into()));
    assert_eq!(bench.sent(), [], "nothing was sent yet");

    let sent = client.post("/api/v1/commands", &body("******", "isolate", json!(count))).await;
    assert_eq!(sent.status, 202, "{}", sent.text);
    let answer = sent.json();
    assert_eq!(answer["targets"].as_array().unwrap().len() as u64, count);
    assert_eq!(bench.sent().len() as u64, count);
    let group = client.get(&format!("/api/v1/commands/{}", answer["id"].as_str().unwrap())).await.json();
    assert_eq!(group["targets"][0]["lamp"], "commanded");
    let first = group["targets"][0]["id"].as_str().unwrap().to_owned();
    let back = format!("/api/v1/commands/{first}/withdraw");
    assert_eq!(client.post(&back, "").await.status, 202);
    assert_eq!(client.post(&back, "").await.error(), (409, "already-withdrawn".into()));
    let withdrawn = client.get(&format!("/api/v1/commands/{first}")).await.json();
    assert!(withdrawn["lamp"] == "off" && withdrawn["withdrawn"].is_string(), "{withdrawn}");
    let page = client.get("/keypad?code=******&type=&verb=isolate").await.text;
    assert!(
        page.contains("/acts/keypad") && page.contains(&format!("value=\"{count}\"")),
        "the page sends what it shows"
    );
}

#[tokio::test]
async fn an_isolation_by_code_waits_for_its_order() {
    let (bench, client) = quiet_site().await;
    let element = bench.site.equipment.iter().find(|held| held.code.is_some()).expect("the small site lists codes");
    let review = bench.now().wall.after(Duration::from_secs(3_600));
    let review = tocsin::live::document::timestamp(review, &jiff::tz::TimeZone::UTC);
    let body = json!({
        "code": element.code, "type": element.kind, "reason": "alarms falsely", "review_at": review, "purpose": "hot-work",
    });
    let made = client.post("/api/v1/isolations", &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let list = client.get("/api/v1/isolations").await.json();
    let held = &list["isolations"][0];
    assert_eq!((&held["point"], &held["purpose"]), (&json!(element.id), &json!("hot-work")));
    assert!(held["order"].is_null() && held["next"]["zh"] == "请开维修单", "{held}");
    let path = format!("/api/v1/isolations/{}/order", made.json()["id"].as_str().unwrap());
    assert_eq!(client.post(&path, r#"{"order":" "}"#).await.error(), (422, "missing".into()));
    assert_eq!(client.post(&path, r#"{"order":"R-17"}"#).await.status, 200);
    let list = client.get("/api/v1/isolations").await.json();
    assert_eq!((&list["isolations"][0]["order"], &list["isolations"][0]["next"]), (&json!("R-17"), &Value::Null));
    assert!(client.get("/phone").await.text.contains("R-17"));
    let vague = json!({ "code": "******", "reason": "x", "review_at": review });
    assert_eq!(client.post("/api/v1/isolations", &vague.to_string()).await.error(), (422, "one-target".into()));
}

#[tokio::test]
async fn windows_next_steps_and_what_was_noticed_at_a_panel() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    let alarm = only_open(&client).await;
    assert_eq!(alarm["next"]["zh"], "消音，查看报警地点");
    let panel = "/api/v1/devices/panel-1";
    assert_eq!(client.post(&format!("{panel}/abnormal"), r#"{"text":""}"#).await.error(), (422, "missing".into()));
    assert_eq!(client.post(&format!("{panel}/abnormal"), r#"{"text":"焦糊味"}"#).await.status, 201);
    assert_eq!(client.post(&format!("{panel}/cancel"), "").await.status, 200);
    assert_eq!(client.post(&format!("{panel}/register"), "").await.error(), (403, "not-permitted".into()));
    assert_eq!(client.post("/api/v1/devices/nothing/cancel", "").await.error(), (404, "no-such-scope".into()));
    let state = client.get("/api/v1/state").await.json();
    assert_eq!((&state["windows"]["alarms"]["total"], &state["windows"]["faults"]["total"]), (&json!(2), &json!(0)));
    let open = client.get("/api/v1/alarms?life=open").await.json();
    let row = open["alarms"].as_array().unwrap().iter().find(|row| row["category"] == "emergency").unwrap();
    assert!(row["advice"]["en"].as_str().unwrap().starts_with("Switch off its power at once"), "{row}");
    let fire = alarm["id"].as_str().unwrap();
    let calls = format!("/api/v1/alarms/{fire}/calls");
    assert_eq!(client.post(&calls, r#"{"called":" "}"#).await.error(), (422, "missing".into()));
    assert_eq!(client.post("/api/v1/alarms/9-9/calls", r#"{"called":"119"}"#).await.error().0, 404);
    assert_eq!(client.post(&calls, r#"{"called":"119","note":"on its way"}"#).await.status, 201);
    let open = client.get("/api/v1/alarms?life=open").await.json();
    let row = open["alarms"].as_array().unwrap().iter().find(|row| row["id"] == alarm["id"]).unwrap();
    assert_eq!((&row["calls"][0]["called"], &row["calls"][0]["by"]), (&json!("119"), &json!("wang")));
    let page = client.get(&format!("/alarm/{fire}")).await.text;
    assert!(
        page.contains(&format!("/acts/call/{fire}")) && page.contains("on its way"),
        "the row tells who was called"
    );
    let page = client.get("/phone?window=split").await.text;
    assert!(
        ["alarms", "actions", "faults", "set-aside"].iter().all(|one| page.contains(&format!("id=\"window-{one}\"")))
    );
    assert_eq!(page.matches("id=\"row-").count(), 2, "every row stands in one window");
    let page = client.get("/phone?window=faults").await.text;
    assert!(page.contains("没有未结束的条目") && page.contains("/phone?window=alarms"), "each window has its own rows");
    assert!(client.get("/phone?window=alarms").await.text.contains("/alarm/"));
    assert!(client.get("/phone").await.text.contains("/acts/abnormal"));
}
