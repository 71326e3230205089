//! The gateway is killed at random instants, also while it starts, with a changing field, people and a broker at it. After
//! each kill what it left is looked at; KILLS of them (20), drawn from SEED.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};
use tocsin::edge::clock::Clock;
use tocsin::edge::journal::{self, Journal};
use tocsin::edge::trends::{Mark, NOT_RUNNING, Trends};
use tocsin::engine::alarm::{Fact, FactKind, State};
use tocsin::engine::base::{EventId, Wall};
use tocsin::live::document::event_document;
use tokio::time::{Instant, sleep};

use super::bench::{Installed, PASSWORD, open};
use super::broker::{Broker, Subscriber, until};
use super::field::{FIRE, REST, Server};
use super::site;

const EVENT: &str = "tocsin/riverside/event";
/// Samples of the last second before a kill may be lost, and a commit takes its time (microseconds).
const LAST_SECOND_US: i64 = 1_500_000;

/// SplitMix64: the same seed, the same instants.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % bound
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}: a number")))
}

/// How long the gateway lives: some die while they start, most under load, some late enough that trends are on the disk.
fn lifetime(dice: &mut Dice, kill: u64) -> Duration {
    Duration::from_millis(match kill % 5 {
        0 => dice.below(250),
        4 => 2_200 + dice.below(1_000),
        _ => 250 + dice.below(1_000),
    })
}

/// One life of the gateway.
struct Life {
    child: Child,
    said: mpsc::Receiver<String>,
    url: Option<String>,
}

impl Life {
    fn begin(installed: &Installed) -> Life {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(installed.path("log")).unwrap();
        let mut command = installed.run_command("127.0.0.1:0");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        Life { child, said, url: None }
    }

    /// Its address, once it has said it.
    fn url(&mut self) -> Option<&str> {
        if self.url.is_none()
            && let Ok(line) = self.said.try_recv()
        {
            self.url = Some(line.trim().strip_prefix("listening ").expect("it says its address first").to_owned());
        }
        self.url.as_deref()
    }

    fn kill(mut self) -> i64 {
        assert!(self.child.try_wait().unwrap().is_none(), "it runs until it is killed");
        let at = Clock::start().now().wall.0;
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        at
    }
}

/// A person who may be cut off at any moment.
struct Person {
    http: reqwest::Client,
    token: Option<String>,
}

impl Person {
    fn new() -> Person {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build().unwrap();
        Person { http, token: None }
    }

    async fn send(&self, url: &str, path: &str, body: Value) -> Option<Value> {
        let mut request = self.http.post(format!("{url}/api/v1/{path}")).body(body.to_string());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.ok()?;
        let text = answer.text().await.ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Acknowledges an alarm; the fact that was answered as recorded.
    async fn acknowledge(&mut self, url: &str, id: &str) -> Option<u64> {
        if self.token.is_none() {
            let session = self.send(url, "session", json!({ "user": "admin", "password": PASSWORD })).await?;
            self.token = session["token"].as_str().map(str::to_owned);
        }
        let done = self.send(url, &format!("alarms/{id}/ack"), json!({})).await?;
        (done["recorded"] == json!(true)).then(|| super::bench::sequence(done["id"].as_str().expect("a fact")))
    }
}

/// What the world saw, and what the last look found.
#[derive(Default)]
struct Seen {
    /// Acts that were answered as recorded.
    answered: BTreeSet<u64>,
    /// Open when the gateway was killed last.
    open: BTreeSet<EventId>,
    /// What a new life showed first.
    shown: Option<BTreeSet<String>>,
    /// Lives that served, that died before, and facts in the end.
    served: u64,
    /// When it was killed.
    kills: Vec<i64>,
    facts: usize,
    events: usize,
    samples: usize,
}

fn copied(state: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(state).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

/// Everything that must hold after a kill, looked at in a copy, so that the next life meets what was left.
fn look(installed: &Installed, subscriber: &Subscriber, seen: &mut Seen) {
    if !installed.path("state/events.db").exists() {
        assert!(subscriber.under(EVENT).is_empty() && seen.open.is_empty(), "a journal was there before");
        return;
    }
    let copy = copied(&installed.path("state"));
    let (mut facts, mut state) = (Vec::new(), State::default());
    let verified = journal::verify(copy.path()).unwrap_or_else(|error| panic!("{error}"));
    journal::facts(copy.path(), |fact: &Fact| {
        state.apply(fact);
        facts.push(fact.clone());
    })
    .unwrap();
    assert_eq!((verified.facts, verified.last), (facts.len() as u64, state.last));
    assert!(facts.len() >= seen.facts, "facts are gone");

    let now = Clock::start().now();
    let opened = Journal::open(copy.path(), now).unwrap();
    let mut recovered = opened.snapshot.clone().unwrap_or_default();
    opened.tail.iter().for_each(|fact| recovered.apply(fact));
    assert_eq!(recovered, state, "a start recovers what all facts lead to");

    let held: BTreeMap<u64, &Fact> = facts.iter().map(|fact| (fact.id.seq, fact)).collect();
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let events = subscriber.under(EVENT);
    for event in events.iter().skip(seen.events) {
        let event: Value = serde_json::from_str(event).unwrap();
        let fact = held.get(&event["seq"].as_u64().unwrap()).unwrap_or_else(|| panic!("nobody recorded {event}"));
        assert_eq!(event_document(fact, &zone), event, "what was published is what is recorded");
    }
    for seq in &seen.answered {
        let fact = held.get(seq).unwrap_or_else(|| panic!("act {seq} was answered as recorded and is gone"));
        assert!(matches!(fact.kind, FactKind::Acknowledged { .. }), "{fact:?}");
    }

    let closed = facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Closed { occurrence, .. } => Some(*occurrence),
        _ => None,
    });
    let closed: BTreeSet<EventId> = closed.collect();
    let open: BTreeSet<EventId> = state.open().map(|occurrence| occurrence.id).collect();
    for was in &seen.open {
        let is_shown = seen.shown.as_ref().is_none_or(|shown| shown.contains(&was.to_string()));
        assert!(
            closed.contains(was) || open.contains(was) && is_shown,
            "{was} was open and is neither open nor closed"
        );
    }
    seen.samples += trends(copy.path(), &facts, &seen.kills);
    (seen.open, seen.shown, seen.facts, seen.events) = (open, None, facts.len(), events.len());
}

/// Everything that was read more than a second before a kill is in the trends: what raised an alarm was read, so each
/// alarm has its sample. Gives how many there are.
fn trends(state: &Path, facts: &[Fact], kills: &[i64]) -> usize {
    if !state.join("trend.db").exists() {
        return 0;
    }
    let trends = Trends::open(state, Clock::start().now()).unwrap_or_else(|error| panic!("{error}"));
    let mut samples: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for point in trends.points().unwrap() {
        let mut marks = trends.read(&point, Wall(0), Wall(i64::MAX)).unwrap();
        marks.retain(|mark| mark.quality != NOT_RUNNING);
        samples.insert(point.as_str().to_owned(), marks);
    }
    let in_time = |fact: &&Fact| !kills.iter().any(|killed| (0..LAST_SECOND_US).contains(&(killed - fact.at.0)));
    for fact in facts.iter().filter(in_time) {
        let FactKind::Raised(raise) = &fact.kind else { continue };
        if raise.condition.category.as_str() != "fire" {
            continue;
        }
        // The points of an element are named after it.
        let element = format!("{}.", raise.condition.point.as_str());
        let of_it = samples.range(element.clone()..).take_while(|(point, _)| point.starts_with(&element));
        let times: Vec<i64> = of_it.flat_map(|(_, samples)| samples).map(|sample| fact.at.0 - sample.at.0).collect();
        let is_told = times.iter().any(|ago| (-1_000..=1_500_000).contains(ago));
        let killed: Vec<i64> = kills.iter().map(|killed| killed - fact.at.0).collect();
        assert!(is_told, "{element} raised {}: samples are {times:?} us old, killed {killed:?} us later", fact.id.seq);
    }
    samples.values().map(Vec::len).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_instants_nothing_that_was_seen_is_lost() {
    let (kills, seed) = (setting("KILLS", 20), setting("SEED", 7));
    let broker = Broker::start().await;
    let mut panel = Server::panel().await;
    let site = site::PLACES.to_owned() + &site::panel(&panel.place).replace("fire = \"1s\"", "fire = \"100ms\"");
    let installed = Installed::with(&site);
    installed.publish_to(&broker);
    let subscriber = Subscriber::start(&broker, EVENT).await;
    let (mut dice, mut person, mut seen) = (Dice(seed), Person::new(), Seen::default());
    let began = Instant::now();
    for kill in 0..kills {
        let mut life = Life::begin(&installed);
        let end = Instant::now() + lifetime(&mut dice, kill);
        while Instant::now() < end {
            let word = if dice.below(2) == 0 { FIRE } else { REST };
            let detector = u16::try_from(1 + dice.below(u64::from(site::DETECTORS))).expect("some ten");
            panel.detector(detector, word).await;
            sleep(Duration::from_millis(dice.below(20))).await;
            let Some(url) = life.url().map(str::to_owned) else { continue };
            if seen.shown.is_none() {
                let client = super::client::Client::new(&url);
                let ids = open(&client).await.iter().map(|alarm| alarm["id"].as_str().unwrap().to_owned()).collect();
                (seen.shown, seen.served) = (Some(ids), seen.served + 1);
            }
            let open: Vec<&String> = seen.shown.iter().flatten().collect();
            if !open.is_empty() {
                let id = open[usize::try_from(dice.below(open.len() as u64)).expect("a few")].clone();
                seen.answered.extend(person.acknowledge(&url, &id).await);
            }
        }
        let killed = life.kill();
        seen.kills.push(killed);
        look(&installed, &subscriber, &mut seen);
    }

    // A last life publishes what is left: gapless, each at least once, in order.
    let gateway = installed.run().await;
    gateway.log_in().await;
    gateway.stop().await;
    let verified = installed.verify().await;
    let last = verified["seq"].as_u64().unwrap();
    let published = || -> Vec<u64> {
        let event = |event: &String| serde_json::from_str::<Value>(event).unwrap()["seq"].as_u64().unwrap();
        subscriber.under(EVENT).iter().map(event).collect()
    };
    // The last facts of an orderly end may leave with the next start.
    let gateway = installed.run().await;
    until("everything is published", || published().last().is_some_and(|seq| *seq >= last)).await;
    gateway.stop().await;
    let mut reached = 0;
    for seq in published() {
        assert!(seq <= reached + 1, "{seq} follows {reached}: something was never published");
        reached = reached.max(seq);
    }
    look(&installed, &subscriber, &mut seen);
    assert!(seen.served > kills / 3 && seen.facts > 0, "most lives served");
    println!(
        "killed {kills} times (seed {seed}) in {:.0} s: {} lives served, {} facts, {} events, {} acts answered as \
         recorded, {} looks' samples; nothing is missing",
        began.elapsed().as_secs_f64(),
        seen.served,
        seen.facts,
        seen.events,
        seen.answered.len(),
        seen.samples
    );
}
