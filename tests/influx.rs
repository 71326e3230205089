//! Time series against a real server of the InfluxDB v2 write interface, and against every way a server can misbehave
//! (design §6). With the cargo feature `influxdb2` the same stories run over that crate.

#[path = "influx/feed.rs"]
mod feed;
#[path = "influx/server.rs"]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use feed::{Sender, Stored, settings, until};
use server::{Scripted, Series, Victoria};
use tocsin::edge::clock::Clock;
use tocsin::edge::influx::Settings;
use tocsin::edge::trends::{self, Trends};
use tocsin::engine::base::{PointId, Wall};

fn later(at: Wall, milliseconds: i64) -> Wall {
    Wall(at.0 + milliseconds * 1_000)
}

fn an_hour_ago(sender: &Sender) -> Wall {
    later(sender.clock.now().wall, -3_600_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_read_back_exactly() {
    let (server, folder) = (Victoria::start().await, tempfile::tempdir().unwrap());
    let mut sender = Sender::start(settings(server.port, folder.path()));
    let at = an_hour_ago(&sender);
    let values = [350.5, -0.1, 1e-7, 123_456_789.125, 0.0];
    for (number, value) in (0..).zip(values) {
        sender.samples.take("gen-1/oil-pressure", "generator", later(at, number * 10), Some(value));
    }
    sender.samples.take("gen-1/mode", "fire pump", at, None);
    sender.done(6).await;
    sender.well().await;
    let tags = |point: &str| ["riverside", "gen-1", point].map(str::to_owned);
    let first = at.0.div_euclid(1_000);
    let milliseconds: Vec<i64> = (0..5).map(|number| first + number * 10).collect();
    let expected = [
        // Of an unknown sample there is a quality and no value.
        Series { name: "fire pump_quality".into(), tags: tags("mode"), values: vec![2.0], milliseconds: vec![first] },
        Series {
            name: "generator_quality".into(),
            tags: tags("oil-pressure"),
            values: vec![0.0; 5],
            milliseconds: milliseconds.clone(),
        },
        Series { name: "generator_value".into(), tags: tags("oil-pressure"), values: values.into(), milliseconds },
    ];
    assert_eq!(server.series(11).await, expected);
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_costs_no_sample() {
    let (mut server, folder) = (Victoria::start().await, tempfile::tempdir().unwrap());
    let mut sender = Sender::start(settings(server.port, folder.path()));
    let at = an_hour_ago(&sender);
    let take = |sender: &Sender, numbers: std::ops::Range<u32>| {
        for number in numbers {
            let at = later(at, i64::from(number) * 10);
            sender.samples.take("gen-1/oil-pressure", "generator", at, Some(f64::from(number)));
        }
    };
    take(&sender, 0..100);
    sender.done(100).await;
    sender.well().await;
    server.down().await;
    take(&sender, 100..12_000);
    sender.fault("is away: ").await;
    assert_eq!(sender.samples.done(), 100);
    server.up().await;
    sender.done(12_000).await;
    sender.well().await;
    let series = server.series(24_000).await;
    let values = &series.iter().find(|series| series.name == "generator_value").unwrap().values;
    // In order, none missing, none twice.
    let wrong = values.iter().zip((0..).map(f64::from)).find(|(value, number)| **value != *number);
    assert_eq!((values.len(), wrong), (12_000, None));
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trend_store_is_sent_on_across_our_own_restart() {
    let (server, folder) = (Victoria::start().await, tempfile::tempdir().unwrap());
    let clock = Clock::start();
    let first = later(clock.now().wall, -3_600_000);
    let mut number = 0;
    for _life in 0..2 {
        let trends = Trends::open(folder.path(), clock.now()).unwrap();
        let mut sender = Sender::over(settings(server.port, folder.path()), Arc::new(Stored(trends.clone())));
        for _ in 0..300 {
            let sample = trends::Sample {
                point: PointId::new("gen-1/oil-pressure"),
                class: "generator".into(),
                at: later(first, number * 10),
                value: Some(f64::from(u32::try_from(number).unwrap())),
                quality: 0,
            };
            trends.record(sample);
            number += 1;
        }
        tokio::task::block_in_place(|| trends.flush());
        until(20, "everything is sent", || {
            let (rest, _) = trends.after(trends.cursor("influx"), 1).unwrap();
            rest.is_empty()
        })
        .await;
        sender.well().await;
        sender.stop().await;
    }
    let series = server.series(1_200).await;
    let values = &series.iter().find(|series| series.name == "generator_value").unwrap().values;
    let wrong = values.iter().zip((0..).map(f64::from)).find(|(value, number)| **value != *number);
    assert_eq!((values.len(), wrong), (600, None));
}

/// A sender with `count` samples whose values are their numbers.
fn sending(settings: Settings, count: u32) -> Sender {
    let sender = Sender::start(settings);
    let at = sender.clock.now().wall;
    for number in 0..count {
        sender.samples.take("gen-1/x", "generator", later(at, i64::from(number)), Some(f64::from(number)));
    }
    sender
}

fn numbers(lines: &[String]) -> Vec<usize> {
    let number = |line: &String| line.split_once("value=")?.1.split_once('.')?.0.parse().ok();
    lines.iter().map(|line| number(line).unwrap_or_else(|| panic!("no number in {line}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_is_a_fault_and_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let silent = Arc::new(AtomicUsize::new(1));
    let told = Arc::clone(&silent);
    let server = Scripted::start(move |_| (told.load(Ordering::SeqCst) == 0).then_some((204, ""))).await;
    let mut sender = sending(settings(server.port, folder.path()), 3);
    sender.fault("is away: no answer in time").await;
    assert_eq!(sender.samples.done(), 0);
    silent.store(0, Ordering::SeqCst);
    sender.done(3).await;
    sender.well().await;
    assert_eq!(numbers(&server.stored()), [0, 1, 2]);
    // And a stop in the middle of the silence is a stop.
    silent.store(1, Ordering::SeqCst);
    let before = server.asked().len();
    sender.samples.take("gen-1/x", "generator", sender.clock.now().wall, Some(9.0));
    until(10, "one more request", || server.asked().len() > before).await;
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_is_the_one_of_the_interface() {
    let folder = tempfile::tempdir().unwrap();
    let server = Scripted::start(|_| Some((204, ""))).await;
    let token = folder.path().join("token");
    std::fs::write(&token, "SECRET\n").unwrap();
    let sender = sending(Settings { token_file: Some(token), ..settings(server.port, folder.path()) }, 1);
    sender.done(1).await;
    let head = &server.asked()[0].head;
    let path = head.lines().next().unwrap();
    assert!(path.starts_with("post /api/v2/write?"), "{path}");
    for part in ["org=the+site", "bucket=tocsin+%26+co", "precision=ns"] {
        assert!(path.contains(part), "{part} is not in {path}");
    }
    assert!(head.contains("\r\nauthorization: token secret\r\n"), "{head}");
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_too_large_is_halved() {
    let folder = tempfile::tempdir().unwrap();
    let server = Scripted::start(|asked| Some(if asked.lines.len() > 10 { (413, "") } else { (204, "") })).await;
    let mut sender = sending(settings(server.port, folder.path()), 100);
    sender.done(100).await;
    sender.well().await;
    assert_eq!(numbers(&server.stored()), (0..100).collect::<Vec<usize>>());
    assert!(server.asked().iter().any(|asked| asked.lines.len() > 10), "nothing was ever too large");
    assert!(!folder.path().join("refused.lp").exists());
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_kept_and_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let bad = |line: &String| line.contains("value=17.0") || line.contains("value=63.0");
    let server =
        Scripted::start(move |asked| Some(if asked.lines.iter().any(bad) { (400, "") } else { (204, "") })).await;
    let mut sender = sending(settings(server.port, folder.path()), 100);
    sender.done(100).await;
    sender.fault("refused 2 lines: status 400: words").await;
    assert_eq!(numbers(&server.stored()), (0..100).filter(|number| ![17, 63].contains(number)).collect::<Vec<usize>>());
    let kept = std::fs::read_to_string(folder.path().join("refused.lp")).unwrap();
    let lines: Vec<&str> = kept.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[2]), (4, "# status 400: words", "# status 400: words"));
    assert!(lines[1].contains("value=17.0") && lines[3].contains("value=63.0"));
    sender.samples.take("gen-1/x", "generator", sender.clock.now().wall, Some(100.0));
    sender.done(101).await;
    sender.well().await;
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_or_broken_server_is_asked_again_more_and_more_slowly() {
    let folder = tempfile::tempdir().unwrap();
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |_| {
        Some(match asked.fetch_add(1, Ordering::SeqCst) {
            0 => (429, "retry-after: 1\r\n"),
            1..=4 => (500, ""),
            5 => (503, ""),
            _ => (204, ""),
        })
    })
    .await;
    let mut sender = sending(settings(server.port, folder.path()), 5);
    sender.done(5).await;
    sender.well().await;
    assert_eq!(numbers(&server.stored()), [0, 1, 2, 3, 4]);
    let asked = server.asked();
    let pauses: Vec<Duration> = asked.windows(2).map(|two| two[1].at - two[0].at).collect();
    if cfg!(not(feature = "influxdb2")) {
        // The crate keeps the header of the answer to itself.
        assert!(pauses[0] >= Duration::from_secs(1), "{pauses:?}");
    }
    let least = [200, 400, 500, 500].map(Duration::from_millis);
    assert!(pauses[1..5].iter().zip(least).all(|(pause, least)| *pause >= least), "{pauses:?}");
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_a_fault_until_the_file_is_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let server =
        Scripted::start(|asked| Some((if asked.head.contains("token right\r\n") { 204 } else { 401 }, ""))).await;
    let token = folder.path().join("token");
    let mut sender = sending(Settings { token_file: Some(token.clone()), ..settings(server.port, folder.path()) }, 2);
    sender.fault("denies us: token file ").await;
    assert!(server.asked().is_empty());
    std::fs::write(&token, "wrong\n").unwrap();
    sender.fault("denies us: status 401: words").await;
    assert_eq!(sender.samples.done(), 0);
    std::fs::write(&token, "right\n").unwrap();
    sender.done(2).await;
    sender.well().await;
    assert_eq!(numbers(&server.stored()), [0, 1]);
    sender.stop().await;
}
