//! What the field says reaches everyone it must reach, in time, whole and in order.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::bench::{Installed, all_known, normal, once, open, open_alarm, sequence};
use super::broker::{Broker, Subscriber, until, within};
use super::field::{FIRE, Line, Server};
use super::server::Victoria;
use super::site;

/// One poll interval, and what the whole path may take beyond it.
const WITHIN: Duration = Duration::from_millis(1_200);
const EVENT: &str = "tocsin/riverside/event";

fn raised(subscriber: &Subscriber) -> Vec<Value> {
    let events = subscriber.under(EVENT);
    let events = events.iter().map(|event| serde_json::from_str::<Value>(event).unwrap());
    events.filter(|event| event["kind"] == "raised").collect()
}

fn told(title: &str, times: &[Duration]) {
    let mut sorted: Vec<u128> = times.iter().map(Duration::as_millis).collect();
    sorted.sort_unstable();
    println!(
        "{title}: median {} ms, longest {} ms of {sorted:?}",
        sorted[sorted.len() / 2],
        sorted.last().expect("some")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fire_is_everywhere_within_a_poll_interval() {
    let (broker, victoria) = (Broker::start().await, Victoria::start().await);
    let mut panel = Server::panel().await;
    let installed = Installed::new();
    let line = Line::new(&installed.path("line")).await;
    let mut generator = Server::generator(&line.far).await;
    installed.write(
        "site/site.toml",
        &(site::PLACES.to_owned() + &site::panel(&panel.place) + &site::generator(&line.near())),
    );
    installed.settings(&format!(
        "[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n[influx]\nurl = \"http://127.0.0.1:{}\"\nbucket = \"tocsin\"\n",
        broker.port, victoria.port
    ));
    let subscriber = Subscriber::start(&broker, "tocsin/riverside/#").await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    normal(&client).await;

    let (mut shown, mut published) = (Vec::new(), Vec::new());
    for detector in 17..27 {
        // Not to stand by synchrony: the writes fall on different moments of the poll interval.
        sleep(Duration::from_millis(u64::from(detector - 17) * 97)).await;
        let condition = format!("panel-1/l2-d{detector}:fire");
        let (began, mut seen) = (Instant::now(), [None, None]);
        panel.detector(detector, FIRE).await;
        while seen.contains(&None) {
            if seen[0].is_none() && open_alarm(&client, &condition).await.is_some() {
                seen[0] = Some(began.elapsed());
            }
            if seen[1].is_none() && is_published(&subscriber, &condition) {
                seen[1] = Some(began.elapsed());
            }
            assert!(began.elapsed() < 4 * WITHIN, "{condition}: API and MQTT have it after {seen:?}");
            sleep(Duration::from_millis(2)).await;
        }
        shown.extend(seen[0]);
        published.extend(seen[1]);
    }
    told("a fire on the wire -> GET /api/v1/alarms", &shown);
    told("a fire on the wire -> mosquitto_sub, event and alarm", &published);
    assert!(shown.iter().chain(&published).all(|time| *time <= WITHIN), "one took longer than {WITHIN:?}");
    everything_is_told(&open_alarm(&client, "panel-1/l2-d17:fire").await.unwrap());
    everything_is_told(&published_alarm(&subscriber, "panel-1/l2-d17:fire").unwrap());

    for pressure in [412, 437] {
        generator.tell(&format!("set holding 1024 {pressure} 10")).await;
        once(10, "the pressure is stored", async || {
            let series = victoria.series(1).await;
            let tags = ["riverside", "gen-1", "oil-pressure"];
            let stored = series.iter().find(|series| series.name == "generator_value" && series.tags == tags)?;
            (stored.values.last() == Some(&f64::from(pressure))).then_some(())
        })
        .await;
        println!("oil pressure {pressure} kPa on the line, read back from VictoriaMetrics as {pressure}");
    }
    gateway.stop().await;
    within(Duration::from_secs(5), "the gateway says goodbye", || {
        subscriber.under("tocsin/riverside/status").last().is_some_and(|last| !last.contains("true"))
    })
    .await;
}

/// Whether a condition was published as an event and as an alarm.
fn is_published(subscriber: &Subscriber, condition: &str) -> bool {
    published_alarm(subscriber, condition).is_some()
}

/// The alarm as it was published, once its event was, too.
fn published_alarm(subscriber: &Subscriber, condition: &str) -> Option<Value> {
    let event = raised(subscriber).into_iter().find(|event| event["condition"] == condition)?;
    let id = format!("{}-{}", event["epoch"], event["seq"]);
    let alarm = subscriber.under(&format!("tocsin/riverside/alarm/{id}")).pop()?;
    Some(serde_json::from_str(&alarm).unwrap())
}

fn everything_is_told(alarm: &Value) {
    assert_eq!(
        alarm["place"],
        json!({
            "building": "2", "floor": "4", "zone": "2-04",
            "text": { "zh": "2号楼4层417室感烟探测器", "en": "Building 2 floor 4 room 417 smoke detector" },
        })
    );
    let told =
        ["category", "point", "device", "code", "type", "source", "life", "verdict"].map(|key| alarm[key].clone());
    assert_eq!(told, ["fire", "panel-1/l2-d17", "panel-1", "042017", "03", "active", "open", "unverified"]);
    assert_eq!((&alarm["priority"], &alarm["latched"], &alarm["first"]), (&json!(1), &json!(true), &json!(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_lost_while_the_broker_is_away() {
    let mut broker = Broker::start().await;
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    installed.publish_to(&broker);
    let subscriber = Subscriber::start(&broker, EVENT).await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    until("events are published", || !subscriber.under(EVENT).is_empty()).await;

    broker.down().await;
    for detector in 1..=50 {
        panel.detector(detector, FIRE).await;
    }
    let fires = once(10, "50 fires are shown", async || {
        let open = open(&client).await;
        let fires: Vec<Value> = open.into_iter().filter(|alarm| alarm["category"] == "fire").collect();
        (fires.len() == 50).then_some(fires)
    })
    .await;
    once(10, "the broker's absence is a fault", async || open_alarm(&client, "gateway/mqtt:self").await).await;

    broker.up().await;
    let began = Instant::now();
    let is_there = |events: &[Value]| events.iter().filter(|event| event["category"] == "fire").count() >= 50;
    until("50 fires are published", || is_there(&raised(&subscriber))).await;
    println!("50 fires raised without a broker, all published {} ms after its return", began.elapsed().as_millis());

    let seen = subscriber.under(EVENT);
    let mut last = 0;
    for event in seen.iter().map(|event| serde_json::from_str::<Value>(event).unwrap()) {
        let seq = event["seq"].as_u64().unwrap();
        assert!(seq <= last + 1, "{seq} follows {last}: something was lost");
        last = last.max(seq);
    }
    let ids = |fires: &[Value], id: &dyn Fn(&Value) -> u64| fires.iter().map(id).collect::<Vec<u64>>();
    let mut published = raised(&subscriber);
    published.retain(|event| event["category"] == "fire");
    let published = ids(&published, &|event| event["seq"].as_u64().unwrap());
    let shown = ids(&fires, &|alarm| sequence(alarm["id"].as_str().unwrap()));
    assert_eq!(published, shown, "in the order in which they were decided, each once");
}
