//! How `accounts.db` is laid out, and how one of an earlier release is taken over.
//!
//! Takes: the path of the file.
//! Gives: an open store, readable by its owner only.
//! Never: a store of a later release: what it says of people may mean something else there.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::AccountError;

/// What this build writes.
const VERSION: i64 = 2;

const FIRST: &str = "
    CREATE TABLE IF NOT EXISTS users (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, created INTEGER NOT NULL,
        one_time INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sessions (
        token BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
        created INTEGER NOT NULL, expires INTEGER NOT NULL
    ) STRICT;";

const SECOND: &str = "
    ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
    ALTER TABLE sessions ADD COLUMN seen INTEGER;
    CREATE TABLE tokens (
        name TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, role TEXT NOT NULL,
        token BLOB NOT NULL UNIQUE, created INTEGER NOT NULL, expires INTEGER, seen INTEGER
    ) STRICT;";

const THIRD: &str = "
    ALTER TABLE users ADD COLUMN language TEXT;
    ALTER TABLE users ADD COLUMN theme TEXT;";

/// Opens or makes the store.
pub(super) fn open(path: &Path) -> Result<Connection, AccountError> {
    let mut store = Connection::open(path)?;
    restrict(path);
    store.busy_timeout(Duration::from_secs(5))?;
    store.pragma_update(None, "foreign_keys", true)?;
    store.pragma_update(None, "synchronous", "FULL")?;
    // Whoever reads never waits for whoever writes, not even for a disk that does not answer.
    store.pragma_update(None, "journal_mode", "WAL")?;
    let change = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let held: i64 = change.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if held > VERSION {
        return Err(AccountError::Newer(held));
    }
    if held < 1 {
        change.execute_batch(FIRST)?;
        change.execute_batch(SECOND)?;
    }
    if held < VERSION {
        change.execute_batch(THIRD)?;
        change.pragma_update(None, "user_version", VERSION)?;
    }
    change.commit()?;
    Ok(store)
}

fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // On a file system without permissions the state folder's own protection is all there is.
    if let Err(error) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
        tracing::warn!("cannot restrict {}: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Look, Theme};
    use super::*;
    use crate::engine::base::Language;

    #[test]
    fn a_store_of_the_first_release_is_taken_over_and_one_of_a_later_release_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(FIRST).unwrap();
        old.execute_batch(
            "INSERT INTO users (name, role, hash, created) VALUES ('wang', 'operator', 'x', 7);
             INSERT INTO sessions VALUES (x'00', 'wang', 8, 9);",
        )
        .unwrap();
        drop(old);
        let store = open(&path).unwrap();
        let kept: (String, i64) =
            store.query_row("SELECT address, expires FROM sessions", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(kept, (String::new(), 9));
        drop(open(&path).unwrap());
        store.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(open(&path), Err(AccountError::Newer(99))));
    }

    #[test]
    fn a_store_from_before_language_and_theme_keeps_its_people_who_have_chosen_nothing_yet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(FIRST).unwrap();
        old.execute_batch(SECOND).unwrap();
        old.execute_batch("INSERT INTO users (name, role, hash, created) VALUES ('wang', 'operator', 'x', 7);")
            .unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        drop(old);
        let accounts = super::super::Accounts::open(folder.path()).unwrap();
        let wang = accounts.list().unwrap().remove(0);
        assert_eq!((wang.name.as_str(), wang.look), ("wang", Look::default()));
        let look = Look { language: Some(Language::En), theme: Some(Theme::Night) };
        accounts.set_look("wang", look).unwrap();
        drop(accounts);
        let again = super::super::Accounts::open(folder.path()).unwrap();
        assert_eq!(again.list().unwrap()[0].look, look);
        assert!(matches!(again.set_look("nobody", look), Err(AccountError::NoAccount(_))));
    }
}
