//! Eight fire panels on one bus, the gateway on it, and everyone who must hear of what they say.
//!
//! Takes: what changes at the panels, and panels that die.
//! Gives: when `GET alarms`, the event stream and a subscriber of the broker each had it.
//! Never: a period of its own: the panels are read as often as their shipped profile and the defaults say.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::bench::{Gateway, Installed, all_known, normal, open};
use super::broker::{Broker, Subscriber};
use super::client::Client;
use super::field::{FIRE, Line, Server};
use super::site;

/// Panels on the bus, as units from 1.
pub const PANELS: u8 = 8;
/// Detectors of loop 1 of each.
const DETECTORS: u16 = 100;
/// The trouble flag in a detector's word.
const TROUBLE: u16 = 0x2000;
/// Where a panel counts its own troubles; read with the fast points, not with those of fire.
const SYSTEM_TROUBLES: u16 = 59_999;
const EVENT: &str = "tocsin/riverside/event";

/// How the panels are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bus {
    /// Units behind one address.
    Tcp,
    /// Units on one serial line, where a late reply must be waited out.
    Line,
}

/// What a panel may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A detector is in alarm.
    Fire(u8, u16),
    /// A detector is in trouble.
    Fault(u8, u16),
    /// The panel itself is in trouble.
    OwnFault(u8),
}

impl Change {
    /// The condition that must be raised for it.
    fn condition(self) -> String {
        match self {
            Change::Fire(panel, detector) => format!("panel-{panel}/l1-d{detector}:fire"),
            Change::Fault(panel, detector) => format!("panel-{panel}/l1-d{detector}:fault"),
            Change::OwnFault(panel) => format!("panel-{panel}/system-troubles:fault"),
        }
    }

    /// The command that makes it so at the panels' server.
    fn command(self) -> String {
        match self {
            Change::Fire(panel, detector) => format!("set holding {} {FIRE} {panel}", detector - 1),
            Change::Fault(panel, detector) => format!("set holding {} {TROUBLE} {panel}", detector - 1),
            Change::OwnFault(panel) => format!("set holding {SYSTEM_TROUBLES} 1 {panel}"),
        }
    }
}

/// When each of them had it, counted from just before the change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heard {
    /// `GET /api/v1/alarms`.
    pub list: Option<Duration>,
    /// The event stream of the consoles.
    pub stream: Option<Duration>,
    /// `mosquitto_sub`: the event.
    pub broker: Option<Duration>,
}

impl Heard {
    /// By the last of them; none while one of them has not heard.
    pub fn all(&self) -> Option<Duration> {
        Some(self.list?.max(self.stream?).max(self.broker?))
    }
}

/// The whole of it, running and at rest.
pub struct Watched {
    panels: Server,
    gateway: Gateway,
    client: Client,
    subscriber: Subscriber,
    streamed: Arc<Mutex<Vec<(String, Instant)>>>,
    _line: Option<Line>,
    _broker: Broker,
    _installed: Installed,
}

impl Watched {
    /// Returns once every point is known and nothing is wrong.
    pub async fn start(bus: Bus) -> Watched {
        let (broker, installed) = (Broker::start().await, Installed::new());
        let line = match bus {
            Bus::Tcp => None,
            Bus::Line => Some(Line::new(&installed.path("line")).await),
        };
        let panels = Server::panels(PANELS, line.as_ref().map(|line| line.far.as_str())).await;
        let way = match &line {
            None => format!("tcp = \"{}\"", panels.place),
            Some(line) => format!("serial = \"{}\"\nbaud = 115200\nparity = \"none\"", line.near()),
        };
        installed.write("site/site.toml", &site_of_panels(&way));
        installed.write("site/detectors.csv", &detectors());
        installed.publish_to(&broker);
        let subscriber = Subscriber::start(&broker, EVENT).await;
        let gateway = installed.run().await;
        let client = gateway.log_in().await;
        all_known(&client).await;
        normal(&client).await;
        let (streamed, stream) = (Arc::default(), client.open("GET", "/api/v1/stream?points=no", &[], "").await);
        tokio::spawn(note_raises(stream, Arc::clone(&streamed)));
        let (_line, _broker, _installed) = (line, broker, installed);
        Watched { panels, gateway, client, subscriber, streamed, _line, _broker, _installed }
    }

    /// Makes a change and waits until everyone has heard of it, or `within` is over.
    pub async fn change(&mut self, change: Change, within: Duration) -> Heard {
        let began = Instant::now();
        self.panels.tell(&change.command()).await;
        self.heard(&[change.condition()], began, within).await[0]
    }

    /// These panels stop answering; gives who has heard of each when, or that they did not within `within`.
    pub async fn die(&mut self, panels: impl Iterator<Item = u8>, within: Duration) -> Vec<Heard> {
        let mut conditions = Vec::new();
        let began = Instant::now();
        for panel in panels {
            self.panels.tell(&format!("mute {panel}")).await;
            conditions.push(format!("panel-{panel}/link:link-fault"));
        }
        self.heard(&conditions, began, within).await
    }

    /// Ends the gateway in order.
    pub async fn stop(self) {
        self.gateway.stop().await;
    }

    async fn heard(&self, conditions: &[String], began: Instant, within: Duration) -> Vec<Heard> {
        let mut heard = vec![Heard::default(); conditions.len()];
        while began.elapsed() < within && heard.iter().any(|heard| heard.all().is_none()) {
            let open = open(&self.client).await;
            let events = self.subscriber.under(EVENT);
            let now = began.elapsed();
            for (condition, heard) in conditions.iter().zip(&mut heard) {
                let is_listed = open.iter().any(|alarm| alarm["condition"] == condition.as_str());
                heard.list = heard.list.or_else(|| is_listed.then_some(now));
                heard.stream = heard.stream.or_else(|| self.streamed_at(condition).map(|at| at - began));
                let is_published = events.iter().any(|event| raised(event.as_bytes()).as_ref() == Some(condition));
                heard.broker = heard.broker.or_else(|| is_published.then_some(now));
            }
            sleep(Duration::from_millis(5)).await;
        }
        heard
    }

    fn streamed_at(&self, condition: &str) -> Option<Instant> {
        let streamed = self.streamed.lock().expect("nobody panics with it");
        streamed.iter().find(|(raised, _)| raised == condition).map(|(_, at)| *at)
    }
}

/// The condition of an event that raises one.
fn raised(event: &[u8]) -> Option<String> {
    let event: Value = serde_json::from_slice(event).ok()?;
    (event["kind"] == "raised").then(|| event["condition"].as_str().map(str::to_owned))?
}

/// Notes when each raise came, until the gateway ends the stream.
async fn note_raises(mut stream: reqwest::Response, noted: Arc<Mutex<Vec<(String, Instant)>>>) {
    let mut held = Vec::new();
    while let Ok(Some(bytes)) = stream.chunk().await {
        let at = Instant::now();
        held.extend_from_slice(&bytes);
        while let Some(end) = held.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = held.drain(..end + 2).collect();
            let data = event.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"data:"));
            let raise = data.and_then(raised).map(|condition| (condition, at));
            noted.lock().expect("nobody panics with it").extend(raise);
        }
    }
}

fn site_of_panels(way: &str) -> String {
    let mut text = format!("{}\n[[bus]]\nid = \"panels\"\n{way}\n", site::PLACES);
    for panel in 1..=PANELS {
        write!(
            text,
            r#"
[[device]]
id = "panel-{panel}"
name = {{ zh = "{panel}号报警主机", en = "Fire panel {panel}" }}
bus = "panels"
unit = {panel}
profile = "honeywell-clss"
building = "2"
floor = "1"
points = "detectors.csv"
"#
        )
        .expect("text grows");
    }
    text
}

fn detectors() -> String {
    let mut list = "array,loop,address,building,floor,zone,text_zh,text_en\n".to_owned();
    for detector in 1..=DETECTORS {
        writeln!(list, "detector,1,{detector},2,4,2-04,{detector}号感烟探测器,Smoke detector {detector}")
            .expect("text grows");
    }
    list
}
