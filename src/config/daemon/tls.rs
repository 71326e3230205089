//! The certificates of a connection that we open.
//!
//! Takes: PEM files: authorities, our certificate, its key.
//! Gives: what `rustls` needs, or the file that is wrong and why.
//! Never: a connection that is not verified, or a key in a message.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::{Error as Pem, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::Places;
use crate::config::problem::Problems;

/// The files of one TLS connection. The server is verified by the name under which it is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Authorities that may have signed the server's certificate; the machine's own when none is named.
    pub ca_file: Option<PathBuf>,
    /// Our certificate, then those that lead to its authority.
    pub certificate_file: Option<PathBuf>,
    /// The key of our certificate.
    pub key_file: Option<PathBuf>,
}

/// What is wrong with the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The key that names the wrong file, or that is missing.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: &'static str,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.message)
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn client(&self) -> Result<Arc<ClientConfig>, Flaw> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has cipher suites for TLS 1.2 and 1.3");
        let builder = builder.with_root_certificates(self.roots()?);
        let config = match (&self.certificate_file, &self.key_file) {
            (None, None) => builder.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let chain = certificates("certificate-file", certificate)?;
                let key = PrivateKeyDer::from_pem_file(key).map_err(|error| flaw("key-file", key, &error, "key"))?;
                builder.with_client_auth_cert(chain, key).map_err(|error| Flaw {
                    key: "key-file",
                    message: match error {
                        rustls::Error::InconsistentKeys(_) => "the key is not that of the certificate".to_owned(),
                        other => format!("the key cannot be used: {other}"),
                    },
                    hint: "certificate-file and key-file come from one request",
                })?
            }
            (Some(_), None) => return Err(lonely("key-file", "a client certificate needs its key")),
            (None, Some(_)) => return Err(lonely("certificate-file", "a key needs its client certificate")),
        };
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, Flaw> {
        let mut roots = RootCertStore::empty();
        if let Some(path) = &self.ca_file {
            for authority in certificates("ca-file", path)? {
                roots.add(authority).map_err(|error| Flaw {
                    key: "ca-file",
                    message: format!("\"{}\" holds a certificate that cannot be used: {error}", name(path)),
                    hint: "",
                })?;
            }
            return Ok(roots);
        }
        // Old machines carry certificates that nobody can use; one good one is enough.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(Flaw {
                key: "ca-file",
                message: "this machine trusts no certificate authority".to_owned(),
                hint: "name the authority of the server, or install ca-certificates",
            });
        }
        Ok(roots)
    }
}

fn lonely(key: &'static str, message: &str) -> Flaw {
    Flaw { key, message: message.to_owned(), hint: "name both or neither" }
}

pub(super) fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Flaw> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let all = all.map_err(|error| flaw(key, path, &error, "certificate"))?;
    if all.is_empty() { Err(flaw(key, path, &Pem::NoItemsFound, "certificate")) } else { Ok(all) }
}

pub(super) fn flaw(key: &'static str, path: &Path, error: &Pem, wanted: &str) -> Flaw {
    let name = name(path);
    let message = match error {
        Pem::Io(error) => format!("\"{name}\" cannot be read: {error}"),
        Pem::NoItemsFound => format!("\"{name}\" holds no {wanted}"),
        other => format!("\"{name}\" is no PEM file: {other}"),
    };
    Flaw { key, message, hint: "a PEM file begins with \"-----BEGIN\"" }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The files that a table names, authorities, our certificate and its key; each must be there and hold what it is named
/// for. Nothing where `tls` is not on.
pub(super) fn settle(
    table: &str,
    tls: Option<bool>,
    named: [&Option<String>; 3],
    places: &Places<'_>,
    problems: &Problems,
) -> Option<Tls> {
    const KEYS: [&str; 3] = ["ca-file", "certificate-file", "key-file"];
    let file = |key: usize| places.secret(&format!("{table}.{}", KEYS[key]), named[key].clone(), problems);
    let files = Tls { ca_file: file(0), certificate_file: file(1), key_file: file(2) };
    if tls != Some(true) {
        for (key, _) in KEYS.iter().zip(named).filter(|(_, text)| text.is_some()) {
            problems.error(places.spot(&format!("{table}.{key}")), "a certificate without TLS", "add tls = true");
        }
        return None;
    }
    let all_there =
        [&files.ca_file, &files.certificate_file, &files.key_file].into_iter().flatten().all(|path| path.is_file());
    if let (true, Err(flaw)) = (all_there, files.client()) {
        // A key that is missing stands where the other one is.
        let present = |key: &str| KEYS.iter().zip(named).any(|(held, text)| *held == key && text.is_some());
        let at = match flaw.key {
            "key-file" if !present("key-file") => "certificate-file",
            "certificate-file" if !present("certificate-file") => "key-file",
            "ca-file" if !present("ca-file") => "tls",
            key => key,
        };
        problems.error(places.spot(&format!("{table}.{at}")), flaw.message, flaw.hint);
    }
    Some(files)
}
