//! What could be taken out of the journal now, and why no more.
//!
//! Takes: an open journal, how old a record must be, what is open, which consumers run.
//! Gives: [`Outlook`].
//! Never: reads anything twice that it has found old before; holds up the writer.

use std::path::Path;
use std::sync::PoisonError;

use rusqlite::Connection;
use serde::Deserialize;

use super::checkpoint::Checkpoint;
use super::{Journal, JournalError, chain, staging};
use crate::engine::alarm::{Fact, FactKind, KeepingFact};
use crate::engine::base::{Actor, EventId, Text, Wall};

/// Facts of one read.
const PAGE: u64 = 1_000;

/// Why no more can be taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// What follows is younger than the site keeps it.
    Young,
    /// The last fact stays.
    Last,
    /// Something is not over.
    Open(EventId),
    /// A consumer has not read further.
    Unread(String),
}

impl Bound {
    pub(super) fn last(head: u64) -> Option<(u64, Bound)> {
        Some((head.saturating_sub(1), Bound::Last))
    }

    pub(super) fn open(first: EventId) -> (u64, Bound) {
        (first.seq.saturating_sub(1), Bound::Open(first))
    }

    /// The least of them.
    pub(super) fn least(bounds: impl Iterator<Item = (u64, Bound)>) -> (u64, Bound) {
        bounds.min_by_key(|(seq, _)| *seq).unwrap_or((0, Bound::Last))
    }

    /// What people read.
    pub fn text(&self) -> Text {
        match self {
            Bound::Young => {
                Text::new("其后的记录未到保存期限", "the facts after it are younger than the site keeps them")
            }
            Bound::Last => Text::new("最后一条记录保留", "the last fact stays"),
            Bound::Open(first) => Text::new(&format!("{first} 尚未结束"), &format!("{first} is open")),
            Bound::Unread(consumer) => {
                Text::new(&format!("{consumer} 尚未读到其后"), &format!("{consumer} has not read further"))
            }
        }
    }
}

/// The last checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct LastCut {
    /// As it was signed.
    pub checkpoint: Checkpoint,
    /// Who approved it, and why; of an earlier release's nobody noted it here.
    pub approved: Option<(Actor, String)>,
}

/// What could be taken out now.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// The last fact that was taken out; 0 where none ever was.
    pub begins: u64,
    /// The last checkpoint.
    pub last: Option<LastCut>,
    /// So many facts are older than the site keeps them.
    pub aged: u64,
    /// The last fact that may be taken out, and when it was decided.
    pub upto: Option<(u64, Wall)>,
    /// Why no more.
    pub why: Bound,
    /// Facts that have left and still stand in the file.
    pub left: u64,
}

/// Up to which fact everything was found older than a time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aged {
    before: Wall,
    upto: u64,
}

impl Journal {
    /// What could be taken out now: facts decided before `before`, nothing from `open` on, nothing that one of `consumers` has
    /// not read. Blocking: what is old is read once.
    ///
    /// # Errors
    /// The disk fails, or the last checkpoint or a fact cannot be read.
    pub fn outlook(
        &self,
        before: Wall,
        open: Option<EventId>,
        consumers: &[&'static str],
    ) -> Result<Outlook, JournalError> {
        self.reading(|path, reader| {
            let last = last_cut(path, reader)?;
            let begins = last.as_ref().map_or(0, |last| last.checkpoint.seq);
            let head = chain::head(reader).map_err(JournalError::sqlite(path))?.seq;
            let aged = self.aged(path, reader, begins, before)?;
            let bounds = [Some((aged, Bound::Young)), Bound::last(head), open.map(Bound::open)];
            let (least, why) = Bound::least(bounds.into_iter().flatten().chain(self.unread(consumers)));
            let upto = match least > begins {
                true => chain::read(path, reader, least - 1, 1)?.first().map(|stored| (least, stored.fact.at)),
                false => None,
            };
            let left = *self.inner.left.borrow();
            Ok(Outlook { begins, last, aged: aged - begins, upto, why, left })
        })
    }

    /// How far the consumers came that have not read everything.
    pub(super) fn unread(&self, consumers: &[&'static str]) -> Vec<(u64, Bound)> {
        let cursors = self.inner.cursors.lock().unwrap_or_else(PoisonError::into_inner);
        let known = cursors.least().map(|(consumer, seq)| (seq, Bound::Unread(consumer.to_owned())));
        let running = consumers.iter().map(|name| (cursors.get(name), Bound::Unread((*name).to_owned())));
        known.into_iter().chain(running).collect()
    }

    /// Up to which fact everything is older than `before`.
    fn aged(&self, path: &Path, reader: &Connection, begins: u64, before: Wall) -> Result<u64, JournalError> {
        let mut known = self.inner.aged.lock().unwrap_or_else(PoisonError::into_inner);
        // The clock may have been set back.
        let from = if known.before <= before { known.upto.max(begins) } else { begins };
        let upto = older(path, reader, from, before)?;
        *known = Aged { before, upto };
        Ok(upto)
    }
}

#[derive(Deserialize)]
struct Dated {
    at: Wall,
}

fn older(path: &Path, reader: &Connection, from: u64, before: Wall) -> Result<u64, JournalError> {
    let sqlite = JournalError::sqlite(path);
    let mut upto = from;
    loop {
        // A page is a moment of its own: the writer's log is never held for long.
        let mut statement = reader
            .prepare_cached("SELECT seq, bytes FROM fact WHERE seq > ?1 AND seq <= ?2 ORDER BY seq")
            .map_err(&sqlite)?;
        let mut rows = statement.query([upto, upto + PAGE]).map_err(&sqlite)?;
        let reached = upto;
        while let Some(row) = rows.next().map_err(&sqlite)? {
            let seq: u64 = row.get(0).map_err(&sqlite)?;
            let bytes = row.get_ref(1).and_then(|bytes| Ok(bytes.as_blob()?)).map_err(&sqlite)?;
            let unreadable = |error: serde_json::Error| JournalError::Broken {
                path: path.into(),
                seq,
                reason: format!("not a fact ({error})"),
                good: None,
            };
            if serde_json::from_slice::<Dated>(bytes).map_err(unreadable)?.at >= before {
                return Ok(upto);
            }
            upto = seq;
        }
        if upto == reached {
            return Ok(upto);
        }
    }
}

fn last_cut(path: &Path, reader: &Connection) -> Result<Option<LastCut>, JournalError> {
    let Some((body, word)) = staging::last_cut(reader).map_err(JournalError::sqlite(path))? else { return Ok(None) };
    let unreadable = |error: serde_json::Error| JournalError::Checkpoint {
        path: path.into(),
        seq: 0,
        reason: format!("it cannot be read ({error})"),
    };
    let checkpoint: Checkpoint = serde_json::from_slice(&body).map_err(unreadable)?;
    let word = word.map(|seq| chain::read(path, reader, seq.saturating_sub(1), 1)).transpose()?;
    let approved = word.and_then(|found| match found.into_iter().next().map(|stored| stored.fact) {
        Some(Fact { by: Some(by), kind: FactKind::Keeping(KeepingFact::Retired(word)), .. })
            if word.upto == checkpoint.seq =>
        {
            Some((by, word.reason.clone()))
        }
        _ => None,
    });
    Ok(Some(LastCut { checkpoint, approved }))
}
