//! A fact as one line of a log: when, what sort, what, where, who, and in which words.
//!
//! Takes: a fact, and the names of what it speaks of.
//! Gives: [`Line`], and the columns its cells stand in.
//! Never: a fact without a line; what is not known by name has its id.

use super::kinds::kind_words;
use super::names::{Named, Names, place_words};
use super::{Cell, Column};
use crate::engine::alarm::{
    ChatterFact, DeskFact, DutyFact, Fact, FactKind, KeepingFact, Scope, ScopeFact, SupervisionFact,
};
use crate::engine::base::{Actor, Category, EventId, Text, Wall};
use crate::engine::duty::{Step, about, verdict_words};
use crate::engine::site::Place;

/// The parts of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Alarm,
    Fault,
    Act,
    Isolation,
    Action,
    Power,
    Duty,
    Patrol,
    Note,
    Gateway,
}

impl Group {
    pub const ALL: [Group; 10] = [
        Group::Alarm,
        Group::Fault,
        Group::Act,
        Group::Isolation,
        Group::Action,
        Group::Power,
        Group::Duty,
        Group::Patrol,
        Group::Note,
        Group::Gateway,
    ];

    pub fn text(self) -> Text {
        match self {
            Group::Alarm => Text::new("报警", "alarm"),
            Group::Fault => Text::new("故障", "fault"),
            Group::Act => Text::new("操作", "act"),
            Group::Isolation => Text::new("屏蔽/隔离", "isolation"),
            Group::Action => Text::new("联动与控制", "linkage and control"),
            Group::Power => Text::new("电源", "power"),
            Group::Duty => Text::new("值班交接", "duty and hand-over"),
            Group::Patrol => Text::new("巡查保养", "patrol and maintenance"),
            Group::Note => Text::new("记事", "note"),
            Group::Gateway => Text::new("网关", "gateway"),
        }
    }

    fn of_category(category: Category) -> Group {
        match category {
            Category::Fault | Category::LinkFault | Category::Own => Group::Fault,
            Category::MainsFault | Category::BackupFault => Group::Power,
            Category::Start | Category::Feedback | Category::Delay => Group::Action,
            Category::Disabled => Group::Isolation,
            Category::Test => Group::Act,
            _ => Group::Alarm,
        }
    }
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub group: Group,
    pub at: Wall,
    pub event: EventId,
    pub kind: &'static str,
    pub category: Option<Category>,
    pub what: Text,
    pub place: Text,
    pub by: Option<Actor>,
    pub words: Text,
}

impl Line {
    /// A fact as a line; `names` have seen it.
    pub fn of(fact: &Fact, names: &Names) -> Line {
        let ids = subjects(&fact.kind);
        let first = ids.first().copied().or_else(|| fact.kind.begins().then(|| fact.id.into()));
        let thing = first.and_then(|id| names.get(id));
        let (mut what, mut place) = match (thing, first) {
            (Some(thing), _) => (thing.name().clone(), place_words(thing.place())),
            (None, Some(id)) => (Text::same(&id.to_string()), Text::default()),
            (None, None) => (Text::default(), Text::default()),
        };
        if ids.len() > 1 {
            let more = ids.len() - 1;
            what = Text::new(&format!("{} 等{}项", what.zh, ids.len()), &format!("{} and {more} more", what.en));
        }
        let run = match thing {
            Some(Named::Run(met)) => Some(&**met),
            _ => None,
        };
        let mut words = Step::of(fact, run).words.unwrap_or_default();
        if let Some(said) = said(&fact.kind) {
            if what == Text::default() {
                (what, place) = (said.what, place_words(said.place));
            }
            words = said.words.unwrap_or(words);
        }
        if words == what {
            words = Text::default();
        }
        let category = thing.and_then(Named::category);
        let group = group(&fact.kind, category);
        Line {
            group,
            at: fact.at,
            event: fact.id.into(),
            kind: fact.kind.as_str(),
            category,
            what,
            place,
            by: fact.by.clone(),
            words,
        }
    }

    /// The columns of [`Line::cells`].
    pub fn columns() -> Vec<Column> {
        vec![
            Column::new("at", "时间", "time", 22),
            Column::new("group", "类别", "sort", 12),
            Column::new("kind", "事项", "what happened", 18),
            Column::new("category", "报警类型", "category", 12),
            Column::new("name", "对象", "about", 28),
            Column::new("place", "地点", "place", 24),
            Column::new("by", "人员", "who", 10),
            Column::new("words", "说明", "words", 36),
            Column::new("id", "记录号", "record", 10),
        ]
    }

    /// Its cells.
    pub fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Time(self.at),
            Cell::Text(self.group.text()),
            kind_cell(self.kind),
            self.category.map_or(Cell::Empty, |category| Cell::Text(category.text())),
            words(&self.what),
            words(&self.place),
            user(self.by.as_ref()),
            words(&self.words),
            Cell::same(&self.event.to_string()),
        ]
    }
}

/// The kind of a fact in words.
pub(super) fn kind_cell(kind: &'static str) -> Cell {
    kind_words(kind).map_or_else(|| Cell::same(kind), |(zh, en)| Cell::Text(Text::new(zh, en)))
}

/// Words, or nothing.
pub(super) fn words(text: &Text) -> Cell {
    match (text.zh.is_empty() && text.en.is_empty(), text.zh == text.en) {
        (true, _) => Cell::Empty,
        (_, true) => Cell::same(&text.zh),
        _ => Cell::Text(text.clone()),
    }
}

/// Who, or nobody.
pub(super) fn user(by: Option<&Actor>) -> Cell {
    by.map_or(Cell::Empty, |by| Cell::same(&by.user))
}

/// Everything that a fact speaks of by id.
pub(super) fn subjects(kind: &FactKind) -> Vec<EventId> {
    match kind {
        FactKind::Acknowledged { occurrences, .. }
        | FactKind::Silenced { occurrences, .. }
        | FactKind::Duty(DutyFact::Handled { occurrences, .. }) => occurrences.clone(),
        FactKind::Judged { occurrence, .. } | FactKind::Reactivated { occurrence } => vec![*occurrence],
        FactKind::Chatter(
            ChatterFact::Began { occurrence, .. }
            | ChatterFact::Counted { occurrence, .. }
            | ChatterFact::Ended { occurrence },
        )
        | FactKind::Desk(DeskFact::CallMade { occurrence, .. }) => vec![*occurrence],
        FactKind::Duty(DutyFact::RoundOverdue { round } | DutyFact::RoundMissed { round }) => vec![*round],
        // It speaks of its scope; what waits for its source is a detail.
        FactKind::Reset { .. } => Vec::new(),
        kind => about(kind),
    }
}

struct Said<'a> {
    what: Text,
    place: Option<&'a Place>,
    words: Option<Text>,
}

/// What facts say that speak of nothing by id, and words that the steps of a record leave out.
fn said(kind: &FactKind) -> Option<Said<'_>> {
    let told = |what: &str, words: Text| Some(Said { what: Text::same(what), place: None, words: Some(words) });
    let named = |what: &Text, place, words| Some(Said { what: what.clone(), place, words });
    let plain = |words: &str| Some(Said { what: Text::default(), place: None, words: Some(Text::same(words)) });
    match kind {
        FactKind::Restarted { version, .. } => told("tocsin", Text::same(version)),
        FactKind::Configured { config } => plain(config),
        FactKind::ClockStepped { by_us } => plain(&format!("{:+.3} s", *by_us as f64 / 1e6)),
        FactKind::IncidentClosed { incident, verdict } => told(&incident.to_string(), verdict_words(*verdict)),
        FactKind::Reset { scope, awaiting, .. } => {
            let what = match scope {
                Scope::Building(id) => id,
                Scope::Device(id) => id,
            };
            let waits = awaiting.len();
            told(
                what,
                if waits == 0 {
                    Text::default()
                } else {
                    Text::new(&format!("等待{waits}项"), &format!("{waits} awaited"))
                },
            )
        }
        FactKind::PanelReset(told_by) | FactKind::PanelOperated(told_by) | FactKind::RecordKept(told_by) => {
            let head = told_by.name.clone().unwrap_or_default();
            let join = |head: &str| [head, told_by.words.as_str()].join(" ").trim().to_owned();
            told(told_by.device.as_str(), Text::new(&join(&head.zh), &join(&head.en)))
        }
        FactKind::Remembered(remembered) => named(&remembered.name, Some(&remembered.place), None),
        FactKind::MemoryTaken(taken) => named(&taken.name, None, None),
        FactKind::Keeping(KeepingFact::Exported(copy)) => {
            told(&copy.what, Text::same(&format!("{} {}", copy.form, copy.scope)))
        }
        FactKind::Keeping(KeepingFact::Retired(old)) => {
            told(&old.archive, Text::same(&format!("1-{} {}", old.upto, old.reason)))
        }
        FactKind::Keeping(KeepingFact::AccessChanged(changed)) => told(&changed.whom, {
            let (text, token) = (changed.change.text(), changed.token.as_deref().unwrap_or_default());
            Text::new(format!("{} {token}", text.zh).trim(), format!("{} {token}", text.en).trim())
        }),
        FactKind::Desk(desk) => of_desk(desk),
        FactKind::Duty(duty) => of_duty(duty),
        FactKind::Scope(ScopeFact::TestBegun { points, reason, .. }) => {
            let count = points.len();
            let what = Text::new(&format!("{count}个测点"), &format!("{count} points"));
            named(&what, None, Some(Text::same(reason)))
        }
        FactKind::Scope(ScopeFact::DrillBegun { building, reason, .. }) => told(building, Text::same(reason)),
        FactKind::Supervision(supervision) => of_supervision(supervision),
        _ => None,
    }
}

fn of_desk(fact: &DeskFact) -> Option<Said<'_>> {
    let told =
        |what: &str, words: String| Some(Said { what: Text::same(what), place: None, words: Some(Text::same(&words)) });
    match fact {
        DeskFact::ShiftBegun { isolations, disabled } => {
            let count = isolations.len() + disabled.len();
            let words = Text::new(&format!("隔离屏蔽{count}项"), &format!("{count} isolated or disabled"));
            Some(Said { what: Text::default(), place: None, words: Some(words) })
        }
        DeskFact::PanelCancelled { device, .. }
        | DeskFact::RegistrationBegun { device, .. }
        | DeskFact::IdentityAsked { device } => told(device.as_str(), String::new()),
        DeskFact::Registered { missing, new, .. } => {
            let listed = |sign: char, points: &[crate::engine::base::PointId]| {
                points.iter().map(|point| format!("{sign}{point}")).collect::<Vec<_>>()
            };
            told("", [listed('-', missing), listed('+', new)].concat().join(" "))
        }
        DeskFact::AbnormalReported { name, place, text, .. } => {
            Some(Said { what: name.clone(), place: Some(place), words: Some(Text::same(text)) })
        }
        DeskFact::CallMade { called, note, .. } => {
            told("", format!("{called} {}", note.as_deref().unwrap_or_default()).trim().to_owned())
        }
        DeskFact::CommandsAddressed { typed, points, .. } => {
            let listed: Vec<&str> = points.iter().take(20).map(crate::engine::base::PointId::as_str).collect();
            told(&format!("{} {}", typed.code, typed.verb), listed.join(" "))
        }
        _ => None,
    }
}

fn of_duty(fact: &DutyFact) -> Option<Said<'_>> {
    match fact {
        DutyFact::RoundRecorded(record) => {
            let found = record.results.iter().filter(|result| !result.ok);
            let line = |language: fn(&Text) -> &str| {
                let each = found.clone().map(|result| {
                    format!("{}: {}", language(&result.item.name), result.words.as_deref().unwrap_or_default())
                });
                each.chain(record.note.clone()).collect::<Vec<_>>().join(" · ")
            };
            let words = Text::new(&line(|text| &text.zh), &line(|text| &text.en));
            Some(Said { what: record.name.clone(), place: Some(&record.place), words: Some(words) })
        }
        DutyFact::ShiftShort { needs, came, stay, .. } => {
            let (came, stay) = (came.join("、"), stay.join("、"));
            let words = Text::new(
                &format!("应到{needs}人，已到：{came}；留守：{stay}"),
                &format!("needs {needs}; came: {came}; stay: {stay}"),
            );
            Some(Said { what: Text::default(), place: None, words: Some(words) })
        }
        DutyFact::PlanTakenUp { name, .. } => Some(Said { what: name.clone(), place: None, words: None }),
        DutyFact::PlanDropped { plan, .. } => Some(Said { what: Text::same(plan), place: None, words: None }),
        _ => None,
    }
}

fn of_supervision(fact: &SupervisionFact) -> Option<Said<'_>> {
    let (what, place, words) = match fact {
        SupervisionFact::Begun(begun) => (&begun.name, Some(&begun.place), None),
        SupervisionFact::BatteryBegan(of) => (&of.name, Some(&of.place), None),
        SupervisionFact::Phase { of, name, .. } => (of, None, Some(name.clone())),
        SupervisionFact::Failed { of, missing, .. } => (of, None, Some(missing.clone())),
        SupervisionFact::Unknown { of, .. }
        | SupervisionFact::Done { of, .. }
        | SupervisionFact::BatteryLimit { of, .. }
        | SupervisionFact::BatteryEnded { of, .. }
        | SupervisionFact::TripCounted { of, .. } => (of, None, None),
        SupervisionFact::CauseJudged(_) => return None,
    };
    Some(Said { what: what.clone(), place, words })
}

fn group(kind: &FactKind, category: Option<Category>) -> Group {
    let by_category = category.map_or(Group::Alarm, Group::of_category);
    match kind {
        FactKind::Restarted { .. }
        | FactKind::Configured { .. }
        | FactKind::ClockStepped { .. }
        | FactKind::RecordKept(_)
        | FactKind::Remembered(_)
        | FactKind::MemoryTaken(_)
        | FactKind::Keeping(KeepingFact::Retired(_)) => Group::Gateway,
        FactKind::Acknowledged { .. }
        | FactKind::Judged { .. }
        | FactKind::Silenced { .. }
        | FactKind::Reset { .. }
        | FactKind::PanelReset(_)
        | FactKind::PanelOperated(_)
        | FactKind::Keeping(KeepingFact::Exported(_) | KeepingFact::AccessChanged(_))
        | FactKind::Scope(_) => Group::Act,
        FactKind::Isolated { .. }
        | FactKind::ReviewOverdue { .. }
        | FactKind::Released { .. }
        | FactKind::Desk(DeskFact::OrderLinked { .. } | DeskFact::IsolationProposed { .. }) => Group::Isolation,
        FactKind::Desk(DeskFact::ShiftBegun { .. }) => Group::Duty,
        FactKind::Desk(_) => Group::Act,
        FactKind::Command(_) | FactKind::Linkage(_) => Group::Action,
        FactKind::Supervision(supervision) => match supervision {
            SupervisionFact::BatteryBegan(_)
            | SupervisionFact::BatteryLimit { .. }
            | SupervisionFact::BatteryEnded { .. } => Group::Power,
            SupervisionFact::CauseJudged(_) => by_category,
            SupervisionFact::TripCounted { .. } | SupervisionFact::Failed { .. } => Group::Fault,
            _ => Group::Action,
        },
        FactKind::Duty(duty) => match duty {
            DutyFact::Noted { .. } | DutyFact::Handled { .. } => Group::Note,
            DutyFact::Standing { .. } => Group::Fault,
            DutyFact::SignedIn {} | DutyFact::SignedOut {} | DutyFact::ShiftShort { .. } => Group::Duty,
            _ => Group::Patrol,
        },
        _ => by_category,
    }
}
