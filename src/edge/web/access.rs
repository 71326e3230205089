//! Who may come in: passwords, sessions, tokens and accounts, changed by people at the console.
//!
//! Takes: a visitor that the door has let through, and what is to be changed.
//! Gives: the change, and its fact in the journal (AC-01).
//! Never: a change of another account for somebody who is no manager; a secret in a fact or a log.

use axum::http::StatusCode;

use super::accounts::{AccountError, Accounts, Look, Session, Token, session_id};
use super::door::not_permitted;
use super::problem::Problem;
use super::visitor::Visitor;
use super::words::access as words;
use super::{Web, password};
use crate::engine::Act;
use crate::engine::alarm::{AccessChange, AccessChanged};
use crate::engine::base::{Role, Wall};

/// A token that is to be made.
pub(super) struct NewToken {
    pub name: String,
    pub role: Role,
    pub expires: Option<Wall>,
}

/// What was changed of one's own name and nothing else.
fn of(change: AccessChange, whom: &str) -> AccessChanged {
    AccessChanged { change, whom: whom.to_owned(), role: None, token: None }
}

impl Web {
    /// Asks the store.
    pub(super) async fn accounts<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Accounts, Wall) -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (accounts, at) = (self.services.accounts.clone(), self.now().wall);
        self.waiting(move || work(&accounts, at)).await?.map_err(problem)
    }

    /// Has a change that was made written down.
    async fn note(&self, visitor: &Visitor, changed: AccessChanged) -> Result<(), Problem> {
        self.ask(visitor, None, Act::Access(changed)).await.map(|_| ())
    }

    /// One's own password; every other session of the account ends.
    pub(super) async fn change_password(&self, visitor: &Visitor, old: String, new: String) -> Result<(), Problem> {
        let user = visitor.actor()?.user;
        let token = visitor.token.clone().unwrap_or_default();
        // Whoever found a screen that was left open may not guess faster than at the log-in.
        self.attempt(visitor.address, &user)?;
        let _turn = self.hashing.acquire().await.map_err(|error| Problem::store("password", &error))?;
        let name = user.clone();
        self.accounts(move |accounts, _| accounts.change_password(&name, &old, &new, &token)).await?;
        self.note(visitor, of(AccessChange::PasswordChanged, &user)).await
    }

    /// Keeps how a visitor wants the pages with their account.
    pub(super) async fn set_look(&self, visitor: &Visitor, look: Look) -> Result<(), Problem> {
        let account = visitor.account.as_ref().ok_or_else(Problem::no_session)?;
        if !account.keeps_look() {
            return Err(not_permitted(Role::Operator));
        }
        let name = account.name.clone();
        self.accounts(move |accounts, _| accounts.set_look(&name, look)).await
    }

    /// The sessions that a visitor may see: their own, a manager everybody's. The second tells their own one.
    pub(super) async fn sessions(&self, visitor: &Visitor) -> Result<(Vec<Session>, String), Problem> {
        let of = whose(visitor)?;
        let own = visitor.token.as_deref().map(session_id).unwrap_or_default();
        Ok((self.accounts(move |accounts, at| accounts.sessions(of.as_deref(), at)).await?, own))
    }

    /// Ends one session: one's own, or as a manager anybody's.
    pub(super) async fn end_session(&self, visitor: &Visitor, id: String) -> Result<(), Problem> {
        let of_whom = whose(visitor)?;
        let user = self.accounts(move |accounts, _| accounts.end_listed(&id, of_whom.as_deref())).await?;
        self.note(visitor, of(AccessChange::SessionsEnded, &user)).await
    }

    /// Ends every session of one's own but this one; gives how many.
    pub(super) async fn end_other_sessions(&self, visitor: &Visitor) -> Result<usize, Problem> {
        let user = visitor.actor()?.user;
        let (name, token) = (user.clone(), visitor.token.clone().unwrap_or_default());
        let ended = self.accounts(move |accounts, _| accounts.end_others(&name, &token)).await?;
        self.note(visitor, of(AccessChange::SessionsEnded, &user)).await?;
        Ok(ended)
    }

    /// The tokens that a visitor may see: their own, a manager everybody's.
    pub(super) async fn tokens(&self, visitor: &Visitor) -> Result<Vec<Token>, Problem> {
        let of = whose(visitor)?;
        self.accounts(move |accounts, _| accounts.tokens(of.as_deref())).await
    }

    /// Makes a token of one's own; given once.
    pub(super) async fn add_token(&self, visitor: &Visitor, new: NewToken) -> Result<String, Problem> {
        let user = visitor.actor()?.user;
        let (name, owner, role) = (new.name.clone(), user.clone(), new.role);
        let made =
            self.accounts(move |accounts, at| accounts.add_token(&owner, &new.name, new.role, new.expires, at)).await?;
        let changed = AccessChanged { role: Some(role), token: Some(name), ..of(AccessChange::TokenAdded, &user) };
        self.note(visitor, changed).await?;
        Ok(made)
    }

    /// Revokes a token: one's own, or as a manager anybody's.
    pub(super) async fn revoke_token(&self, visitor: &Visitor, name: String) -> Result<(), Problem> {
        let (of_whom, token) = (whose(visitor)?, name.clone());
        let user = self.accounts(move |accounts, _| accounts.revoke_token(&name, of_whom.as_deref())).await?;
        let changed = AccessChanged { token: Some(token), ..of(AccessChange::TokenRevoked, &user) };
        self.note(visitor, changed).await
    }

    /// Makes an account; its one-time password is given once.
    pub(super) async fn add_account(&self, visitor: &Visitor, name: String, role: Role) -> Result<String, Problem> {
        let whom = name.clone();
        let secret =
            self.with_one_time(move |accounts, secret, at| accounts.add(&name, role, secret, at), &whom).await?;
        self.note(visitor, AccessChanged { role: Some(role), ..of(AccessChange::AccountAdded, &whom) }).await?;
        Ok(secret)
    }

    /// Sets a one-time password, which ends the account's sessions; given once.
    pub(super) async fn set_password(&self, visitor: &Visitor, name: String) -> Result<String, Problem> {
        let whom = name.clone();
        let secret = self.with_one_time(move |accounts, secret, _| accounts.set_password(&name, secret), &whom).await?;
        self.note(visitor, of(AccessChange::PasswordSet, &whom)).await?;
        Ok(secret)
    }

    async fn with_one_time(
        &self,
        set: impl FnOnce(&Accounts, &str, Wall) -> Result<(), AccountError> + Send + 'static,
        whom: &str,
    ) -> Result<String, Problem> {
        let _turn = self.hashing.acquire().await.map_err(|error| Problem::store("password", &error))?;
        let whom = whom.to_owned();
        let made = self.accounts(move |accounts, at| {
            let secret = password::one_time().map_err(AccountError::System)?;
            set(accounts, &secret, at)?;
            accounts.make_one_time(&whom)?;
            Ok(secret)
        });
        made.await
    }

    /// Gives an account another role.
    pub(super) async fn set_role(&self, visitor: &Visitor, name: String, role: Role) -> Result<(), Problem> {
        let whom = name.clone();
        self.accounts(move |accounts, _| accounts.set_role(&name, role)).await?;
        self.note(visitor, AccessChanged { role: Some(role), ..of(AccessChange::RoleSet, &whom) }).await
    }

    /// Removes an account with its sessions and tokens.
    pub(super) async fn remove_account(&self, visitor: &Visitor, name: String) -> Result<(), Problem> {
        let whom = name.clone();
        self.accounts(move |accounts, _| accounts.remove(&name)).await?;
        self.note(visitor, of(AccessChange::AccountRemoved, &whom)).await
    }
}

/// The one account that a visitor may look into; none for a manager, who may look into all.
fn whose(visitor: &Visitor) -> Result<Option<String>, Problem> {
    let by = visitor.actor()?;
    Ok((by.role < Role::Manager).then_some(by.user))
}

/// What the store says, for whoever asked over HTTP.
fn problem(error: AccountError) -> Problem {
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    match error {
        AccountError::BadName(_) => Problem::new(unfit, "bad-name", words::BAD_NAME),
        AccountError::BadPassword => Problem::new(unfit, "bad-password", words::BAD_PASSWORD),
        AccountError::PastExpiry => Problem::new(unfit, "past-expiry", words::PAST_EXPIRY),
        AccountError::WrongPassword => Problem::new(StatusCode::FORBIDDEN, "wrong-password", words::WRONG_PASSWORD),
        AccountError::RoleAbove(_) => Problem::new(StatusCode::FORBIDDEN, "role-above", words::ROLE_ABOVE),
        AccountError::Exists(_) | AccountError::TokenExists(_) => {
            Problem::new(StatusCode::CONFLICT, "name-taken", words::NAME_TAKEN)
        }
        AccountError::LastManager(_) => Problem::new(StatusCode::CONFLICT, "last-manager", words::LAST_MANAGER),
        AccountError::NoAccount(name) | AccountError::NoToken(name) | AccountError::NoSession(name) => {
            Problem::not_found(&name)
        }
        error @ (AccountError::Newer(_)
        | AccountError::System(_)
        | AccountError::Store(_)
        | AccountError::PresetFile { .. }) => Problem::store("accounts", &error),
    }
}
