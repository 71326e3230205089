//! `/account`: one's own password, sessions and tokens; for managers everybody's accounts.
//!
//! Takes: forms.
//! Gives: the page, with what is shown once when something was made.
//! Never: a secret in an address, or a page that needs a script.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Liveness, page};
use super::{View, lost};
use crate::edge::web::Web;
use crate::edge::web::access::NewToken;
use crate::edge::web::accounts::{Account, ROLES, Session, Token, role_word};
use crate::edge::web::api::runs_out;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::words::{self, Phrase, access};
use crate::engine::base::{Role, Wall};

/// Where the page is.
const HERE: &str = "/account";

#[derive(Deserialize)]
pub struct PasswordForm {
    old: String,
    new: String,
    again: String,
}

#[derive(Deserialize)]
pub struct TokenForm {
    name: String,
    role: Role,
    days: Option<String>,
}

#[derive(Deserialize)]
pub struct AccountForm {
    name: String,
    role: Role,
}

#[derive(Deserialize)]
pub struct RoleForm {
    role: Role,
}

/// What is told above the page.
enum Said {
    Nothing,
    Done(Phrase),
    Once(String),
}

/// `GET /account`
pub async fn show(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    drawn(web, visitor, Said::Nothing).await
}

/// `POST /account/password`
pub async fn change_password(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<PasswordForm>,
) -> Response {
    if form.new != form.again {
        let problem = Problem { message: access::NOT_SAME.text(), ..Problem::bad("again", "is another password") };
        return lost::refused(&View::new(web, visitor), &problem).into_response();
    }
    match web.change_password(&visitor, form.old, form.new).await {
        Ok(()) => {
            let account = visitor.account.map(|account| Account { one_time: false, ..account });
            drawn(web, Visitor { account, ..visitor }, Said::Done(access::PASSWORD_CHANGED)).await
        }
        Err(problem) => lost::refused(&View::new(web, visitor), &problem).into_response(),
    }
}

/// `POST /account/session-end/{id}`
pub async fn end_session(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let done = web.end_session(&visitor, id).await;
    back(web, visitor, done)
}

/// `POST /account/sessions-end`
pub async fn end_others(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    let done = web.end_other_sessions(&visitor).await.map(|_| ());
    back(web, visitor, done)
}

/// `POST /account/token`
pub async fn add_token(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<TokenForm>,
) -> Response {
    let days = form.days.as_deref().map(str::trim).filter(|days| !days.is_empty());
    let days = days.map(|days| days.parse().map_err(|_| Problem::bad("days", "1 to 3660"))).transpose();
    let made = match days.and_then(|days| runs_out(days, web.now().wall)) {
        Ok(expires) => {
            let new = NewToken { name: form.name.trim().to_owned(), role: form.role, expires };
            web.add_token(&visitor, new).await
        }
        Err(problem) => Err(problem),
    };
    once(web, visitor, made).await
}

/// `POST /account/token-end/{id}`
pub async fn revoke_token(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let done = web.revoke_token(&visitor, id).await;
    back(web, visitor, done)
}

/// `POST /account/user`
pub async fn add_account(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<AccountForm>,
) -> Response {
    let name = form.name.trim().to_owned();
    let made = web.add_account(&visitor, name.clone(), form.role).await;
    once(web, visitor, made.map(|secret| format!("{name}  {secret}"))).await
}

/// `POST /account/user-role/{id}`
pub async fn set_role(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<RoleForm>,
) -> Response {
    let done = web.set_role(&visitor, id, form.role).await;
    back(web, visitor, done)
}

/// `POST /account/user-password/{id}`
pub async fn set_password(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let made = web.set_password(&visitor, id.clone()).await;
    once(web, visitor, made.map(|secret| format!("{id}  {secret}"))).await
}

/// `POST /account/user-remove/{id}`
pub async fn remove_account(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let done = web.remove_account(&visitor, id).await;
    back(web, visitor, done)
}

fn back(web: Arc<Web>, visitor: Visitor, done: Result<(), Problem>) -> Response {
    match done {
        Ok(()) => Redirect::to(HERE).into_response(),
        Err(problem) => lost::refused(&View::new(web, visitor), &problem).into_response(),
    }
}

async fn once(web: Arc<Web>, visitor: Visitor, made: Result<String, Problem>) -> Response {
    match made {
        Ok(secret) => drawn(web, visitor, Said::Once(secret)).await,
        Err(problem) => lost::refused(&View::new(web, visitor), &problem).into_response(),
    }
}

async fn drawn(web: Arc<Web>, visitor: Visitor, said: Said) -> Response {
    let held = async {
        let (sessions, own) = web.sessions(&visitor).await?;
        let tokens = web.tokens(&visitor).await?;
        let is_chief = visitor.account.as_ref().is_some_and(|account| account.role == Role::Manager);
        let all = if is_chief { web.accounts(|accounts, _| accounts.list()).await? } else { Vec::new() };
        Ok::<_, Problem>((sessions, own, tokens, all))
    };
    let held = held.await;
    let view = View::new(Arc::clone(&web), visitor);
    match held {
        Ok((sessions, own, tokens, all)) => {
            let body = html! {
                article .form-sheet {
                    h1 { (view.say(access::ACCOUNT)) }
                    (told(&view, &said))
                    (password(&view))
                    (session_list(&view, &sessions, &own))
                    (token_list(&view, &tokens))
                    @if !all.is_empty() { (account_list(&view, &all)) }
                }
            };
            page(&view, view.say(access::ACCOUNT), Liveness::Form, body).into_response()
        }
        Err(problem) => lost::refused(&view, &problem).into_response(),
    }
}

fn told(view: &View, said: &Said) -> Markup {
    let one_time = view.visitor.account.as_ref().is_some_and(|account| account.one_time);
    html! {
        @if one_time { p .said role="alert" { (view.say(access::CHANGE_FIRST)) } }
        @match said {
            Said::Nothing => {}
            Said::Done(phrase) => { p .said role="status" { (view.say(*phrase)) } }
            Said::Once(secret) => { p .said role="status" { (view.say(access::SHOWN_ONCE)) " " code { (secret) } } }
        }
    }
}

fn password(view: &View) -> Markup {
    let field = |name: &str, phrase: Phrase, kind: &str| {
        html! { label { (view.say(phrase)) input type="password" name=(name) autocomplete=(kind) required; } }
    };
    html! {
        section {
            h2 { (view.say(access::CHANGE_PASSWORD)) }
            form .act method="post" action="/account/password" {
                (field("old", access::OLD_PASSWORD, "current-password"))
                (field("new", access::NEW_PASSWORD, "new-password"))
                (field("again", access::NEW_AGAIN, "new-password"))
                button .go { (view.say(access::CHANGE_PASSWORD)) }
            }
        }
    }
}

fn session_list(view: &View, sessions: &[Session], own: &str) -> Markup {
    html! {
        section {
            h2 { (view.say(access::SESSIONS)) }
            table .form-table {
                thead { tr { @for phrase in [words::USER, access::SINCE, access::FROM_WHERE, access::LAST_SEEN, access::RUNS_OUT, words::H_ACTS] {
                    th scope="col" { (view.say(phrase)) } } } }
                tbody { @for held in sessions { tr {
                    (cell(view, words::USER, &held.user)) (cell(view, access::SINCE, &stamp(view, held.created)))
                    (cell(view, access::FROM_WHERE, &held.address)) (cell(view, access::LAST_SEEN, &stamp(view, held.seen)))
                    (cell(view, access::RUNS_OUT, &stamp(view, held.expires)))
                    td data-label=(view.say(words::H_ACTS)) { @if held.id == own { (view.say(access::THIS_ONE)) } @else {
                        (button(view, &format!("/account/session-end/{}", held.id), access::END)) } }
                } } }
            }
            (button(view, "/account/sessions-end", access::END_OTHERS))
        }
    }
}

fn token_list(view: &View, tokens: &[Token]) -> Markup {
    let most = view.visitor.account.as_ref().map_or(Role::Display, |account| account.role);
    html! {
        section {
            h2 { (view.say(access::TOKENS)) }
            p .fine { (view.say(access::TOKENS_WHAT)) }
            @if !tokens.is_empty() { table .form-table {
                thead { tr { @for phrase in [access::NAME, words::USER, access::ROLE, access::LAST_SEEN, access::RUNS_OUT, words::H_ACTS] {
                    th scope="col" { (view.say(phrase)) } } } }
                tbody { @for held in tokens { tr {
                    td data-label=(view.say(access::NAME)) { code { (held.name) } }
                    (cell(view, words::USER, &held.user)) (cell(view, access::ROLE, view.say(words::role(held.role))))
                    (cell(view, access::LAST_SEEN, &held.seen.map_or("-".to_owned(), |seen| stamp(view, seen))))
                    (cell(view, access::RUNS_OUT, &held.expires.map_or(view.say(access::NEVER).to_owned(), |end| stamp(view, end))))
                    td { (button(view, &format!("/account/token-end/{}", held.name), access::REVOKE)) }
                } } }
            } }
            form .act method="post" action="/account/token" {
                label { (view.say(access::NAME)) input name="name" maxlength="64" pattern="[a-z0-9_.\\-]+" required; }
                (roles(view, most))
                label { (view.say(access::DAYS)) input name="days" inputmode="numeric"; }
                button .go { (view.say(access::ADD_TOKEN)) }
            }
        }
    }
}

fn account_list(view: &View, all: &[Account]) -> Markup {
    html! {
        section {
            h2 { (view.say(access::ACCOUNTS)) }
            table .form-table {
                thead { tr { @for phrase in [access::NAME, access::ROLE, access::SINCE, words::H_ACTS] { th scope="col" { (view.say(phrase)) } } } }
                tbody { @for held in all { tr {
                    td data-label=(view.say(access::NAME)) { code { (held.name) } @if held.one_time { br; small { (view.say(access::ONE_TIME)) } } }
                    td { form .act method="post" action={ "/account/user-role/" (held.name) } {
                        (chosen(view, Role::Manager, held.role)) button { (view.say(access::SET_ROLE)) } } }
                    (cell(view, access::SINCE, &stamp(view, held.created)))
                    td { (button(view, &format!("/account/user-password/{}", held.name), access::SET_PASSWORD))
                        (button(view, &format!("/account/user-remove/{}", held.name), access::REMOVE)) }
                } } }
            }
            form .act method="post" action="/account/user" {
                label { (view.say(access::NAME)) input name="name" maxlength="64" pattern="[a-z0-9_.\\-]+" required; }
                (roles(view, Role::Manager))
                button .go { (view.say(access::ADD_ACCOUNT)) }
            }
        }
    }
}

/// A cell that says what it is where the table has no head, on a phone.
fn cell(view: &View, head: Phrase, text: &str) -> Markup {
    html! { td data-label=(view.say(head)) { (text) } }
}

/// A choice of the roles up to `most`, the operator's first where it is one of them.
fn roles(view: &View, most: Role) -> Markup {
    chosen(view, most, Role::Operator.min(most))
}

fn chosen(view: &View, most: Role, now: Role) -> Markup {
    html! {
        label { (view.say(access::ROLE)) select name="role" {
            @for role in ROLES.into_iter().filter(|role| *role <= most) {
                option value=(role_word(role)) selected[role == now] { (view.say(words::role(role))) }
            }
        } }
    }
}

fn button(view: &View, action: &str, phrase: Phrase) -> Markup {
    html! { form method="post" action=(action) { button { (view.say(phrase)) } } }
}

fn stamp(view: &View, at: Wall) -> String {
    format!("{} {}", view.web.when.date(at), view.web.when.clock(at))
}
