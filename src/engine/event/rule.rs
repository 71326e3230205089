//! One rule under watch: what was said of it, and what would have to happen before something else is said.
//!
//! Takes: the truth of its expression, and how fresh its inputs are.
//! Gives: the next [`Event`]s of this rule.
//! Never: looks at values; the expression has done so.

use std::time::Duration;

use super::{Event, Moment};
use crate::engine::base::{Mono, Reason, Truth};
use crate::engine::profile::Expression;

/// A rule as the detector watches it. Slots are the detector's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// Index of the rule in the site; what [`Event`]s call it.
    pub rule: u32,
    /// When it holds.
    pub when: Expression,
    /// How long it must hold before it is raised; zero for fire.
    pub delay: Duration,
    /// Whether an absent input is a fault too: it is for fire, discharge and gas, where "there is no such detector"
    /// means that nobody watches the place. Elsewhere an absent input is an option that was not fitted: the rule is
    /// unknown, and that is all.
    pub absent_is_fault: bool,
}

/// One input of a rule: the slot of its point and the request that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Input {
    /// The detector's slot.
    pub slot: u32,
    /// The request that reads it.
    pub source: u32,
}

/// What has been said of a rule and what is pending.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// The last truth that was reported.
    pub reported: Truth,
    /// Whether the last *known* truth that was reported is true. An episode outlasts a loss of quality.
    pub raised: bool,
    /// Since when it has held without interruption.
    pub held_since: Option<Mono>,
    /// It was found false at this answer, for the first time since it held; every known input must be read again.
    pub clear: Option<u64>,
    /// It must be reported anew, from requests with a higher id than this.
    pub again: Option<u64>,
    /// It was found without a usable input at this answer, for the first time; or, while it is blind, with inputs that
    /// are not fitted.
    pub suspect: Option<u64>,
    /// It has been announced as blind.
    pub blind: bool,
}

/// What the detector knows when it looks at a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// The truth of the expression over everything that is known.
    pub truth: Truth,
    /// Whether requests sent after the call for confirmation suffice for this truth; true when nobody called.
    pub fresh: bool,
    /// The lowest id of the last verified reads of its known inputs. An input that is unknown has no part in a truth
    /// that is known: three-valued logic gives the same whatever its value.
    pub read: u64,
    /// When it is unknown and that is a fault: the worst reason, and the lowest id of the last answers of its bad inputs.
    pub trouble: Option<(Reason, u64)>,
    /// When it is unknown and the device says of everything it lacks that it is not fitted: the lowest id of those answers.
    pub absent: Option<u64>,
}

impl Standing {
    pub fn new() -> Standing {
        Standing {
            reported: Truth::Unknown,
            raised: false,
            held_since: None,
            clear: None,
            again: None,
            suspect: None,
            blind: false,
        }
    }

    /// Whether the next answer to one of its requests matters although no input changes.
    pub fn pending(&self) -> bool {
        self.clear.is_some() || self.again.is_some() || self.suspect.is_some()
    }

    /// Whether its inputs should be read sooner than their period asks for.
    pub fn wants_reading(&self) -> bool {
        self.again.is_some() || self.suspect.is_some()
    }

    /// When it will have held long enough, if it is not raised yet.
    pub fn due(&self, delay: Duration) -> Option<Mono> {
        if self.raised { None } else { self.held_since.map(|since| since.after(delay)) }
    }

    /// Takes one look and says what follows from it.
    pub fn advance(&mut self, watch: &Watch, look: Look, at: Moment, events: &mut Vec<Event>) {
        match look.truth {
            Truth::True => self.holds(watch, look, at, events),
            Truth::False => self.fails(watch, look, at, events),
            Truth::Unknown => self.unknown(watch, look, at, events),
        }
    }

    fn holds(&mut self, watch: &Watch, look: Look, at: Moment, events: &mut Vec<Event>) {
        self.clear = None;
        self.suspect = None;
        self.sees(watch, events);
        let since = *self.held_since.get_or_insert(at.now.mono);
        if self.raised || at.now.mono.since(since) >= watch.delay {
            self.raised = true;
            self.report(watch, Truth::True, look.fresh, events);
        }
    }

    fn fails(&mut self, watch: &Watch, look: Look, at: Moment, events: &mut Vec<Event>) {
        self.held_since = None;
        self.suspect = None;
        if self.reported == Truth::False && self.again.is_none() && !self.blind {
            self.clear = None;
            return;
        }
        if !look.fresh {
            return;
        }
        match self.clear {
            None => self.clear = Some(at.id),
            Some(first) if look.read > first => {
                self.clear = None;
                self.raised = false;
                self.sees(watch, events);
                self.report(watch, Truth::False, true, events);
            }
            Some(_) => {}
        }
    }

    fn unknown(&mut self, watch: &Watch, look: Look, at: Moment, events: &mut Vec<Event>) {
        self.clear = None;
        if !self.raised {
            // What cannot be seen cannot be said to have held.
            self.held_since = None;
        }
        match (look.trouble, self.suspect) {
            _ if self.blind => self.still_blind(watch, look, at, events),
            (None, _) => self.suspect = None,
            (Some((reason, answered)), first) => {
                // Staleness is the end of a wait already; everything else may be one bad answer.
                if reason == Reason::Stale || first.is_some_and(|first| answered > first) {
                    self.suspect = None;
                    self.blind = true;
                    events.push(Event::Blind { rule: watch.rule, reason });
                } else if first.is_none() {
                    self.suspect = Some(at.id);
                }
            }
        }
        self.report(watch, Truth::Unknown, look.fresh, events);
    }

    /// Blind, until the device says twice that what could not be read is not fitted. That is known then, and no fault.
    fn still_blind(&mut self, watch: &Watch, look: Look, at: Moment, events: &mut Vec<Event>) {
        self.suspect = match (look.absent, self.suspect) {
            (None, _) => None,
            (Some(_), None) => Some(at.id),
            (Some(answered), Some(first)) if answered > first => {
                self.sees(watch, events);
                None
            }
            (Some(_), first) => first,
        };
    }

    fn sees(&mut self, watch: &Watch, events: &mut Vec<Event>) {
        if std::mem::take(&mut self.blind) {
            events.push(Event::Sees { rule: watch.rule });
        }
    }

    fn report(&mut self, watch: &Watch, truth: Truth, fresh: bool, events: &mut Vec<Event>) {
        let asked = fresh && self.again.take().is_some();
        if self.reported != truth || asked {
            self.reported = truth;
            events.push(Event::Truth { rule: watch.rule, truth });
        }
    }
}
