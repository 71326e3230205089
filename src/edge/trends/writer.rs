//! The thread that writes: one commit a second.
//!
//! Takes: samples from a bounded queue.
//! Gives: hot rows, and every hour chunks.
//! Never: makes whoever records wait.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::codec::Entry;
use super::compact::Extent;
use super::room::{self, Guard, Retention};
use super::row::Item;
use super::{Sample, Shared, alarm, compact, millis, rollups, row, schema};
use crate::engine::base::{Now, PointId, Reason};

/// At most this passes between a sample and its commit.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// Between looks at the queue while samples come, so that a busy queue does not wake the thread for each of them.
const SLICE: Duration = Duration::from_millis(50);
/// Between signs of life while nothing comes.
const ALIVE_EVERY: Duration = Duration::from_secs(10);
/// Samples that wait in memory at most while the disk refuses; what comes on top is dropped and counted. Also keeps a
/// row's count within the cursor's 20 bits.
const WAITING: usize = 262_144;
/// The room for so many stays when they are committed; a site that starts has as many at once as it has points.
const KEPT: usize = 8_192;
/// Samples in hot rows before they become chunks, although the hour is not over.
const HOT: u64 = 1_000_000;
const HOUR_MS: i64 = 3_600_000;
/// Samples of a whole second that lie further back than this mean a clock that was set back.
const STEP_MS: i64 = 60_000;

/// What the writer is asked.
pub(super) enum Message {
    /// Keep this.
    Sample(Sample),
    /// Keep this, too.
    Alarm(alarm::Change),
    /// Watch the room that is left.
    Guard(Guard),
    /// Keep everything for so long.
    Keep(Retention),
    /// Commit now and say so.
    Flush(SyncSender<()>),
}

pub(super) struct Writer {
    path: PathBuf,
    connection: Connection,
    messages: Receiver<Message>,
    shared: Arc<Shared>,
    /// Class and number of each point's series.
    series: HashMap<PointId, (Arc<str>, u64)>,
    /// Series that are not in the file yet.
    new: Vec<(u64, PointId, Arc<str>)>,
    next_series: u64,
    waiting: Vec<Item>,
    /// Changes of alarms that are not in the file yet.
    alarms: Vec<alarm::Change>,
    /// Something of the file is not in the roll-ups yet.
    behind: bool,
    /// The newest wall time heard, in ms, and when it was heard: the wall clock without a clock.
    heard: (i64, Instant),
    /// Hour of the oldest row that is not in chunks yet, and how many samples there are.
    hot: Option<(i64, u64)>,
    committed: Instant,
    /// The newest hour heard of.
    hour: i64,
    guard: Option<Guard>,
    /// How long each kind is kept; for ever until somebody says.
    kept: Option<Retention>,
}

impl Writer {
    pub(super) fn new(
        path: PathBuf,
        connection: Connection,
        now: Now,
        messages: Receiver<Message>,
        shared: Arc<Shared>,
    ) -> rusqlite::Result<Writer> {
        let mut series = HashMap::new();
        let mut next_series = 1;
        // Points of one device follow one another, and share the word for their class.
        let mut last: Arc<str> = Arc::from("");
        {
            let mut rows = connection.prepare("SELECT id, point, class FROM series ORDER BY id")?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let (id, point, class): (u64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                next_series = id + 1;
                if *last != *class {
                    last = class.into();
                }
                series.insert(PointId::new(&point), (Arc::clone(&last), id));
            }
        }
        Ok(Writer {
            path,
            connection,
            messages,
            shared,
            series,
            new: Vec::new(),
            next_series,
            waiting: Vec::new(),
            alarms: Vec::new(),
            behind: true,
            heard: (millis(now.wall), instant()),
            hot: None,
            committed: instant(),
            hour: millis(now.wall).div_euclid(HOUR_MS),
            guard: None,
            kept: None,
        })
    }

    /// Runs until every sender is gone.
    pub(super) fn run(mut self) {
        // What an earlier process left becomes chunks first: no chunk spans the gap between the two.
        self.chunk(Extent::Everything);
        while self.listen() {
            self.catch_up();
        }
        self.commit();
    }

    /// One slice. False when nobody can send any more.
    fn listen(&mut self) -> bool {
        let due = if self.is_idle() { ALIVE_EVERY } else { COMMIT_EVERY };
        let left = due.saturating_sub(self.committed.elapsed());
        if left.is_zero() {
            self.commit();
            return true;
        }
        if !self.is_idle() || self.behind {
            std::thread::sleep(SLICE.min(left));
            return self.drain();
        }
        match self.messages.recv_timeout(left) {
            Ok(message) => {
                self.take(message);
                self.drain()
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.alarms.is_empty()
    }

    /// A bounded step between two looks at the queue, until the roll-ups say everything that the file says.
    fn catch_up(&mut self) {
        if self.behind {
            self.behind = rollups::catch_up(&mut self.connection).unwrap_or_else(|error| {
                tracing::error!(%error, "the roll-ups of the trends were not made; they follow at the next start");
                false
            });
        }
    }

    fn drain(&mut self) -> bool {
        loop {
            match self.messages.try_recv() {
                Ok(message) => self.take(message),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Sample(sample) => {
                self.shared.queued.fetch_sub(1, Ordering::Relaxed);
                self.take_sample(&sample);
            }
            Message::Alarm(change) => self.take_alarm(change),
            Message::Guard(guard) => {
                self.guard = Some(guard);
                self.look_at_room();
            }
            Message::Keep(kept) => {
                self.kept = Some(kept);
                self.expire();
            }
            Message::Flush(done) => {
                self.commit();
                // Whoever asked may have given up; the commit stands all the same.
                let _ = done.send(());
            }
        }
    }

    fn take_alarm(&mut self, change: alarm::Change) {
        // What would end is never dropped, and can be no more than what began.
        if change.active && self.alarms.len() >= WAITING {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.is_idle() {
            self.committed = instant();
        }
        self.alarms.push(change);
    }

    fn take_sample(&mut self, sample: &Sample) {
        if self.waiting.len() >= WAITING {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.is_idle() {
            // The second begins with its first sample; an idle time before it does not count.
            self.committed = instant();
        }
        let ms = millis(sample.at);
        let hour = ms.div_euclid(HOUR_MS);
        // A row of its own for a new hour: chunks then begin and end with the hour, and month views need no unpacking.
        if self.hour < hour {
            self.hour = hour;
            if !self.waiting.is_empty() {
                self.commit();
            }
        }
        let series = self.series_of(sample);
        let (value, quality) = match (sample.value, sample.quality) {
            (Some(value), 0) if !value.is_finite() => (None, Reason::BadValue.code()),
            (Some(value), quality) if !value.is_finite() => (None, quality),
            kept => kept,
        };
        self.waiting.push((series, Entry { ms, value, quality }));
    }

    fn series_of(&mut self, sample: &Sample) -> u64 {
        if let Some((class, id)) = self.series.get(&sample.point)
            && *class == sample.class
        {
            return *id;
        }
        // A point whose class changed gets another series; an earlier one of the same class is found again.
        let earlier = self
            .connection
            .prepare_cached("SELECT id FROM series WHERE point = ?1 AND class = ?2")
            .and_then(|mut known| known.query_row(params![sample.point.as_str(), &*sample.class], |row| row.get(0)));
        let id = earlier.unwrap_or_else(|_| {
            let id = self.next_series;
            self.next_series += 1;
            self.new.push((id, sample.point.clone(), sample.class.clone()));
            id
        });
        self.series.insert(sample.point.clone(), (sample.class.clone(), id));
        id
    }

    /// Commits what waits, together with the sign of life and the cursors. What fails waits for the next second.
    fn commit(&mut self) {
        self.committed = instant();
        let written = self.write();
        match written {
            Ok(()) => self.shared.set_fault(None),
            Err(error) => {
                let fault = format!("{}: {error}", self.path.display());
                tracing::error!(%fault, waiting = self.waiting.len(), "trends are not being written");
                self.shared.set_fault(Some(fault));
            }
        }
        self.look_at_room();
    }

    fn write(&mut self) -> rusqlite::Result<()> {
        let alive = self.alive();
        let moved = self.shared.feed().moved();
        let transaction = self.connection.transaction()?;
        for (id, point, class) in &self.new {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO series (id, point, class) VALUES (?1, ?2, ?3)")?
                .execute(params![id, point.as_str(), &**class])?;
        }
        if let Some(last) = self.waiting.iter().map(|(_, entry)| entry.ms).max() {
            transaction
                .prepare_cached("INSERT INTO hot (last, count, samples) VALUES (?1, ?2, ?3)")?
                .execute(params![last, self.waiting.len(), row::encode(&mut self.waiting)])?;
        }
        alarm::write(&transaction, &self.alarms)?;
        schema::set_meta(&transaction, "alive", alive)?;
        for (consumer, position) in &moved {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO cursor (consumer, position) VALUES (?1, ?2)")?
                .execute(params![consumer, position])?;
        }
        transaction.commit()?;
        self.shared.feed().kept(&moved);
        self.shared.alive.store(alive, Ordering::Relaxed);
        self.new = Vec::new();
        self.alarms = Vec::new();
        self.after_commit();
        Ok(())
    }

    /// The wall time by what the samples say. One sample may be dated back (unknown since then); when a whole second
    /// of them lies more than a minute back, the clock was set back.
    fn alive(&mut self) -> i64 {
        let elapsed = i64::try_from(self.heard.1.elapsed().as_millis()).unwrap_or(i64::MAX);
        let expected = self.heard.0.saturating_add(elapsed);
        match self.waiting.iter().map(|(_, entry)| entry.ms).max() {
            Some(newest) if newest > expected || newest < expected.saturating_sub(STEP_MS) => {
                self.heard = (newest, instant());
                newest
            }
            _ => expected,
        }
    }

    /// Decides whether the hour is over.
    fn after_commit(&mut self) {
        let Some((_, newest)) = self.waiting.last() else { return };
        let hour = newest.ms.div_euclid(HOUR_MS);
        let (oldest, count) = self.hot.unwrap_or((hour, 0));
        let fresh = self.waiting.len() as u64;
        self.hot = Some((oldest, count + fresh));
        self.waiting.clear();
        self.waiting.shrink_to(KEPT);
        if (hour != oldest || count + fresh >= HOT) && self.chunk(Extent::AllButNewest) {
            self.hot = Some((hour, fresh));
            self.expire();
        }
    }

    fn chunk(&mut self, extent: Extent) -> bool {
        let done = compact::compact(&mut self.connection, extent);
        if let Err(error) = &done {
            tracing::error!(%error, "hot rows of the trends were not made into chunks; tried again later");
        }
        done.is_ok()
    }

    /// Removes what has been kept long enough.
    fn expire(&mut self) {
        let now = self.alive();
        let Some(kept) = &self.kept else { return };
        match room::expire(&mut self.connection, kept, now) {
            Ok(removed) => {
                self.shared.expired.fetch_add(removed, Ordering::Relaxed);
            }
            Err(error) => tracing::error!(%error, "what the trends have kept long enough was not removed"),
        }
    }

    fn look_at_room(&mut self) {
        let Some(guard) = &mut self.guard else { return };
        if guard.is_due(instant()) {
            let removed = guard.make_room(&mut self.connection);
            self.shared.thinned.fetch_add(removed, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the thread paces its commits; nothing that is replayed")]
fn instant() -> Instant {
    Instant::now()
}
