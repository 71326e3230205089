//! Where a fact belongs: what somebody who looks for it would ask for.
//!
//! Takes: a fact, and the facts that began what it speaks of.
//! Gives: [`Trace`]: sort, category, point, place, person, what it speaks of, and its words in both languages.
//! Never: a fact without a sort; words in one language where there are two.

use std::sync::Arc;

use super::kinds::kind_words;
use super::line::{Group, Line, subjects};
use super::names::Names;
use crate::engine::alarm::{
    CommandFact, DeskFact, DutyFact, Fact, FactKind, LinkageFact, Scope, ScopeFact, SupervisionFact, Tested,
};
use crate::engine::base::{Category, DeviceId, EventId, PointId, Text};
use crate::engine::duty::about;
use crate::engine::site::Place;

/// Of a fact that speaks of many things, so many are looked for by name.
const NAMED: usize = 50;

/// What sort of thing a fact is, as people look for it in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// 报警
    Alarms,
    /// 故障
    Faults,
    /// 操作: what people did, here or at a panel, and what they wrote down.
    Acts,
    /// 屏蔽/隔离
    Isolations,
    /// 命令
    Commands,
    /// 联动与动作: cause and effect, and what equipment does.
    Linkages,
    /// 值班: shifts, patrols, maintenance.
    Duty,
    /// 系统: the gateway itself.
    System,
}

impl Sort {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Sort; 8] = [
        Sort::Alarms,
        Sort::Faults,
        Sort::Acts,
        Sort::Isolations,
        Sort::Commands,
        Sort::Linkages,
        Sort::Duty,
        Sort::System,
    ];

    /// Its word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Alarms => "alarms",
            Sort::Faults => "faults",
            Sort::Acts => "acts",
            Sort::Isolations => "isolations",
            Sort::Commands => "commands",
            Sort::Linkages => "linkages",
            Sort::Duty => "duty",
            Sort::System => "system",
        }
    }

    /// Reads the word.
    pub fn named(word: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|sort| sort.as_str() == word)
    }

    /// Its name.
    pub fn text(self) -> Text {
        match self {
            Sort::Alarms => Text::new("报警", "Alarms"),
            Sort::Faults => Text::new("故障", "Faults"),
            Sort::Acts => Text::new("操作", "Acts"),
            Sort::Isolations => Text::new("屏蔽/隔离", "Isolations"),
            Sort::Commands => Text::new("命令", "Commands"),
            Sort::Linkages => Text::new("联动与动作", "Linkages and actions"),
            Sort::Duty => Text::new("值班", "Duty"),
            Sort::System => Text::new("系统", "System"),
        }
    }

    fn of(kind: &FactKind, group: Group) -> Sort {
        match (kind, group) {
            (FactKind::Command(_), _) => Sort::Commands,
            (_, Group::Alarm) => Sort::Alarms,
            (_, Group::Fault | Group::Power) => Sort::Faults,
            (_, Group::Act | Group::Note) => Sort::Acts,
            (_, Group::Isolation) => Sort::Isolations,
            (_, Group::Action) => Sort::Linkages,
            (_, Group::Duty | Group::Patrol) => Sort::Duty,
            (_, Group::Gateway) => Sort::System,
        }
    }
}

/// Where one fact belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What sort of thing it is.
    pub sort: Sort,
    /// Its kind.
    pub kind: &'static str,
    /// Its kind as people call it.
    pub kind_words: Text,
    /// The category of the alarm it speaks of.
    pub category: Option<Category>,
    /// The device.
    pub device: Option<String>,
    /// The point.
    pub point: Option<PointId>,
    /// The building's id.
    pub building: Option<String>,
    /// The floor's id.
    pub floor: Option<String>,
    /// Who did it.
    pub person: Option<String>,
    /// Everything it speaks of by id, once each, without itself.
    pub about: Vec<EventId>,
    /// What it speaks of, by name.
    pub what: Text,
    /// Where that is, in words.
    pub place: Text,
    /// What it says.
    pub words: Text,
}

impl Trace {
    /// Of a fact; `recall` finds the fact that began what an id names.
    pub fn of(fact: &Fact, mut recall: impl FnMut(EventId) -> Option<Arc<Fact>>) -> Trace {
        let mut ids = subjects(&fact.kind);
        ids.extend(further(&fact.kind));
        ids.sort_unstable();
        ids.dedup();
        let mut names = Names::default();
        let mut whence = Whence::of(&fact.kind);
        // What it names first gives its place; the others are only looked for by their names.
        let first = subjects(&fact.kind).first().copied();
        let mut many = Vec::new();
        for id in first.iter().chain(ids.iter().filter(|id| Some(**id) != first)).take(NAMED) {
            let Some(began) = recall(*id) else { continue };
            names.note(&began);
            whence.complete(Whence::of(&began.kind));
            if let Some(named) = names.get(*id) {
                many.push(named.name().clone());
            }
        }
        names.note(fact);
        let line = Line::of(fact, &names);
        let what = if many.len() > 1 { joined(&many) } else { line.what };
        let words = kind_words(fact.kind.as_str());
        Trace {
            sort: Sort::of(&fact.kind, line.group),
            kind: fact.kind.as_str(),
            kind_words: words.map_or_else(|| Text::same(fact.kind.as_str()), |(zh, en)| Text::new(zh, en)),
            category: line.category,
            device: whence.device,
            point: whence.point,
            building: whence.building,
            floor: whence.floor,
            person: fact.by.as_ref().map(|by| by.user.clone()),
            about: ids,
            what,
            place: line.place,
            words: line.words,
        }
    }
}

fn joined(names: &[Text]) -> Text {
    let all = |language: fn(&Text) -> &str| names.iter().map(language).collect::<Vec<_>>().join(" · ");
    Text::new(&all(|text| &text.zh), &all(|text| &text.en))
}

/// What a fact speaks of besides what it is a step of.
fn further(kind: &FactKind) -> Vec<EventId> {
    match kind {
        FactKind::Raised(raise) => raise.incident.into_iter().collect(),
        FactKind::IncidentClosed { incident, .. } => vec![*incident],
        FactKind::Linkage(LinkageFact::Met(met)) => met.because.iter().filter_map(|one| one.occurrence).collect(),
        FactKind::Command(CommandFact::Requested(asked)) => asked.run.into_iter().collect(),
        FactKind::Remembered(remembered) => remembered.seen.into_iter().collect(),
        FactKind::Duty(DutyFact::RoundRecorded(record)) => record.round.into_iter().collect(),
        FactKind::Scope(ScopeFact::TestEnded { test: id } | ScopeFact::DrillEnded { drill: id }) => vec![*id],
        FactKind::Desk(DeskFact::Registered { registration, .. }) => vec![*registration],
        FactKind::Supervision(
            SupervisionFact::Phase { run, .. }
            | SupervisionFact::Failed { run, .. }
            | SupervisionFact::Unknown { run, .. }
            | SupervisionFact::Done { run, .. }
            | SupervisionFact::BatteryLimit { run, .. }
            | SupervisionFact::BatteryEnded { run, .. },
        ) => vec![*run],
        // What waits for its source after a reset is a detail of the line, and a step of each that waits.
        kind => about(kind),
    }
}

/// Which device, point and place a fact names itself.
#[derive(Default)]
struct Whence {
    device: Option<String>,
    point: Option<PointId>,
    building: Option<String>,
    floor: Option<String>,
}

impl Whence {
    fn of(kind: &FactKind) -> Whence {
        match kind {
            FactKind::Raised(raise) => Whence::point(&raise.condition.point).at(&raise.place),
            FactKind::Isolated { point, place, .. } => Whence::point(point).at(place),
            FactKind::Command(CommandFact::Requested(asked)) => Whence {
                device: Some(asked.device.as_str().to_owned()),
                ..Whence::point(&asked.point).at(&asked.place)
            },
            FactKind::Command(CommandFact::Armed { point, .. }) => Whence::point(point),
            FactKind::RecordKept(told) | FactKind::PanelReset(told) | FactKind::PanelOperated(told) => {
                Whence::device(&told.device)
            }
            FactKind::Remembered(remembered) => Whence::device(&remembered.device).at(&remembered.place),
            FactKind::MemoryTaken(taken) => Whence::device(&taken.device),
            FactKind::Reset { scope: Scope::Device(id), .. } => {
                Whence { device: Some(id.clone()), ..Whence::default() }
            }
            FactKind::Reset { scope: Scope::Building(id), .. }
            | FactKind::Scope(ScopeFact::DrillBegun { building: id, .. }) => {
                Whence { building: Some(id.clone()), ..Whence::default() }
            }
            FactKind::Scope(ScopeFact::TestBegun { tested, points, .. }) => match tested {
                Tested::Device(device) | Tested::Loop { device, .. } | Tested::SelfTest { device, .. } => {
                    Whence::device(device)
                }
                _ => points.first().map(Whence::point).unwrap_or_default(),
            },
            FactKind::Desk(desk) => Whence::of_desk(desk),
            FactKind::Supervision(SupervisionFact::Begun(begun)) => Whence::point(&begun.point).at(&begun.place),
            FactKind::Supervision(SupervisionFact::BatteryBegan(of)) => {
                Whence { device: Some(of.equipment.clone()), ..Whence::default() }.at(&of.place)
            }
            FactKind::Supervision(SupervisionFact::TripCounted { equipment, .. }) => {
                Whence { device: Some(equipment.clone()), ..Whence::default() }
            }
            _ => Whence::default(),
        }
    }

    fn of_desk(fact: &DeskFact) -> Whence {
        match fact {
            DeskFact::PanelCancelled { device, .. } | DeskFact::RegistrationBegun { device, .. } => {
                Whence::device(device)
            }
            DeskFact::AbnormalReported { device, place, .. } => Whence::device(device).at(place),
            DeskFact::CommandsAddressed { typed, points, .. } => match (&typed.panel, points.as_slice()) {
                (_, [point]) => Whence::point(point),
                (Some(panel), _) => Whence::device(panel),
                _ => Whence::default(),
            },
            _ => Whence::default(),
        }
    }

    fn point(point: &PointId) -> Whence {
        Whence { device: Some(point.device().to_owned()), point: Some(point.clone()), ..Whence::default() }
    }

    fn device(device: &DeviceId) -> Whence {
        Whence { device: Some(device.as_str().to_owned()), ..Whence::default() }
    }

    fn at(mut self, place: &Place) -> Whence {
        (self.building, self.floor) = (place.building.clone(), place.floor.clone());
        self
    }

    /// Takes from what it speaks of whatever it does not say itself; a place is taken whole.
    fn complete(&mut self, other: Whence) {
        if self.device.is_none() && self.building.is_none() {
            *self = other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::alarm::{FACT_VERSION, FactId};
    use crate::engine::base::{Actor, Role, Wall};

    fn fact(seq: u64, by: Option<Actor>, kind: FactKind) -> Fact {
        Fact { v: FACT_VERSION, id: FactId { epoch: 1, seq }, at: Wall(0), by, key: None, kind }
    }

    fn raised(seq: u64, zh: &str, en: &str) -> Arc<Fact> {
        let raise = serde_json::json!({
            "v": 2, "epoch": 1, "seq": seq, "at": 0, "kind": "raised",
            "condition": { "point": "panel-1/l2-d17", "category": "fire" },
            "name": { "zh": zh, "en": en },
            "place": { "building": "2", "floor": "4", "zone": null, "text": { "zh": "走廊", "en": "corridor" } },
            "priority": 1, "latches": true, "stays": true, "tone": "fire",
        });
        Arc::new(Fact::from_bytes(raise.to_string().as_bytes()).expect("a fact"))
    }

    #[test]
    fn an_acknowledgement_is_found_by_what_was_acknowledged() {
        let fires = [raised(3, "感烟探测器", "Smoke detector"), raised(4, "手动报警按钮", "Call point")];
        let by = Actor { user: "wang".into(), role: Role::Operator, origin: "10.0.0.7".into() };
        let ids = vec![EventId { epoch: 1, seq: 3 }, EventId { epoch: 1, seq: 4 }];
        let acked = fact(9, Some(by), FactKind::Acknowledged { occurrences: ids.clone(), note: Some("去看".into()) });
        let recall = |id: EventId| fires.iter().find(|fact| fact.id.seq == id.seq).cloned();
        let trace = Trace::of(&acked, recall);
        assert_eq!(trace.sort, Sort::Acts);
        assert_eq!(trace.category, Some(Category::Fire));
        assert_eq!((trace.device.as_deref(), trace.building.as_deref()), (Some("panel-1"), Some("2")));
        assert_eq!(trace.person.as_deref(), Some("wang"));
        assert_eq!(trace.about, ids);
        assert_eq!(trace.what, Text::new("感烟探测器 · 手动报警按钮", "Smoke detector · Call point"));
        assert_eq!(trace.place, Text::new("走廊", "corridor"));
        assert_eq!(trace.words.zh, "去看");
        let forgotten = Trace::of(&acked, |_| None);
        assert_eq!((forgotten.device, forgotten.category), (None, None));
        assert!(forgotten.what.zh.starts_with("1-3"), "what is not known by name has its id: {}", forgotten.what.zh);
    }

    #[test]
    fn the_sorts_are_read_as_they_are_written() {
        for sort in Sort::ALL {
            assert_eq!(Sort::named(sort.as_str()), Some(sort));
        }
        assert_eq!(Sort::named("alarm"), None);
        assert_eq!(
            Trace::of(&fact(1, None, FactKind::Configured { config: "ab".into() }), |_| None).sort,
            Sort::System
        );
        assert_eq!(Trace::of(&raised(2, "火", "fire"), |_| None).sort, Sort::Alarms);
    }
}
