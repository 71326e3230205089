//! Commands over HTTP: what can be commanded, what each refusal says, and a command from the request to its end.

use serde_json::{Value, json};
use tocsin::engine::base::EventId;
use tocsin::engine::poll::{CommandFailure, Progress};
use tocsin::engine::profile::{Write, WriteSpec};

use super::bench::Bench;
use super::client::Client;
use super::stream::events;

async fn site() -> (Bench, Client) {
    let bench = Bench::start_controlling(&["gen-1"]).await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    (bench, client)
}

fn body(point: &str, verb: &str, arm: &Value) -> String {
    json!({ "target": { "point": point }, "verb": verb, "arm": arm }).to_string()
}

fn id(answer: &Value) -> EventId {
    answer["id"].as_str().expect("an id").parse().expect("epoch-seq")
}

#[tokio::test]
async fn what_can_be_commanded_is_listed() {
    let (_bench, client) = site().await;
    let devices = client.get("/api/v1/devices").await.json();
    let generator = devices["devices"].as_array().unwrap().iter().find(|one| one["id"] == "gen-1").unwrap().clone();
    let verbs: Vec<&str> =
        generator["commands"].as_array().unwrap().iter().map(|one| one["verb"].as_str().unwrap()).collect();
    assert_eq!(verbs, ["start", "stop", "auto", "silence", "reset"]);
    let start = &generator["commands"][0];
    assert_eq!((&start["point"], &start["danger"]), (&json!("gen-1/start"), &json!("armed")));
    assert_eq!((&start["role"], &start["feedback"], &start["ttl_s"]), (&json!("operator"), &json!(true), &json!(5.0)));
    assert_eq!(start["name"]["zh"].as_str().map(|zh| zh.ends_with("遥控启动")), Some(true));
    let page = client.get("/devices/plain?device=gen-1").await.text;
    assert!(page.contains("遥控启动") && page.contains("预备") && page.contains("/acts/command"), "{page}");
    let page = Client::new(&_bench.url).get("/devices/plain?device=gen-1").await.text;
    assert!(page.contains("遥控启动") && !page.contains("/acts/command"), "nobody acts without a session");
}

#[tokio::test]
async fn every_refusal_says_what_would_be_right() {
    let (bench, client) = site().await;
    let none = Value::Null;
    let check = |response: super::client::Answer, status: u16, code: &str| {
        assert_eq!(response.error(), (status, code.into()), "{}", response.text);
        response.json()
    };
    let refused =
        check(client.post("/api/v1/commands", &body("gen-1/start", "reset", &none)).await, 404, "no-such-verb");
    assert_eq!(refused["verbs"], json!(["start"]));
    check(client.post("/api/v1/commands", &body("gen-1/strat", "start", &none)).await, 404, "no-such-point");
    check(client.post("/api/v1/commands", &body("pump-1/start", "start", &none)).await, 409, "control-disabled");
    let refused =
        check(client.post("/api/v1/commands", &body("gen-1/auto", "auto", &none)).await, 403, "not-permitted");
    assert_eq!(refused["needs"], "engineer");
    let refused = check(client.post("/api/v1/commands", &body("gen-1/start", "start", &none)).await, 409, "arm-needed");
    assert_eq!(refused.get("armed"), None);
    check(client.post("/api/v1/commands", &body("gen-1/start", "start", &json!("9-9"))).await, 409, "not-armed");
    check(client.post("/api/v1/commands", &body("gen-1/reset", "reset", &json!(true))).await, 422, "nothing-to-arm");
    check(client.post("/api/v1/commands", &body("gen-1/start", "start", &json!("once"))).await, 422, "bad-request");
    check(client.get("/api/v1/commands/9-9").await, 404, "not-found");
    assert_eq!(bench.sent(), [], "a refused command is not sent");
}

#[tokio::test]
async fn a_dangerous_command_is_armed_fired_accepted_and_confirmed() {
    let (bench, client) = site().await;
    let armed = client.post("/api/v1/commands", &body("gen-1/start", "start", &json!(true))).await;
    assert_eq!(armed.status, 202, "{}", armed.text);
    let armed = armed.json();
    assert!(armed["until"].is_string() && armed["id"] == armed["armed"], "{armed}");
    let again = client.post("/api/v1/commands", &body("gen-1/start", "start", &Value::Null)).await;
    assert_eq!((again.status, again.json()["armed"].clone()), (409, armed["id"].clone()));
    assert!(client.get("/devices/plain?device=gen-1").await.text.contains("已预备"));
    let manager = Client::log_in(&bench.url, "li").await;
    let stolen = manager.post("/api/v1/commands", &body("gen-1/start", "start", &armed["id"])).await;
    assert_eq!(stolen.error(), (409, "not-armed".into()), "another person's");

    let fired = client.post("/api/v1/commands", &body("gen-1/start", "start", &armed["id"])).await;
    assert_eq!(fired.status, 202, "{}", fired.text);
    let fired = fired.json();
    assert_eq!(fired["recorded"], true);
    let sent = bench.sent();
    assert_eq!(sent.len(), 1);
    let WriteSpec::Plain { address: 4104, write: Write::Registers(words), .. } = &sent[0].write else {
        panic!("{sent:?}")
    };
    assert_eq!((words.as_slice(), sent[0].id), ([35732, 29803].as_slice(), id(&fired)));

    let path = format!("/api/v1/commands/{}", fired["id"].as_str().unwrap());
    let stands = client.get(&path).await.json();
    assert_eq!(
        (&stands["state"], &stands["settled"], &stands["by"]),
        (&json!("requested"), &json!(false), &json!("wang"))
    );
    bench.news(id(&fired), Progress::Accepted).await;
    bench.news(id(&fired), Progress::Confirmed).await;
    let stands = client.get(&path).await.json();
    assert_eq!(
        (&stands["state"], &stands["settled"], &stands["failure"]),
        (&json!("confirmed"), &json!(true), &Value::Null)
    );
    let steps: Vec<&str> =
        stands["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["requested", "accepted", "confirmed"]);
    assert!(client.get("/devices/plain?device=gen-1").await.text.contains("命令已证实"));
}

#[tokio::test]
async fn consoles_are_told_who_armed_a_command_and_how_far_it_is() {
    let (bench, client) = site().await;
    let mut stream = client.open("GET", "/api/v1/screen", &[], "").await;
    let armed = client.post("/api/v1/commands", &body("gen-1/start", "start", &json!(true))).await.json();
    let commands = |data: &Value| data["sections"]["commands"].clone();
    let is_armed = |data: &Value| commands(data)["armed"][0]["id"] == armed["id"];
    let seen = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| is_armed(data))).await;
    let (_, _, told) = seen.iter().find(|(_, _, data)| is_armed(data)).unwrap();
    let told = &commands(told)["armed"][0];
    assert_eq!((&told["point"], &told["verb"], &told["by"]), (&json!("gen-1/start"), &json!("start"), &json!("wang")));
    assert_eq!(told["until"], armed["until"]);

    let fired = client.post("/api/v1/commands", &body("gen-1/start", "start", &armed["id"])).await.json();
    bench.news(id(&fired), Progress::Accepted).await;
    bench.news(id(&fired), Progress::Confirmed).await;
    let is_done = |data: &Value| commands(data)["sent"][0]["state"] == "confirmed";
    let seen = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| is_done(data))).await;
    let (_, _, told) = seen.iter().find(|(_, _, data)| is_done(data)).unwrap();
    let (told, left) = (commands(told)["sent"][0].clone(), commands(told)["armed"].clone());
    assert_eq!((&told["id"], &told["by"], &told["settled"]), (&fired["id"], &json!("wang"), &json!(true)));
    assert_eq!(
        (&told["back"], left),
        (&json!(false), json!([])),
        "nothing takes it back at its own point, none is armed"
    );
}

#[tokio::test]
async fn a_failed_command_says_why_and_alarms_until_it_is_acknowledged() {
    let (bench, client) = site().await;
    let key = [("idempotency-key", "k1")];
    let asked = client.send("POST", "/api/v1/commands", &key, &body("gen-1/reset", "reset", &Value::Null)).await;
    let again = client.send("POST", "/api/v1/commands", &key, &body("gen-1/reset", "reset", &Value::Null)).await;
    assert_eq!((asked.status, asked.json()["id"].clone()), (202, again.json()["id"].clone()));
    assert_eq!(bench.sent().len(), 1, "the same key again sends nothing");
    bench.news(id(&asked.json()), Progress::Failed(CommandFailure::Refused(3))).await;
    let stands = client.get(&format!("/api/v1/commands/{}", asked.json()["id"].as_str().unwrap())).await.json();
    assert_eq!((&stands["state"], &stands["failure"]["code"]), (&json!("failed"), &json!("refused")));
    assert_eq!(stands["failure"]["exception"], 3);
    assert!(stands["failure"]["message"]["zh"].as_str().unwrap().contains("设备拒绝"));
    let open = client.get("/api/v1/alarms?life=open").await.json();
    let alarm = &open["alarms"][0];
    assert_eq!((&alarm["point"], &alarm["category"]), (&json!("gen-1/reset"), &json!("fault")), "{open}");
    assert!(alarm["detail"]["en"].as_str().unwrap().contains("exception 3"));
    let acked = client.post(&format!("/api/v1/alarms/{}/ack", alarm["id"].as_str().unwrap()), "{}").await;
    assert_eq!(acked.status, 200);
    assert_eq!(client.get("/api/v1/alarms?life=open").await.json()["alarms"], json!([]));
}

#[tokio::test]
async fn a_form_sent_twice_commands_once_and_a_command_at_the_console_follows_the_same_gate() {
    let (bench, client) = site().await;
    let form = "point=gen-1%2Freset&verb=reset&arm=&key=page%3A1&back=%2Fdevices%2Fplain%3Fdevice%3Dgen-1";
    for _ in 0..2 {
        let answer = client.form("/acts/command", form).await;
        assert_eq!((answer.status, answer.headers["location"].to_str().unwrap()), (303, "/devices/plain?device=gen-1"));
    }
    assert_eq!(bench.sent().len(), 1);
    let armed = client.form("/acts/command", "point=gen-1%2Fstart&verb=start&arm=&key=page%3A2").await;
    assert_eq!(armed.status, 409, "{}", armed.text);
    assert!(armed.text.contains("预备"), "the page says what it takes");
}

/// Between the look and the act the alarm came back: it is not acknowledged unseen. Of a list, what closed meanwhile is
/// named and the rest acknowledged.
#[tokio::test]
async fn nothing_is_acknowledged_unseen() {
    let (bench, client) = site().await;
    let fault = "gen-1/low-fuel-level:fault";
    let known = bench.site.rules.iter().find(|rule| rule.condition.category == tocsin::engine::base::Category::Fault);
    let fault = known.map_or(fault.to_owned(), |rule| rule.condition.to_string());
    bench.tell(&fault, true).await;
    let seen = client.get("/api/v1/alarms?life=open").await.json()["alarms"][0].clone();
    bench.tell(&fault, false).await;
    bench.tell(&fault, true).await;
    let path = format!("/api/v1/alarms/{}/ack", seen["id"].as_str().unwrap());
    let refused = client.post(&path, &json!({ "count": seen["count"] }).to_string()).await;
    assert_eq!(refused.error(), (409, "changed".into()));
    assert_eq!(refused.json()["count"], 2);
    assert_eq!(client.post(&path, r#"{"count":2}"#).await.status, 200);
    bench.tell(&fault, false).await;

    bench.tell("panel-1/l1-d1:fire", true).await;
    let open = client.get("/api/v1/alarms?life=open").await.json()["alarms"][0]["id"].clone();
    let answer = client.post("/api/v1/alarms/ack", &json!({ "ids": [seen["id"], open] }).to_string()).await;
    assert_eq!((answer.status, answer.json()["closed"].clone()), (200, json!([seen["id"]])), "{}", answer.text);
}
