//! TLS of the console and the API: the certificate, and the handshake.
//!
//! Takes: what `[tls]` names, the state folder, connections that were accepted.
//! Gives: encrypted connections; a new certificate to the next connection as soon as its files change; a fault before one ends.
//! Never: a request over plain HTTP on an encrypted port, or a client that keeps a handshake open.

mod made;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::When;
use crate::config::daemon::{Certificates, Flaw, Https, Pair, Validity};
use crate::edge::clock::Clock;
use crate::engine::Part;
use crate::engine::base::{Text, in_chinese};
use crate::live::Vitals;

/// A handshake that is not done within this time is given up, the wait for its turn included.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(8);
/// Handshakes at the same time; each costs a signature.
const HANDSHAKES: usize = 64;
/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Whose certificate it is, for `/metrics`.
const CONSOLE: &str = "console";
/// The first byte of every TLS connection: a handshake record.
const HANDSHAKE_RECORD: u8 = 0x16;
/// What is told to whoever speaks plain HTTP to an encrypted port.
const SPEAK_HTTPS: &str =
    "此端口只接受 HTTPS，请用 https:// 打开\nThis port speaks HTTPS only: open it with https://\n";

/// The certificate of a listener, and how connections are encrypted with it.
pub struct Secure {
    acceptor: TlsAcceptor,
    held: Arc<Held>,
    pair: Pair,
    handshakes: Semaphore,
    /// Whether somebody else vouches for the certificate, so that browsers may be told to insist on it.
    vouched: bool,
    /// A certificate that ends within this time is a fault.
    warned: Duration,
}

/// The certificate that the next connection gets.
#[derive(Debug)]
struct Held(RwLock<Arc<CertifiedKey>>);

impl Held {
    fn now(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Held {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }
}

/// Why the console cannot be served over TLS.
#[derive(Debug, thiserror::Error)]
pub enum SecureError {
    /// A file cannot be used.
    #[error("[tls] {0}")]
    Flaw(Flaw),
    /// The certificate could not be made.
    #[error("[tls] the self-made certificate: {0}")]
    Made(String),
    /// It could not be kept.
    #[error("[tls] {path}: {error}")]
    Kept {
        /// Where.
        path: String,
        /// What the system said.
        error: io::Error,
    },
}

impl Secure {
    /// Reads the certificate; a self-made one is made first where `state_dir` holds none. Blocking.
    ///
    /// # Errors
    /// A file cannot be read or does not fit the other, or nothing can be written to the state folder.
    pub fn open(https: &Https, state_dir: &Path, listen: SocketAddr) -> Result<Secure, SecureError> {
        let (pair, vouched) = match https {
            Https::Own(pair) => (pair.clone(), true),
            Https::SelfMade { names } => (made::ensure(state_dir, listen, names)?, false),
        };
        let held = Arc::new(Held(RwLock::new(Arc::new(pair.read().map_err(SecureError::Flaw)?))));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has cipher suites for TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&held) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let warned = Certificates::default().warned;
        Ok(Secure { acceptor, held, pair, handshakes: Semaphore::new(HANDSHAKES), vouched, warned })
    }

    /// The same, with a fault so long before the certificate ends.
    pub fn warning(self, warned: Duration) -> Secure {
        Secure { warned, ..self }
    }

    /// SHA-256 of the certificate in use, as browsers show it.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.held.now())
    }

    /// Whether browsers may be told to come over TLS only. Of a self-made certificate they would then refuse to be talked
    /// out of, and a wall would stay dark.
    pub(super) fn is_vouched(&self) -> bool {
        self.vouched
    }

    /// The handshake of one connection; nothing when it is given up.
    pub(super) async fn accept(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let handshake = async {
            let mut first = [0];
            if stream.peek(&mut first).await.ok()? == 0 {
                return None;
            }
            if first[0] != HANDSHAKE_RECORD {
                // Whoever does not take the answer loses it.
                let _ = tell_plain(stream).await;
                return None;
            }
            let _turn = self.handshakes.acquire().await.ok()?;
            self.acceptor.accept(stream).await.ok()
        };
        tokio::time::timeout(HANDSHAKE_WITHIN, handshake).await.ok().flatten()
    }

    /// Takes a new certificate in as soon as its files fit each other; until `stop`. One that cannot be used is a fault, and
    /// the one in use stays; one that ends soon, has ended or is not good yet is a fault, too, and is served all the same.
    pub(super) async fn follow(
        self: Arc<Secure>,
        clock: Clock,
        when: When,
        vitals: Arc<Vitals>,
        stop: CancellationToken,
    ) {
        let (mut seen, mut unusable) = (stamps(&self.pair), None);
        let mut beat = tokio::time::interval(LOOK_EVERY);
        while stop.run_until_cancelled(beat.tick()).await.is_some() {
            let (secure, before) = (Arc::clone(&self), seen);
            let looked = tokio::task::spawn_blocking(move || {
                let now = stamps(&secure.pair);
                (now != before).then(|| (now, secure.pair.read()))
            });
            match looked.await {
                Ok(Some((now, Ok(pair)))) => {
                    seen = now;
                    tracing::info!(fingerprint = fingerprint(&pair), "a new certificate is in use");
                    *self.held.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                    unusable = None;
                }
                Ok(Some((now, Err(flaw)))) => {
                    seen = now;
                    tracing::warn!(%flaw, "the new certificate cannot be used; the one before stays in use");
                    let zh = format!("新证书不可用，仍用原证书：{}", in_chinese(&flaw.to_string()));
                    let en = format!("The new certificate cannot be used, the one before stays: {flaw}");
                    unusable = Some(Text::new(&zh, &en));
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "looking for a new certificate broke"),
            }
            let validity = Validity::of_chain(&self.held.now().cert);
            let dated = validity.and_then(|good| good.fault(clock.now().wall, self.warned, |at| when.date(at)));
            vitals.meters().certificate_ends(CONSOLE, validity.map(|good| good.until));
            vitals.report_each(&Part::Certificate, both(unusable.clone(), dated));
        }
    }
}

/// Both faults where there are two.
fn both(one: Option<Text>, other: Option<Text>) -> Option<Text> {
    match (one, other) {
        (Some(one), Some(other)) => {
            Some(Text::new(&format!("{}；{}", one.zh, other.zh), &format!("{}. {}", one.en, other.en)))
        }
        (one, other) => one.or(other),
    }
}

/// What tells one version of the two files from another.
type Stamps = [Option<(u64, u64, i64, i64)>; 2];

fn stamps(pair: &Pair) -> Stamps {
    [&pair.certificate_file, &pair.key_file].map(|path| {
        let held = fs::metadata(path).ok()?;
        Some((held.ino(), held.len(), held.mtime(), held.mtime_nsec()))
    })
}

fn fingerprint(pair: &CertifiedKey) -> String {
    let certificate = pair.cert.first().map(|one| one.as_ref()).unwrap_or_default();
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// Tells somebody who speaks plain HTTP what to do, and closes.
async fn tell_plain(mut stream: TcpStream) -> io::Result<()> {
    // What was sent is read first: closing over unread bytes would take the answer away again.
    let mut request = [0; 4_096];
    let _read = stream.read(&mut request).await?;
    let length = SPEAK_HTTPS.len();
    let head = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(SPEAK_HTTPS.as_bytes()).await?;
    stream.shutdown().await
}
