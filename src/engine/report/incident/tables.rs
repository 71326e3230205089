//! The tables of an incident report.
//!
//! Takes: what the fold found.
//! Gives: summary, alarms, linkage actions, commands.
//! Never: a feedback that did not come as anything but missing.

use std::time::Duration;

use super::{Found, Target};
use crate::engine::base::Text;
use crate::engine::duty::{close_words, verdict_words};
use crate::engine::report::line::{user, words};
use crate::engine::report::names::place_words;
use crate::engine::report::{Cell, Column, Document, Name, Table};

impl Found {
    pub(super) fn document(self) -> Document {
        let tables =
            vec![self.summary(), self.rows(), self.actions(), self.asked(), self.kept.clone(), self.timeline.clone()];
        let end = self.closed.map_or(self.last, |(at, _)| at);
        let title = Name::Incident.title();
        // The end itself is part of an incident.
        Document { name: Name::Incident, title, from: self.opened, to: end.after(Duration::from_micros(1)), tables }
    }

    fn summary(&self) -> Table {
        let mut table = Table::summary();
        table.figure("事件编号", "incident", Cell::same(&self.id.to_string()));
        table.figure("首警时间", "first alarm at", Cell::Time(self.opened));
        for member in self.members.values().filter(|member| member.raise.first) {
            table.figure("首警", "first alarm", Cell::Text(member.raise.name.clone()));
            table.figure("地点", "place", words(&place_words(Some(&member.raise.place))));
        }
        table.figure("报警行数", "rows", Cell::Count(self.members.len() as u64));
        for (first, (at, by)) in &self.firsts {
            let (zh, en) = first.text();
            let by = by.as_ref().map(|by| by.user.as_str());
            let head = |word: &str| by.map_or_else(|| word.to_owned(), |by| format!("{word} ({by})"));
            table.figure(&head(zh), &head(en), Cell::Lapse(at.since(self.opened)));
        }
        table.figure("未反馈的联动", "feedback missing", Cell::Count(self.missing));
        match self.closed {
            Some((at, verdict)) => {
                table.figure("结论", "conclusion", Cell::Text(verdict_words(verdict)));
                table.figure("结束时间", "closed at", Cell::Time(at));
                table.figure("历时", "lasted", Cell::Lapse(at.since(self.opened)));
            }
            None => table.figure("结论", "conclusion", Cell::Text(Text::new("尚未结束", "not concluded yet"))),
        }
        table
    }

    fn rows(&self) -> Table {
        let columns = vec![
            Column::new("at", "时间", "time", 22),
            Column::new("category", "类型", "category", 10),
            Column::new("name_zh", "名称（中文）", "name (Chinese)", 26),
            Column::new("name_en", "名称（英文）", "name (English)", 26),
            Column::new("place", "地点", "place", 22),
            Column::new("first", "首警", "first", 8),
            Column::new("times", "次数", "times", 6),
            Column::new("ack_at", "确认时间", "acknowledged", 22),
            Column::new("ack_by", "确认人", "by", 10),
            Column::new("verdict", "判定", "verdict", 12),
            Column::new("cause", "原因", "cause", 20),
            Column::new("closed_at", "结束时间", "closed", 22),
            Column::new("closed", "结束方式", "how", 12),
            Column::new("id", "记录号", "record", 10),
        ];
        let mut table = Table::new("rows", "报警", "Alarms", columns);
        for (id, member) in &self.members {
            let raise = &member.raise;
            let ack = member.ack.as_ref();
            let first = if raise.first { Cell::Text(Text::new("是", "yes")) } else { Cell::Empty };
            table.push(vec![
                Cell::Time(member.at),
                Cell::Text(raise.condition.category.text()),
                Cell::same(&raise.name.zh),
                Cell::same(&raise.name.en),
                words(&place_words(Some(&raise.place))),
                first,
                Cell::Count(member.times),
                Cell::time(ack.map(|(at, _)| *at)),
                user(ack.and_then(|(_, by)| by.as_ref())),
                Cell::Text(verdict_words(member.verdict)),
                member.cause.as_deref().map_or(Cell::Empty, Cell::same),
                Cell::time(member.closed.map(|(at, _)| at)),
                member.closed.map_or(Cell::Empty, |(_, reason)| Cell::Text(close_words(reason))),
                Cell::same(&id.to_string()),
            ]);
        }
        table
    }

    fn actions(&self) -> Table {
        let columns = vec![
            Column::new("met_at", "触发时间", "met", 22),
            Column::new("linkage", "联动", "linkage", 22),
            Column::new("action", "动作", "action", 22),
            Column::new("name", "对象", "target", 26),
            Column::new("place", "地点", "place", 20),
            Column::new("started_at", "启动时间", "started", 22),
            Column::new("command", "命令号", "command", 10),
            Column::lapse("within_s", "反馈时限", "feedback within"),
            Column::new("fed_back_at", "反馈时间", "fed back", 22),
            Column::lapse("took_s", "用时", "took"),
            Column::new("state", "结果", "outcome", 16),
        ];
        let mut table = Table::new("actions", "联动动作", "Linkage actions", columns);
        for (run, (met_at, met)) in &self.runs {
            for (number, action) in (0_u32..).zip(&met.actions) {
                for (at, target) in (0_u32..).zip(&action.targets) {
                    let held = self.targets.get(&(*run, number, at)).copied().unwrap_or_default();
                    let since = held.started.unwrap_or(*met_at);
                    table.push(vec![
                        Cell::Time(*met_at),
                        words(&met.name),
                        words(&action.name),
                        words(&target.name),
                        words(&place_words(Some(&target.place))),
                        Cell::time(held.started),
                        held.command.map_or(Cell::Empty, |id| Cell::same(&id.to_string())),
                        Cell::lapse(target.feedback_within_us.map(Duration::from_micros)),
                        Cell::time(held.arrived),
                        Cell::lapse(held.arrived.map(|arrived| arrived.since(since))),
                        Cell::Text(held.outcome(target.feedback_within_us.is_some())),
                    ]);
                }
            }
        }
        table
    }

    fn asked(&self) -> Table {
        let columns = vec![
            Column::new("at", "时间", "time", 22),
            Column::new("id", "命令号", "command", 10),
            Column::new("name", "对象", "about", 26),
            Column::new("verb", "动作", "verb", 10),
            Column::new("place", "地点", "place", 20),
            Column::new("by", "人员", "who", 10),
            Column::new("run", "联动", "linkage run", 10),
            Column::new("accepted_at", "受理时间", "accepted", 22),
            Column::new("ended_at", "完成时间", "ended", 22),
            Column::new("outcome", "结果", "outcome", 26),
        ];
        let mut table = Table::new("commands", "命令", "Commands", columns);
        for (id, held) in &self.commands {
            table.push(vec![
                Cell::Time(held.at),
                Cell::same(&id.to_string()),
                words(&held.asked.name),
                Cell::same(&held.asked.verb),
                words(&place_words(Some(&held.asked.place))),
                user(held.by.as_ref()),
                held.asked.run.map_or(Cell::Empty, |run| Cell::same(&run.to_string())),
                Cell::time(held.accepted),
                Cell::time(held.ended.as_ref().map(|(at, _)| *at)),
                held.ended.as_ref().map_or_else(
                    || Cell::Text(Text::new("尚无结果", "no outcome yet")),
                    |(_, outcome)| Cell::Text(outcome.clone()),
                ),
            ]);
        }
        table
    }
}

impl Target {
    fn outcome(self, is_fed_back: bool) -> Text {
        match (self.arrived, self.missing, self.withdrawn) {
            (Some(_), Some(_), _) => Text::new("反馈迟到", "fed back late"),
            (Some(_), None, _) => Text::new("已反馈", "fed back"),
            (None, Some(_), _) => Text::new("未反馈", "feedback missing"),
            (None, None, true) => Text::new("已撤回", "withdrawn"),
            (None, None, false) if self.started.is_none() => Text::new("未执行", "not started"),
            (None, None, false) if !is_fed_back => Text::new("无反馈点", "no feedback point"),
            (None, None, false) => Text::new("等待中", "awaited"),
        }
    }
}
