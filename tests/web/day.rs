//! A day of a busy site, played through the real engine as fast as it goes while a wall and a desk look on: alarms and
//! faults that come, are acknowledged and go, fires from first alarm to reset, lost devices, isolations, acts of people,
//! measurements, heartbeats, a reading of trends each hour. What each hour brings is drawn from a seed.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::json;
use tocsin::engine::base::{Category, Wall};
use tocsin::engine::site::Site;

use crate::bench::{Bench, PASSWORD};
use crate::client::Client;
use crate::node::play;

/// SEED=n plays another day.
const SEED: u64 = 20_261_122;
/// Conditions that come and go in an hour, at least and at most.
const IN_AN_HOUR: (u64, u64) = (12, 24);
const TREND: &str = "gen-1/oil-pressure";

/// SplitMix64: what a seed brings is the same everywhere.
struct Drawn(u64);

impl Drawn {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least `least`, at most `most`.
    fn within(&mut self, (least, most): (u64, u64)) -> u64 {
        least + self.next() % (most - least + 1)
    }

    /// One of those that were not drawn lately: a day is played in minutes, and what comes three times in one is chattering.
    fn one_of<T>(&mut self, from: &mut VecDeque<T>) -> T {
        let place = usize::try_from(self.next()).unwrap_or(0) % from.len().div_ceil(2);
        from.remove(place).expect("it is within the list")
    }
}

/// What was played, for the figures.
#[derive(Debug, Default)]
struct Played {
    came_and_went: usize,
    fires: usize,
    lost_devices: usize,
    isolations: usize,
    acts: usize,
}

struct Day<'a> {
    bench: &'a Bench,
    client: &'a Client,
    drawn: Drawn,
    /// Conditions that end with their source, in the order in which they were used.
    passing: VecDeque<u32>,
    fires: VecDeque<u32>,
    devices: VecDeque<String>,
    began: Wall,
    played: Played,
}

fn rules(site: &Site, of: &[Category]) -> VecDeque<u32> {
    let found = site
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| of.contains(&rule.condition.category) && (rule.latches == (of == [Category::Fire])));
    found.map(|(index, _)| u32::try_from(index).unwrap()).collect()
}

impl<'a> Day<'a> {
    fn new(bench: &'a Bench, client: &'a Client, seed: u64) -> Day<'a> {
        let passing = [Category::Fault, Category::Prealarm, Category::Limit, Category::Emergency];
        let devices =
            bench.site.devices.iter().filter(|device| device.profile.class != "panel" && !device.points.is_empty());
        Day {
            bench,
            client,
            drawn: Drawn(seed),
            passing: rules(&bench.site, &passing),
            fires: rules(&bench.site, &[Category::Fire]),
            devices: devices.map(|device| device.id.as_str().to_owned()).collect(),
            began: bench.now().wall,
            played: Played::default(),
        }
    }

    async fn act(&mut self, path: &str, body: &str) {
        let answer = self.client.post(path, body).await;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.text);
        self.played.acts += 1;
    }

    /// A condition comes, somebody acknowledges it, it goes and its row with it.
    async fn come_and_go(&mut self) {
        let rule = self.drawn.one_of(&mut self.passing);
        let id = self.bench.raise(&[rule]).await;
        self.act(&format!("/api/v1/alarms/{id}/ack"), "{}").await;
        self.bench.clear(rule, id).await;
        self.passing.push_back(rule);
        self.played.came_and_went += 1;
    }

    /// A fire from its first alarm to the reset: silenced, acknowledged, judged, over.
    async fn burn(&mut self) {
        let rule = self.drawn.one_of(&mut self.fires);
        let building =
            self.bench.site.rules[rule as usize].place.building.clone().expect("detectors stand in buildings");
        let id = self.bench.raise(&[rule]).await;
        self.act("/api/v1/silence", "").await;
        self.act(&format!("/api/v1/alarms/{id}/ack"), r#"{"note":"on my way"}"#).await;
        self.act(&format!("/api/v1/alarms/{id}/verdict"), r#"{"verdict":"false","cause":"steam"}"#).await;
        self.act("/api/v1/reset", &json!({ "scope": { "building": building } }).to_string()).await;
        self.bench.clear(rule, id).await;
        self.fires.push_back(rule);
        self.played.fires += 1;
    }

    /// A device falls silent and answers again; somebody acknowledges the link fault.
    async fn lose_and_find(&mut self) {
        let device = self.drawn.one_of(&mut self.devices);
        self.bench.lose(&device).await;
        let open = self.client.get("/api/v1/alarms?life=open").await.json();
        let own = |alarm: &&serde_json::Value| {
            alarm["category"] == "link-fault"
                && alarm["point"].as_str().is_some_and(|point| point.starts_with(&format!("{device}/")))
        };
        let id =
            open["alarms"].as_array().unwrap().iter().find(own).unwrap_or_else(|| panic!("{device} is missed: {open}"))
                ["id"]
                .clone();
        let id = id.as_str().unwrap().to_owned();
        self.act(&format!("/api/v1/alarms/{id}/ack"), "{}").await;
        self.bench.find(&device).await;
        self.bench
            .until("the device is back", |state| {
                state.occurrences.values().all(|one| one.id.to_string() != id || !one.is_open())
            })
            .await;
        self.devices.push_back(device);
        self.played.lost_devices += 1;
    }

    async fn isolate_and_release(&mut self) {
        let rule = self.fires.front().copied().expect("the site has detectors");
        let point = self.bench.site.rules[rule as usize].condition.point.clone();
        let review = self.bench.now().wall.after(Duration::from_secs(3_600));
        let review = tocsin::live::document::timestamp(review, &jiff::tz::TimeZone::UTC);
        let body = json!({ "point": point, "reason": "动火作业 hot work", "review_at": review }).to_string();
        let made = self.client.post("/api/v1/isolations", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/api/v1/isolations/{}", made.json()["id"].as_str().unwrap());
        assert_eq!(self.client.send("DELETE", &path, &[], "").await.status, 200);
        (self.played.isolations, self.played.acts) = (self.played.isolations + 1, self.played.acts + 2);
    }

    /// What was measured in this hour, a value a minute, and what a person looks at of the day so far.
    async fn measure(&mut self, hour: u64) {
        let at = |minute: u64| Wall(self.began.0 + i64::try_from((hour * 60 + minute) * 60_000_000).unwrap());
        let values =
            (0..60).map(|minute| (at(minute), Some(380.0 + f64::from(u32::try_from(self.drawn.next() % 80).unwrap()))));
        let samples: Vec<(Wall, Option<f64>)> = values.collect();
        self.bench.history(TREND, &samples).await;
        let point = self.bench.site.points.iter().position(|point| point.id.as_str() == TREND).expect("it is measured");
        for (_, value) in &samples {
            self.bench.post(point, value.unwrap_or_default());
        }
        let said = |wall: Wall| tocsin::live::document::timestamp(wall, &jiff::tz::TimeZone::UTC).replace('+', "%2B");
        let stretch = format!("from={}&to={}&pixels=600", said(self.began), said(at(60)));
        let drawn = self.client.get(&format!("/api/v1/trends?point={TREND}&{stretch}")).await;
        assert_eq!(drawn.status, 200, "{}", drawn.text);
    }

    async fn hour(&mut self, hour: u64) {
        if hour.is_multiple_of(8) {
            self.act("/api/v1/duty/sign-in", "").await;
        }
        let several = self.drawn.within(IN_AN_HOUR);
        let burns = if hour % 6 == 3 { self.drawn.next() % several } else { several };
        for turn in 0..several {
            self.come_and_go().await;
            if turn == burns {
                self.burn().await;
            }
        }
        self.lose_and_find().await;
        self.isolate_and_release().await;
        self.measure(hour).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_leaves_no_memory_behind_in_a_wall_and_a_desk() {
    let bench = Bench::over("config/site").await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    let seed = std::env::var("SEED").map_or(SEED, |seed| seed.parse().expect("SEED is a number"));
    println!("SEED={seed}");
    let mut day = Day::new(&bench, &client, seed);
    play("day.mjs", &[&bench.url, "wang", PASSWORD], async |asked| {
        day.hour(asked["hour"].as_u64().expect("it asks for an hour")).await;
        let state = client.get("/api/v1/state").await.json();
        json!({ "seq": state["seq"], "open": state["windows"]["faults"]["total"] })
    })
    .await;
    println!("{:?}, {} facts", day.played, bench.picture.state().last.seq);
    assert!(
        day.played.came_and_went >= 24 * 12 && day.played.fires == 4 && day.played.lost_devices == 24,
        "{:?}",
        day.played
    );
}
