//! A real server that is away, slow, full, restarted, or behind a line that spoils answers: nothing is lost, nothing is
//! there twice, and the newest samples do not wait for the old ones.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tocsin::edge::clock::Clock;
use tocsin::edge::influx::Settings;
use tocsin::edge::trends::{self, Trends};
use tocsin::engine::base::{PointId, Wall};
use tokio::time::Instant;

use super::feed::{Sender, later, numbers, sending, settings, until};
use super::scripted::{Asked, Reply, Scripted};
use super::server::Victoria;

fn in_batches(of: usize, port: u16, folder: &Path) -> Settings {
    Settings { batch: of, ..settings(port, folder) }
}

/// The values of the one point, once `count` of them are there.
async fn values(server: &Victoria, count: usize) -> Vec<f64> {
    let series = server.series(2 * count).await;
    let value = series.into_iter().find(|series| series.name == "generator_value");
    value.expect("there are values").values
}

/// Each of `count` values in order, none missing, none twice.
async fn all_there_once(server: &Victoria, count: u32) {
    let values = values(server, count as usize).await;
    let wrong = values.iter().zip((0..).map(f64::from)).find(|(value, number)| **value != *number);
    assert_eq!((values.len(), wrong), (count as usize, None));
}

const LATE: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_the_newest_go_first_and_the_gap_is_filled_at_half_the_pace() {
    let (victoria, folder) = (Victoria::start().await, tempfile::tempdir().unwrap());
    let port = Arc::new(AtomicU16::new(0));
    let told = Arc::clone(&port);
    let server = Scripted::start(move |_| match told.load(Ordering::SeqCst) {
        0 => Reply::Say(503, ""),
        port => Reply::Late(port, LATE),
    })
    .await;
    let sender = sending(in_batches(100, server.port, folder.path()), 100);
    until("the first batch is refused", || !server.asked().is_empty()).await;
    sender.more(1_900);
    let returned = server.asked().len();
    port.store(victoria.port, Ordering::SeqCst);

    // While the gap is filled, the present goes on.
    let mut taken = Vec::new();
    while sender.samples.done() < 1_900 {
        taken.push(Instant::now());
        sender.more(1);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let count = 2_000 + u32::try_from(taken.len()).unwrap();
    sender.done(u64::from(count)).await;
    all_there_once(&victoria, count).await;

    let asked = server.asked().split_off(returned);
    let after = asked.iter().position(|asked| numbers(&asked.lines).contains(&0)).expect("the batch that waited");
    let asked = &asked[after + 1..];
    let newest = asked.iter().take(2).any(|asked| numbers(&asked.lines)[0] >= 2_000);
    assert!(newest, "the newest do not wait: {:?}", asked.iter().map(|asked| &asked.lines[0]).collect::<Vec<_>>());
    let is_past = |asked: &Asked| numbers(&asked.lines)[0] < 2_000;
    let past: Vec<&Asked> = asked.iter().filter(|asked| is_past(asked)).collect();
    assert_eq!(past.len(), 19, "each batch of the gap once");
    let rests: Vec<Duration> = past.windows(2).map(|two| two[1].at - two[0].at).collect();
    assert!(rests.iter().all(|rest| *rest >= LATE * 2), "it rests as long as it takes: {rests:?}");
    let mut waits: Vec<Duration> = asked
        .iter()
        .filter(|asked| !is_past(asked))
        .flat_map(|asked| numbers(&asked.lines).into_iter().map(|number| asked.at - taken[number - 2_000]))
        .collect();
    waits.sort_unstable();
    // A look and two requests, and what a loaded machine adds.
    assert!(waits[waits.len() / 2] < Duration::from_millis(400), "{waits:?}");
    println!("{} samples were filled in; meanwhile a new one waited {:?} at most", 1_900, waits.last().unwrap());
    sender.stop().await;
}

fn recorded(trends: &Trends, first: Wall, numbers: std::ops::Range<u32>) {
    for number in numbers {
        trends.record(trends::Sample {
            point: PointId::new("gen-1/x"),
            class: "generator".into(),
            at: later(first, i64::from(number)),
            value: Some(f64::from(number)),
            quality: 0,
        });
    }
    tokio::task::block_in_place(|| trends.flush());
}

/// The sender over a trend store, until everything of it is at the server.
async fn until_sent(trends: &Trends) {
    until("everything is sent", || {
        trends.after(trends.cursor("influx"), 1).unwrap().0.is_empty() && trends.cursor("influx") > 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_filled_on_after_our_own_restart() {
    let (victoria, folder) = (Victoria::overwriting().await, tempfile::tempdir().unwrap());
    let port = victoria.port;
    let server = Scripted::start(move |_| Reply::Late(port, LATE / 5)).await;
    let clock = Clock::start();
    let first = later(clock.now().wall, -3_600_000);

    let trends = Trends::open(folder.path(), clock.now()).unwrap();
    recorded(&trends, first, 0..12_000);
    let sender = Sender::over(in_batches(500, server.port, folder.path()), Arc::new(trends.clone()));
    until("a part of the gap is filled", || server.asked().len() >= 6).await;
    sender.stop().await;
    drop(trends);

    let trends = Trends::open(folder.path(), clock.now()).unwrap();
    assert!(trends.cursor("influx") < trends.cursor("influx-resumed"), "the gap is remembered");
    recorded(&trends, first, 12_000..12_500);
    let sender = Sender::over(in_batches(500, server.port, folder.path()), Arc::new(trends.clone()));
    until_sent(&trends).await;
    sender.stop().await;
    all_there_once(&victoria, 12_500).await;
    let lines: usize = server.asked().iter().map(|asked| asked.lines.len()).sum();
    assert!(lines <= 13_500, "only what was under way goes again, not all of it: {lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_grew_too_old_during_an_outage_is_said_and_the_rest_is_filled_in() {
    let (victoria, folder) = (Victoria::start().await, tempfile::tempdir().unwrap());
    let clock = Clock::start();
    let first = later(clock.now().wall, -3_600_000);
    let trends = Trends::open(folder.path(), clock.now()).unwrap();
    recorded(&trends, first, 0..10);
    let sender = Sender::over(settings(victoria.port, folder.path()), Arc::new(trends.clone()));
    until_sent(&trends).await;
    sender.stop().await;
    for second in 1..=9 {
        recorded(&trends, first, second * 10..second * 10 + 10);
    }
    // As the trends do with what is older than a week.
    let file = rusqlite::Connection::open(folder.path().join("trend.db")).unwrap();
    file.execute("DELETE FROM hot WHERE id BETWEEN 2 AND 5", []).unwrap();
    let mut sender = Sender::over(settings(victoria.port, folder.path()), Arc::new(trends.clone()));
    sender.fault("misses the samples of 4 seconds").await;
    until_sent(&trends).await;
    let there = values(&victoria, 60).await;
    assert_eq!(there, (0..10).chain(50..100).map(f64::from).collect::<Vec<f64>>());
    // It stays on show for a while, and is over with what is stored after that.
    until("the fault is over", || {
        recorded(&trends, first, 100..101);
        sender.last_health() == Some(&None)
    })
    .await;
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_spoils_answers_costs_no_sample_and_doubles_none() {
    let (victoria, folder) = (Victoria::overwriting().await, tempfile::tempdir().unwrap());
    let port = victoria.port;
    let server = Scripted::start(move |asked| match asked.number {
        2 => Reply::Say(429, "retry-after: 1\r\n"),
        4 | 5 => Reply::Say(503, ""),
        7 => Reply::Cut,
        9 => Reply::Lost(port),
        11 => Reply::Nothing,
        13 => Reply::Say(507, ""),
        15 | 16 => Reply::Say(413, ""),
        18 => Reply::Late(port, Duration::from_millis(600)),
        20 => Reply::Say(401, ""),
        _ => Reply::Pass(port),
    })
    .await;
    let mut sender = sending(in_batches(500, server.port, folder.path()), 12_000);
    sender.done(12_000).await;
    sender.well().await;
    all_there_once(&victoria, 12_000).await;
    assert!(!folder.path().join("refused.lp").exists());
    let statuses = server.statuses();
    for status in [429, 503, 507, 413, 401] {
        assert!(statuses.contains(&Some(status)), "{status} was never said: {statuses:?}");
    }
    sender.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_full_gets_everything_once_there_is_room() {
    let (mut victoria, folder) = (Victoria::start().await, tempfile::tempdir().unwrap());
    let mut sender = sending(settings(victoria.port, folder.path()), 100);
    sender.done(100).await;
    sender.well().await;
    victoria.down().await;
    // It takes nothing unless more is free than any disk has.
    victoria.up_with(&["-storage.minFreeDiskSpaceBytes=900000000000000000"]).await;
    sender.more(11_900);
    sender.fault("the storage is in read-only mode").await;
    assert_eq!(sender.samples.done(), 100);
    victoria.down().await;
    victoria.up().await;
    sender.done(12_000).await;
    sender.well().await;
    all_there_once(&victoria, 12_000).await;
    sender.stop().await;
}
