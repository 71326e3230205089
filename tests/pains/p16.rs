//! P16: commands that come late.
//!
//! A command is for now. What a broker kept, what took too long, what was sent while nobody listened, and what was sent
//! before already is never carried out.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tocsin::edge::clock::Clock;
use tocsin::engine::base::Wall;
use tocsin::live::document::timestamp;

use super::broker::{Broker, Subscriber, until, within};
use super::commanded::{PUMP, installed, obedient};
use super::device::Registers;
use super::server::Server;
use super::sites;

const TOPIC: &str = "tocsin/test/command/unit-1/running";
const TOKEN: &str = "correct horse";
/// A command is confirmed, and its repetition answered, within this.
const PROMPT: Duration = Duration::from_secs(10);

fn say(broker: &Broker, retain: bool, payload: &Json) {
    let (port, payload) = (broker.port.to_string(), payload.to_string());
    let mut command = Command::new("mosquitto_pub");
    command.args(["-p", &port, "-q", "1", "-t", TOPIC, "-m", &payload]);
    if retain {
        command.arg("-r");
    }
    assert!(command.status().expect("mosquitto_pub is installed").success());
}

/// A message that asks for `verb` and was made so many seconds ago.
fn message(verb: &str, id: &str, age: i64, token: &str) -> Json {
    let made = Wall(Clock::start().now().wall.0 - age * 1_000_000);
    let at = timestamp(made, &jiff::tz::TimeZone::UTC);
    json!({ "verb": verb, "id": id, "at": at, "by": "plc", "token": token })
}

/// What was said about a message, in order.
fn results(seen: &Subscriber, id: &str) -> Vec<Json> {
    let texts = seen.under(&format!("tocsin/test/result/{id}"));
    texts.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

fn writes(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.is_write()).count()
}

/// Waits until commands are taken: one that cannot be done is answered.
async fn listens(broker: &Broker, seen: &Subscriber, name: &str) {
    let mut number = 0;
    until("commands are taken", || {
        number += 1;
        say(broker, false, &message("dance", &format!("{name}-{number}"), 0, TOKEN));
        std::thread::sleep(Duration::from_millis(50));
        (1..=number).any(|number| !results(seen, &format!("{name}-{number}")).is_empty())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn p16_a_command_is_for_now() {
    let mut broker = Broker::start().await;
    let seen = Subscriber::start(&broker, "tocsin/test/result/#").await;
    // Kept by the broker since before we were there.
    say(&broker, true, &message("start", "kept", 0, TOKEN));
    let server = Server::tcp(obedient(&Registers::default()));
    let token = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(token.path(), format!("{TOKEN}\n")).expect("a temporary file");
    let outputs =
        format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\ncommand-token-file = {:?}\n", broker.port, token.path());
    let (here, gateway, client) = installed(&sites::tcp(&server.place), PUMP, &outputs).await;
    listens(&broker, &seen, "probe").await;

    // None of these is carried out.
    say(&broker, false, &message("start", "stale", 11, TOKEN));
    say(&broker, false, &message("start", "future", -60, TOKEN));
    say(&broker, false, &message("start", "unsigned", 0, "guess"));
    say(&broker, false, &json!({ "verb": "start", "id": "no-time", "token": TOKEN }));
    until("stale ones are answered", || !results(&seen, "stale").is_empty() && !results(&seen, "future").is_empty())
        .await;
    assert_eq!(
        (&results(&seen, "stale")[0]["error"], &results(&seen, "future")[0]["error"]),
        (&json!("stale"), &json!("future"))
    );
    assert_eq!(results(&seen, "unsigned"), [] as [Json; 0], "whoever has no token learns nothing");
    assert_eq!(writes(&server), 0);

    // This one is, once, however often it comes.
    let go = message("start", "go", 0, TOKEN);
    say(&broker, false, &go);
    let confirmed = || results(&seen, "go").iter().any(|said| said["command"]["state"] == "confirmed");
    within(PROMPT, "it is confirmed", confirmed).await;
    assert_eq!(results(&seen, "go")[0]["command"]["by"], "mqtt/plc");
    let told = results(&seen, "go").len();
    say(&broker, false, &go);
    within(PROMPT, "the same again gets the same answer", || results(&seen, "go").len() > told).await;
    assert_eq!(writes(&server), 1);
    let ids: Vec<Json> = results(&seen, "go").iter().map(|said| said["command"]["id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");

    // Sent while the gateway is away, with a broker that keeps what it must; and what was done before, again.
    let address = gateway.address().to_owned();
    drop(client);
    gateway.kill();
    say(&broker, false, &message("stop", "away", 0, TOKEN));
    broker.down().await;
    broker.up().await;
    let _gateway = here.run_at(&address).await;
    listens(&broker, &seen, "again").await;
    let told = results(&seen, "go").len();
    say(&broker, false, &go);
    until("a restart makes no new command of it", || results(&seen, "go").len() > told).await;
    // On a slow machine it may be more than ten seconds old by now.
    let last = results(&seen, "go").last().cloned().unwrap_or_default();
    assert!(last["error"] == "stale" || last["command"]["id"] == ids[0], "{last}");
    assert_eq!(results(&seen, "away"), [] as [Json; 0]);
    assert_eq!(writes(&server), 1, "nothing was replayed");

    // What is said now is done now.
    say(&broker, false, &message("stop", "now", 0, TOKEN));
    let confirmed = || results(&seen, "now").iter().any(|said| said["command"]["state"] == "confirmed");
    within(PROMPT, "it is confirmed", confirmed).await;
    assert_eq!(writes(&server), 2);
}
