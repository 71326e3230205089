//! One alarm, and the acts on it. Fits a phone.
//!
//! Takes: an id; of one that closed long ago, what the journal has of it.
//! Gives: everything known of the occurrence, a form per act with what it does and does not do, and its whole story.
//! Never: refreshes a form that a person is filling in.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::View;
use super::frame::{Liveness, page, symbol};
use super::rows::{headed, name_words, since_ms, source_cell, tags, verdict_cell};
use crate::edge::web::finding::Past;
use crate::edge::web::lamps::category_symbol;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::age;
use crate::edge::web::wording::state_of;
use crate::edge::web::words::desk;
use crate::edge::web::{Web, words};
use crate::engine::alarm::{Fact, Occurrence};
use crate::engine::base::{Category, EventId};
use crate::engine::site::Command;
use crate::live::next_step::next_step;

/// Review times offered, in hours.
const REVIEWS: [u32; 7] = [1, 2, 4, 8, 24, 72, 168];

/// The page of an open alarm waits no longer than this for what the journal has of it: the acts are on it.
const STORY_WITHIN: Duration = Duration::from_millis(1_500);

/// `GET /alarm/{id}`
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let mut view = View::new(web, visitor);
    let Ok(id) = id.parse::<EventId>() else { return super::lost::not_found(&view).into_response() };
    let story = tokio::time::timeout(STORY_WITHIN, story_of(&view, id)).await;
    let story = match story {
        Ok(Ok((facts, past))) => {
            view.past = past;
            facts
        }
        // The page says that the story is missing; its alarm and its acts do not depend on it.
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    let state = view.web.services.picture.state();
    let told = super::story::told(&story, id);
    let Some(occurrence) = state.occurrences.get(&id).or(told.as_ref()) else {
        return super::lost::not_found(&view).into_response();
    };
    let isolated = state.isolation_of(&occurrence.raise.condition.point).is_some();
    let site = &view.web.services.site;
    let commands: Vec<&Command> =
        site.commands.iter().filter(|command| command.point == occurrence.raise.condition.point).collect();
    let control = commands.first().is_some_and(|command| site.devices[command.device as usize].control);
    let body = html! {
        section .one-alarm {
            (facts(&view, occurrence))
            @if !view.may_act() {
                p .nothing { @if view.visitor.account.is_some() { (view.say(words::MAY_NOT)) }
                    @else { a .button href="/login" { (view.say(words::LOGIN_TO_ACT)) } } }
            } @else if occurrence.is_open() { (acts(&view, occurrence, isolated)) }
            @if !commands.is_empty() { div .act { (super::commands::table(&view, &commands, control, &format!("/alarm/{}", occurrence.id))) } }
            (super::story::section(&view, &state, &story, id))
            (super::story::ways(&view, &occurrence.raise, &story))
            p { a .button href="/phone" { (view.say(words::BACK)) } }
            @if view.may_act() && occurrence.is_unacknowledged() { (at_the_thumb(&view, occurrence)) }
        }
    };
    let title = occurrence.raise.condition.category.text();
    page(&view, title.get(view.language()), Liveness::Form, body).into_response()
}

async fn story_of(view: &View, id: EventId) -> Result<(Vec<Fact>, Past), Problem> {
    let facts = view.web.story(id).await?;
    let past = view.web.past(&facts).await?;
    Ok((facts, past))
}

fn facts(view: &View, occurrence: &Occurrence) -> Markup {
    let raise = &occurrence.raise;
    let category = raise.condition.category;
    let (class, mark, word) = state_of(occurrence);
    let (head, left) = headed(view, &raise.name, &raise.place, name_words(view, occurrence));
    let code = raise.code.as_ref().map(|code| match &raise.kind {
        Some(kind) => format!("{code} · {kind}"),
        None => code.clone(),
    });
    html! {
        h2 .{ "cat-" (category.as_str()) } .{ "row-" (class) } { (symbol(category_symbol(category))) (super::rows::tile(occurrence)) span { small { (category.text().get(view.language())) } " " (head) } }
        p .name { (left) " " (tags(view, occurrence)) }
        @if let Some(detail) = &raise.detail { p { (detail.get(view.language())) } }
        @if let Some(judged) = &occurrence.judged { p .advice { (judged.words.get(view.language())) @if let Some(under) = judged.under { " " a href={ "/alarm/" (under) } { (view.say(words::FOLDED)) } } } }
        @if let Some(advice) = &raise.advice { p .advice { b { (view.say(words::NEXT_STEP)) } " " (advice.get(view.language())) } }
        @if let Some(next) = next_step(occurrence) { p .next { strong { (view.say(desk::NEXT)) } " " (next.get(view.language())) } }
        dl {
            dt { (view.say(words::H_STATE)) }
            dd { @if occurrence.is_open() { (symbol(mark)) (view.say(word)) } @else { (view.say(words::K_CLOSED)) @if let Some((at, reason)) = occurrence.closed { " · " (view.say(words::close(reason))) " " time { (view.web.when.day_clock(at, view.now.wall)) } } } }
            dt { (view.say(words::H_TIME)) }
            dd { time { (view.web.when.day_clock(occurrence.raised_at, view.now.wall)) } " · "
                span data-since=(since_ms(occurrence.raised_at)) { (age(view.now.wall.since(occurrence.raised_at), view.language())) } }
            dt { (view.say(words::H_SOURCE)) } dd { (source_cell(view, occurrence.source)) }
            @if let Some(zone) = &raise.place.zone { dt { (view.say(words::ZONE)) } dd { (zone) } }
            dt { (view.say(words::H_POINT)) } dd { code { (raise.condition.point) } @if let Some(code) = code { " " (code) } }
            dt { (view.say(words::H_ACK)) }
            dd { @match &occurrence.ack {
                Some(ack) => { (ack.by.user) " " time { (view.web.when.day_clock(ack.at, view.now.wall)) } @if let Some(note) = &ack.note { " · " bdi { (note) } } }
                None => { (view.say(words::NOT_ACKED)) }
            } }
            @for call in &occurrence.calls {
                dt { (view.say(desk::CALLED)) }
                dd { bdi { (call.called) } " · " (call.by.user) " " time { (view.web.when.day_clock(call.at, view.now.wall)) } @if let Some(note) = &call.note { " · " bdi { (note) } } }
            }
            dt { (view.say(words::H_VERDICT)) } dd { (verdict_cell(view, occurrence)) }
        }
    }
}

/// On a phone the one act that an alarm asks for stays at the thumb, wherever the page stands.
fn at_the_thumb(view: &View, occurrence: &Occurrence) -> Markup {
    html! {
        form .thumb method="post" action={ "/acts/ack/" (occurrence.id) } {
            input type="hidden" name="back" value={ "/alarm/" (occurrence.id) };
            input type="hidden" name="count" value=(occurrence.count);
            button .go .big { (view.say(words::ACKNOWLEDGE)) }
            p .does { (view.say(words::ACK_DOES)) }
        }
    }
}

fn acts(view: &View, occurrence: &Occurrence, isolated: bool) -> Markup {
    let id = occurrence.id.to_string();
    let judged = occurrence.raise.condition.category.rules().incident
        || occurrence.raise.condition.category == Category::Prealarm;
    html! {
        @if occurrence.ack.is_none() {
            form .act method="post" action={ "/acts/ack/" (id) } {
                input type="hidden" name="back" value={ "/alarm/" (id) };
                input type="hidden" name="count" value=(occurrence.count);
                label { (view.say(words::NOTE)) input name="note" maxlength="500" autocomplete="off"; }
                button .go .big { (view.say(words::ACKNOWLEDGE)) }
                p .does { (view.say(words::ACK_DOES)) }
            }
        }
        @if judged {
            form .act method="post" action={ "/acts/verdict/" (id) } {
                h3 { (view.say(words::VERDICT)) }
                label { (view.say(words::CAUSE)) input name="cause" maxlength="500" autocomplete="off"; }
                div .choices {
                    button name="verdict" value="real" { (view.say(words::V_REAL_ACT)) }
                    button name="verdict" value="false" { (view.say(words::V_FALSE_ACT)) }
                    button name="verdict" value="drill" { (view.say(words::V_DRILL_ACT)) }
                }
                p .does { (view.say(words::VERDICT_DOES)) }
            }
        }
        (super::duty::acts(view, occurrence.id))
        @if occurrence.raise.condition.category.rules().incident && occurrence.is_open() {
            form .act method="post" action={ "/acts/call/" (id) } {
                h3 { (view.say(desk::CALL)) }
                label { (view.say(desk::CALLED)) input name="called" maxlength="100" value="119" required autocomplete="off"; }
                label { (view.say(words::NOTE)) input name="note" maxlength="500" autocomplete="off"; }
                button { (view.say(desk::CALL_RECORD)) }
                p .does { (view.say(desk::CALL_DOES)) }
            }
        }
        @if !isolated {
            details .act {
                summary { h3 { (view.say(words::ISOLATE)) } }
                form method="post" action="/acts/isolate" {
                    input type="hidden" name="point" value=(occurrence.raise.condition.point);
                    input type="hidden" name="back" value={ "/alarm/" (id) };
                    label { (view.say(words::REASON)) input name="reason" maxlength="500" required autocomplete="off"; }
                    label { (view.say(desk::PURPOSE)) select name="purpose" {
                        option value="repair" { (view.say(desk::P_REPAIR)) }
                        option value="hot-work" { (view.say(desk::P_HOT_WORK)) }
                        option value="test" { (view.say(desk::P_TEST)) }
                    } }
                    label { (view.say(desk::ORDER)) input name="order" maxlength="200" autocomplete="off"; }
                    label { (view.say(words::REVIEW_IN)) select name="hours" {
                        @for hours in REVIEWS {
                            option value=(hours) selected[hours == 8] {
                                @if hours > 24 { (view.fill(words::DAYS, hours / 24)) } @else { (view.fill(words::HOURS, hours)) }
                            }
                        }
                    } }
                    button { (view.say(words::ISOLATE)) }
                    p .does { (view.say(words::ISOLATE_DOES)) }
                }
            }
        }
    }
}
