//! Duty on the page: who is there, what is due, what is not written down yet.
//!
//! Takes: the shown state, forms.
//! Gives: `GET /duty`, the side's section; `POST /acts/sign-in`, `/acts/sign-out`, `/acts/handled`, `/acts/note`,
//! `/acts/round/{kind}/{id}`.
//! Never: a record that leaves an item out: the browser asks for each, and the engine refuses it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form as Posted};
use maud::{Markup, html};

use super::frame::{Liveness, page, symbol};
use super::rows::place_words;
use super::{View, forms};
use crate::edge::web::Web;
use crate::edge::web::forms::Form;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{self, duty};
use crate::engine::alarm::{State as Shown, Watched};
use crate::engine::base::{EventId, PointId};
use crate::engine::site::{Plan, PlanKind};
use crate::engine::{Act, Finding, RoundReport};

/// So many that nobody recorded are listed with their forms; the others are in the handling record.
const LISTED: usize = 50;

/// What a page posted, name by name; a name may come more than once.
type Pairs = Vec<(String, String)>;

/// `GET /duty`
pub async fn show(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Markup {
    let view = View::new(Arc::clone(&web), visitor);
    let state = web.services.picture.state();
    let body = html! {
        section .duty-page {
            nav .form-tabs { @for form in Form::ALL { a .button href={ "/forms/" (form.as_str()) } { (view.say(form.title())) } } }
            (present(&view, &state))
            (unrecorded(&view, &state))
            (plans(&view, &state))
        }
    };
    page(&view, view.say(duty::DUTY), Liveness::Form, body)
}

/// `POST /acts/sign-in`
pub async fn sign_in(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    forms::act(web, visitor, None, Ok(Act::SignIn), "/duty").await
}

/// `POST /acts/sign-out`
pub async fn sign_out(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    forms::act(web, visitor, None, Ok(Act::SignOut), "/duty").await
}

/// `POST /acts/handled`
pub async fn handled(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Posted(pairs): Posted<Pairs>,
) -> Response {
    let ids = pairs.iter().filter(|(name, _)| name == "id").map(|(_, id)| event_id(id)).collect::<Result<Vec<_>, _>>();
    let (cause, measure, result) = (said(&pairs, "cause"), said(&pairs, "measure"), said(&pairs, "result"));
    let wanted = ids.map(|ids| Act::Handled {
        ids,
        cause: cause.unwrap_or_default(),
        measure: measure.unwrap_or_default(),
        result,
    });
    forms::act(web, visitor, None, wanted, "/duty").await
}

/// `POST /acts/note/{id}`
pub async fn note(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Posted(pairs): Posted<Pairs>,
) -> Response {
    let back = format!("/alarm/{id}");
    let wanted = event_id(&id).map(|id| Act::Note { id, text: said(&pairs, "text").unwrap_or_default() });
    forms::act(web, visitor, None, wanted, &back).await
}

/// `POST /acts/round/{kind}/{id}`: for each item `ok.ITEM` is `yes` or `no`, with `words.ITEM` and `point.ITEM`.
pub async fn record(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((kind, plan)): Path<(String, String)>,
    Posted(pairs): Posted<Pairs>,
) -> Response {
    let of = match kind.as_str() {
        "patrol" => Ok(PlanKind::Patrol),
        "maintenance" => Ok(PlanKind::Maintenance),
        other => Err(Problem::not_found(other)),
    };
    let wanted = of.map(|of| {
        let figures = web.figures(of, &plan);
        Act::RecordRound(RoundReport { of, plan, findings: findings(&pairs), note: said(&pairs, "note"), figures })
    });
    forms::act(web, visitor, None, wanted, "/duty").await
}

fn findings(pairs: &Pairs) -> Vec<Finding> {
    let judged: BTreeMap<&str, bool> =
        pairs.iter().filter_map(|(name, value)| Some((name.strip_prefix("ok.")?, value == "yes"))).collect();
    let finding = |(item, ok): (&str, bool)| Finding {
        item: item.to_owned(),
        ok,
        words: said(pairs, &format!("words.{item}")),
        point: said(pairs, &format!("point.{item}")).map(|point| PointId::new(&point)),
    };
    judged.into_iter().map(finding).collect()
}

fn said(pairs: &Pairs, name: &str) -> Option<String> {
    let held = pairs.iter().find(|(held, _)| held == name).map(|(_, value)| value.trim().to_owned());
    held.filter(|value| !value.is_empty())
}

fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map_err(|()| Problem::not_found(text))
}

/// The side's section: how many are there, what is behind, what is not written down.
pub fn section(view: &View, state: &Shown) -> Markup {
    let behind = state.duty.plans.values().filter(|held| held.behind).count();
    let due = state.duty.plans.values().filter(|held| held.round.is_some()).count();
    let owed = state.duty.unrecorded.len() as u64 + state.duty.older;
    let site = &view.web.services.site;
    html! {
        section .duty {
            h2 { a href="/duty" { (view.say(duty::DUTY)) } }
            @if !site.shifts.is_empty() && site.settings.on_duty > 0 {
                p { (symbol("person")) (view.fill(duty::PRESENT_N, state.duty.present.len())) " "
                    @for held in state.duty.present.values() { " " (held.by.user) } }
            }
            @if owed > 0 { p .fault { (symbol("fault")) a href="/duty#unrecorded" { strong { (view.fill(duty::UNRECORDED_N, owed)) } } } }
            @if behind > 0 { p .fault { (symbol("bell")) a href="/duty#plans" { strong { (view.fill(duty::BEHIND_N, behind)) } } } }
            @if due > 0 && behind == 0 { p { (symbol("bell")) a href="/duty#plans" { (view.fill(duty::DUE_N, due)) } } }
        }
    }
}

/// What anybody may write down of one alarm, on its own page.
pub fn acts(view: &View, id: EventId) -> Markup {
    html! {
        details .act {
            summary { h3 { (view.say(duty::F_HANDLING)) } }
            (handling_form(view, id))
            form method="post" action={ "/acts/note/" (id) } {
                label { (view.say(duty::ADD_NOTE)) input name="text" maxlength="500" required autocomplete="off"; }
                button { (view.say(duty::ADD_NOTE)) }
            }
        }
    }
}

fn handling_form(view: &View, id: EventId) -> Markup {
    html! {
        form .confirm method="post" action="/acts/handled" {
            input type="hidden" name="id" value=(id);
            label { (view.say(duty::CAUSE)) input name="cause" maxlength="500" required autocomplete="off"; }
            label { (view.say(duty::MEASURE)) input name="measure" maxlength="500" required autocomplete="off"; }
            label { (view.say(duty::RESULT)) input name="result" maxlength="500" autocomplete="off"; }
            button .go { (view.say(duty::RECORD)) }
        }
    }
}

fn present(view: &View, state: &Shown) -> Markup {
    let mine = view.visitor.account.as_ref().map(|account| account.name.clone());
    let there = mine.as_ref().is_some_and(|user| state.duty.present.contains_key(user));
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    let site = &view.web.services.site;
    html! {
        section #present {
            h2 { (view.say(duty::PRESENT)) " " b { (state.duty.present.len()) @if !site.shifts.is_empty() { "/" (site.settings.on_duty) } } }
            @if state.duty.present.is_empty() { p .nothing { (view.say(duty::NOBODY)) } }
            ul { @for held in state.duty.present.values() {
                li { (symbol("person")) strong { (held.by.user) } " " (view.say(words::role(held.by.role))) " · " (view.fill(duty::SINCE, clock(held.since))) }
            } }
            @if view.may_act() {
                form method="post" action="/acts/sign-in" { button .go[!there] { (view.say(if there { duty::STAY } else { duty::SIGN_IN })) } }
                @if there { form method="post" action="/acts/sign-out" { button { (view.say(duty::SIGN_OUT)) } } p .fine { (view.say(duty::SIGN_OUT_DOES)) } }
            }
        }
    }
}

fn unrecorded(view: &View, state: &Shown) -> Markup {
    let duty = &state.duty;
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    let more = duty.unrecorded.len().saturating_sub(LISTED) as u64 + duty.older;
    html! {
        section #unrecorded {
            h2 { (view.say(duty::UNRECORDED)) " " b { (duty.unrecorded.len() as u64 + duty.older) } }
            @if duty.unrecorded.is_empty() { p .nothing { (view.say(duty::ALL_RECORDED)) } }
            @for (id, owed) in duty.unrecorded.iter().rev().take(LISTED) {
                details .owed-record #{ "owed-" (id) } {
                    summary { strong { (owed.raise.condition.category.text().get(view.language())) } " " (owed.raise.name.get(view.language()))
                        " · " (place_words(view, &owed.raise.place)) " · " (clock(owed.raised_at)) " - " (clock(owed.closed_at)) }
                    @if view.may_act() { (handling_form(view, *id)) }
                }
            }
            @if more > 0 { p .fine { (view.fill(duty::MORE, more)) } }
        }
    }
}

fn plans(view: &View, state: &Shown) -> Markup {
    let site = &view.web.services.site;
    let mut watched: Vec<(&Plan, &Watched)> =
        site.plans.iter().filter_map(|plan| Some((plan, state.duty.plans.get(&plan.key())?))).collect();
    watched.sort_by_key(|(_, held)| (!held.behind, held.round.is_none()));
    html! {
        section #plans {
            h2 { (view.say(duty::PLANS)) " " b { (watched.len()) } }
            @if watched.is_empty() { p .nothing { (view.say(duty::NO_PLANS)) } }
            @for (plan, held) in watched { (plan_card(view, plan, held)) }
        }
    }
}

fn plan_card(view: &View, plan: &Plan, held: &Watched) -> Markup {
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    html! {
        details .plan .behind[held.behind] #(plan.key()) open[held.round.is_some()] {
            summary {
                strong { (plan.name.get(view.language())) } " " span .tag { (plan.kind.text().get(view.language())) }
                @if held.behind { " " span .tag .strong { (view.say(words::OVERDUE)) } }
                @if let Some(round) = &held.round { " " (view.fill(duty::DUE_BY, clock(round.due.until.due()))) }
                @if let Some((at, by)) = &held.recorded { " · " (view.fill(duty::LAST, format!("{} {by}", clock(*at)))) }
            }
            @if view.may_act() {
                form .confirm method="post" action={ "/acts/round/" (plan.kind.as_str()) "/" (plan.id) } {
                    @for item in &plan.items {
                        fieldset .item {
                            legend { (item.name.get(view.language())) }
                            label .choice { input type="radio" name={ "ok." (item.id) } value="yes" required; (view.say(duty::IN_ORDER)) }
                            label .choice { input type="radio" name={ "ok." (item.id) } value="no"; (view.say(duty::FOUND)) }
                            label { (view.say(duty::FINDING)) input name={ "words." (item.id) } maxlength="500" autocomplete="off"; }
                            label { (view.say(duty::AT_POINT)) input name={ "point." (item.id) } maxlength="100" autocomplete="off"; }
                        }
                    }
                    label { (view.say(duty::NOTE)) input name="note" maxlength="500" autocomplete="off"; }
                    button .go { (view.say(duty::RECORD)) }
                }
            }
        }
    }
}
