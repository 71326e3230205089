//! Copies of the journal: which facts are wanted, and how each is written.
//!
//! Takes: facts in order, from the first one on, so that what speaks of an alarm is known by its name.
//! Gives: the stored lines as they are, or a table with the words of both languages.
//! Never: a fact that was not asked for; a cell that a spreadsheet would run.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::words;
use crate::edge::export::{Format, Manner, Sheets};
use crate::engine::alarm::{Fact, FactKind, Raise};
use crate::engine::base::{EventId, Language, Text, Wall};
use crate::engine::report::{Cell, Column, Head};
use crate::live::document::timestamp;

/// Closed alarms that later facts may still speak of.
const REMEMBERED: usize = 10_000;
/// Fields of a fact that have a column of their own.
const COLUMNS: [&str; 10] = ["v", "epoch", "seq", "at", "by", "key", "kind", "condition", "name", "place"];

/// What a copy is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The stored bytes, one JSON object a line: what `journal verify` hashes.
    Lines,
    /// A table.
    Table(Format),
}

impl Form {
    /// Reads `jsonl`, `csv`, `xlsx` or `json`.
    pub fn named(word: &str) -> Option<Form> {
        if word == "jsonl" { Some(Form::Lines) } else { Format::named(word).map(Form::Table) }
    }

    /// Its word, which is also the ending of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Lines => "jsonl",
            Form::Table(format) => format.as_str(),
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Lines => "application/jsonl",
            Form::Table(format) => format.media_type(),
        }
    }
}

/// Which facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those after this sequence number.
    pub after: u64,
    /// And up to this one.
    pub upto: u64,
    /// Decided at this time or later.
    pub from: Option<Wall>,
    /// Decided before this time.
    pub to: Option<Wall>,
    /// Only these kinds; all where it is empty.
    pub kinds: Vec<String>,
    /// Only those that speak of this device.
    pub device: Option<String>,
    /// Only these, in order, as a search found them; and what was searched for.
    pub chosen: Option<(String, Vec<u64>)>,
}

impl Wanted {
    /// The same in words, as it is recorded.
    pub fn scope(&self, zone: &TimeZone) -> String {
        let mut scope = format!("{} to {}", self.after + 1, self.upto);
        let time = |word: &str, at: Option<Wall>| at.map(|at| format!(", {word} {}", timestamp(at, zone)));
        let kinds = (!self.kinds.is_empty()).then(|| format!(", kind {}", self.kinds.join(" ")));
        let device = self.device.as_ref().map(|device| format!(", device {device}"));
        let searched = self.chosen.as_ref().map(|(said, _)| format!(", {said}"));
        scope.extend([time("from", self.from), time("to", self.to), kinds, device, searched].into_iter().flatten());
        scope
    }

    fn wants(&self, fact: &Fact, of: &Subject) -> bool {
        (self.after + 1..=self.upto).contains(&fact.id.seq)
            && self.from.is_none_or(|from| fact.at >= from)
            && self.to.is_none_or(|to| fact.at < to)
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == fact.kind.as_str()))
            && self.device.as_ref().is_none_or(|device| of.device == *device)
            && self.chosen.as_ref().is_none_or(|(_, chosen)| chosen.binary_search(&fact.id.seq).is_ok())
    }
}

/// What a fact speaks of.
#[derive(Default)]
struct Subject {
    device: String,
    point: String,
    raise: Option<Arc<Raise>>,
}

enum Sink<'out> {
    Lines(Box<dyn Write + Send + 'out>),
    Table(Box<dyn Sheets + 'out>),
}

/// Writes one copy.
pub struct Copy<'out> {
    wanted: Wanted,
    zone: TimeZone,
    sink: Sink<'out>,
    raises: BTreeMap<EventId, Arc<Raise>>,
    closed: VecDeque<EventId>,
    written: u64,
}

impl<'out> Copy<'out> {
    /// Begins a copy.
    ///
    /// # Errors
    /// `out` refuses.
    pub fn begin(wanted: Wanted, form: Form, out: impl Write + Send + 'out, zone: TimeZone) -> io::Result<Copy<'out>> {
        let sink = match form {
            Form::Lines => Sink::Lines(Box::new(out)),
            Form::Table(format) => {
                let mut sheets = format.writer(out, Manner { language: Language::En, zone: zone.clone() })?;
                sheets.begin(&head())?;
                Sink::Table(sheets)
            }
        };
        Ok(Copy { wanted, zone, sink, raises: BTreeMap::new(), closed: VecDeque::new(), written: 0 })
    }

    /// The next fact, with its stored bytes. Every one must come, so that those which are wanted can be named.
    ///
    /// # Errors
    /// What it is written to refuses.
    pub fn fact(&mut self, fact: &Fact, bytes: &[u8]) -> io::Result<()> {
        if fact.id.seq > self.wanted.upto {
            return Ok(());
        }
        if let FactKind::Raised(raise) = &fact.kind {
            self.raises.insert(fact.id.into(), Arc::clone(raise));
        }
        let fields = serde_json::to_value(fact)?;
        let subject = self.subject(fact, &fields);
        if self.wanted.wants(fact, &subject) {
            self.written += 1;
            match &mut self.sink {
                Sink::Lines(out) => out.write_all(bytes).and_then(|()| out.write_all(b"\n"))?,
                Sink::Table(sheets) => sheets.row(&cells(fact, fields, &subject))?,
            }
        }
        if let FactKind::Closed { occurrence, .. } = &fact.kind {
            self.closed.push_back(*occurrence);
            if self.closed.len() > REMEMBERED
                && let Some(oldest) = self.closed.pop_front()
            {
                self.raises.remove(&oldest);
            }
        }
        Ok(())
    }

    /// Ends the copy. Gives how many facts it has.
    ///
    /// # Errors
    /// What it is written to refuses.
    pub fn finish(mut self) -> io::Result<u64> {
        match &mut self.sink {
            Sink::Lines(out) => out.flush()?,
            Sink::Table(sheets) => sheets.finish()?,
        }
        Ok(self.written)
    }

    /// Which time zone it is written in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn subject(&self, fact: &Fact, fields: &Value) -> Subject {
        let id = |value: &Value| value.as_str().and_then(|id| id.parse::<EventId>().ok());
        let named = match &fact.kind {
            FactKind::Raised(_) => Some(fact.id.into()),
            _ => id(&fields["occurrence"]).or_else(|| id(&fields["occurrences"][0])),
        };
        let raise = named.and_then(|id| self.raises.get(&id)).cloned();
        let point = raise.as_ref().map(|raise| raise.condition.point.as_str().to_owned());
        let point = point.or_else(|| fields["point"].as_str().map(str::to_owned)).unwrap_or_default();
        let device = fields["device"].as_str().or_else(|| point.split_once('/').map(|(device, _)| device));
        Subject { device: device.unwrap_or_default().to_owned(), point, raise }
    }
}

/// The columns; each is headed in both languages, because a row has both.
fn head() -> Head {
    let column = |key: &str, zh: &str, width| {
        let both = format!("{zh} {key}");
        Column::new(key, &both, &both, width)
    };
    let columns = vec![
        column("seq", "序号", 10),
        column("epoch", "纪元", 8),
        column("at", "时间", 30),
        column("kind", "类型", 20),
        column("kind-zh", "类型", 16),
        column("kind-en", "类型", 24),
        column("device", "设备", 16),
        column("point", "测点", 28),
        column("category", "类别", 14),
        column("building", "楼栋", 10),
        column("floor", "楼层", 8),
        column("zone", "分区", 12),
        column("place-zh", "地点", 30),
        column("place-en", "地点", 40),
        column("text-zh", "内容", 30),
        column("text-en", "内容", 40),
        column("by", "操作人", 16),
        column("role", "角色", 12),
        column("origin", "来自", 18),
        column("detail", "其余", 60),
    ];
    Head { key: "journal", title: Text::new("日志", "Journal"), columns }
}

fn cells(fact: &Fact, fields: Value, subject: &Subject) -> Vec<Cell> {
    let kind = fact.kind.as_str();
    let kind_text = words::kind(kind).map(|phrase| phrase.text()).unwrap_or_else(|| Text::new(kind, kind));
    let raise = subject.raise.as_deref();
    let place = raise.map(|raise| &raise.place);
    let of = |text: Option<&String>| Cell::same(text.map(String::as_str).unwrap_or_default());
    let detail = match fields {
        Value::Object(mut fields) => {
            fields.retain(|field, _| !COLUMNS.contains(&field.as_str()));
            if fields.is_empty() { String::new() } else { Value::Object(fields).to_string() }
        }
        other => other.to_string(),
    };
    let role = fact.by.as_ref().and_then(|by| serde_json::to_value(by.role).ok());
    vec![
        Cell::Count(fact.id.seq),
        Cell::Count(u64::from(fact.id.epoch)),
        Cell::Time(fact.at),
        Cell::same(kind),
        Cell::same(&kind_text.zh),
        Cell::same(&kind_text.en),
        Cell::same(&subject.device),
        Cell::same(&subject.point),
        Cell::same(raise.map(|raise| raise.condition.category.as_str()).unwrap_or_default()),
        of(place.and_then(|place| place.building.as_ref())),
        of(place.and_then(|place| place.floor.as_ref())),
        of(place.and_then(|place| place.zone.as_ref())),
        of(place.map(|place| &place.text.zh)),
        of(place.map(|place| &place.text.en)),
        of(raise.map(|raise| &raise.name.zh)),
        of(raise.map(|raise| &raise.name.en)),
        of(fact.by.as_ref().map(|by| &by.user)),
        Cell::same(role.as_ref().and_then(Value::as_str).unwrap_or_default()),
        of(fact.by.as_ref().map(|by| &by.origin)),
        Cell::same(&detail),
    ]
}
