//! A fire pump with control enabled behind the real program, and what becomes of commands to it.

use serde_json::{Value as Json, json};

use super::bench::{Gateway, Installed, all_known, once};
use super::client::Client;
use super::device::{Registers, Script, Step};
use super::sites;

/// Coil 0 starts and stops, coil 10 says that it runs.
pub const PUMP: &str = r#"
vendor = "Test"
model = "Pump"
class = "fire-pump"
source = "tests/pains/commanded.rs"
verified = "manual-only"
[link]
reply-within = "400ms"
max-response = "500ms"
[points]
running = { table = "coil", address = 10, type = "bit", poll = "fast", name = { zh = "运行", en = "Running" } }
[commands]
start = { on = "running", name = { zh = "启动", en = "Start" }, write = { table = "coil", address = 0, value = true }, feedback = { when = "running", within = "2s" } }
stop = { on = "running", name = { zh = "停止", en = "Stop" }, write = { table = "coil", address = 0, value = false }, feedback = { when = "!running", within = "2s" } }
"#;

/// A pump that does what it is told.
pub fn obedient(registers: &Registers) -> Script {
    let registers = registers.clone();
    std::sync::Arc::new(move |asked| {
        let answer = registers.answer(asked);
        registers.set_bit(asked.unit, 10, registers.bit(asked.unit, 0));
        vec![Step::Send(answer)]
    })
}

/// The program with the pump `unit-1` at `endpoint`; every point of it was read.
pub async fn installed(endpoint: &str, profile: &str, outputs: &str) -> (Installed, Gateway, Client) {
    polled(endpoint, sites::TEN_A_SECOND, profile, outputs).await
}

/// The same with other polls.
pub async fn polled(endpoint: &str, poll: &str, profile: &str, outputs: &str) -> (Installed, Gateway, Client) {
    let installed = Installed::new();
    let site = sites::text(endpoint, poll, &[1]) + "control = true\n";
    sites::write(&installed.path("site"), &site, profile);
    installed.settings(outputs);
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    (installed, gateway, client)
}

/// Commands the pump; gives the id.
pub async fn command(client: &Client, verb: &str) -> String {
    let body = json!({ "target": { "point": "unit-1/running" }, "verb": verb }).to_string();
    let answer = client.post("/api/v1/commands", &body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

/// How a command stands.
pub async fn stands(client: &Client, id: &str) -> Json {
    client.get(&format!("/api/v1/commands/{id}")).await.json()
}

/// How it stands once nothing more is awaited.
pub async fn settled(client: &Client, id: &str) -> Json {
    once(20, "the command is settled", async || Some(stands(client, id).await).filter(|one| one["settled"] == true))
        .await
}
