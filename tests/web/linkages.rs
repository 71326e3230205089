//! Linkages over HTTP and on the page: what is proposed and why, released and withdrawn by whoever may.

use std::time::Duration;

use serde_json::json;
use tocsin::engine::base::{PointId, Text};
use tocsin::engine::site::{Action, Alarms, Deed, Linkage, Mode, Quantity, Site, Target, When};

use super::FIRE;
use super::bench::Bench;
use super::client::Client;

/// A fire of the panel proposes to start the generator.
fn linked(site: &mut Site) {
    let rule = site.rules.iter().position(|rule| rule.condition.to_string() == FIRE).expect("a detector") as u32;
    let equipment = site.equipment.iter().position(|held| held.id == "gen-1").expect("a generator") as u32;
    let command = site.commands.iter().position(|held| held.point.as_str() == "gen-1/start").expect("its start") as u32;
    let target = Target { equipment, point: PointId::new("gen-1/start"), command: Some(command), feedback: None };
    let action = Action {
        name: Text::new("启动发电机", "Start the generator"),
        deed: Deed { verb: "start".into() },
        targets: vec![target],
        wildcard: false,
        delay: Duration::ZERO,
        call_point_ends_delay: false,
        call_points: Vec::new(),
        full_automatic: false,
        discharge: false,
        interlock: None,
        advice: Text::new("到机房启动", "Start it in its room"),
    };
    site.linkages.push(Linkage {
        id: "power".into(),
        name: Text::new("火灾供电", "Power in a fire"),
        mode: Mode::Manual,
        when: When::Alarms(Alarms { rules: vec![rule], unlisted: None }, Quantity { at_least: 1 }),
        actions: vec![action],
        panel: None,
        origin: "linkages.toml:1".into(),
        rows: vec!["FL-02".into()],
    });
}

#[tokio::test]
async fn a_proposed_action_is_shown_with_its_reason_released_and_withdrawn() {
    let bench = Bench::start_changed(&["gen-1"], linked).await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    assert_eq!(client.get("/api/v1/linkages").await.json()["linkages"], json!([]));
    bench.tell(FIRE, true).await;
    let runs = client.get("/api/v1/linkages").await.json()["linkages"].clone();
    let run = &runs[0];
    assert_eq!((&run["linkage"], &run["mode"], &run["drill"]), (&json!("power"), &json!("manual"), &json!(false)));
    assert_eq!(run["because"][0]["point"], "panel-1/l1-d1");
    let target = &run["actions"][0]["targets"][0];
    assert_eq!((&target["stage"], &target["why"]["code"]), (&json!("proposed"), &json!("manual-mode")));
    let page = client.get("/phone").await.text;
    for shown in ["火灾供电", "启动发电机", "手动联动，由人员执行", "/acts/linkage-release/"] {
        assert!(page.contains(shown), "{shown}");
    }
    let stranger = Client::new(&bench.url).get("/phone").await.text;
    assert!(stranger.contains("火灾供电") && !stranger.contains("/acts/linkage-"), "nobody acts without a session");

    let act = |what: &str| format!("/api/v1/linkages/{}/actions/{what}", run["id"].as_str().expect("an id"));
    let wall = Client::log_in(&bench.url, "wall").await;
    assert_eq!(wall.post(&act("0/release"), "").await.error(), (403, "not-permitted".into()));
    assert_eq!(client.post(&act("1/release"), "").await.error(), (404, "not-found".into()));
    assert_eq!(client.post("/api/v1/linkages/9-9/actions/0/release", "").await.error(), (404, "not-found".into()));
    assert_eq!(client.post(&act("0/release"), "").await.status, 202);
    assert_eq!(client.post(&act("0/release"), "").await.error(), (409, "not-proposed".into()));
    let run = client.get("/api/v1/linkages").await.json()["linkages"][0].clone();
    assert_eq!(run["actions"][0]["released_by"], "wang");
    let target = &run["actions"][0]["targets"][0];
    assert_eq!((&target["stage"], target["command"].is_string()), (&json!("started"), true));
    assert_eq!(bench.sent().len(), 1, "it was sent once");
    assert_eq!(client.post(&act("0/withdraw"), "").await.status, 202);
    assert_eq!(client.post(&act("0/withdraw"), "").await.error(), (409, "nothing-to-withdraw".into()));
    let journal = client.get("/journal").await.text;
    assert!(journal.contains("联动成立") && journal.contains("联动动作撤回"), "the journal's page tells of it");
}
