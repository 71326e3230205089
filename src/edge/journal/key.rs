//! The gateway's own key, with which it signs checkpoints.
//!
//! Takes: `journal.key` of the state directory, or the systemd credential `journal-key`.
//! Gives: signatures (Ed25519) and whether one fits.
//! Never: a key that others may read; it is made with mode 0600 where there is none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use super::JournalError;
use super::chain::{hex, unhex_all};

const FILE: &str = "journal.key";
const CREDENTIAL: &str = "journal-key";

/// The key that signs.
pub(super) struct Key(Ed25519KeyPair);

impl Key {
    /// Reads the key of `state_dir`, or makes it.
    pub(super) fn of(state_dir: &Path) -> Result<Key, JournalError> {
        let path = state_dir.join(FILE);
        let refused = |source| JournalError::Io { path: path.clone(), source };
        let credential = std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(CREDENTIAL));
        let document = match credential.filter(|credential| credential.is_file()) {
            Some(credential) => fs::read(&credential).map_err(refused)?,
            None => match fs::read(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path).map_err(refused)?,
                read => read.map_err(refused)?,
            },
        };
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&document);
        pair.map(Key).map_err(|error| refused(io::Error::other(format!("not an Ed25519 key ({error})"))))
    }

    /// The public key in hexadecimal.
    pub(super) fn public(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// Signs.
    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }
}

fn make(path: &Path) -> io::Result<Vec<u8>> {
    let document =
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| io::Error::other("no randomness"))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(document.as_ref())?;
    file.sync_all()?;
    Ok(document.as_ref().to_vec())
}

/// Whether `signature` over `bytes` was made with the key whose public half is `public`, in hexadecimal.
pub(super) fn verifies(public: &str, bytes: &[u8], signature: &[u8]) -> bool {
    unhex_all(public).is_some_and(|public| UnparsedPublicKey::new(&ED25519, public).verify(bytes, signature).is_ok())
}
