//! How many facts wait for the disk, and how many may.
//!
//! Takes: facts that were handed to the journal, and what it says of its commits.
//! Gives: how many wait, and whether that is more than the gateway keeps in memory.
//! Never: drops a fact so that others fit: a journal with a hole in it is worse than one that ends.
//!
//! A disk that does not answer is a fault from the first half second on, and everything goes on beside it, marked
//! unrecorded (design §2). What waits grows with what happens, not with time; two hundred thousand facts are days of
//! a building's life, or a thousand floods. Then the gateway ends in words, before the system ends it without, and
//! begins anew from what is recorded, as after a kill: every source is unknown until read, and what still burns is
//! raised again (docs/decisions/033).

/// Facts that may wait: some 200 MB of memory.
pub(super) const MOST: u64 = 200_000;

/// The count of what waits.
#[derive(Debug)]
pub(super) struct Unwritten {
    decided: u64,
    committed: u64,
    most: u64,
}

impl Unwritten {
    /// Nothing waits; at most `most` may.
    pub(super) fn new(most: u64) -> Unwritten {
        Unwritten { decided: 0, committed: 0, most }
    }

    /// Facts up to this sequence number were handed over, so many of them.
    pub(super) fn decided(&mut self, last: u64, facts: usize) {
        if self.decided == 0 {
            self.committed = last.saturating_sub(facts as u64);
        }
        self.decided = last;
    }

    /// Every fact up to this sequence number is on the disk.
    pub(super) fn committed(&mut self, upto: u64) {
        self.committed = self.committed.max(upto);
    }

    /// How many wait, when that is more than may.
    pub(super) fn overflow(&self) -> Option<u64> {
        let waiting = self.decided.saturating_sub(self.committed);
        (waiting > self.most).then_some(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_from_where_the_journal_stood() {
        let mut unwritten = Unwritten::new(10);
        assert_eq!(unwritten.overflow(), None);
        // A journal that was there before holds everything up to the first fact of this start.
        unwritten.decided(5_000, 2);
        assert_eq!(unwritten.overflow(), None);
        unwritten.decided(5_008, 8);
        assert_eq!(unwritten.overflow(), None, "ten may wait");
        unwritten.decided(5_009, 1);
        assert_eq!(unwritten.overflow(), Some(11));
        unwritten.committed(5_005);
        assert_eq!(unwritten.overflow(), None);
        unwritten.committed(4_000);
        unwritten.decided(5_015, 6);
        assert_eq!(unwritten.overflow(), None, "a commit is never taken back");
    }
}
