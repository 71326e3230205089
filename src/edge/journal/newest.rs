//! Which facts stay at hand because their class has too few newer ones.
//!
//! Takes: every fact at hand, oldest first.
//! Gives: of each class the newest, so many as are always kept.
//! Never: more numbers than that, however long the journal is.

use std::collections::{BTreeSet, VecDeque};

use super::class::Class;
use crate::engine::alarm::FactKind;

/// The newest facts of each class.
pub(super) struct Newest {
    most: usize,
    classes: [VecDeque<u64>; Class::ALL],
}

impl Newest {
    /// None yet; of each class `most`.
    pub(super) fn new(most: usize) -> Newest {
        Newest { most, classes: Default::default() }
    }

    /// The next fact.
    pub(super) fn note(&mut self, seq: u64, kind: &FactKind) {
        let class = &mut self.classes[Class::of(kind) as usize];
        class.push_back(seq);
        if class.len() > self.most {
            class.pop_front();
        }
    }

    /// Those up to `upto`.
    pub(super) fn upto(&self, upto: u64) -> BTreeSet<u64> {
        self.classes.iter().flatten().copied().filter(|seq| *seq <= upto).collect()
    }
}
