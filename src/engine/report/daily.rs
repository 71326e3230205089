//! 值班日志: what happened in a day or a shift, what was done, by whom, and what is handed on (SF-01, SF-02).
//!
//! Takes: facts, and a stretch of time.
//! Gives: every fact of it as a line, how many of each sort, and what is open at its end.
//! Never: leaves out a fact; nothing is unimportant for whoever takes over.

use std::collections::BTreeMap;

use super::line::{Group, Line, user, words};
use super::names::{Named, Names, place_words};
use super::{Cell, Column, Document, Name, Table};
use crate::engine::alarm::{DutyFact, Fact, FactKind};
use crate::engine::base::{Text, Wall};

/// The fold.
#[derive(Clone, Debug)]
pub(super) struct Daily {
    from: Wall,
    to: Wall,
    names: Names,
    counts: BTreeMap<Group, u64>,
    present: BTreeMap<String, Wall>,
    duty: Table,
    log: Table,
}

impl Daily {
    pub fn of(from: Wall, to: Wall) -> Daily {
        let duty = vec![
            Column::new("user", "人员", "who", 16),
            Column::new("in_at", "签到", "signed in", 22),
            Column::new("out_at", "签退", "signed out", 22),
        ];
        Daily {
            from,
            to,
            names: Names::default(),
            counts: BTreeMap::new(),
            present: BTreeMap::new(),
            duty: Table::new("duty", "值班人员", "On duty", duty),
            log: Table::new("log", "记事", "Log", Line::columns()),
        }
    }

    pub fn note(&mut self, fact: &Fact) {
        if fact.at >= self.to {
            return;
        }
        self.names.note(fact);
        let name = fact.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
        match &fact.kind {
            FactKind::Duty(DutyFact::SignedIn {}) => {
                self.present.entry(name).or_insert(fact.at);
            }
            FactKind::Duty(DutyFact::SignedOut {}) => {
                if let Some(since) = self.present.remove(&name)
                    && fact.at >= self.from
                {
                    self.duty.push(vec![Cell::same(&name), Cell::Time(since), Cell::Time(fact.at)]);
                }
            }
            _ => {}
        }
        if fact.at >= self.from {
            let line = Line::of(fact, &self.names);
            *self.counts.entry(line.group).or_default() += 1;
            self.log.push(line.cells());
        }
    }

    pub fn finish(mut self) -> Document {
        for (name, since) in &self.present {
            self.duty.push(vec![Cell::same(name), Cell::Time(*since), Cell::Empty]);
        }
        let mut summary = Table::summary();
        for group in Group::ALL {
            let count = self.counts.get(&group).copied().unwrap_or(0);
            let text = group.text();
            summary.figure(&text.zh, &text.en, Cell::Count(count));
        }
        let open = self.open();
        summary.figure("期末未结束", "open at the end", Cell::Count(open.rows.len() as u64 + open.left_out));
        Document {
            name: Name::Daily,
            title: Name::Daily.title(),
            from: self.from,
            to: self.to,
            tables: vec![summary, self.duty, self.log, open],
        }
    }

    /// What whoever takes over must know: alarms and isolations that stand, rounds that are due.
    fn open(&self) -> Table {
        let columns = vec![
            Column::new("since_at", "自", "since", 22),
            Column::new("sort", "类型", "sort", 14),
            Column::new("name", "对象", "about", 28),
            Column::new("place", "地点", "place", 24),
            Column::new("by", "人员", "who", 10),
            Column::new("words", "说明", "words", 30),
            Column::new("id", "记录号", "record", 10),
        ];
        let mut open = Table::new("open", "交接事项（期末未结束）", "Handed on: open at the end", columns);
        for (id, thing) in self.names.open() {
            let (sort, by, said) = match &thing.named {
                Named::Alarm(raise) => {
                    (raise.condition.category.text(), Cell::Empty, raise.detail.clone().unwrap_or_default())
                }
                Named::Isolation(held) => (Group::Isolation.text(), user(Some(&held.by)), Text::same(&held.reason)),
                Named::Round(_) => (Group::Patrol.text(), Cell::Empty, Text::default()),
                Named::Command(_) | Named::Run(_) => (Group::Action.text(), Cell::Empty, Text::default()),
            };
            open.push(vec![
                Cell::Time(thing.since),
                Cell::Text(sort),
                words(thing.named.name()),
                words(&place_words(thing.named.place())),
                by,
                words(&said),
                Cell::same(&id.to_string()),
            ]);
        }
        open
    }
}
