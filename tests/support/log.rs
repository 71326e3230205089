//! The transcript: what happened, from the wire to the outside, in the words of an operator.
//!
//! A moment is told only when something changed in it. Of a reply only the words that changed are told; of a message
//! only what is new in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tocsin::edge::mqtt::Topics;
use tocsin::engine::alarm::{Fact, FactKind, State};
use tocsin::engine::base::{EventId, Now, Reading, Reason, Text, Truth};
use tocsin::engine::poll::{LinkOf, Reply, Report, Request};
use tocsin::engine::profile::Table;
use tocsin::engine::site::Site;
use tocsin::engine::{Done, Refusal};
use tocsin::live::document::{event_document, point_document, zone};

use super::field::Answer;
use super::{acts, console};

/// What a reading was requested as: device, table, first address, how many.
type Asked = (u32, Table, u16, u16);

/// The transcript as it grows.
pub struct Log {
    pub text: String,
    site: Arc<Site>,
    topics: Topics,
    zone: jiff::tz::TimeZone,
    now: Now,
    /// The millisecond that has its line already.
    told_at: Option<u64>,
    answers: BTreeMap<Asked, Answer>,
    truths: BTreeMap<u32, Truth>,
    alarms: BTreeMap<EventId, Map<String, Json>>,
    console: String,
    /// What was heard for the first time and told nothing new: requests, points, conditions, by device.
    firsts: BTreeMap<u32, [usize; 3]>,
}

/// Places in [`Log::firsts`].
const REQUESTS: usize = 0;
const POINTS: usize = 1;
const QUIET: usize = 2;

impl Log {
    pub fn new(site: Arc<Site>, topics: Topics) -> Log {
        Log {
            text: String::new(),
            zone: zone(&site),
            topics,
            now: Now::default(),
            told_at: None,
            answers: BTreeMap::new(),
            truths: BTreeMap::new(),
            alarms: BTreeMap::new(),
            console: String::new(),
            firsts: BTreeMap::new(),
            site,
        }
    }

    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.zone
    }

    pub fn at(&mut self, now: Now) {
        self.now = now;
    }

    fn line(&mut self, line: &str) {
        for (device, [requests, points, quiet]) in std::mem::take(&mut self.firsts) {
            let id = self.site.devices[device as usize].id.clone();
            let mut parts = Vec::new();
            for (count, what) in [(requests, "first answers"), (points, "points known"), (quiet, "conditions quiet")] {
                if count > 0 {
                    parts.push(format!("{count} {what}"));
                }
            }
            self.write(&format!("{id}: {}", parts.join(", ")));
        }
        self.write(line);
    }

    fn write(&mut self, line: &str) {
        let millis = self.now.mono.0 / 1000;
        if self.told_at != Some(millis) {
            self.told_at = Some(millis);
            let _ = writeln!(self.text, "{:02}:{:02}.{:03}", millis / 60_000, millis / 1000 % 60, millis % 1000);
        }
        let _ = writeln!(self.text, "    {line}");
    }

    fn first(&mut self, device: u32, what: usize) {
        self.firsts.entry(device).or_default()[what] += 1;
    }

    pub fn said(&mut self, text: &Text) {
        self.line(&format!("=== {} | {}", text.zh, text.en));
    }

    pub fn act(&mut self, what: &str) {
        self.line(&format!(">>> {what}"));
    }

    pub fn answer(&mut self, outcome: &Result<Done, Refusal>) {
        self.line(&acts::answered(outcome));
    }

    pub fn asked(&mut self, device: u32) {
        let id = &self.site.devices[device as usize].id;
        self.line(&format!("ask {id} to report anew"));
    }

    /// An answer came from the wire.
    pub fn heard(&mut self, bus: usize, request: &Request, answer: &Answer) {
        let asked = (request.device, request.table, request.start, request.count);
        let before = self.answers.insert(asked, answer.clone());
        if before.as_ref() == Some(answer) {
            return;
        }
        let what = match (&before, answer) {
            (_, Err(failure)) => format!("{failure:?}"),
            (Some(Ok(before)), Ok(after)) => changes(request.start, &cells(before), &cells(after)),
            (Some(Err(_)), Ok(_)) => "answers again".into(),
            (None, Ok(_)) => return self.first(request.device, REQUESTS),
        };
        let (bus, device) = (&self.site.buses[bus].id, &self.site.devices[request.device as usize].id);
        let table = request.table.as_str();
        self.line(&format!("{bus} {device} {table} {} x {}: {what}", request.start, request.count));
    }

    /// Readings that changed, as they are published. Points that become known or unknown are counted.
    pub fn readings(&mut self, values: &[(u32, Reading)], board: &[Reading], now: Now) {
        let mut counted: BTreeMap<(u32, String), usize> = BTreeMap::new();
        for (number, reading) in values {
            let site = Arc::clone(&self.site);
            let point = &site.points[*number as usize];
            let before = &board[*number as usize];
            if reading.good().is_some() && before.quality() == Reason::NeverRead.as_str() {
                self.first(point.device, POINTS);
                continue;
            }
            if reading.good().is_some() && before.good().is_none() {
                let from = before.quality();
                *counted.entry((point.device, format!("known, were {from}"))).or_default() += 1;
                continue;
            }
            if reading.good().is_none() {
                let reason = reading.quality();
                *counted.entry((point.device, format!("unknown: {reason}"))).or_default() += 1;
                continue;
            }
            let document = point_document(reading, point, now.wall, &self.zone);
            let topic = self.below(&self.topics.point(&point.id));
            let unit = if document.u.is_empty() { String::new() } else { format!(",\"u\":\"{}\"", document.u) };
            let line = format!("mqtt {topic} {{\"v\":{},\"q\":\"{}\"{unit}}}", document.v, document.q);
            self.line(&line);
        }
        for ((device, what), count) in counted {
            let id = self.site.devices[device as usize].id.clone();
            let points = if count == 1 { "point" } else { "points" };
            self.line(&format!("mqtt {count} {points} of {id} {what}"));
        }
    }

    /// Links and edges. Conditions that are first found not to hold are counted.
    pub fn report(&mut self, report: &Report) {
        for link in &report.links {
            let of = match link.of {
                LinkOf::Bus(bus) => format!("bus {}", self.site.buses[bus as usize].id),
                LinkOf::Device(device) => format!("device {}", self.site.devices[device as usize].id),
                LinkOf::Rule(rule) => format!("rule {}", self.site.rules[rule as usize].condition),
            };
            let state = if link.up { "up".into() } else { format!("down: {}", link.reason.en) };
            self.line(&format!("link {of} {state}"));
        }
        let mut lost = 0;
        for edge in &report.edges {
            let before = self.truths.insert(edge.rule, edge.truth);
            match (before, edge.truth) {
                (None | Some(Truth::Unknown | Truth::False), Truth::False) => {
                    self.first(self.site.rules[edge.rule as usize].device, QUIET);
                }
                (None | Some(Truth::False), Truth::Unknown) => lost += 1,
                _ => {
                    let condition = &self.site.rules[edge.rule as usize].condition;
                    self.line(&format!("edge {condition} {}", format!("{:?}", edge.truth).to_lowercase()));
                }
            }
        }
        if lost > 0 {
            self.line(&format!("edges: {lost} conditions that did not hold cannot be seen"));
        }
    }

    pub fn fact(&mut self, fact: &Fact, state: &State) {
        let mut line = format!("fact {} {}", EventId::from(fact.id), console::told(fact));
        if let FactKind::SourceChanged { occurrence, .. }
        | FactKind::Closed { occurrence, .. }
        | FactKind::Reactivated { occurrence }
        | FactKind::Judged { occurrence, .. } = &fact.kind
            && let Some(known) = state.occurrences.get(occurrence)
        {
            let _ = write!(line, " of {}", known.raise.condition);
        }
        self.line(&line);
    }

    /// The event stream: the facts above say the rest.
    pub fn publish_events(&mut self, facts: &[Fact]) {
        let events = facts.iter().map(|fact| {
            let document = event_document(fact, &self.zone);
            let word = |field: &str| document[field].as_str().unwrap_or("?").to_owned();
            format!("{} {}", word("id"), word("kind"))
        });
        let line = format!("mqtt {} {}", self.below(&self.topics.event()), events.collect::<Vec<_>>().join(", "));
        self.line(&line);
    }

    /// A topic without the prefix that all of them share.
    fn below(&self, topic: &str) -> String {
        let prefix = self.topics.status();
        let prefix = prefix.strip_suffix("status").expect("the topic ends so");
        topic.strip_prefix(prefix).expect("every topic begins so").to_owned()
    }

    /// A retained alarm: at first what it says of itself, later what changed.
    pub fn publish_alarm(&mut self, id: EventId, payload: &[u8]) {
        let topic = self.below(&self.topics.alarm(id));
        if payload.is_empty() {
            self.alarms.remove(&id);
            return self.line(&format!("mqtt {topic} (cleared)"));
        }
        let Ok(Json::Object(mut document)) = serde_json::from_slice::<Json>(payload) else {
            panic!("{topic}: an alarm is an object");
        };
        // Said by `condition` already, or by the topic.
        for field in ["id", "device", "point", "category", "level", "seq"] {
            document.remove(field);
        }
        let before = self.alarms.insert(id, document.clone());
        let news: Map<String, Json> = match before {
            Some(before) => document.into_iter().filter(|(key, value)| before.get(key) != Some(value)).collect(),
            None => document.into_iter().filter(|(_, value)| !is_nothing(value)).collect(),
        };
        if news.is_empty() {
            return self.line(&format!("mqtt {topic} (as before)"));
        }
        self.line(&format!("mqtt {topic} {}", Json::Object(news)));
    }

    /// The console, when it looks different.
    pub fn console(&mut self, state: &State) {
        let line = console::line(state);
        if line != self.console {
            self.line(&line);
            self.console = line;
        }
    }
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn cells(reply: &Reply) -> Vec<u16> {
    match reply {
        Reply::Written | Reply::Objects(_) => Vec::new(),
        Reply::Words(words) => words.clone(),
        Reply::Bits(bits) => bits.iter().map(|bit| u16::from(*bit)).collect(),
    }
}

fn changes(start: u16, before: &[u16], after: &[u16]) -> String {
    let differ = (start..).zip(before.iter().zip(after)).filter(|(_, (before, after))| before != after);
    differ.map(|(address, (old, new))| format!("{address} {old:04x}->{new:04x}")).collect::<Vec<_>>().join(" ")
}
