//! A broker that is away for ten thousand events, a gateway that dies with events in flight, a broker that answers pings only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tocsin::edge::mqtt::MqttVersion;
use tocsin::live::Counted;

use tokio::time::Instant;

use super::broker::{Broker, Cable, Subscriber, Wire, until};
use super::gateway::{Gateway, settings};
use super::{EVENT, first_comings};

const EVENTS: u64 = 10_000;
const POINTS: usize = 300;
/// The most events that are on their way at once: what a cut may repeat.
const WINDOW: usize = 20;

/// Sequence numbers as they came; every id fits its epoch and number.
fn numbers(subscriber: &Subscriber) -> Vec<u64> {
    let events = subscriber.under(EVENT).into_iter().map(|text| {
        let event: Value = serde_json::from_str(&text).unwrap();
        let (epoch, seq) = (event["epoch"].as_u64().unwrap(), event["seq"].as_u64().unwrap());
        assert_eq!(event["id"], format!("{epoch}-{seq}"));
        seq
    });
    events.collect()
}

pub async fn ten_thousand_events_wait_for_a_broker_that_is_away(version: MqttVersion) {
    let mut broker = Broker::start().await;
    let subscriber = Subscriber::start(&broker, "tocsin/riverside/#").await;
    let mut gateway = Gateway::with_points(settings(broker.port, version), POINTS);
    let first = gateway.fire();
    until("the first event is acknowledged", || gateway.cursor() == 1).await;
    until("every point is published", || subscriber.below("tocsin/riverside/point/").len() == POINTS).await;

    broker.down().await;
    // A fire begins and ends meanwhile, and the one that was told of ends.
    let passing = gateway.fire();
    gateway.closes(passing);
    gateway.closes(first);
    for number in (4..EVENTS).step_by(500) {
        gateway.much_happens(500.min(EVENTS - number));
        // Every point changes twenty times.
        for point in 0..POINTS {
            gateway.reads(u32::try_from(point).unwrap(), number as f64);
        }
    }
    let committed = gateway.journal.committed();
    until("everything is durable", || *committed.borrow() == EVENTS).await;
    assert_eq!(gateway.cursor(), 1);
    until("what waits is counted", || gateway.vitals.mqtt().lag() == EVENTS - 1).await;
    let before = (numbers(&subscriber).len(), subscriber.below("tocsin/riverside/point/").len());

    broker.up().await;
    let began = Instant::now();
    until("everything is acknowledged", || gateway.cursor() == EVENTS).await;
    until("everything is seen", || numbers(&subscriber).last() == Some(&EVENTS)).await;
    let took = began.elapsed();
    let seen = numbers(&subscriber);
    assert_eq!(first_comings(&seen), (1..=EVENTS).collect::<Vec<u64>>(), "all of them, in order");
    assert!(seen.len() <= EVENTS as usize + WINDOW, "{} messages", seen.len());
    until("the points are up to date", || {
        let last: BTreeMap<String, String> =
            subscriber.below("tocsin/riverside/point/").into_iter().skip(before.1).collect();
        last.len() == POINTS && last.values().all(|text| text.contains("\"v\":9504,"))
    })
    .await;
    let points = subscriber.below("tocsin/riverside/point/").len() - before.1;
    println!(
        "{version:?}: {EVENTS} events in {} ms after the return, {points} point messages of {POINTS} points",
        took.as_millis()
    );
    assert!(points <= 2 * POINTS, "{points} messages: they were replayed");
    broker.retained_once("tocsin/riverside/alarm/#", <[_]>::is_empty).await;
    let counts = gateway.vitals.mqtt();
    assert_eq!((counts.lag(), counts.window(), counts.is_connected()), (0, 0, true));
    assert!(counts.of(Counted::Events) >= EVENTS && counts.of(Counted::Overtaken) >= 19 * POINTS as u64);
    gateway.stop().await;
}

pub async fn a_gateway_that_dies_with_events_in_flight_loses_none(version: MqttVersion) {
    let broker = Broker::start().await;
    let subscriber = Subscriber::start(&broker, EVENT).await;
    let mut gateway = Gateway::start(settings(broker.port, version));
    let mut lives = 0;
    let mut reached = 0;
    while lives < 5 {
        gateway.much_happens(400);
        reached += 400;
        let committed = gateway.journal.committed();
        until("everything is durable", || *committed.borrow() == reached).await;
        drop(committed);
        // It dies somewhere in the middle of what it has to say.
        let middle = reached - 400 + 37 + lives * 61;
        until("events flow", || gateway.cursor() >= middle).await;
        let folder = gateway.dies().await;
        gateway = Gateway::resume(settings(broker.port, version), folder);
        lives += 1;
    }
    until("everything is acknowledged", || gateway.cursor() == reached).await;
    until("everything is seen", || numbers(&subscriber).last() == Some(&reached)).await;
    let seen = numbers(&subscriber);
    assert_eq!(first_comings(&seen), (1..=reached).collect::<Vec<u64>>());
    println!("{version:?}: {} repetitions in five deaths", seen.len() - seen.iter().collect::<BTreeSet<_>>().len());
    gateway.stop().await;
}

pub async fn a_broker_that_only_answers_pings_is_given_up(version: MqttVersion) {
    let broker = Broker::start().await;
    let subscriber = Subscriber::start(&broker, EVENT).await;
    let cable = Cable::to(&broker).await;
    let mut gateway = Gateway::start(settings(cable.port, version));
    gateway.something_happens();
    until("the first event is acknowledged", || gateway.cursor() == 1).await;
    cable.set(Wire::SwallowsPubacks);
    gateway.something_happens();
    // Pings go on, so only the missing acknowledgement shows that something is wrong. A new connection is a new wire.
    until("the second event is acknowledged on another connection", || gateway.cursor() == 2).await;
    assert_eq!(numbers(&subscriber), [1, 2, 2]);
    assert_eq!(gateway.vitals.mqtt().of(Counted::Connections), 2);
    gateway.stop().await;
}
