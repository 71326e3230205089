//! Word of copies that left and of accounts that were changed beside the gateway, handed to whoever holds the journal
//! (RC-01, AC-01).
//!
//! Takes: a note of a process that may not write the journal itself, because a gateway holds it.
//! Gives: the fact appended where nobody holds the journal; else a file in the state directory that the gateway takes in.
//! Never: a note of somebody else: only files of the directory's owner, or of root, that nobody else may write are read.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Journal, JournalError, JournalEvent, Opened, chain, schema};
use crate::engine::alarm::{AccessChanged, Exported, FACT_VERSION, Fact, FactId, FactKind, KeepingFact};
use crate::engine::base::{Actor, Now, Role};

/// Where notes lie.
const FOLDER: &str = "notes";
/// A note is a few words.
const LARGEST: u64 = 64 * 1024;

/// What somebody did beside the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// A copy was taken.
    Exported(Exported),
    /// Who may come in was changed, or shown.
    AccessChanged(AccessChanged),
}

/// Somebody did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who, as the system knows them.
    pub user: String,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

impl Note {
    /// Who signs it: whoever may read the state directory may do what an operator may, and whoever may write the accounts
    /// there what a manager may.
    pub fn actor(&self) -> Actor {
        let role = match self.deed {
            Deed::Exported(_) => Role::Operator,
            Deed::AccessChanged(_) => Role::Manager,
        };
        Actor { user: self.user.clone(), role, origin: "command line".to_owned() }
    }

    fn fact(&self) -> FactKind {
        FactKind::Keeping(match &self.deed {
            Deed::Exported(exported) => KeepingFact::Exported(exported.clone()),
            Deed::AccessChanged(changed) => KeepingFact::AccessChanged(changed.clone()),
        })
    }
}

/// Where a note is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// In the journal, as this fact.
    Recorded(u64),
    /// In a file; it is gone once the gateway has recorded it.
    Left(PathBuf),
    /// In a file, for a gateway that was never started.
    Waits,
}

/// Records a note in the journal of `state_dir`, or leaves it for the gateway that holds it. Accounts may be made before the
/// first start: then it waits there. Blocking.
///
/// # Errors
/// There is no journal to copy from, it is broken, or the directory cannot be written.
pub fn note(state_dir: &Path, note: &Note, now: Now) -> Result<Noted, JournalError> {
    let leave = || leave(state_dir, note).map_err(|source| at(&state_dir.join(FOLDER), source));
    if matches!(note.deed, Deed::AccessChanged(_)) && !schema::events_path(state_dir).exists() {
        return leave().map(|_| Noted::Waits);
    }
    // A place without a journal is an error, not a new journal.
    drop(schema::open_reader(&schema::events_path(state_dir))?);
    match Journal::open(state_dir, now) {
        Ok(opened) => append(state_dir, opened, note, now).map(Noted::Recorded),
        Err(JournalError::InUse { .. }) => leave().map(Noted::Left),
        Err(error) => Err(error),
    }
}

fn append(state_dir: &Path, mut opened: Opened, note: &Note, now: Now) -> Result<u64, JournalError> {
    let id = FactId { epoch: opened.epoch, seq: *opened.journal.committed().borrow() + 1 };
    let fact = Fact { v: FACT_VERSION, id, at: now.wall, by: Some(note.actor()), key: None, kind: note.fact() };
    opened.journal.submit(vec![fact]);
    match opened.events.blocking_recv() {
        Some(JournalEvent::Committed { .. }) => Ok(id.seq),
        Some(JournalEvent::Failed { reason }) => Err(at(state_dir, io::Error::other(reason))),
        None => Err(at(state_dir, io::Error::other("the journal's writer thread has ended"))),
    }
}

/// Leaves a file that is whole or not there.
fn leave(state_dir: &Path, note: &Note) -> io::Result<PathBuf> {
    let folder = state_dir.join(FOLDER);
    // What root leaves, the owner of the directory must be able to take away.
    let owner = fs::metadata(state_dir)?;
    let give = |path: &Path| std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid()));
    match DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => give(&folder)?,
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {}
    }
    let mut name = [0_u8; 16];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    let path = folder.join(format!("{}.json", chain::hex(&name)));
    let unfinished = path.with_extension("part");
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(&serde_json::to_vec(note)?)?;
    file.sync_all()?;
    give(&unfinished)?;
    fs::rename(&unfinished, &path)?;
    Ok(path)
}

/// A note that lies in the state directory.
#[derive(Debug)]
pub struct Waiting {
    /// The file.
    pub path: PathBuf,
    /// What tells it from every other note.
    pub key: String,
    /// The note, or why it is none.
    pub note: Result<Note, String>,
}

/// Notes that wait in `state_dir`, by name. Blocking.
///
/// # Errors
/// The folder cannot be read; that there is none is fine.
pub fn waiting(state_dir: &Path) -> io::Result<Vec<Waiting>> {
    let entries = match fs::read_dir(state_dir.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let owner = fs::metadata(state_dir)?.uid();
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let key = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            found.push(Waiting { note: read(&path, owner), path, key });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn read(path: &Path, owner: u32) -> Result<Note, String> {
    let told = |error: io::Error| error.to_string();
    let file = fs::symlink_metadata(path).map_err(told)?;
    if !file.is_file() || file.len() > LARGEST {
        return Err("it is not a small file".to_owned());
    }
    if file.uid() != owner && file.uid() != 0 {
        return Err(format!("it belongs to user {}", file.uid()));
    }
    if file.mode() & 0o022 != 0 {
        return Err("others may write it".to_owned());
    }
    serde_json::from_slice(&fs::read(path).map_err(told)?).map_err(|error| error.to_string())
}

fn at(path: &Path, source: io::Error) -> JournalError {
    JournalError::Io { path: path.into(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::engine::alarm::AccessChange;

    fn copy() -> Note {
        let exported = Exported { what: "journal".into(), form: "csv".into(), scope: "1 to 9".into() };
        Note { user: "li".into(), deed: Deed::Exported(exported) }
    }

    fn added() -> Note {
        let role = Some(Role::Operator);
        let changed = AccessChanged { change: AccessChange::AccountAdded, whom: "wang".into(), role, token: None };
        Note { user: "li".into(), deed: Deed::AccessChanged(changed) }
    }

    #[test]
    fn a_note_is_recorded_or_waits_for_whoever_holds_the_journal() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(note(dir.path(), &copy(), Now::default()).is_err(), "there is no journal");
        let held = Journal::open(dir.path(), Now::default()).expect("opens");
        let Ok(Noted::Left(path)) = note(dir.path(), &copy(), Now::default()) else { panic!("it is held") };
        let found = waiting(dir.path()).expect("reads");
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].path, found[0].note.as_ref()), (&path, Ok(&copy())));
        drop(held);
        assert_eq!(note(dir.path(), &copy(), Now::default()).expect("records"), Noted::Recorded(1));
        let opened = Journal::open(dir.path(), Now::default()).expect("opens");
        assert_eq!(opened.tail[0].kind, copy().fact());
        assert_eq!(opened.tail[0].by.as_ref().map(|by| by.user.as_str()), Some("li"));
    }

    #[test]
    fn an_account_made_before_the_first_start_waits_for_it() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(note(dir.path(), &added(), Now::default()).expect("is left"), Noted::Waits);
        let found = waiting(dir.path()).expect("reads").remove(0).note.expect("is a note");
        assert_eq!((&found, found.actor().role), (&added(), Role::Manager));
        drop(Journal::open(dir.path(), Now::default()).expect("opens"));
        assert_eq!(note(dir.path(), &added(), Now::default()).expect("records"), Noted::Recorded(1));
        let opened = Journal::open(dir.path(), Now::default()).expect("opens");
        assert_eq!(opened.tail[0].kind, added().fact());
    }

    #[test]
    fn a_note_of_an_earlier_release_is_read() {
        let text = r#"{"user":"li","exported":{"what":"journal","form":"csv","scope":"1 to 9"}}"#;
        assert_eq!(serde_json::from_str::<Note>(text).expect("is read"), copy());
    }

    #[test]
    fn what_others_may_write_is_no_note() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = leave(dir.path(), &copy()).expect("leaves");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).expect("is ours");
        let said = waiting(dir.path()).expect("reads").remove(0).note.expect_err("is refused");
        assert!(said.contains("others may write"), "{said}");
        fs::remove_file(&path).expect("is ours");
        std::os::unix::fs::symlink("/etc/passwd", &path).expect("links");
        assert!(waiting(dir.path()).expect("reads").remove(0).note.is_err());
        fs::remove_file(&path).expect("is ours");
        fs::write(dir.path().join("notes/half.part"), "{").expect("writes");
        assert!(waiting(dir.path()).expect("reads").is_empty(), "what is not finished is not looked at");
    }
}
