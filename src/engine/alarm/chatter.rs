//! Conditions that come and go often: marked, and where they are no danger to life, damped.
//!
//! Takes: every activation that is decided, and what sources say of marked conditions.
//! Gives: the marks `chatter-began`, `chatter-counted` and `chatter-ended`, and nothing of a damped condition besides.
//! Never: delays a first activation, or damps fire, discharge, gas or an emergency: each of their returns is a fact.
//!
//! While a condition is damped its row stays and stands as active: what comes and goes is not over. That nothing is
//! known of it is said at once, as always.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::apply::sounds;
use super::chatter_fact::ChatterFact;
use super::decision::Decision;
use super::fact::{FactKind, Source, SourceCause, Verdict};
use super::state::State;
use crate::engine::base::{EventId, Mono, Now, Truth, Wall};
use crate::engine::site::{Condition, Settings};

/// A damped condition is heard again this long after it was last heard at the earliest.
const HEARD_EVERY: Duration = Duration::from_secs(60);
/// So many conditions are kept before any is forgotten.
const ROOM: usize = 1_024;

/// What the process knows of conditions that come and go; a mark itself is state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::engine) struct Chatter {
    /// When each condition became active, within the site's time: as often as matters.
    #[serde(with = "super::pairs")]
    lately: BTreeMap<Condition, VecDeque<Mono>>,
    /// How many conditions there may be before those of long ago are forgotten.
    room: usize,
    marked: BTreeMap<EventId, Marked>,
    due: BTreeSet<(Mono, EventId)>,
}

/// A marked occurrence.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Marked {
    /// What its source said last.
    said: Truth,
    /// When that changed last.
    moved: Mono,
    /// Activations that no fact tells yet.
    untold: u32,
    /// From when on it may be heard again.
    heard_from: Mono,
    /// The deadline it stands under in [`Chatter::due`].
    due: Option<Mono>,
}

impl Chatter {
    /// Takes up the marks of a recovered state: nothing is known of their conditions yet.
    pub fn resumed(state: &State, now: Now) -> Chatter {
        let mut chatter = Chatter::default();
        for held in state.open().filter(|held| held.chattering.is_some()) {
            chatter.mark(held.id, Truth::Unknown, now.mono, now.mono);
        }
        chatter
    }

    /// When time alone will say something.
    pub fn next(&self) -> Option<Mono> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Notes an activation, and gives how many there were within `within`.
    fn note(&mut self, condition: &Condition, now: Mono, settings: &Settings) -> u32 {
        let gone = |at: &Mono| now.since(*at) >= settings.chatter_within;
        if self.lately.len() > self.room {
            // Seldom enough that a condition costs the same however many there are.
            self.lately.retain(|_, times| times.back().is_some_and(|last| !gone(last)));
            self.room = ROOM.max(self.lately.len() * 2);
        }
        let times = self.lately.entry(condition.clone()).or_default();
        while times.front().is_some_and(gone) || times.len() >= settings.chatter_times as usize {
            times.pop_front();
        }
        times.push_back(now);
        u32::try_from(times.len()).unwrap_or(u32::MAX)
    }

    fn mark(&mut self, id: EventId, said: Truth, moved: Mono, heard_from: Mono) {
        self.marked.insert(id, Marked { said, moved, untold: 0, heard_from, due: None });
    }

    /// Sets when `id` is to be looked at next. A mark does not end while nothing is known.
    fn schedule(&mut self, id: EventId, settings: &Settings) {
        let Some(held) = self.marked.get_mut(&id) else { return };
        let still = (held.said != Truth::Unknown).then(|| held.moved.after(settings.chatter_still));
        let word = (held.untold > 0).then_some(held.heard_from);
        let due = still.into_iter().chain(word).min();
        if let Some(before) = std::mem::replace(&mut held.due, due) {
            self.due.remove(&(before, id));
        }
        self.due.extend(due.map(|due| (due, id)));
    }

    fn forget(&mut self, id: EventId) {
        if let Some(due) = self.marked.remove(&id).and_then(|held| held.due) {
            self.due.remove(&(due, id));
        }
    }
}

impl Decision<'_> {
    /// An occurrence became active: marks it when that happens too often.
    pub(super) fn note_activation(&mut self, id: EventId) {
        let site = self.site;
        let settings = &site.settings;
        // What happened and is over is told every time, such as a command that failed.
        let Some(held) = self.state.occurrences.get(&id).filter(|held| !held.raise.momentary) else { return };
        let times = self.chatter.note(&held.raise.condition, self.now.mono, settings);
        if let Some(marked) = self.chatter.marked.get_mut(&id) {
            (marked.said, marked.moved) = (Truth::True, self.now.mono);
        } else if times >= settings.chatter_times {
            let heard_from = self.now.mono.after(HEARD_EVERY);
            self.chatter.mark(id, Truth::True, self.now.mono, heard_from);
            self.decide(FactKind::Chatter(ChatterFact::Began { occurrence: id, times }));
        }
        self.chatter.schedule(id, settings);
    }

    /// An open occurrence became active again: a fact of its own, or one more for the next word of a damped one.
    pub fn returned(&mut self, id: EventId) {
        let source = self.state.occurrences.get(&id).filter(|held| held.is_damped()).map(|held| held.source);
        let (Some(source), Some(marked)) = (source, self.chatter.marked.get_mut(&id)) else {
            self.decide(FactKind::Reactivated { occurrence: id });
            return;
        };
        marked.untold = marked.untold.saturating_add(1);
        (marked.said, marked.moved) = (Truth::True, self.now.mono);
        let heard = marked.heard_from <= self.now.mono;
        if heard || source != Source::Active {
            self.tell_chatter(id, heard);
        }
        self.chatter.schedule(id, &self.site.settings);
    }

    /// Takes what a source says of a damped occurrence, and whether that is all there is to it for now.
    pub fn damps(&mut self, id: EventId, truth: Truth) -> bool {
        let Some(held) = self.state.occurrences.get(&id).filter(|held| held.is_damped() && held.resetting.is_none())
        else {
            return false;
        };
        let source = held.source;
        let Some(marked) = self.chatter.marked.get_mut(&id) else { return false };
        let before = marked.said;
        if truth == Truth::True && source != Source::Unknown && (before != Truth::True || source == Source::Quiet) {
            self.returned(id);
            return true;
        }
        if before != truth {
            (marked.said, marked.moved) = (truth, self.now.mono);
            self.chatter.schedule(id, &self.site.settings);
        }
        truth != Truth::Unknown && source == Source::Active
    }

    /// Tells what came since the last word.
    fn tell_chatter(&mut self, id: EventId, heard: bool) {
        let Some(marked) = self.chatter.marked.get_mut(&id) else { return };
        let times = std::mem::take(&mut marked.untold);
        if times == 0 {
            return;
        }
        if heard {
            marked.heard_from = self.now.mono.after(HEARD_EVERY);
        }
        let heard = heard && self.state.occurrences.get(&id).is_some_and(|held| held.ack.is_none());
        self.decide(FactKind::Chatter(ChatterFact::Counted { occurrence: id, times, heard }));
    }

    /// What is due of marked conditions: a word of what came, or the end of the mark.
    pub fn chatter_due(&mut self) {
        while let Some((_, id)) = self.chatter.due.first().copied().filter(|(due, _)| *due <= self.now.mono) {
            let source = self.state.occurrences.get(&id).filter(|held| held.is_open()).map(|held| held.source);
            let (Some(marked), Some(source)) = (self.chatter.marked.get_mut(&id), source) else {
                self.chatter.due.pop_first();
                self.chatter.forget(id);
                continue;
            };
            if source == Source::Unknown {
                marked.said = Truth::Unknown;
            }
            let (said, still) = (marked.said, self.now.mono.since(marked.moved) >= self.site.settings.chatter_still);
            if still && said != Truth::Unknown {
                self.end_chatter(id, said);
            } else {
                self.tell_chatter(id, true);
                self.chatter.schedule(id, &self.site.settings);
            }
        }
    }

    /// It held still: the row says what its source says, and ends if nothing else holds it.
    fn end_chatter(&mut self, id: EventId, said: Truth) {
        self.tell_chatter(id, false);
        let damped = self.state.occurrences.get(&id).is_some_and(|held| held.is_damped());
        self.decide(FactKind::Chatter(ChatterFact::Ended { occurrence: id }));
        self.chatter.forget(id);
        if damped {
            if said == Truth::False {
                self.source(id, Source::Quiet, SourceCause::Read);
            }
            self.settle(id);
        }
    }
}

impl State {
    pub(super) fn apply_chatter(&mut self, at: Wall, chatter: &ChatterFact) {
        match chatter {
            ChatterFact::Began { occurrence, .. } => {
                if let Some(held) = self.occurrences.get_mut(occurrence) {
                    held.chattering = Some(at);
                }
            }
            ChatterFact::Counted { occurrence, times, heard } => self.returned(*occurrence, *times, *heard),
            ChatterFact::Ended { occurrence } => {
                if let Some(held) = self.occurrences.get_mut(occurrence) {
                    held.chattering = None;
                }
            }
        }
    }

    /// An occurrence became active again, so many times; whether that is heard.
    pub(super) fn returned(&mut self, id: EventId, times: u32, heard: bool) {
        let Some(occurrence) = self.occurrences.get_mut(&id) else { return };
        let source = if occurrence.raise.momentary { Source::Quiet } else { Source::Active };
        (occurrence.source, occurrence.known) = (source, source);
        occurrence.latched = occurrence.raise.latches;
        occurrence.count = occurrence.count.saturating_add(times);
        occurrence.resetting = None;
        if heard {
            let folded = occurrence.judged.as_ref().is_some_and(|judged| judged.under.is_some());
            occurrence.sounding = sounds(occurrence.raise.tone) && occurrence.inhibit.is_empty() && !folded;
            occurrence.resounds = None;
        }
        // What somebody judged was the time before: this one may be real, and must move what a fire moves.
        if matches!(occurrence.verdict, Verdict::False | Verdict::Drill) {
            (occurrence.verdict, occurrence.cause) = (Verdict::Unverified, None);
            for incident in self.incidents.values_mut().filter(|incident| incident.first.contains(&id)) {
                incident.verdict = Verdict::Unverified;
            }
        }
    }
}
