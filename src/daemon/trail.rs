//! What the engine is told goes into the trace as well.
//!
//! Takes: the engine, and each input before the engine takes it.
//! Gives: entries to the trace, and a beginning whenever the trace asks for one.
//! Never: waits; a trace that cannot follow misses entries and counts them.

use crate::edge::trace::Trace;
use crate::engine::base::{Mono, Now};
use crate::engine::trace::{Entry, Tracer};
use crate::engine::{Engine, Input, Start};

/// A trace that nothing happened in for so long says so, so that it is known how far it reaches.
const STILL_US: u64 = 60_000_000;

/// The way into the trace.
pub struct Trail {
    tracer: Tracer,
    trace: Trace,
    /// When the last entry was made.
    last: Mono,
}

impl Trail {
    /// A process begins over the journal up to the fact `after`.
    pub fn begin(trace: Trace, after: u64, start: &Start, at: Now) -> Trail {
        trace.push(Entry::Started { after, start: start.clone(), at });
        Trail { tracer: Tracer::default(), trace, last: at.mono }
    }

    /// `engine` is about to take `input`.
    pub fn note(&mut self, engine: &Engine, input: &Input, at: Now) {
        if let Some(missed) = self.trace.wants_beginning()
            && let Some(beginning) = self.tracer.resume(engine, at, missed)
        {
            self.trace.push(beginning);
        }
        let entry = self.tracer.note(engine, input, at);
        let still = at.mono.0.saturating_sub(self.last.0) >= STILL_US;
        if let Some(entry) = entry.or_else(|| still.then(|| self.tracer.until(at))) {
            self.last = at.mono;
            self.trace.push(entry);
        }
    }

    /// The engine takes nothing more.
    pub fn end(&mut self, at: Now) {
        self.trace.push(self.tracer.until(at));
    }
}
