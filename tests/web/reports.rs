//! Reports and exports over HTTP and on the page.

use serde_json::Value;

use super::bench::Bench;
use super::client::Client;
use super::{FIRE, only_open};

#[tokio::test]
async fn a_report_is_read_by_all_and_taken_by_name() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    bench.tell(FIRE, true).await;
    let alarm = only_open(&client).await;
    let id = alarm["id"].as_str().unwrap();
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), r#"{"note":"camera 4"}"#).await.status, 200);

    let nobody = Client::new(&bench.url);
    let refused = nobody.get("/api/v1/reports/daily?format=csv").await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (401, Some("no-session")));
    assert_eq!(nobody.get("/reports").await.status, 200);
    let page = nobody.get("/reports/daily?lang=en").await.text;
    assert!(page.contains("camera 4") && page.contains("Log in to save a file"), "{page}");
    assert!(page.contains("data-label=\"time\""), "{page}");

    let csv = client.get("/api/v1/reports/daily?format=csv&lang=en").await;
    assert_eq!(csv.status, 200);
    assert!(csv.text.starts_with("\u{feff}field,value\r\nreport,Daily log\r\n"), "{}", csv.text);
    assert!(csv.text.contains("camera 4"), "{}", csv.text);
    let json: Value = client.get("/api/v1/reports/incident").await.json();
    assert_eq!(json["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["rows"][0]["ack_by"], "wang");
    let head =
        json["about"].as_array().unwrap().iter().find(|row| row["field"]["en"] == "hash of the journal").unwrap();
    assert_eq!(head["value"].as_str().map(str::len), Some(64));
    let book = client.open("GET", "/api/v1/reports/faults?format=xlsx", &[], "").await;
    assert!(book.bytes().await.unwrap().starts_with(b"PK"));
    assert_eq!(client.get("/api/v1/reports/daily?format=pdf").await.status, 422);
    assert_eq!(client.get("/api/v1/reports/daily?date=today").await.status, 422);
    assert_eq!(client.get("/api/v1/reports/weather").await.status, 404);
    assert_eq!(client.get("/api/v1/reports/incident?incident=1-999999").await.status, 404);

    let taken = client.get("/api/v1/journal?kind=records-exported&limit=100").await.json();
    let taken: Vec<&str> =
        taken["events"].as_array().unwrap().iter().filter_map(|event| event["what"].as_str()).collect();
    assert_eq!(taken, ["report daily", "report incident", "report faults"]);
}

#[tokio::test]
async fn trends_are_sent_while_they_are_read() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    let point = bench.site.points.iter().find(|point| !point.unit.is_empty()).expect("a measurement").id.clone();
    for value in [Some(1.5), None, Some(-2.0)] {
        bench.sample(point.as_str(), value).await;
    }
    assert_eq!(Client::new(&bench.url).get("/api/v1/trends/export?points=*").await.status, 401);
    let address = format!("/api/v1/trends/export?points={point}&from=2020-01-01");
    let csv = client.get(&format!("{address}&lang=en")).await;
    assert_eq!(csv.status, 200);
    let rows: Vec<String> = csv.text.lines().map(str::to_owned).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows[1].contains(",1.5,") && rows[1].ends_with(",good"), "{rows:?}");
    assert!(rows[2].ends_with(",,kPa,never-read"), "{rows:?}");
    assert!(rows[3].contains(",-2,"), "a number is no formula: {rows:?}");
    let json: Value = client.get(&format!("{address}&format=json")).await.json();
    assert_eq!(json["samples"].as_array().map(Vec::len), Some(3));
    assert_eq!(client.get("/api/v1/trends/export?points=no/such").await.status, 404);
    assert_eq!(client.get(&format!("{address}&layout=tall")).await.status, 422);
    let taken = client.get("/api/v1/journal?kind=records-exported").await.json();
    assert_eq!(taken["events"].as_array().map(Vec::len), Some(2));
}
