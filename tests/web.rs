//! The console and the API over HTTP, before a real gateway whose buses the test plays.

#[path = "web/bench.rs"]
mod bench;
#[path = "web/client.rs"]
mod client;
#[path = "web/commands.rs"]
mod commands;
#[path = "web/commissioning.rs"]
mod commissioning;
#[path = "web/consoles.rs"]
mod consoles;
#[path = "web/day.rs"]
mod day;
#[path = "web/desk.rs"]
mod desk;
#[path = "web/duty.rs"]
mod duty;
#[path = "web/field.rs"]
mod field;
#[path = "support/flood_site.rs"]
mod flood_site;
#[path = "web/journal.rs"]
mod journal;
#[path = "web/limits.rs"]
mod limits;
#[path = "web/linkages.rs"]
mod linkages;
#[path = "web/node.rs"]
mod node;
#[path = "web/operators.rs"]
mod operators;
#[path = "web/past.rs"]
mod past;
#[path = "web/plans.rs"]
mod plans;
#[path = "web/reports.rs"]
mod reports;
#[path = "web/retirement.rs"]
mod retirement;
#[path = "web/scopes.rs"]
mod scopes;
#[path = "web/screen.rs"]
mod screen;
#[path = "web/security/mod.rs"]
mod security;
#[path = "web/shown.rs"]
mod shown;
#[path = "web/sounder.rs"]
mod sounder;
#[path = "web/stream.rs"]
mod stream;
#[path = "web/trends.rs"]
mod trends;
#[path = "web/walls.rs"]
mod walls;

use std::time::Duration;

use bench::{Bench, PASSWORD};
use client::Client;
use serde_json::{Value, json};
use tocsin::edge::web::routes;

const FIRE: &str = "panel-1/l1-d1:fire";

async fn quiet_site() -> (Bench, Client) {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    (bench, client)
}

async fn only_open(client: &Client) -> Value {
    let alarms = client.get("/api/v1/alarms?life=open").await.json();
    assert_eq!(alarms["alarms"].as_array().unwrap().len(), 1, "{alarms}");
    alarms["alarms"][0].clone()
}

#[tokio::test]
async fn every_address_of_the_description_is_served() {
    let (bench, client) = quiet_site().await;
    let stranger = Client::new(&bench.url);
    for (path, methods) in routes().into_iter().filter(|(path, _)| path.starts_with("/api/")) {
        let path = path.replace("{id}", "1-1");
        for method in ["get", "post", "put", "delete"] {
            let response = stranger.open(&method.to_uppercase(), &path, &[], "").await;
            let status = response.status().as_u16();
            if methods.contains(&method) {
                assert_ne!(status, 405, "{method} {path}");
                let acts = method != "get" && path != "/api/v1/session";
                assert!(!acts || status == 401, "{method} {path} acts without a session: {status}");
            } else {
                assert_eq!(status, 405, "{method} {path}");
                let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
                assert_eq!(body["error"], "method-not-allowed");
            }
        }
    }
    assert_eq!(client.get("/api/v1/nowhere").await.error(), (404, "no-such-address".into()));
    assert_eq!(client.get("/nowhere").await.status, 404);
    // The streams that were opened above have gone; the gateway notices it when it next looks.
    let gone = async { while !client.get("/metrics").await.text.contains("\ntocsin_walls 0\n") {} };
    tokio::time::timeout(Duration::from_secs(60), gone).await.expect("no screen follows");
    assert_eq!(client.get("/api/v1/openapi.json").await.json()["openapi"], "3.1.0");
}

#[tokio::test]
async fn unknown_is_never_normal() {
    let bench = Bench::start().await;
    let client = Client::new(&bench.url);
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["banner"]["state"], "link-lost", "nothing was read yet");
    assert_eq!(state["feed_age_ms"], Value::Null);
    let points = client.get("/api/v1/points?device=gen-1").await.json();
    let points = points["points"].as_array().unwrap();
    assert!(!points.is_empty() && points.iter().all(|point| point["v"].is_null() && point["q"] == "never-read"));

    bench.all_is_well().await;
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["banner"]["state"], "normal", "{state}");
    assert_eq!(state["unknown"]["points"], 0);
    assert!(client.get("/phone").await.text.contains("正常"));

    bench.lose("gen-1").await;
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["banner"]["state"], "unknown", "{state}");
    assert_eq!(state["unknown"]["devices"][0]["device"], "gen-1");
    assert_eq!(state["counts_are_lower_bounds"], true);
    assert!(!client.get("/phone").await.text.contains("无火警、无故障"));
}

#[tokio::test]
async fn a_device_is_no_better_than_its_bus() {
    let (bench, client) = quiet_site().await;
    let device = bench.site.devices.iter().find(|device| device.id.as_str() == "gen-1").unwrap();
    let reason = tocsin::engine::base::Text::new("线路不通", "line cut");
    let lost = tocsin::live::LinkState { up: Some(false), reason, since: bench.now().wall };
    bench.vitals.bus_link(device.bus, lost);
    let devices = client.get("/api/v1/devices").await.json();
    let told = devices["devices"].as_array().unwrap().iter().find(|one| one["id"] == "gen-1").unwrap().clone();
    assert_eq!((&told["up"], &told["reason"]["en"]), (&json!(false), &json!("line cut")));
    assert_eq!(client.get("/api/v1/state").await.json()["banner"]["state"], "unknown");
    assert!(client.get("/devices/plain").await.text.contains("线路不通"));
}

#[tokio::test]
async fn a_device_tells_how_its_requests_ended() {
    let (bench, client) = quiet_site().await;
    let number = bench.site.devices.iter().position(|device| device.id.as_str() == "gen-1").unwrap();
    let told = async || {
        let devices = client.get("/api/v1/devices").await.json();
        devices["devices"].as_array().unwrap().iter().find(|one| one["id"] == "gen-1").unwrap().clone()
    };
    assert_eq!((&told().await["round_trip_ms"], &told().await["timeouts"]), (&Value::Null, &json!(0)));
    let timeout = tocsin::engine::poll::Failure::Timeout;
    bench.vitals.exchanged(u32::try_from(number).unwrap(), Some(&timeout), Duration::from_millis(500));
    bench.vitals.exchanged(u32::try_from(number).unwrap(), None, Duration::from_millis(25));
    let told = told().await;
    assert_eq!((&told["round_trip_ms"], &told["timeouts"], &told["answers"]), (&json!(25.0), &json!(1), &json!(1)));
    assert_eq!((&told["malformed"], &told["exceptions"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn what_is_not_on_disk_is_said_so() {
    let (bench, client) = quiet_site().await;
    assert!(!client.get("/phone").await.text.contains("未写入日志"));
    let full = tocsin::engine::base::Text::new("磁盘已满", "disk full");
    bench.vitals.report(tocsin::engine::Part::Journal, Some(full));
    bench.until("the journal's fault", |state| !state.open.is_empty()).await;
    assert_eq!(client.get("/api/v1/health").await.json()["unrecorded"], true);
    assert!(client.get("/phone").await.text.contains("未写入日志"));
    let english = client.send("GET", "/phone", &[("cookie", "tocsin_language=en")], "").await.text;
    assert!(english.contains("NOT RECORDED") && english.contains("Journal disk") && english.contains("disk full"));
    bench.vitals.report(tocsin::engine::Part::Journal, None);
    bench
        .until("its end", |state| {
            state.last.seq > 0
                && state
                    .occurrences
                    .values()
                    .all(|one| !one.sounding || one.source == tocsin::engine::alarm::Source::Quiet)
        })
        .await;
    assert!(!client.get("/phone").await.text.contains("未写入日志"));
}

#[tokio::test]
async fn a_link_fault_is_told_in_the_language_of_the_page() {
    let (bench, client) = quiet_site().await;
    bench.lose("gen-1").await;
    let id = only_open(&client).await["id"].as_str().unwrap().to_owned();
    for path in ["/devices/plain".to_owned(), "/journal".into(), format!("/alarm/{id}"), "/phone".into()] {
        let chinese = client.get(&path).await.text;
        assert!(chinese.contains("已 4 秒无应答") && !chinese.contains("no answer"), "{path}");
        let english = client.send("GET", &path, &[("cookie", "tocsin_language=en")], "").await.text;
        assert!(english.contains("no answer for 4 s") && !english.contains("无应答"), "{path}");
    }
}

#[tokio::test]
async fn without_its_engine_a_site_is_not_normal_whatever_the_buses_say() {
    let (bench, client) = quiet_site().await;
    assert_eq!(client.get("/api/v1/state").await.json()["banner"]["state"], "normal");
    bench.engine_stop.cancel();
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(15);
    loop {
        // The buses go on reporting, and every point stays good.
        for bus in 0..u32::try_from(bench.site.buses.len()).unwrap() {
            bench.vitals.bus_alive(bus, Default::default(), bench.now().mono);
        }
        let state = client.get("/api/v1/state").await.json();
        if state["banner"]["state"] == "link-lost" {
            assert!(state["feed_age_ms"].as_u64().unwrap() > 3_000, "{state}");
            break;
        }
        assert!(tokio::time::Instant::now() < end, "{state}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_fire_from_alarm_to_reset() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["banner"]["state"], "fire");
    assert_eq!(state["counts"]["fire"], json!({ "unacknowledged": 1, "total": 1 }));
    assert_eq!(state["sound"]["tone"], "fire");
    let alarm = only_open(&client).await;
    assert_eq!(state["first_alarm"], alarm);
    assert_eq!(state["banner"]["alarm"]["condition"], FIRE);
    let id = alarm["id"].as_str().unwrap();

    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["sound"]["tone"], Value::Null);
    assert!(state["sound"]["resounds_at"].is_string(), "unacknowledged fire sounds again");

    let building = json!({ "scope": { "building": alarm["place"]["building"] } }).to_string();
    let refused = client.post("/api/v1/reset", &building).await;
    assert_eq!(refused.error(), (409, "unacknowledged".into()));
    assert_eq!(refused.json()["ids"], json!([id]));

    let ack = format!("/api/v1/alarms/{id}/ack");
    let acked = client.post(&ack, r#"{"note":"on my way"}"#).await;
    assert_eq!((acked.status, &acked.json()["recorded"]), (200, &json!(true)));
    assert_eq!(client.post(&ack, "").await.error(), (409, "already-acknowledged".into()));
    let alarm = only_open(&client).await;
    assert_eq!(alarm["ack"]["by"], "wang");
    assert_eq!(alarm["ack"]["note"], "on my way");

    let verdict = format!("/api/v1/alarms/{id}/verdict");
    assert_eq!(client.post(&verdict, r#"{"verdict":"false"}"#).await.error(), (422, "missing".into()));
    assert_eq!(client.post(&verdict, r#"{"verdict":"false","cause":"steam"}"#).await.status, 200);

    assert_eq!(client.post("/api/v1/reset", &building).await.status, 200);
    assert_eq!(only_open(&client).await["source"], "active", "a reset waits for the panel to show it");
    bench.tell(FIRE, false).await;
    bench.until("closed", |state| state.open.is_empty()).await;
    let closed = client.get("/api/v1/alarms?life=closed").await.json();
    assert_eq!(closed["alarms"][0]["life"], "closed");
    assert_eq!(client.get("/api/v1/state").await.json()["banner"]["state"], "normal");
}

#[tokio::test]
async fn an_isolated_fire_is_still_a_fire() {
    let (bench, client) = quiet_site().await;
    let body =
        |reason: &str, at: &str| json!({ "point": "panel-1/l1-d1", "reason": reason, "review_at": at }).to_string();
    let review = "2099-01-01T00:00:00+08:00";
    assert_eq!(client.post("/api/v1/isolations", &body("x", "tomorrow")).await.error(), (422, "bad-request".into()));
    assert_eq!(client.post("/api/v1/isolations", &body("x", review)).await.error(), (422, "bad-review-time".into()));
    let soon =
        tocsin::live::document::timestamp(bench.now().wall.after(Duration::from_secs(3_600)), &jiff::tz::TimeZone::UTC);
    assert_eq!(client.post("/api/v1/isolations", &body("", &soon)).await.error(), (422, "missing".into()));
    let made = client.post("/api/v1/isolations", &body("hot work", &soon)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        client.post("/api/v1/isolations", &body("again", &soon)).await.error(),
        (409, "already-isolated".into())
    );
    assert_eq!(client.get("/api/v1/state").await.json()["banner"]["state"], "disabled");

    bench.tell(FIRE, true).await;
    let state = client.get("/api/v1/state").await.json();
    assert_eq!((&state["banner"]["state"], &state["banner"]["isolated"]), (&json!("fire"), &json!(true)));
    assert_eq!(state["banner"]["text"]["en"], "Fire - Isolated");
    assert_eq!(state["sound"]["tone"], Value::Null);
    assert!(client.get("/phone").await.text.contains("已隔离"));

    let gone = format!("/api/v1/isolations/{id}");
    assert_eq!(client.send("DELETE", &gone, &[], "").await.status, 200);
    assert_eq!(client.send("DELETE", &gone, &[], "").await.error(), (404, "not-found".into()));
    assert_eq!(client.get("/api/v1/state").await.json()["banner"]["isolated"], false);
}

#[tokio::test]
async fn the_same_key_acts_once() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    let path = format!("/api/v1/alarms/{}/ack", only_open(&client).await["id"].as_str().unwrap());
    let first = client.send("POST", &path, &[("idempotency-key", "k-1")], "").await;
    let second = client.send("POST", &path, &[("idempotency-key", "k-1")], "").await;
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(first.json()["id"], second.json()["id"]);
    let bad = client.send("POST", &path, &[("idempotency-key", "two words")], "").await;
    assert_eq!(bad.error(), (422, "bad-idempotency-key".into()));
}

#[tokio::test]
async fn requests_that_are_wrong_are_told_so() {
    let (_bench, client) = quiet_site().await;
    let check = |answer: client::Answer, status, code: &str| assert_eq!(answer.error(), (status, code.to_owned()));
    check(client.post("/api/v1/alarms/ack", "{").await, 400, "malformed-json");
    check(client.post("/api/v1/alarms/ack", r#"{"ids":"1-1"}"#).await, 422, "bad-request");
    check(client.post("/api/v1/alarms/ack", r#"{"ids":["x"]}"#).await, 422, "bad-request");
    check(client.post("/api/v1/alarms/ack", r#"{"ids":[]}"#).await, 422, "missing");
    check(client.post("/api/v1/alarms/ack", r#"{"ids":["9-9"],"all":true}"#).await, 422, "bad-request");
    check(client.post("/api/v1/alarms/ack", &"x".repeat(70_000)).await, 413, "too-large");
    check(client.post("/api/v1/alarms/9-9/ack", "").await, 404, "not-found");
    check(client.post("/api/v1/alarms/nine/ack", "").await, 404, "not-found");
    check(client.post("/api/v1/reset", r#"{"scope":{"building":"99"}}"#).await, 404, "no-such-scope");
    check(client.post("/api/v1/reset", r#"{"scope":{}}"#).await, 422, "bad-request");
    check(client.get("/api/v1/alarms?life=eternal").await, 422, "bad-request");
    check(client.get("/api/v1/points?device=none").await, 404, "not-found");
    check(client.get("/api/v1/journal?limit=0").await, 422, "bad-request");
    check(client.get("/api/v1/trends?point=a/b&from=x&to=y").await, 404, "no-such-point");
    check(client.post("/api/v1/commands", r#"{"target":{},"verb":"start"}"#).await, 422, "bad-request");
    let command = r#"{"target":{"point":"pump-1/running"},"verb":"start"}"#;
    let refused = client.post("/api/v1/commands", command).await;
    assert!(matches!(refused.error(), (403 | 404 | 409, _)), "{}", refused.text);
    let command = r#"{"target":{"code":"911101","type":"03"},"verb":"start"}"#;
    check(client.post("/api/v1/commands", command).await, 404, "nothing-addressed");
    check(client.post("/api/v1/commands", &command.replace("911101", "9111")).await, 422, "bad-code");
}

#[tokio::test]
async fn only_people_with_a_session_act() {
    let (bench, client) = quiet_site().await;
    let stranger = Client::new(&bench.url);
    assert_eq!(stranger.post("/api/v1/silence", "").await.error(), (401, "no-session".into()));
    let wrong = json!({ "user": "wang", "password": "not it, sorry" }).to_string();
    assert_eq!(stranger.post("/api/v1/session", &wrong).await.error(), (401, "bad-credentials".into()));
    let nobody = json!({ "user": "nobody", "password": PASSWORD }).to_string();
    assert_eq!(stranger.post("/api/v1/session", &nobody).await.error(), (401, "bad-credentials".into()));
    let wall = Client::log_in(&bench.url, "wall").await;
    assert_eq!(wall.post("/api/v1/silence", "").await.error(), (403, "not-permitted".into()));

    let foreign = client.send("POST", "/api/v1/silence", &[("origin", "http://evil.example")], "").await;
    assert_eq!(foreign.error(), (403, "foreign-origin".into()));
    assert_eq!(client.form("/acts/silence", "").await.status, 303);

    assert_eq!(client.send("DELETE", "/api/v1/session", &[], "").await.status, 204);
    assert_eq!(client.post("/api/v1/silence", "").await.error(), (401, "no-session".into()));
    let again = Client::log_in(&bench.url, "wang").await;
    bench.accounts.set_password("wang", "another password").unwrap();
    assert_eq!(again.post("/api/v1/silence", "").await.error(), (401, "no-session".into()), "revoked at once");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let bench = Bench::start().await;
    let client = Client::new(&bench.url);
    let wrong = json!({ "user": "li", "password": "guess" }).to_string();
    let mut last = client.post("/api/v1/session", &wrong).await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        last = client.post("/api/v1/session", &wrong).await;
    }
    assert_eq!(last.error(), (429, "too-many-attempts".into()));
    assert!(last.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn pages_are_safe_and_whole_without_a_script() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    let id = only_open(&client).await["id"].as_str().unwrap().to_owned();
    for path in ["/phone", "/devices/plain", "/journal", "/login", "/assets/console.css"] {
        let page = client.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["x-frame-options"], "DENY");
        assert!(!page.text.contains(" style=") && !page.text.contains("<style"), "{path} has an inline style");
        assert!(!page.text.contains("<script>") && !page.text.contains(" onclick"), "{path} has an inline script");
    }
    let english = client.send("GET", "/phone", &[("cookie", "tocsin_language=en; tocsin_theme=night")], "").await.text;
    assert!(
        english.contains(r#"lang="en""#)
            && english.contains(r#"data-theme="night""#)
            && english.contains("Acknowledge")
    );

    let stranger = Client::new(&bench.url).get("/phone").await.text;
    assert!(stranger.contains("火警") && stranger.contains(r#"href="/login""#) && !stranger.contains("/acts/ack/"));

    let reset = client.form("/acts/reset", "building=1").await;
    assert_eq!(reset.status, 409);
    assert!(reset.text.contains(&format!("/alarm/{id}")), "the page says what stands in the way");
    let acked = client.form(&format!("/acts/ack/{id}"), "note=seen&back=/alarm/1-1").await;
    assert_eq!((acked.status, acked.headers["location"].to_str().unwrap()), (303, "/alarm/1-1"));
    assert!(client.get(&format!("/alarm/{id}")).await.text.contains("seen"));
    assert!(client.get("/journal").await.text.contains("seen"));
}

/// Chromium looks at the pages: no violation of the policy, nothing wider than the screen, fingers find every button,
/// a lost feed says so. Needs `npm ci` in tests/page; pictures go to `target/pages`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_in_a_browser() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/page");
    assert!(folder.join("node_modules").exists(), "run `npm ci` in tests/page first");
    let (bench, client, _) = duty::on_duty().await;
    let look = |scene: &'static str| {
        let (url, folder, pictures) = (bench.url.clone(), folder.clone(), root.join("target/pages"));
        async move {
            let mut node = tokio::process::Command::new("node");
            node.arg("look.mjs").args([&url, scene, PASSWORD]).arg(pictures).current_dir(folder).kill_on_drop(true);
            let done =
                tokio::time::timeout(Duration::from_secs(400), node.output()).await.expect("the browser answers");
            let done = done.expect("node is installed");
            let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{scene}: {said}");
        }
    };
    look("normal").await;
    assert_eq!(client.post("/api/v1/duty/sign-in", "").await.status, 200);
    let well = json!({ "results": [{ "item": "lamps", "ok": true }, { "item": "escape", "ok": true }] }).to_string();
    for plan in ["patrols/round", "maintenance/care"] {
        assert_eq!(client.post(&format!("/api/v1/{plan}/records"), &well).await.status, 201);
    }
    bench.tell(FIRE, true).await;
    bench.tell("panel-1/l1-d5:fire", true).await;
    let first = client.get("/api/v1/alarms?life=open").await.json()["alarms"][0]["id"].as_str().unwrap().to_owned();
    client.post(&format!("/api/v1/alarms/{first}/ack"), "").await;
    bench.lose("gen-1").await;
    look("fire").await;
    let soon =
        tocsin::live::document::timestamp(bench.now().wall.after(Duration::from_secs(3_600)), &jiff::tz::TimeZone::UTC);
    for point in ["panel-1/l1-d1", "panel-1/l1-d5"] {
        let body = json!({ "point": point, "reason": "焊接 hot work", "review_at": soon }).to_string();
        assert_eq!(client.post("/api/v1/isolations", &body).await.status, 201);
        if point == "panel-1/l1-d1" {
            look("beside").await;
        }
    }
    look("isolated").await;
}
