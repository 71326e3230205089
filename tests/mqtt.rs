//! MQTT against a real mosquitto, seen by a subscriber that is not ours (design §6).

#[path = "mqtt/broker.rs"]
mod broker;
#[path = "mqtt/certificates.rs"]
mod certificates;
#[path = "mqtt/encrypted.rs"]
mod encrypted;
#[path = "mqtt/gateway.rs"]
mod gateway;
#[path = "mqtt/outage.rs"]
mod outage;
#[path = "mqtt/port.rs"]
mod port;

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use broker::{Broker, Cable, Subscriber, Wire, until};
use encrypted::{
    a_broker_that_cannot_be_trusted_gets_nothing, a_broker_without_tls_is_named_as_such,
    a_certificate_that_is_renewed_is_read_again, both_sides_show_their_certificates,
    who_shows_no_certificate_is_told_so,
};
use gateway::{Gateway, logging_in, settings};
use outage::{
    a_broker_that_only_answers_pings_is_given_up, a_gateway_that_dies_with_events_in_flight_loses_none,
    ten_thousand_events_wait_for_a_broker_that_is_away,
};
use serde_json::{Value, json};
use tocsin::edge::mqtt::MqttVersion;

/// Each story, told in both versions.
macro_rules! in_both_versions {
    ($($story:ident),+ $(,)?) => {
        mod three {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story(tocsin::edge::mqtt::MqttVersion::Three).await;
            })+
        }
        mod five {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story(tocsin::edge::mqtt::MqttVersion::Five).await;
            })+
        }
    };
}

in_both_versions!(
    five_hundred_events_survive_two_cuts,
    a_stopped_broker_costs_no_event_and_holds_nobody_up,
    what_is_now_is_retained_and_what_is_over_is_not,
    a_restarted_gateway_goes_on_where_it_was,
    ghosts_are_cleared_and_strangers_are_not,
    an_alarm_that_ends_during_a_cut_does_not_stay_retained,
    the_last_will_says_lost_and_a_stop_says_stopped,
    a_wrong_password_is_a_fault_until_the_file_is_put_right,
    both_sides_show_their_certificates,
    who_shows_no_certificate_is_told_so,
    a_broker_that_cannot_be_trusted_gets_nothing,
    a_certificate_that_is_renewed_is_read_again,
    a_broker_without_tls_is_named_as_such,
    ten_thousand_events_wait_for_a_broker_that_is_away,
    a_gateway_that_dies_with_events_in_flight_loses_none,
    a_broker_that_only_answers_pings_is_given_up,
);

const EVENT: &str = "tocsin/riverside/event";

/// Sequence numbers of events as they came. Every id fits its number.
fn sequence(subscriber: &Subscriber, epoch: u32) -> Vec<u64> {
    let events = subscriber.under(EVENT).into_iter().map(|text| {
        let event: Value = serde_json::from_str(&text).unwrap();
        let seq = event["seq"].as_u64().unwrap();
        assert_eq!((event["epoch"].as_u64(), &event["id"]), (Some(epoch.into()), &json!(format!("{epoch}-{seq}"))));
        seq
    });
    events.collect()
}

/// The first coming of each, without the repetitions.
fn first_comings(sequence: &[u64]) -> Vec<u64> {
    let mut seen = BTreeSet::new();
    sequence.iter().copied().filter(|seq| seen.insert(*seq)).collect()
}

async fn five_hundred_events_survive_two_cuts(version: MqttVersion) {
    let broker = Broker::start().await;
    let subscriber = Subscriber::start(&broker, EVENT).await;
    let cable = Cable::to(&broker).await;
    let mut gateway = Gateway::start(settings(cable.port, version));
    let mut swallowed = false;
    for number in 1..=500u64 {
        gateway.something_happens();
        match number {
            // What is said from here on vanishes, then the wire breaks.
            150 => {
                until("events flow", || sequence(&subscriber, 1).len() >= 50).await;
                cable.set(Wire::SwallowsPublications);
            }
            200 => {
                let reached = gateway.cursor();
                cable.cut();
                until("the first cut is mended", || gateway.cursor() > reached + 40).await;
            }
            // What is said from here on arrives, but the gateway never hears so.
            350 => cable.set(Wire::SwallowsAcknowledgements),
            400 => {
                until("a whole window is unacknowledged", || {
                    sequence(&subscriber, 1).into_iter().max() >= Some(gateway.cursor() + 20)
                })
                .await;
                swallowed = true;
                cable.cut();
            }
            _ => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    until("everything is acknowledged", || gateway.cursor() == 500).await;
    until("everything is seen", || sequence(&subscriber, 1).last() == Some(&500)).await;
    let sequence = sequence(&subscriber, 1);
    assert_eq!(first_comings(&sequence), (1..=500).collect::<Vec<u64>>());
    // The second cut must have cost repetitions, or it cut nothing.
    assert!(swallowed && sequence.len() >= 520, "{} messages", sequence.len());
    gateway.stop().await;
}

async fn a_stopped_broker_costs_no_event_and_holds_nobody_up(version: MqttVersion) {
    let mut broker = Broker::start().await;
    let subscriber = Subscriber::start(&broker, "tocsin/riverside/#").await;
    let mut gateway = Gateway::start(settings(broker.port, version));
    gateway.something_happens();
    until("the first event is seen", || sequence(&subscriber, 1) == [1]).await;
    assert_eq!(gateway.last_health(), Some(&None));

    broker.down().await;
    for number in 0..50 {
        gateway.something_happens();
        gateway.reads(0, f64::from(number));
    }
    until("the absence is a fault", || matches!(gateway.last_health(), Some(Some(_)))).await;
    let fault = gateway.last_health().cloned().flatten().unwrap();
    assert!(fault.zh.contains("MQTT 服务器 127.0.0.1:") && fault.en.contains("is away: "), "{fault:?}");

    broker.up().await;
    until("everything is acknowledged", || gateway.cursor() == 51).await;
    until("everything is seen", || sequence(&subscriber, 1).last() == Some(&51)).await;
    assert_eq!(first_comings(&sequence(&subscriber, 1)), (1..=51).collect::<Vec<u64>>());
    assert_eq!(gateway.last_health(), Some(&None));
    // Fifty readings during the outage: the broker is told the last one, not fifty.
    let points = || subscriber.under("tocsin/riverside/point/gen-1/oil-pressure");
    until("the point is up to date", || points().last().is_some_and(|last| last.contains("\"v\":49"))).await;
    let overtaken = points().into_iter().filter(|text| text.contains("\"v\":") && !text.contains("\"v\":49"));
    assert_eq!(overtaken.filter(|text| !text.contains("\"v\":null")).collect::<Vec<String>>(), Vec::<String>::new());
    gateway.stop().await;
}

async fn what_is_now_is_retained_and_what_is_over_is_not(version: MqttVersion) {
    let broker = Broker::start().await;
    let mut gateway = Gateway::start(settings(broker.port, version));
    gateway.reads(0, 350.5);
    gateway.answers(true, "");
    let fire = gateway.fire();
    let topic = format!("tocsin/riverside/alarm/{fire}");
    broker.retained_once("tocsin/#", |found| found.len() == 6).await;
    let get = |topic: &str| -> Value {
        let found = broker.retained(topic);
        serde_json::from_str(&found.first().unwrap_or_else(|| panic!("{topic} is not retained")).1).unwrap()
    };
    let alarm = get(&topic);
    assert_eq!([&alarm["id"], &alarm["seq"], &alarm["category"]], [&json!("1-1"), &json!(1), &json!("fire")]);
    assert_eq!([&alarm["type"], &alarm["source"], &alarm["life"]], [&json!("11"), &json!("active"), &json!("open")]);
    let point = get("tocsin/riverside/point/gen-1/oil-pressure");
    assert_eq!([&point["v"], &point["q"], &point["u"]], [&json!(350.5), &json!("good"), &json!("kPa")]);
    let unread = get("tocsin/riverside/point/gen-1/mode");
    assert_eq!([&unread["v"], &unread["q"], &unread["t_read"]], [&Value::Null, &json!("never-read"), &Value::Null]);
    let device = get("tocsin/riverside/device/gen-1");
    assert_eq!([&device["available"], &device["reason"]], [&json!(true), &Value::Null]);
    assert!(device["valid_until"].as_str().unwrap().ends_with("+08:00"));
    assert_eq!(get("tocsin/riverside/status"), json!({"status": "online", "epoch": 1}));
    assert!(get("tocsin/riverside/state").is_object());

    gateway.answers(false, "time-out");
    gateway.closes(fire);
    broker.retained_once("tocsin/riverside/alarm/#", <[_]>::is_empty).await;
    broker.retained_once("tocsin/riverside/device/#", |found| found[0].1.contains("time-out")).await;
    gateway.stop().await;
}

async fn a_restarted_gateway_goes_on_where_it_was(version: MqttVersion) {
    let mut broker = Broker::start().await;
    let subscriber = Subscriber::start(&broker, EVENT).await;
    let mut gateway = Gateway::start(settings(broker.port, version));
    let fire = gateway.fire();
    until("the first event is acknowledged", || gateway.cursor() == 1).await;
    broker.down().await;
    for _ in 0..30 {
        gateway.something_happens();
    }
    let committed = gateway.journal.committed();
    until("everything is durable", || *committed.borrow() == 31).await;
    drop(committed);
    let folder = gateway.stop().await;
    broker.up().await;
    let mut gateway = Gateway::resume(settings(broker.port, version), folder);
    assert_eq!(gateway.epoch, 2);
    gateway.something_happens();
    until("everything is acknowledged", || gateway.cursor() == 32).await;
    until("everything is seen", || subscriber.under(EVENT).len() >= 32).await;
    let ids = subscriber.under(EVENT).into_iter().map(|text| {
        let event: Value = serde_json::from_str(&text).unwrap();
        event["id"].as_str().unwrap().to_owned()
    });
    // Those of the first life keep their epoch.
    let expected = (1..=31).map(|seq| format!("1-{seq}")).chain(["2-32".to_owned()]);
    assert_eq!(ids.collect::<Vec<String>>(), expected.collect::<Vec<String>>());
    let topic = format!("tocsin/riverside/alarm/{fire}");
    broker.retained_once("tocsin/riverside/alarm/#", |found| found.len() == 1 && found[0].0 == topic).await;
    gateway.stop().await;
}

async fn ghosts_are_cleared_and_strangers_are_not(version: MqttVersion) {
    let broker = Broker::start().await;
    let ghosts = ["alarm/1-77", "alarm/old", "device/gone", "point/gone/x", "point/gen-1/removed"];
    for ghost in ghosts {
        broker.retain(&format!("tocsin/riverside/{ghost}"), "{}");
    }
    for number in 0..200 {
        broker.retain(&format!("tocsin/riverside/point/gone/{number}"), "{}");
    }
    broker.retain("tocsin/other/alarm/1-77", "{}");
    let mut gateway = Gateway::start(settings(broker.port, version));
    let fire = gateway.fire();
    broker.retained_once("tocsin/#", |found| found.len() == 7).await;
    let left: Vec<String> = broker.retained("tocsin/#").into_iter().map(|(topic, _)| topic).collect();
    for expected in ["tocsin/other/alarm/1-77".to_owned(), format!("tocsin/riverside/alarm/{fire}")] {
        assert!(left.contains(&expected), "{expected} is not among {left:?}");
    }
    gateway.stop().await;
}

async fn an_alarm_that_ends_during_a_cut_does_not_stay_retained(version: MqttVersion) {
    let mut broker = Broker::start().await;
    let mut gateway = Gateway::start(settings(broker.port, version));
    let (first, second) = (gateway.fire(), gateway.something_happens());
    broker.retained_once("tocsin/riverside/alarm/#", |found| found.len() == 1).await;
    broker.down().await;
    gateway.closes(first);
    let third = gateway.fire();
    broker.up().await;
    let topic = format!("tocsin/riverside/alarm/{third}");
    broker.retained_once("tocsin/riverside/alarm/#", |found| found.len() == 1 && found[0].0 == topic).await;
    assert!(second < third);
    gateway.stop().await;
}

async fn the_last_will_says_lost_and_a_stop_says_stopped(version: MqttVersion) {
    let broker = Broker::start().await;
    let status = |word: &'static str| move |found: &[(String, String)]| found.len() == 1 && found[0].1.contains(word);
    let gateway = Gateway::start(settings(broker.port, version));
    broker.retained_once("tocsin/riverside/status", status("online")).await;
    gateway.task.abort();
    broker.retained_once("tocsin/riverside/status", status("lost")).await;

    let gateway = Gateway::start(settings(broker.port, version));
    broker.retained_once("tocsin/riverside/status", status("online")).await;
    gateway.stop().await;
    assert!(status("stopped")(&broker.retained("tocsin/riverside/status")));
}

async fn a_wrong_password_is_a_fault_until_the_file_is_put_right(version: MqttVersion) {
    let mut broker = Broker::start().await;
    broker.down().await;
    let passwords = broker.path("passwords");
    let made = Command::new("mosquitto_passwd").args(["-b", "-c"]).arg(&passwords).args(["tocsin", "right"]).status();
    assert!(made.unwrap().success());
    broker.configure(&format!("allow_anonymous false\npassword_file {}", passwords.display()));
    broker.up().await;
    let file = broker.path("password");
    std::fs::write(&file, "wrong\n").unwrap();
    let mut gateway = Gateway::start(logging_in(broker.port, version, file.clone()));
    gateway.something_happens();
    until("the refusal is a fault", || matches!(gateway.last_health(), Some(Some(_)))).await;
    let fault = gateway.last_health().cloned().flatten().unwrap();
    assert!(fault.en.contains("refused") && !fault.en.contains("wrong"), "{fault:?}");
    assert_eq!(gateway.cursor(), 0);
    std::fs::write(&file, "right\n").unwrap();
    until("the event is acknowledged", || gateway.cursor() == 1).await;
    assert_eq!(gateway.last_health(), Some(&None));
    gateway.stop().await;
}
