//! Time series against a real server of the InfluxDB v2 write interface, and against every way a server can misbehave
//! (design §6). With the cargo feature `influxdb2` the same stories run over that crate.

#[path = "influx/answers.rs"]
mod answers;
#[path = "influx/feed.rs"]
mod feed;
#[path = "influx/outage.rs"]
mod outage;
#[path = "mqtt/port.rs"]
mod port;
#[path = "influx/scripted.rs"]
mod scripted;
#[path = "influx/server.rs"]
mod server;

use std::sync::Arc;

use feed::{Sender, later, settings, until};
use server::{Series, Victoria};
use tocsin::edge::clock::Clock;
use tocsin::edge::trends::{self, Trends};
use tocsin::engine::base::{PointId, Wall};

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
        let mut sender = Sender::over(settings(server.port, folder.path()), Arc::new(trends.clone()));
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
        until("everything is sent", || {
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
