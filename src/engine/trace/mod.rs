//! What the engine was told, so that it can be told again.
//!
//! Takes: every input of a running engine, with the instant at which it came.
//! Gives: [`Entry`], one for each input that brought anything about; [`Retrace`], which runs them through a fresh engine.
//! Never: values: what the engine does not look at is not here. The journal holds facts, never inputs; this holds inputs,
//! never facts (design §2).

mod names;
mod retrace;
mod translation;
mod twins;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use names::Names;
pub use retrace::{Misfit, Retrace};
pub use translation::Translation;
pub use twins::{Labels, Twins};

use super::alarm::Figure;
use super::base::{Mono, Now};
use super::{Act, Bearings, Engine, Input, Start};

/// One thing that the engine was told, or where it stood.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// A process began over the journal up to a fact.
    Started {
        /// Sequence number of the last fact before it.
        after: u64,
        /// What it was told of its start.
        start: Start,
        /// When.
        at: Now,
    },
    /// The engine goes on: enough to begin here.
    Resumed {
        /// Sequence number of the last fact before it; every fact up to it was durable.
        after: u64,
        /// What the engine knew.
        bearings: Box<Bearings>,
        /// When.
        at: Now,
        /// So many inputs before it were not written down.
        missed: u64,
    },
    /// An input.
    Told(Told),
    /// Nothing more was told the engine up to here.
    Until {
        /// When.
        at: Now,
        /// Buses that were heard since the entry before.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        heard: BTreeMap<u32, Mono>,
    },
}

/// An input, as it is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// When.
    pub at: Now,
    /// What.
    pub input: Input,
    /// Buses that were heard since the entry before and said nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heard: BTreeMap<u32, Mono>,
    /// Figures of a round, which are none of the sender's words and so no part of the act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
}

impl Entry {
    /// When it was.
    pub fn at(&self) -> Now {
        match self {
            Entry::Started { at, .. } | Entry::Resumed { at, .. } | Entry::Until { at, .. } => *at,
            Entry::Told(told) => told.at,
        }
    }

    /// Whether an engine can begin here, and after which fact.
    pub fn begins_after(&self) -> Option<u64> {
        match self {
            Entry::Started { after, .. } | Entry::Resumed { after, .. } => Some(*after),
            Entry::Told(_) | Entry::Until { .. } => None,
        }
    }
}

impl Told {
    /// The input, whole.
    pub(super) fn whole(self) -> Input {
        let Told { mut input, figures, .. } = self;
        if let Input::Act { act: Act::RecordRound(report), .. } = &mut input {
            report.figures = figures;
        }
        input
    }
}

/// Writes down what an engine is told.
#[derive(Debug, Default)]
pub struct Tracer {
    heard: BTreeMap<u32, Mono>,
}

impl Tracer {
    /// What is written down of an input that `engine` is about to take; nothing where it brings nothing about.
    pub fn note(&mut self, engine: &Engine, input: &Input, at: Now) -> Option<Entry> {
        if engine.is_routine(input, at) {
            if let Input::Report { bus, .. } = input {
                self.heard.insert(*bus, at.mono);
            }
            return None;
        }
        let figures = match input {
            Input::Act { act: Act::RecordRound(report), .. } => report.figures.clone(),
            _ => Vec::new(),
        };
        let heard = std::mem::take(&mut self.heard);
        Some(Entry::Told(Told { at, input: input.clone(), heard, figures }))
    }

    /// Where the engine stands now; nothing while facts wait for the disk.
    pub fn resume(&mut self, engine: &Engine, at: Now, missed: u64) -> Option<Entry> {
        let bearings = Box::new(engine.bearings()?);
        self.heard.clear();
        Some(Entry::Resumed { after: engine.state().last.seq, bearings, at, missed })
    }

    /// Nothing was told up to here but that buses are alive.
    pub fn until(&mut self, at: Now) -> Entry {
        Entry::Until { at, heard: std::mem::take(&mut self.heard) }
    }
}
