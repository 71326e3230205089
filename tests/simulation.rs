//! The seeded simulation of design §7 and §9: each seed one simulated hour, twelve devices, thirty-five faults of
//! twenty-seven kinds. `SEEDS=n` plays so many, `SEED=n` plays one and prints its transcript; the default is 200.

#[path = "simulation/commands.rs"]
mod commands;
#[path = "simulation/invariants.rs"]
mod invariants;
#[path = "simulation/outside.rs"]
mod outside;
#[path = "simulation/plan.rs"]
mod plan;
#[path = "simulation/plant.rs"]
mod plant;
#[path = "simulation/random.rs"]
mod random;
#[path = "simulation/site.rs"]
mod site;
mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

#[test]
fn the_invariants_hold_whatever_the_outside_does() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let site = site::site();
    if let Some(seed) = number("SEED") {
        println!("{}", plant::play(seed, &site).transcript);
        return;
    }
    let seeds = number("SEEDS").unwrap_or(200);
    let next = AtomicU64::new(0);
    let tested = Mutex::new(BTreeMap::<&'static str, u64>::new());
    let faults = Mutex::new(BTreeMap::<plan::Kind, u64>::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let plant = plant::play(seed, &site);
                    for (what, count) in &plant.invariants.tested.counts {
                        *tested.lock().unwrap().entry(what).or_default() += count;
                    }
                    for (kind, count) in &plant.faults {
                        *faults.lock().unwrap().entry(*kind).or_default() += count;
                    }
                }
            });
        }
    });
    let (tested, faults) = (tested.into_inner().unwrap(), faults.into_inner().unwrap());
    for (what, count) in &tested {
        println!("{count:>12}  {what}");
    }
    for kind in plan::KINDS {
        assert!(faults.get(&kind).copied().unwrap_or(0) >= seeds, "{kind:?} was not exercised: {faults:?}");
    }
    for (what, count) in &tested {
        assert!(*count > 0, "invariant never put to the test: {what}");
    }
    for what in [
        "1 raised within its bound",
        "1 once per episode",
        "2 nothing is cleared without a cause",
        "2 closed with a cause",
        "3 a new fire sounds",
        "3 no light goes out before reset",
        "3 a silence ends",
        "3 a fire that is released sounds",
        "5 consumers see every event",
        "5 events sent again after an outage",
        "6 recorded means durable",
        "6 a restart clears nothing",
        "6 facts lost unrecorded",
        "7 no wrong value reaches a point",
        "c a command is decided before it is sent, once",
        "c nothing is written that was not commanded, and nothing twice",
        "c nothing is written after its time to live",
        "c confirmed after it was written and its feedback held",
        "c accepted only when it was written",
        "c failed unsent was never written",
        "c no feedback only after it was written",
        "c nobody can say whether it was done",
        "c refused by the device",
        "c outcome unknown after a restart",
        "c a pulse is ended",
        "c a command ends once",
    ] {
        assert!(tested.contains_key(what), "invariant never put to the test: {what}");
    }
}

#[test]
fn the_same_seed_gives_the_same_transcript_byte_for_byte() {
    let site = site::site();
    for seed in [1, 7, 4711] {
        let first = plant::play(seed, &site);
        assert!(first.transcript.len() > 10_000, "a transcript worth comparing");
        assert!(first.transcript == plant::play(seed, &site).transcript, "seed {seed}: two runs differ");
    }
}
