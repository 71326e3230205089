//! Points that others decide about: which they are on this bus, and what their own registers said last.
//!
//! Takes: what a verified reply says of a point, and what is known of the points that decide about it.
//! Gives: what is known of the point; which points must be looked at again when another changed.
//! Never: pairs a reading with a decision that is newer than it. When a deciding point changes from one value to another,
//! what was read before under the old one is unknown until it is read again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::bus::Slot;
use crate::engine::base::{Mono, Reason, Value};
use crate::engine::point::{Growth, provide};
use crate::engine::profile::{Proviso, Selector};
use crate::engine::site::Site;

/// What is known of a point.
type Known = Result<Value, Reason>;

/// The points of one bus that others decide about. Empty on most buses.
#[derive(Clone, Debug, Default)]
pub(super) struct Derivation {
    decided: BTreeMap<u32, Decided>,
    /// By deciding slot: the slots it decides about.
    followers: BTreeMap<u32, Vec<u32>>,
}

/// One point that others decide about. Slots are the bus's own.
#[derive(Clone, Debug)]
struct Decided {
    proviso: Arc<Proviso>,
    /// What its own registers said last.
    said: Known,
    /// When it was first answered since it was last lost.
    first: Option<Mono>,
    /// For a rate: what its counter said.
    growth: Growth,
}

impl Derivation {
    /// Finds them among the slots of a bus.
    pub fn new(site: &Site, slots: &[Slot]) -> Derivation {
        let mut made = Derivation::default();
        let own: BTreeMap<u32, u32> = (0..).zip(slots).map(|(number, slot)| (slot.point, number)).collect();
        for (number, slot) in (0..).zip(slots) {
            let Some(proviso) = &site.points[slot.point as usize].proviso else { continue };
            let selectors: Vec<u32> = proviso.selectors().filter_map(|of| own.get(&of.slot).copied()).collect();
            for selector in &selectors {
                made.followers.entry(*selector).or_default().push(number);
            }
            let renamed = proviso.with_selectors(|of| Selector {
                // A selector is a point of the same device, and so on this bus.
                slot: own.get(&of.slot).copied().unwrap_or(number),
                single: true,
            });
            let said = Err(Reason::NeverRead);
            made.decided
                .insert(number, Decided { proviso: Arc::new(renamed), said, first: None, growth: Growth::default() });
        }
        made
    }

    /// Puts the slots of one reply in the order in which they are decoded: who decides first, so that what it brings
    /// belongs together.
    pub fn arrange(&self, slots: &mut [u32]) {
        slots.sort_by_key(|slot| !self.followers.contains_key(slot));
    }

    /// What is known of a point whose registers said this just now.
    pub fn says(&mut self, number: u32, said: Known, now: Mono, slots: &[Slot]) -> Known {
        let Some(decided) = self.decided.get_mut(&number) else { return said };
        match said {
            // It answers; whether that makes sense is another question.
            Ok(_) | Err(Reason::BadValue | Reason::Absent) => decided.first = decided.first.or(Some(now)),
            Err(Reason::NeverRead | Reason::Stale | Reason::LinkDown | Reason::DeviceException) => decided.first = None,
        }
        decided.said = if decided.is_settling(now) { Err(Reason::NeverRead) } else { decided.grows(said, now) };
        provide(&decided.proviso, &decided.said, |slot| &slots[slot as usize].known)
    }

    /// Whether a point's next answer counts even if it is the same: this one is not believed yet, or a counter that
    /// stands still makes its rate fall.
    pub fn counts_the_same(&self, number: u32, now: Mono) -> bool {
        let counts = |decided: &Decided| decided.is_settling(now) || decided.proviso.rate.is_some();
        self.decided.get(&number).is_some_and(counts)
    }

    /// The points that `number` decides about, the read that brings each, and what is known of it now that `number` is
    /// known otherwise than `before`.
    pub fn follow(&mut self, number: u32, before: &Known, slots: &[Slot]) -> Vec<(u32, u32, Known)> {
        let Some(followers) = self.followers.get(&number) else { return Vec::new() };
        let switched = before.is_ok() && slots[number as usize].known.is_ok();
        let mut known = Vec::with_capacity(followers.len());
        for follower in followers {
            let Some(decided) = self.decided.get_mut(follower) else { continue };
            if switched && decided.said.is_ok() {
                decided.said = Err(Reason::NeverRead);
            }
            let now = provide(&decided.proviso, &decided.said, |slot| &slots[slot as usize].known);
            known.push((*follower, slots[*follower as usize].read, now));
        }
        known
    }
}

impl Decided {
    /// What a counter says, as the rate at which it grows; anything else as it is.
    fn grows(&mut self, said: Known, now: Mono) -> Known {
        match (&self.proviso.rate, said) {
            (None, said) => said,
            (Some(rate), Ok(Value::Number(number))) => self.growth.count(rate, number, now),
            (Some(_), lost) => {
                self.growth.lose();
                lost.and(Err(Reason::BadValue))
            }
        }
    }

    fn is_settling(&self, now: Mono) -> bool {
        self.proviso.settle > Duration::ZERO && self.first.is_some_and(|first| now.since(first) < self.proviso.settle)
    }
}
