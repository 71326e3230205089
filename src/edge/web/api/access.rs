//! Accounts, sessions and tokens over HTTP (AC-01).
//!
//! Takes: a session; names, roles, passwords.
//! Gives: lists, and secrets that are shown once.
//! Never: a secret that is shown twice.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use super::acting::{Answer, Asked};
use crate::edge::web::Web;
use crate::edge::web::access::NewToken;
use crate::edge::web::accounts::{Account, Look, ROLES, role_word};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::engine::base::{Role, Wall};

/// The longest that a token can be good for: ten years.
const MOST_DAYS: u32 = 3_660;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    old: String,
    new: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    name: String,
    role: Role,
    days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    name: String,
    role: Role,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    role: Role,
}

/// When something that is good for so many days runs out.
pub fn runs_out(days: Option<u32>, now: Wall) -> Result<Option<Wall>, Problem> {
    let Some(days) = days else { return Ok(None) };
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::bad("days", "1 to 3660"));
    }
    Ok(Some(now.after(Duration::from_secs(u64::from(days) * 86_400))))
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// `POST password`
pub async fn change_password(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Asked(Passwords { old, new }): Asked<Passwords>,
) -> Answer {
    web.change_password(&visitor, old, new).await?;
    Ok(done())
}

/// `GET preferences`
pub async fn look(Extension(visitor): Extension<Visitor>) -> Answer {
    let wanted = visitor.account.as_ref().map(Account::wanted_look).unwrap_or_default();
    Ok(Json(wanted).into_response())
}

/// `PUT preferences`
pub async fn set_look(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Asked(look): Asked<Look>,
) -> Answer {
    web.set_look(&visitor, look).await?;
    Ok(done())
}

/// `GET sessions`
pub async fn sessions(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Answer {
    let (sessions, own) = web.sessions(&visitor).await?;
    let listed = sessions.into_iter().map(|held| {
        json!({
            "id": held.id, "user": held.user, "address": held.address, "current": held.id == own,
            "created_at": web.when.rfc3339(held.created), "seen_at": web.when.rfc3339(held.seen),
            "expires_at": web.when.rfc3339(held.expires),
        })
    });
    Ok(Json(json!({ "sessions": listed.collect::<Vec<_>>() })).into_response())
}

/// `DELETE sessions`: all others of one's own.
pub async fn end_others(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Answer {
    let ended = web.end_other_sessions(&visitor).await?;
    Ok(Json(json!({ "ended": ended })).into_response())
}

/// `DELETE sessions/{id}`
pub async fn end_session(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Answer {
    web.end_session(&visitor, id).await?;
    Ok(done())
}

/// `GET tokens`
pub async fn tokens(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Answer {
    let listed = web.tokens(&visitor).await?.into_iter().map(|held| {
        json!({
            "name": held.name, "user": held.user, "role": role_word(held.role),
            "created_at": web.when.rfc3339(held.created), "expires_at": held.expires.map(|at| web.when.rfc3339(at)),
            "seen_at": held.seen.map(|at| web.when.rfc3339(at)),
        })
    });
    Ok(Json(json!({ "tokens": listed.collect::<Vec<_>>() })).into_response())
}

/// `POST tokens`
pub async fn add_token(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Asked(TokenBody { name, role, days }): Asked<TokenBody>,
) -> Answer {
    let expires = runs_out(days, web.now().wall)?;
    let body = json!({ "name": name, "role": role_word(role), "expires_at": expires.map(|at| web.when.rfc3339(at)) });
    let token = web.add_token(&visitor, NewToken { name, role, expires }).await?;
    let mut body = body;
    body["token"] = token.into();
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `DELETE tokens/{id}`
pub async fn revoke_token(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Answer {
    web.revoke_token(&visitor, id).await?;
    Ok(done())
}

/// `GET users`
pub async fn accounts(State(web): State<Arc<Web>>) -> Answer {
    let listed = web.accounts(|accounts, _| accounts.list()).await?.into_iter().map(|held| {
        json!({
            "name": held.name, "role": role_word(held.role), "one_time": held.one_time,
            "created_at": web.when.rfc3339(held.created),
        })
    });
    let roles = ROLES.map(role_word);
    Ok(Json(json!({ "users": listed.collect::<Vec<_>>(), "roles": roles })).into_response())
}

/// `POST users`
pub async fn add_account(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Asked(AccountBody { name, role }): Asked<AccountBody>,
) -> Answer {
    let password = web.add_account(&visitor, name.clone(), role).await?;
    let body = json!({ "name": name, "role": role_word(role), "password": password });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `POST users/{id}/role`
pub async fn set_role(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Asked(RoleBody { role }): Asked<RoleBody>,
) -> Answer {
    web.set_role(&visitor, id, role).await?;
    Ok(done())
}

/// `POST users/{id}/password`
pub async fn set_password(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Answer {
    let password = web.set_password(&visitor, id.clone()).await?;
    Ok(Json(json!({ "name": id, "password": password })).into_response())
}

/// `DELETE users/{id}`
pub async fn remove_account(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Answer {
    web.remove_account(&visitor, id).await?;
    Ok(done())
}
