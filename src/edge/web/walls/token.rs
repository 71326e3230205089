//! The token of a wall: the key to one screen.
//!
//! Takes: the file that the settings name, or the state folder.
//! Gives: the token; made when it is not there and no file was named.
//! Never: a token that others on the machine may read, or one that can be guessed.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::config::daemon::Wall;
use crate::edge::web::password;

/// Fewest characters of a token that a person made.
const SHORTEST: usize = 16;
/// Most characters: it has to fit into a cookie beside others.
const LONGEST: usize = 128;

/// The digest of a token. Two of them are compared, so that the time it takes tells nothing of the token.
#[derive(Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// Of this token.
    pub fn of(token: &str) -> Key {
        Key(Sha256::digest(token.as_bytes()).into())
    }
}

/// The token of `wall`, which is made and kept in `state_dir` when there is none and no file was named. Blocking.
///
/// # Errors
/// One line: the file and what is wrong with it.
pub fn token(state_dir: &Path, wall: &Wall) -> Result<String, String> {
    kept(state_dir, wall)?.map_or_else(|| make(&own(state_dir, wall)), Ok)
}

/// The token of `wall`: the first line of its file, else the one that is kept in `state_dir`, if there is one. Blocking.
///
/// # Errors
/// One line: the file and what is wrong with it.
pub fn kept(state_dir: &Path, wall: &Wall) -> Result<Option<String>, String> {
    let own = own(state_dir, wall);
    let path = wall.token_file.as_deref().unwrap_or(&own);
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound && wall.token_file.is_none() => return Ok(None),
        read => read.map_err(|error| format!("{}: {error}", path.display()))?,
    };
    let token = text.lines().next().unwrap_or_default().trim();
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
    if !(SHORTEST..=LONGEST).contains(&token.len()) || !token.bytes().all(plain) {
        return Err(format!(
            "{}: its first line is no token: {SHORTEST} to {LONGEST} of A-Z a-z 0-9 - _",
            path.display()
        ));
    }
    Ok(Some(token.to_owned()))
}

fn own(state_dir: &Path, wall: &Wall) -> PathBuf {
    state_dir.join(format!("wall-{}.token", wall.id))
}

fn make(path: &Path) -> Result<String, String> {
    let token = password::one_time()?;
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    // Written aside and put in place whole: a token that was cut off by a full disk would lock the wall out for good.
    let aside = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside).map_err(failed)?;
    writeln!(file, "{token}").and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&aside, path).map_err(failed)?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::daemon::{Palette, WallTheme};
    use crate::engine::base::{Language, Text};

    fn wall() -> Wall {
        Wall {
            id: "lobby".into(),
            name: Text::new("大堂", "Lobby"),
            language: Language::Zh,
            theme: WallTheme::Night,
            palette: Palette::Gb,
            distance_m: 5.0,
            diagonal_in: 55.0,
            registered: true,
            token_file: None,
        }
    }

    #[test]
    fn a_token_is_made_once_and_for_the_gateway_alone() {
        let folder = tempfile::tempdir().unwrap();
        let made = token(folder.path(), &wall()).unwrap();
        assert!(made.len() >= SHORTEST);
        assert_eq!(token(folder.path(), &wall()).unwrap(), made);
        let mode = fs::metadata(folder.path().join("wall-lobby.token")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_ne!(token(folder.path(), &Wall { id: "gate".into(), ..wall() }).unwrap(), made);
    }

    #[test]
    fn a_file_that_holds_no_token_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let named = Wall { token_file: Some(path.clone()), ..wall() };
        assert!(token(folder.path(), &named).unwrap_err().contains("token: No such file"));
        for (text, fine) in
            [("short\n", false), ("sixteen letters and spaces\n", false), ("a-token-of-people_1\nsecond", true)]
        {
            fs::write(&path, text).unwrap();
            assert_eq!(token(folder.path(), &named).is_ok(), fine, "{text}");
        }
    }
}
