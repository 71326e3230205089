//! Tests of rules as data: `[[test]]` in `rules-tests/*.toml`, or beside the linkages in the site's own files.
//!
//! Takes: the folder of a site, and the site.
//! Gives: [`Test`]s with every name resolved, or everything that is wrong with them.
//! Never: a test without an expectation, or of something the site does not have.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use toml::de::DeValue;

use super::Setting;
use crate::config::document::{Fields, Node, Source};
use crate::config::linkage::keys;
use crate::config::problem::{Problem, Problems, Spot, did_you_mean};
use crate::config::site::{self, keys::FILE};
use crate::engine::base::{PointId, Truth, Value, Verdict};
use crate::engine::profile::Encoding;
use crate::engine::site::{Command, Site};

/// One test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// Where it is written.
    pub spot: Spot,
    /// Minute of a week that begins on Monday, local time, at which it begins.
    pub starts: u32,
    /// How things stand before.
    pub given: Vec<Setting>,
    /// What happens.
    pub when: Vec<(Duration, Step)>,
    /// What must follow.
    pub then: Vec<Expect>,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Conditions, statuses, values change.
    Set(Vec<Setting>),
    /// A person acts; the code with which that must be refused, if it must.
    Act(Deed, Option<String>),
}

/// What a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Judges the open alarm of a condition.
    Judge(String, Verdict),
    /// Acknowledges it.
    Acknowledge(String),
    /// Isolates a point.
    Isolate(PointId),
    /// Releases a proposed action of a linkage.
    Release(String, u32),
    /// Withdraws an action of a linkage.
    Withdraw(String, u32),
    /// Resets a building.
    Reset(String),
    /// Begins a drill in a building.
    Drill(String),
}

/// What must follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// Where it is written.
    pub spot: Spot,
    /// When; at no time at all when it must never be.
    pub at: Option<Duration>,
    /// Of what.
    pub of: Of,
    /// What.
    pub is: String,
    /// Why an action is proposed.
    pub why: Option<String>,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A linkage: `met`, `clear`.
    Linkage(String),
    /// Equipment as the target of an action, of one linkage or of any.
    Target(String, Option<String>),
    /// An alarm by its condition: `open`, `closed`.
    Alarm(String),
    /// A command by point and verb: `sent`.
    Command(String),
}

impl Expect {
    /// The linkage, without the value it was written out for, that this expects to be met or to act.
    pub fn meets(&self) -> Option<&str> {
        let id = match &self.of {
            Of::Linkage(id) if self.is == "met" && self.at.is_some() => id,
            Of::Target(_, Some(id)) if self.at.is_some() => id,
            _ => return None,
        };
        id.split('[').next()
    }
}

const LINKAGE: [&str; 2] = ["met", "clear"];
const TARGET: [&str; 7] = ["delayed", "proposed", "started", "withdrawn", "cancelled", "arrived", "missing"];
const ALARM: [&str; 2] = ["open", "closed"];
const COMMAND: [&str; 1] = ["sent"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const VERDICTS: [(&str, Verdict); 3] = [("real", Verdict::Real), ("false", Verdict::False), ("drill", Verdict::Drill)];
/// Longest time a test may take.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Reads every test of a site.
pub fn tests(folder: &Path, held: &Site) -> Result<Vec<Test>, Vec<Problem>> {
    let problems = Problems::default();
    let (own, beside) = site::texts(folder, &problems);
    let mut all = Vec::new();
    for (section, sources) in [(&keys::TESTS, &own), (&FILE, &beside)] {
        for source in sources {
            let Some(table) = source.parse(&problems) else { continue };
            let root = source.root(&table, section, &problems);
            let reader = Reader { site: held, problems: &problems };
            all.extend(root.list("test").into_iter().filter_map(|node| reader.test(node)));
        }
    }
    if problems.has_errors() { Err(problems.sorted()) } else { Ok(all) }
}

/// One setting such as `pump-1/oil-pressure=100` or `panel-1/d1:fire=true`.
pub fn setting(text: &str, held: &Site) -> Result<Setting, Vec<Problem>> {
    let problems = Problems::default();
    let (name, value) = text.split_once('=').unwrap_or((text, "true"));
    let plain = value.parse::<f64>().is_ok() || matches!(value, "true" | "false");
    let quoted = if plain { value.to_owned() } else { format!("{value:?}") };
    let source = Source::new("argument", format!("given = {{ {name:?} = {quoted} }}"));
    let mut found = Vec::new();
    if let Some(table) = source.parse(&problems) {
        let root = source.root(&table, &keys::GIVEN, &problems);
        found = Reader { site: held, problems: &problems }.settings(root.get("given"));
    }
    match (found.pop(), problems.has_errors()) {
        (Some(setting), false) => Ok(setting),
        _ => Err(problems.sorted()),
    }
}

struct Reader<'a> {
    site: &'a Site,
    problems: &'a Problems,
}

impl Reader<'_> {
    fn test(&self, node: Node<'_>) -> Option<Test> {
        let fields = node.fields(&keys::TEST)?;
        let name = fields.get("name").and_then(Node::text);
        let starts = fields.get("starts").map_or(Some(0), |node| self.starts(node));
        let given = self.settings(fields.get("given"));
        let mut when: Vec<(Duration, Step)> = Vec::new();
        for node in fields.list("when") {
            when.extend(self.step(node));
        }
        when.sort_by_key(|(at, _)| *at);
        let listed = fields.list("then");
        if let (true, Some(node)) = (listed.is_empty(), fields.get("then")) {
            node.error("a test without an expectation shows nothing", "add a line to \"then\"");
        }
        let then: Vec<Expect> = listed.into_iter().filter_map(|node| self.expect(node)).collect();
        Some(Test { name: name?.to_owned(), spot: node.spot(), starts: starts?, given, when, then })
    }

    /// `22:00`, `22:00 sat`
    fn starts(&self, node: Node<'_>) -> Option<u32> {
        let text = node.text()?;
        let (clock, day) = text.split_once(' ').unwrap_or((text, "mon"));
        let read = || {
            let (hour, minute) = clock.split_once(':')?;
            let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
            let day = u32::try_from(DAYS.iter().position(|known| *known == day)?).ok()?;
            (hour < 24 && minute < 60).then_some(day * 24 * 60 + hour * 60 + minute)
        };
        let found = read();
        if found.is_none() {
            node.error(format!("\"{text}\" is no time of a week"), "write: \"22:00\" or \"22:00 sat\"");
        }
        found
    }

    fn settings(&self, node: Option<Node<'_>>) -> Vec<Setting> {
        let entries = node.and_then(Node::entries).unwrap_or_default();
        entries.into_iter().filter_map(|(name, node)| self.setting(name.text, &name.spot, node)).collect()
    }

    fn setting(&self, name: &str, spot: &Spot, node: Node<'_>) -> Option<Setting> {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(at) = self.site.points.iter().position(|point| point.id.as_str() == name) {
            let value = self.value(&self.site.points[at].encoding, node)?;
            return Some(Setting::Value(number(at), value));
        }
        if let Some(at) = self.site.rules.iter().position(|rule| rule.condition.to_string() == name) {
            return Some(Setting::Rule(number(at), truth(node)?));
        }
        if let Some(at) = self.site.statuses.iter().position(|status| status.id.as_str() == name) {
            return Some(Setting::Status(number(at), truth(node)?));
        }
        let rules: Vec<String> = self.site.rules.iter().map(|rule| rule.condition.to_string()).collect();
        let others = self.site.statuses.iter().map(|status| status.id.as_str());
        let points = self.site.points.iter().map(|point| point.id.as_str());
        let hint = did_you_mean(name, rules.iter().map(String::as_str).chain(others).chain(points));
        self.problems.error(spot.clone(), format!("no condition, status or point is called \"{name}\""), hint);
        None
    }

    fn value(&self, encoding: &Encoding, node: Node<'_>) -> Option<Value> {
        if let Some(states) = &encoding.states {
            let key = node.text()?;
            let found = states.iter().position(|state| state.key == key);
            if found.is_none() {
                node.error(format!("no state \"{key}\""), did_you_mean(key, states.iter().map(|s| s.key.as_str())));
            }
            return Some(Value::State(u16::try_from(found?).unwrap_or(u16::MAX)));
        }
        match node.value() {
            DeValue::Boolean(bit) => Some(Value::Bit(*bit)),
            _ => node.number().map(Value::Number),
        }
    }

    fn step(&self, node: Node<'_>) -> Option<(Duration, Step)> {
        let fields = node.fields(&keys::TEST_WHEN)?;
        let at = fields.get("at").map_or(Some(Duration::ZERO), time)?;
        if let Some(set) = fields.get("set") {
            return Some((at, Step::Set(self.settings(Some(set)))));
        }
        let action = fields.get("action").and_then(|node| node.integer(0..=1000));
        let action = action.and_then(|action| u32::try_from(action).ok()).unwrap_or(0);
        let text = |key: &str| fields.get(key).and_then(Node::text).map(str::to_owned);
        let deed = if let Some(condition) = text("judge") {
            let verdict = fields.get("as").and_then(|node| node.word(&VERDICTS)).unwrap_or(Verdict::Real);
            self.known_condition(&fields, "judge", &condition);
            Deed::Judge(condition, verdict)
        } else if let Some(condition) = text("acknowledge") {
            self.known_condition(&fields, "acknowledge", &condition);
            Deed::Acknowledge(condition)
        } else if let Some(point) = text("isolate") {
            Deed::Isolate(PointId::new(&point))
        } else if let Some(id) = text("release") {
            self.known_linkage(&fields, "release", &id);
            Deed::Release(id, action)
        } else if let Some(id) = text("withdraw") {
            self.known_linkage(&fields, "withdraw", &id);
            Deed::Withdraw(id, action)
        } else if let Some(building) = text("reset") {
            Deed::Reset(building)
        } else if let Some(building) = text("drill") {
            Deed::Drill(building)
        } else {
            node.error("nothing happens here", "set = { … }, or what a person does");
            return None;
        };
        Some((at, Step::Act(deed, text("refused"))))
    }

    fn known_condition(&self, fields: &Fields<'_>, key: &str, name: &str) {
        if !self.site.rules.iter().any(|rule| rule.condition.to_string() == name) {
            let all: Vec<String> = self.site.rules.iter().map(|rule| rule.condition.to_string()).collect();
            let hint = did_you_mean(name, all.iter().map(String::as_str));
            self.wrong(fields, key, format!("unknown condition \"{name}\""), hint);
        }
    }

    fn known_linkage(&self, fields: &Fields<'_>, key: &str, id: &str) {
        if !self.site.linkages.iter().any(|linkage| linkage.id == id) {
            let hint = did_you_mean(id, self.site.linkages.iter().map(|linkage| linkage.id.as_str()));
            self.wrong(fields, key, format!("unknown linkage \"{id}\""), hint);
        }
    }

    /// `pump-1/start`, or with its verb `pump-1/start start`.
    fn known_command(&self, fields: &Fields<'_>, name: &str) {
        let spelt = |command: &Command| match name.split_once(' ') {
            Some(_) => format!("{} {}", command.point, command.spec.verb),
            None => command.point.to_string(),
        };
        let all: BTreeSet<String> = self.site.commands.iter().map(spelt).collect();
        if !all.contains(name) {
            let hint = did_you_mean(name, all.iter().map(String::as_str));
            self.wrong(fields, "command", format!("unknown command \"{name}\""), hint);
        }
    }

    fn wrong(&self, fields: &Fields<'_>, key: &str, message: String, hint: String) {
        let spot = fields.get(key).map_or_else(|| fields.spot(), |node| node.spot());
        self.problems.error(spot, message, hint);
    }

    fn expect(&self, node: Node<'_>) -> Option<Expect> {
        let fields = node.fields(&keys::TEST_THEN)?;
        let text = |key: &str| fields.get(key).and_then(Node::text).map(str::to_owned);
        let (of, words): (Of, &[&str]) = if let Some(target) = text("target") {
            if !self.site.equipment.iter().any(|held| held.id == target) {
                let hint = did_you_mean(&target, self.site.equipment.iter().map(|held| held.id.as_str()));
                self.wrong(&fields, "target", format!("unknown equipment \"{target}\""), hint);
            }
            let linkage = text("linkage");
            linkage.iter().for_each(|id| self.known_linkage(&fields, "linkage", id));
            (Of::Target(target, linkage), &TARGET)
        } else if let Some(id) = text("linkage") {
            self.known_linkage(&fields, "linkage", &id);
            (Of::Linkage(id), &LINKAGE)
        } else if let Some(condition) = text("alarm") {
            (Of::Alarm(condition), &ALARM)
        } else if let Some(command) = text("command") {
            self.known_command(&fields, &command);
            (Of::Command(command), &COMMAND)
        } else {
            node.error("what is expected here?", "linkage, target, alarm or command");
            return None;
        };
        let (is, at) = match (fields.get("is"), fields.get("never"), fields.get("at")) {
            (Some(is), None, Some(at)) => (is, Some(time(at)?)),
            (None, Some(never), None) => (never, None),
            _ => {
                node.error("say when it must be so, or that it must never be", "at = \"5s\" with \"is\", or \"never\"");
                return None;
            }
        };
        let word = is.text()?;
        if !words.contains(&word) {
            is.error(format!("\"{word}\" cannot be said of it"), did_you_mean(word, words.iter().copied()));
        }
        Some(Expect { spot: node.spot(), at, of, is: word.to_owned(), why: text("why") })
    }
}

fn time(node: Node<'_>) -> Option<Duration> {
    node.duration(Duration::ZERO..=LONGEST)
}

fn truth(node: Node<'_>) -> Option<Truth> {
    match node.value() {
        DeValue::String(text) if text == "unknown" => Some(Truth::Unknown),
        DeValue::Boolean(held) => Some(Truth::from(*held)),
        _ => {
            node.error("expected true, false or \"unknown\"", "");
            None
        }
    }
}
