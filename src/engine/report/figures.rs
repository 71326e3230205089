//! The figures of ISA-18.2 as a report, and the points that alarm most.
//!
//! Takes: [`Figures`].
//! Gives: two documents: all figures, each beside its benchmark; the bad actors.
//! Never: a judgement.

use std::time::Duration;

use super::{Cell, Column, Document, Name, Table};
use crate::engine::base::Text;
use crate::engine::performance::Figures;

/// Everything.
pub(super) fn performance(figures: &Figures) -> Document {
    let columns = vec![
        Column::new("figure", "指标", "figure", 30),
        Column::new("value", "数值", "value", 22),
        Column::new("benchmark", "参考", "benchmark", 16),
    ];
    let mut table = Table::new("figures", "指标", "Figures", columns);
    let mut row = |zh: &str, en: &str, value: Cell, benchmark: &str| {
        table.push(vec![Cell::Text(Text::new(zh, en)), value, Cell::same(benchmark)]);
    };
    let lapse = |micros: Option<u64>| Cell::lapse(micros.map(Duration::from_micros));
    row("报警总数", "alarms", Cell::Count(figures.alarms), "");
    row("每10分钟平均", "per 10 min, average", Cell::Number(rounded(figures.per_ten_minutes())), "1, at most 2");
    row("每天平均", "per day, average", Cell::Number(rounded(figures.per_day())), "150, at most 300");
    let (windows, floods) = (&figures.windows, &figures.floods);
    row("10分钟最多", "peak of 10 min", Cell::Count(windows.peak), "10");
    row("最多时段开始", "peak of 10 min, beginning", Cell::time(windows.peak_at), "");
    row("超过10条的10分钟时段", "10 min above ten", Cell::Share(figures.window_share()), "< 1 %");
    row("报警洪泛次数", "floods", Cell::Count(floods.count), "");
    row("洪泛时间占比", "time in flood", Cell::Share(figures.flood_share()), "< 1 %");
    row("最长洪泛", "longest flood", lapse(Some(floods.longest_us)), "");
    row("确认时间中位数", "to acknowledge, median", lapse(figures.acknowledged.median_us), "");
    row("确认时间95%", "to acknowledge, 95 %", lapse(figures.acknowledged.p95_us), "");
    row("现存", "standing at the end", Cell::Count(figures.standing), "");
    row("超过24小时", "stale, above 24 h", Cell::Count(figures.stale), "< 5");
    row("频繁跳变", "chattered", Cell::Count(figures.chattered), "0");
    row("并入原因未鸣响", "folded, not heard", Cell::Count(figures.folded), "");
    row("隔离屏蔽测试未鸣响", "isolated, not heard", Cell::Count(figures.inhibited), "");
    for (priority, alarms) in &figures.priorities {
        let (zh, en) = (format!("优先级{priority}"), format!("priority {priority}"));
        row(&zh, &en, Cell::Share(figures.share(*alarms)), "");
    }
    Document {
        name: Name::Performance,
        title: Name::Performance.title(),
        from: figures.from,
        to: figures.to,
        tables: vec![table, worst(figures)],
    }
}

/// The points that alarm most, of how much.
pub(super) fn bad_actors(figures: &Figures) -> Document {
    let mut summary = Table::summary();
    summary.figure("报警总数", "alarms", Cell::Count(figures.alarms));
    let named = figures.worst.iter().map(|actor| actor.alarms).sum();
    summary.figure("其中下列各点", "of these by the points below", Cell::Share(figures.share(named)));
    summary.figure("频繁跳变", "chattered", Cell::Count(figures.chattered));
    Document {
        name: Name::BadActors,
        title: Name::BadActors.title(),
        from: figures.from,
        to: figures.to,
        tables: vec![summary, worst(figures)],
    }
}

fn worst(figures: &Figures) -> Table {
    let columns = vec![
        Column::new("name", "报警最多的点", "bad actor", 30),
        Column::new("condition", "条件", "condition", 30),
        Column::new("alarms", "次数", "alarms", 8),
        Column::new("share", "占比", "share", 8),
    ];
    let mut table = Table::new("worst", "报警最多的点", "Bad actors", columns);
    for actor in &figures.worst {
        table.push(vec![
            Cell::Text(actor.name.clone()),
            Cell::same(&actor.condition.to_string()),
            Cell::Count(actor.alarms),
            Cell::Share(figures.share(actor.alarms)),
        ]);
    }
    table
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
