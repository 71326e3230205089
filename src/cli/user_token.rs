//! `tocsin user token`: API tokens on the command line.
//!
//! Takes: the accounts, a name, whose it is, its role, for how long.
//! Gives: a token, printed once; the list; revoked tokens.
//! Never: a token that may more than its account, or a token that is printed twice.

use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;

use super::noted::of;
use super::role::RoleArg;
use crate::edge::web::Accounts;
use crate::edge::web::accounts::role_word;
use crate::engine::alarm::{AccessChange, AccessChanged};
use crate::engine::base::Wall;
use crate::live::document;

/// What to do with API tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; it is printed once
    Add {
        /// Its name: a-z 0-9 _ . -
        name: String,
        /// Whose: what it does is signed with both names
        #[arg(long)]
        user: String,
        /// What it may do at most
        #[arg(long, value_enum, default_value = "display")]
        role: RoleArg,
        /// For so many days; for ever without it
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3660))]
        days: Option<u32>,
    },
    /// List the tokens
    List,
    /// Revoke a token at once
    Revoke {
        /// Which
        name: String,
    },
}

/// Runs `tocsin user token`; works while the gateway runs. `note` records what was changed.
///
/// # Errors
/// One line: what cannot be done.
pub fn run(
    accounts: &Accounts,
    what: &TokenCommand,
    now: Wall,
    json: bool,
    note: impl FnOnce(AccessChanged) -> Result<()>,
) -> Result<()> {
    match what {
        TokenCommand::Add { name, user, role, days } => {
            let expires = days.map(|days| now.after(Duration::from_secs(u64::from(days) * 86_400)));
            let token = accounts.add_token(user, name, (*role).into(), expires, now)?;
            println!("added token `{name}` of `{user}`, {}", role_word((*role).into()));
            println!("token (shown once): {token}");
            let (role, token) = (Some((*role).into()), Some(name.clone()));
            note(AccessChanged { role, token, ..of(AccessChange::TokenAdded, user) })?;
        }
        TokenCommand::Revoke { name } => {
            let user = accounts.revoke_token(name, None)?;
            println!("revoked token `{name}` of `{user}`");
            note(AccessChanged { token: Some(name.clone()), ..of(AccessChange::TokenRevoked, &user) })?;
        }
        TokenCommand::List => list(accounts, json)?,
    }
    Ok(())
}

fn list(accounts: &Accounts, json: bool) -> Result<()> {
    let time = |at: Wall| document::timestamp(at, &jiff::tz::TimeZone::UTC);
    for token in accounts.tokens(None)? {
        let (expires, seen) = (token.expires.map(time), token.seen.map(time));
        if json {
            let line = serde_json::json!({
                "name": token.name, "user": token.user, "role": role_word(token.role), "created": time(token.created),
                "expires": expires, "seen": seen,
            });
            println!("{line}");
        } else {
            let end = expires.as_deref().unwrap_or("never");
            let used = seen.as_deref().unwrap_or("never");
            println!(
                "{:<20} {:<12} {:<11} runs out {end}  last used {used}",
                token.name,
                token.user,
                role_word(token.role)
            );
        }
    }
    Ok(())
}
