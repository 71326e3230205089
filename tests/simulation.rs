//! The seeded simulation of design §7 and §9: each seed half a simulated hour of eighteen devices with thirty-five faults of
//! twenty-seven kinds, four fires in a room that is protected by gas, and people who do everything that can be done.
//!
//! `SEEDS=n` plays so many (a hundred unless set; `make test` plays 2,000, optimised), `SEED=n` plays one and prints its transcript. A failing seed ends the run
//! with the command that replays it and the last lines of its transcript; `ALL=1` plays on and counts the seeds that fail.

#[path = "simulation/commands.rs"]
mod commands;
#[path = "simulation/drama.rs"]
mod drama;
#[path = "simulation/held.rs"]
mod held;
#[path = "simulation/invariants.rs"]
mod invariants;
#[path = "simulation/judge.rs"]
mod judge;
#[path = "simulation/outside.rs"]
mod outside;
#[path = "simulation/people.rs"]
mod people;
#[path = "simulation/plan.rs"]
mod plan;
#[path = "simulation/plant.rs"]
mod plant;
#[path = "simulation/random.rs"]
mod random;
#[path = "simulation/retraced.rs"]
mod retraced;
#[path = "simulation/runs.rs"]
mod runs;
#[path = "simulation/site.rs"]
mod site;
mod support;
#[path = "simulation/truth.rs"]
mod truth;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Lines of a transcript that a failure prints.
const LAST: usize = 25;
/// Seeds of a run that says nothing else.
const SEEDS: u64 = 100;

/// What came of all seeds.
#[derive(Default)]
struct Outcome {
    tested: BTreeMap<&'static str, u64>,
    faults: BTreeMap<plan::Kind, u64>,
    turns: BTreeMap<drama::Turn, u64>,
    /// Seeds that failed, with what each said.
    failed: BTreeMap<u64, String>,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn the_invariants_hold_whatever_the_outside_does() {
    let site = site::site();
    let field = site::field(&site);
    if let Some(seed) = number("SEED") {
        println!("{}", plant::play(seed, &site, &field, true).transcript);
        return;
    }
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    // What a seed says is told once, at the end.
    let aloud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = play_all(&site, &field, seeds);
    for (what, count) in &outcome.tested {
        println!("{count:>12}  {what}");
    }
    for (kind, count) in &outcome.faults {
        println!("{count:>12}  fault: {kind:?}");
    }
    for (turn, count) in &outcome.turns {
        println!("{count:>12}  fire under gas: {turn:?}");
    }
    for said in outcome.failed.values() {
        println!("failed: {}", said.lines().next().unwrap_or_default().chars().take(200).collect::<String>());
    }
    if let Some((seed, said)) = outcome.failed.first_key_value() {
        // What it was about to do, told by the same seed once more: it fails at the same place.
        let told = Mutex::new(String::new());
        let _ = catch_unwind(AssertUnwindSafe(|| plant::tell(*seed, &site, &field, &told)));
        std::panic::set_hook(aloud);
        let told = told.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let lines: Vec<String> = told.lines().map(|line| line.chars().take(300).collect()).collect();
        let last = lines[lines.len().saturating_sub(LAST)..].join("\n");
        let failed = outcome.failed.len();
        println!("the last lines of seed {seed}:\n{last}\n\ncaught in {failed} of {seeds} seeds, the first is {seed}");
        panic!("{said}");
    }
    std::panic::set_hook(aloud);
    exercised(&outcome, seeds);
}

/// Plays every seed on every core; the first that fails ends it, unless all are asked for.
fn play_all(site: &std::sync::Arc<tocsin::engine::site::Site>, field: &tocsin::sim::World, seeds: u64) -> Outcome {
    let (next, all) = (AtomicU64::new(0), std::env::var_os("ALL").is_some());
    let outcome = Mutex::new(Outcome::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let played = catch_unwind(AssertUnwindSafe(|| plant::play(seed, site, field, false)));
                    let mut outcome = outcome.lock().expect("nobody panics while holding it");
                    match played {
                        Ok(plant) => outcome.add(&plant),
                        Err(why) => {
                            let said = why.downcast_ref::<String>().cloned();
                            let said = said.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                            outcome.failed.insert(seed, said.unwrap_or_default());
                            if !all {
                                next.store(seeds, Ordering::Relaxed);
                            }
                        }
                    }
                }
            });
        }
    });
    outcome.into_inner().expect("nobody panicked while holding it")
}

impl Outcome {
    fn add(&mut self, plant: &plant::Plant) {
        for (what, count) in &plant.invariants.tested.counts {
            *self.tested.entry(what).or_default() += count;
        }
        for (kind, count) in &plant.faults {
            *self.faults.entry(*kind).or_default() += count;
        }
        for (turn, count) in &plant.turns {
            *self.turns.entry(*turn).or_default() += count;
        }
    }
}

/// A run in which a kind of fault or act never happened, or an invariant was never put to the test, has proven nothing.
fn exercised(outcome: &Outcome, seeds: u64) {
    for kind in plan::KINDS {
        let count = outcome.faults.get(&kind).copied().unwrap_or(0);
        assert!(count >= seeds, "{kind:?} was not exercised: {:?}", outcome.faults);
    }
    for turn in drama::TURNS {
        assert!(outcome.turns.contains_key(&turn), "no fire took the turn {turn:?}: {:?}", outcome.turns);
    }
    for what in held::HELD.iter().chain(&people::NAMES) {
        let count = outcome.tested.get(what).copied().unwrap_or(0);
        assert!(count > 0, "never put to the test: {what}");
    }
}

#[test]
fn the_same_seed_gives_the_same_transcript_byte_for_byte() {
    let site = site::site();
    let field = site::field(&site);
    for seed in [1, 7, 4711] {
        let first = plant::play(seed, &site, &field, true);
        assert!(first.transcript.len() > 10_000, "a transcript worth comparing");
        let second = plant::play(seed, &site, &field, true);
        assert!(first.transcript == second.transcript, "seed {seed}: two runs differ");
    }
}

#[test]
fn what_the_engine_was_told_decides_the_same_again() {
    let site = site::site();
    let field = site::field(&site);
    for seed in [3, 11, 1234] {
        let retraced = plant::trace(seed, &site, &field);
        let (sums, (bytes, took)) = (retraced.tell_again(&site), retraced.written(&site));
        println!("seed {seed}: {sums:?}; {bytes} bytes on disk, handed over in {took:?}");
        assert!(sums.facts > 500 && sums.beginnings > 10, "worth telling again: {sums:?}");
        assert!(sums.routine > sums.entries, "most inputs bring nothing about: {sums:?}");
    }
}
