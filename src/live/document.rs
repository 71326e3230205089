//! The public form of alarms, events and points: one JSON for HTTP, MQTT and the stream (design §6).
//!
//! Takes: occurrences, facts and readings, and the time zone of the site.
//! Gives: documents that serialise to the contract's JSON; times are RFC 3339 with the site's offset.
//! Never: a value for an unknown point, and never a second spelling of the same thing elsewhere.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::engine::alarm::{
    Call, Cause, CloseReason, CommandFact, DeskFact, Fact, FactKind, Inhibit, Occurrence, Raise, ScopeFact, Source,
    SupervisionFact, Verdict,
};
use crate::engine::base::{Category, Deadline, EventId, PointId, Reading, Reason, Text, Value, Wall};
use crate::engine::profile::{Kind, Level};
use crate::engine::site::{Place, Point, Site};

/// The time zone in which the site's people read times; UTC when the machine does not know it (`config` refuses such a
/// site, so this happens only when the machine's zone files were removed since).
pub fn zone(site: &Site) -> TimeZone {
    TimeZone::get(&site.timezone).unwrap_or(TimeZone::UTC)
}

/// RFC 3339 with milliseconds and the zone's offset: `2026-03-01T08:00:00.250+08:00`. A time outside the years that can
/// be written is held at the nearest one that can.
pub fn timestamp(at: Wall, zone: &TimeZone) -> String {
    let bounded = Timestamp::from_microsecond(at.0).unwrap_or(if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX });
    bounded.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// The alarm object of `GET alarms` and of the topic `alarm/<id>`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlarmDocument {
    /// `epoch-seq`.
    pub id: EventId,
    /// `device/point:category[:level]`.
    pub condition: String,
    /// The device's id.
    pub device: String,
    /// `device/point`.
    pub point: PointId,
    /// What it is.
    pub category: Category,
    /// For limits: which bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// 1 is the most urgent.
    pub priority: u8,
    /// What people read.
    pub name: Text,
    /// Why, when a person needs to know more than the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Text>,
    /// What a person does next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Text>,
    /// Class of the equipment, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Secondary code (FA-15).
    pub code: Option<String>,
    /// Two-digit device type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Where it is.
    pub place: Place,
    /// What its source says now.
    pub source: Source,
    /// Held until reset.
    pub latched: bool,
    /// Acknowledgement; null while it is owed.
    pub ack: Option<AckDocument>,
    /// What a person found it to be.
    pub verdict: Verdict,
    /// Why it was false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What it comes from, in words, what that was judged by, and the row it folds under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged: Option<JudgedDocument>,
    /// It comes and goes so often that it was marked, since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chattering: Option<String>,
    /// Its point alarms again although it was judged false so often: isolating it is proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_alarms: Option<u32>,
    /// What keeps it quiet.
    pub inhibit: Vec<Inhibit>,
    /// `open` or `closed`.
    pub life: Life,
    /// When it was raised.
    pub raised_at: String,
    /// How often it became active.
    pub count: u32,
    /// Its number in the order in which the alarms of its incident came, from 1; what returns after a reset keeps its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<u32>,
    /// Others came in the same sweep: which of them was first nobody knows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tied: bool,
    /// First alarm of its incident, or tied with it.
    pub first: bool,
    /// It was reset while its source was still active.
    pub realarm: bool,
    /// The incident it belongs to.
    pub incident: Option<EventId>,
    /// Who was called about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallDocument>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_reason: Option<CloseReason>,
}

/// Who was called, by whom, when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallDocument {
    /// Who was called.
    pub called: String,
    /// The person.
    pub by: String,
    /// When it was recorded.
    pub at: String,
    /// Who answered, what was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Who acknowledged, when and with what note.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AckDocument {
    /// The account's name.
    pub by: String,
    /// When.
    pub at: String,
    /// What they noted.
    pub note: Option<String>,
}

/// What a row comes from, as far as other evidence tells (FA-05, FA-06).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgedDocument {
    /// `outage`, `local`, `undetermined`, `battery-exhausted`, `battery-connection` or `consequence`.
    pub cause: Cause,
    /// The same in words, with what to do.
    pub words: Text,
    /// What it was judged by.
    pub evidence: Vec<Text>,
    /// The row that it folds under: of the same outage, or what it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<EventId>,
}

/// Whether an occurrence is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    /// Still on the list.
    Open,
    /// Ended.
    Closed,
}

/// The public form of an occurrence.
pub fn alarm_document(occurrence: &Occurrence, zone: &TimeZone) -> AlarmDocument {
    let raise = &occurrence.raise;
    AlarmDocument {
        id: occurrence.id,
        condition: raise.condition.to_string(),
        device: raise.condition.point.device().to_owned(),
        point: raise.condition.point.clone(),
        category: raise.condition.category,
        level: raise.condition.level,
        priority: raise.priority,
        name: raise.name.clone(),
        detail: raise.detail.clone(),
        advice: raise.advice.clone(),
        class: raise.class.clone(),
        code: raise.code.clone(),
        kind: raise.kind.clone(),
        place: raise.place.clone(),
        source: occurrence.source,
        latched: occurrence.latched,
        ack: occurrence.ack.as_ref().map(|ack| AckDocument {
            by: ack.by.user.clone(),
            at: timestamp(ack.at, zone),
            note: ack.note.clone(),
        }),
        verdict: occurrence.verdict,
        cause: occurrence.cause.clone(),
        judged: occurrence.judged.as_ref().map(|judged| JudgedDocument {
            cause: judged.cause,
            words: judged.words.clone(),
            evidence: judged.evidence.clone(),
            under: judged.under,
        }),
        chattering: occurrence.chattering.map(|since| timestamp(since, zone)),
        false_alarms: Some(occurrence.false_alarms).filter(|count| *count > 0),
        inhibit: occurrence.inhibit.iter().copied().collect(),
        life: if occurrence.is_open() { Life::Open } else { Life::Closed },
        raised_at: timestamp(occurrence.raised_at, zone),
        count: occurrence.count,
        arrival: raise.arrival.map(|arrival| arrival.number),
        tied: occurrence.tied,
        first: raise.first,
        realarm: raise.realarm,
        incident: raise.incident,
        calls: occurrence.calls.iter().map(|call| call_document(call, zone)).collect(),
        closed_at: occurrence.closed.map(|(at, _)| timestamp(at, zone)),
        close_reason: occurrence.closed.map(|(_, reason)| reason),
    }
}

fn call_document(call: &Call, zone: &TimeZone) -> CallDocument {
    let (called, note) = (call.called.clone(), call.note.clone());
    CallDocument { called, by: call.by.user.clone(), at: timestamp(call.at, zone), note }
}

/// The public form of a fact: `{"id","seq","epoch","at","kind",…}`, the rest as the fact's kind has it. Deadlines are
/// given as the time they fall due, a condition as its text beside `device`, `point`, `category` and `level`. The
/// sender's idempotency key stays private.
pub fn event_document(fact: &Fact, zone: &TimeZone) -> Json {
    let mut fields = match serde_json::to_value(fact) {
        Ok(Json::Object(fields)) => fields,
        // A fact always serialises to an object; were it not so, its identity and kind are still the truth.
        _ => Map::from_iter([
            ("epoch".to_owned(), fact.id.epoch.into()),
            ("seq".to_owned(), fact.id.seq.into()),
            ("kind".to_owned(), fact.kind.as_str().into()),
        ]),
    };
    fields.remove("key");
    fields.insert("id".into(), EventId::from(fact.id).to_string().into());
    fields.insert("at".into(), timestamp(fact.at, zone).into());
    let mut due = |field: &str, deadline: &Deadline| {
        fields.insert(field.into(), timestamp(deadline.due(), zone).into());
    };
    match &fact.kind {
        FactKind::Silenced { resound, .. } => due("resound", resound),
        FactKind::Reset { window, .. } => due("window", window),
        FactKind::Isolated { review, .. } => due("review", review),
        FactKind::Raised(raise) => {
            spell_condition(&mut fields, raise);
            spell_arrival(&mut fields, raise);
        }
        FactKind::Desk(DeskFact::RegistrationBegun { until, .. }) => due("until", until),
        FactKind::Scope(ScopeFact::TestBegun { until, .. } | ScopeFact::DrillBegun { until, .. }) => {
            due("until", until)
        }
        FactKind::Command(CommandFact::Armed { until, .. }) => due("until", until),
        FactKind::Supervision(SupervisionFact::Phase { due: by, .. }) => due("due", by),
        FactKind::Supervision(SupervisionFact::BatteryBegan(of)) => due("limit", &of.limit),
        FactKind::Command(CommandFact::Requested(asked)) => {
            due("expires", &asked.expires);
            due("settles", &asked.settles);
        }
        _ => {}
    }
    Json::Object(fields)
}

fn spell_condition(fields: &mut Map<String, Json>, raise: &Raise) {
    let condition = &raise.condition;
    fields.insert("condition".into(), condition.to_string().into());
    fields.insert("device".into(), condition.point.device().into());
    fields.insert("point".into(), condition.point.as_str().into());
    fields.insert("category".into(), condition.category.as_str().into());
    if let Some(level) = condition.level {
        fields.insert("level".into(), level.as_str().into());
    }
}

/// As in the object of an alarm: the number alone; with what it is tied stands beside it.
fn spell_arrival(fields: &mut Map<String, Json>, raise: &Raise) {
    let Some(arrival) = raise.arrival else { return };
    fields.insert("arrival".into(), arrival.number.into());
    if let Some(tied) = arrival.tied {
        fields.insert("tied_with".into(), tied.to_string().into());
    }
}

/// The public form of a reading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointDocument {
    /// The value; null when unknown.
    pub v: Json,
    /// `good`, or why it is unknown.
    pub q: &'static str,
    /// Unit, as displayed; empty for none.
    pub u: String,
    /// When the device says it measured, for devices that say so.
    pub t_device: Option<String>,
    /// When the reply that carried the value was verified; null when there is no value.
    pub t_read: Option<String>,
    /// When this document was made.
    pub t_sent: String,
}

/// The public form of the reading of `point`, made at `sent`.
pub fn point_document(reading: &Reading, point: &Point, sent: Wall, zone: &TimeZone) -> PointDocument {
    let (v, q) = match &reading.known {
        Ok(value) => match value_json(value, point) {
            Some(json) => (json, reading.quality()),
            None => (Json::Null, Reason::BadValue.as_str()),
        },
        Err(reason) => (Json::Null, reason.as_str()),
    };
    let t_read = (!v.is_null()).then(|| timestamp(reading.at.wall, zone));
    PointDocument { v, q, u: point.unit.to_string(), t_device: None, t_read, t_sent: timestamp(sent, zone) }
}

/// A value as JSON: a bit as a boolean, a number in its shortest form, a state as its key, text as it is. None for what
/// has no public form: a number that is not finite, a state that the point does not list.
pub fn value_json(value: &Value, point: &Point) -> Option<Json> {
    match value {
        Value::Bit(bit) => Some(Json::Bool(*bit)),
        Value::Number(number) if point.encoding.kind == Kind::F32 => number_json(shortest_f32(*number)),
        Value::Number(number) => number_json(*number),
        Value::State(index) => {
            let state = point.encoding.states.as_ref()?.get(usize::from(*index))?;
            Some(Json::String(state.key.clone()))
        }
        Value::Text(text) => Some(Json::String(text.to_string())),
    }
}

/// A binary32 has about seven digits; spelt as a binary64 it would show ten more that the device never said. A number
/// that is no binary32 (it was scaled) stays as it is.
fn shortest_f32(number: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "compared with the original just below")]
    let single = number as f32;
    if f64::from(single) == number { single.to_string().parse().unwrap_or(number) } else { number }
}

fn number_json(number: f64) -> Option<Json> {
    // Every whole number up to 2^53 is exact in an f64, so the conversion loses nothing.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "bounded by 2^53 just above")]
        return Some(Json::from(number as i64));
    }
    serde_json::Number::from_f64(number).map(Json::Number)
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
