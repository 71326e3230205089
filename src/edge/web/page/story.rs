//! What happened to one alarm, from its raise to its end, as a list in order.
//!
//! Takes: the facts that tell it.
//! Gives: each with its time, how long after the raise, who did it and from where; ways to the incident, the journal and
//! the trend around it.
//! Never: a step that is not in the journal.

use std::sync::Arc;

use maud::{Markup, html};

use super::View;
use super::journal_rows::about;
use crate::edge::web::api::escaped;
use crate::edge::web::when::age;
use crate::edge::web::words::{self, past};
use crate::engine::alarm::{Fact, FactKind, Occurrence, Raise, State as Shown};
use crate::engine::base::{EventId, Wall};
use crate::engine::report::Trace;

/// A trend is shown from so long before to so long after.
const AROUND_US: i64 = 10 * 60 * 1_000_000;

/// The occurrence as its own facts tell it, for one that is no longer at hand.
pub fn told(facts: &[Fact], id: EventId) -> Option<Occurrence> {
    let mut state = Shown::default();
    facts.iter().for_each(|fact| state.apply(fact));
    state.occurrences.remove(&id)
}

/// The list.
pub fn section(view: &View, state: &Shown, facts: &[Fact], id: EventId) -> Markup {
    let Some(began) = facts.iter().find(|fact| EventId::from(fact.id) == id).map(|fact| fact.at) else {
        return html! { p .notice { (view.say(past::NO_STORY)) } };
    };
    html! {
        section .story {
            h3 { (view.say(past::STORY)) }
            ol { @for fact in facts { (step(view, state, fact, id, began)) } }
        }
    }
}

fn step(view: &View, state: &Shown, fact: &Fact, id: EventId, began: Wall) -> Markup {
    let kind = fact.kind.as_str();
    let recall = |id| view.past.get(&id).map(Arc::clone);
    // What is said of the alarm itself needs not name it again.
    let itself = EventId::from(fact.id) == id;
    let trace = Trace::of(fact, recall);
    let of_it = trace.about.first() == Some(&id) && trace.about.len() == 1;
    html! {
        li .{ "sort-" (trace.sort.as_str()) } {
            time { (view.web.when.day_clock(fact.at, view.now.wall)) }
            span .after { @if !itself { "+" (age(fact.at.since(began), view.language())) } }
            div {
                strong { (words::kind(kind).map_or(kind, |phrase| view.say(phrase))) }
                @if itself || of_it {
                    @let said = trace.words.get(view.language());
                    @if !said.is_empty() { " · " (said) }
                } @else { " · " (about(view, state, fact)) }
                @if let Some(by) = &fact.by {
                    p .by { (by.user) " " small { (view.say(words::role(by.role))) " · " (view.fill(past::ORIGIN, &by.origin)) } }
                }
            }
        }
    }
}

/// Where else it can be looked at.
pub fn ways(view: &View, raise: &Raise, facts: &[Fact]) -> Markup {
    let point = escaped(raise.condition.point.as_str());
    let when = &view.web.when;
    let ends = facts.iter().rev().find(|fact| matches!(fact.kind, FactKind::Closed { .. })).map(|fact| fact.at);
    let (first, last) = (facts.first().map_or(view.now.wall, |fact| fact.at), ends.unwrap_or(view.now.wall));
    let (from, to) = (Wall(first.0.saturating_sub(AROUND_US)), Wall(last.0.saturating_add(AROUND_US)));
    html! {
        nav .ways {
            @if let Some(incident) = raise.incident { a .button href={ "/incident/" (incident) } { (view.fill(past::OF_INCIDENT, incident)) } }
            a .button href={ "/journal?point=" (point) } { (view.say(past::JOURNAL_OF)) }
            a .button href={ "/trends?points=" (point) "&from=" (escaped(&when.rfc3339(from))) "&to=" (escaped(&when.rfc3339(to))) } { (view.say(past::TREND_OF)) }
        }
    }
}
