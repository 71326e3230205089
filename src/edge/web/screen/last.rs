//! The newest entries of the journal, in words.
//!
//! Takes: shown facts, and those of the journal before them.
//! Gives: the section `last`.
//! Never: more than a screen shows.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::edge::web::Web;
use crate::engine::alarm::State;
use crate::engine::report::Teller;

/// Entries on a screen.
const SHOWN: usize = 12;
/// Facts read at most to catch up; of more, only the newest.
const READ: u64 = 2_000;

/// The newest entries, as they were told last.
#[derive(Default)]
pub struct Last {
    teller: Teller,
    upto: u64,
    entries: VecDeque<Value>,
}

impl Last {
    /// Takes over what was recorded since. What cannot be read now is read the next time.
    pub fn follow(&mut self, web: &Web, state: &State) {
        let newest = state.last.seq;
        if newest <= self.upto {
            return;
        }
        let after = self.upto.max(newest.saturating_sub(READ));
        let Ok(facts) = web.services.records.read(after, READ as usize) else { return };
        for fact in facts {
            self.upto = fact.id.seq;
            let told = self.teller.tell(&fact);
            self.entries.push_front(json!({
                "id": crate::engine::base::EventId::from(fact.id), "at": web.when.rfc3339(fact.at), "kind": told.kind,
                "about": told.about, "by": fact.by.as_ref().map(|by| &by.user),
            }));
            self.entries.truncate(SHOWN);
        }
    }

    /// The entries, newest first.
    pub fn document(&self) -> Value {
        json!(self.entries)
    }
}
