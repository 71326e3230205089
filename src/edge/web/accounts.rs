//! Accounts and sessions, in `accounts.db` of the state folder.
//!
//! Takes: names, roles and passwords from the command line, log-ins from the pages and the API.
//! Gives: who a token belongs to (AC-01, AC-02).
//! Never: stores a password or a token; only an argon2id hash and a SHA-256. A session survives a restart and can be
//! revoked, because it is looked up each time.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::password;
use crate::engine::base::{Role, Wall, is_segment};

/// How long a person's session lasts: one shift.
pub const PERSON_SESSION: Duration = Duration::from_secs(12 * 3600);
/// How long a display's session lasts: a wall is never logged out in the middle of a night.
pub const DISPLAY_SESSION: Duration = Duration::from_secs(400 * 86_400);
/// The first account.
pub const FIRST_ACCOUNT: &str = "admin";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, created INTEGER NOT NULL,
        one_time INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sessions (
        token BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
        created INTEGER NOT NULL, expires INTEGER NOT NULL
    ) STRICT;";

/// One account, without its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name: `[a-z0-9_.-]+`.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created: Wall,
    /// Its password was made by the program and should be changed.
    pub one_time: bool,
}

/// A session that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The token: cookie and bearer alike.
    pub token: String,
    /// When it ends by itself.
    pub expires: Wall,
}

/// Why an account cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is no id.
    #[error("an account's name is made of a-z 0-9 _ . -, not `{0}`")]
    BadName(String),
    /// The name is taken.
    #[error("there is an account `{0}` already; `tocsin user passwd {0}` sets a new password")]
    Exists(String),
    /// Nobody has this name.
    #[error("there is no account `{0}`; `tocsin user list` shows them")]
    NoAccount(String),
    /// The last manager cannot be removed: nobody could make accounts valid again.
    #[error("`{0}` is the last account with the role manager; add another one first")]
    LastManager(String),
    /// Too short or too long.
    #[error("a password has at least {min} characters and at most {max} bytes", min = password::SHORTEST, max = password::LONGEST)]
    BadPassword,
    /// No memory or no randomness.
    #[error("{0}")]
    System(String),
    /// The file.
    #[error("accounts.db: {0}")]
    Store(#[from] rusqlite::Error),
    /// The preset password.
    #[error("the password file {path}: {error}")]
    PresetFile {
        /// Which file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
}

/// The store. Every call waits for the disk, those with a password also for the hash: call them from a thread that may.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Arc<Mutex<Connection>>,
    /// A hash of nobody's password: an unknown name costs as much time as a wrong password.
    decoy: Arc<str>,
}

impl Accounts {
    /// Opens or makes `accounts.db` in `state_dir`, readable by its owner only.
    ///
    /// # Errors
    /// The file cannot be opened or is no account store.
    pub fn open(state_dir: &Path) -> Result<Accounts, AccountError> {
        let path = state_dir.join("accounts.db");
        let store = Connection::open(&path)?;
        restrict(&path);
        store.busy_timeout(Duration::from_secs(5))?;
        store.pragma_update(None, "foreign_keys", true)?;
        store.pragma_update(None, "synchronous", "FULL")?;
        store.execute_batch(SCHEMA)?;
        let decoy = password::hash("nobody's password").map_err(AccountError::System)?;
        Ok(Accounts { store: Arc::new(Mutex::new(store)), decoy: Arc::from(decoy) })
    }

    /// Makes the first account when there is none: `admin`, a manager, with the password in the file `preset` (first
    /// line), or with a one-time password, which is returned and must be shown once.
    ///
    /// # Errors
    /// The preset file cannot be read or holds no usable password.
    pub fn ensure_first(&self, preset: Option<&Path>, at: Wall) -> Result<Option<String>, AccountError> {
        if !self.list()?.is_empty() {
            return Ok(None);
        }
        if let Some(path) = preset {
            let text = std::fs::read_to_string(path)
                .map_err(|error| AccountError::PresetFile { path: path.display().to_string(), error })?;
            let secret = text.lines().next().unwrap_or_default();
            self.add(FIRST_ACCOUNT, Role::Manager, secret, at)?;
            return Ok(None);
        }
        let secret = password::one_time().map_err(AccountError::System)?;
        self.add(FIRST_ACCOUNT, Role::Manager, &secret, at)?;
        self.held().execute("UPDATE users SET one_time = 1 WHERE name = ?1", [FIRST_ACCOUNT])?;
        Ok(Some(secret))
    }

    /// Makes an account.
    ///
    /// # Errors
    /// The name is bad or taken, the password unfit.
    pub fn add(&self, name: &str, role: Role, secret: &str, at: Wall) -> Result<(), AccountError> {
        if !is_segment(name) || name.len() > 64 {
            return Err(AccountError::BadName(name.to_owned()));
        }
        let hash = checked_hash(secret)?;
        let made = self.held().execute(
            "INSERT OR IGNORE INTO users (name, role, hash, created) VALUES (?1, ?2, ?3, ?4)",
            params![name, role_word(role), hash, at.0],
        )?;
        if made == 0 { Err(AccountError::Exists(name.to_owned())) } else { Ok(()) }
    }

    /// Sets a new password and ends every session of the account.
    ///
    /// # Errors
    /// There is no such account, or the password is unfit.
    pub fn set_password(&self, name: &str, secret: &str) -> Result<(), AccountError> {
        let hash = checked_hash(secret)?;
        let held = self.held();
        if held.execute("UPDATE users SET hash = ?2, one_time = 0 WHERE name = ?1", params![name, hash])? == 0 {
            return Err(AccountError::NoAccount(name.to_owned()));
        }
        held.execute("DELETE FROM sessions WHERE user = ?1", [name])?;
        Ok(())
    }

    /// Removes an account and ends its sessions.
    ///
    /// # Errors
    /// There is no such account, or it is the last manager.
    pub fn remove(&self, name: &str) -> Result<(), AccountError> {
        let all = self.list()?;
        let Some(account) = all.iter().find(|account| account.name == name) else {
            return Err(AccountError::NoAccount(name.to_owned()));
        };
        let managers = all.iter().filter(|other| other.role == Role::Manager).count();
        if account.role == Role::Manager && managers == 1 {
            return Err(AccountError::LastManager(name.to_owned()));
        }
        self.held().execute("DELETE FROM users WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, AccountError> {
        let held = self.held();
        let mut query = held.prepare_cached("SELECT name, role, created, one_time FROM users ORDER BY name")?;
        let rows = query.query_map([], |row| {
            let role: String = row.get(1)?;
            Ok(Account { name: row.get(0)?, role: role_of(&role), created: Wall(row.get(2)?), one_time: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the name and the password belong together. Takes equally long for a name nobody has.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn verify(&self, name: &str, secret: &str) -> Result<bool, AccountError> {
        let stored: Option<String> =
            self.held().query_row("SELECT hash FROM users WHERE name = ?1", [name], |row| row.get(0)).optional()?;
        let known = stored.is_some();
        let fits =
            secret.len() <= password::LONGEST && password::fits(secret, stored.as_deref().unwrap_or(&self.decoy));
        Ok(known && fits)
    }

    /// Begins a session of an account whose password was verified.
    ///
    /// # Errors
    /// The account is gone, or the store cannot be written.
    pub fn begin(&self, name: &str, at: Wall) -> Result<Begun, AccountError> {
        let account = self.list()?.into_iter().find(|account| account.name == name);
        let account = account.ok_or_else(|| AccountError::NoAccount(name.to_owned()))?;
        let token = hex(&password::random::<32>().map_err(AccountError::System)?);
        let lasts = if account.role == Role::Display { DISPLAY_SESSION } else { PERSON_SESSION };
        let expires = at.after(lasts);
        let held = self.held();
        held.execute("DELETE FROM sessions WHERE expires <= ?1", [at.0])?;
        held.execute(
            "INSERT INTO sessions (token, user, created, expires) VALUES (?1, ?2, ?3, ?4)",
            params![digest(&token), name, at.0, expires.0],
        )?;
        Ok(Begun { token, expires })
    }

    /// Whose session a token is; none when it was never given out, ended or ran out.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn who(&self, token: &str, at: Wall) -> Result<Option<Account>, AccountError> {
        let held = self.held();
        let mut query = held.prepare_cached(
            "SELECT name, role, users.created, one_time FROM sessions JOIN users ON users.name = sessions.user
             WHERE token = ?1 AND expires > ?2",
        )?;
        let found = query.query_row(params![digest(token), at.0], |row| {
            let role: String = row.get(1)?;
            Ok(Account { name: row.get(0)?, role: role_of(&role), created: Wall(row.get(2)?), one_time: row.get(3)? })
        });
        Ok(found.optional()?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn end(&self, token: &str) -> Result<(), AccountError> {
        self.held().execute("DELETE FROM sessions WHERE token = ?1", params![digest(token)])?;
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, Connection> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn checked_hash(secret: &str) -> Result<String, AccountError> {
    if secret.chars().count() < password::SHORTEST || secret.len() > password::LONGEST {
        return Err(AccountError::BadPassword);
    }
    password::hash(secret).map_err(AccountError::System)
}

/// The word of a role in the store and on the command line.
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Display => "display",
        Role::Operator => "operator",
        Role::Supervisor => "supervisor",
        Role::Engineer => "engineer",
        Role::Manager => "manager",
    }
}

/// Every role, from the least to the most.
pub const ROLES: [Role; 5] = [Role::Display, Role::Operator, Role::Supervisor, Role::Engineer, Role::Manager];

/// A word this program never wrote gives the role that may do nothing.
fn role_of(word: &str) -> Role {
    ROLES.into_iter().find(|role| role_word(*role) == word).unwrap_or(Role::Display)
}

fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // On a file system without permissions the state folder's own protection is all there is.
    if let Err(error) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
        tracing::warn!("cannot restrict {}: {error}", path.display());
    }
}

#[cfg(not(unix))]
fn restrict(_path: &Path) {}
