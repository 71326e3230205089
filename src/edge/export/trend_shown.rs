//! Trends as they are drawn: what stands on a chart, as tables.
//!
//! Takes: points, a way to read their columns and stretches.
//! Gives: a row for each column of the screen, then a row for each stretch of what has states.
//! Never: a value where none was known, or a column of a time that has not come yet.

use std::io;

use super::Sheets;
use super::trend::Trended;
use crate::engine::base::Text;
use crate::engine::report::{Cell, Column, Head};
use crate::live::{Segment, Span};

/// What is drawn of one point.
pub enum Drawn {
    /// Columns: the extremes of a measurement.
    Columns(Vec<Span>),
    /// Stretches of one state each, with its name where it has one.
    Stretches(Vec<(Segment, Option<Text>)>),
}

/// Writes what is drawn of `points`, which `draw` gives one by one. Gives the number of rows.
///
/// # Errors
/// The store cannot be read, or what it is written to refuses.
pub fn shown(
    sheets: &mut dyn Sheets,
    points: &[Trended],
    draw: &mut dyn FnMut(usize) -> io::Result<Drawn>,
) -> io::Result<u64> {
    let (mut rows, mut stretches) = (0, Vec::new());
    let key = [Column::new("point", "测点", "point", 24), Column::new("name", "名称", "name", 24)];
    let mut columns = vec![Column::new("at", "时间", "time", 26)];
    columns.extend(key.clone());
    columns.extend([
        Column::new("min", "最小", "min", 12),
        Column::new("max", "最大", "max", 12),
        Column::new("last", "末值", "last", 12),
        Column::new("unit", "单位", "unit", 8),
        Column::new("samples", "样本数", "samples", 10),
        Column::new("quality", "质量", "quality", 16),
    ]);
    sheets.begin(&Head { key: "columns", title: Text::new("趋势图", "Chart"), columns })?;
    for (at, point) in points.iter().enumerate() {
        match draw(at)? {
            Drawn::Columns(spans) => {
                for span in spans.iter().filter(|span| span.unknown || span.max.is_some()) {
                    sheets.row(&column(point, span))?;
                    rows += 1;
                }
            }
            Drawn::Stretches(found) => stretches.push((point, found)),
        }
    }
    if !stretches.is_empty() {
        let mut columns = vec![Column::new("from", "开始", "from", 26), Column::new("to", "结束", "to", 26)];
        columns.extend(key);
        columns.extend([
            Column::new("value", "数值", "value", 12),
            Column::new("state", "状态", "state", 16),
            Column::new("quality", "质量", "quality", 16),
        ]);
        sheets.begin(&Head { key: "states", title: Text::new("状态", "States"), columns })?;
    }
    for (point, found) in stretches {
        for (segment, state) in found {
            let (id, name) = (Cell::same(point.id.as_str()), Cell::Text(point.name.clone()));
            let value = segment.value.map_or(Cell::Empty, Cell::Number);
            let state = state.map_or(Cell::Empty, Cell::Text);
            let (from, to) = (Cell::Time(segment.from), Cell::Time(segment.to));
            sheets.row(&[from, to, id, name, value, state, Cell::same(segment.quality)])?;
            rows += 1;
        }
    }
    sheets.finish()?;
    Ok(rows)
}

fn column(point: &Trended, span: &Span) -> [Cell; 9] {
    let number = |value: Option<f64>| value.map_or(Cell::Empty, Cell::Number);
    let quality = match (span.unknown, span.max) {
        (false, _) => "good",
        (true, Some(_)) => "partly-unknown",
        (true, None) => "unknown",
    };
    [
        Cell::Time(span.at),
        Cell::same(point.id.as_str()),
        Cell::Text(point.name.clone()),
        number(span.min),
        number(span.max),
        number(span.last),
        Cell::same(&point.unit),
        Cell::Count(span.count),
        Cell::same(quality),
    ]
}
