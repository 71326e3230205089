//! Reports for whoever asks over HTTP: made from the stretch of the journal that they need, one at a time.
//!
//! Takes: the name of a report and a stretch of time.
//! Gives: the document and where it comes from.
//! Never: the whole journal where an index says which facts are enough; a fact that is kept after it was looked at.

use std::sync::Arc;
use std::time::Duration;

use super::Web;
use super::problem::Problem;
use crate::engine::base::{EventId, Wall};
use crate::engine::performance::{Figures, Performance};
use crate::engine::report::{Document, Lasting, Name, Report, Source};
use crate::live::{Excerpt, Records, Search, Things, Where, one_by_one};

/// A list waits so long for what was written last.
const REACHED_WITHIN: Duration = Duration::from_millis(800);
/// The longest stretch of one report.
const LONGEST: Duration = Duration::from_secs(367 * 24 * 3600);
/// Floods and what chatters began some time before.
const BEFORE_US: i64 = 24 * 3600 * 1_000_000;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub name: Name,
    pub from: Wall,
    pub to: Wall,
    pub incident: Option<EventId>,
}

impl Web {
    /// Makes a report of the records that it needs.
    pub(super) async fn report(&self, wanted: Wanted) -> Result<(Document, Source), Problem> {
        if wanted.to.since(wanted.from) > LONGEST {
            return Err(Problem::bad("to", "at most a year after `from`"));
        }
        let _turn = self.gathering.acquire().await.map_err(|error| Problem::store("reports", &error))?;
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let made = self.waiting(move || make(&*records, &*search, wanted)).await?;
        let (report, last, head) = made.map_err(|error| Problem::store("journal", &error))?;
        let report = report.ok_or_else(|| Problem::not_found("incident"))?;
        let source = Source { site: self.services.site.name.clone(), made: self.now().wall, last, head };
        Ok((report, source))
    }

    /// The figures of ISA-18.2 of a stretch of time.
    pub(super) async fn performance(&self, from: Wall, to: Wall) -> Result<Figures, Problem> {
        let _turn = self.gathering.acquire().await.map_err(|error| Problem::store("figures", &error))?;
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let read = self.waiting(move || {
            let mut performance = Performance::of(from, to);
            long_before(&*search, from, to).read(&*records, |fact| performance.note(fact))?;
            Ok::<_, String>(performance.figures())
        });
        read.await?.map_err(|error| Problem::store("journal", &error))
    }

    /// The last incidents, the newest first.
    pub(super) async fn incidents(&self, count: usize) -> Result<Vec<(EventId, Wall)>, Problem> {
        let (records, search) = (Arc::clone(&self.services.records), Arc::clone(&self.services.search));
        let last = self.services.picture.state().last.seq;
        let found = self.waiting(move || {
            search.reach(last, REACHED_WITHIN);
            let mut incidents = Vec::new();
            for seq in newest(&*search, count)? {
                one_by_one(&*records, &[seq], |fact| incidents.push((EventId::from(fact.id), fact.at)))?;
            }
            Ok::<_, String>(incidents)
        });
        found.await?.map_err(|error| Problem::store("journal", &error))
    }
}

/// The numbers of the last incidents, the newest first.
fn newest(search: &dyn Search, limit: usize) -> Result<Vec<u64>, String> {
    let always = (Wall(i64::MIN), Wall(i64::MAX));
    let wanted = Things { lasting: vec![Lasting::Incident], at: Where::Anywhere, from: always.0, to: always.1, limit };
    Ok(search.things(&wanted)?.0)
}

/// The report, the last record and its hash.
fn make(
    records: &dyn Records,
    search: &dyn Search,
    wanted: Wanted,
) -> Result<(Option<Document>, EventId, String), String> {
    let (last, head) = records.head()?;
    let mut report = Report::begin(wanted.name, wanted.from, wanted.to, wanted.incident);
    let excerpt = match wanted.name {
        Name::Incident => {
            search.reach(last.seq, REACHED_WITHIN);
            let last = || whole_without_index(newest(search, 1)).first().copied();
            // No fact has the number 0: without an incident only what the index does not know is looked through.
            let seq = wanted.incident.map(|id| id.seq).or_else(last).unwrap_or(0);
            whole_without_index(search.incident(seq))
        }
        Name::BadActors | Name::Performance => long_before(search, wanted.from, wanted.to),
        _ => whole_without_index(search.excerpt(wanted.from, wanted.to)),
    };
    excerpt.read(records, |fact| report.note(fact))?;
    Ok((report.finish(), last, head))
}

/// The records of a stretch of time and of a day before it.
fn long_before(search: &dyn Search, from: Wall, to: Wall) -> Excerpt {
    whole_without_index(search.excerpt(Wall(from.0.saturating_sub(BEFORE_US)), to))
}

/// An index that cannot be read leaves the journal itself: that takes longer and says the same.
fn whole_without_index<T: Default>(found: Result<T, String>) -> T {
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "the index of the journal; the whole journal is read for a report");
        T::default()
    })
}
