//! Facts between decision and disk.
//!
//! Takes: decided facts with the answers and commands that wait for them; what the journal says of its commits.
//! Gives: [`Effect::Show`], [`Effect::Answer`] and [`Effect::Command`] once facts are durable, or, marked unrecorded, when
//! the disk does not answer in time (design §2, *Commit and effects*).
//! Never: shows a later fact before an earlier one; never withholds an alarm, or what a person commands, because a disk is
//! slow; never sends without a record what no person asked for.

use std::collections::VecDeque;
use std::time::Duration;

use super::alarm::{Fact, FactId, Order};
use super::base::{EventId, Mono, Now};
use super::input::{Done, Effect};

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
    orders: Vec<Order>,
}

/// What waits for facts to be shown.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The ticket of the act, and its first fact.
    pub ticket: Option<(u64, Option<FactId>)>,
    /// What the buses are to send.
    pub orders: Vec<Order>,
}

impl Pending {
    /// New facts, and what waits for them.
    pub fn push(&mut self, facts: Vec<Fact>, waiting: Waiting, now: Now, out: &mut Vec<Effect>) {
        out.push(Effect::Commit(facts.clone()));
        let Waiting { ticket, orders } = waiting;
        self.batches.push_back(Batch { facts, since: now.mono, shown: false, ticket, orders });
        if self.unrecorded {
            // Nothing automatic is among them: whoever decided them knew that nothing is recorded.
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
                send(batch.orders, out);
            }
        }
        let caught_up = self.unrecorded && self.batches.is_empty();
        if caught_up {
            self.unrecorded = false;
        }
        caught_up
    }

    /// The disk failed, or took too long: show what is decided, unrecorded. Gives whether that is news, and the commands
    /// that are not sent because no person asked for them.
    pub fn give_up_waiting(&mut self, out: &mut Vec<Effect>) -> (bool, Vec<EventId>) {
        let news = !self.unrecorded;
        self.unrecorded = true;
        (news, self.show_unrecorded(out))
    }

    /// Whether nothing waits for the disk.
    pub fn is_settled(&self) -> bool {
        self.batches.is_empty()
    }

    /// Whether the disk does not answer.
    pub fn is_unrecorded(&self) -> bool {
        self.unrecorded
    }

    /// Gives the commands that no person asked for: they are not sent.
    fn show_unrecorded(&mut self, out: &mut Vec<Effect>) -> Vec<EventId> {
        let mut unsent = Vec::new();
        for batch in self.batches.iter_mut().filter(|batch| !batch.shown) {
            batch.shown = true;
            out.push(Effect::Show { facts: batch.facts.clone(), recorded: false });
            answer(batch.ticket.take(), false, out);
            let (automatic, asked) = std::mem::take(&mut batch.orders).into_iter().partition(|order| order.automatic);
            send(asked, out);
            let automatic: Vec<Order> = automatic;
            unsent.extend(automatic.into_iter().map(|order| order.command.id));
        }
        unsent
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

fn send(orders: Vec<Order>, out: &mut Vec<Effect>) {
    out.extend(orders.into_iter().map(|Order { bus, command, .. }| Effect::Command { bus, command }));
}
