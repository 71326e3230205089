//! Addresses that lead nowhere, and acts that were refused.
//!
//! Takes: a view, or a problem.
//! Gives: a page that says so and leads back.
//! Never: an error without a reason.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::View;
use super::frame::{Liveness, page};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::base::EventId;

/// The answer to every address nobody serves: a page for who reads pages, the error document for programs.
pub async fn nowhere(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepted.contains("text/html") {
        not_found(&View::new(web, visitor)).into_response()
    } else {
        Problem::new(StatusCode::NOT_FOUND, "no-such-address", words::NO_ROUTE).into_response()
    }
}

/// The page that says that there is nothing.
pub fn not_found(view: &View) -> (StatusCode, Markup) {
    let said = view.say(words::NO_ROUTE);
    (StatusCode::NOT_FOUND, page(view, said, Liveness::Form, told(view, said, "", html! {})))
}

/// The page after an act that was refused: why, and which alarms stand in the way.
pub fn refused(view: &View, problem: &Problem) -> (StatusCode, Markup) {
    let state = view.web.services.picture.state();
    let ids = problem.more.get("ids").and_then(|ids| ids.as_array()).map(Vec::as_slice).unwrap_or_default();
    let owed =
        ids.iter().filter_map(|id| id.as_str()?.parse::<EventId>().ok()).filter_map(|id| state.occurrences.get(&id));
    let list = html! {
        ul .owed { @for occurrence in owed {
            li { a href={ "/alarm/" (occurrence.id) } {
                (occurrence.raise.condition.category.text().get(view.language())) " "
                (super::rows::in_line(view, occurrence))
            } }
        } }
    };
    let said = problem.message.get(view.language());
    (
        problem.status,
        page(view, view.say(words::REFUSED), Liveness::Form, told(view, view.say(words::REFUSED), said, list)),
    )
}

fn told(view: &View, head: &str, said: &str, more: Markup) -> Markup {
    html! {
        section .one-alarm role="alert" {
            h2 { (head) }
            @if !said.is_empty() { p .said { (said) } }
            (more)
            p { a .button href="/phone" { (view.say(words::BACK)) } }
        }
    }
}
