//! Facts between decision and disk.
//!
//! Takes: decided facts with the answers and commands that wait for them; what the journal says of its commits.
//! Gives: [`Effect::Show`], [`Effect::Answer`] and [`Effect::Command`] once facts are durable, or, marked unrecorded, when
//! the disk does not answer in time (design §2, *Commit and effects*).
//! Never: shows a later fact before an earlier one; never withholds an alarm, or what a person commands, because a disk is
//! slow.

use std::collections::VecDeque;
use std::time::Duration;

use super::alarm::{Fact, FactId};
use super::base::{Mono, Now};
use super::input::{Done, Effect};
use super::poll::Command;

/// Facts the journal has not confirmed yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    batches: VecDeque<Batch>,
    /// The disk does not answer: everything is shown at once, unrecorded, until it has caught up.
    unrecorded: bool,
}

#[derive(Debug)]
struct Batch {
    facts: Vec<Fact>,
    since: Mono,
    shown: bool,
    ticket: Option<(u64, Option<FactId>)>,
    /// Commands that these facts request; they leave when the facts are shown, and only then.
    commands: Vec<(u32, Command)>,
}

/// What waits for facts to be shown.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The ticket of the act, and its first fact.
    pub ticket: Option<(u64, Option<FactId>)>,
    /// What the buses are to send.
    pub commands: Vec<(u32, Command)>,
}

impl Pending {
    /// New facts, and what waits for them.
    pub fn push(&mut self, facts: Vec<Fact>, waiting: Waiting, now: Now, out: &mut Vec<Effect>) {
        out.push(Effect::Commit(facts.clone()));
        let Waiting { ticket, commands } = waiting;
        self.batches.push_back(Batch { facts, since: now.mono, shown: false, ticket, commands });
        if self.unrecorded {
            self.show_unrecorded(out);
        }
    }

    /// Everything up to `upto` is durable. Gives whether the journal has caught up after an outage.
    pub fn committed(&mut self, upto: u64, out: &mut Vec<Effect>) -> bool {
        while self.batches.front().and_then(|batch| batch.facts.last()).is_some_and(|last| last.id.seq <= upto) {
            let Some(batch) = self.batches.pop_front() else { break };
            out.push(Effect::Show { facts: batch.facts, recorded: true });
            if !batch.shown {
                answer(batch.ticket, true, out);
                send(batch.commands, out);
            }
        }
        let caught_up = self.unrecorded && self.batches.is_empty();
        if caught_up {
            self.unrecorded = false;
        }
        caught_up
    }

    /// The disk failed, or took too long: show what is decided, unrecorded. Gives whether that is news.
    pub fn give_up_waiting(&mut self, out: &mut Vec<Effect>) -> bool {
        let news = !self.unrecorded;
        self.unrecorded = true;
        self.show_unrecorded(out);
        news
    }

    fn show_unrecorded(&mut self, out: &mut Vec<Effect>) {
        for batch in self.batches.iter_mut().filter(|batch| !batch.shown) {
            batch.shown = true;
            out.push(Effect::Show { facts: batch.facts.clone(), recorded: false });
            answer(batch.ticket.take(), false, out);
            send(std::mem::take(&mut batch.commands), out);
        }
    }

    /// When the oldest fact that waits will have waited too long.
    pub fn deadline(&self, within: Duration) -> Option<Mono> {
        self.batches.iter().find(|batch| !batch.shown).map(|batch| batch.since.after(within))
    }

    /// Whether a fact is known not to be durable yet.
    pub fn holds(&self, id: FactId) -> bool {
        self.batches.iter().any(|batch| batch.facts.iter().any(|fact| fact.id == id))
    }
}

fn answer(ticket: Option<(u64, Option<FactId>)>, recorded: bool, out: &mut Vec<Effect>) {
    if let Some((ticket, fact)) = ticket {
        out.push(Effect::Answer { ticket, outcome: Ok(Done { fact, recorded }) });
    }
}

fn send(commands: Vec<(u32, Command)>, out: &mut Vec<Effect>) {
    out.extend(commands.into_iter().map(|(bus, command)| Effect::Command { bus, command }));
}
