//! The state the outside may rely on: every shown fact applied.
//!
//! Takes: facts the engine shows, recorded or not.
//! Gives: the shown [`State`] at any time, and a live feed of facts.
//! Never: runs ahead of the journal, except for facts the engine shows unrecorded because the disk does not answer.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::broadcast;

use crate::engine::alarm::{Fact, State};

/// A shown fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The fact.
    pub fact: Arc<Fact>,
    /// Whether it is durable.
    pub recorded: bool,
}

/// The shown state and its feed.
#[derive(Debug)]
pub struct Picture {
    state: RwLock<Arc<State>>,
    feed: broadcast::Sender<Shown>,
}

/// A console that falls further behind than this gets a snapshot instead.
const FEED_KEPT: usize = 4_096;

impl Picture {
    /// Begins with the state recovered from the journal.
    pub fn new(state: State) -> Picture {
        Picture { state: RwLock::new(Arc::new(state)), feed: broadcast::Sender::new(FEED_KEPT) }
    }

    /// Applies shown facts, in the order they were decided. A fact that was shown unrecorded is skipped when it is
    /// shown again as recorded.
    pub fn show(&self, facts: Vec<Fact>, recorded: bool) {
        let mut held = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let state = Arc::make_mut(&mut held);
        for fact in facts {
            if fact.id.seq > state.last.seq {
                state.apply(&fact);
            }
            // Nobody listening is fine: the feed is for whoever is there.
            let _ = self.feed.send(Shown { fact: Arc::new(fact), recorded });
        }
    }

    /// The state as it is shown now.
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state, and the feed of everything after it.
    pub fn follow(&self) -> (Arc<State>, broadcast::Receiver<Shown>) {
        let held = self.state.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&held), self.feed.subscribe())
    }
}
