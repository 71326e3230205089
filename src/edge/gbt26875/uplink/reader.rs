//! Committed facts, turned into items for the centre.
//!
//! Takes: the journal, through [`Facts`].
//! Gives: items in the order of the journal, and how far the centre has everything.
//! Never: blocks an asynchronous thread, or holds more than a bounded number of items. When too much waits, it reads on
//! for fires only and comes back for the rest.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::saying::Saying;
use super::sending::{Item, Lane, Sending};
use crate::engine::alarm::{Fact, Raise, State};
use crate::engine::base::EventId;
use crate::live::Picture;

/// Facts read at once.
const BATCH: usize = 200;
/// With more items than this waiting, only fires are taken.
const WAITING_MOST: usize = 20_000;
/// How long to wait after the disk failed.
const RETRY: Duration = Duration::from_secs(1);

/// The journal as this edge needs it. All but `committed` block and are called off the asynchronous threads.
pub trait Facts: Send + Sync + 'static {
    /// The last committed sequence number, as it rises.
    fn committed(&self) -> watch::Receiver<u64>;
    /// How far the centre has everything.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn cursor(&self) -> Result<u64, String>;
    /// The centre has everything up to `seq`.
    ///
    /// # Errors
    /// What the disk said; the facts are then reported again after a restart.
    fn advance(&self, seq: u64) -> Result<(), String>;
    /// At most `limit` facts after `after`.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String>;
}

/// Reads on.
pub(super) struct Reader {
    source: Arc<dyn Facts>,
    committed: watch::Receiver<u64>,
    saying: Arc<Saying>,
    picture: Arc<Picture>,
    position: u64,
    /// The first fact that was passed over because too much waited.
    passed_over: Option<u64>,
    /// Fires taken from behind it.
    taken: BTreeSet<u64>,
    not_before: Instant,
    stored: u64,
}

impl Reader {
    /// Reads after `position`.
    pub fn new(source: Arc<dyn Facts>, saying: Arc<Saying>, picture: Arc<Picture>, position: u64) -> Reader {
        let committed = source.committed();
        // A cursor beyond the journal (it was replaced by an older copy) would read nothing until that has caught up.
        let position = position.min(*committed.borrow());
        Reader {
            source,
            committed,
            saying,
            picture,
            position,
            passed_over: None,
            taken: BTreeSet::new(),
            not_before: Instant::now(),
            stored: position,
        }
    }

    /// Whether there is more to read.
    pub fn is_behind(&self) -> bool {
        *self.committed.borrow() > self.position
    }

    /// Waits until there is something to read. May be dropped at any await.
    pub async fn readable(&mut self) {
        sleep_until(self.not_before).await;
        while *self.committed.borrow_and_update() <= self.position {
            if self.committed.changed().await.is_err() {
                // The journal is closed; nothing will ever come.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Reads some facts into `sending`.
    pub async fn read(&mut self, sending: &mut Sending) {
        let (source, saying, picture) = (Arc::clone(&self.source), Arc::clone(&self.saying), Arc::clone(&self.picture));
        let after = self.position;
        let read = tokio::task::spawn_blocking(move || items(source.as_ref(), &saying, &picture, after)).await;
        let (items, upto) = match read {
            Ok(Ok((items, upto))) if upto > after => (items, upto),
            Ok(Ok(_)) => return self.later("nothing to read although it is committed"),
            Ok(Err(reason)) => return self.later(&reason),
            Err(error) => return self.later(&error.to_string()),
        };
        self.position = upto;
        for item in items {
            if self.taken.contains(&item.seq) && item.lane == Lane::Fire {
                continue;
            }
            if item.lane == Lane::Fire {
                if self.passed_over.is_some() {
                    self.taken.insert(item.seq);
                }
                sending.push(item);
            } else if self.passed_over.is_some() || sending.waiting() >= WAITING_MOST {
                self.passed_over.get_or_insert(item.seq);
            } else {
                sending.push(item);
            }
        }
        self.come_back(sending);
    }

    /// Goes back to what was passed over, once most of what waited is done.
    pub fn come_back(&mut self, sending: &Sending) {
        if sending.waiting() < WAITING_MOST / 2
            && !self.is_behind()
            && let Some(first) = self.passed_over.take()
        {
            self.position = first.saturating_sub(1);
        }
        if self.passed_over.is_none() && !self.is_behind() {
            self.taken.clear();
        }
    }

    /// Stores how far the centre has everything, when that has moved.
    pub async fn store(&mut self, sending: &Sending) {
        let undone = [sending.oldest_undone(), self.passed_over].into_iter().flatten().min();
        let done = undone.map_or(self.position, |oldest| oldest.saturating_sub(1));
        if done <= self.stored {
            return;
        }
        let source = Arc::clone(&self.source);
        match tokio::task::spawn_blocking(move || source.advance(done)).await {
            Ok(Ok(())) => self.stored = done,
            other => tracing::warn!(?other, "the cursor of the uplink cannot be stored"),
        }
    }

    fn later(&mut self, reason: &str) {
        tracing::warn!(reason, after = self.position, "cannot read the journal for the uplink");
        self.not_before = Instant::now() + RETRY;
    }
}

/// The shown state with this fact applied. A fact is committed a moment before it is shown, and whoever reads it in that
/// moment must not say what was so before it.
fn state_with(source: &dyn Facts, picture: &Picture, seq: u64) -> Result<Arc<State>, String> {
    let mut state = picture.state();
    while state.last.seq < seq {
        let missing = source.read(state.last.seq, BATCH)?;
        if missing.is_empty() {
            break;
        }
        let held = Arc::make_mut(&mut state);
        missing.iter().filter(|fact| fact.id.seq <= seq).for_each(|fact| held.apply(fact));
        if missing.last().is_some_and(|last| last.id.seq >= seq) {
            break;
        }
    }
    Ok(state)
}

/// What the next facts say, and the last of them. Blocking.
fn items(source: &dyn Facts, saying: &Saying, picture: &Picture, after: u64) -> Result<(Vec<Item>, u64), String> {
    let facts = source.read(after, BATCH)?;
    let upto = facts.last().map_or(after, |fact| fact.id.seq);
    let mut items = Vec::new();
    for fact in facts {
        let state = state_with(source, picture, fact.id.seq)?;
        let mut older: Vec<(EventId, Arc<Raise>)> = Vec::new();
        for id in Saying::needs(&fact).into_iter().filter(|id| !state.occurrences.contains_key(id)) {
            // Long closed: the fact that raised it says what it was. Its place in the journal is its id.
            let raised = source.read(id.seq.saturating_sub(1), 1)?;
            if let Some(crate::engine::alarm::FactKind::Raised(raise)) = raised.into_iter().next().map(|fact| fact.kind)
            {
                older.push((id, raise));
            }
        }
        let raised = |id: EventId| {
            let held = state.occurrences.get(&id).map(|held| Arc::clone(&held.raise));
            held.or_else(|| older.iter().find(|(known, _)| *known == id).map(|(_, raise)| Arc::clone(raise)))
        };
        let said = saying.items(&fact, &state, &raised);
        items.extend(said.into_iter().map(|(lane, adu)| Item { seq: fact.id.seq, lane, adu }));
    }
    Ok((items, upto))
}
