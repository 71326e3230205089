//! `tocsin user`: accounts on the command line.
//!
//! Takes: the state folder, a name, a role, a password from a file or standard input.
//! Gives: changed accounts, each change in the journal; a password the program made is printed once.
//! Never: takes a password as an argument, where every process could read it.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use super::noted::{self, of};
use super::role::RoleArg;
use super::user_token::{self, TokenCommand};
use crate::edge::clock::Clock;
use crate::edge::web::accounts::role_word;
use crate::edge::web::{Accounts, one_time_password};
use crate::engine::alarm::{AccessChange, AccessChanged};
use crate::engine::base::Wall;
use crate::live::document;

/// Arguments of `tocsin user`.
#[derive(Clone, Debug, Args)]
pub struct UserArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: UserCommand,
}

/// What to do with accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account
    Add {
        /// Its name: a-z 0-9 _ . -
        name: String,
        /// What it may do
        #[arg(long, value_enum, default_value = "operator")]
        role: RoleArg,
        /// First line of this file is the password; without it, standard input, or a new one is made and printed
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// List the accounts
    List,
    /// Set a new password; ends every session of the account
    Passwd {
        /// Whose
        name: String,
        /// First line of this file is the password; without it, standard input, or a new one is made and printed
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Give an account another role
    Role {
        /// Whose
        name: String,
        /// What it may do from here on
        #[arg(value_enum)]
        role: RoleArg,
    },
    /// API tokens, for programs
    Token {
        /// What to do with them
        #[command(subcommand)]
        what: TokenCommand,
    },
    /// Remove an account and end its sessions
    Remove {
        /// Whose
        name: String,
    },
}

/// Runs `tocsin user` on the accounts of `state_dir`; works while the gateway runs. Prints to standard output.
///
/// # Errors
/// One line: what cannot be done and the nearest right thing.
pub fn run(args: &UserArgs, state_dir: &Path, json: bool) -> Result<()> {
    std::fs::create_dir_all(state_dir).with_context(|| format!("cannot make the folder {}", state_dir.display()))?;
    let accounts = Accounts::open(state_dir)?;
    let note = |changed| {
        let noted = noted::access(state_dir, changed, &mut std::io::stderr());
        noted.context("it is done, but the journal does not have it")
    };
    match &args.what {
        UserCommand::Add { name, role, password_file } => {
            let (secret, made) = password(password_file.as_deref())?;
            accounts.add(name, (*role).into(), &secret, now())?;
            if made {
                accounts.make_one_time(name)?;
            }
            told(&format!("added `{name}`, {}", role_word((*role).into())), made.then_some(&secret));
            let role = Some((*role).into());
            note(AccessChanged { role, ..of(AccessChange::AccountAdded, name) })?;
        }
        UserCommand::Passwd { name, password_file } => {
            let (secret, made) = password(password_file.as_deref())?;
            accounts.set_password(name, &secret)?;
            if made {
                accounts.make_one_time(name)?;
            }
            told(&format!("`{name}` has a new password; its sessions have ended"), made.then_some(&secret));
            note(of(AccessChange::PasswordSet, name))?;
        }
        UserCommand::Role { name, role } => {
            accounts.set_role(name, (*role).into())?;
            told(&format!("`{name}` is {} from here on", role_word((*role).into())), None);
            note(AccessChanged { role: Some((*role).into()), ..of(AccessChange::RoleSet, name) })?;
        }
        UserCommand::Remove { name } => {
            accounts.remove(name)?;
            told(&format!("removed `{name}`; its sessions have ended"), None);
            note(of(AccessChange::AccountRemoved, name))?;
        }
        UserCommand::List => list(&accounts, json)?,
        UserCommand::Token { what } => user_token::run(&accounts, what, now(), json, note)?,
    }
    Ok(())
}

fn list(accounts: &Accounts, json: bool) -> Result<()> {
    for account in accounts.list()? {
        let created = document::timestamp(account.created, &jiff::tz::TimeZone::UTC);
        if json {
            let line = serde_json::json!({
                "name": account.name, "role": role_word(account.role), "created": created, "one_time": account.one_time,
            });
            println!("{line}");
        } else {
            let note = if account.one_time { "  one-time password, change it" } else { "" };
            println!("{:<20} {:<11} {created}{note}", account.name, role_word(account.role));
        }
    }
    Ok(())
}

fn told(what: &str, secret: Option<&String>) {
    println!("{what}");
    if let Some(secret) = secret {
        println!("password (shown once): {secret}");
    }
}

/// The password, and whether the program made it.
fn password(file: Option<&Path>) -> Result<(String, bool)> {
    if file.is_none() && std::io::stdin().is_terminal() {
        return Ok((one_time_password().map_err(anyhow::Error::msg)?, true));
    }
    Ok((password_of(file)?, false))
}

/// The password: the first line of a file, or of standard input.
pub(super) fn password_of(file: Option<&Path>) -> Result<String> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("the password file {}", path.display()))?,
        None => {
            let mut text = String::new();
            // A password is short; whatever feeds more is no password.
            std::io::stdin().take(4_096).read_to_string(&mut text).context("the password on standard input")?;
            text
        }
    };
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn now() -> Wall {
    Clock::start().now().wall
}
