//! What the engine of a seed was told, and whether an engine that is told it again decides the same.

use std::sync::Arc;

use tocsin::edge::clock::Clock;
use tocsin::edge::trace::{Header, Trace, pieces};
use tocsin::engine::alarm::{Fact, State};
use tocsin::engine::base::Now;
use tocsin::engine::site::Site;
use tocsin::engine::trace::{Entry, Retrace, Tracer};
use tocsin::engine::{Engine, Input, Start};

/// After so many entries another engine could begin.
const EVERY: usize = 150;

/// One life of the process.
struct Life {
    /// The state that its journal gave.
    base: State,
    /// Entries, as they are written.
    lines: Vec<String>,
    /// What was decided.
    facts: Vec<Vec<u8>>,
    /// How many entries and facts came before it, and the entry with which an engine can begin.
    beginnings: Vec<(usize, usize, String)>,
}

/// The trace of a seed.
#[derive(Default)]
pub struct Retraced {
    tracer: Tracer,
    lives: Vec<Life>,
    /// Inputs that were not written down, because they bring nothing about.
    routine: usize,
    /// Facts were decided; the next look may find that none of them waits for the disk.
    due: bool,
}

fn line(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("can be written")
}

fn entry(line: &str) -> Entry {
    serde_json::from_str(line).expect("can be read")
}

impl Retraced {
    pub fn begin(&mut self, base: &State, start: &Start, at: Now) {
        self.tracer = Tracer::default();
        let started = Entry::Started { after: base.last.seq, start: start.clone(), at };
        let base = base.clone();
        self.lives.push(Life { base, lines: vec![line(&started)], facts: Vec::new(), beginnings: Vec::new() });
    }

    pub fn told(&mut self, engine: &Engine, input: &Input, at: Now) {
        let life = self.lives.last_mut().expect("it began");
        if self.due
            && let Some(beginning) = self.tracer.resume(engine, at, 0)
        {
            self.due = false;
            life.beginnings.push((life.lines.len(), life.facts.len(), line(&beginning)));
        }
        match self.tracer.note(engine, input, at) {
            Some(entry) => {
                life.lines.push(line(&entry));
                self.due |= life.lines.len().is_multiple_of(EVERY);
            }
            None => self.routine += 1,
        }
    }

    pub fn decided(&mut self, fact: &Fact) {
        self.lives.last_mut().expect("it began").facts.push(fact.to_bytes());
    }

    /// Tells every life again, from its start and from every other beginning.
    pub fn tell_again(&self, site: &Arc<Site>) -> Sums {
        let mut sums = Sums { routine: self.routine, ..Sums::default() };
        for life in &self.lives {
            sums.entries += life.lines.len();
            sums.bytes += life.lines.iter().map(String::len).sum::<usize>();
            sums.facts += life.facts.len();
            sums.begin(site, life, &life.base, &life.lines[0], 1, 0);
            for (lines, facts, beginning) in &life.beginnings {
                let mut state = life.base.clone();
                for bytes in &life.facts[..*facts] {
                    state.apply(&Fact::from_bytes(bytes).expect("is one"));
                }
                sums.begin(site, life, &state, beginning, *lines, *facts);
            }
        }
        sums
    }
}

impl Retraced {
    /// The same on a disk and read from it: how many bytes it takes there, and how long an entry holds up whoever hands it
    /// over.
    pub fn written(&self, site: &Site) -> (u64, std::time::Duration) {
        let state = tempfile::tempdir().expect("a folder");
        let (clock, mut bytes, mut took) = (Clock::start(), 0, std::time::Duration::ZERO);
        for life in &self.lives {
            let trace = Trace::open(state.path(), 64 << 20, Header::of(site));
            for line in &life.lines {
                let entry = entry(line);
                let began = clock.now().mono;
                trace.push(entry);
                took += clock.now().mono.since(began);
            }
            drop(trace);
        }
        let mut lives = self.lives.iter();
        for piece in pieces(state.path()).expect("can be read") {
            let piece = piece.expect("is one");
            let life = lives.next().expect("a segment for each life");
            let entries = piece.entries().map(|entry| line(&entry.expect("is one")));
            let read: Vec<String> = std::iter::once(line(&piece.first)).chain(entries).collect();
            assert!(read == life.lines, "what is read is what was written");
            bytes += std::fs::metadata(&piece.path).expect("is there").len();
        }
        assert!(lives.next().is_none());
        (bytes, took)
    }
}

/// How much was told again.
#[derive(Debug, Default)]
pub struct Sums {
    pub routine: usize,
    pub entries: usize,
    pub bytes: usize,
    pub facts: usize,
    pub beginnings: usize,
}

impl Sums {
    fn begin(&mut self, site: &Arc<Site>, life: &Life, state: &State, first: &str, lines: usize, facts: usize) {
        self.beginnings += 1;
        let mut retrace = Retrace::same(Arc::clone(site));
        let mut decided = retrace.begin(entry(first), state.clone()).expect("it is of this site");
        for line in &life.lines[lines..] {
            decided.extend(retrace.tell(entry(line)));
        }
        for (number, (now, then)) in decided.iter().zip(&life.facts[facts..]).enumerate() {
            let (now, then) = (now.to_bytes(), String::from_utf8_lossy(then));
            assert!(now == then.as_bytes(), "{number}: {then}\nnow {}", String::from_utf8_lossy(&now));
        }
        assert_eq!(decided.len(), life.facts.len() - facts);
    }
}
