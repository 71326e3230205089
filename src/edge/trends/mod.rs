//! Measurements over time: `trend.db` with a hot row per second and compressed chunks per point and hour.
//!
//! Takes: samples by exception; what is unknown comes as a sample without a value.
//! Gives: the samples of a point, its roll-ups, exact minimum and maximum per pixel column, and all samples in order for
//! other stores.
//! Never: a line through the unknown, a row per sample, or a wait for whoever records.
//!
//! Once a second everything that came in is committed as one row (WAL, `synchronous=FULL`): a kill loses at most the
//! last second. After an hour, or a million samples, the hot rows become one chunk per point, and in the same transaction
//! roll-ups of a minute, a quarter, an hour and a day. Times are kept in whole milliseconds, rounded down. A wall clock
//! that steps back does no harm: rows keep the order of arrival, reading sorts by time, and what shares time is rolled up
//! anew from its samples. The time in which the gateway did not run is a gap of its own ([`NOT_RUNNING`]).

mod alarm;
mod blocks;
mod bucket;
mod codec;
mod columns;
mod compact;
#[cfg(test)]
mod crash_tests;
mod error;
mod feed;
mod pages;
mod past;
#[cfg(test)]
mod past_tests;
mod read;
mod reader;
mod rollups;
mod room;
#[cfg(test)]
mod room_tests;
mod row;
mod schema;
mod segments;
mod shared;
#[cfg(test)]
mod tests;
mod varint;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::engine::base::{Now, PointId, Wall};
use crate::live::{Rollup, Span};

pub use bucket::Step;
pub use error::TrendsError;
pub use feed::{Stretch, commits_between};
pub use reader::Reader;
pub use room::Retention;
pub use segments::Segment;

use feed::Feed;
use shared::Shared;
use writer::{Message, Writer};

/// Quality of the gap that stands for the time in which the gateway did not run.
pub const NOT_RUNNING: u8 = 255;
/// Quality of the gap that stands for a chunk which can no longer be read.
pub const DAMAGED: u8 = 254;
/// Samples that may wait for the writer thread; what comes on top is dropped and counted.
pub const QUEUE: usize = 131_072;

/// Reading connections that are kept open between reads.
const READERS_KEPT: usize = 2;

/// One sample of one point.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Which point.
    pub point: PointId,
    /// The profile's class: the measurement's name in a time-series store.
    pub class: Arc<str>,
    /// When the reply that carried it was verified, or since when it is unknown.
    pub at: Wall,
    /// The value; `None` is unknown. A number that is not finite is stored as unknown.
    pub value: Option<f64>,
    /// 0 is good, else the code of the reason ([`crate::engine::base::Reason::code`]), [`NOT_RUNNING`] or [`DAMAGED`].
    pub quality: u8,
}

/// A sample of a point that is already known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// When, in whole milliseconds.
    pub at: Wall,
    /// The value, which holds until the next mark; `None` is unknown.
    pub value: Option<f64>,
    /// As in [`Sample::quality`].
    pub quality: u8,
}

/// A handle on the trends. When the last clone goes, the writer thread commits what is left and ends.
#[derive(Clone)]
pub struct Trends {
    inner: Arc<Inner>,
}

struct Inner {
    /// Has no bound of its own, because one would take the memory of a full queue for ever; [`Shared::queued`] bounds it.
    queue: Option<mpsc::Sender<Message>>,
    writer: Option<JoinHandle<()>>,
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    shared: Arc<Shared>,
}

impl Trends {
    /// Opens `trend.db` in `state_dir` (made if missing) and notes the gap since it was last written. A damaged file
    /// is moved aside to `trend.db.broken` and trends begin anew. The caller holds the state directory's lock.
    /// Blocking.
    ///
    /// # Errors
    /// A newer release wrote the file, or the disk fails.
    pub fn open(state_dir: &Path, now: Now) -> Result<Trends, TrendsError> {
        std::fs::create_dir_all(state_dir).map_err(|source| TrendsError::Io { path: state_dir.into(), source })?;
        let path = state_dir.join("trend.db");
        let connection = schema::open_writer(&path)?;
        schema::note_outage(&connection, now).map_err(TrendsError::sqlite(&path))?;
        let shared = Arc::new(Shared::default());
        shared.alive.store(millis(now.wall), Ordering::Relaxed);
        *shared.feed() = Feed::load(&connection).map_err(TrendsError::sqlite(&path))?;
        let (queue, messages) = mpsc::channel();
        let writer = Writer::new(path.clone(), connection, now, messages, Arc::clone(&shared))
            .map_err(TrendsError::sqlite(&path))?;
        let writer = std::thread::Builder::new()
            .name("trends".to_owned())
            .spawn(move || writer.run())
            .map_err(|source| TrendsError::Io { path: path.clone(), source })?;
        let inner = Inner { queue: Some(queue), writer: Some(writer), path, readers: Mutex::default(), shared };
        Ok(Trends { inner: Arc::new(inner) })
    }

    /// Takes a sample; never blocks. A full queue drops it and counts ([`Trends::dropped`]).
    pub fn record(&self, sample: Sample) {
        let shared = &self.inner.shared;
        let room = shared.queued.fetch_add(1, Ordering::Relaxed) < QUEUE;
        let queue = self.inner.queue.as_ref().filter(|_| room);
        if queue.is_none_or(|queue| queue.send(Message::Sample(sample)).is_err()) {
            shared.queued.fetch_sub(1, Ordering::Relaxed);
            shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that `point` enters alarm (`active`) or leaves it; what says what stands already changes nothing. Never
    /// blocks. Kept in the file like a sample.
    pub fn alarm(&self, point: &PointId, at: Wall, active: bool) {
        self.ask(Message::Alarm(alarm::Change { point: point.clone(), ms: millis(at), active }));
    }

    /// Points that are in alarm as far as the file knows, by name. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn in_alarm(&self) -> Result<Vec<PointId>, TrendsError> {
        self.reading(alarm::lasting)
    }

    /// How many samples wait for the writer thread; at most [`QUEUE`].
    pub fn queued(&self) -> usize {
        self.inner.shared.queued.load(Ordering::Relaxed)
    }

    /// How many samples were dropped since the start, because the queue was full or the disk refused for too long.
    pub fn dropped(&self) -> u64 {
        self.inner.shared.dropped.load(Ordering::Relaxed)
    }

    /// How many chunks and pages of roll-ups the guard removed since the start, for want of room.
    pub fn thinned(&self) -> u64 {
        self.inner.shared.thinned.load(Ordering::Relaxed)
    }

    /// How many went since the start because they had been kept long enough.
    pub fn expired(&self) -> u64 {
        self.inner.shared.expired.load(Ordering::Relaxed)
    }

    /// Keeps everything as long as `kept` says, from now on: looks at once, then every hour.
    pub fn keep(&self, kept: Retention) {
        self.ask(Message::Keep(kept));
    }

    /// Why nothing is written at this moment; `None` while all is well.
    pub fn fault(&self) -> Option<String> {
        self.inner.shared.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Removes the oldest samples, then the finest roll-ups, whenever `free` says that fewer than `keep` bytes are left:
    /// at once, then once a minute. Events are never removed for room; trends are.
    pub fn guard(&self, keep: u64, free: impl FnMut() -> std::io::Result<u64> + Send + 'static) {
        self.ask(Message::Guard(room::Guard { keep, free: Box::new(free), looked: None }));
    }

    /// Waits until everything recorded before is committed, or could not be ([`Trends::fault`]). Blocking.
    pub fn flush(&self) {
        let (done, wait) = mpsc::sync_channel(1);
        self.ask(Message::Flush(done));
        // An error means that the writer ended; there is nothing to wait for then.
        let _ = wait.recv();
    }

    fn ask(&self, message: Message) {
        if self.inner.queue.as_ref().is_none_or(|queue| queue.send(message).is_err()) {
            tracing::error!("the writer thread of the trends has ended");
        }
    }

    /// The marks of `point` with `from <= at < to`, by time. Gaps are marks without a value. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn read(&self, point: &PointId, from: Wall, to: Wall) -> Result<Vec<Mark>, TrendsError> {
        self.reading(|reader| read::read(reader, point, ceil_millis(from), ceil_millis(to)))
    }

    /// The mark of `point` that held just before `at`; none before the first one. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn held(&self, point: &PointId, at: Wall) -> Result<Option<Mark>, TrendsError> {
        self.reading(|reader| reader::held(reader, point, at))
    }

    /// The first `limit` marks of what [`Trends::read`] gives, and those that bear the same time as the last of them; only
    /// about as much of the file is read. With fewer than `limit` there are no more. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn first(&self, point: &PointId, from: Wall, to: Wall, limit: usize) -> Result<Vec<Mark>, TrendsError> {
        self.reading(|reader| segments::first(reader, point, ceil_millis(from), ceil_millis(to), limit))
    }

    /// The runs of equal value and quality within `from <= at < to`, beginning with what held before, by time; and from
    /// where to go on, if `limit` marks did not reach to the end. What has not come yet is no part of it. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn segments(
        &self,
        point: &PointId,
        from: Wall,
        to: Wall,
        limit: usize,
    ) -> Result<(Vec<Segment>, Option<Wall>), TrendsError> {
        let alive = self.inner.shared.alive.load(Ordering::Relaxed);
        self.reading(|reader| segments::segments(reader, point, ceil_millis(from), ceil_millis(to), limit, alive))
    }

    /// `from <= at < to` in up to `pixels` columns (at most 100,000): for each the exact extremes of what held during it,
    /// also of a value that came before it and still holds. Columns are of equal width; those of four minutes and more
    /// begin with a whole UTC minute, of an hour and more with a quarter, of four hours and more with an hour, of four days
    /// and more with a day, so the first may begin a little before `from` and the last end a little after `to`. Where
    /// samples have been removed, columns are as wide as what is left of them. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn envelope(&self, point: &PointId, from: Wall, to: Wall, pixels: usize) -> Result<Vec<Span>, TrendsError> {
        let alive = self.inner.shared.alive.load(Ordering::Relaxed);
        self.reading(|reader| columns::envelope(reader, point, ceil_millis(from), ceil_millis(to), pixels, alive))
    }

    /// What each whole UTC `step` that touches `from <= at < to` says of `point`, in order of time: the samples in it,
    /// and what held from before. There is none for a step before the first sample, or one that has not begun.
    /// The caller bounds how many steps that may be. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn rollups(&self, point: &PointId, from: Wall, to: Wall, step: Step) -> Result<Vec<Rollup>, TrendsError> {
        let alive = self.inner.shared.alive.load(Ordering::Relaxed);
        self.reading(|reader| past::rollups(reader, point, ceil_millis(from), ceil_millis(to), step, alive))
    }

    /// Up to `limit` committed samples of all points after `cursor` (0 is the beginning) and the cursor after them.
    /// Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn after(&self, cursor: u64, limit: usize) -> Result<(Vec<Sample>, u64), TrendsError> {
        let read = self.between(cursor, u64::MAX, limit)?;
        Ok((read.samples, read.next))
    }

    /// Up to `limit` committed samples of all points after `cursor` and before the cursor `until`. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn between(&self, cursor: u64, until: u64, limit: usize) -> Result<Stretch, TrendsError> {
        self.reading(|reader| feed::between(reader, cursor, until, limit))
    }

    /// The cursor after everything committed. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn end(&self) -> Result<u64, TrendsError> {
        self.reading(feed::end)
    }

    /// How many committed samples follow `cursor`, counted until there are more than `enough`. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn waiting(&self, cursor: u64, enough: u64) -> Result<u64, TrendsError> {
        self.reading(|reader| feed::waiting(reader, cursor, enough))
    }

    /// How far `consumer` came; 0 for a new one. From the first call on, hot rows are kept until it has passed them,
    /// though for seven days at most.
    pub fn cursor(&self, consumer: &str) -> u64 {
        self.inner.shared.feed().cursor(consumer)
    }

    /// Notes that `consumer` is done with everything before `cursor`. It never falls, and is on the disk within about
    /// a second; after a kill the samples of that second come again.
    pub fn advance(&self, consumer: &str, cursor: u64) {
        self.advance_all(&[(consumer, cursor)]);
    }

    /// As [`Trends::advance`], for several positions that belong together: after a kill all of them stand, or none.
    pub fn advance_all(&self, positions: &[(&str, u64)]) {
        self.inner.shared.feed().advance(positions);
    }

    /// Every point that has a trend, by name. Blocking.
    ///
    /// # Errors
    /// The disk fails.
    pub fn points(&self) -> Result<Vec<PointId>, TrendsError> {
        self.reading(read::points)
    }

    fn reading<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, TrendsError> {
        let sqlite = TrendsError::sqlite(&self.inner.path);
        let kept = self.readers().pop();
        let reader = match kept {
            Some(reader) => reader,
            None => schema::open_reader(&self.inner.path).map_err(&sqlite)?,
        };
        let result = work(&reader).map_err(&sqlite)?;
        let mut readers = self.readers();
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        Ok(result)
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer thread of the trends panicked");
        }
    }
}

/// Whole milliseconds, rounded down: no sample is dated later than it was read.
fn millis(at: Wall) -> i64 {
    at.0.div_euclid(1_000)
}

/// The first whole millisecond at or after `at`.
fn ceil_millis(at: Wall) -> i64 {
    at.0.div_euclid(1_000) + i64::from(at.0.rem_euclid(1_000) != 0)
}

fn wall(ms: i64) -> Wall {
    Wall(ms.saturating_mul(1_000))
}
