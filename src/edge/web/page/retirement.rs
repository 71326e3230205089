//! Old records: what could leave the journal, and a manager's approval.
//!
//! Takes: a manager's session; a form.
//! Gives: a part of `/journal`, for managers.
//! Never: a form where nothing could leave, or while records leave.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::{View, lost};
use crate::edge::web::Web;
use crate::edge::web::problem::Problem;
use crate::edge::web::retirement::Asked;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::past;
use crate::engine::base::Role;
use crate::live::{Outlook, Progress};

#[derive(Deserialize)]
pub struct RetireForm {
    password: String,
    reason: String,
    until: Option<String>,
}

/// `POST /acts/retire`
pub async fn begin(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(RetireForm { password, reason, until }): Form<RetireForm>,
) -> Response {
    let until = until.as_deref().map(str::trim).filter(|until| !until.is_empty());
    let until = until.map(|until| until.parse().map_err(|_| Problem::bad("until", "a number"))).transpose();
    let begun = match until {
        Ok(until) => web.retire_records(&visitor, Asked { password, reason, until }).await,
        Err(problem) => Err(problem),
    };
    match begun {
        Ok(()) => Redirect::to("/journal#old-records").into_response(),
        Err(problem) => lost::refused(&View::new(web, visitor), &problem).into_response(),
    }
}

/// The part of the page; nothing for whoever may not approve it.
pub(super) async fn section(view: &View) -> Result<Markup, Problem> {
    let account = view.visitor.account.as_ref();
    if !account.is_some_and(|account| account.role >= Role::Manager && account.via.is_none()) {
        return Ok(html! {});
    }
    let outlook = view.web.outlook().await?;
    let stamp = |at| format!("{} {}", view.web.when.date(at), view.web.when.clock(at));
    Ok(html! {
        section #old-records .old-records {
            h2 { (view.say(past::OLD_RECORDS)) }
            @if outlook.keep.is_none() { p { (view.say(past::OLD_FOR_EVER)) } }
            @else {
                @if outlook.aged > 0 { p .notice { (view.fill(past::OLD_DUE, outlook.aged)) } } @else { p { (view.say(past::OLD_NONE)) } }
                @if let Some((from, upto, at)) = outlook.leaves {
                    p { (view.fill(past::OLD_LEAVES, format!("{from}–{upto} ({})", stamp(at)))) }
                }
                p .fine { (view.fill(past::OLD_WHY, outlook.why.get(view.language()))) }
            }
            (told(view, &outlook.progress))
            @if let Some(last) = &outlook.last {
                p .fine {
                    (view.fill(past::OLD_LAST, last.upto)) " · " (stamp(last.at))
                    @if let Some((by, reason)) = &last.approved { " · " bdi { (by) } " · " bdi { (reason) } }
                    " · " code { "archive/" (last.archive) }
                    br; (view.say(past::OLD_KEY)) " " code { (last.key) }
                }
            }
            @if outlook.leaves.is_some() && outlook.keep.is_some() && !outlook.progress.runs() { (form(view, &outlook)) }
        }
    })
}

fn told(view: &View, progress: &Progress) -> Markup {
    html! {
        @match progress {
            Progress::None => {}
            Progress::Preparing { doing, done, of } => {
                @let doing = view.say(match *doing { "archiving" => past::OLD_ARCHIVING, "checking" => past::OLD_CHECKING, _ => past::OLD_LOOKING });
                p .notice role="status" { (view.fill(past::OLD_PREPARING, format!("{doing} {done} / {of}"))) }
            }
            Progress::Done { upto, left, .. } => {
                p .notice role="status" { (view.fill(past::OLD_DONE, upto)) @if *left > 0 { " · " (view.fill(past::OLD_LEFT, left)) } }
            }
            Progress::Refused(why) => { p .notice role="alert" { (view.fill(past::OLD_REFUSED, why.get(view.language()))) } }
        }
    }
}

fn form(view: &View, outlook: &Outlook) -> Markup {
    let most = outlook.leaves.map(|(_, upto, _)| upto.to_string()).unwrap_or_default();
    html! {
        p .fine { (view.say(past::OLD_WHAT)) }
        form .act method="post" action="/acts/retire" {
            label { (view.say(past::OLD_REASON)) input name="reason" maxlength="200" autocomplete="off" required; }
            label { (view.say(past::OLD_UNTIL)) input name="until" inputmode="numeric" autocomplete="off" placeholder=(most); }
            label { (view.say(past::OLD_PASSWORD)) input type="password" name="password" autocomplete="current-password" required; }
            button .go { (view.say(past::OLD_DO)) }
        }
    }
}
