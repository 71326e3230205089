//! What the trace of inputs costs: the engine's task with it and without it, in turns; what its writer keeps up with, and
//! how large an input is on disk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tocsin::daemon::Trail;
use tocsin::edge::trace::{Header, Trace};
use tocsin::engine::alarm::State;
use tocsin::engine::base::{Category, Truth};
use tocsin::engine::poll::{Edge, Report};
use tocsin::engine::{Engine, Input, Start};

use crate::figure::Figures;
use crate::machines::{ROUNDS, settle};
use crate::sites::{self, at};

const CONDITIONS: u32 = 1_000;
/// Fewer than the trace's queue takes: what is missed costs nothing, and would be counted as speed.
const BURST: u32 = 4_000;
const BURSTS: u32 = 10;
const MOST: u64 = 1 << 30;

pub fn measure(figures: &mut Figures) {
    let folder = tempfile::tempdir().expect("a folder of its own");
    let site = sites::of_conditions(CONDITIONS, Category::Feedback);
    let trace = Trace::open(folder.path(), MOST, Header::of(&site));
    let start = Start { epoch: 1, version: "bench".into(), clock_trusted: true };
    let (mut engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start, at(0));
    settle(&mut engine, effects, 0);
    let mut trail = Trail::begin(trace.clone(), 0, &start, at(0));
    let (mut micros, mut next) = (0, 0);
    let (mut bare, mut with, mut ratio, mut written) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let (mut alone, mut traced, mut wrote) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for turn in 0..BURSTS * 2 {
            let mut trail = (turn % 2 == 1).then_some(&mut trail);
            let begun = Instant::now();
            for _ in 0..BURST {
                (micros, next) = (micros + 10, next + 1);
                let input = change(next, micros);
                if let Some(trail) = &mut trail {
                    trail.note(&engine, &input, at(micros));
                }
                let effects = engine.handle(input, at(micros));
                settle(&mut engine, effects, micros);
            }
            *(if trail.is_some() { &mut traced } else { &mut alone }) += begun.elapsed();
            while trace.figures().waiting > 0 {
                std::thread::sleep(Duration::from_micros(50));
            }
            if trail.is_some() {
                wrote += begun.elapsed();
            }
        }
        let changes = f64::from(BURST * BURSTS);
        bare.push(changes / alone.as_secs_f64());
        with.push(changes / traced.as_secs_f64());
        ratio.push(traced.as_secs_f64() / alone.as_secs_f64());
        written.push(changes / wrote.as_secs_f64());
    }
    let told = trace.figures();
    assert_eq!(told.missed, 0, "the trace followed");
    figures.add("engine, one at a time, without the trace", "changes/s", "", bare);
    figures.add("engine, one at a time, with the trace", "changes/s", "", with);
    figures.add("  time with / without", "ratio", "", ratio);
    figures.add("trace, decided and on its way to disk", "inputs/s", "", written);
    figures.add("trace, an input on disk", "bytes", "", vec![told.bytes as f64 / told.written as f64]);
}

fn change(next: u32, micros: u64) -> Input {
    let truth = if (next / CONDITIONS).is_multiple_of(2) { Truth::True } else { Truth::False };
    let edge = Edge { rule: next % CONDITIONS, truth, at: at(micros), sweep: u64::from(next) };
    Input::Report { bus: 0, report: Report { edges: vec![edge], ..Report::default() } }
}
