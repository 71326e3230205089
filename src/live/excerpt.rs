//! Parts of the journal, read a page at a time.
//!
//! Takes: numbers of facts, an [`Excerpt`], a journal.
//! Gives: each fact once, in order.
//! Never: more than a page of them in memory.

use super::{Excerpt, Records};
use crate::engine::alarm::Fact;

/// Facts read at once.
const PAGE: usize = 1_000;

impl Excerpt {
    /// Gives every fact of it to `each`. Waits for the disk.
    ///
    /// # Errors
    /// One line for the log: what the disk said.
    pub fn read(&self, records: &dyn Records, mut each: impl FnMut(&Fact)) -> Result<(), String> {
        let Excerpt { before, after, upto, later, known } = self;
        one_by_one(records, before, &mut each)?;
        pages(records, (*after, *upto), &mut each)?;
        one_by_one(records, later, &mut each)?;
        pages(records, (*known.max(upto), u64::MAX), &mut each)
    }
}

/// Gives the facts of these numbers to `each`, in their order; one that has left the journal is left out. Waits for the
/// disk.
///
/// # Errors
/// One line for the log: what the disk said.
pub fn one_by_one(records: &dyn Records, seqs: &[u64], mut each: impl FnMut(&Fact)) -> Result<(), String> {
    for run in seqs.chunk_by(|one, next| one + 1 == *next) {
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            pages(records, (first.saturating_sub(1), *last), &mut each)?;
        }
    }
    Ok(())
}

/// Gives every fact after the first and up to the second of `span` to `each`.
fn pages(records: &dyn Records, (mut after, upto): (u64, u64), mut each: impl FnMut(&Fact)) -> Result<(), String> {
    while after < upto {
        let wanted = usize::try_from(upto - after).unwrap_or(PAGE).min(PAGE);
        let page = records.read(after, wanted)?;
        page.iter().filter(|fact| fact.id.seq <= upto).for_each(&mut each);
        match page.last() {
            Some(last) if page.len() == wanted => after = last.id.seq,
            _ => break,
        }
    }
    Ok(())
}
