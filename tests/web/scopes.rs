//! Tests and drills over HTTP and on the page.

use std::time::Duration;

use serde_json::{Value, json};

use super::bench::Bench;
use super::client::Client;
use super::{FIRE, only_open, quiet_site};

fn soon(bench: &Bench, minutes: u64) -> String {
    let at = bench.now().wall.after(Duration::from_secs(minutes * 60));
    tocsin::live::document::timestamp(at, &jiff::tz::TimeZone::UTC)
}

#[tokio::test]
async fn a_fire_under_test_is_shown_as_test_and_real_when_the_test_ends() {
    let (bench, client) = quiet_site().await;
    let body = |tested: Value, until: &str| json!({ "tested": tested, "reason": "yearly", "until": until }).to_string();
    let panel = json!({ "device": "panel-1" });
    let begin = |text: String| async {
        let text = text;
        client.post("/api/v1/tests", &text).await
    };
    assert_eq!(begin(body(panel.clone(), &soon(&bench, 600))).await.error(), (422, "bad-end".into()));
    assert_eq!(begin(body(panel.clone(), "later")).await.error(), (422, "bad-request".into()));
    assert_eq!(
        begin(body(json!({ "zone": "nowhere" }), &soon(&bench, 5))).await.error(),
        (404, "no-such-scope".into())
    );
    let made = begin(body(panel, &soon(&bench, 60))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();

    bench.tell(FIRE, true).await;
    let alarm = only_open(&client).await;
    assert_eq!((&alarm["inhibit"], &alarm["incident"]), (&json!(["test-scope"]), &Value::Null));
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["banner"]["state"], "disabled");
    assert_eq!((&state["counts"]["fire"]["total"], &state["counts"]["test"]["total"]), (&json!(0), &json!(1)));
    assert_eq!(state["sound"]["tone"], Value::Null);
    assert_eq!(state["scopes"]["tests"][0]["tested"]["device"], "panel-1");
    assert_eq!(client.get("/api/v1/tests").await.json()["tests"][0]["by"], "wang");
    let page = client.get("/phone").await.text;
    assert!(page.contains("测试中") && page.contains("/acts/test-end/"), "the test is on the page, with its end");

    let gone = format!("/api/v1/tests/{id}");
    assert_eq!(client.send("DELETE", &gone, &[], "").await.status, 200);
    assert_eq!(client.send("DELETE", &gone, &[], "").await.error(), (404, "not-found".into()));
    let state = client.get("/api/v1/state").await.json();
    assert_eq!((&state["banner"]["state"], &state["sound"]["tone"]), (&json!("fire"), &json!("fire")));
    assert!(only_open(&client).await["incident"].is_string());
}

#[tokio::test]
async fn a_drill_is_a_supervisors_and_stands_on_every_page() {
    let (bench, operator) = quiet_site().await;
    let manager = Client::log_in(&bench.url, "li").await;
    let building = bench.site.buildings[0].id.clone();
    let body = json!({ "building": building, "reason": "spring", "until": soon(&bench, 30) }).to_string();
    assert_eq!(operator.post("/api/v1/drills", &body).await.error(), (403, "not-permitted".into()));
    let made = manager.post("/api/v1/drills", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(manager.post("/api/v1/drills", &body).await.error(), (409, "already-drilling".into()));
    assert_eq!(operator.get("/api/v1/drills").await.json()["drills"][0]["building"], json!(building));
    for page in ["/phone", "/devices/plain", "/journal"] {
        assert!(operator.get(page).await.text.contains("演练中"), "{page}");
    }
    let gone = format!("/api/v1/drills/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(manager.send("DELETE", &gone, &[], "").await.status, 200);
    assert!(!operator.get("/phone").await.text.contains("演练中"));
}
