//! Reports for whoever asks over HTTP: made from the stretch of the journal that they need, one at a time.
//!
//! Takes: the name of a report and a stretch of time.
//! Gives: the document and where it comes from.
//! Never: the whole journal for each request: marks say where to begin, and only what is new is looked at for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Web;
use super::problem::Problem;
use crate::engine::alarm::Fact;
use crate::engine::base::{EventId, Wall};
use crate::engine::performance::{Figures, Performance};
use crate::engine::report::{Document, Marks, Name, Report, Source};
use crate::live::Records;

/// Facts read at once.
const PAGE: usize = 1_000;
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
    /// Makes a report. The first one after a start reads the whole journal, the others what they need.
    pub(super) async fn report(&self, wanted: Wanted) -> Result<(Document, Source), Problem> {
        if wanted.to.since(wanted.from) > LONGEST {
            return Err(Problem::bad("to", "at most a year after `from`"));
        }
        let _turn = self.gathering.acquire().await.map_err(|error| Problem::store("reports", &error))?;
        let (records, marks) = (Arc::clone(&self.services.records), Arc::clone(&self.marks));
        let made = self.waiting(move || make(&*records, &marks, wanted)).await?;
        let (report, last, head) = made.map_err(|error| Problem::store("journal", &error))?;
        let report = report.ok_or_else(|| Problem::not_found("incident"))?;
        let source = Source { site: self.services.site.name.clone(), made: self.now().wall, last, head };
        Ok((report, source))
    }

    /// The figures of ISA-18.2 of a stretch of time.
    pub(super) async fn performance(&self, from: Wall, to: Wall) -> Result<Figures, Problem> {
        let _turn = self.gathering.acquire().await.map_err(|error| Problem::store("figures", &error))?;
        let (records, marks) = (Arc::clone(&self.services.records), Arc::clone(&self.marks));
        let read = self.waiting(move || {
            catch_up(&*records, &marks)?;
            let span = long_before(&marks, from, to);
            let mut performance = Performance::of(from, to);
            pages(&*records, span, |fact| performance.note(fact))?;
            Ok::<_, String>(performance.figures())
        });
        read.await?.map_err(|error| Problem::store("journal", &error))
    }

    /// The last incidents, the newest first.
    pub(super) async fn incidents(&self, count: usize) -> Result<Vec<(EventId, Wall)>, Problem> {
        let _turn = self.gathering.acquire().await.map_err(|error| Problem::store("reports", &error))?;
        let (records, marks) = (Arc::clone(&self.services.records), Arc::clone(&self.marks));
        let found = self.waiting(move || {
            catch_up(&*records, &marks)?;
            let marks = marks.lock().unwrap_or_else(PoisonError::into_inner);
            Ok::<_, String>(marks.incidents().iter().rev().take(count).copied().collect())
        });
        found.await?.map_err(|error| Problem::store("journal", &error))
    }
}

/// The report, the last record and its hash.
fn make(
    records: &dyn Records,
    marks: &Mutex<Marks>,
    wanted: Wanted,
) -> Result<(Option<Document>, EventId, String), String> {
    catch_up(records, marks)?;
    let (last, head) = records.head()?;
    let mut report = Report::begin(wanted.name, wanted.from, wanted.to, wanted.incident);
    let span = match wanted.name {
        Name::Incident => {
            let newest = || marks.lock().unwrap_or_else(PoisonError::into_inner).incidents().last().map(|(id, _)| *id);
            (wanted.incident.or_else(newest).map_or(last.seq, |id| id.seq.saturating_sub(1)), last.seq)
        }
        Name::BadActors | Name::Performance => long_before(marks, wanted.from, wanted.to),
        _ => marks.lock().unwrap_or_else(PoisonError::into_inner).span(wanted.from, wanted.to),
    };
    pages(records, span, |fact| report.note(fact))?;
    Ok((report.finish(), last, head))
}

/// The records of a stretch of time and of a day before it.
fn long_before(marks: &Mutex<Marks>, from: Wall, to: Wall) -> (u64, u64) {
    marks.lock().unwrap_or_else(PoisonError::into_inner).span(Wall(from.0.saturating_sub(BEFORE_US)), to)
}

/// Looks at what was written since the last time.
pub(super) fn catch_up(records: &dyn Records, marks: &Mutex<Marks>) -> Result<(), String> {
    let mut marks = marks.lock().unwrap_or_else(PoisonError::into_inner);
    let after = marks.last();
    pages(records, (after, u64::MAX), |fact| marks.note(fact))
}

/// Gives every record after the first and up to the second of `span` to `each`, a page at a time.
pub(super) fn pages(
    records: &dyn Records,
    (mut after, upto): (u64, u64),
    mut each: impl FnMut(&Fact),
) -> Result<(), String> {
    while after < upto {
        let page = records.read(after, PAGE)?;
        page.iter().filter(|fact| fact.id.seq <= upto).for_each(&mut each);
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.id.seq,
            _ => break,
        }
    }
    Ok(())
}
