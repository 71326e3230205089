//! 火警/事件报告: one incident from its first alarm to its conclusion (EM-07).
//!
//! Takes: facts, and the id of an incident; without one the last that was opened.
//! Gives: how fast it was answered, its rows, its linkage actions with what was fed back and what was not, its commands,
//! and every fact in between, in order and with the time since its first alarm.
//! Never: what happened before it; the end of an incident that has none.

mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::line::{Group, Line, user};
use super::names::Names;
use super::{Cell, Column, Document, Table};
use crate::engine::alarm::{
    CloseReason, CommandFact, Commanded, DeskFact, DutyFact, Fact, FactKind, LinkageFact, Met, Raise, Verdict,
};
use crate::engine::base::{Actor, EventId, Text, Wall};

/// The fold.
#[derive(Clone, Debug)]
pub(super) struct Incident {
    wanted: Option<EventId>,
    names: Names,
    found: Option<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    id: EventId,
    opened: Wall,
    last: Wall,
    closed: Option<(Wall, Verdict)>,
    members: BTreeMap<EventId, Member>,
    runs: BTreeMap<EventId, (Wall, Arc<Met>)>,
    targets: BTreeMap<(EventId, u32, u32), Target>,
    commands: BTreeMap<EventId, Asked>,
    firsts: BTreeMap<First, (Wall, Option<Actor>)>,
    missing: u64,
    timeline: Table,
    kept: Table,
}

#[derive(Clone, Debug)]
struct Member {
    at: Wall,
    raise: Arc<Raise>,
    times: u64,
    ack: Option<(Wall, Option<Actor>)>,
    verdict: Verdict,
    cause: Option<String>,
    closed: Option<(Wall, CloseReason)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Target {
    started: Option<Wall>,
    command: Option<EventId>,
    arrived: Option<Wall>,
    missing: Option<Wall>,
    withdrawn: bool,
}

#[derive(Clone, Debug)]
struct Asked {
    at: Wall,
    by: Option<Actor>,
    asked: Arc<Commanded>,
    accepted: Option<Wall>,
    ended: Option<(Wall, Text)>,
}

/// What is timed from the first alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum First {
    Silenced,
    Acknowledged,
    Judged,
    Called,
    Linkage,
    Commanded,
    FedBack,
    Reset,
}

impl First {
    fn text(self) -> (&'static str, &'static str) {
        match self {
            First::Silenced => ("首次消音", "first silenced"),
            First::Acknowledged => ("首次确认", "first acknowledged"),
            First::Judged => ("首次判定", "first verdict"),
            First::Called => ("首次通话", "first call"),
            First::Linkage => ("首次联动", "first linkage"),
            First::Commanded => ("首次命令", "first command"),
            First::FedBack => ("首次反馈", "first feedback"),
            First::Reset => ("首次复位", "first reset"),
        }
    }
}

impl Incident {
    pub fn of(wanted: Option<EventId>) -> Incident {
        Incident { wanted, names: Names::default(), found: None }
    }

    pub fn note(&mut self, fact: &Fact) {
        self.names.note(fact);
        let id: EventId = fact.id.into();
        if matches!(fact.kind, FactKind::IncidentOpened {}) && self.wanted.is_none_or(|wanted| wanted == id) {
            self.found = Some(Found::opened(id, fact.at));
        }
        if let Some(found) = &mut self.found {
            found.note(fact, &self.names);
        }
    }

    /// The report; none where there is no such incident.
    pub fn finish(self) -> Option<Document> {
        self.found.map(Found::document)
    }
}

impl Found {
    fn opened(id: EventId, at: Wall) -> Found {
        let mut columns = vec![Column::lapse("after_s", "距首警", "after")];
        columns.extend(Line::columns());
        let kept = vec![
            Column::new("at", "时间", "time", 22),
            Column::new("by", "人员", "who", 10),
            Column::new("cause", "原因", "cause", 28),
            Column::new("measure", "处理", "measure", 28),
            Column::new("result", "结果", "result", 28),
        ];
        Found {
            id,
            opened: at,
            last: at,
            closed: None,
            members: BTreeMap::new(),
            runs: BTreeMap::new(),
            targets: BTreeMap::new(),
            commands: BTreeMap::new(),
            firsts: BTreeMap::new(),
            missing: 0,
            timeline: Table::new("timeline", "经过", "Timeline", columns),
            kept: Table::new("handling", "原因与处理", "Cause and handling", kept),
        }
    }

    fn note(&mut self, fact: &Fact, names: &Names) {
        let open = self.closed.is_none();
        match &fact.kind {
            // What is written down of its rows belongs to it, however late.
            FactKind::Duty(DutyFact::Handled { occurrences, cause, measure, result })
                if occurrences.iter().any(|id| self.members.contains_key(id)) =>
            {
                let result = result.as_deref().map_or(Cell::Empty, Cell::same);
                self.kept.push(vec![
                    Cell::Time(fact.at),
                    user(fact.by.as_ref()),
                    Cell::same(cause),
                    Cell::same(measure),
                    result,
                ]);
            }
            FactKind::Closed { occurrence, reason } => {
                if let Some(member) = self.members.get_mut(occurrence) {
                    member.closed = Some((fact.at, *reason));
                }
            }
            _ if !open => return,
            FactKind::IncidentClosed { incident, verdict } if *incident == self.id => {
                self.closed = Some((fact.at, *verdict));
            }
            FactKind::Linkage(linkage) => self.linkage(fact, linkage),
            FactKind::Command(command) => self.command(fact, command),
            kind => self.alarm(fact, kind),
        }
        if !open {
            return;
        }
        self.last = fact.at;
        let line = Line::of(fact, names);
        if !matches!(line.group, Group::Patrol) {
            let mut row = vec![Cell::Lapse(fact.at.since(self.opened))];
            row.extend(line.cells());
            self.timeline.push(row);
        }
    }

    fn first(&mut self, first: First, fact: &Fact) {
        self.firsts.entry(first).or_insert_with(|| (fact.at, fact.by.clone()));
    }

    fn alarm(&mut self, fact: &Fact, kind: &FactKind) {
        match kind {
            FactKind::Raised(raise) if raise.incident == Some(self.id) => {
                let member = Member {
                    at: fact.at,
                    raise: Arc::clone(raise),
                    times: 1,
                    ack: None,
                    verdict: Verdict::Unverified,
                    cause: None,
                    closed: None,
                };
                self.members.insert(fact.id.into(), member);
            }
            FactKind::Reactivated { occurrence } => {
                if let Some(member) = self.members.get_mut(occurrence) {
                    member.times += 1;
                    member.ack = None;
                }
            }
            FactKind::Acknowledged { occurrences, .. } => {
                let mut ours = false;
                for id in occurrences {
                    if let Some(member) = self.members.get_mut(id) {
                        member.ack = Some((fact.at, fact.by.clone()));
                        ours = true;
                    }
                }
                if ours {
                    self.first(First::Acknowledged, fact);
                }
            }
            FactKind::Judged { occurrence, verdict, cause } => {
                if let Some(member) = self.members.get_mut(occurrence) {
                    (member.verdict, member.cause) = (*verdict, cause.clone());
                    self.first(First::Judged, fact);
                }
            }
            FactKind::Silenced { .. } => self.first(First::Silenced, fact),
            FactKind::Reset { .. } | FactKind::PanelReset(_) => self.first(First::Reset, fact),
            FactKind::Desk(DeskFact::CallMade { .. }) => self.first(First::Called, fact),
            _ => {}
        }
    }

    fn linkage(&mut self, fact: &Fact, linkage: &LinkageFact) {
        let target = |action: u32, target: u32| linkage.run().map(|run| (run, action, target));
        match linkage {
            LinkageFact::Met(met) => {
                self.runs.insert(fact.id.into(), (fact.at, Arc::clone(met)));
                self.first(First::Linkage, fact);
            }
            LinkageFact::Started { action, targets, .. } => {
                for (number, command) in targets {
                    if let Some(key) = target(*action, *number) {
                        let held = self.targets.entry(key).or_default();
                        (held.started, held.command) = (Some(fact.at), *command);
                    }
                }
            }
            LinkageFact::Arrived { action, target: number, .. } => {
                if let Some(key) = target(*action, *number) {
                    self.targets.entry(key).or_default().arrived = Some(fact.at);
                }
                self.first(First::FedBack, fact);
            }
            LinkageFact::Missing { action, target: number, .. } => {
                if let Some(key) = target(*action, *number) {
                    self.targets.entry(key).or_default().missing = Some(fact.at);
                    self.missing += 1;
                }
            }
            LinkageFact::Withdrawn { run, action } => {
                let count = self.runs.get(run).and_then(|(_, met)| met.actions.get(*action as usize));
                for number in 0..count.map_or(0, |action| action.targets.len()) {
                    let key = (*run, *action, u32::try_from(number).unwrap_or(u32::MAX));
                    self.targets.entry(key).or_default().withdrawn = true;
                }
            }
            LinkageFact::Cancelled { action, targets, .. } => {
                for number in targets {
                    if let Some(key) = target(*action, *number) {
                        self.targets.entry(key).or_default().withdrawn = true;
                    }
                }
            }
            _ => {}
        }
    }

    fn command(&mut self, fact: &Fact, command: &CommandFact) {
        let mut ended = |id: &EventId, words: Text| {
            if let Some(asked) = self.commands.get_mut(id) {
                asked.ended.get_or_insert((fact.at, words));
            }
        };
        match command {
            CommandFact::Requested(asked) => {
                let asked =
                    Asked { at: fact.at, by: fact.by.clone(), asked: Arc::clone(asked), accepted: None, ended: None };
                self.commands.insert(fact.id.into(), asked);
                self.first(First::Commanded, fact);
            }
            CommandFact::Accepted { command } => {
                if let Some(asked) = self.commands.get_mut(command) {
                    asked.accepted = Some(fact.at);
                }
            }
            CommandFact::Confirmed { command } => ended(command, Text::new("已由反馈证实", "confirmed by feedback")),
            CommandFact::Done { command } => ended(command, Text::new("已执行，无反馈点", "done, no feedback point")),
            CommandFact::Failed { command, failure } => ended(command, failure.text()),
            CommandFact::Unknown { command } => ended(command, Text::new("结果未知", "outcome unknown")),
            _ => {}
        }
    }
}
