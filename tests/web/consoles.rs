//! The consoles in a real browser against a real gateway whose field is the test: a cut feed, a flood of alarms,
//! what axe-core finds, the first paint. Needs the built consoles (`make web`) and `npm ci` in tests/page.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, PASSWORD};
use crate::client::Client;
use crate::field::Field;
use crate::flood_site;
use crate::node::{self, dist, play};

/// Alarms of the flood.
const FLOOD: usize = 1_000;

async fn gateway() -> (Bench, Client, Field) {
    gateway_over("config/site").await
}

async fn gateway_over(site: &str) -> (Bench, Client, Field) {
    let bench = Bench::over(site).await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    let field = Field::of(&bench.site);
    (bench, client, field)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_feed_is_said_so_and_heals_without_a_reload() {
    let (bench, _, mut field) = gateway().await;
    let pictures = node::pictures();
    bench.raise(&field.fires(1)).await;
    let mut fires = 1;
    play("feed.mjs", &[&bench.url, &pictures], async |asked| {
        if asked["ask"] == "fire" {
            bench.raise(&field.fires(1)).await;
            fires += 1;
        }
        json!({ "fires": fires })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_alarms_in_one_second_are_painted() {
    flood(20).await;
}

/// `cargo test --test web a_hundred_consoles -- --ignored --nocapture` prints how long it takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: a hundred consoles on a machine that has other things to do say little"]
async fn a_thousand_alarms_with_a_hundred_consoles() {
    flood(100).await;
}

/// A thousand alarms within one second, on a wall beside so many other consoles.
async fn flood(others: usize) {
    let folder = tempfile::tempdir().unwrap();
    flood_site::write(folder.path());
    let (bench, _, mut field) = gateway_over(folder.path().to_str().unwrap()).await;
    let others: Vec<_> = (0..others).map(|_| node::follow(&bench.url)).collect();
    play("load.mjs", &[&bench.url, &others.len().to_string()], async |asked| match asked["ask"].as_str() {
        Some("flood-size") => {
            // Every other console has its first picture.
            while others.iter().any(|other| other.seen() == 0) {
                tokio::task::yield_now().await;
            }
            json!({ "fires": bench.fires(), "wanted": FLOOD })
        }
        Some("flood") => {
            // Ten reports in one second, as panels that are read ten times would make them.
            let rules = field.fires(FLOOD);
            for part in rules.chunks(FLOOD / 10) {
                bench.report_raised(part).await;
                tokio::time::sleep(Duration::from_millis(90)).await;
            }
            let last = bench.now().wall.0 / 1_000;
            bench.until("the flood is shown", |_| bench.fires() == FLOOD).await;
            json!({ "last": last })
        }
        other => panic!("{other:?}"),
    })
    .await;
    let least = others.iter().map(node::Listener::seen).min().unwrap_or_default();
    assert!(least > FLOOD * 100, "a console beside the wall heard {least} bytes of a thousand alarms");
}

/// Serious findings of axe-core on every page, while nothing is open and while much is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_serious_finding() {
    let (bench, client, mut field) = gateway().await;
    let pages = [
        "/wall",
        "/",
        "/trends",
        "/trends?points=gen-1/oil-pressure,contacts-1/mains",
        "/devices",
        "/devices/plain",
        "/phone",
        "/phone?window=split",
        "/journal",
        "/journal?text=a",
        "/incidents",
        "/isolations",
        "/performance",
        "/reports",
        "/reports/daily",
        "/reports/faults",
        "/duty",
        "/forms/patrol",
        "/forms/handling",
        "/account",
        "/login",
    ];
    let judge = async |scene: &str, more: &[&str]| {
        let all = [&[&*bench.url, "wang", PASSWORD, scene], &pages[..], more].concat();
        play("axe.mjs", &all, async |_| json!({})).await;
    };
    judge("normal", &[]).await;
    bench.raise(&field.fires(3)).await;
    bench.lose("gen-1").await;
    let id = client.get("/api/v1/alarms?life=open").await.json()["alarms"][0]["id"].as_str().unwrap().to_owned();
    client.post(&format!("/api/v1/alarms/{id}/ack"), "{}").await;
    let alarms = client.get("/api/v1/alarms?life=open").await.json();
    let incident = alarms["alarms"].as_array().unwrap().iter().find_map(|alarm| alarm["incident"].as_str()).unwrap();
    judge("fire", &[&format!("/alarm/{id}"), &format!("/incident/{incident}")]).await;
}

/// Every page that the server draws, as somebody on call has it in his hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_drawn_page_stands_on_a_phone() {
    let (bench, client, mut field) = gateway().await;
    bench.raise(&field.fires(2)).await;
    bench.lose("gen-1").await;
    assert_eq!(client.post("/api/v1/duty/sign-in", "").await.status, 200);
    let alarms = client.get("/api/v1/alarms?life=open").await.json();
    let fire = alarms["alarms"].as_array().unwrap().iter().find(|alarm| alarm["incident"].is_string()).unwrap();
    let (id, incident) = (fire["id"].as_str().unwrap(), fire["incident"].as_str().unwrap());
    let of_these = [format!("/alarm/{id}"), format!("/incident/{incident}")];
    let pages = [
        "/phone",
        "/phone?window=split",
        "/devices/plain",
        "/journal",
        "/incidents",
        "/isolations",
        "/performance",
        "/reports",
        "/reports/daily",
        "/reports/faults",
        "/duty",
        "/forms/patrol",
        "/forms/plan",
        "/forms/maintenance",
        "/forms/handling",
        "/account",
        "/login",
    ];
    let pictures = node::pictures();
    let first = [&*bench.url, "wang", PASSWORD, &pictures];
    let all: Vec<&str> = first.into_iter().chain(pages).chain(of_these.iter().map(String::as_str)).collect();
    play("phones.mjs", &all, async |asked| panic!("{asked}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wall_is_small_and_painted_soon() {
    let (bench, _, _) = gateway().await;
    play("start.mjs", &[&bench.url, &dist()], async |_| json!({})).await;
}

/// Acknowledges what the gateway and its links say of themselves: what is over then is gone.
async fn quiet(client: &Client) {
    let open = client.get("/api/v1/alarms?life=open").await.json();
    for alarm in open["alarms"].as_array().unwrap() {
        if ["self", "link-fault"].contains(&alarm["category"].as_str().unwrap()) {
            println!("acknowledged: {} {}", alarm["condition"], alarm["detail"]["en"]);
            client.post(&format!("/api/v1/alarms/{}/ack", alarm["id"].as_str().unwrap()), "{}").await;
        }
    }
}

/// What the linkages of the sample site look at, at rest: none of them is blind.
const RESTING: [(&str, bool); 7] = [
    ("pump-1/commanded", false),
    ("pump-1/fault", false),
    ("pump-1/tripped", false),
    ("pump-1/pressure", true),
    ("ats-1/normal-supply", true),
    ("timer-1/circuit-1.on", false),
    ("timer-1/circuit-2.on", false),
];

/// Pictures of every console in the states that matter. With UPDATE=1 they are those of docs/screens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screens_say_their_state() {
    let (bench, client, _) = gateway().await;
    bench.show(&RESTING).await;
    // The panel stands as panels usually do: its contacts for what is permitted are closed.
    for contact in ["start-auto", "start-manual", "spray"] {
        bench.close(&format!("contacts-1/{contact}"));
    }
    let folder = if std::env::var_os("UPDATE").is_some() { node::documented() } else { node::pictures() };
    assert_eq!(client.post("/api/v1/duty/sign-in", "").await.status, 200);
    play("screens.mjs", &[&bench.url, "wang", PASSWORD, &folder], async |asked| {
        match asked["ask"].as_str() {
            Some("quiet") => quiet(&client).await,
            Some("fire") => bench.tell("panel-1/l4-d5:fire", true).await,
            Some("more") => {
                bench.tell("panel-1/l4-d6:fire", true).await;
                bench.lose("gen-1").await;
                let review = bench.now().wall.after(Duration::from_secs(4 * 3_600));
                let review = tocsin::live::document::timestamp(review, &jiff::tz::TimeZone::UTC);
                let body = json!({ "point": "panel-1/l1-d1", "reason": "动火作业 hot work", "review_at": review });
                assert_eq!(client.post("/api/v1/isolations", &body.to_string()).await.status, 201);
                let first = client.get("/api/v1/state").await.json()["first_alarm"]["id"].clone();
                let acked = client.post(&format!("/api/v1/alarms/{}/ack", first.as_str().unwrap()), "{}").await;
                assert_eq!(acked.status, 200, "{}", acked.text);
            }
            _ => {}
        }
        json!({})
    })
    .await;
}

/// What a panel or a person wrote with U+202E stays in its place: the words beside it are read from left to right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_turns_the_words_beside_it() {
    const HOSTILE: &str = "\u{202e}Turned 17";
    let text = || tocsin::engine::base::Text::same(HOSTILE);
    let bench = Bench::start_changed(&[], move |site| {
        site.rules.iter_mut().for_each(|rule| rule.name = text());
        site.points.iter_mut().for_each(|point| point.name = text().into());
    })
    .await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    bench.tell(crate::FIRE, true).await;
    bench.lose("gen-1").await;
    let open = client.get("/api/v1/alarms?life=open").await.json();
    let id = open["alarms"][0]["id"].as_str().unwrap().to_owned();
    let note = json!({ "note": HOSTILE }).to_string();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), &note).await.status, 200);
    let review = bench.now().wall.after(Duration::from_secs(4 * 3_600));
    let review = tocsin::live::document::timestamp(review, &jiff::tz::TimeZone::UTC);
    let body = json!({ "point": "panel-1/l1-d1", "reason": HOSTILE, "review_at": review }).to_string();
    assert_eq!(client.post("/api/v1/isolations", &body).await.status, 201);
    let incident = open["alarms"].as_array().unwrap().iter().find_map(|alarm| alarm["incident"].as_str()).unwrap();
    let (alarm, incident) = (format!("/alarm/{id}"), format!("/incident/{incident}"));
    let pages = [
        "/",
        "/wall",
        "/devices?device=gen-1",
        "/trends?points=gen-1/oil-pressure",
        "/phone",
        "/phone?window=split",
        &alarm,
        &incident,
        "/devices/plain",
        "/journal",
        "/incidents",
        "/isolations",
        "/duty",
        "/performance",
        "/reports/daily",
        "/reports/faults",
    ];
    let all = [&[&*bench.url, "wang", PASSWORD, HOSTILE], &pages[..]].concat();
    play("bidi.mjs", &all, async |_| json!({})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn language_and_theme_are_found_at_the_log_in_of_another_browser() {
    let (bench, _, _) = gateway().await;
    play("looks.mjs", &[&bench.url, "li", PASSWORD, &node::pictures()], async |_| json!({})).await;
}
