//! Logging in and out by form.
//!
//! Takes: a name and a password.
//! Gives: the session's cookie.
//! Never: says which of the two was wrong.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use maud::{Markup, html};
use serde::Deserialize;

use super::View;
use super::frame::{Liveness, bare, switches, symbol};
use crate::edge::web::api::{no_cookie, session_cookie};
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};

#[derive(Deserialize)]
pub struct Credentials {
    user: String,
    password: String,
}

/// `GET /login`
pub async fn show(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Markup {
    form(&View::new(web, visitor), None)
}

/// `POST /login`
pub async fn begin(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Form(credentials): Form<Credentials>,
) -> Response {
    match web.log_in(&visitor, credentials.user.trim(), &credentials.password).await {
        Ok((account, begun)) => {
            let cookie = session_cookie(&web, &begun);
            let to = if account.one_time { "/account" } else { "/" };
            ([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response()
        }
        Err(problem) => {
            let view = View::new(web, visitor);
            let said = problem.message.get(view.language()).to_owned();
            (problem.status, form(&view, Some(&said))).into_response()
        }
    }
}

/// `POST /logout`
pub async fn end(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    if let (Some(token), Some(_)) = (&visitor.token, &visitor.account)
        && let Err(problem) = web.log_out(token).await
    {
        return (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response();
    }
    ([(header::SET_COOKIE, no_cookie())], Redirect::to("/")).into_response()
}

fn form(view: &View, wrong: Option<&str>) -> Markup {
    bare(
        view,
        view.say(words::LOGIN),
        Liveness::Form,
        html! {},
        html! {
            main #main .login-page {
                h1 { (symbol("bell")) span { "Tocsin" } }
                p .fine { (view.web.services.site.name.get(view.language())) }
                @if let Some(wrong) = wrong { p .said role="alert" { (wrong) } }
                form .act method="post" action="/login" {
                    label { (view.say(words::USER)) input name="user" autocomplete="username" autocapitalize="none" required autofocus; }
                    label { (view.say(words::PASSWORD)) input name="password" type="password" autocomplete="current-password" required; }
                    button .go .big { (view.say(words::LOGIN)) }
                }
                @if view.web.open_reading { p { a .button href="/" { (view.say(words::BACK)) } } }
                (switches(view))
            }
        },
    )
}
