//! The journal on this machine's disk: durable facts a second, the opening of a long one, and its whole verification.

use std::path::Path;
use std::time::Instant;

use tocsin::edge::journal::{Journal, JournalEvent, Opened, verify};
use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::{Category, Truth};
use tocsin::engine::poll::{Edge, Report};
use tocsin::engine::{Effect, Engine, Input, Start};

use crate::figure::Figures;
use crate::sites::{self, at};

const ROUNDS: usize = 5;
const LONG: u64 = 1_000_000;
/// Facts after the last snapshot when it is opened.
const TAIL: usize = 2_000;

pub fn measure(figures: &mut Figures) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut facts = Facts::new();
    {
        let mut opened = Journal::open(folder.path(), at(0)).expect("a new journal");
        for (batch, batches) in [(1, 100), (100, 40)] {
            let rounds = (0..ROUNDS).map(|_| durable(&mut opened, &mut facts, batch, batches)).collect();
            let commits = if batch == 1 { "one a commit" } else { "100 a commit" };
            figures.add(&format!("journal, facts on the disk, {commits}"), "facts/s", "", rounds);
        }
        let begun = Instant::now();
        let before = facts.state.last.seq;
        while facts.state.last.seq + TAIL as u64 <= LONG {
            submit(&mut opened, facts.take(10_000));
        }
        let rate = (facts.state.last.seq - before) as f64 / begun.elapsed().as_secs_f64();
        figures.add("journal, facts on the disk, 10,000 a commit", "facts/s", "", vec![rate]);
        opened.journal.snapshot(facts.state.clone());
        submit(&mut opened, facts.take(TAIL));
    }
    let size = std::fs::metadata(folder.path().join("events.db")).expect("the journal").len() as f64;
    figures.add("journal, size", "bytes/fact", "", vec![size / facts.state.last.seq as f64]);
    let rounds = (0..3).map(|_| opening(folder.path(), &facts.state)).collect();
    figures.add(&format!("journal, opened with {} facts", facts.state.last.seq), "s", "", rounds);
    let rounds = (0..3).map(|_| verifying(folder.path(), &facts.state)).collect();
    figures.add(&format!("journal, verified, {} facts", facts.state.last.seq), "s", "", rounds);
}

/// Every hash, every fact read.
fn verifying(folder: &Path, expected: &State) -> f64 {
    let begun = Instant::now();
    let verified = verify(folder).expect("the journal is whole");
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(verified.last, expected.last, "nothing is missing");
    seconds
}

fn durable(opened: &mut Opened, facts: &mut Facts, batch: usize, batches: usize) -> f64 {
    let ready: Vec<Vec<Fact>> = (0..batches).map(|_| facts.take(batch)).collect();
    let begun = Instant::now();
    for batch in ready {
        submit(opened, batch);
    }
    (batch * batches) as f64 / begun.elapsed().as_secs_f64()
}

/// Submits and waits until they are on the disk.
fn submit(opened: &mut Opened, facts: Vec<Fact>) {
    let last = facts.last().expect("facts").id.seq;
    opened.journal.submit(facts);
    loop {
        match opened.events.blocking_recv().expect("the writer lives") {
            JournalEvent::Committed { upto } if upto >= last => return,
            JournalEvent::Committed { .. } => {}
            JournalEvent::Failed { reason } => panic!("{reason}"),
        }
    }
}

/// From nothing to the state that the journal leads to.
fn opening(folder: &Path, expected: &State) -> f64 {
    let begun = Instant::now();
    let opened = Journal::open(folder, at(0)).expect("the journal opens");
    let mut state = opened.snapshot.expect("the snapshot");
    for fact in &opened.tail {
        state.apply(fact);
    }
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(state.last, expected.last, "nothing is missing");
    seconds
}

/// Facts as an engine decides them: conditions that come and go.
struct Facts {
    engine: Engine,
    ready: std::collections::VecDeque<Fact>,
    next: u32,
    /// What has been handed out leads to this.
    state: State,
}

impl Facts {
    fn new() -> Facts {
        let site = sites::of_conditions(1_000, Category::Feedback);
        let start = Start { epoch: 1, version: "bench".into(), clock_trusted: true };
        let (engine, effects) = Engine::start(site, State::default(), &start, at(0));
        let mut facts = Facts { engine, ready: Default::default(), next: 0, state: State::default() };
        facts.keep(effects);
        facts
    }

    fn keep(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Commit(facts) = effect {
                let upto = facts.last().expect("a commit has facts").id.seq;
                self.ready.extend(facts);
                self.engine.handle(Input::Committed { upto }, at(0));
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<Fact> {
        while self.ready.len() < count {
            self.next += 1;
            let truth = if (self.next / 1_000).is_multiple_of(2) { Truth::True } else { Truth::False };
            let now = at(u64::from(self.next));
            let edge = Edge { rule: self.next % 1_000, truth, at: now, sweep: u64::from(self.next) };
            let report = Report { edges: vec![edge], ..Report::default() };
            let effects = self.engine.handle(Input::Report { bus: 0, report }, now);
            self.keep(effects);
        }
        let facts: Vec<Fact> = self.ready.drain(..count).collect();
        for fact in &facts {
            self.state.apply(fact);
        }
        facts
    }
}
