//! Whether a command was done: its feedback, over points that were read after the write.
//!
//! Takes: an accepted or doubtful write, and what is read later.
//! Gives: reads that are asked for it, and the end of the command.
//! Never: believes a read that was asked before the write; never keeps the fire lane from every second turn.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Line, NO_READ};
use super::command::{CommandFailure, Progress};
use super::exchange::Request;
use super::report::Report;
use crate::engine::base::{EventId, Mono, Now, Truth};
use crate::engine::profile::Expression;

/// The points of a feedback are asked again after this.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// A command that was written and is not proven yet.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    id: EventId,
    /// What proves it, over the bus's own slots.
    when: Expression,
    /// Whether the device accepted the write.
    sure: bool,
    /// Id of the write: what was asked before it proves nothing.
    written: u64,
    /// Reads whose last request has this id or a lower one are still to be asked in this round.
    round: u64,
    /// When this round begins.
    pub at: Mono,
    /// When the feedback must have shown.
    pub deadline: Mono,
}

impl Proof {
    pub fn new(id: EventId, when: Expression, sure: bool, written: u64, now: Mono, within: Duration) -> Proof {
        Proof { id, when, sure, written, round: written, at: now, deadline: now.after(within) }
    }
}

impl Bus {
    /// An expression over the site's points as one over the bus's slots. Points of other buses are never known here.
    pub(super) fn own(&self, when: &Expression) -> Expression {
        let slot = |point: u32| self.slots.iter().position(|slot| slot.point == point);
        when.with_slots(&|point| slot(point).and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX))
    }

    /// A read that a command waits for, if it is its turn: next to the fire lane, every second one.
    pub(super) fn next_proof(&mut self, now: Mono) -> Option<Request> {
        if self.lane.proofs.is_empty() || !matches!(self.line, Line::Untried | Line::Open) {
            return None;
        }
        if std::mem::take(&mut self.lane.proved) && self.fire.iter().any(|read| self.due[*read as usize] <= now) {
            return None;
        }
        for place in 0..self.lane.proofs.len() {
            let proof = &self.lane.proofs[place];
            if proof.at > now {
                continue;
            }
            let mut wanted = None;
            proof.when.slots(&mut |slot| {
                let read = self.slots.get(slot as usize).map_or(NO_READ, |slot| slot.read);
                let asleep = self.due.get(read as usize).is_none_or(|due| {
                    *due == ASLEEP || !self.members[self.reads[read as usize].member as usize].believed
                });
                if !asleep && self.reads[read as usize].asked <= proof.round {
                    wanted = wanted.or(Some(read));
                }
            });
            if let Some(read) = wanted {
                self.lane.proved = true;
                return Some(self.send(read, false, now));
            }
            let proof = &mut self.lane.proofs[place];
            (proof.round, proof.at) = (self.sent, now.after(LOOK_AGAIN));
        }
        None
    }

    /// Ends the commands whose feedback has shown, or can no longer show in time.
    pub(super) fn prove(&mut self, now: Now, report: &mut Report) {
        let (slots, reads) = (&self.slots, &self.reads);
        self.lane.proofs.retain(|proof| {
            let since = |slot: u32| {
                let slot = slots.get(slot as usize)?;
                let read = reads.get(slot.read as usize).filter(|read| read.verified > proof.written)?;
                slot.known.as_ref().ok().filter(|_| read.current)
            };
            let truth = proof.when.evaluate(&since);
            match truth {
                Truth::True => report.news(proof.id, Progress::Confirmed, now),
                _ if now.mono < proof.deadline => return true,
                _ if !proof.sure => report.fail(proof.id, CommandFailure::NoAnswer, now),
                Truth::False => report.fail(proof.id, CommandFailure::NoFeedback, now),
                Truth::Unknown => report.fail(proof.id, CommandFailure::FeedbackUnknown, now),
            }
            false
        });
    }
}
