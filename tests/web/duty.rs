//! Duty over HTTP and on the page: the four forms, records of rounds, handling records, who is there.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::engine::base::{PointId, Reading, Role, Text, Value as Known};
use tocsin::engine::site::{Item, Place, Plan, PlanKind};

use super::bench::Bench;
use super::client::Client;
use super::{FIRE, only_open};

fn plan(kind: PlanKind, id: &str, figures: Vec<PointId>) -> Plan {
    let item = |id: &str, zh: &str, en: &str| Item { id: id.into(), name: Text::new(zh, en) };
    Plan {
        kind,
        id: id.into(),
        name: Text::new("消防巡查", "Fire round"),
        place: Place { building: Some("1".into()), ..Place::default() },
        items: vec![item("lamps", "指示灯", "Lamps"), item("escape", "疏散通道", "Escape routes")],
        times: vec![0],
        days: 0x7F,
        dates: Vec::new(),
        within: Duration::from_secs(3600),
        role: Role::Operator,
        devices: Vec::new(),
        figures,
    }
}

/// A site with a round, a job and shifts; and a point whose value a record notes.
pub async fn on_duty() -> (Bench, Client, PointId) {
    let mut figure = PointId::new("");
    let bench = Bench::start_changed(&[], |site| {
        let point = site.points.iter().find(|point| !point.unit.is_empty()).expect("the sample measures something");
        figure = point.id.clone();
        site.plans = vec![
            plan(PlanKind::Patrol, "round", Vec::new()),
            plan(PlanKind::Maintenance, "care", vec![figure.clone()]),
        ];
        (site.shifts, site.settings.on_duty) = (vec![8 * 60], 2);
    })
    .await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    (bench, client, figure)
}

fn row(form: &Value, with: impl Fn(&Value) -> bool) -> &Value {
    form["rows"].as_array().unwrap().iter().find(|row| with(row)).unwrap_or_else(|| panic!("no such row: {form}"))
}

#[tokio::test]
async fn an_alarm_has_its_handling_record_and_waits_for_its_cause() {
    let (bench, client, _) = on_duty().await;
    bench.tell(FIRE, true).await;
    let alarm = only_open(&client).await;
    let id = alarm["id"].as_str().unwrap().to_owned();
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), r#"{"note":"camera 4"}"#).await.status, 200);
    assert_eq!(
        client.post(&format!("/api/v1/notes/{id}"), r#"{"text":"<b>smoke</b> of a cigarette"}"#).await.status,
        201
    );
    assert_eq!(client.post("/api/v1/notes/9-9", r#"{"text":"x"}"#).await.error(), (404, "not-found".into()));
    bench.tell(FIRE, false).await;
    let form = client.get("/api/v1/forms/handling").await.json();
    let entry = row(&form, |row| row["id"] == json!(id));
    assert_eq!((&entry["of"], &entry["category"], &entry["owed"]), (&json!("alarm"), &json!("fire"), &json!(true)));
    assert_eq!((&entry["noticed"]["by"], &entry["noticed"]["how"]), (&json!("wang"), &json!("silenced")));
    let kinds: Vec<&str> = entry["steps"].as_array().unwrap().iter().filter_map(|step| step["kind"].as_str()).collect();
    for kind in ["raised", "silenced", "acknowledged", "noted", "source-changed", "closed"] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    let duty = client.get("/api/v1/duty").await.json();
    assert_eq!(duty["unrecorded"][0]["id"], json!(id));
    assert!(client.get("/phone").await.text.contains("1 条未填处理记录"), "the wall says that one is owed");
    let printed = client.get("/forms/handling").await.text;
    assert!(
        printed.contains("故障/报警处理记录") && printed.contains("处理记录未填") && printed.contains("消防安全管理人")
    );
    assert!(printed.contains("&lt;b&gt;smoke&lt;/b&gt;"), "what people write is text, never markup");

    let body = json!({ "ids": [id], "cause": "cigarette", "measure": "put out", "result": "clear" }).to_string();
    assert_eq!(
        client.post("/api/v1/handling", r#"{"ids":[],"cause":"a","measure":"b"}"#).await.error(),
        (422, "missing".into())
    );
    let key = [("idempotency-key", "h-1")];
    let first = client.send("POST", "/api/v1/handling", &key, &body).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let again = client.send("POST", "/api/v1/handling", &key, &body).await;
    assert_eq!(first.json()["id"], again.json()["id"], "the same act is done once");
    let form = client.get("/api/v1/forms/handling").await.json();
    let entry = row(&form, |row| row["id"] == json!(id));
    assert_eq!(entry["handling"].as_array().unwrap().len(), 1);
    assert_eq!((&entry["handling"][0]["cause"], &entry["owed"]), (&json!("cigarette"), &json!(false)));
    assert!(entry["over"].is_string() && entry["lasted_s"].is_number());
    let printed = client.get("/forms/handling").await.text;
    assert!(printed.contains("cigarette") && !printed.contains("处理记录未填"));
}

#[tokio::test]
async fn rounds_and_jobs_are_recorded_with_their_figures() {
    let (bench, client, figure) = on_duty().await;
    let at = bench.site.points.iter().position(|point| point.id == figure).unwrap();
    bench.board.post(&[(u32::try_from(at).unwrap(), Reading { known: Ok(Known::Number(42.5)), at: bench.now() })]);
    let wrong = json!({ "results": [{ "item": "lamps", "ok": true }] }).to_string();
    let refused = client.post("/api/v1/patrols/round/records", &wrong).await;
    assert_eq!((refused.error(), &refused.json()["missing"]), ((422, "items-differ".into()), &json!(["escape"])));
    assert_eq!(client.post("/api/v1/patrols/none/records", &wrong).await.error(), (404, "no-such-plan".into()));
    let well = json!({ "item": "lamps", "ok": true });
    let found = json!({ "item": "escape", "ok": false, "words": "a door is blocked" });
    let body = json!({ "results": [well, found], "note": "rain" }).to_string();
    let made = client.post("/api/v1/patrols/round/records", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(only_open(&client).await["point"], "gateway/patrol.round.escape");
    let form = client.get("/api/v1/forms/patrol").await.json();
    let entry = row(&form, |row| row["record"]["by"] == "wang");
    assert_eq!(
        (&entry["record"]["results"][1]["words"], &entry["record"]["note"]),
        (&json!("a door is blocked"), &json!("rain"))
    );

    let done = json!({ "results": [{ "item": "lamps", "ok": true }, { "item": "escape", "ok": true }] }).to_string();
    let key = [("idempotency-key", "m-1")];
    let first = client.send("POST", "/api/v1/maintenance/care/records", &key, &done).await;
    assert_eq!(first.status, 201, "{}", first.text);
    // Sent again when its figure has gone on: still the same act.
    bench.board.post(&[(u32::try_from(at).unwrap(), Reading { known: Ok(Known::Number(43.0)), at: bench.now() })]);
    let again = client.send("POST", "/api/v1/maintenance/care/records", &key, &done).await;
    assert_eq!((again.status, &again.json()["id"]), (201, &first.json()["id"]));
    let form = client.get("/api/v1/forms/maintenance").await.json();
    let entry = row(&form, |row| row["record"].is_object());
    let noted = &entry["record"]["figures"][0];
    assert_eq!(noted["point"], json!(figure));
    assert!(noted["value"]["en"].as_str().unwrap().starts_with("42.5 "), "{noted}");

    let planned = client.get("/api/v1/forms/plan").await.json();
    assert!(planned["rows"].as_array().unwrap().len() >= 7, "a job of every day stands there for every day");
    assert_eq!(row(&planned, |row| row["outcome"] == "planned")["items"][0]["name"]["en"], "Lamps");
    for (form, zh, en) in [
        ("patrol", "巡查记录", "Patrol record"),
        ("plan", "维护保养计划", "Maintenance plan"),
        ("maintenance", "维护保养记录", "Maintenance record"),
        ("handling", "故障/报警处理记录", "Fault and alarm handling record"),
    ] {
        let path = format!("/forms/{form}");
        let english = [("cookie", "tocsin_language=en")];
        let chinese = [("cookie", "tocsin_language=zh")];
        let reader = Client::new(&bench.url);
        let said = reader.send("GET", &path, &english, "").await.text;
        assert!(
            said.contains(en) && said.contains("Fire-safety manager") && said.contains("form-signatures"),
            "{said}"
        );
        assert!(reader.send("GET", &path, &chinese, "").await.text.contains(zh));
        assert_eq!(reader.get(&format!("{path}?from=2026-02-30")).await.status, 422);
        assert_eq!(reader.get(&format!("/api/v1{path}?from=then")).await.error(), (422, "bad-request".into()));
    }
    assert_eq!(client.get("/api/v1/forms/other").await.error(), (404, "not-found".into()));
}

#[tokio::test]
async fn nobody_leaves_the_desk_without_relief() {
    let (bench, wang, _) = on_duty().await;
    let li = Client::log_in(&bench.url, "li").await;
    let wall = Client::log_in(&bench.url, "wall").await;
    assert_eq!(wall.post("/api/v1/duty/sign-in", "").await.error(), (403, "not-permitted".into()));
    assert_eq!(wang.post("/api/v1/duty/sign-out", "").await.error(), (409, "not-on-duty".into()));
    assert_eq!(wang.post("/api/v1/duty/sign-in", "").await.status, 200);
    assert_eq!(li.post("/api/v1/duty/sign-in", "").await.status, 200);
    let refused = wang.post("/api/v1/duty/sign-out", "").await;
    assert_eq!((refused.error(), &refused.json()["left"]), ((409, "no-relief".into()), &json!(1)));
    let duty = wang.get("/api/v1/duty").await.json();
    assert_eq!((duty["present"].as_array().unwrap().len(), &duty["needs"]), (2, &json!(2)));
    let page = wang.get("/duty").await.text;
    assert!(page.contains("/acts/sign-out") && page.contains("/acts/round/patrol/round") && page.contains("指示灯"));

    // The page's own forms do the same.
    let posted = "ok.lamps=yes&ok.escape=no&words.escape=locked&point.escape=&note=";
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sent = wang.send("POST", "/acts/round/patrol/round", &form, posted).await;
    assert!(sent.status < 400, "{} {}", sent.status, sent.text);
    let record = wang.get("/api/v1/forms/patrol").await.json();
    assert_eq!(row(&record, |row| row["record"].is_object())["record"]["results"][1]["words"], "locked");
    let short = wang.send("POST", "/acts/round/patrol/round", &form, "ok.lamps=yes").await;
    assert_eq!(short.status, 422);
    assert!(short.text.contains("escape"), "the page says which item is left out");
}
