//! Floor plans over HTTP: what is listed, what is shown, what a browser is told of it.

use std::sync::Arc;

use serde_json::{Value, json};
use tocsin::config::site::read_drawing;
use tocsin::engine::site::{FloorPlan, Placed, Site};

use crate::bench::Bench;
use crate::client::Client;

const FOREIGN: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 480'><script>alert(1)</script>\
    <rect data-zone='2-04' onclick='alert(1)' width='700' height='90' fill='var(--panel)'/></svg>";

/// Puts a plan of floor 4 into the site, with the first detector of that floor and the panel on it.
fn with_a_plan(site: &mut Site) {
    let (drawing, warnings) = read_drawing("4.svg", FOREIGN.as_bytes()).expect("it is a drawing");
    assert!(warnings[0].to_string().contains("<script> is left out"), "{warnings:?}");
    let detector =
        site.equipment_on("2", "4").find(|(_, held)| held.id.contains('/')).expect("floor 4 has detectors").0;
    let panel = site.equipment.iter().position(|held| held.id == "panel-1").expect("the panel");
    let mut placed = vec![
        Placed { equipment: detector, x: 100.0, y: 50.0 },
        Placed { equipment: u32::try_from(panel).expect("few"), x: 1.5, y: 2.0 },
    ];
    placed.sort_by_key(|placed| placed.equipment);
    site.floor_plans.push(FloorPlan { building: "2".into(), floor: "4".into(), drawing: Arc::new(drawing), placed });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_are_listed_with_what_stands_where() {
    let bench = Bench::start_changed(&[], with_a_plan).await;
    let answer = Client::new(&bench.url).get("/api/v1/plans").await;
    let document = answer.json();
    let floors = document["buildings"][1]["floors"].as_array().expect("floors").clone();
    assert_eq!(floors[0], json!({ "floor": "B1", "below_ground": true, "plan": false }));
    assert_eq!(floors[4], json!({ "floor": "4", "below_ground": false, "plan": true }));
    let plan = &document["plans"][0];
    assert_eq!(plan["view_box"], json!([0.0, 0.0, 720.0, 480.0]));
    assert_eq!((&plan["building"], &plan["floor"], &plan["own_colours"]), (&json!("2"), &json!("4"), &json!(false)));
    assert_eq!(plan["zones"], json!([{ "zone": "2-04", "bounds": [0.0, 0.0, 700.0, 90.0] }]));
    let points = plan["points"].as_array().expect("points");
    let panel = points.iter().find(|point| point["point"] == "panel-1").expect("the panel is placed");
    let own = panel["own"].as_array().expect("a panel says what is its own");
    assert!(
        own.contains(&json!("link")) && own.iter().all(|own| !own.as_str().unwrap_or("").starts_with("l1-")),
        "{own:?}"
    );
    let detector = points.iter().find(|point| point["x"] == 100.0).expect("the detector is placed");
    assert!(detector["own"].is_null(), "whatever a detector says is its own");
    let unplaced = plan["unplaced"].as_array().expect("unplaced");
    assert!(!unplaced.is_empty() && !unplaced.contains(&detector["point"]), "{unplaced:?}");

    let tag = answer.headers["etag"].to_str().unwrap();
    let again = Client::new(&bench.url).send("GET", "/api/v1/plans", &[("if-none-match", tag)], "").await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_shown_without_what_somebody_put_into_it() {
    let bench = Bench::start_changed(&[], with_a_plan).await;
    let client = Client::new(&bench.url);
    let answer = client.get("/api/v1/plans/2/4.svg").await;
    assert_eq!(
        answer.text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 480\">\
         <rect fill=\"var(--panel)\" height=\"90\" width=\"700\" data-zone=\"2-04\"/></svg>"
    );
    let head = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(head("content-type"), "image/svg+xml");
    assert_eq!(head("x-content-type-options"), "nosniff");
    let policy = head("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    let plans: Value = client.get("/api/v1/plans").await.json();
    assert_eq!(head("etag"), format!("\"{}\"", plans["plans"][0]["hash"].as_str().unwrap()));
    let again = client.send("GET", "/api/v1/plans/2/4.svg", &[("if-none-match", &head("etag"))], "").await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));

    for nothing in ["2/3.svg", "2/4", "9/4.svg", "2/..%2F..%2Fsite.toml", "2/.svg"] {
        let answer = client.get(&format!("/api/v1/plans/{nothing}")).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (404, Some("not-found")), "{nothing}");
    }
}
