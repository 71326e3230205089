//! A span of time in as many columns as a display has pixels, with exact extremes.
//!
//! Takes: chunks (by their summaries where a chunk lies within one column), hot rows, gaps.
//! Gives: [`Column`]s.
//! Never: loses a spike, bridges the unknown, or says anything of a time that has not come yet.

use std::ops::Range;

use rusqlite::{Connection, params};

use super::codec::Entry;
use super::{read, schema, wall};
use crate::engine::base::{PointId, Wall};

/// Columns in one answer at most.
const MOST: usize = 100_000;
const HOUR_MS: i128 = 3_600_000;

/// One column of an envelope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Where it begins; it ends where the next one begins.
    pub at: Wall,
    /// The least value that held during it.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// What held at its end; `None` when that was unknown, or nothing was known yet.
    pub last: Option<f64>,
    /// How many samples fell into it; 0 also for a value that merely went on holding.
    pub count: u64,
    /// Part of it, or all of it, was unknown.
    pub unknown: bool,
}

/// Columns over `from <= ms < to`, of equal width.
struct Grid {
    from: i64,
    span: i128,
    count: usize,
}

impl Grid {
    fn new(from: i64, to: i64, pixels: usize) -> Option<Grid> {
        let span = i128::from(to) - i128::from(from);
        if span <= 0 || pixels == 0 {
            return None;
        }
        let pixels = pixels.min(MOST);
        let width = span / pixels as i128;
        if width < HOUR_MS {
            return Some(Grid { from, span, count: pixels.min(usize::try_from(span).unwrap_or(MOST)) });
        }
        // Whole hours, so that chunks lie within one column and their summaries serve.
        let width = (width + HOUR_MS - 1) / HOUR_MS * HOUR_MS;
        let from = i128::from(from).div_euclid(HOUR_MS) * HOUR_MS;
        let count = (i128::from(to) - from + width - 1) / width;
        let from = i64::try_from(from).ok()?;
        Some(Grid { from, span: count * width, count: usize::try_from(count).ok()? })
    }

    fn end(&self) -> i64 {
        i64::try_from(i128::from(self.from) + self.span).unwrap_or(i64::MAX)
    }

    fn column(&self, ms: i64) -> usize {
        let place = (i128::from(ms) - i128::from(self.from)) * self.count as i128 / self.span;
        usize::try_from(place).unwrap_or(0).min(self.count - 1)
    }

    fn start(&self, column: usize) -> i64 {
        let offset = (column as i128 * self.span + self.count as i128 - 1) / self.count as i128;
        i64::try_from(i128::from(self.from) + offset).unwrap_or(i64::MAX)
    }
}

/// What a chunk says without being unpacked.
#[derive(Clone, Copy)]
struct Summary {
    id: i64,
    count: u64,
    unknown: u64,
    min: Option<f64>,
    max: Option<f64>,
    last: Option<f64>,
}

#[derive(Clone, Copy)]
enum Piece {
    Chunk(Summary),
    Entry(Entry),
}

struct Placed {
    start: i64,
    end: i64,
    piece: Piece,
    /// Something else lies within the same time, so the order within must be looked at.
    mixed: bool,
}

/// The columns of `point`; what is after `alive` has not come yet.
pub(super) fn envelope(
    reader: &Connection,
    point: &PointId,
    from: i64,
    to: i64,
    pixels: usize,
    alive: i64,
) -> rusqlite::Result<Vec<Column>> {
    let Some(grid) = Grid::new(from, to, pixels) else { return Ok(Vec::new()) };
    let (from, to) = (grid.from, grid.end());
    // One transaction, so that no commit moves samples from rows to chunks between two looks.
    let reader = reader.unchecked_transaction()?;
    let series = read::series(&reader, point)?;
    let mut sweep = Sweep::new(&grid, alive);
    if !series.is_empty() {
        sweep.held = read::before(&reader, &series, from)?.map(|entry| entry.value);
        let mut placed = gather(&reader, &series, from, to)?;
        find_mixed(&mut placed);
        resolve(&reader, &grid, &placed, from..to, &mut sweep)?;
    }
    Ok(sweep.finish())
}

fn gather(reader: &Connection, series: &[u64], from: i64, to: i64) -> rusqlite::Result<Vec<Placed>> {
    let mut placed = Vec::new();
    let first = from.saturating_sub(schema::longest(reader)?);
    for id in series {
        let mut rows = reader.prepare_cached(
            r#"SELECT start, "end", id, count, unknown, min, max, last FROM chunk
               WHERE series = ?1 AND start >= ?2 AND start < ?3 AND +"end" >= ?4 ORDER BY id"#,
        )?;
        let mut rows = rows.query(params![id, first, to, from])?;
        while let Some(row) = rows.next()? {
            let summary = Summary {
                id: row.get(2)?,
                count: row.get(3)?,
                unknown: row.get(4)?,
                min: row.get(5)?,
                max: row.get(6)?,
                last: row.get(7)?,
            };
            placed.push(Placed { start: row.get(0)?, end: row.get(1)?, piece: Piece::Chunk(summary), mixed: false });
        }
    }
    let mut single = |entry: Entry| {
        if (from..to).contains(&entry.ms) {
            placed.push(Placed { start: entry.ms, end: entry.ms, piece: Piece::Entry(entry), mixed: false });
        }
    };
    read::hot(reader, series, &mut single)?;
    read::outages(reader, from, to, &mut single)?;
    // Stable: what began at the same time keeps its order of arrival.
    placed.sort_by_key(|placed| placed.start);
    Ok(placed)
}

/// Marks everything that shares time with something else. `placed` is in order of `start`.
fn find_mixed(placed: &mut [Placed]) {
    let mut furthest = 0;
    for at in 1..placed.len() {
        if placed[at].start <= placed[furthest].end {
            placed[at].mixed = true;
            placed[furthest].mixed = true;
        }
        if placed[at].end > placed[furthest].end {
            furthest = at;
        }
    }
}

/// Unpacks the chunks whose summaries do not serve, and lets everything be taken in order of time.
fn resolve(
    reader: &Connection,
    grid: &Grid,
    placed: &[Placed],
    within: Range<i64>,
    sweep: &mut Sweep<'_>,
) -> rusqlite::Result<()> {
    let mut data = reader.prepare_cached("SELECT data FROM chunk WHERE id = ?1")?;
    let mut unpack = |summary: &Summary, start: i64| -> rusqlite::Result<Vec<Entry>> {
        let mut rows = data.query([summary.id])?;
        let Some(row) = rows.next()? else { return Ok(Vec::new()) };
        let mut entries = read::unpack(summary.id, start, row.get_ref(0)?.as_blob()?);
        entries.retain(|entry| within.contains(&entry.ms));
        Ok(entries)
    };
    // What shares time with nothing else is taken as it stands; what does is put in order first.
    for together in placed.chunk_by(|one, other| one.mixed && other.mixed) {
        let mut entries = Vec::new();
        for Placed { start, end, piece, mixed } in together {
            match piece {
                Piece::Chunk(summary)
                    if !mixed
                        && within.start <= *start
                        && *end < within.end
                        && grid.column(*start) == grid.column(*end) =>
                {
                    sweep.take_summary(*start, summary);
                }
                Piece::Chunk(summary) if entries.is_empty() => entries = unpack(summary, *start)?,
                Piece::Chunk(summary) => entries.append(&mut unpack(summary, *start)?),
                Piece::Entry(entry) => entries.push(*entry),
            }
        }
        // Stable: what bears the same time keeps its order of arrival.
        entries.sort_by_key(|entry| entry.ms);
        sweep.take(&entries);
    }
    Ok(())
}

/// Goes through the pieces in order of time and fills the columns.
struct Sweep<'a> {
    grid: &'a Grid,
    alive: i64,
    columns: Vec<Column>,
    /// The first column that nothing has reached yet.
    next: usize,
    /// The column of the last sample, and its time.
    at: usize,
    reached: Range<i64>,
    /// What holds: nothing yet, unknown, or a value.
    held: Option<Option<f64>>,
}

impl<'a> Sweep<'a> {
    fn new(grid: &'a Grid, alive: i64) -> Sweep<'a> {
        let empty = |column| Column {
            at: wall(grid.start(column)),
            min: None,
            max: None,
            last: None,
            count: 0,
            unknown: false,
        };
        Sweep { grid, alive, columns: (0..grid.count).map(empty).collect(), next: 0, at: 0, reached: 0..0, held: None }
    }

    /// Samples in order of time, none before the last.
    fn take(&mut self, mut entries: &[Entry]) {
        while let [first, more @ ..] = entries {
            let (column, end) = self.reach(first.ms);
            // Many samples share a column: it is looked up once for all of them.
            let (within, rest) = entries.split_at(1 + more.partition_point(|entry| entry.ms < end));
            let values = || within.iter().filter_map(|entry| entry.value);
            let last = within.last().and_then(|entry| entry.value);
            column.see(values().reduce(f64::min), values().reduce(f64::max));
            column.count += within.iter().filter(|entry| entry.is_sample()).count() as u64;
            column.unknown |= within.iter().any(|entry| entry.value.is_none());
            column.last = last;
            self.held = Some(last);
            entries = rest;
        }
    }

    /// A chunk that begins at `ms` and lies within one column.
    fn take_summary(&mut self, ms: i64, summary: &Summary) {
        let (column, _) = self.reach(ms);
        column.see(summary.min, summary.max);
        column.count += summary.count;
        column.unknown |= summary.unknown > 0;
        column.last = summary.last;
        self.held = Some(summary.last);
    }

    /// The column of `ms`, and where it ends; those up to it are entered.
    fn reach(&mut self, ms: i64) -> (&mut Column, i64) {
        // Most samples lie in the column of the one before: no division for them.
        if !self.reached.contains(&ms) {
            let at = self.grid.column(ms);
            while self.next <= at {
                if self.next < at || ms > self.grid.start(at) {
                    self.enter();
                }
                self.next += 1;
            }
            self.at = at;
            self.reached = self.grid.start(at)..self.grid.start(at + 1);
        }
        (&mut self.columns[self.at], self.reached.end)
    }

    /// What held before goes on at the beginning of the next column.
    fn enter(&mut self) {
        if self.grid.start(self.next) > self.alive {
            return;
        }
        let Some(held) = self.held else { return };
        let column = &mut self.columns[self.next];
        column.see(held, held);
        column.unknown |= held.is_none();
        column.last = held;
    }

    fn finish(mut self) -> Vec<Column> {
        while self.next < self.grid.count {
            self.enter();
            self.next += 1;
        }
        self.columns
    }
}

impl Column {
    fn see(&mut self, min: Option<f64>, max: Option<f64>) {
        let both = |one: Option<f64>, other: Option<f64>, of: fn(f64, f64) -> f64| match (one, other) {
            (Some(one), Some(other)) => Some(of(one, other)),
            (one, other) => one.or(other),
        };
        self.min = both(self.min, min, f64::min);
        self.max = both(self.max, max, f64::max);
    }
}
