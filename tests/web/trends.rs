//! Trends as maintenance staff look at them: points found by name, what happened beside them, what is exported, and the
//! app in a browser over a year of real history.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::engine::base::Wall;
use tocsin::live::document::timestamp;

use crate::bench::{Bench, PASSWORD};
use crate::client::Client;
use crate::node::{self, play};

const OIL: &str = "gen-1/oil-pressure";
const MODE: &str = "gen-1/mode";
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

async fn gateway() -> (Bench, Client) {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    (bench, client)
}

/// An instant in UTC.
fn said(at: i64) -> String {
    timestamp(Wall(at), &jiff::tz::TimeZone::UTC).replace("+00:00", "Z")
}

fn ids(found: &Value) -> Vec<&str> {
    found["points"].as_array().unwrap().iter().map(|point| point["point"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn points_are_found_in_both_languages_with_their_limits() {
    let (_bench, client) = gateway().await;
    let find = async |query: &str| client.get(&format!("/api/v1/trends/points?{query}")).await.json();
    for words in ["q=generator%20oil%20PRESS", "q=%E6%9C%BA%E6%B2%B9%E5%8E%8B%E5%8A%9B", "q=gen-1/oil-p"] {
        let found = find(words).await;
        assert!(ids(&found).contains(&OIL), "{words}: {found}");
    }
    assert!(find("q=no-such-words").await["points"].as_array().unwrap().is_empty());
    let some = find("device=gen-1&limit=3").await;
    assert_eq!(ids(&some).len(), 3);
    assert!(some["total"].as_u64().unwrap() > 50, "{}", some["total"]);

    let known = find(&format!("ids={OIL},{MODE}")).await;
    let of = |id: &str| known["points"].as_array().unwrap().iter().find(|point| point["point"] == id).unwrap().clone();
    let (oil, mode) = (of(OIL), of(MODE));
    assert_eq!((oil["kind"].as_str(), oil["unit"].as_str()), (Some("number"), Some("kPa")));
    assert_eq!((oil["limits"][0]["side"].as_str(), oil["limits"][0]["value"].as_f64()), (Some("below"), Some(150.0)));
    assert!(mode["states"].as_array().unwrap().iter().any(|state| state["name"]["en"] == "Auto"), "{mode}");
    let detector = find("ids=panel-1/l1-d1").await;
    assert!(detector["judged_by"]["panel-1/l1-d1"].as_array().is_some_and(|points| !points.is_empty()), "{detector}");
    assert_eq!(client.get("/api/v1/trends/points?limit=0").await.status, 422);
}

#[tokio::test]
async fn what_happened_to_a_point_stands_on_its_axis_of_time() {
    let (bench, client) = gateway().await;
    let begin = bench.now().wall.0 - SECOND;
    bench.tell("gen-1/oil-pressure:fault", true).await;
    let open = client.get("/api/v1/alarms?life=open").await.json()["alarms"].clone();
    let id = open[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), "{}").await.status, 200);
    let soon = said(bench.now().wall.0 + HOUR);
    let body = json!({ "point": OIL, "reason": "sensor changed", "review_at": soon }).to_string();
    assert_eq!(client.post("/api/v1/isolations", &body).await.status, 201);

    let ask = |point: &str| {
        format!("/api/v1/trends/marks?point={point}&from={}&to={}", said(begin), said(bench.now().wall.0 + HOUR))
    };
    let marks = client.get(&ask(OIL)).await.json();
    let alarm = &marks["alarms"][0];
    assert_eq!((alarm["id"].as_str(), alarm["spells"][0]["to"].is_null()), (Some(&*id), true), "{marks}");
    assert_eq!(alarm["acknowledged"].as_array().unwrap().len(), 1, "{marks}");
    assert_eq!(marks["isolations"][0]["reason"], "sensor changed");

    bench.tell("gen-1/oil-pressure:fault", false).await;
    let over = client.get(&ask(OIL)).await.json();
    assert!(over["alarms"][0]["spells"][0]["to"].is_string(), "{over}");
    let other = client.get(&ask("meter-1/voltage-l1-n")).await.json();
    assert!(other["alarms"].as_array().unwrap().is_empty(), "another device's alarms are not drawn: {other}");
    bench.lose("gen-1").await;
    let lost = client.get(&ask(OIL)).await.json();
    assert_eq!(lost["alarms"][1]["category"], "link-fault", "what made the gap is named: {lost}");
    assert_eq!(client.get(&ask("no/such")).await.status, 404);
    assert_eq!(client.get("/api/v1/trends/marks?point=a/b&from=x&to=y").await.status, 422);
}

#[tokio::test]
async fn the_journal_and_the_trends_can_be_read() {
    let (bench, client) = gateway().await;
    bench.tell(crate::FIRE, true).await;
    let all = client.get("/api/v1/journal?limit=2").await.json();
    assert_eq!((all["events"].as_array().unwrap().len(), all["events"][0]["seq"].as_u64()), (2, Some(1)));
    let rest = client.get(&format!("/api/v1/journal?after={}&kind=raised", all["next"])).await.json();
    let kinds: Vec<&str> =
        rest["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["raised"]);

    let point = bench.site.points.iter().find(|point| !point.unit.is_empty()).unwrap().id.clone();
    bench.sample(point.as_str(), Some(1.5)).await;
    let zone = jiff::tz::TimeZone::UTC;
    let from = tocsin::live::document::timestamp(tocsin::engine::base::Wall(bench.now().wall.0 - 60_000_000), &zone);
    let to = tocsin::live::document::timestamp(bench.now().wall.after(Duration::from_secs(1)), &zone);
    let trend = client
        .get(&format!(
            "/api/v1/trends?point={point}&from={}&to={}&pixels=20",
            from.replace('+', "%2B"),
            to.replace('+', "%2B")
        ))
        .await
        .json();
    let spans = trend["spans"].as_array().unwrap();
    assert!(spans.iter().any(|span| span["max"] == 1.5), "{trend}");

    let ask = format!("/api/v1/trends?point={point}&from={}&to={}", from.replace('+', "%2B"), to.replace('+', "%2B"));
    let raw = client.get(&format!("{ask}&as=raw")).await.json();
    assert_eq!((raw["marks"][0]["value"].as_f64(), raw["next"].is_null()), (Some(1.5), true), "{raw}");
    let rollup = client.get(&format!("{ask}&as=rollup&step=1m")).await.json();
    let counted = rollup["rollups"].as_array().unwrap().iter().find(|minute| minute["count"] == 1).unwrap();
    assert_eq!((counted["min"].as_f64(), counted["alarm_s"].as_f64()), (Some(1.5), Some(0.0)), "{rollup}");
    assert_eq!(client.get(&format!("{ask}&as=rollup")).await.json()["step"], "1m", "the finest that fits");
    let segments = client.get(&format!("{ask}&as=segments")).await.json();
    assert_eq!(
        (segments["segments"][0]["value"].as_f64(), segments["next"].is_null()),
        (Some(1.5), true),
        "{segments}"
    );
    let other = bench.site.points.iter().map(|point| point.id.to_string()).find(|id| id != point.as_str()).unwrap();
    let both = client.get(&format!("{ask}&point={other}&as=segments")).await.json();
    assert_eq!(
        (both["trends"][0]["point"].as_str(), both["trends"][1]["point"].as_str()),
        (Some(point.as_str()), Some(&*other))
    );

    for (more, field) in [
        ("&as=sums", "as"),
        ("&step=1h", "step"),
        ("&as=rollup&step=2h", "step"),
        ("&pixels=0", "pixels"),
        ("&from=2020-01-01T00:00:00Z", "from"),
        ("&colour=red", "colour"),
        (&*format!("&point={other}").repeat(16), "point"),
    ] {
        let refused = client.get(&format!("{ask}{more}")).await.json();
        assert_eq!(
            (refused["error"].as_str(), refused["field"].as_str()),
            (Some("bad-request"), Some(field)),
            "{refused}"
        );
    }
    let years = format!("/api/v1/trends?point={point}&from=2000-01-01T00:00:00Z&to=2026-01-01T00:00:00Z");
    let refused = client.get(&format!("{years}&as=rollup&step=1m")).await.json();
    assert!(refused["detail"].as_str().unwrap().contains("more than 20000 roll-ups"), "{refused}");
}

/// A year by the half hour with one spike, a day by ten seconds with another one and a gap, and modes.
async fn year(bench: &Bench) {
    let now = bench.now().wall.0 / HOUR * HOUR;
    let wave = |at: i64| Some(400.0 + ((at / (HOUR / 2)) % 48) as f64);
    let mut oil: Vec<(Wall, Option<f64>)> =
        (0..364 * 48).map(|half| now - 365 * DAY + half * (HOUR / 2)).map(|at| (Wall(at), wave(at))).collect();
    // One sample of a year.
    oil[9_000].1 = Some(987.0);
    let begin = now - DAY;
    for step in 0..8_640 {
        let at = begin + step * 10 * SECOND;
        let gap = begin + 6 * HOUR..begin + 6 * HOUR + 42 * 60 * SECOND;
        let value = if gap.contains(&at) { None } else { wave(at).map(|value| value + (step % 7) as f64 * 0.1) };
        oil.push((Wall(at), value));
    }
    let spike = oil.len() - 3_000;
    oil[spike].1 = Some(765.0);
    bench.history(OIL, &oil).await;
    let mode = |hours: i64, value: Option<f64>| (Wall(begin + hours * HOUR), value);
    let modes = [mode(0, Some(1.0)), mode(4, Some(2.0)), mode(5, Some(1.0)), mode(6, None), mode(7, Some(1.0))];
    bench.history(MODE, &modes).await;
    let volts: Vec<(Wall, Option<f64>)> =
        (0..1_440).map(|minute| (Wall(begin + minute * 60 * SECOND), Some(230.0 + (minute % 9) as f64))).collect();
    bench.history("gen-1/voltage-l1-n", &volts).await;
}

#[tokio::test]
async fn an_export_of_what_is_shown_has_the_columns_of_the_chart() {
    let (bench, client) = gateway().await;
    year(&bench).await;
    let now = bench.now().wall.0 / HOUR * HOUR;
    let stretch = format!("from={}&to={}", said(now - DAY), said(now));
    let drawn = client.get(&format!("/api/v1/trends?point={OIL}&{stretch}&pixels=300")).await.json();
    let drawn: Vec<&Value> = drawn["spans"].as_array().unwrap().iter().collect();
    let file = |format: &str| {
        format!("/api/v1/trends/export?points={OIL},{MODE}&{stretch}&layout=shown&pixels=300&format={format}&lang=en")
    };
    let exported = client.get(&file("json")).await.json();
    let rows = exported["columns"].as_array().or_else(|| exported["columns"]["rows"].as_array()).unwrap();
    assert_eq!(rows.len(), drawn.len());
    for (row, span) in rows.iter().zip(&drawn) {
        assert_eq!(
            (&row["min"], &row["max"], &row["last"]),
            (&span["min"], &span["max"], &span["last"]),
            "{row} {span}"
        );
    }
    assert!(rows.iter().any(|row| row["max"] == 765.0), "the spike of one sample is in the file");
    assert!(
        rows.iter().any(|row| row["quality"] == "unknown" && row["max"].is_null()),
        "a gap is a row without a value"
    );
    let csv = client.get(&file("csv")).await.text;
    assert!(csv.contains("765") && csv.contains("Manual") && csv.contains("unknown"), "{}", &csv[..500]);
    for (wrong, field) in
        [("layout=shown&pixels=0", "pixels"), ("layout=long&pixels=9", "pixels"), ("layout=tall", "layout")]
    {
        let refused = client.get(&format!("/api/v1/trends/export?points={OIL}&{wrong}")).await;
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some(field)), "{wrong}");
    }
}

/// The app over that year: nothing is lost by zooming out, a gap is a gap, an address gives the same picture.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trends_in_a_browser() {
    let (bench, client) = gateway().await;
    year(&bench).await;
    bench.tell("gen-1/oil-pressure:fault", true).await;
    let id = client.get("/api/v1/alarms?life=open").await.json()["alarms"][0]["id"].as_str().unwrap().to_owned();
    client.post(&format!("/api/v1/alarms/{id}/ack"), "{}").await;
    let soon = said(bench.now().wall.0 + HOUR);
    let body = json!({ "point": MODE, "reason": "mode switch changed", "review_at": soon }).to_string();
    assert_eq!(client.post("/api/v1/isolations", &body).await.status, 201);
    let hour = said(bench.now().wall.0 / HOUR * HOUR);
    play("trends.mjs", &[&bench.url, "wang", PASSWORD, &hour, &id, &node::pictures()], async |asked| {
        if asked["ask"] == "fire" {
            bench.tell(crate::FIRE, true).await;
        }
        json!({})
    })
    .await;
}
