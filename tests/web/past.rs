//! A long journal: whatever is asked of it reads what belongs to the answer, and not the years around it.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::engine::alarm::Fact;

use super::bench::{Bench, Front};
use super::client::Client;

const DAY: i64 = 24 * 3600 * 1_000_000;
/// Alarms of the past, each raised, acknowledged and over: facts enough that nobody reads them by the way.
const ALARMS: u64 = 8_000;
const OIL: &str = "gen-1/oil-pressure";

/// A year that ends a day before `now`. What it holds of the oil pressure are five faults; an isolation stands since its
/// beginning, and of one incident everything is over.
fn year(now: i64) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let begin = now - 366 * DAY;
    let step = 365 * DAY / (ALARMS as i64 * 3);
    let mut add = |mut fact: Value| {
        let seq = facts.len() as u64 + 1;
        for (key, value) in [("v", json!(2)), ("epoch", json!(1)), ("seq", json!(seq))] {
            fact[key] = value;
        }
        fact["at"] = json!(begin + seq as i64 * step);
        facts.push(Fact::from_bytes(fact.to_string().as_bytes()).expect("a fact"));
        seq
    };
    let (by, place) = (
        json!({ "user": "li", "role": "manager", "origin": "10.0.0.7" }),
        json!({ "building": "2", "floor": "4", "zone": null, "text": { "zh": "走廊", "en": "corridor" } }),
    );
    let name = |text: &str| json!({ "zh": text, "en": text });
    add(json!({
        "kind": "isolated", "point": OIL, "name": name("oil"), "reason": "dust", "place": place, "by": by,
        "review": { "from": begin, "lasts_us": 400 * DAY },
    }));
    for number in 0..ALARMS {
        let (fire, oil) = (number == 40, number % 1_600 == 800);
        let point = if oil { OIL.to_owned() } else { format!("panel-1/l1-d{}", number % 150) };
        let category = if fire { "fire" } else { "fault" };
        let incident = fire.then(|| format!("1-{}", add(json!({ "kind": "incident-opened" }))));
        let raised = add(json!({
            "kind": "raised", "condition": { "point": point, "category": category }, "name": name(&point), "place": place,
            "priority": 4, "latches": fire, "stays": true, "tone": "fault", "incident": incident, "first": fire,
        }));
        let id = format!("1-{raised}");
        add(json!({ "kind": "acknowledged", "occurrences": [id], "note": null, "by": by }));
        add(json!({ "kind": "closed", "occurrence": id, "reason": "over" }));
        if let Some(incident) = incident {
            add(json!({ "kind": "incident-closed", "incident": incident, "verdict": "real" }));
        }
    }
    facts
}

#[tokio::test]
async fn of_a_year_is_read_what_belongs_to_the_answer() {
    let now = tocsin::edge::clock::Clock::start().now().wall.0;
    let past = year(now);
    let many = past.len() as u64;
    let incident = past.iter().find(|fact| fact.kind.as_str() == "incident-opened").expect("an incident").id;
    let bench = Bench::start_before(Front { past, ..Front::default() }).await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    // The index takes the year in beside everything else; a form waits for it, and says so while it is not there.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(120);
    while client.get("/api/v1/forms/handling").await.status != 200 {
        assert!(tokio::time::Instant::now() < deadline, "the index takes {many} facts in");
    }
    bench.facts_read();
    let said = |at: i64| jiff::Timestamp::from_microsecond(at).expect("a time").to_string();
    let (from, to) = (said(now - 366 * DAY), said(now));

    let marks = client.get(&format!("/api/v1/trends/marks?point={OIL}&from={from}&to={to}")).await.json();
    let count = |name: &str| marks[name].as_array().expect(name).len();
    assert_eq!((count("alarms"), count("isolations"), count("incidents")), (5, 1, 1), "{marks}");
    assert!(marks["alarms"][0]["spells"][0]["to"].is_string() && marks["isolations"][0]["spells"][0]["to"].is_null());
    assert_eq!(marks["incidents"][0]["name"]["en"], "panel-1/l1-d40");
    let read = bench.facts_read();
    assert!(read < 60, "marks of a year read {read} of {many} facts");

    let figures = client.get(&format!("/api/v1/performance?from={}&to={to}", said(now - DAY / 2))).await.json();
    assert_eq!((figures["alarms"].as_u64(), figures["standing"].as_u64()), (Some(0), Some(0)), "{figures}");
    let read = bench.facts_read();
    assert!(read < 1_500, "figures of half a day read {read} of {many} facts");

    let form = client.get(&format!("/api/v1/forms/handling?from={}&to={to}", said(now - DAY / 2))).await.json();
    assert_eq!(form["rows"].as_array().expect("rows").len(), 1, "the isolation is open: {form}");
    let read = bench.facts_read();
    assert!(read < 20, "a handling record of half a day read {read} of {many} facts");

    let form = client.get(&format!("/api/v1/forms/handling?from={from}&to={to}")).await.json();
    assert_eq!(form["rows"].as_array().expect("rows").len(), 5_000);
    assert_eq!(form["left_out"].as_u64(), Some(ALARMS + 1 - 5_000), "what is left out is counted");

    bench.facts_read();
    let report = client.get(&format!("/api/v1/reports/incident?incident={}-{}", incident.epoch, incident.seq)).await;
    let rows = report.json()["timeline"].as_array().expect("a timeline").len();
    let read = bench.facts_read();
    assert!((4..40).contains(&rows) && read < 60, "an incident of {rows} facts read {read} of {many}");
}
