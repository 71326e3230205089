//! The two pure machines alone: a bus and its replies, the engine and its changes.

use std::sync::Arc;
use std::time::Instant;

use tocsin::engine::alarm::State;
use tocsin::engine::base::{Category, Truth};
use tocsin::engine::poll::{Bus, Edge, Next, Reply, Report};
use tocsin::engine::site::Site;
use tocsin::engine::{Effect, Engine, Input, Start};

use crate::figure::Figures;
use crate::sites::{self, REGISTERS, at};

pub const ROUNDS: usize = 7;
const REPLIES: u64 = 40_000;
const CHANGES: u32 = 100_000;
/// Conditions that change; all others stand idle.
const BUSY: u32 = 500;

pub fn measure_bus(figures: &mut Figures) {
    let site = sites::of_registers(&["127.0.0.1:502".to_owned()], 1);
    let words = |from: u16| Reply::Words((from..from + REGISTERS).collect());
    figures.add("bus alone, 100 registers, nothing changes", "replies/s", "", replies(&site, [words(100), words(100)]));
    figures.add("bus alone, 100 registers, all change", "replies/s", "", replies(&site, [words(100), words(1000)]));
}

fn replies(site: &Arc<Site>, turns: [Reply; 2]) -> Vec<f64> {
    let mut bus = Bus::new(Arc::clone(site), 0, at(0));
    let mut micros = 0;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut values = 0;
        for turn in 0..REPLIES {
            micros += 1_000;
            let Next::Send(request) = bus.next(at(micros)) else { panic!("a period is shorter than a step") };
            let report = bus.reply(request.id, turns[(turn % 2) as usize].clone(), at(micros + 500));
            values += report.values.len();
        }
        rounds.push(REPLIES as f64 / begun.elapsed().as_secs_f64());
        std::hint::black_box(values);
    }
    rounds
}

pub fn measure_engine(figures: &mut Figures) {
    for (batch, told) in [(1, "one at a time"), (100, "100 in a report")] {
        let few = changes(1_000, batch);
        let many = changes(100_000, batch);
        let ratio = few.iter().zip(&many).map(|(few, many)| few / many).collect();
        figures.add(&format!("engine, 1,000 conditions, {told}"), "changes/s", ">= 1,000,000", few);
        figures.add(&format!("engine, 100,000 conditions, {told}"), "changes/s", ">= 1,000,000", many);
        figures.add("  ratio", "1,000 / 100,000", "1 (idle is free)", ratio);
    }
}

/// Conditions that come and go, and the commits between them.
fn changes(conditions: u32, batch: u32) -> Vec<f64> {
    let site = sites::of_conditions(conditions, Category::Feedback);
    let start = Start { epoch: 1, version: "bench".into(), clock_trusted: true };
    let (mut engine, effects) = Engine::start(site, State::default(), &start, at(0));
    settle(&mut engine, effects, 0);
    let stride = conditions / BUSY;
    let (mut micros, mut next) = (0, 0);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..CHANGES / batch {
            micros += 10;
            let edges = (0..batch).map(|_| {
                next += 1;
                let truth = if (next / BUSY).is_multiple_of(2) { Truth::True } else { Truth::False };
                Edge { rule: next % BUSY * stride, truth, at: at(micros), sweep: u64::from(next) }
            });
            let report = Report { edges: edges.collect(), ..Report::default() };
            let effects = engine.handle(Input::Report { bus: 0, report }, at(micros));
            settle(&mut engine, effects, micros);
        }
        rounds.push(f64::from(CHANGES) / begun.elapsed().as_secs_f64());
    }
    let decided = engine.state().last.seq;
    assert!(decided > u64::from(CHANGES) * ROUNDS as u64, "every change decides a fact; only {decided} were decided");
    rounds
}

/// A disk that commits at once.
pub fn settle(engine: &mut Engine, effects: Vec<Effect>, micros: u64) {
    for effect in effects {
        if let Effect::Commit(facts) = effect
            && let Some(last) = facts.last()
        {
            std::hint::black_box(engine.handle(Input::Committed { upto: last.id.seq }, at(micros)));
        }
    }
}
