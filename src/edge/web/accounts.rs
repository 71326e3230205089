//! Accounts, sessions and API tokens, in `accounts.db` of the state folder.
//!
//! Takes: names, roles and passwords from the command line, the pages and the API.
//! Gives: who a token belongs to (AC-01, AC-02).
//! Never: stores a password or a token; only an argon2id hash and a SHA-256. A session survives a restart and can be
//! revoked, because it is looked up each time.

mod look;
mod schema;
mod sessions;
pub mod tokens;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

pub use look::{Look, Theme, language_named, language_word};
pub use sessions::{Begun, DISPLAY_SESSION, PERSON_SESSION, Session, session_id};
pub use tokens::Token;

use super::password;
use crate::engine::base::{Role, Wall, is_segment};

/// Uses remembered before they are forgotten: more than there are screens and programs.
const USES: usize = 4_096;
/// The first account.
pub const FIRST_ACCOUNT: &str = "admin";

/// One account, without its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name: `[a-z0-9_.-]+`.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created: Wall,
    /// Its password was made by the program or set by somebody else: until its owner changes it, nothing is done.
    pub one_time: bool,
    /// How its owner wants the pages.
    pub look: Look,
    /// The name of the API token that came with the request; none for a session.
    pub via: Option<String>,
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
    /// The old password is wrong.
    #[error("the old password is wrong")]
    WrongPassword,
    /// A token may not do more than whoever makes it.
    #[error("a token has at most its maker's role, {}", role_word(*.0))]
    RoleAbove(Role),
    /// It would never be good.
    #[error("the token would have run out already")]
    PastExpiry,
    /// The name of a token is taken.
    #[error("there is a token `{0}` already; revoke it first")]
    TokenExists(String),
    /// There is no such token.
    #[error("there is no token `{0}`; `tocsin user token list` shows them")]
    NoToken(String),
    /// There is no such session.
    #[error("there is no session `{0}`")]
    NoSession(String),
    /// Written by a later release.
    #[error("accounts.db is of a later release (layout {0}); start that one")]
    Newer(i64),
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
    /// Beside the one that writes: a disk that does not take a log-in keeps nobody from reading.
    reader: Arc<Mutex<Connection>>,
    /// When each session and token was used last, by its hash.
    used: Arc<Mutex<BTreeMap<Vec<u8>, Wall>>>,
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
        let (store, reader) = (schema::open(&path)?, schema::open(&path)?);
        let decoy = password::hash("nobody's password").map_err(AccountError::System)?;
        let held = |store| Arc::new(Mutex::new(store));
        Ok(Accounts { store: held(store), reader: held(reader), used: Arc::default(), decoy: Arc::from(decoy) })
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
        self.make_one_time(FIRST_ACCOUNT)?;
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

    /// From here on the account's password must be changed by its owner before anything is done with it.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn make_one_time(&self, name: &str) -> Result<(), AccountError> {
        self.held().execute("UPDATE users SET one_time = 1 WHERE name = ?1", [name])?;
        Ok(())
    }

    /// The owner changes the password; every other session of the account ends, the one with `token` stays.
    ///
    /// # Errors
    /// The old password is wrong, or the new one unfit or the same.
    pub fn change_password(&self, name: &str, old: &str, new: &str, token: &str) -> Result<(), AccountError> {
        if !self.verify(name, old)? {
            return Err(AccountError::WrongPassword);
        }
        if old == new {
            return Err(AccountError::BadPassword);
        }
        let hash = checked_hash(new)?;
        self.held().execute("UPDATE users SET hash = ?2, one_time = 0 WHERE name = ?1", params![name, hash])?;
        self.end_others(name, token)?;
        Ok(())
    }

    /// Gives an account another role. Its tokens never have more.
    ///
    /// # Errors
    /// There is no such account, or it is the last manager.
    pub fn set_role(&self, name: &str, role: Role) -> Result<(), AccountError> {
        if role != Role::Manager {
            self.not_the_last(name)?;
        }
        let set = self.held().execute("UPDATE users SET role = ?2 WHERE name = ?1", params![name, role_word(role)])?;
        if set == 0 { Err(AccountError::NoAccount(name.to_owned())) } else { Ok(()) }
    }

    /// Removes an account and ends its sessions.
    ///
    /// # Errors
    /// There is no such account, or it is the last manager.
    pub fn remove(&self, name: &str) -> Result<(), AccountError> {
        self.not_the_last(name)?;
        self.held().execute("DELETE FROM users WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Nobody could make accounts valid again without a manager.
    fn not_the_last(&self, name: &str) -> Result<(), AccountError> {
        let all = self.list()?;
        let Some(account) = all.iter().find(|account| account.name == name) else {
            return Err(AccountError::NoAccount(name.to_owned()));
        };
        let chiefs = all.iter().filter(|other| other.role == Role::Manager).count();
        if account.role == Role::Manager && chiefs == 1 {
            return Err(AccountError::LastManager(name.to_owned()));
        }
        Ok(())
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, AccountError> {
        let held = self.reading();
        let mut query =
            held.prepare_cached("SELECT name, role, created, one_time, language, theme FROM users ORDER BY name")?;
        let rows = query.query_map([], |row| {
            let role: String = row.get(1)?;
            let (created, one_time, look) = (Wall(row.get(2)?), row.get(3)?, Look::of(row, 4)?);
            Ok(Account { name: row.get(0)?, role: role_of(&role), created, one_time, look, via: None })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the name and the password belong together. Takes equally long for a name nobody has.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn verify(&self, name: &str, secret: &str) -> Result<bool, AccountError> {
        let stored: Option<String> =
            self.reading().query_row("SELECT hash FROM users WHERE name = ?1", [name], |row| row.get(0)).optional()?;
        let known = stored.is_some();
        let fits =
            secret.len() <= password::LONGEST && password::fits(secret, stored.as_deref().unwrap_or(&self.decoy));
        Ok(known && fits)
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When something with this hash was used last.
    fn used(&self, hash: &[u8]) -> Option<Wall> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).get(hash).copied()
    }

    /// Writes down when sessions and tokens were used last. Blocking, and called beside everything else.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn keep_uses(&self) -> Result<(), AccountError> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut held = self.held();
        let change = held.transaction()?;
        for (hash, at) in used {
            for table in ["sessions", "tokens"] {
                let later = format!("UPDATE {table} SET seen = ?2 WHERE token = ?1 AND (seen IS NULL OR seen < ?2)");
                change.execute(&later, params![hash, at.0])?;
            }
        }
        Ok(change.commit()?)
    }

    fn note_use(&self, hash: Vec<u8>, at: Wall) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USES {
            used.clear();
        }
        used.insert(hash, at);
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
