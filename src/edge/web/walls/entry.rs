//! How a wall comes in: once with its token in the address, then with a cookie that is good for walls only.
//!
//! Takes: a request, its token or its cookie.
//! Gives: the wall's cookie and its address without the token; on the walls' own listener, who asks.
//! Never: a token in an address that stays, in a log, or in the hands of a script; never a wall that acts, whatever
//! other cookie its browser carries.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{DOCTYPE, html};

use super::Displays;
use crate::config::daemon::WallTheme;
use crate::edge::web::accounts::Theme;
use crate::edge::web::apps::{App, shell};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::{Visitor, address, changes_something, cookie, is_own_origin};
use crate::edge::web::{Web, words};
use crate::engine::base::Language;

/// A wall comes back for so many seconds without its token: 400 days, the most that browsers keep a cookie.
const COOKIE_S: u32 = 400 * 86_400;
/// Where the page of a wall is.
const PAGE: &str = "/wall/";

impl Displays {
    /// The first wall whose cookie the request carries.
    pub(in crate::edge::web) fn entered(&self, headers: &HeaderMap) -> Option<String> {
        let ids = self.walls.iter().map(|wall| wall.settings.id.as_str());
        ids.filter(|id| self.entered_as(id, headers)).map(str::to_owned).next()
    }

    /// Whether the request carries the cookie of the wall `id`.
    pub(super) fn entered_as(&self, id: &str, headers: &HeaderMap) -> bool {
        cookie(headers, &cookie_name(id)).is_some_and(|token| self.opens(id, token))
    }
}

/// An id is a word that may be the name of a cookie.
fn cookie_name(id: &str) -> String {
    format!("tocsin_wall_{id}")
}

/// What a wall may read, or send, below `/api/v1`; addresses as they are asked for, or as the table of routes has them.
fn is_for_walls(path: &str) -> bool {
    matches!(path, "/screen" | "/stream" | "/state" | "/tones" | "/plans")
        || path.starts_with("/plans/")
        || (path.starts_with("/walls/") && path.ends_with("/beacon"))
}

/// Whether a wall may have this address: it is all there is at the walls' own listener.
pub fn may_have(path: &str) -> bool {
    path.strip_prefix("/api/v1").map_or_else(
        || path == "/wall" || [PAGE, "/app/", "/assets/"].iter().any(|start| path.starts_with(start)),
        is_for_walls,
    )
}

/// The first visit of a wall, `/wall/<id>?token=…`: its cookie, and the address without the token. Everything else goes on.
pub async fn enter(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let Some((id, token)) = first_visit(&request) else { return next.run(request).await };
    if !web.services.displays.opens(id, token) {
        return locked(request.uri().path());
    }
    let secure = if web.is_encrypted() { "; Secure" } else { "" };
    let kept = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={COOKIE_S}{secure}", cookie_name(id));
    ([(header::SET_COOKIE, kept)], Redirect::to(&format!("{PAGE}{id}"))).into_response()
}

fn first_visit(request: &Request) -> Option<(&str, &str)> {
    let id = request.uri().path().strip_prefix(PAGE).filter(|_| request.method() == Method::GET)?;
    let token = request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    Some((id, token))
}

/// Who asks on the walls' own listener: a wall with its cookie, or nobody.
pub async fn identify(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let (headers, displays) = (request.headers(), &web.services.displays);
    if changes_something(request.method()) && !is_own_origin(headers) {
        return Problem::new(StatusCode::FORBIDDEN, "foreign-origin", words::FOREIGN_ORIGIN).into_response();
    }
    let path = request.uri().path();
    let page = path.strip_prefix(PAGE);
    let entered = match page {
        Some(id) => Some(id.to_owned()).filter(|id| displays.entered_as(id, headers)),
        None => displays.entered(headers),
    };
    let Some(id) = entered else { return locked(path) };
    if matches!(path, "/" | "/wall") {
        return Redirect::to(&format!("{PAGE}{id}")).into_response();
    }
    let language = displays.display(&id).map_or(Language::Zh, |wall| wall.settings.language);
    let address = address(&request);
    let visitor = Visitor { account: None, token: None, wall: Some(id), address, language, theme: Theme::Night };
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// The answer to whoever has no token: to programs as an error, to a screen in words that can be read from afar.
fn locked(path: &str) -> Response {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "no-wall-token", words::NO_WALL_TOKEN);
    if path.starts_with("/api/") {
        return problem.into_response();
    }
    let page = html! {
        (DOCTYPE)
        html lang="zh" {
            head { meta charset="utf-8"; title { "Tocsin" } }
            body { h1 { (problem.message.zh) } h1 lang="en" { (problem.message.en) } }
        }
    };
    (problem.status, page).into_response()
}

/// `GET /wall/{id}`
pub async fn page(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let Some(wall) = web.services.displays.display(&id) else { return Problem::not_found(&id).into_response() };
    let theme = if wall.settings.theme == WallTheme::Day { Theme::Day } else { Theme::Night };
    let visitor = Visitor { language: wall.settings.language, theme, ..visitor };
    let settings = web.services.displays.wall_settings(&id).unwrap_or_default();
    shell(&web, &visitor, App::Wall, &settings.to_string())
}

/// Everything else that is asked of the walls' own listener.
pub async fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no-such-address", words::NO_ROUTE)
}
