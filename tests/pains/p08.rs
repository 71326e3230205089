//! P8: stale re-sent with a fresh timestamp.
//!
//! When a value was read and when it was sent are two things. Whatever makes the gateway say a value again (a broker that
//! was away, a consumer that asks, time), the time of its read stays that of its read.

use std::time::Duration;

use serde_json::Value as Json;
use tocsin::edge::clock::Clock;
use tokio::time::Instant;

use super::bench::Installed;
use super::broker::Broker;
use super::client::Client;
use super::device::Registers;
use super::server::{Server, silent};
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

const LEVEL: &str = "tocsin/test/point/unit-1/level";

/// The retained word about the level, once `wanted` holds for it.
async fn retained(broker: &Broker, what: &str, wanted: impl Fn(&Json) -> bool) -> Json {
    let end = Instant::now() + Duration::from_secs(40);
    loop {
        let found = tokio::task::block_in_place(|| broker.retained(LEVEL));
        if let [(_, said)] = &found[..] {
            let said: Json = serde_json::from_str(said).expect("it is JSON");
            if wanted(&said) {
                return said;
            }
        }
        assert!(Instant::now() < end, "not in time: {what}; {found:?}");
    }
}

async fn asked(client: &Client) -> Json {
    let points = client.get("/api/v1/points?device=unit-1").await.json();
    let list = points["points"].as_array().expect("a list").iter();
    list.into_iter().find(|point| point["point"] == "unit-1/level").expect("the level").clone()
}

fn time(said: &Json, key: &str) -> jiff::Timestamp {
    said[key].as_str().unwrap_or_else(|| panic!("no {key} in {said}")).parse().expect("RFC 3339")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p08_what_is_sent_again_keeps_the_time_of_its_read() {
    let mut broker = Broker::start().await;
    let registers = Registers::default();
    registers.set(1, 0, 1200);
    let server = Server::tcp(registers.well());
    let installed = Installed::new();
    let site = sites::text(&sites::tcp(&server.place), TEN_A_SECOND, &[1]);
    sites::write(&installed.path("site"), &site, TWO_REGISTERS);
    installed.publish_to(&broker);
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let first = retained(&broker, "the level is published", |said| said["v"] == 1200.0).await;
    assert!(time(&first, "t_read") <= time(&first, "t_sent"), "{first}");

    // The broker goes and comes: everything is said again.
    broker.down().await;
    broker.up().await;
    let sent = time(&first, "t_sent");
    let again = retained(&broker, "the level is said again", |said| time(said, "t_sent") > sent).await;
    assert_eq!((&again["v"], &again["t_read"]), (&first["v"], &first["t_read"]), "{again}");

    // A consumer that asks gets the same read, however often.
    let (one, two) = (asked(&client).await, asked(&client).await);
    assert_eq!((&one["t_read"], &one["v"]), (&first["t_read"], &first["v"]));
    assert!(time(&two, "t_sent") >= time(&one, "t_sent") && two["t_read"] == one["t_read"], "{two}");

    // A device that has died has no value to be sent again, and no time of a read.
    server.play(silent());
    let gone = retained(&broker, "the level is unknown", |said| said["q"] != "good").await;
    assert!(gone["v"].is_null() && gone["t_read"].is_null(), "{gone}");
    broker.down().await;
    broker.up().await;
    let sent = time(&gone, "t_sent");
    let still = retained(&broker, "that is said again", |said| time(said, "t_sent") > sent).await;
    assert!(still["v"].is_null() && still["t_read"].is_null(), "{still}");
    assert!(asked(&client).await["t_read"].is_null());

    // Only a new read brings a new time.
    let before = jiff::Timestamp::from_microsecond(Clock::start().now().wall.0).expect("it is today");
    server.play(registers.well());
    let back = retained(&broker, "the level is back", |said| said["q"] == "good").await;
    assert!(
        time(&back, "t_read").as_millisecond() >= before.as_millisecond()
            && time(&back, "t_read") <= time(&back, "t_sent"),
        "{back}"
    );
    gateway.stop().await;
}
