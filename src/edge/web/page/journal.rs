//! The journal as people read and search it: newest first.
//!
//! Takes: what somebody looks for, in the address.
//! Gives: the page `/journal`: the facts that fit, what is looked for as chips, and how much of the journal is not shown.
//! Never: a fact left out in silence; what a filter hides is counted, and a fire among it is named.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::View;
use super::frame::{Liveness, page};
use super::journal_rows::row;
use crate::edge::export::Format;
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::sieve::SieveQuery;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{self, past};
use crate::engine::alarm::{Fact, State as Shown};
use crate::engine::base::{Category, Text};
use crate::engine::report::Sort;
use crate::live::Found;

/// Facts of one page.
const FACTS: u64 = 50;

/// `GET /journal`
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    query: Result<Query<SieveQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let mut view = View::new(web, visitor);
    let listed = match query {
        Ok(Query(query)) => listed(&view, &query).await.map(|listed| (query, listed)),
        Err(rejection) => Err(Problem::bad("?", &rejection.body_text())),
    };
    let (query, (facts, found)) = match listed {
        Ok(listed) => listed,
        Err(problem) => return super::lost::refused(&view, &problem).into_response(),
    };
    match view.web.past(&facts).await {
        Ok(past) => view.past = past,
        Err(problem) => return super::lost::refused(&view, &problem).into_response(),
    }
    let retirement = match super::retirement::section(&view).await {
        Ok(section) => section,
        Err(problem) => return super::lost::refused(&view, &problem).into_response(),
    };
    let state = view.web.services.picture.state();
    let searched = !query.address("").is_empty();
    let body = html! {
        div .past-page {
            (super::history::bar(&view, "/journal"))
            (form(&view, &query, searched))
            @if searched { (chips(&view, &query)) }
            section #journal-list .journal {
                h2 { (view.say(if searched { past::SEARCHED } else { words::JOURNAL })) @if searched { " " small { (view.fill(past::FOUND_N, facts.len())) } } }
                @if let Some(found) = found.as_ref().filter(|_| searched) { (passed_over(&view, &query, found)) }
                (table(&view, &state, &facts, searched))
                (onward(&view, &query, &facts, found.as_ref().filter(|_| searched)))
            }
            (exports(&view, &query))
            (retirement)
        }
    };
    page(&view, view.say(words::JOURNAL), Liveness::Form, body).into_response()
}

/// The facts of a page, newest first. Without anything to look for they come from the journal itself.
async fn listed(view: &View, query: &SieveQuery) -> Result<(Vec<Fact>, Option<Found>), Problem> {
    let sieve = query.sieve(&view.web.when)?;
    if !sieve.is_open() {
        return view.web.find(sieve, query.before, FACTS as usize).await.map(|(facts, found)| (facts, Some(found)));
    }
    let end = query.before.unwrap_or(view.summary.last.seq.saturating_add(1));
    let after = end.saturating_sub(FACTS + 1);
    let records = Arc::clone(&view.web.services.records);
    let read = view.web.waiting(move || records.read(after, FACTS as usize)).await?;
    let mut facts = read.map_err(|error| Problem::store("journal", &error))?;
    facts.retain(|fact| fact.id.seq < end);
    facts.reverse();
    Ok((facts, None))
}

/// What can be looked for. Everything but the words lies folded away until it is used.
fn form(view: &View, query: &SieveQuery, searched: bool) -> Markup {
    let site = &view.web.services.site;
    let mut floors: Vec<&str> =
        site.buildings.iter().flat_map(|building| &building.floors).map(String::as_str).collect();
    floors.sort_unstable();
    floors.dedup();
    let language = view.language();
    let pick = |name: &str, label, options: Vec<(String, Text)>| {
        let chosen = query.typed(name).to_owned();
        html! {
            label { (view.say(label)) select name=(name) {
                option value="" { (view.say(past::ANY)) }
                @for (value, text) in &options { option value=(value) selected[*value == chosen] { (text.get(language)) } }
            } }
        }
    };
    let typed = |name: &str, label, kind: &str| {
        html! { label { (view.say(label)) input type=(kind) name=(name) value=(query.typed(name)) autocomplete="off"; } }
    };
    let sorts = Sort::ALL.iter().map(|sort| (sort.as_str().to_owned(), sort.text())).collect();
    let categories = Category::ALL.iter().map(|one| (one.as_str().to_owned(), one.text())).collect();
    let devices = site.devices.iter().map(|one| (one.id.as_str().to_owned(), one.name.clone())).collect();
    let buildings = site.buildings.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
    let floors = floors.iter().map(|floor| ((*floor).to_owned(), Text::same(floor))).collect();
    let more = query.address("text").is_empty();
    html! {
        form .search method="get" action="/journal" role="search" {
            div .search-words {
                label { (view.say(past::TEXT)) input type="search" name="text" value=(query.typed("text")) placeholder=(view.say(past::TEXT_HINT)) autocomplete="off" maxlength="200"; }
                button .go { (view.say(past::SEARCH)) }
            }
            details open[searched && !more] {
                summary .button { (view.say(past::FILTERS)) }
                div .search-filters {
                    (pick("sort", past::SORT, sorts))
                    (pick("category", words::H_WHAT, categories))
                    (pick("device", past::DEVICE, devices))
                    (pick("building", words::desk::BUILDING, buildings))
                    (pick("floor", past::FLOOR, floors))
                    (typed("person", past::PERSON, "text"))
                    (typed("from", past::FROM, "datetime-local"))
                    (typed("to", past::TO, "datetime-local"))
                }
                @for name in ["kind", "point"] {
                    @if !query.typed(name).is_empty() { input type="hidden" name=(name) value=(query.typed(name)); }
                }
            }
        }
    }
}

/// What is looked for, each part with the way to take it away.
fn chips(view: &View, query: &SieveQuery) -> Markup {
    html! {
        nav .chips aria-label=(view.say(past::FILTERS)) {
            span { (view.say(past::SHOWS_ONLY)) }
            @for chip in query.chips(&view.web.services.site, view.language()) {
                a .chip href={ "/journal?" (chip.without) } aria-label=(view.fill(past::REMOVE, format!("{} {}", view.say(chip.head), chip.value))) {
                    small { (view.say(chip.head)) } " " (chip.value) " " b aria-hidden="true" { "×" }
                }
            }
            a .chip .all href="/journal" { (view.say(past::REMOVE_ALL)) }
        }
    }
}

/// What the search has passed over, and how to see it.
fn passed_over(view: &View, query: &SieveQuery, found: &Found) -> Markup {
    let behind = view.summary.last.seq.saturating_sub(found.upto);
    let time = ["from", "to"].into_iter().filter(|name| !query.typed(name).is_empty());
    let time =
        time.map(|name| format!("&{name}={}", crate::edge::web::api::escaped(query.typed(name)))).collect::<String>();
    let before = query.before.map(|before| format!("&before={before}")).unwrap_or_default();
    html! {
        @if found.hidden > 0 {
            p .passed-over {
                (view.fill(past::HIDDEN_N, found.hidden))
                @if found.hidden_fires > 0 { strong .fires { " " (view.fill(past::HIDDEN_FIRES, found.hidden_fires)) } }
                " → " a href={ "/journal?" (before.trim_start_matches('&')) (time) } { (view.say(past::HIDDEN_SHOW)) }
                @if found.hidden_fires > 0 { " · " a href={ "/journal?kind=raised&category=fire" (before) (time) } { (view.say(past::FIRES_SHOW)) } }
            }
        }
        @if behind > 0 { p .notice { (view.fill(past::NOT_INDEXED, behind)) } }
    }
}

fn table(view: &View, state: &Shown, facts: &[Fact], searched: bool) -> Markup {
    html! {
        @if facts.is_empty() { p .nothing { (view.say(if searched { past::NOTHING_FOUND } else { words::EMPTY_JOURNAL })) } }
        @else {
            table {
                thead { tr { @for phrase in [words::H_SEQ, words::H_TIME, words::H_EVENT, words::H_SUBJECT, words::H_BY] { th scope="col" { (view.say(phrase)) } } } }
                tbody { @for fact in facts { (row(view, state, fact)) } }
            }
        }
    }
}

/// Further back, and back to the newest.
fn onward(view: &View, query: &SieveQuery, facts: &[Fact], found: Option<&Found>) -> Markup {
    let address = query.address("");
    let older = match found {
        Some(found) => found.back_to,
        None => facts.last().map(|fact| fact.id.seq).filter(|seq| *seq > 1),
    };
    let stopped_short = found.is_some() && (facts.len() as u64) < FACTS;
    html! {
        @if let (Some(found), true) = (found, stopped_short) {
            p .fine { @match found.back_to { Some(seq) => { (view.fill(past::SEARCHED_BACK_TO, seq)) } None => { (view.say(past::TO_BEGINNING)) } } }
        }
        nav .pages {
            @if let Some(before) = older {
                a .button href={ "/journal?before=" (before) @if !address.is_empty() { "&" (address) } } { (view.say(if stopped_short { past::GO_ON } else { words::OLDER })) }
            }
            @if query.before.is_some() { a .button href={ "/journal" @if !address.is_empty() { "?" (address) } } { (view.say(words::NEWEST)) } }
        }
    }
}

/// Files of exactly what is looked for.
fn exports(view: &View, query: &SieveQuery) -> Markup {
    let address = query.address("");
    html! {
        p .exports {
            (view.say(past::EXPORT_THESE)) " "
            @if view.may_act() {
                @for format in Format::ALL {
                    a .button download href={ "/api/v1/journal/export?form=" (format.as_str()) @if !address.is_empty() { "&" (address) } } { (format.as_str().to_uppercase()) } " "
                }
            } @else { a href="/login" { (view.say(words::report::LOG_IN_TO_SAVE)) } }
        }
    }
}
