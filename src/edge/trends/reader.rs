//! Reads `trend.db` beside the gateway that writes it.
//!
//! Takes: a state directory, also of a gateway that runs.
//! Gives: points, marks and what held at an instant.
//! Never: writes, and never waits for the writer.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{DAMAGED, Mark, NOT_RUNNING, TrendsError, ceil_millis, read, schema, wall};
use crate::engine::base::{PointId, Reason, Wall};
use crate::live;

/// A reading handle without a writer. Blocking.
pub struct Reader {
    path: PathBuf,
    connection: Connection,
}

impl Reader {
    /// Opens the trends of a state directory.
    ///
    /// # Errors
    /// There are none, or the disk fails.
    pub fn open(state_dir: &Path) -> Result<Reader, TrendsError> {
        let path = state_dir.join("trend.db");
        let connection = schema::open_reader(&path).map_err(TrendsError::sqlite(&path))?;
        Ok(Reader { path, connection })
    }

    /// Every point that has a trend, by name.
    ///
    /// # Errors
    /// The disk fails.
    pub fn points(&self) -> Result<Vec<PointId>, TrendsError> {
        read::points(&self.connection).map_err(TrendsError::sqlite(&self.path))
    }

    /// The marks of `point` with `from <= at < to`, by time; gaps are marks without a value.
    ///
    /// # Errors
    /// The disk fails.
    pub fn read(&self, point: &PointId, from: Wall, to: Wall) -> Result<Vec<Mark>, TrendsError> {
        let marks = read::read(&self.connection, point, ceil_millis(from), ceil_millis(to));
        marks.map_err(TrendsError::sqlite(&self.path))
    }

    /// The mark that held just before `at`; none before the first one.
    ///
    /// # Errors
    /// The disk fails.
    pub fn held(&self, point: &PointId, at: Wall) -> Result<Option<Mark>, TrendsError> {
        held(&self.connection, point, at).map_err(TrendsError::sqlite(&self.path))
    }
}

impl Mark {
    /// The mark with its quality in the word that people and programs read.
    pub fn sample(self) -> live::Sample {
        let quality = match self.quality {
            0 => "good",
            NOT_RUNNING => "not-running",
            DAMAGED => "damaged",
            code => Reason::ALL.into_iter().find(|reason| reason.code() == code).map_or("unknown", Reason::as_str),
        };
        live::Sample { at: self.at, value: self.value, quality }
    }
}

/// The mark that held just before `at`.
pub(super) fn held(reader: &Connection, point: &PointId, at: Wall) -> rusqlite::Result<Option<Mark>> {
    // One transaction, so that no commit moves samples from rows to chunks between the two looks.
    let reader = reader.unchecked_transaction()?;
    let series = read::series(&reader, point)?;
    let before = if series.is_empty() { None } else { read::before(&reader, &series, ceil_millis(at))? };
    Ok(before.map(|entry| Mark { at: wall(entry.ms), value: entry.value, quality: entry.quality }))
}
