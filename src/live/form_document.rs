//! The public form of the four forms: one JSON for HTTP and for whoever keeps them elsewhere (FL-05).
//!
//! Takes: what the duty room made from the journal, and the plans of the site.
//! Gives: one document per row; times are RFC 3339 with the site's offset.
//! Never: a row that says more than the journal.

use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::document::timestamp;
use crate::engine::alarm::{ItemResult, RoundRecorded};
use crate::engine::base::{Actor, Wall};
use crate::engine::duty::{Entry, Kept, Planned, Recorded, Round, Step, Subject};

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its time is not over.
    Due,
    /// Its time is over, and nobody recorded it.
    Overdue,
    /// The next one came before it was recorded.
    Missed,
    /// It was recorded.
    Recorded,
    /// It was recorded after its time.
    RecordedLate,
}

impl Outcome {
    /// Of a round that was due.
    pub fn of(round: &Round) -> Outcome {
        match (&round.recorded, round.missed, round.overdue) {
            (Some(_), _, false) => Outcome::Recorded,
            (Some(_), _, true) => Outcome::RecordedLate,
            (None, true, _) => Outcome::Missed,
            (None, false, true) => Outcome::Overdue,
            (None, false, false) => Outcome::Due,
        }
    }

    /// The word of the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Due => "due",
            Outcome::Overdue => "overdue",
            Outcome::Missed => "missed",
            Outcome::Recorded => "recorded",
            Outcome::RecordedLate => "recorded-late",
        }
    }
}

/// One row of the handling record (故障/报警处理记录). `owed` says that nobody recorded yet what it came from.
pub fn handling_document(entry: &Entry, owed: bool, zone: &TimeZone) -> Json {
    let at = |at: Wall| timestamp(at, zone);
    let (kind, category, code) = match &entry.subject {
        Subject::Alarm(raise) => ("alarm", Some(raise.condition.category), raise.code.clone()),
        Subject::Command(_) => ("command", None, None),
        Subject::Linkage(_) => ("linkage", None, None),
        Subject::Isolation { .. } => ("isolation", None, None),
    };
    let point = match &entry.subject {
        Subject::Alarm(raise) => Some(&raise.condition.point),
        Subject::Command(asked) => Some(&asked.point),
        _ => None,
    };
    let step = |step: &Step| json!({ "id": step.event, "at": at(step.at), "by": user(step.by.as_ref()), "kind": step.kind, "words": step.words });
    let kept = |kept: &Kept| {
        json!({
            "at": at(kept.at), "by": user(kept.by.as_ref()), "cause": kept.cause, "measure": kept.measure,
            "result": kept.result,
        })
    };
    let noticed = entry.noticed.as_ref();
    json!({
        "id": entry.id, "of": kind, "category": category, "code": code, "point": point, "name": entry.name(),
        "place": entry.place(), "began": at(entry.began), "by": user(entry.by.as_ref()),
        "noticed": noticed.map(|noticed| json!({ "at": at(noticed.at), "by": user(noticed.by.as_ref()), "how": noticed.how })),
        "verdict": entry.verdict, "cause": entry.cause,
        "steps": entry.steps.iter().map(step).collect::<Vec<_>>(), "more_steps": entry.more_steps,
        "over": entry.over.map(at), "lasted_s": entry.over.map(|over| over.since(entry.began).as_secs()),
        "handling": entry.kept.iter().map(kept).collect::<Vec<_>>(), "owed": owed,
    })
}

/// One row of the patrol or the maintenance record (巡查记录, 维护保养记录): a round that was due.
pub fn round_document(round: &Round, zone: &TimeZone) -> Json {
    let due = &round.due;
    json!({
        "id": round.id, "of": due.of, "plan": due.plan, "name": due.name, "place": due.place,
        "due": timestamp(due.slot, zone), "until": timestamp(due.until.due(), zone), "skipped": due.skipped,
        "outcome": Outcome::of(round).as_str(),
        "record": round.recorded.as_ref().map(|recorded| recorded_document(recorded, zone)),
    })
}

/// A record besides the plan, as a row of the same form.
pub fn besides_document(recorded: &Recorded, zone: &TimeZone) -> Json {
    let record = &recorded.record;
    json!({
        "id": recorded.id, "of": record.of, "plan": record.plan, "name": record.name, "place": record.place,
        "due": null, "until": null, "skipped": 0, "outcome": Outcome::Recorded.as_str(),
        "record": recorded_document(recorded, zone),
    })
}

fn recorded_document(recorded: &Recorded, zone: &TimeZone) -> Json {
    let record: &RoundRecorded = &recorded.record;
    let result = |result: &ItemResult| json!({ "item": result.item.id, "name": result.item.name, "ok": result.ok, "words": result.words, "point": result.point });
    json!({
        "id": recorded.id, "at": timestamp(recorded.at, zone), "by": user(recorded.by.as_ref()),
        "results": record.results.iter().map(result).collect::<Vec<_>>(), "devices": record.devices,
        "figures": record.figures.iter().map(|figure| json!({ "point": figure.point, "name": figure.name, "value": figure.value })).collect::<Vec<_>>(),
        "note": record.note,
    })
}

/// One row of the maintenance plan (维护保养计划): a time at which a job is due.
pub fn planned_document(planned: &Planned<'_>, zone: &TimeZone) -> Json {
    let plan = planned.plan;
    json!({
        "of": plan.kind, "plan": plan.id, "name": plan.name, "place": plan.place, "role": plan.role,
        "due": timestamp(planned.slot, zone), "until": timestamp(planned.slot.after(plan.within), zone),
        "items": plan.items, "devices": plan.devices, "figures": plan.figures,
        "outcome": planned.round.map_or("planned", |round| Outcome::of(round).as_str()),
        "recorded": planned.round.and_then(|round| round.recorded.as_ref()).map(|recorded| json!({
            "at": timestamp(recorded.at, zone), "by": user(recorded.by.as_ref()),
        })),
    })
}

fn user(by: Option<&Actor>) -> Option<&str> {
    by.map(|by| by.user.as_str())
}
