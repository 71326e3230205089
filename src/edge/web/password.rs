//! Passwords: argon2id hashes and one-time passwords.
//!
//! Takes: what a person typed.
//! Gives: a hash in PHC form, whether a password fits one, and random secrets.
//! Never: runs on an async thread (callers use one that may wait), and never shows a password in an error.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Fewest characters of a password.
pub const SHORTEST: usize = 8;
/// Most bytes of a password: enough for any sentence, too little to keep the machine busy.
pub const LONGEST: usize = 256;

/// Letters and digits that cannot be taken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";

/// Hashes `password` with a salt of its own.
///
/// # Errors
/// The system has no randomness or no memory (19 MiB) for it.
pub fn hash(password: &str) -> Result<String, String> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|error| format!("cannot hash: {error}"))?;
    Ok(hash.to_string())
}

/// Whether `password` fits `hash`. A hash that cannot be read fits nothing.
pub fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// `bytes` of the system's randomness.
///
/// # Errors
/// The system has none.
pub fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// A password that is printed once: 20 characters, 100 bits.
///
/// # Errors
/// The system has no randomness.
pub fn one_time() -> Result<String, String> {
    let bytes = random::<20>()?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte & 31)])).collect();
    Ok(letters.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_and_no_other() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$"), "{stored}");
        assert!(fits("correct horse", &stored));
        assert!(!fits("correct horsf", &stored));
        assert!(!fits("correct horse", "not a hash"));
        assert_ne!(stored, hash("correct horse").unwrap(), "each has its own salt");
    }

    #[test]
    fn one_time_passwords_differ_and_are_long_enough() {
        let (first, second) = (one_time().unwrap(), one_time().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.len(), 23);
        assert!(first.len() >= SHORTEST);
    }
}
