//! The identity of a fact.
//!
//! Takes: nothing.
//! Gives: [`FactId`], which names the same fact in the journal and at every consumer.
//! Never: the same identity twice, also after a restart.

use serde::{Deserialize, Serialize};

use crate::engine::base::EventId;

/// `epoch` and `seq` side by side, as consumers see them (design §6, `event`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactId {
    /// Raised durably at every start.
    pub epoch: u32,
    /// Position in the journal.
    pub seq: u64,
}

impl From<FactId> for EventId {
    fn from(id: FactId) -> EventId {
        EventId { epoch: id.epoch, seq: id.seq }
    }
}
