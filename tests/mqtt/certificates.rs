//! An authority, a broker's certificate and a client's, made with openssl: TLS seen from outside.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tocsin::edge::mqtt::Tls;

/// A certificate and its key.
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// An authority with a folder of its own.
pub struct Authority {
    dir: tempfile::TempDir,
    pub certificate: PathBuf,
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is installed");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Authority {
    pub fn new(name: &str) -> Authority {
        let dir = tempfile::tempdir().unwrap();
        let subject = format!("/CN={name}");
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key"];
        let mut request = vec!["req", "-x509", "-days", "2", "-subj", &subject, "-out", "ca.pem"];
        request.extend(key);
        openssl(dir.path(), &request);
        let certificate = dir.path().join("ca.pem");
        Authority { dir, certificate }
    }

    /// Signs a certificate for `host`; one whose time is over when `expired`.
    pub fn signs(&self, name: &str, host: &str, expired: bool) -> Pair {
        let folder = self.dir.path();
        let [key, request, certificate, extension] = ["key", "csr", "pem", "ext"].map(|kind| format!("{name}.{kind}"));
        let subject = format!("/CN={name}");
        openssl(
            folder,
            &[
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                &subject,
                "-keyout",
                &key,
                "-out",
                &request,
            ],
        );
        let text = format!("subjectAltName={host}\nbasicConstraints=CA:FALSE\n");
        std::fs::write(folder.join(&extension), text).unwrap();
        let days = if expired { "-1" } else { "2" };
        openssl(
            folder,
            &[
                "x509",
                "-req",
                "-in",
                &request,
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                days,
                "-extfile",
                &extension,
                "-out",
                &certificate,
            ],
        );
        Pair { certificate: folder.join(certificate), key: folder.join(key) }
    }

    /// What a gateway needs that trusts this authority and shows `pair`.
    pub fn trusted(&self, pair: Option<&Pair>) -> Tls {
        Tls {
            ca_file: Some(self.certificate.clone()),
            certificate_file: pair.map(|pair| pair.certificate.clone()),
            key_file: pair.map(|pair| pair.key.clone()),
        }
    }
}
