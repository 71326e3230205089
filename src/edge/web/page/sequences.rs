//! Sequences that run: what equipment does step by step, the step it is in, and by when that must be over.
//!
//! Takes: supervised runs of the shown state.
//! Gives: articles of the console beside the linkages.
//! Never: a step as done that was not shown; a sequence that cannot be seen without saying so.

use maud::{Markup, html};

use super::View;
use super::rows::headed;
use crate::edge::web::words::linkage;
use crate::engine::alarm::{SequenceRun, State as Shown};

/// Every run, the oldest first; nothing while there is none.
pub fn articles(view: &View, state: &Shown) -> Markup {
    let runs = &state.supervised.sequences;
    html! {
        @if !runs.is_empty() {
            h2 { (view.say(linkage::SEQUENCES)) " " b { (runs.len()) } }
            @for run in runs.values() { (shown(view, run)) }
        }
    }
}

fn shown(view: &View, run: &SequenceRun) -> Markup {
    let name = run.of.name.get(view.language()).to_owned();
    let (head, left) = headed(view, &run.of.name, &run.of.place, name);
    html! {
        article .run .sequence {
            h3 { (head) " " (left) " " small { time { (view.web.when.day_clock(run.begun_at, view.now.wall)) } } }
            @if let Some(phase) = &run.phase {
                p { strong { (phase.name.get(view.language())) }
                    @if !run.failed.contains(&phase.key) { " · " (view.fill(linkage::PHASE_DUE, view.web.when.clock(phase.due.due()))) } }
            }
            @if run.unknown { p { strong .missing { (view.say(linkage::SEQUENCE_UNKNOWN)) } } }
            @if !run.failed.is_empty() { p { strong .missing { (view.fill(linkage::PHASES_FAILED, run.failed.len())) } } }
        }
    }
}
