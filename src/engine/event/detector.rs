//! The detector of one bus: looks only at rules that could have changed.
//!
//! Takes: rules, which request reads which slot, and word of every answer and every changed slot.
//! Gives: [`Event`]s, in the order of the rules.
//! Never: walks all rules because one point changed.

use std::ops::Range;

use super::rule::{Input, Look, Standing};
use super::{Event, Moment, Watch};
use crate::engine::base::{Mono, Reason, Truth, Value};

/// What is known of a slot.
type Known = Result<Value, Reason>;

/// The detector of one bus.
#[derive(Clone, Debug)]
pub struct Detector {
    rules: Vec<Watched>,
    /// The rules that read each slot, slot by slot, and where those of each slot begin; one more says where the last end.
    readers: Box<[u32]>,
    readers_of: Box<[u32]>,
    sources: Vec<Source>,
    /// Rules to look at, each at most once.
    marked: Vec<u32>,
    /// Rules that wait for their delay.
    holding: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Watched {
    watch: Watch,
    inputs: Vec<Input>,
    standing: Standing,
    marked: bool,
    holding: bool,
    /// As counted in its sources.
    pending: bool,
}

/// One request, as far as the detector cares.
#[derive(Clone, Debug, Default)]
struct Source {
    /// Id of its last verified reply.
    read: u64,
    /// Id of its last verified reply or exception.
    answered: u64,
    /// The rules that read from it.
    rules: Vec<u32>,
    /// How many of them wait for its next answer.
    pending: u32,
}

/// Nothing reads the slot yet.
const NO_SOURCE: u32 = u32::MAX;

impl Detector {
    /// A detector that has seen nothing, over so many slots; a slot beyond them is never known, and none of them before
    /// [`Detector::retarget`] has said which request reads it.
    pub fn new(watches: Vec<Watch>, slots: usize) -> Detector {
        let mut detector = Detector {
            rules: Vec::with_capacity(watches.len()),
            readers: Box::default(),
            readers_of: Box::default(),
            sources: Vec::new(),
            marked: Vec::new(),
            holding: Vec::new(),
        };
        let mut readers = Vec::new();
        for (number, watch) in (0_u32..).zip(watches) {
            let mut read = Vec::new();
            watch.when.slots(&mut |slot| read.push(slot));
            read.sort_unstable();
            read.dedup();
            read.retain(|slot| (*slot as usize) < slots);
            let inputs: Vec<Input> = read.into_iter().map(|slot| Input { slot, source: NO_SOURCE }).collect();
            readers.extend(inputs.iter().map(|input| (input.slot, number)));
            let standing = Standing::new();
            detector.rules.push(Watched { watch, inputs, standing, marked: false, holding: false, pending: false });
        }
        readers.sort_unstable();
        let begin = |slot| readers.partition_point(|(other, _)| (*other as usize) < slot);
        detector.readers_of = (0..=slots).map(|slot| u32::try_from(begin(slot)).unwrap_or(u32::MAX)).collect();
        detector.readers = readers.into_iter().map(|(_, rule)| rule).collect();
        detector
    }

    /// Where the rules that read a slot stand in [`Detector::readers`].
    fn reading(&self, slot: u32) -> Range<usize> {
        let begin = |slot: usize| self.readers_of.get(slot).map_or(0, |begin| *begin as usize);
        begin(slot as usize)..begin(slot as usize + 1)
    }

    /// From now on this request reads the slot. What another one found of it before counts as found before everything.
    pub fn retarget(&mut self, slot: u32, source: u32) {
        if self.sources.len() <= source as usize {
            self.sources.resize(source as usize + 1, Source::default());
        }
        for position in self.reading(slot) {
            let rule = self.readers[position];
            let watched = &mut self.rules[rule as usize];
            let Some(place) = watched.inputs.iter().position(|input| input.slot == slot) else { continue };
            let old = std::mem::replace(&mut watched.inputs[place].source, source);
            let pending = u32::from(watched.pending);
            let still = watched.inputs.iter().any(|input| input.source == old);
            let known = watched.inputs.iter().filter(|input| input.source == source).count() > 1;
            if let Some(left) = self.sources.get_mut(old as usize) {
                left.pending = left.pending.saturating_sub(pending);
                if !still {
                    left.rules.retain(|other| *other != rule);
                }
            }
            let taken = &mut self.sources[source as usize];
            taken.pending += pending;
            if !known {
                taken.rules.push(rule);
            }
        }
    }

    /// This request is another one now: nothing was answered to it yet.
    pub fn renew(&mut self, source: u32) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            (source.read, source.answered) = (0, 0);
        }
    }

    /// A request was answered: by a verified reply, or by an exception.
    pub fn answered(&mut self, source: u32, id: u64, verified: bool) {
        let number = source as usize;
        if number >= self.sources.len() {
            // No rule reads from it.
            return;
        }
        self.sources[number].answered = id;
        if verified {
            self.sources[number].read = id;
        }
        if self.sources[number].pending > 0 {
            for position in 0..self.sources[number].rules.len() {
                let rule = self.sources[number].rules[position];
                if self.rules[rule as usize].pending {
                    self.mark(rule);
                }
            }
        }
    }

    /// What is known of a slot changed.
    pub fn changed(&mut self, slot: u32) {
        for position in self.reading(slot) {
            self.mark(self.readers[position]);
        }
    }

    /// Every one of these rules (by position) is to be reported anew, from requests with an id above `floor`.
    pub fn confirm(&mut self, rules: Range<u32>, floor: u64) {
        for rule in rules {
            let watched = &mut self.rules[rule as usize];
            watched.standing.again = Some(floor);
            watched.standing.clear = None;
            self.count_pending(rule);
        }
    }

    /// That any of these rules (by position) is blind is to be found anew, and announced anew.
    pub fn doubt(&mut self, rules: Range<u32>) {
        for rule in rules {
            if std::mem::take(&mut self.rules[rule as usize].standing.blind) {
                self.mark(rule);
            }
        }
    }

    /// Looks at every rule that could have changed. `wanted` is called for each request that should be asked soon,
    /// because something waits for its next answer.
    pub fn evaluate<'a>(
        &mut self,
        known: impl Fn(u32) -> &'a Known,
        at: Moment,
        events: &mut Vec<Event>,
        mut wanted: impl FnMut(u32),
    ) {
        if self.marked.is_empty() {
            return;
        }
        let mut marked = std::mem::take(&mut self.marked);
        marked.sort_unstable();
        for &rule in &marked {
            self.rules[rule as usize].marked = false;
            let look = self.look(rule, &known);
            let watched = &mut self.rules[rule as usize];
            watched.standing.advance(&watched.watch, look, at, events);
            if watched.standing.wants_reading() {
                watched.inputs.iter().for_each(|input| wanted(input.source));
            }
            if !watched.holding && watched.standing.due(watched.watch.delay).is_some() {
                watched.holding = true;
                self.holding.push(rule);
            }
            self.count_pending(rule);
        }
        marked.clear();
        self.marked = marked;
    }

    /// When the first delay ends.
    pub fn due(&self) -> Option<Mono> {
        self.holding.iter().filter_map(|&rule| self.due_of(rule)).min()
    }

    /// Marks the rules whose delay has ended, for the next [`Detector::evaluate`].
    pub fn elapse(&mut self, now: Mono) {
        if self.holding.is_empty() {
            return;
        }
        let holding = std::mem::take(&mut self.holding);
        for rule in holding {
            let due = self.due_of(rule);
            if due.is_some_and(|due| due > now) {
                self.holding.push(rule);
                continue;
            }
            self.rules[rule as usize].holding = false;
            if due.is_some() {
                self.mark(rule);
            }
        }
    }

    /// Whether any rule reads from this request.
    pub fn watches(&self, source: u32) -> bool {
        self.sources.get(source as usize).is_some_and(|source| !source.rules.is_empty())
    }

    /// A request that nothing was answered to yet stands for one that is not known.
    fn source(&self, number: u32) -> &Source {
        const UNASKED: &Source = &Source { read: 0, answered: 0, rules: Vec::new(), pending: 0 };
        self.sources.get(number as usize).unwrap_or(UNASKED)
    }

    fn due_of(&self, rule: u32) -> Option<Mono> {
        let watched = &self.rules[rule as usize];
        watched.standing.due(watched.watch.delay)
    }

    fn mark(&mut self, rule: u32) {
        let watched = &mut self.rules[rule as usize];
        if !watched.marked {
            watched.marked = true;
            self.marked.push(rule);
        }
    }

    fn count_pending(&mut self, rule: u32) {
        let watched = &mut self.rules[rule as usize];
        let pending = watched.standing.pending();
        if pending == watched.pending {
            return;
        }
        watched.pending = pending;
        for position in 0..watched.inputs.len() {
            let source = watched.inputs[position].source;
            // Inputs are sorted by slot; a source may come twice, and is then counted twice both ways.
            if let Some(source) = self.sources.get_mut(source as usize) {
                source.pending = if pending { source.pending + 1 } else { source.pending.saturating_sub(1) };
            }
        }
    }

    fn look<'a>(&self, rule: u32, known: &impl Fn(u32) -> &'a Known) -> Look {
        let watched = &self.rules[rule as usize];
        let source = |input: &Input| self.source(input.source);
        let good =
            |slot: u32| if (slot as usize) + 1 < self.readers_of.len() { known(slot).as_ref().ok() } else { None };
        let truth = watched.watch.when.evaluate(&good);
        let fresh = match watched.standing.again {
            None => true,
            Some(floor) if truth == Truth::Unknown => watched.inputs.iter().all(|input| source(input).answered > floor),
            // Monotone logic: what holds over fewer inputs holds over all of them.
            Some(floor) => {
                let read_since = |slot: u32| {
                    let input = watched.inputs.iter().find(|input| input.slot == slot)?;
                    if source(input).read > floor { good(slot) } else { None }
                };
                watched.watch.when.evaluate(&read_since) == truth
            }
        };
        let told = watched.inputs.iter().filter(|input| good(input.slot).is_some());
        let read = told.map(|input| source(input).read).min().unwrap_or(0);
        let trouble = if truth == Truth::Unknown { self.trouble(watched, known) } else { None };
        let absent = if truth == Truth::Unknown { self.absent(watched, known) } else { None };
        Look { truth, fresh, read, trouble, absent }
    }

    /// When every unknown input is one that the device does not have, and that is no fault: the lowest id of their answers.
    fn absent<'a>(&self, watched: &Watched, known: &impl Fn(u32) -> &'a Known) -> Option<u64> {
        let unknown = || watched.inputs.iter().filter(|input| known(input.slot).is_err());
        let fitted = |input: &Input| *known(input.slot) != Err(Reason::Absent);
        if watched.watch.absent_is_fault || unknown().any(fitted) {
            return None;
        }
        unknown().map(|input| self.source(input.source).answered).min()
    }

    /// The worst reason among the unknown inputs that is a fault of this rule, not of its link.
    fn trouble<'a>(&self, watched: &Watched, known: &impl Fn(u32) -> &'a Known) -> Option<(Reason, u64)> {
        let mut worst: Option<(Reason, u64)> = None;
        for input in &watched.inputs {
            let reason = match known(input.slot) {
                Err(reason @ (Reason::Stale | Reason::BadValue | Reason::DeviceException)) => *reason,
                Err(Reason::Absent) if watched.watch.absent_is_fault => Reason::Absent,
                // A link that is down is announced as such, and what was never read is waited for.
                Err(Reason::Absent | Reason::LinkDown | Reason::NeverRead) | Ok(_) => continue,
            };
            let answered = self.source(input.source).answered;
            worst = Some(worst.map_or((reason, answered), |(other, first)| {
                (if severity(reason) > severity(other) { reason } else { other }, first.min(answered))
            }));
        }
        worst
    }
}

fn severity(reason: Reason) -> u8 {
    match reason {
        Reason::Stale => 3,
        Reason::DeviceException => 2,
        Reason::BadValue => 1,
        Reason::Absent | Reason::LinkDown | Reason::NeverRead => 0,
    }
}
