//! Finds facts for whoever asks over HTTP: through the index, read from the journal.
//!
//! Takes: a sieve, or the id of something that happened.
//! Gives: facts, and by name what they speak of.
//! Never: an answer from the index alone; what it finds is read from the journal, which may have less than it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Web;
use super::problem::Problem;
use crate::engine::alarm::{CloseReason, Fact, FactKind, Raise, Verdict};
use crate::engine::base::{EventId, Wall};
use crate::engine::report::Trace;
use crate::live::{Found, Records, Search, Sieve, Stretch, one_by_one};

/// A search waits so long for what was written last.
const REACHED_WITHIN: Duration = Duration::from_millis(800);
/// A copy waits so long, because it must have everything.
const COPIED_WITHIN: Duration = Duration::from_secs(10);
/// Facts looked at for one page.
const LOOKED_AT: u64 = 2_000_000;
/// Facts of one story.
const STORY: usize = 2_000;

/// The first alarm is among so many.
const FIRSTS: usize = 5;
/// A reset and what it closes stand no further apart in the journal.
const RESET_WITHIN: u64 = 20_000;

/// Facts by what they began.
pub(super) type Past = BTreeMap<EventId, Arc<Fact>>;

impl Web {
    /// The newest facts before `before` that pass, at most `limit`.
    pub(super) async fn find(
        &self,
        sieve: Sieve,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Fact>, Found), Problem> {
        let last = self.services.picture.state().last.seq;
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let found = self.waiting(move || {
            search.reach(last, REACHED_WITHIN);
            let stretch = Stretch { before: before.unwrap_or(u64::MAX), limit, looked_at: LOOKED_AT };
            let found = search.find(&sieve, stretch)?;
            let facts = listed(&*records, &found.seqs)?;
            Ok::<_, String>((facts, found))
        });
        found.await?.map_err(|error| Problem::store("search", &error))
    }

    /// The numbers of all facts that pass, in order, and up to which fact they were looked for.
    pub(super) async fn find_all(&self, sieve: Sieve) -> Result<(Vec<u64>, u64), Problem> {
        let last = self.services.picture.state().last.seq;
        let search = Arc::clone(&self.services.search);
        let found = self.waiting(move || {
            search.reach(last, COPIED_WITHIN);
            search.find(&sieve, Stretch { before: u64::MAX, limit: usize::MAX, looked_at: u64::MAX })
        });
        let mut found = found.await?.map_err(|error| Problem::store("search", &error))?;
        found.seqs.reverse();
        Ok((found.seqs, found.upto))
    }

    /// Everything that happened to something, in order; empty where the journal has no such thing.
    pub(super) async fn story(&self, of: EventId) -> Result<Vec<Fact>, Problem> {
        let last = self.services.picture.state().last.seq;
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let told = self.waiting(move || {
            search.reach(last, REACHED_WITHIN);
            let mut seqs = search.story(of, STORY)?;
            let facts = listed(&*records, &seqs)?;
            let Some(reset) = reset_of(&*search, &facts, of)? else { return Ok(facts) };
            seqs.push(reset);
            seqs.sort_unstable();
            seqs.dedup();
            listed(&*records, &seqs)
        });
        let told = told.await?.map_err(|error| Problem::store("search", &error))?;
        Ok(if told.iter().any(|fact| EventId::from(fact.id) == of) { told } else { Vec::new() })
    }

    /// What facts speak of by id, as the journal has it.
    pub(super) async fn past(&self, facts: &[Fact]) -> Result<Past, Problem> {
        let mut ids: Vec<EventId> = facts.iter().flat_map(|fact| Trace::of(fact, |_| None).about).collect();
        ids.sort_unstable();
        ids.dedup();
        let records = Arc::clone(&self.services.records);
        let read = self.waiting(move || {
            let seqs: Vec<u64> = ids.iter().map(|id| id.seq).collect();
            let facts = listed(&*records, &seqs)?;
            let by_id = facts.into_iter().map(|fact| (EventId::from(fact.id), Arc::new(fact)));
            Ok::<Past, String>(by_id.filter(|(id, _)| ids.contains(id)).collect())
        });
        read.await?.map_err(|error| Problem::store("journal", &error))
    }
}

/// An incident as a line of the list.
pub(super) struct IncidentLine {
    pub id: EventId,
    pub at: Wall,
    pub first: Option<Arc<Raise>>,
    pub alarms: usize,
    pub closed: Option<(Wall, Verdict)>,
}

impl Web {
    /// Incidents before `before`, the newest first, and where to go on.
    pub(super) async fn incident_lines(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<IncidentLine>, Option<u64>), Problem> {
        let sieve = Sieve { kinds: vec!["incident-opened".to_owned()], ..Sieve::default() };
        let (opened, found) = self.find(sieve, before, limit).await?;
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let lines = self.waiting(move || {
            let line = |fact: &Fact| incident_line(&*records, &*search, fact);
            opened.iter().map(line).collect::<Result<Vec<_>, String>>()
        });
        Ok((lines.await?.map_err(|error| Problem::store("search", &error))?, found.back_to))
    }
}

/// Its first alarms and its end stand first and last among what speaks of it.
fn incident_line(records: &dyn Records, search: &dyn Search, opened: &Fact) -> Result<IncidentLine, String> {
    let id = EventId::from(opened.id);
    let about = search.about(id)?;
    let first = listed(records, about.get(..about.len().min(FIRSTS)).unwrap_or_default())?;
    let first = first.into_iter().find_map(|fact| match fact.kind {
        FactKind::Raised(raise) if raise.first => Some(raise),
        _ => None,
    });
    let last = listed(records, about.last().map(std::slice::from_ref).unwrap_or_default())?;
    let closed = last.iter().find_map(|fact| match fact.kind {
        FactKind::IncidentClosed { incident, verdict } if incident == id => Some((fact.at, verdict)),
        _ => None,
    });
    Ok(IncidentLine { id, at: opened.at, first, alarms: about.len() - usize::from(closed.is_some()), closed })
}

/// The reset that ended something: the last one before its end, not far off.
fn reset_of(search: &dyn Search, facts: &[Fact], of: EventId) -> Result<Option<u64>, String> {
    let closed = facts.iter().find_map(|fact| match &fact.kind {
        FactKind::Closed { occurrence, reason: CloseReason::Reset | CloseReason::PanelReset } if *occurrence == of => {
            Some(fact.id.seq)
        }
        _ => None,
    });
    let Some(before) = closed else { return Ok(None) };
    let sieve = Sieve { kinds: vec!["reset".to_owned(), "panel-reset".to_owned()], ..Sieve::default() };
    Ok(search.find(&sieve, Stretch { before, limit: 1, looked_at: RESET_WITHIN })?.seqs.first().copied())
}

/// The facts of these numbers, in their order; one that has left the journal is left out.
fn listed(records: &dyn Records, seqs: &[u64]) -> Result<Vec<Fact>, String> {
    let mut facts = Vec::with_capacity(seqs.len());
    one_by_one(records, seqs, |fact| facts.push(fact.clone()))?;
    Ok(facts)
}
