//! What is sent next, and what becomes of it.
//!
//! Takes: items to report, confirmations and denials, and the passing of time.
//! Gives: [`Next`]: a frame to send, a communication that failed, or how long to wait.
//! Never: sends anything else while a fire waits (GB 26875.1, 4.1.2.3), or forgets an item that nobody confirmed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::edge::gbt26875::v2011::Adu;
use crate::engine::base::Mono;

/// Frames of one lane that may wait for their confirmation at once.
const WINDOW: usize = 4;
/// A fire that the centre denies is said again after this time.
const DENIED_PAUSE: Duration = Duration::from_secs(30);

/// What goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// Fire, discharge and gas.
    Fire,
    /// Everything else.
    Other,
}

/// Something to report.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The fact in the journal it comes from; 0 for what comes from none.
    pub seq: u64,
    /// What goes first.
    pub lane: Lane,
    /// What is said.
    pub adu: Adu,
}

/// Times and counts (6.5.4, 6.5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// For a confirmation.
    pub answer_within: Duration,
    /// Sendings after the first.
    pub resends: u8,
    /// The longest time in which nothing is sent.
    pub heartbeat: Duration,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// Send this; without data it is a heartbeat.
    Send(u16, Option<Adu>),
    /// The last resend was not confirmed: this communication has failed. Everything waits for the next.
    Failed,
    /// Nothing before this time.
    Wait(Mono),
}

/// The key of an item: its lane, and its place in the order in which items came.
type Key = (Lane, u64);

/// A frame that waits for its confirmation.
#[derive(Clone, Debug)]
struct Flying {
    /// What it carries; a heartbeat carries nothing.
    item: Option<(Key, Item)>,
    /// When it is sent again.
    due: Mono,
    sendings: u8,
}

/// The sending machine.
#[derive(Debug)]
pub(super) struct Sending {
    bounds: Bounds,
    waiting: BTreeMap<Key, Item>,
    flying: BTreeMap<u16, Flying>,
    /// Facts of which something waits or flies, and how much.
    undone: BTreeMap<u64, u32>,
    /// Fires that were denied, and when they are said again.
    denied: Vec<(Mono, Key, Item)>,
    order: u64,
    serial: u16,
    /// When a heartbeat is due.
    beat_at: Mono,
    /// Others are held back: what waits in the journal has not been looked through for fires.
    pub hold_others: bool,
}

impl Sending {
    /// Nothing to report yet.
    pub fn new(bounds: Bounds, now: Mono) -> Sending {
        Sending {
            bounds,
            waiting: BTreeMap::new(),
            flying: BTreeMap::new(),
            undone: BTreeMap::new(),
            denied: Vec::new(),
            order: 0,
            serial: 0,
            beat_at: now.after(bounds.heartbeat),
            hold_others: false,
        }
    }

    /// Takes something to report.
    pub fn push(&mut self, item: Item) {
        self.order += 1;
        if item.seq > 0 {
            *self.undone.entry(item.seq).or_default() += 1;
        }
        self.waiting.insert((item.lane, self.order), item);
    }

    /// How many items wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The oldest fact of which something is not confirmed.
    pub fn oldest_undone(&self) -> Option<u64> {
        self.undone.keys().next().copied()
    }

    /// A new connection: what was on its way is sent again, and a heartbeat goes first when there is nothing else.
    pub fn begin(&mut self, now: Mono) {
        let flying = std::mem::take(&mut self.flying);
        self.waiting.extend(flying.into_values().filter_map(|flying| flying.item));
        self.waiting.extend(self.denied.drain(..).map(|(_, key, item)| (key, item)));
        self.beat_at = now;
    }

    /// What to do now.
    pub fn next(&mut self, now: Mono) -> Next {
        let overdue = |flying: &Flying| flying.due <= now;
        let sendings = self.bounds.resends.saturating_add(1);
        if self.flying.values().any(|flying| overdue(flying) && flying.sendings >= sendings) {
            return Next::Failed;
        }
        self.revive(now);
        // A fire that was not sent yet goes before anything that is said again.
        if let Some(next) = self.launch(Lane::Fire, now) {
            return next;
        }
        let again = self.flying.iter_mut().filter(|(_, flying)| overdue(flying));
        let lane = |flying: &Flying| flying.item.as_ref().map_or(Lane::Other, |(key, _)| key.0);
        if let Some((serial, flying)) = again.min_by_key(|(_, flying)| lane(flying)) {
            (flying.due, flying.sendings) = (now.after(self.bounds.answer_within), flying.sendings + 1);
            self.beat_at = now.after(self.bounds.heartbeat);
            return Next::Send(*serial, flying.item.as_ref().map(|(_, item)| item.adu.clone()));
        }
        let fire_waits = self.waiting.keys().next().is_some_and(|key| key.0 == Lane::Fire);
        if !fire_waits
            && !self.hold_others
            && let Some(next) = self.launch(Lane::Other, now)
        {
            return next;
        }
        if self.beat_at <= now {
            return self.fly(None, now);
        }
        let answers = self.flying.values().map(|flying| flying.due);
        let revivals = self.denied.iter().map(|(at, ..)| *at);
        Next::Wait(answers.chain(revivals).fold(self.beat_at, Mono::min))
    }

    /// The centre has confirmed `serial`. Says whether that was awaited.
    pub fn confirmed(&mut self, serial: u16) -> bool {
        let Some(flying) = self.flying.remove(&serial) else { return false };
        if let Some((_, item)) = flying.item {
            self.done(&item);
        }
        true
    }

    /// The centre has denied `serial`: it is sent again at once, and after the last resend a fire waits for better times,
    /// and anything else is given up. Gives what was given up or waits.
    pub fn denied(&mut self, serial: u16, now: Mono) -> Option<Item> {
        let flying = self.flying.get_mut(&serial)?;
        if flying.sendings <= self.bounds.resends {
            flying.due = now;
            return None;
        }
        let (key, item) = self.flying.remove(&serial)?.item?;
        match item.lane {
            Lane::Fire => self.denied.push((now.after(DENIED_PAUSE), key, item.clone())),
            Lane::Other => self.done(&item),
        }
        Some(item)
    }

    fn done(&mut self, item: &Item) {
        if let Some(left) = self.undone.get_mut(&item.seq) {
            *left -= 1;
            if *left == 0 {
                self.undone.remove(&item.seq);
            }
        }
    }

    fn revive(&mut self, now: Mono) {
        for (at, key, item) in std::mem::take(&mut self.denied) {
            if at <= now {
                self.waiting.insert(key, item);
            } else {
                self.denied.push((at, key, item));
            }
        }
    }

    fn launch(&mut self, lane: Lane, now: Mono) -> Option<Next> {
        let of = |flying: &&Flying| flying.item.as_ref().is_some_and(|(key, _)| key.0 == lane);
        if self.flying.values().filter(of).count() >= WINDOW {
            return None;
        }
        let first = self.waiting.first_entry().filter(|first| first.key().0 == lane)?;
        let item = first.remove_entry();
        Some(self.fly(Some(item), now))
    }

    fn fly(&mut self, item: Option<(Key, Item)>, now: Mono) -> Next {
        while self.flying.contains_key(&self.serial) {
            self.serial = self.serial.wrapping_add(1);
        }
        let serial = self.serial;
        self.serial = serial.wrapping_add(1);
        self.beat_at = now.after(self.bounds.heartbeat);
        let due = now.after(self.bounds.answer_within);
        let adu = item.as_ref().map(|(_, item)| item.adu.clone());
        self.flying.insert(serial, Flying { item, due, sendings: 1 });
        Next::Send(serial, adu)
    }
}
