//! TLS with a real mosquitto: who is trusted, and what is said of who is not.

use std::fmt::Write as _;
use std::path::Path;

use tocsin::edge::mqtt::{Broker as At, MqttVersion, Settings, Tls};

use super::broker::{Broker, until};
use super::certificates::{Authority, Pair};
use super::gateway::{Gateway, settings};

/// A broker that shows `pair` and, where `clients` names an authority, takes nobody without a certificate of it. Its
/// second listener is plain, for observers.
async fn encrypted(pair: &Pair, clients: Option<&Path>) -> (Broker, u16) {
    let mut text =
        format!("allow_anonymous true\ncertfile {}\nkeyfile {}\n", pair.certificate.display(), pair.key.display());
    if let Some(authority) = clients {
        writeln!(text, "cafile {}\nrequire_certificate true", authority.display()).unwrap();
    }
    Broker::start_with_second(&text).await
}

fn over_tls(port: u16, version: MqttVersion, tls: Tls) -> Settings {
    let settings = settings(port, version);
    Settings { broker: At { tls: Some(tls), ..settings.broker }, ..settings }
}

async fn fault(gateway: &mut Gateway) -> tocsin::engine::base::Text {
    until("it is a fault", || matches!(gateway.last_health(), Some(Some(_)))).await;
    assert_eq!(gateway.cursor(), 0);
    gateway.last_health().cloned().flatten().unwrap()
}

pub async fn both_sides_show_their_certificates(version: MqttVersion) {
    let ours = Authority::new("site");
    let (server, client) = (ours.signs("broker", "IP:127.0.0.1", false), ours.signs("gateway", "DNS:gateway", false));
    let (broker, port) = encrypted(&server, Some(&ours.certificate)).await;
    let mut gateway = Gateway::start(over_tls(port, version, ours.trusted(Some(&client))));
    let fire = gateway.fire();
    until("the event is acknowledged", || gateway.cursor() == 1).await;
    let topic = format!("tocsin/riverside/alarm/{fire}");
    broker.retained_once("tocsin/riverside/alarm/#", |found| found.len() == 1 && found[0].0 == topic).await;
    assert_eq!(gateway.last_health(), Some(&None));
    gateway.stop().await;
}

pub async fn who_shows_no_certificate_is_told_so(version: MqttVersion) {
    let ours = Authority::new("site");
    let server = ours.signs("broker", "IP:127.0.0.1", false);
    let (_broker, port) = encrypted(&server, Some(&ours.certificate)).await;
    let mut gateway = Gateway::start(over_tls(port, version, ours.trusted(None)));
    gateway.something_happens();
    let fault = fault(&mut gateway).await;
    assert!(fault.en.ends_with("TLS failed: it asks for a client certificate"), "{fault:?}");
    assert!(fault.zh.ends_with("TLS 失败：对方要求客户端证书"), "{fault:?}");
    gateway.stop().await;
}

pub async fn a_broker_that_cannot_be_trusted_gets_nothing(version: MqttVersion) {
    let (ours, theirs) = (Authority::new("site"), Authority::new("stranger"));
    let strange = theirs.signs("broker", "IP:127.0.0.1", false);
    let expired = ours.signs("broker", "IP:127.0.0.1", true);
    let elsewhere = ours.signs("other", "DNS:broker.example", false);
    let cases = [
        (&strange, "TLS failed: its certificate comes from no authority that we trust"),
        (&expired, "TLS failed: its certificate has expired"),
        (&elsewhere, "TLS failed: its certificate is for another host name"),
    ];
    for (pair, expected) in cases {
        let (broker, port) = encrypted(pair, None).await;
        let mut gateway = Gateway::start(over_tls(port, version, ours.trusted(None)));
        gateway.something_happens();
        let fault = fault(&mut gateway).await;
        assert!(fault.en.ends_with(expected), "{expected}: {fault:?}");
        assert!(broker.retained("tocsin/#").is_empty());
        gateway.stop().await;
    }
}

pub async fn a_certificate_that_is_renewed_is_read_again(version: MqttVersion) {
    let ours = Authority::new("site");
    let (server, client) = (ours.signs("broker", "IP:127.0.0.1", false), ours.signs("gateway", "DNS:gateway", true));
    let (_broker, port) = encrypted(&server, Some(&ours.certificate)).await;
    let mut gateway = Gateway::start(over_tls(port, version, ours.trusted(Some(&client))));
    gateway.something_happens();
    let fault = fault(&mut gateway).await;
    assert!(fault.en.ends_with("TLS failed: it says that our certificate has expired"), "{fault:?}");
    ours.signs("gateway", "DNS:gateway", false);
    until("the event is acknowledged", || gateway.cursor() == 1).await;
    assert_eq!(gateway.last_health(), Some(&None));
    gateway.stop().await;
}

pub async fn a_broker_without_tls_is_named_as_such(version: MqttVersion) {
    let broker = Broker::start().await;
    let ours = Authority::new("site");
    let mut gateway = Gateway::start(over_tls(broker.port, version, ours.trusted(None)));
    gateway.something_happens();
    let fault = fault(&mut gateway).await;
    assert!(fault.en.ends_with("TLS failed: closed during the handshake; this port may not speak TLS"), "{fault:?}");
    gateway.stop().await;
}

#[test]
fn files_that_cannot_be_used_are_refused_when_the_settings_are_checked() {
    let (ours, theirs) = (Authority::new("site"), Authority::new("stranger"));
    let (pair, other) = (ours.signs("gateway", "DNS:gateway", false), theirs.signs("gateway", "DNS:gateway", false));
    let (certificate, key) = (pair.certificate.display(), pair.key.display());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "the certificate is on the other machine\n").unwrap();
    let refused = |keys: &str| {
        let text = format!("[mqtt]\nhost = \"broker\"\ntls = true\n{keys}");
        std::fs::write(folder.path().join("tocsin.toml"), text).unwrap();
        let problems = tocsin::config::daemon::load(folder.path(), &[]).err().unwrap_or_default();
        problems.iter().map(ToString::to_string).collect::<Vec<String>>()
    };
    let check = |keys: &str, expected: &[&str]| assert_eq!(refused(keys), expected, "{keys}");
    check(&format!("certificate-file = \"{certificate}\"\nkey-file = \"{key}\"\n"), &[]);
    check(
        "ca-file = \"notes.txt\"\n",
        &["tocsin.toml:4:11: \"notes.txt\" holds no certificate; a PEM file begins with \"-----BEGIN\""],
    );
    check(
        &format!("certificate-file = \"{certificate}\"\n"),
        &["tocsin.toml:4:20: a client certificate needs its key; name both or neither"],
    );
    check(
        &format!("certificate-file = \"{certificate}\"\nkey-file = \"{}\"\n", other.key.display()),
        &[
            "tocsin.toml:5:12: the key is not that of the certificate; certificate-file and key-file come from one request",
        ],
    );
    check(
        &format!("certificate-file = \"{certificate}\"\nkey-file = \"notes.txt\"\n"),
        &["tocsin.toml:5:12: \"notes.txt\" holds no key; a PEM file begins with \"-----BEGIN\""],
    );
}
