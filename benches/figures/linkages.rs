//! The engine with linkages: what a change costs beside 1,000 and 10,000 idle linkages and 100,000 idle points.

use std::sync::Arc;
use std::time::Instant;

use tocsin::engine::alarm::State;
use tocsin::engine::base::{Category, Text, Truth};
use tocsin::engine::poll::{Edge, Report};
use tocsin::engine::site::{Alarms, Linkage, Mode, Quantity, Site, When};
use tocsin::engine::{Engine, Input, Start};

use super::figure::Figures;
use super::machines::{ROUNDS, settle};
use super::sites::{self, at};

const POINTS: u32 = 100_000;
/// Conditions that change, each read by one linkage.
const BUSY: u32 = 100;
const CHANGES: u32 = 200_000;

/// Changes a second, without linkages, with few and with many.
pub fn measure(figures: &mut Figures) {
    let (none, few, many) = (changes(0), changes(1_000), changes(10_000));
    let ratio = few.iter().zip(&many).map(|(few, many)| few / many).collect();
    figures.add("engine, 100,000 points, no linkage", "changes/s", "", none);
    figures.add("engine, 100,000 points, 1,000 linkages", "changes/s", "", few);
    figures.add("engine, 100,000 points, 10,000 linkages", "changes/s", "", many);
    figures.add("  ratio", "1,000 / 10,000", "1 (idle is free)", ratio);
}

/// Each linkage waits for two of ten points of its own. One of each busy set comes and goes: it is counted, and nothing
/// is met.
fn linked(count: u32) -> Arc<Site> {
    let mut site = Arc::unwrap_or_clone(sites::of_conditions(POINTS, Category::Feedback));
    for number in 0..count {
        let first = number * (POINTS / count);
        let set = Alarms { rules: (first..first + 10).collect(), unlisted: None };
        site.linkages.push(Linkage {
            id: format!("linkage-{number}"),
            name: Text::same("linkage"),
            mode: Mode::Monitor,
            when: When::Alarms(set, Quantity { at_least: 2 }),
            actions: Vec::new(),
            panel: None,
            origin: String::new(),
            rows: Vec::new(),
        });
    }
    Arc::new(site)
}

fn changes(linkages: u32) -> Vec<f64> {
    let site = linked(linkages);
    let start = Start { epoch: 1, version: "bench".into(), clock_trusted: true };
    let (mut engine, effects) = Engine::start(site, State::default(), &start, at(0));
    settle(&mut engine, effects, 0);
    let all = (0..POINTS).map(|rule| Edge { rule, truth: Truth::False, at: at(0), sweep: 0 }).collect();
    let effects = engine.handle(Input::Report { bus: 0, report: Report { edges: all, ..Report::default() } }, at(0));
    settle(&mut engine, effects, 0);
    let (mut micros, mut next) = (0, 0);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..CHANGES {
            micros += 10;
            next += 1;
            let truth = if (next / BUSY).is_multiple_of(2) { Truth::True } else { Truth::False };
            let edge = Edge { rule: next % BUSY * (POINTS / BUSY), truth, at: at(micros), sweep: u64::from(next) };
            let report = Report { edges: vec![edge], ..Report::default() };
            let effects = engine.handle(Input::Report { bus: 0, report }, at(micros));
            settle(&mut engine, effects, micros);
        }
        rounds.push(f64::from(CHANGES) / begun.elapsed().as_secs_f64());
    }
    assert!(engine.state().linkages.is_empty(), "one of ten points met a linkage that waits for two");
    rounds
}
