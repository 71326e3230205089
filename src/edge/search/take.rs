//! Takes facts in.
//!
//! Takes: committed facts in order.
//! Gives: a row for each, in transactions that hold whole batches: the last row is how far it came.
//! Never: rows of another journal; those of facts that left the journal.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::fold::{both, folded};
use super::numbers::sort_number;
use super::schema;
use super::things::{self, Named};
use crate::engine::alarm::{Fact, FactKind, KeepingFact};
use crate::engine::base::EventId;
use crate::engine::report::Trace;
use crate::live::Records;

/// Facts of one transaction.
pub const BATCH: u64 = 500;
/// Facts that later ones speak of are kept at hand; older ones are read again.
const AT_HAND: usize = 10_000;
/// Words that are kept at hand.
const WORDS: usize = 50_000;

/// The writer of the index.
pub struct Taker {
    connection: Connection,
    block: u64,
    last: u64,
    /// What had left the journal by this fact was never taken in, or is out again.
    settled: u64,
    began: Began,
    words: HashMap<String, i64>,
}

impl Taker {
    /// Opens the index; one of another journal, or of facts that have left this one since, is begun anew.
    pub fn open(path: &Path, block: u64, records: &dyn Records) -> Result<Taker, String> {
        let connection = schema::open_writer(path).map_err(said)?;
        let last = last_row(&connection).map_err(said)?;
        let mut taker =
            Taker { connection, block, last: 0, settled: 0, began: Began::default(), words: HashMap::new() };
        if let Some((seq, epoch, at)) = last {
            let same = first_after(records, seq.saturating_sub(1))?
                .is_some_and(|fact| (fact.id.seq, i64::from(fact.id.epoch), fact.at.0) == (seq, epoch, at));
            if same {
                taker.last = seq;
            } else {
                tracing::info!("the index is not of this journal and is made anew");
                schema::clear(&taker.connection).map_err(said)?;
            }
        }
        Ok(taker)
    }

    /// The last fact that was taken in.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Takes in the next batch of a journal that reaches to `upto` at least; false where there was nothing.
    pub fn batch(&mut self, records: &dyn Records, upto: u64) -> Result<bool, String> {
        if self.last == 0 {
            self.settled = self.settled.max(upto);
        }
        let facts = records.read(self.last, BATCH as usize)?;
        let Some(last) = facts.last().map(|fact| fact.id.seq) else { return Ok(false) };
        let retired = facts.iter().filter_map(|fact| match &fact.kind {
            FactKind::Keeping(KeepingFact::Retired(old)) => Some((fact.id.seq, old.upto)),
            _ => None,
        });
        if let Some((seq, upto)) = retired.max().filter(|(seq, _)| self.last > 0 && *seq > self.settled) {
            self.retire(upto)?;
            self.settled = seq;
            return Ok(true);
        }
        let transaction = self.connection.transaction().map_err(said)?;
        for fact in facts {
            let fact = Arc::new(fact);
            self.began.note(&fact);
            let trace = Trace::of(&fact, |id| self.began.recall(id, records));
            let named = row(&transaction, &mut self.words, &fact, &trace).map_err(said)?;
            things::note(&transaction, &fact, &named, self.block).map_err(said)?;
        }
        transaction.commit().map_err(said)?;
        self.last = last;
        Ok(true)
    }

    /// Facts have left the journal: what is kept of them is few, and everything is taken in again.
    fn retire(&mut self, upto: u64) -> Result<(), String> {
        tracing::info!(upto, "records left the journal; its index is made anew");
        schema::clear(&self.connection).map_err(said)?;
        (self.last, self.began) = (0, Began::default());
        self.words.clear();
        Ok(())
    }
}

fn last_row(connection: &Connection) -> rusqlite::Result<Option<(u64, i64, i64)>> {
    connection
        .query_row("SELECT seq, epoch, at FROM line ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
}

fn first_after(records: &dyn Records, seq: u64) -> Result<Option<Fact>, String> {
    Ok(records.read(seq, 1)?.into_iter().next())
}

fn said(error: rusqlite::Error) -> String {
    error.to_string()
}

fn row(
    transaction: &Transaction<'_>,
    words: &mut HashMap<String, i64>,
    fact: &Fact,
    trace: &Trace,
) -> rusqlite::Result<Named> {
    let mut word = |text: String| number(transaction, words, text);
    let mut exact = |text: Option<&str>| text.map_or(Ok(0), |text| word(folded(text)));
    let (device, point) = (exact(trace.device.as_deref())?, exact(trace.point.as_ref().map(|point| point.as_str()))?);
    let (building, floor) = (exact(trace.building.as_deref())?, exact(trace.floor.as_deref())?);
    let (person, kind) = (exact(trace.person.as_deref())?, exact(Some(trace.kind))?);
    let category = exact(trace.category.map(|category| category.as_str()))?;
    let (what, place, said) = (word(both(&trace.what))?, word(both(&trace.place))?, word(both(&trace.words))?);
    let kind_words = word(both(&trace.kind_words))?;
    let category_words = trace.category.map_or(Ok(0), |category| word(both(&category.text())))?;
    transaction
        .prepare_cached(
            "INSERT INTO line (seq, at, epoch, sort, kind, category, device, point, building, floor, person, what, place,
             words, kind_words, category_words) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
        )?
        .execute(params![
            fact.id.seq, fact.at.0, fact.id.epoch, sort_number(trace.sort), kind, category, device, point, building, floor,
            person, what, place, said, kind_words, category_words
        ])?;
    let mut about = transaction.prepare_cached("INSERT OR IGNORE INTO about (subject, seq) VALUES (?1, ?2)")?;
    for id in trace.about.iter().filter(|id| id.seq != fact.id.seq) {
        about.execute(params![id.seq, fact.id.seq])?;
    }
    Ok(Named { device, point, category, person })
}

/// The number of a text; a new one is added.
fn number(transaction: &Transaction<'_>, words: &mut HashMap<String, i64>, text: String) -> rusqlite::Result<i64> {
    if text.is_empty() {
        return Ok(0);
    }
    if let Some(number) = words.get(&text) {
        return Ok(*number);
    }
    let held = transaction
        .prepare_cached("SELECT id FROM word WHERE text = ?1")?
        .query_row([&text], |row| row.get(0))
        .optional()?;
    let number = match held {
        Some(number) => number,
        None => {
            transaction.prepare_cached("INSERT INTO word (text) VALUES (?1)")?.execute([&text])?;
            transaction.last_insert_rowid()
        }
    };
    if words.len() >= WORDS {
        words.clear();
    }
    words.insert(text, number);
    Ok(number)
}

/// Facts that began something, by their sequence numbers.
#[derive(Default)]
struct Began {
    facts: BTreeMap<u64, Arc<Fact>>,
    order: VecDeque<u64>,
}

impl Began {
    fn note(&mut self, fact: &Arc<Fact>) {
        if fact.kind.begins() {
            self.keep(Arc::clone(fact));
        }
    }

    fn keep(&mut self, fact: Arc<Fact>) {
        self.order.push_back(fact.id.seq);
        self.facts.insert(fact.id.seq, fact);
        if self.order.len() > AT_HAND
            && let Some(oldest) = self.order.pop_front()
        {
            self.facts.remove(&oldest);
        }
    }

    /// The fact of that id; it is read again where it is no longer at hand. What cannot be read stays without a name.
    fn recall(&mut self, id: EventId, records: &dyn Records) -> Option<Arc<Fact>> {
        if let Some(fact) = self.facts.get(&id.seq) {
            return Some(Arc::clone(fact));
        }
        let read = first_after(records, id.seq.checked_sub(1)?).ok().flatten();
        let fact = Arc::new(read.filter(|fact| EventId::from(fact.id) == id)?);
        self.keep(Arc::clone(&fact));
        Some(fact)
    }
}
