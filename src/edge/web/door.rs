//! What a visitor must be at each address, before anything of the request is looked at (AC-01, AC-02).
//!
//! Takes: a method and an address of the table of routes, and the account that came with the request.
//! Gives: leave, or a [`Problem`].
//! Never: the last word on an act: what passes here meets the engine's gate. Whoever adds an address and forgets this
//! page has one that only people who may act can change anything at.

use axum::http::{Method, StatusCode};

use super::accounts::Account;
use super::problem::Problem;
use super::words::access as words;
use crate::engine::base::Role;

/// What a visitor must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nobody in particular: what a visitor needs to log in.
    Nothing,
    /// Somebody who may read: where reading is open everybody, else whoever has a session.
    Reading,
    /// Somebody with a session of their own, about what is theirs; also while the password is a one-time one.
    Own,
    /// Somebody who acts, with at least this role.
    Acting(Role),
    /// Somebody with a session and at least this role, who changes who comes in or has records leave. No token does.
    Access(Role),
}

/// What is needed for `method` at `path`, an address as the table of routes has it.
pub(super) fn need(method: &Method, path: &str) -> Need {
    match (method, path) {
        (_, "/login" | "/language" | "/theme") => Need::Nothing,
        (&Method::POST, "/api/v1/session" | "/logout") => Need::Nothing,
        (&Method::GET, "/api/v1/openapi.json") => Need::Nothing,
        (&Method::GET, path) if path.starts_with("/assets/") || path.starts_with("/app/assets/") => Need::Nothing,
        // The wall's own token is asked for there.
        (&Method::POST, "/api/v1/walls/{id}/beacon") => Need::Nothing,
        (&Method::DELETE, "/api/v1/session" | "/api/v1/sessions" | "/api/v1/sessions/{id}" | "/api/v1/tokens/{id}") => {
            Need::Own
        }
        (&Method::GET, "/account" | "/api/v1/sessions" | "/api/v1/tokens") => Need::Own,
        (_, "/api/v1/preferences") => Need::Own,
        (
            &Method::POST,
            "/api/v1/password"
            | "/account/password"
            | "/account/sessions-end"
            | "/account/session-end/{id}"
            | "/account/token-end/{id}",
        ) => Need::Own,
        (&Method::POST, "/api/v1/tokens" | "/account/token") => Need::Access(Role::Display),
        (_, path) if path.starts_with("/api/v1/users") || path.starts_with("/account/") => Need::Access(Role::Manager),
        // Records are destroyed with a manager's approval (RC-01).
        (_, "/api/v1/journal/retirement" | "/acts/retire") => Need::Access(Role::Manager),
        // Copies that leave are signed for (RC-01).
        (&Method::GET, "/api/v1/journal/export" | "/api/v1/trends/export") => Need::Acting(Role::Operator),
        (&Method::GET, _) => Need::Reading,
        // Commissioning (FA-22).
        (_, "/api/v1/devices/{id}/register" | "/api/v1/devices/{id}/identify" | "/acts/register") => {
            Need::Acting(Role::Engineer)
        }
        // A drill decides for a whole building.
        (_, "/api/v1/drills" | "/api/v1/drills/{id}" | "/acts/drill" | "/acts/drill-end/{id}") => {
            Need::Acting(Role::Supervisor)
        }
        _ => Need::Acting(Role::Operator),
    }
}

impl Need {
    /// Whether `account` may pass; `open` says that everybody may read.
    pub(super) fn met(self, account: Option<&Account>, open: bool) -> Result<(), Problem> {
        match (self, account) {
            (Need::Nothing, _) => Ok(()),
            (Need::Reading, None) if open => Ok(()),
            (_, None) => Err(Problem::no_session()),
            (Need::Reading, Some(_)) => Ok(()),
            (Need::Own | Need::Access(_), Some(account)) if account.via.is_some() => {
                Err(Problem::new(StatusCode::FORBIDDEN, "not-by-token", words::NOT_BY_TOKEN))
            }
            (Need::Own, Some(_)) => Ok(()),
            (Need::Acting(role) | Need::Access(role), Some(account)) if account.role < role => Err(not_permitted(role)),
            (Need::Acting(_) | Need::Access(_), Some(account)) if account.one_time => {
                Err(Problem::new(StatusCode::FORBIDDEN, "change-password", words::CHANGE_FIRST))
            }
            (Need::Acting(_) | Need::Access(_), Some(_)) => Ok(()),
        }
    }
}

/// A role of more is needed; the words are those of the engine's gate.
pub(super) fn not_permitted(needs: Role) -> Problem {
    crate::engine::Refusal::NotPermitted { needs }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_needs_a_role_unless_it_is_said_otherwise() {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(need(&method, "/api/v1/anything/new"), Need::Acting(Role::Operator));
            assert_eq!(need(&method, "/anything/new"), Need::Acting(Role::Operator));
        }
        assert_eq!(need(&Method::GET, "/anything/new"), Need::Reading);
        assert_eq!(need(&Method::POST, "/api/v1/drills"), Need::Acting(Role::Supervisor));
    }

    #[test]
    fn a_role_below_is_told_which_one_it_takes() {
        let account = |role| Account {
            name: "wang".into(),
            role,
            created: crate::engine::base::Wall(0),
            one_time: false,
            look: crate::edge::web::accounts::Look::default(),
            via: None,
        };
        let refused = |need: Need, account: Option<&Account>, open| need.met(account, open).err().map(|told| told.code);
        assert_eq!(refused(Need::Reading, None, true), None);
        assert_eq!(refused(Need::Reading, None, false), Some("no-session"));
        assert_eq!(refused(Need::Acting(Role::Operator), None, true), Some("no-session"));
        assert_eq!(refused(Need::Acting(Role::Operator), Some(&account(Role::Display)), true), Some("not-permitted"));
        assert_eq!(refused(Need::Acting(Role::Operator), Some(&account(Role::Manager)), true), None);
        assert_eq!(refused(Need::Own, Some(&account(Role::Display)), false), None);
        let token = Account { via: Some("ci".into()), ..account(Role::Manager) };
        assert_eq!(refused(Need::Acting(Role::Engineer), Some(&token), false), None);
        assert_eq!(refused(Need::Own, Some(&token), true), Some("not-by-token"));
        assert_eq!(refused(Need::Access(Role::Manager), Some(&token), true), Some("not-by-token"));
        let first = Account { one_time: true, ..account(Role::Manager) };
        assert_eq!(refused(Need::Acting(Role::Operator), Some(&first), true), Some("change-password"));
        assert_eq!(refused(Need::Own, Some(&first), true), None);
    }
}
