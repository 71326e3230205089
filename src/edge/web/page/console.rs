//! The console: every open alarm, and what can be done about the site as a whole.
//!
//! Takes: the shown state.
//! Gives: the page `/phone`.
//! Never: hides a row without saying how many.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::View;
use super::frame::{Liveness, page, symbol};
use super::rows::{ordered, row};
use super::side::side;
use crate::edge::web::summary::counted_as;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::window::Window;
use crate::edge::web::words::desk;
use crate::edge::web::{Web, words};
use crate::engine::alarm::Occurrence;

/// Rows of the page unless all are asked for: more than any screen shows, few enough to be drawn at once in a flood.
const ROWS: usize = 60;
/// The word of the address that shows every window at once.
const SPLIT: &str = "split";
/// Rows of each window then.
const SPLIT_ROWS: usize = 8;

#[derive(Deserialize)]
pub struct Wanted {
    all: Option<String>,
    window: Option<String>,
}

/// `GET /phone`
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
) -> Markup {
    let view = View::new(web, visitor);
    let state = view.web.services.picture.state();
    let window = Window::ALL.into_iter().find(|window| wanted.window.as_deref() == Some(window.as_str()));
    let open = ordered(
        state
            .occurrences
            .values()
            .filter(|held| window.is_none_or(|window| window.categories().contains(&counted_as(held)))),
    );
    if wanted.window.as_deref() == Some(SPLIT) {
        let body = html! { div .rows { (super::linkages::section(&view, &state)) (split(&view, &open)) } (side(&view, &state)) };
        return page(&view, view.say(words::state(view.summary.word)), Liveness::Live, body);
    }
    let shown = if wanted.all.is_some() { open.len() } else { open.len().min(ROWS) };
    let body = html! {
        div .rows {
            (super::linkages::section(&view, &state))
            section #alarms .alarms data-part="" {
                h2 { (view.say(words::ALARMS)) " " b { (open.len()) }
                    @if view.summary.unacknowledged() > 0 { small { (view.fill(words::UNACKED_N, view.summary.unacknowledged())) } } }
                (switches(&view, window, false))
                @if open.is_empty() { p .nothing { (view.say(words::NOTHING_TO_SHOW)) } (readiness(&view)) } @else {
                    (table(&view, &open[..shown]))
                    @if shown < open.len() { p .more-rows { a href={ "/phone?all=1" @if let Some(window) = window { "&window=" (window.as_str()) } } { (view.fill(words::MORE_ROWS, open.len() - shown)) } } }
                }
            }
        }
        (side(&view, &state))
    };
    let title = view.say(words::state(view.summary.word));
    page(&view, title, Liveness::Live, body)
}

fn table(view: &View, rows: &[&Occurrence]) -> Markup {
    let heads = [
        words::H_STATE,
        words::H_TIME,
        words::H_AGE,
        words::H_WHAT,
        words::H_PLACE,
        words::H_SOURCE,
        words::H_ACK,
        words::H_VERDICT,
        words::H_ACTS,
    ];
    html! {
        table {
            thead { tr { @for phrase in heads { th scope="col" { (view.say(phrase)) } } } }
            tbody { @for occurrence in rows { (row(view, occurrence)) } }
        }
    }
}

/// Every window on one screen, each with its count, its first rows and the way to enlarge it (FA-14).
fn split(view: &View, open: &[&Occurrence]) -> Markup {
    html! {
        section #split .alarms data-part="" { (switches(view, None, true)) }
        @for window in Window::ALL {
            @let held: Vec<&Occurrence> = open.iter().copied().filter(|held| window.categories().contains(&counted_as(held))).collect();
            section #{ "window-" (window.as_str()) } .alarms data-part="" {
                h2 { a href={ "/phone?window=" (window.as_str()) } { (view.say(window.phrase())) } " " b { (held.len()) } }
                @if held.is_empty() { p .nothing { (view.say(words::NOTHING_TO_SHOW)) } } @else {
                    (table(view, &held[..held.len().min(SPLIT_ROWS)]))
                    @if held.len() > SPLIT_ROWS { p .more-rows { a href={ "/phone?window=" (window.as_str()) } { (view.fill(words::MORE_ROWS, held.len() - SPLIT_ROWS)) } } }
                }
            }
        }
    }
}

/// The windows with their counts, each with a key (FA-14).
fn switches(view: &View, chosen: Option<Window>, is_split: bool) -> Markup {
    html! {
        nav .windows {
            a .button .go[chosen.is_none() && !is_split] href="/phone" accesskey="0" { (view.say(desk::W_EVERYTHING)) }
            @for (key, window) in Window::ALL.into_iter().enumerate() {
                @let count = view.summary.count(window.categories());
                a .button .go[chosen == Some(window)] href={ "/phone?window=" (window.as_str()) } accesskey=(key + 1) {
                    (view.say(window.phrase())) " " b { (count.total) }
                    @if count.unacknowledged > 0 { small { (view.fill(words::UNACKED_N, count.unacknowledged)) } }
                }
            }
            a .button .go[is_split] href={ "/phone?window=" (SPLIT) } accesskey=(Window::ALL.len() + 1) { (view.say(desk::W_SPLIT)) }
        }
    }
}

/// While nothing is open: every device, whether it answers and how much of it is known.
fn readiness(view: &View) -> Markup {
    let site = &view.web.services.site;
    html! {
        div .readiness {
            h2 { (view.say(words::READINESS)) }
            ul { @for one in &view.summary.devices {
                @let device = &site.devices[one.index as usize];
                @let known = one.points - one.unknown - one.absent - one.gathered;
                li .hatched[one.is_blind()] {
                    (symbol(if one.up == Some(true) { "link" } else { "link-broken" }))
                    span { (device.name.get(view.language())) }
                    span .r {
                        @if one.up == Some(true) { (view.fill(words::POINTS_READ, known)) } @else { (view.say(if one.up.is_none() { words::LINK_NEVER } else { words::LINK_DOWN })) }
                        @if one.unknown > 0 { " " b { "? " (one.unknown) } }
                    }
                }
            } }
        }
    }
}
