//! API tokens: for programs, named, with a role, revocable.
//!
//! Takes: who makes one, its name, its role, until when.
//! Gives: the token, once; whose it is when a program bears it.
//! Never: stores a token, only its SHA-256; never more than its maker may do, also when that became less since.

use rusqlite::{OptionalExtension, params};

use super::{Account, AccountError, Accounts, Look, digest, hex, role_of, role_word};
use crate::edge::web::password;
use crate::engine::base::{Role, Wall, is_segment};

/// How every token begins, so that people and search tools know what they have found.
const BEGINS: &str = "tct_";

/// What may be a token; sessions begin otherwise.
pub fn is_one(text: &str) -> bool {
    text.starts_with(BEGINS)
}

/// One token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub user: String,
    /// What it may do at most.
    pub role: Role,
    /// When it was made.
    pub created: Wall,
    /// When it runs out; never without it.
    pub expires: Option<Wall>,
    /// When it was used last, to a minute.
    pub seen: Option<Wall>,
}

impl Accounts {
    /// Makes a token of `user`; it is given once.
    ///
    /// # Errors
    /// The name is bad or taken, or the role is above the account's.
    pub fn add_token(
        &self,
        user: &str,
        name: &str,
        role: Role,
        expires: Option<Wall>,
        at: Wall,
    ) -> Result<String, AccountError> {
        if !is_segment(name) || name.len() > 64 {
            return Err(AccountError::BadName(name.to_owned()));
        }
        let account = self.list()?.into_iter().find(|account| account.name == user);
        let account = account.ok_or_else(|| AccountError::NoAccount(user.to_owned()))?;
        if role > account.role {
            return Err(AccountError::RoleAbove(account.role));
        }
        if expires.is_some_and(|expires| expires <= at) {
            return Err(AccountError::PastExpiry);
        }
        let token = format!("{BEGINS}{}", hex(&password::random::<32>().map_err(AccountError::System)?));
        let made = self.held().execute(
            "INSERT OR IGNORE INTO tokens (name, user, role, token, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![name, user, role_word(role), digest(&token), at.0, expires.map(|expires| expires.0)],
        )?;
        if made == 0 { Err(AccountError::TokenExists(name.to_owned())) } else { Ok(token) }
    }

    /// The tokens of `user` or of everybody, by name; those that ran out, too.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn tokens(&self, user: Option<&str>) -> Result<Vec<Token>, AccountError> {
        let held = self.reading();
        let mut query = held.prepare_cached(
            "SELECT name, user, role, created, expires, token, seen FROM tokens WHERE ?1 IS NULL OR user = ?1 ORDER BY name",
        )?;
        let rows = query.query_map(params![user], |row| {
            let (role, hash): (String, Vec<u8>) = (row.get(2)?, row.get(5)?);
            Ok(Token {
                name: row.get(0)?,
                user: row.get(1)?,
                role: role_of(&role),
                created: Wall(row.get(3)?),
                expires: row.get::<_, Option<i64>>(4)?.map(Wall),
                seen: self.used(&hash).or(row.get::<_, Option<i64>>(6)?.map(Wall)),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Revokes a token at once; gives whose it was. With `of`, only one of that account.
    ///
    /// # Errors
    /// There is no such token, or the store cannot be written.
    pub fn revoke_token(&self, name: &str, of: Option<&str>) -> Result<String, AccountError> {
        let ended = self.held().query_row(
            "DELETE FROM tokens WHERE name = ?1 AND (?2 IS NULL OR user = ?2) RETURNING user",
            params![name, of],
            |row| row.get(0),
        );
        ended.optional()?.ok_or_else(|| AccountError::NoToken(name.to_owned()))
    }

    /// The account of a token, with no more than the token's role.
    pub(super) fn bearer(&self, hash: &[u8], at: Wall) -> Result<Option<Account>, AccountError> {
        let held = self.reading();
        let mut query = held.prepare_cached(
            "SELECT users.name, users.role, users.created, tokens.role, tokens.name
             FROM tokens JOIN users ON users.name = tokens.user
             WHERE token = ?1 AND (expires IS NULL OR expires > ?2)",
        )?;
        let found = query.query_row(params![hash, at.0], |row| {
            let (account, token): (String, String) = (row.get(1)?, row.get(3)?);
            let role = role_of(&account).min(role_of(&token));
            let (created, via, look) = (Wall(row.get(2)?), row.get(4)?, Look::default());
            Ok(Account { name: row.get(0)?, role, created, one_time: false, look, via })
        });
        Ok(found.optional()?)
    }
}
