//! The stream: a snapshot or what was missed, then every fact once, in order.

use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::{FIRE, quiet_site};

/// Reads server-sent events until `wanted` says that it has seen enough.
pub(crate) async fn events(
    stream: &mut reqwest::Response,
    wanted: impl Fn(&[(String, String, Value)]) -> bool,
) -> Vec<(String, String, Value)> {
    let mut seen = Vec::new();
    let mut bytes = Vec::new();
    let read = async {
        while !wanted(&seen) {
            // A chunk may end in the middle of a letter, an event never does.
            bytes.extend_from_slice(&stream.chunk().await.unwrap().expect("the stream goes on"));
            while let Some(end) = bytes.windows(2).position(|pair| pair == b"\n\n") {
                let event = String::from_utf8(bytes.drain(..end + 2).collect()).unwrap();
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim_start_matches(": ").trim().to_owned()).unwrap_or_default()
                };
                let data = serde_json::from_str(&field("data")).unwrap();
                seen.push((field("event"), field("id"), data));
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), read).await.expect("the events come");
    seen
}

#[tokio::test]
async fn the_stream_resumes_without_a_gap() {
    let (bench, client) = quiet_site().await;
    let mut stream = client.open("GET", "/api/v1/stream?points=no", &[], "").await;
    let first = events(&mut stream, |seen| seen.iter().any(|(name, ..)| name == "heartbeat")).await;
    assert_eq!(first[0].0, "snapshot");
    assert_eq!(first[0].2["state"]["banner"]["state"], "normal");
    bench.tell(FIRE, true).await;
    let facts = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| data["kind"] == "raised")).await;
    let (_, id, raised) = facts.iter().find(|(_, _, data)| data["kind"] == "raised").unwrap();
    assert_eq!((raised["id"].as_str(), raised["recorded"].as_bool()), (Some(id.as_str()), Some(true)));
    drop(stream);

    client.post("/api/v1/silence", "").await;
    let mut again = client.open("GET", "/api/v1/stream?points=no", &[("last-event-id", id)], "").await;
    let missed = events(&mut again, |seen| seen.iter().any(|(_, _, data)| data["kind"] == "silenced")).await;
    assert!(missed.iter().all(|(name, ..)| name != "snapshot"), "{missed:?}");
    let next = |id: &str| id.split_once('-').unwrap().1.parse::<u64>().unwrap();
    assert_eq!(next(&missed[0].1), next(id) + 1);

    let mut stranger = client.open("GET", "/api/v1/stream", &[("last-event-id", "77-1")], "").await;
    let other = events(&mut stranger, |seen| seen.iter().any(|(name, ..)| name == "points")).await;
    assert_eq!(other[0].0, "snapshot", "an id of another epoch cannot be resumed");
    let heartbeat = tokio::time::Instant::now();
    events(&mut stranger, |seen| seen.iter().filter(|(name, ..)| name == "heartbeat").count() > 0).await;
    assert!(heartbeat.elapsed() < Duration::from_secs(6));
    bench.stop();
    let ended = async { while let Ok(Some(_)) = stranger.chunk().await {} };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("stopping ends the streams");
}

fn number(id: &str) -> u64 {
    id.split_once('-').unwrap().1.parse().unwrap()
}

/// A screen that comes and goes while alarms come: together its connections have every fact once, in order.
#[tokio::test]
async fn a_screen_that_comes_and_goes_misses_nothing() {
    let (bench, client) = quiet_site().await;
    let mut stream = client.open("GET", "/api/v1/stream?points=no", &[], "").await;
    let begun = events(&mut stream, |seen| seen.iter().any(|(name, ..)| name == "heartbeat")).await;
    let first = number(&begun[0].1);
    let mut last = begun[0].1.clone();
    let mut got: Vec<u64> = Vec::new();
    drop(stream);
    for detector in 1..=6 {
        bench.tell(&format!("panel-1/l1-d{detector}:fire"), true).await;
        if detector % 2 == 0 {
            let upto = bench.picture.state().last.seq;
            let mut again = client.open("GET", "/api/v1/stream?points=no", &[("last-event-id", &last)], "").await;
            let missed =
                events(&mut again, |seen| seen.iter().any(|(_, id, _)| !id.is_empty() && number(id) >= upto)).await;
            assert!(missed.iter().all(|(name, ..)| name != "snapshot"), "{missed:?}");
            for (_, id, data) in missed.iter().filter(|(name, ..)| name == "fact") {
                assert_eq!((data["id"].as_str(), data["recorded"].as_bool()), (Some(id.as_str()), Some(true)));
                got.push(number(id));
                last = id.clone();
            }
        }
    }
    let upto = bench.picture.state().last.seq;
    assert_eq!(got, (first + 1..=upto).collect::<Vec<_>>(), "every fact once, in order");
}

/// An id that this journal never gave, or one from the future, begins with a snapshot.
#[tokio::test]
async fn who_cannot_be_resumed_begins_anew() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    for id in ["77-1", "1-999999", "1-0", "not an id", ""] {
        let mut stream = client.open("GET", "/api/v1/stream?points=no", &[("last-event-id", id)], "").await;
        let seen = events(&mut stream, |seen| !seen.is_empty()).await;
        assert_eq!(seen[0].0, "snapshot", "{id:?}");
        assert_eq!(seen[0].2["state"]["banner"]["state"], "fire");
        assert_eq!(number(&seen[0].1), bench.picture.state().last.seq);
    }
}

/// A point that changes many times is told at most four times a second, and the last value arrives.
#[tokio::test]
async fn changing_points_are_gathered() {
    let (bench, client) = quiet_site().await;
    let stranger = Client::new(&bench.url);
    let index = bench.site.points.iter().position(|point| !point.unit.is_empty()).unwrap();
    let id = bench.site.points[index].id.clone();
    let mut stream = stranger.open("GET", "/api/v1/stream", &[], "").await;
    events(&mut stream, |seen| seen.iter().any(|(name, ..)| name == "heartbeat")).await;
    let began = tokio::time::Instant::now();
    for step in 0..200u32 {
        bench.post(index, f64::from(step));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let says = |data: &Value, value: f64| {
        let points = data["points"].as_array();
        points.is_some_and(|points| {
            points.iter().any(|point| point["point"] == id.as_str() && point["v"].as_f64() == Some(value))
        })
    };
    let seen = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| says(data, 199.0))).await;
    let told = seen.iter().filter(|(name, ..)| name == "points").count();
    let most = usize::try_from(began.elapsed().as_millis() / 250).unwrap() + 2;
    assert!(told <= most, "{told} events of points where {most} are allowed");
    let state = client.get("/api/v1/state").await.json();
    assert_eq!(state["banner"]["state"], "normal");
}

#[tokio::test]
async fn a_stream_of_one_device_tells_of_its_points_only() {
    let (bench, client) = quiet_site().await;
    let device = &bench.site.devices[1];
    let path = format!("/api/v1/stream?device={}", device.id);
    let mut stream = client.open("GET", &path, &[], "").await;
    let seen = events(&mut stream, |seen| seen.iter().any(|(name, ..)| name == "points")).await;
    let told: Vec<&str> = seen
        .iter()
        .filter(|(name, ..)| name == "points")
        .flat_map(|(_, _, data)| data["points"].as_array().unwrap())
        .map(|point| point["point"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), device.points.len());
    assert!(told.iter().all(|point| point.starts_with(&format!("{}/", device.id))), "{told:?}");
    assert_eq!(client.get("/api/v1/stream?device=nowhere").await.status, 404);
}
