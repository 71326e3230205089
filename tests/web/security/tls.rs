//! TLS only where it is configured: real handshakes, real refusals, and a certificate that is changed under way.

use std::path::Path;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use tocsin::config::daemon::{Https, Pair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::bench::{Bench, Front, PASSWORD};
use crate::client::Client;

async fn encrypted(https: Https) -> Bench {
    Bench::start_before(Front { https: Some(https), ..Front::default() }).await
}

async fn self_made() -> (Bench, Vec<u8>) {
    let bench = encrypted(Https::SelfMade { names: vec!["console.example".into()] }).await;
    let pem = std::fs::read(bench.state_dir().join("tls/self-made.pem")).unwrap();
    (bench, pem)
}

/// A certificate for loopback, and its key, in these files.
fn write_pair(pair: &Pair) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(&pair.key_file, key.serialize_pem()).unwrap();
    std::fs::write(&pair.certificate_file, certificate.pem()).unwrap();
    certificate.pem().into_bytes()
}

fn pair_in(folder: &Path) -> Pair {
    Pair { certificate_file: folder.join("console.pem"), key_file: folder.join("console.key") }
}

/// A certificate for this key, good from so many days from now on, for so many days; the key is written where there is none.
fn write_dated(pair: &Pair, from: i64, until: i64) {
    let written = std::fs::read_to_string(&pair.key_file).ok();
    let key = written.map_or_else(|| KeyPair::generate().unwrap(), |pem| KeyPair::from_pem(&pem).unwrap());
    let mut wanted = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let now = tocsin::edge::clock::Clock::start().now().wall;
    let day = |days: i64| {
        let at = jiff::Timestamp::from_microsecond(now.0).unwrap() + jiff::SignedDuration::from_hours(24 * days);
        let at = at.to_zoned(jiff::tz::TimeZone::UTC);
        rcgen::date_time_ymd(at.year().into(), at.month().unsigned_abs(), at.day().unsigned_abs())
    };
    (wanted.not_before, wanted.not_after) = (day(from), day(until));
    std::fs::write(&pair.key_file, key.serialize_pem()).unwrap();
    let aside = pair.certificate_file.with_extension("new");
    std::fs::write(&aside, wanted.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::rename(&aside, &pair.certificate_file).unwrap();
}

/// What the fault of the certificate says; nothing while there is none.
fn certificate_fault(state: &tocsin::engine::alarm::State) -> Option<String> {
    let mut open = state.open().filter(|one| one.source == tocsin::engine::alarm::Source::Active);
    let found = open.find(|one| one.raise.condition.to_string() == "gateway/certificate:self")?;
    found.raise.detail.as_ref().map(|detail| format!("{} {}", detail.zh, detail.en))
}

/// What a socket says until it is closed.
async fn said(bench: &Bench, request: &[u8]) -> Vec<u8> {
    let address = bench.url.split_once("://").unwrap().1;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut said = Vec::new();
    let _ = timeout(Duration::from_secs(30), stream.read_to_end(&mut said)).await.expect("the connection is closed");
    said
}

#[tokio::test]
async fn over_tls_with_the_self_made_certificate_and_no_other() {
    let (bench, pem) = self_made().await;
    let mut client = Client::trusting(&bench.url, &pem);
    let page = client.get("/login").await;
    assert_eq!(page.status, 200);
    assert!(!page.headers.contains_key("strict-transport-security"), "nobody vouches for it");
    let body = serde_json::json!({ "user": "wang", "password": PASSWORD }).to_string();
    let session = client.send("POST", "/api/v1/session", &[], &body).await;
    let cookie = session.headers["set-cookie"].to_str().unwrap();
    for word in ["Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.split("; ").any(|part| part == word), "{word}: {cookie}");
    }
    client = client.with_token(session.json()["token"].as_str().unwrap());
    assert_eq!(client.form("/acts/silence", "").await.status, 303, "its own pages send over https");

    let stranger = Client::new(&bench.url).reach("/login").await.unwrap_err();
    assert!(stranger.contains("UnknownIssuer"), "{stranger}");
    let plain = Client::new(&bench.url.replace("https://", "http://"));
    let told = plain.get("/login").await;
    assert_eq!(told.status, 400);
    assert!(told.text.contains("https://") && !told.headers.contains_key("set-cookie"), "{}", told.text);
}

#[tokio::test]
async fn without_tls_the_cookie_travels_plain_and_nothing_speaks_tls() {
    let bench = Bench::start().await;
    let body = serde_json::json!({ "user": "wang", "password": PASSWORD }).to_string();
    let session = Client::new(&bench.url).post("/api/v1/session", &body).await;
    let cookie = session.headers["set-cookie"].to_str().unwrap();
    assert!(!cookie.contains("Secure") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!session.headers.contains_key("strict-transport-security"));
    let encrypted = Client::new(&bench.url.replace("http://", "https://"));
    assert!(encrypted.reach("/login").await.is_err());
}

#[tokio::test]
async fn a_new_certificate_is_taken_in_without_a_restart_and_a_wrong_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let pair = pair_in(folder.path());
    let first = write_pair(&pair);
    let bench = encrypted(Https::Own(pair.clone())).await;
    let page = Client::trusting(&bench.url, &first).get("/login").await;
    assert_eq!(page.headers["strict-transport-security"], "max-age=2592000");

    std::fs::write(&pair.certificate_file, "no certificate").unwrap();
    let fault = |state: &tocsin::engine::alarm::State| {
        state.open().any(|one| one.raise.condition.to_string() == "gateway/certificate:self")
    };
    bench.until("the fault of the certificate", fault).await;
    assert_eq!(Client::trusting(&bench.url, &first).reach("/login").await, Ok(200), "the one before stays");

    let second = write_pair(&pair);
    let end = Instant::now() + Duration::from_secs(20);
    while Client::trusting(&bench.url, &second).reach("/login").await.is_err() {
        assert!(Instant::now() < end, "the new certificate is taken in");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(Client::trusting(&bench.url, &first).reach("/login").await.is_err(), "the old one is gone");
}

#[tokio::test]
async fn a_handshake_that_stalls_is_given_up_and_keeps_nobody_out() {
    let (bench, pem) = self_made().await;
    let address = bench.url.trim_start_matches("https://").to_owned();
    // More than there are turns for handshakes: each begins one, and says no more.
    let mut stalled = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).await.unwrap();
        stalled.push(stream);
    }
    let client = Client::trusting(&bench.url, &pem);
    let end = Instant::now() + Duration::from_secs(40);
    while client.reach("/api/v1/health").await != Ok(200) {
        assert!(Instant::now() < end, "stalled handshakes give their turns back");
    }
    let mut rest = Vec::new();
    let _ = timeout(Duration::from_secs(20), stalled[0].read_to_end(&mut rest)).await.expect("it was closed");
    assert!(rest.len() < 64, "{rest:?}");
    // Neither garbage nor silence is answered with anything of the console.
    let garbage = said(&bench, &[0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]).await;
    assert!(!garbage.starts_with(b"HTTP/"), "{garbage:?}");
    assert!(said(&bench, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.starts_with(b"HTTP/1.1 400"));
}

#[tokio::test]
async fn a_certificate_that_ends_soon_or_has_ended_is_a_fault_and_is_served_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let pair = pair_in(folder.path());
    write_dated(&pair, -1, 10);
    let bench = encrypted(Https::Own(pair.clone())).await;
    let browser = Client::careless(&bench.url);
    let wang = Client::careless(&bench.url);
    let body = serde_json::json!({ "user": "wang", "password": PASSWORD }).to_string();
    let token = wang.post("/api/v1/session", &body).await.json()["token"].as_str().unwrap().to_owned();
    let wang = wang.with_token(&token);
    // Each is acknowledged: what comes after it is another row, which sounds again.
    let told = async |part: &str| {
        bench.until(part, |state| certificate_fault(state).is_some_and(|said| said.contains(part))).await;
        assert_eq!(browser.reach("/login").await, Ok(200), "{part}: the console is served");
        let said = certificate_fault(&bench.picture.state()).unwrap();
        assert!(said.contains("证书") && said.contains("20"), "{said}: both languages, with the date");
        let open = wang.get("/api/v1/alarms?life=open").await.json();
        let row = open["alarms"].as_array().unwrap().iter().find(|row| row["condition"] == "gateway/certificate:self");
        let id = row.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(wang.post(&format!("/api/v1/alarms/{id}/ack"), "").await.status, 200, "{part}");
    };
    told("ends on").await;
    write_dated(&pair, -40, -2);
    told("The certificate ended on").await;
    write_dated(&pair, -1, 400);
    bench.until("a renewed certificate", |state| certificate_fault(state).is_none()).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_good_yet_is_a_fault_and_is_served_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let pair = pair_in(folder.path());
    write_dated(&pair, 2, 400);
    let bench = encrypted(Https::Own(pair)).await;
    let told = |state: &tocsin::engine::alarm::State| {
        certificate_fault(state).is_some_and(|said| said.contains("good only from") && said.contains("起才有效"))
    };
    bench.until("a certificate of the future", told).await;
    assert_eq!(Client::careless(&bench.url).reach("/login").await, Ok(200));
}
