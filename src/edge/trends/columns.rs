//! A span of time in as many columns as a display has pixels, with exact extremes.
//!
//! Takes: buckets of a roll-up where columns are wide, else chunks (by their summaries where a chunk lies within one
//! column), hot rows, gaps.
//! Gives: [`Span`]s.
//! Never: loses a spike, bridges the unknown, or says anything of a time that has not come yet.
//!
//! A column of four buckets or more of a roll-up begins and ends with one of them. So all columns are exact, none is
//! wider than another by more than a fourth, and a year needs no sample.

use std::ops::Range;

use rusqlite::{Connection, params};

use super::bucket::{Bucket, Step, floor};
use super::codec::Entry;
use super::{past, read, schema, wall};
use crate::engine::base::PointId;
use crate::live::Span;

/// Columns in one answer at most.
const MOST: usize = 100_000;
/// Buckets of a roll-up that a column has at least.
const BUCKETS: i64 = 4;

/// Columns over `from <= ms < to`, of equal width as far as whole units allow.
struct Grid {
    from: i64,
    to: i64,
    /// Milliseconds.
    unit: i64,
    units: i128,
    count: usize,
    /// The roll-up whose step is the unit; none for single milliseconds.
    step: Option<Step>,
}

impl Grid {
    /// Nothing finer than `finest` is there.
    fn new(from: i64, to: i64, pixels: usize, finest: Option<Step>) -> Option<Grid> {
        if from >= to || pixels == 0 {
            return None;
        }
        let pixels = pixels.min(MOST);
        let width = (i128::from(to) - i128::from(from)) / pixels as i128;
        let wide = Step::ALL.into_iter().rev().find(|step| width >= i128::from(step.ms() * BUCKETS));
        let step = wide.max(finest);
        let unit = step.map_or(1, Step::ms);
        let (from, past) = (floor(from, unit), floor(to, unit));
        let to = if past < to { past.saturating_add(unit) } else { to };
        let units = (i128::from(to) - i128::from(from)) / i128::from(unit);
        Some(Grid { from, to, unit, units, count: usize::try_from(units).unwrap_or(MOST).clamp(1, pixels), step })
    }

    fn column(&self, ms: i64) -> usize {
        let units = (i128::from(ms) - i128::from(self.from)).div_euclid(i128::from(self.unit));
        usize::try_from(units * self.count as i128 / self.units).unwrap_or(0).min(self.count - 1)
    }

    fn start(&self, column: usize) -> i64 {
        let units = (column as i128 * self.units + self.count as i128 - 1) / self.count as i128;
        i64::try_from(i128::from(self.from) + units * i128::from(self.unit)).unwrap_or(i64::MAX)
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
) -> rusqlite::Result<Vec<Span>> {
    // One transaction, so that no commit moves samples from rows to chunks between two looks.
    let reader = reader.unchecked_transaction()?;
    let finest = past::finest(&reader, from)?;
    let Some(grid) = Grid::new(from, to, pixels, finest) else { return Ok(Vec::new()) };
    let (from, to) = (grid.from, grid.to);
    let series = read::series(&reader, point)?;
    let mut sweep = Sweep::new(&grid, alive);
    if series.is_empty() {
        return Ok(sweep.finish());
    }
    sweep.held = past::before(&reader, &series, from)?;
    match grid.step {
        Some(step) => {
            past::steps(&reader, &series, step, from, to)?.iter().for_each(|bucket| sweep.take_bucket(bucket));
        }
        None => {
            let mut placed = gather(&reader, &series, from, to)?;
            find_mixed(&mut placed);
            resolve(&reader, &grid, &placed, from..to, &mut sweep)?;
        }
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
        // Only the first and the last chunk reach beyond.
        if entries.first().is_some_and(|entry| entry.ms < within.start)
            || entries.last().is_some_and(|entry| entry.ms >= within.end)
        {
            entries.retain(|entry| within.contains(&entry.ms));
        }
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
    columns: Vec<Span>,
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
        let empty =
            |column| Span { at: wall(grid.start(column)), min: None, max: None, last: None, count: 0, unknown: false };
        Sweep { grid, alive, columns: (0..grid.count).map(empty).collect(), next: 0, at: 0, reached: 0..0, held: None }
    }

    /// Samples in order of time, none before the last.
    fn take(&mut self, mut entries: &[Entry]) {
        while let [first, more @ ..] = entries {
            let (column, end) = self.reach(first.ms);
            // Many samples share a column: it is looked up once for all of them.
            let (within, rest) = entries.split_at(1 + more.partition_point(|entry| entry.ms < end));
            // One pass: a day has 86,400 of them.
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for entry in within {
                if let Some(value) = entry.value {
                    least = if value < least { value } else { least };
                    most = if value > most { value } else { most };
                } else {
                    column.unknown = true;
                }
                column.count += u64::from(entry.is_sample());
            }
            if least <= most {
                column.see(Some(least), Some(most));
            }
            let last = within.last().and_then(|entry| entry.value);
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

    /// A bucket of a roll-up; no column begins within one.
    fn take_bucket(&mut self, bucket: &Bucket) {
        let (column, _) = self.reach(bucket.first_ms);
        column.see(bucket.min, bucket.max);
        column.count += bucket.count;
        column.unknown |= bucket.unknown > 0;
        column.last = bucket.last;
        self.held = Some(bucket.last);
    }

    /// The column of `ms`, and where it ends; those up to it are entered.
    fn reach(&mut self, ms: i64) -> (&mut Span, i64) {
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

    fn finish(mut self) -> Vec<Span> {
        while self.next < self.grid.count {
            self.enter();
            self.next += 1;
        }
        self.columns
    }
}

impl Span {
    fn see(&mut self, min: Option<f64>, max: Option<f64>) {
        let both = |one: Option<f64>, other: Option<f64>, of: fn(f64, f64) -> f64| match (one, other) {
            (Some(one), Some(other)) => Some(of(one, other)),
            (one, other) => one.or(other),
        };
        self.min = both(self.min, min, f64::min);
        self.max = both(self.max, max, f64::max);
    }
}
