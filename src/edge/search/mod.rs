//! An index of the journal, for people who look for something in it.
//!
//! Takes: committed facts through [`Records`], at its own pace.
//! Gives: [`Index`], which answers [`Search`].
//! Never: anything that is not in the journal; makes the journal's writer wait; stands in the way of a start. It holds
//! nothing of its own: `search.db` may be deleted at any time and is made anew from the journal.
//!
//! A row for every fact, in whole numbers that name words of one table: each distinct text is kept once, in both
//! languages. A word is looked for in that table as a part of its texts, which needs no word boundaries; facts are then
//! walked through from the newest on, mostly no further than the first page (`docs/decisions/037`). What lasts has a row
//! from its beginning to its end, so that whoever tells a stretch of time reads what belongs to it and nothing else.

mod fold;
mod numbers;
mod schema;
mod sieve;
mod story;
mod take;
#[cfg(test)]
mod tests;
mod things;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::base::{EventId, Wall};
use crate::live::{Excerpt, Found, Records, Search, Sieve, Stretch, Things, Told};

/// Reading connections that are kept open between searches.
const READERS_KEPT: usize = 2;
/// Facts of one block, whose times are kept together.
const BLOCK: u64 = 512;
/// After a failure the next attempt waits so long.
const REST: Duration = Duration::from_secs(5);

/// The index.
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    block: u64,
    reached: Mutex<u64>,
    moved: Condvar,
    readers: Mutex<Vec<Connection>>,
}

impl Index {
    /// An index in `state_dir`, which is opened when it is first used.
    pub fn new(state_dir: &Path) -> Index {
        Index::in_blocks(state_dir, BLOCK)
    }

    /// The same with so many facts in a block: small ones spare reading and take room.
    pub fn in_blocks(state_dir: &Path, facts: u64) -> Index {
        let path = state_dir.join("search.db");
        let inner = Inner {
            path,
            block: facts.max(1),
            reached: Mutex::new(0),
            moved: Condvar::new(),
            readers: Mutex::default(),
        };
        Index { inner: Arc::new(inner) }
    }

    /// Takes in what is committed, until `stop`. Whatever goes wrong is tried again; a damaged index is made anew.
    pub async fn follow(self, records: Arc<dyn Records>, mut committed: watch::Receiver<u64>, stop: CancellationToken) {
        let mut taker = None;
        loop {
            let upto = *committed.borrow_and_update();
            let (index, records) = (self.clone(), Arc::clone(&records));
            let (held, ending) = (taker.take(), stop.clone());
            let taken = tokio::task::spawn_blocking(move || index.take_in(held, &*records, upto, &ending)).await;
            let wait = match taken {
                Ok(Ok(held)) => {
                    taker = Some(held);
                    None
                }
                Ok(Err(error)) => Some(error),
                Err(error) => Some(error.to_string()),
            };
            let next = async {
                match wait {
                    None => committed.changed().await.is_ok(),
                    Some(error) => {
                        tracing::warn!(path = %self.inner.path.display(), %error, "the index of the journal; trying again");
                        tokio::time::sleep(REST).await;
                        true
                    }
                }
            };
            if !stop.run_until_cancelled(next).await.unwrap_or(false) {
                return;
            }
        }
    }

    /// Takes in everything up to `upto`, unless told to stop. Blocking.
    #[expect(clippy::disallowed_methods, reason = "the thread paces itself; nothing that is replayed")]
    fn take_in(
        &self,
        held: Option<take::Taker>,
        records: &dyn Records,
        upto: u64,
        stop: &CancellationToken,
    ) -> Result<take::Taker, String> {
        let mut taker = match held {
            Some(taker) => taker,
            None => take::Taker::open(&self.inner.path, self.inner.block, records)?,
        };
        self.came_to(taker.last());
        while taker.last() < upto && !stop.is_cancelled() {
            let begun = Instant::now();
            if !taker.batch(records, upto)? {
                break;
            }
            self.came_to(taker.last());
            // A long journal is taken in beside everything else: half of a core at most.
            if taker.last() + take::BATCH < upto {
                std::thread::sleep(begun.elapsed());
            }
        }
        Ok(taker)
    }

    fn came_to(&self, seq: u64) {
        *self.inner.reached.lock().unwrap_or_else(PoisonError::into_inner) = seq;
        self.inner.moved.notify_all();
    }

    fn reading<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, String> {
        let kept = self.readers().pop();
        let reader = match kept {
            Some(reader) => reader,
            None => schema::open_reader(&self.inner.path).map_err(|error| error.to_string())?,
        };
        // A reader that failed is not used again: the file may be another one by now.
        let found = read(&reader).map_err(|error| error.to_string())?;
        let mut readers = self.readers();
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        Ok(found)
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Search for Index {
    fn reach(&self, seq: u64, within: Duration) -> u64 {
        let reached = self.inner.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.inner.moved.wait_timeout_while(reached, within, |reached| *reached < seq);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn find(&self, sieve: &Sieve, stretch: Stretch) -> Result<Found, String> {
        self.reading(|reader| sieve::find(reader, sieve, stretch))
    }

    fn story(&self, of: EventId, limit: usize) -> Result<Vec<u64>, String> {
        self.reading(|reader| story::story(reader, of, limit))
    }

    fn about(&self, of: EventId) -> Result<Vec<u64>, String> {
        self.reading(|reader| story::about(reader, of.seq))
    }

    fn excerpt(&self, from: Wall, to: Wall) -> Result<Excerpt, String> {
        self.reading(|reader| things::excerpt(reader, from, to))
    }

    fn incident(&self, seq: u64) -> Result<Excerpt, String> {
        self.reading(|reader| things::incident(reader, seq))
    }

    fn things(&self, wanted: &Things) -> Result<(Vec<u64>, u64), String> {
        self.reading(|reader| things::things(reader, wanted))
    }

    fn told(&self, of: &[u64], each: usize, most: usize) -> Result<Told, String> {
        self.reading(|reader| things::told(reader, of, each, most))
    }
}
