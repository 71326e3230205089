//! `[tls]`: the certificate of the console and the API.
//!
//! Takes: the table: the files of a certificate, or that one is to be made.
//! Gives: a checked [`Https`], and what `rustls` serves with.
//! Never: a key in a message, or a certificate whose key is another's.

use std::path::{Path, PathBuf};

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use serde::Deserialize;

use super::Places;
use super::tls::{Flaw, certificates, flaw};
use crate::config::problem::Problems;

/// How the console and the API are reached over TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Https {
    /// With a certificate of the site's own; read again when a file changes.
    Own(Pair),
    /// With one that the gateway makes at its first start and keeps.
    SelfMade {
        /// Names and addresses it is for, besides those of the machine and of `listen`.
        names: Vec<String>,
    },
}

/// A certificate with its key, in two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The certificate, then those that lead to its authority.
    pub certificate_file: PathBuf,
    /// Its key.
    pub key_file: PathBuf,
}

impl Pair {
    /// Reads both files. Blocking.
    ///
    /// # Errors
    /// What is wrong, and with which of them.
    pub fn read(&self) -> Result<CertifiedKey, Flaw> {
        let chain = certificates("certificate-file", &self.certificate_file)?;
        let key = PrivateKeyDer::from_pem_file(&self.key_file)
            .map_err(|error| flaw("key-file", &self.key_file, &error, "key"))?;
        let unusable = |message: String, hint| Flaw { key: "key-file", message, hint };
        let key = any_supported_type(&key).map_err(|error| {
            unusable(format!("the key cannot be used: {error}"), "RSA, or ECDSA with P-256 or P-384")
        })?;
        let pair = CertifiedKey::new(chain, key);
        pair.keys_match().map_err(|_| {
            unusable(
                "the key is not that of the certificate".to_owned(),
                "certificate-file and key-file come from one request",
            )
        })?;
        Ok(pair)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RawTls {
    certificate_file: Option<String>,
    key_file: Option<String>,
    self_made: Option<bool>,
    names: Option<String>,
}

/// Both files or neither; without them `self-made = true`.
pub(super) fn settle(raw: RawTls, places: &Places<'_>, problems: &Problems) -> Option<Https> {
    let error = |key: &str, message: &str, hint: &str| problems.error(places.spot(key), message, hint);
    let made = raw.self_made == Some(true);
    if let (Some(_), false) = (&raw.names, made) {
        error("tls.names", "names are for a certificate that is made", "add self-made = true");
    }
    match (raw.certificate_file, raw.key_file, made) {
        (None, None, true) => Some(Https::SelfMade { names: names(&raw.names.unwrap_or_default(), places, problems) }),
        (None, None, false) => {
            error("tls", "no certificate is named", "certificate-file and key-file, or self-made = true");
            None
        }
        (Some(_), _, true) | (_, Some(_), true) => {
            error("tls.self-made", "a certificate is named already", "leave out self-made, or the files");
            None
        }
        (Some(_), None, false) => {
            error("tls.certificate-file", "a certificate needs its key", "add key-file");
            None
        }
        (None, Some(_), false) => {
            error("tls.key-file", "a key needs its certificate", "add certificate-file");
            None
        }
        (certificate @ Some(_), key @ Some(_), false) => {
            let pair = Pair {
                certificate_file: places.secret("tls.certificate-file", certificate, problems)?,
                key_file: places.secret("tls.key-file", key, problems)?,
            };
            let there = |path: &Path| path.is_file();
            if there(&pair.certificate_file)
                && there(&pair.key_file)
                && let Err(flaw) = pair.read()
            {
                error(&format!("tls.{}", flaw.key), &flaw.message, flaw.hint);
            }
            Some(Https::Own(pair))
        }
    }
}

/// Names and addresses, separated by spaces.
fn names(text: &str, places: &Places<'_>, problems: &Problems) -> Vec<String> {
    let all: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    for name in all.iter().filter(|name| ServerName::try_from(name.as_str()).is_err()) {
        let message = format!("\"{name}\" is neither a host name nor an address");
        problems.error(places.spot("tls.names"), message, "for example \"console.local 10.0.0.5\"");
    }
    all
}
