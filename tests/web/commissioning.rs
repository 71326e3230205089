//! Devices and buses as whoever brings them on line must see them.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::engine::base::{Language, Role, Text};
use tocsin::engine::poll::{Failure, Finding, Reply, Request, Standing, Studied, Study};
use tocsin::engine::profile::{Pace, Table};
use tocsin::live::{Inquiry, LinkState};

use super::FIRE;
use super::bench::{Bench, PASSWORD};
use super::client::Client;
use super::node;

fn failed(bench: &Bench, device: u32) -> Request {
    Request {
        id: 1,
        device,
        unit: bench.site.devices[device as usize].unit,
        table: Table::Holding,
        start: 100,
        count: 4,
        write: None,
        identification: false,
        within: Duration::from_secs(1),
        pause: Duration::ZERO,
        quarantine: Duration::ZERO,
    }
}

fn of<'a>(list: &'a Value, id: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|held| held["id"] == id).unwrap_or_else(|| panic!("{id} is listed"))
}

#[tokio::test]
async fn the_list_says_how_each_device_stands() {
    let bench = Bench::start().await;
    let client = Client::new(&bench.url);
    let states = async |path: &str| {
        let devices = client.get(path).await.json()["devices"].clone();
        let state = |device: &Value| device["state"].as_str().unwrap().to_owned();
        devices.as_array().unwrap().iter().map(state).collect::<Vec<_>>()
    };
    assert!(states("/api/v1/devices").await.iter().all(|state| state == "unread"));
    bench.all_is_well().await;
    assert!(states("/api/v1/devices?brief=yes").await.iter().all(|state| state == "answers"));
    let down = LinkState { up: Some(false), reason: Text::new("没有应答", "silent"), since: bench.now().wall };
    for device in [0, 1] {
        bench.vitals.device_link(device, down.clone());
    }
    bench.vitals.exchanged(0, Some(&Failure::Exception(4)), Duration::from_millis(5));
    bench.vitals.exchanged(1, Some(&Failure::Timeout), Duration::from_millis(5));
    assert_eq!(states("/api/v1/devices?brief=yes").await[..2], ["refuses", "down"]);
    let brief = client.get("/api/v1/devices?brief=yes").await.json();
    assert_eq!((&brief["devices"][0]["name"], &brief["devices"][0]["exceptions"]), (&Value::Null, &json!(1)));
    assert_eq!(client.get("/api/v1/devices?brief=perhaps").await.status, 422);
    assert_eq!(brief["devices"][0]["last_trouble"], Value::Null);
    bench.vitals.troubled(&failed(&bench, 0), &Failure::Exception(2), bench.now().wall);
    let brief = client.get("/api/v1/devices?brief=yes").await.json();
    let trouble = &brief["devices"][0]["last_trouble"];
    assert!(trouble["next"]["en"].as_str().is_some_and(|next| next.contains("100 to 103")), "{trouble}");
}

/// Before a device is chosen the page says what to look at first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_begins_with_what_to_look_at_first() {
    let bench = Bench::over("config/site").await;
    bench.all_is_well().await;
    bench.lose("gen-1").await;
    let (place, lost) = bench.site.devices.iter().enumerate().find(|(_, one)| one.id.as_str() == "gen-1").unwrap();
    let other = (0u32..).zip(&bench.site.devices).find(|(at, one)| *at as usize != place && one.unit > 0).unwrap();
    bench.vitals.troubled(&failed(&bench, other.0), &Failure::Exception(2), bench.now().wall);
    let pictures = node::pictures();
    let (zh, en) = (lost.name.get(Language::Zh), lost.name.get(Language::En));
    let all = [&bench.url, "wang", PASSWORD, &pictures, "gen-1", zh, en, other.1.id.as_str()];
    node::play("overview.mjs", &all, async |asked| panic!("{asked}")).await;
}

#[tokio::test]
async fn one_device_comes_with_its_plan_its_troubles_in_words_and_its_alarms() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    bench.tell(FIRE, true).await;
    let (id, bus) = (bench.site.devices[0].id.clone(), bench.site.devices[0].bus);
    let first = bench.site.devices[0].points.start;
    for _ in 0..3 {
        bench.vitals.troubled(&failed(&bench, 0), &Failure::Exception(2), bench.now().wall);
    }
    let request = Studied {
        table: Table::Holding,
        start: 100,
        count: 2,
        pace: Pace::Fire,
        period: Duration::from_secs(1),
        points: vec![first, first + 1],
        age: Some(Duration::from_millis(250)),
        round_trip: Some(Duration::from_millis(12)),
        standing: Standing::Current,
        last: Some(Reply::Words(vec![0x12, 0xABCD])),
    };
    let study = Study {
        dead: false,
        believed: true,
        stranger: None,
        unanswered: 0,
        turnaround: None,
        split: true,
        requests: vec![request],
    };
    let mut asked = bench.asked.lock().unwrap().remove(bus as usize);
    tokio::spawn(async move {
        while let Some(inquiry) = asked.recv().await {
            match inquiry {
                Inquiry::Study { device: 0, answer } => answer.send(study.clone()).unwrap(),
                other => panic!("{other:?}"),
            }
        }
    });
    let client = Client::new(&bench.url);
    let one = client.get(&format!("/api/v1/devices/{id}")).await.json();
    let planned = &one["study"]["requests"][0];
    assert_eq!((&planned["raw"], &planned["points"]), (&json!("0012ABCD"), &json!([[0, 2]])));
    assert_eq!((&planned["standing"], &planned["round_trip_ms"]), (&json!("current"), &json!(12.0)));
    assert_eq!(one["study"]["split"], json!(true));
    let trouble = &one["troubles"][0];
    assert_eq!((&trouble["times"], &trouble["function"]), (&json!(3), &json!(3)));
    assert!(trouble["what"]["zh"].as_str().unwrap().contains("没有这些地址"), "{trouble}");
    assert!(trouble["next"]["en"].as_str().unwrap().contains("100 to 103"), "{trouble}");
    assert_eq!(one["alarms"].as_array().map(Vec::len), Some(1));
    let other = client.get(&format!("/api/v1/devices/{}", bench.site.devices[3].id)).await.json();
    assert_eq!(other["study"], Value::Null, "its bus answers nobody");
    assert_eq!(client.get("/api/v1/devices/nowhere").await.status, 404);

    let points = client.get(&format!("/api/v1/points?device={id}")).await.json();
    let list = points["points"].as_array().unwrap();
    assert!(list.iter().all(|point| point["at"]["count"].as_u64() > Some(0)));
    let hangs = |point: &Value| {
        point["conditions"].as_array().is_some_and(|all| all.iter().any(|one| one["condition"] == FIRE))
    };
    assert!(list.iter().any(hangs), "{FIRE} hangs on a point");
    let all = client.get("/api/v1/points").await.json();
    assert_eq!(all["points"][0]["at"], Value::Null, "only of one device");
}

#[tokio::test]
async fn a_bus_says_how_it_is_reached_and_whether_its_reads_are_in_time() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let client = Client::new(&bench.url);
    let health = client.get("/api/v1/health").await.json();
    let lan = of(&health["buses"], "panel-lan");
    assert_eq!(lan["reached"], json!({ "kind": "tcp", "at": "10.0.0.20:502" }));
    assert_eq!((&lan["within_bounds"], &lan["oldest"]["fire"]["age_s"]), (&json!(true), &json!(0.64)));
    assert!(lan["oldest"]["fire"]["bound_s"].as_f64() > Some(0.64));
    let line = of(&health["buses"], "pump-room");
    assert_eq!((&line["reached"]["kind"], &line["reached"]["baud"]), (&json!("serial"), &json!(9600)));
    assert_eq!(line["devices"]["total"], line["devices"]["answering"]);
    let lost = LinkState { up: Some(false), reason: Text::new("线断", "cut"), since: bench.now().wall };
    bench.vitals.bus_link(0, lost);
    let health = client.get("/api/v1/health").await.json();
    let lan = of(&health["buses"], "panel-lan");
    assert_eq!((&lan["within_bounds"], &lan["devices"]["answering"]), (&Value::Null, &json!(0)));
}

#[tokio::test]
async fn asking_a_device_who_it_is_is_the_engineers_and_is_recorded() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    bench.accounts.add("chen", Role::Engineer, PASSWORD, bench.now().wall).unwrap();
    let (id, bus) = (bench.site.devices[0].id.clone(), bench.site.devices[0].bus);
    let path = format!("/api/v1/devices/{id}/identify");
    assert_eq!(Client::new(&bench.url).post(&path, "").await.status, 401);
    let refused = Client::log_in(&bench.url, "wang").await.post(&path, "").await;
    assert_eq!((refused.status, &refused.json()["needs"]), (403, &json!("engineer")));
    let mut asked = bench.asked.lock().unwrap().remove(bus as usize);
    assert!(asked.try_recv().is_err(), "nothing is asked for somebody who may not");
    tokio::spawn(async move {
        let Some(Inquiry::Identify { device: 0, answer, .. }) = asked.recv().await else { panic!("it is asked once") };
        let registers = Some(Ok(Reply::Words(vec![0x12])));
        let objects = Some(Ok(Reply::Objects(vec![(0, b"Acme<b>".to_vec())])));
        answer.send(Finding { id: 0, range: Some((Table::Holding, 900, 1)), registers, objects }).unwrap();
    });
    let client = Client::log_in(&bench.url, "chen").await;
    let answer = client.post(&path, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = answer.json();
    assert_eq!((&told["registers"]["found"], &told["objects"][0]["text"]), (&json!("0x0012"), &json!("Acme<b>")));
    assert!(["other", "cannot-tell"].contains(&told["verdict"].as_str().unwrap()), "{told}");
    assert!(!told["words"]["zh"].as_str().unwrap().is_empty());
    let events = client.get("/api/v1/journal?kind=identity-asked").await.json();
    assert_eq!((&events["events"][0]["by"]["user"], &events["events"][0]["device"]), (&json!("chen"), &json!(id)));
    // The bus of the test answers nobody any more.
    let silent = client.post(&path, "").await.json();
    assert_eq!(silent["verdict"], "no-turn");
    assert_eq!(client.post("/api/v1/devices/nowhere/identify", "").await.status, 404);
}
