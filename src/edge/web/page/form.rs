//! The four forms as they are printed and signed (FL-05).
//!
//! Takes: a form's name and two dates.
//! Gives: `GET /forms/{form}`: one table with the site, the period and a line for signatures.
//! Never: a row that is cut off in silence: what does not fit is counted.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::View;
use super::frame::{Liveness, page};
use super::rows::place_words;
use crate::edge::web::Web;
use crate::edge::web::forms::{Form, Period};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::when::{When, age};
use crate::edge::web::words::{self, Phrase, duty};
use crate::engine::alarm::{RoundRecorded, State as Shown};
use crate::engine::base::{Actor, Language, Text, Wall};
use crate::engine::duty::{Entry, Forms, Planned, Recorded, Round, Step, Subject, verdict_words};
use crate::engine::site::Place;
use crate::live::form_document::Outcome;

/// Rows of one printed form.
const ROWS: usize = 1_000;
const DAY: i64 = 24 * 3600 * 1_000_000;

#[derive(Deserialize)]
pub struct Wanted {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /forms/{form}?from=2026-01-01&to=2026-01-31`, both days included.
pub async fn show(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(form): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let view = View::new(Arc::clone(&web), visitor);
    let Ok(form) = Form::named(&form) else { return super::lost::not_found(&view).into_response() };
    let period = match period(&view, form, &wanted) {
        Ok(period) => period,
        Err(problem) => return super::lost::refused(&view, &problem).into_response(),
    };
    match web.forms(form, period).await {
        Ok((forms, state, older)) => {
            let body = sheet(&view, form, period, (&forms, older), &state);
            page(&view, view.say(form.title()), Liveness::Form, body).into_response()
        }
        Err(problem) => super::lost::refused(&view, &problem).into_response(),
    }
}

/// Two days of the site's zone, the second one to its end. Without them the last week; of the plan the year around now.
fn period(view: &View, form: Form, wanted: &Wanted) -> Result<Period, Problem> {
    let when = &view.web.when;
    let today = when.date(view.now.wall);
    let day = |field: &'static str, text: &Option<String>, days: i64| {
        let text = text.as_deref().filter(|text| !text.is_empty()).unwrap_or(&today);
        let read = when.day(text).ok_or_else(|| Problem::bad(field, "a day: 2026-01-31"))?;
        Ok::<Wall, Problem>(Wall(read.0 + days * DAY))
    };
    let (back, ahead) = if form == Form::Plan { (30, 334) } else { (6, 0) };
    let from = day("from", &wanted.from, if wanted.from.is_some() { 0 } else { -back })?;
    let to = day("to", &wanted.to, if wanted.to.is_some() { 1 } else { ahead + 1 })?;
    Period::new(from, to)
}

fn sheet(view: &View, form: Form, period: Period, (forms, older): (&Forms, u64), state: &Shown) -> Markup {
    let when = &view.web.when;
    let last = Wall(period.to.0 - 1);
    let (rows, left_out) = table(view, form, period, forms, state);
    let left_out = left_out as u64 + older;
    html! {
        article .form-sheet {
            nav .form-tabs {
                @for other in Form::ALL { a .button .go[other == form] href={ "/forms/" (other.as_str()) } { (view.say(other.title())) } }
                a .button href="/duty" { (view.say(duty::DUTY)) }
            }
            form .form-period method="get" {
                label { (view.say(duty::FROM)) input type="date" name="from" value=(when.date(period.from)); }
                label { (view.say(duty::TO)) input type="date" name="to" value=(when.date(last)); }
                button .go { (view.say(duty::SHOW)) }
            }
            header .form-head {
                h1 { (view.say(form.title())) }
                dl {
                    dt { (view.say(duty::SITE)) } dd { (view.web.services.site.name.get(view.language())) }
                    dt { (view.say(duty::PERIOD)) } dd { (when.date(period.from)) " - " (when.date(last)) }
                    dt { (view.say(duty::MADE)) } dd { (stamp(view, view.now.wall)) }
                }
            }
            @if left_out > 0 { p .notice { (view.fill(duty::LEFT_OUT, left_out)) } }
            @if rows.is_empty() { p .nothing { (view.say(duty::NO_ROWS)) } }
            table .form-table .{ "form-" (form.as_str()) } {
                thead { tr { @for phrase in columns(form) { th scope="col" { (view.say(*phrase)) } } } }
                tbody { @for row in &rows {
                    // On a phone a row is a card: each cell says what it is.
                    tr .owed[row.owed] { @for (phrase, cell) in columns(form).iter().zip(&row.cells) { td data-label=(view.say(*phrase)) { (cell) } } }
                } }
            }
            footer .form-signatures {
                @for phrase in [duty::SIGN_OPERATOR, duty::SIGN_SUPERVISOR, duty::SIGN_MANAGER, duty::SIGN_DATE] {
                    p { (view.say(phrase)) span .rule {} }
                }
            }
        }
    }
}

fn columns(form: Form) -> &'static [Phrase] {
    match form {
        Form::Handling => {
            &[duty::C_BEGAN, duty::C_WHAT, duty::C_NOTICED, duty::C_STEPS, duty::C_OVER, duty::C_HANDLING]
        }
        Form::Plan => &[duty::C_DUE, duty::C_JOB, duty::C_ITEMS, duty::C_DEVICES, duty::C_WHO, duty::C_OUTCOME],
        Form::Patrol => &[duty::C_DUE, duty::C_ROUND, duty::C_OUTCOME, duty::C_RECORDED, duty::C_RESULTS],
        Form::Maintenance => {
            &[duty::C_DUE, duty::C_JOB, duty::C_OUTCOME, duty::C_RECORDED, duty::C_RESULTS, duty::C_FIGURES]
        }
    }
}

/// One row, a cell for each column.
struct Row {
    /// Somebody has yet to do it, or to write it down.
    owed: bool,
    cells: Vec<Markup>,
}

/// The newest rows, and how many older ones are left out.
fn table(view: &View, form: Form, Period { from, to }: Period, forms: &Forms, state: &Shown) -> (Vec<Row>, usize) {
    fn newest<T>(all: Vec<T>, row: impl Fn(T) -> Row) -> (Vec<Row>, usize) {
        let left_out = all.len().saturating_sub(ROWS);
        (all.into_iter().skip(left_out).map(row).collect(), left_out)
    }
    match (form, form.kind()) {
        (Form::Plan, _) => newest(forms.planned(&view.web.services.site, from, to), |planned| plan_row(view, &planned)),
        (_, Some(kind)) => {
            let due = forms.due(kind, from, to).map(|round| (round.due.slot, Line::Due(round)));
            let besides = forms.besides(kind, from, to).map(|record| (record.at, Line::Besides(record)));
            let mut lines: Vec<(Wall, Line<'_>)> = due.chain(besides).collect();
            lines.sort_by_key(|(at, _)| *at);
            newest(lines, |(_, line)| line_row(view, form, &line))
        }
        (_, None) => newest(forms.handled(from, to).collect(), |entry| {
            handling_row(view, entry, state.duty.unrecorded.contains_key(&entry.id))
        }),
    }
}

enum Line<'a> {
    Due(&'a Round),
    Besides(&'a Recorded),
}

fn line_row(view: &View, form: Form, line: &Line<'_>) -> Row {
    let (name, place, due, outcome, recorded) = match line {
        Line::Due(round) => {
            let due = &round.due;
            (&due.name, &due.place, Some((due.slot, due.until.due())), Outcome::of(round), round.recorded.as_ref())
        }
        Line::Besides(recorded) => {
            (&recorded.record.name, &recorded.record.place, None, Outcome::Recorded, Some(*recorded))
        }
    };
    let mut cells = vec![
        html! { @match due { Some((slot, until)) => { (stamp(view, slot)) br; small { (view.fill(duty::BY, stamp(view, until))) } } None => { (view.say(duty::BESIDES)) } } },
        html! { strong { (name.get(view.language())) } (at(view, place)) },
        html! { (view.say(words::duty::outcome(outcome))) },
        html! { @if let Some(recorded) = recorded { (stamp(view, recorded.at)) br; (user(recorded.by.as_ref())) } },
        html! { @if let Some(recorded) = recorded { (results(view, &recorded.record)) } },
    ];
    if form == Form::Maintenance {
        cells.push(html! { @if let Some(recorded) = recorded { (figures(view, &recorded.record)) } });
    }
    Row { owed: matches!(outcome, Outcome::Overdue | Outcome::Missed), cells }
}

fn results(view: &View, record: &RoundRecorded) -> Markup {
    html! {
        ul { @for result in &record.results {
            li .found[!result.ok] { (result.item.name.get(view.language())) (colon(view))
                @if result.ok { (view.say(duty::IN_ORDER)) } @else { strong { (result.words.as_deref().unwrap_or_default()) } }
                @if result.ok { @if let Some(words) = &result.words { " " bdi { (words) } } }
                @if let Some(point) = &result.point { " " code { (point) } } }
        } }
        @if let Some(note) = &record.note { p .fine { (note) } }
    }
}

fn figures(view: &View, record: &RoundRecorded) -> Markup {
    html! {
        @if !record.devices.is_empty() {
            p { @for (index, device) in record.devices.iter().enumerate() { @if index > 0 { (if view.language() == Language::Zh { "、" } else { ", " }) } (super::side::device_name(view, device)) } }
        }
        ul { @for figure in &record.figures {
            li { (figure.name.get(view.language())) " "
                @match &figure.value { Some(value) => { strong { (value.get(view.language())) } } None => { "? " (view.say(words::UNKNOWN_VALUE)) } } }
        } }
    }
}

fn plan_row(view: &View, planned: &Planned<'_>) -> Row {
    let plan = planned.plan;
    let outcome = planned.round.map(Outcome::of);
    let recorded = planned.round.and_then(|round| round.recorded.as_ref());
    let cells = vec![
        html! { (stamp(view, planned.slot)) br; small { (view.fill(duty::BY, stamp(view, planned.slot.after(plan.within)))) } },
        html! { strong { (plan.name.get(view.language())) } (at(view, &plan.place)) },
        html! { ul { @for item in &plan.items { li { (item.name.get(view.language())) } } } },
        html! { @for device in &plan.devices { p { (super::side::device_name(view, device)) } } },
        html! { (view.say(words::role(plan.role))) },
        html! {
            @match outcome { Some(outcome) => { (view.say(words::duty::outcome(outcome))) } None => { (view.say(duty::O_PLANNED)) } }
            @if let Some(recorded) = recorded { br; small { (stamp(view, recorded.at)) " " (user(recorded.by.as_ref())) } }
        },
    ];
    Row { owed: matches!(outcome, Some(Outcome::Overdue | Outcome::Missed)), cells }
}

fn handling_row(view: &View, entry: &Entry, owed: bool) -> Row {
    let language = view.language();
    let sort = match &entry.subject {
        Subject::Alarm(raise) => raise.condition.category.text().get(language).to_owned(),
        Subject::Command(_) => view.say(duty::S_COMMAND).to_owned(),
        Subject::Linkage(_) => view.say(duty::S_LINKAGE).to_owned(),
        Subject::Isolation { .. } => view.say(words::ISOLATE).to_owned(),
    };
    let is_alarm = matches!(entry.subject, Subject::Alarm(_));
    let cells = vec![
        html! { (stamp(view, entry.began)) br; code { (entry.id) } },
        html! { strong { (sort) } " " (entry.name().get(language)) @if let Some(place) = entry.place() { (at(view, place)) } },
        html! { @if let Some(noticed) = &entry.noticed {
            (stamp(view, noticed.at)) br; (user(noticed.by.as_ref())) br;
            small { (view.say(words::kind(noticed.how).unwrap_or(words::ACKNOWLEDGE))) }
        } @else if let Some(by) = &entry.by { (user(Some(by))) } },
        html! { ol .steps { @for step in &entry.steps { (step_line(view, step, entry.began)) } }
        @if entry.more_steps > 0 { p .fine { (view.fill(duty::MORE_STEPS, entry.more_steps)) } } },
        html! { @match entry.over { Some(over) => { (stamp(view, over)) br; small { (age(over.since(entry.began), language)) } } None => { (view.say(duty::NOT_OVER)) } } },
        html! {
                @if is_alarm { p { (view.say(duty::VERDICT)) " " (verdict_words(entry.verdict).get(language)) @if let Some(cause) = &entry.cause { (colon(view)) (cause) } } }
                @for kept in &entry.kept {
                    p { strong { (view.say(duty::CAUSE)) } " " (kept.cause) br; strong { (view.say(duty::MEASURE)) } " " (kept.measure)
                        @if let Some(result) = &kept.result { br; strong { (view.say(duty::RESULT)) } " " (result) }
                        br; small { (user(kept.by.as_ref())) " " (stamp(view, kept.at)) } }
                }
                @if owed { p .tag .strong { (view.say(duty::NOT_RECORDED)) } }
        },
    ];
    Row { owed, cells }
}

fn step_line(view: &View, step: &Step, began: Wall) -> Markup {
    html! {
        li {
            time { (view.web.when.day_clock(step.at, began)) } " "
            (words::kind(step.kind).map_or(step.kind, |phrase| view.say(phrase)))
            @if let Some(text) = step.words.as_ref().map(|text: &Text| text.get(view.language())).filter(|text| !text.is_empty()) { (colon(view)) (text) }
            @if let Some(by) = &step.by { " (" (by.user) ")" }
        }
    }
}

fn colon(view: &View) -> &'static str {
    if view.language() == Language::Zh { "：" } else { ": " }
}

fn at(view: &View, place: &Place) -> Markup {
    html! { @if *place != Place::default() { br; small { (place_words(view, place)) } } }
}

/// Day and clock: a form is read long afterwards.
fn stamp(view: &View, at: Wall) -> String {
    let when: &When = &view.web.when;
    format!("{} {}", when.date(at), when.clock(at))
}

fn user(by: Option<&Actor>) -> &str {
    by.map_or("-", |by| by.user.as_str())
}
