//! The feed of a console: a snapshot, then only what differs; whoever comes back goes on where they were.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::stream::events;
use crate::{FIRE, quiet_site};

/// A console as a client would hold it: sections and alarms, put together from what came.
#[derive(Default, Debug, PartialEq)]
struct Held {
    sections: BTreeMap<String, Value>,
    alarms: BTreeMap<String, Value>,
}

impl Held {
    fn take(&mut self, name: &str, data: &Value) {
        if name == "snapshot" {
            *self = Held::default();
        }
        for (section, value) in data["sections"].as_object().into_iter().flatten() {
            self.sections.insert(section.clone(), value.clone());
        }
        for alarm in data["alarms"].as_array().into_iter().flatten() {
            self.alarms.insert(alarm["id"].as_str().unwrap().to_owned(), alarm.clone());
        }
        for id in data["gone"].as_array().into_iter().flatten() {
            assert!(self.alarms.remove(id.as_str().unwrap()).is_some(), "{id} was never there");
        }
    }
}

const FEED: &str = "/api/v1/screen";

fn says(data: &Value, section: &str, field: &str, value: &str) -> bool {
    data["sections"][section][field] == value
}

#[tokio::test]
async fn a_console_gets_a_snapshot_and_then_what_differs() {
    let (bench, client) = quiet_site().await;
    let mut stream = client.open("GET", FEED, &[], "").await;
    let first = events(&mut stream, |seen| seen.iter().any(|(name, ..)| name == "heartbeat")).await;
    assert_eq!(first[0].0, "snapshot");
    assert_eq!(first[0].2["sections"]["banner"]["state"], "normal");
    let beat = first.iter().find(|(name, ..)| name == "heartbeat").unwrap();
    assert_eq!(beat.2["screens"], 1);

    bench.tell(FIRE, true).await;
    let is_fire = |data: &Value| says(data, "banner", "state", "fire");
    let seen = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| is_fire(data))).await;
    let (_, _, change) = seen.iter().find(|(_, _, data)| is_fire(data)).unwrap();
    let alarm = &change["alarms"][0];
    assert_eq!((alarm["category"].as_str(), alarm["shown"]["state"].as_str()), (Some("fire"), Some("new")));
    assert_eq!((alarm["shown"]["window"].as_str(), alarm["shown"]["symbol"].as_str()), (Some("alarms"), Some("fire")));
    assert!(!alarm["shown"]["head"]["zh"].as_str().unwrap().is_empty());
    assert!(!alarm["shown"]["head"]["en"].as_str().unwrap().is_empty());
    assert_eq!(change["sections"]["banner"]["alarm"], alarm["id"]);
    assert!(change["sections"].get("site").is_none(), "what did not change is not told");

    client.post(&format!("/api/v1/alarms/{}/ack", alarm["id"].as_str().unwrap()), "{}").await;
    let acked = |data: &Value| data["alarms"][0]["shown"]["state"] == "acked";
    let seen = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| acked(data))).await;
    assert_eq!(seen.iter().filter(|(name, ..)| name == "snapshot").count(), 0);
}

/// The number of an alarm is the gateway's: what closes before it moves no other's, and a page that needs no script shows it.
#[tokio::test]
async fn alarms_keep_the_number_they_came_with() {
    let (bench, client) = quiet_site().await;
    for detector in [1, 2, 3] {
        bench.tell(&format!("panel-1/l1-d{detector}:fire"), true).await;
    }
    let open = async || client.get("/api/v1/alarms?life=open").await.json()["alarms"].clone();
    let numbers = |alarms: &Value| {
        let of = |alarm: &Value| (alarm["point"].as_str().unwrap().to_owned(), alarm["arrival"].as_u64());
        alarms.as_array().unwrap().iter().map(of).collect::<BTreeMap<_, _>>()
    };
    let before = numbers(&open().await);
    assert_eq!(before.values().copied().collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    let alarms = open().await;
    let second = alarms.as_array().unwrap().iter().find(|alarm| alarm["arrival"] == 2).unwrap();
    client.post(&format!("/api/v1/alarms/{}/ack", second["id"].as_str().unwrap()), "{}").await;
    bench.tell("panel-1/l1-d2:fire", false).await;
    let id = second["id"].as_str().unwrap().parse().unwrap();
    bench.until("the second is over", |state| state.occurrences.get(&id).is_none_or(|held| !held.is_open())).await;
    let after = numbers(&open().await);
    assert_eq!(after, before.into_iter().filter(|(point, _)| point != "panel-1/l1-d2").collect());
    let page = client.get("/phone").await.text;
    assert!(page.contains("<b class=\"tile\">3</b>") && !page.contains("<b class=\"tile\">2</b>"), "{page}");
}

/// A console that comes and goes holds in the end what one that begins anew is told.
#[tokio::test]
async fn a_console_that_comes_back_holds_what_a_new_one_is_told() {
    let (bench, client) = quiet_site().await;
    let mut stream = client.open("GET", FEED, &[], "").await;
    let (mut held, mut last) = (Held::default(), String::new());
    for detector in 1..=5 {
        let wanted = format!("panel-1/l1-d{detector}");
        bench.tell(&format!("{wanted}:fire"), true).await;
        let there = |data: &Value| {
            data["alarms"].as_array().is_some_and(|alarms| alarms.iter().any(|alarm| alarm["point"] == wanted.as_str()))
        };
        let seen = events(&mut stream, |seen| seen.iter().any(|(_, _, data)| there(data))).await;
        for (name, id, data) in &seen {
            held.take(name, data);
            if !id.is_empty() {
                last.clone_from(id);
            }
        }
        assert!(detector == 1 || seen.iter().all(|(name, ..)| name != "snapshot"), "{seen:?}");
        drop(stream);
        stream = client.open("GET", FEED, &[("last-event-id", &last)], "").await;
    }
    let mut fresh = Held::default();
    // What no fact tells may move between the two: they are compared until both hold the same.
    let settled = async {
        loop {
            let mut stranger = Client::new(&bench.url).open("GET", FEED, &[], "").await;
            let seen = events(&mut stranger, |seen| seen.iter().any(|(name, ..)| name == "heartbeat")).await;
            fresh.take(&seen[0].0, &seen[0].2);
            let mut again = client.open("GET", FEED, &[("last-event-id", &last)], "").await;
            for (name, id, data) in events(&mut again, |seen| seen.iter().any(|(name, ..)| name == "heartbeat")).await {
                held.take(&name, &data);
                if !id.is_empty() {
                    last = id;
                }
            }
            if held == fresh {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), settled).await.expect("both hold the same");
    assert_eq!(held.alarms.len(), 5);
}

/// An id of another run of the gateway, from the future or of no sense begins with a snapshot.
#[tokio::test]
async fn who_cannot_be_resumed_gets_a_snapshot() {
    let (bench, client) = quiet_site().await;
    bench.tell(FIRE, true).await;
    for id in ["77-1", "0-999999", "-", "not an id", ""] {
        let mut stream = client.open("GET", FEED, &[("last-event-id", id)], "").await;
        let seen = events(&mut stream, |seen| !seen.is_empty()).await;
        assert_eq!(seen[0].0, "snapshot", "{id:?}");
        assert_eq!(seen[0].2["alarms"].as_array().unwrap().len(), 1);
    }
}

/// The shell of each app: the visitor's language and theme, no inline script, and every file it names is there.
#[tokio::test]
async fn the_shells_of_the_apps_name_only_our_own_files() {
    let (bench, client) = quiet_site().await;
    for path in ["/", "/wall", "/trends", "/devices"] {
        let page = client.send("GET", path, &[("cookie", "tocsin_language=en; tocsin_theme=night")], "").await;
        assert_eq!(page.status, 200, "{path}: build the consoles with `make web`");
        assert!(page.text.contains(r#"lang="en" data-theme="night""#), "{path}: {}", page.text);
        assert!(!page.text.contains("<style") && !page.text.contains(" style="), "{path}");
        let mut files = 0;
        for part in page.text.split('"').filter(|part| part.starts_with("/app/")) {
            let file = Client::new(&bench.url).get(part).await;
            assert_eq!(file.status, 200, "{part}");
            assert!(file.headers["cache-control"].to_str().unwrap().contains("immutable"), "{part}");
            files += 1;
        }
        assert!(files >= 2, "{path} names {files} files");
    }
    for hostile in ["..%2f..%2fCargo.toml", "%2e%2e", ".gitkeep", "manifest.json", "x%00.js"] {
        let answer = client.get(&format!("/app/assets/{hostile}")).await;
        assert_eq!(answer.status, 404, "{hostile}");
    }
}
