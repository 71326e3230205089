//! From which record on a report has to be made.
//!
//! Takes: every fact once, in the order of the journal.
//! Gives: [`Marks::span`]: the stretch of the journal that holds everything of a stretch of time.
//! Never: trusts that records are in the order of their clock: it may have been set.
//!
//! For every few hundred facts it keeps the earliest and the latest time in them, and the oldest thing that was open
//! before them: a million facts take less than 100 kB. Something of a stretch of time can only be in blocks that reach
//! into it; what was open before those began is read from its own beginning.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::alarm::{CommandFact, DutyFact, Fact, FactKind, LinkageFact, ScopeFact};
use crate::engine::base::{EventId, Wall};

/// Facts of one block, unless told.
const FACTS: u64 = 512;

/// The marks of a journal.
#[derive(Clone, Debug)]
pub struct Marks {
    of: u64,
    blocks: Vec<Block>,
    open: BTreeSet<u64>,
    present: BTreeMap<String, u64>,
    incidents: Vec<(EventId, Wall)>,
    last: u64,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    /// The record before the oldest thing that was open when it began.
    needs: u64,
    upto: u64,
    count: u64,
    earliest: Wall,
    latest: Wall,
}

impl Default for Marks {
    fn default() -> Marks {
        Marks::of(FACTS)
    }
}

impl Marks {
    /// Marks with so many facts in a block.
    pub fn of(facts: u64) -> Marks {
        Marks {
            of: facts.max(1),
            blocks: Vec::new(),
            open: BTreeSet::new(),
            present: BTreeMap::new(),
            incidents: Vec::new(),
            last: 0,
        }
    }

    /// The last record that was noted; the next one follows it.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Every incident, in order: which, and when it was opened.
    pub fn incidents(&self) -> &[(EventId, Wall)] {
        &self.incidents
    }

    /// Notes the next fact.
    pub fn note(&mut self, fact: &Fact) {
        let seq = fact.id.seq;
        if self.blocks.last().is_none_or(|block| block.count >= self.of) {
            let oldest = self.open.first().into_iter().chain(self.present.values()).min().copied();
            let after = seq.saturating_sub(1);
            let needs = oldest.map_or(after, |oldest| oldest.saturating_sub(1).min(after));
            self.blocks.push(Block { needs, upto: seq, count: 0, earliest: fact.at, latest: fact.at });
        }
        if let Some(block) = self.blocks.last_mut() {
            (block.upto, block.count) = (seq, block.count + 1);
            (block.earliest, block.latest) = (block.earliest.min(fact.at), block.latest.max(fact.at));
        }
        self.last = seq;
        self.follow(fact);
    }

    /// After which record to begin, and up to which to read, for everything from `from` to `to`: whatever stands before
    /// is over by then, or was begun where the stretch begins; whatever stands behind was decided at `to` or later.
    pub fn span(&self, from: Wall, to: Wall) -> (u64, u64) {
        let first = self.blocks.iter().find(|block| block.latest >= from);
        let last = self.blocks.iter().rev().find(|block| block.earliest < to);
        (first.map_or_else(|| self.oldest(), |block| block.needs), last.map_or(0, |block| block.upto))
    }

    /// The record before the oldest thing that is open now.
    fn oldest(&self) -> u64 {
        let oldest = self.open.first().into_iter().chain(self.present.values()).min();
        oldest.map_or(self.last, |oldest| oldest.saturating_sub(1))
    }

    fn follow(&mut self, fact: &Fact) {
        let user = || fact.by.as_ref().map(|by| by.user.clone()).unwrap_or_default();
        match &fact.kind {
            FactKind::IncidentOpened {} => self.incidents.push((fact.id.into(), fact.at)),
            FactKind::Raised(_)
            | FactKind::Isolated { .. }
            | FactKind::Command(CommandFact::Requested(_))
            | FactKind::Linkage(LinkageFact::Met(_))
            | FactKind::Duty(DutyFact::RoundDue(_))
            | FactKind::Scope(ScopeFact::TestBegun { .. } | ScopeFact::DrillBegun { .. }) => {
                self.open.insert(fact.id.seq);
            }
            FactKind::Closed { occurrence: id, .. }
            | FactKind::Released { isolation: id, .. }
            | FactKind::Linkage(LinkageFact::Over { run: id })
            | FactKind::Duty(DutyFact::RoundMissed { round: id })
            | FactKind::Scope(ScopeFact::TestEnded { test: id } | ScopeFact::DrillEnded { drill: id })
            | FactKind::Command(
                CommandFact::Confirmed { command: id }
                | CommandFact::Done { command: id }
                | CommandFact::Failed { command: id, .. }
                | CommandFact::Unknown { command: id },
            ) => {
                self.open.remove(&id.seq);
            }
            FactKind::Duty(DutyFact::RoundRecorded(record)) => {
                if let Some(round) = record.round {
                    self.open.remove(&round.seq);
                }
            }
            FactKind::Duty(DutyFact::SignedIn {}) => {
                self.present.entry(user()).or_insert(fact.id.seq);
            }
            FactKind::Duty(DutyFact::SignedOut {}) => {
                self.present.remove(&user());
            }
            _ => {}
        }
    }
}
