//! The journal on its page and over HTTP: searched in both languages, filtered, exported as it was filtered; and what it
//! tells of one alarm.

use serde_json::Value;

use super::bench::Bench;
use super::client::Client;
use super::{FIRE, only_open, quiet_site};

fn kinds(answer: &Value) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().filter_map(|event| event["kind"].as_str()).collect()
}

/// A fire that wang acknowledged with a note, and that is over.
async fn a_fire_was_acknowledged() -> (Bench, Client, String) {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    let id = only_open(&client).await["id"].as_str().unwrap().to_owned();
    let acked = client.post(&format!("/api/v1/alarms/{id}/ack"), r#"{"note":"派人 camera 4"}"#).await;
    assert_eq!(acked.status, 200, "{}", acked.text);
    (bench, client, id)
}

#[tokio::test]
async fn a_search_finds_a_fact_in_either_language_and_says_what_it_passed_over() {
    let (_bench, client, id) = a_fire_was_acknowledged().await;
    for words in ["火警", "fire"] {
        let found = client.get(&format!("/api/v1/journal?text={words}&sort=alarms,acts")).await.json();
        assert_eq!(kinds(&found), ["acknowledged", "raised", "incident-opened"][..2], "{words}: {found}");
        assert!(found["hidden"].as_u64().unwrap() > 0 && found["hidden_fires"] == 0, "{found}");
    }
    let noted = client.get("/api/v1/journal?text=CAMERA&person=wang").await.json();
    assert_eq!(kinds(&noted), ["acknowledged"]);
    assert_eq!(noted["hidden_fires"], 1, "{noted}");
    assert_eq!(client.get("/api/v1/journal?sort=alarm").await.status, 422);
    assert_eq!(client.get("/api/v1/journal?text=x&after=1").await.status, 422);
    let first = client.get("/api/v1/journal?device=panel-1&limit=1").await.json();
    let next = first["next"].as_u64().expect("there is more");
    let further = client.get(&format!("/api/v1/journal?device=panel-1&limit=1&before={next}")).await.json();
    assert!(further["events"][0]["seq"].as_u64() < first["events"][0]["seq"].as_u64(), "{first} {further}");

    let page = client.get("/journal?text=camera&person=wang&lang=x").await;
    assert_eq!(page.status, 422, "a parameter that is none is not passed over");
    let page = client.get("/journal?text=camera&person=wang").await.text;
    assert!(page.contains("派人 camera 4") && page.contains(&format!("/alarm/{id}")), "{page}");
    assert!(page.contains("href=\"/journal?text=camera\"") && page.contains("href=\"/journal?person=wang\""), "{page}");
    assert!(page.contains("其中火警 1 条未列出") && page.contains("/journal?kind=raised&amp;category=fire"), "{page}");
    assert!(page.contains("本页是记录"), "a page that looks back says so");
    let nothing = client.get("/journal?text=no-such-word").await.text;
    assert!(nothing.contains("没有符合的记录") && nothing.contains("已查到最早的记录"), "{nothing}");
}

#[tokio::test]
async fn what_is_filtered_is_what_is_exported() {
    let (_bench, client, _) = a_fire_was_acknowledged().await;
    let copy = client.get("/api/v1/journal/export?text=camera&person=wang").await;
    assert_eq!(copy.status, 200, "{}", copy.text);
    let lines: Vec<Value> = copy.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{}", copy.text);
    assert_eq!(lines[0]["note"], "派人 camera 4");
    // A disk that is busy has it a moment later.
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    let scope = loop {
        let taken = client.get("/api/v1/journal?kind=records-exported").await.json();
        if let Some(scope) = taken["events"][0]["scope"].as_str() {
            break scope.to_owned();
        }
        assert!(tokio::time::Instant::now() < end, "no export was recorded: {taken}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert!(scope.ends_with(", text camera, person wang"), "what was exported is recorded: {scope}");
    assert_eq!(client.get("/api/v1/journal/export?limit=3").await.status, 422);
    assert_eq!(client.get("/api/v1/journal/export?category=smoke").await.status, 422);
}

#[tokio::test]
async fn an_alarm_tells_its_whole_story_also_when_it_is_over() {
    let (bench, client, id) = a_fire_was_acknowledged().await;
    let verdict = client.post(&format!("/api/v1/alarms/{id}/verdict"), r#"{"verdict":"false","cause":"dust"}"#).await;
    assert_eq!(verdict.status, 200, "{}", verdict.text);
    let review = jiff::Timestamp::from_microsecond(bench.now().wall.0 + 3_600_000_000).unwrap();
    let isolated = format!(r#"{{"point":"panel-1/l1-d1","reason":"cleaning","review_at":"{review}"}}"#);
    let isolated = client.post("/api/v1/isolations", &isolated).await;
    assert_eq!(isolated.status, 201, "{}", isolated.text);
    let reset = client.post("/api/v1/reset", r#"{"scope":{"device":"panel-1"}}"#).await;
    assert_eq!(reset.status, 200, "{}", reset.text);
    bench.tell(FIRE, false).await;
    bench.until("the fire is over", |state| state.open().next().is_none()).await;
    let page = client.get(&format!("/alarm/{id}")).await.text;
    let story = &page[page.find("class=\"story\"").expect("a story")..];
    let mut after = 0;
    for said in ["报警", "确认", "派人 camera 4", "判定", "误报：dust", "cleaning", "复位", "结束"] {
        let at = story[after..].find(said).unwrap_or_else(|| panic!("{said} is missing or out of order: {story}"));
        after += at;
    }
    assert!(story.contains("来自 127.0.0.1"), "from where it was done: {story}");
    assert!(page.contains("/incident/1-") && page.contains("/journal?point=panel-1%2Fl1-d1"), "{page}");
    assert_eq!(client.get("/alarm/1-999999").await.status, 404);
}

#[tokio::test]
async fn incidents_isolations_and_performance_have_their_pages() {
    let (bench, client, id) = a_fire_was_acknowledged().await;
    let review = jiff::Timestamp::from_microsecond(bench.now().wall.0 + 3_600_000_000).unwrap();
    let isolated = format!(r#"{{"point":"panel-1/l1-d1","reason":"cleaning the head","review_at":"{review}"}}"#);
    assert_eq!(client.post("/api/v1/isolations", &isolated).await.status, 201);
    let list = client.get("/incidents").await.text;
    let incident =
        list.split("/incident/").nth(1).and_then(|rest| rest.split('"').next()).expect("an incident").to_owned();
    assert!(list.contains("尚未结束") && list.contains("1 条报警"), "{list}");
    let page = client.get(&format!("/incident/{incident}")).await.text;
    assert!(page.contains("首次确认 (wang)") && page.contains("派人 camera 4"), "{page}");
    assert!(page.contains(&format!("href=\"/alarm/{id}\"")) && page.contains("format=csv"), "{page}");
    assert_eq!(client.get("/incident/1-999999").await.status, 404);

    let register = client.get("/isolations").await.text;
    assert!(register.contains("cleaning the head") && register.contains("仍隔离"), "{register}");
    assert!(register.contains("/acts/release/") && register.contains("report-signatures"), "{register}");
    let nobody = Client::new(&bench.url).get("/isolations").await.text;
    assert!(!nobody.contains("/acts/release/"), "nobody releases without a session");
    let figures = client.get("/performance").await.text;
    assert!(figures.contains("每10分钟平均") && figures.contains("目标为时间的1%以内"), "{figures}");
    assert!(
        figures.contains("/journal?kind=raised&amp;point=panel-1%2Fl1-d1"),
        "a bad actor leads to its records: {figures}"
    );
    assert_eq!(client.get("/performance?from=2026-02-02&to=2026-02-01").await.status, 422);
}
