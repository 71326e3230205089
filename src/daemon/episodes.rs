//! When a point is in alarm, for the trends.
//!
//! Takes: shown facts.
//! Gives: to the trends, when the first alarm of a point opens and when the last one closes.
//! Never: loses one. After a start, or when it fell behind, what is open is compared with what the trends know.
//!
//! A point is in alarm while an occurrence of it is open, also one that was acknowledged or waits for a reset. What its
//! equipment does (start, feedback, delay) and what is done to it (disabled, test) is no alarm; nor is a lost link, whose
//! time the trends count as unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::edge::clock::Clock;
use crate::edge::trends::Trends;
use crate::engine::alarm::{Fact, FactKind, State};
use crate::engine::base::{Category, EventId, PointId, Wall};
use crate::live::Picture;

/// Follows until `stop`.
pub(super) async fn follow(picture: Arc<Picture>, trends: Trends, clock: Clock, stop: CancellationToken) {
    let known = trends.clone();
    let known = match tokio::task::spawn_blocking(move || known.in_alarm()).await {
        Ok(Ok(points)) => points,
        Ok(Err(error)) => return error!(%error, "the trends do not say which points were in alarm; nor will they"),
        Err(error) => return error!(%error, "the trends were not asked"),
    };
    let mut episodes = Episodes { open: known.into_iter().map(|point| (point, BTreeSet::new())).collect(), seq: 0 };
    loop {
        let (state, mut feed) = picture.follow();
        episodes.compare(&state, clock.now().wall).into_iter().for_each(|change| change.tell(&trends));
        loop {
            let shown = tokio::select! {
                () = stop.cancelled() => return,
                shown = feed.recv() => shown,
            };
            match shown {
                Ok(shown) => {
                    if let Some(change) = episodes.note(&shown.fact) {
                        change.tell(&trends);
                    }
                }
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// A point enters or leaves alarm.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    point: PointId,
    at: Wall,
    active: bool,
}

impl Change {
    fn tell(self, trends: &Trends) {
        trends.alarm(&self.point, self.at, self.active);
    }
}

/// Open occurrences of the points that are in alarm.
struct Episodes {
    open: BTreeMap<PointId, BTreeSet<EventId>>,
    /// The newest fact that is in it: one that was shown unrecorded is shown again.
    seq: u64,
}

impl Episodes {
    /// Takes over a state.
    fn compare(&mut self, state: &State, now: Wall) -> Vec<Change> {
        let mut open: BTreeMap<PointId, BTreeSet<EventId>> = BTreeMap::new();
        let mut since: BTreeMap<PointId, Wall> = BTreeMap::new();
        for occurrence in state.open().filter(|occurrence| is_alarm(occurrence.raise.condition.category)) {
            let point = &occurrence.raise.condition.point;
            open.entry(point.clone()).or_default().insert(occurrence.id);
            let since = since.entry(point.clone()).or_insert(occurrence.raised_at);
            *since = occurrence.raised_at.min(*since);
        }
        let over = self.open.keys().filter(|point| !open.contains_key(*point));
        let ended = |point: &PointId| {
            let closed = state.occurrences.values().filter(|occurrence| occurrence.raise.condition.point == *point);
            closed.filter_map(|occurrence| occurrence.closed).map(|(at, _)| at).max()
        };
        // The state keeps the last closed ones; what is no longer among them ended at some time before now.
        let over = over.map(|point| Change { point: point.clone(), at: ended(point).unwrap_or(now), active: false });
        let begun = since.into_iter().filter(|(point, _)| !self.open.contains_key(point));
        let begun = begun.map(|(point, at)| Change { point, at, active: true });
        let changes = over.chain(begun).collect();
        (self.open, self.seq) = (open, state.last.seq);
        changes
    }

    /// What a fact changes.
    fn note(&mut self, fact: &Fact) -> Option<Change> {
        if fact.id.seq <= self.seq {
            return None;
        }
        self.seq = fact.id.seq;
        match &fact.kind {
            FactKind::Raised(raise) if is_alarm(raise.condition.category) => {
                let point = raise.condition.point.clone();
                let first = !self.open.contains_key(&point);
                self.open.entry(point.clone()).or_default().insert(fact.id.into());
                first.then_some(Change { point, at: fact.at, active: true })
            }
            FactKind::Closed { occurrence, .. } => {
                let (point, open) = self.open.iter_mut().find(|(_, open)| open.contains(occurrence))?;
                open.remove(occurrence);
                let point = point.clone();
                open.is_empty().then(|| self.open.remove(&point))?;
                Some(Change { point, at: fact.at, active: false })
            }
            _ => None,
        }
    }
}

fn is_alarm(category: Category) -> bool {
    use Category as C;
    match category {
        C::Fire | C::Discharge | C::Gas | C::Emergency | C::Supervisory | C::Prealarm | C::Fault | C::MainsFault => {
            true
        }
        C::BackupFault | C::Limit | C::Own => true,
        C::Start | C::Feedback | C::Delay | C::LinkFault | C::Disabled | C::Test => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::alarm::{CloseReason, FACT_VERSION, FactId, Raise};
    use crate::engine::base::{Text, Tone};
    use crate::engine::site::{Condition, Place};

    fn fact(seq: u64, kind: FactKind) -> Fact {
        let at = Wall(i64::try_from(seq).expect("small") * 1_000_000);
        Fact { v: FACT_VERSION, id: FactId { epoch: 1, seq }, at, by: None, key: None, kind }
    }

    fn raised(seq: u64, point: &str, category: Category) -> Fact {
        let raise = Raise {
            condition: Condition { point: PointId::new(point), category, level: None },
            name: Text::same("x"),
            place: Place::default(),
            priority: 4,
            latches: false,
            stays: false,
            tone: Tone::Fault,
            code: None,
            kind: None,
            incident: None,
            first: false,
            realarm: false,
            arrival: None,
            detail: None,
            advice: None,
            class: None,
            momentary: false,
        };
        fact(seq, FactKind::Raised(Arc::new(raise)))
    }

    fn closed(seq: u64, of: u64) -> Fact {
        fact(seq, FactKind::Closed { occurrence: EventId { epoch: 1, seq: of }, reason: CloseReason::Over })
    }

    fn change(point: &str, second: i64, active: bool) -> Change {
        Change { point: PointId::new(point), at: Wall(second * 1_000_000), active }
    }

    #[test]
    fn from_the_first_alarm_of_a_point_to_the_end_of_its_last() {
        let mut episodes = Episodes { open: BTreeMap::new(), seq: 0 };
        let facts = [
            raised(1, "gen-1/oil", Category::Fault),
            raised(2, "gen-1/oil", Category::Limit),
            raised(3, "fan-1/running", Category::Feedback),
            closed(4, 1),
            // A fact that was shown unrecorded comes again.
            closed(4, 1),
            closed(5, 3),
            closed(6, 2),
        ];
        let said: Vec<Change> = facts.iter().filter_map(|fact| episodes.note(fact)).collect();
        assert_eq!(said, [change("gen-1/oil", 1, true), change("gen-1/oil", 6, false)]);
    }

    #[test]
    fn what_changed_while_nobody_followed_is_found_in_the_state() {
        let mut state = State::default();
        for fact in [raised(1, "a/x", Category::Fire), raised(2, "b/x", Category::Fault), closed(3, 2)] {
            state.apply(&fact);
        }
        let known = ["b/x", "c/x"].map(|point| (PointId::new(point), BTreeSet::new()));
        let mut episodes = Episodes { open: known.into_iter().collect(), seq: 0 };
        let said = episodes.compare(&state, Wall(9_000_000));
        // Nobody knows any more when c/x ended.
        assert_eq!(said, [change("b/x", 3, false), change("c/x", 9, false), change("a/x", 1, true)]);
        assert_eq!(episodes.note(&closed(4, 1)), Some(change("a/x", 4, false)));
    }
}
