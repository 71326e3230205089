//! Logging in and out.
//!
//! Takes: a name and a password.
//! Gives: the session's cookie, and the same token for programs.
//! Never: says which of the two was wrong.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use super::Body;
use crate::edge::web::Web;
use crate::edge::web::accounts::{Begun, role_word};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::{SESSION_COOKIE, Visitor};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    user: String,
    password: String,
}

/// `POST session`
pub async fn begin(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Body(credentials): Body<Credentials>,
) -> Result<Response, Problem> {
    let (account, begun) = web.log_in(&visitor, &credentials.user, &credentials.password).await?;
    let body = json!({
        "token": begun.token,
        "user": account.name,
        "role": role_word(account.role),
        "one_time": account.one_time,
        "preferences": account.wanted_look(),
        "expires_at": web.when.rfc3339(begun.expires),
    });
    let cookie = session_cookie(&web, &begun);
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// `DELETE session`
pub async fn end(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Result<Response, Problem> {
    let token = visitor.token.filter(|_| visitor.account.is_some()).ok_or_else(Problem::no_session)?;
    web.log_out(&token).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, no_cookie());
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// The cookie of a session: not for scripts, not for foreign pages, and over TLS where there is TLS.
pub fn session_cookie(web: &Web, begun: &Begun) -> String {
    let seconds = begun.expires.since(web.now().wall).as_secs();
    let secure = if web.is_encrypted() { "; Secure" } else { "" };
    format!("{SESSION_COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", begun.token)
}

/// Takes the cookie away.
pub fn no_cookie() -> axum::http::HeaderValue {
    axum::http::HeaderValue::from_static("tocsin_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}
