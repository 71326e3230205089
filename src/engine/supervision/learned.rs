//! What supervision knows beside the state and the site, so that it can go on elsewhere from the same instant.
//!
//! Takes: a [`Supervision`] between two steps.
//! Gives: [`Learned`], and a supervision that has learned it.
//! Never: what the site says or the state holds: that is found again there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Supervision, Timer, sequence};
use crate::engine::alarm::Cause;
use crate::engine::base::{EventId, Mono};

/// What was learned since the process began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Learned {
    sequences: Vec<sequence::Learned>,
    batteries: Vec<Option<Mono>>,
    mains: BTreeMap<EventId, Option<(Cause, Mono)>>,
    trips: BTreeMap<u32, bool>,
    outages: BTreeSet<EventId>,
    due: BTreeSet<(Mono, Timer)>,
}

impl Supervision {
    /// What it has learned. Between two steps no run is left over that the site no longer has.
    pub fn learned(&self) -> Learned {
        Learned {
            sequences: self.machines.iter().map(sequence::Machine::learned).collect(),
            batteries: self.batteries.learned(),
            mains: self.mains.learned(),
            trips: self.trips.learned(),
            outages: self.folding.learned(),
            due: self.due.clone(),
        }
    }

    /// The supervision of the same site with what was learned; nothing where it is of another.
    pub fn taken_up(mut self, learned: Learned) -> Option<Supervision> {
        let mut fits = self.machines.len() == learned.sequences.len();
        for (machine, learned) in self.machines.iter_mut().zip(learned.sequences) {
            fits &= machine.take_up(learned);
        }
        fits &= self.batteries.take_up(&learned.batteries) & self.trips.take_up(&learned.trips);
        self.mains.take_up(learned.mains);
        self.folding.take_up(learned.outages);
        self.due = learned.due;
        self.orphans.clear();
        fits.then_some(self)
    }
}
