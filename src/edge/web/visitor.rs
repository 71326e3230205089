//! Who asks: session, language and theme of a request, and whether it comes from our own pages.
//!
//! Takes: cookies, the bearer token, the peer's address.
//! Gives: [`Visitor`] to every handler, as an extension of the request.
//! Never: lets a foreign page act with a person's cookie, and never lets anybody act without a session.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tokio_util::sync::CancellationToken;

use super::accounts::tokens::is_one as is_api_token;
use super::accounts::{Account, Accounts, Theme, language_named};
use super::door::Need;
use super::problem::Problem;
use super::walls::may_have;
use super::{Web, page, words};
use crate::engine::base::{Actor, Language};

/// How often it is written down when sessions and tokens were used last.
const KEEP_EVERY: Duration = Duration::from_secs(60);
/// The session's cookie.
pub const SESSION_COOKIE: &str = "tocsin_session";
/// The language's cookie.
pub const LANGUAGE_COOKIE: &str = "tocsin_language";
/// The theme's cookie.
pub const THEME_COOKIE: &str = "tocsin_theme";

/// Who asks and how they want to read.
#[derive(Clone)]
pub struct Visitor {
    /// The account, when a valid session came with the request.
    pub account: Option<Account>,
    /// The session's token.
    pub token: Option<String>,
    /// The wall that came in with its own cookie: it reads what is for walls.
    pub wall: Option<String>,
    /// From where.
    pub address: IpAddr,
    /// Language of the pages.
    pub language: Language,
    /// Theme of the pages.
    pub theme: Theme,
}

impl Visitor {
    /// Who will sign an act.
    ///
    /// # Errors
    /// Nobody is logged in.
    pub fn actor(&self) -> Result<Actor, Problem> {
        let account = self.account.as_ref().ok_or_else(Problem::no_session)?;
        let origin = match &account.via {
            Some(token) => format!("{}, token {token}", self.address),
            None => self.address.to_string(),
        };
        Ok(Actor { user: account.name.clone(), role: account.role, origin })
    }
}

/// Finds out who asks, refuses foreign origins and, where reading is not open, visitors without a session.
pub async fn identify(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    if changes_something(request.method()) && !is_own_origin(headers) {
        return Problem::new(StatusCode::FORBIDDEN, "foreign-origin", words::FOREIGN_ORIGIN).into_response();
    }
    let address = address(&request);
    let path = request.uri().path();
    let wall = web.services.displays.entered(headers).filter(|_| may_have(path));
    // A browser sends cookies by itself: an API token is none.
    let by_cookie = || cookie(headers, SESSION_COOKIE).filter(|token| !is_api_token(token));
    let token = bearer(headers).or_else(by_cookie).map(str::to_owned);
    let account = match &token {
        Some(token) => match web.who(token).await {
            Ok(account) => account,
            Err(problem) => return problem.into_response(),
        },
        None => None,
    };
    // What a person chose goes with them; what they never chose is the browser's.
    let wanted = account.as_ref().map(Account::wanted_look).unwrap_or_default();
    let of_browser = || cookie(headers, LANGUAGE_COOKIE).map(|word| language_named(word).unwrap_or_default());
    let language = wanted.language.or_else(of_browser).unwrap_or_else(|| preferred(headers));
    let theme = wanted.theme.or_else(|| cookie(headers, THEME_COOKIE).and_then(Theme::named)).unwrap_or_default();
    let visitor = Visitor { account, token, wall, address, language, theme };
    if let Err(problem) = web.door(&request).met(visitor.account.as_ref(), web.open_reading || visitor.wall.is_some()) {
        return turned_away(web, visitor, request.uri().path(), &problem);
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

impl Web {
    /// What a visitor must be for this request. An address that leads nowhere, or a method it does not take, is told to
    /// whoever may read.
    fn door(&self, request: &Request) -> Need {
        let method = if *request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let doors = request.extensions().get::<MatchedPath>().and_then(|path| self.doors.get(path.as_str()));
        let need = doors.and_then(|doors| doors.iter().find(|(of, _)| of == method));
        need.map_or(Need::Reading, |(_, need)| *need)
    }
}

/// Writes down once a minute when sessions and tokens were used last, until `stop`. A disk that does not answer keeps this task
/// waiting and nobody else.
pub async fn keep_uses(accounts: Accounts, stop: CancellationToken) {
    let mut beat = tokio::time::interval(KEEP_EVERY);
    while stop.run_until_cancelled(beat.tick()).await.is_some() {
        let accounts = accounts.clone();
        match tokio::task::spawn_blocking(move || accounts.keep_uses()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "when sessions were used last is not kept"),
            Err(error) => tracing::warn!(%error, "keeping when sessions were used last broke"),
        }
    }
}

/// Where a request comes from.
pub fn address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical())
}

impl Web {
    /// Whether somebody who follows may still read. A session that ended ends its streams, also where everybody may read:
    /// whoever comes back then is nobody in particular.
    pub async fn may_still_read(&self, visitor: &Visitor) -> bool {
        match (&visitor.account, &visitor.token) {
            _ if visitor.wall.is_some() => true,
            (Some(_), Some(token)) => match self.who(token).await {
                Ok(found) => found.is_some(),
                // A store that cannot be read is no reason to darken what everybody may see.
                Err(_) => self.open_reading,
            },
            _ => self.open_reading,
        }
    }
}

/// Programs are told by an error document, people by a page: the one to log in at, or one that says what is lacking.
fn turned_away(web: Arc<Web>, visitor: Visitor, path: &str, problem: &Problem) -> Response {
    if path.starts_with("/api/") || path == "/metrics" {
        problem.clone().into_response()
    } else if visitor.account.is_none() {
        Redirect::to("/login").into_response()
    } else {
        page::refused(web, visitor, problem)
    }
}

pub fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser names the page a request comes from; that page must be ours. Programs name none.
pub fn is_own_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok())
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let (Ok(origin), Some(host)) = (origin.to_str(), headers.get(header::HOST).and_then(|host| host.to_str().ok()))
    else {
        return false;
    };
    let bare = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    bare.is_some_and(|origin| origin.eq_ignore_ascii_case(host))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The browser's first language, when it is one of ours; Chinese otherwise.
fn preferred(headers: &HeaderMap) -> Language {
    let first = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split([',', ';']).next())
        .unwrap_or_default();
    if first.trim().to_ascii_lowercase().starts_with("en") { Language::En } else { Language::Zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_send() {
        let check = |pairs: &[(&'static str, &'static str)], own| assert_eq!(is_own_origin(&headers(pairs)), own);
        check(&[("host", "tocsin:8080")], true);
        check(&[("host", "tocsin:8080"), ("origin", "http://tocsin:8080")], true);
        check(&[("host", "tocsin:8080"), ("origin", "http://tocsin:8081")], false);
        check(&[("host", "tocsin:8080"), ("origin", "http://evil.example")], false);
        check(&[("host", "tocsin:8080"), ("origin", "null")], false);
        check(&[("host", "tocsin:8080"), ("sec-fetch-site", "cross-site")], false);
        check(&[("host", "tocsin:8080"), ("sec-fetch-site", "same-site")], false);
        check(&[("origin", "http://tocsin:8080")], false);
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let sent = headers(&[("cookie", "xtocsin_session=no; tocsin_session=yes; a=b")]);
        assert_eq!(cookie(&sent, SESSION_COOKIE), Some("yes"));
        assert_eq!(cookie(&sent, "tocsin"), None);
    }
}
