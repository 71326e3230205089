//! The self-made certificate: made once, kept in the state folder.
//!
//! Takes: the state folder, where the console listens, further names.
//! Gives: the files of a certificate that nobody but its fingerprint vouches for.
//! Never: another certificate while there is one: whoever trusts it would be turned away.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

use super::SecureError;
use crate::config::daemon::Pair;

/// Where it is kept in the state folder.
const FOLDER: &str = "tls";

/// The kept certificate; made first where there is none. Blocking.
pub(super) fn ensure(state_dir: &Path, listen: SocketAddr, names: &[String]) -> Result<Pair, SecureError> {
    let folder = state_dir.join(FOLDER);
    let pair = Pair { certificate_file: folder.join("self-made.pem"), key_file: folder.join("self-made.key") };
    let names = all_names(listen, names);
    if pair.certificate_file.exists() && pair.key_file.exists() {
        let held = pair.read().map_err(SecureError::Flaw)?;
        for name in held.cert.first().map(|one| missing(one, &names)).unwrap_or_default() {
            tracing::warn!(
                "the self-made certificate is not for {name}; remove {} to have another one made",
                pair.certificate_file.display()
            );
        }
        return Ok(pair);
    }
    let kept = |path: &Path, error| SecureError::Kept { path: path.display().to_string(), error };
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(kept(&folder, error)),
        _ => {}
    }
    let (certificate, key) = make(&names).map_err(|error| SecureError::Made(error.to_string()))?;
    // The key first: a certificate whose key is missing would be made again.
    keep(&pair.key_file, &key, 0o600).map_err(|error| kept(&pair.key_file, error))?;
    keep(&pair.certificate_file, &certificate, 0o644).map_err(|error| kept(&pair.certificate_file, error))?;
    Ok(pair)
}

/// The machine's name, this machine as it calls itself, where the console listens, and what the site adds.
fn all_names(listen: SocketAddr, more: &[String]) -> Vec<String> {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let mut names = vec![host.trim().to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()];
    if !listen.ip().is_unspecified() {
        names.push(listen.ip().to_string());
    }
    names.extend(more.iter().cloned());
    names.retain(|name| ServerName::try_from(name.as_str()).is_ok());
    names.sort();
    names.dedup();
    names
}

/// Those that the certificate is not for.
fn missing(certificate: &CertificateDer<'_>, names: &[String]) -> Vec<String> {
    let Ok(parsed) = ParsedCertificate::try_from(certificate) else { return names.to_vec() };
    let lacks = |name: &&String| {
        let name = ServerName::try_from(name.as_str());
        name.is_ok_and(|name| rustls::client::verify_server_name(&parsed, &name).is_err())
    };
    names.iter().filter(lacks).cloned().collect()
}

/// A certificate and its key in PEM: EC P-256, for these names. Its fingerprint is what it is trusted by, so it does not run out
/// while anybody may have it, and the clock of a machine that has just been installed has no say in it.
fn make(names: &[String]) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let mut wanted = CertificateParams::new(names)?;
    wanted.distinguished_name = DistinguishedName::new();
    wanted.distinguished_name.push(DnType::CommonName, "Tocsin");
    wanted.not_before = rcgen::date_time_ymd(2025, 1, 1);
    wanted.not_after = rcgen::date_time_ymd(2049, 12, 31);
    wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let made = wanted.self_signed(&key)?;
    Ok((made.pem(), key.serialize_pem()))
}

/// A file that is whole or not there.
fn keep(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let unfinished = path.with_extension("part");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn listen(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_made_once_for_every_name_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let more = vec!["console.example".to_owned(), "10.1.2.3".to_owned()];
        let pair = ensure(folder.path(), listen("192.0.2.7:443"), &more).unwrap();
        let held = pair.read().unwrap();
        let names = ["localhost", "192.0.2.7", "console.example", "10.1.2.3"].map(str::to_owned);
        assert_eq!(missing(&held.cert[0], &names), [""; 0]);
        assert_eq!(missing(&held.cert[0], &["elsewhere".to_owned()]), ["elsewhere"]);
        assert_eq!(fs::metadata(&pair.key_file).unwrap().permissions().mode() & 0o777, 0o600);
        let again = ensure(folder.path(), listen("192.0.2.8:443"), &[]).unwrap().read().unwrap();
        assert_eq!(again.cert, held.cert, "another address makes no other certificate");
    }

    #[test]
    fn a_key_of_another_certificate_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let pair = ensure(folder.path(), listen("0.0.0.0:443"), &[]).unwrap();
        let (_, key) = make(&["localhost".to_owned()]).unwrap();
        fs::write(&pair.key_file, key).unwrap();
        let flaw = pair.read().unwrap_err();
        assert_eq!((flaw.key, flaw.message.as_str()), ("key-file", "the key is not that of the certificate"));
    }
}
