//! Sessions: who is logged in, since when and from where.
//!
//! Takes: an account whose password was verified, an address, a token.
//! Gives: a token, or whose it is; the sessions of one account or of all.
//! Never: stores a token, only its SHA-256; never a write when somebody is merely recognised.

use std::net::IpAddr;
use std::time::Duration;

use rusqlite::{OptionalExtension, Row, params};

use super::{Account, AccountError, Accounts, Look, digest, hex, role_of, tokens};
use crate::edge::web::password;
use crate::engine::base::{Role, Wall};

/// How long a person's session lasts: one shift.
pub const PERSON_SESSION: Duration = Duration::from_secs(12 * 3600);
/// How long a display's session lasts: a wall is never logged out in the middle of a night.
pub const DISPLAY_SESSION: Duration = Duration::from_secs(400 * 86_400);

/// A session that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The token: cookie and bearer alike.
    pub token: String,
    /// When it ends by itself.
    pub expires: Wall,
}

/// One session as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it is called: the beginning of its token's hash, which opens nothing.
    pub id: String,
    /// Whose.
    pub user: String,
    /// From where it was begun; empty where that was not noted.
    pub address: String,
    /// Since when.
    pub created: Wall,
    /// When it ends by itself.
    pub expires: Wall,
    /// When it was used last, to a minute; else when it began.
    pub seen: Wall,
}

/// The id of the session with this token.
pub fn session_id(token: &str) -> String {
    id_of(&digest(token))
}

fn id_of(hash: &[u8]) -> String {
    hex(hash.get(..8).unwrap_or(hash))
}

impl Accounts {
    /// Begins a session of an account whose password was verified; the one of `before`, with which the request came, ends.
    ///
    /// # Errors
    /// The account is gone, or the store cannot be written.
    pub fn begin(
        &self,
        name: &str,
        from: Option<IpAddr>,
        before: Option<&str>,
        at: Wall,
    ) -> Result<Begun, AccountError> {
        let account = self.list()?.into_iter().find(|account| account.name == name);
        let account = account.ok_or_else(|| AccountError::NoAccount(name.to_owned()))?;
        let token = hex(&password::random::<32>().map_err(AccountError::System)?);
        let expires = at.after(if account.role == Role::Display { DISPLAY_SESSION } else { PERSON_SESSION });
        let address = from.map(|from| from.to_string()).unwrap_or_default();
        let held = self.held();
        held.execute("DELETE FROM sessions WHERE expires <= ?1", [at.0])?;
        held.execute("DELETE FROM sessions WHERE token = ?1", [before.map(digest)])?;
        held.execute(
            "INSERT INTO sessions (token, user, created, expires, address) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![digest(&token), name, at.0, expires.0, address],
        )?;
        Ok(Begun { token, expires })
    }

    /// Whose session or API token a token is; none when it was never given out, was ended or ran out.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn who(&self, token: &str, at: Wall) -> Result<Option<Account>, AccountError> {
        let hash = digest(token);
        let found = if tokens::is_one(token) { self.bearer(&hash, at)? } else { self.in_session(&hash, at)? };
        if found.is_some() {
            self.note_use(hash, at);
        }
        Ok(found)
    }

    fn in_session(&self, hash: &[u8], at: Wall) -> Result<Option<Account>, AccountError> {
        let held = self.reading();
        let mut query = held.prepare_cached(
            "SELECT name, role, users.created, one_time, language, theme FROM sessions JOIN users ON users.name = sessions.user
             WHERE token = ?1 AND expires > ?2",
        )?;
        let account = |row: &Row<'_>| {
            let role: String = row.get(1)?;
            let (created, one_time, look) = (Wall(row.get(2)?), row.get(3)?, Look::of(row, 4)?);
            Ok(Account { name: row.get(0)?, role: role_of(&role), created, one_time, look, via: None })
        };
        Ok(query.query_row(params![hash, at.0], account).optional()?)
    }

    /// The sessions that have not run out, of `user` or of everybody, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn sessions(&self, user: Option<&str>, at: Wall) -> Result<Vec<Session>, AccountError> {
        let held = self.reading();
        let mut query = held.prepare_cached(
            "SELECT token, user, address, created, expires, seen FROM sessions
             WHERE expires > ?1 AND (?2 IS NULL OR user = ?2) ORDER BY created DESC, token",
        )?;
        let rows = query.query_map(params![at.0, user], |row| {
            let (hash, created): (Vec<u8>, i64) = (row.get(0)?, row.get(3)?);
            let seen = self.used(&hash).unwrap_or(Wall(row.get::<_, Option<i64>>(5)?.unwrap_or(created)));
            let (address, expires) = (row.get(2)?, Wall(row.get(4)?));
            Ok(Session { id: id_of(&hash), user: row.get(1)?, address, created: Wall(created), expires, seen })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ends a session by its id; gives whose it was. With `of`, only one of that account.
    ///
    /// # Errors
    /// There is no such session, or the store cannot be written.
    pub fn end_listed(&self, id: &str, of: Option<&str>) -> Result<String, AccountError> {
        let none = || AccountError::NoSession(id.to_owned());
        if id.len() != 16 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(none());
        }
        let ended = self.held().query_row(
            "DELETE FROM sessions WHERE lower(substr(hex(token), 1, 16)) = ?1 AND (?2 IS NULL OR user = ?2) RETURNING user",
            params![id.to_ascii_lowercase(), of],
            |row| row.get(0),
        );
        ended.optional()?.ok_or_else(none)
    }

    /// Ends every session of an account but the one with this token; gives how many.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn end_others(&self, user: &str, but: &str) -> Result<usize, AccountError> {
        Ok(self.held().execute("DELETE FROM sessions WHERE user = ?1 AND token <> ?2", params![user, digest(but)])?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn end(&self, token: &str) -> Result<(), AccountError> {
        self.held().execute("DELETE FROM sessions WHERE token = ?1", params![digest(token)])?;
        Ok(())
    }
}
