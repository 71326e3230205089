//! What a story expects, and whether it is so: seen in what is shown, journalled, published, read and written.

use serde_json::Value as Json;
use tocsin::engine::alarm::{Inhibit, Occurrence, Source};
use tocsin::engine::base::{EventId, Reading, Wall};
use tocsin::engine::duty::Forms;
use tocsin::engine::poll::Request;
use tocsin::engine::profile::{Table, Write};
use tocsin::engine::site::PlanKind;
use tocsin::live::document::{alarm_document, event_document, value_json};
use tocsin::live::form_document::{besides_document, handling_document, planned_document, round_document};

use crate::support::whole::Whole;
use crate::web;

/// One expectation.
pub enum Expect {
    /// An open occurrence of this condition that is all of this.
    Alarm(String, Vec<String>),
    /// No open occurrence of this condition.
    None(String),
    /// A fact of this kind since the last such expectation that held, whose JSON contains every text.
    Event(String, Vec<String>),
    /// So many facts of this kind since the story began.
    Events(String, usize),
    /// Something published below this topic whose payload contains every text.
    Published(String, Vec<String>),
    /// A good value, as JSON spells it.
    Point(String, String),
    /// A point that is not known.
    Unknown(String),
    /// Words written to a device since the story began: table, address, value.
    Wrote(String, Table, u16, u16),
    /// Nothing written to this device; to any without one.
    WroteNone(Option<String>),
    /// A row of one of the four forms, of the week that begins a day before the story, whose JSON contains every text.
    Form(String, Vec<String>),
    /// So many alarms and faults wait for their handling record.
    Unrecorded(usize),
    /// What a browser is shown at this address has every text of the first list and none of the second.
    Page(String, Vec<String>, Vec<String>),
    /// The last act was done, or refused with this code.
    Answer(Option<String>),
}

/// Reads what follows `expect`. A text in quotes is one word.
pub fn read(text: &str) -> Result<Expect, String> {
    let words = words(text)?;
    let list: Vec<&str> = words.iter().map(String::as_str).collect();
    let owned = |rest: &[&str]| rest.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    Ok(match list.as_slice() {
        ["alarm", condition, rest @ ..] => Expect::Alarm((*condition).into(), owned(rest)),
        ["none", condition] => Expect::None((*condition).into()),
        ["event", kind, rest @ ..] => Expect::Event((*kind).into(), owned(rest)),
        ["events", kind, "=", count] => {
            Expect::Events((*kind).into(), count.parse().map_err(|_| "a count is a number")?)
        }
        ["published", topic, rest @ ..] => Expect::Published((*topic).into(), owned(rest)),
        ["point", id, value] => Expect::Point((*id).into(), (*value).into()),
        ["unknown", id] => Expect::Unknown((*id).into()),
        ["wrote", "none"] => Expect::WroteNone(None),
        ["wrote", device, "none"] => Expect::WroteNone(Some((*device).into())),
        ["wrote", device, table, address, "=", value] => {
            let table = if *table == "coil" { Table::Coil } else { Table::Holding };
            let number = |text: &str| text.parse::<u16>().map_err(|_| format!("{text} is no number of 16 bits"));
            Expect::Wrote((*device).into(), table, number(address)?, number(value)?)
        }
        ["form", form @ ("patrol" | "plan" | "maintenance" | "handling"), rest @ ..] => {
            Expect::Form((*form).into(), owned(rest))
        }
        ["unrecorded", "=", count] => Expect::Unrecorded(count.parse().map_err(|_| "a count is a number")?),
        ["page", path, rest @ ..] => {
            let mut parts = rest.split(|word| *word == "lacks");
            let has = parts.next().map(owned).unwrap_or_default();
            Expect::Page((*path).into(), has, parts.next().map(owned).unwrap_or_default())
        }
        ["answer", "done"] => Expect::Answer(None),
        ["answer", "refused", code] => Expect::Answer(Some((*code).into())),
        _ => return Err("no such expectation".into()),
    })
}

fn words(text: &str) -> Result<Vec<String>, String> {
    let mut list = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            list.push(part.to_owned());
        } else {
            list.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    if text.matches('"').count() % 2 == 1 { Err("a quote is open".into()) } else { Ok(list) }
}

/// How far events were looked at.
#[derive(Default)]
pub struct Watch {
    event: usize,
}

impl Watch {
    /// Whether it is so.
    pub fn check(&mut self, expect: &Expect, whole: &Whole) -> Result<(), String> {
        match expect {
            Expect::Alarm(condition, words) => alarm(whole, condition, words),
            Expect::None(condition) => match open(whole, condition) {
                Some(found) => Err(format!("{} is open since {}", condition, EventId::to_string(&found.id))),
                None => Ok(()),
            },
            Expect::Event(kind, texts) => self.event(whole, kind, texts),
            Expect::Events(kind, count) => {
                let found = whole.facts.iter().filter(|fact| fact.kind.as_str() == kind).count();
                if found == *count { Ok(()) } else { Err(format!("there are {found}")) }
            }
            Expect::Published(topic, texts) => {
                let held = |(below, payload): &(String, String)| below.starts_with(topic) && has(payload, texts);
                if whole.published.iter().any(held) { Ok(()) } else { Err("nothing such was published".into()) }
            }
            Expect::Point(id, value) => point(whole, id, value),
            Expect::Unknown(id) => match reading(whole, id)?.good() {
                Some(value) => Err(format!("it is {value:?}")),
                None => Ok(()),
            },
            Expect::Wrote(device, table, address, value) => wrote(whole, device, *table, *address, *value),
            Expect::WroteNone(device) => match writes(whole, device.as_deref()).last() {
                Some(request) => Err(format!("{:?} was written at {}", request.write, request.start)),
                None => Ok(()),
            },
            Expect::Form(name, texts) => {
                let rows = form(whole, name);
                match rows.iter().any(|row| has(row, texts)) {
                    true => Ok(()),
                    false => Err(format!("no row of it says so: {}", rows.join("\n"))),
                }
            }
            Expect::Unrecorded(count) => match whole.engine.state().duty.unrecorded.len() {
                held if held == *count => Ok(()),
                held => Err(format!("there are {held}")),
            },
            Expect::Page(path, texts, lacking) => page(whole, path, texts, lacking),
            Expect::Answer(code) => match (whole.answers.last(), code) {
                (None, _) => Err("nobody has acted".into()),
                (Some(Ok(_)), None) => Ok(()),
                (Some(Err(refusal)), Some(code)) if refusal.code() == code => Ok(()),
                (Some(Ok(_)), Some(_)) => Err("it was done".into()),
                (Some(Err(refusal)), _) => Err(format!("it was refused: {}", refusal.code())),
            },
        }
    }

    fn event(&mut self, whole: &Whole, kind: &str, texts: &[String]) -> Result<(), String> {
        let zone = whole.log.zone();
        let later = (self.event..).zip(&whole.facts[self.event..]);
        let mut of_kind = later.filter(|(_, fact)| fact.kind.as_str() == kind);
        let found = of_kind.find(|(_, fact)| has(&event_document(fact, zone).to_string(), texts));
        match found {
            Some((at, _)) => {
                self.event = at + 1;
                Ok(())
            }
            None => {
                let kinds: Vec<&str> = whole.facts[self.event..].iter().map(|fact| fact.kind.as_str()).collect();
                Err(format!("not among {kinds:?}"))
            }
        }
    }
}

/// The rows of a form, made from what was committed.
fn form(whole: &Whole, name: &str) -> Vec<String> {
    const DAY: i64 = 24 * 3600 * 1_000_000;
    let (from, to) = (Wall(whole.now.wall.0 - DAY), Wall(whole.now.wall.0 + 6 * DAY));
    let (zone, mut forms) = (whole.log.zone(), Forms::default());
    whole.facts.iter().for_each(|fact| forms.apply(fact));
    let rounds = |kind| {
        let due = forms.due(kind, from, to).map(|round| round_document(round, zone));
        due.chain(forms.besides(kind, from, to).map(|record| besides_document(record, zone))).collect::<Vec<_>>()
    };
    let owed = &whole.engine.state().duty.unrecorded;
    let rows = match name {
        "patrol" => rounds(PlanKind::Patrol),
        "maintenance" => rounds(PlanKind::Maintenance),
        "plan" => forms.planned(&whole.site, from, to).iter().map(|planned| planned_document(planned, zone)).collect(),
        _ => forms.handled(from, to).map(|row| handling_document(row, owed.contains_key(&row.id), zone)).collect(),
    };
    rows.iter().map(Json::to_string).collect()
}

/// A text in quotes cannot hold quotes, so `building:2` finds `"building":"2"`.
fn has(text: &str, texts: &[String]) -> bool {
    let bare = text.replace('"', "");
    texts.iter().all(|part| bare.contains(part.as_str()))
}

fn page(whole: &Whole, path: &str, texts: &[String], lacking: &[String]) -> Result<(), String> {
    let shown = web::get(whole, path)?;
    let there = |text: &&String| has(&shown, std::slice::from_ref(*text));
    match (texts.iter().find(|text| !there(text)), lacking.iter().find(there)) {
        (Some(text), _) => Err(format!("{path} does not show {text:?}: {shown}")),
        (_, Some(text)) => Err(format!("{path} shows {text:?}")),
        _ => Ok(()),
    }
}

fn open<'a>(whole: &'a Whole, condition: &str) -> Option<&'a Occurrence> {
    whole.engine.state().open().find(|occurrence| occurrence.raise.condition.to_string() == condition)
}

fn alarm(whole: &Whole, condition: &str, words: &[String]) -> Result<(), String> {
    let Some(held) = open(whole, condition) else {
        let all: Vec<String> = whole.engine.state().open().map(|held| held.raise.condition.to_string()).collect();
        return Err(format!("not open; open are {all:?}"));
    };
    let shown = serde_json::to_value(alarm_document(held, whole.log.zone())).map_err(|error| error.to_string())?;
    for word in words {
        let so = match word.as_str() {
            "active" => held.source == Source::Active,
            "quiet" => held.source == Source::Quiet,
            "unknown" => held.source == Source::Unknown,
            "unacknowledged" => held.is_unacknowledged(),
            "acked" => held.ack.is_some(),
            "sounding" => held.sounding,
            "silent" => !held.sounding,
            "latched" => held.latched,
            "isolated" => held.inhibit.contains(&Inhibit::Isolated),
            "disabled" => held.inhibit.contains(&Inhibit::PanelDisabled),
            "first" => held.raise.first,
            "realarm" => held.raise.realarm,
            text => match text.strip_prefix("count=") {
                Some(count) => held.count.to_string() == count,
                None => texts(&shown).iter().any(|shown| shown.contains(text)),
            },
        };
        if !so {
            return Err(format!("it is not {word}: {shown}"));
        }
    }
    Ok(())
}

/// Every text somewhere in a document.
fn texts(document: &Json) -> Vec<String> {
    match document {
        Json::String(text) => vec![text.clone()],
        Json::Array(list) => list.iter().flat_map(texts).collect(),
        Json::Object(fields) => fields.values().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

fn reading<'a>(whole: &'a Whole, id: &str) -> Result<&'a Reading, String> {
    let at = whole.site.points.iter().position(|point| point.id.as_str() == id).ok_or("the site has no such point")?;
    Ok(&whole.board[at])
}

fn point(whole: &Whole, id: &str, value: &str) -> Result<(), String> {
    let reading = reading(whole, id)?;
    let held = whole.site.points.iter().find(|point| point.id.as_str() == id).ok_or("the site has no such point")?;
    let Some(known) = reading.good() else { return Err(format!("it is {}", reading.quality())) };
    let shown = value_json(known, held).unwrap_or(Json::Null);
    let spelt = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
    if spelt == value { Ok(()) } else { Err(format!("it is {spelt}")) }
}

fn writes<'a>(whole: &'a Whole, device: Option<&'a str>) -> impl Iterator<Item = &'a Request> {
    let of = move |request: &Request| whole.site.devices[request.device as usize].id.as_str();
    whole
        .written
        .iter()
        .map(|(_, request)| request)
        .filter(move |request| device.is_none_or(|device| of(request) == device))
}

fn wrote(whole: &Whole, device: &str, table: Table, address: u16, value: u16) -> Result<(), String> {
    let cells = |request: &Request| -> Vec<u16> {
        match &request.write {
            Some(Write::Coil(on)) => vec![u16::from(*on)],
            Some(Write::Coils(bits)) => bits.iter().map(|bit| u16::from(*bit)).collect(),
            Some(Write::Register(word)) => vec![*word],
            Some(Write::Registers(words)) => words.clone(),
            Some(Write::Mask { or, .. }) => vec![*or],
            None => Vec::new(),
        }
    };
    let fits = |request: &&Request| {
        let at = usize::from(address).checked_sub(usize::from(request.start));
        request.table == table && at.and_then(|at| cells(request).get(at).copied()) == Some(value)
    };
    if writes(whole, Some(device)).any(|request| fits(&request)) {
        return Ok(());
    }
    let all: Vec<String> =
        writes(whole, Some(device)).map(|request| format!("{} {:?}", request.start, request.write)).collect();
    Err(format!("written were {all:?}"))
}
