//! Acts by form: post, redirect, get.
//!
//! Takes: forms of the pages.
//! Gives: a redirect back when the act was done, a page that says why when it was not.
//! Never: redirects to another site.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use super::{View, lost};
use crate::edge::web::Web;
use crate::edge::web::accounts::{Account, Look, Theme, language_named, language_word};
use crate::edge::web::api::seen;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::{LANGUAGE_COOKIE, THEME_COOKIE, Visitor};
use crate::engine::Act;
use crate::engine::alarm::{CallReport, Purpose, Scope, Verdict};
use crate::engine::base::{EventId, PointId};

#[derive(Deserialize)]
pub struct To {
    to: String,
}

#[derive(Deserialize)]
pub struct Note {
    note: Option<String>,
    count: Option<u32>,
    back: Option<String>,
}

#[derive(Deserialize)]
pub struct Judgement {
    verdict: Verdict,
    cause: Option<String>,
}

#[derive(Deserialize)]
pub struct ResetForm {
    building: Option<String>,
    device: Option<String>,
}

#[derive(Deserialize)]
pub struct CallForm {
    called: String,
    note: Option<String>,
}

#[derive(Deserialize)]
pub struct IsolateForm {
    point: String,
    reason: String,
    hours: u32,
    #[serde(default)]
    purpose: Purpose,
    order: Option<String>,
    back: Option<String>,
}

/// `POST /language`
pub async fn language(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(form): Form<To>,
) -> Response {
    let language = language_named(&form.to).unwrap_or_default();
    let choose = |look| Look { language: Some(language), ..look };
    switch(web, visitor, &headers, choose, (LANGUAGE_COOKIE, language_word(language))).await
}

/// `POST /theme`
pub async fn theme(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(form): Form<To>,
) -> Response {
    let theme = Theme::named(&form.to).unwrap_or_default();
    let choose = |look| Look { theme: Some(theme), ..look };
    switch(web, visitor, &headers, choose, (THEME_COOKIE, theme.as_str())).await
}

/// Keeps what was chosen: with the account of whoever is logged in, else with the browser.
async fn switch(
    web: Arc<Web>,
    visitor: Visitor,
    headers: &HeaderMap,
    choose: impl FnOnce(Look) -> Look,
    (name, value): (&str, &str),
) -> Response {
    let back = Redirect::to(&came_from(headers));
    let person = visitor.account.as_ref().filter(|account| account.keeps_look());
    let Some(look) = person.map(Account::wanted_look) else {
        let cookie = format!("{name}={value}; Path=/; SameSite=Strict; Max-Age=31536000");
        return ([(header::SET_COOKIE, cookie)], back).into_response();
    };
    match web.set_look(&visitor, choose(look)).await {
        Ok(()) => back.into_response(),
        Err(problem) => lost::refused(&View::new(web, visitor), &problem).into_response(),
    }
}

/// The path of the page the form was on. Only the path is taken, so it is always one of ours.
fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]));
    match path.unwrap_or("/") {
        // What its forms answered cannot be asked for again; the page itself can.
        path if path.starts_with("/account") => "/account".to_owned(),
        path => own_path(path).to_owned(),
    }
}

/// A path of this console; `//host` and the like lead to the console.
fn own_path(path: &str) -> &str {
    let pages = [
        "/alarm/",
        "/devices",
        "/duty",
        "/forms/",
        "/incident",
        "/isolations",
        "/journal",
        "/keypad",
        "/login",
        "/performance",
        "/phone",
        "/reports",
        "/trends",
        "/wall",
    ];
    if pages.iter().any(|page| path.starts_with(page)) && !path.starts_with("//") { path } else { "/" }
}

/// Does an act and leads back to where it was asked for, or says why it was not done.
pub async fn act(
    web: Arc<Web>,
    visitor: Visitor,
    key: Option<String>,
    act: Result<Act, Problem>,
    back: &str,
) -> Response {
    let outcome = match act {
        Ok(act) => web.ask(&visitor, key, act).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Redirect::to(own_path(back)).into_response(),
        Err(problem) if problem.code == "no-session" => Redirect::to("/login").into_response(),
        Err(problem) => lost::refused(&View::new(web, visitor), &problem).into_response(),
    }
}

fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map_err(|()| Problem::not_found(text))
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `POST /acts/silence`
pub async fn silence(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    act(web, visitor, None, Ok(Act::Silence), "/phone").await
}

/// `POST /acts/reset`
pub async fn reset(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<ResetForm>,
) -> Response {
    let scope = match (form.building, form.device) {
        (Some(building), None) => Ok(Scope::Building(building)),
        (None, Some(device)) => Ok(Scope::Device(device)),
        _ => Err(Problem::bad("scope", "`building` or `device`")),
    };
    act(web, visitor, None, scope.map(|scope| Act::Reset { scope }), "/phone").await
}

/// `POST /acts/ack/{id}`
pub async fn acknowledge(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<Note>,
) -> Response {
    let back = form.back.unwrap_or_default();
    let wanted = event_id(&id).map(|id| {
        let counts = seen(id, form.count);
        Act::Acknowledge { ids: vec![id], note: filled(form.note), counts }
    });
    act(web, visitor, None, wanted, &back).await
}

/// `POST /acts/verdict/{id}`
pub async fn judge(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<Judgement>,
) -> Response {
    let back = format!("/alarm/{id}");
    let wanted = event_id(&id).map(|id| Act::Judge { id, verdict: form.verdict, cause: filled(form.cause) });
    act(web, visitor, None, wanted, &back).await
}

/// `POST /acts/call/{id}`
pub async fn report_call(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<CallForm>,
) -> Response {
    let back = format!("/alarm/{id}");
    let wanted =
        event_id(&id).map(|id| Act::ReportCall(CallReport { id, called: form.called, note: filled(form.note) }));
    act(web, visitor, None, wanted, &back).await
}

/// `POST /acts/isolate`
pub async fn isolate(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<IsolateForm>,
) -> Response {
    let review_at = web.now().wall.after(Duration::from_secs(u64::from(form.hours) * 3_600));
    let (point, reason) = (PointId::new(&form.point), form.reason.trim().to_owned());
    let wanted = Act::Isolate { point, reason, review_at, purpose: form.purpose, order: filled(form.order) };
    let back = form.back.unwrap_or_default();
    act(web, visitor, None, Ok(wanted), &back).await
}

/// `POST /acts/release/{id}`
pub async fn release(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let back = came_from(&headers);
    let back = if back.starts_with("/isolations") { "/isolations" } else { "/phone" };
    act(web, visitor, None, event_id(&id).map(|id| Act::Release { id }), back).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        let check = |path, expected| assert_eq!(own_path(path), expected);
        check("/alarm/3-17", "/alarm/3-17");
        check("/devices", "/devices");
        check("//evil.example", "/");
        check("https://evil.example/devices", "/");
        check("/logout", "/");
        check("", "/");
    }
}
