//! Trends as a table: what was measured, when, and when nothing was known.
//!
//! Takes: points, a stretch of time, a way to read marks.
//! Gives: rows in the order of time, of one point after the other or of all side by side; a gap is a row without a value
//! that says why.
//! Never: more than a slice of time in memory; a value where none was known.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::Sheets;
use crate::engine::base::{PointId, Text, Wall};
use crate::engine::report::{Cell, Column, Head};
use crate::live::Sample;

/// So much is read of a point at once.
const SLICE_US: i64 = 6 * 3_600_000_000;

/// One point of an export.
#[derive(Clone, Debug)]
pub struct Trended {
    /// Which.
    pub id: PointId,
    /// What people call it.
    pub name: Text,
    /// Its unit; empty where it has none.
    pub unit: Arc<str>,
}

/// How rows are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A row for each sample, one point after the other.
    Long,
    /// A row for each instant, a value and a quality for each point: what held then.
    Wide,
}

/// What is exported.
#[derive(Clone, Debug)]
pub struct TrendExport {
    /// Which points; at least one.
    pub points: Vec<Trended>,
    /// From when.
    pub from: Wall,
    /// Until when, not included.
    pub to: Wall,
    /// How rows are laid out.
    pub layout: Layout,
    /// A row for each whole step from the beginning on, with what held then; every sample as it is without it.
    pub step: Option<Duration>,
}

/// Reads the past of points, slice by slice.
pub trait Samples {
    /// Samples with `from <= at < to`, in order.
    ///
    /// # Errors
    /// The store cannot be read.
    fn read(&mut self, point: &PointId, from: Wall, to: Wall) -> io::Result<Vec<Sample>>;

    /// What held just before `at`.
    ///
    /// # Errors
    /// The store cannot be read.
    fn held(&mut self, point: &PointId, at: Wall) -> io::Result<Option<Sample>>;
}

impl TrendExport {
    /// Writes everything; `progress` hears how much of it is done, 0 to 1. Gives the number of rows.
    ///
    /// # Errors
    /// The store cannot be read, or what it is written to refuses.
    pub fn write(
        &self,
        sheets: &mut dyn Sheets,
        samples: &mut dyn Samples,
        progress: &mut dyn FnMut(f64),
    ) -> io::Result<u64> {
        let rows = match self.layout {
            Layout::Long => self.long(sheets, samples, progress)?,
            Layout::Wide => self.wide(sheets, samples, progress)?,
        };
        sheets.finish()?;
        progress(1.0);
        Ok(rows)
    }

    fn long(
        &self,
        sheets: &mut dyn Sheets,
        samples: &mut dyn Samples,
        progress: &mut dyn FnMut(f64),
    ) -> io::Result<u64> {
        let columns = vec![
            Column::new("at", "时间", "time", 26),
            Column::new("point", "测点", "point", 24),
            Column::new("name", "名称", "name", 24),
            Column::new("value", "数值", "value", 12),
            Column::new("unit", "单位", "unit", 8),
            Column::new("quality", "质量", "quality", 16),
        ];
        sheets.begin(&Head { key: "samples", title: Text::new("趋势数据", "Trends"), columns })?;
        let mut rows = 0;
        let all = self.points.len() as f64;
        for (number, point) in self.points.iter().enumerate() {
            let unit = Cell::same(&point.unit);
            let mut row = vec![
                Cell::Empty,
                Cell::same(point.id.as_str()),
                Cell::Text(point.name.clone()),
                Cell::Empty,
                unit,
                Cell::Empty,
            ];
            let mut clock = Clock::of(self);
            let mut held = if self.step.is_some() { samples.held(&point.id, self.from)? } else { None };
            for (from, to) in self.slices() {
                for sample in samples.read(&point.id, from, to)? {
                    while let Some(at) = clock.before(sample.at) {
                        put(&mut row, at, held.as_ref());
                        sheets.row(&row)?;
                        rows += 1;
                    }
                    if self.step.is_none() {
                        put(&mut row, sample.at, Some(&sample));
                        sheets.row(&row)?;
                        rows += 1;
                    }
                    held = Some(sample);
                }
                progress((number as f64 + self.share(to)) / all);
            }
            while let Some(at) = clock.before(self.to) {
                put(&mut row, at, held.as_ref());
                sheets.row(&row)?;
                rows += 1;
            }
        }
        Ok(rows)
    }

    fn wide(
        &self,
        sheets: &mut dyn Sheets,
        samples: &mut dyn Samples,
        progress: &mut dyn FnMut(f64),
    ) -> io::Result<u64> {
        let mut columns = vec![Column::new("at", "时间", "time", 26)];
        for point in &self.points {
            let id = point.id.as_str();
            columns.push(Column { unit: Arc::clone(&point.unit), name: named(point), ..Column::new(id, "", "", 14) });
            columns.push(Column::new(&format!("{id}:quality"), "质量", "quality", 12));
        }
        sheets.begin(&Head { key: "samples", title: Text::new("趋势数据", "Trends"), columns })?;
        let mut held: Vec<Option<Sample>> = Vec::new();
        for point in &self.points {
            held.push(samples.held(&point.id, self.from)?);
        }
        let mut row = vec![Cell::Empty; 1 + 2 * self.points.len()];
        let mut line = |at: Wall, held: &[Option<Sample>]| {
            row[0] = Cell::Time(at);
            for (number, held) in held.iter().enumerate() {
                (row[1 + 2 * number], row[2 + 2 * number]) = cells(held.as_ref());
            }
            sheets.row(&row)
        };
        let (mut rows, mut clock) = (0, Clock::of(self));
        for (from, to) in self.slices() {
            let mut news: BTreeMap<Wall, Vec<(usize, Sample)>> = BTreeMap::new();
            for (number, point) in self.points.iter().enumerate() {
                for sample in samples.read(&point.id, from, to)? {
                    news.entry(sample.at).or_default().push((number, sample));
                }
            }
            for (at, new) in news {
                while let Some(due) = clock.before(at) {
                    line(due, &held)?;
                    rows += 1;
                }
                for (number, sample) in new {
                    held[number] = Some(sample);
                }
                if self.step.is_none() {
                    line(at, &held)?;
                    rows += 1;
                }
            }
            progress(self.share(to));
        }
        while let Some(due) = clock.before(self.to) {
            line(due, &held)?;
            rows += 1;
        }
        Ok(rows)
    }

    /// The stretch in slices; the more points stand side by side, the shorter they are.
    fn slices(&self) -> impl Iterator<Item = (Wall, Wall)> {
        let beside = match self.layout {
            Layout::Long => 1,
            Layout::Wide => i64::try_from(self.points.len()).unwrap_or(i64::MAX).max(1),
        };
        let slice = (SLICE_US / beside).max(60_000_000);
        let (from, to) = (self.from.0, self.to.0);
        (0..)
            .map(move |number: i64| from.saturating_add(number.saturating_mul(slice)))
            .take_while(move |at| *at < to)
            .map(move |at| (Wall(at), Wall(at.saturating_add(slice).min(to))))
    }

    fn share(&self, at: Wall) -> f64 {
        (at.0 - self.from.0) as f64 / (self.to.0 - self.from.0).max(1) as f64
    }
}

/// The instants of a stepped export.
struct Clock {
    next: i64,
    step: i64,
    to: i64,
}

impl Clock {
    fn of(export: &TrendExport) -> Clock {
        let micros = |step: Duration| i64::try_from(step.as_micros()).unwrap_or(i64::MAX).max(1);
        match export.step.map(micros) {
            Some(step) => Clock { next: export.from.0, step, to: export.to.0 },
            // No instant is due: samples come as they are.
            None => Clock { next: i64::MAX, step: i64::MAX, to: export.to.0 },
        }
    }

    /// The next instant, if it comes before what happened at `at`: what happens at an instant itself counts for it.
    fn before(&mut self, at: Wall) -> Option<Wall> {
        let due = (self.next < at.0 && self.next < self.to).then_some(Wall(self.next))?;
        self.next = self.next.saturating_add(self.step);
        Some(due)
    }
}

fn put(row: &mut [Cell], at: Wall, sample: Option<&Sample>) {
    row[0] = Cell::Time(at);
    (row[3], row[5]) = cells(sample);
}

/// A value and how good it is; before the first sample nothing was ever read.
fn cells(sample: Option<&Sample>) -> (Cell, Cell) {
    match sample {
        Some(sample) => (sample.value.map_or(Cell::Empty, Cell::Number), quality(sample.quality)),
        None => (Cell::Empty, quality("never-read")),
    }
}

fn quality(word: &'static str) -> Cell {
    Cell::Same(word.into())
}

fn named(point: &Trended) -> Text {
    let with = |name: &str| if name.is_empty() { point.id.to_string() } else { format!("{name} {}", point.id) };
    Text::new(&with(&point.name.zh), &with(&point.name.en))
}

/// Whether an id is what a pattern says: `*` stands for any letters, also none, `?` for one.
pub fn is_like(id: &str, pattern: &str) -> bool {
    let (id, pattern): (Vec<char>, Vec<char>) = (id.chars().collect(), pattern.chars().collect());
    // For each beginning of the pattern: which beginnings of the id it fits.
    let mut fits = vec![false; id.len() + 1];
    fits[0] = true;
    for sign in pattern {
        let before = fits.clone();
        match sign {
            '*' => (1..=id.len()).for_each(|at| fits[at] = before[at] || fits[at - 1]),
            _ => {
                fits[0] = false;
                (1..=id.len()).for_each(|at| fits[at] = before[at - 1] && (sign == '?' || sign == id[at - 1]));
            }
        }
    }
    fits[id.len()]
}
