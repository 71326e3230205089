//! 屏蔽/隔离登记: what was taken out of service, by whom, why, until when, and whether it came back (FA-07).
//!
//! Takes: facts, and a stretch of time.
//! Gives: a row for each isolation, and for each point that a panel disabled, that held at any time of it.
//! Never: one that is forgotten: what still holds at the end says so.

use std::collections::BTreeMap;

use super::line::{user, words};
use super::names::place_words;
use super::{Cell, Column, Document, Name, Table};
use crate::engine::alarm::{DeskFact, Fact, FactKind, Isolation, Purpose};
use crate::engine::base::{Category, EventId, Text, Wall};

/// The fold.
#[derive(Clone, Debug)]
pub(super) struct Isolations {
    from: Wall,
    to: Wall,
    held: BTreeMap<EventId, Held>,
}

#[derive(Clone, Debug)]
struct Held {
    since: Wall,
    point: String,
    name: Text,
    place: Text,
    at_panel: bool,
    by: Cell,
    reason: Cell,
    purpose: Cell,
    review: Option<Wall>,
    overdue: bool,
    order: Option<String>,
    released: Option<(Wall, Cell)>,
}

impl Isolations {
    pub fn of(from: Wall, to: Wall) -> Isolations {
        Isolations { from, to, held: BTreeMap::new() }
    }

    pub fn note(&mut self, fact: &Fact) {
        if fact.at >= self.to {
            return;
        }
        let id: EventId = fact.id.into();
        match &fact.kind {
            FactKind::Isolated { .. } => {
                let Some(held) = Isolation::begun(fact) else { return };
                let purpose = match held.purpose {
                    Purpose::Repair => Text::new("维修", "repair"),
                    Purpose::HotWork => Text::new("动火", "hot work"),
                    Purpose::Test => Text::new("测试", "test"),
                };
                let row = Held {
                    since: fact.at,
                    point: held.point.to_string(),
                    place: place_words(Some(&held.place)),
                    name: held.name,
                    at_panel: false,
                    by: user(Some(&held.by)),
                    reason: Cell::same(&held.reason),
                    purpose: Cell::Text(purpose),
                    review: Some(held.review.due()),
                    overdue: false,
                    order: held.order,
                    released: None,
                };
                self.held.insert(id, row);
            }
            FactKind::Raised(raise) if raise.condition.category == Category::Disabled => {
                let row = Held {
                    since: fact.at,
                    point: raise.condition.point.to_string(),
                    name: raise.name.clone(),
                    place: place_words(Some(&raise.place)),
                    at_panel: true,
                    by: Cell::Empty,
                    reason: raise.detail.as_ref().map_or(Cell::Empty, words),
                    purpose: Cell::Empty,
                    review: None,
                    overdue: false,
                    order: None,
                    released: None,
                };
                self.held.insert(id, row);
            }
            FactKind::ReviewOverdue { isolation } => {
                if let Some(held) = self.held.get_mut(isolation) {
                    held.overdue = true;
                }
            }
            FactKind::Desk(DeskFact::OrderLinked { isolation, order }) => {
                if let Some(held) = self.held.get_mut(isolation) {
                    held.order = Some(order.clone());
                }
            }
            FactKind::Released { isolation: ended, .. } | FactKind::Closed { occurrence: ended, .. } => {
                self.release(*ended, fact);
            }
            _ => {}
        }
    }

    fn release(&mut self, id: EventId, fact: &Fact) {
        if fact.at < self.from {
            // It is none of this period's: nothing of it is kept.
            self.held.remove(&id);
        } else if let Some(held) = self.held.get_mut(&id) {
            held.released = Some((fact.at, user(fact.by.as_ref())));
        }
    }

    pub fn finish(self) -> Document {
        let columns = vec![
            Column::new("since_at", "自", "since", 22),
            Column::new("name", "对象", "about", 26),
            Column::new("place", "地点", "place", 22),
            Column::new("point", "测点", "point", 18),
            Column::new("where", "方式", "how", 10),
            Column::new("by", "操作人", "who", 10),
            Column::new("purpose", "用途", "purpose", 8),
            Column::new("reason", "原因", "why", 24),
            Column::new("review_at", "复查时间", "review", 22),
            Column::new("order", "维修单", "order", 12),
            Column::new("released_at", "解除时间", "released", 22),
            Column::new("released_by", "解除人", "released by", 10),
            Column::new("state", "期末状态", "at the end", 14),
        ];
        let mut table = Table::new("isolations", "登记", "Register", columns);
        let (mut still, mut overdue) = (0_u64, 0_u64);
        for held in self.held.into_values() {
            let state = match (held.released.is_some(), held.overdue) {
                (true, _) => Text::new("已解除", "released"),
                (false, false) => Text::new("仍隔离", "still isolated"),
                (false, true) => Text::new("仍隔离，复查逾期", "still isolated, review overdue"),
            };
            still += u64::from(held.released.is_none());
            overdue += u64::from(held.released.is_none() && held.overdue);
            let how =
                if held.at_panel { Text::new("控制器屏蔽", "at the panel") } else { Text::new("隔离", "here") };
            let (released_at, released_by) = held.released.map_or((None, Cell::Empty), |(at, by)| (Some(at), by));
            table.push(vec![
                Cell::Time(held.since),
                words(&held.name),
                words(&held.place),
                Cell::same(&held.point),
                Cell::Text(how),
                held.by,
                held.purpose,
                held.reason,
                Cell::time(held.review),
                held.order.as_deref().map_or(Cell::Empty, Cell::same),
                Cell::time(released_at),
                released_by,
                Cell::Text(state),
            ]);
        }
        let mut summary = Table::summary();
        summary.figure("登记项数", "entries", Cell::Count(table.rows.len() as u64 + table.left_out));
        summary.figure("期末仍隔离", "still isolated at the end", Cell::Count(still));
        summary.figure("其中复查逾期", "of these with an overdue review", Cell::Count(overdue));
        Document {
            name: Name::Isolations,
            title: Name::Isolations.title(),
            from: self.from,
            to: self.to,
            tables: vec![summary, table],
        }
    }
}
