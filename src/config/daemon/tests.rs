//! File, environment and defaults.

use super::*;

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(FILE), text).expect("a temporary file");
    fs::write(folder.path().join("secret"), "hunter2\n").expect("a temporary file");
    folder
}

fn variables(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_empty_file_gives_every_default() {
    let folder = folder("");
    let (daemon, warnings) = load(folder.path(), &[]).expect("defaults");
    assert_eq!(warnings, []);
    assert_eq!(daemon.listen.to_string(), "127.0.0.1:8080");
    assert!(daemon.reads_openly(), "on loopback");
    assert_eq!(daemon.site, folder.path().join("site"));
    assert_eq!(daemon.profiles[0], folder.path().join("device-profiles"));
    assert_eq!((daemon.mqtt, daemon.influx), (None, None));
    assert_eq!(load(&folder.path().join(FILE), &[]).expect("the file itself").0.site, daemon.site);
}

#[test]
fn the_environment_overrides_the_file_key_by_key_and_secrets_stay_files() {
    let folder = folder(
        "listen = \"0.0.0.0:80\"\nstate = \"run\"\n[mqtt]\nhost = \"broker\"\nuser = \"tocsin\"\npassword-file = \"secret\"\n",
    );
    let (file, _) = load(folder.path(), &[]).expect("a whole file");
    assert_eq!(file.state, folder.path().join("run"));
    assert!(!file.reads_openly(), "not beyond loopback");
    let given = variables(&[
        ("TOCSIN_LISTEN", "127.0.0.1:0"),
        ("TOCSIN_MQTT_PORT", "11883"),
        ("TOCSIN_MQTT_CLIENT_ID", "42"),
        ("TOCSIN_MQTT_VERSION", "5"),
        ("TOCSIN_MQTT_TLS", "false"),
        ("TOCSIN_PUBLIC_READ", "false"),
        ("TOCSIN_PROFILES", "/a:/b"),
        ("TOCSIN_INFLUX_URL", "http://127.0.0.1:1"),
        ("TOCSIN_INFLUX_BUCKET", "b"),
        ("TOCSIN_ADMIN_PASSWORD_FILE", "/nowhere"),
    ]);
    let (daemon, warnings) = load(folder.path(), &given).expect("file and environment");
    assert_eq!(warnings, []);
    let mqtt = daemon.mqtt.clone().expect("from the file");
    assert_eq!((mqtt.broker.host.as_str(), mqtt.broker.port, mqtt.client_id.as_deref()), ("broker", 11883, Some("42")));
    assert_eq!((mqtt.version, mqtt.broker.tls), (MqttVersion::Five, None));
    assert_eq!(mqtt.broker.password_file, Some(folder.path().join("secret")));
    assert_eq!(daemon.profiles, [PathBuf::from("/a"), PathBuf::from("/b")]);
    assert_eq!(daemon.influx.as_ref().map(|influx| influx.bucket.as_str()), Some("b"));
    assert!(!daemon.reads_openly());
    assert!(!format!("{daemon:?}").contains("hunter2"));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let check = |text: &str, given: &[(&str, &str)], expected: &[&str]| {
        let folder = folder(text);
        let problems = match load(folder.path(), &variables(given)) {
            Ok((_, warnings)) => warnings,
            Err(problems) => problems,
        };
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(lines, expected, "{text}");
    };
    check(
        "lissten = \"127.0.0.1:1\"\n[mqtt]\nhost = 5\npassword = \"x\"\n",
        &[],
        &[
            "tocsin.toml:1:1: unknown key \"lissten\" in the daemon's settings; did you mean \"listen\"?",
            "tocsin.toml:3:8: expected a text, found the number 5",
            "tocsin.toml:4:1: unknown key \"password\" in [mqtt]; did you mean \"password-file\"?",
        ],
    );
    check(
        "listen = \"8080\"\n",
        &[],
        &["tocsin.toml:1:10: \"8080\" is not address:port; write for example \"127.0.0.1:8080\" or \"0.0.0.0:8080\""],
    );
    check(
        "",
        &[("TOCSIN_LISTEN", "here")],
        &["TOCSIN_LISTEN: \"here\" is not address:port; write for example \"127.0.0.1:8080\" or \"0.0.0.0:8080\""],
    );
    check(
        "",
        &[("TOCSIN_LISTN", "127.0.0.1:1")],
        &["environment: warning: unknown variable \"TOCSIN_LISTN\"; did you mean \"TOCSIN_LISTEN\"?"],
    );
    check("[mqtt]\n", &[("TOCSIN_MQTT_HOST", "broker")], &[]);
    check("[mqtt]\n", &[], &["tocsin.toml:1:1: [mqtt] needs \"host\"; it takes host name or address"]);
}

#[test]
fn a_wrong_number_in_the_environment_is_refused() {
    let problems = load(folder("").path(), &variables(&[("TOCSIN_MQTT_PORT", "many")])).expect_err("not a number");
    let line = problems[0].to_string();
    assert!(line.contains("mqtt.port") && line.starts_with("environment: "), "{line}");
}
