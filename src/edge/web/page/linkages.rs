//! Linkages that run: what met them, each action with its timer, what was commanded against what was fed back, and what
//! a person can do about it.
//!
//! Takes: runs of the shown state.
//! Gives: a part of the console; `POST /acts/linkage-release/…`, `/acts/linkage-withdraw/…`; lines of the journal.
//! Never: a proposal without its reason; a button for what the engine would not take.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::{View, forms};
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{self, linkage};
use crate::engine::Act;
use crate::engine::alarm::{
    FactKind, Feedback, LinkageFact, MetAction, Run, RunAction, RunTarget, Stage, State as Shown,
};
use crate::engine::base::EventId;
use crate::engine::site::Mode;

#[derive(Deserialize)]
pub struct ActionForm {
    /// The form as it was drawn: sent twice, it acts once.
    key: String,
}

/// `POST /acts/linkage-release/{run}/{action}`
pub async fn release(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((run, action)): Path<(String, u32)>,
    Form(form): Form<ActionForm>,
) -> Response {
    let wanted = named(&run).map(|run| Act::ReleaseAction { run, action });
    forms::act(web, visitor, Some(form.key), wanted, "/phone").await
}

/// `POST /acts/linkage-withdraw/{run}/{action}`
pub async fn withdraw(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((run, action)): Path<(String, u32)>,
    Form(form): Form<ActionForm>,
) -> Response {
    let wanted = named(&run).map(|run| Act::WithdrawAction { run, action });
    forms::act(web, visitor, Some(form.key), wanted, "/phone").await
}

fn named(run: &str) -> Result<EventId, Problem> {
    run.parse().map_err(|()| Problem::not_found(run))
}

/// Every run that is not over, and what equipment does step by step; nothing while there is none.
pub fn section(view: &View, state: &Shown) -> Markup {
    let open: Vec<&Run> = state.linkages.values().filter(|run| run.is_open()).collect();
    html! {
        section #linkages .linkages data-part="" {
            @if !open.is_empty() {
                h2 { (view.say(linkage::LINKAGES)) " " b { (open.len()) } }
                @for run in open { (shown(view, run)) }
            }
            (super::sequences::articles(view, state))
        }
    }
}

fn shown(view: &View, run: &Run) -> Markup {
    let met = &run.met;
    let language = view.language();
    let causes: Vec<&str> = met.because.iter().map(|cause| cause.name.get(language)).collect();
    html! {
        article .run {
            h3 { (met.name.get(language)) " " small { (view.say(mode(met.mode))) " · " time { (view.web.when.day_clock(run.met_at, view.now.wall)) } } }
            @if met.drill { p .notice { (view.say(linkage::IN_DRILL)) } }
            @if !causes.is_empty() { p .fine { (view.fill(linkage::BECAUSE, causes.join(", "))) } }
            @if let Some(at) = run.cleared_at { p .fine { (view.fill(linkage::CAUSE_GONE, view.web.when.clock(at))) } }
            table .actions { tbody {
                @for (number, (snapshot, action)) in met.actions.iter().zip(&run.actions).enumerate() {
                    (row(view, run, number, snapshot, action))
                }
            } }
        }
    }
}

fn row(view: &View, run: &Run, number: usize, snapshot: &MetAction, action: &RunAction) -> Markup {
    let any = |stages: &[Stage]| action.targets.iter().any(|target| stages.contains(&target.stage));
    let waits = any(&[Stage::Delayed, Stage::Proposed, Stage::Started]) && run.met.mode != Mode::Monitor;
    html! {
        tr {
            th scope="row" { (snapshot.name.get(view.language()))
                @if any(&[Stage::Delayed]) && action.delay.lasts_us > 0 { p { (view.fill(linkage::DUE, view.web.when.clock(action.delay.due()))) } }
                @if let Some(by) = action.withdrawn_by.as_ref().or(action.released_by.as_ref()) { p .fine { (view.fill(linkage::BY, by)) } }
            }
            td { @match one_stand(action) {
                Some(target) => {
                    @for named in &snapshot.targets { (named.name.get(view.language())) " · " }
                    (stands(view, run, target))
                }
                None => { ul { @for (named, target) in snapshot.targets.iter().zip(&action.targets) {
                    li { (named.name.get(view.language())) " · " (stands(view, run, target)) }
                } } }
            } }
            td .c-acts { @if view.may_act() {
                @if any(&[Stage::Proposed]) { (form(view, run, number, "release", view.say(linkage::RELEASE), true)) }
                @if waits { (form(view, run, number, "withdraw", view.say(linkage::WITHDRAW), false)) }
            } }
        }
    }
}

/// Where all targets stand, when they stand alike: said once, it leaves room for the alarms below.
fn one_stand(action: &RunAction) -> Option<&RunTarget> {
    let first = action.targets.first()?;
    let like = |one: &RunTarget| {
        (one.stage, one.feedback, &one.why, one.due) == (first.stage, first.feedback, &first.why, first.due)
    };
    action.targets.iter().all(like).then_some(first)
}

/// How far a target is, and its feedback.
fn stands(view: &View, run: &Run, target: &RunTarget) -> Markup {
    let stage = match target.stage {
        Stage::Delayed => linkage::DELAYED,
        Stage::Proposed => linkage::PROPOSED,
        Stage::Started if run.met.mode == Mode::Monitor => linkage::EXPECTED,
        Stage::Started => linkage::STARTED,
        Stage::Withdrawn => linkage::WITHDRAWN,
        Stage::Cancelled => linkage::CANCELLED,
    };
    html! {
        strong { (view.say(stage)) }
        @match (target.feedback, target.due) {
            (Feedback::Arrived, _) => { " · " (view.say(linkage::FED_ARRIVED)) }
            (Feedback::Missing, _) => { " · " strong .missing { (view.say(linkage::FED_MISSING)) } }
            (Feedback::Awaited, Some(due)) if target.stage == Stage::Started => { " · " (view.fill(linkage::FED_AWAITED, view.web.when.clock(due.due()))) }
            (Feedback::None, _) if target.stage == Stage::Started => { " · " (view.say(linkage::FED_NONE)) }
            _ => {}
        }
        @if let Some((_, why)) = &target.why { p .fine { (why.get(view.language())) } }
    }
}

fn mode(mode: Mode) -> words::Phrase {
    match mode {
        Mode::Monitor => linkage::MODE_MONITOR,
        Mode::Manual => linkage::MODE_MANUAL,
        Mode::Auto => linkage::MODE_AUTO,
    }
}

fn form(view: &View, run: &Run, number: usize, act: &str, label: &str, go: bool) -> Markup {
    let key = format!("page:{}:{}:{number}:{act}", view.now.wall.0, run.id);
    html! {
        form method="post" action={ "/acts/linkage-" (act) "/" (run.id) "/" (number) } {
            input type="hidden" name="key" value=(key);
            button .go[go] { (label) }
        }
    }
}

/// One fact in the journal.
pub fn about(view: &View, state: &Shown, fact: &LinkageFact) -> Markup {
    let language = view.language();
    let run = fact.run().and_then(|run| match (state.linkages.get(&run), view.began(run)) {
        (Some(run), _) => Some(&run.met),
        (None, Some(FactKind::Linkage(LinkageFact::Met(met)))) => Some(met),
        _ => None,
    });
    let action = |number: u32| run.and_then(|met| met.actions.get(number as usize));
    let target = |number: u32, at: u32| action(number).and_then(|action| action.targets.get(at as usize));
    let name = |number: u32| html! { @if let Some(action) = action(number) { " · " (action.name.get(language)) } };
    html! {
        @match (fact, run) {
            (LinkageFact::Met(met), _) => { (met.name.get(language)) " · " (view.say(mode(met.mode))) }
            (_, Some(met)) => { (met.name.get(language)) }
            _ => {}
        }
        @match fact {
            LinkageFact::Proposed { action, why, .. } => { (name(*action)) " · " (why.get(language)) }
            LinkageFact::Released { action, .. } | LinkageFact::Started { action, .. }
            | LinkageFact::Withdrawn { action, .. } | LinkageFact::Cancelled { action, .. } => { (name(*action)) }
            LinkageFact::DelayEnded { action, by_point, .. } => { (name(*action)) " · " code { (by_point) } }
            LinkageFact::Arrived { action, target: at, .. } | LinkageFact::Missing { action, target: at, .. } => {
                (name(*action)) @if let Some(target) = target(*action, *at) { " · " (target.name.get(language)) }
            }
            LinkageFact::Met(_) | LinkageFact::Cleared { .. } | LinkageFact::Over { .. } => {}
        }
    }
}
